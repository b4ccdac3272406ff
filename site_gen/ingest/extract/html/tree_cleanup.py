"""Changes to a page's tree before its text is looked for: what is taken out, unwrapped or marked."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from itertools import pairwise
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

from lxml.etree import XPath, strip_tags

from site_gen.ingest.extract.html.block_repairs import mark_blocks, repair_blocks
from site_gen.ingest.extract.html.code_elements import mark_code_elements
from site_gen.ingest.extract.html.page_marks import BLANK_MARK, REPEAT_MARK, RULE_MARK
from site_gen.ingest.extract.html.raised_text import raise_signs, write_out_raised

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# An address that stays as it is, whatever the page's.
_COMPLETE_LINK = re.compile(r"https?://[a-z0-9.-]+(?:/[\w.~%+-]+)*/?(?:\?[\w.~%+=-]+)?", re.ASCII)
_MARKED_BLANK = re.compile(rf"(?:(?<! ) +)?{BLANK_MARK} *")
_MANY_CHILDREN = 500
_SILENT = ("script", "style", "svg", "template", "select")
_SILENT_IN_BODY = frozenset({"script", "style"})
_FORMULA_CLASS = re.compile(r"(?<![a-z])(?:mathjax|katex|mwe-math)", re.IGNORECASE)
_SHOWN_TEXT = XPath(
    "//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript or ancestor::template)]"
)
_MIN_NOSCRIPT = 500  # characters
_NEARLY_ALL, _MOST, _SMALL = 0.9, 0.6, 0.3  # shares of the text
_ARTICLE_BODY = re.compile(r"(?:article|story|entry|post)[-_]{0,2}(?:body|content|text)", re.IGNORECASE)


def prepare_tree(tree: HtmlElement) -> None:
    """Prepare a tree for the extraction of its text, in place.

    Scripts and drawings go. What is hidden stays, for much of it is only folded up (answers, tabs), and some is shown
    by a script. Text that stands only in `noscript` is unpacked. `u`, `font` and the like are unwrapped: they have no
    Markdown. What trafilatura would lose is repaired or marked (`page_marks`).
    """
    _unpack_noscript(tree)
    _remove_repeated_siblings(tree)
    _write_out_formulas(tree)
    _join_article_parts(tree)
    silent = [element for element in tree.iter(*_SILENT) if _is_silent(element)]
    for element in silent + [element for element in tree.iter("span") if _is_for_editors(element.get("class") or "")]:
        _drop(element)
    _mark_main_box(tree)
    strip_tags(tree, "u", "ins", "font", "wbr", "nobr")
    write_out_raised(tree)
    mark_code_elements(tree)
    repair_blocks(tree)
    _mark_blanks(tree)
    _mark_repeats(tree)
    _mark_rules(tree)
    mark_blocks(tree)


def complete_links(tree: HtmlElement, address: str | None) -> None:
    """Complete the links of a page by its `base` or its address, in place: trafilatura completes them by its host."""
    base = next((element.get("href") for element in tree.iter("base") if element.get("href")), "").strip()
    try:
        base = urljoin(address or "", base)
    except ValueError:
        base = address or ""
    if not base:
        return
    for link in tree.iter("a"):
        written = link.get("href") or ""
        href = written.strip()
        if href and not _COMPLETE_LINK.fullmatch(written):
            try:
                href = urljoin((address or base) if href[0] == "#" else base, href)
                # Trafilatura reads `&section` as a paragraph's sign and `ion`.
                link.set("href", href if unescape(href) == href else href.replace("&", "&amp;"))
            except ValueError:  # no address, whoever wrote it
                del link.attrib["href"]


def drop_other_articles(heading: HtmlElement | None) -> None:
    """Take other articles out of a page, in place: cards within its article, and whole ones below it.

    heading: that of the page's article, where one is there. A card is an article within the article that is small and
    leads elsewhere by its heading; an article below is told by a main heading of its own.
    """
    own = next(heading.iterancestors("article"), None) if heading is not None else None
    if heading is None or own is None:
        return
    length = _text_length(own)
    for card in list(own.iter("article")):
        titles = [title for title in card.iter("h2", "h3", "h4", "h5", "h6") if next(title.iter("a"), None) is not None]
        is_linked = any(title.get("href") for title in card.iter("a"))
        if card is not own and titles and is_linked and _text_length(card) < _SMALL * length:
            _drop(card)
    if heading.tag == "h1":
        for other in list(own.itersiblings("article")):
            title = next(other.iter("h1"), None)
            if title is not None and title.text_content().split() != heading.text_content().split():
                _drop(other)


def replace_marks(text: str) -> str:
    """Put back what the marks of `prepare_tree` stand for: a blank, nothing, or a rule of underscores."""
    if BLANK_MARK in text:
        text = _MARKED_BLANK.sub(" ", text)
    return text.replace(REPEAT_MARK, "").replace(RULE_MARK, "___")


def _is_silent(element: HtmlElement) -> bool:
    """Whether a script, a drawing or the like says nothing; what describes the page, or stands in its head, does."""
    if element.tag not in _SILENT_IN_BODY:
        return True
    is_description = element.tag == "script" and "ld+json" in (element.get("type") or "")
    return not is_description and next(element.iterancestors("body"), None) is not None


def _is_for_editors(class_names: str) -> bool:
    return "MathJax_Preview" in class_names or class_names in {"mw-editsection", "mw-cite-backlink"}


def _is_formula_source(element: HtmlElement) -> bool:
    if element.tag == "script":
        return (element.get("type") or "").startswith("math/tex")
    return element.get("class") in {"latex", "tex"} and element.get("alt") is not None


def _unpack_noscript(tree: HtmlElement) -> None:
    """Turn `noscript` into `div` where it holds the page's text, for readers without scripts."""
    elements = list(tree.iter("noscript"))
    packed_length = sum(_text_length(element) for element in elements)
    if packed_length < _MIN_NOSCRIPT:
        return
    shown_length = sum(len(text) for text in cast("list[str]", _SHOWN_TEXT(tree)))
    if packed_length > shown_length:
        for element in elements:
            element.tag = "div"


def _remove_repeated_siblings(tree: HtmlElement) -> None:
    """Keep one of a run of equal siblings in long lists: 100,000 equal paragraphs took trafilatura three minutes."""
    for parent in [element for element in tree.iter() if len(element) > _MANY_CHILDREN]:
        previous: tuple[object, str] | None = None
        for child in list(parent):
            current = (child.tag, child.text_content() if isinstance(child.tag, str) else "")
            if current == previous and current[1] and not (child.tail or "").strip():
                parent.remove(child)
            previous = current


def _write_out_formulas(tree: HtmlElement) -> None:
    """Replace formulas by the signs that they show, without their source in another notation or a drawing of them."""
    for source in [element for element in tree.iter("script", "img") if _is_formula_source(element)]:
        text = source.get("alt") or source.text or ""
        if text.strip() and not _is_drawn(source):
            source.attrib.clear()
            source.tag, source.text = "code", text.strip()
    for formula in list(tree.iter("math")):
        for annotation in list(formula.iter("annotation", "annotation-xml")):
            _drop(annotation)
        for power in formula.iter("msup"):
            if len(power) == 2:
                exponent = "".join(power[1].itertext()).strip()
                power[1].clear()
                power[0].tail, power[1].text = None, raise_signs(exponent)
                power[0].text, last = "".join(power[0].itertext()).strip() + power[1].text, power[1]
                power.remove(last)
                for part in list(power[0]):
                    power[0].remove(part)
        text = " ".join(" ".join(formula.itertext()).split())
        outermost = formula
        for ancestor in formula.iterancestors():
            # A custom element, such as `mjx-container`, is of the script that draws the formula.
            if "-" in str(ancestor.tag) or _FORMULA_CLASS.search(ancestor.get("class") or ""):
                outermost = ancestor
            elif ancestor.tag not in {"span", "nobr"}:
                break
        for child in list(outermost):
            outermost.remove(child)
        outermost.attrib.clear()
        outermost.tag, outermost.text = "span", text + (" " if (outermost.tail or "")[:1].isalnum() else "")


def _is_drawn(source: HtmlElement) -> bool:
    """Whether what a script or an image says of a formula stands before it, as signs."""
    previous = source.getprevious()
    if previous is not None and previous.tag == "span" and "Preview" not in (previous.get("class") or ""):
        return bool(_FORMULA_CLASS.search(previous.get("class") or "") and previous.text_content().strip())
    return source.tag == "img" and any(
        _FORMULA_CLASS.search(outer.get("class") or "") for outer in source.iterancestors("span")
    )


def _join_article_parts(tree: HtmlElement) -> None:
    """Mark as one article the element that holds an article's parts and little else.

    Where boxes for advertisements part an article, each part stands in a container of the same class, and
    trafilatura takes only the first.
    """
    parts: dict[str, list[HtmlElement]] = {}
    for element in tree.iter("div", "section"):
        class_names = element.get("class")
        if class_names and _is_article_body(class_names) and element.find("p") is not None:
            parts.setdefault(class_names, []).append(element)
    for elements in parts.values():
        if len(elements) == 1 or any(outer in inner.iterancestors() for outer, inner in pairwise(elements)):
            continue
        parent = next(ancestor for ancestor in elements[0].iterancestors() if ancestor in elements[-1].iterancestors())
        if parent.tag != "body" and sum(map(_text_length, elements)) >= _NEARLY_ALL * _text_length(parent):
            parent.tag = "div"
            parent.set("class", "article-body")


def _mark_main_box(tree: HtmlElement) -> None:
    """Mark as the article the box whose own paragraphs are most of a page that names no article.

    Trafilatura takes the paragraphs of such a page and leaves its headings and lists.
    """
    if next(tree.iter("article", "main"), None) is not None:
        return
    lengths: dict[HtmlElement, int] = {}
    for paragraph in tree.iter("p"):
        box = paragraph.getparent()
        if box is not None and box.tag in {"body", "div", "section"}:
            linked = sum(map(_text_length, paragraph.iter("a")))
            lengths[box] = lengths.get(box, 0) + _text_length(paragraph) - linked
    body = tree.find(".//body")
    if not lengths or body is None:
        return
    box = max(lengths, key=lengths.__getitem__)
    if lengths[box] < _MOST * _text_length(body):
        return
    if box.tag == "body":
        inner = body.makeelement("div")
        inner.text, body.text = body.text, None
        inner.extend(list(body))
        body.append(inner)
        box = inner
    box.set("class", "article-body")


@lru_cache(10_000)
def _is_article_body(class_names: str) -> bool:
    return bool(_ARTICLE_BODY.search(class_names))


def _mark_blanks(tree: HtmlElement) -> None:
    """Mark the blank behind each inline element.

    Trafilatura loses many of them, so that `<b>The silo</b> stays` became `**The silo**stays`.
    """
    for element in tree.iter("a", "b", "strong", "i", "em", "code", "span", "mark", "cite"):
        tail = element.tail
        if tail and tail[0].isspace() and not tail.isspace():
            element.tail = BLANK_MARK + tail


def _mark_repeats(tree: HtmlElement) -> None:
    """Mark a paragraph that says what the one before it says.

    Trafilatura takes it for its own mistake and drops it, but a refrain is the page's.
    """
    for element in tree.iter("p", "div"):
        previous = element.getprevious()
        if previous is None or previous.tag != element.tag or not element.text or len(element) != len(previous):
            continue
        if element.tag == "div" and len(element):  # often the same box for wide and for narrow screens
            continue
        is_marked = (previous.text or "").startswith(REPEAT_MARK)  # then this one needs no mark: they differ
        if is_marked or element.text.split(None, 1)[:1] != (previous.text or "").split(None, 1)[:1]:
            continue
        if element.text_content().split() == previous.text_content().split():
            element.text = REPEAT_MARK + element.text.lstrip()


def _mark_rules(tree: HtmlElement) -> None:
    """Mark the underscores that news agencies put between the parts of a report: they are a paragraph of it."""
    for element in tree.iter("p"):
        if element.text and not len(element) and element.text.strip() == "___":
            element.text = RULE_MARK


def _text_length(element: HtmlElement) -> int:
    return len(re.sub(r"\s+", " ", element.text_content()))


def _drop(element: HtmlElement) -> None:
    """Take an element out of its tree, and leave the text behind it."""
    if element.getparent() is not None:
        element.drop_tree()
