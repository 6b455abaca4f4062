"""Swaps and time nobody stands: who takes what of whose shift, and when not (SH5, NO2).

The company is that of `seed.company`: Vera stands the shift of 2 to 9 March 2026. It is Tuesday the
3rd; Ben and Ann have agreed to terms of their own, Max has not.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.actions import seed
from watchbill.actions import (
    absences,
    audit,
    fields,
    housekeeping,
    leaving,
    on_call_team,
    rosters,
    shifts,
    swaps,
    taking,
    terms,
)
from watchbill.actions.audit import SYSTEM, person
from watchbill.errors import Conflict, WatchbillError
from watchbill.queries import swaps as queries
from watchbill.store import rows

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = 7 * DAY
NOW = seed.TUESDAY
BEGIN = datetime.fromisoformat("2026-03-02T09:00+00:00")
END = BEGIN + WEEK


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    for name in ("ben", "ann"):
        made.ids[f"{name}_term"] = agree(made, name, BEGIN, BEGIN + 26 * WEEK)
    yield made
    made.shell.db.close()


def agree(seeded: seed.Seeded, name: str, start: datetime, end: datetime) -> str:
    who = seeded.ids[name]
    values = {"person_id": who, "starts_at": start, "ends_at": end}
    return terms.agree(seeded.shell, values, by=person(who))


def plan(
    seeded: seed.Seeded, name: str, start: datetime, lasts: timedelta = WEEK, **more: object
) -> str:
    values = {"person_id": seeded.ids[name], "starts_at": start, "ends_at": start + lasts, **more}
    return shifts.plan(seeded.shell, values, by=SYSTEM)


def ask(seeded: seed.Seeded, name: str = "vera", **values: Any) -> str:
    """Ask for Vera's shift, or what `values` say."""
    if "to" in values:
        values["to_person_id"] = seeded.ids[values.pop("to")]
    return swaps.ask(
        seeded.shell, {"shift_id": seeded.vera_shift, **values}, by=person(seeded.ids[name])
    )


def accept(seeded: seed.Seeded, swap_id: str, name: str) -> None:
    swaps.accept(seeded.shell, swap_id, by=person(seeded.ids[name]))


def db(seeded: seed.Seeded, query: Any, *values: object) -> list[tuple[Any, ...]]:
    with seeded.shell.db.transaction() as tx:
        return tx.execute(query, list(values)).fetchall()


def stands(seeded: seed.Seeded) -> list[tuple[str, datetime, datetime]]:
    """Return who carries what, in order."""
    names = {who: name for name, who in seeded.ids.items()}
    query = "select person_id, lower(during), upper(during) from shifts where not shadow order by 2"
    return [(names[who], start, end) for who, start, end in db(seeded, query)]


def state(seeded: seed.Seeded, swap_id: str) -> str:
    ((found,),) = db(seeded, "select state from swaps where id = %s", swap_id)
    return str(found)


def mails(seeded: seed.Seeded) -> list[tuple[str, str]]:
    """Return who was told what, by subject; each is a quiet mail."""
    names = {who: name for name, who in seeded.ids.items()}
    found = db(
        seeded,
        "select person_id, data ->> 'subject', kind, channel from notifications"
        " where kind = 'notice' and data ->> 'path' like '/swaps/%%' order by created_at, id",
    )
    assert all((kind, channel) == ("notice", "email") for _, _, kind, channel in found)
    return [(names[who], subject) for who, subject, _, _ in found]


# -- both agree --------------------------------------------------------------------------------


def test_sh5_a_shift_changes_hands_because_both_want_it(seeded: seed.Seeded) -> None:
    later = plan(seeded, "vera", BEGIN + 4 * WEEK)
    swap = ask(seeded, shift_id=later, to="ben", note="A wedding.")
    assert stands(seeded)[-1][0] == "vera", "until somebody says yes, it stays hers"
    accept(seeded, swap, "ben")
    assert stands(seeded)[-1] == ("ben", BEGIN + 4 * WEEK, BEGIN + 5 * WEEK)
    assert mails(seeded) == [
        ("ben", "Vera asks for a shift to be taken"),
        ("vera", "Ben takes your shift"),
    ]
    ((term,),) = db(seeded, "select term_id from shifts where id = %s", later)
    assert term == seeded.ben_term, "NO2: within a term of his own"


def test_sh5_only_a_part_is_cut_out_to_the_second(seeded: seed.Seeded) -> None:
    start, end = BEGIN + 3 * DAY + timedelta(seconds=7), BEGIN + 4 * DAY
    accept(seeded, ask(seeded, starts_at=start, ends_at=end), "ben")
    assert stands(seeded) == [("vera", BEGIN, start), ("ben", start, end), ("vera", end, END)]


def test_only_who_stands_a_shift_asks(seeded: seed.Seeded) -> None:
    for by in (person(seeded.ben), person(seeded.ada, is_admin=True), SYSTEM):
        with pytest.raises(swaps.NotYours):
            swaps.ask(seeded.shell, {"shift_id": seeded.vera_shift}, by=by)


def test_no2_an_admin_accepts_for_nobody(seeded: seed.Seeded) -> None:
    """NO2: neither in their own name without a term, nor in another's."""
    to_ben, to_all = ask(seeded, to="ben"), ask(seeded)
    admin = person(seeded.ada, is_admin=True)
    with pytest.raises(swaps.NotForYou):
        swaps.accept(seeded.shell, to_ben, by=admin)
    with pytest.raises(swaps.NoTermForIt):
        swaps.accept(seeded.shell, to_all, by=admin)
    with pytest.raises(swaps.NotForYou):
        swaps.accept(seeded.shell, to_all, by=SYSTEM)
    assert stands(seeded) == [("vera", BEGIN, END)]


def test_what_one_was_asked_nobody_else_answers(seeded: seed.Seeded) -> None:
    swap = ask(seeded, to="ben")
    with pytest.raises(swaps.NotForYou):
        accept(seeded, swap, "ann")
    for name in ("ann", "vera"):
        with pytest.raises(swaps.NotForYou):
            swaps.decline(seeded.shell, swap, by=person(seeded.ids[name]))
    with pytest.raises(swaps.NotForYou):
        accept(seeded, swap, "vera")
    with pytest.raises(audit.OnlyThemselves):
        swaps.withdraw(seeded.shell, swap, by=person(seeded.ada, is_admin=True))
    assert state(seeded, swap) == "open"


def test_what_everyone_was_asked_nobody_declines_for_all(seeded: seed.Seeded) -> None:
    with pytest.raises(swaps.NotForYou):
        swaps.decline(seeded.shell, ask(seeded), by=person(seeded.ben))


def test_declining_tells_the_asker_and_ends_the_question(seeded: seed.Seeded) -> None:
    swap = ask(seeded, to="ben")
    swaps.decline(seeded.shell, swap, by=person(seeded.ben))
    assert mails(seeded)[-1] == ("vera", "Ben cannot take your shift")
    assert state(seeded, swap) == "declined"
    with pytest.raises(swaps.Answered):
        accept(seeded, swap, "ben")


def test_a_withdrawn_question_is_answered_no_more(seeded: seed.Seeded) -> None:
    swap = ask(seeded)
    swaps.withdraw(seeded.shell, swap, by=person(seeded.vera))
    for deed in (swaps.accept, swaps.decline, swaps.withdraw):
        with pytest.raises(swaps.Answered):
            deed(seeded.shell, swap, by=person(seeded.ben))
    assert stands(seeded) == [("vera", BEGIN, END)]


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"to": "max"}, fields.BadFields),
        ({"to": "vera"}, fields.BadFields),
        ({"to_person_id": "nobody"}, fields.BadFields),
        ({"shift_id": "shf_none"}, WatchbillError),
        ({"starts_at": NOW + HOUR, "ends_at": NOW + HOUR + timedelta(minutes=14)}, swaps.TooShort),
        ({"starts_at": NOW + 2 * HOUR, "ends_at": NOW + HOUR}, swaps.TooShort),
        ({"starts_at": END + HOUR, "ends_at": END + 2 * HOUR}, swaps.TooShort),
        ({"ends_at": NOW - HOUR}, swaps.TooShort),
    ],
)
def test_what_cannot_be_asked_is_refused(
    seeded: seed.Seeded, values: dict[str, Any], error: type[WatchbillError]
) -> None:
    with pytest.raises(error):
        ask(seeded, **values)
    assert mails(seeded) == []


# -- whose term covers it ----------------------------------------------------------------------


def test_no2_a_term_that_begins_later_covers_what_lies_in_it(seeded: seed.Seeded) -> None:
    next_term = agree(seeded, "ben", BEGIN + 26 * WEEK, BEGIN + 52 * WEEK)
    agree(seeded, "vera", BEGIN + 26 * WEEK, BEGIN + 52 * WEEK)
    later = plan(seeded, "vera", BEGIN + 30 * WEEK)
    accept(seeded, ask(seeded, shift_id=later), "ben")
    assert db(seeded, "select person_id, term_id from shifts where id = %s", later) == [
        (seeded.ben, next_term)
    ]


def test_no2_a_part_over_two_of_their_terms_is_cut_where_the_next_begins(
    seeded: seed.Seeded,
) -> None:
    border = BEGIN + 26 * WEEK + 3 * DAY
    with seeded.shell.db.transaction() as tx:
        rows.change(tx, "terms", seeded.ben_term, {"during": rows.between(BEGIN, border)})
    agree(seeded, "ben", border, border + 26 * WEEK)
    agree(seeded, "vera", BEGIN + 26 * WEEK, BEGIN + 52 * WEEK)
    later = plan(seeded, "vera", BEGIN + 26 * WEEK)
    swap = ask(seeded, shift_id=later, to="ben")
    with seeded.shell.db.transaction() as tx:
        found = queries.candidates(
            tx, asking=seeded.vera, start=BEGIN + 26 * WEEK, end=BEGIN + 27 * WEEK
        )
    assert [each.person_id for each in found] == [seeded.ben], "Ann's term ends before"
    accept(seeded, swap, "ben")
    assert stands(seeded)[1:] == [
        ("ben", BEGIN + 26 * WEEK, border),
        ("ben", border, BEGIN + 27 * WEEK),
    ]


def test_no2_a_term_that_covers_only_some_of_it_is_not_enough(seeded: seed.Seeded) -> None:
    later = BEGIN + 4 * WEEK
    agree(seeded, "ada", later + 2 * DAY, later + 26 * WEEK)
    shift = plan(seeded, "vera", later)
    swap = ask(seeded, shift_id=shift)
    assert {name for name, _ in mails(seeded)} == {"ben", "ann"}, "only who can take it is asked"
    with pytest.raises(swaps.NoTermForIt):
        accept(seeded, swap, "ada")
    accept(seeded, ask(seeded, shift_id=shift, starts_at=later + 2 * DAY), "ada")
    assert stands(seeded)[-1] == ("ada", later + 2 * DAY, later + WEEK)


# -- two at once -------------------------------------------------------------------------------


def test_nobody_carries_a_shift_and_shadows_it(seeded: seed.Seeded) -> None:
    plan(seeded, "ben", BEGIN + 2 * DAY, DAY, shadow=True)
    swap = ask(seeded)
    with pytest.raises(taking.StandsThen, match="nobody stands two at once"):
        accept(seeded, swap, "ben")
    assert stands(seeded) == [("vera", BEGIN, END)]
    accept(seeded, ask(seeded, starts_at=BEGIN + 3 * DAY), "ben")
    assert stands(seeded)[1] == ("ben", BEGIN + 3 * DAY, END), "beside it he does"


def test_who_carries_takes_no_shadow_of_the_same_time(seeded: seed.Seeded) -> None:
    shadow = plan(seeded, "ben", BEGIN + DAY, 2 * DAY, shadow=True)
    swap = ask(seeded, "ben", shift_id=shadow)
    with pytest.raises(taking.StandsThen):
        accept(seeded, swap, "vera")
    accept(seeded, swap, "ann")
    assert db(seeded, "select person_id from shifts where shadow order by lower(during)") == [
        (seeded.ben,),
        (seeded.ann,),
    ], "what Ben shadowed until now stays his"


def test_who_is_away_takes_nothing(seeded: seed.Seeded) -> None:
    absences.add(
        seeded.shell,
        {"person_id": seeded.ben, "starts_at": NOW + DAY, "ends_at": NOW + 2 * DAY},
        by=person(seeded.ben),
    )
    with pytest.raises(taking.AwayThen):
        accept(seeded, ask(seeded), "ben")
    accept(seeded, ask(seeded, ends_at=NOW + DAY), "ben")
    assert stands(seeded)[1] == ("ben", NOW, NOW + DAY)


def test_the_first_who_says_yes_has_it(seeded: seed.Seeded) -> None:
    """Two people answer at the same moment, over and over."""
    for n in range(6):
        start = BEGIN + (10 + n) * WEEK
        swap = ask(seeded, shift_id=plan(seeded, "vera", start))
        outcomes, barrier = _together(seeded, swap)
        assert barrier.broken is False
        assert sorted(outcomes.values()) == ["Answered", "taken"]
        (winner,) = [name for name, said in outcomes.items() if said == "taken"]
        assert stands(seeded)[-1] == (winner, start, start + WEEK)


def _together(seeded: seed.Seeded, swap: str) -> tuple[dict[str, str], threading.Barrier]:
    outcomes: dict[str, str] = {}
    barrier = threading.Barrier(2)

    def answer(name: str) -> None:
        barrier.wait(10)
        try:
            accept(seeded, swap, name)
            outcomes[name] = "taken"
        except Conflict as error:
            outcomes[name] = type(error).__name__

    threads = [threading.Thread(target=answer, args=[name]) for name in ("ben", "ann")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return outcomes, barrier


def test_two_questions_about_one_shift_do_not_double_it(seeded: seed.Seeded) -> None:
    """What was cut off is asked for still; what is gone is over."""
    early = ask(seeded, starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    overlaps = ask(seeded, starts_at=NOW + DAY + HOUR, ends_at=NOW + 3 * DAY)
    late = ask(seeded, starts_at=NOW + 3 * DAY, ends_at=NOW + 4 * DAY)
    accept(seeded, early, "ben")
    assert state(seeded, overlaps) == "over"
    accept(seeded, late, "ann")
    assert stands(seeded) == [
        ("vera", BEGIN, NOW + DAY),
        ("ben", NOW + DAY, NOW + 2 * DAY),
        ("vera", NOW + 2 * DAY, NOW + 3 * DAY),
        ("ann", NOW + 3 * DAY, NOW + 4 * DAY),
        ("vera", NOW + 4 * DAY, END),
    ]


# -- time passes -------------------------------------------------------------------------------


def test_a_shift_that_has_begun_gives_only_what_is_left(seeded: seed.Seeded) -> None:
    swap = ask(seeded)
    seeded.clock.move_to(NOW + timedelta(hours=5, milliseconds=700))
    accept(seeded, swap, "ben")
    taken = NOW + 5 * HOUR
    assert stands(seeded) == [("vera", BEGIN, taken), ("ben", taken, END)], "to the second"
    assert db(seeded, "select starts_at, ends_at from swaps") == [(taken, END)], "as it was taken"


def test_a_question_whose_time_has_passed_is_over(seeded: seed.Seeded) -> None:
    swap = ask(seeded, ends_at=NOW + HOUR)
    seeded.clock.move_to(NOW + HOUR)
    with pytest.raises(swaps.TooLate):
        accept(seeded, swap, "ben")
    with seeded.shell.db.transaction() as tx:
        assert queries.open_for(tx, seeded.ben, now=NOW + HOUR) == ()
    housekeeping.tidy(seeded.shell)
    assert state(seeded, swap) == "over"
    seeded.clock.move_to(END)
    with pytest.raises(swaps.TooLate):
        ask(seeded)


def test_housekeeping_leaves_questions_that_can_still_be_answered(seeded: seed.Seeded) -> None:
    begun, ahead = ask(seeded), ask(seeded, starts_at=NOW + DAY)
    seeded.clock.move_to(NOW + HOUR)
    housekeeping.tidy(seeded.shell)
    assert (state(seeded, begun), state(seeded, ahead)) == ("open", "open")


def test_a_published_plan_that_moves_a_shift_ends_its_questions(seeded: seed.Seeded) -> None:
    on_call_team.change(seeded.shell, {"gap_weeks": 0}, by=SYSTEM)
    week = datetime.fromisoformat("2026-03-20T18:00+00:00")
    whole, cut = plan(seeded, "vera", week), plan(seeded, "vera", week - 2 * DAY, 2 * DAY)
    questions = [ask(seeded, shift_id=each) for each in (whole, cut)]
    absences.add(
        seeded.shell,
        {"person_id": seeded.vera, "starts_at": week - 2 * DAY, "ends_at": week + WEEK},
        by=person(seeded.vera),
    )
    made = rosters.make(seeded.shell, {"weeks": 3}, by=SYSTEM)
    rosters.publish(seeded.shell, made, by=SYSTEM)
    assert all(start < week - 2 * DAY for name, start, _ in stands(seeded) if name == "vera")
    for swap in questions:
        found = db(seeded, "select state from swaps where id = %s", swap)
        assert found in ([], [("over",)])
        with pytest.raises(WatchbillError):
            accept(seeded, swap, "ben")


def test_who_leaves_asks_nothing_any_more(seeded: seed.Seeded) -> None:
    later = plan(seeded, "vera", BEGIN + 4 * WEEK)
    questions = [ask(seeded), ask(seeded, shift_id=later)]
    leaving.step_down(seeded.shell, seeded.vera_term, by=person(seeded.vera))
    assert db(seeded, "select 1 from swaps where state = 'open'") == []
    for swap in questions:
        with pytest.raises(WatchbillError):
            accept(seeded, swap, "ben")


def test_a_shift_an_admin_gave_to_another_is_not_taken_from_them(seeded: seed.Seeded) -> None:
    swap = ask(seeded)
    shifts.change(seeded.shell, seeded.vera_shift, {"person_id": seeded.ann}, by=SYSTEM)
    with pytest.raises(swaps.TooLate):
        accept(seeded, swap, "ben")
    assert stands(seeded) == [("ann", BEGIN, END)]


# -- limits and rest ---------------------------------------------------------------------------


def test_a_legal_limit_that_it_would_break_refuses(seeded: seed.Seeded) -> None:
    limits = [{"most": 1, "weeks": 4, "source": "a works agreement"}]
    on_call_team.change(
        seeded.shell, {"limits": limits, "boundary_weekday": 0, "boundary_time": "09:00"}, by=SYSTEM
    )
    plan(seeded, "ben", BEGIN + 5 * WEEK)
    near, far = plan(seeded, "vera", BEGIN + 3 * WEEK), plan(seeded, "vera", BEGIN + 9 * WEEK)
    with pytest.raises(
        taking.BeyondLimit, match=r"more than 1 weeks on call in 4: a works agreement\."
    ):
        accept(seeded, ask(seeded, shift_id=near), "ben")
    accept(seeded, ask(seeded, shift_id=far), "ben")
    assert [name for name, _, _ in stands(seeded)] == ["vera", "vera", "ben", "ben"]
    part = {"starts_at": BEGIN + 3 * WEEK, "ends_at": BEGIN + 3 * WEEK + DAY}
    accept(seeded, ask(seeded, shift_id=near, **part), "ben")
    assert stands(seeded)[1][0] == "ben", "a day of it does not make it his week"


def test_too_little_rest_only_warns(seeded: seed.Seeded) -> None:
    plan(seeded, "ben", END)
    swap = ask(seeded)
    with seeded.shell.db.transaction() as tx:
        found = queries.effect(tx, seeded.ben, gives=None, takes=(NOW, END))
    assert (found.is_too_close, found.after.smallest_gap_weeks) == (True, 0)
    assert found.after.hours - found.before.hours == (END - NOW) / HOUR
    accept(seeded, swap, "ben")
    assert stands(seeded)[1] == ("ben", NOW, END)


# -- in return ---------------------------------------------------------------------------------


@pytest.fixture
def bens(seeded: seed.Seeded) -> str:
    return plan(seeded, "ben", BEGIN + 4 * WEEK)


def test_both_shifts_change_hands(seeded: seed.Seeded, bens: str) -> None:
    accept(seeded, ask(seeded, to="ben", return_shift_id=bens), "ben")
    assert stands(seeded) == [
        ("vera", BEGIN, NOW),
        ("ben", NOW, END),
        ("vera", BEGIN + 4 * WEEK, BEGIN + 5 * WEEK),
    ]


def test_or_neither_does(seeded: seed.Seeded, bens: str) -> None:
    """The first is given already when the second turns out to be impossible: nothing is kept."""
    swap = ask(seeded, to="ben", return_shift_id=bens)
    away = {"starts_at": BEGIN + 4 * WEEK, "ends_at": BEGIN + 4 * WEEK + DAY}
    absences.add(seeded.shell, {"person_id": seeded.vera, **away}, by=person(seeded.vera))
    before = stands(seeded)
    with pytest.raises(taking.AwayThen):
        accept(seeded, swap, "ben")
    assert stands(seeded) == before
    assert state(seeded, swap) == "open"


def test_without_the_shift_in_return_there_is_no_swap(seeded: seed.Seeded, bens: str) -> None:
    """Gone, begun or given to somebody else, it is not simply forgotten."""
    swap = ask(seeded, to="ben", return_shift_id=bens)
    accept(seeded, ask(seeded, "ben", shift_id=bens), "ann")
    assert state(seeded, swap) == "over"
    other = plan(seeded, "ben", BEGIN + 8 * WEEK)
    swap = ask(seeded, to="ben", return_shift_id=other)
    shifts.remove(seeded.shell, other, by=SYSTEM)
    with pytest.raises(swaps.TooLate):
        accept(seeded, swap, "ben")
    assert stands(seeded)[0] == ("vera", BEGIN, END)


@pytest.mark.parametrize("wrong", ["anns", "everyone", "none", "shadow"])
def test_only_a_shift_of_theirs_comes_in_return(seeded: seed.Seeded, bens: str, wrong: str) -> None:
    values = {
        "anns": {"to": "ann", "return_shift_id": bens},
        "everyone": {"return_shift_id": bens},
        "none": {"to": "ben", "return_shift_id": "shf_none"},
        "shadow": {
            "to": "ben",
            "return_shift_id": plan(seeded, "ben", BEGIN + 6 * WEEK, shadow=True),
        },
    }
    with pytest.raises(fields.BadFields, match="return"):
        ask(seeded, **values[wrong])


# -- cover -------------------------------------------------------------------------------------


def test_cover_is_asked_of_everybody_in_a_term_by_mail_and_rings_nobody(
    seeded: seed.Seeded,
) -> None:
    ask(seeded, urgent=True, ends_at=NOW + 2 * HOUR)
    assert sorted(mails(seeded)) == [
        ("ann", "Vera needs cover now"),
        ("ben", "Vera needs cover now"),
    ]
    assert db(seeded, "select 1 from notifications where kind = 'page'") == []


# -- time nobody stands ------------------------------------------------------------------------


def take(seeded: seed.Seeded, name: str, start: datetime, end: datetime, **more: Any) -> str:
    values = {"person_id": seeded.ids[name], "starts_at": start, "ends_at": end, **more}
    return shifts.plan(seeded.shell, values, by=person(seeded.ids[name]))


def test_a_volunteer_takes_time_that_nobody_stands(seeded: seed.Seeded) -> None:
    take(seeded, "ben", END, END + DAY)
    assert stands(seeded)[1] == ("ben", END, END + DAY)


def test_but_none_that_somebody_stands(seeded: seed.Seeded) -> None:
    with pytest.raises(rows.Overlapping):
        take(seeded, "ben", END - HOUR, END + DAY)
    plan(seeded, "ben", END, WEEK, shadow=True)
    with pytest.raises(taking.StandsThen):
        take(seeded, "ben", END, END + DAY)
    assert stands(seeded) == [("vera", BEGIN, END)]


def test_nor_beyond_their_term_or_while_away(seeded: seed.Seeded) -> None:
    with pytest.raises(shifts.NoTerm):
        take(seeded, "ben", BEGIN + 26 * WEEK - HOUR, BEGIN + 26 * WEEK + HOUR)
    with pytest.raises(shifts.NoTerm):
        take(seeded, "max", END, END + DAY)
    absences.add(
        seeded.shell,
        {"person_id": seeded.ben, "starts_at": END, "ends_at": END + HOUR},
        by=person(seeded.ben),
    )
    with pytest.raises(taking.AwayThen):
        take(seeded, "ben", END, END + DAY)


def test_no2_nobody_takes_it_for_somebody_else(seeded: seed.Seeded) -> None:
    values = {"person_id": seeded.ben, "starts_at": END, "ends_at": END + DAY}
    with pytest.raises(audit.OnlyThemselves):
        shifts.plan(seeded.shell, values, by=person(seeded.vera))


def test_what_has_passed_is_not_taken_afterwards(seeded: seed.Seeded) -> None:
    shifts.remove(seeded.shell, seeded.vera_shift, by=SYSTEM)
    take(seeded, "ben", BEGIN, NOW + DAY)
    assert stands(seeded) == [("ben", NOW, NOW + DAY)]


# -- nothing is lost or doubled ----------------------------------------------------------------

_PARTS = st.lists(
    st.tuples(
        st.integers(0, 7 * 24 * 60), st.integers(15, 3 * 24 * 60), st.sampled_from(["ben", "ann"])
    ),
    min_size=1,
    max_size=5,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parts=_PARTS, passed=st.integers(0, 3 * 24 * 60))
def test_sh5_every_second_is_stood_by_one_before_and_after(
    seeded: seed.Seeded, parts: list[tuple[int, int, str]], passed: int
) -> None:
    """Any parts, overlapping too, asked first and answered later: the whole shift stays stood."""
    with seeded.shell.db.transaction() as tx:
        tx.execute("delete from shifts")
    seeded.clock.move_to(NOW)
    own = plan(seeded, "vera", BEGIN)
    asked = []
    for begin, lasts, taker in parts:
        start = BEGIN + timedelta(minutes=begin)
        span = {"starts_at": start, "ends_at": start + timedelta(minutes=lasts)}
        try:
            asked.append((ask(seeded, shift_id=own, **span), taker))
        except (swaps.TooShort, swaps.TooLate):
            assert min(start + timedelta(minutes=lasts), END) - max(start, NOW) < HOUR / 4
    seeded.clock.move_to(NOW + timedelta(minutes=passed))
    gains: dict[str, timedelta] = {}
    for swap, taker in asked:
        try:
            accept(seeded, swap, taker)
        except (swaps.Answered, swaps.TooLate):
            continue
        ((start, end),) = db(seeded, "select starts_at, ends_at from swaps where id = %s", swap)
        gains[taker] = gains.get(taker, timedelta()) + (end - start)
    found = stands(seeded)
    assert (found[0][1], found[-1][2]) == (BEGIN, END)
    assert all(a[2] == b[1] for a, b in itertools.pairwise(found))
    for name in ("ben", "ann"):
        stood = sum((end - start for who, start, end in found if who == name), timedelta())
        assert stood == gains.get(name, timedelta())
