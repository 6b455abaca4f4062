"""Terms: renewal that is asked, a pause, and stepping down, without a reason."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["terms"])
