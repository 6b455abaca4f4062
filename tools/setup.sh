#!/bin/sh
# Makes .venv with everything in it, from the hashed lock file. Called by `make setup`.
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
has_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

find_python() { # the first that is new enough; one that can make environments goes first
  first=
  for candidate in ${PYTHON:-} /usr/bin/python3 python3.13 python3.12 python3.11 python3.14 python3; do
    path=$(command -v "$candidate" 2>/dev/null) || continue
    is_new_enough "$path" || continue
    if has_venv "$path"; then echo "$path"; return; fi
    first=${first:-$path}
  done
  echo "$first"
}

make_environment() { # $1: a Python that is new enough
  rm -rf .venv
  if has_venv "$1"; then "$1" -m venv .venv; return; fi
  if "$1" -m virtualenv --version >/dev/null 2>&1; then "$1" -m virtualenv -q .venv; return; fi
  if "$1" -m pip --version >/dev/null 2>&1 && "$1" -m venv --without-pip .venv 2>/dev/null; then
    say "python3-venv is missing; taking pip from the system's"
    if "$1" -m pip --python .venv/bin/python install -q pip; then return; fi
  fi
  rm -rf .venv
  fail "cannot make a virtual environment with $1. Install what is missing, then run this again:
  sudo apt-get install python3-venv"
}

python=$(find_python)
if [ -z "$python" ] || ! has_venv "$python"; then
  if can_install; then
    say "installing python3 and python3-venv with apt-get"
    install_packages python3 python3-venv || say "apt-get did not manage; looking for another way"
    python=$(find_python)
  fi
fi
[ -n "$python" ] || fail "Python 3.11 or newer is needed and was not found. On Debian 12, Ubuntu 24.04 or newer:
  sudo apt-get install python3 python3-venv"

if ! .venv/bin/python -m pip --version >/dev/null 2>&1 || ! is_new_enough .venv/bin/python; then
  say "making .venv with $("$python" -V) ($python)"
  make_environment "$python"
fi
say "installing the locked packages"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
.venv/bin/python -m pip install -q --no-deps --require-hashes -r requirements.lock
.venv/bin/python -m pip install -q --no-deps --no-build-isolation -e .
say "done: .venv/bin/watchbill"
