"""`watchbill person`: people, from the server's own command line."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from watchbill.cli import options, printing
from watchbill.errors import Invalid

people_app = typer.Typer(
    name="person", help="Add, list and disable people; passwords.", no_args_is_help=True
)

Email = Annotated[str, typer.Argument(help="The person's e-mail address.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


class NoPassword(Invalid):
    """There was no password on standard input."""


def add_to(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(people_app)


@people_app.command()
def add(  # noqa: PLR0913, PLR0917 - one parameter an option
    name: Annotated[str, typer.Option(help="Full name.")],
    email: Annotated[
        str, typer.Option(help="E-mail address; they sign in and are called with it.")
    ],
    role: Annotated[str, typer.Option(help="engineer or manager.")] = "engineer",
    team: Annotated[str | None, typer.Option(help="Their team, by its slug.")] = None,
    office: Annotated[str | None, typer.Option(help="Their office, by its slug.")] = None,
    zone: Annotated[
        str | None, typer.Option(help="Their time zone, if it is not their office's.")
    ] = None,
    is_admin: Annotated[bool, typer.Option("--admin", help="May change everything.")] = False,
    verified: Annotated[
        bool, typer.Option("--verified", help="Pages reach the address without a code.")
    ] = False,
    password_stdin: FromStdin = False,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """Add a person. Without a password they cannot sign in yet."""
    from watchbill.actions import audit, contacts, people
    from watchbill.cli import finding, opening

    password = _read() if password_stdin else None
    values: dict[str, object] = {"name": name, "email": email, "role": role, "is_admin": is_admin}
    values |= {"zone": zone} if zone else {}
    with opening.opened(data_dir) as shell:
        with shell.db.transaction() as tx:
            company = shell.company(tx)
        values |= {"team_id": finding.team(company, team).id} if team else {}
        values |= {"office_id": finding.office(company, office).id} if office else {}
        person_id = people.create(shell, values, by=audit.CLI, password=password)
        method = {"person_id": person_id, "channel": "email", "address": email}
        if verified:
            contacts.add_known(shell, method, by=audit.CLI)
    if as_json:
        printing.as_json({"id": person_id, "email": email})
    else:
        typer.echo(f"{name} is {person_id}.")


@people_app.command("list")
def list_(data_dir: options.DataDir = None, as_json: options.AsJson = False) -> None:
    """List people, those who are disabled too."""
    from watchbill.cli import opening
    from watchbill.queries import people as people_queries
    from watchbill.queries import reading

    with opening.opened(data_dir) as shell, shell.db.transaction() as tx:
        query = people_queries.PEOPLE.format(now="%(now)s") + " order by p.name, p.id"
        rows = reading.many(tx, people_queries.PersonRow, query, {"now": shell.clock.now()})
        teams = {team.id: team.slug for team in shell.company(tx).teams.values()}
    if as_json:
        printing.as_json(rows)
        return
    table = [("name", "e-mail", "role", "team", "state")]
    for row in rows:
        state = "disabled" if row.disabled_at else "" if row.is_reachable else "cannot be reached"
        role = f"{row.role}, volunteer" if row.is_volunteer else row.role
        team = teams.get(row.team_id or "", "-")  # type: ignore[call-overload]
        table.append((row.name, row.email, role, str(team), state))
    printing.table(table)


@people_app.command()
def disable(
    email: Email, data_dir: options.DataDir = None, as_json: options.AsJson = False
) -> None:
    """Let a person go: not called any more, signed out everywhere."""
    from watchbill.actions import audit, people
    from watchbill.cli import finding, opening

    with opening.opened(data_dir) as shell:
        with shell.db.transaction() as tx:
            person = finding.person(shell, tx, email)
        people.disable(shell, person.id, by=audit.CLI)
    _done({"id": person.id, "disabled": True}, f"{person.name} is disabled.", as_json=as_json)


@people_app.command()
def password(
    email: Email,
    password_stdin: FromStdin = False,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """Set a person's password; it is asked for, or read from standard input."""
    from watchbill.actions import audit, people
    from watchbill.cli import finding, opening

    new = (
        _read()
        if password_stdin
        else typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    )
    with opening.opened(data_dir) as shell:
        with shell.db.transaction() as tx:
            person = finding.person(shell, tx, email)
        people.set_password(shell, person.id, new, by=audit.CLI)
    _done(
        {"id": person.id, "password_set": True},
        f"{person.name} has a new password, and is signed out everywhere.",
        as_json=as_json,
    )


@people_app.command()
def verify(
    email: Email,
    address: Annotated[
        str | None,
        typer.Option(help="The address to vouch for.", show_default="their e-mail address"),
    ] = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """Vouch for a person's e-mail address, so that pages reach it without a code."""
    from watchbill.actions import audit, contacts
    from watchbill.cli import finding, opening

    with opening.opened(data_dir) as shell:
        with shell.db.transaction() as tx:
            person = finding.person(shell, tx, email)
        method = {"person_id": person.id, "channel": "email", "address": address or person.email}
        method_id = contacts.add_known(shell, method, by=audit.CLI)
    _done(
        {"id": person.id, "method_id": method_id, "verified": True},
        f"Pages reach {person.name} at {method['address']}.",
        as_json=as_json,
    )


def _read() -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise NoPassword
    return line


def _done(facts: dict[str, object], line: str, *, as_json: bool) -> None:
    if as_json:
        printing.as_json(facts)
    else:
        typer.echo(line)
