"""The day an article was published: what the page declares, what stands around its title, and guesses
that are marked as such.

Declared fields first; then dates around the title; then what is only likely (the day of the last change, a
date somewhere in the page, which htmldate's plain search finds). The day of saving is never one of them.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from site_gen.ingest.extract.html import json_ld_parser
from site_gen.ingest.extract.html.element_text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.metadata import PageMetadata

EARLIEST = dt.date(1995, 1, 1)
_EAST_ASIAN = re.compile(r"\b(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]")
_LINE = range(6, 101)  # characters of a dateline
_ISO = re.compile(r"^\s*(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d)")
_EITHER_WAY = re.compile(
    r"^\W*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)\b"
)  # is it the third of April or the fourth of March?
_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(\d{1,2})[/-]?(\d{1,2})(?=[/_-]|$)")
_CHANGED = re.compile(
    r"\b(?:updated?|modified|edited|revised|reviewed|aktualisiert|geändert|mis à jour|actualizado|aggiornato"
    r"|atualizad[oa]|обновлено)\b|更新",
    re.IGNORECASE,
)
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "og:pubdate", "datepublished",
    "article:published", "article.published", "parsely-pub-date", "sailthru.date", "pubdate", "publishdate",
    "publish-date", "publish_date", "publication_date", "publication-date", "publicationdate",
    "published-date", "published_date", "citation_publication_date", "citation_date", "citation_online_date",
    "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created", "dc.date", "dcterms.date",
    "dc.created", "datecreated", "article:post_date", "article_date_original", "originalpublicationdate",
    "article.created", "cxenseparse:recs:publishtime", "bt:pubdate", "displaydate", "iso-8601-publish-date",
    "pdate", "article:created", "created", "date",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time", "og:updated_time", "og:modified_time", "datemodified", "last-modified", "lastmod",
    "article:modified", "dc.date.modified", "dcterms.modified", "revised", "date.updated", "modified",
)  # fmt: skip
_DATE_CLASS = re.compile(
    r"publish|posted|pubdate|entry-date|post-date|article-date|byline|dateline|created", re.IGNORECASE
)
_DAY_FIRST = frozenset({"uk", "au", "in", "nz", "ie", "za", "eu", "de", "fr", "sg", "hk", "my", "pk", "ng", "ke"})
_SWAPPED = "guessed: day and month may be swapped"
_BELOW = 20  # texts behind the title that may tell the day

Day = tuple[dt.date, str | None]


def choose(
    page: PageMetadata, url: str | None, near: Sequence[tuple[str, HtmlElement]], today: dt.date, *, prose: bool
) -> Day | None:
    """The day of publication and, when it is a guess, why. None when nothing in the page tells.

    near: the texts behind and before the title (`signals.after`, `signals.before`). prose: whether the page is
    an article; on others (products, lists) a date that stands around the title is a guess only.
    """
    latest = today + dt.timedelta(days=1)  # tomorrow's is today's in some country
    for text, doubt in _candidates(page, url, near, prose=prose):
        day = parse(text, latest)
        if day:
            return day, doubt
    return None


def _candidates(
    page: PageMetadata, url: str | None, near: Sequence[tuple[str, HtmlElement]], *, prose: bool
) -> Iterator[tuple[str, str | None]]:
    guess = None if prose else "guessed from a date near the title"
    unclear: list[str] = []
    for key in ("datePublished", "dateCreated"):
        yield from ((text, None) for text in json_ld_parser.article_texts(page.json_ld, key))
    for key in _PUBLISHED:
        for text in page.meta.get(key, [])[:2]:
            if _is_unclear(text):
                unclear.append(text)
            else:
                yield text, None
    yield from ((text, guess) for text in _times(page, near, marked=False))
    yield from ((text, guess) for text in _around(near))
    yield from ((text, None) for text in _times(page, near, marked=True))
    unclear += [text for text, _ in near[:_BELOW] if len(text) < 20 and _is_unclear(text)][:2]
    yield from ((_month_first(text, page, url), _SWAPPED) for text in unclear)
    yield from ((text, "guessed from the date of the last change") for text in _around(near, changed=True))
    yield from ((text, "guessed from an element's name") for text in _dated(page))
    path = _IN_PATH.search(urlsplit(url or "").path)
    if path:
        yield f"{path[1]}-{path[2]:0>2}-{path[3]:0>2}", None
    elsewhere = [value for record in page.json_ld if isinstance(value := record.get("datePublished"), str)]
    yield from ((text, "guessed from the date of another part of the page") for text in elsewhere)
    changes = json_ld_parser.article_texts(page.json_ld, "dateModified") + [
        t for key in _MODIFIED for t in page.meta.get(key, [])[:1]
    ]
    yield from ((text, "guessed from the date of the last change") for text in changes)


def _times(page: PageMetadata, near: Sequence[tuple[str, HtmlElement]], *, marked: bool) -> Iterator[str]:
    """What `time` elements say: those that are marked as the day of publication, or stand around the title."""
    around = {element for _, element in near} if not marked else set()
    for element in page.time_elements:
        about = f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()
        if "modif" in about or "updat" in about or (not marked and _CHANGED.search(element.text or "")):
            continue
        wanted = (
            element.get("pubdate") is not None or _DATE_CLASS.search(about)
            if marked
            else element in around or any(child in around for child in element)
        )
        if wanted:
            yield element.get("datetime") or element.text or ""


def _dated(page: PageMetadata) -> Iterator[str]:
    """What other elements say that are marked as a date: in an attribute or in a short text."""
    for element in page.date_elements:
        about = f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()
        if "modif" in about or "updat" in about:
            continue
        text = element.get("content") or element.get("datetime") or text_of(element)
        if len(text) in _LINE and not _CHANGED.search(text) and not _is_unclear(text):
            yield text


def _around(near: Sequence[tuple[str, HtmlElement]], *, changed: bool = False) -> Iterator[str]:
    """Short texts around the title with digits: those of a change (`Updated on …`), or all others."""
    previous = ""
    for text, element in near:
        if len(text) in _LINE and len(text) <= 80 and any(c.isdigit() for c in text) and not _is_unclear(text):
            tells = _CHANGED.search(text) or (len(previous) < 30 and _CHANGED.search(previous))
            if bool(tells or "modif" in (element.get("class") or "")) == changed:
                yield text
        previous = text


def _month_first(text: str, page: PageMetadata, url: str | None) -> str:
    """`3/4/2026` as an American wrote it, if one did; elsewhere the day comes first."""
    host = (urlsplit(url or "").hostname or "").rpartition(".")[2]
    match = _EITHER_WAY.match(text)
    if match is None or page.language != "en" or host in _DAY_FIRST or "." in text[:3]:
        return text
    year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
    return f"{year}-{match[1]:0>2}-{match[2]:0>2}"


def _is_unclear(text: str) -> bool:
    match = _EITHER_WAY.match(text)
    return match is not None and int(match[1]) <= 12 and int(match[2]) <= 12 and match[1] != match[2]


def parse(text: str, latest: dt.date) -> dt.date | None:
    """The day in a short text; None for one before 1995 or after `latest`, or without a day."""
    iso = _ISO.match(text)
    if iso:
        try:
            day = dt.date(*map(int, iso.groups()))
        except ValueError:
            return None
        return day if EARLIEST <= day <= latest else None
    return dateline([text], latest)


def dateline(lines: Iterable[str], today: dt.date) -> dt.date | None:
    """The date that the first short line with one holds; none after `today`."""
    from htmldate.extractors import try_date_expr  # noqa: PLC0415  slow to import

    for line in lines:
        if len(line) in _LINE and any(c.isdigit() for c in line):
            written = line.title() if line.isupper() else line  # htmldate does not know OCTOBER
            found = try_date_expr(written, "%Y-%m-%d", False, _midnight(EARLIEST), _midnight(today))
            day = dt.date.fromisoformat(found) if found else _east_asian(line)
            if day and EARLIEST <= day <= today:
                return day
    return None


def searched(tree: HtmlElement, url: str | None, today: dt.date) -> dt.date | None:
    """A date anywhere in the page: htmldate's plain search. It finds one on half of the pages without any."""
    from htmldate import find_date  # noqa: PLC0415  slow to import

    found = find_date(
        tree,
        extensive_search=False,
        original_date=True,
        url=url,
        min_date=EARLIEST.isoformat(),
        # A bound of today would turn a day to come into the first of this month.
        max_date=f"{today.year + 2}-01-01",
    )
    day = dt.date.fromisoformat(found) if found else None
    return day if day and EARLIEST <= day <= today + dt.timedelta(days=1) else None


def _east_asian(line: str) -> dt.date | None:
    """`2026年3月4日`, which htmldate does not know."""
    match = _EAST_ASIAN.search(line)
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def is_dateline(line: str, today: dt.date) -> bool:
    """Whether a line only tells the day, perhaps with a place or a desk: no sentence, and short."""
    return len(line) <= 80 and line[-1:] not in ".!?" and dateline([line], today) is not None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001  htmldate compares naive ones
