#!/bin/sh
# Writes requirements.lock: every package with its hashes and no address. Called by `make lock`.
set -eu
cd "$(dirname "$0")/.."
uv=$(command -v uv || true)
if [ -z "$uv" ]; then
  [ -x .venv/uv/bin/uv ] || { python3 -m venv .venv/uv && .venv/uv/bin/pip install -q uv; }
  uv=.venv/uv/bin/uv
fi
printf 'hatchling\neditables\n' | "$uv" pip compile pyproject.toml - \
  --group dev --extra embedded --extra demo --universal --python-version 3.11 --upgrade \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header \
  --quiet --output-file requirements.lock
echo "lock: $(grep -c '^[a-z]' requirements.lock) packages"
