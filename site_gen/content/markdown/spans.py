"""Pieces of a document's HTML: a row of strings, and a letter for each that says of what kind it is. Pure.

Both Markdown parsers make them, `document` keeps them, lays links over them and puts them together.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.text import word_key

if TYPE_CHECKING:
    from collections.abc import Iterable

MARKUP = "m"  # finished HTML
BLOCK = "b"  # finished HTML that opens a block and holds its id, the last one in it
WORDS = "w"  # words, not escaped yet, over which links may be laid
FIXED = "f"  # words in a link or in code, not escaped yet
BREAK = "s"  # finished HTML that ends a line; in a block's text it is a blank
CELL = "c"  # finished HTML that begins a table row's next cell
CODE = "p"  # the lines of a code block, not escaped yet; they belong to no block
OWN_LINK = "o"  # the target of a link to a page of the site itself, as written

CELL_GAP = " · "  # between the cells of a table row, where a row is quoted
# What stands in a block's text for each kind of piece that is no words.
TEXT_BY_KIND = {MARKUP: "", BLOCK: "", BREAK: " ", CELL: CELL_GAP, CODE: "", OWN_LINK: ""}


class Pieces(NamedTuple):
    """A document in pieces: put together, and the words escaped, they are its HTML."""

    pieces: tuple[str, ...]  # in the order of the document, none empty
    kinds: str  # a letter for each: `kinds[i]` is the kind of `pieces[i]`


Part = tuple[str, str]  # a kind and a piece, not put together with its neighbours yet


def join_parts(parts: Iterable[Part]) -> Pieces:
    """Return the pieces of parts, without empty ones.

    Markup becomes one piece up to what follows it, so that every way to write the same HTML gives the same pieces.
    """
    pieces: list[str] = []
    kinds: list[str] = []
    markup: list[str] = []
    opens = MARKUP
    for kind, piece in parts:
        if not piece:
            continue
        if kind == MARKUP:
            markup.append(piece)
        elif kind == BLOCK:
            markup.append(piece)
            opens = BLOCK
        else:
            if markup:
                pieces.append("".join(markup))
                kinds.append(opens)
                markup, opens = [], MARKUP
            pieces.append(piece)
            kinds.append(kind)
    if markup:
        pieces.append("".join(markup))
        kinds.append(opens)
    return Pieces(tuple(pieces), "".join(kinds))


def block_id(text: str, seen: dict[str, int], *, heading: bool) -> str:
    """Return a block's permanent id, made of its words alone: `p-3fa91c`, of a heading `h-3fa91c`, again `p-3fa91c-2`.

    Links to paragraphs hang on it: what it is made of can never change.
    seen: how often each id was given before in the document; it is updated.
    """
    digest = blake2b((word_key(text) or text).encode(), digest_size=3).hexdigest()
    identity = f"h-{digest}" if heading else f"p-{digest}"
    seen[identity] = nth = seen.get(identity, 0) + 1
    return identity if nth == 1 else f"{identity}-{nth}"


def escape_html(text: str) -> str:
    """Return text as it stands in HTML, in an attribute too.

    Apostrophes stay, as CommonMark's own examples have it: `markupsafe` would escape them.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
