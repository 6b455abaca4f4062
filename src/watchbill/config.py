"""Settings: one frozen value, read once from the environment; known to `app` and `cli` only."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from watchbill.errors import Misconfigured

log = structlog.get_logger()


class BadSetting(Misconfigured):
    """A setting cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set. Each field is the variable `WATCHBILL_<NAME>`."""

    #: A PostgreSQL to use, 15 to 18; empty: start the embedded one. Also read as `DATABASE_URL`.
    database_url: str = ""
    #: Where the embedded PostgreSQL and the demo keep their files.
    data_dir: Path = Path("data")
    #: Address to listen on.
    host: str = "127.0.0.1"
    #: Port to listen on.
    port: int = 8080
    #: How people and messages reach this server; empty: made from host and port.
    base_url: str = ""
    #: True once real people depend on it: cookies need HTTPS, and the clock cannot be set.
    production: bool = False
    #: Networks of the reverse proxies in front of this server: whom they name in X-Forwarded-For is
    #: who tries to sign in; without them everybody behind a proxy shares one count of attempts.
    trusted_proxies: str = ""
    #: Networks that outgoing webhooks may reach although they are private, separated by commas.
    private_networks: str = ""
    #: Hosts on which runbooks and dashboards are looked for when an alarm is judged, by commas.
    runbook_hosts: str = ""
    #: Mail server.
    smtp_host: str = "localhost"
    #: Its port.
    smtp_port: int = 25
    #: `none`, `offered` (STARTTLS if the server has it), `starttls` or `tls`.
    smtp_security: str = "offered"
    #: Account on the mail server; empty: none.
    smtp_username: str = ""
    #: Its password.
    smtp_password: str = ""
    #: Sender of every mail.
    mail_from: str = "Watchbill <watchbill@localhost>"
    #: Folder with the Terraform provider that this server hands out, as `watchbill-terraform pack`
    #: wrote it; empty: none.
    terraform_mirror: str = ""
    #: Start the clock at this instant (not in production).
    clock_start: datetime | None = None
    #: How many times faster than the real clock it runs (not in production).
    clock_speed: float = 1.0
    #: `text` for people, `json` for machines.
    log_format: str = "text"


def read(environment: Mapping[str, str], **given: object) -> Settings:
    """Return the settings of `environment`; what is given (by a command's options) goes before.

    Raises: BadSetting, naming the variable and what it should be.
    """
    values: dict[str, object] = {}
    for name in Settings.__dataclass_fields__:
        variable = f"WATCHBILL_{name.upper()}"
        text = environment.get(variable)
        if name == "database_url" and not text:
            variable, text = "DATABASE_URL", environment.get("DATABASE_URL")
        if text:
            values[name] = _parse(variable, name, text)
    values.update({name: value for name, value in given.items() if value is not None})
    settings = Settings(**values)  # type: ignore[arg-type]
    if settings.production and not settings.base_url.startswith("https://"):
        raise BadSetting("In production WATCHBILL_BASE_URL must begin with https://.")
    if settings.production and (settings.clock_start or settings.clock_speed != 1.0):
        raise BadSetting("In production the clock is the real one: unset WATCHBILL_CLOCK_*.")
    return settings


def is_production(environment: Mapping[str, str]) -> bool:
    """Say whether the environment speaks of real people.

    Raises: BadSetting.
    """
    text = environment.get("WATCHBILL_PRODUCTION")
    return bool(text and _parse("WATCHBILL_PRODUCTION", "production", text))


def warn(environment: Mapping[str, str]) -> None:
    """Log every variable that looks like a setting and is none: somebody mistyped."""
    for name in unknown(environment):
        log.warning("setting.unknown", name=name)


def unknown(environment: Mapping[str, str]) -> list[str]:
    """Return the WATCHBILL_ variables that are no setting, sorted."""
    known = {f"WATCHBILL_{name.upper()}" for name in Settings.__dataclass_fields__}
    return sorted(
        name for name in environment if name.startswith("WATCHBILL_") and name not in known
    )


def networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Return a comma-separated list of networks.

    Raises: BadSetting.
    """
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise BadSetting(str(error)) from error


def _parse(variable: str, name: str, text: str) -> object:
    read, sentence = _READERS.get(name, _AS_TEXT)
    try:
        return read(text)
    except (ValueError, KeyError, BadSetting) as error:
        given = "" if name in _SECRET else f", not {text!r}"
        raise BadSetting(f"{variable} {sentence}{given}.") from error


def _choice(*words: str) -> tuple[Callable[[str], object], str]:
    return (lambda text: {word: word for word in words}[text]), f"must be {' or '.join(words)}"


def _port(text: str) -> int:
    port = int(text)
    if not 1 <= port <= 65_535:
        raise ValueError(text)
    return port


def _speed(text: str) -> float:
    speed = float(text)
    if not 0.01 <= speed <= 100_000:
        raise ValueError(text)
    return speed


def _flag(text: str) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        text.lower()
    ]


def _instant(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(text)
    return at


def _url(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(text)
        return text.rstrip("/") if "http" in schemes else text

    return read


def _networks(text: str) -> str:
    networks(text)
    return text


#: Settings whose value is never repeated.
_SECRET = frozenset({"database_url", "smtp_password"})
_PORT_RULE = (_port, "must be a port from 1 to 65535")
_AS_TEXT: tuple[Callable[[str], object], str] = (str, "must be text")
#: How each setting is read, and what it must be; the others are text.
_READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "database_url": (
        _url("postgresql", "postgres"),
        "must be a URL such as postgresql://user@host/database",
    ),
    "data_dir": (Path, "must be a path"),
    "port": _PORT_RULE,
    "smtp_port": _PORT_RULE,
    "base_url": (_url("http", "https"), "must be a URL such as https://oncall.example.org"),
    "production": (_flag, "must be yes or no"),
    "private_networks": (_networks, "must be networks such as 10.0.0.0/8, separated by commas"),
    "trusted_proxies": (_networks, "must be networks such as 10.0.0.0/8, separated by commas"),
    "smtp_security": _choice("none", "offered", "starttls", "tls"),
    "clock_start": (_instant, "must be an instant with its zone such as 2026-03-07T03:00+00:00"),
    "clock_speed": (_speed, "must be a number from 0.01 to 100000"),
    "log_format": _choice("text", "json"),
}
