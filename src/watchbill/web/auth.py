"""Auth: who sends a request, by a token or by the cookie of somebody signed in, and what they may."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from watchbill.actions import audit, sessions, tokens
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core.people import PersonId
from watchbill.errors import Forbidden, Unauthenticated

#: The cookie of somebody who signed in on a screen.
COOKIE = "wb_session"
_LONGEST = 200

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class NoToken(Unauthenticated):
    """Send `Authorization: Bearer` with a token, or sign in."""


class BadToken(Unauthenticated):
    """The token is unknown, over or revoked."""


class ScopeTooSmall(Forbidden):
    """The token's scopes do not allow this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who sends a request."""

    shell: Shell
    person_id: PersonId
    actor: Actor
    #: What they may: some of `read`, `answer`, `write`, `admin`.
    allowed: frozenset[str]
    #: When their token ends; None if it does not.
    ends_at: datetime | None = None


def caller(shell: Shell, headers: Mapping[str, str], *, scope: str) -> Caller:
    """Return who sends a request with these headers (lower-case names).

    Raises: NoToken, BadToken; ScopeTooSmall.
    """
    bearer = token_in(headers.get("authorization", ""))
    found = _by_token(shell, bearer) if bearer else _by_cookie(shell, headers.get("cookie", ""))
    if scope not in found.allowed:
        raise ScopeTooSmall(needed=scope)
    return found


def token_in(authorization: str) -> str:
    """Return the token of an `Authorization` header, or ""."""
    kind, _, token = authorization.partition(" ")
    token = token.strip()
    return token if kind.lower() == "bearer" and len(token) <= _LONGEST else ""


def cookie_in(cookies: str) -> str:
    """Return our cookie of a `Cookie` header, or ""."""
    try:
        morsel = SimpleCookie(cookies).get(COOKIE)
    except CookieError:
        return ""
    return morsel.value if morsel is not None and len(morsel.value) <= _LONGEST else ""


def address_of(peer: str, forwarded: str, *, trusted: Collection[Network]) -> str:
    """Return whose request it is: the last hop of `X-Forwarded-For` that is no proxy of ours.

    What stands before an address we do not trust was written by it, so it counts for nothing. Of
    an IPv6 address the network counts: whoever has one has all of its addresses.

    >>> import ipaddress
    >>> address_of("10.0.0.1", "6.6.6.6, 1.2.3.4", trusted=[ipaddress.ip_network("10.0.0.0/8")])
    '1.2.3.4'
    >>> address_of("1.2.3.4", "6.6.6.6", trusted=[])
    '1.2.3.4'
    """
    found = peer
    for hop in reversed([*forwarded.split(","), peer]):
        try:
            address = ipaddress.ip_address(hop.strip().partition("%")[0])
        except ValueError:
            break
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        is_v6 = isinstance(address, ipaddress.IPv6Address)
        found = str(ipaddress.ip_network((address, 64), strict=False)) if is_v6 else str(address)
        if not any(address in network for network in trusted):
            break
    return found


def _by_token(shell: Shell, token: str) -> Caller:
    bearer = tokens.find(shell, token)
    if bearer is None:
        raise BadToken
    allowed = tokens.allowed(bearer.scopes)
    person_id = PersonId(bearer.person_id)
    is_admin = bearer.is_admin and "admin" in allowed
    actor = Actor(
        name=f"token:{bearer.token_id}",
        person_id=person_id,
        is_admin=is_admin,
        is_whole="admin" in allowed,
    )
    if not is_admin:
        allowed -= {"admin"}
    return Caller(
        shell=shell,
        person_id=person_id,
        actor=actor,
        allowed=allowed,
        ends_at=bearer.expires_at,
    )


def _by_cookie(shell: Shell, cookies: str) -> Caller:
    cookie = cookie_in(cookies)
    visitor = sessions.find(shell, cookie) if cookie else None
    if visitor is None:
        raise NoToken
    allowed = tokens.SCOPES["admin"] if visitor.is_admin else tokens.SCOPES["write"]
    return Caller(
        shell=shell,
        person_id=PersonId(visitor.person_id),
        actor=audit.person(visitor.person_id, is_admin=visitor.is_admin),
        allowed=allowed,
    )
