"""Offices: places with a zone, a working week, public holidays and closing days."""

from __future__ import annotations

from datetime import date
from typing import Any

from watchbill.actions import audit, changes, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.store import companies
from watchbill.store import offices as offices_store
from watchbill.store.database import Tx


def _country(value: Any) -> object:
    country = str(fields.text(2)(value)).upper()
    _known(country, "")
    return country


def _closing_days(value: Any) -> object:
    if not isinstance(value, list | tuple):
        raise ValueError("must be a list")
    fields.no_more(value, 400, "closing days")
    return [(fields.day(item["day"]), fields.text(100)(item.get("name", ""))) for item in value]


NOUN = Noun(
    word="office",
    table="offices",
    prefix="off",
    checks={
        "slug": fields.slug,
        "name": fields.text(100, least=1),
        "zone": fields.zone,
        "country": _country,
        "region": fields.text(10),
        "week": fields.week,
        "closing_days": _closing_days,
    },
)


def create(shell: Shell, values: Values, *, by: Actor) -> str:
    """Open an office: `slug`, `name`, `zone`, and perhaps `country`, `region`, `week`, `closing_days`."""
    audit.need_admin(by)
    fields.need(values, "slug", "name", "zone")
    good = fields.checked(NOUN.checks, values)
    _known(str(good.get("country", "")), str(good.get("region", "")))
    days = good.pop("closing_days", [])
    with shell.db.transaction() as tx:
        office_id = changes.create(shell, tx, NOUN, good, by=by)
        _close(tx, office_id, days)
    shell.ring()
    return office_id


def change(
    shell: Shell, office_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Change an office; `closing_days`, if given, replaces all of them."""
    audit.need_admin(by)
    good = fields.checked(NOUN.checks, values)
    days = good.pop("closing_days", None)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, office_id, if_match=if_match)
        _known(
            str(good.get("country", before["country"])), str(good.get("region", before["region"]))
        )
        changes.change(shell, tx, NOUN, before, good, by=by)
        if days is not None:
            _close(tx, office_id, days)
    shell.ring()


def remove(shell: Shell, office_id: str, *, by: Actor, if_match: str | None = None) -> None:
    """Close an office for good; refused while teams or people belong to it."""
    audit.need_admin(by)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, office_id, if_match=if_match)
        changes.remove(shell, tx, NOUN, before, by=by)
    shell.ring()


def _close(tx: Tx, office_id: str, days: Any) -> None:
    named: dict[date, str] = dict(days)
    offices_store.close_on(tx, office_id, named)


def _known(country: str, region: str) -> None:
    """Refuse a country or region whose holidays nobody knows."""
    try:
        companies.public_holidays(country, region)
    except NotImplementedError as error:
        raise fields.BadFields(
            {"country": f"no public holidays are known for {country} {region}".rstrip()}
        ) from error
