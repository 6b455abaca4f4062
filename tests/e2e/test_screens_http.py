"""What the screens' server promises to every client: headers, limits, origins, health, set-up."""

from __future__ import annotations

import http.client
import json
import re
from urllib.parse import urlencode

import pytest

from tests import builders
from tests.builders import VERA
from tests.e2e.browser import PASSWORD, calm, served
from watchbill.actions import audit, people, rotas
from watchbill.actions import shell as shells
from watchbill.clock import HandClock
from watchbill.queries import incidents as queries
from watchbill.store.database import Database
from watchbill.web import health


class Client:
    """A program that keeps cookies and follows nothing."""

    def __init__(self, world):
        self._address = world.base_url.removeprefix("http://")
        self.cookies = {}

    def __call__(self, method, path, data=None, **headers):
        connection = http.client.HTTPConnection(self._address, timeout=20)
        body = urlencode(data, doseq=True).encode() if isinstance(data, dict) else data
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def sign_in(self, person_id):
        form = {"email": f"{person_id}@example.org", "password": PASSWORD}
        assert self("POST", "/sign-in", form).status == 303
        return self


@pytest.fixture
def client(world):
    calm(world)
    return Client(world)


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/nowhere", "/static/app.css", "/health/live", "/mailbox"]
)
def test_every_answer_carries_the_security_headers(client, path):
    headers = client("GET", path).headers

    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert path.startswith("/static") or headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    form = {"email": "vera@example.org", "password": PASSWORD}

    cookie = client("POST", "/sign-in", form).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_what_another_site_makes_a_browser_send_changes_nothing(world, client, headers):
    world.fires()
    client.sign_in(VERA)
    path = f"/incidents/{world.incident().id}/acknowledge"

    assert client("POST", path, {}, **headers).status == 403
    assert world.incident().acknowledged_by is None
    assert client("POST", path, {}, Sec_Fetch_Site="same-origin").status == 303
    assert world.incident().acknowledged_by == VERA


def test_without_a_session_nothing_is_shown_or_changed(world, client):
    world.fires()
    root = f"/incidents/{world.incident().id}"

    for method, path in [("GET", root), ("POST", f"{root}/acknowledge"), ("GET", "/settings")]:
        answer = client(method, path, {} if method == "POST" else None)
        assert answer.status == 303
        assert answer.headers["Location"].startswith("/sign-in")
    assert world.incident().acknowledged_by is None


@pytest.mark.parametrize("following", ["//evil.example", "https://evil.example", "/\\evil", "x"])
def test_signing_in_never_leads_to_another_site(client, following):
    form = {"email": "vera@example.org", "password": PASSWORD, "next": following}

    assert client("POST", "/sign-in", form).headers["Location"] == "/"


def test_guessing_passwords_is_stopped(client):
    form = {"email": "max@example.org", "password": "wrong"}
    statuses = [client("POST", "/sign-in", form).status for _ in range(12)]

    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_a_body_too_large_is_refused(client):
    assert client("POST", "/sign-in", b"x" * 1_100_000).status == 413


@pytest.mark.parametrize(
    ("method", "path", "data", "status"),
    [
        ("GET", "/incidents/inc_%00", None, 404),
        ("GET", "/incidents/%FF%FE", None, 404),
        ("GET", "/teams/%F0%9F%90%91", None, 404),
        ("GET", "/incidents?text=%00%25_&since=9999-12-31&until=0001-01-01", None, 200),
        ("GET", "/incidents?cursor=%00", None, 422),
        ("GET", "/incidents?state=x&severity=%F0%9F%90%91&team=%27%3B--", None, 200),
        ("GET", "/settings/audit", None, 403),
        ("POST", "/incidents/nothing/acknowledge", {}, 404),
        ("POST", "/incidents/declare", {"service": "\x00", "sentence": "\x00"}, 422),
        ("POST", "/me/methods", {"channel": "\x00", "address": "🐑"}, 422),
        ("POST", "/me/methods/none/verify", {"code": "1"}, 404),
        ("POST", "/me/rules", {"method": "none", "minutes": "99999999999"}, 422),
        ("POST", "/me/rules", b"method=%FF", 422),
        ("POST", "/theme", {"theme": "x" * 5000}, 303),
        ("DELETE", "/me", None, 404),
        ("GET", "/mailbox/99999999999999999999", None, 404),
    ],
)
def test_bad_input_is_answered_in_kind(world, client, method, path, data, status):
    client.sign_in(VERA)

    answer = client(method, path, data)

    assert answer.status == status
    assert "Traceback" not in answer.text
    assert "<h1>" in answer.text or status == 303
    assert not [entry for entry in world.log.entries if entry["log_level"] == "error"]


def test_a_turn_of_a_rota_is_not_cut_off_at_the_moment_it_is_looked_at(client):
    client.sign_in(builders.MONA)
    page = client("GET", f"/teams/{builders.TEAM}").text
    (shown,) = re.findall(r'data-label="From">([^<]+)<.*?data-label="To">([^<]+)<', page)
    assert shown == ("long ago", "no end in sight"), "Ann stands for nearly ever"


def test_the_audit_log_names_what_changed_and_shows_no_secret(world, client):
    """From Web to Web shop: names for ids, what was before, and nothing that is secret."""
    shell = world.watchbill.shell
    by = audit.person(builders.MONA, is_admin=True)
    ((rota_id, members),) = world.rows(
        "select id, array(select person_id from rota_members where rota_id = r.id "
        "order by position) from rotas r where team_id = %s",
        builders.TEAM,
    )
    with shell.db.transaction() as tx:
        tx.execute("update people set is_admin = true where id = %s", [builders.MONA])
    rotas.change(shell, rota_id, {"name": "Days", "members": members}, by=by)
    people.set_password(shell, builders.BEN, "a long new password", by=by)
    rotas.change(shell, rota_id, {"name": "Weeks"}, by=by)
    page = client.sign_in(builders.MONA)("GET", "/settings/audit").text
    rows = [re.sub(r"<[^>]+>", "", row) for row in re.findall(r"<tr>.*?</tr>", page)]

    assert any("Mona" in row and "Rota changed: Weeks" in row for row in rows)
    assert any("name: Days →became Weeks" in row for row in rows)
    assert any("Rota members set: Weeks" in row and "members: Ann" in row for row in rows)
    assert any("Person password set: Ben" in row for row in rows)
    assert rota_id not in "".join(rows)
    assert "password_hash" not in page


def test_what_nobody_wrote_down_is_told_to_its_team_and_at_its_door(world, client):
    """NO4: it is held; here people see by which name it came, and that no alarm has it."""
    client.sign_in(builders.MONA)
    with world.watchbill.shell.db.transaction() as tx:
        tx.execute("update people set is_admin = true where id = %s", [builders.MONA])
    world.wait(seconds=1)
    world.fires("paper-jam", key="p1")
    team = client("GET", f"/teams/{builders.TEAM}").text
    assert "<code>paper-jam</code>" in team
    assert "held out of hours because nobody wrote them down" in team
    assert "paper-jam: nobody wrote this alarm down" in client("GET", "/settings/integrations").text

    world.wait(seconds=1)
    world.fires(builders.ACCEPTED, key="p2")
    team = client("GET", f"/teams/{builders.TEAM}").text
    held = team[team.index("Fired in the last") :]
    assert builders.ACCEPTED not in held[: held.index("</ul>")]
    doors = client("GET", "/settings/integrations").text
    assert f"{builders.ACCEPTED}: accepted" in doors
    assert "with a key that is not listed here is refused (400 or 404)" in doors
    wrong = json.dumps({"routing_key": "0" * 32, "event_action": "trigger", "dedup_key": "w",
                        "payload": {"summary": "x", "source": "x", "severity": "critical"}})  # fmt: skip
    assert client("POST", "/v2/enqueue", wrong.encode()).status == 400
    assert client("POST", f"/intake/generic/{'0' * 32}", b"{}").status == 404


def test_a_viewer_in_another_zone_reads_whose_time_it_is(world, client):
    world.fires("paper-jam", key="z1")
    held = f"/incidents/{world.incident().id}"
    client.sign_in(builders.MONA)
    assert "your time" not in client("GET", held).text
    with world.watchbill.shell.db.transaction() as tx:
        ((was,),) = tx.execute("select zone from people where id = %s", [builders.MONA])
    people.change(world.watchbill.shell, builders.MONA, {"zone": "Asia/Tokyo"}, by=audit.SYSTEM)
    try:
        text = re.sub(r"<[^>]+>", "", client("GET", held).text)
        assert re.search(r"until Mon 9 Mar 18:00 your time, Mon 9 Mar 09:00 in Dublin", text)
        team = re.sub(r"<[^>]+>", "", client("GET", f"/teams/{builders.TEAM}").text)
        assert "opens Mon 9 Mar 18:00 your time, Mon 9 Mar 09:00 in Dublin" in team
    finally:
        people.change(world.watchbill.shell, builders.MONA, {"zone": was}, by=audit.SYSTEM)


def test_a_closed_team_says_whom_it_asks_when_it_opens(world, client, database_url):
    client.sign_in(builders.MONA)
    page = client("GET", f"/teams/{builders.TEAM}").text
    rota = page[page.index('id="rota"') : page.index('id="people"')]
    assert "asked when the team opens" in rota
    assert ">now<" not in rota


def test_a_team_at_work_says_whom_it_asks_now(database_url):
    with served(database_url, at="Tue 10:00") as world:
        page = Client(world).sign_in(builders.MONA)("GET", f"/teams/{builders.TEAM}").text
    rota = page[page.index('id="rota"') : page.index('id="people"')]
    assert ">now<" in rota
    assert "asked when the team opens" not in rota


def test_a_turn_in_which_the_team_is_closed_is_nobodys_shift(world, client):
    """Ann, Ben and Cas take turns by the day, and nobody works at the weekend."""
    shell = world.watchbill.shell
    ((rota_id, length),) = world.rows(
        "select id, turn_length from rotas where team_id = %s", builders.TEAM
    )
    members = [builders.ANN, builders.BEN, builders.CAS]
    daily = {"turn": "day", "turn_length": 1, "members": members}
    weekly = {"turn": "week", "turn_length": length, "members": members[:1]}
    try:
        rotas.change(shell, rota_id, daily, by=audit.SYSTEM)
        world.settle()
        client.sign_in(builders.ANN)
        page = client("GET", "/me").text
    finally:
        rotas.change(shell, rota_id, weekly, by=audit.SYSTEM)
        world.settle()
    begins = re.findall(r"Rota of.*?(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ", page, re.DOTALL)
    assert "Mon" in begins
    assert not {"Sat", "Sun"} & set(begins)


def test_the_mailbox_is_json_for_programs(client):
    mails = json.loads(client("GET", "/mailbox", Accept="application/json").text)

    assert mails[-1].items() >= {"to": "vera@example.org", "subject": "A page"}.items()
    assert {"from", "at", "text"} <= set(mails[-1])


def test_pages_travel_compressed_but_a_new_secret_does_not(client):
    """A secret beside typed text must not be guessed by its compressed size."""
    client.sign_in(builders.MONA)
    page = http.client.HTTPConnection(client._address, timeout=20)
    cookie = "; ".join(f"{k}={v}" for k, v in client.cookies.items())
    headers = {"Cookie": cookie, "Accept-Encoding": "gzip"}
    page.request("GET", "/", headers=headers)
    assert page.getresponse().headers["Content-Encoding"] == "gzip"
    page.close()

    form = {"name": "probe", "days": "30", "scope": "read"}
    answer = client("POST", "/settings/tokens", form, Accept_Encoding="gzip")
    assert answer.status == 201
    assert answer.headers["Content-Encoding"] is None


def test_an_empty_watchbill_is_set_up_once(database_url):
    """The first admin is made without signing in, and only while nobody is there."""
    with served(database_url) as world:
        with world.watchbill.db.transaction() as tx:
            tx.execute("truncate people, teams, offices, services cascade")
        client = Client(world)
        assert client("GET", "/sign-in").headers["Location"] == "/setup"
        form = {"name": "Ada", "email": "ada@example.org", "password": "short", "zone": "UTC"}
        assert client("POST", "/setup", form).status == 422

        answer = client("POST", "/setup", form | {"password": PASSWORD})

        assert answer.headers["Location"] == "/settings/integrations"
        assert client("GET", "/settings/integrations").status == 200
        tonight = client("GET", "/")
        assert tonight.status == 200
        assert "There is no team yet." in tonight.text
        assert "This must be zero." not in tonight.text
        assert client("GET", "/setup").status == 409
        assert client("POST", "/setup", form | {"password": PASSWORD}).status == 409


def _ready(shell, finished_at):
    routes = health.routes(shell, speed=1.0, finished_at=lambda: finished_at)
    answer = next(r for r in routes if r.path == "/health/ready").endpoint(None)
    return answer.status_code, json.loads(answer.body).get("reason", "")


def test_ready_means_a_cycle_has_finished_lately_and_the_database_answers(world):
    shell, now = world.watchbill.shell, world.clock.now()

    assert _ready(shell, now) == (200, "")
    assert _ready(shell, None)[0] == 503
    assert "61 seconds ago" in _ready(shell, now - builders.MINUTE - builders.MINUTE / 60)[1]
    away = Database("postgresql://127.0.0.1:1/nothing")
    away.open()
    try:
        assert _ready(shells.shell(away, HandClock(now)), now) == (
            503,
            "the database does not answer",
        )
    finally:
        away.close()


def test_ready_says_when_the_schema_is_not_this_codes(world):
    shell, now = world.watchbill.shell, world.clock.now()
    with shell.db.transaction() as tx:
        (head,) = tx.execute("select version_num from alembic_version").fetchone()
        tx.execute("update alembic_version set version_num = '0000'")
    try:
        assert "the schema is at 0000" in _ready(shell, now)[1]
    finally:
        with shell.db.transaction() as tx:
            tx.execute("update alembic_version set version_num = %s", [head])


def test_whoever_is_awake_is_asked_by_mail_and_never_paged(database_url):
    """HE1, NO10: helpers are engineers in their hours; they get a mail, and no manager is offered."""
    with served(database_url, at="Tue 10:00") as world:
        world.fires()
        client = Client(world).sign_in(builders.ANN)
        root = f"/incidents/{world.incident().id}"
        page = client("GET", root).text
        offered = page[page.index('id="awake"') :]
        assert 'value="ben"' in offered
        assert 'value="ann"' not in offered
        assert 'value="mona"' not in offered

        assert client("POST", f"{root}/ask", {"person": "ben"}).status == 303
        assert client("POST", f"{root}/ask", {"person": "mona"}).status == 409
        world.settle()

        (mail,) = world.phones.got["ben0@example.org"]
        assert mail.kind.value == "help"
        assert world.rows("select count(*) from pages where person_id = 'ben'") == [(0,)]
        assert "asked" in client("GET", root).text


def test_whoever_asked_for_help_has_it_and_the_duty_manager_is_called(world, client):
    """ES3: the screen says who has it and who is called to help; the API's row says the same."""
    world.fires()
    client.sign_in(VERA)
    incident_id = world.incident().id
    root = f"/incidents/{incident_id}"
    client("POST", f"{root}/help", {})
    world.settle()

    page = client("GET", root).text
    assert "You have it and asked for help; Mona is being called" in page
    assert "Mona is called to help: Vera has it, and asked." in page
    assert ">Acknowledge<" not in page
    assert ">I need no more help<" in page
    assert "with Vera, who asked for help · calling Mona" in client("GET", "/").text

    manager = Client(world).sign_in(builders.MONA)
    page = manager("GET", root).text
    assert "Vera has it and asked for help; Mona is being called" in page
    assert ">Acknowledge: I take it over from Vera<" in page
    assert "You are called to help: Vera has it, and asked." in page
    mail = world.phones.got["mona0@example.org"][-1]
    assert "Why you: Vera has it and asks for your help." in mail.text
    with world.watchbill.db.transaction() as tx:
        row = queries.get(tx, incident_id)
    assert (row.state, row.help_asked_by, row.calling) == ("triggered", VERA, [builders.MONA])

    assert client("POST", f"{root}/acknowledge", {}).status == 303
    assert "asked for help" not in client("GET", "/").text
