"""Access: oneself, contact methods and rules, tokens, the audit log, the company's settings."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from watchbill.actions import audit, contacts, organization, sessions, tokens
from watchbill.queries import people as people_queries
from watchbill.queries import reading, settings
from watchbill.queries.people import MethodRow, PersonRow, RuleRow
from watchbill.queries.settings import AuditRow, OrganizationRow, TokenRow
from watchbill.web.api import asked, resources
from watchbill.web.api.resources import Resource
from watchbill.web.auth import Caller

router = APIRouter(tags=["access"])

Name = Annotated[asked.Text, Field(min_length=1, max_length=100)]
Ref = Annotated[asked.Text, Field(max_length=64)]


class Me(BaseModel):
    """Who I am, and what this token or session allows."""

    person: PersonRow
    allowed: list[str]


class MethodNew(BaseModel):
    """A way to be reached; a code is sent there."""

    person_id: Ref
    channel: Name
    address: asked.Text = Field(max_length=2000)
    label: asked.Text = Field(default="", max_length=100)


class Code(BaseModel):
    """The code that was sent."""

    code: asked.Text = Field(max_length=20)


class Sent(BaseModel):
    """The notification's id."""

    notification_id: str


class Rule(BaseModel):
    """After how many seconds in vain a method is used."""

    method_id: Ref
    after_s: int = Field(ge=0, le=3600)


class Rules(BaseModel):
    """All of a person's rules."""

    rules: list[Rule] = Field(max_length=20)


class TokenNew(BaseModel):
    """A token for oneself."""

    name: Name
    scopes: list[Name] = Field(min_length=1, max_length=8)
    expires_at: asked.Instant | None = None


class TokenMade(BaseModel):
    """A token, which is shown this once."""

    id: str
    token: str


class Ended(BaseModel):
    """How many sessions ended."""

    sessions: int


class OrganizationChange(BaseModel):
    """What holds for the whole company, the same for everybody."""

    name: Name | None = None
    volunteer_wait_s: int | None = None
    manager_wait_s: int | None = None
    pages_a_month: int | None = None
    people_at_once: int | None = None
    base_url: asked.Text | None = None


AUDIT = Resource(
    path="audit",
    noun="audit_line",
    row=AuditRow,
    query=settings.AUDIT,
    key="u.id",
    table="audit",
    filters={"noun": "u.noun = %s", "noun_id": "u.noun_id = %s", "actor": "u.actor = %s"},
    reader=asked.Admin,
    has_version=False,
)
resources.add(router, AUDIT)


@router.get("/me", response_model=Me)
def get_me(caller: asked.Reader) -> Any:
    """Read who I am."""
    with caller.shell.db.transaction() as tx:
        person = people_queries.person(tx, caller.person_id, now=caller.shell.clock.now())
    return {"person": person, "allowed": sorted(caller.allowed)}


@router.post("/me/sign-out-everywhere", response_model=Ended)
def sign_out_everywhere(caller: asked.Writer) -> Any:
    """End every session of mine."""
    count = sessions.sign_out_everywhere(caller.shell, caller.person_id, by=caller.actor)
    return {"sessions": count}


@router.get("/contact-methods", response_model=asked.Listing[MethodRow])
def list_contact_methods(
    caller: asked.Reader,
    person_id: asked.Filter = "",
    limit: asked.Limit = 50,
    cursor: asked.Cursor = None,
) -> Any:
    """List a person's contact methods, one's own unless said otherwise."""
    wanted = person_id or caller.person_id
    audit.need_self_or_admin(caller.actor, wanted)
    where, query = {"m.person_id = %s": wanted}, people_queries.METHODS
    return resources.part(caller.shell, MethodRow, query, where, key="m.id", page=(limit, cursor))


@router.post("/contact-methods", status_code=201, response_model=MethodRow)
def add_contact_method(caller: asked.Writer, body: MethodNew) -> Any:
    """Add a way to be reached; pages use it once its code has been given back."""
    made = contacts.add(caller.shell, resources.values(body), by=caller.actor)
    return _method(caller, made)


@router.post("/contact-methods/{method_id}/code", status_code=202, response_model=MethodRow)
def send_code(caller: asked.Writer, method_id: asked.Id) -> Any:
    """Send a new code."""
    contacts.send_code(caller.shell, method_id, by=caller.actor)
    return _method(caller, method_id)


@router.post("/contact-methods/{method_id}/verify", response_model=MethodRow)
def verify_contact_method(caller: asked.Writer, method_id: asked.Id, body: Code) -> Any:
    """Prove a way with its code."""
    contacts.verify(caller.shell, method_id, body.code, by=caller.actor)
    return _method(caller, method_id)


@router.post("/contact-methods/{method_id}/test", status_code=202, response_model=Sent)
def test_contact_method(caller: asked.Writer, method_id: asked.Id) -> Any:
    """Send a trial message."""
    return {"notification_id": contacts.test(caller.shell, method_id, by=caller.actor)}


@router.delete("/contact-methods/{method_id}", status_code=204, response_class=Response)
def remove_contact_method(caller: asked.Writer, method_id: asked.Id) -> Response:
    """Forget a way, with the rules that use it."""
    contacts.remove(caller.shell, method_id, by=caller.actor)
    return Response(status_code=204)


@router.get("/people/{person_id}/rules", response_model=asked.Listing[RuleRow])
def list_rules(
    caller: asked.Reader, person_id: asked.Id, limit: asked.Limit = 50, cursor: asked.Cursor = None
) -> Any:
    """List a person's contact rules."""
    audit.need_self_or_admin(caller.actor, person_id)
    where, query = {"r.person_id = %s": person_id}, people_queries.RULES
    return resources.part(caller.shell, RuleRow, query, where, key="r.id", page=(limit, cursor))


@router.put("/people/{person_id}/rules", response_model=asked.Listing[RuleRow])
def set_rules(caller: asked.Writer, person_id: asked.Id, body: Rules) -> Any:
    """Replace a person's contact rules; without any, every method is used at once."""
    rules = [rule.model_dump() for rule in body.rules]
    contacts.set_rules(caller.shell, person_id, rules, by=caller.actor)
    return list_rules(caller, person_id)


@router.get("/tokens", response_model=asked.Listing[TokenRow])
def list_tokens(caller: asked.Reader, limit: asked.Limit = 50, cursor: asked.Cursor = None) -> Any:
    """List tokens: an admin everybody's, others their own."""
    where: dict[str, object] = (
        {} if caller.actor.is_admin else {"k.person_id = %s": caller.person_id}
    )
    page = (limit, cursor)
    return resources.part(caller.shell, TokenRow, settings.TOKENS, where, key="k.id", page=page)


@router.post("/tokens", status_code=201, response_model=TokenMade)
def make_token(caller: asked.Writer, body: TokenNew) -> Any:
    """Make a token that acts for me; it is shown this once."""
    made, token = tokens.make(
        caller.shell,
        caller.person_id,
        name=body.name,
        scopes=body.scopes,
        expires_at=body.expires_at,
        by=caller.actor,
    )
    return {"id": made, "token": token}


@router.delete("/tokens/{token_id}", status_code=204, response_class=Response)
def revoke_token(caller: asked.Writer, token_id: asked.Id) -> Response:
    """End a token at once."""
    tokens.revoke(caller.shell, token_id, by=caller.actor)
    return Response(status_code=204)


@router.get("/organization", response_model=OrganizationRow)
def get_organization(caller: asked.Reader, response: Response) -> Any:
    """Read what holds for the whole company."""
    with caller.shell.db.transaction() as tx:
        asked.tag(response, settings.organization_version(tx))
        return reading.one(tx, OrganizationRow, settings.ORGANIZATION)


@router.patch("/organization", response_model=OrganizationRow)
def change_organization(
    caller: asked.Admin,
    body: OrganizationChange,
    response: Response,
    if_match: asked.IfMatch = None,
) -> Any:
    """Change what holds for the whole company."""
    organization.change(
        caller.shell,
        resources.values(body),
        by=caller.actor,
        if_match=asked.matched(if_match),
    )
    return get_organization(caller, response)


def _method(caller: Caller, method_id: str) -> MethodRow:
    with caller.shell.db.transaction() as tx:
        return reading.one(tx, MethodRow, people_queries.METHODS + "where m.id = %s", [method_id])
