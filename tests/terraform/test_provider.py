"""The provider's own tests, in its own environment."""

from __future__ import annotations

import subprocess

from tests.terraform import terraforms


def test_the_provider_passes_its_own_tests() -> None:
    done = subprocess.run(
        [terraforms.VENV / "bin" / "python", "-m", "pytest", "-q", "-p", "no:randomly"],
        cwd=terraforms.TOP / "terraform" / "provider",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_every_file_is_formatted_as_terraform_does_it() -> None:
    done = subprocess.run(
        [terraforms.VENV / "bin" / terraforms.OLD, "fmt", "-check", "-diff", "-recursive"],
        cwd=terraforms.TOP / "terraform",
        env={"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": "/dev/null"},
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert done.returncode == 0, done.stdout
