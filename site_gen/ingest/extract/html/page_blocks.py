"""A page's text as blocks, in the order of the page: each with what surrounds it, by which it is judged
(`worth`), and as the Markdown that it becomes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin, urlsplit

from lxml.etree import iterwalk

from site_gen.ingest.extract.html.tree_cleanup import BLANK, REPEATED
from site_gen.ingest.extract.tidy_markdown import escape_inline, escape_start

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

_BREAKING = frozenset(
    """address article aside blockquote body br button caption center dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hr label legend li main nav ol option p pre section summary table tbody
    td tfoot th thead tr ul""".split()  # noqa: SIM905  names of elements are read as a text
)
_SILENT = frozenset(
    "script style svg template noscript select textarea iframe object audio video canvas head title nav footer".split()  # noqa: SIM905
)
# What an element's tag, role, name or style says of all that stands in it.
_BY_TAG = {
    "header": "header", "aside": "aside", "form": "form", "article": "article",
    "main": "main", "table": "table", "ul": "list", "ol": "list", "dl": "list", "button": "button", "label": "button",
    "figure": "figure", "dialog": "dialog", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading",
    "h5": "heading", "h6": "heading",
}  # fmt: skip
_BY_ROLE = {
    "navigation": "nav", "banner": "header", "contentinfo": "footer", "complementary": "aside", "main": "main",
    "article": "article", "search": "form", "dialog": "dialog",
}  # fmt: skip
_BY_NAME = {
    "frame": re.compile(
        r"(?<![a-z])(?:nav|menu|foot|side-?bar|aside|breadcrumb|crumbs?|shar(?:e|ing)|social|related|recommend|promo|advert"
        r"|ads?|sponsor|cookie|consent|gdpr|banner|pop-?up|modal|overlay|newsletter|subscri|sign-?up|login|search|filter"
        r"|facet|sort|pagination|pager|toolbar|skip|tags?|widget|rail|disclaimer|legal|copyright|toc|carousel|slider)",
        re.IGNORECASE,
    ),
    "answers": re.compile(r"comment|respond|repl(?:y|ies)|discuss", re.IGNORECASE),
    "content": re.compile(
        r"article|content|post|entry|story|main|body|text|descri|detail|product|topic|thread|message|answer|question",
        re.IGNORECASE,
    ),
    "card": re.compile(r"card|item|tile|teaser|grid|list|result|row|col", re.IGNORECASE),
    "facts": re.compile(r"byline|author|date|time|meta|caption|credit|info", re.IGNORECASE),
    "folded": re.compile(r"hidden|sr-only|visually|screen-reader|collapse|d-none|hide", re.IGNORECASE),
}
_UNSEEN = re.compile(r"display:\s*none|visibility:\s*hidden", re.IGNORECASE)
_MARK = "\ue0f0"  # private use: begins a piece that says how the text behind it looks
_STRONG, _OBLIQUE = frozenset({"b", "strong"}), frozenset({"i", "em", "cite"})
_LONGEST_CELL = 300  # characters; a table of longer ones lays out a page
_KNOWN = 4000  # names of classes that are remembered
Places = frozenset[str]


@dataclass(slots=True)
class Container:
    """What stands in an element, in characters: all of it, in links, in long paragraphs, and what was found."""

    size: int = 0
    linked: int = 0
    prose: int = 0
    found: int = 0


@dataclass(slots=True)
class Block:
    """Text between two ends of elements that begin a line. `linked`: characters of it in links; `places` are what
    it stands in, `around` the containers from its element's parent outwards; `row`, `item` and `table` number the
    nearest of these that it stands in (0: none), `lists` counts those around it.
    """

    text: str
    linked: int
    tag: str
    places: Places
    around: tuple[Container, ...]
    depth: int
    row: int
    item: int
    table: int
    lists: int
    ordered: bool
    pieces: list[str]


@dataclass(slots=True)
class _Open:
    """An element that is not closed yet."""

    tag: str
    places: Places
    around: tuple[Container, ...]
    row: int
    item: int
    table: int
    lists: int
    ordered: bool


class _Reader:
    """Reads a tree into its blocks, once."""

    def __init__(self) -> None:
        self.found: list[Block] = []
        self.open: list[_Open] = []
        self.pieces: list[str] = []
        self.linked = 0
        self.links = 0
        self.count = 0

    def end_block(self) -> None:
        pieces, linked = self.pieces, self.linked
        if not pieces:
            return
        self.pieces, self.linked = [], 0
        text = " ".join("".join([piece for piece in pieces if piece[:1] != _MARK]).split())
        text = text.replace(BLANK, "").replace(REPEATED, "")
        if not text:
            return
        at = self.open[-1]
        self.found.append(
            Block(
                text, min(linked, len(text)), at.tag, at.places, at.around[1:], len(self.open), at.row, at.item,
                at.table, at.lists, at.ordered, pieces,
            )
        )  # fmt: skip

    def say(self, text: str | None) -> None:
        if text:
            self.pieces.append(text)
            if self.links:
                self.linked += len(text.strip())

    def begin(self, tag: str, element: HtmlElement) -> None:
        own = _own_places(tag, element)
        up = self.open[-1] if self.open else _Open("", frozenset(), (), 0, 0, 0, 0, False)
        self.count += 1
        self.open.append(
            _Open(
                tag,
                up.places | own if own else up.places,
                (Container(), *up.around[:4]),
                self.count if tag == "tr" else up.row,
                self.count if tag in {"li", "dd", "dt"} else up.item,
                self.count if tag == "table" else up.table,
                up.lists + (tag in {"ul", "ol"}),
                tag == "ol" or (up.ordered and tag != "ul"),
            )
        )


def read(tree: HtmlElement) -> list[Block]:
    """The blocks of a page whose tree is prepared (`prune.prepare`), but for its menus and footers; the tree is
    not changed."""
    body = tree.find(".//body")
    reader = _Reader()
    walk = iterwalk(tree if body is None else body, events=("start", "end"))
    for event, node in walk:
        element = cast("HtmlElement", node)
        tag = element.tag
        if event == "start":
            if tag in _SILENT:
                walk.skip_subtree()  # its end comes next
            elif isinstance(tag, str):
                _start(reader, tag, element)
                reader.say(element.text)
            continue
        if tag in _SILENT:
            if tag in _BREAKING:
                reader.end_block()
        elif isinstance(tag, str):
            _end(reader, tag)
        if reader.open:
            reader.say(element.tail)
    return reader.found


def _start(reader: _Reader, tag: str, element: HtmlElement) -> None:
    if tag in _BREAKING or not reader.open:
        reader.end_block()
        if tag != "br":
            reader.begin(tag, element)
    elif tag == "a":
        reader.links += 1
        reader.pieces.append(f"{_MARK}[{element.get('href') or ''}")
    elif tag in _STRONG or tag in _OBLIQUE or tag == "code":
        reader.pieces.append(_MARK + _SIGN[tag])


_SIGN = dict.fromkeys(_STRONG, "**") | dict.fromkeys(_OBLIQUE, "*") | {"code": "`"}


def _end(reader: _Reader, tag: str) -> None:
    if tag in _BREAKING or (len(reader.open) == 1 and tag == reader.open[0].tag):
        if tag != "br":
            reader.end_block()
            reader.open.pop()
    elif tag == "a":
        reader.links -= 1
        reader.pieces.append(f"{_MARK}]")
    elif tag in _SIGN:
        reader.pieces.append(f"{_MARK}/")


_named: dict[str, Places] = {}


def _own_places(tag: str, element: HtmlElement) -> Places:
    own = _names(f"{element.get('class') or ''} {element.get('id') or ''}")
    by_tag, by_role = _BY_TAG.get(tag), _BY_ROLE.get(element.get("role") or "")
    style = element.get("style")
    unseen = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    if by_tag or by_role or unseen or style:
        more = {place for place in (by_tag, by_role) if place}
        if unseen or (style and _UNSEEN.search(style)):
            more.add("unseen")
        return own | more
    return own


def _names(name: str) -> Places:
    """What a class and id say. Pages repeat the same ones hundreds of times: each is looked at once."""
    places = _named.get(name)
    if places is None:
        if len(_named) >= _KNOWN:
            _named.clear()
        places = _named[name] = frozenset(place for place, pattern in _BY_NAME.items() if pattern.search(name))
    return places


# -- as Markdown ----------------------------------------------------------------------------------------


def markdown(blocks: Iterable[Block], address: str | None) -> str:
    """Blocks as Markdown. `address`: the page's, by which links are completed."""
    out: list[str] = []
    for table, group in groupby(blocks, key=lambda block: block.table):
        some = list(group)
        rows = [list(row) for _, row in groupby(some, key=lambda block: block.row)]
        if table and len(rows) > 1 and all(len(block.text) <= _LONGEST_CELL for block in some):
            out.append(_table(rows, address))
        else:
            out += _flow(some, address)
    return "\n\n".join(out)


def _flow(blocks: Sequence[Block], address: str | None) -> Iterator[str]:
    items: list[str] = []
    item = 0
    for block in blocks:
        text = _inline(block.pieces, address)
        listed = block.item and block.lists and block.tag[0] != "h"
        if not listed and items:
            yield "\n".join(items)
            items, item = [], 0
        if listed:
            indent = "   " * (block.lists - 1)
            sign = "1. " if block.ordered else "- "
            items.append(f"{indent}{sign if block.item != item else '   '}{text}")
            item = block.item
        elif block.tag == "pre":
            code = "".join(piece for piece in block.pieces if piece[:1] != _MARK).replace(BLANK, "").strip("\n")
            yield f"```\n{code}\n```"
        elif block.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            yield f"{'#' * int(block.tag[1])} {text}"
        elif block.tag == "blockquote":
            yield f"> {escape_start(text)}"
        else:
            yield escape_start(text)
    if items:
        yield "\n".join(items)


def _table(rows: list[list[Block]], address: str | None) -> str:
    cells = [[_inline(block.pieces, address).replace("|", "\\|") for block in row] for row in rows]
    width = max(map(len, cells))
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in cells]
    return "\n".join([lines[0], f"|{'---|' * width}", *lines[1:]])


def _inline(pieces: list[str], address: str | None) -> str:
    """One line of Markdown; signs that nothing closes are left out."""
    levels: list[tuple[str, list[str]]] = [("", [])]
    for piece in pieces:
        if piece[:1] != _MARK:
            levels[-1][1].append(escape_inline(piece.replace(BLANK, "").replace(REPEATED, "")))
        elif piece[1] in "[*`":
            levels.append((piece[1:], []))
        elif len(levels) > 1 and (piece[1] == "]") == (levels[-1][0][0] == "["):
            sign, inner = levels.pop()
            levels[-1][1].append(_wrapped(sign, "".join(inner), address))
    return " ".join("".join("".join(inner) for _, inner in levels).split())


def _wrapped(sign: str, text: str, address: str | None) -> str:
    bare = text.strip()
    if not bare or "\n\n" in bare:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if sign[0] == "[":
        href = _address(sign[1:], address)
        return f"{before}[{bare}]({href}){after}" if href else text
    if sign == "`":
        return text
    return f"{before}{sign}{bare}{sign}{after}" if before or after or sign == "**" else text


def _address(href: str, base: str | None) -> str | None:
    try:
        joined = urljoin(base or "", href.strip())
        scheme = urlsplit(joined).scheme
    except ValueError:
        return None
    if scheme not in {"http", "https", "mailto"}:
        return None
    return "".join(f"%{ord(sign):02X}" if sign in " ()<>\n\t\\" else sign for sign in joined)
