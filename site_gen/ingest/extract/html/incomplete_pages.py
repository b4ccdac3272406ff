"""Pages that are not the article they stand for: shells that scripts fill, errors, walls, beginnings only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.core.errors import RefusedError

if TYPE_CHECKING:
    from site_gen.ingest.extract.html.metadata import PageMetadata

_SHELL = re.compile(
    r"(?:enable|requires?|turn on|activate|without|needs?|needed)\b.{0,30}\bjavascript"
    r"|javascript\b.{0,40}\b(?:disabled|required|enable|not (?:enabled|available|supported))",
    re.IGNORECASE | re.DOTALL,
)
_ERROR = re.compile(
    r"^\W*(?:(?:error\s*)?(?:40[0134]|410|429|50[0-4])\W*(?:$|error|page|file|not\b|forbidden|unauthori|bad\b|gone|too\b|service"
    r"|internal|gateway)|(?:page|file|article|url)\s+(?:is\s+)?not\s+found|not\s+found\b"
    r"|access\s+(?:to\s+this\s+page\s+has\s+been\s+)?denied|forbidden\b|just\s+a\s+moment|attention\s+required|are\s+you\s+(?:a\s+robot|human)"
    r"|(?:please\s+)?verify(?:ing)?\s+(?:that\s+)?you\s+are\s+(?:a\s+)?human|robot\s+check|captcha|service\s+unavailable|bad\s+gateway"
    r"|too\s+many\s+requests|internal\s+server\s+error|pardon\s+our\s+interruption|seite\s+nicht\s+gefunden|page\s+introuvable"
    r"|página\s+no\s+encontrada)",
    re.IGNORECASE,
)
_WALL = re.compile(
    r"\b(?:accept|agree\s+to|consent\s+to|alle\s+akzeptieren|akzeptieren|accepter|aceptar)\b.{0,200}\bcookies?\b"
    r"|\bcookies?\b.{0,200}\b(?:accept|consent|agree|zustimm\w*|accepter|aceptar)\b",
    re.IGNORECASE | re.DOTALL,
)
_PAYWALL = re.compile(
    r"\b(?:subscribe|log\s?in|sign\s?in|register|become\s+a\s+(?:member|subscriber))\b.{0,40}\bto\s+(?:continue|keep|read|unlock|access)\b"
    r"|\b(?:this\s+(?:article|content|story)\s+is\s+(?:for|only\s+available\s+to))\b.{0,40}\b(?:subscribers|members)\b",
    re.IGNORECASE,
)
_STUB = 600  # characters; a page that says more has an article beside the warning
_SHORT = 250
_BEGINNING = 1500


def refuse(html: str, text: str, page: PageMetadata) -> None:
    """Tell a page that was saved before its scripts had drawn it, an error page, a wall of cookies.

    text: what was extracted. Raises RefusedError with the reason; a page that says more than a few
    sentences is never refused.
    """
    if len(text) >= _STUB:
        return
    heading = next((h.text for h in page.headings if h.level == 1), "")
    if _ERROR.match(page.title) or _ERROR.match(heading):
        raise RefusedError(f"an error page, not the article (“{(page.title or heading)[:60]}”); save it again")
    if _SHELL.search(text) or (len(text) < 60 and (_SHELL.search(html) or html.count("<script") >= 3)):
        raise RefusedError(
            "an empty shell whose text is drawn by JavaScript; save it again with SingleFile once it shows"
        )


def doubt(text: str, page: PageMetadata) -> str | None:
    """Why a text may not be the whole article; None when nothing tells so."""
    heading = next((h.text for h in page.headings if h.level == 1), "")
    if _ERROR.match(page.title) or _ERROR.match(heading):
        return "perhaps an error page"
    if len(text) < _BEGINNING:
        if len(text) < _STUB and _WALL.search(text):
            return "perhaps only the question about cookies"
        closed = any(str(record.get("isAccessibleForFree")).lower() == "false" for record in page.json_ld)
        if closed or _PAYWALL.search(text):
            return "perhaps only the beginning: the page is for subscribers"
    return "very short" if len(text) < _SHORT else None
