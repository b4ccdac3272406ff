"""What a document's HTML is made of: a row of strings, and a letter for each that says what it is."""

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
OWN = "o"  # the target of a link to a page of the site itself, as written

CELL_GAP = " · "  # between the cells of a table row, where a row is quoted
IN_TEXT = {MARKUP: "", BLOCK: "", BREAK: " ", CELL: CELL_GAP, CODE: "", OWN: ""}  # what is no words, in a block's text


class Pieces(NamedTuple):
    """`kinds[i]` is the kind of `pieces[i]`; put together, and the words escaped, they are the HTML."""

    pieces: tuple[str, ...]
    kinds: str


Part = tuple[str, str]  # a kind and a piece, not put together with its neighbours yet


def gathered(parts: Iterable[Part]) -> Pieces:
    """The pieces of parts, without empty ones. Markup becomes one piece up to what follows it, so that
    every way to write the same HTML gives the same pieces."""
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
    """A block's permanent id, made of its words alone; `seen` counts those given before.

    Links to paragraphs hang on it: what it is made of can never change.
    """
    digest = blake2b((word_key(text) or text).encode(), digest_size=3).hexdigest()
    identity = f"h-{digest}" if heading else f"p-{digest}"
    seen[identity] = nth = seen.get(identity, 0) + 1
    return identity if nth == 1 else f"{identity}-{nth}"


def escaped(text: str) -> str:
    """Text as it stands in HTML, in an attribute too; apostrophes stay, as CommonMark's own examples have it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
