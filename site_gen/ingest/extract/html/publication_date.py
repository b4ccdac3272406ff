"""The day an article was published: what the page declares, what stands around its title, and marked guesses.

Declared fields come first; then dates around the title; then what is only likely (the day of the last change, a
date somewhere in the page, which htmldate's plain search finds). The day of saving is never one of them.
"""

from __future__ import annotations

import datetime as dt
import importlib.resources
import json
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from site_gen.ingest.extract.html import json_ld_parser
from site_gen.ingest.extract.html.element_text import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.element_text import PlacedText
    from site_gen.ingest.extract.html.metadata import PageMetadata

EARLIEST = dt.date(1995, 1, 1)
_EAST_ASIAN = re.compile(r"\b(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]")
_DATELINE_LENGTHS = range(6, 101)  # characters
_ISO = re.compile(r"^\s*(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?!\d)")
# Is it the third of April or the fourth of March?
_DAY_OR_MONTH_FIRST = re.compile(r"^\W*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)\b")
_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(\d{1,2})[/-]?(\d{1,2})(?=[/_-]|$)")
_UPDATED = re.compile(
    r"\b(?:updated?|modified|edited|revised|reviewed|aktualisiert|geändert|mis à jour|actualizado|aggiornato"
    r"|atualizad[oa]|обновлено)\b|更新",
    re.IGNORECASE,
)
# Names of meta tags with a date of publication, and with one of a change; the best first.
_META_TAGS: dict[str, list[str]] = json.loads(
    importlib.resources.files(__package__).joinpath("date_meta_tags.json").read_text(encoding="utf-8")
)
_DATE_CLASS = re.compile(
    r"publish|posted|pubdate|entry-date|post-date|article-date|byline|dateline|created", re.IGNORECASE
)
# Top-level domains of English pages that write the day before the month.
_DAY_FIRST = frozenset({"uk", "au", "in", "nz", "ie", "za", "eu", "de", "fr", "sg", "hk", "my", "pk", "ng", "ke"})
_GUESSED_FROM_UPDATE = "guessed from the date of the last change"
_BEGUN_IN_WIKI = "the day the page was begun: a wiki’s text is younger"
_WIKI_GENERATOR = re.compile("mediawiki|dokuwiki|tiki wiki|xwiki", re.IGNORECASE)
_NEAREST = 20  # texts behind the title in which a date may be of unclear order


class PublicationDate(NamedTuple):
    """The day of publication."""

    day: dt.date  # from 1995 on, not after tomorrow
    doubt: str | None  # why it may be wrong, where it is a guess


def choose_date(
    page: PageMetadata, url: str | None, nearby_texts: Sequence[PlacedText], today: dt.date, *, is_prose: bool
) -> PublicationDate | None:
    """Choose the day of publication; return None where nothing in the page gives one.

    url: the page's address. nearby_texts: the texts behind and before the title. is_prose: whether the page is an
    article; on others (products, lists) a date that stands around the title is only a guess.
    """
    latest = today + dt.timedelta(days=1)  # some country has tomorrow's date already
    for text, doubt in _candidates(page, url, nearby_texts, is_prose=is_prose):
        day = _parse_date(text, latest)
        if day:
            return PublicationDate(day, doubt)
    return None


def _candidates(
    page: PageMetadata, url: str | None, nearby_texts: Sequence[PlacedText], *, is_prose: bool
) -> Iterator[tuple[str, str | None]]:
    """Yield texts that may hold the date, the best first, each with a doubt where it is a guess."""
    doubt_if_nearby = None if is_prose else "guessed from a date near the title"
    ambiguous: list[str] = []  # day and month may be swapped
    is_wiki = _WIKI_GENERATOR.search(" ".join(page.meta.get("generator", [])))
    changed = next(iter(json_ld_parser.article_texts(page.json_ld, "dateModified")), "") if is_wiki else ""
    for key in ("datePublished", "dateCreated"):
        for text in json_ld_parser.article_texts(page.json_ld, key):
            yield text, _BEGUN_IN_WIKI if changed[:4] > text[:4] else None  # of a later year
    for name in _META_TAGS["published"]:
        for text in page.meta.get(name, [])[:2]:
            if _is_ambiguous(text):
                ambiguous.append(text)
            else:
                yield text, None
    yield from ((text, doubt_if_nearby) for text in _time_elements_around(page, nearby_texts))
    yield from ((text, doubt_if_nearby) for text in _dates_around(nearby_texts))
    yield from ((text, None) for text in _marked_time_elements(page))
    ambiguous += [text for text, _ in nearby_texts[:_NEAREST] if len(text) < 20 and _is_ambiguous(text)][:2]
    yield from ((_resolve_order(text, page, url), "guessed: day and month may be swapped") for text in ambiguous)
    yield from ((text, _GUESSED_FROM_UPDATE) for text in _dates_around(nearby_texts, updates=True))
    yield from ((text, "guessed from an element's name") for text in _date_elements(page))
    path = _IN_PATH.search(urlsplit(url or "").path)
    if path:
        yield f"{path[1]}-{path[2]:0>2}-{path[3]:0>2}", None
    elsewhere = [value for item in page.json_ld if isinstance(value := item.get("datePublished"), str)]
    yield from ((text, "guessed from the date of another part of the page") for text in elsewhere)
    yield from ((text, _GUESSED_FROM_UPDATE) for text in json_ld_parser.article_texts(page.json_ld, "dateModified"))
    for name in _META_TAGS["modified"]:
        yield from ((text, _GUESSED_FROM_UPDATE) for text in page.meta.get(name, [])[:1])


def _time_elements_around(page: PageMetadata, nearby_texts: Sequence[PlacedText]) -> Iterator[str]:
    """Yield what `time` elements around the title say, but for those of an update."""
    nearby_elements = {element for _, element in nearby_texts}
    for element in page.time_elements:
        if _is_marked_as_update(element) or _UPDATED.search(element.text or ""):
            continue
        if element in nearby_elements or any(child in nearby_elements for child in element):
            yield element.get("datetime") or element.text or ""


def _marked_time_elements(page: PageMetadata) -> Iterator[str]:
    """Yield what the `time` elements say that are marked as the day of publication."""
    for element in page.time_elements:
        if not _is_marked_as_update(element) and (
            element.get("pubdate") is not None or _DATE_CLASS.search(_marks_of(element))
        ):
            yield element.get("datetime") or element.text or ""


def _date_elements(page: PageMetadata) -> Iterator[str]:
    """Yield what other elements say that are marked as a date: in an attribute or in a short text."""
    for element in page.date_elements:
        if _is_marked_as_update(element):
            continue
        text = element.get("content") or element.get("datetime") or text_of(element)
        if len(text) in _DATELINE_LENGTHS and not _UPDATED.search(text) and not _is_ambiguous(text):
            yield text


def _marks_of(element: HtmlElement) -> str:
    """Return the attributes that say what an element is."""
    return f"{element.get('itemprop') or ''} {element.get('class') or ''}".lower()


def _is_marked_as_update(element: HtmlElement) -> bool:
    marks = _marks_of(element)
    return "modif" in marks or "updat" in marks


def _dates_around(nearby_texts: Sequence[PlacedText], *, updates: bool = False) -> Iterator[str]:
    """Yield short texts around the title with digits: those of an update (`Updated on …`), or all others."""
    previous = ""
    for text, element in nearby_texts:
        if (
            len(text) in _DATELINE_LENGTHS
            and len(text) <= 80
            and any(character.isdigit() for character in text)
            and not _is_ambiguous(text)
        ):
            says_updated = _UPDATED.search(text) or (len(previous) < 30 and _UPDATED.search(previous))
            if bool(says_updated or "modif" in (element.get("class") or "")) == updates:
                yield text
        previous = text


def _resolve_order(text: str, page: PageMetadata, url: str | None) -> str:
    """Turn `3/4/2026` into an ISO date where an American wrote it; elsewhere the day comes first."""
    top_level_domain = (urlsplit(url or "").hostname or "").rpartition(".")[2]
    match = _DAY_OR_MONTH_FIRST.match(text)
    if match is None or page.language != "en" or top_level_domain in _DAY_FIRST or "." in text[:3]:
        return text
    year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
    return f"{year}-{match[1]:0>2}-{match[2]:0>2}"


def _is_ambiguous(text: str) -> bool:
    """Whether a text begins with a date whose day and month may be swapped."""
    match = _DAY_OR_MONTH_FIRST.match(text)
    return match is not None and int(match[1]) <= 12 and int(match[2]) <= 12 and match[1] != match[2]


def _parse_date(text: str, latest: dt.date) -> dt.date | None:
    """Return the day in a short text; None for one before 1995 or after `latest`, or without a day."""
    iso = _ISO.match(text)
    if iso:
        try:
            day = dt.date(*map(int, iso.groups()))
        except ValueError:
            return None
        return day if EARLIEST <= day <= latest else None
    return find_date_in_lines([text], latest)


def find_date_in_lines(lines: Iterable[str], latest: dt.date) -> dt.date | None:
    """Return the date in the first short line that has one from 1995 to `latest`."""
    from htmldate.extractors import try_date_expr  # noqa: PLC0415  slow to import

    for line in lines:
        if len(line) in _DATELINE_LENGTHS and any(character.isdigit() for character in line):
            written = line.title() if line.isupper() else line  # htmldate does not understand OCTOBER
            iso = try_date_expr(written, "%Y-%m-%d", False, _midnight(EARLIEST), _midnight(latest))
            day = dt.date.fromisoformat(iso) if iso else _parse_east_asian(line)
            if day and EARLIEST <= day <= latest:
                return day
    return None


def search_page(tree: HtmlElement, url: str | None, today: dt.date) -> dt.date | None:
    """Return a date anywhere in the page: htmldate's plain search.

    It finds one on half of the pages that have none. Raises what htmldate raises.
    """
    from htmldate import find_date  # noqa: PLC0415  slow to import

    iso = find_date(
        tree,
        extensive_search=False,
        original_date=True,
        url=url,
        min_date=EARLIEST.isoformat(),
        # A bound of today would turn a day to come into the first of this month.
        max_date=f"{today.year + 2}-01-01",
    )
    day = dt.date.fromisoformat(iso) if iso else None
    return day if day and EARLIEST <= day <= today + dt.timedelta(days=1) else None


def _parse_east_asian(line: str) -> dt.date | None:
    """Return the day of `2026年3月4日`, which htmldate does not understand."""
    match = _EAST_ASIAN.search(line)
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def is_dateline(line: str, today: dt.date) -> bool:
    """Whether a line only gives the day, perhaps with a place or a desk: no sentence, and short."""
    return len(line) <= 80 and line[-1:] not in ".!?" and find_date_in_lines([line], today) is not None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001  htmldate compares naive ones
