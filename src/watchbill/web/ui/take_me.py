"""What a person changes about themselves."""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.responses import Response

from watchbill.actions import contacts, sessions
from watchbill.actions import people as directory
from watchbill.errors import Conflict, Invalid, TooMany
from watchbill.queries import people
from watchbill.web import problems
from watchbill.web.ui import faults, show_me
from watchbill.web.ui.visits import Visit


class BadMinutes(Invalid):
    """A rule waits between 0 and 60 minutes."""


def add_method(visit: Visit) -> Response:
    """Add a way and send its code."""
    values = {
        "person_id": visit.me.id,
        "channel": visit.field("channel"),
        "address": visit.field("address"),
    }
    return _do(
        visit,
        lambda: contacts.add(visit.site.shell, values, by=visit.actor),
        "A code is on its way. Enter it here.",
    )


def verify(visit: Visit) -> Response:
    """Prove a way with its code."""
    code = visit.field("code").replace(" ", "")
    return _do(
        visit,
        lambda: contacts.verify(visit.site.shell, visit.part("id"), code, by=visit.actor),
        "Verified. Pages can reach you there.",
    )


def send_code(visit: Visit) -> Response:
    """Send another code."""
    return _do(
        visit,
        lambda: contacts.send_code(visit.site.shell, visit.part("id"), by=visit.actor),
        "Another code is on its way.",
    )


def send_test(visit: Visit) -> Response:
    """Send a trial message."""
    return _do(
        visit,
        lambda: contacts.test(visit.site.shell, visit.part("id"), by=visit.actor),
        "A trial message is on its way.",
    )


def remove_method(visit: Visit) -> Response:
    """Forget a way."""
    return _do(
        visit,
        lambda: contacts.remove(visit.site.shell, visit.part("id"), by=visit.actor),
        "Removed.",
    )


def add_rule(visit: Visit) -> Response:
    """Add a rule to the person's own."""

    def deed() -> None:
        minutes = visit.field("minutes")
        if not re.fullmatch(r"\d{1,2}", minutes) or int(minutes) > 60:
            raise BadMinutes
        new = {"method_id": visit.field("method"), "after_s": int(minutes) * 60}
        _set_rules(visit, [*_rules(visit), new])

    return _do(visit, deed, "")


def remove_rule(visit: Visit) -> Response:
    """Remove one of the person's rules."""
    gone = visit.part("id")
    return _do(visit, lambda: _set_rules(visit, _rules(visit, without=gone)), "")


def set_helping(visit: Visit) -> Response:
    """Say what the person knows, and whether they may be asked in their working hours."""
    values = {"helps": visit.field("helps") == "yes", "skills": visit.field("skills").strip()}
    return _do(
        visit,
        lambda: directory.change(visit.site.shell, visit.me.id, values, by=visit.actor),
        "Saved.",
    )


def end_session(visit: Visit) -> Response:
    """Sign out another browser."""
    sessions.sign_out_one(visit.site.shell, visit.part("id"), by=visit.actor)
    return visit.back("/me", said="Signed out there.")


def _rules(visit: Visit, *, without: str = "") -> list[dict[str, object]]:
    with visit.site.shell.db.transaction() as tx:
        own = people.rules(tx, visit.me.id)
    return [
        {"method_id": rule.method_id, "after_s": rule.after_s} for rule in own if rule.id != without
    ]


def _set_rules(visit: Visit, rules: list[dict[str, object]]) -> None:
    contacts.set_rules(visit.site.shell, visit.me.id, rules, by=visit.actor)


def _do(visit: Visit, deed: Callable[[], object], said: str) -> Response:
    """Do it and show the screen; what is refused is said there."""
    try:
        deed()
    except (Conflict, Invalid, TooMany) as error:
        status = problems.status_of(error)
        return show_me.me_page(visit, error=faults.sentence(error), status=status)
    return visit.back("/me", said=said)
