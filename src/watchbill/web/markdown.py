"""Runbooks: Markdown in, HTML that is safe inside our screens out."""

from __future__ import annotations

from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

#: A runbook stands below the screen's h2, so its highest heading becomes an h3.
_ABOVE = 2

_TEXT = {"a", "abbr", "b", "br", "code", "del", "em", "i", "kbd", "s", "strong", "sub", "sup"}
_BLOCKS = {"blockquote", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "ul"}
_TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
_SCHEMES = {"http", "https", "mailto", "tel"}


def to_html(text: str) -> Markup:
    r"""Return `text` as HTML without scripts, styles, pictures, forms or unknown schemes.

    Headings are put below the screen's own, without a gap between their levels: the highest
    becomes h3. Pictures become links to them; links carry `rel="noopener noreferrer"`. Raw HTML shows as text.

    >>> to_html("# Do this\n[x](javascript:alert(1))")
    Markup('<h3>Do this</h3>\n<p>[x](javascript:alert(1))</p>\n')
    """
    raw = _MARKDOWN.render(text)
    return Markup(  # noqa: S704  nh3 has just cleaned it
        nh3.clean(
            raw,
            tags=_TEXT | _BLOCKS | _TABLES,
            attributes=_ATTRIBUTES,
            url_schemes=_SCHEMES,
            link_rel="noopener noreferrer",
        )
    )


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
    levels, last = sorted(set(opened)), _ABOVE
    for token in state.tokens:
        if token.type == "heading_open":
            wanted = levels.index(int(token.tag[1:])) + _ABOVE + 1
            last = min(wanted, last + 1, 6)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{last}"
        elif token.type == "th_open":
            token.attrs = {"scope": "col"}


def _build() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "linkify": False})
    markdown.enable(["table", "strikethrough"])
    markdown.core.ruler.push("shift_headings", _shift_headings)
    markdown.add_render_rule("image", _image_as_link)
    return markdown


_MARKDOWN = _build()
