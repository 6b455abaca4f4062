"""Watch notices: the clock's word to the on-call team's people: shifts, terms, uncovered time.

A look plans the mails in the transaction that notes that they were said: a crash loses and doubles
nothing. Nothing polls: a look says when the next is, and what changes the watch makes one due.

Source: requirements VO2, VO3, VO6, SH1, SH4, NO8; core/notices.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from watchbill.actions import notices as mails
from watchbill.actions.shell import Shell
from watchbill.core import notice_moments, notice_words, notices, volunteers
from watchbill.core.notices import Look, Notice, Watch, Word
from watchbill.store import volunteers as volunteers_store
from watchbill.store import watch_notices
from watchbill.store.database import Tx

#: How long what cannot be told is left alone.
_REST = timedelta(hours=1)


def tell_due(shell: Shell) -> int:
    """Look at the watch if it is time, and plan the mails that are due; return how much was done."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        if not watch_notices.is_due(tx, now=now) or not watch_notices.take(tx):
            return 0
        watch, look = _look(shell, tx)
        told = _tell(shell, tx, watch, look.due)
        # What was told may have a next time of its own: that is for another look, at once.
        watch_notices.look_again(tx, at=now if told else look.next_at)
    if told:
        shell.sender_bell.set()
    return 1 + told


def waiting(shell: Shell) -> list[str]:
    """Return who is to be told something, to go on person by person after a look failed."""
    with shell.db.transaction() as tx:
        _, look = _look(shell, tx)
    return sorted({notice.person_id for notice in look.due})


def tell_one(shell: Shell, person_id: str) -> None:
    """Tell one person what is due, and leave the look itself as it is."""
    with shell.db.transaction() as tx:
        watch, look = _look(shell, tx)
        _tell(shell, tx, watch, [n for n in look.due if n.person_id == person_id])
    shell.sender_bell.set()


def set_aside(shell: Shell, _person_id: str, _error: Exception) -> None:
    """Leave the watch alone for a while; the engine has logged why. The others have been told."""
    with shell.db.transaction() as tx:
        watch_notices.take(tx)
        watch_notices.look_again(tx, at=shell.clock.now() + _REST)


def _look(shell: Shell, tx: Tx) -> tuple[Watch, Look]:
    now = shell.clock.now()
    watch = Watch(
        company=shell.company(tx),
        team=volunteers_store.team(tx),
        terms=watch_notices.terms(tx, after=now),
        seats=tuple(volunteers_store.seats(tx, after=now)),
        unready=watch_notices.unready(tx, after=now, items=len(volunteers.ITEMS)),
        asked=watch_notices.asked(tx, after=now),
        drafts=watch_notices.drafts(tx),
        told=watch_notices.told(tx, now=now),
    )
    every = notice_moments.every(watch, now=now)
    turns = notice_moments.turns(watch, now=now)
    return watch, notices.look(watch, every, turns, now=now)


def _tell(shell: Shell, tx: Tx, watch: Watch, due: Sequence[Notice]) -> int:
    """Note what is told and plan its mails; return how many."""
    if not due:
        return 0
    now = shell.clock.now()
    told = watch_notices.tell(tx, due, now=now)
    begins = any(notice.word is Word.SHIFT_BEGINS for notice in told)
    handoff = watch_notices.handoff(tx, now=now) if begins else ""
    for notice in told:
        mail = notice_words.mail(watch.company, notice, team=watch.team.name, handoff=handoff)
        mails.tell(shell, tx, [notice.person_id], mail.subject, mail.text, path=mail.path)
    return len(told)
