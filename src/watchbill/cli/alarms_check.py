"""`watchbill alarms check`: hold alarms in code against the bar, before anybody merges them.

Needs no server. Exit 0: all could be accepted as far as can be seen here; 1: one is below the bar;
2: one cannot be read.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchbill.cli import options
from watchbill.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from watchbill.cli.alarms_folder import Folder
    from watchbill.cli.alarms_links import Seen
    from watchbill.cli.findings.remarks import Judged, Report
    from watchbill.core.bar.facts import Facts
    from watchbill.definitions.companies import Names as Company
    from watchbill.definitions.written import Written

Paths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH…",
        exists=True,
        help="Folders, YAML files, or a Terraform plan as JSON (terraform show -json).",
    ),
]


class Format(StrEnum):
    """How findings are written."""

    #: As compilers do.
    TEXT = "text"
    #: One value for programs.
    JSON = "json"
    #: SARIF 2.1.0, for code hosts.
    SARIF = "sarif"
    #: Annotations of GitHub Actions.
    GITHUB = "github"


AsFormat = Annotated[Format, typer.Option("--format", help="How findings are written.")]
Network = Annotated[
    bool, typer.Option("--network", help="Look whether links answer; see --allow-host.")
]
Hosts = Annotated[
    list[str] | None, typer.Option(help="A host that --network may call. Repeat it for more.")
]
Private = Annotated[
    str, typer.Option(help="Private networks that --network may reach: 10.1.0.0/16,…")
]
CompanyFile = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="The teams and services there are.",
        show_default="company.yml at the top of the folder",
    ),
]
Teams = Annotated[str, typer.Option(help="The teams there are: payments,search.")]
Services = Annotated[
    str, typer.Option(help="The services, each with its team: checkout=payments,…")
]
OfService = Annotated[str, typer.Option(help="The service of alarms that name none.")]
OfTeam = Annotated[str, typer.Option(help="The team of alarms that name none.")]
Repository = Annotated[
    str, typer.Option(help="What the repository is called.", show_default="as git says")
]
Today = Annotated[
    str, typer.Option(help="Judge as on this day: 2026-03-02.", show_default="today, UTC")
]


class NoAlarms(Invalid):
    """There is no file of alarms here."""


class NoDay(Invalid):
    """--today takes a day, such as 2026-03-02."""


class NoOwner(Invalid):
    """--services takes services with their teams, such as checkout=payments,search=discovery."""


def add_to(group: typer.Typer) -> None:
    """Add the command to the group."""
    group.command()(check)


def check(  # noqa: PLR0913, PLR0917 - each is an option
    paths: Paths,
    as_format: AsFormat = Format.TEXT,
    network: Network = False,
    allow_host: Hosts = None,
    private_networks: Private = "",
    company: CompanyFile = None,
    teams: Teams = "",
    services: Services = "",
    service: OfService = "",
    team: OfTeam = "",
    repository: Repository = "",
    today: Today = "",
    as_json: options.AsJson = False,
) -> int:
    """Hold alarms in code against the bar, without a server; for pull requests.

    Exit 1 if one is below the bar, 2 if one cannot be read.
    """
    from watchbill.cli import alarms_folder
    from watchbill.cli.findings import remarks
    from watchbill.core.bar.facts import Facts
    from watchbill.definitions.written import Names

    day = _day(today)
    owners = _owners(services)
    folder = alarms_folder.read(paths, Names(service=service, team=team), repository=repository)
    if not folder.documents and not folder.reading.problems:
        raise NoAlarms(paths=" ".join(map(str, paths)))
    known = alarms_folder.company(company, folder.reading) if company else folder.company
    facts = _known(Facts(today=day), known, teams, owners)
    links = _links(folder, allow_host or [], private_networks) if network else None
    report = remarks.report(
        _judged(folder, facts, links), folder.reading.problems, files=len(folder.documents)
    )
    typer.echo(_written(report, Format.JSON if as_json else as_format))
    return report.exit_code


def _day(text: str) -> date:
    from watchbill import clock

    if not text:
        return clock.real_now().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NoDay(given=text) from None


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _owners(text: str) -> dict[str, str]:
    owners = {}
    for part in _listed(text):
        slug, equals, owner = part.partition("=")
        if not (slug.strip() and equals and owner.strip()):
            raise NoOwner(given=part)
        owners[slug.strip()] = owner.strip()
    return owners


def _known(facts: Facts, company: Company, teams: str, owners: Mapping[str, str]) -> Facts:
    """Return what is known of the company, by its file and by options; None stays unknown."""
    services = {**(company.services or {}), **owners}
    slugs = {*(company.teams or ()), *_listed(teams), *owners.values()}
    return replace(
        facts,
        teams=frozenset(slugs) if slugs or company.teams is not None else None,
        services=services if services or company.services is not None else None,
    )


def _links(folder: Folder, hosts: Sequence[str], networks: str) -> dict[str, Seen]:
    from watchbill import config
    from watchbill.cli import alarms_links

    definitions = [written.definition for written in folder.reading.written]
    return alarms_links.look(definitions, frozenset(hosts), config.networks(networks))


def _judged(folder: Folder, known: Facts, links: Mapping[str, Seen] | None) -> list[Judged]:
    """Hold every alarm against the bar, with what a pull request knows of the world."""
    from watchbill.cli.findings.remarks import Judged
    from watchbill.core.bar import bar
    from watchbill.core.bar.facts import Sibling

    of_service: defaultdict[str, list[Sibling]] = defaultdict(list)
    for each in folder.reading.written:
        sibling = Sibling(definition=each.definition, is_accepted=False, place=str(each.place))
        of_service[each.definition.service].append(sibling)
    siblings = {service: tuple(alarms) for service, alarms in of_service.items()}
    if links is not None:
        known = replace(known, links={url: seen.status for url, seen in links.items()})

    def facts(written: Written) -> Facts:
        seen = (links or {}).get(written.definition.runbook_url.strip())
        return replace(
            known,
            siblings=siblings[written.definition.service],
            origin=folder.home.origin(written.place.file) if folder.home else None,
            runbook_text=seen.text if seen else None,
        )

    return [
        Judged(written=each, findings=bar.judge(each.definition, facts(each)))
        for each in folder.reading.written
    ]


def _written(report: Report, as_format: Format) -> str:
    from watchbill.cli.findings import as_github, as_json, as_sarif, as_text

    writers = {
        Format.TEXT: as_text.write,
        Format.JSON: as_json.write,
        Format.SARIF: as_sarif.write,
        Format.GITHUB: as_github.write,
    }
    return writers[as_format](report)
