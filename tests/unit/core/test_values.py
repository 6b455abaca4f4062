"""The small values: what an alarm, a service, a page, a company and a decision say of themselves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import builders
from tests.builders import ANN, MAX, MONA, VERA, dublin
from watchbill.core import incidents
from watchbill.core.alarms import AlarmState
from watchbill.core.company import Company
from watchbill.core.events import BadEvent, Severity, clean
from watchbill.core.incidents import Decision, EntryKind, IncidentState
from watchbill.core.pages import Outcome, Page
from watchbill.core.routing import Reason, StepRole

NOW = dublin("Sat 03:00")


def page(number: int = 1) -> Page:
    return Page(
        id=f"pg_{number}",
        incident_id="inc_1",
        person_id=VERA,
        role=StepRole.VOLUNTEER,
        reason=Reason.ALARM_ACCEPTED,
        facts=(),
        step=0,
        out_of_hours=True,
        started_at=NOW,
    )


@pytest.mark.parametrize("state", list(AlarmState))
@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("has_runbook", [True, False])
def test_no4_an_alarm_may_wake_only_accepted_critical_and_with_a_runbook(
    state: AlarmState, severity: Severity, *, has_runbook: bool
) -> None:
    alarm = builders.alarm(state=state, severity=severity, has_runbook=has_runbook)
    fit = state is AlarmState.ACCEPTED and severity is Severity.CRITICAL and has_runbook
    assert alarm.may_wake(NOW) is fit


def test_a_mute_ends_at_its_moment() -> None:
    muted = builders.alarm(muted_until=NOW)
    assert muted.is_muted(NOW - builders.MINUTE)
    assert not muted.is_muted(NOW)
    assert not builders.alarm().is_muted(NOW)


def test_a_page_ends_once() -> None:
    ended = page().end(Outcome.DECLINED, now=NOW)
    assert (ended.is_open, ended.outcome, ended.ended_at) == (False, Outcome.DECLINED, NOW)
    assert ended.end(Outcome.RESOLVED, now=NOW + builders.HOUR) is ended


def test_only_open_pages_are_ended() -> None:
    over = page(1).end(Outcome.DECLINED, now=NOW)
    ended = incidents.end_pages((over, page(2)), Outcome.RESOLVED, now=NOW)
    assert [p.id for p in ended] == ["pg_2"]


def test_a_decision_followed_by_another_keeps_each_pages_last_word() -> None:
    first = Decision(incident=builders.incident(), pages=(page(1), page(2)))
    ended = page(1).end(Outcome.RESOLVED, now=NOW)
    over = builders.incident(state=IncidentState.RESOLVED)
    both = first.then(Decision(incident=over, pages=(ended,)))
    assert both.incident is over
    assert both.pages == (ended, page(2))


def test_an_entry_says_when_what_and_who() -> None:
    line = incidents.entry(
        builders.incident(),
        EntryKind.NOTE,
        now=NOW,
        new_id=builders.ids(),
        by=ANN,
        text="restarted",
    )
    assert (line.incident_id, line.at, line.person_id) == ("inc_1", NOW, ANN)
    assert line.facts == {"text": "restarted"}


def test_a_company_knows_who_stands() -> None:
    company = builders.company()
    assert company.volunteer(NOW) == VERA
    assert company.duty_manager(NOW) == MONA
    assert company.on_rota(builders.TEAM, NOW) == ANN


def test_a_company_that_planned_nothing_has_nobody_standing() -> None:
    empty = Company()
    assert empty.volunteer(NOW) is None
    assert empty.duty_manager(NOW) is None
    assert empty.on_rota(builders.TEAM, NOW) is None


def test_the_duty_manager_is_never_one_who_is_away() -> None:
    company = builders.company(absent=[MONA])
    assert company.is_away(MONA, NOW)
    assert not company.is_away(MAX, NOW)
    assert company.duty_manager(NOW) == MAX


def test_a_shadow_does_not_stand_the_shift() -> None:
    shifts = (builders.shift(VERA, is_shadow=True),)
    assert replace(builders.company(), shifts=shifts).volunteer(NOW) is None


def test_text_is_kept_as_the_database_can_store_it() -> None:
    assert clean(None, limit=5) == ""
    assert clean(12345678, limit=5) == "1234…"
    assert clean("a\x00b\ud800", limit=10) == "ab?"


def test_a_bad_event_lists_what_is_wrong() -> None:
    error = BadEvent("no routing_key", "no payload")
    assert error.errors == ("no routing_key", "no payload")
    assert str(error) == "no routing_key; no payload"
