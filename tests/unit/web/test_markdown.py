"""Runbooks are Markdown from a repository: they must show, and must not run anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from watchbill.core.bar import runbooks
from watchbill.core.bar.runbook_template import TEMPLATE
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
    "# <script>alert(1)</script>",
    '# a" onmouseover=alert(1) x="',
    '<https://ok.example/"onmouseover=alert(1)>',
    "https://ok.example/'onmouseover=alert(1)",
    "[x](&#106;avascript:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](\tjavascript:alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    '![a](https://ok.example/a.png "onerror=alert(1)")',
    "[![a](javascript:alert(1))](data:text/html,x)",
    "<math><mtext></form><form><mglyph><svg><mtext><style><path id=</style><img onerror=x src>",
    "</section></main><object data=x></object><embed src=x><base href=//evil.example>",
    "```html onload=alert(1)\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "<div style='position:fixed' id=main class=card>x</div>",
    "[x](//evil.example) [y](/api/v1/tokens) [z](?a=b)",
    "\x00<scr\x00ipt>alert(1)</script>",
)


#: All a runbook may be made of, and the attributes each may have.
ALLOWED = {
    "a": {"href", "title", "rel"}, "ol": {"start"}, "th": {"scope"}, "h3": {"id"}, "h4": {"id"},
    "h5": {"id"}, "h6": {"id"}, "blockquote": set(), "br": set(), "code": set(), "del": set(),
    "em": set(), "hr": set(), "li": set(), "p": set(), "pre": set(), "s": set(), "strong": set(),
    "table": set(), "tbody": set(), "td": set(), "thead": set(), "tr": set(), "ul": set(),
}  # fmt: skip


class Reader(HTMLParser):
    """Holds every tag against what is allowed, as a browser would read it."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert name in ALLOWED[tag], (tag, name)
            if name == "href":
                assert re.match(
                    r"(?:https?://|mailto:|tel:|#runbook-)", value or "", re.IGNORECASE
                ), value
                self.hrefs.append(value or "")
            if name == "id":
                assert (value or "").startswith("runbook-")
                self.ids.append(value or "")


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_runbook_can_run(text: str) -> None:
    html = markdown.to_html(text)

    read(html)
    for tag in ("<script", "<img", "<svg", "<iframe", "<style", "<form", "<button"):
        assert tag not in html.lower()


@given(
    st.lists(st.sampled_from([*HOSTILE, "`", "\n\n", "> ", "- ", "[", "](", "<", '"', "|", "# "]))
    .map("".join)
    .filter(bool)
)
@settings(max_examples=200)
def test_nothing_runs_however_it_is_put_together(text: str) -> None:
    read(markdown.to_html(text))


@given(st.text() | st.text(alphabet="#`*_[]()<>!|~-\n a&;:/\"'\x00\ud800"))
def test_any_text_is_shown(text: str) -> None:
    reader = read(markdown.to_html(text))

    assert len(set(reader.ids)) == len(reader.ids)
    assert [heading.id for heading in markdown.headings(text)] == reader.ids


def test_a_quote_in_a_link_title_cannot_leave_its_attribute() -> None:
    html = markdown.to_html("[x](https://ok.example '\"onmouseover=alert(1)')")

    assert 'title="&quot;onmouseover=alert(1)"' in html


def test_headings_stand_below_the_screens_own() -> None:
    html = markdown.to_html("# a\n## b\n##### e\n")

    assert '<h3 id="runbook-a">a</h3>' in html
    assert '<h4 id="runbook-b">b</h4>' in html
    assert '<h5 id="runbook-e">e</h5>' in html


def test_headings_leave_no_level_out() -> None:
    html = markdown.to_html("## a\n#### b\n## c\n")

    assert '<h3 id="runbook-a">a</h3>' in html
    assert '<h4 id="runbook-b">b</h4>' in html
    assert '<h3 id="runbook-c">c</h3>' in html


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


def test_every_heading_can_be_jumped_to() -> None:
    text = "# CheckoutErrorRate\n## Mitigation\nx\n## **More** `code`\n## Mitigation\n## !?\n"

    assert [(h.id, h.title, h.level) for h in markdown.headings(text)] == [
        ("runbook-checkouterrorrate", "CheckoutErrorRate", 1),
        ("runbook-mitigation", "Mitigation", 2),
        ("runbook-more-code", "More code", 2),
        ("runbook-mitigation-4", "Mitigation", 2),
        ("runbook-", "!?", 2),
    ]
    assert read(markdown.to_html(text)).ids == [h.id for h in markdown.headings(text)]


def test_the_template_has_its_six_sections_to_jump_to() -> None:
    titles = [heading.title for heading in markdown.headings(TEMPLATE) if heading.level == 2]

    assert titles == ["Meaning", "Impact", "Diagnosis", "Mitigation", "Verification", "Escalation"]


def test_an_address_in_prose_can_be_tapped_and_one_in_code_is_copied() -> None:
    html = markdown.to_html(
        "See https://a.example/x_y_z. `https://b.example` [c](https://c.example)"
    )

    assert read(html).hrefs == ["https://a.example/x_y_z", "https://c.example"]
    assert ">https://a.example/x_y_z</a>. <code>" in html


def test_an_address_that_is_a_links_text_is_one_link() -> None:
    assert read(markdown.to_html("[https://a.example](https://b.example)")).hrefs == [
        "https://b.example"
    ]


@pytest.mark.parametrize("piece", ["a ", "[", "> ", "<", "# a\n"])
def test_ten_megabytes_are_cut_and_said_to_be(piece: str) -> None:
    text = piece * (10_000_000 // len(piece))

    html = markdown.to_html(text)

    read(html)
    assert len(html) < 12 * runbooks.RUNBOOK_LIMIT
    if piece == "a ":
        assert "too long to show" in html


def test_a_link_leads_out_or_to_a_heading_and_not_into_the_screens() -> None:
    html = markdown.to_html("[a](#mitigation) [b](/sign-out) [c](//evil.example) [d](tel:112)")

    assert read(html).hrefs == ["#runbook-mitigation", "tel:112"]
    assert "[b](/sign-out)" in html


def test_remarks_and_folds_of_others_are_left_out_but_not_in_code() -> None:
    text = "<details>\n<summary>More</summary>\n<!-- lint off -->so\n</details>\n\n`<details>`"
    html = markdown.to_html(text)

    assert "More\nso" in html
    assert html.count("details") == 1


def test_an_empty_heading_and_one_taken_twice_have_ids_of_their_own() -> None:
    ids = read(markdown.to_html("# a 3\n# a\n# a\n# a 4\n# a 5\n#\n#\n# a 9\n# a\n# a\n")).ids

    assert len(ids) == 10
    assert len(set(ids)) == 10
