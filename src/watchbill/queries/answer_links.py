"""What a link in a message is about: its page, its person, and how the incident stands now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer

from watchbill.core.incidents import Incident
from watchbill.core.people import PersonId
from watchbill.errors import NotFound
from watchbill.queries import messages, people
from watchbill.store import helping
from watchbill.store import incidents as incidents_store
from watchbill.store.database import Database

_SECRET = "select secret from organization"  # noqa: S105 - a query
_PAGE = """
select p.incident_id, p.ended_at, p.outcome, w.disabled_at is null
from pages p join people w on w.id = p.person_id where p.id = %s and p.person_id = %s
"""
_PERSON = "select name from people where id = %s and disabled_at is null"
_METHOD = """
select p.name, m.test_sent_at, m.tested_at
from contact_methods m join people p on p.id = m.person_id
where m.id = %s and p.disabled_at is null
"""


class BadLink(NotFound):
    """The link is not one of ours, or is cut short; copy the whole of it from the message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLink:
    """A link that was sent to one person about one page."""

    person_id: PersonId
    person_name: str
    #: The person still works here.
    is_here: bool
    #: When the page ended; None while the person is being called.
    ended_at: datetime | None
    outcome: str | None
    incident: Incident
    #: Who resolved or acknowledged the incident, or "".
    answered_by: str


def read(db: Database, token: str) -> AnswerLink:
    """Return what the link with this token is about.

    Raises: BadLink.
    """
    with db.transaction() as tx:
        secret = tx.execute(_SECRET).fetchone()
        page_id, person_id = _opened(token, bytes(secret[0]) if secret else b"")
        page = tx.execute(_PAGE, [page_id, person_id]).fetchone()
        if page is None:
            raise BadLink
        incident = incidents_store.look(tx, page[0])
        by = incident.resolved_by or incident.acknowledged_by
        names = people.names(tx, {person_id, *([by] if by else [])})
    return AnswerLink(
        person_id=PersonId(person_id),
        person_name=names[person_id],
        is_here=page[3],
        ended_at=page[1],
        outcome=page[2],
        incident=incident,
        answered_by=names.get(by, "") if by else "",
    )


def _opened(token: str, secret: bytes) -> tuple[str, str]:
    return _loaded(messages.signer(secret), token)


def _loaded(signer: URLSafeSerializer, token: str) -> tuple[str, str]:
    """Return what a link is about, and whom it was sent to. Raises: BadLink."""
    try:
        about, person_id = signer.loads(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise BadLink from error
    return str(about), str(person_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperLink:
    """A link that was sent to somebody who was asked for help."""

    person_id: PersonId
    person_name: str
    incident: Incident
    #: They have said that they can help.
    is_offered: bool


def read_helper(db: Database, token: str) -> HelperLink:
    """Return what the link of a mail that asks for help is about.

    Raises: BadLink; who has left the company has none.
    """
    with db.transaction() as tx:
        secret = tx.execute(_SECRET).fetchone()
        signer = messages.helper_signer(bytes(secret[0]) if secret else b"")
        incident_id, person_id = _loaded(signer, token)
        person = tx.execute(_PERSON, [person_id]).fetchone()
        if person is None:
            raise BadLink
        return HelperLink(
            person_id=PersonId(person_id),
            person_name=person[0],
            incident=incidents_store.look(tx, incident_id),
            is_offered=person_id in helping.offered(tx, incident_id),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TestLink:
    """A link that was sent in a test page."""

    method_id: str
    sent_at: datetime
    person_name: str
    #: It was answered, or a newer test page has taken its place.
    is_answered: bool
    is_newest: bool


def read_test(db: Database, token: str) -> TestLink:
    """Return what the link of a test page is about.

    Raises: BadLink.
    """
    with db.transaction() as tx:
        secret = tx.execute(_SECRET).fetchone()
        method_id, sent_at = _opened_test(token, bytes(secret[0]) if secret else b"")
        row = tx.execute(_METHOD, [method_id]).fetchone()
    if row is None:
        raise BadLink
    return TestLink(
        method_id=method_id,
        sent_at=sent_at,
        person_name=row[0],
        is_answered=row[2] is not None and row[2] >= sent_at,
        is_newest=row[1] == sent_at,
    )


def _opened_test(token: str, secret: bytes) -> tuple[str, datetime]:
    try:
        method_id, sent_at = messages.test_signer(secret).loads(token)
        return str(method_id), datetime.fromisoformat(sent_at)
    except (BadSignature, ValueError, TypeError) as error:
        raise BadLink from error
