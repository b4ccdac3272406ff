"""Views of the archive: all years, one year, one month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.core.formatting import format_count, format_day
from site_gen.core.urls import url_path
from site_gen.pages import bar_charts
from site_gen.pages.views.meta_tags import ARCHIVE, Head, page_head
from site_gen.pages.views.page_parts import DayGroup, EntityGroup, group_by_day, group_by_kind
from site_gen.site.coverage import MAX_LISTED_ENTITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_gen.content.records import Tag
    from site_gen.core import calendar_months
    from site_gen.core.urls import UrlPath
    from site_gen.site.site import Site

UNDATED_PAGE = url_path("archive", "undated")
_BREADCRUMBS = (("Archive", ARCHIVE),)
_NAMES_IN_DESCRIPTION = 3  # entities of each kind


@dataclass(frozen=True, slots=True)
class MonthCell:
    """A month in the archive's table."""

    month: int  # 1 to 12
    url: UrlPath | None  # its page; None where it has no article
    count: int  # articles with a date in it
    share: float  # length of its bar, in percent of the longest


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year in the archive's table."""

    year: int  # AD
    url: UrlPath  # its page
    count: int  # articles with a date in it
    cells: tuple[MonthCell, ...]  # all twelve months


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """What `archive.html` shows: all years and months."""

    title: str  # heading of the page
    years: tuple[YearRow, ...]  # newest first
    undated: int  # articles without a date
    total: int  # articles, with and without a date
    head: Head  # what <head> says of the page


@dataclass(frozen=True, slots=True)
class ArchiveYearPage:
    """What `archive_year.html` shows: one year by month."""

    title: str  # heading of the page
    row: YearRow  # the year, with its months
    groups: tuple[EntityGroup, ...]  # who was in the news that year
    head: Head  # what <head> says of the page


@dataclass(frozen=True, slots=True)
class UndatedPage:
    """What `archive_undated.html` shows: the articles without a date."""

    title: str  # heading of the page
    days: tuple[DayGroup, ...]  # the days of saving, newest first
    total: int  # articles
    head: Head  # what <head> says of the page


@dataclass(frozen=True, slots=True)
class MonthLink:
    """A link to another month of the archive."""

    date: dt.date  # the month's first day
    url: UrlPath  # its page


@dataclass(frozen=True, slots=True)
class ArchiveMonthPage:
    """What `archive_month.html` shows: one month by day."""

    title: str  # heading of the page
    date: dt.date  # the month's first day
    year_url: UrlPath  # the page of its year
    days: tuple[DayGroup, ...]  # newest first
    total: int  # articles with a date in it
    groups: tuple[EntityGroup, ...]  # who was in the news that month
    before: MonthLink | None  # the nearest earlier month that has articles
    after: MonthLink | None  # the nearest later month that has articles
    head: Head  # what <head> says of the page


def year_url(year: int) -> UrlPath:
    """Return the address of a year of the archive."""
    return url_path("archive", f"{year:04}")


def month_url(month: calendar_months.Month) -> UrlPath:
    """Return the address of a month of the archive."""
    return url_path("archive", f"{month[0]:04}", f"{month[1]:02}")


def _year_row(year: int, counts: Mapping[calendar_months.Month, int], most: int) -> YearRow:
    """Return a row of the table. counts: articles by month; most: the count that a full bar stands for."""
    cells = tuple(
        MonthCell(
            m, month_url((year, m)) if counts.get((year, m)) else None, n, bar_charts.bar_length(n, most) if n else 0.0
        )
        for m in range(1, 13)
        for n in [counts.get((year, m), 0)]
    )
    return YearRow(year, year_url(year), sum(cell.count for cell in cells), cells)


def archive_page(site: Site) -> ArchivePage:
    """Show a table of years by months, newest year first, and how many articles have no date."""
    counts = dict(site.dated_months())
    most = max(counts.values(), default=0)
    years = sorted({year for year, _ in counts}, reverse=True)
    rows = tuple(_year_row(year, counts, most) for year in years)
    undated = site.undated_count()
    total = sum(counts.values()) + undated
    description = f"All that {site.config().title} has, by month: {format_count(total, 'article')}."
    return ArchivePage("Archive", rows, undated, total, page_head(site, ARCHIVE, "Archive", description))


def undated_page(site: Site) -> UndatedPage:
    """Show the articles without a date by the day of saving: of the rest, nothing that tells time knows them."""
    cards = site.undated_articles()
    description = (
        f"{format_count(len(cards), 'article')} that do not say when they were published, by the day of saving."
    )
    days = group_by_day(site, ((card, ()) for card in cards))
    return UndatedPage("Undated", days, len(cards), page_head(site, UNDATED_PAGE, "Undated", description, _BREADCRUMBS))


def archive_year_page(site: Site, year: int) -> ArchiveYearPage:
    """Show a year by month, and who was in the news."""
    counts = {month: count for month, count in site.dated_months() if month[0] == year}
    tags: Counter[Tag] = Counter()
    for month in counts:
        tags.update(dict(site.tags_of_month(*month)))
    row = _year_row(year, counts, max(counts.values(), default=0))
    groups = group_by_kind(site, tags, MAX_LISTED_ENTITIES)
    description = f"{year} by month: {format_count(row.count, 'article')}{_most_named(groups)}."
    return ArchiveYearPage(str(year), row, groups, page_head(site, row.url, str(year), description, _BREADCRUMBS))


def archive_month_page(site: Site, year: int, month: int) -> ArchiveMonthPage:
    """Show the articles of a month by day, and who was in the news."""
    cards = site.articles_of_month(year, month)
    before, after = site.neighbouring_months(year, month)
    groups = group_by_kind(site, dict(site.tags_of_month(year, month)), MAX_LISTED_ENTITIES)
    date = dt.date(year, month, 1)
    name = format_day(date, "month")
    description = f"{name} by day: {format_count(len(cards), 'article')}{_most_named(groups)}."
    breadcrumbs = (*_BREADCRUMBS, (str(year), year_url(year)))
    return ArchiveMonthPage(
        title=name,
        date=date,
        year_url=year_url(year),
        days=group_by_day(site, ((card, ()) for card in cards)),
        total=len(cards),
        groups=groups,
        before=before and _month_link(before),
        after=after and _month_link(after),
        head=page_head(site, month_url((year, month)), name, description, breadcrumbs),
    )


def _most_named(groups: Iterable[EntityGroup]) -> str:
    """Return who was named most often, of each kind, as the end of a sentence."""
    names = [link.name for group in groups for link in group.links[:_NAMES_IN_DESCRIPTION]]
    return f", on {', '.join(names)}" if names else ""


def _month_link(month: calendar_months.Month) -> MonthLink:
    return MonthLink(dt.date(*month, 1), month_url(month))
