"""What is taken out of a page's tree, or set right in it, before its text is looked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from lxml.etree import SubElement, XPath, strip_tags

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CODE = XPath("//pre[not(.//table or .//div or .//p or ancestor::pre)]")
_CODE_CLASS = re.compile(r"code|highlight|lang|\bsrc\b|prettyprint|brush|syntax", re.IGNORECASE)
_CROWDED = XPath("//*[count(*) > 500]")
BLANK = "\uee00"  # private use: no page means anything by it
_MARKED_BLANK = re.compile(rf"[ ]*{BLANK}[ ]*")
_SILENT = XPath("//body//script[not(contains(@type, 'ld+json'))] | //body//style | //svg | //template | //select")
_NOSCRIPT = XPath("//noscript")


def prepare(tree: HtmlElement) -> None:
    """Set a tree right, in place.

    Scripts and drawings go; what is hidden stays, for much of it is folded up only
    (answers, tabs), and some is shown by a script. Text that stands in `noscript` only is unpacked. `u`, `sup` and
    the like are unwrapped: they have no Markdown. Blanks behind inline elements are marked (`restored`).
    """
    _unpack_noscript(tree)
    _fold_repeats(tree)
    for element in _found(_SILENT, tree):
        _drop(element)
    _flatten_code(tree)
    _keep_blanks(tree)
    strip_tags(tree, "u", "ins", "font", "wbr", "nobr", "sup", "sub")


def _fold_repeats(tree: HtmlElement) -> None:
    """Of a long run of equal siblings one stays: 100,000 equal paragraphs took trafilatura three minutes."""
    for parent in _found(_CROWDED, tree):
        previous: tuple[object, str] | None = None
        for child in list(parent):
            this = (child.tag, child.text_content() if isinstance(child.tag, str) else "")
            if this == previous and this[1] and not (child.tail or "").strip():
                parent.remove(child)
            previous = this


def _keep_blanks(tree: HtmlElement) -> None:
    """Put a mark before the blank that stands behind an inline element: trafilatura loses many of them, so
    that `<b>The silo</b> stays` became `**The silo**stays`."""
    for element in tree.iter("a", "b", "strong", "i", "em", "code", "span", "mark", "cite"):
        tail = element.tail
        if tail and tail[0].isspace() and not tail.isspace():
            element.tail = BLANK + tail


def _flatten_code(tree: HtmlElement) -> None:
    """Code is its text: colours, line numbers' links and the like go, each blank stays."""
    for code in _found(_CODE, tree):
        for line_break in code.iter("br"):
            line_break.tail = "\n" + (line_break.tail or "")
        text = code.text_content()
        marked = code.find(".//code") is not None or _CODE_CLASS.search(code.get("class") or "")
        for child in list(code):
            code.remove(child)
        code.text = None if marked else text
        if marked:
            SubElement(code, "code").text = text


def restored(text: str) -> str:
    """Text with a blank for each mark that `prepare` has put."""
    return _MARKED_BLANK.sub(" ", text) if BLANK in text else text


def _found(path: XPath, tree: HtmlElement) -> list[HtmlElement]:
    return cast("list[HtmlElement]", path(tree))


def _length(element: HtmlElement) -> int:
    return len(re.sub(r"\s+", " ", element.text_content()))


def _drop(element: HtmlElement) -> None:
    """Take an element out, and leave the text behind it."""
    if element.getparent() is not None:
        element.drop_tree()


def _unpack_noscript(tree: HtmlElement) -> None:
    """Where scripts draw the page, its text may stand in `noscript` for those who have none."""
    packed = _found(_NOSCRIPT, tree)
    size = sum(_length(element) for element in packed)
    if size < 500:
        return
    shown = sum(len(text) for text in cast("list[str]", _SHOWN(tree)))
    if size > shown:
        for element in packed:
            element.tag = "div"


_SHOWN = XPath("//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template)]")
