"""Roster plans: who is to stand which week, as a draft that is looked at before it counts."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["plans"])
