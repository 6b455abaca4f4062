"""Alarm words: what a team reads about its alarms: declined, returned, review near or overdue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from watchbill.core.reminders import Word

#: By what happened: the mail's subject for one alarm, and what it says of it.
_WORDS: dict[Word, tuple[str, str]] = {
    Word.REVIEW_NEAR: (
        "{key} is to be reviewed by {last_day}",
        (
            "Its acceptance ends with {last_day}. Give it a later review-by date and have it accepted"
            " anew, or retire it. After that day it wakes nobody out of hours."
        ),
    ),
    Word.OVERDUE: (
        "{key} wakes nobody any more: its review is overdue",
        (
            "Its acceptance ended with {last_day}. Out of hours its incidents are held until you are"
            " at work. Give it a later review-by date and have it accepted anew, or retire it."
        ),
    ),
    Word.DECLINED: (
        "{key} was declined",
        "The on-call team declined its newest version, because: {reason}",
    ),
    Word.RETURNED: (
        "{key} was returned to your team",
        (
            "The on-call team gave it back, and it wakes nobody out of hours. What must change:"
            " {reason}"
        ),
    ),
}


def mail(items: Sequence[Mapping[str, str]], *, base_url: str) -> tuple[str, str]:
    """Return subject and text of a mail about alarms, each with its link.

    An item has `alarm_id`, `key`, `service`, `word`, `reason`, `last_day`.
    """
    told = [_about(item, base_url) for item in items]
    subject = _WORDS[Word(items[0]["word"])][0].format(**items[0])
    if len(items) > 1:
        subject = f"{len(items)} alarms need your team"
    end = "Nobody waits for you tonight: this is work for your working hours."
    return subject, "\n\n".join([*told, end])


def _about(item: Mapping[str, str], base_url: str) -> str:
    sentence = _WORDS[Word(item["word"])][1].format(**item)
    return f"{item['key']} of {item['service']}\n{sentence}\n{base_url}/alarms/{item['alarm_id']}"
