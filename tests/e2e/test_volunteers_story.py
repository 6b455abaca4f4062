"""The on-call team's whole story, through the screens in a real browser and through the API.

Somebody volunteers, is seated, becomes ready, is planned, falls ill, is covered, swaps and steps
down; an admin conscripts nobody; a Christmas with everyone away is explained.
Ids: NO1, NO2, VO1-VO8, SH1-SH5, ES1.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import builders
from tests.builders import BEN, CAS, MONA, VERA
from tests.e2e import browser as browsers
from tests.e2e.world import World
from watchbill.actions import audit, passwords, tokens
from watchbill.core.people import PersonId

pytestmark = pytest.mark.timeout(240)

DUBLIN = ZoneInfo("Europe/Dublin")
ILL = "I cannot answer now: ask for cover"


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    """A company in which nobody has volunteered yet, on a Wednesday morning."""
    company = builders.company(volunteer=None)
    with World(database_url, company, at=builders.dublin("Wed 10:00")) as made:
        stored = passwords.hashed(browsers.PASSWORD)
        with made.watchbill.db.transaction() as tx:
            tx.execute("update people set password_hash = %s", [stored])
            tx.execute("update people set is_admin = true where id = %s", [MONA])
            tx.execute("update organization set base_url = %s", [made.base_url])
        made.watchbill.bells.start()
        yield made
        made.phones.got.clear()  # every mail that counts is read in the story


@pytest.fixture
def pages(browser: Browser, world: World) -> Iterator[dict[PersonId, Page]]:
    """Each person at a browser of their own, signed in."""
    with ExitStack() as stack:
        made = {}
        for who in (BEN, VERA, MONA):
            context = stack.enter_context(browser.new_context())
            made[who] = browsers.sign_in(context, world, who, "/on-call-team")
        yield made


def visit(world: World, page: Page, path: str, who: PersonId) -> None:
    """Open a screen, signing in again if the session has ended since."""
    page.goto(world.base_url + path)
    if page.get_by_label("Password").count():
        page.get_by_label("E-mail").fill(f"{who}@example.org")
        page.get_by_label("Password").fill(browsers.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(world.base_url + path)


def press(page: Page, path: str, button: str) -> None:
    """Open a screen and press the button of that name, or the first of several."""
    page.goto(re.sub(r"(?<=\d)/.*", path, page.url))
    page.get_by_role("button", name=button).first.click()
    page.wait_for_load_state()


def subjects(world: World, who: PersonId) -> list[str]:
    """Return the subjects of what came to a phone since it was last looked at."""
    world.settle()
    phone = world.phone(who)
    found = [message.subject for message in phone._unread()]
    phone._forget()
    return found


def link(world: World, who: PersonId, pattern: str) -> str:
    """Return the one such link in what came to a phone."""
    world.settle()
    texts = [message.text for message in world.phone(who)._unread()]
    world.phone(who)._forget()
    (found,) = [match[0] for text in texts if (match := re.search(pattern, text))]
    return found


def standing(world: World) -> PersonId | None:
    with world.watchbill.db.transaction() as tx:
        return world.watchbill.shell.company(tx).volunteer(world.clock.now())


def call(
    world: World, who: PersonId, method: str, path: str, body: object = None
) -> tuple[int, Any]:
    """Ask the API as a person, with a token of theirs."""
    scopes = ["read", "write"] + (["admin"] if who == MONA else [])
    _, token = tokens.make(
        world.watchbill.shell, who, name="story", scopes=scopes, expires_at=None, by=audit.SYSTEM
    )
    request = urllib.request.Request(
        f"{world.base_url}/api/v1{path}",
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=90) as reply:
            content = reply.read()
            return reply.status, json.loads(content) if content else None
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def set_up(world: World) -> None:
    """The admin sets the team up: three seats, and weeks in a row allowed for so few people."""
    rules = {"zone": "Europe/Dublin", "seats": 3, "least": 2, "gap_weeks": 0}
    assert call(world, MONA, "PATCH", "/on-call-team", rules)[0] == 200


def test_a_volunteers_whole_story_on_the_screens(world: World, pages: dict[PersonId, Page]) -> None:
    ben, vera, mona = pages[BEN], pages[VERA], pages[MONA]
    set_up(world)

    # They offer themselves (VO1); the admin seats the first of an empty team.
    for page in (vera, ben):
        press(page, "/on-call-team", "Offer yourself for a term")
        expect(page.get_by_text("You have offered yourself")).to_be_visible()
    press(mona, "/on-call-team", "Give the seat")
    press(mona, "/on-call-team", "Give the seat")
    ben.goto(world.base_url + "/on-call-team")
    expect(ben.get_by_role("heading", name="Your term")).to_be_visible()
    subjects(world, BEN), subjects(world, VERA), subjects(world, MONA)

    # He becomes ready: the list, and a test page answered from the message itself (VO6).
    ben.goto(world.base_url + "/readiness")
    for box in ben.get_by_role("checkbox").all():
        box.check()
    ben.get_by_role("button", name="Keep").click()
    press(ben, "/readiness", "Send test pages")
    test_page = link(world, BEN, r"http\S+/t/\S+")
    asleep = ben.context.browser.new_context().new_page()  # type: ignore[union-attr]
    asleep.goto(test_page)
    asleep.get_by_role("button", name="I got it").click()
    expect(asleep.get_by_text("Pages reach you this way.")).to_be_visible()
    asleep.context.close()
    ben.goto(world.base_url + "/readiness")
    expect(ben.get_by_text("You are ready for a first shift.")).to_be_visible()

    # Six weeks are planned, looked at and published (SH1-SH3).
    vera.goto(world.base_url + "/plans")
    vera.get_by_label("Weeks, from the next boundary").fill("6")
    vera.get_by_role("button", name="Plan the next weeks").click()
    vera.wait_for_url("**/plans/pln_*", timeout=60_000)
    expect(vera.get_by_text("6 weeks, somebody stands each")).to_be_visible()
    vera.get_by_role("button", name="Publish these shifts").click()
    vera.wait_for_url("**/rota")
    expect(vera.get_by_text("is next", exact=False)).to_be_visible()
    counts = world.rows("select person_id, count(*) from shifts group by 1 order by 1")
    assert counts == [(BEN, 3), (VERA, 3)], "fair"

    # In his shift he falls ill; she covers it, and is the one who answers from then on (SH5).
    start = world.rows("select min(lower(during)) from shifts where person_id = %s", BEN)[0][0]
    world.at(start + timedelta(hours=30))
    assert standing(world) == BEN
    subjects(world, VERA)
    visit(world, ben, "/rota/mine", BEN)
    ben.get_by_role("link", name=ILL).click()
    ben.get_by_role("button", name="Ask for cover now").click()
    ben.wait_for_url("**/swaps/swp_*")
    assert standing(world) == BEN, "until somebody takes it, he has it"
    asked = [s for s in subjects(world, VERA) if "cover" in s]
    assert len(asked) == 1, "she is asked by mail, never by a page"
    visit(world, vera, ben.url.removeprefix(world.base_url), VERA)
    vera.get_by_role("button", name="I take it").click()
    expect(vera.get_by_text("It is yours now. Thank you.")).to_be_visible()
    assert standing(world) == VERA
    world.fires()
    assert any("card-errors" in s for s in subjects(world, VERA))
    assert not any("card-errors" in s for s in subjects(world, BEN)), "NO1: he is left alone"
    browsers.calm(world)
    world.at(world.clock.now() + timedelta(hours=2))
    assert standing(world) == BEN, "it was for two hours"

    # A whole shift changes hands because both want it.
    ben.goto(world.base_url + "/rota/mine")
    ben.get_by_role("link", name=re.compile("Ask somebody to take it")).last.click()
    ben.get_by_label(re.compile("Everyone of the on-call team")).check()
    ben.get_by_role("button", name="Ask", exact=True).click()
    ben.wait_for_url("**/swaps/swp_*")
    vera.goto(ben.url)
    vera.get_by_role("button", name="I take it").click()
    expect(vera.get_by_text("It is yours now. Thank you.")).to_be_visible()

    # He steps down; what opens is planned anew, and nobody reads why (VO4).
    ahead = "select count(*) from shifts where person_id = %s and lower(during) > %s"
    assert world.rows(ahead, BEN, world.clock.now())[0][0] == 1
    ben.goto(world.base_url + "/on-call-team/leave")
    ben.get_by_role("button", name="Step down").click()
    expect(ben.get_by_text("You have stepped down", exact=False)).to_be_visible(timeout=60_000)
    assert world.rows(ahead, BEN, world.clock.now())[0][0] == 0
    (draft,) = world.rows(
        "select id from plans where state = 'draft' order by made_at desc limit 1"
    )
    vera.goto(f"{world.base_url}/plans/{draft[0]}")
    expect(vera.get_by_text(re.compile("step|left|Ben.*ill"))).to_have_count(0)
    vera.get_by_role("button", name="Publish these shifts").click()
    vera.wait_for_url("**/rota")
    vera.goto(world.base_url + "/swaps")
    if vera.get_by_role("heading", name="Nobody stands then").count():
        vera.get_by_role("button", name="I take it").first.click()
        vera.wait_for_url("**/rota/mine")
    assert standing(world) == VERA
    vera.goto(world.base_url + "/on-call-team/involuntary")
    expect(
        vera.get_by_role("heading", name="People on call who did not choose to be: 0")
    ).to_be_visible()


def test_a_christmas_with_everyone_away_is_explained_not_failed(
    world: World, pages: dict[PersonId, Page]
) -> None:
    set_up(world)
    for who in (VERA, BEN):
        press(pages[who], "/on-call-team", "Offer yourself for a term")
        press(pages[MONA], "/on-call-team", "Give the seat")
        pages[who].goto(world.base_url + "/away")
        pages[who].get_by_label("First day").fill("2026-04-03")
        pages[who].get_by_label("Last day").fill("2026-04-06")
        pages[who].get_by_role("button", name="Note it").click()
    page = pages[VERA]
    page.goto(world.base_url + "/plans")
    page.get_by_label("Weeks, from the next boundary").fill("6")
    page.get_by_role("button", name="Plan the next weeks").click()
    page.wait_for_url("**/plans/pln_*", timeout=60_000)
    reasons = page.locator("section[aria-labelledby=open-weeks] li").all_inner_texts()
    assert reasons, page.inner_text("main")
    assert all("are away" in reason for reason in reasons)
    page.get_by_role("button", name="Publish these shifts").click()
    page.wait_for_url("**/rota")
    expect(page.get_by_text("the duty manager has it", exact=False).first).to_be_visible()


def test_no2_an_admin_conscripts_nobody_by_screen_api_or_database(
    world: World, pages: dict[PersonId, Page]
) -> None:
    mona = pages[MONA]
    mona.goto(world.base_url + "/on-call-team")
    expect(mona.get_by_role("button", name=re.compile("Offer|Add"))).to_have_count(0)
    crafted = mona.context.request.post(
        world.base_url + "/on-call-team/applications",
        form={"person_id": CAS},
        headers={"Origin": world.base_url},
    )
    assert crafted.status == 403
    assert "nobody, not even an admin, puts somebody else on call" in crafted.text()
    start = world.clock.now()
    term = {
        "person_id": CAS,
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(weeks=26)).isoformat(),
    }
    assert call(world, MONA, "POST", "/terms", term)[0] == 403
    shift = {**term, "ends_at": (start + timedelta(weeks=1)).isoformat()}
    status, why = call(world, MONA, "POST", "/shifts", shift)
    assert (status, why["code"]) == (409, "no-term")
    days = "'2026-03-01Z', '2026-03-01Z', '2026-09-01Z'"
    during = "tstzrange('2026-03-01Z', '2026-09-01Z')"
    for statement in (
        f"insert into terms values ('t1', 'cas', {during}, 'mona', '2026-03-01Z')",
        f"insert into applications values ('a1', 'cas', 'mona', {days}, 'waiting')",
        f"insert into shifts values ('s1', 't1', 'cas', {during}, {during})",
    ):
        with pytest.raises(psycopg.errors.IntegrityError), world.watchbill.db.transaction() as tx:
            tx.execute(statement)  # type: ignore[call-overload]
    assert call(world, MONA, "GET", "/reports/involuntary") == (200, {"items": []})
    assert world.rows("select 1 from terms where person_id = %s", CAS) == []


def test_a_volunteers_whole_story_over_the_api(world: World) -> None:
    set_up(world)
    terms = {}
    for who in (VERA, BEN):
        status, offered = call(world, who, "POST", "/applications", {})
        assert status == 201
        terms[who] = call(world, MONA, "POST", f"/applications/{offered['id']}/seat")[1]["term_id"]
    items = ["internet", "laptop", "power", "second_factor", "credentials"]
    call(world, BEN, "PUT", f"/people/{BEN}/readiness", {"items": items})
    assert call(world, BEN, "POST", f"/people/{BEN}/test-pages")[1] == {"sent": 1}
    test_page = link(world, BEN, r"/t/\S+")
    assert world.post(test_page, b"")[0] == 200
    assert call(world, VERA, "GET", f"/people/{BEN}/readiness")[1]["is_ready"]

    status, plan = call(world, VERA, "POST", "/roster-plans", {"weeks": 6})
    assert (status, plan["plan"]["is_proven"], plan["plan"]["open_weeks"]) == (201, True, 0)
    assert (
        call(world, VERA, "POST", f"/roster-plans/{plan['plan']['id']}/publish")[1]["changed"] == 6
    )
    assert call(world, VERA, "POST", f"/roster-plans/{plan['plan']['id']}/publish")[0] == 409

    shift_id, start, ends = world.rows(
        "select id, lower(during), upper(during) from shifts where person_id = %s order by 2 limit 1",
        BEN,
    )[0]
    world.at(start + timedelta(hours=5))
    body = {"shift_id": shift_id, "urgent": True,
            "ends_at": (world.clock.now() + timedelta(hours=2)).isoformat()}  # fmt: skip
    swap = call(world, BEN, "POST", "/swaps", body)[1]["id"]
    effects = call(world, VERA, "GET", f"/swaps/{swap}/effect")[1]["items"]
    assert {e["person_id"]: e["after"]["hours"] - e["before"]["hours"] for e in effects} == {
        BEN: -2, VERA: 2,
    }  # fmt: skip
    assert call(world, VERA, "POST", f"/swaps/{swap}/accept")[0] == 200
    assert call(world, BEN, "POST", f"/swaps/{swap}/accept")[0] in (403, 409)
    assert standing(world) == VERA
    covered, week_ends = world.clock.now() + timedelta(hours=2), ends
    seconds = "select sum(extract(epoch from upper(during) - lower(during)))::int from shifts"
    weeks = [7 * 24] * 6
    assert world.rows(seconds)[0][0] in {3600 * (sum(weeks) + n) for n in (-1, 0)}, "to the second"

    status, left = call(world, BEN, "POST", f"/terms/{terms[BEN]}/step-down")
    assert (status, bool(left["plan_id"])) == (200, True)
    assert call(world, VERA, "POST", f"/roster-plans/{left['plan_id']}/publish")[0] == 200
    now = world.clock.now()
    assert world.rows(
        "select count(*) from shifts where person_id = %s and lower(during) > %s", BEN, now
    ) == [(0,)]

    rest = {"person_id": VERA, "ends_at": week_ends.isoformat()}
    call(world, VERA, "POST", "/shifts", {**rest, "starts_at": covered.isoformat()})
    assert call(world, MONA, "GET", "/reports/uncovered?days=7")[1]["items"] == []
    made = call(world, VERA, "POST", "/feeds", {"kind": "person"})[1]["url"]
    with urllib.request.urlopen(made, timeout=10) as reply:
        found = icalendar.Calendar.from_ical(reply.read())
    over_dst = datetime(2026, 3, 29, 1, tzinfo=UTC)
    (event,) = [
        e for e in found.walk("VEVENT")
        if e["STATUS"] == "CONFIRMED" and e["DTSTART"].dt <= over_dst < e["DTEND"].dt
    ]  # fmt: skip
    assert event["DTEND"].dt.astimezone(DUBLIN).hour == 18, "the clocks went forward in it"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{world.base_url}/calendar/guess.ics", timeout=10)
