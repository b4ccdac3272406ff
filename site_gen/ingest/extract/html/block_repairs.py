"""Repairs of a page's boxes before its text is looked for: what only looks like a table, a list or a paragraph.

Trafilatura reads elements by their names. So a table that lays out a page becomes boxes, texts that `br` parts become
paragraphs, a heading that unfolds its answer becomes a heading, and quotations and numbers of lists are marked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from lxml.etree import XPath, strip_tags

from site_gen.ingest.extract.html.page_marks import mark_number, mark_quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

_IS_DATA = XPath("boolean(./caption | ./thead | .//th)")
_CELLS = XPath("./tr/td | ./tr/th | ./tbody/tr/td | ./tbody/tr/th | ./thead/tr/th | ./thead/tr/td | ./tfoot/tr/td")
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_MAX_VERSE = 60  # characters; longer lines are broken where the paper ends
_MAX_CELL = 300  # characters; a table of longer cells lays out a page
_TABLE_PARTS = frozenset({"thead", "tbody", "tfoot", "tr", "td", "th"})
_BOXES_OF_PAGES = ("table", "h1", "h2", "article")  # no table of data holds them
_BOX_TAGS = frozenset("div td section article body main blockquote center".split())  # noqa: SIM905  as above
_UNWRAPPED = "x-unwrapped"  # name of elements of which only the text stays
_INLINE = frozenset(
    "a abbr b bdi big cite code em font i img mark q s small span strong sub sup time tt u".split()  # noqa: SIM905  as above
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_UNFOLDS = re.compile(r"accordion|faq|question|collaps|toggle", re.IGNORECASE)
_WIDTH_NAMES = ("-none", "hid", "visible-", "mobile")
_SOME_WIDTHS = re.compile(
    r"(?<![a-z])(?:d-(?:\w\w-)?(?:none|block)|hidden-\w\w|visible-\w\w|\w\w:(?:hidden|block|flex)|hide-for|show-for"
    r"|(?:mobile|desktop|tablet|phone)(?![a-z]))",
    re.IGNORECASE,
)
_MIN_SENTENCE, _ENDS = 30, frozenset('.!?:…”"’)。！？」')
_BESIDE_BOXES = frozenset({"p", "h2", "h3"})
_LONG_QUOTATION = 1000  # characters
_QUOTED_BLOCKS = frozenset("blockquote p div section li h1 h2 h3 h4 h5 h6 footer figcaption dd dt".split())  # noqa: SIM905  as above


def repair_blocks(tree: HtmlElement) -> None:
    """Repair the boxes of a page, in place."""
    _remove_other_widths(tree)
    _unfold_headings(tree)
    _open_figures(tree)
    _write_quotation_marks(tree)
    _part_prose(tree)
    tables = list(tree.iter("table"))
    outer_tables = {next(box.iterancestors("table"), None) for box in tree.iter(*_BOXES_OF_PAGES)}
    layouts = {table for table in tables if table in outer_tables or _is_layout(table)}
    _join_lists_in_cells(tree, layouts)
    for table in tables:
        if table in layouts:
            _unwrap_table(table)
        else:
            _move_captions(table)
    _part_at_breaks(tree)
    _name_paragraphs(tree)


def mark_blocks(tree: HtmlElement) -> None:
    """Mark the quotations of a page, and the numbers of lists that do not begin at one, in place."""
    _mark_numbers(tree)
    _mark_quotations(tree)


def _remove_other_widths(tree: HtmlElement) -> None:
    """Remove a box that says for screens of another width what the box before it says."""
    boxes = tree.iter("p", "div", "h1", "h2")
    for element in [box for box in boxes if _is_for_some_widths(box.get("class") or "")]:
        for first, second in ((element.getprevious(), element), (element, element.getnext())):
            if first is None or second is None or first.get("class") == second.get("class"):
                continue
            words = second.text_content().split()
            if words and second.getparent() is not None and words == first.text_content().split():
                second.drop_tree()
                break


@lru_cache(10_000)
def _is_for_some_widths(class_names: str) -> bool:
    return any(map(class_names.__contains__, _WIDTH_NAMES)) and bool(_SOME_WIDTHS.search(class_names))


def _unfold_headings(tree: HtmlElement) -> None:
    """Keep the text of buttons that are headings: of a question, its answer unfolds below it."""
    for heading in dict.fromkeys(heading for summary in tree.iter("summary") for heading in summary.iter(*_HEADINGS)):
        heading.drop_tag()
    boxes = tree.iter("button", "div", "a")
    for button in [box for box in boxes if box.tag == "button" or box.get("role") == "button"]:
        names = {ancestor.tag for ancestor in button.iterancestors()}
        if names & _HEADINGS or names & {"summary", "dt"}:
            button.drop_tag()
        elif not names & {"nav", "header", "footer", "form"} and _unfolds(button):
            button.tag = "h3"
            button.attrib.clear()


def _unfolds(button: HtmlElement) -> bool:
    """Whether a button unfolds the text below it, and says what it is about."""
    text = button.text_content().strip()
    controls = button.get("aria-controls") or button.get("data-bs-target") or button.get("data-target")
    if not (controls or _UNFOLDS.search(button.get("class") or "")) or len(text.split()) < 3:
        return False
    outer = button if button.getnext() is not None else button.getparent()
    panel = outer.getnext() if outer is not None else None
    return panel is not None and len(panel.text_content().strip()) > len(text)


def _open_figures(tree: HtmlElement) -> None:
    """Make boxes of figures that hold a quotation or a table, and paragraphs of captions and sources in them.

    Of a figure, trafilatura reads only the caption; a `footer` it leaves out.
    """
    for figure in tree.iter("figure"):
        if figure.find(".//blockquote") is not None or figure.find(".//table") is not None:
            figure.tag = "div"
            for caption in figure.iter("figcaption"):
                caption.tag = "p"
    for quotation in tree.iter("blockquote"):
        for source in quotation.iter("footer"):
            source.tag = "p"


def _write_quotation_marks(tree: HtmlElement) -> None:
    """Write the marks that browsers put around `q`."""
    for quotation in tree.iter("q"):
        quotation.text = f"“{quotation.text or ''}"
        quotation.tail = f"”{quotation.tail or ''}"
    strip_tags(tree, "q")


def _part_prose(tree: HtmlElement) -> None:
    """Make paragraphs of the prose in `pre`: of a mail's text as of a poem's verses."""
    for element in list(tree.iter("pre")):
        text = element.text_content().replace("\r", "")
        if not text.strip() or element.find(".//a") is not None:
            continue
        are_verses = max(map(len, text.split("\n"))) <= _MAX_VERSE
        for child in list(element):
            element.remove(child)
        element.tag, element.text = "div", None
        for part in _BLANK_LINES.split(text):
            lines = [line.strip() for line in part.split("\n") if line.strip()]
            for joined in lines if are_verses else [" ".join(lines)]:
                if joined:
                    element.append(_paragraph(element, joined))


def _join_lists_in_cells(tree: HtmlElement, layouts: set[HtmlElement]) -> None:
    """Put the items of a list within a table's cell on one line: a row of Markdown has no other."""
    for element in list(tree.iter("ul", "ol")):
        table = next(element.iterancestors("table"), None)
        if table is None or table in layouts:
            continue
        items = [item for item in element if item.tag == "li"]
        for item in items:
            item.text = f"{'; ' if item is not items[0] else ' '}{(item.text or '').lstrip()}"
            item.tag, item.tail = _UNWRAPPED, None
        element.tag, element.tail = _UNWRAPPED, f" {element.tail or ''}"
    strip_tags(tree, _UNWRAPPED)


def _is_layout(table: HtmlElement) -> bool:
    """Whether a table lays out a page or a mail, rather than holding data."""
    if table.get("role") in {"presentation", "none"}:
        return True
    if _IS_DATA(table):
        return False
    cells = cast("list[HtmlElement]", _CELLS(table))
    if all(cell.getprevious() is None and cell.getnext() is None for cell in cells):
        return True
    return any(len(" ".join(cell.text_content().split())) > _MAX_CELL for cell in cells)


def _unwrap_table(table: HtmlElement) -> None:
    """Make boxes of a table and its own parts."""
    parts = [table]
    for part in parts:  # it grows
        parts += [child for child in part if child.tag in _TABLE_PARTS]
        is_text = part.tag == "td" and all(child.tag in _INLINE for child in part) and part.text_content().strip()
        part.tag = "p" if is_text else "div"
        part.attrib.pop("role", None)


def _move_captions(table: HtmlElement) -> None:
    """Put a table's caption before it, as a paragraph."""
    for caption in [child for child in table if child.tag == "caption"]:
        caption.tag = "p"
        caption.tail = None
        table.addprevious(caption)


def _part_at_breaks(tree: HtmlElement) -> None:
    """Make paragraphs of the texts in a box that empty lines part, or that stand beside paragraphs in a quotation."""
    for box in dict.fromkeys([*_parted_boxes(tree), *_mixed_quotations(tree)]):
        if box.tag not in _BOX_TAGS or next(box.iterancestors("table"), None) is not None:
            continue
        children: list[HtmlElement] = []
        paragraph = _paragraph(box, box.text)
        box.text = None
        breaks = 0
        for child in list(box):
            tail, child.tail = child.tail, None
            box.remove(child)
            if child.tag == "br":
                breaks += 1
                if not (tail or "").strip():
                    continue
                if breaks == 1:
                    child.tail = tail
                    paragraph.append(child)
                else:
                    children.append(paragraph)
                    paragraph = _paragraph(box, tail)
                breaks = 0
                continue
            if child.tag in _INLINE or not isinstance(child.tag, str):
                if breaks > 1:
                    children.append(paragraph)
                    paragraph = _paragraph(box, None)
                elif breaks:
                    paragraph.append(box.makeelement("br"))
                child.tail = tail
                paragraph.append(child)
            else:
                children += [paragraph, child]
                paragraph = _paragraph(box, tail)
            breaks = 0
        box.extend(_filled([*children, paragraph]))


def _name_paragraphs(tree: HtmlElement) -> None:
    """Make paragraphs of boxes that hold a sentence and stand beside paragraphs: of an article, only these are read."""
    for box in [box for box in tree.iter("div") if _is_beside_paragraph(box)]:  # all of them before one is a paragraph
        if all(child.tag in _INLINE for child in box):
            text = box.text_content().strip()
            if len(text) >= _MIN_SENTENCE and text[-1] in _ENDS:
                box.tag = "p"


def _is_beside_paragraph(box: HtmlElement) -> bool:
    neighbours = (box.getprevious(), box.getnext())  # not by XPath, which reads all siblings for each of them
    return any(neighbour is not None and neighbour.tag in _BESIDE_BOXES for neighbour in neighbours)


def _parted_boxes(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements in which a `br` follows another."""
    for line_break in tree.iter("br"):
        following, parent = line_break.getnext(), line_break.getparent()
        is_alone = not (line_break.tail or "").strip()
        if is_alone and following is not None and following.tag == "br" and parent is not None:
            yield parent


def _mixed_quotations(tree: HtmlElement) -> list[HtmlElement]:
    """Return the quotations that hold text beside paragraphs or other quotations, and those within others."""
    return [
        quotation
        for quotation in tree.iter("blockquote")
        if quotation.find("p") is not None
        or quotation.find("blockquote") is not None
        or next(quotation.iterancestors("blockquote"), None) is not None
    ]


def _paragraph(box: HtmlElement, text: str | None) -> HtmlElement:
    paragraph = box.makeelement("p")
    paragraph.text = text
    return paragraph


def _filled(elements: Iterable[HtmlElement]) -> list[HtmlElement]:
    return [element for element in elements if len(element) or element.tag != "p" or (element.text or "").strip()]


def _mark_numbers(tree: HtmlElement) -> None:
    """Mark the items of numbered lists that begin or go on at another number than one."""
    for element in tree.iter("ol"):
        number = _number_of(element.get("start")) or 1
        for place, item in enumerate((child for child in element if child.tag == "li"), 1):
            number = _number_of(item.get("value")) or number
            if number != place:
                target = item
                while not (target.text or "").strip() and len(target) and target[0].tag in {"p", "div", "span"}:
                    target = target[0]
                target.text = mark_number(number) + (target.text or "").lstrip()
            number += 1


def _number_of(attribute: str | None) -> int | None:
    """Return the number that an attribute gives, if it is one that a list can have."""
    return (
        int(attribute) if attribute and attribute.isascii() and attribute.isdecimal() and len(attribute) < 7 else None
    )


def _mark_quotations(tree: HtmlElement) -> None:
    """Mark each line of a quotation, unless it holds most of the page: then it only indents it."""
    quotations = list(tree.iter("blockquote"))
    if not quotations:
        return
    page_length = len(tree.text_content())
    for quotation in quotations:
        if any(outer.tag == "blockquote" for outer in quotation.iterancestors()):
            continue
        length = len(quotation.text_content())
        if length > _LONG_QUOTATION and length > page_length // 2:
            continue
        is_new = True
        for element in list(quotation.iter(*_QUOTED_BLOCKS, "br")):
            level = sum(outer.tag == "blockquote" for outer in element.iterancestors()) + (element.tag == "blockquote")
            if element.tag != "br" and _begins_line(element):
                element.text = mark_quote(level, is_new=is_new) + (element.text or "").lstrip()
                is_new = False
            if element is not quotation and (element.tail or "").strip():
                level -= element.tag == "blockquote"
                element.tail = mark_quote(level, is_new=is_new) + (element.tail or "").lstrip()
                is_new = False


def _begins_line(element: HtmlElement) -> bool:
    """Whether the first words in an element stand in no block within it."""
    if (element.text or "").strip():
        return True
    first = next((child for child in element if isinstance(child.tag, str)), None)
    return first is not None and first.tag in _INLINE and bool(first.text_content().strip())
