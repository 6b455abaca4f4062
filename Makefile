# The way in. `make help` lists what there is; each target is one thing.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | \
	  while IFS='|' read -r name text; do printf '  make %-8s %s\n' "$$name" "$$text"; done

setup: .venv/.stamp ## Make .venv with watchbill in it

.venv/.stamp: requirements.lock pyproject.toml tools/setup.sh
	@sh tools/setup.sh
	@touch $@

setup-tests: setup
	@sh tools/setup_tests.sh

demo: setup ## Seed a company and serve it; ARGS="--port 8090" are passed on
	@$(BIN)/watchbill demo $(ARGS)

dev: setup ## Serve with the demo company, restarting when the source changes
	@sh tools/dev.sh $(ARGS)

test: setup-tests ## Run every test; install what they need (a browser, Alertmanager)
	@$(BIN)/pytest -n 2 $(ARGS)

check: setup ## Lint, types, import contracts, docs; under 30 s
	@sh tools/check.sh

bench: setup-tests ## Measure, side by side with the peers that can be installed
	@$(BIN)/python tests/bench/run.py $(ARGS)

docs: setup ## Write the generated parts of the docs
	@$(BIN)/python tools/docs.py

lock: ## Refresh requirements.lock
	@sh tools/lock.sh

.PHONY: help setup setup-tests demo dev test check bench docs lock
