"""People and time away from a spreadsheet: all of it or nothing, and nobody is put on call (NO2)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.integration.actions import seed
from watchbill.actions import csv_imports
from watchbill.actions import people as staff
from watchbill.actions.audit import CLI, OnlyAdmins, person
from watchbill.actions.csv_imports import Report
from watchbill.definitions import csv_tables
from watchbill.definitions.csv_tables import BadTable
from watchbill.web.api import create
from watchbill.web.oncall import OnCall

PEOPLE = "name,email,role,team\nAnn Lee,ann@example.org,engineer,payments\nNew One,new@example.org,,search\n"


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def rows(seeded: seed.Seeded, query: str) -> list[tuple[object, ...]]:
    with seeded.shell.db.transaction() as tx:
        return tx.execute(query).fetchall()  # type: ignore[arg-type]


def people(seeded: seed.Seeded, text: str | bytes, *, dry_run: bool = False) -> Report:
    body = text if isinstance(text, bytes) else text.encode()
    return csv_imports.import_people(seeded.shell, body, dry_run=dry_run, by=CLI)


def absences(seeded: seed.Seeded, text: str, *, dry_run: bool = False) -> Report:
    return csv_imports.import_absences(seeded.shell, text.encode(), dry_run=dry_run, by=CLI)


def test_people_are_added_and_changed_by_their_address(seeded: seed.Seeded) -> None:
    assert people(seeded, PEOPLE) == Report(created=1, changed=1, unchanged=0)
    found = dict(rows(seeded, "select email, name from people"))
    assert (found["ann@example.org"], found["new@example.org"]) == ("Ann Lee", "New One")
    assert people(seeded, PEOPLE) == Report(created=0, changed=0, unchanged=2)


def test_no2_a_file_puts_nobody_on_call(seeded: seed.Seeded) -> None:
    before = rows(seeded, "select id from terms")
    people(seeded, PEOPLE)
    assert rows(seeded, "select id from terms") == before
    with pytest.raises(BadTable, match="term"):
        people(seeded, "name,email,term\nX,x@example.org,2026\n")


def test_a_dry_run_says_the_same_and_does_nothing(seeded: seed.Seeded) -> None:
    assert people(seeded, PEOPLE, dry_run=True) == Report(created=1, changed=1, unchanged=0)
    assert rows(seeded, "select 1 from people where email = 'new@example.org'") == []


def test_every_fault_is_named_by_line_and_column_and_nothing_is_kept(seeded: seed.Seeded) -> None:
    with pytest.raises(BadTable) as refused:
        people(
            seeded,
            "name;email;team;role\nA;a@example.org;search;engineer\nB;no address;;\n"
            "C;c@example.org;nowhere;\nD;d@example.org;;boss\nE;A@example.org;;\n",
        )
    assert [(f.line, f.column) for f in refused.value.faults] == [
        (3, "email"), (4, "team"), (5, "role"), (6, "email"),
    ]  # fmt: skip
    assert rows(seeded, "select 1 from people where email = 'a@example.org'") == []


def test_a_spreadsheets_own_ways_are_read(seeded: seed.Seeded) -> None:
    body = b'\xef\xbb\xbfEmail ; Name\r\nzoe@example.org;"Zo\xc3\xab; the one"\r\n;;\r\n'
    body = body.replace(b";;\r\n", b";\r\n")
    assert people(seeded, body) == Report(created=1, changed=0, unchanged=0)
    assert rows(seeded, "select name from people where email = 'zoe@example.org'") == [
        ("Zoë; the one",)
    ]


def test_time_away_is_by_the_persons_clocks_and_replaced_as_a_whole(seeded: seed.Seeded) -> None:
    head = "email,from,to\n"
    first = f"{head}ann@example.org,2026-03-28,2026-03-29\n"
    assert absences(seeded, first).created == 1
    away = "select starts_at, ends_at from absences where source = 'csv' order by 1"
    (times,) = rows(seeded, away)
    assert [f"{at:%m-%dT%H:%M%z}" for at in times] == ["03-28T00:00+0000", "03-29T23:00+0000"]  # type: ignore[str-format]
    assert absences(seeded, first) == Report(created=0, changed=0, unchanged=1)
    second = f"{head}ann@example.org,2026-04-01T12:00,2026-04-02\n"
    assert absences(seeded, second) == Report(created=1, changed=1, unchanged=0)
    with pytest.raises(BadTable, match="line 2, email: Nobody here"):
        absences(seeded, f"{head}nobody@example.org,2026-03-28,2026-03-29\n")
    with pytest.raises(BadTable, match="line 2, to: Must be later"):
        absences(seeded, f"{head}ann@example.org,2026-03-28,2026-03-20\n")
    assert len(rows(seeded, away)) == 1


def test_excels_own_first_line_is_passed_over_and_lines_keep_their_numbers(
    seeded: seed.Seeded,
) -> None:
    body = "sep=;\r\nname;email\r\nZoe;zoe@example.org\r\n"
    assert people(seeded, body, dry_run=True).created == 1


def test_who_was_disabled_is_named_by_line(seeded: seed.Seeded) -> None:
    staff.disable(seeded.shell, seeded.ids["ben"], by=CLI)
    with pytest.raises(BadTable, match="line 2, email: This person was disabled"):
        people(seeded, "name,email\nBen,ben@example.org\n")


def test_over_the_api_faults_come_one_by_one(seeded: seed.Seeded) -> None:
    ada = TestClient(
        create.create_api(seeded.shell, OnCall(seeded.shell)),
        base_url="http://localhost:8080",
        headers={"Authorization": f"Bearer {seeded.token('ada')}", "Content-Type": "text/csv"},
    )
    path = "/api/v1/imports/people"
    refused = ada.post(path, content=b"name,email\nB,nope\n,c@example.org\n")
    assert refused.status_code == 422
    assert [fault[:2] for fault in refused.json()["details"]["faults"]] == [
        [2, "email"],
        [3, "name"],
    ]
    assert ".." not in refused.json()["detail"]
    done = ada.post(f"{path}?dry_run=true", content=PEOPLE.encode())
    assert done.json() == {"created": 1, "changed": 1, "unchanged": 0}
    assert rows(seeded, "select 1 from people where email = 'new@example.org'") == []
    ada.headers["Authorization"] = f"Bearer {seeded.token('ann', 'read', 'write')}"
    assert ada.post(path, content=PEOPLE.encode()).status_code == 403


def test_only_an_admin_imports(seeded: seed.Seeded) -> None:
    by = person(seeded.ids["ann"])
    with pytest.raises(OnlyAdmins):
        csv_imports.import_people(seeded.shell, PEOPLE.encode(), dry_run=True, by=by)


@given(
    body=st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda t: ("name,email\n" + t).encode())
    )
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_bytes_break_the_reader(body: bytes) -> None:
    with contextlib.suppress(BadTable):
        found = csv_tables.read(body, needed=("name", "email"))
        assert all({"name", "email"} <= set(line.cells) for line in found)


@pytest.mark.parametrize("day", ["1026-01-01", "2826-12-31T10:00", "2200-01-01T00:00+00:00"])
def test_years_no_plan_speaks_of_are_named_by_line(seeded: seed.Seeded, day: str) -> None:
    text = f"email,from,to\nann@example.org,{day},{day}\n"
    with pytest.raises(BadTable, match="line 2, from: Give a day"):
        csv_imports.import_absences(seeded.shell, text.encode(), dry_run=True, by=CLI)


def test_incidents_are_looked_at_once_for_a_whole_file_so_that_none_is_held(
    seeded: seed.Seeded,
) -> None:
    """A hook on the table counts: one look for many people, not one for each."""
    with seeded.shell.db.transaction() as tx:
        tx.execute("create table looks (n int)")
        tx.execute(
            "create function looked() returns trigger language plpgsql as"
            " $$ begin insert into looks values (1); return null; end $$"
        )
        tx.execute(
            "create trigger looked after update on incidents for each statement"
            " execute function looked()"
        )
    lines = "".join(f"P {n},p{n}@example.org\n" for n in range(20))
    assert people(seeded, f"name,email\n{lines}").created == 20
    assert rows(seeded, "select count(*) from looks") == [(1,)]
