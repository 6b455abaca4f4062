"""Plans: a repository's alarms become what is written, all of them or none, and once."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tests import good_alarms
from tests.integration.actions import seed
from watchbill import clock
from watchbill.actions import alarms, plan_faults, plans, runbooks, services
from watchbill.actions.audit import CLI, SYSTEM, Actor, person
from watchbill.actions.plan_faults import Order
from watchbill.actions.plans import NotAppliable, Plan, StalePlan
from watchbill.actions.teams import OnlyTheTeam

TODAY = seed.TUESDAY.date()


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def written(key: str, **changes: Any) -> dict[str, Any]:
    return good_alarms.values(key, today=TODAY, **changes) | {"place": f"alarms/{key}.yml:1"}


def order(*definitions: dict[str, Any], repository: str = "acme/payments", **more: Any) -> Order:
    wanted, unreadable = plan_faults.read(definitions)
    return Order(wanted=tuple(wanted), unreadable=tuple(unreadable), repository=repository, **more)


def apply(seeded: seed.Seeded, wanted: Order, *, base: str | None = None, by: Actor = CLI) -> Plan:
    return plans.apply(seeded.shell, wanted, base=base, by=by)


def deeds(plan: Plan) -> dict[str, str]:
    """Return key to action of what is not left alone."""
    return {c.key: c.action for c in plan.changes if c.action != "nothing"}


def states(seeded: seed.Seeded, repository: str = "acme/payments") -> dict[str, str]:
    query = "select key, state from alarms where repository = %s and state <> 'retired'"
    with seeded.shell.db.transaction() as tx:
        return dict(tx.execute(query, [repository]).fetchall())


def traces(seeded: seed.Seeded) -> tuple[Any, ...]:
    """Return what changes with every write: versions, steps, lines of the audit, states."""
    with seeded.shell.db.transaction() as tx:
        found = tx.execute(
            "select (select count(*) from alarm_versions), (select count(*) from alarm_steps),"
            " (select count(*) from audit), (select string_agg(t::text, ',' order by id) from alarms t)"
        ).fetchone()
    assert found is not None
    return found


def faults(seeded: seed.Seeded, wanted: Order) -> set[tuple[str, str]]:
    """Return place and field of what stands in the way; nothing is written."""
    before = traces(seeded)
    plan = plans.plan(seeded.shell, wanted)
    with pytest.raises(NotAppliable):
        apply(seeded, wanted)
    assert traces(seeded) == before, "one bad alarm: nothing is applied"
    return {(fault.place, fault.field) for fault in plan.faults}


# ---- what applying does


def test_al1_what_is_written_is_proposed_with_where_and_by_whom(seeded: seed.Seeded) -> None:
    evidence = {"author": "ben@example.org", "url": "https://git.example.org/pull/7"}
    one = written("late", evidence=evidence)
    done = apply(seeded, order(one), by=person(seeded.ann))
    assert (deeds(done), done.is_applied) == ({"late": "create"}, True)
    assert states(seeded) == {"late": "proposed"}
    with seeded.shell.db.transaction() as tx:
        found = tx.execute(
            "select a.managed_by, a.repository, a.path, a.revision, v.author_id, v.applied_by,"
            " v.evidence ->> 'url' from alarms a join alarm_versions v on v.alarm_id = a.id"
            " where a.key = 'late'"
        ).fetchone()
    assert found == (
        "yaml", "acme/payments", "alarms/late.yml", "abc123", seeded.ben, seeded.ann,
        "https://git.example.org/pull/7",
    )  # fmt: skip


def test_a_second_apply_does_nothing(seeded: seed.Seeded) -> None:
    wanted = order(written("a"), written("b", match={"env": ["x", "y"], "alarm": "B"}))
    apply(seeded, wanted)
    before = traces(seeded)
    again = apply(seeded, wanted)
    assert (deeds(again), again.is_applied) == ({}, True)
    assert traces(seeded) == before


def test_only_a_new_revision_is_no_new_version(seeded: seed.Seeded) -> None:
    apply(seeded, order(written("a")))
    source = {"repository": "elsewhere", "path": "moved.yml", "revision": "def456"}
    assert deeds(apply(seeded, order(written("a", source=source)))) == {}
    with seeded.shell.db.transaction() as tx:
        query = "select repository, path, revision, version from alarms where key = 'a'"
        assert tx.execute(query).fetchone() == ("acme/payments", "moved.yml", "def456", 1)


def test_no5_a_change_in_code_waits_while_the_accepted_version_stands(
    seeded: seed.Seeded,
) -> None:
    apply(seeded, order(written("a"), written("b")))
    with seeded.shell.db.transaction() as tx:
        ids = dict(tx.execute("select key, id from alarms where repository <> ''").fetchall())
    seed.accept(seeded, ids["a"])
    plan = plans.plan(seeded.shell, order(written("a", threshold="2 %"), written("b")))
    assert deeds(plan) == {"a": "change"}
    (changed,) = [c for c in plan.changes if c.key == "a"]
    assert (changed.changed, changed.before, changed.after) == (
        ("threshold",), {"threshold": "1 % of the requests"}, {"threshold": "2 %"},
    )  # fmt: skip
    assert (changed.state, changed.in_force) == ("accepted", 1)
    apply(seeded, order(written("a", threshold="2 %"), written("b")), base=plan.base)
    with seeded.shell.db.transaction() as tx:
        query = "select state, version, in_force from alarms where key = 'a'"
        assert tx.execute(query).fetchone() == ("proposed", 2, 1)


def test_what_left_the_folder_is_retired_and_may_come_back(seeded: seed.Seeded) -> None:
    apply(seeded, order(written("a"), written("b")))
    assert deeds(apply(seeded, order(written("a")))) == {"b": "retire"}
    assert states(seeded) == {"a": "proposed"}
    assert deeds(apply(seeded, order(written("a"), written("b")))) == {"b": "create"}
    assert states(seeded) == {"a": "proposed", "b": "proposed"}


def test_two_repositories_do_not_touch_each_other(seeded: seed.Seeded) -> None:
    apply(seeded, order(written("a")))
    apply(seeded, order(written("b"), repository="acme/other"))
    assert deeds(apply(seeded, order(repository="acme/third"))) == {}
    assert deeds(apply(seeded, order())) == {"a": "retire"}
    assert states(seeded, "acme/other") == {"b": "proposed"}
    assert faults(seeded, order(written("b"))) == {("alarms/b.yml:1", "key")}


def test_what_was_written_by_hand_is_adopted(seeded: seed.Seeded) -> None:
    with seeded.shell.db.transaction() as tx:
        before = tx.execute(
            "select state, version from alarms where key = 'card-errors'"
        ).fetchone()
    assert deeds(apply(seeded, order(written("card-errors")))) == {}
    with seeded.shell.db.transaction() as tx:
        query = (
            "select state, version, managed_by, repository from alarms where key = 'card-errors'"
        )
        assert tx.execute(query).fetchone() == (*(before or ()), "yaml", "acme/payments")
    assert deeds(apply(seeded, order())) == {"card-errors": "retire"}


def test_a_draft_by_hand_is_proposed_by_its_repository(seeded: seed.Seeded) -> None:
    alarms.create(seeded.shell, good_alarms.values("a", today=TODAY), by=person(seeded.ann))
    wanted = order(written("a"))
    assert deeds(plans.plan(seeded.shell, wanted)) == {"a": "change"}
    apply(seeded, wanted)
    assert states(seeded) == {"a": "proposed"}
    assert deeds(plans.plan(seeded.shell, wanted)) == {}


def test_what_was_changed_by_hand_is_planned_back(seeded: seed.Seeded) -> None:
    wanted = order(written("a"))
    apply(seeded, wanted)
    with seeded.shell.db.transaction() as tx:
        row = tx.execute("select id from alarms where key = 'a'").fetchone()
    assert row is not None
    alarms.change(seeded.shell, row[0], {"threshold": "99 %"}, by=person(seeded.ann))
    assert states(seeded) == {"a": "proposed"}, "it is still its repository's"
    (drift,) = plans.plan(seeded.shell, wanted).changes
    assert (drift.action, drift.before) == ("change", {"threshold": "99 %"})


# ---- a plan that is stale


@pytest.mark.parametrize("deed", ["change", "retire", "accept", "create"])
def test_a_plan_made_before_somebody_changed_an_alarm_is_refused(
    seeded: seed.Seeded, deed: str
) -> None:
    first = order(written("card-errors", threshold="2 %"), written("new"))
    base = plans.plan(seeded.shell, first).base
    ann, alarm = person(seeded.ann), seeded.ids["card-errors"]
    if deed == "change":
        alarms.change(seeded.shell, alarm, {"threshold": "3 %"}, by=ann)
    elif deed == "retire":
        alarms.retire(seeded.shell, alarm, by=ann)
    elif deed == "create":
        alarms.create(seeded.shell, good_alarms.values("new", today=TODAY), by=ann)
    else:
        alarms.change(seeded.shell, alarm, {"threshold": "3 %"}, by=ann)
        base = plans.plan(seeded.shell, first).base
        seed.accept(seeded, alarm)
    before = traces(seeded)
    with pytest.raises(StalePlan) as refused:
        apply(seeded, first, base=base)
    assert traces(seeded) == before
    fresh = plans.plan(seeded.shell, first)
    assert refused.value.details["base"] == fresh.base
    assert apply(seeded, first, base=fresh.base).is_applied


def test_what_happens_to_other_alarms_makes_no_plan_stale(seeded: seed.Seeded) -> None:
    wanted = order(written("a"))
    base = plans.plan(seeded.shell, wanted).base
    alarms.change(
        seeded.shell, seeded.ids["card-errors"], {"threshold": "3 %"}, by=person(seeded.ann)
    )
    assert apply(seeded, wanted, base=base).is_applied


def test_concurrent_applies_of_the_same_folder_are_one(seeded: seed.Seeded) -> None:
    wanted = order(*(written(f"a{n}") for n in range(5)))
    start = threading.Barrier(3)

    def one(_: int) -> dict[str, str]:
        start.wait()
        return deeds(apply(seeded, wanted))

    with ThreadPoolExecutor(3) as pool:
        found = sorted(len(done) for done in pool.map(one, range(3)))
    assert found == [0, 0, 5]
    assert len(states(seeded)) == 5


def test_a_change_by_hand_at_the_same_moment_is_kept_or_seen(seeded: seed.Seeded) -> None:
    """Neither waits for the other for ever, and the alarm has both versions."""
    wanted = order(written("card-errors", threshold="2 %"))
    start = threading.Barrier(2)

    def by_hand() -> None:
        start.wait()
        change = {"rationale": "by hand"}
        alarms.change(seeded.shell, seeded.ids["card-errors"], change, by=person(seeded.ann))

    def by_code() -> None:
        start.wait()
        apply(seeded, wanted)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(by_hand), pool.submit(by_code)]:
            done.result(timeout=20)
    with seeded.shell.db.transaction() as tx:
        row = tx.execute("select version from alarms where key = 'card-errors'").fetchone()
    assert row == (3,)


# ---- what stands in the way


def test_one_bad_alarm_and_nothing_is_applied(seeded: seed.Seeded) -> None:
    found = faults(seeded, order(written("good"), written("bad", runbook="Restart it.")))
    assert ("alarms/bad.yml:1", "runbook") in found
    assert not any(place == "alarms/good.yml:1" for place, _ in found)


def test_al1_a_runbook_with_a_script_or_a_secret_names_its_line(seeded: seed.Seeded) -> None:
    text = good_alarms.runbook("a", today=TODAY)
    for bad in ("<script>alert(1)</script>", "AWS key: AKIAIOSFODNN7EXAMPLE"):
        plan = plans.plan(seeded.shell, order(written("a", runbook=f"{text}\n{bad}\n")))
        lines = {f.line for f in plan.faults if f.field == "runbook"}
        assert len(text.splitlines()) + 2 in lines, plan.faults
        assert ("alarms/a.yml:1", "runbook") in faults(
            seeded, order(written("a", runbook=f"{text}\n{bad}\n"))
        )


def test_unknown_services_teams_and_runbooks_are_named(seeded: seed.Seeded) -> None:
    wanted = order(
        written("a", service="nowhere"), written("b", team="nobody"), written("c", runbook_slug="x")
    )
    assert {
        ("alarms/a.yml:1", "service"),
        ("alarms/b.yml:1", "team"),
        ("alarms/c.yml:1", "runbook_slug"),
    } <= faults(seeded, wanted)


def test_an_alarm_that_is_written_twice_is_refused(seeded: seed.Seeded) -> None:
    twice = written("a") | {"place": "other.yml:9"}
    assert faults(seeded, order(written("a"), twice)) == {("other.yml:9", "key")}


def test_two_alarms_of_the_same_events_are_named_both(seeded: seed.Seeded) -> None:
    one = written("a", match={"alarm": "X", "env": ["prod", "stage"]})
    two = written("b", match={"alarm": ["X", "Y"]}) | {"place": "deep/b.yml:40"}
    plan = plans.plan(seeded.shell, order(one, two))
    told = [f for f in plan.faults if f.field == "match" and not f.rule]
    assert [(f.place, "alarms/a.yml:1" in f.message) for f in told] == [("deep/b.yml:40", True)]
    apart = written("b", match={"alarm": "X", "env": "test"})
    assert apply(seeded, order(one, apart)).is_applied


def test_an_alarm_of_the_same_events_as_one_that_is_there_is_refused(
    seeded: seed.Seeded,
) -> None:
    taken = written("a", match={"alarm": "card-errors"})
    assert ("alarms/a.yml:1", "match") in faults(seeded, order(taken))
    alarms.retire(seeded.shell, seeded.ids["card-errors"], by=person(seeded.ann))
    assert apply(seeded, order(taken)).is_applied


def test_thousands_that_match_the_same_event_are_told_in_time(seeded: seed.Seeded) -> None:
    wanted = order(
        *({"key": f"k{n}", "service": "checkout", "match": {"a": "b"}} for n in range(800))
    )
    told = [f for f in plans.plan(seeded.shell, wanted).faults if f.field == "match" and not f.rule]
    assert 0 < len(told) <= 500


def test_what_cannot_be_read_stands_in_the_way_with_its_place(seeded: seed.Seeded) -> None:
    found = faults(
        seeded,
        order(
            written("a", severity="urgent"),
            {"place": "b.yml:2"},
            written("c", match={"a": 5}),
            written("d", nothing=1),
            written("e", waivers=[{"rule": "A1"}]),
            written("f", evidence="x"),
        ),
    )
    assert found == {
        ("alarms/a.yml:1", "severity"),
        ("b.yml:2", "service"),
        ("b.yml:2", "key"),
        ("alarms/c.yml:1", "match"),
        ("alarms/d.yml:1", "nothing"),
        ("alarms/e.yml:1", "waivers"),
        ("alarms/f.yml:1", "evidence"),
    }


def test_only_the_team_applies_its_alarms(seeded: seed.Seeded) -> None:
    before = traces(seeded)
    with pytest.raises(OnlyTheTeam):
        apply(seeded, order(written("a")), by=person(seeded.vera))
    assert traces(seeded) == before
    apply(seeded, order(written("a")), by=person(seeded.ann))
    with pytest.raises(OnlyTheTeam):
        apply(seeded, order(), by=person(seeded.vera))


def test_an_import_takes_what_is_below_the_bar_as_proposals(seeded: seed.Seeded) -> None:
    weak = order(written("a", runbook="", customer_impact=""), managed_by="import")
    done = apply(seeded, weak)
    assert {f.field for f in done.below} >= {"runbook", "customer_impact"}
    assert states(seeded) == {"a": "proposed"}
    unsafe = order(written("b", runbook="<script>x</script>"), managed_by="import")
    assert ("alarms/b.yml:1", "runbook") in faults(seeded, unsafe)
    wanted = replace(order(written("a")), managed_by="yaml")
    assert deeds(apply(seeded, wanted)) == {"a": "change"}, "code takes an import over"


def test_an_import_without_a_repository_leaves_what_was_written_by_hand(
    seeded: seed.Seeded,
) -> None:
    services.create(
        seeded.shell, {"slug": "find", "name": "Find", "team_id": seeded.search}, by=SYSTEM
    )
    one = order(written("a", service="find", team="search"), repository="", managed_by="import")
    assert deeds(apply(seeded, one)) == {"a": "create"}
    assert deeds(apply(seeded, order(repository="", managed_by="import"))) == {}


def test_a_runbook_kept_on_its_own_is_copied(seeded: seed.Seeded) -> None:
    text = good_alarms.runbook("a", today=TODAY)
    values = {"slug": "cards", "title": "Cards", "team_id": seeded.payments, "body": text}
    runbooks.create(seeded.shell, values, by=person(seeded.ann))
    wanted = order(written("a", runbook="", runbook_slug="cards"))
    apply(seeded, wanted)
    with seeded.shell.db.transaction() as tx:
        query = "select runbook from alarm_versions v join alarms a on a.id = v.alarm_id where key = 'a'"
        assert tx.execute(query).fetchone() == (text,)
    assert deeds(plans.plan(seeded.shell, wanted)) == {}


# ---- two thousand alarms


def test_two_thousand_alarms_take_seconds(seeded: seed.Seeded) -> None:
    wanted = order(*(written(f"a{n}") for n in range(2000)))
    laps = [clock.real_monotonic()]
    plan = plans.plan(seeded.shell, wanted)
    laps.append(clock.real_monotonic())
    apply(seeded, wanted, base=plan.base)
    laps.append(clock.real_monotonic())
    again = apply(seeded, wanted)
    laps.append(clock.real_monotonic())
    assert len(deeds(plan)) == 2000
    assert deeds(again) == {}
    took = [after - before for before, after in itertools.pairwise(laps)]
    assert max(took) < 15, took  # a machine of its own takes two
