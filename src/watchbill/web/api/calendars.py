"""Calendars: feeds that others subscribe to, and people's own that are read in."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["calendars"])
