"""CSV imports: people and time away, all of a file or nothing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body

from watchbill.actions import csv_imports
from watchbill.actions.csv_imports import Report
from watchbill.web.api import asked

router = APIRouter(tags=["imports"])

Table = Annotated[bytes, Body(media_type="text/csv")]


@router.post("/imports/people", response_model=Report)
def import_people(caller: asked.Admin, table: Table, dry_run: bool = False) -> Any:  # noqa: FBT001, FBT002
    """Add and change people from a CSV file: name, email, and perhaps role, team, office, zone, skills."""
    return csv_imports.import_people(caller.shell, table, dry_run=dry_run, by=caller.actor)


@router.post("/imports/absences", response_model=Report)
def import_absences(caller: asked.Admin, table: Table, dry_run: bool = False) -> Any:  # noqa: FBT001, FBT002
    """Replace what files said of time away: email, from, to."""
    return csv_imports.import_absences(caller.shell, table, dry_run=dry_run, by=caller.actor)
