"""Notice words: a notice as a mail, plain and complete by itself, its times in the receiver's zone."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from watchbill.core import hours
from watchbill.core.company import Company
from watchbill.core.hours import Period
from watchbill.core.notices import Notice, Word
from watchbill.core.people import Person

#: So many stretches are named one by one.
_NAMED = 10


class Mail(NamedTuple):
    """What is sent, and the screen it is about."""

    subject: str
    text: str
    path: str


def mail(company: Company, notice: Notice, *, team: str, handoff: str = "") -> Mail:
    """Return a notice as a mail of the on-call team of that name.

    `handoff` is the last shift's note; whose shift begins reads it.
    """
    person = company.people[notice.person_id]
    if notice.word in (Word.SHIFT_WEEK, Word.SHIFT_DAY, Word.SHIFT_BEGINS):
        return _shift(notice, person, handoff)
    if notice.word is Word.UNCOVERED:
        return _uncovered(notice, person, team)
    if notice.word in (Word.RENEWAL, Word.RENEWAL_AGAIN, Word.NOT_READY):
        return _own(notice, person, team)
    return _other(notice, person, team)


def _shift(notice: Notice, person: Person, handoff: str) -> Mail:
    period = _period(notice)
    what = "shadow shift" if notice.is_shadow else "shift"
    since, until = _moment(person, period.start), _moment(person, period.end)
    if notice.word is not Word.SHIFT_BEGINS:
        # A day, not "in a week": it may have been planned yesterday.
        begins = "begins" if notice.word is Word.SHIFT_WEEK else "begins soon:"
        text = (
            f"It begins {since} and ends {until} ({person.zone}). If you cannot stand it, ask for a"
            " swap: /swaps."
        )
        return Mail(f"Your {what} {begins} {since}", text, "/rota/mine")
    carries = "You learn; nobody pages you." if notice.is_shadow else "You carry it now."
    lines = [f"{carries} It ends {until} ({person.zone})."]
    if handoff:
        lines += ["", "From the last handoff:", "", handoff]
    return Mail(f"Your {what} has begun", "\n".join(lines), "/rota/mine")


def _own(notice: Notice, person: Person, team: str) -> Mail:
    period = _period(notice)
    if notice.word is Word.NOT_READY:
        text = (
            f"Your first shift begins {_moment(person, period.start)} ({person.zone}), and something"
            " on the list is not done: Internet, laptop, power, second factor, credentials, and a"
            " test page answered over every way you can be reached."
        )
        return Mail("You are not ready for your first shift yet", text, "/readiness")
    day = f"{period.end.astimezone(hours.known_zone(person.zone)):%-d %B %Y}"
    text = (
        f"Your term in {team} ends on {day}. Do you want another? Nothing is assumed: if you do not"
        " answer, it ends, and nobody asks why."
    )
    return Mail(f"Your term ends on {day}: do you want another?", text, "/on-call-team")


def _uncovered(notice: Notice, person: Person, team: str) -> Mail:
    first = _moment(person, notice.periods[0].start)
    named = [_stretch(person, period) for period in notice.periods[:_NAMED]]
    rest = len(notice.periods) - len(named)
    lines = [
        f"Nobody of {team} stands these times, and the duty manager has them ({person.zone}):",
        "",
        *named,
        *([f"… and {rest} more within four weeks."] if rest else []),
    ]
    return Mail(f"Nobody stands from {first}", "\n".join(lines), "/rota")


def _other(notice: Notice, person: Person, team: str) -> Mail:
    if notice.word is Word.DUTY_WEEK:
        text = f"You are duty manager {_stretch(person, _period(notice))} ({person.zone})."
        since = _moment(person, _period(notice).start)
        return Mail(f"You are duty manager from {since}", text, "/managers")
    if notice.word is Word.SWAP_WAITS:
        since = _moment(person, _period(notice).start)
        text = (
            f"Somebody asked for a shift from {since} ({person.zone}) to be taken, and nobody has"
            " answered. Yes or no, both help."
        )
        return Mail("A swap waits for your answer", text, f"/swaps/{notice.subject_id}")
    if notice.word is Word.DRAFT_WAITS:
        text = "A plan you made is still a draft. Publish it, make a new one, or drop it."
        return Mail("A plan of yours is still a draft", text, f"/plans/{notice.subject_id}")
    if notice.word is Word.CONCERNS:
        return Mail(f"{team} needs a look", "\n".join(notice.facts), "/on-call-team")
    period = _period(notice)
    text = (
        f"{len(notice.facts)} people are on call at once, more than the design says:"
        f" {', '.join(notice.facts)}, {_stretch(person, period)} ({person.zone})."
    )
    return Mail("Too many people are on call at once", text, "/")


def _period(notice: Notice) -> Period:
    if notice.period is None:
        raise ValueError(notice.word)
    return notice.period


def _stretch(person: Person, period: Period) -> str:
    return f"{_moment(person, period.start)} to {_moment(person, period.end)}"


def _moment(person: Person, at: datetime) -> str:
    return f"{at.astimezone(hours.known_zone(person.zone)):%a %-d %b %H:%M}"
