"""Offices, teams, people, rotas, and who is on call."""

from __future__ import annotations

from typing import Any

from watchbill_terraform.framework.servicer import State, Telling
from watchbill_terraform.framework.shapes import List, Object
from watchbill_terraform.sources.reading import Source
from watchbill_terraform.words import BOOL, NUMBER, TEXTS, known, may, need


class Office(Source):
    """An office by its slug."""

    NAME = "office"
    ABOUT = "An office: its zone, and where its holidays come from."
    ATTRIBUTES = (
        need("slug", "Its slug."),
        known("id", "The server's id."),
        known("name", "Its name."),
        known("zone", "Its time zone."),
        known("country", "Its country, for public holidays."),
    )

    def find(self, asked: State) -> State:
        """Return the office."""
        rows = self.client.every("offices")
        found = next((row for row in rows if row["slug"] == asked["slug"]), None)
        if found is None:
            raise Telling(f"There is no office {asked['slug']!r}.", path=["slug"])
        return found


class Team(Source):
    """A team by its slug."""

    NAME = "team"
    ABOUT = "A team and who belongs to it."
    ATTRIBUTES = (
        need("slug", "Its slug."),
        known("id", "The server's id."),
        known("name", "Its name."),
        known("office_id", "Its office."),
        known("members", "The ids of its people.", TEXTS),
    )

    def find(self, asked: State) -> State:
        """Return the team."""
        return self.one("teams", f"team {asked['slug']!r}", slug=asked["slug"])


class Person(Source):
    """A person by their mail address."""

    NAME = "person"
    ABOUT = "A person by their mail address, such as for a step of an escalation policy."
    ATTRIBUTES = (
        need("email", "Their mail address."),
        known("id", "The server's id."),
        known("name", "Their name."),
        known("role", "engineer or manager."),
        known("team_id", "Their team."),
    )

    def find(self, asked: State) -> State:
        """Return the person."""
        return self.one("people", f"person {asked['email']!r}", email=asked["email"])


class Rota(Source):
    """A rota by its team, or the managers'."""

    NAME = "rota"
    ABOUT = "A rota: its shape, and who stands on it now."
    ATTRIBUTES = (
        may("team_id", "Whose; without it the managers' rota."),
        known("id", "The server's id."),
        known("name", "Its name."),
        known("kind", "team or managers."),
        known("zone", "Its time zone."),
        known("members", "The ids of its people, in their order.", TEXTS),
    )

    def find(self, asked: State) -> State:
        """Return the rota."""
        team = asked.get("team_id")
        query = {"team_id": team} if team else {"kind": "managers"}
        return self.one("rotas", "such rota", **query)


class OnCall(Source):
    """Who answers for a team, now or at a time."""

    NAME = "on_call"
    ABOUT = "Who answers for a team, now or at a time, if an accepted alarm fires."
    ATTRIBUTES = (
        need("team", "The team's slug or id."),
        may("at", "At which instant, such as 2026-03-07T03:00:00+00:00; now otherwise."),
        known("is_working", "Whether the team is at work then.", BOOL),
        known("side", "Which side answers: the team, the volunteers, the managers."),
        known("reason", "Why."),
        known(
            "steps", "Who is called, in order.",
            List(Object({"people": TEXTS, "wait_s": NUMBER})),
        ),
    )  # fmt: skip

    def find(self, asked: State) -> State:
        """Return who answers."""
        query: dict[str, str] = {name: str(asked[name]) for name in ("team", "at") if name in asked}
        items = self.client.ask("GET", "oncall", query=query).data["items"]
        if not items:
            raise Telling(f"There is no team {asked['team']!r}.", path=["team"])
        row: dict[str, Any] = items[0]
        steps = [
            {"people": [one["name"] for one in step["people"]], "wait_s": step["wait_s"]}
            for step in row["steps"]
        ]
        return row | {"steps": steps, "team": asked["team"]}
