# Sourced by other scripts: how Debian packages are installed here, if at all.

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_install() {
  command -v apt-get >/dev/null 2>&1 || return 1
  [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

quietly() { # runs a command; shows what it said only when it fails
  said=$("$@" 2>&1 </dev/null) || { status=$?; printf '%s\n' "$said" >&2; return $status; }
}

update_lists() {
  quietly as_root apt-get update -qq
}

install_packages() {
  update_lists || true
  quietly as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq -y --no-install-recommends "$@"
}
