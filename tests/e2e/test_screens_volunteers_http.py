"""The on-call team's screens as programs see them: whose act each thing is, and what is shown.

Mona is the admin of these tests, and a manager; Vera is of the on-call team; Ann and Ben are not.
"""

from __future__ import annotations

import html
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.builders import ANN, BEN, MONA, VERA
from tests.e2e.browser import ADMIN, calm
from tests.e2e.test_screens_http import Client
from watchbill.actions import applications, bars, leaving, on_call_team, terms
from watchbill.actions.audit import SYSTEM, person

TEAM = "/on-call-team"


@pytest.fixture
def client(world):
    """Everybody but Vera is out of the team again, and nobody waits."""
    calm(world)
    shell = world.watchbill.shell
    for term_id, who in world.rows(
        "select id, person_id from terms where upper(during) > %s and person_id <> %s",
        world.clock.now(),
        VERA,
    ):
        if world.rows("select 1 from terms where id = %s", term_id):
            leaving.step_down(shell, term_id, by=person(who))
    for application, who in world.rows(
        "select id, person_id from applications where state = 'waiting'"
    ):
        applications.withdraw(shell, application, by=person(who))
    on_call_team.change(shell, {"seats": 7}, by=SYSTEM)
    world.settle()
    world.phones.got.clear()
    return Client(world)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def terms_of(world, who):
    query = "select id from terms where person_id = %s and upper(during) > %s"
    return [row[0] for row in world.rows(query, who, world.clock.now())]


def waiting_of(world, who):
    ((found,),) = world.rows(
        "select id from applications where person_id = %s and state = 'waiting'", who
    )
    return found


def join(world, who):
    now = world.clock.now()
    values = {"person_id": who, "starts_at": now, "ends_at": now + timedelta(days=100)}
    return terms.agree(world.watchbill.shell, values, by=person(who))


def as_(world, who):
    return Client(world).sign_in(who)


# -- joining -----------------------------------------------------------------------------------


def test_vo1_offering_oneself_and_being_seated(world, client):
    ann = client.sign_in(ANN)
    assert "Offer yourself for a term" in ann("GET", TEAM).text
    assert ann("POST", f"{TEAM}/applications", {}).status == 303
    assert terms_of(world, ANN) == [], "nobody seats themselves by applying"
    assert "Give the seat" not in ann("GET", TEAM).text
    waiting = waiting_of(world, ANN)
    assert ann("POST", f"{TEAM}/applications/{waiting}/seat", {}).status == 403

    vera = as_(world, VERA)
    assert "one person waits" in text_of(vera("GET", TEAM))
    assert "Give the seat" in vera("GET", TEAM).text
    assert vera("POST", f"{TEAM}/applications/{waiting}/seat", {}).status == 303

    assert len(terms_of(world, ANN)) == 1
    page = text_of(ann("GET", TEAM))
    assert "Your term" in page
    assert "2 of 7 seats are taken; nobody waits." in page


def test_no2_an_admin_can_put_nobody_else_on_call(world, client):
    """Neither by the form, nor by a crafted one, nor by another's application."""
    admin = client.sign_in(ADMIN)
    page = admin("GET", TEAM).text
    assert 'name="person_id"' not in page

    answer = admin("POST", f"{TEAM}/applications", {"person_id": BEN, "applied_by": BEN})

    assert answer.status == 403
    assert "nobody, not even an admin, puts somebody else on call" in text_of(answer)
    assert admin("POST", f"{TEAM}/applications", {}).status == 403, "Mona is a manager (ES1)"
    ben = as_(world, BEN)
    ben("POST", f"{TEAM}/applications", {})
    assert admin("POST", f"{TEAM}/applications/{waiting_of(world, BEN)}/withdraw", {}).status == 403
    assert world.rows("select count(*) from applications where applied_by <> person_id") == [(0,)]


def test_vo3_when_every_seat_is_taken_one_waits(world, client):
    on_call_team.change(world.watchbill.shell, {"seats": 1}, by=SYSTEM)
    ann = client.sign_in(ANN)
    ann("POST", f"{TEAM}/applications", {"starts_on": "", "ends_on": ""})
    vera = as_(world, VERA)
    page = vera("GET", TEAM).text
    assert "Give the seat" not in page
    assert "Every seat is taken; who waits is next" in page

    answer = vera("POST", f"{TEAM}/applications/{waiting_of(world, ANN)}/seat", {})

    assert answer.status == 409
    assert "Every seat of the on-call team is taken" in text_of(answer)
    assert ann("POST", f"{TEAM}/applications/{waiting_of(world, ANN)}/withdraw", {}).status == 303
    assert "Offer yourself for a term" in ann("GET", TEAM).text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"starts_on": "soon"}, "Give a day, such as"),
        ({"ends_on": "0001-01-01"}, "To: must lie between 1990 and 2200"),
        ({"ends_on": "9999-12-31"}, "To: must lie between 1990 and 2200"),
        ({"ends_on": "2026-03-01"}, "To: must be 7 to 400 days after the term begins"),
    ],
)
def test_bad_dates_are_said_beside_the_form(world, client, form, said):
    answer = client.sign_in(BEN)("POST", f"{TEAM}/applications", form)

    assert answer.status == 422
    assert said in text_of(answer)


def test_one_row_a_person_even_with_a_term_to_come(world, client):
    term = join(world, ANN)
    ann = client.sign_in(ANN)
    assert ann("POST", f"{TEAM}/terms/{term}/renew", {}).status == 303

    page = ann("GET", TEAM).text

    assert len(re.findall(r'<th scope="row">Ann', page)) == 1
    assert "and the next one" in page
    assert "Renew for another term" not in page
    again = ann("POST", f"{TEAM}/terms/{term}/renew", {})
    assert again.status == 409
    assert "agreed to the term after this one already" in text_of(again)


def test_vo3_who_finds_no_seat_to_renew_is_offered_the_waiting_list(world, client):
    term = join(world, ANN)
    on_call_team.change(world.watchbill.shell, {"seats": 1}, by=SYSTEM)
    ann = client.sign_in(ANN)
    page = ann("GET", TEAM).text
    assert "Wait for a seat after this term" in page
    assert "Renew for another term" not in page

    answer = ann("POST", f"{TEAM}/terms/{term}/renew", {})
    assert answer.status == 409
    assert "apply, and you wait for one in your order" in text_of(answer)

    assert ann("POST", f"{TEAM}/applications", {}).status == 303
    assert "You wait in the list for a seat after it." in text_of(ann("GET", TEAM))


# -- leaving -----------------------------------------------------------------------------------


def test_vo4_stepping_down_says_first_what_it_does_and_tells_nobody_why(world, client):
    term = join(world, ANN)
    ann = client.sign_in(ANN)
    first = text_of(ann("GET", f"{TEAM}/leave"))
    assert "Nobody is told why" in first
    assert "Your term ends now instead of on" in first
    for other in (BEN, ADMIN):
        assert as_(world, other)("POST", f"{TEAM}/terms/{term}/step-down", {}).status == 403
    assert terms_of(world, ANN) == [term]
    world.clock.move(timedelta(hours=1))

    assert ann("POST", f"{TEAM}/terms/{term}/step-down", {}).status == 303

    assert terms_of(world, ANN) == []
    seen = text_of(as_(world, VERA)("GET", TEAM))
    assert "Ann" not in seen
    assert "1 of 7 seats are taken" in seen
    assert ann("POST", f"{TEAM}/terms/{term}/step-down", {}).status == 409, "a second press"


def test_vo4_a_pause_reads_away_to_everybody_else(world, client):
    term = join(world, ANN)
    ann = client.sign_in(ANN)
    until = f"{world.clock.now() + timedelta(days=5):%Y-%m-%d}"
    assert ann("POST", f"{TEAM}/terms/{term}/pause", {"until_on": ""}).status == 422
    assert ann("POST", f"{TEAM}/terms/{term}/pause", {"until_on": "2031-01-01"}).status == 422
    assert (
        as_(world, ADMIN)("POST", f"{TEAM}/terms/{term}/pause", {"until_on": until}).status == 403
    )

    assert ann("POST", f"{TEAM}/terms/{term}/pause", {"until_on": until}).status == 303

    assert "I am back" in ann("GET", TEAM).text
    seen = text_of(as_(world, VERA)("GET", TEAM))
    assert re.search(r"Ann away", seen)
    assert "pause" not in seen.split("Volunteers", 1)[1].lower()
    assert ann("POST", f"{TEAM}/terms/{term}/come-back", {}).status == 303
    assert "Ann away" not in text_of(ann("GET", TEAM))


def test_who_is_in_no_term_has_nothing_to_leave(client):
    assert client.sign_in(BEN)("GET", f"{TEAM}/leave").status == 404


# -- readiness ---------------------------------------------------------------------------------


def link_of(message) -> str:
    (answer,) = message.answers
    assert answer.url in message.text
    return urlsplit(answer.url).path


def test_vo6_ready_is_who_ticked_everything_and_answered_every_test_page(world, client):
    bars.confirm_access(world.watchbill.shell, VERA, ["Grafana"], by=person(VERA))
    vera = client.sign_in(VERA)
    page = text_of(vera("GET", "/readiness"))
    assert "Left to do: 5 things to make sure of and 1 test page to answer." in page
    assert "You have confirmed 1 of 1 systems that runbooks name." in page
    items = ["internet", "laptop", "power", "second_factor", "credentials"]
    assert vera("POST", "/readiness", {"item": items}).status == 303
    assert "Left to do: 1 test page to answer." in text_of(vera("GET", TEAM))
    assert vera("POST", "/readiness/test-pages", {}).status == 303
    world.settle()
    heard = world.phone(VERA).rings("test")

    stranger, path = Client(world), link_of(heard)
    looked = stranger("GET", path)
    assert "I got it" in looked.text, "without a sign-in"
    assert "You are ready" not in vera("GET", "/readiness").text, "looking changes nothing"
    assert stranger("POST", path, {}, Sec_Fetch_Site="cross-site").status == 403
    assert stranger("POST", path, {}).status == 303

    assert "Pages reach you this way." in stranger("GET", path).text
    assert "You are ready for a first shift." in vera("GET", "/readiness").text
    ann = text_of(as_(world, ANN)("GET", TEAM))
    assert re.search(r"Vera .* ready", ann)
    assert "Left to do" not in ann, "of others one reads only whether"


def test_vo6_only_the_newest_link_counts_and_only_for_a_week(world, client):
    vera = client.sign_in(VERA)
    links = []
    for _ in range(2):
        world.clock.move(timedelta(hours=1))
        vera("POST", "/readiness/test-pages", {})
        world.settle()
        links.append(link_of(world.phone(VERA).rings("test")))
    before = world.rows("select tested_at from contact_methods where person_id = %s", VERA)
    stranger = Client(world)
    for path in (links[0], f"{links[1]}x", "/t/none"):
        stranger("POST", path, {})
    assert world.rows("select tested_at from contact_methods where person_id = %s", VERA) == before
    assert "This link has ended" in stranger("GET", links[0]).text
    assert stranger("GET", f"{links[1]}x").status == 404
    world.clock.move(timedelta(days=8))
    stranger("POST", links[1], {})
    assert world.rows("select tested_at from contact_methods where person_id = %s", VERA) == before
    assert "This link has ended" in stranger("GET", links[1]).text


# -- settings and the report -------------------------------------------------------------------


def test_vo8_the_report_stands_on_the_screen_and_is_empty(client):
    ben = client.sign_in(BEN)
    assert "People on call who did not choose to be: 0" in text_of(ben("GET", TEAM))
    assert "Only volunteers" in ben("GET", f"{TEAM}/involuntary").text


def test_the_team_or_an_admin_changes_how_it_is_set_up(world, client):
    settings = f"{TEAM}/settings"
    form = {
        "name": "Night watch", "zone": "Europe/Dublin", "boundary_time": "17:30",
        "boundary_weekday": "3", "seats": "8", "least": "6", "term_days": "182",
        "gap_weeks": "1", "decay_percent": "40",
    }  # fmt: skip
    ben = client.sign_in(BEN)
    assert '<button class="go">Change' not in ben("GET", settings).text
    assert ben("POST", settings, form).status == 403
    vera = as_(world, VERA)
    assert vera("POST", settings, form | {"seats": "many"}).status == 422
    assert vera("POST", settings, form).status == 303
    more = {"limit_most": ["2", ""], "limit_weeks": ["4", ""], "limit_source": ["BW 2", ""]}
    assert vera("POST", settings, form | more).status == 303
    assert 'value="BW 2"' in vera("GET", settings).text
    half = {"limit_most": ["2"], "limit_weeks": [""], "limit_source": [""]}
    assert vera("POST", settings, form | half).status == 422
    assert world.rows("select jsonb_array_length(limits) from on_call_team") == [(1,)]
    watch = {
        "watch_office": ["mars", ""],
        "watch_starts": ["09:00", ""],
        "watch_ends": ["21:00", ""],
    }
    assert vera("POST", settings, form | watch).status == 422
    assert vera("POST", settings, form).status == 303
    assert world.rows("select limits, watches from on_call_team") == [([], [])]
    found = world.rows("select name, seats, boundary_weekday, shadows from on_call_team")
    assert found == [("Night watch", 8, 3, False)]
    assert as_(world, ADMIN)("POST", settings, form | {"name": "On-call team"}).status == 303


def test_vo3_concerns_are_said_in_sentences_with_what_to_do(world, client):
    on_call_team.change(world.watchbill.shell, {"shadows": True}, by=SYSTEM)
    page = text_of(client.sign_in(BEN)("GET", TEAM))
    assert "1 volunteers are fewer" not in page
    assert "1 volunteer is fewer than the 6 that the rotation needs: call for more." in page
    assert "Shadows need at least 8 people" in page
    assert "things need a word" in page
    on_call_team.change(world.watchbill.shell, {"shadows": False}, by=SYSTEM)


def test_es1_a_manager_is_told_where_managers_stand(client):
    assert 'href="/managers"' in client.sign_in(MONA)("GET", TEAM).text
