"""Contacts: a person's rules, replaced as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watchbill.store.database import Tx

_METHODS = "select id from contact_methods where person_id = %s"
_VERIFIED = """
select id from contact_methods where person_id = %s and verified_at is not null
order by created_at, id
"""
_FORGET = "delete from contact_rules where person_id = %s"
_ADD = "insert into contact_rules (id, person_id, method_id, after_s) values (%s, %s, %s, %s)"
_FIND = """
select id from contact_methods
where person_id = %(person_id)s and channel = %(channel)s and address = %(address)s
"""


def find(tx: Tx, values: Mapping[str, object]) -> str | None:
    """Return the id of the method with this person, channel and address, or None."""
    row = tx.execute(_FIND, dict(values)).fetchone()
    return str(row[0]) if row else None


def method_ids(tx: Tx, person_id: str) -> set[str]:
    """Return the ids of a person's contact methods."""
    return {row[0] for row in tx.execute(_METHODS, [person_id])}


def verified_ids(tx: Tx, person_id: str) -> list[str]:
    """Return the ids of the ways that are proved to be a person's, oldest first."""
    return [row[0] for row in tx.execute(_VERIFIED, [person_id])]


def put_rules(tx: Tx, person_id: str, rules: Sequence[tuple[str, str, int]]) -> None:
    """Replace the rules: (id, method, seconds)."""
    tx.execute(_FORGET, [person_id])
    for rule_id, method_id, after_s in rules:
        tx.execute(_ADD, [rule_id, person_id, method_id, after_s])
