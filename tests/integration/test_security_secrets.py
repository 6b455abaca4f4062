"""What is secret is shown once and then to nobody; and nobody's mailbox is flooded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.integration.actions import seed
from tests.integration.api.client import OPERATIONS, Client
from watchbill.actions import contacts
from watchbill.actions.audit import person


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


@pytest.fixture
def api(seeded: seed.Seeded) -> Client:
    return Client(seeded, seeded.token("ada", "admin"))


def test_the_secrets_of_a_door_are_shown_to_nobody(seeded: seed.Seeded, api: Client) -> None:
    given = {"secret": "s3cr3t-value", "url_secret": "s3cr3t-too", "severity": "error"}
    body = {"service_id": seeded.checkout, "source": "sns", "name": "n", "settings": given}
    made = api.json("POST", "/integrations", json=body, expect=201)["integration"]
    url = f"/integrations/{made['id']}"
    shown = api.json("GET", url)["settings"]
    assert shown == {"secret": "…", "url_secret": "…", "severity": "error"}
    assert "s3cr3t" not in api("GET", "/integrations").text + api("GET", "/audit").text
    api("PATCH", url, json={"settings": shown | {"severity": "info"}}, expect=200)
    with seeded.shell.db.transaction() as tx:
        row = tx.execute("select settings from integrations where id = %s", [made["id"]]).fetchone()
    assert row is not None
    assert row[0] == given | {"severity": "info"}


def test_no_list_of_the_api_shows_a_secret(seeded: seed.Seeded, api: Client) -> None:
    hook = api.json("POST", "/webhooks", json={"name": "w", "url": "https://a.example"}, expect=201)
    token = api.json("POST", "/tokens", json={"name": "t", "scopes": ["read"]}, expect=201)
    method = {"person_id": seeded.ada, "channel": "email", "address": "ada2@example.org"}
    api("POST", "/contact-methods", json=method, expect=201)
    with seeded.shell.db.transaction() as tx:
        codes = [r[0] for r in tx.execute("select data->>'subject' from notifications").fetchall()]
        hashes = [r[0] for r in tx.execute("select password_hash from people").fetchall()]
    code = codes[0].split()[0]
    assert len(code) == 6
    for verb, path, _ in OPERATIONS:
        if verb == "get" and "{" not in path:
            text = api("GET", path.removeprefix("/api/v1")).text
            for secret in (hook["secret"], token["token"], seeded.key, code, *filter(None, hashes)):
                assert secret not in text, path


def test_codes_cannot_flood_a_strangers_mailbox(seeded: seed.Seeded) -> None:
    """Neither by asking for another, nor by removing the way and adding it again."""
    ann, sent = person(seeded.ann), 0
    values = {"person_id": seeded.ann, "channel": "email", "address": "stranger@example.com"}
    with pytest.raises(contacts.TooManyMessages):  # noqa: PT012 - until it is refused
        for _ in range(50):
            method = contacts.add(seeded.shell, values, by=ann)
            contacts.remove(seeded.shell, method, by=ann)
            sent += 1
    assert sent == 12
    seeded.clock.move(timedelta(minutes=61))
    assert contacts.add(seeded.shell, values, by=ann)


def test_trial_messages_have_an_end_too(seeded: seed.Seeded) -> None:
    ann = person(seeded.ann)
    with pytest.raises(contacts.TooManyMessages):  # noqa: PT012 - until it is refused
        for _ in range(50):
            contacts.test(seeded.shell, seeded.ann_mail, by=ann)


def test_a_code_is_tried_five_times(seeded: seed.Seeded) -> None:
    ann = person(seeded.ann)
    values = {"person_id": seeded.ann, "channel": "email", "address": "other@example.com"}
    method = contacts.add(seeded.shell, values, by=ann)
    with seeded.shell.db.transaction() as tx:
        row = tx.execute("select data->>'subject' from notifications").fetchone()
    assert row is not None
    code = str(row[0]).split()[0]
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for given in (wrong, wrong, wrong, wrong, wrong, code):
        with pytest.raises(contacts.WrongCode):
            contacts.verify(seeded.shell, method, given, by=ann)
