"""The text of a page as trafilatura extracts it from the tree, as its Markdown; where that is too little, more of it.

`tidy_markdown` cleans what comes out of here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Document, use_config

from site_gen.core.text import UNSPACED, one_line, scrub
from site_gen.ingest.extract.html import block_classifier, block_markdown, page_blocks, page_kind
from site_gen.ingest.extract.html.fast_xpath import accelerated_trafilatura
from site_gen.ingest.extract.html.page_marks import strip_marks
from site_gen.ingest.extract.html.tree_cleanup import replace_marks
from site_gen.ingest.extract.tidy_markdown import escape_paragraph

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.page_kind import PageKind

# What trafilatura, htmldate and lxml raise on pages that they cannot handle.
FAILURES = (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, etree.LxmlError)
# Below this many characters trafilatura distrusts what it extracted and takes the page's whole text, menu
# and all. Its default, 250, does so to every short report.
_CONFIG = use_config()
_CONFIG.set("DEFAULT", "MIN_EXTRACTED_SIZE", "100")
_UNSPACED_CONFIG = use_config()  # where a letter is a syllable or a word
_UNSPACED_CONFIG.set("DEFAULT", "MIN_EXTRACTED_SIZE", "30")
_UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
_BODY_TEXT = etree.XPath("normalize-space(//body)")
_FRAME_TAGS = frozenset({"nav", "footer", "aside", "form", "header"})
_INLINE = frozenset({"a", "b", "strong", "i", "em", "span", "code", "mark", "cite"})
# Shares of a page's text, or of its prose.
_ENOUGH = 0.6  # less means that a part of the page was taken for the whole
_NEARLY_ALL = 0.85
_HALF = 0.5
_NEARLY_NOTHING = 0.1
_SMALL_PART = 0.1  # of what counts as text by its blocks
_MIN_PROSE = 1500  # characters of prose; with less on the page, a short extraction is no surprise


def extract_markdown(
    tree: HtmlElement, address: str | None, kind: PageKind, *, needed_gain: float | None, description: str = ""
) -> tuple[str, str | None]:
    """Extract the text of a page whose tree is prepared (`tree_cleanup.prepare_tree`); the tree is not changed.

    Of a forum the posts below the first are text, too. Where a part of the page was left out, its blocks are classified
    one by one (`block_classifier`), and those that count as text are taken if their F1 is expected to be higher by more
    than `needed_gain` (`page_kind.find_needed_gain`; None: never). Where little of an article's prose was extracted,
    trafilatura extracts again, favouring recall; where that finds as little, all its paragraphs are taken.
    Of a product whose page shows the description that it declares, that is the text, unless it is a small part of it.

    Returns Markdown, and why it may be wrong. Raises what trafilatura and lxml raise (`FAILURES`).
    """
    page_text = body_text(tree)
    page_length = len(page_text)
    extracted = extract_first(tree, address, kind, page_text)
    if needed_gain is not None and (description or len(extracted) < _NEARLY_ALL * page_length):
        blocks = page_blocks.read_blocks(tree)
        classification = block_classifier.classify_blocks(blocks, strip_marks(extracted), kind)
        text = [block for block, is_text in zip(blocks, classification.text, strict=True) if is_text]
        is_small = len(description) < _SMALL_PART * sum(len(block.text) for block in text)
        described = [] if is_small else block_classifier.find_described(blocks, description)
        if described or classification.gain > needed_gain:
            return block_markdown.render_blocks(described or text, address), page_kind.PARTS_DOUBT
        if len(extracted) >= _HALF * page_length:
            return extracted, None
    if len(extracted) >= _ENOUGH * page_length:
        return extracted, None
    paragraphs = _long_paragraphs(tree)
    prose_length = sum(len(text) for _, text in paragraphs)
    if prose_length < _MIN_PROSE or len(extracted) >= _ENOUGH * prose_length:
        return extracted, None
    if kind != "front":
        recalled = _extract(tree, address, page_text, comments=kind == "forum", recall=True)
        if len(recalled) > 1.5 * len(extracted):
            extracted = recalled
    if len(extracted) < _NEARLY_NOTHING * prose_length:
        lines = (escape_paragraph(text) if level == 0 else f"{'#' * level} {text}" for level, text in paragraphs)
        return "\n\n".join(lines), "all paragraphs of the page, for no article could be made out"
    return extracted, "much of the page's text is not in it"


def render_whole(tree: HtmlElement, address: str | None) -> str:
    """Return all text of a page whose tree is prepared and holds nothing but its text, as Markdown."""
    return block_markdown.render_blocks(page_blocks.read_blocks(tree), address)


def body_text(tree: HtmlElement) -> str:
    """Return all text of a page on one line."""
    return str(_BODY_TEXT(tree))


def extract_first(tree: HtmlElement, address: str | None, kind: PageKind, page_text: str) -> str:
    """Return what trafilatura extracts at first: of a front page with recall favoured, of others not.

    page_text: what `body_text` returns of the tree.
    """
    return _extract(tree, address, page_text, comments=kind == "forum", recall=kind == "front")


def _extract(tree: HtmlElement, address: str | None, page_text: str, *, comments: bool, recall: bool) -> str:
    with accelerated_trafilatura():
        extraction = bare_extraction(
            tree,
            url=address,
            include_comments=comments,
            include_links=True,
            include_formatting=True,
            favor_recall=recall,
            config=_UNSPACED_CONFIG if _is_unspaced(page_text) else _CONFIG,
        )
    if not isinstance(extraction, Document):
        return ""
    text = "\n".join(part for part in (extraction.text, extraction.comments if comments else None) if part)
    return replace_marks(scrub(text))


def _is_unspaced(text: str) -> bool:
    """Whether most of a short text is in a script whose letters are syllables or words."""
    return len(text) < _MIN_PROSE and len(_UNSPACED_LETTER.findall(text)) > _HALF * len(text)


def _long_paragraphs(tree: HtmlElement) -> list[tuple[int, str]]:
    """Return the long paragraphs outside of what frames a page, with the headings above them.

    Each is (level of the heading or 0, text).
    """
    paragraphs: list[tuple[int, str]] = []
    heading: tuple[int, str] | None = None
    for element in tree.iter("p", "blockquote", "li", "div", "td", "h2", "h3"):
        text = one_line(_own_text(element) if element.tag in {"div", "td"} else element.text_content())
        if element.tag in {"h2", "h3"}:
            if 0 < len(text) < block_classifier.MIN_PROSE_LENGTH * 2:
                heading = (int(element.tag[1]), text)
        elif len(text) >= block_classifier.MIN_PROSE_LENGTH and not _is_framed(element):
            if heading:
                paragraphs.append(heading)
                heading = None
            paragraphs.append((0, text))
    return paragraphs


def _own_text(element: HtmlElement) -> str:
    """Return the text that stands in an element itself, or in inline elements in it."""
    parts = [element.text or ""]
    for child in element:
        if child.tag in _INLINE:
            parts.append(child.text_content())
        parts.append(child.tail or "")
    return " ".join(parts)


def _is_framed(element: HtmlElement) -> bool:
    """Whether an element is in a menu, a footer, a comment, or within another paragraph that counts."""
    return any(
        ancestor.tag in _FRAME_TAGS
        or ancestor.tag in {"p", "blockquote", "li"}
        or "comment" in (ancestor.get("class") or "")
        for ancestor in element.iterancestors()
    )
