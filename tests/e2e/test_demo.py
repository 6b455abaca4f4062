"""The demo, as a person starts it: at three on a Saturday morning.

Ids: RO1, RO2, NO1, NO3, NO4; DESIGN §5.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import processes
from tests.e2e.demos import Demo, watchbill

SATURDAY = "2026-03-07T03:00+00:00"
#: Monday, 09:00 by each team's own clock.
OPENINGS = {
    "payments": datetime(2026, 3, 9, 9, tzinfo=UTC),
    "inbox": datetime(2026, 3, 9, 9, tzinfo=UTC),
    "messaging": datetime(2026, 3, 9, 9, tzinfo=UTC),
    "reporting": datetime(2026, 3, 9, 13, tzinfo=UTC),  # New York, its summer time since Sunday
    "data-platform": datetime(2026, 3, 9, 16, tzinfo=UTC),  # San Francisco, too
}

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    with Demo(folder / "harbour", "--at", SATURDAY) as running:
        yield running


def alarms_of(demo: Demo, *states: str) -> list[dict[str, Any]]:
    return [alarm for alarm in demo.card["alarms"] if alarm["state"] in states]


def oncall(demo: Demo) -> dict[str, Any]:
    done = watchbill("oncall", "--json", "--data-dir", str(demo.data_dir))
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_card_says_everything_a_script_needs(demo: Demo) -> None:
    card = demo.card
    assert card["base_url"] == f"http://127.0.0.1:{demo.port}"
    assert set(card["admin"]) == {"email", "password"}
    assert card["token"].startswith("wb_")
    assert set(card["smtp"]) == {"host", "port"}
    told = [*card["alarms"], *card["special_alarms"], *card["unregistered"]]
    assert set(card["routing_keys"]) == {alarm["service"] for alarm in told}
    roles = Counter(person["role"] for person in card["people"])
    assert roles == {"engineer": 34, "manager": 4}
    volunteers = [person for person in card["people"] if person["volunteer"]]
    assert len(volunteers) == 7
    assert {person["office"] for person in volunteers} == {"dublin", "london", "san-francisco"}
    assert {person["team"] for person in volunteers} == set(OPENINGS)
    states = {alarm["state"] for alarm in card["alarms"]}
    assert states == {
        "draft",
        "proposed",
        "in_review",
        "accepted",
        "declined",
        "returned",
        "retired",
    }
    assert (demo.data_dir / "demo.json").stat().st_mode & 0o077 == 0


def test_its_first_page_is_in_the_mailbox(demo: Demo) -> None:
    first = demo.card["alarms"][0]
    assert first["state"] == "accepted"
    assert demo.mailed_about(first) == [oncall(demo)["volunteer"]["email"]]
    assert datetime.fromisoformat(demo.mails()[-1]["at"]).date() == datetime(2026, 3, 7).date()


def test_an_accepted_alarm_reaches_the_volunteer_and_nobody_else(demo: Demo) -> None:
    """RO1, NO1."""
    alarm = next(a for a in alarms_of(demo, "accepted")[1:] if a["service"] == "payouts")
    demo.fire(alarm)
    processes.until(lambda: bool(demo.mailed_about(alarm)), within_s=10, what="a mail")
    assert demo.mailed_about(alarm) == [oncall(demo)["volunteer"]["email"]]


def test_what_nobody_accepted_is_held_until_the_team_opens(demo: Demo) -> None:
    """RO2, NO4."""
    quiet = [a for a in demo.card["alarms"] if a["state"] != "accepted"]
    one_a_team = {alarm["team"]: alarm for alarm in quiet}
    assert set(one_a_team) == set(OPENINGS)
    before = len(demo.mails())
    for alarm in one_a_team.values():
        demo.fire(alarm)
    processes.until_folded(demo.url())
    for team, alarm in one_a_team.items():
        held = processes.rows(
            demo.url(),
            "select i.id, i.state, i.hold_until from incidents i join services s on s.id = i.service_id"
            " where s.slug = %s and i.alarm = %s and i.state <> 'resolved'",
            alarm["service"],
            alarm["key"],
        )
        ((incident, state, until),) = held
        assert (state, until) == ("held", OPENINGS[team]), alarm
        asked = processes.rows(
            demo.url(), "select * from pages where incident_id = %s and ended_at is null", incident
        )
        assert asked == []
    assert len(demo.mails()) == before


def test_its_past_keeps_every_promise(demo: Demo) -> None:
    """NO1, NO3, and fewer than ten out-of-hours pages a month."""
    pages = processes.rows(
        demo.url(),
        "select p.started_at, p.role, w.role from pages p join people w on w.id = p.person_id"
        " where p.out_of_hours",
    )
    a_month = Counter(at.strftime("%Y-%m") for at, _, _ in pages)
    assert len(a_month) == 7
    assert max(a_month.values()) < 10, a_month
    assert {role for _, role, _ in pages} == {"volunteer", "manager"}
    assert {person for _, role, person in pages if role == "manager"} == {"manager"}
    incidents = processes.rows(demo.url(), "select opened_at from incidents")
    assert len(incidents) > 100
    first = min(at for (at,) in incidents)
    assert first < datetime(2026, 3, 7, tzinfo=UTC) - timedelta(weeks=25)


def test_shifts_reach_half_a_year_back_and_ahead_on_fridays(demo: Demo) -> None:
    """SH1, NO2: nobody stands a week they have not agreed to, so the database would refuse it."""
    shifts = processes.rows(
        demo.url(), "select lower(during), upper(during) from shifts order by during"
    )
    now = datetime(2026, 3, 7, 3, tzinfo=UTC)
    assert shifts[0][0] < now - timedelta(weeks=26)
    assert shifts[-1][1] > now + timedelta(weeks=26)
    for (_, end), (start, _) in itertools.pairwise(shifts):
        assert end == start
    swapped = "select unnest(array[starts_at, ends_at]) from swaps where state = 'accepted'"
    given = {at for (at,) in processes.rows(demo.url(), swapped)}
    begins = [watch[0] for watch in shifts if watch[0] not in given]
    assert {at.weekday() for at in begins} == {4}
    assert {at.hour for at in begins} == {17, 18}  # 18:00 in Dublin, in summer and winter


def test_doctor_finds_nothing_wrong_in_it(demo: Demo) -> None:
    done = watchbill("doctor", "--data-dir", str(demo.data_dir))
    assert done.returncode == 0, done.stdout + done.stderr


def test_another_one_runs_beside_it_and_a_taken_port_is_one_line(
    demo: Demo, tmp_path: Path
) -> None:
    with Demo(tmp_path / "other", "--empty") as other:
        assert other.card["people"] == []
        assert other.card["token"] != demo.card["token"]
        untouched = tmp_path / "third"
        done = watchbill("demo", "--port", str(other.port), "--data-dir", str(untouched))
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert str(other.port) in done.stderr
        assert not untouched.exists()
        same = watchbill(
            "demo", "--port", str(processes.free_port()), "--data-dir", str(other.data_dir)
        )
        assert same.returncode == 2
        assert len(same.stderr.splitlines()) == 1


def test_it_stops_with_its_database_and_finds_its_data_again(demo: Demo) -> None:
    """The others share this demo: it runs again afterwards."""
    card, postgres = demo.card, processes.postgres_pids(Path(demo.card["data_dir"]))
    known = processes.rows(demo.url(), "select count(*) from incidents")
    assert postgres
    assert demo.stop() == 0
    assert not (demo.data_dir / "demo.json").exists()
    assert not [pid for pid in postgres if Path(f"/proc/{pid}").exists()]
    demo.start()
    for name in ("admin", "token", "routing_keys", "people", "alarms"):
        assert demo.card[name] == card[name]
    assert processes.rows(demo.url(), "select count(*) from incidents") >= known
    assert oncall(demo)["at"].startswith("2026-03-07T03:")
