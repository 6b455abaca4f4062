"""Secrets in a text: what looks like a key, a token or a password that somebody could use.

What only stands for one (`$TOKEN`, `<token>`, `***`) is none. Patterns are the published forms of
the providers' own keys.

Source: R13; the providers' documentation of their token prefixes.
"""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

#: What it is, what must stand in the text for a look (cheap), and the look itself.
_FORMS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    ("a private key", ("PRIVATE KEY",), re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY")),
    (
        "an AWS access key",
        ("AKIA", "ASIA"),
        re.compile(r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"),
    ),
    (
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{40})"),
    ),
    ("a GitLab token", ("glpat-",), re.compile(r"\bglpat-[A-Za-z0-9_-]{20}")),
    ("a Slack token", ("xox", "xapp-"), re.compile(r"\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10}")),
    (
        "a Slack webhook",
        ("hooks.slack.com/",),
        re.compile(r"hooks\.slack\.com/(?:services|workflows)/T[A-Za-z0-9]{6,}/[A-Za-z0-9/]{15}"),
    ),
    ("a JSON web token", ("eyJ",), re.compile(r"\beyJ[\w-]{8,500}\.eyJ[\w-]{8}")),
    (
        "a Stripe key",
        ("k_live_", "whsec_"),
        re.compile(r"\b(?:[rs]k_live_[A-Za-z0-9]{16}|whsec_[A-Za-z0-9+/]{24})"),
    ),
    ("a Google key", ("AIza", "ya29."), re.compile(r"\bAIza[\w-]{35}|\bya29\.[\w-]{30}")),
    ("a Twilio key", ("SK",), re.compile(r"\bSK[0-9a-f]{32}\b")),
    ("a SendGrid key", ("SG.",), re.compile(r"\bSG\.[\w-]{16,32}\.[\w-]{16}")),
    ("an OpenAI or Anthropic key", ("sk-",), re.compile(r"\bsk-(?:ant-|proj-)?[\w-]{32}")),
    ("a package registry's token", ("npm_",), re.compile(r"\bnpm_[A-Za-z0-9]{36}\b")),
    ("a HashiCorp token", ("hvs.", "hvb."), re.compile(r"\bhv[sb]\.[\w-]{24}")),
    ("a DigitalOcean token", ("do", "v1_"), re.compile(r"\bdo[opr]_v1_[0-9a-f]{64}\b")),
)
_NAMED = re.compile(
    r"(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key"
    r"|auth[_-]?key|private[_-]?key|routing[_-]?key|client[_-]?secret|credentials?)"
    r"[\"'`]?(?:\s{0,3}(?::=|=>|[:=])\s{0,3}[\"'`]?|\s+(?:is\s+)?[\"'`])([^\s\"'`,;)]{6,})"
)
_NAMES = ("pass", "pwd", "secret", "token", "key", "credential")
_BEARER = re.compile(r"\b(?:bearer|basic)\s+([\w~+/.-]{12,}={0,2})")
_IN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{1,60}:([^\s/@]{3,})@")
#: A value that only stands for a secret.
_STANDS_FOR = re.compile(
    r"^(?:[$<{%\[(*]|\.\.\.|op://|vault|ssm:|arn:|https?://|/|file:|env[.:]|secrets?[./])"
    r"|\*\*\*|xxx|\.\.\.|example|redacted|changeme|change-me|placeholder|your[_-]|my[_-]|\$\{|\$\(",
    re.IGNORECASE,
)
_NAME = re.compile(r"[a-z]+\d{0,2}(?:[-_./][a-z]+\d{0,2})+/?")
_FEWEST_BITS = 2.0
#: A text with so many secrets is not looked through any further.
_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """A secret in a text: the line it begins on, and what it is. Never the secret itself."""

    line: int
    name: str

    @property
    def message(self) -> str:
        """Return what its author reads."""
        return f"This looks like {self.name}; a runbook is read by many and kept for ever."


def find(text: str) -> tuple[Leak, ...]:
    """Return the secrets in `text`, in the order of their lines; of very many, some.

    >>> [leak.name for leak in find("password: hunter2-Zebra")]
    ['a password or token']
    >>> find("password: $PASSWORD, or <token>, or ***")
    ()
    """
    ends = [found.start() for found in re.finditer("\n", text)]
    found = {(bisect.bisect_left(ends, at) + 1, name) for at, name in islice(_found(text), _MOST)}
    return tuple(Leak(line=line, name=name) for line, name in sorted(found))


def _found(text: str) -> Iterator[tuple[int, str]]:
    for name, signs, form in _FORMS:
        if any(sign in text for sign in signs):
            for match in form.finditer(text):
                yield match.start(), name
    lower = _lower(text)
    if any(name in lower for name in _NAMES):
        yield from _values(text, lower, _NAMED, "a password or token")
    if "bearer" in lower or "basic" in lower:
        yield from _values(text, lower, _BEARER, "an Authorization header")
    if "://" in lower and "@" in lower:
        yield from _values(text, lower, _IN_ADDRESS, "a password in an address")


def _lower(text: str) -> str:
    """Return `text` in small letters, every character at its place."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(char.lower() if char.isascii() else char for char in text)


def _values(text: str, lower: str, form: re.Pattern[str], name: str) -> Iterator[tuple[int, str]]:
    for match in form.finditer(lower):
        is_given = text[match.start(1) - 1] in "=\"'"
        if _is_secret(text[match.start(1) : match.end(1)], is_given=is_given):
            yield match.start(), name


def _is_secret(value: str, *, is_given: bool) -> bool:
    """Say whether a value is one itself, and neither a stand-in nor, in prose, a word or a name."""
    if _STANDS_FOR.search(value) or value.startswith("-"):
        return False
    bare = value.rstrip(".,:!?*_>|")
    if bare.isupper() and bare.replace("_", "").isalpha():
        return False
    if not is_given and ((bare.isalpha() and bare[1:].islower()) or _NAME.fullmatch(bare)):
        return False
    return bool(bare) and _bits(bare) >= _FEWEST_BITS


def _bits(value: str) -> float:
    """Return the entropy of its characters, in bits each."""
    size = len(value)
    shares = (value.count(char) / size for char in set(value))
    return -sum(share * math.log2(share) for share in shares)
