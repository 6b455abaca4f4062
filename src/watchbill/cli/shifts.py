"""`watchbill shifts`: plan the volunteers' shifts, look at a plan, publish or drop it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from watchbill.cli import options, printing, reaching, shifts_printing, shifts_reached
from watchbill.errors import Invalid

PlanId = Annotated[str, typer.Argument(metavar="ID", help="A plan's id: pln_…")]
Publish = Annotated[bool, typer.Option("--publish", help="Publish it at once, open weeks and all.")]


class NoDate(Invalid):
    """--from takes a date, such as 2026-03-06."""


def add_to(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    for command in (plan, replan, show, publish, drop):
        group.command()(command)
    group.command("list")(list_plans)
    app.add_typer(group, name="shifts", help="Volunteers' shifts: plan, look, publish.")


def plan(
    weeks: Annotated[int, typer.Option(min=1, max=104, help="How many weeks to plan.")] = 26,
    begin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DATE",
            help="Plan from the first boundary on or after this date, in the on-call team's zone.",
            show_default="the next boundary",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="The same seed and the same facts give the same plan.")
    ] = 0,
    publish_it: Publish = False,
    server: reaching.Server = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> int:
    """Make a draft of who stands which week, as fairly as can be; up to a minute.

    It says the weeks, what changes against what is published, how even it is, and how near to the
    proven best. Exit 1 if a week has nobody, with the reason, or the plan is not proven to be the best.
    """
    day = _date(begin) if begin else None
    with shifts_reached.reached(server, data_dir) as there:
        values: dict[str, Any] = {"weeks": weeks, "seed": seed}
        zone = there.zone()
        if day is not None:
            values["starts_at"] = datetime.combine(day, time(0), tzinfo=ZoneInfo(zone))
        with _working():
            made = there.make(values)
        return _done(there, made, zone, publish_it=publish_it, as_json=as_json)


def replan(
    publish_it: Publish = False,
    server: reaching.Server = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> int:
    """Make a draft of the weeks ahead that moves as few of the published ones as possible.

    For after a change: somebody is ill, has joined or has left. Exits as `plan` does.
    """
    with shifts_reached.reached(server, data_dir) as there:
        zone = there.zone()
        with _working():
            made = there.replan()
        return _done(there, made, zone, publish_it=publish_it, as_json=as_json)


def show(
    plan_id: PlanId,
    server: reaching.Server = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> int:
    """Show a plan again, and whether what it was made from has changed since."""
    with shifts_reached.reached(server, data_dir) as there:
        found = there.plan(plan_id)
        return _done(there, found, there.zone(), publish_it=False, as_json=as_json)


def list_plans(
    server: reaching.Server = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """List the newest plans: drafts, published ones and dropped ones."""
    with shifts_reached.reached(server, data_dir) as there:
        found, zone = there.newest(), there.zone()
    if as_json:
        printing.as_json(found)
    else:
        shifts_printing.show_all(found, zone)


def publish(
    plan_id: PlanId,
    server: reaching.Server = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """Make a draft's shifts count; whoever's weeks change gets a mail.

    Refused if terms, time away or shifts have changed since it was made.
    """
    with shifts_reached.reached(server, data_dir) as there:
        changed = there.publish(plan_id)
    if as_json:
        printing.as_json({"changed": changed})
    else:
        typer.echo(_published(changed))


def drop(
    plan_id: PlanId,
    server: reaching.Server = None,
    data_dir: options.DataDir = None,
) -> None:
    """Drop a draft; nothing changes."""
    with shifts_reached.reached(server, data_dir) as there:
        there.drop(plan_id)
    typer.echo("Dropped. Nothing has changed.")


def _done(
    there: shifts_reached.Reached,
    made: dict[str, Any],
    zone: str,
    *,
    publish_it: bool,
    as_json: bool,
) -> int:
    """Write a plan, publish it if that was asked, and return the exit code."""
    if not as_json:
        shifts_printing.show(made, zone)
    if publish_it:
        changed = there.publish(made["plan"]["id"])
        made = there.plan(made["plan"]["id"])
        typer.echo(f"\n{_published(changed)}", err=as_json)
    if as_json:
        printing.as_json(made)
    is_good = made["plan"]["is_proven"] and not made["plan"]["open_weeks"]
    return 0 if is_good else 1


def _published(changed: int) -> str:
    return f"Published: {changed} {'week changes' if changed == 1 else 'weeks change'} hands."


@contextlib.contextmanager
def _working() -> Iterator[None]:
    """Say to a person who waits at a terminal that it works; to a pipe, nothing."""
    is_watched = sys.stderr.isatty()
    if is_watched:
        typer.echo("Planning: up to a minute…", err=True, nl=False)
    try:
        yield
    finally:
        if is_watched:
            typer.echo("\r\033[K", err=True, nl=False)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NoDate(given=text) from None
