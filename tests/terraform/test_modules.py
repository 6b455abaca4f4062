"""The shipped modules: their own tests without a server, and one life against a real one."""

from __future__ import annotations

import shutil

import pytest

from tests.terraform import code, terraforms
from tests.terraform.servers import Server
from tests.terraform.terraforms import Terraform

MODULES = terraforms.TOP / "terraform" / "modules"


@pytest.fixture(params=sorted(path.name for path in MODULES.iterdir()))
def module(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_module_passes_its_own_tests(newest: Terraform, module: str) -> None:
    """On a mocked provider, as those who use it can do in their own pull requests."""
    shutil.copytree(MODULES, newest.folder / "modules")
    newest.folder = newest.folder / "modules" / module
    newest.environment |= {"WATCHBILL_URL": "", "WATCHBILL_TOKEN": ""}
    newest.init()
    said = newest("test", "-no-color").text
    assert "0 failed" in said
    assert "0 passed" not in said


def test_every_module_is_valid_for_both(terraform: Terraform, module: str) -> None:
    shutil.copytree(MODULES, terraform.folder / "modules")
    terraform.folder = terraform.folder / "modules" / module
    terraform.init()
    terraform("validate", "-no-color")


def test_the_alarm_module_on_a_real_server(terraform: Terraform, server: Server, word: str) -> None:
    shutil.copytree(MODULES, terraform.folder / "modules")
    good = code.good(word)
    good |= {"source_ref": good.pop("source"), "note": "Please take it."}
    arguments = "\n".join(f"  {name} = {code.literal(value)}" for name, value in good.items())
    terraform.write(
        f'module "it" {{\n  source = "./modules/alarm"\n{arguments}\n}}\n'
        'output "state" { value = module.it.handover_state }\n'
    )
    terraform.init()
    terraform.apply()
    terraform.settled()
    assert terraform.outputs() == {"state": "proposed"}
    assert server.one(f"alarms?service=checkout&key={word}")["state"] == "proposed"
