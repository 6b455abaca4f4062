"""A real Alertmanager pages through both of its doors, grows, resolves, and may fall silent."""

from __future__ import annotations

import dataclasses
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests import builders, seeded
from tests.builders import ACCEPTED, PROPOSED, VERA
from tests.e2e import processes
from tests.e2e.alertmanagers import Alertmanager, program
from tests.e2e.world import World
from watchbill.actions import incidents
from watchbill.core.company import Company, Integration
from watchbill.core.incidents import IncidentState

HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "alertmanager.md"
SILENT_FOR = timedelta(hours=6)

_CONFIG = """\
route:
  receiver: watchbill
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 4h
receivers:
- name: watchbill
"""
_WEBHOOK = """\
  webhook_configs:
  - url: {base}/intake/alertmanager/{key}
    send_resolved: true
"""
_PAGERDUTY = """\
  pagerduty_configs:
  - url: {base}/v2/enqueue
    routing_key: {key}
"""


def company() -> Company:
    """Return the default company with a door for Alertmanager that closes what falls silent."""
    made = builders.company()
    door = Integration(
        id="am", service_id=builders.SERVICE, source="alertmanager", name="Prometheus",
        close_after=SILENT_FOR,
    )  # fmt: skip
    return dataclasses.replace(made, integrations={**made.integrations, "am": door})


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World(database_url, company(), at=builders.dublin("Sat 03:00")) as made:
        yield made


@contextmanager
def connected(world: World, folder: Path, receiver: str, door: str) -> Iterator[Alertmanager]:
    config = _CONFIG + receiver.format(base=world.base_url, key=seeded.key_of(door))
    with Alertmanager(folder, config) as alertmanager:
        yield alertmanager


def until_told(world: World, events: int) -> None:
    """Wait until Alertmanager has sent so many events in all, and let Watchbill work them off."""
    stored = "select (select count(*) from inbox) + (select count(*) from events)"
    processes.until(
        lambda: world.rows(stored)[0][0] >= events, within_s=15, what=f"{events} events"
    )
    world.settle()


def test_a_group_pages_grows_and_resolves(world: World, tmp_path: Path) -> None:
    """webhook_configs: one page, one word when the group grows, and an end."""
    with connected(world, tmp_path, _WEBHOOK, "am") as alertmanager:
        alertmanager.fires(ACCEPTED, instance="a", severity="critical")
        until_told(world, 1)
        assert "on a" in world.phone(VERA).rings().text
        alertmanager.fires(ACCEPTED, instance="b", severity="critical")
        until_told(world, 3)
        world.phone(VERA).stays_silent()
        world.wait(minutes=1)
        world.phone(VERA).rings("growth")
        assert world.rows("select firing, alerts from incidents") == [(2, 2)]
        alertmanager.recovers(ACCEPTED, instance="a", severity="critical")
        alertmanager.recovers(ACCEPTED, instance="b", severity="critical")
        until_told(world, 5)
        assert world.incident().state is IncidentState.RESOLVED
        assert world.rows("select count(*) from incidents") == [(1,)]


def test_a_group_gone_silent_is_closed_after_its_stated_time(world: World, tmp_path: Path) -> None:
    """Silenced or forgotten alerts never resolve; the integration says how long to believe them."""
    with connected(world, tmp_path, _WEBHOOK, "am") as alertmanager:
        alertmanager.fires(ACCEPTED, instance="a", severity="critical")
        until_told(world, 1)
    world.phone(VERA).rings()
    incidents.acknowledge(world.watchbill.shell, world.incident().id, by=VERA)
    world.at(builders.dublin("Sat 03:00") + SILENT_FOR - timedelta(minutes=1))
    assert world.incident().is_open
    world.wait(minutes=1)
    assert world.incident().state is IncidentState.RESOLVED
    assert world.incident().resolution == "stale"


def test_pagerduty_configs_page_for_an_accepted_alarm_and_hold_another(
    world: World, tmp_path: Path
) -> None:
    """Its severity is `error` unless it is set: what an alarm is worth, its definition says."""
    with connected(world, tmp_path, _PAGERDUTY, builders.INTEGRATION) as alertmanager:
        alertmanager.fires(PROPOSED, instance="a")
        until_told(world, 1)
        assert world.incident().state is IncidentState.HELD
        alertmanager.fires(ACCEPTED, instance="a")
        until_told(world, 2)
        assert world.incident().alarm == ACCEPTED
        world.phone(VERA).rings()
        alertmanager.recovers(ACCEPTED, instance="a")
        until_told(world, 3)
        assert world.incident().state is IncidentState.RESOLVED


def test_the_howto_pages(world: World, tmp_path: Path) -> None:
    """What docs/howto/alertmanager.md says is done word for word, but for addresses and the key."""
    text = HOWTO.read_text(encoding="utf-8")
    config = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    command = re.search(r"^amtool alert add .*$", text, re.MULTILINE)
    assert config is not None
    assert command is not None
    yaml = config[1].replace("http://127.0.0.1:8080", world.base_url)
    yaml = yaml.replace("<key>", seeded.key_of(builders.INTEGRATION))
    with Alertmanager(tmp_path, yaml) as alertmanager:
        line = command[0].replace("http://127.0.0.1:9093", alertmanager.url)
        line = line.replace("<alarm>", ACCEPTED)
        subprocess.run([program("amtool"), *shlex.split(line)[1:]], check=True, timeout=20)
        until_told(world, 1)
        world.phone(VERA).rings()
