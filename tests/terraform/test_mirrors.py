"""How the provider gets to Terraform: from a folder, and from the server itself over HTTPS."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import conftest
from tests.terraform import servers, terraforms, tls
from tests.terraform.servers import Server
from tests.terraform.terraforms import Terraform

VERSION = "0.1.0"
READING = """
data "watchbill_team" "it" { slug = "payments" }

output "name" { value = data.watchbill_team.it.name }
"""


def test_a_folder_of_plugins_is_locked(terraform: Terraform) -> None:
    terraform.write(READING)
    terraform.init()
    lock = (terraform.folder / ".terraform.lock.hcl").read_text()
    assert "watchbill/watchbill" in lock
    assert '"h1:' in lock
    assert "Reusing previous version" in terraform.init().text


@pytest.fixture(scope="session")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `watchbill-terraform pack` writes: the provider with a Python of its own."""
    out = tmp_path_factory.mktemp("packed")
    done = subprocess.run(
        [terraforms.VENV / "bin" / "watchbill-terraform", "pack", "--out", out],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def mirror(
    packed: Path,
    _server: tuple[str, str],
    template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """A `watchbill serve` that hands the provider out."""
    folder = tmp_path_factory.mktemp("mirror-serve")
    with (
        conftest._clone(_server[1], template) as url,
        servers.serving(url, folder, WATCHBILL_TERRAFORM_MIRROR=str(packed)) as serving,
    ):
        yield serving


def test_the_server_hands_its_own_provider_out_and_nothing_else(
    mirror: Server, packed: Path, tmp_path: Path
) -> None:
    """Both binaries: the archive's checksum is verified, and the packed provider works."""
    port = int(mirror.url.rpartition(":")[2])
    with tls.proxied(port, tmp_path) as (url, authority, asked):
        config = tmp_path / "terraform.rc"
        config.write_text(
            f'provider_installation {{\n  network_mirror {{ url = "{url}/terraform/" }}\n}}\n'
        )
        for binary in terraforms.BOTH:
            folder = tmp_path / binary
            folder.mkdir()
            more = {"TF_CLI_CONFIG_FILE": str(config), "SSL_CERT_FILE": str(authority)}
            terraform = Terraform(binary, folder, {**mirror.environment, **more})
            terraform.write(READING)
            assert "verified checksum" in terraform.init().text
            terraform.apply()
            assert terraform.outputs() == {"name": "Payments"}
            told = json.loads((packed / f"{VERSION}.json").read_text())["archives"]
            (archive,) = told.values()
            assert archive["hashes"][0] in (folder / ".terraform.lock.hcl").read_text()
    assert len({path for path in asked if path.endswith(".zip")}) == 1
    _hands_out_nothing_else(mirror, packed)


def _get(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def _hands_out_nothing_else(mirror: Server, packed: Path) -> None:
    (packed / "secret.txt").write_text("no")
    base = f"{mirror.url}/terraform/any.example.org/watchbill/watchbill"
    status, text = _get(f"{base}/index.json")
    assert status == 200
    assert list(json.loads(text)["versions"]) == [VERSION]
    for path in (
        "secret.txt", "9.9.9.json", "..%2f..%2fetc%2fpasswd", "%2e%2e/index.json", "",
        "terraform-provider-watchbill_0.0.0.zip",
    ):  # fmt: skip
        assert _get(f"{base}/{path}")[0] == 404, path
    assert _get(f"{mirror.url}/terraform/any.example.org/other/other/index.json")[0] == 404


def test_without_the_setting_it_says_so(server: Server) -> None:
    status, text = _get(f"{server.url}/terraform/h/watchbill/watchbill/index.json")
    assert status == 404
    assert b"WATCHBILL_TERRAFORM_MIRROR" in text
