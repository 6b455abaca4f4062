"""Versions: contents are written down one after the other and never changed (AL1, AL8, NO5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests import good_alarms
from tests.integration.actions import seed
from watchbill.actions import alarms, services
from watchbill.actions.audit import SYSTEM, person
from watchbill.actions.fields import BadFields
from watchbill.actions.teams import OnlyTheTeam
from watchbill.actions.versions import SameEvents
from watchbill.core.definitions import content_hash, from_data
from watchbill.errors import WatchbillError
from watchbill.store import alarms as alarms_store
from watchbill.store import rows

TODAY = seed.TUESDAY.date()


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def good(key: str = "late", **changes: Any) -> dict[str, Any]:
    return good_alarms.values(key, today=TODAY, **changes)


def create(seeded: seed.Seeded, key: str = "late", by: str = "ann", **changes: Any) -> str:
    return alarms.create(seeded.shell, good(key, **changes), by=person(seeded.ids[by]))


def change(seeded: seed.Seeded, alarm: str, by: str = "ann", **values: Any) -> None:
    alarms.change(seeded.shell, alarm, values, by=person(seeded.ids[by]))


def version(seeded: seed.Seeded, alarm: str, number: int) -> rows.Row:
    with seeded.shell.db.transaction() as tx:
        return alarms_store.version(tx, alarm, number)


def row(seeded: seed.Seeded, alarm: str) -> rows.Row:
    with seeded.shell.db.transaction() as tx:
        return alarms_store.look(tx, alarm)


def test_al1_everything_that_was_written_is_kept(seeded: seed.Seeded) -> None:
    match = {"alarm": ["stage", "prod"], "job": "pay"}
    alarm = create(seeded, match=match)
    kept = alarms_store.definition_of(version(seeded, alarm, 1))
    given = {name: value for name, value in good(match=match).items() if name != "source"}
    assert kept == from_data(given)
    assert kept.match == (("alarm", ("prod", "stage")), ("job", ("pay",)))
    assert version(seeded, alarm, 1)["content_hash"] == content_hash(kept)
    assert row(seeded, alarm)["path"] == "alarms/late.yml"


def test_al1_each_change_is_a_version_and_the_old_ones_stay(seeded: seed.Seeded) -> None:
    alarm = create(seeded)
    first = version(seeded, alarm, 1)
    change(seeded, alarm, threshold="2 %")
    change(seeded, alarm, by="ben", threshold="3 %")
    assert version(seeded, alarm, 1) == first
    assert [version(seeded, alarm, n)["author_id"] for n in (1, 2, 3)] == [
        seeded.ann, seeded.ann, seeded.ben,
    ]  # fmt: skip
    assert row(seeded, alarm)["version"] == 3


def test_the_same_contents_are_no_new_version(seeded: seed.Seeded) -> None:
    alarm = create(seeded, match={"alarm": "1", "b": ["2", "3"]})
    before = row(seeded, alarm)
    change(seeded, alarm, match={"b": ["3", "2", "3"], "alarm": ["1"]}, for_minutes=5.0)
    assert row(seeded, alarm) == before


def test_the_service_owns_it_unless_it_says_who_does(seeded: seed.Seeded) -> None:
    alarm = create(seeded, team="")
    assert alarms_store.definition_of(version(seeded, alarm, 1)).team == "payments"


def test_an_alarm_keeps_its_service_and_key(seeded: seed.Seeded) -> None:
    services.create(
        seeded.shell, {"slug": "find", "name": "F", "team_id": seeded.payments}, by=SYSTEM
    )
    with pytest.raises(BadFields, match="retire it"):
        change(seeded, seeded.ids["card-errors"], key="other")
    with pytest.raises(BadFields, match="retire it"):
        change(seeded, seeded.ids["card-errors"], service="find")


def test_a_change_by_hand_of_what_is_in_code_shows_as_drift(seeded: seed.Seeded) -> None:
    source = {"repository": "acme/a", "path": "a.tf", "revision": "1"}
    alarm = create(seeded, managed_by="terraform", source=source)
    change(seeded, alarm, threshold="2 %", source={"repository": "mine"})
    now = row(seeded, alarm)
    assert (now["managed_by"], now["repository"]) == ("terraform", "acme/a")
    assert version(seeded, alarm, 2)["managed_by"] == "hand"
    change(seeded, alarm, threshold="3 %", managed_by="terraform", source=source)
    assert version(seeded, alarm, 3)["managed_by"] == "terraform"


def test_evidence_is_kept_with_its_version(seeded: seed.Seeded) -> None:
    evidence = {
        "url": "https://git.example.org/pull/1",
        "author": "Ben@Example.org",
        "approvers": ["ann@example.org"],
        "revision": "abc",
    }
    alarm = create(seeded, evidence=evidence)
    kept = version(seeded, alarm, 1)
    assert (kept["evidence"], kept["author_id"], kept["applied_by"]) == (
        evidence, seeded.ben, seeded.ann,
    )  # fmt: skip
    change(seeded, alarm, threshold="2 %", evidence={"author": "nobody@example.org"})
    assert version(seeded, alarm, 2)["author_id"] == seeded.ann


def test_only_the_owning_team_writes(seeded: seed.Seeded) -> None:
    for by in ("vera", "mona"):
        with pytest.raises(OnlyTheTeam):
            create(seeded, by=by)
        with pytest.raises(OnlyTheTeam):
            change(seeded, seeded.ids["disk-full"], by=by, threshold="2 %")
        with pytest.raises(OnlyTheTeam):
            alarms.retire(seeded.shell, seeded.ids["disk-full"], by=person(seeded.ids[by]))


# ---- no two alarms of one service match the same event


def test_a_new_alarm_of_the_same_events_is_refused(seeded: seed.Seeded) -> None:
    with pytest.raises(SameEvents):
        create(seeded, match={"alarm": ["card-errors", "other"]})
    create(seeded, match={"alarm": "other"})
    with pytest.raises(SameEvents):
        create(seeded, "third", match={"env": "prod"})


def test_a_change_is_held_against_what_is_in_force_too(seeded: seed.Seeded) -> None:
    """The accepted version still answers for its events while the changed one waits."""
    change(seeded, seeded.ids["card-errors"], match={"alarm": "renamed"})
    with pytest.raises(SameEvents):
        create(seeded, match={"alarm": "card-errors"})
    alarms.retire(seeded.shell, seeded.ids["card-errors"], by=person(seeded.ann))
    assert create(seeded, match={"alarm": ["card-errors", "renamed"]})


def test_of_two_at_once_that_match_the_same_event_one_is_written(seeded: seed.Seeded) -> None:
    start = threading.Barrier(2)

    def one(key: str) -> str:
        start.wait()
        try:
            return create(seeded, key, match={"alarm": "same"})[:3]
        except WatchbillError as error:
            return type(error).__name__

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, ["x", "y"])) == ["SameEvents", "alm"]


def test_al8_a_retired_key_can_be_used_again(seeded: seed.Seeded) -> None:
    alarm = create(seeded)
    with pytest.raises(rows.Taken):
        create(seeded)
    alarms.retire(seeded.shell, alarm, by=person(seeded.ann))
    again = create(seeded)
    assert again != alarm
    assert (row(seeded, alarm)["state"], row(seeded, again)["version"]) == ("retired", 1)
    with pytest.raises(alarms.RetiredStays):
        change(seeded, alarm, threshold="2 %")


def test_a_service_goes_once_its_alarms_are_retired(seeded: seed.Seeded) -> None:
    values = {"slug": "old", "name": "Old", "team_id": seeded.payments}
    service = services.create(seeded.shell, values, by=SYSTEM)
    alarm = create(seeded, service="old")
    with pytest.raises(rows.InUse):
        services.remove(seeded.shell, service, by=SYSTEM)
    assert row(seeded, alarm)["state"] == "draft"
    alarms.retire(seeded.shell, alarm, by=person(seeded.ann))
    services.remove(seeded.shell, service, by=SYSTEM)
    with seeded.shell.db.transaction() as tx, pytest.raises(KeyError):
        alarms_store.look(tx, alarm)


# ---- the database says the same (NO5)


@pytest.mark.parametrize(
    "sets",
    [
        "runbook = 'x'",
        "definition = jsonb_set(definition, '{title}', '\"x\"')",
        "match = '{}'",
        "severity = 'info'",
        "review_by = '2027-01-01'",
        "content_hash = 'x'",
        "author_id = null",
        "applied_by = null",
        "evidence = '{}'",
        "created_at = created_at + interval '1 day'",
        "managed_by = 'import'",
    ],
)
def test_no5_the_database_changes_no_version(seeded: seed.Seeded, sets: str) -> None:
    alarm = create(seeded, match={"a": "b", "alarm": "x"}, evidence={"url": "x"})
    before = version(seeded, alarm, 1)
    statement = f"update alarm_versions set {sets} where alarm_id = %s"
    with pytest.raises(psycopg.errors.IntegrityError), seeded.shell.db.transaction() as tx:
        tx.execute(statement, [alarm])
    assert version(seeded, alarm, 1) == before


def test_no4_the_database_puts_nothing_in_force_without_a_runbook(seeded: seed.Seeded) -> None:
    alarm = create(seeded, runbook=" \n")
    with seeded.shell.db.transaction() as tx:
        tx.execute(
            "update alarm_versions set accepted_by = %s, accepted_at = %s where alarm_id = %s",
            [seeded.vera, seed.TUESDAY, alarm],
        )
    force = "update alarms set in_force = 1, state = 'proposed' where id = %s"
    with pytest.raises(psycopg.errors.IntegrityError), seeded.shell.db.transaction() as tx:
        tx.execute(force, [alarm])


def test_no4_the_database_lets_nobody_accept_what_they_wrote_or_applied(
    seeded: seed.Seeded,
) -> None:
    alarm = create(seeded, evidence={"author": "ben@example.org"})
    for who in (seeded.ann, seeded.ben):
        with pytest.raises(psycopg.errors.CheckViolation), seeded.shell.db.transaction() as tx:
            tx.execute(
                "update alarm_versions set accepted_by = %s, accepted_at = %s where alarm_id = %s",
                [who, seed.TUESDAY, alarm],
            )
