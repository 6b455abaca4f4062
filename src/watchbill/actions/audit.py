"""Audit: who did what; every write leaves one line, without secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watchbill.actions.shell import Shell
from watchbill.core.people import PersonId
from watchbill.errors import Forbidden
from watchbill.store import audit as audit_store
from watchbill.store.database import Tx

#: What stands where something secret is.
HIDDEN = "…"

#: Columns that are never written into the audit log.
_SECRET = frozenset(
    {"password_hash", "key_hash", "hash", "secret", "code_hash", "address", "id_hash"}
)


class OnlyAdmins(Forbidden):
    """Only an admin may do this."""


class NotByToken(Forbidden):
    """A token without the scope `admin` cannot do this: it would gain what it was not given."""


class OnlyThemselves(Forbidden):
    """Only the person themselves may do this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who is doing something, as far as rights and the audit log care."""

    #: What the audit log says: a person's id, `token:<id>`, `system`, `cli`.
    name: str
    #: The person who acts; None for Watchbill itself and the command line.
    person_id: PersonId | None = None
    is_admin: bool = False
    #: False for a token that may do less than its person: it cannot get more by itself.
    is_whole: bool = True


#: Watchbill itself, and whoever can start its command line on the server.
SYSTEM = Actor(name="system", is_admin=True)
CLI = Actor(name="cli", is_admin=True)


def person(person_id: str, *, is_admin: bool = False) -> Actor:
    """Return a person as the one who acts."""
    return Actor(name=person_id, person_id=PersonId(person_id), is_admin=is_admin)


def need_admin(by: Actor) -> None:
    """Refuse anybody who is not an admin.

    Raises: OnlyAdmins.
    """
    if not by.is_admin:
        raise OnlyAdmins


def need_self(by: Actor, person_id: str) -> None:
    """Refuse anybody but the person, an admin too.

    Raises: OnlyThemselves.
    """
    if by.person_id != person_id:
        raise OnlyThemselves(person_id=person_id)


def need_self_or_admin(by: Actor, person_id: str) -> None:
    """Refuse anybody but the person or an admin.

    Raises: OnlyThemselves.
    """
    if not by.is_admin:
        need_self(by, person_id)


def need_whole(by: Actor) -> None:
    """Refuse a token that may do less than its person.

    Raises: NotByToken.
    """
    if not by.is_whole:
        raise NotByToken


def record(
    shell: Shell, tx: Tx, by: Actor, action: str, noun_id: str, facts: Mapping[str, object]
) -> None:
    """Write one line of the audit log; what is secret stays out."""
    entry = (shell.new_id("aud"), shell.clock.now(), by.name)
    audit_store.add(tx, entry, action, noun_id, visible(facts))


def record_many(
    shell: Shell, tx: Tx, by: Actor, lines: Iterable[tuple[str, str, Mapping[str, object]]]
) -> None:
    """Write a line for each action, noun's id and facts, all in one statement."""
    now = shell.clock.now()
    entries = [
        ((shell.new_id("aud"), now, by.name), action, noun_id, visible(facts))
        for action, noun_id, facts in lines
    ]
    audit_store.add_many(tx, entries)


def visible(values: Mapping[str, object]) -> dict[str, object]:
    """Return values with what is secret replaced by its being there, in what they hold too."""
    return {name: _visible(name, value) for name, value in values.items()}


def is_secret(name: str) -> bool:
    """Say whether what has this name is kept from everybody."""
    return name in _SECRET or name.lower().endswith(("secret", "password", "token"))


def _visible(name: str, value: object) -> object:
    if value and is_secret(name):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _visible(str(key), held) for key, held in value.items()}
    return value if _plain(value) else str(value)


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool | list | tuple | dict)
