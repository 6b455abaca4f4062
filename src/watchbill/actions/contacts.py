"""Contacts: how a person wants to be reached. Each way is proved with a code before it is used."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from watchbill.actions import audit, changes, events, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification, NotificationState
from watchbill.core.people import PersonId
from watchbill.errors import Conflict, Invalid, TooMany
from watchbill.store import contacts as contacts_store
from watchbill.store import notifications as notifications_store
from watchbill.store import rows
from watchbill.store import sessions as sessions_store
from watchbill.store.database import Tx

#: How long a code counts, how often it may be tried, and how soon another can be had.
_CODE_LASTS, _TRIES, _PAUSE = timedelta(minutes=15), 5, timedelta(minutes=1)
#: Codes and trial messages for one person within an hour, over all their ways, removed ones too.
_AN_HOUR, _MESSAGES = timedelta(hours=1), 12


class WrongCode(Invalid):
    """The code is wrong or no longer counts; ask for another one."""


class TooManyCodes(TooMany):
    """A code is on its way; another can be had in a minute."""


class TooManyMessages(TooMany):
    """So many codes and trial messages are enough for an hour; nobody's mailbox is to be flooded."""


class NotVerified(Conflict):
    """This way has not been proved with its code yet."""


NOUN = Noun(
    word="contact_method",
    table="contact_methods",
    prefix="cm",
    checks={
        "person_id": fields.text(64, least=1),
        "channel": fields.choice("email", "webhook"),
        "address": fields.text(2000, least=3),
        "label": fields.text(100),
        "secret": fields.text(200),
    },
)
_ADDRESSES: dict[str, fields.Check] = {"email": fields.mail, "webhook": fields.web_address}


def add(shell: Shell, values: Values, *, by: Actor) -> str:
    """Add a way to be reached (`person_id`, `channel`, `address`, perhaps `label`); send its code."""
    good = _checked(values)
    audit.need_self_or_admin(by, str(good["person_id"]))
    with shell.db.transaction() as tx:
        method_id = changes.create(
            shell, tx, NOUN, {**good, "created_at": shell.clock.now()}, by=by
        )
        _send_code(shell, tx, {"id": method_id, **good}, by=by)
    shell.ring()
    return method_id


def add_known(shell: Shell, values: Values, *, by: Actor) -> str:
    """Add a way that needs no code, because whoever runs the server vouches for it.

    A way that waits for its code needs none any more; one that is proved stays as it is.
    """
    if by not in (audit.CLI, audit.SYSTEM):
        raise audit.OnlyAdmins
    good = _checked(values)
    now = shell.clock.now()
    proved = {"verified_at": now, "code_hash": None, "code_until": None, "failed_at": None}
    with shell.db.transaction() as tx:
        method_id = contacts_store.find(tx, good)
        if method_id is None:
            method_id = changes.create(
                shell, tx, NOUN, {**good, "created_at": now, **proved}, by=by
            )
        elif (method := changes.load(tx, NOUN, method_id))["verified_at"] is None:
            changes.change(shell, tx, NOUN, method, proved, by=by)
    shell.ring()
    return method_id


def send_code(shell: Shell, method_id: str, *, by: Actor) -> None:
    """Send a new code.

    Raises: TooManyCodes within a minute of the last; TooManyMessages.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        method = _own(tx, method_id, by)
        if method["code_until"] and method["code_until"] - _CODE_LASTS + _PAUSE > now:
            raise TooManyCodes
        _send_code(shell, tx, method, by=by)
    shell.ring()


def verify(shell: Shell, method_id: str, code: str, *, by: Actor) -> None:
    """Prove a way with its code; from then on pages use it. Proving again changes nothing.

    Raises: WrongCode.
    """
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        method = _own(tx, method_id, by)
        if method["verified_at"] is not None:
            return
        is_right = _is_right(method, code, now)
        if is_right:
            good = {"verified_at": now, "code_hash": None, "code_until": None, "failed_at": None}
            changes.change(shell, tx, NOUN, method, good, by=by)
        else:
            rows.change(tx, "contact_methods", method_id, {"code_tries": method["code_tries"] + 1})
            audit.record(shell, tx, by, "contact_method.code_wrong", method_id, {})
    if not is_right:
        raise WrongCode
    shell.ring()


def remove(shell: Shell, method_id: str, *, by: Actor) -> None:
    """Forget a way, with the rules that use it."""
    with shell.db.transaction() as tx:
        method = _own(tx, method_id, by)
        changes.remove(shell, tx, NOUN, method, by=by)
    shell.ring()


def test(shell: Shell, method_id: str, *, by: Actor) -> str:
    """Send a trial message and return its notification's id.

    Raises: NotVerified; TooManyMessages.
    """
    with shell.db.transaction() as tx:
        method = _own(tx, method_id, by)
        if method["verified_at"] is None:
            raise NotVerified
        _count_message(shell, tx, method)
        audit.record(shell, tx, by, "contact_method.tested", method_id, {})
        text = "This is what a message from Watchbill looks like. Nothing is wrong."
        note = _message(shell, method, MessageKind.TEST, "A trial message from Watchbill", text)
        notifications_store.add(tx, [note])
    shell.ring()
    return note.id


def send_test_page(shell: Shell, method_id: str, *, by: Actor) -> None:
    """Send a test page over a verified way; the link in it is written when the message is (VO6).

    Raises: NotVerified; TooManyMessages.
    """
    with shell.db.transaction() as tx:
        method = _own(tx, method_id, by)
        if method["verified_at"] is None:
            raise NotVerified
        _count_message(shell, tx, method)
        sent_at = shell.clock.now()
        rows.change(tx, "contact_methods", method_id, {"test_sent_at": sent_at})
        audit.record(shell, tx, by, "contact_method.test_page_sent", method_id, {})
        text = (
            "This is how a page reaches you here. Nothing is wrong."
            " Open the link and press its button, so that we know you would have heard it."
        )
        note = _message(shell, method, MessageKind.TEST, "A test page from Watchbill", text)
        note = replace(note, data={**note.data, "test": [method_id, sent_at.isoformat()]})
        notifications_store.add(tx, [note])
    shell.ring()


def set_rules(
    shell: Shell, person_id: str, rules: Sequence[Mapping[str, Any]], *, by: Actor
) -> None:
    """Replace a person's rules: each a `method_id` of theirs and after how many seconds (`after_s`)."""
    audit.need_self_or_admin(by, person_id)
    if len(rules) > 20:
        raise fields.BadFields({"rules": "at most 20"})
    checks: dict[str, fields.Check] = {
        "method_id": fields.text(64, least=1),
        "after_s": fields.number(0, 3600),
    }
    good: list[Any] = [fields.checked(checks, rule) for rule in rules]
    with shell.db.transaction() as tx:
        own = contacts_store.method_ids(tx, person_id)
        if any(rule["method_id"] not in own for rule in good):
            raise fields.BadFields({"method_id": "is not one of this person's contact methods"})
        with rows.refused():
            contacts_store.put_rules(
                tx,
                person_id,
                [(shell.new_id("cr"), rule["method_id"], rule["after_s"]) for rule in good],
            )
        audit.record(shell, tx, by, "contact_rules.set", person_id, {"rules": good})
    shell.ring()


def _checked(values: Values) -> dict[str, object]:
    fields.need(values, "person_id", "channel", "address")
    good = fields.checked(NOUN.checks, values)
    channel = str(good["channel"])
    return good | fields.checked({"address": _ADDRESSES[channel]}, {"address": good["address"]})


def _own(tx: Tx, method_id: str, by: Actor) -> dict[str, Any]:
    method = changes.load(tx, NOUN, method_id)
    audit.need_self_or_admin(by, method["person_id"])
    return method


def _count_message(shell: Shell, tx: Tx, method: Mapping[str, Any]) -> None:
    """Count one more message to a person who asked for it, unless there were too many."""
    now, who = shell.clock.now(), events.hash_key(f"messages:{method['person_id']}")
    if sessions_store.attempts(tx, who, since=now - _AN_HOUR) >= _MESSAGES:
        raise TooManyMessages
    sessions_store.attempted(tx, [who], now=now)


def _send_code(shell: Shell, tx: Tx, method: Mapping[str, Any], *, by: Actor) -> None:
    _count_message(shell, tx, method)
    audit.record(shell, tx, by, "contact_method.code_sent", method["id"], {})
    code = f"{secrets.randbelow(1_000_000):06d}"
    rows.change(
        tx,
        "contact_methods",
        method["id"],
        {
            "code_hash": _hash(method["id"], code),
            "code_until": shell.clock.now() + _CODE_LASTS,
            "code_tries": 0,
        },
    )
    text = (
        f"Your code is {code}. Enter it within a quarter of an hour, and pages can reach you here."
    )
    note = _message(shell, method, MessageKind.CODE, f"{code} is your Watchbill code", text)
    notifications_store.add(tx, [note])


def _is_right(method: Mapping[str, Any], code: str, now: Any) -> bool:
    if method["code_hash"] is None or method["code_until"] <= now or method["code_tries"] >= _TRIES:
        return False
    return hmac.compare_digest(method["code_hash"], _hash(method["id"], code.strip()))


def _hash(method_id: str, code: str) -> str:
    return events.hash_key(f"{method_id}:{code}".encode("utf-8", "replace").decode())


def _message(
    shell: Shell, method: Mapping[str, Any], kind: MessageKind, subject: str, text: str
) -> Notification:
    now = shell.clock.now()
    return Notification(
        id=shell.new_id("ntf"),
        kind=kind,
        person_id=PersonId(method["person_id"]),
        method_id=method["id"],
        channel=method["channel"],
        state=NotificationState.PLANNED,
        due_at=now,
        created_at=now,
        data={"subject": subject, "text": text},
    )
