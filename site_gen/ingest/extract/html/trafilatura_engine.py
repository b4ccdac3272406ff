"""trafilatura on a page's tree: the text as its Markdown, still with furniture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree
from trafilatura import bare_extraction
from trafilatura.settings import Document, use_config

from site_gen.core.text import one_line, scrub
from site_gen.ingest.extract.html import block_classifier, page_blocks, tree_cleanup
from site_gen.ingest.extract.html.fast_xpath import all_quick
from site_gen.ingest.extract.tidy_markdown import escape_paragraph

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.page_kind import Kind

FAILURES = (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, etree.LxmlError)
# Below this many characters trafilatura distrusts its own finding and takes the page's whole text, menu
# and all. Its default, 250, does so to every short report.
_CONFIG = use_config()
_CONFIG.set("DEFAULT", "MIN_EXTRACTED_SIZE", "100")
_BODY = etree.XPath("normalize-space(//body)")
_FURNITURE = frozenset({"nav", "footer", "aside", "form", "header"})
_INLINE = frozenset({"a", "b", "strong", "i", "em", "span", "code", "mark", "cite"})
_COVERED = 0.6  # of a page's prose: with less, a part of it was taken for the whole
_NEARLY_ALL = 0.85
_HALF = 0.5
_WORTH_IT = 0.15  # of what trafilatura found: with less left out, its own finding stands
_SOME = 100  # characters
_NEARLY_NOTHING = 0.1
_MUCH = 1500  # characters of prose below which a short finding is no surprise


def markdown(tree: HtmlElement, address: str | None, sort: Kind, *, article: bool) -> tuple[str, str | None]:
    """The text of a page whose tree is prepared (`tree_cleanup.prepare`), and why it may be wrong; the tree is not
    changed.

    Of a forum the posts below the first are text, too. Where a page does not say that it is an `article` and
    much of its text was left out, its blocks are judged one by one (`worth`). Where little of an article's prose
    was found, a second look takes more, and where that finds as little, its paragraphs are all taken. Raises what
    trafilatura and lxml raise (`FAILURES`).
    """
    found = first_look(tree, address, sort)
    whole = len(_all_text(tree))
    if not article and len(found) < _NEARLY_ALL * whole:
        page = page_blocks.read(tree)
        judged = block_classifier.judge(page, found, sort)
        size = sum(len(block.text) for block, here in zip(page, judged.taken, strict=True) if here)
        if is_worth_it(judged.missed, size):
            text = [block for block, here in zip(page, judged.text, strict=True) if here]
            return page_blocks.markdown(
                text, address
            ), "put together from parts of the page, for it is no plain article"
        if len(found) >= _HALF * whole:
            return found, None
    if len(found) >= _COVERED * whole:
        return found, None
    paragraphs = _paragraphs(tree)
    prose = sum(len(text) for _, text in paragraphs)
    if prose < _MUCH or len(found) >= _COVERED * prose:
        return found, None
    if sort != "front":
        more = _extract(tree, address, comments=sort == "forum", recall=True)
        if len(more) > 1.5 * len(found):
            found = more
    if len(found) < _NEARLY_NOTHING * prose:
        lines = (escape_paragraph(text) if level == 0 else f"{'#' * level} {text}" for level, text in paragraphs)
        return "\n\n".join(lines), "all paragraphs of the page, for no article could be made out"
    return found, "much of the page's text is not in it"


def is_worth_it(missed: int, size: int) -> bool:
    """Whether so many characters of text are missing in a finding of that size that blocks replace it."""
    return missed >= max(_WORTH_IT * size, _SOME)


def first_look(tree: HtmlElement, address: str | None, sort: Kind) -> str:
    """What trafilatura finds at once."""
    return _extract(tree, address, comments=sort == "forum", recall=sort == "front")


def _all_text(tree: HtmlElement) -> str:
    return str(_BODY(tree))


def _extract(tree: HtmlElement, address: str | None, *, comments: bool, recall: bool) -> str:
    with all_quick():
        extracted = bare_extraction(
            tree,
            url=address,
            include_comments=comments,
            include_links=True,
            include_formatting=True,
            favor_recall=recall,
            config=_CONFIG,
        )
    if not isinstance(extracted, Document):
        return ""
    text = "\n".join(part for part in (extracted.text, extracted.comments if comments else None) if part)
    return tree_cleanup.restored(scrub(text))


def _paragraphs(tree: HtmlElement) -> list[tuple[int, str]]:
    """The long paragraphs outside of what frames a page, with the headings above them: (level of the
    heading or 0, text)."""
    found: list[tuple[int, str]] = []
    heading: tuple[int, str] | None = None
    for element in tree.iter("p", "blockquote", "li", "div", "td", "h2", "h3"):
        own = element.tag in {"div", "td"}
        text = one_line(_own_text(element) if own else element.text_content())
        if element.tag in {"h2", "h3"}:
            heading = (int(element.tag[1]), text) if 0 < len(text) < block_classifier.PROSE * 2 else heading
        elif len(text) >= block_classifier.PROSE and not _is_framed(element):
            if heading:
                found.append(heading)
                heading = None
            found.append((0, text))
    return found


def _own_text(element: HtmlElement) -> str:
    """The text that stands in an element itself, or in inline elements in it."""
    parts = [element.text or ""]
    for child in element:
        if child.tag in _INLINE:
            parts.append(child.text_content())
        parts.append(child.tail or "")
    return " ".join(parts)


def _is_framed(element: HtmlElement) -> bool:
    """Whether it is in a menu, a footer, a comment, or within another paragraph that counts."""
    for up in element.iterancestors():
        if up.tag in _FURNITURE or up.tag in {"p", "blockquote", "li"} or "comment" in (up.get("class") or ""):
            return True
    return False
