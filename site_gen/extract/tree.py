"""HTML text to an lxml tree, with nothing lost in silence.

libxml2 stops at 256 levels of nesting, and drops all that follows too; with `huge_tree` at 2,048. Layouts of tables
and mails of many answers pass 256, only attacks and broken generators 2,048.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml.etree import LxmlError
from lxml.html import HTMLParser, document_fromstring
from trafilatura.utils import HTML_PARSER, load_html

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from site_gen.model import Doubts

# References to characters that XML cannot hold: libxml2's HTML parser lets them in, and lxml will not write them.
_CONTROLS = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])|x0*(?:[0-8bcef]|1[\da-f]|fff[ef]))(?![\da-f]);?", re.IGNORECASE
)
_TOO_DEEP = "Excessive depth"
_CUT: Doubts = (("text", "the page is nested deeper than can be read; what stands behind that is missing"),)


def parsed(text: str) -> tuple[HtmlElement | None, Doubts]:
    """The tree of a page, with a doubt when not all of the page is in it. None for what is not readable as HTML."""
    text = _CONTROLS.sub("", text)
    tree = load_html(text)
    if tree is None or not _is_cut(HTML_PARSER):
        return tree, ()
    parser = HTMLParser(huge_tree=True, collect_ids=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except LxmlError:
        return tree, _CUT
    return tree, _CUT if _is_cut(parser) else ()


def _is_cut(parser: HTMLParser) -> bool:
    """Whether the text that it parsed last was nested too deep for it."""
    return any(_TOO_DEEP in entry.message for entry in parser.error_log)
