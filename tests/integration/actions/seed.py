"""A small company in a database, made through the actions themselves.

As in `builders`: *payments* in Dublin owns *checkout*; Ann stands its rota, Ben is a member. Vera of
*search* is the volunteer on shift; Mona and Max are managers; Ada is an admin. `card-errors` is
accepted, `disk-full` is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests import good_alarms
from watchbill.actions import (
    alarms,
    bars,
    bootstrap,
    contacts,
    handovers,
    integrations,
    offices,
    people,
    rotas,
    services,
    shifts,
    teams,
    terms,
    tokens,
)
from watchbill.actions import shell as shells
from watchbill.actions.audit import SYSTEM, person
from watchbill.actions.handovers import Said
from watchbill.actions.shell import Shell
from watchbill.clock import HandClock
from watchbill.planner import work
from watchbill.store.database import Database

TUESDAY = datetime(2026, 3, 3, 10, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 3, tzinfo=UTC)
WEEK = [{"weekday": day, "start": "09:00", "end": "18:00"} for day in range(5)]
PASSWORD = "a long enough password"


@dataclass
class Seeded:
    shell: Shell
    clock: HandClock
    ids: dict[str, str] = field(default_factory=dict)
    key: str = ""

    def __getattr__(self, name: str) -> str:
        try:
            return self.ids[name]
        except KeyError as error:
            raise AttributeError(name) from error

    def token(self, name: str = "ada", *scopes: str, **more: Any) -> str:
        _, token = tokens.make(
            self.shell,
            self.ids[name],
            name="test",
            scopes=scopes or ("admin",),
            expires_at=more.get("expires_at"),
            by=SYSTEM,
        )
        return token


def empty(url: str, *, at: datetime = TUESDAY) -> Seeded:
    db = Database(url, size=4)
    db.open()
    clock = HandClock(at)
    # Plans are made here, not in a process that first imports the solver: that has tests of its own.
    shell = replace(shells.shell(db, clock), solve=lambda tasks: [work.run(task) for task in tasks])
    bootstrap.prepare(shell, base_url="http://localhost:8080")
    return Seeded(shell=shell, clock=clock)


def company(url: str, *, at: datetime = TUESDAY) -> Seeded:
    """Seed the company; the caller closes `shell.db`."""
    seeded = empty(url, at=at)
    shell, ids = seeded.shell, seeded.ids
    ids["dublin"] = offices.create(
        shell,
        {
            "slug": "dublin",
            "name": "Dublin",
            "zone": "Europe/Dublin",
            "country": "IE",
            "week": WEEK,
        },
        by=SYSTEM,
    )
    for slug in ("payments", "search"):
        ids[slug] = teams.create(
            shell, {"slug": slug, "name": slug.title(), "office_id": ids["dublin"]}, by=SYSTEM
        )
    _people(seeded)
    for kind, members in (("team", ["ann", "ben"]), ("managers", ["mona", "max"])):
        ids[f"{kind}_rota"] = rotas.create(
            shell,
            {
                "kind": kind,
                "team_id": ids["payments"] if kind == "team" else None,
                "name": kind,
                "zone": "Europe/Dublin",
                "turn": "week",
                "turn_length": 52,
                "starts_on": date(2026, 1, 5),
                "members": [ids[m] for m in members],
            },
            by=SYSTEM,
        )
    _shifts(seeded)
    _watched(seeded)
    return seeded


def _people(seeded: Seeded) -> None:
    who = {
        "ada": ("engineer", None, True),
        "ann": ("engineer", "payments", False),
        "ben": ("engineer", "payments", False),
        "vera": ("engineer", "search", False),
        "mona": ("manager", None, False),
        "max": ("manager", None, False),
    }
    for name, (role, team, is_admin) in who.items():
        person_id = people.create(
            seeded.shell,
            {
                "name": name.title(),
                "email": f"{name}@example.org",
                "role": role,
                "team_id": seeded.ids[team] if team else None,
                "office_id": seeded.ids["dublin"],
                "is_admin": is_admin,
            },
            by=SYSTEM,
            password=PASSWORD if name in ("ada", "ann") else None,
        )
        seeded.ids[name] = person_id
        seeded.ids[f"{name}_mail"] = contacts.add_known(
            seeded.shell,
            {"person_id": person_id, "channel": "email", "address": f"{name}@example.org"},
            by=SYSTEM,
        )


def _shifts(seeded: Seeded) -> None:
    vera = seeded.ids["vera"]
    begins = datetime(2026, 3, 2, 9, tzinfo=UTC)
    seeded.ids["vera_term"] = terms.agree(
        seeded.shell,
        {"person_id": vera, "starts_at": begins, "ends_at": begins + timedelta(days=182)},
        by=person(vera),
    )
    seeded.ids["vera_shift"] = shifts.plan(
        seeded.shell,
        {"person_id": vera, "starts_at": begins, "ends_at": begins + timedelta(days=7)},
        by=SYSTEM,
    )


def _watched(seeded: Seeded) -> None:
    shell, ids = seeded.shell, seeded.ids
    ids["checkout"] = services.create(
        shell, {"slug": "checkout", "name": "Checkout", "team_id": ids["payments"]}, by=SYSTEM
    )
    ids["door"], seeded.key = integrations.create(
        shell,
        {"service_id": ids["checkout"], "source": "pagerduty_v2", "name": "Prometheus"},
        by=SYSTEM,
    )
    for key in ("card-errors", "disk-full"):
        ids[key] = propose(seeded, key)
    confirm(seeded)
    accept(seeded, "card-errors")


def propose(seeded: Seeded, key: str, *, by: str = "ann", **more: Any) -> str:
    """Return a new alarm of checkout that meets the bar, proposed by an engineer of its team."""
    values = good_alarms.values(key, today=TUESDAY.date(), **more)
    return alarms.create(
        seeded.shell, values | {"state": "proposed"}, by=person(seeded.ids[by], is_admin=False)
    )


def confirm(seeded: Seeded, name: str = "vera") -> None:
    """Let a volunteer say that they get into what the runbooks name (R8)."""
    who = seeded.ids[name]
    bars.confirm_access(seeded.shell, who, good_alarms.SYSTEMS, by=person(who))


def accept(seeded: Seeded, key: str, *, by: str = "vera") -> None:
    """Let a volunteer accept an alarm's newest version, answering every question with yes."""
    said = Said(state="accepted", reason="I could do this.", answers=good_alarms.ANSWERS)
    handovers.set_state(seeded.shell, seeded.ids.get(key, key), said, by=person(seeded.ids[by]))
