"""Signing in, tokens and housekeeping."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.integration.actions import seed
from watchbill.actions import fields, housekeeping, passwords, people, sessions, tokens
from watchbill.actions.audit import CLI, SYSTEM, OnlyThemselves, person

ADDRESS = "10.0.0.1"


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def sign_in(seeded: seed.Seeded, email: str, password: str, address: str = ADDRESS) -> str:
    return sessions.sign_in(seeded.shell, email, password, address=address)


def test_sign_in_and_out(seeded: seed.Seeded) -> None:
    cookie = sign_in(seeded, " ANN@example.org".strip(), seed.PASSWORD)
    found = sessions.find(seeded.shell, cookie)
    assert found is not None
    assert found.person_id == seeded.ann
    sessions.sign_out(seeded.shell, cookie)
    assert sessions.find(seeded.shell, cookie) is None


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ann@example.org", "a wrong password"),
        ("nobody@example.org", seed.PASSWORD),
        ("ben@example.org", ""),  # has no password
        ("", ""),
        ("a\x00b", "\x00"),
        ("\ud800", "\ud800"),
        ("x" * 100_000, "y" * 100_000),
    ],
)
def test_what_is_wrong_is_not_told(seeded: seed.Seeded, email: str, password: str) -> None:
    with pytest.raises(sessions.WrongSignIn) as refused:
        sign_in(seeded, email, password)
    assert str(refused.value) == sessions.WrongSignIn.title()


def test_a_session_ends_by_itself_and_lasts_while_it_is_used(seeded: seed.Seeded) -> None:
    cookie = sign_in(seeded, "ann@example.org", seed.PASSWORD)
    seeded.clock.move(timedelta(days=13))
    assert sessions.find(seeded.shell, cookie)
    seeded.clock.move(timedelta(days=13))
    assert sessions.find(seeded.shell, cookie)
    seeded.clock.move(timedelta(days=15))
    assert sessions.find(seeded.shell, cookie) is None


def test_an_account_and_an_address_can_try_so_often(seeded: seed.Seeded) -> None:
    for _ in range(10):
        with pytest.raises(sessions.WrongSignIn):
            sign_in(seeded, "ann@example.org", "wrong", address="10.9.9.9")
    with pytest.raises(sessions.TooManySignIns):
        sign_in(seeded, "ann@example.org", seed.PASSWORD, address="10.9.9.9")
    assert sign_in(seeded, "ann@example.org", seed.PASSWORD, address="10.1.1.1")
    assert sign_in(seeded, "ada@example.org", seed.PASSWORD, address="10.1.1.1")
    seeded.clock.move(timedelta(minutes=16))
    assert sign_in(seeded, "ann@example.org", seed.PASSWORD)


def test_a_new_password_ends_every_session(seeded: seed.Seeded) -> None:
    cookie = sign_in(seeded, "ann@example.org", seed.PASSWORD)
    people.set_password(seeded.shell, seeded.ann, "another long password", by=person(seeded.ann))
    assert sessions.find(seeded.shell, cookie) is None
    with pytest.raises(passwords.WeakPassword):
        people.set_password(seeded.shell, seeded.ann, "short", by=person(seeded.ann))
    with pytest.raises(OnlyThemselves):
        people.set_password(seeded.shell, seeded.ann, "x" * 20, by=person(seeded.ben))


def test_who_is_disabled_is_out_at_once(seeded: seed.Seeded) -> None:
    cookie = sign_in(seeded, "ann@example.org", seed.PASSWORD)
    token = seeded.token("ann", "read")
    people.disable(seeded.shell, seeded.ann, by=SYSTEM)
    assert sessions.find(seeded.shell, cookie) is None
    assert tokens.find(seeded.shell, token) is None
    with pytest.raises(sessions.WrongSignIn):
        sign_in(seeded, "ann@example.org", seed.PASSWORD)


def test_nothing_secret_is_stored_as_it_is(seeded: seed.Seeded) -> None:
    cookie = sign_in(seeded, "ann@example.org", seed.PASSWORD)
    token = seeded.token("ann", "read")
    with seeded.shell.db.transaction() as tx:
        for table in ("sessions", "tokens", "people", "sign_in_attempts", "integrations", "audit"):
            text = str(tx.execute(f"select * from {table}").fetchall())
            for secret in (cookie, token, seed.PASSWORD, seeded.key):
                assert secret not in text


def test_tokens_are_made_for_oneself_and_no_wider(seeded: seed.Seeded) -> None:
    def make(by: object, *scopes: str) -> object:
        return tokens.make(
            seeded.shell, seeded.ann, name="t", scopes=scopes, expires_at=None, by=by
        )

    with pytest.raises(OnlyThemselves):
        make(person(seeded.ada, is_admin=True), "read")
    with pytest.raises(tokens.TooWide):
        make(person(seeded.ann), "admin")
    for wrong in ((), ("root",), ("read", "root")):
        with pytest.raises(fields.BadFields):
            make(person(seeded.ann), *wrong)
    assert make(person(seeded.ann), "read")
    assert make(CLI, "read")


def test_tidying_is_done_once_an_hour_and_says_when_there_is_nothing(seeded: seed.Seeded) -> None:
    sign_in(seeded, "ann@example.org", seed.PASSWORD)
    assert housekeeping.tidy(seeded.shell) == 0
    seeded.clock.move(timedelta(minutes=59))
    assert housekeeping.tidy(seeded.shell) == 0
    seeded.clock.move(timedelta(days=15))
    assert housekeeping.tidy(seeded.shell) >= 2  # the session and the address's attempt
    assert housekeeping.tidy(seeded.shell) == 0
