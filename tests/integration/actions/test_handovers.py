"""Handovers: who may bring an alarm where, from each state; what is in force meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests import good_alarms
from tests.integration.actions import seed
from watchbill.actions import alarms, dry_runs, handovers, people, terms
from watchbill.actions.audit import SYSTEM, Actor, OnlyAdmins, person
from watchbill.actions.handovers import BelowTheBar, NoRunbook, NoWayThere, OwnWork, Said, SayWhy
from watchbill.core.events import Severity
from watchbill.core.routing import Side, Subject, route
from watchbill.errors import WatchbillError

WHY = "it must say which dashboard to look at"


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def row(seeded: seed.Seeded, alarm: str) -> dict[str, Any]:
    """Return an alarm's columns."""
    names = "state, version, in_force, lapses_at, state_reason"
    with seeded.shell.db.transaction() as tx:
        query = f"select {names} from alarms where id = %s"
        found = tx.execute(query, [seeded.ids.get(alarm, alarm)]).fetchone()
    assert found is not None
    return dict(zip(names.split(", "), found, strict=True))


def go(seeded: seed.Seeded, alarm: str, state: str, by: Actor, reason: str = WHY) -> str:
    """Return the state an alarm is in once somebody has said where it goes, or the refusal."""
    said = Said(state=state, reason=reason, answers=good_alarms.ANSWERS)
    try:
        handovers.set_state(seeded.shell, seeded.ids.get(alarm, alarm), said, by=by)
    except WatchbillError as error:
        return type(error).__name__
    return str(row(seeded, alarm)["state"])


def side(seeded: seed.Seeded, key: str, at: datetime = seed.SATURDAY) -> Side:
    """Return who has to answer when the alarm fires."""
    with seeded.shell.db.transaction() as tx:
        company = seeded.shell.company(tx)
    subject = Subject(service_id=seeded.checkout, alarm=key, severity=Severity.CRITICAL)
    return route(company, subject, at=at).side


def change(seeded: seed.Seeded, alarm: str, by: str = "ann", **values: Any) -> None:
    actor = person(seeded.ids[by], is_admin=by == "otto")
    alarms.change(seeded.shell, seeded.ids.get(alarm, alarm), values, by=actor)


def second_volunteer(seeded: seed.Seeded, *, confirms: bool = True) -> str:
    """Let Otto of search agree to a term, too."""
    values = {"name": "Otto", "email": "otto@example.org", "team_id": seeded.search}
    seeded.ids["otto"] = people.create(
        seeded.shell, values | {"office_id": seeded.dublin}, by=SYSTEM
    )
    begins = seed.TUESDAY - timedelta(days=1)
    term = {"starts_at": begins, "ends_at": begins + timedelta(days=182)}
    terms.agree(seeded.shell, {"person_id": seeded.otto, **term}, by=person(seeded.otto))
    if confirms:
        seed.confirm(seeded, "otto")
    return seeded.otto


# ---- who may say what, from each state (AL2, AL3, NO6: every team's alarms go the same way)

STATES = ("draft", "proposed", "in_review", "accepted", "declined", "returned", "retired")
_FORWARD = frozenset({"proposed", "draft", "retired"})
#: From each state, where the owning team may bring an alarm, and where the on-call team.
TEAM = {
    "draft": {"proposed", "retired"},
    "proposed": {"draft", "retired"},
    "in_review": {"proposed", "retired"},
    "accepted": {"returned", "retired"},
    "declined": _FORWARD,
    "returned": _FORWARD,
    "retired": frozenset[str](),
}
ON_CALL = {
    "draft": frozenset[str](),
    "proposed": {"in_review", "accepted", "declined"},
    "in_review": {"in_review", "proposed", "accepted", "declined"},
    "accepted": {"in_review", "returned"},
    "declined": frozenset[str](),
    "returned": frozenset[str](),
    "retired": frozenset[str](),
}
ACTORS = {
    "ann": TEAM,  # its author
    "ben": TEAM,
    "ada": TEAM,  # an admin who is no volunteer
    "vera": ON_CALL,
    "mona": dict.fromkeys(STATES, frozenset[str]()),  # of neither
}


def bring(seeded: seed.Seeded, key: str, state: str) -> str:
    """Return a new alarm that has come to a state."""
    alarm = seed.propose(seeded, key)
    ann, vera = person(seeded.ann), person(seeded.vera)
    ways: dict[str, tuple[tuple[str, Actor], ...]] = {
        "draft": (("draft", ann),),
        "proposed": (),
        "in_review": (("in_review", vera),),
        "accepted": (("accepted", vera),),
        "declined": (("declined", vera),),
        "returned": (("accepted", vera), ("returned", vera)),
        "retired": (("retired", ann),),
    }
    for target, by in ways[state]:
        assert go(seeded, alarm, target, by) == target
    return alarm


@pytest.mark.parametrize("before", STATES)
def test_al3_who_brings_an_alarm_where_from_each_state(seeded: seed.Seeded, before: str) -> None:
    for name, allowed in ACTORS.items():
        by = person(seeded.ids[name], is_admin=name == "ada")
        for after in STATES:
            if after == before and after != "in_review":
                continue
            alarm = bring(seeded, f"{name}-{after}", before)
            heard = go(seeded, alarm, after, by)
            if after in allowed[before]:
                assert heard == after, (name, before, after)
                force = (
                    1
                    if after == "accepted" or (before, after) == ("accepted", "in_review")
                    else None
                )
                assert row(seeded, alarm)["in_force"] == force, (name, before, after)
            else:
                assert heard in {
                    "NoWayThere",
                    "OnlyTheTeam",
                    "OnlyTheOnCallTeam",
                }, (name, before, after, heard)
                assert row(seeded, alarm)["state"] == before


def test_no4_nobody_accepts_for_watchbill_itself(seeded: seed.Seeded) -> None:
    assert go(seeded, "disk-full", "accepted", SYSTEM) == "OnlyTheOnCallTeam"


# ---- nobody accepts their own work (NO4, A15)


def apply(seeded: seed.Seeded, key: str, *, by: str, author: str) -> str:
    """Return a new alarm that somebody's token applied, of which the evidence names an author."""
    values = good_alarms.values(key, today=seed.TUESDAY.date())
    values |= {"state": "proposed", "managed_by": "terraform", "evidence": {"author": author}}
    return alarms.create(seeded.shell, values, by=person(seeded.ids[by], is_admin=True))


def test_a15_the_author_whom_the_evidence_names_does_not_accept(seeded: seed.Seeded) -> None:
    second_volunteer(seeded)
    alarm = apply(seeded, "late", by="ada", author="VERA@example.org")
    assert go(seeded, alarm, "accepted", person(seeded.vera)) == "OwnWork"
    assert go(seeded, alarm, "accepted", person(seeded.otto)) == "accepted"


def test_a15_naming_somebody_else_as_author_does_not_help(seeded: seed.Seeded) -> None:
    second_volunteer(seeded)
    alarm = apply(seeded, "late", by="vera", author="ann@example.org")
    assert go(seeded, alarm, "accepted", person(seeded.vera)) == "OwnWork"
    assert go(seeded, alarm, "accepted", person(seeded.otto)) == "accepted"


def test_a15_a_small_change_by_somebody_else_does_not_help(seeded: seed.Seeded) -> None:
    second_volunteer(seeded)
    alarm = apply(seeded, "late", by="vera", author="")
    change(seeded, alarm, threshold="2 % of the requests")
    assert go(seeded, alarm, "accepted", person(seeded.vera)) == "OwnWork"
    assert go(seeded, alarm, "accepted", person(seeded.otto)) == "accepted"
    change(seeded, alarm, threshold="3 % of the requests")
    assert go(seeded, alarm, "accepted", person(seeded.vera)) == "accepted"


def test_a15_a_change_whose_only_approver_is_its_author_is_not_accepted(
    seeded: seed.Seeded,
) -> None:
    evidence = {"author": "ann@example.org", "approvers": ["ann@example.org"], "url": "x"}
    values = good_alarms.values("late", today=seed.TUESDAY.date(), evidence=evidence)
    alarm = alarms.create(seeded.shell, values | {"state": "proposed"}, by=person(seeded.ann))
    assert go(seeded, alarm, "accepted", person(seeded.vera)) == "BelowTheBar"


# ---- the last accepted version stands (NO5)


def test_no5_the_accepted_version_stands_while_a_new_one_waits(seeded: seed.Seeded) -> None:
    vera = person(seeded.vera)
    change(seeded, "card-errors", severity="warning")
    now = row(seeded, "card-errors")
    assert (now["state"], now["version"], now["in_force"]) == ("proposed", 2, 1)
    assert side(seeded, "card-errors") is Side.VOLUNTEERS
    assert go(seeded, "card-errors", "in_review", vera) == "in_review"
    assert go(seeded, "card-errors", "declined", vera) == "declined"
    assert row(seeded, "card-errors")["in_force"] == 1
    assert side(seeded, "card-errors") is Side.VOLUNTEERS
    change(seeded, "card-errors", severity="critical", threshold="2 %")
    assert go(seeded, "card-errors", "accepted", vera) == "accepted"
    assert row(seeded, "card-errors")["in_force"] == 3


def test_no5_a_new_version_of_lower_severity_wakes_nobody_once_accepted(
    seeded: seed.Seeded,
) -> None:
    change(seeded, "card-errors", severity="warning")
    seed.accept(seeded, "card-errors")
    assert row(seeded, "card-errors")["in_force"] == 2
    assert side(seeded, "card-errors") is Side.HOLD


def test_al7_returning_takes_effect_at_once_also_while_a_new_version_waits(
    seeded: seed.Seeded,
) -> None:
    change(seeded, "card-errors", threshold="2 %")
    assert go(seeded, "card-errors", "returned", person(seeded.vera)) == "returned"
    now = row(seeded, "card-errors")
    assert (now["in_force"], now["lapses_at"], now["state_reason"]) == (None, None, WHY)
    assert side(seeded, "card-errors") is Side.HOLD


def test_al8_retiring_takes_effect_at_once(seeded: seed.Seeded) -> None:
    assert go(seeded, "card-errors", "retired", person(seeded.ann), reason="") == "retired"
    assert side(seeded, "card-errors") is Side.HOLD


@pytest.mark.parametrize("reason", ["", "   ", "bad", "\n  too bad \t"])
@pytest.mark.parametrize("state", ["returned", "declined"])
def test_al7_who_gives_back_or_declines_says_what_must_change(
    seeded: seed.Seeded, state: str, reason: str
) -> None:
    alarm = "card-errors" if state == "returned" else "disk-full"
    before, said = row(seeded, alarm), Said(state=state, reason=reason)
    with pytest.raises(SayWhy) as refused:
        handovers.set_state(seeded.shell, seeded.ids[alarm], said, by=person(seeded.vera))
    assert refused.value.details["fields"].keys() == {"reason"}
    assert row(seeded, alarm) == before


def test_a_returned_alarm_comes_back_by_the_same_way(seeded: seed.Seeded) -> None:
    vera = person(seeded.vera)
    assert go(seeded, "card-errors", "returned", vera) == "returned"
    assert go(seeded, "card-errors", "accepted", vera) == "NoWayThere"
    change(seeded, "card-errors", threshold="2 %")
    assert row(seeded, "card-errors")["state"] == "proposed"
    assert side(seeded, "card-errors") is Side.HOLD
    assert go(seeded, "card-errors", "accepted", vera) == "accepted"
    assert side(seeded, "card-errors") is Side.VOLUNTEERS


def test_a_review_again_that_declines_leaves_nothing_in_force(seeded: seed.Seeded) -> None:
    vera = person(seeded.vera)
    change(seeded, "card-errors", threshold="2 %")
    seed.accept(seeded, "card-errors")
    assert go(seeded, "card-errors", "in_review", vera) == "in_review"
    assert side(seeded, "card-errors") is Side.VOLUNTEERS, "until somebody has decided"
    assert go(seeded, "card-errors", "declined", vera) == "declined"
    assert row(seeded, "card-errors")["in_force"] is None


# ---- the bar at acceptance (AL4, R8, R15)


def rules(refused: pytest.ExceptionInfo[BelowTheBar]) -> set[str]:
    findings: Any = refused.value.details["findings"]
    return {finding["rule"] for finding in findings}


def test_r15_every_question_is_answered_by_the_reviewer(seeded: seed.Seeded) -> None:
    vera, alarm = person(seeded.vera), seeded.ids["disk-full"]
    with pytest.raises(BelowTheBar) as refused:
        handovers.set_state(seeded.shell, alarm, Said(state="accepted"), by=vera)
    assert rules(refused) >= {"A7", "A8", "R7", "R11", "R15"}
    most = tuple(a for a in good_alarms.ANSWERS if a != "R15")
    said = Said(state="accepted", answers=most)
    with pytest.raises(BelowTheBar) as refused:
        handovers.set_state(seeded.shell, alarm, said, by=vera)
    assert rules(refused) == {"R15"}
    seed.accept(seeded, "disk-full")
    with seeded.shell.db.transaction() as tx:
        query = "select rule, person_id from alarm_answers where alarm_id = %s order by rule"
        said_by = tx.execute(query, [alarm]).fetchall()
    assert ("R15", seeded.vera) in said_by, "the walk-through is recorded by name"


def test_answers_are_of_rules_there_are(seeded: seed.Seeded) -> None:
    said = Said(state="accepted", answers=("R15", "Z9"))
    with pytest.raises(handovers.fields.BadFields, match="Z9"):
        handovers.set_state(seeded.shell, seeded.ids["disk-full"], said, by=person(seeded.vera))


def test_r8_every_volunteer_gets_into_what_the_runbook_needs(seeded: seed.Seeded) -> None:
    second_volunteer(seeded, confirms=False)
    with pytest.raises(BelowTheBar, match="Otto") as refused:
        seed.accept(seeded, "disk-full")
    assert rules(refused) == {"R8"}
    seed.confirm(seeded, "otto")
    seed.accept(seeded, "disk-full")


def test_al4_what_is_refused_changes_nothing(seeded: seed.Seeded) -> None:
    change(seeded, "disk-full", runbook="Restart it.")
    with pytest.raises(BelowTheBar):
        seed.accept(seeded, "disk-full")
    now = row(seeded, "disk-full")
    assert (now["state"], now["in_force"]) == ("proposed", None)
    with seeded.shell.db.transaction() as tx:
        query = "select count(*) from alarm_answers where alarm_id = %s"
        assert tx.execute(query, [seeded.ids["disk-full"]]).fetchone() == (0,)


def test_a17_without_a_waiver_an_alarm_is_watched_first(seeded: seed.Seeded) -> None:
    alarm = seed.propose(seeded, "late", waivers=[])
    with pytest.raises(BelowTheBar) as refused:
        seed.accept(seeded, alarm)
    assert rules(refused) == {"A17"}
    seeded.clock.move(timedelta(days=15))
    seed.accept(seeded, alarm)


def test_a_waiver_counts_until_its_day(seeded: seed.Seeded) -> None:
    waiver = {"rule": "A17", "reason": "Watched for years.", "owner": "ann@example.org"}
    ended = [waiver | {"until": "2026-03-02"}]
    alarm = seed.propose(seeded, "late", waivers=ended)
    with pytest.raises(BelowTheBar) as refused:
        seed.accept(seeded, alarm)
    assert "A17" in rules(refused)


# ---- an acceptance ends (AL5)


def test_al5_a_lapsed_acceptance_wakes_nobody_and_needs_another_day(seeded: seed.Seeded) -> None:
    lapse = row(seeded, "card-errors")["lapses_at"]
    assert lapse.date() == date(2026, 8, 1)
    assert side(seeded, "card-errors", lapse - timedelta(minutes=1)) is Side.VOLUNTEERS
    assert side(seeded, "card-errors", lapse) is Side.HOLD
    seeded.clock.move_to(lapse + timedelta(hours=1))
    assert go(seeded, "card-errors", "in_review", person(seeded.vera)) == "in_review"
    with pytest.raises(BelowTheBar) as refused:
        seed.accept(seeded, "card-errors")
    assert "A19" in rules(refused)
    text = good_alarms.runbook("card-errors", today=date(2026, 8, 1))
    waivers = good_alarms.values(today=date(2026, 8, 1))["waivers"]
    change(seeded, "card-errors", review_by="2026-12-01", runbook=text, waivers=waivers)
    assert row(seeded, "card-errors")["in_force"] == 1
    seed.accept(seeded, "card-errors")
    now = row(seeded, "card-errors")
    assert (now["in_force"], now["lapses_at"].date()) == (2, date(2026, 12, 2))


def test_al5_an_acceptance_is_never_without_an_end(seeded: seed.Seeded) -> None:
    change(seeded, "disk-full", review_by=None)
    with pytest.raises(BelowTheBar) as refused:
        seed.accept(seeded, "disk-full")
    assert rules(refused) == {"A19"}


# ---- broken glass (AL2)


def break_glass(seeded: seed.Seeded, alarm: str, reason: str = "it must page tonight") -> None:
    by = person(seeded.ada, is_admin=True)
    handovers.break_glass(seeded.shell, seeded.ids.get(alarm, alarm), reason=reason, by=by)


def glass(seeded: seed.Seeded) -> set[str]:
    """Return the keys of alarms that are in force without review."""
    with seeded.shell.db.transaction() as tx:
        found = tx.execute(
            "select a.key from alarms a join alarm_versions v on v.alarm_id = a.id"
            " and v.number = a.in_force where v.glass_at is not null and v.accepted_at is null"
        )
        return {key for (key,) in found}


def test_al2_broken_glass_pages_until_it_is_reviewed(seeded: seed.Seeded) -> None:
    assert side(seeded, "disk-full") is Side.HOLD
    break_glass(seeded, "disk-full")
    assert side(seeded, "disk-full") is Side.VOLUNTEERS
    assert glass(seeded) == {"disk-full"}
    seed.accept(seeded, "disk-full")
    assert glass(seeded) == set()
    assert side(seeded, "disk-full") is Side.VOLUNTEERS


def test_al2_glass_needs_an_admin_a_reason_and_a_runbook(seeded: seed.Seeded) -> None:
    alarm = seeded.ids["disk-full"]
    for by in (person(seeded.vera), person(seeded.ann), SYSTEM):
        with pytest.raises(OnlyAdmins):
            handovers.break_glass(seeded.shell, alarm, reason=WHY, by=by)
    for reason in ("", "now", " " * 50):
        with pytest.raises(SayWhy):
            break_glass(seeded, "disk-full", reason)
    for runbook in ("", " \n\t"):
        change(seeded, "disk-full", runbook=runbook)
        with pytest.raises(NoRunbook):
            break_glass(seeded, "disk-full")
    assert side(seeded, "disk-full") is Side.HOLD


def test_al2_no_glass_of_what_is_accepted_or_gone(seeded: seed.Seeded) -> None:
    with pytest.raises(NoWayThere):
        break_glass(seeded, "card-errors")
    assert go(seeded, "disk-full", "retired", person(seeded.ann)) == "retired"
    with pytest.raises(NoWayThere):
        break_glass(seeded, "disk-full")


def test_al2_glass_on_what_was_given_back_stands_for_review_again(seeded: seed.Seeded) -> None:
    assert go(seeded, "card-errors", "returned", person(seeded.vera)) == "returned"
    break_glass(seeded, "card-errors")
    assert (row(seeded, "card-errors")["state"], glass(seeded)) == ("proposed", {"card-errors"})


def test_al2_glass_on_what_has_lapsed_stands_for_review_again(seeded: seed.Seeded) -> None:
    seeded.clock.move(timedelta(days=170))
    break_glass(seeded, "card-errors")
    assert (row(seeded, "card-errors")["state"], glass(seeded)) == ("proposed", {"card-errors"})
    assert side(seeded, "card-errors", datetime.fromisoformat("2026-08-22T03:00Z")) is (
        Side.VOLUNTEERS
    )


def test_al7_declining_what_broken_glass_put_in_force_brings_back_the_accepted_one(
    seeded: seed.Seeded,
) -> None:
    vera = person(seeded.vera)
    lapses_at = row(seeded, "card-errors")["lapses_at"]
    change(seeded, "card-errors", threshold="99 %", review_by="2026-07-01")
    seeded.clock.move(timedelta(hours=1))
    break_glass(seeded, "card-errors")
    assert row(seeded, "card-errors")["in_force"] == 2
    assert go(seeded, "card-errors", "declined", vera) == "declined"
    now = row(seeded, "card-errors")
    assert (now["in_force"], now["lapses_at"]) == (1, lapses_at)


def test_al7_declining_broken_glass_brings_back_nothing_that_was_given_back(
    seeded: seed.Seeded,
) -> None:
    vera = person(seeded.vera)
    assert go(seeded, "card-errors", "returned", vera) == "returned"
    seeded.clock.move(timedelta(hours=1))
    change(seeded, "card-errors", threshold="99 %")
    break_glass(seeded, "card-errors")
    assert go(seeded, "card-errors", "declined", vera) == "declined"
    assert row(seeded, "card-errors")["in_force"] is None


def test_every_step_is_kept_with_who_took_it(seeded: seed.Seeded) -> None:
    change(seeded, "card-errors", threshold="2 %")
    assert go(seeded, "card-errors", "returned", person(seeded.vera)) == "returned"
    with seeded.shell.db.transaction() as tx:
        query = (
            "select state, version, person_id, reason from alarm_steps"
            " where alarm_id = %s order by id"
        )
        steps = tx.execute(query, [seeded.ids["card-errors"]]).fetchall()
        actions = tx.execute(
            "select action from audit where noun_id = %s order by id", [seeded.ids["card-errors"]]
        ).fetchall()
    assert steps == [
        ("proposed", 1, seeded.ann, ""),
        ("accepted", 1, seeded.vera, "I could do this."),
        ("proposed", 2, seeded.ann, "changed: threshold"),
        ("returned", 2, seeded.vera, WHY),
    ]
    assert [action for (action,) in actions] == [
        "alarm.created",
        "alarm.accepted",
        "alarm.changed",
        "alarm.returned",
    ]


def test_own_work_is_told_as_such(seeded: seed.Seeded) -> None:
    alarm = apply(seeded, "late", by="vera", author="")
    with pytest.raises(OwnWork):
        seed.accept(seeded, alarm)


# ---- a runbook that lies elsewhere (R1, RB1)


@pytest.mark.parametrize(
    ("status", "heard"), [(200, "accepted"), (404, "R1"), (0, "R1"), (-1, "R1")]
)
def test_r1_the_address_of_a_runbook_is_asked_for_before_it_is_accepted(
    seeded: seed.Seeded, status: int, heard: str
) -> None:
    url = "https://wiki.example.org/cards"
    alarm = seed.propose(seeded, "late", runbook="", runbook_url=url)
    asked: list[str] = []

    def links(addresses: Sequence[str]) -> dict[str, int]:
        asked.extend(addresses)
        return dict.fromkeys(addresses, status)

    online = replace(seeded.shell, links=links)
    held = dry_runs.held(online, alarm, asks_network=True)["findings"]
    assert {f["outcome"] for f in held if f["rule"] == "R1"} == {
        "passed" if status == 200 else "failed"
    }
    said = Said(state="accepted", answers=good_alarms.ANSWERS)
    if heard == "accepted":
        handovers.set_state(online, alarm, said, by=person(seeded.vera))
        assert row(seeded, alarm)["in_force"] == 1
    else:
        with pytest.raises(BelowTheBar) as refused:
            handovers.set_state(online, alarm, said, by=person(seeded.vera))
        assert rules(refused) == {heard}
    assert set(asked) == {url}


def test_rb2_what_only_a_person_can_read_elsewhere_they_vouch_for(seeded: seed.Seeded) -> None:
    alarm = seed.propose(seeded, "late", runbook="", runbook_url="https://wiki.example.org/cards")
    said = Said(state="accepted", answers=("A7", "A8", "R15"))
    with pytest.raises(BelowTheBar, match="go back to sleep") as refused:
        handovers.set_state(seeded.shell, alarm, said, by=person(seeded.vera))
    assert rules(refused) == {"R7", "R11"}
    seed.accept(seeded, alarm)


def test_what_lies_inside_asks_nobody(seeded: seed.Seeded) -> None:
    def links(addresses: Sequence[str]) -> dict[str, int]:
        raise AssertionError(addresses)

    online = replace(seeded.shell, links=links)
    said = Said(state="accepted", answers=good_alarms.ANSWERS)
    handovers.set_state(online, seeded.ids["disk-full"], said, by=person(seeded.vera))
    assert row(seeded, "disk-full")["in_force"] == 1
    dry_runs.held(online, seeded.ids["disk-full"])
