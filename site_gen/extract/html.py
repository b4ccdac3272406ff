"""The draft of an article from an HTML page: trafilatura's text, our rules for the facts."""

from __future__ import annotations

import datetime as dt
import logging
import re

import trafilatura
from lxml import etree
from trafilatura import bare_extraction
from trafilatura.metadata import extract_metadata
from trafilatura.settings import Document, use_config

from site_gen import document
from site_gen.errors import RefusedError
from site_gen.extract import facts, plain, source
from site_gen.extract.dates import EARLIEST, dateline, is_dateline
from site_gen.extract.markdown import tidy
from site_gen.extract.tree import parsed
from site_gen.model import Draft, SavedPage
from site_gen.text import one_line, scrub
from site_gen.urls import host_of

_SHELL = re.compile(
    r"(?:enable|requires?|turn on|activate|without|needs?|needed)\b.{0,30}\bjavascript"
    r"|javascript\b.{0,40}\b(?:disabled|required|enable|not (?:enabled|available|supported))",
    re.IGNORECASE | re.DOTALL,
)
# Below this many characters trafilatura distrusts its own finding and takes the page's whole text, menu
# and all. Its default, 250, does so to every short report.
_CONFIG = use_config()
_CONFIG.set("DEFAULT", "MIN_EXTRACTED_SIZE", "100")
_SHELL_TEXT = 600  # characters; a page that says more has an article beside the warning


def draft(page: SavedPage, today: dt.date) -> Draft:
    """Text and facts of a page. Raises RefusedError when there is no article in it, and says why."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports to its log what we report to the person
    tree, doubts = parsed(page.text)
    if tree is None:
        raise RefusedError("not readable as HTML")
    signals = facts.signals(tree, page.source)
    address = source.choose(page.source, signals.canonical)
    try:
        extracted = bare_extraction(
            tree, url=address, include_comments=False, include_links=True, include_formatting=True, config=_CONFIG
        )
        meta = extract_metadata(tree, address, _dates(today))
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, RecursionError, etree.LxmlError) as error:
        raise RefusedError(f"the extractor failed on it ({type(error).__name__}: {error})") from error
    raw = scrub(extracted.text or "") if isinstance(extracted, Document) else ""
    site = facts.outlet(signals, _outlet_found(meta.sitename, address))
    title = facts.headline(signals, address, site, meta.title)
    published = _published(meta.date, today) or dateline(facts.around_title(tree, title), today)
    markdown = _without_dateline(tidy(raw, title or ""), today)
    text = document.plain_text(document.parse(markdown, document.parser()))
    _refuse_shell(page.text, text)
    return Draft(
        title=title or one_line(text)[:120] or page.name,
        markdown=markdown,
        text=text,
        extractor=f"trafilatura {trafilatura.__version__}",
        author=facts.authors(signals, address, site, meta.author),
        published=published,
        created=page.saved,
        site=site or (host_of(address) if address else None),
        source=address,
        language=signals.language or plain.language(text),
        description=_description(signals),
        doubts=doubts,
    )


def _outlet_found(name: str | None, address: str | None) -> str | None:
    """The extractor's finding; but no bare host, which it takes from the canonical link even where that
    points to another site."""
    return None if name and address and "." in name and " " not in name else name


def _dates(today: dt.date) -> dict[str, object]:
    # The extensive search gives a date on nine of ten pages that have none; the plain one is right or silent.
    # A bound of today would turn a day to come into the first of this month; `_published` refuses it whole.
    return {
        "extensive_search": False,
        "original_date": True,
        "min_date": EARLIEST.isoformat(),
        "max_date": f"{today.year + 2}-01-01",
    }


def _published(found: str | None, today: dt.date) -> dt.date | None:
    """The date of the extractor; tomorrow's too, which it is already in some country."""
    day = dt.date.fromisoformat(found) if found else None
    return day if day and day <= today + dt.timedelta(days=1) else None


def _without_dateline(markdown: str, today: dt.date) -> str:
    first, _, rest = markdown.partition("\n\n")
    return rest if rest and is_dateline(first, today) else markdown


def _description(signals: facts.Signals) -> str | None:
    text = signals.first("og:description", "description", "twitter:description")
    return text if text and len(text) >= 40 else None


def _refuse_shell(html: str, text: str) -> None:
    """Tell a page that was saved before its scripts had drawn it."""
    if len(text) >= _SHELL_TEXT:
        return
    if _SHELL.search(text) or (len(text) < 60 and (_SHELL.search(html) or html.count("<script") >= 3)):
        raise RefusedError(
            "an empty shell whose text is drawn by JavaScript; save it again with SingleFile once it shows"
        )
