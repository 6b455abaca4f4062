"""Runbooks are Markdown from a repository: they must show, and must not run anything."""

from __future__ import annotations

import pytest

from watchbill.web import markdown

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "[x](vbscript:msgbox(1))",
    "![x](javascript:alert(1))",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg/onload=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<style>body{display:none}</style>",
    "[x](https://ok.example '\"onmouseover=alert(1)')",
    "<form action=//evil.example><button>Acknowledge</button></form>",
    "`<script>alert(1)</script>`",
    "    <script>alert(1)</script>",
    "| <script>alert(1)</script> |\n|---|\n| <b onclick=x>y</b> |",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_runbook_can_run(text: str) -> None:
    html = markdown.to_html(text).lower()

    for tag in ("<script", "<img", "<svg", "<iframe", "<style", "<form", "<button"):
        assert tag not in html
    for scheme in ('href="javascript', 'href="data', 'href="vbscript'):
        assert scheme not in html
    assert " onclick=" not in html.replace("&lt;b onclick=x&gt;", "")


def test_a_quote_in_a_link_title_cannot_leave_its_attribute() -> None:
    html = markdown.to_html("[x](https://ok.example '\"onmouseover=alert(1)')")

    assert 'title="&quot;onmouseover=alert(1)"' in html


def test_headings_stand_below_the_screens_own() -> None:
    html = markdown.to_html("# a\n## b\n##### e\n")

    assert "<h3>a</h3>" in html
    assert "<h4>b</h4>" in html
    assert "<h5>e</h5>" in html


def test_headings_leave_no_level_out() -> None:
    html = markdown.to_html("## a\n#### b\n## c\n")

    assert "<h3>a</h3>" in html
    assert "<h4>b</h4>" in html
    assert "<h3>c</h3>" in html


def test_links_leave_without_a_trace() -> None:
    assert 'rel="noopener noreferrer"' in markdown.to_html("[board](https://g.example/d)")


def test_a_picture_becomes_a_link_because_only_our_own_pictures_may_load() -> None:
    html = markdown.to_html("![the graph](https://g.example/a.png)")

    assert '<a href="https://g.example/a.png"' in html
    assert ">the graph</a>" in html


def test_code_tables_and_lists_are_kept() -> None:
    html = markdown.to_html("1. do `x`\n\n| a | b |\n|---|---|\n| c | d |\n")

    assert "<ol>" in html
    assert "<code>x</code>" in html
    assert '<th scope="col">a</th>' in html
