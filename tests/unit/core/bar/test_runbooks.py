"""Runbooks: what is read from Markdown, and what is refused before it is kept (R13 and markup)."""

from __future__ import annotations

import pytest

from tests.planted import SECRETS
from watchbill.core.bar import leaks, runbooks
from watchbill.core.bar.runbook_lines import Shape
from watchbill.core.bar.runbook_template import TEMPLATE

HARMLESS = (
    "password: $PASSWORD",
    "password: ${DB_PASSWORD}",
    "export TOKEN=$(vault read -field=token secret/oncall)",
    "token: <token>",
    "password: ***",
    "token=YOUR_TOKEN_HERE",
    "password=changeme",
    "export PASSWORD=DB_PASSPHRASE",
    "api_key: {{ .Values.apiKey }}",
    "Authorization: Bearer $TOKEN",
    "Authorization: Bearer <your token>",
    "Bearer authentication is off; basic troubleshooting follows.",
    "Reset the password: follow the page",
    "The secret: payments/production/database-credentials",
    "secret: payments-db-v2",
    "kubectl get secret payments-db -o yaml",
    "The token is in the vault, under oncall/grafana.",
    "The partition key: customer_id",
    "postgres://app:$PASSWORD@db.example/app",
    "https://grafana.example/d/checkout?orgId=1&key=value",
    "ssh://git@host.example:22/x",
    "sk-learn and AKIA are only words, SKUs too, xoxo",
    "password: op://oncall/db/password",
)


def faults(text: str) -> list[str]:
    return [fault.message for fault in runbooks.unsafe(text)]


@pytest.mark.parametrize("name", SECRETS)
def test_r13_a_secret_is_found_in_prose_in_code_and_in_a_list(name: str) -> None:
    secret = SECRETS[name]

    for text in (
        secret,
        f"Use {secret} here.",
        f"```\n{secret}\n```",
        f"- `{secret}`",
        f"> {secret}",
    ):
        assert leaks.find(text), text
        assert faults(text), text


@pytest.mark.parametrize("name", SECRETS)
def test_r13_a_fault_never_repeats_the_secret(name: str) -> None:
    secret = SECRETS[name].split("/")[-1]

    assert secret not in str(runbooks.unsafe(TEMPLATE + SECRETS[name]))


@pytest.mark.parametrize("text", HARMLESS)
def test_r13_what_stands_for_a_secret_is_none(text: str) -> None:
    assert leaks.find(text) == ()
    assert leaks.find(f"```\n{text}\n```") == ()


def test_r13_names_the_line() -> None:
    assert [leak.line for leak in leaks.find(f"a\n\nb {SECRETS['AWS']}\n{SECRETS['JWT']}")] == [
        3,
        4,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "< SCRIPT src=//evil.example>",
        "<img src=x onerror=alert(1)>",
        "<img\nsrc=x\nonerror = 'alert(1)'>",
        "<svg/onload=alert(1)>",
        "<iframe src=//evil.example></iframe>",
        "<form action=//evil.example>",
        "<style>body{}</style>",
        "<meta http-equiv=refresh>",
        "- x <object data=y>",
        "> <embed src=y>",
        "[x](javascript:alert(1))",
        "[x](  JaVaScRiPt:alert(1))",
        "[x]( <javascript:alert(1)>)",
        "![x](data:image/svg+xml;base64,AAAA)",
        "[x](vbscript:msgbox(1))",
        "[x]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "a \x00 b",
        "a \x1b[2J b",
        "a \ud800 b",
    ],
)
def test_what_runs_or_cannot_be_stored_is_refused_with_its_line(text: str) -> None:
    found = runbooks.unsafe(f"# A\n\n{text}\n")

    assert found
    assert found[0].line == 3
    assert found[0].field == "runbook"


@pytest.mark.parametrize(
    "text",
    [
        "```html\n<script>alert(1)</script>\n```",
        "    <script>alert(1)</script>",
        "Look for `<script>` or `onerror=` in the log.",
        "a < b and c > d, <token>, x<y on=1",
        "The data: it is kept. javascript: no.",
        "[data](https://x.example/data:1)",
        "<https://x.example/a>",
        "[x](mailto:a@x.example)",
        "tab\there\r\nand a line",
        "é 時 🔥",
    ],
)
def test_code_may_show_markup_and_prose_may_speak_of_it(text: str) -> None:
    assert faults(f"# A\n\n{text}\n") == []


def test_markup_after_a_code_block_is_still_seen() -> None:
    assert faults("```\na\n```\n<script>x</script>\n")
    assert faults("~~~\n```\n~~~\n<script>x</script>\n")


def test_a_runbook_of_ten_megabytes_is_refused_at_once_for_its_size_alone() -> None:
    (fault,) = runbooks.unsafe("<script>" * 1_250_000)

    assert fault.message == "The runbook has 10,000,000 characters; the most is 100,000."


def test_the_limit_itself_is_allowed() -> None:
    assert not runbooks.unsafe("a " * (runbooks.RUNBOOK_LIMIT // 2))
    assert runbooks.unsafe("a" * (runbooks.RUNBOOK_LIMIT + 1))


def test_sections_hold_what_is_below_them_and_not_what_follows() -> None:
    runbook = runbooks.parse("# A\n## Meaning\na b\n### More\nc\n## Impact\nd\n")
    meaning = runbook.section("meaning")

    assert meaning is not None
    assert (meaning.line, meaning.words) == (2, 3)
    assert [line.number for line in meaning.lines] == [3, 4, 5]


def test_code_is_code_whatever_stands_in_it() -> None:
    text = "# A\n\n```sh\n# not a heading\n\n1. not a step\n```\n~~~\n## nor this\n~~~\n\n    # nor this\n"
    runbook = runbooks.parse(text)

    assert [section.title for section in runbook.sections] == ["A"]
    assert [line.number for line in runbook.lines if line.shape is Shape.CODE] == [4, 6, 9, 12]


def test_a_step_keeps_its_code_and_what_is_indented_below_it_is_prose() -> None:
    runbook = runbooks.parse("1. do\n\n   ```\n   x\n   ```\n\n    and see\n2) then\n* or\n")

    assert [(line.shape.value, line.text) for line in runbook.lines] == [
        ("step", "do"), ("code", "x"), ("prose", "and see"), ("step", "then"), ("bullet", "or"),
    ]  # fmt: skip


def test_underlined_headings_are_headings() -> None:
    runbook = runbooks.parse("A\n=\n\nMeaning\n---\nx\n\n---\ny\n")

    assert runbook.title == "A"
    assert [(s.title, s.line) for s in runbook.sections] == [("A", 1), ("Meaning", 4)]


def test_links_and_pictures_have_their_lines() -> None:
    runbook = runbooks.parse(
        "See [a](https://a.example/x(1)).\n\n![ ](b.png) <https://c.example/>.\n"
    )

    assert [(link.url, link.line) for link in runbook.links] == [
        ("https://a.example/x", 1), ("https://c.example/", 3),
    ]  # fmt: skip
    assert [(image.alt, image.url, image.line) for image in runbook.images] == [("", "b.png", 3)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Access\n- AWS console: role `oncall`\n- **Grafana** (read)\n- [Vault](https://v.example)\n",
         ("AWS console", "Grafana", "Vault")),
        ("Access: AWS console, Grafana\n", ("AWS console", "Grafana")),
        ("**Access:**\n- Grafana – any role\n- Grafana\nand so on\n- not this\n", ("Grafana",)),
        ("- Access: none\n", ()),
        ("## Access\nn/a: nothing is needed\n", ()),
        ("## Access\nNone.\n", ()),
        ("nothing said", ()),
        ("```\nAccess: x\n```\n", ()),
    ],
)  # fmt: skip
def test_r8_the_systems_are_read_as_they_are_written(text: str, expected: tuple[str, ...]) -> None:
    assert runbooks.systems(text) == expected


def test_hashes_that_are_no_heading_are_prose() -> None:
    runbook = runbooks.parse("####### seven\n#!shebang\n#tag\n###### six\n#\n")

    assert [section.title for section in runbook.sections] == ["six", ""]


def test_markup_is_refused_before_and_after_code_and_names_its_line() -> None:
    text = "<script>\n```\na\n```\nplain\n\n    code\n\n<iframe>\n"

    assert [fault.line for fault in runbooks.unsafe(text)] == [1, 9]
