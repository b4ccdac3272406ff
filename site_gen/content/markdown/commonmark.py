"""Markdown to pieces of HTML by way of markdown-it's tokens: the reference, which knows all of CommonMark.

Raw HTML is off, every link passes `safe_href`, images become their alternative text (a remote image
would tell a stranger's server who reads us).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from markdown_it import MarkdownIt

from site_gen.content.markdown.spans import (
    BLOCK,
    BREAK,
    CELL,
    CELL_GAP,
    CODE,
    FIXED,
    MARKUP,
    OWN,
    WORDS,
    block_id,
    gathered,
)
from site_gen.core.urls import safe_href

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

    from site_gen.content.markdown.spans import Part, Pieces

_TOP_HEADING = 2  # the page's title is its only h1
_BREAKS = frozenset({"softbreak", "hardbreak"})
_CELLS = frozenset({"th_open", "td_open"})
_CELL_ENDS = frozenset({"th_close", "td_close"})
_CODE = frozenset({"fence", "code_block"})
_HEADINGS = frozenset({"heading_open", "heading_close"})


def parser() -> MarkdownIt:
    """CommonMark with tables, without raw HTML. Links are judged afterwards, so that a bad one loses
    its target and keeps its text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.validateLink = _any_link  # type: ignore[method-assign]
    return markdown


def _any_link(url: str) -> bool:
    del url
    return True


def parse(text: str, markdown: MarkdownIt, *, own_links: bool) -> Pieces:
    """The pieces of any Markdown text in NFC.

    own_links: keep links to the site's own pages and to parts of this one.
    """
    return gathered(_parts(prepared(text, markdown, own_links=own_links), markdown))


def prepared(text: str, markdown: MarkdownIt, *, own_links: bool) -> list[Token]:
    """markdown-it's tokens, with safe links alone, headings from h2 on, and every block's id."""
    found = markdown.parse(text)
    _lower_headings(found)
    seen: dict[str, int] = {}
    row: list[int] = []
    row_owner = 0
    for index, token in enumerate(found):
        if token.type == "tr_open":
            row, row_owner = [], index
        elif token.type == "tr_close" and row:
            _identify(found, row_owner, row, seen)
        elif token.type == "inline":
            token.children = list(_safe_children(token.children or [], own_links=own_links))
            if found[index - 1].type in _CELLS:
                _align_by_class(found[index - 1])
                row.append(index)
            else:
                _identify(found, _owner(found, index), [index], seen)
    return found


def _align_by_class(cell: Token) -> None:
    """A column's alignment as a class: our Content-Security-Policy allows no style attribute."""
    style = str(cell.attrs.pop("style", ""))
    if style:
        cell.attrs["class"] = style.rpartition(":")[2]


def _owner(found: Sequence[Token], index: int) -> int:
    """The token that carries the id: a tight list's paragraphs are hidden, there the item does.

    A hidden paragraph that is not its item's first is shown, or its id would stand nowhere.
    """
    owner = index - 1
    if found[owner].hidden and owner and found[owner - 1].type == "list_item_open":
        return owner - 1
    if found[owner].hidden:
        found[owner].hidden = found[index + 1].hidden = False
    return owner


def _identify(found: Sequence[Token], owner: int, inlines: Sequence[int], seen: dict[str, int]) -> None:
    """Give a block its id; one without any text counts, but has none."""
    cells = [_plain(found[i].children or []) for i in inlines]
    text = CELL_GAP.join(cells) if any(cells) else ""
    identity = block_id(text, seen, heading=found[owner].type == "heading_open")
    if text:
        found[owner].attrSet("id", identity)


def _lower_headings(found: Sequence[Token]) -> None:
    """Shift all headings down together, so that the highest is an h2 and none skips over it."""
    levels = [int(t.tag[1]) for t in found if t.type == "heading_open"]
    shift = _TOP_HEADING - min(levels, default=_TOP_HEADING)
    for token in found:
        if token.type in _HEADINGS:
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"


def _safe_children(children: Sequence[Token], *, own_links: bool) -> Iterator[Token]:
    """Inline tokens with safe links only; an image is replaced by its alternative text."""
    open_links: list[bool] = []
    for token in children:
        if token.type == "image":
            yield token.copy(type="text", tag="", attrs={}, children=None, content=_alternative(token))
        elif token.type == "link_open":
            href = _href(str(token.attrGet("href") or ""), own_links=own_links)
            open_links.append(href is not None)
            if href is not None:
                token.attrs = {"href": href} if href[0] in "/#" else {"href": href, "rel": "noopener nofollow"}
                yield token
        elif token.type == "link_close":
            if open_links.pop():
                yield token
        else:
            yield token


def _alternative(image: Token) -> str:
    """The words of an image's description, without the markup that it may hold."""
    words: list[str] = []
    open_tokens = [image]
    while open_tokens:  # a loop: images nest in descriptions without limit
        token = open_tokens.pop()
        if token.type == "image":
            open_tokens.extend(reversed(token.children or []))
        else:
            words.append(_plain([token]))
    return "".join(words)


def _href(raw: str, *, own_links: bool) -> str | None:
    if own_links and raw[:1] in {"/", "#"} and raw[:2] != "//" and "\\" not in raw:
        return raw
    return safe_href(raw)


def _plain(children: Sequence[Token]) -> str:
    return "".join(" " if t.type in _BREAKS else t.content for t in children)


def _parts(found: Sequence[Token], markdown: MarkdownIt) -> Iterator[Part]:
    """The parts of the HTML of tokens, by markdown-it's own rule for each."""
    row_has_id = False
    for index, token in enumerate(found):
        if token.type == "inline":
            yield from _inline_parts(token.children or [], markdown)
        elif token.type in _CODE:
            yield from _code_parts(CODE, token, markdown)
        elif row_has_id and token.type in _CELLS and found[index - 1].type in _CELL_ENDS:
            yield CELL, _rendered(found, index, markdown)
        else:
            yield BLOCK if "id" in token.attrs else MARKUP, _rendered(found, index, markdown)
        if token.type == "tr_open":
            row_has_id = "id" in token.attrs


def _inline_parts(children: Sequence[Token], markdown: MarkdownIt) -> Iterator[Part]:
    depth = 0
    for index, child in enumerate(children):
        depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        href = str(child.attrGet("href") or "")
        if child.type == "text":
            yield FIXED if depth else WORDS, child.content
        elif child.type == "code_inline":
            yield from _code_parts(FIXED, child, markdown)
        elif href.startswith("/"):
            yield from ((MARKUP, '<a href="'), (OWN, href), (MARKUP, '">'))
        else:
            yield BREAK if child.type in _BREAKS else MARKUP, _rendered(children, index, markdown)


def _code_parts(kind: str, token: Token, markdown: MarkdownIt) -> Iterator[Part]:
    before, end, after = _rendered([token.copy(content="")], 0, markdown).partition("</code>")
    yield from ((MARKUP, before), (kind, token.content), (MARKUP, end + after))


def _rendered(found: Sequence[Token], index: int, markdown: MarkdownIt) -> str:
    """The HTML of one token, which hangs on its neighbours: tight paragraphs have no tags."""
    renderer = cast("RendererHTML", markdown.renderer)
    rule = renderer.rules.get(found[index].type, renderer.renderToken)
    return str(rule(found, index, markdown.options, {}))
