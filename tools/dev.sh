#!/bin/sh
# Serves the demo company and starts it again whenever a source file changes. Ctrl-C ends both.
set -u
cd "$(dirname "$0")/.."
child=
trap 'kill "$child" 2>/dev/null; wait "$child"; exit 0' INT TERM
while :; do
  mark=$(mktemp)
  .venv/bin/watchbill demo "$@" &
  child=$!
  while kill -0 "$child" 2>/dev/null && [ -z "$(find src -newer "$mark" -type f ! -name '*.pyc' | head -1)" ]; do
    sleep 1
  done
  rm -f "$mark"
  kill "$child" 2>/dev/null
  wait "$child"
done
