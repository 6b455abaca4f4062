"""Runbooks kept on their own: several alarms name one, each keeps the copy that was reviewed (RB1, RB2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import good_alarms
from tests.integration.actions import seed
from watchbill.actions import alarms, runbooks, services
from watchbill.actions.audit import SYSTEM, person
from watchbill.actions.fields import BadFields
from watchbill.actions.runbooks import StillNamed
from watchbill.actions.teams import OnlyTheTeam
from watchbill.store import rows

TEXT = good_alarms.runbook("one, two", today=seed.TUESDAY.date())


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    made.ids["cards"] = runbooks.create(
        made.shell,
        {"slug": "cards", "title": "Cards", "team_id": made.payments, "body": TEXT},
        by=person(made.ann),
    )
    yield made
    made.shell.db.close()


def named(seeded: seed.Seeded, key: str, *, by: str = "ann", **more: Any) -> str:
    """Return a proposed alarm that names the runbook `cards`."""
    return seed.propose(seeded, key, by=by, runbook="", runbook_slug="cards", **more)


def change(seeded: seed.Seeded, *, by: str = "ann", **values: Any) -> None:
    runbooks.change(seeded.shell, seeded.cards, values, by=person(seeded.ids[by]))


def versions(seeded: seed.Seeded, alarm: str) -> list[tuple[int, str, str | None]]:
    """Return number, runbook and author of every version."""
    query = "select number, runbook, author_id from alarm_versions where alarm_id = %s order by 1"
    with seeded.shell.db.transaction() as tx:
        return tx.execute(query, [alarm]).fetchall()


def place(seeded: seed.Seeded, alarm: str) -> tuple[Any, ...]:
    query = (
        "select state, version, in_force, managed_by, repository, path, revision"
        " from alarms where id = %s"
    )
    with seeded.shell.db.transaction() as tx:
        found = tx.execute(query, [alarm]).fetchone()
    assert found is not None
    return found


def test_an_alarm_keeps_a_copy_of_the_text(seeded: seed.Seeded) -> None:
    alarm = named(seeded, "late")
    assert versions(seeded, alarm) == [(1, TEXT, seeded.ann)]


def test_no5_a_changed_runbook_is_proposed_and_the_reviewed_text_stands(
    seeded: seed.Seeded,
) -> None:
    one, two = named(seeded, "one"), named(seeded, "two")
    seed.accept(seeded, one)
    change(seeded, body=f"{TEXT}\nMore.\n", by="ben")
    assert place(seeded, one)[:3] == ("proposed", 2, 1)
    assert place(seeded, two)[:3] == ("proposed", 2, None)
    assert versions(seeded, one)[1] == (2, f"{TEXT}\nMore.\n", seeded.ben)
    with seeded.shell.db.transaction() as tx:
        shown = tx.execute("select runbook from alarms_now where id = %s", [one]).fetchone()
    assert shown == (TEXT,), "what was reviewed is what is shown at night"


def test_what_says_the_same_is_no_new_version(seeded: seed.Seeded) -> None:
    alarm = named(seeded, "late")
    change(seeded, body=TEXT, title="Other", last_tested_on="2026-02-01")
    assert len(versions(seeded, alarm)) == 1


def test_a_draft_stays_a_draft(seeded: seed.Seeded) -> None:
    values = good_alarms.values("late", runbook="", runbook_slug="cards")
    alarm = alarms.create(seeded.shell, values, by=person(seeded.ann))
    change(seeded, body=f"{TEXT}\nMore.\n")
    assert place(seeded, alarm)[:2] == ("draft", 2)


def test_al1_an_alarm_in_code_stays_where_it_is_written(seeded: seed.Seeded) -> None:
    source = {"repository": "acme/a", "path": "a.yml", "revision": "abc"}
    alarm = named(seeded, "late", managed_by="terraform", source=source)
    before = place(seeded, alarm)
    change(seeded, body=f"{TEXT}\nMore.\n")
    assert place(seeded, alarm)[3:] == before[3:] == ("terraform", "acme/a", "a.yml", "abc")


def test_another_teams_alarm_that_names_it_is_proposed_anew_too(seeded: seed.Seeded) -> None:
    services.create(
        seeded.shell, {"slug": "find", "name": "Find", "team_id": seeded.search}, by=SYSTEM
    )
    alarm = named(seeded, "slow", by="vera", service="find", team="search")
    change(seeded, body=f"{TEXT}\nMore.\n")
    assert versions(seeded, alarm)[1] == (2, f"{TEXT}\nMore.\n", seeded.ann)


def test_an_own_text_takes_the_place_of_the_named_one(seeded: seed.Seeded) -> None:
    alarm = named(seeded, "late")
    alarms.change(seeded.shell, alarm, {"runbook": "Mine."}, by=person(seeded.ann))
    change(seeded, body="Theirs.")
    assert versions(seeded, alarm)[-1][:2] == (2, "Mine.")


def test_only_its_team_changes_it(seeded: seed.Seeded) -> None:
    for by in ("vera", "mona"):
        with pytest.raises(OnlyTheTeam):
            change(seeded, by=by, body="x")
        with pytest.raises(OnlyTheTeam):
            runbooks.remove(seeded.shell, seeded.cards, by=person(seeded.ids[by]))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"body": "<script>x</script>"}, "body"),
        ({"body": "key AKIAIOSFODNN7EXAMPLE"}, "body"),
        ({"body": "x" * 100_001}, "body"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"slug": "other"}, "slug"),
        ({"title": ""}, "title"),
        ({"last_tested_on": "soon"}, "last_tested_on"),
    ],
)
def test_r13_what_is_unsafe_or_no_runbook_is_refused(
    seeded: seed.Seeded, values: dict[str, Any], field: str
) -> None:
    alarm = named(seeded, "late")
    with pytest.raises(BadFields) as refused:
        change(seeded, **values)
    assert field in refused.value.details["fields"]
    assert versions(seeded, alarm) == [(1, TEXT, seeded.ann)]


def test_it_goes_when_no_alarm_names_it(seeded: seed.Seeded) -> None:
    alarm = named(seeded, "late")
    with pytest.raises(StillNamed) as refused:
        runbooks.remove(seeded.shell, seeded.cards, by=person(seeded.ann))
    assert refused.value.details["alarms"] == "late"
    alarms.retire(seeded.shell, alarm, by=person(seeded.ann))
    runbooks.remove(seeded.shell, seeded.cards, by=person(seeded.ann))


def test_its_slug_is_its_own(seeded: seed.Seeded) -> None:
    with pytest.raises(rows.Taken):
        runbooks.create(
            seeded.shell,
            {"slug": "cards", "title": "Again", "team_id": seeded.payments},
            by=person(seeded.ann),
        )
