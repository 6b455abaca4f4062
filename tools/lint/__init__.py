"""House rules that no bought linter knows; `python -m tools.lint` runs them all."""
