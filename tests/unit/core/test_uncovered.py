"""Uncovered time is out of hours and without a volunteer; the duty manager has it (SH1, SH2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests import builders
from tests.builders import ANN, MONA, VERA, dublin
from watchbill.core import uncovered
from watchbill.core.hours import Period


def shifts(*spans: tuple[str, str], is_shadow: bool = False):
    return tuple(
        builders.shift(VERA, start=dublin(a), end=dublin(b), is_shadow=is_shadow) for a, b in spans
    )


def found(company, start: str, end: str) -> list[tuple[str, str]]:
    periods = uncovered.stretches(company, start=dublin(start), end=dublin(end))
    return [(f"{p.start:%a %H:%M}", f"{p.end:%a %H:%M}") for p in periods]


def test_sh1_where_every_team_is_at_work_nobody_is_missing() -> None:
    company = replace(builders.company(), shifts=())
    assert found(company, "Thu 12:00", "Mon+1 12:00") == [
        ("Thu 18:00", "Fri 09:00"),
        ("Fri 18:00", "Mon 09:00"),
    ]


def test_sh1_a_team_that_owns_nothing_needs_nobody_and_one_that_sleeps_does() -> None:
    company = replace(builders.company(), shifts=())
    night = replace(
        company.teams[builders.TEAM], id="night", slug="night", hours=builders.week(days=())
    )
    idle = replace(company, teams={**company.teams, "night": night})
    assert found(idle, "Thu 12:00", "Fri 12:00") == [("Thu 18:00", "Fri 09:00")]
    service = replace(company.services[builders.SERVICE], id="svc_n", slug="n", team_id="night")
    owning = replace(idle, services={**company.services, "svc_n": service})
    assert found(owning, "Thu 12:00", "Fri 12:00") == [("Thu 12:00", "Fri 12:00")]


def test_sh2_a_shadow_covers_nothing_and_a_shift_does_to_the_second() -> None:
    base = builders.company()
    learning = replace(base, shifts=shifts(("Fri 18:00", "Fri+1 18:00"), is_shadow=True))
    assert found(learning, "Fri 17:00", "Fri 20:00") == [("Fri 18:00", "Fri 20:00")]
    stood = replace(base, shifts=shifts(("Fri 18:00", "Sat 10:00"), ("Sat 11:00", "Mon+1 09:00")))
    assert found(stood, "Thu 17:00", "Mon+1 10:00") == [
        ("Thu 18:00", "Fri 09:00"),
        ("Sat 10:00", "Sat 11:00"),
    ]


def test_before_there_is_a_service_nothing_is_uncovered() -> None:
    company = replace(builders.company(), shifts=(), services={})
    assert found(company, "Thu 12:00", "Mon+1 12:00") == []


def test_es2_it_falls_to_whom_the_managers_rota_has() -> None:
    company = replace(builders.company(), shifts=())
    weekend = Period(start=dublin("Fri 18:00"), end=dublin("Mon+1 09:00"))
    assert uncovered.falls_to(company, [weekend]) == [(MONA, weekend)]
    nobody = replace(company, managers=None)
    assert uncovered.falls_to(nobody, [weekend]) == [(None, weekend)]


def test_what_is_stood_and_what_is_not_make_up_the_whole() -> None:
    base = builders.company()
    start, end = dublin("Mon 00:00"), dublin("Mon+2 00:00")
    made = [
        builders.shift(
            ANN,
            start=start + n * timedelta(hours=31),
            end=start + n * timedelta(hours=31) + timedelta(hours=17),
        )
        for n in range(10)
    ]
    gaps = uncovered.gaps(made, start=start, end=end)
    stood = sum(((min(s.end, end) - s.start) for s in made), timedelta())
    assert sum((g.end - g.start for g in gaps), timedelta()) == end - start - stood
    company = replace(base, shifts=tuple(made))
    for period in uncovered.stretches(company, start=start, end=end):
        assert any(g.start <= period.start and period.end <= g.end for g in gaps)
