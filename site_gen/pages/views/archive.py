"""The archive: all years, one year, one month."""

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
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.site import Site

_BREADCRUMBS = (("Archive", ARCHIVE),)
_NAMED = 3  # entities of each kind that a description names


@dataclass(frozen=True, slots=True)
class MonthCell:
    """A month in the archive's table."""

    month: int
    url: UrlPath | None
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year of the archive."""

    year: int
    url: UrlPath
    count: int
    cells: tuple[MonthCell, ...]


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """All years and months, and the articles that no date is known of."""

    title: str
    years: tuple[YearRow, ...]
    undated: tuple[ArticleCard, ...]
    total: int
    head: Head


@dataclass(frozen=True, slots=True)
class ArchiveYearPage:
    """One year by month, and who was in it."""

    title: str
    row: YearRow
    groups: tuple[EntityGroup, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class MonthLink:
    """A way to another month."""

    date: dt.date
    url: UrlPath


@dataclass(frozen=True, slots=True)
class ArchiveMonthPage:
    """One month by day."""

    title: str
    date: dt.date
    year_url: UrlPath
    days: tuple[DayGroup, ...]
    total: int
    groups: tuple[EntityGroup, ...]
    before: MonthLink | None
    after: MonthLink | None
    head: Head


def year_url(year: int) -> UrlPath:
    """The archive page of a year."""
    return url_path("archive", f"{year:04}")


def month_url(month: calendar_months.Month) -> UrlPath:
    """The archive page of a month."""
    return url_path("archive", f"{month[0]:04}", f"{month[1]:02}")


def _year_row(year: int, counts: Mapping[calendar_months.Month, int], most: int) -> YearRow:
    cells = tuple(
        MonthCell(
            m, month_url((year, m)) if counts.get((year, m)) else None, n, bar_charts.bar_length(n, most) if n else 0.0
        )
        for m in range(1, 13)
        for n in [counts.get((year, m), 0)]
    )
    return YearRow(year, year_url(year), sum(cell.count for cell in cells), cells)


def archive_page(site: Site) -> ArchivePage:
    """A table of years by months, newest year first."""
    counts = dict(site.dated_months())
    most = max(counts.values(), default=0)
    years = sorted({year for year, _ in counts}, reverse=True)
    rows = tuple(_year_row(year, counts, most) for year in years)
    undated = site.undated_articles()
    total = sum(counts.values()) + len(undated)
    said = f"All that {site.config().title} has, by month: {format_count(total, 'article')}."
    return ArchivePage("Archive", rows, undated, total, page_head(site, ARCHIVE, "Archive", said))


def archive_year_page(site: Site, year: int) -> ArchiveYearPage:
    """One year."""
    counts = {month: count for month, count in site.dated_months() if month[0] == year}
    tags: Counter[Tag] = Counter()
    for month in counts:
        tags.update(dict(site.tags_of_month(*month)))
    row = _year_row(year, counts, max(counts.values(), default=0))
    groups = group_by_kind(site, tags, MAX_LISTED_ENTITIES)
    said = f"{year} by month: {format_count(row.count, 'article')}{_most_named(groups)}."
    return ArchiveYearPage(str(year), row, groups, page_head(site, row.url, str(year), said, _BREADCRUMBS))


def archive_month_page(site: Site, year: int, month: int) -> ArchiveMonthPage:
    """One month."""
    cards = [card for card in site.articles_of_month(year, month) if card.date]
    before, after = site.neighbouring_months(year, month)
    groups = group_by_kind(site, dict(site.tags_of_month(year, month)), MAX_LISTED_ENTITIES)
    date = dt.date(year, month, 1)
    name = format_day(date, "month")
    said = f"{name} by day: {format_count(len(cards), 'article')}{_most_named(groups)}."
    above = (*_BREADCRUMBS, (str(year), year_url(year)))
    return ArchiveMonthPage(
        title=name,
        date=date,
        year_url=year_url(year),
        days=group_by_day(site, ((card, ()) for card in cards)),
        total=len(cards),
        groups=groups,
        before=before and _month_link(before),
        after=after and _month_link(after),
        head=page_head(site, month_url((year, month)), name, said, above),
    )


def _most_named(groups: Iterable[EntityGroup]) -> str:
    """Who was named most often, of each kind."""
    names = [link.name for group in groups for link in group.links[:_NAMED]]
    return f", on {', '.join(names)}" if names else ""


def _month_link(month: calendar_months.Month) -> MonthLink:
    return MonthLink(dt.date(*month, 1), month_url(month))
