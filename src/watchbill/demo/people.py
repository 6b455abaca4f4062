"""The demo's people: 34 engineers, 7 of them volunteers, 4 managers, in three offices.

Plain values; `founding.py` makes the company of them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

COMPANY = "Harbour"
DOMAIN = "harbour.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeData:
    """An office: where it is, and when it works."""

    slug: str
    name: str
    zone: str
    country: str
    region: str
    week: tuple[tuple[int, str, str], ...]
    closing_days: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamData:
    """A product team: its office, its own hours where it has them, and its rota."""

    slug: str
    name: str
    office: str
    zone: str | None = None
    week: tuple[tuple[int, str, str], ...] | None = None
    turn: str = "week"
    turn_length: int = 1
    #: Seconds the rota's person has before the whole team is asked.
    patience_s: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData:
    """Somebody of the company."""

    name: str
    office: str
    team: str | None = None
    role: str = "engineer"
    is_volunteer: bool = False
    is_admin: bool = False
    skills: str = ""

    @property
    def email(self) -> str:
        """Return the address: the name without accents, at the demo's own domain."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode()
        return ".".join(plain.lower().replace("'", "").split()) + "@" + DOMAIN


def days(start: str, end: str, weekdays: range = range(5)) -> tuple[tuple[int, str, str], ...]:
    """Return the same span on several weekdays, Monday to Friday if not told otherwise."""
    return tuple((weekday, start, end) for weekday in weekdays)


OFFICES = (
    OfficeData(
        slug="dublin",
        name="Dublin",
        zone="Europe/Dublin",
        country="IE",
        region="",
        week=days("09:00", "17:30"),
        closing_days=((12, 24, "Christmas Eve"),),
    ),
    OfficeData(
        slug="london",
        name="London",
        zone="Europe/London",
        country="GB",
        region="ENG",
        week=days("09:00", "17:30"),
    ),
    OfficeData(
        slug="san-francisco",
        name="San Francisco",
        zone="America/Los_Angeles",
        country="US",
        region="CA",
        week=days("09:00", "17:30"),
    ),
)

TEAMS = (
    TeamData(slug="payments", name="Payments", office="dublin", turn="day"),
    TeamData(
        slug="inbox",
        name="Inbox",
        office="dublin",
        week=(*days("09:00", "17:30", range(4)), (4, "09:00", "16:00")),
    ),
    TeamData(slug="messaging", name="Messaging", office="london", week=days("09:00", "18:00")),
    # Tuesday night is when the data platform's migrations run, with its own people at their desks.
    TeamData(
        slug="data-platform",
        name="Data Platform",
        office="san-francisco",
        week=(*days("09:00", "17:00"), (1, "22:00", "02:00")),
        patience_s=600,
    ),
    # Its people live on the East Coast, whatever office their contracts name.
    TeamData(
        slug="reporting",
        name="Reporting",
        office="san-francisco",
        zone="America/New_York",
        week=(*days("09:00", "12:30"), *days("13:00", "17:00")),
        turn_length=2,
    ),
)


def _engineers(team: str, office: str, *names: str) -> tuple[PersonData, ...]:
    return tuple(PersonData(name=name, office=office, team=team) for name in names)


def _volunteer(team: str, office: str, name: str, skills: str) -> PersonData:
    return PersonData(name=name, office=office, team=team, is_volunteer=True, skills=skills)


def _manager(name: str, office: str, *, is_admin: bool = False) -> PersonData:
    return PersonData(name=name, office=office, role="manager", is_admin=is_admin)


ENGINEERS = (
    _volunteer("payments", "dublin", "Niamh Kelly", "payments, PostgreSQL"),
    *_engineers(
        "payments",
        "dublin",
        "Tomás Byrne",
        "Aoife Doyle",
        "Ciarán Walsh",
        "Priya Raman",
        "Seán Murphy",
        "Diego Fernández",
    ),
    _volunteer("payments", "london", "Marta Kowalska", "ledgers, Kafka"),
    _volunteer("inbox", "dublin", "Lukas Weber", "front end, caching"),
    *_engineers(
        "inbox",
        "dublin",
        "Róisín Ryan",
        "Eoin Gallagher",
        "Sinéad Nolan",
        "Fatima Haddad",
        "Conor Daly",
        "Ana Popescu",
    ),
    *_engineers("inbox", "london", "Jack Brophy"),
    _volunteer("messaging", "london", "Amara Okafor", "e-mail, queues"),
    *_engineers(
        "messaging",
        "london",
        "Hannah Clarke",
        "Oliver Bennett",
        "James Whitfield",
        "Zofia Nowak",
        "Imran Shah",
        "Chloe Martin",
    ),
    _volunteer("data-platform", "san-francisco", "Maya Chen", "PostgreSQL, Kafka"),
    _volunteer("data-platform", "san-francisco", "Ethan Brooks", "networks, AWS"),
    *_engineers(
        "data-platform",
        "san-francisco",
        "Sofia Ramirez",
        "Noah Kim",
        "Leila Farahani",
        "Jordan Price",
    ),
    _volunteer("reporting", "san-francisco", "Elena Rossi", "SQL, batch jobs"),
    *_engineers(
        "reporting", "san-francisco", "Grace Thompson", "Marcus Hill", "Wei Zhang", "Sam Okoye"
    ),
)

#: In the order of their turns.
MANAGERS = (
    _manager("Orla Brennan", "dublin", is_admin=True),
    _manager("Victoria Adeyemi", "london"),
    _manager("Declan Hayes", "dublin"),
    _manager("Daniel Rivera", "san-francisco"),
)

PEOPLE = (*ENGINEERS, *MANAGERS)

#: The order in which volunteers stand their weeks: no two of one team, nor of one office if it
#: can be helped, after each other.
VOLUNTEERS = (
    "Maya Chen",
    "Niamh Kelly",
    "Elena Rossi",
    "Amara Okafor",
    "Lukas Weber",
    "Ethan Brooks",
    "Marta Kowalska",
)

#: People who are called at home too, some minutes after their work address.
WITH_SECOND_ADDRESS = ("Tomás Byrne", "Hannah Clarke", "Sofia Ramirez", "Grace Thompson")

#: Who is away: from and to, in days from the demo's start. No volunteer in a week of theirs.
AWAY = (
    ("Tomás Byrne", -2.0, 5.0),
    ("Hannah Clarke", -64.0, -54.0),
    ("Noah Kim", 9.0, 16.0),
    ("Sinéad Nolan", -33.0, -30.0),
    ("Amara Okafor", 32.0, 39.0),
    ("Declan Hayes", 26.0, 40.0),
)

#: Who stands in on a rota: rota, person, from and to in days.
STANDING_IN = (
    ("payments", "Aoife Doyle", 2.0, 3.0),
    ("inbox", "Fatima Haddad", -40.0, -38.0),
    ("data-platform", "Leila Farahani", 6.0, 9.0),
    ("managers", "Victoria Adeyemi", 26.0, 33.0),
)
