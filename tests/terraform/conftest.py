"""One server and one filesystem mirror for all tests of a process; a folder for each test."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import conftest
from tests.terraform import servers, terraforms
from tests.terraform.servers import Server
from tests.terraform.terraforms import Terraform


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each life of a resource the time that some twenty runs of Terraform may take."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(180))


@pytest.fixture(scope="session")
def server(
    _server: tuple[str, str], template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A `watchbill serve` with a company and no alarm."""
    folder = tmp_path_factory.mktemp("serve")
    with conftest._clone(_server[1], template) as url, servers.serving(url, folder) as serving:
        yield serving


@pytest.fixture(scope="session")
def cli_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration of Terraform that installs from a mirror made by `watchbill-terraform`."""
    folder = tmp_path_factory.mktemp("mirror")
    tools = folder / "bin"
    tools.mkdir()
    (tools / "terraform").symlink_to(terraforms.VENV / "bin" / terraforms.OLD)
    subprocess.run(
        [terraforms.VENV / "bin" / "watchbill-terraform", "install", "--into", folder / "plugins"],
        env={"PATH": f"{tools}:{os.environ['PATH']}", "HOME": str(folder)},
        check=True,
        timeout=50,
    )
    config = folder / "terraform.rc"
    config.write_text(
        f'provider_installation {{\n  filesystem_mirror {{ path = "{folder / "plugins"}" }}\n}}\n'
    )
    return config


@pytest.fixture
def make(server: Server, cli_config: Path, tmp_path: Path) -> Callable[[str], Terraform]:
    """Give a function that puts a binary into a folder of its own."""

    def made(binary: str) -> Terraform:
        folder = tmp_path / binary
        folder.mkdir()
        environment = {**server.environment, "TF_CLI_CONFIG_FILE": str(cli_config)}
        return Terraform(binary, folder, environment)

    return made


@pytest.fixture(params=terraforms.BOTH)
def terraform(request: pytest.FixtureRequest, make: Callable[[str], Terraform]) -> Terraform:
    """Each of the binaries, in a folder of its own."""
    return make(request.param)


@pytest.fixture
def newest(make: Callable[[str], Terraform]) -> Terraform:
    """The newest binary, for what the oldest cannot do."""
    return make(terraforms.NEW)


@pytest.fixture
def word(request: pytest.FixtureRequest) -> str:
    """A slug that no other test uses."""
    name = request.node.name.removeprefix("test_")
    return "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-")[-40:].strip("-")
