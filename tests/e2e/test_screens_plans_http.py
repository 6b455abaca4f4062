"""The screens of plans as programs see them: made, looked at, published, refused (SH1-SH3, NO2).

The on-call team is Vera, Ann, Ben and Cas; Mona is an admin, Max a manager and no part of it.
"""

from __future__ import annotations

import html
import json
import re
import threading
from datetime import timedelta

import pytest

from tests.builders import ANN, BEN, CAS, MAX, MONA, VERA
from tests.e2e import crews
from tests.e2e.browser import calm
from tests.e2e.test_screens_http import Client
from tests.e2e.world import World
from watchbill.actions import tokens
from watchbill.actions.audit import SYSTEM
from watchbill.cli import main
from watchbill.clock import real_now

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def crew(world: World) -> World:
    crews.seat(world)
    return world


@pytest.fixture
def vera(crew: World) -> Client:
    """Vera's browser; nothing is published beyond this week."""
    calm(crew)
    crews.unpublish(crew)
    return Client(crew).sign_in(VERA)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def made(client: Client, **form: object) -> str:
    answer = client("POST", "/plans", {"weeks": "4", **form})
    assert answer.status == 303, text_of(answer)
    return answer.headers["Location"]


def standing(world: World) -> list[tuple[object, ...]]:
    return world.rows("select lower(during), person_id from shifts where not shadow order by 1")


def test_a_draft_is_looked_at_then_published_and_the_shifts_are_there(crew, vera):
    before = standing(crew)
    path = made(vera, weeks="4", seed="5")
    page = text_of(vera("GET", path))
    assert "4 weeks, somebody stands each; proven to be the best. Each of 4 stands 1 week." in page
    assert "Publish these shifts" in page
    assert "No plan can do better" in page
    assert "Seed 5." in page
    assert standing(crew) == before, "a draft changes nothing"
    assert "draft" in text_of(vera("GET", "/plans"))

    published = vera("POST", f"{path}/publish", {})

    assert (published.status, published.headers["Location"]) == (303, "/rota")
    after = standing(crew)
    assert len(after) == len(before) + 4
    assert [at for at, _ in after[-4:]] == [week.start for week in crews.weeks(crew, 4)]
    assert {who for _, who in after[-4:]} == {ANN, BEN, CAS, VERA}, "who joins need not catch up"
    page = text_of(vera("GET", path))
    assert "What it changed 4" in page
    assert "Publish these shifts" not in page
    refused = vera("POST", f"{path}/publish", {})
    assert refused.status == 409
    assert "This plan is published already, or was dropped." in text_of(refused)


def test_what_changed_meanwhile_is_said_and_refused(crew, vera):
    path = made(vera)
    assert "can no longer be published" not in text_of(vera("GET", path))
    ids = crews.away(crew, BEN, week=2)
    before = standing(crew)

    page = vera("GET", path)
    refused = vera("POST", f"{path}/publish", {})
    again = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page.text))

    assert "so it can no longer be published" in text_of(page)
    assert "Publish these shifts" not in text_of(page)
    assert refused.status == 409
    assert "make it again" in text_of(refused)
    assert standing(crew) == before
    assert again.keys() == {"weeks", "seed", "starts_at"}
    assert "Publish these shifts" in text_of(vera("GET", made(vera, **again)))
    crews.is_back(crew, ids)


def test_a_week_with_everybody_away_is_explained_not_failed(crew, vera):
    ids = crews.away(crew, *crews.TEAM, week=3)
    day = crews.weeks(crew, 4)[3].start
    page = text_of(vera("GET", made(vera, weeks="5")))
    assert "5 weeks, 1 without anybody;" in page
    assert f"Week of {day.day} {day:%b %Y}: all 4 are away." in page
    assert page.index("all 4 are away") < page.index("What would change")
    crews.is_back(crew, ids)


def test_who_is_no_part_of_it_may_look_and_no_more(crew, vera):
    path = made(vera)
    before = standing(crew)
    outside = Client(crew).sign_in(MAX)

    assert "Plan the next weeks" not in text_of(outside("GET", "/plans"))
    page = text_of(outside("GET", path))
    assert "The on-call team publishes its own shifts" in page
    assert "Publish these shifts" not in page
    for action in ("/plans", "/plans/replan", f"{path}/publish", f"{path}/drop"):
        assert outside("POST", action, {}).status == 403
    assert standing(crew) == before
    assert "Publish these shifts" in text_of(Client(crew).sign_in(MONA)("GET", path))


def test_a_draft_is_dropped(crew, vera):
    path = made(vera)
    assert vera("POST", f"{path}/drop", {}).headers["Location"] == "/plans"
    assert "dropped" in text_of(vera("GET", path))
    assert "Drop this plan" not in text_of(vera("GET", path))


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"weeks": "many"}, "Give a whole number."),
        ({"weeks": "0"}, "weeks: "),
        ({"weeks": "105"}, "weeks: "),
        ({"weeks": "2", "starts_at": "soon"}, "This is no instant"),
        ({"weeks": "2", "seed": "9" * 12}, "Give a whole number."),
    ],
)
def test_what_cannot_be_planned_is_said_beside_the_form(vera, form, said):
    answer = vera("POST", "/plans", form)
    assert answer.status == 422
    assert said in answer.text[answer.text.index('role="alert"') :]
    assert "Plan the next weeks" in answer.text


def test_others_are_answered_while_a_plan_is_made(crew, vera):
    """Only a second plan is told to wait: it would be made from the same facts."""
    other = Client(crew).sign_in(ANN)
    done = threading.Event()
    ended: list[int] = []

    def make() -> None:
        ended.append(vera("POST", "/plans", {"weeks": "12"}).status)
        done.set()

    thread = threading.Thread(target=make)
    thread.start()
    answered, refused = 0, []
    while not done.is_set():
        began = real_now()
        status = other("GET", "/plans").status
        took = real_now() - began
        if done.is_set():
            break
        assert (status, took < timedelta(seconds=2)) == (200, True)
        answered += 1
        if crew.watchbill.shell.planning.locked() and not refused:
            refused.append(other("POST", "/plans", {"weeks": "2"}))
    thread.join(60)

    assert ended == [303]
    assert answered >= 3
    assert [answer.status for answer in refused] == [409]
    assert "A plan is being made at this moment" in text_of(refused[0])


def test_whoever_stands_other_weeks_has_one_mail_and_nobody_is_called(crew, vera):
    crew.settle()
    crew.phones.got.clear()
    path = made(vera, weeks="6")
    vera("POST", f"{path}/publish", {})
    crew.settle()

    (plan_id,) = re.findall(r"pln_\w+", path)
    query = "select distinct person_id from shifts where plan_id = %s"
    concerned = {who for (who,) in crew.rows(query, plan_id)}
    got = {address: messages for address, messages in crew.phones.got.items() if messages}
    assert {address.removesuffix("0@example.org") for address in got} == concerned
    assert {len(messages) for messages in got.values()} == {1}
    assert all("Your shifts have changed" in got[address][0].subject for address in got)
    crew.phones.got.clear()


def test_the_command_line_plans_on_a_server(crew, vera, monkeypatch, capsys):
    shell = crew.watchbill.shell
    _, token = tokens.make(
        shell, VERA, name="cli", scopes=("read", "write"), expires_at=None, by=SYSTEM
    )
    monkeypatch.setenv("WATCHBILL_TOKEN", token)

    def shifts(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.run(["shifts", *arguments, "--server", crew.base_url])
        return ended.value.code, capsys.readouterr()

    day = crews.weeks(crew, 3)[2].start
    code, said = shifts("plan", "--weeks", "2", "--from", f"{day:%Y-%m-%d}", "--json")
    assert code == 0, said.err
    view = json.loads(said.out)
    assert view["weeks"][0]["starts_at"][:10] == f"{day:%Y-%m-%d}"
    plan_id = view["plan"]["id"]
    assert shifts("show", plan_id)[0] == 0
    assert plan_id in shifts("list")[1].out
    assert shifts("publish", plan_id)[1].out == "Published: 2 weeks change hands.\n"
    code, said = shifts("drop", plan_id)
    assert code == 1
    assert "published already" in said.err
    code, said = shifts("plan", "--weeks", "1", "--json")
    assert shifts("drop", json.loads(said.out)["plan"]["id"])[0] == 0
