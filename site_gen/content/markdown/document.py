"""Markdown to blocks with permanent ids, and to HTML that can hold no script.

A document is plain data: `to_json` and `from_json` keep it and bring it back.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from site_gen.content.markdown import commonmark, fast_commonmark
from site_gen.content.markdown.commonmark import parser
from site_gen.content.markdown.spans import BLOCK, CELL, CELL_GAP, CODE, FIXED, IN_TEXT, MARKUP, OWN, WORDS, escaped
from site_gen.core.text import compact_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from markdown_it import MarkdownIt

__all__ = [
    "CELL_GAP",
    "Anchor",
    "Block",
    "Document",
    "can_anchor",
    "from_json",
    "html",
    "own_links",
    "paragraphs",
    "parse",
    "parser",
    "plain_text",
    "to_json",
    "words_of",
]

_RAW = frozenset({WORDS, FIXED, CODE})
_PLAIN = (BLOCK + WORDS, BLOCK + WORDS + MARKUP)
_ID = re.compile(r' id="[^"]*"')
_BLOCKS = re.compile(f"{BLOCK}[^{BLOCK}]*")
# A paragraph of one line that is its own words: it begins with a letter, and holds no sign that may be markup.
_BARE = re.compile(r"[^\W\d_][^\\`<|~&*_\[\]\n\t\r\0]*(?<!\s)")


class Block(NamedTuple):
    """A paragraph, list item, heading or table row: its id on the page and its plain text."""

    id: str
    text: str
    heading: bool
    begin: int  # the document's piece that opens it


@dataclass(frozen=True)
class Document:
    """A parsed text: its HTML in pieces, each of a kind (see `pieces`). One that shows nothing has none."""

    pieces: tuple[str, ...]
    kinds: str

    @cached_property  # a page that is drawn again, from what was kept, needs no blocks
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in the order of the page."""
        return tuple(_blocks(self.pieces, self.kinds))


class Anchor(NamedTuple):
    """A link to lay over a block's text: `text[start:end]`, to a page of the site."""

    start: int
    end: int
    href: str


def parse(text: str, markdown: MarkdownIt, *, own_links: bool = False) -> Document:
    """The document of a Markdown text.

    own_links: keep links to the site's own pages (`/companies/x/`, `#part`): in what the site's owner
    wrote, not in what was saved from elsewhere.
    """
    # Names are looked for in NFC; macOS and PDF readers write accents apart from their letters.
    normal = unicodedata.normalize("NFC", text)
    made = fast_commonmark.parse(normal)
    return Document(*(commonmark.parse(normal, markdown, own_links=own_links) if made is None else made))


def _blocks(pieces: Sequence[str], kinds: str) -> Iterator[Block]:
    for match in _BLOCKS.finditer(kinds):
        begin, end = match.span()
        identity = _id(pieces[begin])
        if match[0] in _PLAIN:
            text = pieces[begin + 1]
        else:
            text = "".join([IN_TEXT.get(kind, piece) for kind, piece in zip(match[0], pieces[begin:end], strict=True)])
        yield Block(identity, text, identity[0] == "h", begin)


def _id(opening: str) -> str:
    """The id of a block, of the piece that opens it."""
    return opening.rpartition(' id="')[2].partition('"')[0]


def to_json(document: Document) -> str:
    """A document as JSON, its words once."""
    return compact_json([document.kinds, *document.pieces])


def from_json(text: str) -> Document:
    """The document that `to_json` was given. Raises ValueError for what it cannot have made."""
    match json.loads(text):
        case [str(kinds), *pieces] if len(kinds) == len(pieces):
            return Document(tuple(pieces), kinds)
    raise ValueError("not a document: its kinds do not fit its pieces")


def paragraphs(document: Document) -> list[str]:
    """The text of each block that is no heading: what tags and summaries are made of."""
    return [block.text for block in document.blocks if not block.heading]


def plain_text(document: Document) -> str:
    """The words of a document, a block or a cell a line, code included."""
    lines: list[list[str]] = [[]]
    for piece, kind in zip(document.pieces, document.kinds, strict=True):
        if kind in {BLOCK, CELL}:
            lines.append([])
        elif kind == CODE:
            lines += [[piece.strip()], []]
        else:
            lines[-1].append(IN_TEXT.get(kind, piece))
    return "\n".join(line for line in map("".join, lines) if line)


def words_of(text: str, markdown: MarkdownIt) -> str:
    """What `plain_text(parse(text))` gives, sooner: without ids and HTML, and what is no ordinary Markdown makes only
    its own block be read the long way."""
    normal = unicodedata.normalize("NFC", text)
    if "]:" in normal or "\r" in normal:  # a definition changes what links are (CommonMark 4.7)
        return plain_text(parse(normal, markdown))
    blocks = (block if _BARE.fullmatch(block) else plain_text(parse(block, markdown)) for block in _apart(normal))
    return "\n".join(words for words in blocks if words)


def _apart(text: str) -> Iterator[str]:
    """The runs of a text that blank lines part and that say the same alone: what is indented may belong to the item or
    the code above it, and fenced code ends at its fence."""
    run = ""
    for chunk in text.split("\n\n"):
        goes_on = chunk.lstrip("\n")[:1] in {" ", "\t", ""} or "```" in run or "~~~" in run
        if run and not goes_on:
            yield run
            run = chunk
        else:
            run = f"{run}\n\n{chunk}" if run else chunk
    if run:
        yield run


def own_links(document: Document) -> list[str]:
    """The links of a document to pages of the site itself, as written (`/companies/x/#part`)."""
    pairs = zip(document.pieces, document.kinds, strict=True)
    return list(dict.fromkeys(piece for piece, kind in pairs if kind == OWN))


def html(
    document: Document,
    anchors: Mapping[str, Sequence[Anchor]] | None = None,
    own: Callable[[str], str] = str,
    former: Mapping[str, Sequence[str]] | None = None,
) -> Markup:
    """The document as HTML. `anchors` are laid over the text of blocks, by block id; `own` turns every
    link to a page of the site, anchors included, into one that works where this page stands. `former` are
    ids that blocks had, by their ids now: links to them lead to the same places."""
    pairs = zip(document.pieces, document.kinds, strict=True)
    parts = [escaped(piece) if kind in _RAW else piece for piece, kind in pairs]
    if OWN in document.kinds:
        for index, kind in enumerate(document.kinds):
            if kind == OWN:
                parts[index] = escaped(own(parts[index]))
    if anchors:
        for begin in (index for index, kind in enumerate(document.kinds) if kind == BLOCK):
            wanted = anchors.get(_id(document.pieces[begin]), ())
            for index, start, end in _runs(document, begin) if wanted else ():
                here = [a for a in wanted if start <= a.start and a.end <= end]
                if here:  # an anchor that would cross markup or a link is left out
                    parts[index] = _laid(document.pieces[index], start, here, own)
    if former:
        for begin in (index for index, kind in enumerate(document.kinds) if kind == BLOCK):
            if ids := former.get(_id(document.pieces[begin])):
                parts[begin] += "".join(f'<span id="{escaped(one)}"></span>' for one in ids)
    return Markup("".join(parts))  # noqa: S704  all text is escaped; Markdown's raw HTML is off


def unnamed(document: Document) -> Document:
    """The document without ids of paragraphs, for what stands on every page: none of its own may be there twice."""
    pairs = zip(document.pieces, document.kinds, strict=True)
    pieces = tuple(_ID.sub("", piece) if kind == BLOCK else piece for piece, kind in pairs)
    return Document(pieces, document.kinds.replace(BLOCK, MARKUP))


def can_anchor(document: Document, block: Block, start: int, end: int) -> bool:
    """Whether `text[start:end]` of a block can be made a link: plain words, not in a link already."""
    return any(low <= start and end <= high for _, low, high in _runs(document, block.begin))


def _runs(document: Document, opening: int) -> Iterator[tuple[int, int, int]]:
    """The runs of a block's text that are plain words outside of links: which piece each is, and where
    it begins and ends in the text."""
    begin = 0
    for index in range(opening + 1, len(document.pieces)):
        kind = document.kinds[index]
        if kind == BLOCK:
            return
        if kind != MARKUP:
            end = begin + len(IN_TEXT.get(kind, document.pieces[index]))
            if kind == WORDS:
                yield index, begin, end
            begin = end


def _laid(text: str, offset: int, anchors: Sequence[Anchor], own: Callable[[str], str]) -> str:
    """The HTML of a run, which begins at `offset` of its block's text, with anchors in it."""
    parts: list[str] = []
    at = 0
    for anchor in sorted(anchors):
        start, end = anchor.start - offset, anchor.end - offset
        href = own(anchor.href) if anchor.href.startswith("/") else anchor.href
        parts += [escaped(text[at:start]), f'<a href="{escaped(href)}">', escaped(text[start:end]), "</a>"]
        at = end
    return "".join([*parts, escaped(text[at:])])
