"""Views of the archive: all years, one year, one month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.core.urls import url_path
from site_gen.pages import bar_charts
from site_gen.pages.language import language_of
from site_gen.pages.views.meta_tags import ARCHIVE, Head, page_head
from site_gen.pages.views.page_parts import DayGroup, EntityGroup, group_by_day, group_by_kind
from site_gen.site import articles
from site_gen.site.coverage import MAX_LISTED_ENTITIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.content.records import Tag
    from site_gen.core import calendar_months
    from site_gen.core.urls import UrlPath
    from site_gen.pages.language import Language
    from site_gen.pages.views.json_ld import Breadcrumb
    from site_gen.site.database import SiteDatabase

UNDATED_PAGE = url_path("archive", "undated")
_NAMES_IN_DESCRIPTION = 3  # entities of each kind


class MonthCell(Struct, frozen=True):
    """A month in the archive's table."""

    month: int  # 1 to 12
    url: UrlPath | None  # its page; None where it has no article
    count: int  # articles whose day is certain
    share: float  # length of its bar, in percent of the longest


class YearRow(Struct, frozen=True):
    """A year in the archive's table."""

    year: int  # AD
    url: UrlPath  # its page
    count: int  # articles whose day is certain
    uncertain: int  # articles that a guess places in it
    cells: tuple[MonthCell, ...]  # all twelve months


class ArchivePage(Struct, frozen=True):
    """What `archive.html` shows: all years and months."""

    title: str  # heading of the page
    years: tuple[YearRow, ...]  # newest first
    uncertain: int  # articles that a guess places in a month
    undated: int  # articles without a date
    total: int  # articles, with and without a date
    head: Head  # what <head> says of the page


class ArchiveYearPage(Struct, frozen=True):
    """What `archive_year.html` shows: one year by month."""

    title: str  # heading of the page
    row: YearRow  # the year, with its months
    groups: tuple[EntityGroup, ...]  # who was in the news that year
    head: Head  # what <head> says of the page


class UndatedPage(Struct, frozen=True):
    """What `archive_undated.html` shows: the articles without a date."""

    title: str  # heading of the page
    days: tuple[DayGroup, ...]  # the days of saving, newest first
    total: int  # articles
    head: Head  # what <head> says of the page


class MonthLink(Struct, frozen=True):
    """A link to another month of the archive."""

    date: dt.date  # the month's first day
    url: UrlPath  # its page


class ArchiveMonthPage(Struct, frozen=True):
    """What `archive_month.html` shows: one month by day."""

    title: str  # heading of the page
    date: dt.date  # the month's first day
    year_url: UrlPath  # the page of its year
    days: tuple[DayGroup, ...]  # newest first
    total: int  # articles whose day is certain
    uncertain: int  # articles that a guess places in it
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


def _year_rows(site: SiteDatabase, years: Iterable[int]) -> tuple[YearRow, ...]:
    """Return rows of the table; a full bar stands for the month with most articles in any of them."""
    years = list(years)
    counts = {
        (year, month): (certain, guessed)
        for year in years
        for month, certain, guessed in articles.months_of_year(site, year)
    }
    most = max((certain for certain, _ in counts.values()), default=0)
    rows = []
    for year in years:
        cells = tuple(
            MonthCell(
                month,
                month_url((year, month)) if (year, month) in counts else None,
                count,
                bar_charts.bar_length(count, most) if count else 0.0,
            )
            for month in range(1, 13)
            for count, _ in [counts.get((year, month), (0, 0))]
        )
        uncertain = sum(guessed for month, (_, guessed) in counts.items() if month[0] == year)
        rows.append(YearRow(year, year_url(year), sum(cell.count for cell in cells), uncertain, cells))
    return tuple(rows)


def archive_page(site: SiteDatabase) -> ArchivePage:
    """Show a table of years by months, newest year first, and how many articles have no date."""
    rows = _year_rows(site, sorted({year for (year, _), *_ in articles.dated_months(site)}, reverse=True))
    total = articles.totals(site).articles
    language = language_of(site)
    count = language.articles(total)
    description = language.gettext("All that %(site)s has, by month: %(count)s.", site=site.config.title, count=count)
    title = language.gettext("Archive")
    return ArchivePage(
        title=title,
        years=rows,
        uncertain=sum(row.uncertain for row in rows),
        undated=articles.undated_count(site),
        total=total,
        head=page_head(site, ARCHIVE, title, description),
    )


def undated_page(site: SiteDatabase) -> UndatedPage:
    """Show the articles without a date by the day of saving: of the rest, nothing that tells time knows them."""
    cards = articles.undated(site)
    language = language_of(site)
    description = language.ngettext(
        "%(num)s article without a publication date, by date saved.",
        "%(num)s articles without a publication date, by date saved.",
        len(cards),
    )
    days, title = group_by_day(site, ((card, ()) for card in cards)), language.gettext("Undated")
    head = page_head(site, UNDATED_PAGE, title, description, _breadcrumbs(language))
    return UndatedPage(title, days, len(cards), head)


def archive_year_page(site: SiteDatabase, year: int) -> ArchiveYearPage:
    """Show a year by month, and who was in the news."""
    row = _year_rows(site, [year])[0]
    tags: Counter[Tag] = Counter()
    for cell in row.cells:
        if cell.url:
            tags.update(dict(articles.tags_of_month(site, year, cell.month)))
    groups = group_by_kind(site, tags, MAX_LISTED_ENTITIES)
    language = language_of(site)
    count = _count_articles(language, row.count, row.uncertain, groups)
    description = language.gettext("%(year)s by month: %(count)s.", year=year, count=count)
    head = page_head(site, row.url, str(year), description, _breadcrumbs(language))
    return ArchiveYearPage(str(year), row, groups, head)


def archive_month_page(site: SiteDatabase, year: int, month: int) -> ArchiveMonthPage:
    """Show the articles of a month by day, and who was in the news."""
    cards = articles.of_month(site, year, month)
    total = sum(1 for card in cards if card.published)
    uncertain = len(cards) - total
    before, after = articles.neighbouring_months(site, year, month)
    groups = group_by_kind(site, dict(articles.tags_of_month(site, year, month)), MAX_LISTED_ENTITIES)
    date = dt.date(year, month, 1)
    language = language_of(site)
    name, count = language.day(date, "month"), _count_articles(language, total, uncertain, groups)
    description = language.gettext("%(month)s by day: %(count)s.", month=name, count=count)
    breadcrumbs = (*_breadcrumbs(language), (str(year), year_url(year)))
    return ArchiveMonthPage(
        title=name,
        date=date,
        year_url=year_url(year),
        days=group_by_day(site, ((card, ()) for card in cards)),
        total=total,
        uncertain=uncertain,
        groups=groups,
        before=before and _month_link(before),
        after=after and _month_link(after),
        head=page_head(site, month_url((year, month)), name, description, breadcrumbs),
    )


def _breadcrumbs(language: Language) -> tuple[Breadcrumb, ...]:
    return ((language.gettext("Archive"), ARCHIVE),)


def _count_articles(language: Language, certain: int, uncertain: int, groups: Iterable[EntityGroup]) -> str:
    """Return how many articles there are, and who was named most often, of each kind."""
    names = [link.name for group in groups for link in group.links[:_NAMES_IN_DESCRIPTION]]
    named = language.gettext(", on %(names)s", names=", ".join(names)) if names else ""
    return language.articles(certain) + language.uncertain(uncertain) + named


def _month_link(month: calendar_months.Month) -> MonthLink:
    return MonthLink(dt.date(*month, 1), month_url(month))
