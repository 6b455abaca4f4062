"""Runbooks: Markdown in, HTML that is safe inside our screens out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from watchbill.core.bar import runbooks

#: A runbook stands below the screen's h2, so its highest heading becomes an h3.
_ABOVE = 2
#: What its headings' ids begin with, so that they are none of the screen's own.
_PREFIX = "runbook-"

_HEADINGS = ("h3", "h4", "h5", "h6")
_TEXT = {"a", "abbr", "b", "br", "code", "del", "em", "i", "kbd", "s", "strong", "sub", "sup"}
_BLOCKS = {"blockquote", *_HEADINGS, "hr", "li", "ol", "p", "pre", "ul"}
_TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"},
    "th": {"scope"},
    **{tag: {"id"} for tag in _HEADINGS},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
#: What a link may lead to; the last is a heading of the runbook itself.
_LEADS = ("http://", "https://", "mailto:", "tel:", "#")
#: Remarks and folds of others' Markdown: they mean nothing here and are left out.
_QUIET = re.compile(r"<!--[^\n]{0,500}?-->|</?(?:details|summary)>")
_CUT = "\n\n**This runbook is too long to show all of it.**\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading to jump to: its id, without `#`, its words, and its level from 1."""

    id: str
    title: str
    level: int


def to_html(text: str) -> Markup:
    r"""Return `text` as HTML without scripts, styles, pictures, forms or unknown schemes.

    Headings are put below the screen's own, without a gap between their levels: the highest
    becomes h3. Each has an id to jump to, one of a kind. Pictures become links to them, web
    addresses too; links carry `rel="noopener noreferrer"`, and lead out or to a heading. Raw HTML
    shows as text, and remarks not at all. What is beyond the limit of a runbook is left out, and that is said.

    >>> to_html("# Do this\n[x](javascript:alert(1))")
    Markup('<h3 id="runbook-do-this">Do this</h3>\n<p>[x](javascript:alert(1))</p>\n')
    """
    raw = _MARKDOWN.render(_showable(text))
    return Markup(  # noqa: S704  nh3 has just cleaned it
        nh3.clean(
            raw,
            tags=_TEXT | _BLOCKS | _TABLES,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer",
        )
    )


def headings(text: str) -> tuple[Heading, ...]:
    r"""Return the headings of `text` in their order, with the ids that `to_html` gives them.

    >>> headings("# A\n## Do `this`\n")[1]
    Heading(id='runbook-do-this', title='Do this', level=2)
    """
    tokens = _MARKDOWN.parse(_showable(text))
    return tuple(
        Heading(
            id=str(token.attrGet("id")),
            title=_words(tokens[at + 1]),
            level=int(token.tag[1:]) - _ABOVE,
        )
        for at, token in enumerate(tokens)
        if token.type == "heading_open"
    )


def _showable(text: str) -> str:
    """Return what can be shown of `text`: no halves of characters, and not endlessly much."""
    if len(text) > runbooks.RUNBOOK_LIMIT:
        text = text[: runbooks.RUNBOOK_LIMIT] + _CUT
    return text.encode(errors="replace").decode()


def _image_as_link(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: EnvType,
) -> str:
    token = tokens[index]
    href = str(token.attrGet("src") or "")
    return f'<a href="{escape(href)}">{escape(token.content or "picture")}</a>'


def _shift_headings(state: StateCore) -> None:
    opened = [int(t.tag[1:]) for t in state.tokens if t.type == "heading_open"]
    levels, last, taken = sorted(set(opened)), _ABOVE, set[str]()
    for at, token in enumerate(state.tokens):
        if token.type == "heading_open":
            wanted = levels.index(int(token.tag[1:])) + _ABOVE + 1
            last = min(wanted, last + 1, 6)
            token.attrs = {"id": _id(_words(state.tokens[at + 1]), taken)}
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{last}"
        elif token.type == "th_open":
            token.attrs = {"scope": "col"}


def _words(inline: Token) -> str:
    """Return a heading's words without their marks."""
    parts = (t.content or " " for t in inline.children or () if not t.nesting)
    return " ".join("".join(parts).split())


def _id(title: str, taken: set[str]) -> str:
    """Return an id for a heading that no other of the runbook has, and note it as taken."""
    spaced = "".join(char if char.isalnum() else " " for char in title.casefold())
    name = _PREFIX + "-".join(spaced.split())
    number = len(taken) + 1 if name in taken else 0
    unique = f"{name}-{number}" if number else name
    while unique in taken:
        number += 1
        unique = f"{name}-{number}"
    taken.add(unique)
    return unique


def _leads_somewhere(url: str) -> bool:
    return url.lower().startswith(_LEADS)


def _link_addresses(state: StateCore) -> None:
    """Make a link of every web address in prose, and let `#mitigation` lead to that heading."""
    for token in state.tokens:
        if token.type == "inline" and any(sign in token.content for sign in ("://", "#", "<")):
            token.children = list(_linked(token.children or []))


def _linked(children: list[Token]) -> Iterator[Token]:
    depth = 0
    for child in children:
        depth += child.nesting if child.type in {"link_open", "link_close"} else 0
        if child.type == "text" and not depth:
            yield from _split(_QUIET.sub("", child.content))
            continue
        href = str(child.attrGet("href") or "") if child.type == "link_open" else ""
        if href.startswith("#"):
            child.attrSet("href", f"#{_PREFIX}{href[1:].removeprefix(_PREFIX)}")
        yield child


def _split(text: str) -> Iterator[Token]:
    done = 0
    for start, url in runbooks.addresses(text):
        yield Token("text", "", 0, content=text[done:start])
        yield Token("link_open", "a", 1, attrs={"href": url})
        yield Token("text", "", 0, content=url)
        yield Token("link_close", "a", -1)
        done = start + len(url)
    yield Token("text", "", 0, content=text[done:])


def _build() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False})
    markdown.enable(["table", "strikethrough"])
    markdown.core.ruler.push("shift_headings", _shift_headings)
    markdown.core.ruler.push("link_addresses", _link_addresses)
    markdown.add_render_rule("image", _image_as_link)
    markdown.validateLink = _leads_somewhere  # type: ignore[method-assign]
    return markdown


_MARKDOWN = _build()
