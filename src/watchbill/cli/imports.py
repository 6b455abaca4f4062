"""`watchbill import prometheus`: the alarms an Alertmanager and its rules already have, as proposals.

In one command: services that are not there yet are made, every alerting rule becomes a proposed
alarm, and a report says what falls below the bar. Nothing that is imported wakes anybody before
the on-call team has accepted it.
"""

from __future__ import annotations

import contextlib
import re
import signal
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchbill.cli import imports_csv, options, printing, reaching
from watchbill.errors import Invalid

if TYPE_CHECKING:
    from watchbill.definitions.alertmanager_routes import Route
    from watchbill.definitions.written import Document, Written

#: The service of a rule that names none, until one is found for it.
_NAMELESS = "imported"
#: Seconds that finding the receivers of all rules may take.
_PATIENCE_S = 10.0
_WORDS = re.compile(r"[a-z0-9]+")


class NoRules(Invalid):
    """There are no alerting rules here."""


class UnreadableRules(Invalid):
    """Some rules cannot be read; nothing was imported."""


class TooLong(Invalid):
    """Finding the receivers takes too long: an expression of a route backtracks without end."""


class NoTeam(Invalid):
    """A new service needs a team that is there: give --team, or the label `team` to its rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A rule with its service and team, found by its labels or its receiver."""

    written: Written
    team: str


def add_to(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.callback()(_nothing)
    group.command()(prometheus)
    imports_csv.add_to(group)
    app.add_typer(group, name="import", help="Bring in what another system already has.")


def _nothing() -> None:
    """Keep the group a group."""


def prometheus(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="RULES…", exists=True, help="Folders or files of rules."),
    ],
    alertmanager: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Alertmanager's configuration: a rule without the label `service` belongs to "
            "its receiver.",
        ),
    ] = None,
    team: Annotated[str, typer.Option(help="The team, by its slug, of rules that name none.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report.")] = False,
    server: reaching.Server = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> int:
    """Import alerting rules as proposed alarms, and report what of them is below the bar."""
    rules = _rules(paths, alertmanager)
    with reaching.reached(server, data_dir) as there:
        services = _services(rules, there, team)
        new = {slug: owner for slug, owner in services.items() if slug not in there.services()}
        report = _import(there, rules, services, new, dry_run=dry_run)
    if as_json:
        printing.as_json(report)
    else:
        _tell(report, dry_run=dry_run)
    return 1 if report["errors"] else 0


def _rules(
    paths: Sequence[Path], alertmanager: Path | None, *, within_s: float = _PATIENCE_S
) -> list[_Found]:
    """Return every alerting rule with its service. Raises: UnreadableRules, NoRules, TooLong."""
    from watchbill.cli import alarms_folder
    from watchbill.definitions import alertmanager_routes
    from watchbill.definitions.written import Names

    folder = alarms_folder.read(list(paths), Names(service=_NAMELESS))
    for problem in folder.reading.problems:
        typer.echo(f"{problem.file}:{problem.line}: {problem.message} {problem.fix}", err=True)
    if folder.reading.problems:
        raise UnreadableRules
    if not folder.reading.written:
        raise NoRules(paths=" ".join(map(str, paths)))
    route = alertmanager_routes.read(alertmanager.read_bytes()) if alertmanager else None
    labels = dict(_labels(folder.documents))
    with _patience(within_s):
        return [_found(each, route, labels) for each in folder.reading.written]


@contextlib.contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """End matching that takes too long: a route's expression may never finish. Raises: TooLong."""

    def end(_signal: int, _frame: object) -> None:
        raise TooLong

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _labels(documents: Sequence[Document]) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    """Return by file and expression the labels a rule's alerts have, as far as it says them."""
    import yaml

    for document in documents:
        data = yaml.safe_load(document.content)
        for group in data.get("groups") or () if isinstance(data, dict) else ():
            for rule in group.get("rules") or ():
                if "alert" in rule:
                    own = {**(group.get("labels") or {}), **(rule.get("labels") or {})}
                    texts = {str(name): str(value) for name, value in own.items()}
                    yield (
                        (document.path, f"{rule['alert']}\n{rule['expr']}"),
                        {"alertname": str(rule["alert"]), **texts},
                    )


def _found(
    written: Written, route: Route | None, labels: Mapping[tuple[str, str], dict[str, str]]
) -> _Found:
    from watchbill.definitions import alertmanager_routes

    definition = written.definition
    name = dict(definition.conditions).get("alarm", (definition.key,))[0]
    own = labels.get((written.place.file, f"{name}\n{definition.expression}"), {})
    service = definition.service
    if service == _NAMELESS and route is not None:
        service = next(iter(alertmanager_routes.receivers(route, own)), "") or service
    slug = "-".join(_WORDS.findall(service.lower()))[:60].strip("-") or _NAMELESS
    return _Found(
        written=replace(written, definition=replace(definition, service=slug, team="")),
        team=definition.team or own.get("team", ""),
    )


def _services(rules: Sequence[_Found], there: reaching.Reached, team: str) -> dict[str, str]:
    """Return the services of the rules with their teams. Raises: NoTeam."""
    known, teams = there.services(), there.teams()
    owners: dict[str, str] = {}
    for rule in rules:
        slug = rule.written.definition.service
        owners.setdefault(slug, known.get(slug) or (rule.team if rule.team in teams else team))
    for slug, owner in owners.items():
        if owner not in teams:
            raise NoTeam(service=slug, team=owner or "none", teams=", ".join(sorted(teams)[:20]))
    return owners


def _import(
    there: reaching.Reached,
    rules: Sequence[_Found],
    services: Mapping[str, str],
    new: Mapping[str, str],
    *,
    dry_run: bool,
) -> dict[str, Any]:
    """Make the services, propose the alarms that are not there yet, and report."""
    present = {(row["service"], row["key"]) for row in there.alarms({})}
    fresh = [r for r in rules if _name(r) not in present]
    if not dry_run:
        teams = there.teams()
        for slug, owner in new.items():
            there.create_service(slug, slug.replace("-", " ").capitalize(), teams[owner])
    definitions = [_data(rule) for rule in fresh]
    order = {"definitions": definitions, "repository": "", "managed_by": "import"}
    plan = there.plan(order)
    if dry_run:  # services that are yet to be made are no fault
        plan["errors"] = [
            e for e in plan["errors"] if e["field"] != "service" or e["service"] not in new
        ]
    if not dry_run and not plan["errors"]:
        plan = there.apply({**order, "base": plan["base"]})
    failing = Counter(fault["rule"] for fault in plan["below"])
    below = {(fault["service"], fault["key"]) for fault in plan["below"]}
    return {
        "services": [
            {"slug": slug, "team": owner, "new": slug in new} for slug, owner in services.items()
        ],
        "alarms": len(fresh),
        "already_there": len(rules) - len(fresh),
        "below_the_bar": len(below),
        "failing_rules": dict(failing.most_common()),
        "below": plan["below"],
        "errors": plan["errors"],
        "applied": plan["applied"],
    }


def _name(rule: _Found) -> tuple[str, str]:
    return rule.written.definition.service, rule.written.definition.key


def _data(rule: _Found) -> dict[str, Any]:
    from watchbill.core.definitions import to_data

    place = str(rule.written.place)
    return {**to_data(rule.written.definition), "place": place}


def _tell(report: Mapping[str, Any], *, dry_run: bool) -> None:
    for fault in report["errors"]:
        place = fault["place"]
        typer.echo(f"{place}: {fault['field']}: {fault['message']} {fault['fix']}", err=True)
    if report["errors"]:
        typer.echo("Nothing was imported.", err=True)
        return
    for service in report["services"]:
        if service["new"]:
            typer.echo(f"  + service {service['slug']} of team {service['team']}")
    for key, faults in _by_alarm(report["below"]):
        typer.echo(f"  {key} ({faults[0]['place']})")
        for fault in faults:
            typer.echo(f"      {fault['rule']}: {fault['message']}")
    done = "would be proposed" if dry_run else "proposed"
    there = f", {report['already_there']} already there" if report["already_there"] else ""
    typer.echo(
        f"{report['alarms']} alarms {done}{there}; {report['below_the_bar']} of them below the bar: "
        "they wait for working hours until somebody has worked on them."
    )
    if report["failing_rules"]:
        rules = ", ".join(f"{rule} {count}×" for rule, count in report["failing_rules"].items())
        typer.echo(f"What they lack, most often first: {rules}.")


def _by_alarm(faults: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for fault in faults:
        found.setdefault(f"{fault['service']}/{fault['key']}", []).append(fault)
    yield from found.items()
