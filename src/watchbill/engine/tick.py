"""The engine's steps, in their order: the whole engine as one readable list.

A step works off a batch in one transaction. When a batch fails, its items are taken one by one;
what fails alone is set aside, visibly, and the rest go on.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from watchbill.actions import (
    agenda,
    alerts,
    heartbeats,
    housekeeping,
    incidents,
    reminders,
    watch_notices,
)
from watchbill.actions.shell import Shell
from watchbill.errors import Unavailable

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One kind of work: a batch, and how to go on alone when the batch fails."""

    name: str
    #: Do a batch; return how many items are done, 0 when there is nothing to do.
    batch: Callable[[Shell], int]
    #: The items a failed batch held.
    items: Callable[[Shell], Sequence[Any]] = field(default=lambda _shell: ())
    one: Callable[[Shell, Any], None] = field(default=lambda _shell, _item: None)
    set_aside: Callable[[Shell, Any, Exception], None] = field(
        default=lambda _shell, _item, _error: None
    )


STEPS = (
    Step(
        name="fold",
        batch=alerts.fold_new,
        items=alerts.waiting,
        one=alerts.fold_one,
        set_aside=alerts.set_aside,
    ),
    Step(
        name="advance",
        batch=incidents.advance_due,
        items=incidents.due,
        one=incidents.advance_one,
        set_aside=incidents.set_aside,
    ),
    Step(name="heartbeats", batch=heartbeats.check),
    Step(
        name="reminders",
        batch=reminders.tell_due,
        items=reminders.waiting,
        one=reminders.tell_one,
        set_aside=reminders.set_aside,
    ),
    Step(
        name="notices",
        batch=watch_notices.tell_due,
        items=watch_notices.waiting,
        one=watch_notices.tell_one,
        set_aside=watch_notices.set_aside,
    ),
    Step(name="housekeeping", batch=housekeeping.tidy),
)


def tick(shell: Shell, *, steps: Sequence[Step] = STEPS) -> int:
    """Do one batch of every step; return how many items were done.

    Raises: Unavailable while the database is away; nothing is lost, the next tick goes on.
    """
    return sum(_run(shell, step) for step in steps)


#: A tick that did fewer items left nothing: less than a batch's fair share of one service.
FEW = alerts.FAIR


#: What goes by the clock; the rest is woken, or does not matter to the minute.
_TIMED = ("advance", "heartbeats", "reminders", "notices")


def next_due(shell: Shell, *, steps: Sequence[Step] = STEPS) -> datetime | None:
    """Return when a tick of `steps` has something to do, as far as is known; None for nothing."""
    times, names = agenda.read(shell), {step.name for step in steps}
    due = (times[name] for name in _TIMED if name in names)
    return min((at for at in due if at is not None), default=None)


def _run(shell: Shell, step: Step) -> int:
    try:
        return step.batch(shell)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - one bad item must not stop the engine
        log.error("engine.batch_failed", step=step.name, **_told(error))
    return _run_each(shell, step)


def _run_each(shell: Shell, step: Step) -> int:
    try:
        _check_company(shell)
        items = step.items(shell)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - the other steps go on
        log.error("engine.step_failed", step=step.name, **_told(error))
        return 0
    for item in items:
        _run_alone(shell, step, item)
    return len(items)


def _check_company(shell: Shell) -> None:
    """Fail if the company cannot be loaded: then no item is to blame, and none is set aside."""
    with shell.db.transaction() as tx:
        shell.company(tx)


def _told(error: Exception) -> dict[str, str]:
    """Return what of an error is logged: its kind and place. Its text may quote what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "watchbill" in frame.filename] or frames
    return {"error": type(error).__name__, "at": f"{ours[-1].name}:{ours[-1].lineno}"}


def _run_alone(shell: Shell, step: Step, item: Any) -> None:
    try:
        step.one(shell, item)
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001 - it is set aside, where people see it
        log.error("engine.set_aside", step=step.name, **_told(error))
        step.set_aside(shell, item, error)
