"""Markdown to blocks with permanent ids, and to HTML that can hold no script.

Raw HTML is off, every link passes `safe_href`, images become their alternative text (a remote image
would tell a stranger's server who reads us).
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from markdown_it import MarkdownIt
from markupsafe import Markup

from site_gen.text import same_words
from site_gen.urls import safe_href

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from markdown_it.token import Token

CELL_GAP = " · "  # between the cells of a table row, where a row is quoted
_TOP_HEADING = 2  # the page's title is its only h1


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list item, heading or table row: its id on the page and its plain text."""

    id: str
    text: str
    heading: bool
    inlines: tuple[int, ...]  # which tokens hold its text


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text. `tokens` are markdown-it's and are never changed after parsing."""

    blocks: tuple[Block, ...]
    tokens: tuple[Token, ...]


class Anchor(NamedTuple):
    """A link to lay over a block's text: `text[start:end]`, to a page of the site."""

    start: int
    end: int
    href: str


def parser() -> MarkdownIt:
    """CommonMark with tables, without raw HTML. Links are judged afterwards, so that a bad one loses
    its target and keeps its text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    markdown.validateLink = _any_link  # type: ignore[method-assign]
    return markdown


def _any_link(url: str) -> bool:
    del url
    return True


def parse(text: str, markdown: MarkdownIt, *, own_links: bool = False) -> Document:
    """The document of a Markdown text.

    own_links: keep links to the site's own pages (`/companies/x/`, `#part`): in what the site's owner
    wrote, not in what was saved from elsewhere.
    """
    # Names are looked for in NFC; macOS and PDF readers write accents apart from their letters.
    tokens = markdown.parse(unicodedata.normalize("NFC", text))
    _lower_headings(tokens)
    blocks: list[Block] = []
    seen: dict[str, int] = {}
    row: list[int] = []
    row_owner = 0
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            row, row_owner = [], index
        elif token.type == "tr_close" and row:
            blocks.append(_block(tokens, row_owner, tuple(row), seen))
        elif token.type == "inline":
            token.children = _safe_children(token.children or [], own_links=own_links)
            if tokens[index - 1].type in {"th_open", "td_open"}:
                _align_by_class(tokens[index - 1])
                row.append(index)
            else:
                blocks.append(_block(tokens, _owner(tokens, index), (index,), seen))
    return Document(tuple(b for b in blocks if b.text), tuple(tokens))


def _align_by_class(cell: Token) -> None:
    """A column's alignment as a class: our Content-Security-Policy allows no style attribute."""
    style = str(cell.attrs.pop("style", ""))
    if style:
        cell.attrs["class"] = style.rpartition(":")[2]


def _owner(tokens: Sequence[Token], index: int) -> int:
    """The token that carries the id: a tight list's paragraphs are hidden, there the item does.

    A hidden paragraph that is not its item's first is shown, or its id would stand nowhere.
    """
    owner = index - 1
    if tokens[owner].hidden and owner and tokens[owner - 1].type == "list_item_open":
        return owner - 1
    if tokens[owner].hidden:
        tokens[owner].hidden = tokens[index + 1].hidden = False
    return owner


def _block(tokens: Sequence[Token], owner: int, inlines: tuple[int, ...], seen: dict[str, int]) -> Block:
    cells = [_plain(tokens[i].children or []) for i in inlines]
    text = CELL_GAP.join(cells) if any(cells) else ""
    heading = tokens[owner].type == "heading_open"
    digest = hashlib.blake2b((same_words(text) or text).encode(), digest_size=3).hexdigest()
    identity = f"{'h' if heading else 'p'}-{digest}"
    seen[identity] = nth = seen.get(identity, 0) + 1
    identity = identity if nth == 1 else f"{identity}-{nth}"
    if text:
        tokens[owner].attrSet("id", identity)
    return Block(identity, text, heading, inlines)


def _lower_headings(tokens: Sequence[Token]) -> None:
    """Shift all headings down together, so that the highest is an h2 and none skips over it."""
    levels = [int(t.tag[1]) for t in tokens if t.type == "heading_open"]
    shift = _TOP_HEADING - min(levels, default=_TOP_HEADING)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + shift)}"


def _safe_children(children: Sequence[Token], *, own_links: bool) -> list[Token]:
    """Inline tokens with safe links only; an image is replaced by its alternative text."""
    kept: list[Token] = []
    open_links: list[bool] = []
    for token in children:
        if token.type == "image":
            alt = token.copy()
            alt.type, alt.tag, alt.attrs, alt.children, alt.content = "text", "", {}, None, _alternative(token)
            kept.append(alt)
        elif token.type == "link_open":
            href = _href(str(token.attrGet("href") or ""), own_links=own_links)
            open_links.append(href is not None)
            if href is not None:
                token.attrs = {"href": href} if href[0] in "/#" else {"href": href, "rel": "noopener nofollow"}
                kept.append(token)
        elif token.type == "link_close":
            if open_links.pop():
                kept.append(token)
        else:
            kept.append(token)
    return kept


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


def _length(token: Token) -> int:
    return 1 if token.type in {"softbreak", "hardbreak"} else len(token.content)


def _plain(children: Sequence[Token]) -> str:
    return "".join(" " if t.type in {"softbreak", "hardbreak"} else t.content for t in children)


def paragraphs(document: Document) -> list[str]:
    """The text of each block that is no heading: what tags and summaries are made of."""
    return [block.text for block in document.blocks if not block.heading]


def plain_text(document: Document) -> str:
    """The words of a document, a block a line, code included."""
    lines: list[str] = []
    for token in document.tokens:
        if token.type == "inline":
            lines.append(_plain(token.children or []))
        elif token.type in {"fence", "code_block", "html_block"}:
            lines.append(token.content.strip())
    return "\n".join(line for line in lines if line)


def own_links(document: Document) -> list[str]:
    """The links of a document to pages of the site itself, as written (`/companies/x/#part`)."""
    children = [child for token in document.tokens for child in token.children or []]
    targets = [str(child.attrGet("href") or "") for child in children if child.type == "link_open"]
    return list(dict.fromkeys(target for target in targets if target.startswith("/")))


def html(
    document: Document,
    markdown: MarkdownIt,
    anchors: Mapping[str, Sequence[Anchor]] | None = None,
    own: Callable[[str], str] = str,
) -> Markup:
    """The document as HTML. `anchors` are laid over the text of blocks, by block id; `own` turns every
    link to a page of the site, anchors included, into one that works where this page stands."""
    tokens = list(document.tokens)
    for block in document.blocks:
        wanted = (anchors or {}).get(block.id)
        if wanted:
            _lay(tokens, block, wanted)
    for index, token in enumerate(tokens):
        if token.children and any(str(c.attrGet("href") or "").startswith("/") for c in token.children):
            tokens[index] = token.copy(children=[_owned(child, own) for child in token.children])
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S704  markdown-it escapes all text; html is off


def _owned(token: Token, own: Callable[[str], str]) -> Token:
    href = str(token.attrGet("href") or "")
    return token.copy(attrs={**token.attrs, "href": own(href)}) if href.startswith("/") else token


def can_anchor(document: Document, block: Block, start: int, end: int) -> bool:
    """Whether `text[start:end]` of a block can be made a link: plain words, not in a link already."""
    return any(low <= start and end <= high for _, _, low, high in _plain_runs(document.tokens, block))


def _plain_runs(tokens: Sequence[Token], block: Block) -> Iterator[tuple[int, int, int, int]]:
    """The runs of a block's text that are plain words outside of links: index of the inline token, index
    of its child, and where the run begins and ends in the text."""
    offset = 0
    for index in block.inlines:
        depth = 0
        for at, child in enumerate(tokens[index].children or []):
            depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            end = offset + _length(child)
            if child.type == "text" and not depth:
                yield index, at, offset, end
            offset = end
        offset += len(CELL_GAP)


def _lay(tokens: list[Token], block: Block, anchors: Sequence[Anchor]) -> None:
    """Put anchors into a block's inline tokens. One that would cross markup or a link is left out."""
    split: dict[int, dict[int, list[Token]]] = {}
    for index, at, start, end in _plain_runs(tokens, block):
        here = [anchor for anchor in anchors if start <= anchor.start and anchor.end <= end]
        child = (tokens[index].children or [])[at]
        if here:
            split.setdefault(index, {})[at] = _split(child, start, here)
    for index, changed in split.items():
        children = tokens[index].children or []
        laid = [token for at, child in enumerate(children) for token in changed.get(at, [child])]
        tokens[index] = tokens[index].copy(children=laid)


def _split(token: Token, offset: int, anchors: Sequence[Anchor]) -> list[Token]:
    pieces: list[Token] = []
    at = 0
    for anchor in sorted(anchors):
        start, end = anchor.start - offset, anchor.end - offset
        opening = token.copy(type="link_open", tag="a", nesting=1, content="", attrs={"href": anchor.href})
        closing = token.copy(type="link_close", tag="a", nesting=-1, content="", attrs={})
        pieces += [
            token.copy(content=token.content[at:start]),
            opening,
            token.copy(content=token.content[start:end]),
            closing,
        ]
        at = end
    return [*pieces, token.copy(content=token.content[at:])]
