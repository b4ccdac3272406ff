"""Parser of HTML text into an lxml tree, which says when a part of the page is missing.

libxml2 stops at 256 levels of nesting, and drops all that follows too; with `huge_tree` at 2,048. Layouts of tables
and mails of many answers pass 256, only attacks and broken generators 2,048.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from lxml.etree import ElementDefaultClassLookup, LxmlError, XPath
from lxml.html import HtmlComment, HtmlElement, HtmlEntity, HTMLParser, HtmlProcessingInstruction, document_fromstring
from trafilatura.utils import repair_faulty_html

if TYPE_CHECKING:
    from site_gen.content.records import Doubts

# References to characters that XML cannot hold: libxml2's HTML parser lets them in, and lxml will not write them.
_CONTROLS = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])|x0*(?:[0-8bcef]|1[\da-f]|fff[ef]))(?![\da-f]);?", re.IGNORECASE
)
_HEAD_LENGTH = 8192  # characters: beyond the first line and the `html` element
_TOO_DEEP = "Excessive depth"
# Attributes of a template that is a shadow root: HTML's, Chrome's MHTML, the first form of HTML's.
_SHADOW_ROOT = ("shadowrootmode", "shadowmode", "shadowroot")
_CUT_OFF: Doubts = (("text", "the page is nested deeper than can be read; what stands behind that is missing"),)


def _make_parser(*, huge: bool) -> HTMLParser:
    """Make a parser with trafilatura's settings, which reads 256 levels of nesting, or 2,048 if `huge`.

    All elements are of one class: lxml.html's lookup is a Python function that is asked for each element and for each
    attribute that an XPath looks at, an eighth of trafilatura's time. What it adds are the classes of forms' fields.
    """
    parser = HTMLParser(huge_tree=huge, collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(
        ElementDefaultClassLookup(
            element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction, entity=HtmlEntity
        )
    )
    return parser


_CROWDED = XPath("//@*[500]/..")  # elements of 500 attributes and more, which take the square of their number to read
_PARSER, _DEEP_PARSER = _make_parser(huge=False), _make_parser(huge=True)


def parse_html(text: str) -> tuple[HtmlElement | None, Doubts]:
    """Parse a page; return its tree, and a doubt where a part of the page is not in it.

    The tree is None for what is not readable as HTML.
    """
    text = _CONTROLS.sub("", text)
    beginning = text[:50].lower()
    head_end = text.find("\n", _HEAD_LENGTH)  # what is repaired stands in the head, and it takes its time
    head, rest = (text[:head_end], text[head_end:]) if head_end >= 0 else (text, "")
    data = (repair_faulty_html(head, beginning) + rest).encode("utf-8", "replace")
    try:
        tree = document_fromstring(data, parser=_PARSER)
    except LxmlError:
        return None, ()
    if not _is_cut_off(_PARSER):
        return _open_shadow_roots(tree), ()
    try:
        tree = document_fromstring(data, parser=_DEEP_PARSER)
    except LxmlError:
        return _open_shadow_roots(tree), _CUT_OFF
    return _open_shadow_roots(tree), _CUT_OFF if _is_cut_off(_DEEP_PARSER) else ()


def _open_shadow_roots(tree: HtmlElement) -> HtmlElement:
    """Turn shadow roots, which browsers save as templates, into boxes of the page, and the elements that hold them."""
    for element in cast("list[HtmlElement]", _CROWDED(tree)):
        element.attrib.clear()
    for template in list(tree.iter("template")):
        if any(name in template.attrib for name in _SHADOW_ROOT):
            template.tag = "div"
            host = template.getparent()
            if host is not None and "-" in str(host.tag):
                host.tag = "div"
    return tree


def _is_cut_off(parser: HTMLParser) -> bool:
    """Whether the text that a parser parsed last was nested too deep for it."""
    return any(_TOO_DEEP in entry.message for entry in parser.error_log)
