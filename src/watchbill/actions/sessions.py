"""Sessions: sign in with mail address and password, stay signed in, sign out.

Attempts are counted, and nobody can use that to lock a person out: a browser in which the person
has signed in before holds a mark that gives it a count of its own.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import timedelta

from watchbill.actions import audit, events, passwords
from watchbill.actions.shell import Shell
from watchbill.errors import TooMany, Unauthenticated
from watchbill.store import organization as organization_store
from watchbill.store import sessions as sessions_store
from watchbill.store.database import Tx
from watchbill.store.sessions import Visitor

#: How long a session lasts after its last use, and how seldom that use is written down.
LASTS = timedelta(days=14)
_SEEN_EVERY = timedelta(minutes=10)
#: Attempts in a while: of one account from one network address or one marked browser, of one
#: account from everywhere else, and of one network address.
_WHILE = timedelta(minutes=15)
_PER_PLACE, _PER_ACCOUNT, _PER_ADDRESS = 10, 100, 50


class WrongSignIn(Unauthenticated):
    """The mail address or the password is wrong."""


class TooManySignIns(TooMany):
    """Too many attempts to sign in; wait a quarter of an hour."""


def sign_in(
    shell: Shell, email: str, password: str, *, address: str, agent: str = "", mark: str = ""
) -> str:
    """Return the cookie of a new session. `mark` is what `mark` gave this browser before, or "".

    Raises: WrongSignIn, in the same time for an unknown address; TooManySignIns; passwords.Busy.
    """
    now = shell.clock.now()
    email = _storable(email).strip()
    with shell.db.transaction() as tx:
        person_id, stored = sessions_store.password(tx, email) or (None, None)
        is_marked = stored is not None and hmac.compare_digest(
            _mark(tx, stored).encode(), _storable(mark).encode()
        )
        limits = _limits(email.lower()[:320], address, mark if is_marked else "")
        since = now - _WHILE
        if any(sessions_store.attempts(tx, w, since=since) >= n for w, n in limits.items()):
            raise TooManySignIns
        sessions_store.attempted(tx, list(limits), now=now)
    if not passwords.is_right(password, stored) or person_id is None:
        raise WrongSignIn
    cookie = secrets.token_urlsafe(32)
    with shell.db.transaction() as tx:
        sessions_store.forget_attempts(tx, next(iter(limits)))
        sessions_store.begin(
            tx,
            events.hash_key(cookie),
            person_id,
            now=now,
            expires_at=now + LASTS,
            agent=_storable(agent)[:200],
        )
        audit.record(shell, tx, audit.person(person_id), "person.signed_in", person_id, {})
    return cookie


def mark(shell: Shell, person_id: str) -> str:
    """Return what a browser keeps in which a person has signed in; it ends with their password."""
    with shell.db.transaction() as tx:
        return _mark(tx, sessions_store.stored_password(tx, person_id))


def _mark(tx: Tx, stored: str) -> str:
    """Return the mark of whoever has this password hash: nobody else can make it."""
    return hmac.digest(organization_store.secret(tx), f"mark:{stored}".encode(), "sha256").hex()


def _limits(email: str, address: str, mark: str) -> Mapping[str, int]:
    """Return what is counted, by hash, and how often each may try; the narrowest first."""
    if mark:
        return {events.hash_key(f"mark:{mark}"): _PER_PLACE}
    return {
        events.hash_key(f"mail:{email} net:{address}"): _PER_PLACE,
        events.hash_key(f"mail:{email}"): _PER_ACCOUNT,
        events.hash_key(f"net:{address}"): _PER_ADDRESS,
    }


def find(shell: Shell, cookie: str) -> Visitor | None:
    """Return who is signed in with this cookie, or None."""
    now = shell.clock.now()
    id_hash = events.hash_key(cookie)
    with shell.db.transaction() as tx:
        visitor = sessions_store.find(tx, id_hash, now=now)
        if visitor is not None and now - visitor.seen_at > _SEEN_EVERY:
            sessions_store.seen(tx, id_hash, now=now, expires_at=now + LASTS)
    return visitor


def sign_out(shell: Shell, cookie: str) -> None:
    """End the session; a second time changes nothing."""
    with shell.db.transaction() as tx:
        sessions_store.end(tx, events.hash_key(cookie))


def sign_out_everywhere(shell: Shell, person_id: str, *, by: audit.Actor) -> int:
    """End every session of a person and return how many there were."""
    audit.need_self_or_admin(by, person_id)
    with shell.db.transaction() as tx:
        count = sessions_store.end_all(tx, person_id)
        audit.record(shell, tx, by, "person.signed_out_everywhere", person_id, {"sessions": count})
    return count


def sign_out_one(shell: Shell, session_id: str, *, by: audit.Actor) -> None:
    """End another of one's own sessions, named by the first 24 characters of its hash."""
    if by.person_id is not None and len(session_id) == 24:
        with shell.db.transaction() as tx:
            sessions_store.end_one(tx, by.person_id, session_id)


def _storable(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
