#!/bin/sh
# Every check that is not a test, all of them even if one fails. Called by `make check`.
set -u
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
failed=

check() { # $1: its name; the rest: the command. Output is shown only when it fails.
  name=$1; shift
  if output=$("$@" 2>&1); then
    printf 'ok    %s\n' "$name"
  else
    printf 'FAIL  %s\n%s\n' "$name" "$output"
    failed="$failed $name"
  fi
}

check lint ruff check
check format ruff format --check
check types mypy
check terraform-types sh -c 'cd terraform/provider && mypy'
check imports lint-imports
check house-rules python -m tools.lint
check templates djlint src/watchbill/web/templates --lint --quiet
check spelling codespell
check dependencies deptry .
check docs python tools/docs.py --check
[ -z "$failed" ] || { printf 'check: failed:%s\n' "$failed" >&2; exit 1; }
