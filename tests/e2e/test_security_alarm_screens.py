"""What somebody writes into an alarm is text on every screen, whatever it says."""

from __future__ import annotations

import re

import pytest

from tests import good_alarms
from tests.builders import ANN, MONA, VERA
from tests.e2e import alarm_world
from tests.e2e.browser import calm
from tests.e2e.test_screens_http import Client
from watchbill.actions import alarms, bars, handovers, runbooks
from watchbill.core.definitions import FIELDS

KEY = "k<img/src=x/onerror=alert(1)>\"'><script>alert(2)</script>"
MARK = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"
#: What the mark looks like when it was not escaped.
LIVE = re.compile(r"<img src=x|<script>alert|[\"']><script|href=[\"']?javascript:", re.IGNORECASE)
#: Fields that are a choice, a number, a day, a name that must exist, or no longer kept with markup.
_BOUND = {"key", "service", "team", "severity", "impact_kind", "review_by", "runbook_slug"} | {
    "runbook", "runbook_url", "waivers", "match", "escalation", "impact_within_minutes",
    "respond_within_minutes", "for_minutes", "expected_pages_per_month",
}  # fmt: skip


@pytest.fixture
def marked(world):
    """An alarm that has the mark wherever text may stand, in two versions, with a broken glass."""
    calm(world)
    shell, today = world.watchbill.shell, world.clock.now().date()
    values = good_alarms.values("marked", today=today)
    waiver = values["waivers"][0] | {"reason": MARK, "owner": f"a@b.example{MARK}"[:300]}
    more = {name: MARK for name in FIELDS if name not in _BOUND}
    more |= {
        "match": {"alarm": [KEY], f"l{MARK}": [MARK, "x"]},
        "waivers": [waiver],
        "escalation": MARK,
    }
    more |= {"key": KEY, "title": MARK}
    more |= {"runbook": values["runbook"].replace("Grafana", f"Gra`{MARK}`fana")}
    source = {"repository": f"github.com/{MARK}", "path": MARK, "revision": MARK}
    evidence = {"url": "javascript:alert(1)", "author": MARK, "approvers": [MARK]}
    more |= {"source": source, "evidence": evidence, "managed_by": "yaml"}
    by = alarm_world.actor(ANN)
    alarm_id = alarms.create(shell, values | more | {"state": "proposed"}, by=by)
    alarms.change(shell, alarm_id, {"description": MARK * 2, "source": source}, by=by)
    vera = alarm_world.actor(VERA)
    said = handovers.Said(state="declined", reason=MARK)
    handovers.set_state(shell, alarm_id, said, by=vera)
    handovers.break_glass(shell, alarm_id, reason=MARK, by=alarm_world.actor(MONA, is_admin=True))
    bars.confirm_access(shell, VERA, [MARK], by=vera)
    yield alarm_id
    bars.confirm_access(shell, VERA, [], by=vera)
    alarms.retire(shell, alarm_id, reason=MARK, by=by)


SCREENS = (
    "/", "/alarms", "/alarms/queue", "/alarms/unregistered", "/alarms/{id}", "/alarms/{id}/edit",
    "/alarms/{id}/review", "/alarms/{id}/runbook", "/alarms/{id}/versions?from=1&to=2",
    "/handovers", "/bar", "/me", "/teams",
)  # fmt: skip


def test_nothing_written_into_an_alarm_runs_on_a_screen(world, marked):
    world.fires(KEY, key=MARK)
    world.fires(MARK, key="unregistered")
    world.settle()
    seen = 0
    for person in (VERA, ANN, MONA):
        client = Client(world).sign_in(person)
        for path in SCREENS:
            answer = client("GET", path.replace("{id}", marked))
            assert answer.status == 200, path
            assert not LIVE.search(answer.text), (path, LIVE.search(answer.text))
            seen += answer.text.count("&lt;script&gt;alert(2)")
    assert seen > 50, "the mark stands on the screens"


def test_what_is_refused_is_shown_as_text_too(world, marked):
    client = Client(world).sign_in(ANN)
    form = dict.fromkeys(FIELDS, MARK) | {"do": "check", "etag": MARK, "waiver-0-rule": MARK}
    for path in ("/alarms", f"/alarms/{marked}/edit"):
        answer = client("POST", path, form)
        assert answer.status in (404, 409, 412, 422), answer.text
        assert not LIVE.search(answer.text), path
    vera = Client(world).sign_in(VERA)
    said = {"from": "review", "state": "declined", "reason": "x", "answer": MARK, "etag": MARK}
    assert not LIVE.search(vera("POST", f"/alarms/{marked}/state", said).text)
    assert not LIVE.search(vera("POST", "/bar", {"trial_days": MARK}).text)


def test_no5_ticks_for_a_version_that_changed_are_not_ticks_for_the_next(world):
    calm(world)
    vera, alarm_id = Client(world).sign_in(VERA), alarm_world.written(world, "moving-on")
    page = vera("GET", f"/alarms/{alarm_id}/review").text
    etag = re.search(r'name="etag" value="([^"]+)"', page)[1]
    more = {"required_action": "Delete the database; nobody needs it."}
    alarms.change(world.watchbill.shell, alarm_id, more, by=alarm_world.actor(ANN))
    form = {"from": "review", "state": "accepted", "answer": list(good_alarms.ANSWERS)}
    refused = vera("POST", f"/alarms/{alarm_id}/state", form | {"etag": etag})
    assert refused.status == 412
    assert "Delete the database" in refused.text
    assert not re.search(r'name="answer"[^>]* checked', refused.text)


def test_another_site_moves_no_alarm(world, marked):
    vera = Client(world).sign_in(VERA)
    for path, form in (
        (f"/alarms/{marked}/state", {"state": "in_review"}),
        (f"/alarms/{marked}/break-glass", {"reason": "A site made me do it."}),
        (f"/alarms/{marked}/edit", {"do": "save"}),
        ("/alarms", {"do": "save"}),
        ("/bar", {"trial_days": "0"}),
        ("/me/access", {"system": "x"}),
    ):
        for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Origin": "https://evil.example"}):
            assert vera("POST", path, form, **headers).status == 403, path
            bare = Client(world)("POST", path, form)
            assert bare.status == 303, path
            assert "/sign-in" in bare.headers["Location"], path


def test_a_runbook_kept_on_its_own_is_no_way_around(world):
    shell, by = world.watchbill.shell, alarm_world.actor(ANN)
    (team,) = {s.team_id for s in shell_company(shell).services.values() if s.slug == "checkout"}
    values = {"slug": "own", "title": MARK, "team_id": team}
    for body in ("<script>alert(2)</script>", "[x](javascript:alert(1))", "password: hunter2Zebra"):
        with pytest.raises(Exception, match="body"):
            runbooks.create(shell, values | {"body": body}, by=by)


def shell_company(shell):
    with shell.db.transaction() as tx:
        return shell.company(tx)
