"""The blocks of a page, in its order: stretches of text between two ends of elements that begin a line.

Each block has what surrounds it, by which `block_classifier` judges it, and its inline markup, of which
`block_markdown` makes Markdown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from lxml.etree import iterwalk
from msgspec import Struct

from site_gen.ingest.extract.html.page_marks import is_code_block, strip_marks

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Elements that begin a line.
_BLOCK_TAGS = frozenset(
    """address article aside blockquote body br button caption center dd details dialog div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header hr label legend li main nav ol option p pre section summary table tbody
    td tfoot th thead tr ul""".split()  # noqa: SIM905  names of elements are read as a text
)
_SILENT_TAGS = frozenset(
    """script style svg template noscript select textarea iframe object audio video canvas head title nav footer
    rt rp""".split()  # noqa: SIM905
)
# The place that an element's tag, role, class or id makes of all that stands in it.
_PLACE_BY_TAG = {
    "header": "header", "aside": "aside", "form": "form", "article": "article", "main": "main", "ul": "list",
    "ol": "list", "dl": "list", "button": "button", "label": "button", "dialog": "dialog",
}  # fmt: skip
_PLACE_BY_ROLE = {
    "navigation": "frame", "banner": "header", "contentinfo": "frame", "complementary": "aside", "main": "main",
    "article": "article", "search": "form", "dialog": "dialog",
}  # fmt: skip
# By the last word of an `itemtype` of schema.org.
_PLACE_BY_ITEM = {
    "Comment": "answers", "Answer": "answers", "DiscussionForumPosting": "answers", "Review": "review",
    "BreadcrumbList": "frame", "SiteNavigationElement": "frame",
}  # fmt: skip
_PLACE_BY_CLASS = {
    "frame": re.compile(
        r"(?<![a-z])(?:nav|menu|foot|side-?bar|aside|breadcrumb|crumbs?|shar(?:e|ing)|social|related|recommend|promo|advert"
        r"|ads?|sponsor|cookie|consent|gdpr|banner|pop-?up|modal|overlay|newsletter|subscri|sign-?up|login|search|filter"
        r"|facet|sort|pagination|pager|toolbar|skip|tags?|widget|rail|disclaimer|legal|copyright|toc|carousel|slider)",
        re.IGNORECASE,
    ),
    "overlay": re.compile(
        r"(?<![a-z])(?:pop-?up|modal|overlay|dialog|drawer|tooltip|cookie|consent|gdpr)", re.IGNORECASE
    ),
    "review": re.compile(r"(?<![a-z])(?:review|rating|testimonial)", re.IGNORECASE),
    "answers": re.compile(r"comment|respond|repl(?:y|ies)|discuss", re.IGNORECASE),
    "content": re.compile(
        r"article|content|post|entry|story|main|body|text|descri|detail|product|topic|thread|message|answer|question",
        re.IGNORECASE,
    ),
    "card": re.compile(r"card|item|tile|teaser|grid|list|result|row|col", re.IGNORECASE),
    "facts": re.compile(r"byline|author|date|time|meta|caption|credit|info", re.IGNORECASE),
    "folded": re.compile(r"hidden|sr-only|visually|screen-reader|collapse|d-none|hide", re.IGNORECASE),
}
_HIDING_STYLE = re.compile(r"display:\s*none|visibility:\s*hidden", re.IGNORECASE)
MARKUP = "\ue0f0"  # private use: begins a piece that opens or closes inline markup
_SIGN_BY_TAG = {"b": "**", "strong": "**", "i": "*", "em": "*", "cite": "*", "code": "`"}
_MAX_CACHED_NAMES = 4000
_MAX_PATH = 3  # elements
_MAX_CONTAINERS = 5  # of an element: its own, and those of the four around it
Places = frozenset[str]


class BlockContainer(Struct):
    """An element that holds blocks, as numbers of characters in them; `block_classifier` fills it."""

    size: int = 0  # all characters
    linked: int = 0  # in links
    prose: int = 0  # in long paragraphs
    extracted: int = 0  # in blocks that trafilatura extracted


class PageBlock(Struct):
    """Text between two ends of elements that begin a line."""

    text: str  # on one line, without markup
    linked: int  # characters of it in links
    tag: str  # of the innermost element that begins a line
    places: Places  # what it stands in: `frame`, `content`, `card`…
    containers: tuple[BlockContainer, ...]  # around its element, from the innermost outwards
    depth: int  # number of elements around it that begin a line
    path: tuple[str, ...]  # tag and class of the innermost elements that begin a line, from its own outwards
    row: int  # number of the table row that it stands in; 0 for none
    item: int  # number of the list item that it stands in; 0 for none
    table: int  # number of the table that it stands in; 0 for none
    list_depth: int  # number of lists around it
    is_ordered: bool  # whether the innermost of these is numbered
    pieces: list[str]  # its texts as they stand in the page, and between them pieces that begin with `MARKUP`:
    # `[` and an address or a sign of Markdown open markup; `]` closes a link, `/` any other


class _OpenElement(Struct):
    """An element that begins a line and is not closed yet. Its fields become those of the blocks in it."""

    tag: str  # name of the element
    places: Places  # what it stands in, and is
    containers: tuple[BlockContainer, ...]  # its own first
    path: tuple[str, ...]  # its own tag and class first
    row: int  # number of the table row that it is or stands in; 0 for none
    item: int  # number of the list item that it is or stands in; 0 for none
    table: int  # number of the table that it is or stands in; 0 for none
    list_depth: int  # number of lists around it, itself included
    is_ordered: bool  # whether the innermost of these is numbered


_OUTSIDE = _OpenElement("", frozenset(), (), (), 0, 0, 0, 0, False)


class _BlockReader:
    """Collects the blocks of one tree from the beginnings, ends and texts of its elements."""

    def __init__(self) -> None:
        self.blocks: list[PageBlock] = []
        self.open_elements: list[_OpenElement] = []
        self.pieces: list[str] = []  # of the block that is read
        self.linked = 0  # characters in links of the block that is read
        self.open_links = 0
        self.element_count = 0  # numbers rows, items and tables

    def begin_element(self, tag: str, element: HtmlElement) -> None:
        if tag in _BLOCK_TAGS or not self.open_elements:
            self.end_block()
            if tag != "br":
                self._open(tag, element)
        elif tag == "a":
            self.open_links += 1
            self.pieces.append(f"{MARKUP}[{element.get('href') or ''}")
        elif tag in _SIGN_BY_TAG:
            self.pieces.append(MARKUP + _SIGN_BY_TAG[tag])

    def end_element(self, tag: str) -> None:
        if tag in _BLOCK_TAGS or (len(self.open_elements) == 1 and tag == self.open_elements[0].tag):
            if tag != "br":
                self.end_block()
                self.open_elements.pop()
        elif tag == "a":
            self.open_links -= 1
            self.pieces.append(f"{MARKUP}]")
        elif tag in _SIGN_BY_TAG:
            self.pieces.append(f"{MARKUP}/")

    def add_text(self, text: str | None) -> None:
        if text:
            self.pieces.append(text)
            if self.open_links:
                self.linked += len(text.strip())

    def end_block(self) -> None:
        pieces, linked = self.pieces, self.linked
        if not pieces:
            return
        self.pieces, self.linked = [], 0
        text = " ".join("".join([piece for piece in pieces if piece[:1] != MARKUP]).split())
        is_code = is_code_block(text)
        text = strip_marks(text)
        if not text.strip():
            return
        inside = self.open_elements[-1]
        self.blocks.append(
            PageBlock(
                text=text,
                linked=min(linked, len(text)),
                tag="pre" if is_code else inside.tag,
                places=inside.places,
                containers=inside.containers[1:],
                depth=len(self.open_elements),
                path=inside.path,
                row=inside.row,
                item=inside.item,
                table=inside.table,
                list_depth=inside.list_depth,
                is_ordered=inside.is_ordered,
                pieces=pieces,
            )
        )

    def _open(self, tag: str, element: HtmlElement) -> None:
        places = _places_of(tag, element)
        parent = self.open_elements[-1] if self.open_elements else _OUTSIDE
        self.element_count += 1
        self.open_elements.append(
            _OpenElement(
                tag=tag,
                places=parent.places | places if places else parent.places,
                containers=(BlockContainer(), *parent.containers[: _MAX_CONTAINERS - 1]),
                path=(f"{tag} {element.get('class') or ''}", *parent.path[: _MAX_PATH - 1]),
                row=self.element_count if tag == "tr" else parent.row,
                item=self.element_count if tag in {"li", "dd", "dt"} else parent.item,
                table=self.element_count if tag == "table" else parent.table,
                list_depth=parent.list_depth + (tag in {"ul", "ol"}),
                is_ordered=tag == "ol" or (parent.is_ordered and tag != "ul"),
            )
        )


def read_blocks(tree: HtmlElement) -> list[PageBlock]:
    """Read the blocks of a page, without its menus and footers.

    The tree must be prepared (`tree_cleanup.prepare_tree`), and is not changed.
    """
    body = tree.find(".//body")
    reader = _BlockReader()
    walk = iterwalk(tree if body is None else body, events=("start", "end"))
    for event, node in walk:
        element = cast("HtmlElement", node)
        tag = element.tag
        if event == "start":
            if tag in _SILENT_TAGS:
                walk.skip_subtree()  # its end comes next
            elif isinstance(tag, str):
                reader.begin_element(tag, element)
                reader.add_text(element.text)
            continue
        if tag in _SILENT_TAGS:
            if tag in _BLOCK_TAGS:
                reader.end_block()
        elif isinstance(tag, str):
            reader.end_element(tag)
        if reader.open_elements:
            reader.add_text(element.tail)
    return reader.blocks


def _places_of(tag: str, element: HtmlElement) -> Places:
    """Return the places that an element makes of what stands in it."""
    by_name = _places_by_name(f"{element.get('class') or ''} {element.get('id') or ''}")
    by_tag, by_role = _PLACE_BY_TAG.get(tag), _PLACE_BY_ROLE.get(element.get("role") or "")
    by_item = _PLACE_BY_ITEM.get((element.get("itemtype") or "").rpartition("/")[2])
    style = element.get("style")
    is_hidden = element.get("hidden") is not None or element.get("aria-hidden") == "true"
    if by_tag or by_role or by_item or is_hidden or style:
        places = {place for place in (by_tag, by_role, by_item) if place}
        if is_hidden or (style and _HIDING_STYLE.search(style)):
            places.add("unseen")
        return by_name | places
    return by_name


_places_cache: dict[str, Places] = {}


def _places_by_name(name: str) -> Places:
    """Return the places that a class and id name. Pages repeat them hundreds of times: each is matched once."""
    places = _places_cache.get(name)
    if places is None:
        if len(_places_cache) >= _MAX_CACHED_NAMES:
            _places_cache.clear()
        places = frozenset(place for place, pattern in _PLACE_BY_CLASS.items() if pattern.search(name))
        _places_cache[name] = places
    return places
