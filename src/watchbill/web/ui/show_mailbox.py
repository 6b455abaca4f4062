"""The demo's mailbox: its screens, and the same as JSON for programs."""

from __future__ import annotations

import re

from starlette.responses import JSONResponse, Response

from watchbill.errors import NotFound
from watchbill.mailbox import Mailbox, ReceivedMail
from watchbill.web.ui import mailbox, pages
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit

_SHOWN = 100


class NoMailbox(NotFound):
    """Only the demo has a mailbox."""


class NoSuchMail(NotFound):
    """There is no such mail; the mailbox keeps the last thousand."""


def show_mails(visit: Visit) -> Response:
    """Show the mails, or list them all for a program that asks for JSON."""
    box, to = _box(visit), visit.asked("to")
    mails = [mail for mail in box.messages if to in ("", mail.to)]
    if "application/json" in visit.request.headers.get("accept", ""):
        return JSONResponse([mail.as_json() for mail in mails])
    people = sorted({mail.to for mail in box.messages})
    context = mailbox.Mailbox(
        mails=tuple(
            mailbox.MailRow(id=str(mail.id), to=mail.to, subject=mail.subject, at=mail.at)
            for mail in mails[:_SHOWN]
        ),
        to=to,
        people=tuple(Choice(value=address, label=address) for address in people),
        smtp=f"127.0.0.1:{box.port}",
    )
    return pages.render(visit.request, pages.MAILBOX, context)


def show_mail(visit: Visit) -> Response:
    """Show one mail with its answers as links."""
    number = visit.part("id")
    mail = _box(visit).get(int(number)) if re.fullmatch(r"\d{1,9}", number) else None
    if mail is None:
        raise NoSuchMail(id=number)
    context = mailbox.Mail(
        to=mail.to,
        sender=mail.sender,
        subject=mail.subject,
        at=mail.at,
        text=mail.text,
        answers=_answers(visit, mail),
    )
    return pages.render(visit.request, pages.MAIL, context)


def _answers(visit: Visit, mail: ReceivedMail) -> tuple[Choice, ...]:
    """Return the mail's answer links, as paths of this server so that any name of it works."""
    prefix = f"{visit.site.base_url}/a/"
    return tuple(
        Choice(value=link.url.removeprefix(visit.site.base_url), label=link.label)
        for link in mail.links
        if link.url.startswith(prefix)
    )


def _box(visit: Visit) -> Mailbox:
    if visit.site.mailbox is None:
        raise NoMailbox
    return visit.site.mailbox
