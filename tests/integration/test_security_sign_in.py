"""Signing in: nobody gets in by trying, and nobody is kept out by somebody else's trying."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests.integration.actions import seed
from watchbill import config
from watchbill.actions import people, sessions
from watchbill.actions.audit import person
from watchbill.web import auth, screens
from watchbill.web.live import Hub
from watchbill.web.middleware import Guard
from watchbill.web.ui.visits import Site

ANN = "ann@example.org"


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def tried(seeded: seed.Seeded, email: str = ANN, *, address: str, mark: str = "") -> str:
    """Try a wrong password; return what is answered."""
    try:
        sessions.sign_in(seeded.shell, email, "a wrong one", address=address, mark=mark)
    except (sessions.WrongSignIn, sessions.TooManySignIns) as error:
        return type(error).__name__
    raise AssertionError("a wrong password opened the door")


def enter(seeded: seed.Seeded, *, address: str, mark: str = "") -> str:
    return sessions.sign_in(seeded.shell, ANN, seed.PASSWORD, address=address, mark=mark)


def test_an_attacker_locks_only_themselves_out(seeded: seed.Seeded) -> None:
    heard = [tried(seeded, address="6.6.6.6") for _ in range(12)]
    assert heard == ["WrongSignIn"] * 10 + ["TooManySignIns"] * 2
    assert enter(seeded, address="10.0.0.1")


def test_many_attackers_do_not_lock_out_a_browser_that_was_signed_in(seeded: seed.Seeded) -> None:
    mark = sessions.mark(seeded.shell, seeded.ann)
    heard = [tried(seeded, address=f"6.6.6.{n // 9}") for n in range(110)]
    assert heard.count("WrongSignIn") == 100
    with pytest.raises(sessions.TooManySignIns):
        enter(seeded, address="10.0.0.1")
    assert enter(seeded, address="10.0.0.1", mark=mark)
    seeded.clock.move(timedelta(minutes=16))
    assert enter(seeded, address="10.0.0.1")


def test_a_mark_helps_its_owner_alone_and_is_no_free_ticket(seeded: seed.Seeded) -> None:
    adas = sessions.mark(seeded.shell, seeded.ada)
    assert [tried(seeded, address="6.6.6.6", mark=adas) for _ in range(11)][-1] == "TooManySignIns"
    anns = sessions.mark(seeded.shell, seeded.ann)
    heard = [tried(seeded, address="6.6.6.7", mark=anns) for _ in range(11)]
    assert heard.count("WrongSignIn") == 10
    by = person(seeded.ann)
    people.set_password(seeded.shell, seeded.ann, "another long password", by=by)
    assert sessions.mark(seeded.shell, seeded.ann) != anns


@pytest.mark.parametrize("spelling", ["a\x00nn@example.org", " ann@example.org", "ANN@EXAMPLE.org"])
def test_another_spelling_is_the_same_account(seeded: seed.Seeded, spelling: str) -> None:
    for _ in range(10):
        assert tried(seeded, address="6.6.6.6") == "WrongSignIn"
    assert tried(seeded, spelling, address="6.6.6.6") == "TooManySignIns"


def test_one_address_cannot_try_everybody(seeded: seed.Seeded) -> None:
    heard = [tried(seeded, f"nobody{n}@example.org", address="6.6.6.6") for n in range(51)]
    assert heard == ["WrongSignIn"] * 50 + ["TooManySignIns"]


PROXIES = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "whose"),
    [
        ("9.9.9.9", "1.1.1.1", "9.9.9.9"),  # no proxy of ours: what it claims counts for nothing
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "1.1.1.1", "1.1.1.1"),
        ("10.0.0.1", "1.1.1.1, 2.2.2.2", "2.2.2.2"),  # 1.1.1.1 was written by 2.2.2.2
        ("10.0.0.1", "1.1.1.1, 2.2.2.2, 10.0.0.2", "2.2.2.2"),
        ("10.0.0.1", "x, y", "10.0.0.1"),
        ("10.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fd00::1", "::ffff:1.2.3.4", "1.2.3.4"),
        ("", "", ""),
    ],
)
def test_who_tries_is_found_behind_our_proxies_alone(peer: str, forwarded: str, whose: str) -> None:
    assert auth.address_of(peer, forwarded, trusted=PROXIES) == whose


@pytest.fixture
def browser(seeded: seed.Seeded) -> TestClient:
    base_url = "https://oncall.example.org"
    site = Site(shell=seeded.shell, base_url=base_url, speed=1.0)
    app = screens.create_screens(site, Hub(), finished_at=lambda: None)
    return TestClient(Guard(app, base_url=base_url), base_url=base_url, follow_redirects=False)


def test_cookies_are_out_of_reach_of_scripts_and_plain_http(browser: TestClient) -> None:
    reply = browser.post("/sign-in", data={"email": ANN, "password": seed.PASSWORD})
    cookies = reply.headers.get_list("set-cookie")
    assert [cookie.partition("=")[0] for cookie in cookies] == ["wb_session", "wb_mark"]
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "Secure" in cookie
        assert "SameSite=lax" in cookie
    assert "Path=/sign-in" in cookies[1]
    assert reply.headers["strict-transport-security"].startswith("max-age=")


def test_each_sign_in_has_a_session_of_its_own(browser: TestClient) -> None:
    browser.cookies.set("wb_session", "chosen-by-an-attacker")
    browser.post("/sign-in", data={"email": ANN, "password": seed.PASSWORD})
    first = browser.cookies.get("wb_session", domain="oncall.example.org")
    assert first != "chosen-by-an-attacker"
    browser.post("/sign-in", data={"email": ANN, "password": seed.PASSWORD})
    assert browser.cookies.get("wb_session", domain="oncall.example.org") != first


def test_nobody_is_sent_to_another_site(browser: TestClient) -> None:
    for elsewhere in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "/\t/evil.example",
    ):
        form = {"email": ANN, "password": seed.PASSWORD, "next": elsewhere}
        assert browser.post("/sign-in", data=form).headers["location"] == "/"


def test_production_needs_https_and_a_real_clock() -> None:
    with pytest.raises(config.BadSetting, match="https"):
        config.read({"WATCHBILL_PRODUCTION": "1"})
    good = {"WATCHBILL_PRODUCTION": "1", "WATCHBILL_BASE_URL": "https://oncall.example.org"}
    assert config.read(good).production
    with pytest.raises(config.BadSetting, match="clock"):
        config.read(good | {"WATCHBILL_CLOCK_SPEED": "60"})
    assert config.is_production(good)
    assert not config.is_production({})


def test_behind_our_proxy_each_address_has_its_own_count(seeded: seed.Seeded) -> None:
    base_url = "https://oncall.example.org"
    site = Site(shell=seeded.shell, base_url=base_url, speed=1.0, trusted_proxies=PROXIES)
    app = screens.create_screens(site, Hub(), finished_at=lambda: None)
    proxy = TestClient(
        Guard(app, base_url=base_url),
        base_url=base_url,
        client=("10.0.0.1", 1),
        follow_redirects=False,
    )

    def status(forwarded: str, password: str) -> int:
        form = {"email": ANN, "password": password}
        headers = {"X-Forwarded-For": forwarded}
        return proxy.post("/sign-in", data=form, headers=headers).status_code

    heard = [status(f"1.1.1.{n}, 6.6.6.6", "a wrong one") for n in range(12)]
    assert heard == [401] * 10 + [429] * 2
    assert status("9.9.9.9", seed.PASSWORD) == 303
