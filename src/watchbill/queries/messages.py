"""What a message says: the words of a page, a bundle, a growth, from what is true when it leaves.

Written at the claim, so that a phone shows the newest state. The first sentence is for somebody
who was asleep a minute ago: what is wrong, and what one button does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from itsdangerous import URLSafeSerializer

from watchbill.core.company import Company
from watchbill.core.messages import Answer, Message, MessageKind
from watchbill.core.notifications import Notification
from watchbill.core.routing import Reason
from watchbill.core.throttle import Parcel
from watchbill.errors import Misconfigured
from watchbill.queries import alarm_words
from watchbill.store.database import Tx

_PRIVATE = frozenset({MessageKind.CODE, MessageKind.TEST, MessageKind.HELP, MessageKind.NOTICE})
_SETTINGS = "select secret, base_url from organization"
_INCIDENTS = """
select i.id, i.number, i.title, i.severity, i.state, i.firing, i.opened_at, i.service_id,
       i.team_id, i.alarm, i.reason, i.facts, a.runbook, a.runbook_url, a.definition->>'customer_impact' as customer_impact,
       a.definition->>'required_action' as required_action, h.name as asking
from incidents i left join alarms_now a on a.service_id = i.service_id and a.key = i.alarm
left join people h on h.id = i.help_asked_by
where i.id = any(%s)
"""
_PAGES = "select id, role, reason, started_at from pages where id = any(%s)"
_METHODS = "select id, address, secret from contact_methods where id = any(%s)"
_WEBHOOKS = "select id, url, secret from webhooks where id = any(%s)"

#: Why this person, in one sentence.
WHY: dict[Reason, str] = {
    Reason.TEAM_AT_WORK: "Your team is at work, and this is its service.",
    Reason.TEAM_UNREACHABLE: "You are the duty manager, and nobody of the owning team can be reached.",
    Reason.TEAM_NEVER_AT_WORK: "You are the duty manager, and the owning team has no working hours ahead.",
    Reason.ALARM_ACCEPTED: "The on-call team accepted this alarm and answers for it out of hours.",
    Reason.NO_VOLUNTEER: "No volunteer stands the shift, or none can be reached, so managers are called.",
    Reason.BREAK_GLASS: "A colleague decided that this cannot wait for working hours.",
    Reason.ALARM_MUTED: "The alarm is muted.",
    Reason.IN_MAINTENANCE: "The service is in maintenance.",
    Reason.ALARM_NOT_ACCEPTED: "The on-call team has not accepted this alarm, so it waits for working hours.",
    Reason.ALARM_OVERDUE: "The acceptance of this alarm has run out, so it waits for working hours.",
    Reason.ALARM_UNREGISTERED: "Nobody has written this alarm down, so it waits for working hours.",
    Reason.BELOW_CRITICAL: "It is less than critical, so it waits for working hours.",
}


class NoSecret(Misconfigured):
    """The database has no secret to sign links with; it is made when a server starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """Everything the messages of one claim are written from, loaded in five queries."""

    company: Company
    now: datetime
    base_url: str
    secret: bytes
    signer: URLSafeSerializer
    incidents: dict[str, Any]
    pages: dict[str, Any]
    methods: dict[str, Any]
    webhooks: dict[str, Any]


def write(
    tx: Tx, company: Company, parcels: Sequence[Parcel], *, now: datetime
) -> list[tuple[Parcel, Message]]:
    """Return the message of each parcel; a parcel whose address is gone has none."""
    notes = [note for parcel in parcels for note in parcel.notifications]
    secret, base_url = tx.execute(_SETTINGS).fetchone() or (b"", "")
    facts = _Facts(
        company=company,
        now=now,
        base_url=base_url,
        secret=bytes(secret),
        signer=signer(bytes(secret)),
        incidents=_by_id(
            tx, _INCIDENTS, {n.incident_id for n in notes if n.kind is not MessageKind.HOOK}
        ),
        pages=_by_id(tx, _PAGES, {n.page_id for n in notes}),
        methods=_by_id(tx, _METHODS, {n.method_id for n in notes}),
        webhooks=_by_id(tx, _WEBHOOKS, {n.webhook_id for n in notes}),
    )
    written = ((parcel, _message(facts, parcel)) for parcel in parcels)
    return [(parcel, message) for parcel, message in written if message is not None]


def signer(secret: bytes) -> URLSafeSerializer:
    """Return what signs the links of messages, so that only who got one can use it.

    Raises: NoSecret.
    """
    if not secret:
        raise NoSecret
    return URLSafeSerializer(secret, salt="answer")


def test_signer(secret: bytes) -> URLSafeSerializer:
    """Return what signs the links of test pages. Raises: NoSecret."""
    if not secret:
        raise NoSecret
    return URLSafeSerializer(secret, salt="test-page")


def helper_signer(secret: bytes) -> URLSafeSerializer:
    """Return what signs the links of mails that ask for help. Raises: NoSecret."""
    if not secret:
        raise NoSecret
    return URLSafeSerializer(secret, salt="helper")


def _by_id(tx: Tx, query: Any, ids: set[str | None]) -> dict[str, Any]:
    wanted = [i for i in ids if i is not None]
    return {row[0]: row for row in tx.execute(query, [wanted])} if wanted else {}


def _message(facts: _Facts, parcel: Parcel) -> Message | None:
    first = parcel.notifications[0]
    if first.kind is MessageKind.HOOK:
        return _hook(facts, first)
    if first.method_id not in facts.methods:
        return None
    if len(parcel.notifications) > 1:
        return _bundle(facts, parcel)
    if first.kind in _PRIVATE:
        return _private(facts, first)
    if first.kind is MessageKind.HANDOVER:
        return _handover(facts, first)
    return _call(facts, first)


def _hook(facts: _Facts, note: Notification) -> Message | None:
    hook = facts.webhooks.get(note.webhook_id or "")
    if hook is None:
        return None
    return Message(
        idempotency_key=note.id,
        kind=note.kind,
        address=hook[1],
        subject=str(note.data.get("event", "")),
        text="",
        at=note.created_at,
        thread=note.incident_id or "",
        data={"id": note.id, **note.data},
        secret=hook[2],
        attempt=note.attempts,
    )


def _private(facts: _Facts, note: Notification) -> Message:
    """A message whose words were written when it was decided, but for the link of its one button."""
    text = str(note.data["text"])
    answers: tuple[Answer, ...] = ()
    if "test" in note.data:
        url = f"{facts.base_url}/t/{test_signer(facts.secret).dumps(note.data['test'])}"
        text, answers = f"{text}\n\nI got it: {url}", (_got_it(url),)
    if note.kind is MessageKind.HELP:
        token = helper_signer(facts.secret).dumps([note.incident_id, note.person_id])
        url = f"{facts.base_url}/h/{token}"
        text = f"{text}\n\nI can help: {url}"
        answers = (Answer(verb="offer", label="I can help", url=url),)
    return Message(
        **_envelope(facts, note),
        subject=str(note.data["subject"]),
        text=text,
        answers=answers,
        url=facts.base_url + str(note.data.get("path", "")),
        data={"kind": note.kind.value, "text": text},
    )


def _got_it(url: str) -> Answer:
    return Answer(verb="acknowledge", label="I got it", url=url)


def _handover(facts: _Facts, note: Notification) -> Message:
    """Word to a team about its alarms; nothing rings for it."""
    items: list[dict[str, str]] = note.data["alarms"]
    subject, text = alarm_words.mail(items, base_url=facts.base_url)
    url = f"{facts.base_url}/alarms"
    return Message(
        **{**_envelope(facts, note), "list_id": "alarms.watchbill"},
        subject=subject,
        text=text,
        url=f"{url}/{items[0]['alarm_id']}" if len(items) == 1 else url,
        data={"event": "notification.handover", "person_id": note.person_id, "alarms": items},
    )


def _call(facts: _Facts, note: Notification) -> Message | None:
    """A page, its growth, or word that an incident has passed to one's team."""
    row = facts.incidents.get(note.incident_id or "")
    if row is None:
        return None
    page = facts.pages.get(note.page_id or "")
    url = f"{facts.base_url}/incidents/{row[0]}"
    answers = _answers(facts, note) if page else ()
    return Message(
        **_envelope(facts, note),
        subject=_subject(note, row),
        text=_text(facts, note, row, page, url, answers),
        url=url,
        answers=answers,
        thread=row[0],
        data=_data(facts, note, row, page, url),
    )


def _envelope(facts: _Facts, note: Notification) -> dict[str, Any]:
    method = facts.methods[note.method_id or ""]
    return {
        "idempotency_key": note.id,
        "kind": note.kind,
        "address": method[1],
        "secret": method[2],
        "at": facts.now,
        "attempt": note.attempts,
        "list_id": "pages.watchbill",
    }


def _subject(note: Notification, row: Any) -> str:
    if note.kind is MessageKind.GROWTH:
        return f"#{row[1]} has grown to {note.data.get('firing')}: {row[2]}"
    if note.kind is MessageKind.PASSED:
        return f"#{row[1]} is now your team's: {row[2]}"
    return f"#{row[1]} {row[3]}: {row[2]}"


def _answers(facts: _Facts, note: Notification) -> tuple[Answer, ...]:
    token = facts.signer.dumps([note.page_id, note.person_id])
    link = f"{facts.base_url}/a/{token}"
    return (
        Answer(verb="acknowledge", label="I have it", url=link),
        Answer(verb="decline", label="I cannot", url=f"{link}?verb=decline"),
        Answer(verb="help", label="I need help", url=f"{link}?verb=help"),
    )


def _text(
    facts: _Facts, note: Notification, row: Any, page: Any, url: str, answers: tuple[Answer, ...]
) -> str:
    """Return the whole message as plain text: what, why you, what to do, the runbook."""
    service = facts.company.services[row[7]]
    team = facts.company.teams[row[8]]
    local = row[6].astimezone(ZoneInfo(_zone(facts, note)))
    lines = [row[2], "", f"{service.name} of {team.name}, since {local:%a %H:%M} your time."]
    if row[5] > 1:
        lines.append(f"{row[5]} things are firing.")
    if page:
        why = f"{row[16]} has it and asks for your help." if row[16] else WHY[Reason(page[2])]
        lines += ["", f"Why you: {why}"]
    lines += [""] + [f"{answer.label}: {answer.url}" for answer in answers]
    lines.append(f"Everything about it: {url}")
    for title, value in (
        ("What it means for customers", row[14]),
        ("What to do", row[15]),
        ("Runbook", row[12] or row[13]),
    ):
        if value:
            lines += ["", f"{title}:", value]
    return "\n".join(lines)


def _zone(facts: _Facts, note: Notification) -> str:
    person = facts.company.people.get(note.person_id) if note.person_id else None
    return person.zone if person else "UTC"


def _data(facts: _Facts, note: Notification, row: Any, page: Any, url: str) -> dict[str, object]:
    return {
        "id": note.id,
        "event": f"notification.{note.kind.value}",
        "occurred_at": facts.now.isoformat(),
        "person_id": note.person_id,
        "page": {"id": page[0], "role": page[1], "reason": page[2]} if page else None,
        "incident": {
            "id": row[0],
            "number": row[1],
            "title": row[2],
            "severity": row[3],
            "state": row[4],
            "firing": row[5],
            "service": facts.company.services[row[7]].slug,
            "url": url,
        },
    }


def _bundle(facts: _Facts, parcel: Parcel) -> Message:
    """Many calls at once as one message: how many, the worst first, one link to all."""
    first = parcel.notifications[0]
    rows = {n.incident_id: facts.incidents.get(n.incident_id or "") for n in parcel.notifications}
    known = [row for row in rows.values() if row is not None]
    shown = "\n".join(f"#{row[1]} {row[3]}: {row[2]}" for row in known[:20])
    more = f"\n… and {len(known) - 20} more" if len(known) > 20 else ""
    envelope = {**_envelope(facts, first), "kind": MessageKind.BUNDLE}
    return Message(
        **envelope,
        subject=f"{len(known)} incidents need you",
        text=f"{len(known)} incidents need you.\n\nAll of them: {facts.base_url}/incidents?mine=1\n\n{shown}{more}",
        url=f"{facts.base_url}/incidents?mine=1",
        data={
            "id": first.id,
            "event": "notification.bundle",
            "occurred_at": facts.now.isoformat(),
            "person_id": first.person_id,
            "incidents": [
                {"id": row[0], "number": row[1], "title": row[2], "severity": row[3]}
                for row in known
            ],
        },
    )
