"""The day an article was published: what the page declares, what stands around its title, and marked guesses.

Declared fields come first; then dates around the title; then what is only likely (the day of the last change, a
date somewhere in the page, which htmldate's plain search finds). The day of saving is never one of them.
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib.resources
import itertools
import json
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from site_gen.ingest.extract.html import json_ld_parser
from site_gen.ingest.extract.html.element_text import text_of, texts_before
from site_gen.ingest.extract.written_dates import find_written_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.element_text import PlacedText
    from site_gen.ingest.extract.html.metadata import PageMetadata

EARLIEST = dt.date(1995, 1, 1)
_EAST_ASIAN = re.compile(r"\b(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]")
_DATELINE_LENGTHS = range(6, 101)  # characters
_MAX_LABEL = 30  # characters before a date that say what it is: “Last updated”
_ISO = re.compile(r"^\s*(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:\d{6})?(?!\d)")
_YEAR_AND_MONTH = re.compile(r"\s*((?:19|20)\d\d)[-/.](0?[1-9]|1[0-2])\s*")
_UNIX_TIME = re.compile(r"\s*(\d{9,10})(?:\d{3}|\.\d+)?\s*")  # seconds since 1970; or milliseconds
# Is it the third of April or the fourth of March?
_DAY_OR_MONTH_FIRST = re.compile(r"^\W*(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d\d)\b")
_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(\d{1,2})[/-]?(\d{1,2})(?=[/_-]|$)")
_UPDATED = re.compile(
    r"\b(?:updated?|modified|edited|revised|reviewed|aktualisiert|geändert|mis à jour|actualizado|aggiornato"
    r"|atualizad[oa]|обновлено|stand)\b|更新|수정",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"(?:date )?(?:published|posted|published on|posted on|publication|release date|publish date|date of publication)"
    r"(?: date)?:?|(?:veröffentlicht|erschienen)(?: am)?:?|publié le:?|publicado(?: el| em)?:?|pubblicato il:?"
    r"|gepubliceerd:?|publicerad:?|publisert:?|udgivet:?|опубликовано:?|発行日|公開日|发布日期|등록일",
    re.IGNORECASE,
)
_PUBLISHED_WORD = re.compile(
    r"\b(?:published(?: online)?|posted(?: on)?|created|veröffentlicht|erschienen|erstellt|publié|publicado|pubblicato"
    r"|gepubliceerd|опубликовано)\b|입력|등록|公開日?|发布(?:时间|日期)?|發布|投稿日",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d{4}")  # of a year
# Names of meta tags with a date of publication, and with one of a change; the best first.
_META_TAGS: dict[str, list[str]] = json.loads(
    importlib.resources.files(__package__).joinpath("date_meta_tags.json").read_text(encoding="utf-8")
)
_COPYRIGHT = re.compile("©|copyright|all rights reserved", re.IGNORECASE)
_DATE_CLASS = re.compile(
    r"publish|posted|pubdate|entry-date|post-date|article-date|byline|dateline|created", re.IGNORECASE
)
# Top-level domains of English pages that write the day before the month.
_DAY_FIRST = frozenset({"uk", "au", "in", "nz", "ie", "za", "eu", "de", "fr", "sg", "hk", "my", "pk", "ng", "ke"})
# Parts of a page whose dates are not the article's: other articles, comments, an event.
_OTHER_PARTS = re.compile(
    r"(?:^|[\s_-])(?:related|recommend(?:ed|ations?)|recirc|most-?read|read-?next|comments?|copyright|events?|event-?date|more-(?:stories|articles|news|posts))(?:[\s_-]|$)",
    re.IGNORECASE,
)
_SIDE_TAGS = frozenset({"aside", "footer", "nav"})
_WHOLE_TAGS = frozenset({"article", "main", "body"})
_MAX_ANCESTORS = 6
_GUESSED_FROM_UPDATE = "guessed from the date of the last change"
_BEGUN_IN_WIKI = "the day the page was begun: a wiki’s text is younger"
_WIKI_GENERATOR = re.compile("mediawiki|dokuwiki|tiki wiki|xwiki", re.IGNORECASE)
_BESIDE_TITLE, _MAX_SHOWN = 8, 40  # texts behind the title, and characters, of a day that stands beside it
_NEAREST = 20  # texts behind the title in which a date may be of unclear order


class PublicationDate(NamedTuple):
    """The day of publication."""

    day: dt.date | None  # from 1995 on, not after tomorrow; None where the page gives only the month
    doubt: str | None  # why it may be wrong or is missing


def choose_date(
    page: PageMetadata, url: str | None, nearby_texts: Sequence[PlacedText], today: dt.date, *, is_prose: bool
) -> PublicationDate | None:
    """Choose the day of publication; return None where nothing in the page gives one, or a month.

    url: the page's address. nearby_texts: the texts behind and before the title. is_prose: whether the page is an
    article; on others (products, lists) a date that stands around the title is only a guess, and one that is likely
    for an article is none.
    """
    latest = today + dt.timedelta(days=1)  # some country has tomorrow's date already
    month = None
    for text, doubt in _candidates(page, url, nearby_texts, is_prose=is_prose):
        if doubt and month:
            break  # a month that is declared says more than a day that is guessed
        day = _parse_date(text, latest, page.language)
        if day:
            shown = None if doubt else _find_shown_day(page, nearby_texts, latest)
            return PublicationDate(shown if shown and (day - shown).days > 1 else day, doubt)
        month = month or _YEAR_AND_MONTH.fullmatch(text)
    return PublicationDate(None, f"the page gives only the month: {month[1]}-{month[2]:0>2}") if month else None


def _find_shown_day(page: PageMetadata, nearby_texts: Sequence[PlacedText], latest: dt.date) -> dt.date | None:
    """Return the day that stands next to the title; None where there is none, or only that of an update.

    Where it is earlier than what is declared, the page was moved or edited since.
    """
    nearest = [(text, part) for text, part in nearby_texts[:_BESIDE_TITLE] if len(text) <= _MAX_SHOWN]
    nearest = [(text, part) for text, part in nearest if not _is_of_other_part(part) and not _stands_aside(part)]
    texts = (*_time_elements_around(page, nearest), *_dates_around(nearest))
    return next(filter(None, (_parse_date(text, latest, page.language) for text in texts)), None)


def days_of_other_parts(page: PageMetadata, today: dt.date) -> frozenset[dt.date]:
    """Return the days of related articles, comments and events on a page."""
    days = (
        _parse_date(element.get("datetime") or text_of(element), today, page.language)
        for element in (*page.time_elements, *page.date_elements)
        if _is_of_other_part(element)
    )
    return frozenset(filter(None, days))


def _candidates(
    page: PageMetadata, url: str | None, nearby_texts: Sequence[PlacedText], *, is_prose: bool
) -> Iterator[tuple[str, str | None]]:
    """Yield texts that may hold the date, the best first, each with a doubt where it is a guess."""
    doubt_if_nearby = None if is_prose else "guessed from a date near the title"
    texts_of_article = [text for text in nearby_texts if not _is_of_other_part(text[1])]
    nearby_texts = [text for text in texts_of_article if not _stands_aside(text[1])]
    aside_texts = [text for text in texts_of_article if _stands_aside(text[1])]
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
    if is_prose:
        yield from ((text, "guessed from an element's name") for text in _date_elements(page))
    path = _IN_PATH.search(urlsplit(url or "").path)
    if path:
        yield f"{path[1]}-{path[2]:0>2}-{path[3]:0>2}", None
    if not is_prose:
        return
    yield from ((text, "guessed from a date beside the text") for text in _dates_around(aside_texts))
    pages = [item for item in page.json_ld if "WebPage" in json_ld_parser.types_of(item)]
    yield from ((str(item.get("datePublished") or ""), "guessed from the day of the page") for item in pages)
    yield from ((text, _GUESSED_FROM_UPDATE) for text in json_ld_parser.article_texts(page.json_ld, "dateModified"))
    for name in _META_TAGS["modified"]:
        yield from ((text, _GUESSED_FROM_UPDATE) for text in page.meta.get(name, [])[:1])


def _ancestors_in_page(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield an element and what it stands in, up to the article."""
    for ancestor in [element, *itertools.islice(element.iterancestors(), _MAX_ANCESTORS)]:
        if ancestor.tag in _WHOLE_TAGS:
            return
        yield ancestor


def _is_of_other_part(element: HtmlElement) -> bool:
    """Whether an element belongs to something other than the article: related ones, comments, an event."""
    return any(
        _OTHER_PARTS.search(f"{ancestor.get('class', '')} {ancestor.get('id', '')}")
        for ancestor in _ancestors_in_page(element)
    )


def _stands_aside(element: HtmlElement) -> bool:
    """Whether an element stands in a column beside the article, in a menu or a footer."""
    return any(ancestor.tag in _SIDE_TAGS for ancestor in _ancestors_in_page(element))


def _time_elements_around(page: PageMetadata, nearby_texts: Sequence[PlacedText]) -> Iterator[str]:
    """Yield what `time` elements around the title say, but for those of an update."""
    before = dict(
        zip((element for _, element in nearby_texts), ("", *(text for text, _ in nearby_texts)), strict=False)
    )
    for element in page.time_elements:
        if _is_marked_as_update(element) or _UPDATED.search(element.text or ""):
            continue
        label = next((before[part] for part in (element, *element) if part in before), None)
        if label is not None and not (len(label) < _MAX_LABEL and _UPDATED.search(label)):
            yield element.get("datetime") or element.text or ""


def _marked_time_elements(page: PageMetadata) -> Iterator[str]:
    """Yield what the `time` elements say that are marked as the day of publication."""
    for element in page.time_elements:
        if (
            not _is_marked_as_update(element)
            and not _is_of_other_part(element)
            and (
                element.get("pubdate") is not None
                or _DATE_CLASS.search(_marks_of(element))
                or any(_PUBLISHED.fullmatch(text) for text, _ in texts_before(element, 2))
            )
        ):
            yield element.get("datetime") or element.text or ""


def _date_elements(page: PageMetadata) -> Iterator[str]:
    """Yield what other elements say that are marked as a date: in an attribute or in a short text."""
    for element in page.date_elements:
        if _is_marked_as_update(element) or _is_of_other_part(element):
            continue
        text = element.get("content") or element.get("datetime") or text_of(element)
        text = _without_update(text)
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
            and not _COPYRIGHT.search(text)
        ):
            text = _without_update(text)  # noqa: PLW2901
            is_label = len(previous) < _MAX_LABEL and not _DIGITS.search(previous)
            says_updated = _UPDATED.search(text) or (is_label and _UPDATED.search(previous))
            if bool(says_updated or "modif" in (element.get("class") or "")) == updates:
                yield text
        previous = text


def _without_update(text: str) -> str:
    """Return of a line with several days the part with that of publication: behind its label, before an update."""
    published = list(_PUBLISHED_WORD.finditer(text))
    if published and _DIGITS.search(text, published[-1].end()):
        text = text[published[-1].end() :].lstrip(" :：")
    update = _UPDATED.search(text)
    return text[: update.start()].rstrip(" ,|·–-") if update and _DIGITS.search(text[: update.start()]) else text


def _resolve_order(text: str, page: PageMetadata, url: str | None) -> str:
    """Turn `3/4/2026` into an ISO date where an American wrote it; elsewhere the day comes first."""
    top_level_domain = (urlsplit(url or "").hostname or "").rpartition(".")[2]
    match = _DAY_OR_MONTH_FIRST.match(text)
    if match is None or page.language != "en" or top_level_domain in _DAY_FIRST or "." in text[:3]:
        return text
    if page.region and not _writes_month_first(page.region):
        return text
    year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
    return f"{year}-{match[1]:0>2}-{match[2]:0>2}"


@functools.cache
def _writes_month_first(region: str) -> bool:
    """Whether English dates of a region (`GB`) begin with the month, as the CLDR has it."""
    try:
        pattern = Locale("en", region).date_formats["short"].pattern
    except (UnknownLocaleError, ValueError):
        return True
    return str(pattern).startswith("M")


def _is_ambiguous(text: str) -> bool:
    """Whether a text begins with a date whose day and month may be swapped."""
    match = _DAY_OR_MONTH_FIRST.match(text)
    return match is not None and int(match[1]) <= 12 and int(match[2]) <= 12 and match[1] != match[2]


def _parse_date(text: str, latest: dt.date, language: str | None) -> dt.date | None:
    """Return the day in a short text; None for one before 1995 or after `latest`, or without a day."""
    unix_time = _UNIX_TIME.fullmatch(text)
    if unix_time:
        day = dt.datetime.fromtimestamp(int(unix_time[1]), dt.UTC).date()
        return day if EARLIEST <= day <= latest else None
    iso = _ISO.match(text)
    if iso:
        try:
            day = dt.date(*map(int, iso.groups()))
        except ValueError:
            return None
        return day if EARLIEST <= day <= latest else None
    return find_date_in_lines([text], latest, language)


def find_date_in_lines(lines: Iterable[str], latest: dt.date, language: str | None = None) -> dt.date | None:
    """Return the date in the first short line that has one from 1995 to `latest`; a month without a day is none.

    language: of the lines, a BCP 47 tag.
    """
    for line in lines:
        if len(line) in _DATELINE_LENGTHS and any(character.isdigit() for character in line):
            day = (
                find_written_date(line, language)
                or _parse_figures(line)
                or _search_line(line, latest)
                or _parse_east_asian(line)
            )
            if day and EARLIEST <= day <= latest:
                return day
    return None


def _parse_figures(line: str) -> dt.date | None:
    """Return the day of `2/24/2026`, where one figure can only be the day."""
    match = _DAY_OR_MONTH_FIRST.match(line)
    if match is None or len(match[3]) != 4:
        return None
    first, second, year = map(int, match.groups())
    try:
        return dt.date(year, *((first, second) if second > 12 else (second, first)))
    except ValueError:
        return None


def _search_line(line: str, latest: dt.date) -> dt.date | None:
    """Return the date that htmldate finds in a line, where the line names the day and not only the month."""
    from htmldate.extractors import try_date_expr  # noqa: PLC0415  slow to import

    iso = try_date_expr(line, "%Y-%m-%d", False, _midnight(EARLIEST), _midnight(latest))
    day = dt.date.fromisoformat(iso) if iso else None
    # htmldate makes a month the first of it, or a day of the year only.
    if day and not any(int(number) == day.day or len(number) >= 8 for number in re.findall(r"\d+", line)[:30]):
        return None
    return day


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
