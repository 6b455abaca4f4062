"""Changes: create, change and remove the things that people keep by hand, with their audit line.

Each noun's own file says which fields it has and what its rules are; what is the same for all of
them is here. `if_match` is the version a person has read: when the row has changed since, nothing
happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from watchbill.actions import audit, fields
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core.people import TeamId
from watchbill.errors import NotFound
from watchbill.store import incidents as incidents_store
from watchbill.store import rows
from watchbill.store.database import Tx
from watchbill.store.rows import Changed, Row

__all__ = ["Changed"]

Values = Mapping[str, object]


class NoSuchThing(NotFound):
    """There is nothing with this id here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noun:
    """One kind of thing: its word in the audit log, its table, what its ids begin with."""

    word: str
    table: str
    prefix: str
    checks: Mapping[str, fields.Check]
    #: True if a change may alter who answers: open incidents are looked at again.
    decides: bool = True


def create(shell: Shell, tx: Tx, noun: Noun, values: Values, *, by: Actor) -> str:
    """Insert a checked row and return its new id."""
    row_id = shell.new_id(noun.prefix)
    rows.add(tx, noun.table, {"id": row_id, **values})
    _done(shell, tx, noun, by, ("created", row_id, values))
    return row_id


def change(
    shell: Shell,
    tx: Tx,
    noun: Noun,
    before: Row,
    values: Values,
    *,
    by: Actor,
) -> None:
    """Set checked values of a row that was loaded with `load`."""
    rows.change(tx, noun.table, before["id"], values)
    facts = {
        "before": audit.visible({name: before.get(name) for name in values}),
        "after": audit.visible(values),
    }
    _done(shell, tx, noun, by, ("changed", before["id"], facts))


def remove(shell: Shell, tx: Tx, noun: Noun, before: Row, *, by: Actor) -> None:
    """Delete a row that was loaded with `load`."""
    rows.remove(tx, noun.table, before["id"])
    _done(shell, tx, noun, by, ("removed", before["id"], before))


def load(tx: Tx, noun: Noun, row_id: str, *, if_match: str | None = None) -> Row:
    """Return the row, locked.

    Raises: NoSuchThing; Changed if `if_match` is given and no longer its version.
    """
    row = rows.find(tx, noun.table, row_id)
    if row is None:
        raise NoSuchThing(noun=noun.word, id=row_id)
    if if_match is not None and if_match != rows.version(tx, noun.table, row_id):
        raise rows.Changed(noun=noun.word, id=row_id)
    return row


def look_again(shell: Shell, tx: Tx, *, team_id: str | None = None) -> None:
    """Let the engine look at open incidents again, because who answers may have changed."""
    incidents_store.look_again(
        tx, team_id=TeamId(team_id) if team_id else None, now=shell.clock.now()
    )


def _done(
    shell: Shell, tx: Tx, noun: Noun, by: Actor, what: tuple[str, str, Mapping[str, object]]
) -> None:
    verb, row_id, facts = what
    audit.record(shell, tx, by, f"{noun.word}.{verb}", row_id, facts)
    if noun.decides:
        look_again(shell, tx)
