"""Watch notices: when the engine looks at the watch, what it then reads, and what was told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from watchbill.core.notices import Asked, Draft, Notice, Term, Word
from watchbill.core.people import PersonId
from watchbill.store.database import Tx

#: What was told longer ago than this is stale by itself.
_LATELY = timedelta(days=40)

_IS_DUE = "select exists (select 1 from watch_looks where look_at <= %s)"
# What another process has in hand, or has not committed, stays: its look sees what this one cannot.
_TAKE = """
delete from watch_looks
where id in (select id from watch_looks order by id for update skip locked) returning look_at
"""
_NEXT = "insert into watch_looks (look_at) values (%s)"
_TERMS = """
select t.id, t.person_id, lower(t.during), upper(t.during),
  exists (select 1 from terms n where n.person_id = t.person_id and lower(n.during) >= upper(t.during))
  or exists (select 1 from applications a where a.person_id = t.person_id and a.state = 'waiting'
             and a.ends_at > upper(t.during))
from terms t join people p on p.id = t.person_id
where p.disabled_at is null and upper(t.during) > %s order by t.person_id, lower(t.during)
"""
_UNREADY = """
select distinct t.person_id from terms t
where upper(t.during) > %s
  and ((select count(*) from readiness r where r.person_id = t.person_id) < %s
       or not exists (select 1 from contact_methods m
                      where m.person_id = t.person_id and m.verified_at is not null)
       or exists (select 1 from contact_methods m where m.person_id = t.person_id
                  and m.verified_at is not null and m.tested_at is null))
"""
_ASKED = """
select id, asked_by, asked_at, starts_at, to_person_id from swaps
where state = 'open' and starts_at > %s order by starts_at, id
"""
_DRAFTS = """
select id, made_by, made_at from (select * from plans order by made_at desc, id desc limit 1) newest
where state = 'draft'
"""
_TOLD = "select person_id, word, about from notices where told_at > %s"
_TELL = """
insert into notices (person_id, word, about, told_at)
select r.person_id, r.word, r.about, %s
from unnest(%s::text[], %s::text[], %s::text[]) as r(person_id, word, about)
on conflict do nothing returning person_id, word, about
"""
_RENEWAL = "update terms set renewal_asked_at = %s where id = any(%s)"
_HANDOFF = "select note from handoffs where at > %s and at <= %s order by at desc, id desc limit 1"


def is_due(tx: Tx, *, now: datetime) -> bool:
    """True if the watch is to be looked at."""
    row = tx.execute(_IS_DUE, [now]).fetchone()
    return row is not None and bool(row[0])


def take(tx: Tx) -> bool:
    """Take every look there is in hand; False if somebody else has them all."""
    return bool(tx.execute(_TAKE).fetchall())


def look_again(tx: Tx, *, at: datetime) -> None:
    """Note when to look next; a change in between is looked at sooner."""
    tx.execute(_NEXT, [at])


def terms(tx: Tx, *, after: datetime) -> tuple[Term, ...]:
    """Return the terms that are not over at `after`."""
    return tuple(
        Term(id=row[0], person_id=row[1], start=row[2], end=row[3], is_answered=row[4])
        for row in tx.execute(_TERMS, [after])
    )


def unready(tx: Tx, *, after: datetime, items: int) -> frozenset[PersonId]:
    """Return who in a term has not made sure of all `items`, or not answered a test page."""
    return frozenset(row[0] for row in tx.execute(_UNREADY, [after, items]))


def asked(tx: Tx, *, after: datetime) -> tuple[Asked, ...]:
    """Return swaps that nobody has answered."""
    return tuple(
        Asked(id=row[0], asked_by=row[1], asked_at=row[2], start=row[3], to=row[4])
        for row in tx.execute(_ASKED, [after])
    )


def drafts(tx: Tx) -> tuple[Draft, ...]:
    """Return the newest plan, if it is a draft."""
    return tuple(Draft(id=row[0], made_by=row[1], made_at=row[2]) for row in tx.execute(_DRAFTS))


def told(tx: Tx, *, now: datetime) -> dict[tuple[PersonId, Word], set[str]]:
    """Return what was told lately."""
    found: defaultdict[tuple[PersonId, Word], set[str]] = defaultdict(set)
    for person_id, word, about in tx.execute(_TOLD, [now - _LATELY]):
        found[person_id, Word(word)].add(about)
    return dict(found)


def tell(tx: Tx, notices: Sequence[Notice], *, now: datetime) -> list[Notice]:
    """Note that these are told; return those that nobody else has told meanwhile."""
    keys = [(n.person_id, n.word.value, n.about) for n in notices]
    people, words, abouts = ([key[i] for key in keys] for i in range(3))
    new = set(tx.execute(_TELL, [now, people, words, abouts]).fetchall())
    asked_for = [
        n.subject_id
        for n, key in zip(notices, keys, strict=True)
        if key in new and n.word in (Word.RENEWAL, Word.RENEWAL_AGAIN)
    ]
    if asked_for:
        tx.execute(_RENEWAL, [now, asked_for])
    return [n for n, key in zip(notices, keys, strict=True) if key in new]


def handoff(tx: Tx, *, now: datetime) -> str:
    """Return the last handoff's note, if it is of the last week; else ""."""
    row = tx.execute(_HANDOFF, [now - timedelta(days=8), now]).fetchone()
    return row[0] if row else ""
