"""Companies: offices, teams, people, rotas, absences, terms and shifts."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from watchbill.actions import absences, leaving, offices, people, rotas, shifts, teams, terms
from watchbill.queries import companies, reading
from watchbill.queries import people as people_queries
from watchbill.queries.companies import ShiftRow
from watchbill.queries.people import PersonRow
from watchbill.web.api import asked, resources
from watchbill.web.api.resources import Resource
from watchbill.web.auth import Caller

router = APIRouter(tags=["company"])

Name = Annotated[asked.Text, Field(min_length=1, max_length=200)]
Ref = Annotated[asked.Text, Field(max_length=64)]


class Span(BaseModel):
    """A stretch of every week; an end at or before the start is on the next day."""

    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    start: asked.Text = Field(max_length=8, examples=["09:00"])
    end: asked.Text = Field(max_length=8, examples=["18:00"])


class ClosingDay(BaseModel):
    """A day on which an office stays closed."""

    day: date
    name: asked.Text = Field(default="", max_length=100)


class OfficeChange(BaseModel):
    """What of an office is to be otherwise."""

    slug: Name | None = None
    name: Name | None = None
    zone: Name | None = None
    country: asked.Text | None = None
    region: asked.Text | None = None
    week: list[Span] | None = None
    closing_days: list[ClosingDay] | None = None


class OfficeNew(OfficeChange):
    """A new office."""

    slug: Name
    name: Name
    zone: Name


class Step(BaseModel):
    """Whom a team asks, and for how long; the duty manager follows by itself."""

    target: Literal["rota", "team", "person"]
    wait_s: int
    person_id: Ref | None = None


class TeamChange(BaseModel):
    """What of a team is to be otherwise; a null `zone` or `week` is its office's."""

    slug: Name | None = None
    name: Name | None = None
    office_id: Ref | None = None
    zone: Name | None = None
    week: list[Span] | None = None
    policy: list[Step] | None = None


class TeamNew(TeamChange):
    """A new team."""

    slug: Name
    name: Name
    office_id: Ref


class PersonChange(BaseModel):
    """What of a person is to be otherwise."""

    name: Name | None = None
    email: asked.Text | None = None
    role: Literal["engineer", "manager"] | None = None
    is_admin: bool | None = None
    team_id: Ref | None = None
    office_id: Ref | None = None
    zone: Name | None = None
    skills: asked.Text | None = None
    helps: bool | None = None


class PersonNew(PersonChange):
    """A new person."""

    name: Name
    email: asked.Text


class Password(BaseModel):
    """A new password."""

    password: asked.Text = Field(max_length=500)


class RotaChange(BaseModel):
    """What of a rota is to be otherwise; `members` stand in their order."""

    name: Name | None = None
    zone: Name | None = None
    turn: Literal["day", "week"] | None = None
    turn_length: int | None = None
    starts_on: date | None = None
    handoff_weekday: int | None = None
    handoff_time: time | None = None
    members: list[Ref] | None = None


class RotaNew(RotaChange):
    """A new rota, of a team or of the managers."""

    kind: Literal["team", "managers"]
    team_id: Ref | None = None
    name: Name
    zone: Name
    turn: Literal["day", "week"]
    starts_on: date


class OverrideNew(BaseModel):
    """Somebody stands in."""

    rota_id: Ref
    person_id: Ref
    starts_at: asked.Instant
    ends_at: asked.Instant


class SpellNew(BaseModel):
    """A person's absence or term."""

    person_id: Ref
    starts_at: asked.Instant
    ends_at: asked.Instant


class ShiftChange(BaseModel):
    """What of a shift is to be otherwise."""

    person_id: Ref | None = None
    starts_at: asked.Instant | None = None
    ends_at: asked.Instant | None = None
    shadow: bool | None = None


class ShiftNew(ShiftChange):
    """A new shift, within a term its volunteer agreed to."""

    person_id: Ref
    starts_at: asked.Instant
    ends_at: asked.Instant


OFFICES = Resource(
    path="offices",
    noun="office",
    row=companies.OfficeRow,
    query=companies.OFFICES,
    key="o.id",
    table="offices",
    new=OfficeNew,
    changed=OfficeChange,
    create=offices.create,
    change=offices.change,
    remove=offices.remove,
)
TEAMS = Resource(
    path="teams",
    noun="team",
    row=companies.TeamRow,
    query=companies.TEAMS,
    key="t.id",
    table="teams",
    filters={"office_id": "t.office_id = %s", "slug": "t.slug = %s"},
    new=TeamNew,
    changed=TeamChange,
    create=teams.create,
    change=teams.change,
    remove=teams.remove,
)
ROTAS = Resource(
    path="rotas",
    noun="rota",
    row=companies.RotaRow,
    query=companies.ROTAS,
    key="r.id",
    table="rotas",
    filters={"team_id": "r.team_id = %s", "kind": "r.kind = %s"},
    new=RotaNew,
    changed=RotaChange,
    create=rotas.create,
    change=rotas.change,
    remove=rotas.remove,
)
OVERRIDES = Resource(
    path="overrides",
    noun="override",
    row=companies.OverrideRow,
    query=companies.OVERRIDES,
    key="v.id",
    table="rota_overrides",
    filters={"rota_id": "v.rota_id = %s", "person_id": "v.person_id = %s"},
    new=OverrideNew,
    create=rotas.override,
    remove=rotas.remove_override,
)
ABSENCES = Resource(
    path="absences",
    noun="absence",
    row=companies.AbsenceRow,
    query=companies.ABSENCES,
    key="a.id",
    table="absences",
    filters={"person_id": "a.person_id = %s"},
    new=SpellNew,
    create=absences.add,
    remove=absences.remove,
)
TERMS = Resource(
    path="terms",
    noun="term",
    row=companies.TermRow,
    query=companies.TERMS,
    key="r.id",
    table="terms",
    filters={"person_id": "r.person_id = %s"},
    new=SpellNew,
    create=terms.agree,
    remove=leaving.step_down,
)
#: Listed by time, in an endpoint of its own.
SHIFTS = Resource(
    path="shifts",
    noun="shift",
    row=companies.ShiftRow,
    query=companies.SHIFTS,
    key="s.id",
    table="shifts",
    new=ShiftNew,
    changed=ShiftChange,
    create=shifts.plan,
    change=shifts.change,
    remove=shifts.remove,
)


@router.get("/shifts", response_model=asked.Listing[ShiftRow])
def list_shifts(
    caller: asked.Reader,
    since: asked.Instant | None = None,
    until: asked.Instant | None = None,
    person_id: asked.Filter = "",
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List the volunteers' shifts that touch a time, of everyone or one person, the latest first."""
    with caller.shell.db.transaction() as tx:
        part = companies.shifts(
            tx, since=since, until=until, limit=limit, cursor=cursor, person_id=person_id
        )
    return asked.listing(part)


for _kind in (OFFICES, TEAMS, ROTAS, OVERRIDES, ABSENCES, TERMS):
    resources.add(router, _kind)
resources.add(router, SHIFTS, but_list=True)


@router.get("/people", response_model=asked.Listing[PersonRow])
def list_people(
    caller: asked.Reader,
    team_id: asked.Filter = "",
    email: asked.Filter = "",
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List people, disabled ones too."""
    wanted: dict[str, object] = {"p.team_id = %s": team_id, "lower(p.email) = lower(%s)": email}
    where = {condition: value for condition, value in wanted.items() if value}
    now = caller.shell.clock.now()
    with caller.shell.db.transaction() as tx:
        part = people_queries.people(tx, now=now, where=where, limit=limit, cursor=cursor)
    return asked.listing(part)


@router.post("/people", status_code=201, response_model=PersonRow)
def create_person(caller: asked.Writer, body: PersonNew, response: Response) -> Any:
    """Add a person."""
    made = people.create(caller.shell, resources.values(body), by=caller.actor)
    response.headers["Location"] = f"/api/v1/people/{made}"
    return _person(caller, made, response)


@router.get("/people/{person_id}", response_model=PersonRow)
def get_person(caller: asked.Reader, person_id: asked.Id, response: Response) -> Any:
    """Read one person."""
    return _person(caller, person_id, response)


@router.patch("/people/{person_id}", response_model=PersonRow)
def change_person(
    caller: asked.Writer,
    person_id: asked.Id,
    body: PersonChange,
    response: Response,
    if_match: asked.IfMatch = None,
) -> Any:
    """Change a person: an admin everything, the person what is their own."""
    people.change(
        caller.shell,
        person_id,
        resources.values(body),
        by=caller.actor,
        if_match=asked.matched(if_match),
    )
    return _person(caller, person_id, response)


@router.post("/people/{person_id}/disable", response_model=PersonRow)
def disable_person(caller: asked.Admin, person_id: asked.Id, response: Response) -> Any:
    """Let a person go: not called any more, signed out everywhere."""
    people.disable(caller.shell, person_id, by=caller.actor)
    return _person(caller, person_id, response)


@router.post("/people/{person_id}/enable", response_model=PersonRow)
def enable_person(caller: asked.Admin, person_id: asked.Id, response: Response) -> Any:
    """Take a person back."""
    people.enable(caller.shell, person_id, by=caller.actor)
    return _person(caller, person_id, response)


@router.put("/people/{person_id}/password", status_code=204, response_class=Response)
def set_password(caller: asked.Writer, person_id: asked.Id, body: Password) -> Response:
    """Set a password; every session of the person ends."""
    people.set_password(caller.shell, person_id, body.password, by=caller.actor)
    return Response(status_code=204)


def _person(caller: Caller, person_id: str, response: Response) -> PersonRow:
    with caller.shell.db.transaction() as tx:
        found = people_queries.person(tx, person_id, now=caller.shell.clock.now())
        asked.tag(response, reading.version(tx, "people", person_id))
    return found
