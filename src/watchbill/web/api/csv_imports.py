"""CSV imports: people and time away, all of a file or nothing."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["imports"])
