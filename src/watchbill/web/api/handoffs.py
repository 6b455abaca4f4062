"""Handoffs: the note at a shift's end, with what is open, held and changed."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(tags=["shifts"])
