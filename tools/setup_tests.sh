#!/bin/sh
# Installs what the tests need beside Python packages: a browser, a real Alertmanager, and the
# Terraform provider with two real Terraform binaries.
# Says what it does; what it cannot install it names, and fails: no test is skipped for it.
set -eu
cd "$(dirname "$0")/.."
. tools/apt.sh
PATH="$PWD/.venv/bin:$PATH"

say() { printf 'setup-tests: %s\n' "$*"; }
fail() { printf 'setup-tests: %s\n' "$*" >&2; exit 1; }

has_chromium() {
  for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && "$name" --version >/dev/null 2>&1 && return
  done
  .venv/bin/python tools/own_browser.py 2>/dev/null
}

drives_browsers() { .venv/bin/playwright --version >/dev/null 2>&1; }

if ! drives_browsers; then # its driver needs a library that small systems lack
  if can_install; then
    say "installing libatomic1, which Playwright needs, with apt-get"
    install_packages libatomic1 || say "apt-get did not manage"
  fi
  drives_browsers || fail "Playwright does not start. Install what it needs, then run this again:
  sudo apt-get install libatomic1"
fi

if ! has_chromium; then
  if can_install && ! grep -qi '^ID=ubuntu' /etc/os-release; then
    say "installing Debian's chromium with apt-get"
    install_packages chromium fonts-liberation || say "apt-get did not manage"
  elif can_install; then # Ubuntu's chromium package is only a snap
    say "installing Playwright's own Chromium and the libraries it needs"
    as_root .venv/bin/playwright install-deps chromium </dev/null >/dev/null || true
    .venv/bin/playwright install chromium-headless-shell </dev/null >/dev/null || true
  fi
  has_chromium || fail "the browser tests need Chromium. Install it, then run this again:
  sudo apt-get install chromium fonts-liberation"
fi

fetch_alertmanager() { # unpacked, not installed: the package would start a daemon
  into=.venv/alertmanager
  rm -rf "$into" && mkdir -p "$into"
  (cd "$into" && apt-get download -qq prometheus-alertmanager </dev/null && dpkg -x ./*.deb .) || return 1
  ln -sf ../alertmanager/usr/bin/prometheus-alertmanager .venv/bin/prometheus-alertmanager
}

if ! command -v prometheus-alertmanager >/dev/null 2>&1; then
  say "unpacking Debian's prometheus-alertmanager into .venv"
  if ! fetch_alertmanager 2>/dev/null; then
    if can_install; then update_lists || true; fi
    fetch_alertmanager || fail "the tests need a real Alertmanager. Install it, then run this again:
  sudo apt-get install prometheus-alertmanager"
  fi
fi

sh tools/setup_terraform.sh

fetch_promtool() { # of the package only this one program is kept
  into=.venv/prometheus
  rm -rf "$into" && mkdir -p "$into"
  (cd "$into" && apt-get download -qq prometheus </dev/null && dpkg -x ./*.deb .) || return 1
  mv "$into/usr/bin/promtool" .venv/bin/promtool && rm -rf "$into"
}

if ! command -v promtool >/dev/null 2>&1; then
  say "unpacking promtool of Debian's prometheus into .venv"
  if ! fetch_promtool 2>/dev/null; then
    if can_install; then update_lists || true; fi
    fetch_promtool || fail "the tests need promtool. Install it, then run this again:
  sudo apt-get install prometheus"
  fi
fi
