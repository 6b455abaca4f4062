"""A person's rules become planned messages: something at once, the rest in order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import builders
from tests.builders import MINUTE, dublin
from watchbill.core import contacts
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification, NotificationState
from watchbill.core.people import ContactRule

NOW = dublin("Sat 03:00")


def plan(
    *waits: tuple[int, int], methods: int = 2, kind: MessageKind = MessageKind.PAGE
) -> tuple[Notification, ...]:
    rules = tuple(ContactRule(method_id=f"cm_vera_{n}", after=m * MINUTE) for n, m in waits)
    person = builders.person("vera", methods=methods, rules=rules)
    return contacts.plan(
        person, kind=kind, incident_id="inc_1", page_id="pg_1", now=NOW, new_id=builders.ids()
    )


def times(notes: tuple[Notification, ...]) -> list[tuple[str | None, timedelta]]:
    return [(note.method_id, note.due_at - NOW) for note in notes]


def test_without_rules_every_method_at_once() -> None:
    assert times(plan()) == [("cm_vera_0", 0 * MINUTE), ("cm_vera_1", 0 * MINUTE)]


def test_rules_say_which_method_and_when() -> None:
    assert times(plan((1, 0), (0, 5))) == [("cm_vera_1", 0 * MINUTE), ("cm_vera_0", 5 * MINUTE)]


def test_a_page_never_sits_idle_because_of_a_preference() -> None:
    assert times(plan((1, 3), (0, 5))) == [("cm_vera_1", 0 * MINUTE), ("cm_vera_0", 2 * MINUTE)]


def test_a_rule_whose_method_is_gone_is_passed_over() -> None:
    assert times(plan((7, 0), (0, 5))) == [("cm_vera_0", 0 * MINUTE)]
    assert len(plan((7, 0), (8, 5))) == 2


@pytest.mark.parametrize("kind", [MessageKind.GROWTH, MessageKind.PASSED])
def test_what_asks_nothing_goes_over_the_first_methods_only(kind: MessageKind) -> None:
    assert times(plan((1, 3), (0, 5), kind=kind)) == [("cm_vera_1", 0 * MINUTE)]


def test_who_has_no_method_gets_nothing() -> None:
    assert plan(methods=0) == ()


def test_a_planned_message_knows_its_page_its_person_and_its_channel() -> None:
    (note, _) = plan()
    assert (note.page_id, note.person_id, note.channel) == ("pg_1", "vera", "email")
    assert (note.state, note.created_at) == (NotificationState.PLANNED, NOW)
