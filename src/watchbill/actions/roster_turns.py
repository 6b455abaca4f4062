"""Roster turns: one plan at a time is made by a server, for people who wait for the answer.

A plan fills a core for up to a minute. Who asks meanwhile is told at once rather than kept waiting:
the plan being made is made from the same facts, and stands in the list when it is done.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

from watchbill.actions import rosters
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.errors import Conflict


class PlanUnderWay(Conflict):
    """A plan is being made at this moment; it will be in the list within a minute or two."""


def make(shell: Shell, values: Mapping[str, object], *, by: Actor) -> str:
    """Make a draft; return its id. Raises: PlanUnderWay, and what `rosters.make` raises."""
    with _turn(shell):
        return rosters.make(shell, dict(values), by=by)


def replan(shell: Shell, *, by: Actor) -> str:
    """Make a draft of what is published ahead; return its id.

    Raises: PlanUnderWay; NothingPublished; what `rosters.replan` raises.
    """
    with _turn(shell):
        made = rosters.replan(shell, by=by)
    if made is None:
        raise rosters.NothingPublished
    return made


@contextlib.contextmanager
def _turn(shell: Shell) -> Iterator[None]:
    if not shell.planning.acquire(blocking=False):
        raise PlanUnderWay
    try:
        yield
    finally:
        shell.planning.release()
