"""CSRF: nothing is changed by a request that another site made a browser send.

Browsers say where a request comes from, in headers that no script can set: `Sec-Fetch-Site`, and
`Origin` where that is missing. Programs send neither and carry no cookies, so they pass. No form
needs a token of its own, and the one-click answer of a mail works: its button is on our page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_ours(method: str, headers: Mapping[str, str], hosts: Collection[str]) -> bool:
    """True if the request changes nothing, or comes from one of our own pages or from a program.

    `headers` has lower-case names; `hosts` are the names, with ports, that browsers know us by.

    >>> is_ours("POST", {"sec-fetch-site": "cross-site"}, ["here"])
    False
    >>> is_ours("POST", {"origin": "https://here"}, ["here"])
    True
    """
    if method in _SAFE:
        return True
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc in hosts
