"""A storm never shouts: growth is told once a threshold, once a minute, and not after an answer."""

from __future__ import annotations

from dataclasses import replace

from tests import builders
from tests.builders import VERA, dublin
from tests.property import world
from watchbill.core import growth
from watchbill.core.incidents import EntryKind
from watchbill.core.messages import MessageKind


def storm(night: world.World, *, first: int, last: int) -> None:
    for number in range(first, last):
        night.fires(key=f"card-{number}")


def test_growth_is_told_a_minute_after_the_call_and_not_before() -> None:
    night = world.at("Sat 03:00")
    storm(night, first=0, last=100)
    assert night.told(MessageKind.GROWTH) == []
    assert night.next_due() == dublin("Sat 03:01")
    night.wait(minutes=1)
    assert night.told(MessageKind.GROWTH) == [VERA]
    (told,) = (n for n in night.notifications.values() if n.kind is MessageKind.GROWTH)
    assert told.data == {"was": 1, "firing": 100}
    assert EntryKind.GREW in night.history()


def test_growth_is_told_once_a_threshold() -> None:
    night = world.at("Sat 03:00")
    storm(night, first=0, last=6)
    night.wait(minutes=1)
    storm(night, first=6, last=9)
    night.wait(minutes=3)
    assert night.told(MessageKind.GROWTH) == [VERA]
    storm(night, first=9, last=10)
    night.wait(seconds=30)
    assert night.told(MessageKind.GROWTH) == [VERA, VERA]


def test_ten_thousand_alerts_are_one_page_and_at_most_one_message_a_minute() -> None:
    night = world.at("Sat 03:00")
    for number in range(100):
        night.fires(key=f"group-{number}", size=100)
        night.wait(seconds=2)
    assert night.incident.firing == 10_000
    assert night.rings(VERA) == 1
    assert len(night.told(MessageKind.GROWTH)) == 3


def test_growth_is_not_told_once_somebody_has_it() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.acknowledges(VERA)
    storm(night, first=0, last=500)
    night.wait(hours=2)
    assert night.told(MessageKind.GROWTH) == []


def test_growth_is_not_told_while_it_is_held() -> None:
    night = world.at("Sat 03:00")
    for number in range(50):
        night.fires(builders.PROPOSED, key=str(number))
    night.wait(hours=2)
    assert list(night.notifications) == []


def test_every_call_says_how_many_there_are_so_growth_begins_anew_with_it() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.wait(minutes=4, seconds=50)
    storm(night, first=0, last=8)
    night.wait(seconds=10)
    assert night.incident.announced == 9
    assert MessageKind.GROWTH in {n.kind for n in night.notifications.values()}
    night.wait(minutes=9)
    assert len(night.told(MessageKind.GROWTH)) == 1


def test_who_has_left_the_company_is_not_told() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    storm(night, first=0, last=8)
    people = {k: v for k, v in night.company.people.items() if k != VERA}
    night.company = replace(night.company, people=people)
    night.wait(minutes=1)
    assert night.told(MessageKind.GROWTH) == []


def test_an_incident_nobody_was_told_of_has_not_grown() -> None:
    assert growth.due_at(builders.incident(firing=100)) is None


def test_an_incident_that_shrank_again_is_not_due_for_its_growth() -> None:
    night = world.at("Sat 03:00")
    night.fires()
    night.fires(key="another")
    assert night.next_due() == dublin("Sat 03:01")
    night.stops("another")
    assert night.next_due() == dublin("Sat 03:05")
