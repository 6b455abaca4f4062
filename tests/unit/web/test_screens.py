"""Every screen renders under StrictUndefined and keeps the rules of all screens."""

from __future__ import annotations

import dataclasses
import gzip
import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

from tools import sample_night, samples
from watchbill.web.ui import (
    access,
    alarm,
    alarm_forms,
    alarms,
    assets,
    incidents,
    mailbox,
    pages,
    people,
    settings,
    shell,
    teams,
    times,
    tonight,
)

MODULES = (
    access,
    alarm,
    alarm_forms,
    alarms,
    incidents,
    mailbox,
    people,
    settings,
    shell,
    teams,
    tonight,
)
TEMPLATES = Path(pages.__file__).parent.parent / "templates"
BUDGET_BYTES = 30 * 1024


class Tags(HTMLParser):
    """Collects every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.all if tag == name]


def html_of(name: str) -> str:
    path, screen, context, its_shell = samples.SCREENS[name]
    return pages.to_text(screen.page, context, shell=its_shell, path=path)


def contexts() -> Iterator[tuple[ModuleType, type]]:
    for module in MODULES:
        for _, cls in inspect.getmembers(module, dataclasses.is_dataclass):
            if cls.__module__ == module.__name__:
                yield module, cls


@pytest.mark.parametrize("name", samples.SCREENS)
def test_a_screen_has_one_heading_a_main_part_and_a_skip_link(name: str) -> None:
    tags = Tags(html_of(name))

    assert len(tags.named("h1")) == 1
    assert [attrs["id"] for attrs in tags.named("main")] == ["main"]
    assert any(attrs.get("href") == "#main" for attrs in tags.named("a"))


@pytest.mark.parametrize("name", samples.SCREENS)
def test_a_screen_has_nothing_the_content_policy_forbids(name: str) -> None:
    tags = Tags(html_of(name))

    for tag, attrs in tags.all:
        assert "style" not in attrs, tag
        assert tag != "style"
        assert not [key for key in attrs if key.startswith(("on", "hx-on"))]
        assert tag != "script" or attrs.get("src", "").startswith("/static/")


@pytest.mark.parametrize("name", samples.SCREENS)
def test_every_change_is_a_form_that_posts_without_scripts(name: str) -> None:
    for tag, attrs in Tags(html_of(name)).all:
        if "hx-post" in attrs:
            assert tag == "form"
            assert attrs["action"] == attrs["hx-post"]
            assert attrs["method"] == "post"


@pytest.mark.parametrize("name", samples.SCREENS)
def test_ids_are_unique_and_labels_name_a_field(name: str) -> None:
    tags = Tags(html_of(name))
    ids = [attrs["id"] for _, attrs in tags.all if attrs.get("id")]

    assert len(ids) == len(set(ids))
    for attrs in tags.named("label"):
        assert "for" not in attrs or attrs["for"] in ids


@pytest.mark.parametrize("name", samples.SCREENS)
def test_a_screen_with_all_it_needs_stays_within_its_budget(name: str) -> None:
    sent = ("app.css", "app.js", "vendor/htmx-4.0.1.min.js")

    html = gzip.compress(html_of(name).encode())
    size = len(html) + sum(len(assets.find(file).zipped) for file in sent)

    assert size <= BUDGET_BYTES


@pytest.mark.parametrize("name", samples.SCREENS)
def test_a_screens_part_stands_in_its_page_as_it_is(name: str) -> None:
    path, screen, context, its_shell = samples.SCREENS[name]
    if screen.part:
        part = pages.to_text(screen.part, context, shell=its_shell, path=path)
        assert part.strip() in html_of(name)
    else:
        assert "<wb-live" not in html_of(name)


def test_the_incident_screen_begins_with_sentence_button_and_reason() -> None:
    html = html_of("incident")
    main = html[html.index("<main") :]

    places = [main.index(part) for part in ("<h1>", ">Acknowledge<", ">Why me<", ">Runbook<")]

    assert places == sorted(places)


def test_a_held_incident_offers_no_acknowledge_but_breaking_glass_with_a_reason() -> None:
    tags = Tags(html_of("incident-held"))
    actions = [attrs["action"] for attrs in tags.named("form") if "action" in attrs]

    assert not [action for action in actions if action and action.endswith("/acknowledge")]
    assert [action for action in actions if action and action.endswith("/break-glass")]
    assert [attrs for attrs in tags.named("textarea") if attrs.get("id") == "reason"] == [
        {"id": "reason", "name": "reason", "required": None, "minlength": "10", "maxlength": "1000"}
    ]


def test_a_fault_that_must_read_zero_is_said_at_the_top() -> None:
    html = html_of("tonight-faults")

    assert html.index("NO8: 1.") < html.index("Who answers now")
    assert "too many" in html


def test_what_people_typed_is_escaped() -> None:
    row = dataclasses.replace(sample_night.CHECKOUT, sentence="<script>alert(1)</script>")
    context = dataclasses.replace(sample_night.INCIDENTS, rows=(row,))

    html = pages.to_text(pages.INCIDENTS.page, context, shell=sample_night.SHELL, path="/incidents")

    assert "<script>alert" not in html


@pytest.mark.parametrize(("module", "cls"), list(contexts()), ids=lambda x: x.__name__)
def test_every_field_of_a_context_has_its_remark(module: ModuleType, cls: type) -> None:
    source = inspect.getsource(cls)

    for field in dataclasses.fields(cls):
        assert re.search(rf"#: [^\n]+\n    {field.name}:", source), f"{cls.__name__}.{field.name}"


def test_fragments_begin_with_an_underscore_and_share_what_they_have() -> None:
    """A macro that several screens use stands in parts or in a fragment, never in a page."""
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text("utf-8")
        for name in re.findall(r"{% (?:from|import) \"([^\"]+)\"", text):
            assert name == "parts.html" or "/_" in name, (path.name, name)
        whole = "{% extends" in text or path.name in {"base.html", "parts.html"}
        assert whole != path.name.startswith("_"), path.name


def test_durations_and_times_read_as_people_say_them() -> None:
    now = datetime(2026, 3, 29, 2, 0, tzinfo=UTC)

    assert times.span(timedelta(hours=25)) == "1 d 1 h"
    assert ">03:00<" in times.clock(now, "Europe/Dublin")
    assert ">Sat 28 Mar 19:00<" in times.soon(now, now + timedelta(days=1), "America/Los_Angeles")
    assert ">just now<" in times.ago(now, now)


def test_an_instant_names_the_other_zone_only_where_its_clock_differs() -> None:
    at = datetime(2026, 3, 9, 9, tzinfo=UTC)

    other = times.there(at, at - timedelta(hours=1), "Europe/Dublin", "America/Los_Angeles")

    assert re.sub(r"<[^>]+>", "", other) == " your time, 02:00 in Los Angeles"
    assert times.there(at, at, "Europe/Dublin", "Europe/London") == ""


def test_an_unknown_file_is_not_found() -> None:
    with pytest.raises(assets.AssetNotFound):
        assets.find("../templates/base.html")
