"""Services: what teams run; how their alerts are grouped; when nobody is asked about them."""

from __future__ import annotations

from watchbill.actions import audit, changes, fields, teams
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.store import alarms as alarms_store

NOUN = Noun(
    word="service",
    table="services",
    prefix="svc",
    checks={
        "slug": fields.slug,
        "name": fields.text(100, least=1),
        "team_id": fields.text(64, least=1),
        "grouping": fields.choice("alarm", "fields", "time", "service", "alert"),
        "grouping_fields": fields.texts(10, each=100),
        "grouping_window_s": fields.number(1, 604800),
        "ack_timeout_s": fields.optional(fields.number(60, 604800)),
        "close_after_s": fields.optional(fields.number(60, 31536000)),
        "maintenance_from": fields.optional(fields.instant),
        "maintenance_until": fields.optional(fields.instant),
    },
)


def create(shell: Shell, values: Values, *, by: Actor) -> str:
    """Add a service: `slug`, `name`, `team_id`, and perhaps how it groups and closes."""
    audit.need_admin(by)
    fields.need(values, "slug", "name", "team_id")
    good = fields.checked(NOUN.checks, values)
    with shell.db.transaction() as tx:
        service_id = changes.create(shell, tx, NOUN, good, by=by)
    shell.ring()
    return service_id


def change(
    shell: Shell, service_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Change a service: its team everything but who owns it, and what it is called in URLs."""
    good = fields.checked(NOUN.checks, values)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, service_id, if_match=if_match)
        if {"team_id", "slug"} & set(good):
            audit.need_admin(by)
        teams.need_member(shell, tx, by, before["team_id"])
        _need_order({**before, **good})
        changes.change(shell, tx, NOUN, before, good, by=by)
    shell.ring()


def remove(shell: Shell, service_id: str, *, by: Actor, if_match: str | None = None) -> None:
    """Remove a service; refused while incidents, alarms or integrations belong to it.

    Its retired alarms go with it: what they were is in the audit log.
    """
    audit.need_admin(by)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, service_id, if_match=if_match)
        alarms_store.forget_retired(tx, service_id)
        changes.remove(shell, tx, NOUN, before, by=by)
    shell.ring()


def _need_order(values: dict[str, object]) -> None:
    start, end = values["maintenance_from"], values["maintenance_until"]
    if start is not None and end is not None and not start < end:  # type: ignore[operator]
        raise fields.BadFields({"maintenance_until": "must be later than maintenance_from"})
