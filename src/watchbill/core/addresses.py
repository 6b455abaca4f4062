"""Addresses: what may be called on the network, what a mail address is, what must be hidden.

Pure rules. Whoever opens a connection resolves the name first and asks `is_refused` about the
very address it then connects to, so that a name cannot change its meaning in between.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from watchbill.errors import Invalid

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadUrl(Invalid):
    """The URL cannot be called: write it as https://host/path."""


class BadMailAddress(Invalid):
    """This is not a mail address: write it as name@example.org."""


def _networks(text: str) -> tuple[IPNetwork, ...]:
    return tuple(ipaddress.ip_network(word) for word in text.split())


#: Never called unless a setting allows it: this host, private and shared networks, link-local
#: (with the clouds' metadata), relays, examples, benchmarks, multicast, reserved, and Azure's
#: metadata host, which has a public number.
#: Source: IANA IPv4 Special-Purpose Address Registry; RFC 6890; RFC 5771.
REFUSED_V4 = _networks(
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
    "192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 "
    "224.0.0.0/4 240.0.0.0/4 168.63.129.16/32"
)
#: All that is global unicast today; anything outside is refused.
#: Source: IANA IPv6 Address Space; RFC 4291.
GLOBAL_V6 = ipaddress.ip_network("2000::/3")
#: Refused inside it: protocol assignments with Teredo and ORCHID, examples, 6to4.
#: Source: IANA IPv6 Special-Purpose Address Registry; RFC 7526.
REFUSED_V6 = _networks("2001::/23 2001:db8::/32 2002::/16 3fff::/20")
#: IPv6 forms that mean an IPv4 address: mapped, and NAT64's well-known prefix (RFC 6052).
_EMBEDDED_V4 = _networks("::ffff:0:0/96 64:ff9b::/96")


def is_refused(address: IPAddress, *, allowed: Iterable[IPNetwork] = ()) -> bool:
    """Say whether `address` must not be called, because it lies inside somebody's network.

    An IPv6 form of an IPv4 address is judged as that IPv4 address, by the refused networks and by
    `allowed` alike.
    """
    meant = _meant(address)
    if any(meant in network for network in allowed if network.version == meant.version):
        return False
    if isinstance(meant, ipaddress.IPv4Address):
        return any(meant in network for network in REFUSED_V4)
    return meant not in GLOBAL_V6 or any(meant in network for network in REFUSED_V6)


def _meant(address: IPAddress) -> IPAddress:
    if isinstance(address, ipaddress.IPv6Address):
        bare = ipaddress.IPv6Address(int(address))
        if any(bare in network for network in _EMBEDDED_V4):
            return ipaddress.IPv4Address(int(bare) & 0xFFFFFFFF)
        return bare
    return address


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL taken apart, ready to be called."""

    is_tls: bool
    #: Lower case, ASCII (IDNA), without brackets.
    host: str
    port: int
    #: Path and query, percent-encoded; may hold secrets.
    path: str = field(repr=False)
    #: `user:password` of the URL, decoded, or "".
    credentials: str = field(default="", repr=False)

    @property
    def place(self) -> tuple[bool, str, int]:
        """Return what a connection to this target is known by."""
        return (self.is_tls, self.host, self.port)

    @property
    def host_header(self) -> str:
        """Return the Host header: the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"


def target(url: str) -> Target:
    """Take `url` apart.

    Raises: BadUrl, whose text never repeats the URL.
    """
    if len(url) > 2000 or re.search(r"[\x00-\x20\x7f\\]", url):
        raise BadUrl("The URL is too long, or holds a space, a backslash or a control character.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError:
        raise BadUrl from None
    if parts.scheme not in {"http", "https"}:
        raise BadUrl("The URL must begin with https:// or http://.")
    if not host or port == 0:
        raise BadUrl
    is_tls = parts.scheme == "https"
    return Target(
        is_tls=is_tls,
        host=host,
        port=port or (443 if is_tls else 80),
        path=_path(parts.path, parts.query),
        credentials=unquote(parts.netloc.rpartition("@")[0]),
    )


def _ascii_host(host: str) -> str:
    if "%" in host:
        raise BadUrl("The URL's host may not name a network interface.")
    return host if ":" in host else host.rstrip(".").encode("idna").decode().lower()


def _path(path: str, query: str) -> str:
    safe = "%/:@!$&'()*+,;=~-._"
    return (quote(path, safe=safe) or "/") + ("?" + quote(query, safe=safe + "?") if query else "")


#: A dot-atom before the @, or letters beyond ASCII (SMTPUTF8); no quoting, no comments.
_LOCAL = re.compile(r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\\\]]+")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


def mail_address(text: str) -> str:
    """Return `text` as an address mail can be sent to, its domain in ASCII (IDNA).

    Raises: BadMailAddress.
    """
    local, _, domain = text.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode().lower()
    except UnicodeError:
        raise BadMailAddress from None
    is_good_local = _LOCAL.fullmatch(local) and ".." not in local and local.strip(".") == local
    labels = ascii_domain.split(".")
    if not is_good_local or not all(_LABEL.fullmatch(label) for label in labels):
        raise BadMailAddress
    if len(local.encode("utf-8", "replace")) > 64 or len(ascii_domain) > 253:
        raise BadMailAddress("The mail address is too long.")
    return f"{local}@{ascii_domain}"


_HIDDEN = re.compile(
    r"[a-z][a-z0-9+.-]*://\S+|<[^>\s]*@[^>\s]*>|\S+@\S+|[A-Za-z0-9_+/=-]{24,}|\+?\d[\d ()-]{7,}\d"
)


def redacted(text: str, *secrets: str, limit: int = 200) -> str:
    """Return `text` as one printable line without `secrets`, addresses, URLs and long tokens."""
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _HIDDEN.sub("…", line)[:limit]
