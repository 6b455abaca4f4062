"""CSV imports: people and time away, all of a file or nothing.

A person is known by their mail address: who is there is changed, who is not is added, nobody is
removed, and nobody is put on call: a term is agreed to by oneself (NO2). Of time away, what came
from files before is replaced for the people the file names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from watchbill.actions import audit, changes, fields, people
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core import hours
from watchbill.core.people import PersonId
from watchbill.definitions import csv_tables
from watchbill.definitions.csv_tables import BadTable, Fault, Line
from watchbill.store import rows
from watchbill.store.database import Tx

_PEOPLE = ("role", "team", "office", "zone", "skills")
_KNOWN = """
select id, lower(email), name, role, team_id, office_id, zone, skills, disabled_at from people
"""
_TEAMS, _OFFICES = "select slug, id from teams", "select slug, id from offices"
_OWN = """
select person_id, starts_at, ends_at from absences where source = 'csv' and person_id = any(%s)
"""
_FORGET = "delete from absences where source = 'csv' and person_id = any(%s)"
#: Open incidents are looked at once at the end: a long file must not hold them meanwhile.
_NOUN = replace(people.NOUN, decides=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a file did, or would do."""

    created: int
    changed: int
    unchanged: int


def import_people(shell: Shell, body: bytes, *, dry_run: bool, by: Actor) -> Report:
    """Add and change people: columns name, email, and perhaps role, team, office, zone, skills.

    Team and office are slugs. A column that is not there changes nothing; an empty cell empties.
    Raises: BadTable, OnlyAdmins.
    """
    audit.need_admin(by)
    lines = csv_tables.read(body, needed=("name", "email"), others=_PEOPLE)
    with shell.db.transaction() as tx:
        report = _put_people(shell, tx, lines, by=by)
        if dry_run:
            tx.rollback()
    if not dry_run:
        shell.ring()
    return report


def import_absences(shell: Shell, body: bytes, *, dry_run: bool, by: Actor) -> Report:
    """Replace what files said of time away: columns email, from, to.

    Days such as 2026-12-24, the last one included, or instants such as 2026-12-24T18:00; both by
    the person's clocks. Raises: BadTable, OnlyAdmins.
    """
    audit.need_admin(by)
    lines = csv_tables.read(body, needed=("email", "from", "to"))
    with shell.db.transaction() as tx:
        report = _put_absences(shell, tx, lines, by=by)
        if dry_run:
            tx.rollback()
    if not dry_run:
        shell.ring()
    return report


def _put_people(shell: Shell, tx: Tx, lines: list[Line], *, by: Actor) -> Report:
    known = {row[1]: row for row in tx.execute(_KNOWN)}
    slugs: dict[str, dict[str, str]] = {
        "team": dict(tx.execute(_TEAMS).fetchall()),
        "office": dict(tx.execute(_OFFICES).fetchall()),
    }
    faults: list[Fault] = []
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    seen: set[str] = set()
    for line in lines:
        try:
            values = _person(line, slugs)
        except fields.BadFields as bad:
            told: Any = bad.details["fields"]
            faults += [
                Fault(line=line.number, column=c, text=_sentence(t)) for c, t in told.items()
            ]
            continue
        email = str(values["email"]).lower()
        if email in seen:
            faults.append(Fault(line=line.number, column="email", text="There twice."))
            continue
        seen.add(email)
        if not faults:
            counts[_put_person(shell, tx, known.get(email), values, line, faults, by=by)] += 1
    if faults:
        raise BadTable(faults)
    if counts["created"] or counts["changed"]:
        changes.look_again(shell, tx)
    return Report(**counts)


def _person(line: Line, slugs: Mapping[str, Mapping[str, str]]) -> dict[str, object]:
    cells = dict(line.cells)
    values: dict[str, object] = {"name": cells["name"], "email": cells["email"]}
    if cells.get("role"):
        values["role"] = cells["role"].lower()
    if "skills" in cells:
        values["skills"] = cells["skills"]
    if "zone" in cells:
        values["zone"] = cells["zone"] or None
    for name in ("team", "office"):
        if name in cells:
            slug = cells[name]
            if slug and slug not in slugs[name]:
                raise fields.BadFields(
                    {name: f"no {name} has the slug {slug[:60]!r}; make it first"}
                )
            values[f"{name}_id"] = slugs[name].get(slug)
    return fields.checked(people.NOUN.checks, values)


def _put_person(
    shell: Shell,
    tx: Tx,
    known: Any,
    values: dict[str, object],
    line: Line,
    faults: list[Fault],
    *,
    by: Actor,
) -> str:
    if known is None:
        changes.create(shell, tx, _NOUN, values, by=by)
        return "created"
    names = ("id", "email", "name", "role", "team_id", "office_id", "zone", "skills")
    before = dict(zip(names, known, strict=False))
    if known[8] is not None:
        text = "This person was disabled; enable them first, or leave the line out."
        faults.append(Fault(line=line.number, column="email", text=text))
        return "unchanged"
    new = {name: v for name, v in values.items() if name != "email" and before[name] != v}
    if not new:
        return "unchanged"
    if "role" in new or "team_id" in new:
        row = changes.load(tx, people.NOUN, before["id"])
        try:
            people.need_fitting_rotas(tx, row, new)
        except people.OnARota as error:
            faults.append(
                Fault(
                    line=line.number, column="role" if "role" in new else "team", text=error.title()
                )
            )
            return "unchanged"
    changes.change(shell, tx, _NOUN, {**before}, new, by=by)
    return "changed"


def _sentence(text: object) -> str:
    """Return what is wrong with a cell as a sentence."""
    words = str(text).rstrip(".")
    return f"{words[:1].upper()}{words[1:]}."


def _put_absences(shell: Shell, tx: Tx, lines: list[Line], *, by: Actor) -> Report:
    company = shell.company(tx)
    by_mail = {person.email.lower(): person for person in company.people.values()}
    faults: list[Fault] = []
    wanted: set[tuple[PersonId, datetime, datetime]] = set()
    for line in lines:
        person = by_mail.get(line.cells["email"].lower())
        if person is None:
            text = "Nobody here has this address; import people first."
            faults.append(Fault(line=line.number, column="email", text=text))
            continue
        span = [_instant(line, name, person.zone, faults) for name in ("from", "to")]
        if span[0] is None or span[1] is None:
            continue
        if not span[0] < span[1]:
            faults.append(Fault(line=line.number, column="to", text="Must be later than from."))
            continue
        wanted.add((person.id, span[0], span[1]))
    if faults:
        raise BadTable(faults)
    return _replace(shell, tx, wanted, by=by)


def _replace(
    shell: Shell, tx: Tx, wanted: set[tuple[PersonId, datetime, datetime]], *, by: Actor
) -> Report:
    who = sorted({person_id for person_id, _, _ in wanted})
    held = {(PersonId(row[0]), row[1], row[2]) for row in tx.execute(_OWN, [who])}
    if held != wanted:
        tx.execute(_FORGET, [who])
        for person_id, start, end in sorted(wanted):
            own: dict[str, object] = {"person_id": person_id, "starts_at": start, "ends_at": end}
            rows.add(tx, "absences", {"id": shell.new_id("abs"), **own, "source": "csv"})
        facts = {"people": len(who), "times": len(wanted)}
        audit.record(shell, tx, by, "absences.imported", "csv", facts)
        changes.look_again(shell, tx)
    return Report(
        created=len(wanted - held), changed=len(held - wanted), unchanged=len(wanted & held)
    )


def _known(at: datetime) -> datetime:
    """Return an instant of a year that a plan may speak of. Raises: ValueError."""
    fields.instant(at)
    return at


def _instant(line: Line, column: str, zone: str, faults: list[Fault]) -> datetime | None:
    text = line.cells[column]
    try:
        if len(text) == 10:
            later = timedelta(days=1) if column == "to" else timedelta()
            return _known(hours.instant(date.fromisoformat(text) + later, time(0), zone))
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            return _known(hours.instant(at.date(), at.time(), zone))
        return _known(at.astimezone(ZoneInfo("UTC")))
    except (ValueError, OverflowError):
        advice = "Give a day such as 2026-12-24, or 2026-12-24T18:00."
        faults.append(Fault(line=line.number, column=column, text=advice))
        return None
