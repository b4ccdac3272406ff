"""Pages without their article: shells that scripts fill, error pages, cookie walls, beginnings before a paywall."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from site_gen.core.errors import RefusedError
from site_gen.core.text import UNSPACED

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.metadata import PageMetadata

_NEEDS_JAVASCRIPT = re.compile(
    r"(?:enable|requires?|turn on|activate|without|needs?|needed)\b.{0,30}\bjavascript"
    r"|javascript\b.{0,40}\b(?:disabled|required|enable|not (?:enabled|available|supported))",
    re.IGNORECASE | re.DOTALL,
)
_ERROR_TITLE = re.compile(
    r"^\W*(?:(?:error\s*)?(?:40[0134]|410|429|50[0-4])\W*(?:$|error|page|file|not\b|forbidden|unauthori|bad\b|gone|too\b|service"
    r"|internal|gateway)|(?:page|file|article|url)\s+(?:is\s+)?not\s+found|not\s+found\b"
    r"|access\s+(?:to\s+this\s+page\s+has\s+been\s+)?denied|forbidden\b|just\s+a\s+moment|attention\s+required|are\s+you\s+(?:a\s+robot|human)"
    r"|(?:please\s+)?verify(?:ing)?\s+(?:that\s+)?you\s+are\s+(?:a\s+)?human|robot\s+check|captcha|service\s+unavailable|bad\s+gateway"
    r"|too\s+many\s+requests|internal\s+server\s+error|pardon\s+our\s+interruption|seite\s+nicht\s+gefunden|page\s+introuvable"
    r"|página\s+no\s+encontrada)",
    re.IGNORECASE,
)
_COOKIE_WALL = re.compile(
    r"\b(?:accept|agree\s+to|consent\s+to|alle\s+akzeptieren|akzeptieren|accepter|aceptar)\b.{0,200}\bcookies?\b"
    r"|\bcookies?\b.{0,200}\b(?:accept|consent|agree|zustimm\w*|accepter|aceptar)\b",
    re.IGNORECASE | re.DOTALL,
)
_PAYWALL = re.compile(
    r"\b(?:subscribe|log\s?in|sign\s?in|register|become\s+a\s+(?:member|subscriber))\b.{0,40}\bto\s+(?:continue|keep|read|unlock|access)\b"
    r"|\b(?:this\s+(?:article|content|story)\s+is\s+(?:for|only\s+available\s+to))\b.{0,40}\b(?:subscribers|members)\b",
    re.IGNORECASE,
)
# The end of an address that numbers the parts of an article: `?page=2`, `/page/2`, `/2`, `-2.html`.
_PAGE_NUMBER = re.compile(
    r"(?:[?&](?:page|pg|paged|seite|pagina|start|p)=\d{1,3}|/(?:page|seite|pagina)?[/-]?\d{1,2}/?|[-_,]\d{1,2}\.s?html?|\.s?html?)$",
    re.IGNORECASE,
)
_PAGE_COUNT = re.compile(
    r"^\W*(?:page|seite|página|pagina|strona|sida|side|sivu|страница|sayfa)\s+(\d{1,2})"
    r"\s+(?:of|von|sur|de|di|van|z|av|af|из|/)\s+(\d{1,2})\W*$",
    re.IGNORECASE,
)
_MAX_COUNT = 40  # characters of a line that counts pages
_PARTS_DOUBT = "only one of several pages of the article; save the others, or its print view"
_UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")  # a syllable or a word each
_MAX_STUB = 600  # characters; a page that says more has an article beside the warning
_MIN_LENGTH = 250  # characters; less is in doubt
_MAX_BEGINNING = 1500  # characters of text that a page shows before its paywall


def refuse_non_article(html: str, text: str, page: PageMetadata) -> None:
    """Raise RefusedError, with the reason, for an error page and for one saved before its scripts had drawn it.

    html: the page's source. text: what was extracted; a page with more than a few sentences is never refused.
    """
    if len(text) >= _MAX_STUB:
        return
    heading = _main_heading(page)
    if _is_error_page(page, heading):
        raise RefusedError(f"an error page, not the article (“{(page.title or heading)[:60]}”); save it again")
    is_shell = len(text) + 2 * len(_UNSPACED_LETTER.findall(text)) < 60 and (
        _NEEDS_JAVASCRIPT.search(html) or html.count("<script") >= 3
    )
    if is_shell or _NEEDS_JAVASCRIPT.search(text):
        raise RefusedError(
            "an empty shell whose text is drawn by JavaScript; save it again with SingleFile once it shows"
        )


def find_doubt(text: str, page: PageMetadata) -> str | None:
    """Return why an extracted text may not be the whole article; None where nothing suggests it."""
    if _is_error_page(page, _main_heading(page)):
        return "perhaps an error page"
    if len(text) < _MAX_BEGINNING:
        if len(text) < _MAX_STUB and _COOKIE_WALL.search(text):
            return "perhaps only the question about cookies"
        is_paid = any(str(item.get("isAccessibleForFree")).lower() == "false" for item in page.json_ld)
        if is_paid or _PAYWALL.search(text):
            return "perhaps only the beginning: the page is for subscribers"
    return "very short" if len(text) < _MIN_LENGTH else None


def find_parts_doubt(tree: HtmlElement, address: str | None) -> str | None:
    """Return that a page is one of several with parts of an article; None where nothing says so.

    That are a link to the page of the same address with another number, or words that count pages.
    """
    own = _without_number(address or "")
    for element in tree.iter("link", "a"):
        if "next" in (element.get("rel") or "").split() and (href := (element.get("href") or "").strip()):
            try:
                following = urljoin(address or "", href)
            except ValueError:
                continue
            if own and following != address and _without_number(following) == own:
                return _PARTS_DOUBT
    for element in tree.iter("span", "div", "p", "li", "a"):
        if (
            not len(element)
            and len(text := (element.text or "").strip()) < _MAX_COUNT
            and (m := _PAGE_COUNT.match(text))
        ):
            return _PARTS_DOUBT if int(m[2]) > 1 else None
    return None


def _without_number(url: str) -> str:
    """Return an address without what says which part of an article it is."""
    return _PAGE_NUMBER.sub("", url.partition("#")[0]).rstrip("/")


def _main_heading(page: PageMetadata) -> str:
    return next((heading.text for heading in page.headings if heading.level == 1), "")


def _is_error_page(page: PageMetadata, heading: str) -> bool:
    return bool(_ERROR_TITLE.match(page.title) or _ERROR_TITLE.match(heading))
