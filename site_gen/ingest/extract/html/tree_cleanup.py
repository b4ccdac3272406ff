"""What is taken out of a page's tree, or set right in it, before its text is looked for."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, cast

from lxml.etree import SubElement, XPath, strip_tags

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CODE = XPath("//pre[not(.//table or .//div or .//p or ancestor::pre)]")
_CODE_CLASS = re.compile(r"code|highlight|lang|\bsrc\b|prettyprint|brush|syntax", re.IGNORECASE)
_CROWDED = XPath("//*[count(*) > 500]")
BLANK = "\uee00"  # private use: no page means anything by it
REPEATED = "\uee01"
RULE = "\ua66e" * 3  # a letter that stands in one manuscript: for what trafilatura does not take for a text
_MARKED_BLANK = re.compile(rf"[ ]*{BLANK}[ ]*")
_SILENT = XPath("//body//script[not(contains(@type, 'ld+json'))] | //body//style | //svg | //template | //select")
_NOSCRIPT = XPath("//noscript")
_ALL_OF_IT = 0.9  # of the text
_ARTICLE_BODY = re.compile(r"(?:article|story|entry|post)[-_]{0,2}(?:body|content|text)", re.IGNORECASE)


def prepare(tree: HtmlElement) -> None:
    """Set a tree right, in place.

    Scripts and drawings go; what is hidden stays, for much of it is folded up only
    (answers, tabs), and some is shown by a script. Text that stands in `noscript` only is unpacked. `u`, `sup` and
    the like are unwrapped: they have no Markdown. Blanks behind inline elements are marked (`restored`).
    """
    _unpack_noscript(tree)
    _fold_repeats(tree)
    _write_out_formulas(tree)
    _join_parted(tree)
    for element in _found(_SILENT, tree):
        _drop(element)
    _flatten_code(tree)
    _keep_blanks(tree)
    _keep_repeats(tree)
    _keep_rules(tree)
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


def _keep_repeats(tree: HtmlElement) -> None:
    """Put a mark in a paragraph that says what the one before it says: trafilatura takes it for its own
    mistake and drops it, but a refrain is the page's."""
    for element in tree.iter("p", "div"):
        before = element.getprevious()
        if before is None or before.tag != element.tag or not element.text or len(element) != len(before):
            continue
        if element.tag == "div" and len(element):  # often the same box for wide and for narrow screens
            continue
        marked = (before.text or "").startswith(REPEATED)  # then this one needs no mark: they differ
        if marked or element.text.split(None, 1)[:1] != (before.text or "").split(None, 1)[:1]:
            continue
        if element.text_content().split() == before.text_content().split():
            element.text = REPEATED + element.text.lstrip()


def _keep_rules(tree: HtmlElement) -> None:
    """The underscores that news agencies put between the parts of a report are a paragraph of it."""
    for element in tree.iter("p"):
        if element.text and not len(element) and element.text.strip() == "___":
            element.text = RULE


def _write_out_formulas(tree: HtmlElement) -> None:
    """Formulas are what they show, sign by sign; neither their source in another notation nor a drawing of them."""
    for formula in list(tree.iter("math")):
        for note in list(formula.iter("annotation", "annotation-xml")):
            _drop(note)
        text = " ".join(" ".join(formula.itertext()).split())
        shown = formula
        while (up := shown.getparent()) is not None and "-" in str(up.tag):  # an element of the script that draws it
            shown = up
        for child in list(shown):
            shown.remove(child)
        shown.attrib.clear()
        shown.tag, shown.text = "span", text + (" " if (shown.tail or "")[:1].isalnum() else "")


def _join_parted(tree: HtmlElement) -> None:
    """Make one of an article's parts: where boxes for advertisements part it, each part stands in a container
    of the same class, and trafilatura takes the first. What holds them and little else becomes the article."""
    parts: dict[str, list[HtmlElement]] = {}
    for element in tree.iter("div", "section"):
        name = element.get("class")
        if name and _is_body(name) and element.find("p") is not None:
            parts.setdefault(name, []).append(element)
    for elements in parts.values():
        if len(elements) == 1 or any(one in two.iterancestors() for one, two in pairwise(elements)):
            continue
        around = next(up for up in elements[0].iterancestors() if up in elements[-1].iterancestors())
        if around.tag != "body" and sum(map(_length, elements)) >= _ALL_OF_IT * _length(around):
            around.tag = "div"
            around.set("class", "article-body")


@lru_cache(10_000)
def _is_body(name: str) -> bool:
    return bool(_ARTICLE_BODY.search(name))


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
    if BLANK in text:
        text = _MARKED_BLANK.sub(" ", text)
    return text.replace(REPEATED, "").replace(RULE, "___")


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
