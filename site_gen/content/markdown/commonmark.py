"""Parse any Markdown to pieces of HTML, by way of markdown-it's tokens: the reference, which knows all of CommonMark.

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
    OWN_LINK,
    WORDS,
    block_id,
    join_parts,
)
from site_gen.content.markdown.vault_syntax import PAGE_OF, add_vault_syntax
from site_gen.core.urls import safe_href

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

    from site_gen.content.markdown.spans import Part, Pieces
    from site_gen.content.markdown.vault_syntax import PageOf

_MAX_ADDRESS = 4_000  # characters; a definition may stand for as many links as a text has brackets
_TOP_HEADING = 2  # the page's title is its only h1
_BREAKS = frozenset({"softbreak", "hardbreak"})
_CELLS = frozenset({"th_open", "td_open"})
_CELL_ENDS = frozenset({"th_close", "td_close"})
_CODE = frozenset({"fence", "code_block"})
_HEADINGS = frozenset({"heading_open", "heading_close"})


def make_parser() -> MarkdownIt:
    """Return a parser of CommonMark with tables, strikethrough and the syntax of vaults, without raw HTML.

    Links are judged afterwards, so that a bad one loses its target and keeps its text.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.validateLink = _accept_any_link  # type: ignore[method-assign]
    add_vault_syntax(markdown)
    return markdown


def _accept_any_link(url: str) -> bool:
    del url
    return True


def parse(text: str, markdown: MarkdownIt, *, own_links: bool, page_of: PageOf | None = None) -> Pieces:
    """Return the pieces of any Markdown text in NFC.

    own_links: keep links to the site's own pages and to parts of this one. page_of: see `document.parse`.
    """
    return join_parts(_parts(prepare_tokens(text, markdown, own_links=own_links, page_of=page_of), markdown))


def prepare_tokens(text: str, markdown: MarkdownIt, *, own_links: bool, page_of: PageOf | None = None) -> list[Token]:
    """Return markdown-it's tokens, with safe links alone, headings from h2 on, and every block's id."""
    tokens = markdown.parse(text, {PAGE_OF: page_of})
    _lower_headings(tokens)
    seen: dict[str, int] = {}
    row: list[int] = []  # indexes of the inline tokens of its cells
    row_owner = 0
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            row, row_owner = [], index
        elif token.type == "tr_close" and row:
            _set_id(tokens, row_owner, row, seen)
        elif token.type == "inline":
            token.children = list(_safe_children(token.children or [], own_links=own_links))
            if tokens[index - 1].type in _CELLS:
                _align_by_class(tokens[index - 1])
                row.append(index)
            else:
                _set_id(tokens, _id_owner(tokens, index), [index], seen)
    return tokens


def _align_by_class(cell: Token) -> None:
    """Say a column's alignment by a class: our Content-Security-Policy allows no style attribute."""
    style = str(cell.attrs.pop("style", ""))
    if style:
        cell.attrs["class"] = style.rpartition(":")[2]


def _id_owner(tokens: Sequence[Token], index: int) -> int:
    """Return the index of the token that carries the id of the block with the inline token at `index`.

    A tight list's paragraphs are hidden, there the item does. A hidden paragraph that is not its item's first is
    shown, or its id would stand nowhere.
    """
    owner = index - 1
    if tokens[owner].hidden and owner and tokens[owner - 1].type == "list_item_open":
        return owner - 1
    if tokens[owner].hidden:
        tokens[owner].hidden = tokens[index + 1].hidden = False
    return owner


def _set_id(tokens: Sequence[Token], owner: int, inlines: Sequence[int], seen: dict[str, int]) -> None:
    """Give a block its id; one without any text counts, but has none."""
    cells = [_plain_text(tokens[index].children or []) for index in inlines]
    text = CELL_GAP.join(cells) if any(cells) else ""
    identity = block_id(text, seen, heading=tokens[owner].type == "heading_open")
    if text:
        tokens[owner].attrSet("id", identity)


def _lower_headings(tokens: Sequence[Token]) -> None:
    """Shift all headings together, so that the highest is an h2."""
    levels = [int(token.tag[1]) for token in tokens if token.type == "heading_open"]
    shift = _TOP_HEADING - min(levels, default=_TOP_HEADING)
    for token in tokens:
        if token.type in _HEADINGS:
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"


def _safe_children(children: Sequence[Token], *, own_links: bool) -> Iterator[Token]:
    """Yield inline tokens with safe links only; an image is replaced by its alternative text."""
    open_links: list[bool] = []
    for token in children:
        if token.type == "image":
            yield token.copy(type="text", tag="", attrs={}, children=None, content=_alternative_text(token))
        elif token.type == "link_open":
            href = _href(str(token.attrGet("href") or ""), own_links=own_links or PAGE_OF in token.meta)
            open_links.append(href is not None)
            if href is not None:
                token.attrs = {"href": href} if href[0] in "/#" else {"href": href, "rel": "noopener nofollow"}
                yield token
        elif token.type == "link_close":
            if open_links.pop():
                yield token
        else:
            yield token


def _alternative_text(image: Token) -> str:
    """Return the words of an image's description, without the markup that it may hold."""
    words: list[str] = []
    open_tokens = [image]
    while open_tokens:  # a loop: images nest in descriptions without limit
        token = open_tokens.pop()
        if token.type == "image":
            open_tokens.extend(reversed(token.children or []))
        else:
            words.append(_plain_text([token]))
    return "".join(words)


def _href(raw: str, *, own_links: bool) -> str | None:
    """Return the target of a link as it may stand on a page, None where it may not."""
    if own_links and raw[:1] in {"/", "#"} and raw[:2] != "//" and "\\" not in raw:
        return raw
    return safe_href(raw) if len(raw) <= _MAX_ADDRESS else None


def _plain_text(children: Sequence[Token]) -> str:
    return "".join(" " if t.type in _BREAKS else t.content for t in children)


def _parts(tokens: Sequence[Token], markdown: MarkdownIt) -> Iterator[Part]:
    """Yield the parts of the HTML of tokens, by markdown-it's own rule for each."""
    row_has_id = False
    for index, token in enumerate(tokens):
        if token.type == "inline":
            yield from _inline_parts(token.children or [], markdown)
        elif token.type in _CODE:
            yield from _code_parts(CODE, token, markdown)
        elif row_has_id and token.type in _CELLS and tokens[index - 1].type in _CELL_ENDS:
            yield CELL, _render(tokens, index, markdown)
        else:
            yield BLOCK if "id" in token.attrs else MARKUP, _render(tokens, index, markdown)
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
            yield from ((MARKUP, '<a href="'), (OWN_LINK, href), (MARKUP, '">'))
        else:
            yield BREAK if child.type in _BREAKS else MARKUP, _render(children, index, markdown)


def _code_parts(kind: str, token: Token, markdown: MarkdownIt) -> Iterator[Part]:
    before, end, after = _render([token.copy(content="")], 0, markdown).partition("</code>")
    yield from ((MARKUP, before), (kind, token.content), (MARKUP, end + after))


def _render(tokens: Sequence[Token], index: int, markdown: MarkdownIt) -> str:
    """Return the HTML of one token, which hangs on its neighbours: tight paragraphs have no tags."""
    renderer = cast("RendererHTML", markdown.renderer)
    rule = renderer.rules.get(tokens[index].type, renderer.renderToken)
    return str(rule(tokens, index, markdown.options, {}))
