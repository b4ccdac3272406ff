"""Queries on what was written, and when. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from site_gen.content.records import Tag
from site_gen.core import calendar_months
from site_gen.core.depgraph import kept_query, query
from site_gen.site.analysis import statistics
from site_gen.site.database import SiteDatabase
from site_gen.site.projections import SitemapEntry, SiteTotals, newest_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard


@query
def listing(site: SiteDatabase) -> tuple[tuple[UrlPath, str, str], ...]:
    """Return the page, the file and the id of each article, by page."""
    return tuple(sorted((url, file, identity) for file, (url, identity) in site.group("articles").items()))


@query
def url_of(site: SiteDatabase, identity: str) -> UrlPath | None:
    """Return the page of the article with an id; None where there is none."""
    urls: Iterable[UrlPath] = site.group("id", identity).values()
    return min(urls, default=None)


@query
def article(site: SiteDatabase, url: UrlPath) -> tuple[str, ArticleCard, bytes]:
    """Return the file and the card of the article at a page, and its `ArticleDetail`, packed.

    Raises LookupError when there is none.
    """
    for file, card, detail in site.group("article", url).values():
        return file, card, detail
    raise LookupError(url)


@query
def redirects(site: SiteDatabase) -> tuple[tuple[UrlPath, str, UrlPath, str], ...]:
    """Return where articles were before: the old URL, the title, the new URL, the file."""
    members = site.group("redirects").items()
    return tuple(sorted((old, title, new, file) for file, (urls, title, new) in members for old in urls))


@kept_query
def totals(site: SiteDatabase) -> SiteTotals:
    """Return the site in numbers."""
    outlets = site.group("outlets").values()
    newest = max((certain for _, _, certain in site.group("dates").values() if certain), default=None)
    return SiteTotals(
        articles=len(outlets),
        stories=len(site.members("stories")),
        outlets=len({outlet for outlet in outlets if outlet}),
        newest=newest,
    )


@kept_query
def comparable_total(site: SiteDatabase) -> int:
    """Return how many stories there are, `rounded_up`, for comparing counts with."""
    return statistics.rounded_up(len(site.members("stories")))


@kept_query
def newest_day(site: SiteDatabase) -> dt.date | None:
    """Return the last day of an article, certain or guessed; None where none has any."""
    return max((date for _, date, _ in site.group("dates").values() if date), default=None)


def later_than(site: SiteDatabase, day: dt.date) -> Iterator[tuple[str, dt.date]]:
    """Yield the files of the articles that are of a later day, each with its day."""
    newest = newest_day(site)
    if newest and newest > day:
        for file, (_, date, _) in sorted(site.group("dates").items()):
            if date and date > day:
                yield file, date


@query
def plain_texts(site: SiteDatabase) -> tuple[str, ...]:
    """Return the files of the articles whose text is shown as plain text."""
    return tuple(sorted(site.group("plain texts")))


@kept_query
def dated_months(site: SiteDatabase) -> tuple[tuple[calendar_months.Month, int, int], ...]:
    """Return the months that list articles, oldest first.

    Each with the number of its articles whose day is certain, and of those that a guess places there.
    """
    counts: dict[calendar_months.Month, list[int]] = {}
    for _, date, certain in site.group("dates").values():
        if date:
            counts.setdefault(calendar_months.month_of(date), [0, 0])[certain is None] += 1
    return tuple((month, certain, guessed) for month, (certain, guessed) in sorted(counts.items()))


@kept_query
def months_of_year(site: SiteDatabase, year: int) -> tuple[tuple[int, int, int], ...]:
    """Return the months of a year that list articles, with the numbers of `dated_months`."""
    return tuple((month, certain, guessed) for (other, month), certain, guessed in dated_months(site) if other == year)


@kept_query
def undated_count(site: SiteDatabase) -> int:
    """Return how many articles have no date."""
    return sum(date is None for _, date, _ in site.group("dates").values())


@kept_query
def uncertain_count(site: SiteDatabase) -> int:
    """Return how many articles have no day that counts: it is guessed, or there is none."""
    return sum(certain is None for _, _, certain in site.group("dates").values())


@kept_query
def filed_years(site: SiteDatabase) -> tuple[int, ...]:
    """Return the years that articles are filed under, oldest first; those without a date by the day of saving."""
    return tuple(sorted({year for year, _, _ in site.group("dates").values()}))


@kept_query
def time_span(site: SiteDatabase) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last certain day of an article; None where no day is certain."""
    days = [certain for _, _, certain in site.group("dates").values() if certain]
    return (min(days), max(days)) if days else None


@kept_query
def dated_span(site: SiteDatabase) -> tuple[calendar_months.Month, calendar_months.Month] | None:
    """Return the months of `time_span`, the first and the last."""
    span = time_span(site)
    return (calendar_months.month_of(span[0]), calendar_months.month_of(span[1])) if span else None


@query
def of_month(site: SiteDatabase, year: int, month: int) -> tuple[ArticleCard, ...]:
    """Return the articles of a month, newest first."""
    members: Iterable[ArticleCard] = site.group("articles of month", (year, month)).values()
    return tuple(sorted(members, key=newest_first))


@kept_query
def tags_of_month(site: SiteDatabase, year: int, month: int) -> tuple[tuple[Tag, int], ...]:
    """Return the entities in a month's articles whose day is certain, each with the number of these articles."""
    cards = of_month(site, year, month)
    counts = Counter(tag for card in cards if card.published for tag in card.tags)
    return tuple(sorted(counts.items()))


@kept_query
def neighbouring_months(
    site: SiteDatabase, year: int, month: int
) -> tuple[calendar_months.Month | None, calendar_months.Month | None]:
    """Return the months before and after one that have articles with a date.

    The month itself may have none: that of a page which is about to be removed.
    """
    months = [dated for dated, *_ in dated_months(site)]
    before = [dated for dated in months if dated < (year, month)]
    after = [dated for dated in months if dated > (year, month)]
    return (before[-1] if before else None, after[0] if after else None)


@query
def undated(site: SiteDatabase) -> tuple[ArticleCard, ...]:
    """Return the articles of which no date is known, those saved last first."""
    members: Iterable[ArticleCard] = site.group("undated articles").values()
    return tuple(sorted(members, key=newest_first))


@query
def sitemap_entries(site: SiteDatabase, year: int) -> tuple[SitemapEntry, ...]:
    """Return the pages of the articles filed under a year, each with the day of its last change, by page.

    That day is the one of saving or of publication, whichever is later, but none that is guessed.
    """
    return tuple(sorted(site.group("sitemap", year).values()))


@kept_query
def filed_count(site: SiteDatabase, year: int) -> int:
    """Return how many articles are filed under a year."""
    return len(site.members("sitemap", year))


@kept_query
def last_change(site: SiteDatabase, year: int) -> dt.date | None:
    """Return the last day of change of `sitemap_entries`."""
    return max((date for _, date in sitemap_entries(site, year) if date), default=None)
