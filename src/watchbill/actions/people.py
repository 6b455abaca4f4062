"""People: who works here. A person is disabled, never removed: history names them."""

from __future__ import annotations

from watchbill.actions import audit, changes, fields, leaving, notices, passwords
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.errors import Conflict
from watchbill.store import organization as organization_store
from watchbill.store import people as people_store
from watchbill.store import rows
from watchbill.store import sessions as sessions_store
from watchbill.store.database import Tx


class OnARota(Conflict):
    """The person stands on a rota that this would not fit; take them off it first."""


class NotEmpty(Conflict):
    """Somebody is here already; sign in instead."""


class LastAdmin(Conflict):
    """Somebody must be left who can administer Watchbill."""


NOUN = Noun(
    word="person",
    table="people",
    prefix="per",
    checks={
        "name": fields.text(200, least=1),
        "email": fields.mail,
        "role": fields.choice("engineer", "manager"),
        "is_admin": fields.flag,
        "team_id": fields.optional(fields.text(64, least=1)),
        "office_id": fields.optional(fields.text(64, least=1)),
        "zone": fields.optional(fields.zone),
        "skills": fields.text(500),
        "helps": fields.flag,
    },
)
_SET = "Somebody else set your password"
_SET_TEXT = (
    "An admin set a new password for you, and you are signed out everywhere. If you did not ask for"
    " it, talk to them: whoever knows the password can act as you."
)
#: What people may change about themselves.
_OWN = frozenset({"name", "zone", "skills", "helps"})


def create(
    shell: Shell,
    values: Values,
    *,
    by: Actor,
    password: str | None = None,
    password_hash: str | None = None,
) -> str:
    """Add a person: `name`, `email`, and perhaps `role`, `team_id`, `office_id`, `zone` and more.

    `password_hash` is for whoever adds many with one password: `passwords.hashed` takes its time.
    """
    audit.need_admin(by)
    fields.need(values, "name", "email")
    good = fields.checked(NOUN.checks, values)
    if password is not None:
        password_hash = passwords.hashed(password)
    if password_hash is not None:
        good["password_hash"] = password_hash
    with shell.db.transaction() as tx:
        person_id = changes.create(shell, tx, NOUN, good, by=by)
    shell.ring()
    return person_id


def create_first(shell: Shell, values: Values, *, password: str) -> str:
    """Add the first person, an admin, while there is nobody; of two at once only one gets in.

    Raises: NotEmpty.
    """
    good = fields.checked(NOUN.checks, {**values, "is_admin": True})
    good["password_hash"] = passwords.hashed(password)
    with shell.db.transaction() as tx:
        organization_store.lock(tx)
        if people_store.count(tx):
            raise NotEmpty
        person_id = changes.create(shell, tx, NOUN, good, by=audit.SYSTEM)
    shell.ring()
    return person_id


def change(
    shell: Shell, person_id: str, values: Values, *, by: Actor, if_match: str | None = None
) -> None:
    """Change a person: an admin everything, the person what is their own."""
    if set(values) <= _OWN:
        audit.need_self_or_admin(by, person_id)
    else:
        audit.need_admin(by)
    good = fields.checked(NOUN.checks, values)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, person_id, if_match=if_match)
        if before["is_admin"] and good.get("is_admin") is False:
            organization_store.lock(tx)  # two admins must not remove each other at once
            _need_another_admin(tx, person_id)
        need_fitting_rotas(tx, before, good)
        changes.change(shell, tx, NOUN, before, good, by=by)
    shell.ring()


def disable(shell: Shell, person_id: str, *, by: Actor, if_match: str | None = None) -> None:
    """Let a person go: they are not called any more, and signed out everywhere.

    Their term is over: who is taken back is on call again only of their own will (NO2).
    """
    audit.need_admin(by)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, person_id, if_match=if_match)
        if before["is_admin"]:
            organization_store.lock(tx)
            _need_another_admin(tx, person_id)
        changes.change(shell, tx, NOUN, before, {"disabled_at": shell.clock.now()}, by=by)
        sessions_store.end_all(tx, person_id)
        leaving.let_go(shell, tx, person_id, by=by)
    shell.ring()


def enable(shell: Shell, person_id: str, *, by: Actor) -> None:
    """Take a person back."""
    audit.need_admin(by)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, person_id)
        changes.change(shell, tx, NOUN, before, {"disabled_at": None}, by=by)
    shell.ring()


def set_password(shell: Shell, person_id: str, password: str, *, by: Actor) -> None:
    """Set a password; every session of the person ends, and they hear if it was somebody else.

    Whoever knows a password can act as its person, and offer them for a term (NO2).
    Raises: OnlyThemselves; NotByToken; WeakPassword.
    """
    audit.need_self_or_admin(by, person_id)
    audit.need_whole(by)
    stored = passwords.hashed(password)
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, person_id)
        rows.change(tx, "people", before["id"], {"password_hash": stored})
        sessions_store.end_all(tx, person_id)
        audit.record(shell, tx, by, "person.password_set", person_id, {})
        if by.person_id != person_id:
            notices.tell(shell, tx, [person_id], _SET, _SET_TEXT, path="/me")
    shell.ring()


def is_empty(shell: Shell) -> bool:
    """True if nobody has been added yet, so that the first admin may be made without signing in."""
    with shell.db.transaction() as tx:
        return people_store.count(tx) == 0


def _need_another_admin(tx: Tx, person_id: str) -> None:
    if not people_store.other_admins(tx, person_id):
        raise LastAdmin


def need_fitting_rotas(tx: Tx, before: rows.Row, good: Values) -> None:
    """Refuse to move somebody away from under a rota that they stand on."""
    kinds = people_store.rota_kinds(tx, before["id"])
    leaves = "team_id" in good and good["team_id"] != before["team_id"]
    demoted = good.get("role", before["role"]) != "manager"
    if ("team" in kinds and leaves) or ("managers" in kinds and demoted):
        raise OnARota(person_id=before["id"])
