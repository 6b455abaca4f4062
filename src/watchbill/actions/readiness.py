"""Readiness: what a volunteer makes sure of before a first shift, test pages among it (VO6).

A test page carries a link that its receiver opens and confirms, without a sign-in, like a real
one's. The link is signed and names the page it came with, so only the newest counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from watchbill.actions import audit, contacts, fields
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core import volunteers
from watchbill.errors import Conflict, Invalid
from watchbill.store import contacts as contacts_store
from watchbill.store import rows

#: How long the link of a test page answers.
LASTS = timedelta(days=7)


class WrongLink(Invalid):
    """This link is not of the newest test page; ask for another one."""


class NoMethod(Conflict):
    """There is no verified way to reach you yet; add one under Me first."""


def make_sure(shell: Shell, person_id: str, items: list[str], *, by: Actor) -> None:
    """Say what one has made sure of before a first shift; only for oneself, all of it at once.

    Raises: OnlyThemselves, BadFields.
    """
    audit.need_self(by, person_id)
    unknown = sorted(set(items) - set(volunteers.ITEMS))
    if unknown:
        raise fields.BadFields({"items": f"knows no {unknown[0]!r}: {', '.join(volunteers.ITEMS)}"})
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        tx.execute("delete from readiness where person_id = %s", [person_id])
        for item in sorted(set(items)):
            rows.add(tx, "readiness", {"person_id": person_id, "item": item, "at": now})
        audit.record(shell, tx, by, "readiness.said", person_id, {"items": len(set(items))})


def send_test_pages(shell: Shell, person_id: str, *, by: Actor) -> int:
    """Send a test page over every verified way of one's own; return how many.

    Raises: OnlyThemselves, NoMethod, TooManyMessages.
    """
    audit.need_self(by, person_id)
    with shell.db.transaction() as tx:
        methods = contacts_store.verified_ids(tx, person_id)
    for method_id in methods:
        contacts.send_test_page(shell, method_id, by=by)
    if not methods:
        raise NoMethod
    return len(methods)


def answer_test_page(shell: Shell, method_id: str, sent_at: datetime) -> None:
    """Note that the test page sent at `sent_at` over a way was answered. Raises: WrongLink."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        method = rows.find(tx, "contact_methods", method_id)
        if method is None or method["test_sent_at"] != sent_at or now - sent_at > LASTS:
            raise WrongLink
        if method["tested_at"] is not None and method["tested_at"] >= sent_at:
            return
        rows.change(tx, "contact_methods", method_id, {"tested_at": now})
        by = audit.person(method["person_id"])
        audit.record(shell, tx, by, "contact_method.test_answered", method_id, {})
