"""`watchbill alarms plan|apply|export`: a folder of alarms held against a Watchbill, and applied."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchbill.cli import alarms_evidence, options, printing, reaching
from watchbill.errors import Conflict, Invalid, Misconfigured

if TYPE_CHECKING:
    from watchbill.definitions.written import Written

Folders = Annotated[list[Path], typer.Argument(metavar="PATH…", help="Folders or files of alarms.")]
Repository = Annotated[
    str | None,
    typer.Option(
        help="What the alarms' home is called; alarms it no longer holds are retired.",
        show_default="the git repository's name",
    ),
]
PullRequest = Annotated[str, typer.Option(help="Address of the pull request, as evidence.")]
_SIGNS = {"create": "+", "change": "~", "retire": "-", "nothing": " "}


class NoPlan(Invalid):
    """This is not a plan that `watchbill alarms plan --out` wrote."""


class OtherPlan(Conflict):
    """The alarms were changed since this plan was made; plan again and look at it."""


class Unreadable(Invalid):
    """Some alarms cannot be read; nothing was planned."""


class NoRepository(Misconfigured):
    """Say --repository: what is written here is not in a git repository that has a name."""


def add_to(alarms_app: typer.Typer) -> None:
    """Add the commands to `watchbill alarms`."""
    alarms_app.command()(plan)
    alarms_app.command()(apply)
    alarms_app.command()(export)


def plan(
    paths: Folders,
    repository: Repository = None,
    out: Annotated[Path | None, typer.Option(help="Keep the plan in this file, for apply.")] = None,
    pull_request: PullRequest = "",
    server: reaching.Server = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> int:
    """Show what applying these alarms would do; nothing is written."""
    read = _read(paths, repository, pull_request)
    with reaching.reached(server, data_dir) as there:
        found = there.plan(read.order)
    if out is not None:
        out.write_text(json.dumps({"order": read.order, "plan": found}, indent=1), encoding="utf-8")
    _show(found, read, as_json=as_json)
    return 1 if found["errors"] else 0


def apply(
    paths: Folders,
    repository: Repository = None,
    plan_file: Annotated[
        Path | None, typer.Option("--plan", help="Apply this plan only, as it was looked at.")
    ] = None,
    pull_request: PullRequest = "",
    server: reaching.Server = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> int:
    """Make the alarms of this repository what is written: all or none. They are proposed, not accepted."""
    read = _read(paths, repository, pull_request)
    order = read.order
    kept = _kept(plan_file) if plan_file else None
    if kept is not None and _said(kept["order"]) != _said(order):
        raise OtherPlan
    with reaching.reached(server, data_dir) as there:
        found = there.plan(order) if kept is None else kept["plan"]
        _show(found, read, as_json=False, quiet=as_json)
        if found["errors"]:
            return 1
        done = there.apply({**order, "base": found["base"]})
    if as_json:
        printing.as_json(done)
    else:
        typer.echo(f"Applied. {_counted(done)}")
    return 0


def export(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where to write; else standard output.")
    ] = None,
    team: Annotated[str, typer.Option(help="Only this team's, by its slug.")] = "",
    service: Annotated[str, typer.Option(help="Only this service's, by its slug.")] = "",
    server: reaching.Server = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> int:
    """Write the alarms that exist as YAML, so that they can live in code from now on."""
    from watchbill.core.definitions import FIELDS, from_data
    from watchbill.definitions import yaml_writing

    which = {name: value for name, value in (("team", team), ("service", service)) if value}
    with reaching.reached(server, data_dir) as there:
        rows = list(there.alarms(which))
    found = [
        (row["team"], from_data(_plain({n: row[n] for n in FIELDS if n in row}))) for row in rows
    ]
    files = yaml_writing.write(found)
    if folder is not None:
        _write(folder, files)
    if as_json:
        printing.as_json({"files": files} if folder is None else {"files": sorted(files)})
    elif folder is None:
        for name, text in files.items():
            typer.echo(f"# {name}\n{text}")
    else:
        typer.echo(f"Wrote {len(found)} alarms in {len(files)} files to {folder}.")
    return 0


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of the API as `from_data` takes it: dates as text."""
    day = row.get("review_by")
    return {**row, "review_by": str(day) if day else None}


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _kept(path: Path) -> dict[str, Any]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if {"order", "plan"} <= set(kept) and "base" in kept["plan"]:
            return dict(kept)
    except (OSError, ValueError, TypeError):
        pass
    raise NoPlan(file=str(path))


def _said(order: Mapping[str, Any]) -> str:
    """Return what an order says, whatever revision or pull request it comes from."""
    apart = ("source", "evidence")
    alarms = [{n: v for n, v in d.items() if n not in apart} for d in order["definitions"]]
    return json.dumps([alarms, order["repository"]], sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What is written, as it is sent, and where each field of it stands."""

    order: dict[str, Any]
    written: dict[tuple[str, str], Written]

    def place(self, fault: Mapping[str, Any]) -> str:
        """Return the file and line that a fault is about."""
        found = self.written.get((fault["service"], fault["key"]))
        return str(found.where(fault["field"], fault["line"])) if found else fault["place"]


def _read(paths: list[Path], repository: str | None, pull_request: str) -> _Read:
    """Read the alarms under some paths. Raises: Unreadable, NoRepository."""
    from watchbill.cli import alarms_folder
    from watchbill.core.definitions import to_data
    from watchbill.definitions.written import Names

    folder = alarms_folder.read(paths, Names(), repository=repository or "")
    for problem in folder.reading.problems:
        place = f"{problem.file}:{problem.line}: {problem.field}".rstrip(": ")
        typer.echo(f"{place}: {problem.message} {problem.fix}", err=True)
    if folder.reading.problems:
        raise Unreadable
    name = repository or (folder.home.repository if folder.home else "")
    if not name:
        raise NoRepository
    definitions = []
    for each in folder.reading.written:
        proof = alarms_evidence.of_file(each.place.file)
        origin = folder.home.origin(each.place.file) if folder.home else None
        source = {
            "repository": name,
            "path": (origin.path if origin else "") or each.place.file,
            "revision": proof.get("revision") or (origin.revision if origin else ""),
        }
        definitions.append(
            {
                **to_data(each.definition),
                "place": str(each.place),
                "source": source,
                "evidence": {"url": pull_request, **proof},
            }
        )
    order = {"definitions": definitions, "repository": name, "managed_by": "yaml"}
    written = {(w.definition.service, w.definition.key): w for w in folder.reading.written}
    return _Read(order=order, written=written)


def _show(plan: Mapping[str, Any], read: _Read, *, as_json: bool, quiet: bool = False) -> None:
    if as_json:
        printing.as_json(plan)
        return
    tell_error = os.environ.get("GITHUB_ACTIONS") == "true" and not quiet
    for change in plan["changes"]:
        if change["action"] != "nothing" and not quiet:
            typer.echo(_line(change))
            for name in change["changed"] if change["action"] == "change" else ():
                typer.echo(
                    f"      {name}: {_short(change['before'], name)} → {_short(change['after'], name)}"
                )
    for fault in plan["errors"]:
        typer.echo(_fault(fault, read.place(fault), annotate=tell_error), err=True)
    if not quiet:
        typer.echo(_counted(plan))


def _line(change: Mapping[str, Any]) -> str:
    now = ""
    if change["action"] == "change" and change["in_force"]:
        now = f"  (version {change['in_force']} stays in force until this one is accepted)"
    return f"  {_SIGNS[change['action']]} {change['service']}/{change['key']}{now}"


def _short(values: Mapping[str, Any] | None, name: str) -> str:
    text = json.dumps((values or {}).get(name), ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


def _fault(fault: Mapping[str, Any], place: str, *, annotate: bool) -> str:
    from watchbill.cli.findings import as_github, as_text

    where = place or f"{fault['service']}/{fault['key']}"
    rule = f"{fault['rule']}: " if fault["rule"] else ""
    text = f"{fault['field']}: {rule}{fault['message']} {fault['fix']}"
    if annotate:
        file, _, line = where.rpartition(":")
        return as_github.annotation(
            "error", file=file, line=line, title=fault["rule"] or fault["field"], text=text
        )
    return as_text.line(f"{where}: {text}")


def _counted(plan: Mapping[str, Any]) -> str:
    count = dict.fromkeys(_SIGNS, 0)
    for change in plan["changes"]:
        count[change["action"]] += 1
    parts = f"{count['create']} to create, {count['change']} to change, {count['retire']} to retire"
    wrong = f"; {len(plan['errors'])} in the way, so nothing is applied" if plan["errors"] else ""
    if plan["applied"]:
        parts = parts.replace(" to create", " created").replace(" to change", " changed")
        parts = parts.replace(" to retire", " retired")
    return f"{parts}, {count['nothing']} unchanged{wrong}."
