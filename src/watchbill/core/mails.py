"""Mail: a message as a mail, in plain text and as simple HTML."""

from __future__ import annotations

import hashlib
import html
import re
import string
from dataclasses import dataclass
from email import headerregistry, message, policy
from email.utils import parseaddr

from watchbill.core import messages

#: Seven bits, so that every server takes it; and with letters beyond ASCII in addresses.
_ASCII = policy.SMTP.clone(cte_type="7bit")
_UTF8 = policy.SMTPUTF8

_SUBJECT_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail ready to be handed over."""

    message_id: str
    content: bytes
    #: Whether the server must speak SMTPUTF8 (RFC 6531), because an address is beyond ASCII.
    is_utf8: bool


def compose(what: messages.Message, *, sender: str, to: str) -> Mail:
    """Return `what` as a mail from `sender` (`Name <address>`) to the plain address `to`.

    The same message gives the same Message-ID at every attempt. Mails of one thread answer one
    root that was never sent; mail programs show them together.
    Source: RFC 5322 §3.6; RFC 2919 (List-Id); RFC 3834 (Auto-Submitted).
    """
    name, from_address = parseaddr(sender)
    domain = from_address.rpartition("@")[2]
    is_utf8 = not (to + from_address).isascii()
    mail = message.EmailMessage(policy=_UTF8 if is_utf8 else _ASCII)
    mail["From"] = _address(from_address, name)
    mail["To"] = _address(to)
    mail["Subject"] = header_text(what.subject)
    mail["Date"] = what.at
    mail["Message-ID"] = message_id = f"<{_id(what.idempotency_key)}@{domain}>"
    for header, value in _threading(what, domain).items():
        mail[header] = value
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["X-Watchbill-Kind"] = what.kind.value
    mail.set_content(plain_text(what))
    mail.add_alternative(html_text(what), subtype="html")
    return Mail(message_id=message_id, content=mail.as_bytes(), is_utf8=is_utf8)


def _address(spec: str, name: str = "") -> headerregistry.Address:
    local, _, domain = spec.rpartition("@")
    return headerregistry.Address(header_text(name), username=local, domain=domain)


def _threading(what: messages.Message, domain: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    if what.thread:
        root = f"<thread.{_id(what.thread)}@{domain}>"
        headers |= {"In-Reply-To": root, "References": root}
    if re.fullmatch(r"[A-Za-z0-9._-]{1,200}", what.list_id):
        headers["List-Id"] = f"<{what.list_id}>"
    return headers


def _id(key: str) -> str:
    """Return `key` as the left side of a Message-ID: itself where it can be, else its digest."""
    if re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", key) and len(key) <= 64:
        return key
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def header_text(text: str) -> str:
    """Return `text` as one line that no header can be smuggled through.

    Encoded words (`=?…?=`) are broken, because Python decodes them, line ends and all, when a
    header is set (CVE-2024-6923).
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line.replace("=?", "= ?")[:_SUBJECT_LENGTH]


def _body_text(text: str) -> str:
    """Return `text` without control characters and lone surrogates, line ends as one LF."""
    whole = text.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "\N{REPLACEMENT CHARACTER}", whole)


def plain_text(what: messages.Message) -> str:
    """Return the mail's plain text: the message, its answers, its page."""
    lines = [_body_text(what.text).rstrip("\n"), ""]
    lines += [f"{header_text(answer.label)}: {answer.url}" for answer in what.answers]
    if what.url:
        lines.append(f"Open: {what.url}")
    return "\n".join(lines).rstrip("\n") + "\n"


_PAGE = string.Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>$subject</title>
<style>
body { margin: 0; padding: 16px; font: 16px/1.5 system-ui, sans-serif;
  color: #1b1f24; background: #ffffff; }
main { max-width: 36em; }
h1 { font-size: 20px; line-height: 1.3; margin: 0 0 12px; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 0 20px; }
.first { display: block; padding: 16px; border-radius: 8px; text-align: center;
  font-size: 20px; font-weight: 600; text-decoration: none;
  color: #ffffff; background: #1a5fb4; }
.other { color: #1a5fb4; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e9ed; background: #16191d; }
  .first { color: #0d1116; background: #8ab8ff; }
  .other { color: #8ab8ff; }
}
</style>
</head>
<body>
<main>
<h1>$subject</h1>
<pre>$text</pre>
$links
</main>
</body>
</html>
""")


def html_text(what: messages.Message) -> str:
    """Return the mail's HTML: the first answer as one big button, everything else as links."""
    links = [
        f'<p><a class="{"other" if number else "first"}" href="{_attribute(answer.url)}">'
        f"{html.escape(header_text(answer.label))}</a></p>"
        for number, answer in enumerate(what.answers)
    ]
    if what.url:
        links.append(f'<p><a class="other" href="{_attribute(what.url)}">Open in Watchbill</a></p>')
    return _PAGE.substitute(
        subject=html.escape(header_text(what.subject)),
        text=html.escape(_body_text(what.text)),
        links="\n".join(links),
    )


def _attribute(url: str) -> str:
    return html.escape(url if url.startswith(("https://", "http://")) else "#", quote=True)
