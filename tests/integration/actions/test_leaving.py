"""Leaving and staying: stepping down, pausing, coming back and renewing (VO1-VO4, NO2).

The company is that of `seed.company`: Vera stands the shift of 2 to 9 March 2026, in a term of 182
days that began with it. It is Tuesday the 3rd; Ben joins her where a second volunteer is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.integration.actions import seed
from watchbill.actions import (
    absences,
    applications,
    audit,
    fields,
    leaving,
    on_call_team,
    people,
    shifts,
    swaps,
    terms,
)
from watchbill.actions.audit import SYSTEM, person
from watchbill.queries import volunteers as queries

DAY = timedelta(days=1)
WEEK = 7 * DAY


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def ask(seeded: seed.Seeded, query: Any, *values: object) -> list[tuple[Any, ...]]:
    with seeded.shell.db.transaction() as tx:
        return tx.execute(query, list(values)).fetchall()


def join(seeded: seed.Seeded, name: str, **values: object) -> str:
    by = person(seeded.ids[name])
    application = applications.apply(seeded.shell, values, by=by)
    return applications.seat(seeded.shell, application, by=person(seeded.vera))


def plan(seeded: seed.Seeded, name: str, start: datetime, lasts: timedelta = WEEK) -> str:
    values = {"person_id": seeded.ids[name], "starts_at": start, "ends_at": start + lasts}
    return shifts.plan(seeded.shell, values, by=SYSTEM)


def stands(seeded: seed.Seeded, name: str) -> list[tuple[datetime, datetime]]:
    query = "select lower(during), upper(during) from shifts where person_id = %s order by 1"
    return ask(seeded, query, seeded.ids[name])


def term_of(seeded: seed.Seeded, term_id: str) -> tuple[datetime, datetime]:
    ((start, end),) = ask(
        seeded, "select lower(during), upper(during) from terms where id = %s", term_id
    )
    return start, end


# -- stepping down -----------------------------------------------------------------------------


def test_vo4_who_steps_down_is_free_from_that_second(seeded: seed.Seeded) -> None:
    begun = stands(seeded, "vera")[0][0]
    plan(seeded, "vera", begun + 4 * WEEK)
    leaving.step_down(seeded.shell, seeded.vera_term, by=person(seeded.vera))
    now = seeded.clock.now()
    assert stands(seeded, "vera") == [(begun, now)], "what was stood stays on record"
    assert term_of(seeded, seeded.vera_term)[1] == now
    with seeded.shell.db.transaction() as tx:
        overview = queries.overview(tx, now=now)
    assert (overview.taken, overview.items) == (0, ())


def test_vo4_stepping_down_ends_the_term_agreed_to_for_later_too(seeded: seed.Seeded) -> None:
    later = applications.renew(seeded.shell, seeded.vera_term, {}, by=person(seeded.vera))
    plan(seeded, "vera", term_of(seeded, later)[0] + WEEK)
    leaving.step_down(seeded.shell, seeded.vera_term, by=person(seeded.vera))
    assert ask(seeded, "select id from terms") == [(seeded.vera_term,)]
    assert len(stands(seeded, "vera")) == 1


@pytest.mark.parametrize("deed", ["step_down", "pause", "come_back", "renew"])
def test_vo4_a_term_is_only_its_persons_matter(seeded: seed.Seeded, deed: str) -> None:
    until = {"until": seeded.clock.now() + WEEK}
    deeds = {
        "step_down": lambda by: leaving.step_down(seeded.shell, seeded.vera_term, by=by),
        "pause": lambda by: leaving.pause(seeded.shell, seeded.vera_term, until, by=by),
        "come_back": lambda by: leaving.come_back(seeded.shell, seeded.vera_term, by=by),
        "renew": lambda by: applications.renew(seeded.shell, seeded.vera_term, {}, by=by),
    }
    for by in (person(seeded.ada, is_admin=True), person(seeded.ben), SYSTEM):
        with pytest.raises(audit.OnlyThemselves):
            deeds[deed](by)
    assert len(stands(seeded, "vera")) == 1


def test_vo4_the_others_hear_that_shifts_opened_and_not_whose_choice_it_was(
    seeded: seed.Seeded,
) -> None:
    join(seeded, "ben")
    begun = stands(seeded, "vera")[0][0]
    plan(seeded, "vera", begun + 4 * WEEK)
    plan(seeded, "ben", begun + 8 * WEEK)
    draft = leaving.step_down(seeded.shell, seeded.vera_term, by=person(seeded.vera))
    ((made_by,),) = ask(seeded, "select made_by from plans where id = %s", draft)
    assert made_by == "system"
    told = ask(
        seeded,
        "select person_id, data from notifications where data ->> 'subject' = 'Shifts have opened'",
    )
    assert [who for who, _ in told] == [seeded.ben]
    assert "vera" not in json.dumps(told[0][1]).lower()


def test_vo4_a_term_that_is_over_cannot_be_left_again(seeded: seed.Seeded) -> None:
    leaving.step_down(seeded.shell, seeded.vera_term, by=person(seeded.vera))
    for deed in (leaving.step_down, leaving.come_back):
        with pytest.raises(terms.TermOver):
            deed(seeded.shell, seeded.vera_term, by=person(seeded.vera))


def test_sh5_an_open_question_about_a_shift_ends_with_it(seeded: seed.Seeded) -> None:
    join(seeded, "ben")
    question = swaps.ask(seeded.shell, {"shift_id": seeded.vera_shift}, by=person(seeded.vera))
    leaving.step_down(seeded.shell, seeded.vera_term, by=person(seeded.vera))
    with pytest.raises(swaps.Answered):
        swaps.accept(seeded.shell, question, by=person(seeded.ben))
    assert stands(seeded, "ben") == []


# -- pausing -----------------------------------------------------------------------------------


def test_vo4_a_pause_takes_its_time_out_of_the_shift_under_way(seeded: seed.Seeded) -> None:
    ((begun, ends),) = stands(seeded, "vera")
    now = seeded.clock.now()
    values = {"starts_at": now + DAY, "until": now + 2 * DAY}
    leaving.pause(seeded.shell, seeded.vera_term, values, by=person(seeded.vera))
    assert stands(seeded, "vera") == [(begun, now + DAY), (now + 2 * DAY, ends)]


def test_vo4_a_pause_releases_shifts_ahead_as_whole_weeks_and_no_others(
    seeded: seed.Seeded,
) -> None:
    ((begun, ends),) = stands(seeded, "vera")
    touched, later = begun + 4 * WEEK, begun + 8 * WEEK
    plan(seeded, "vera", touched)
    plan(seeded, "vera", later)
    values = {"starts_at": touched + 3 * DAY, "until": touched + 3 * WEEK}
    leaving.pause(seeded.shell, seeded.vera_term, values, by=person(seeded.vera))
    assert stands(seeded, "vera") == [(begun, ends), (later, later + WEEK)]
    assert term_of(seeded, seeded.vera_term)[1] == begun + 182 * DAY, "the seat is kept"


def test_vo4_nobody_reads_that_an_absence_is_a_pause(seeded: seed.Seeded) -> None:
    until = seeded.clock.now() + WEEK
    leaving.pause(seeded.shell, seeded.vera_term, {"until": until}, by=person(seeded.vera))
    leaving.come_back(seeded.shell, seeded.vera_term, by=person(seeded.vera))
    until = seeded.clock.now() + 2 * WEEK
    leaving.pause(seeded.shell, seeded.vera_term, {"until": until}, by=person(seeded.vera))
    ((absence,),) = ask(seeded, "select id from absences where ends_at = %s", until)
    absences.remove(seeded.shell, absence, by=person(seeded.vera))
    lines = ask(seeded, "select action, facts from audit where action like 'absence%%'")
    assert {action for action, _ in lines} == {"absence.created", "absence.removed"}
    assert "pause" not in json.dumps([facts for _, facts in lines])


@pytest.mark.parametrize("days", [-1, 0, 400])
def test_vo4_a_pause_lies_ahead_within_the_term(seeded: seed.Seeded, days: int) -> None:
    values = {"until": seeded.clock.now() + days * DAY}
    with pytest.raises(fields.BadFields):
        leaving.pause(seeded.shell, seeded.vera_term, values, by=person(seeded.vera))
    assert ask(seeded, "select count(*) from absences") == [(0,)]


def test_vo4_who_comes_back_early_is_not_away_any_more(seeded: seed.Seeded) -> None:
    now = seeded.clock.now()
    for start, until in ((DAY, 3 * DAY), (5 * DAY, 6 * DAY)):
        values = {"starts_at": now + start, "until": now + until}
        leaving.pause(seeded.shell, seeded.vera_term, values, by=person(seeded.vera))
    seeded.clock.move(2 * DAY)
    leaving.come_back(seeded.shell, seeded.vera_term, by=person(seeded.vera))
    assert ask(seeded, "select starts_at, ends_at from absences") == [(now + DAY, now + 2 * DAY)]


# -- renewing and applying ---------------------------------------------------------------------


def test_vo2_renewal_is_said_by_the_person_and_begins_where_the_term_ends(
    seeded: seed.Seeded,
) -> None:
    later = applications.renew(seeded.shell, seeded.vera_term, {}, by=person(seeded.vera))
    ends = term_of(seeded, seeded.vera_term)[1]
    assert term_of(seeded, later) == (ends, ends + 182 * DAY)
    assert ask(seeded, "select consented_by from terms where id = %s", later) == [(seeded.vera,)]
    with pytest.raises(applications.AlreadyAgreed):
        applications.renew(seeded.shell, seeded.vera_term, {}, by=person(seeded.vera))


def test_vo2_without_an_answer_the_term_simply_ends(seeded: seed.Seeded) -> None:
    seeded.clock.move(190 * DAY)
    with seeded.shell.db.transaction() as tx:
        assert queries.overview(tx, now=seeded.clock.now()).items == ()
    with pytest.raises(terms.TermOver):
        applications.renew(seeded.shell, seeded.vera_term, {}, by=person(seeded.vera))


def test_vo3_when_the_seats_are_taken_then_one_waits_instead_of_renewing(
    seeded: seed.Seeded,
) -> None:
    on_call_team.change(seeded.shell, {"seats": 2}, by=SYSTEM)
    ends = term_of(seeded, seeded.vera_term)[1]
    join(seeded, "ben", ends_at=ends - DAY)
    for name in ("ann", "ben"):
        join(seeded, name, starts_at=ends, ends_at=ends + 100 * DAY)
    with pytest.raises(applications.NoSeatAfter):
        applications.renew(seeded.shell, seeded.vera_term, {}, by=person(seeded.vera))
    applications.apply(seeded.shell, {}, by=person(seeded.vera))
    ((start,),) = ask(seeded, "select starts_at from applications where state = 'waiting'")
    assert start == ends, "by itself after one's own term"


def test_vo1_the_audit_log_shows_that_joining_was_the_persons_own_act(seeded: seed.Seeded) -> None:
    term = join(seeded, "ben")
    ((who,),) = ask(seeded, "select actor from audit where action = 'application.created'")
    assert who == seeded.ben
    ((seater, facts),) = ask(
        seeded,
        "select actor, facts from audit where action = 'term.created' and noun_id = %s",
        term,
    )
    assert (seater, facts["consented_by"]) == (seeded.vera, seeded.ben)


def test_vo1_an_application_is_for_at_least_a_shift_and_never_over_ones_own_term(
    seeded: seed.Seeded,
) -> None:
    now = seeded.clock.now()
    with pytest.raises(fields.BadFields):
        applications.apply(seeded.shell, {"ends_at": now + DAY}, by=person(seeded.ben))
    with pytest.raises(applications.StillInTerm):
        applications.apply(seeded.shell, {"starts_at": now + DAY}, by=person(seeded.vera))
    ben = applications.apply(seeded.shell, {"ends_at": now + 10 * DAY}, by=person(seeded.ben))
    seeded.clock.move(4 * DAY)
    with pytest.raises(applications.Lapsed):
        applications.seat(seeded.shell, ben, by=person(seeded.vera))


def test_es1_who_became_a_manager_meanwhile_is_not_seated(seeded: seed.Seeded) -> None:
    ben = applications.apply(seeded.shell, {}, by=person(seeded.ben))
    people.change(seeded.shell, seeded.ben, {"role": "manager"}, by=SYSTEM)
    with pytest.raises(terms.OnlyEngineers):
        applications.seat(seeded.shell, ben, by=person(seeded.vera))


def test_vo3_a_term_agreed_to_directly_needs_a_seat_too(seeded: seed.Seeded) -> None:
    on_call_team.change(seeded.shell, {"seats": 1}, by=SYSTEM)
    now = seeded.clock.now()
    values = {"person_id": seeded.ben, "starts_at": now, "ends_at": now + 60 * DAY}
    with pytest.raises(terms.SeatsTaken):
        terms.agree(seeded.shell, values, by=person(seeded.ben))
