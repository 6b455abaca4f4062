"""The screens of alarms as programs see them: rights, refusals, what is shown and what is written."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from tests import good_alarms
from tests.builders import ANN, BEN, MONA, SERVICE, VERA
from tests.e2e import alarm_world
from tests.e2e.browser import calm
from tests.e2e.test_screens_http import Client
from watchbill.actions import alarms, bars, incidents
from watchbill.core.people import ServiceId
from watchbill.store import rows


@pytest.fixture(scope="module")
def ids(world):
    """Alarms in every state, by it."""
    found = alarm_world.every_state(world)
    world.settle()
    return found


@pytest.fixture
def client(world):
    calm(world)
    return Client(world)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def state_of(world, alarm_id):
    ((state, in_force),) = world.rows("select state, in_force from alarms where id = %s", alarm_id)
    return state, in_force


def keys(answer):
    return set(re.findall(r"<code>([^<]+)</code>", answer.text))


def form_of(world, alarm_id, client):
    """Return what the edit form would send."""
    page = client("GET", f"/alarms/{alarm_id}/edit").text
    found = dict.fromkeys(re.findall(r'name="(\w+)"', page), "")
    for name, value in re.findall(r'<input id="\w+" name="(\w+)" value="([^"]*)"', page):
        found[name] = html.unescape(value)
    for name, value in re.findall(
        r'<textarea id="\w+" name="(\w+)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL
    ):
        found[name] = html.unescape(value)
    for name, body in re.findall(r'<select id="\w+" name="(\w+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', body)
        found[name] = (chosen[1] if chosen[1] is not None else chosen[2]) if chosen else ""
    found["review_by"] = re.search(r'type="date" value="([^"]*)"', page)[1]
    found["etag"] = html.unescape(re.search(r'name="etag" value="([^"]*)"', page)[1])
    waiver = re.findall(r'name="(waiver-0-\w+)" type="\w+" value="([^"]*)"', page)
    return found | {name: html.unescape(value) for name, value in waiver}


# -- lists -------------------------------------------------------------------------------------


def test_the_catalogue_is_narrowed_by_state_and_by_what_is_wrong(world, client, ids):
    client.sign_in(BEN)

    everything = client("GET", "/alarms")
    assert {"accepted", "draft", "declined", "glass"} <= keys(everything)
    assert "retired" not in keys(everything)
    ((count, accepted),) = world.rows(
        "select count(*) filter (where state <> 'retired'), count(*) filter (where state = 'accepted')"
        " from alarms"
    )
    assert f"{count} alarms, {accepted} accepted, " in text_of(everything)
    assert "Version 1 is in force; version 2 waits for review." in everything.text
    assert "retired" in keys(client("GET", "/alarms?state=retired"))
    assert keys(client("GET", "/alarms?state=in_review")) == {"in-review"}
    assert {"proposed", "in-review"} <= keys(client("GET", "/alarms?state=waiting"))
    assert keys(client("GET", "/alarms?only=glass")) == {"glass"}
    assert "changed" in keys(client("GET", "/alarms?only=drift"))
    assert "proposed" not in keys(client("GET", "/alarms?only=drift"))
    assert keys(client("GET", "/alarms?text=RETURNED&state=returned")) == {"returned"}
    assert keys(client("GET", "/alarms?team=none")) == set()
    assert keys(client("GET", "/alarms?page=7")) == set()


def test_the_noisiest_alarm_comes_first(world, client, ids):
    world.fires("accepted", key="n1")
    world.phones.got.clear()
    client.sign_in(BEN)

    rows = re.findall(r"<code>([^<]+)</code>", client("GET", "/alarms?order=noisy").text)

    assert rows[0] == "accepted"


def test_what_nobody_wrote_down_leads_to_a_form_that_is_filled_in(world, client, ids):
    """The name has a space and so cannot be the key; its events are matched all the same."""
    world.fires("Paper Jam", key="p1")
    client.sign_in(ANN)

    page = client("GET", "/alarms/unregistered")
    (href,) = re.findall(r'href="(/alarms/new[^"]+)"', page.text)
    assert "<code>Paper Jam</code>" in page.text
    form = client("GET", html.unescape(href)).text
    assert 'name="key" value="Paper-Jam"' in form
    assert "alarm = Paper Jam</textarea>" in form
    assert '<option value="checkout" selected>' in form

    values = {"service": "checkout", "key": "Paper-Jam", "title": "The printer has a paper jam",
              "severity": "critical", "match": "alarm = Paper Jam", "do": "draft"}  # fmt: skip
    made = client("POST", "/alarms", values)
    assert made.status == 303
    assert state_of(world, made.headers["Location"].removeprefix("/alarms/")) == ("draft", None)
    calm(world)
    world.fires("Paper Jam", key="p2")
    assert world.incident().alarm == "Paper-Jam"
    alarms.retire(
        world.watchbill.shell,
        made.headers["Location"].removeprefix("/alarms/"),
        by=alarm_world.actor(ANN),
    )


def test_the_board_counts_by_team(world, client, ids):
    """ME7: every alarm of these tests is of the one team."""
    client.sign_in(BEN)
    ((alarms_of, in_code, accepted, in_force, waiting, returned, retired),) = world.rows(
        "select count(*) filter (where state <> 'retired'),"
        " count(*) filter (where managed_by = 'terraform' and state <> 'retired'),"
        " count(*) filter (where state = 'accepted'), count(in_force),"
        " count(*) filter (where state in ('proposed', 'in_review')),"
        " count(*) filter (where state = 'returned'), count(*) filter (where state = 'retired')"
        " from alarms"
    )

    page = client("GET", "/handovers").text
    row = re.sub(r"<svg.*?</svg>", "", page[page.index("<tbody>") : page.index("</tbody>")])
    counts = dict(re.findall(r'data-label="([^:]+):">(?:<[^>]+>)*(\d+)', row))

    shown = {name: int(number) for name, number in counts.items()}
    assert shown.items() >= {
        "Alarms": alarms_of, "In code": in_code, "Accepted": accepted, "In force": in_force,
        "Waiting": waiting, "Returned": returned, "Retired": retired, "Overdue": 0,
    }.items()  # fmt: skip


# -- review ------------------------------------------------------------------------------------


def seen(world, alarm_id) -> str:
    """Return what a form says of the version that was read."""
    with world.watchbill.shell.db.transaction() as tx:
        return rows.version(tx, "alarms", alarm_id) or ""


def test_only_volunteers_are_shown_the_review_and_only_they_may_do_it(world, client, ids):
    """NO4."""
    alarm_id = alarm_world.written(world, "rights")
    root = f"/alarms/{alarm_id}"
    client.sign_in(ANN)
    assert "Take into review" not in client("GET", root).text
    assert "Take into review" not in client("GET", "/alarms/queue").text

    answer = client("POST", f"{root}/state", {"state": "accepted", "etag": seen(world, alarm_id)})

    assert answer.status == 403
    assert "Only the on-call team judges alarms" in text_of(answer)
    assert state_of(world, alarm_id) == ("proposed", None)
    assert "Accept: it may wake us" not in client("GET", f"{root}/review").text
    vera = Client(world).sign_in(VERA)
    assert "Take into review" in vera("GET", root).text
    assert "Accept: it may wake us" in vera("GET", f"{root}/review").text


def test_below_the_bar_each_finding_says_what_to_do_and_where_its_rule_is(world, client, ids):
    """AL4."""
    client.sign_in(VERA)
    form = {"from": "review", "state": "accepted", "answer": list(good_alarms.ANSWERS),
            "etag": seen(world, ids["weak"])}  # fmt: skip

    answer = client("POST", f"/alarms/{ids['weak']}/state", form)

    assert answer.status == 409
    refused = answer.text[answer.text.index('role="alert"') :]
    assert "does not meet the bar yet" in refused
    assert 'href="/bar#R3"' in refused
    assert 'value="R15" checked' in answer.text, "what was ticked stays ticked"
    assert state_of(world, ids["weak"]) == ("proposed", None)


def test_without_the_walk_through_nothing_is_accepted(world, client, ids):
    """R15: its sentence stands there, is never ticked beforehand, and is needed."""
    client.sign_in(VERA)
    alarm_id = alarm_world.written(world, "walk")
    page = client("GET", f"/alarms/{alarm_id}/review").text
    assert "could do this at 3 a.m." in page
    assert not re.search(r'name="answer"[^>]* checked', page)
    rest = [rule for rule in good_alarms.ANSWERS if rule != "R15"]
    form = {"from": "review", "state": "accepted", "answer": rest, "system": "Grafana",
            "etag": seen(world, alarm_id)}  # fmt: skip

    answer = client("POST", f"/alarms/{alarm_id}/state", form)

    assert answer.status == 409
    assert 'href="/bar#R15"' in answer.text[answer.text.index('role="alert"') :]
    form["answer"] = list(good_alarms.ANSWERS)
    assert client("POST", f"/alarms/{alarm_id}/state", form).status == 303
    assert state_of(world, alarm_id) == ("accepted", 1)
    assert "Accepted by the on-call team" in client("GET", f"/alarms/{alarm_id}").text


def test_a_review_keeps_what_one_can_get_into_and_forgets_nothing_else(world, client, ids):
    """R8."""
    shell = world.watchbill.shell
    bars.confirm_access(shell, VERA, ["Kubernetes"], by=alarm_world.actor(VERA))
    client.sign_in(VERA)
    alarm_id = alarm_world.written(world, "access")
    form = {"from": "review", "state": "accepted", "answer": list(good_alarms.ANSWERS),
            "etag": seen(world, alarm_id)}  # fmt: skip

    answer = client("POST", f"/alarms/{alarm_id}/state", form)
    assert answer.status == 409
    assert "Not yet confirmed that they can get into Grafana: Vera" in text_of(answer)
    answer = client("POST", f"/alarms/{alarm_id}/state", form | {"system": "Grafana"})

    assert answer.status == 303
    known = world.rows("select system from access_confirmations where person_id = %s", VERA)
    assert {name for (name,) in known} == {"Grafana", "Kubernetes"}


def test_what_changed_while_it_was_read_is_not_accepted(world, client, ids):
    """NO5: nobody accepts what they have not seen."""
    client.sign_in(VERA)
    alarm_id = alarm_world.written(world, "moving")
    page = client("GET", f"/alarms/{alarm_id}/review").text
    etag = html.unescape(re.search(r'name="etag" value="([^"]+)"', page)[1])
    alarms.change(world.watchbill.shell, alarm_id, {"threshold": "9 %"}, by=alarm_world.actor(ANN))
    form = {"from": "review", "state": "accepted", "answer": list(good_alarms.ANSWERS),
            "system": "Grafana", "etag": etag}  # fmt: skip

    answer = client("POST", f"/alarms/{alarm_id}/state", form)

    assert answer.status == 412
    assert state_of(world, alarm_id) == ("proposed", None)


def test_who_declines_says_why_and_the_team_reads_it(world, client, ids):
    alarm_id = alarm_world.written(world, "no")
    client.sign_in(VERA)
    path = f"/alarms/{alarm_id}/state"

    answer = client("POST", path, {"from": "review", "state": "declined", "reason": "no"})
    assert answer.status == 422
    assert "Say in at least 10 letters" in text_of(answer)
    why = "It does not say <b>how</b> to roll back."
    assert (
        client("POST", path, {"from": "review", "state": "declined", "reason": why}).status == 303
    )

    page = Client(world).sign_in(ANN)("GET", f"/alarms/{alarm_id}").text
    assert "It does not say &lt;b&gt;how&lt;/b&gt; to roll back." in page
    assert f'<a class="button go" href="/alarms/{alarm_id}/edit">' in page


def test_broken_glass_stands_on_tonight_until_it_is_reviewed(world, client, ids):
    """AL2."""
    alarm_id = alarm_world.written(world, "urgent")
    path = f"/alarms/{alarm_id}/break-glass"
    assert "Break the glass" not in Client(world).sign_in(ANN)("GET", f"/alarms/{alarm_id}").text
    client.sign_in(MONA)
    assert client("POST", path, {"reason": "now"}).status == 422
    why = "The provider moves tonight and nobody can review."
    assert client("POST", path, {"reason": why}).status == 303

    tonight = text_of(client("GET", "/"))
    assert re.search(rf"broken glass Mona, just now ?, until it is reviewed: {why}", tonight)

    vera = Client(world).sign_in(VERA)
    form = {"from": "review", "state": "accepted", "answer": list(good_alarms.ANSWERS),
            "system": "Grafana", "etag": seen(world, alarm_id)}  # fmt: skip
    assert vera("POST", f"/alarms/{alarm_id}/state", form).status == 303
    assert why not in text_of(client("GET", "/"))


def test_what_lapses_is_on_tonight_two_weeks_before(world, client, ids):
    """AL5."""
    alarm_id = alarm_world.accepted(world, "old")
    client.sign_in(BEN)
    assert alarm_id not in client("GET", "/").text

    soon = world.clock.now() + timedelta(days=13)
    _set_lapse(world, alarm_id, soon)
    assert "runs out" in text_of(client("GET", "/"))
    _set_lapse(world, alarm_id, world.clock.now() - timedelta(days=1))
    assert "ran out" in text_of(client("GET", "/"))
    assert keys(client("GET", "/alarms?only=overdue")) == {"old"}
    page = Client(world).sign_in(ANN)("GET", f"/alarms/{alarm_id}").text
    assert "its acceptance has run out: out of hours it is held" in page
    alarms.retire(world.watchbill.shell, alarm_id, by=alarm_world.actor(ANN))


def _set_lapse(world, alarm_id, at):
    with world.watchbill.shell.db.transaction() as tx:
        tx.execute("update alarms set lapses_at = %s where id = %s", [at, alarm_id])


# -- writing -----------------------------------------------------------------------------------


def test_checking_writes_nothing_and_saving_unchanged_makes_no_version(world, client, ids):
    client.sign_in(ANN)
    alarm_id = ids["proposed"]
    form = form_of(world, alarm_id, client)

    answer = client("POST", f"/alarms/{alarm_id}/edit", form | {"do": "check", "threshold": "7 %"})
    assert answer.status == 200
    assert "It would change threshold. Nothing was saved." in text_of(answer)
    assert 'value="7 %"' in answer.text
    assert client("POST", f"/alarms/{alarm_id}/edit", form | {"do": "save"}).status == 303

    assert world.rows("select version from alarms where id = %s", alarm_id) == [(1,)]


def test_a_change_by_hand_of_what_is_in_code_is_warned_of_and_shown_as_drift(world, client, ids):
    """NO5: the accepted version stands meanwhile."""
    client.sign_in(ANN)
    alarm_id = ids["accepted"]
    edit = client("GET", f"/alarms/{alarm_id}/edit").text
    assert "A change here is drift" in edit
    assert "https://github.com/acme/alarms/blob/abc123/alarms/accepted.yml" in edit
    assert "version 1 stays in force until it is accepted" in edit
    form = form_of(world, alarm_id, client)

    answer = client(
        "POST", f"/alarms/{alarm_id}/edit", form | {"do": "save", "threshold": "<i>3 %</i>"}
    )

    assert answer.status == 303
    assert state_of(world, alarm_id) == ("proposed", 1)
    page = client("GET", f"/alarms/{alarm_id}")
    assert "Changed by hand." in page.text
    diff = client("GET", f"/alarms/{alarm_id}/versions").text
    assert '<del class="text">1 % of the requests</del>' in diff
    assert '<ins class="text">&lt;i&gt;3 %&lt;/i&gt;</ins>' in diff
    assert "Runbook" not in diff[diff.index("<h1>") : diff.index("</main>")]
    alarm_world.says(world, alarm_id, "declined", reason="3 % is too late for customers.")


def test_nothing_that_was_typed_is_lost_and_what_is_wrong_stands_beside_it(client, ids):
    client.sign_in(ANN)
    form = {"service": "checkout", "key": "two words", "title": "T", "severity": "critical",
            "for_minutes": "five", "match": "nonsense", "runbook": "# mine\n<script>", "do": "draft",
            "waiver-0-rule": "A17", "waiver-0-reason": "later"}  # fmt: skip

    answer = client("POST", "/alarms", form)

    assert answer.status == 422
    assert 'id="for_minutes-wrong">must be a number' in answer.text
    assert 'id="match-wrong">write each line as name = value' in answer.text
    assert 'value="five" inputmode="decimal" aria-invalid="true"' in answer.text
    assert "# mine\n&lt;script&gt;</textarea>" in answer.text
    assert 'name="waiver-0-reason" type="text" value="later"' in answer.text
    again = client("POST", "/alarms", form | {"for_minutes": "5", "match": ""})
    assert again.status == 422
    assert 'id="key-wrong">must be one word without spaces' in again.text


def test_somebody_elses_alarm_is_not_changed(world, client, ids):
    """The screen offers nothing, and the server refuses what is sent all the same."""
    client.sign_in(VERA)
    assert "/edit" not in client("GET", f"/alarms/{ids['draft']}").text

    answer = client("POST", f"/alarms/{ids['draft']}/state", {"state": "proposed"})

    assert answer.status == 403
    assert state_of(world, ids["draft"])[0] == "draft"


def test_a_retired_alarm_offers_nothing_and_says_that_it_is_a_success(client, ids):
    page = client.sign_in(ANN)("GET", f"/alarms/{ids['retired']}")

    assert "one thing less that may wake somebody" in text_of(page)
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    assert "<button" not in main


# -- the night ---------------------------------------------------------------------------------


def test_the_runbook_at_night_is_the_accepted_one_with_mitigation_first(client, ids):
    """NO5: a newer version waits, and the screen shows what was accepted."""
    page = client.sign_in(VERA)("GET", f"/alarms/{ids['changed']}/runbook?incident=inc_1").text
    nav = re.findall(r'<a class="button[^"]*" href="#([^"]+)"', page)

    assert nav[0] == "mitigation"
    assert "version 1, in force" in page
    assert "If neither helps, escalate" not in page
    assert 'href="/incidents/inc_1"' in page
    assert 'data-theme="dark"' in page
    assert 'href="//' not in client("GET", f"/alarms/{ids['weak']}/runbook?incident=/evil").text


def test_who_was_called_says_afterwards_how_it_was(world, client, ids):
    """RB4, NO9: once it is over, and nobody else."""
    world.fires("glass", key="v1")
    incident_id = world.incident().id
    root = f"/incidents/{incident_id}"
    client.sign_in(VERA)
    form = {"needed": "no", "action": "nothing", "runbook": "partly", "note": "Raise it to 2 %."}
    assert "Now that it is over" not in client("GET", root).text
    assert client("POST", f"{root}/review", form).status == 409
    incidents.resolve(world.watchbill.shell, incident_id, by=VERA)
    assert "Needed; I fixed it; the runbook helped" in client("GET", root).text
    assert "Now that it is over" not in Client(world).sign_in(BEN)("GET", root).text

    assert client("POST", f"{root}/review", form | {"needed": ""}).status == 422
    assert client("POST", f"{root}/review", form).status == 303

    assert "Not needed. Done: nothing. Runbook: partly. Raise it to 2 %." in text_of(
        client("GET", root)
    )
    told = text_of(client("GET", f"/alarms/{ids['glass']}"))
    assert "Of 1 review afterwards, 0 said it was needed" in told
    world.phones.got.clear()


# -- the bar -----------------------------------------------------------------------------------


def test_only_the_on_call_team_agrees_on_the_numbers(world, client, ids):
    """AL6: one bar for every team."""
    client.sign_in(MONA)
    page = client("GET", "/bar").text
    assert "Agree on these numbers" not in page
    assert 'id="A7"' in page
    assert 'id="R15"' in page
    vera = Client(world).sign_in(VERA)
    numbers = dict(
        re.findall(r'<input id="\w+" name="(\w+)"[^>]* value="([^"]*)"', vera("GET", "/bar").text)
    )
    assert client("POST", "/bar", numbers).status == 403

    bad = vera("POST", "/bar", numbers | {"actionable": "2", "uses": "many"})
    assert bad.status == 422
    assert 'id="uses-wrong">must be a number' in bad.text
    bad = vera("POST", "/bar", numbers | {"actionable": "2"})
    assert 'id="actionable-wrong">must be a number from 0 to 1' in bad.text
    assert vera("POST", "/bar", numbers | {"trial_days": "21"}).status == 303

    page = text_of(client("GET", "/bar"))
    assert "Version 1, agreed by" in page
    assert "A17: days of trial in working hours, at least 21" in page


def test_volunteers_confirm_what_they_can_get_into_on_their_own_screen(world, client, ids):
    """R8."""
    assert "Systems I can get into" not in client.sign_in(BEN)("GET", "/me").text
    vera = Client(world).sign_in(VERA)
    assert 'name="system" value="Grafana"' in vera("GET", "/me").text

    assert vera("POST", "/me/access", {"system": ["Grafana", "PagerTree"]}).status == 303

    assert re.search(r'value="PagerTree" checked', vera("GET", "/me").text)


@pytest.mark.parametrize(
    ("method", "path", "data", "status"),
    [
        ("GET", "/alarms/alm_none", None, 404),
        ("GET", "/alarms/%FF%00/review", None, 404),
        ("GET", "/alarms/alm_none/runbook", None, 404),
        ("GET", "/alarms/alm_none/versions?from=1", None, 404),
        ("GET", "/alarms?page=%00&state=x&only=%27;--&order=1&text=%00%25_", None, 200),
        ("GET", "/alarms?page=99999999999999", None, 200),
        ("GET", "/alarms/new?service=%00&name=%00%F0%9F%90%91%20x", None, 200),
        ("POST", "/alarms/alm_none/state", {"state": "accepted"}, 404),
        ("POST", "/alarms/alm_none/edit", {}, 404),
        ("POST", "/alarms/alm_none/break-glass", {"reason": "x" * 20}, 404),
        ("POST", "/alarms", {"service": "\x00", "key": "\x00", "title": "\x00"}, 422),
        ("POST", "/alarms", b"runbook=%FF", 422),
        ("POST", "/bar", {}, 422),
        ("POST", "/me/access", {"system": "\x00" * 3}, 422),
        ("POST", "/incidents/none/review", {"needed": "yes"}, 404),
    ],
)  # fmt: skip
def test_bad_input_is_answered_in_kind(world, client, ids, method, path, data, status):
    client.sign_in(MONA)

    answer = client(method, path, data)

    assert answer.status == status
    assert "<h1>" in answer.text
    assert not [entry for entry in world.log.entries if entry["log_level"] == "error"]


@pytest.mark.parametrize("asked", ["from=1&to=9", "from=x", "from=99999999", "to=0"])
def test_a_version_that_is_not_there_is_not_found(client, ids, asked):
    client.sign_in(BEN)
    assert client("GET", f"/alarms/{ids['changed']}/versions?{asked}").status == 404


def test_the_team_shows_what_stands_and_what_waits(world, client, ids):
    """NO5: an alarm whose newer version waits still wakes, and its team's screen says so."""
    team = world.company.services[ServiceId(SERVICE)].team_id
    page = client.sign_in(BEN)("GET", f"/teams/{team}").text
    (row,) = re.findall(
        rf'<tr>\s*<th scope="row"><a href="/alarms/{ids["changed"]}">.*?</tr>', page, re.DOTALL
    )

    assert "the last accepted version stands" in row
    assert ">pages<" in row
