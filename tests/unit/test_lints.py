"""Each house rule finds what it forbids and lets pass what it allows."""

from __future__ import annotations

import pytest

from tools.lint import (
    addresses,
    built_sql,
    colours,
    enums,
    mocks,
    sizes,
    sql_clock,
    writers,
)
from tools.lint.finding import Rule, Text

QUERY, STORE, TEST = (
    "src/watchbill/queries/x.py",
    "src/watchbill/store/x.py",
    "tests/unit/test_x.py",
)
ENUM = "from enum import Enum\nclass State(Enum):\n"

BAD: list[tuple[Rule, str, str]] = [
    (writers.check, QUERY, 'tx.execute("insert into pages (id) values (%s)", [id])'),
    (writers.check, QUERY, 'tx.execute("with x as (delete from pages returning id) select 1")'),
    (writers.check, QUERY, 'tx.execute("UPDATE pages SET state = %s", [state])'),
    (writers.check, QUERY, "from watchbill.store import pages as rows\nrows.save(tx, page)"),
    (writers.check, QUERY, "from watchbill.store import pages\npages.claim_due(tx, now=now)"),
    (enums.check, STORE, ENUM + '    OPEN = "open"\n'),
    (enums.check, STORE, "import enum\nclass State(enum.StrEnum):\n    OPEN = 'open'\n"),
    (built_sql.check, STORE, 'tx.execute(f"select * from {table}")'),
    (built_sql.check, STORE, 'tx.execute("select * from pages where id = " + id)'),
    (built_sql.check, STORE, "tx.execute(\"select '%s'\" % id)"),
    (built_sql.check, STORE, 'tx.execute("select {}".format(id))'),
    (built_sql.check, STORE, 'tx.execute(" ".join(parts))'),
    (colours.check, STORE, "async def save(): ..."),
    (colours.check, "src/watchbill/web/ui/tonight.py", "import asyncio"),
    (colours.check, "src/watchbill/engine/loop.py", "from anyio import to_thread"),
    (sql_clock.check, STORE, 'DUE = "select id from pages where due_at <= now()"'),
    (sql_clock.check, STORE, "DUE = \"select 'now'::timestamptz\""),
    (sql_clock.check, "src/watchbill/x.sql", "create table t (at timestamptz default now());"),
    (sql_clock.check, "src/watchbill/x.sql", "  at date default CURRENT_DATE"),
    (sizes.check, STORE, "x = 1\n" * 501),
    (sizes.check, TEST, "x = 1\n" * 801),
    (sizes.check, STORE, "def save() -> None:\n" + "    x = 1\n" * 40),
    (addresses.check, "README.md", "see https://py" + "pi.org/project/watchbill"),
    (addresses.check, "docs/x.md", "as said in /" + "work/shared"),
    (addresses.check_lock, "requirements.lock", "--index-url https://packages.example"),
    (addresses.check_lock, "requirements.lock", "-i packages"),
    (mocks.check, TEST, 'mock.patch("watchbill.clock.real_now")'),
    (mocks.check, TEST, "from watchbill import clock\nmonkeypatch.setattr(clock, 'real_now', f)"),
    (mocks.check, TEST, "from watchbill.core import pages as p\npatch.object(p.Page, 'x')"),
]

GOOD: list[tuple[Rule, str, str]] = [
    (writers.check, STORE, 'tx.execute("insert into pages (id) values (%s)", [id])'),
    (
        writers.check,
        "src/watchbill/actions/x.py",
        "from watchbill.store import pages\npages.save(tx)",
    ),
    (writers.check, QUERY, '"""Say who may delete from the list."""\nx = tx.execute("select 1")'),
    (writers.check, QUERY, "from watchbill.store import pages\npages.get(tx, id)"),
    (writers.check, QUERY, "seen = set()\nseen.add(1)"),
    (enums.check, STORE, ENUM + '    OPEN = "open"  #: nobody has answered\n'),
    (enums.check, STORE, ENUM + '    #: nobody has answered\n    OPEN = "open"\n'),
    (enums.check, STORE, 'class Page:\n    OPEN = "open"\n'),
    (built_sql.check, STORE, 'tx.execute("select * from pages where id = %s", [id])'),
    (built_sql.check, STORE, 'tx.execute(f"select {_COLUMNS} from pages")'),
    (built_sql.check, STORE, 'tx.execute("select " + _COLUMNS + " from pages")'),
    (built_sql.check, STORE, "tx.execute(_DUE, [now])"),
    (built_sql.check, STORE, 'tx.execute(sql.SQL("listen {}").format(sql.Identifier(name)))'),
    (colours.check, "src/watchbill/web/intake.py", "import asyncio\nasync def take(): ..."),
    (colours.check, "src/watchbill/sender/loop.py", "async def send(): await x"),
    (sql_clock.check, STORE, 'DUE = "select id from pages where due_at <= %(now)s"'),
    (sql_clock.check, STORE, 'x = clock.now()\ny = "what is due now (and only that)"'),
    (sql_clock.check, "src/watchbill/x.sql", "at timestamptz not null -- never now()"),
    (sizes.check, STORE, "x = 1\n" * 500),
    (sizes.check, TEST, "x = 1\n" * 800),
    (sizes.check, STORE, "def save() -> None:\n" + "    x = 1\n" * 39),
    (addresses.check, "README.md", "see https://watchbill.example/docs"),
    (addresses.check_lock, "requirements.lock", "alembic==1.20.1 \\\n    --hash=sha256:00"),
    (mocks.check, TEST, "monkeypatch.setenv('DATABASE_URL', url)"),
    (mocks.check, TEST, "monkeypatch.setattr(socket, 'getaddrinfo', fake)"),
]


def found(rule: Rule, path: str, text: str) -> int:
    return len(list(rule(Text(path=path, text=text))))


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_what_is_forbidden_is_found(rule: Rule, path: str, text: str) -> None:
    assert found(rule, path, text) == 1


@pytest.mark.parametrize(("rule", "path", "text"), GOOD)
def test_what_is_allowed_passes(rule: Rule, path: str, text: str) -> None:
    assert found(rule, path, text) == 0
