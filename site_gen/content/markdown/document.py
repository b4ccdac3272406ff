"""Markdown documents: blocks with permanent ids, and HTML that can hold no script. Pure.

`parse` makes a document, `html` its HTML, with links laid over its words. A document is plain data, and can be packed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup
from msgspec import Struct

from site_gen.content.markdown import commonmark, fast_commonmark
from site_gen.content.markdown.spans import (
    BLOCK,
    CELL,
    CODE,
    FIXED,
    MARKUP,
    OWN_LINK,
    TEXT_BY_KIND,
    WORDS,
    block_id,
    escape_html,
    join_parts,
)
from site_gen.content.markdown.vault_syntax import may_have_vault_syntax
from site_gen.core.packing import unpacker
from site_gen.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from markdown_it import MarkdownIt

    from site_gen.content.markdown.vault_syntax import PageOf

# What markdown-it reads in about a second; of each sign it may take 40 µs.
_MAX_BRACKETS = 20_000
_MAX_OTHER_MARKS = 100_000
_MAX_LINES = 40_000  # that are not blank
_MAX_CELLS = 200_000  # of tables: those of the widest row, in each
_UNESCAPED = frozenset({WORDS, FIXED, CODE})
_ONE_RUN = (BLOCK + WORDS, BLOCK + WORDS + MARKUP)  # the kinds of a block whose text is one run of words
_ID = re.compile(r' id="[^"]*"')
_BLOCK_KINDS = re.compile(f"{BLOCK}[^{BLOCK}]*")
# A paragraph of one line that is its own words: it begins with a letter, and holds no sign that may be markup.
_PLAIN_PARAGRAPH = re.compile(r"[^\W\d_][^\\`<|~&*_\[\]\n\t\r\0]*(?<!\s)")


class TextBlock(NamedTuple):
    """A paragraph, list item, heading or table row."""

    id: str  # its id on the page, see `spans.block_id`
    text: str  # its words, without markup
    heading: bool  # it is a heading; one that begins a list item is the item's text
    begin: int  # index of the document's piece that opens it


class Document(Struct, frozen=True, dict=True):
    """A parsed text: its HTML in pieces. One that shows nothing has none."""

    pieces: tuple[str, ...]  # see `spans.Pieces`
    kinds: str  # see `spans.Pieces`

    @cached_property  # a page that is drawn again, of a document that was kept, needs no blocks
    def blocks(self) -> tuple[TextBlock, ...]:
        """Blocks in the order of the page."""
        return tuple(_blocks(self.pieces, self.kinds))


unpack_document = unpacker(Document)


class Anchor(NamedTuple):
    """A link to lay over a part of a block's text."""

    start: int  # offset of the part in the text
    end: int  # offset after it
    href: str  # the page of the site that it leads to, `/companies/x/`, or any other target


def parse(text: str, markdown: MarkdownIt, *, own_links: bool = False, page_of: PageOf | None = None) -> Document:
    """Return the document of a Markdown text. markdown: see `commonmark.make_parser`.

    own_links: keep links to the site's own pages (`/companies/x/`, `#part`): in what the site's owner
    wrote, not in what was saved from elsewhere.
    page_of: gives the page that a link to a note, `[[its name]]`, leads to, whoever wrote it; None where it is words.
    """
    # Names are looked for in NFC; macOS and PDF readers write accents apart from their letters.
    normal = unicodedata.normalize("NFC", text)
    pieces = fast_commonmark.parse(normal)
    if pieces is None and exceeds_limits(normal):
        return _plain_document(normal)
    if pieces is None:
        pieces = commonmark.parse(normal, markdown, own_links=own_links, page_of=page_of)
    return Document(*pieces)


def exceeds_limits(text: str) -> bool:
    """Tell whether a text has more markup than a build can wait for; it is shown as plain text."""
    if text.count("[") > _MAX_BRACKETS or sum(map(text.count, "*_~")) > _MAX_OTHER_MARKS:
        return True
    lines, cells = 0, 0
    for block in text.split("\n\n"):
        block_lines = block.count("\n") + 1
        lines += block_lines
        if "|" in block:  # Markdown makes all rows of a table as long as its head
            cells += block_lines * max(line.count("|") for line in block.split("\n"))
    return lines > _MAX_LINES or cells > _MAX_CELLS


def _plain_document(text: str) -> Document:
    """Return a text as paragraphs of its words and signs."""
    seen: dict[str, int] = {}
    paragraphs = (one_line(block) for block in text.split("\n\n"))
    return Document(
        *join_parts(
            part
            for words in paragraphs
            if words
            for part in (
                (BLOCK, f'<p id="{block_id(words, seen, heading=False)}">'),
                (WORDS, words),
                (MARKUP, "</p>\n"),
            )
        )
    )


def _blocks(pieces: Sequence[str], kinds: str) -> Iterator[TextBlock]:
    for match in _BLOCK_KINDS.finditer(kinds):
        begin, end = match.span()
        identity = _block_id(pieces[begin])
        if match[0] in _ONE_RUN:
            text = pieces[begin + 1]
        else:
            text = "".join(
                [TEXT_BY_KIND.get(kind, piece) for kind, piece in zip(match[0], pieces[begin:end], strict=True)]
            )
        yield TextBlock(identity, text, identity[0] == "h" and "<li" not in pieces[begin], begin)


def _block_id(opening: str) -> str:
    """Return the id of a block, given the piece that opens it."""
    return opening.rpartition(' id="')[2].partition('"')[0]


def paragraph_texts(document: Document) -> list[str]:
    """Return the text of each block that is no heading: what tags and summaries are made of."""
    return [block.text for block in document.blocks if not block.heading]


def plain_text(document: Document) -> str:
    """Return the words of a document, each block or cell on a line of its own, code included."""
    lines: list[list[str]] = [[]]
    for piece, kind in zip(document.pieces, document.kinds, strict=True):
        if kind in {BLOCK, CELL}:
            lines.append([])
        elif kind == CODE:
            lines += [[piece.strip()], []]
        else:
            lines[-1].append(TEXT_BY_KIND.get(kind, piece))
    return "\n".join(line for line in map("".join, lines) if line)


def plain_words(text: str, markdown: MarkdownIt) -> str:
    """Return what `plain_text(parse(text))` returns, sooner.

    It makes no ids and no HTML, and what is no ordinary Markdown makes only its own block be parsed.
    """
    normal = unicodedata.normalize("NFC", text)
    # A definition changes what links are (CommonMark 4.7), a comment may be of many blocks.
    if "]:" in normal or "\r" in normal or may_have_vault_syntax(normal) or exceeds_limits(normal):
        return plain_text(parse(normal, markdown))
    blocks = (
        block if _PLAIN_PARAGRAPH.fullmatch(block) else plain_text(parse(block, markdown))
        for block in _independent_runs(normal)
    )
    return "\n".join(words for words in blocks if words)


def _independent_runs(text: str) -> Iterator[str]:
    """Yield the runs of a text that are parted by blank lines and mean the same alone.

    What is indented may belong to the item or the code above it, and fenced code ends at its fence.
    """
    run: list[str] = []
    is_fenced = False
    for chunk in text.split("\n\n"):
        if run and not is_fenced and chunk.lstrip("\n")[:1] not in {" ", "\t", ""}:
            yield "\n\n".join(run)
            run = []
        if chunk or run:
            run.append(chunk)
        is_fenced = is_fenced or "```" in chunk or "~~~" in chunk
    if run:
        yield "\n\n".join(run)


def own_links(document: Document) -> list[str]:
    """Return the links of a document to pages of the site itself, as written (`/companies/x/#part`), each once."""
    pairs = zip(document.pieces, document.kinds, strict=True)
    return list(dict.fromkeys(piece for piece, kind in pairs if kind == OWN_LINK))


def own_link_spans(document: Document) -> Iterator[tuple[int, int, int, str]]:
    """Yield each link to a page of the site itself that stands in a block.

    It is the number of the block, where its words begin and end in the block's text, and its target.
    """
    number, at, start, target = -1, 0, 0, ""
    for piece, kind in zip(document.pieces, document.kinds, strict=True):
        if target and kind in {MARKUP, BLOCK} and "</a>" in piece:
            yield number, start, at, target
            target = ""
        if kind == BLOCK:
            number, at = number + 1, 0
        elif kind == OWN_LINK:
            start, target = at, piece if number >= 0 else ""
        at += len(TEXT_BY_KIND.get(kind, piece))


def html(
    document: Document,
    anchors: Mapping[str, Sequence[Anchor]] | None = None,
    resolve_own_link: Callable[[str], str] = str,
    former_ids: Mapping[str, Sequence[str]] | None = None,
) -> Markup:
    """Return the document as HTML.

    anchors: links to lay over the text of blocks, by block id. One that would cross markup or a link is left out.
    resolve_own_link: turns every link to a page of the site, anchors included, into one that works where this page
    stands. former_ids: ids that blocks had, by their ids now: links to them lead to the same places.
    """
    pairs = zip(document.pieces, document.kinds, strict=True)
    parts = [escape_html(piece) if kind in _UNESCAPED else piece for piece, kind in pairs]
    if OWN_LINK in document.kinds:
        for index, kind in enumerate(document.kinds):
            if kind == OWN_LINK:
                parts[index] = escape_html(resolve_own_link(parts[index]))
    if anchors:
        for begin in (index for index, kind in enumerate(document.kinds) if kind == BLOCK):
            wanted = anchors.get(_block_id(document.pieces[begin]), ())
            for index, start, end in _word_runs(document, begin) if wanted else ():
                inside = [anchor for anchor in wanted if start <= anchor.start and anchor.end <= end]
                if inside:
                    parts[index] = _lay_anchors(document.pieces[index], start, inside, resolve_own_link)
    if former_ids:
        for begin in (index for index, kind in enumerate(document.kinds) if kind == BLOCK):
            if ids := former_ids.get(_block_id(document.pieces[begin])):
                parts[begin] += "".join(f'<span id="{escape_html(identity)}"></span>' for identity in ids)
    return Markup("".join(parts))  # noqa: S704  all text is escaped; Markdown's raw HTML is off


def without_ids(document: Document) -> Document:
    """Return the document without ids of blocks, for what stands on every page: no id may be there twice."""
    pairs = zip(document.pieces, document.kinds, strict=True)
    pieces = tuple(_ID.sub("", piece) if kind == BLOCK else piece for piece, kind in pairs)
    return Document(pieces, document.kinds.replace(BLOCK, MARKUP))


def can_link(document: Document, block: TextBlock, start: int, end: int) -> bool:
    """Return whether `text[start:end]` of a block can be made a link: plain words, not in a link already."""
    return any(low <= start and end <= high for _, low, high in _word_runs(document, block.begin))


def _word_runs(document: Document, opening: int) -> Iterator[tuple[int, int, int]]:
    """Yield the runs of a block's text that are plain words outside of links.

    Each is the index of its piece, and the offsets where it begins and ends in the block's text.
    opening: index of the piece that opens the block.
    """
    begin = 0
    for index in range(opening + 1, len(document.pieces)):
        kind = document.kinds[index]
        if kind == BLOCK:
            return
        if kind != MARKUP:
            end = begin + len(TEXT_BY_KIND.get(kind, document.pieces[index]))
            if kind == WORDS:
                yield index, begin, end
            begin = end


def _lay_anchors(text: str, offset: int, anchors: Sequence[Anchor], resolve_own_link: Callable[[str], str]) -> str:
    """Return the HTML of a run, which begins at `offset` of its block's text, with anchors in it."""
    parts: list[str] = []
    at = 0
    for anchor in sorted(anchors):
        start, end = anchor.start - offset, anchor.end - offset
        href = resolve_own_link(anchor.href) if anchor.href.startswith("/") else anchor.href
        parts += [escape_html(text[at:start]), f'<a href="{escape_html(href)}">', escape_html(text[start:end]), "</a>"]
        at = end
    return "".join([*parts, escape_html(text[at:])])
