"""Finding what an option names; what is not there is refused with what is."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from watchbill.actions.shell import Shell
from watchbill.core.alarms import Alarm
from watchbill.core.company import Company
from watchbill.core.people import Office, Service, Team
from watchbill.errors import Invalid
from watchbill.queries import people as people_queries
from watchbill.queries.people import PersonRow
from watchbill.store.database import Tx


class Unknown(Invalid):
    """There is nothing of this name."""


def team(company: Company, slug: str) -> Team:
    """Return the team of --team.

    Raises: Unknown.
    """
    found = {one.slug: one for one in company.teams.values()}
    return found[_one_of("--team", "team", slug, found)]


def office(company: Company, slug: str) -> Office:
    """Return the office of --office.

    Raises: Unknown.
    """
    found = {one.slug: one for one in company.offices.values()}
    return found[_one_of("--office", "office", slug, found)]


def service(company: Company, slug: str) -> Service:
    """Return the service of --service.

    Raises: Unknown.
    """
    found = {one.slug: one for one in company.services.values()}
    return found[_one_of("--service", "service", slug, found)]


def alarm(company: Company, of: Service, key: str) -> Alarm | None:
    """Return the alarm of --alarm; None if nobody has written it down, which is allowed."""
    return company.alarms.get((of.id, key))


def person(shell: Shell, tx: Tx, email: str) -> PersonRow:
    """Return the person with this e-mail address, a disabled one too.

    Raises: Unknown.
    """
    people = people_queries.people(
        tx,
        now=shell.clock.now(),
        where={"lower(p.email) = %s": email.lower()},
        limit=1,
        cursor=None,
    ).items
    if not people:
        raise Unknown(f"nobody has the e-mail address {email}; `watchbill person list` shows all")
    return people[0]


def _one_of(option: str, noun: str, name: str, names: Iterable[str]) -> str:
    known = sorted(names)
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known) or 'none'}"
    raise Unknown(f"{option}: there is no {noun} {name!r}; {hint}")
