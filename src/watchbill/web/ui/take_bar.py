"""What volunteers agree on and confirm: the bar's numbers, and what they can get into."""

from __future__ import annotations

import re
from dataclasses import asdict

from starlette.responses import Response

from watchbill.actions import bars
from watchbill.core.bar.facts import Limits
from watchbill.errors import Forbidden, Invalid
from watchbill.web import problems
from watchbill.web.ui import faults, show_bar, show_me
from watchbill.web.ui.visits import Visit

_NUMBER = re.compile(r"\d{1,6}(\.\d{1,4})?", re.ASCII)


def agree(visit: Visit) -> Response:
    """Agree on other numbers."""
    typed = {name: visit.field(name) for name in asdict(Limits())}
    bad = {n: "must be a number" for n, text in typed.items() if not _NUMBER.fullmatch(text)}
    if bad:
        return show_bar.bar_page(
            visit, error="Some numbers cannot be used.", errors=bad, status=422
        )
    try:
        numbers: dict[str, object] = {name: float(text) for name, text in typed.items()}
        bars.agree(visit.site.shell, numbers, by=visit.actor)
    except (Invalid, Forbidden) as error:
        named = error.details.get("fields")
        errors = {str(k): str(v) for k, v in named.items()} if isinstance(named, dict) else {}
        text = "Some numbers cannot be used." if errors else faults.sentence(error)
        status = problems.status_of(error)
        return show_bar.bar_page(visit, error=text, errors=errors, status=status)
    return visit.back("/bar", said="Agreed. The numbers hold for every team from now on.")


def confirm(visit: Visit) -> Response:
    """Say which systems one can get into."""
    more = (line.strip() for line in visit.field("more").replace("\x00", "").splitlines())
    systems = sorted({*visit.fields("system"), *filter(None, more)})
    try:
        bars.confirm_access(visit.site.shell, visit.me.id, systems, by=visit.actor)
    except Invalid as error:
        status = problems.status_of(error)
        return show_me.me_page(visit, error=faults.sentence(error), status=status)
    return visit.back("/me", said="Kept. Reviewers and the bar see what you can get into.")
