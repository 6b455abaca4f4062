"""Catalogue: everything the provider offers."""

from __future__ import annotations

from typing import Any

from watchbill_terraform import functions
from watchbill_terraform.resources import alarms, rotas, runbooks, services, teams
from watchbill_terraform.sources import alarms as alarm_sources
from watchbill_terraform.sources import companies

RESOURCES: tuple[Any, ...] = (
    alarms.Alarm,
    alarms.Handover,
    rotas.Rota,
    runbooks.Runbook,
    services.Integration,
    services.Service,
    teams.EscalationPolicy,
    teams.Team,
)
SOURCES: tuple[Any, ...] = (
    alarm_sources.Alarm,
    alarm_sources.Alarms,
    alarm_sources.Health,
    alarm_sources.RunbookBar,
    companies.Office,
    companies.OnCall,
    companies.Person,
    companies.Rota,
    companies.Team,
)
FUNCTIONS: tuple[Any, ...] = (functions.RunbookScore,)
