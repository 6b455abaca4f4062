"""Swaps and time away as programs see them: every form, and every refusal as a sentence beside it.

The rota is that of `rota_world`: Vera stands now, Ben is next and Cas shadows him; Mona is a manager.
"""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from tests.builders import ANN, BEN, CAS, VERA
from tests.e2e import rota_world
from tests.e2e.rota_world import DAY, FRIDAY, NIGHT, WEEK
from tests.e2e.test_screens_http import Client
from watchbill.actions import absences, swaps
from watchbill.actions.audit import person

LOCAL = "%Y-%m-%dT%H:%M"


@pytest.fixture
def ids(world):
    yield rota_world.anew(world)
    world.settle()
    world.phones.got.clear()


@pytest.fixture
def client(world, ids):
    return Client(world)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def error(answer) -> str:
    """Return the one sentence beside the form."""
    (found,) = re.findall(r'<p class="note bad" role="alert">(.*?)</p>', answer.text, re.DOTALL)
    return plain(found)


def form(ids, shift="next", **values):
    return {"shift_id": ids[shift], "to_person_id": "", "note": "", **values}


def ask(world, ids, shift="next", by=BEN, **values):
    return swaps.ask(world.watchbill.shell, {"shift_id": ids[shift], **values}, by=person(by))


def standing(world, at):
    with world.watchbill.db.transaction() as tx:
        return world.watchbill.shell.company(tx).volunteer(at)


# -- asking ------------------------------------------------------------------------------------


def test_the_dialogue_says_who_could_and_what_it_does(client, ids):
    page = client.sign_in(BEN)("GET", f"/swaps/new?shift={ids['next']}").text
    text = plain(page)

    assert "It stays yours until somebody says yes." in text
    assert re.search(r"Vera Dublin · \d+ h, with it \d+ h", text)
    assert re.search(r"Cas [^<]*stands a shift then", text), "she shadows it"
    assert "no reason is needed" in text


def test_asking_a_part_of_one_person_and_taking_it(world, client, ids):
    """SH5."""
    start, end = FRIDAY + WEEK + timedelta(hours=2), FRIDAY + WEEK + timedelta(hours=6)
    values = {"starts_at": start.strftime(LOCAL), "ends_at": end.strftime(LOCAL)}
    asked = client.sign_in(BEN)("POST", "/swaps", form(ids, to_person_id=VERA, **values))
    path = asked.headers["Location"].partition("?")[0]

    assert asked.status == 303
    assert "Ben asks you to stand from" in plain(Client(world).sign_in(VERA)("GET", "/swaps").text)
    vera = Client(world).sign_in(VERA)
    assert "I take it" in vera("GET", path).text
    assert vera("POST", f"{path}/accept", {}).status == 303
    assert [standing(world, at) for at in (start, end)] == [VERA, BEN]
    assert "accepted by Vera" in plain(vera("GET", path).text)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"starts_at": "soon"}, "Give a day and a time"),
        ({"ends_at": "9999-12-31T23:59"}, ""),
        ({"starts_at": "0001-01-01T00:00"}, ""),
        ({"starts_at": "2026-03-14T10:00", "ends_at": "2026-03-14T09:00"}, "within the shift"),
        ({"to_person_id": ANN}, "no term of theirs covers this time"),
        ({"to_person_id": BEN}, "ask somebody else"),
        ({"to_person_id": "nobody"}, "no term of theirs covers this time"),
        ({"to_person_id": VERA, "return_shift_id": "none"}, "must be a shift of the person"),
        ({"note": "x" * 2001}, "2000"),
    ],
)
def test_a_form_that_is_wrong_says_so_and_keeps_what_was_written(client, ids, values, said):
    answer = client.sign_in(BEN)("POST", "/swaps", form(ids, **{"note": "A wedding.", **values}))

    if not said:  # times beyond the shift mean its ends
        assert answer.status in (303, 422)
        return
    assert answer.status == 422
    assert said in error(answer)
    if "note" not in values:
        assert "A wedding." in answer.text
    if "to_person_id" in values and values["to_person_id"] == VERA:
        assert re.search(r'value="vera" checked', answer.text)


def test_another_persons_shift_is_not_offered(world, client, ids):
    assert client.sign_in(ANN)("GET", f"/swaps/new?shift={ids['next']}").status == 404
    assert client("GET", "/swaps/new?shift=none").status == 404
    answer = client("POST", "/swaps", form(ids))

    assert answer.status == 403
    assert error(answer) == "Only who stands a shift asks somebody else to take it."
    assert world.rows("select 1 from swaps") == []


def test_a_shift_that_is_over_is_not_offered(client, ids):
    answer = client.sign_in(CAS)("POST", "/swaps", form(ids, "before"))

    assert answer.status == 409
    assert "over" in error(answer)


# -- answering ---------------------------------------------------------------------------------


def test_another_persons_question_has_no_buttons_and_takes_no_answer(world, client, ids):
    swap = ask(world, ids, to_person_id=VERA)
    page = client.sign_in(CAS)("GET", f"/swaps/{swap}").text
    assert "<form" not in page[page.index("<main") : page.index("</main>")]

    for deed in ("accept", "decline"):
        answer = client("POST", f"/swaps/{swap}/{deed}", {})
        assert (answer.status, error(answer)) == (403, "Somebody else was asked.")
    answer = client("POST", f"/swaps/{swap}/withdraw", {})
    assert (answer.status, error(answer)) == (403, "Only the person themselves may do this.")
    assert world.rows("select state from swaps") == [("open",)]


def test_no2_who_is_in_no_term_is_told_why_they_cannot(world, client, ids):
    swap = ask(world, ids)
    client.sign_in(ANN)
    assert "agreed to a term that covers this time" in plain(client("GET", f"/swaps/{swap}").text)
    assert f"/swaps/{swap}" not in client("GET", "/swaps").text, "it is not asked of them"
    answer = client("POST", f"/swaps/{swap}/accept", {})
    assert answer.status == 409
    assert "(NO2)" in error(answer)


def test_who_shadows_it_is_told_why_they_cannot(world, client, ids):
    swap = ask(world, ids)
    answer = client.sign_in(CAS)("POST", f"/swaps/{swap}/accept", {})

    assert answer.status == 409
    assert "nobody stands two at once" in error(answer)


def test_what_was_answered_is_answered(world, client, ids):
    swap = ask(world, ids, to_person_id=VERA)
    client.sign_in(VERA)
    assert client("POST", f"/swaps/{swap}/decline", {}).status == 303
    answer = client("POST", f"/swaps/{swap}/accept", {})

    assert answer.status == 409
    assert "answered already" in error(answer)
    assert client("GET", "/swaps/none").status == 404
    assert client("POST", "/swaps/none/accept", {}).status == 404


def test_a_question_is_taken_back_by_who_asked(world, client, ids):
    swap = ask(world, ids)
    client.sign_in(BEN)
    assert "Take the question back" in client("GET", f"/swaps/{swap}").text
    assert client("POST", f"/swaps/{swap}/withdraw", {}).status == 303
    assert "withdrawn" in plain(client("GET", "/swaps").text)


def test_a_question_whose_time_is_over_reads_so_at_once(world, client, ids):
    swap = ask(world, ids, "now", by=VERA, ends_at=NIGHT + timedelta(hours=1))
    world.clock.move_to(NIGHT + timedelta(hours=2))
    client.sign_in(BEN)
    page = client("GET", f"/swaps/{swap}").text

    assert '<span class="state off">over</span>' in page
    assert "I take it" not in page
    assert "over" in plain(client("GET", "/swaps").text)
    assert "over" in error(client("POST", f"/swaps/{swap}/accept", {}))


def test_a_question_whose_shift_in_return_is_gone_can_still_be_read(world, client, ids):
    swap = ask(world, ids, to_person_id=VERA, return_shift_id=ids["part"])
    with world.watchbill.db.transaction() as tx:
        tx.execute("delete from shifts where id = %s", [ids["part"]])
    client.sign_in(VERA)

    assert client("GET", f"/swaps/{swap}").status == 200
    assert client("POST", f"/swaps/{swap}/accept", {}).status == 409


# -- time nobody stands ------------------------------------------------------------------------


def test_time_nobody_stands_is_offered_and_taken(world, client, ids):
    page = client.sign_in(BEN)("GET", "/swaps").text
    start = re.search(r'name="starts_at" value="([^"]+)"', page)[1]
    end = re.search(r'name="ends_at" value="([^"]+)"', page)[1]
    assert client("POST", "/swaps/open", {"starts_at": start, "ends_at": end}).status == 303

    assert standing(world, FRIDAY + 2 * WEEK + timedelta(hours=1)) == BEN
    again = Client(world).sign_in(VERA)("POST", "/swaps/open", {"starts_at": start, "ends_at": end})
    assert again.status == 409
    assert "overlaps" in error(again)


@pytest.mark.parametrize(
    ("start", "end", "status", "said"),
    [
        ("", "", 422, "Give a day and a time"),
        ("2026-03-20T18:00", "2026-03-21T18:00", 422, "Give a day and a time"),
        ("2026-03-21T18:00+00:00", "2026-03-20T18:00+00:00", 422, "later than"),
        ("2026-03-20T18:00+00:00", "2036-03-21T18:00+00:00", 409, "no term"),
    ],
)
def test_what_cannot_be_taken_is_said(client, ids, start, end, status, said):
    answer = client.sign_in(BEN)("POST", "/swaps/open", {"starts_at": start, "ends_at": end})

    assert answer.status == status
    assert said in error(answer)


def test_no2_a_crafted_form_takes_nothing_for_somebody_else(world, client, ids):
    start, end = FRIDAY + 2 * WEEK, FRIDAY + 2 * WEEK + DAY
    values = {"starts_at": start.isoformat(), "ends_at": end.isoformat(), "person_id": VERA}
    answer = client.sign_in(ANN)("POST", "/swaps/open", values)

    assert answer.status == 409
    assert standing(world, start) is None


# -- time away ---------------------------------------------------------------------------------


def test_time_away_is_noted_and_warns_of_a_shift_in_it(world, client, ids):
    client.sign_in(BEN)
    days = {"first": "2026-03-13", "last": "2026-03-14"}
    assert client("POST", "/away", days).status == 303
    page = client("GET", "/away").text

    assert "Fri 13 Mar 00:00 to Sun 15 Mar 00:00" in plain(page), "the last day is away, too"
    assert f'href="/swaps/new?shift={ids["next"]}"' in page
    assert standing(world, FRIDAY + WEEK) == BEN, "it stays his until somebody takes it"


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("", "2026-03-14", "Give both days"),
        ("tomorrow", "2026-03-14", "Give both days"),
        ("2026-03-14", "9999-12-31", "Give both days"),
        ("2026-03-14", "2026-03-12", "cannot lie before the first"),
    ],
)
def test_days_that_are_none_are_refused(world, client, ids, first, last, said):
    answer = client.sign_in(BEN)("POST", "/away", {"first": first, "last": last})

    assert answer.status == 422
    assert said in error(answer)
    assert world.rows("select 1 from absences where person_id = %s", BEN) == []


def test_ones_own_time_away_is_struck_out_by_oneself(world, client, ids):
    span = {"starts_at": NIGHT + DAY, "ends_at": NIGHT + 2 * DAY}
    mine = absences.add(world.watchbill.shell, {"person_id": BEN, **span}, by=person(BEN))

    for other in (ANN, VERA):
        assert Client(world).sign_in(other)("POST", f"/away/{mine}/remove", {}).status == 403
    assert client.sign_in(BEN)("POST", f"/away/{mine}/remove", {}).status == 303
    assert world.rows("select 1 from absences where person_id = %s", BEN) == []
    assert client("POST", f"/away/{mine}/remove", {}).status == 404


@pytest.mark.parametrize(
    ("source", "has_button"),
    [("hand", True), ("csv", True), ("calendar", False), ("pause", False)],
)
def test_only_what_was_written_down_can_be_struck_out_here(world, client, ids, source, has_button):
    span = {"starts_at": NIGHT + DAY, "ends_at": NIGHT + 2 * DAY}
    mine = absences.add(world.watchbill.shell, {"person_id": BEN, **span}, by=person(BEN))
    with world.watchbill.db.transaction() as tx:
        tx.execute("update absences set source = %s where id = %s", [source, mine])
    page = client.sign_in(BEN)("GET", "/away").text

    assert (f"/away/{mine}/remove" in page) == has_button


def test_wishes_are_kept_and_shown_and_others_stay_as_they_were(world, client, ids):
    client.sign_in(BEN)
    names = re.findall(r'<select id="(week-[^"]+)"', client("GET", "/away").text)
    with world.watchbill.db.transaction() as tx:
        start = FRIDAY + WEEK
        tx.execute("insert into wishes values (%s, %s, -2)", [BEN, start])
    sent = dict.fromkeys(names, "0") | {names[0]: "-1", names[1]: "3", names[2]: "x"}
    assert client("POST", "/away/wishes", sent).status == 303

    assert world.rows("select starts_at, weight from wishes order by 1") == [
        (start, -2),
        (start + WEEK, 3),
    ], "what was not changed on the screen is not rounded to its words"
    page = client("GET", "/away").text
    assert re.search(rf'id="{names[1]}".*?value="3" selected', page, re.DOTALL)


def test_wishes_are_of_the_on_call_team_only(client, ids):
    assert "Keep wishes" not in client.sign_in(ANN)("GET", "/away").text
