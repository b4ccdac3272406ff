"""The archive: all years, one year, one month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen import charts
from site_gen.contexts.parts import Day, Group, by_day, by_kind
from site_gen.site import TOP
from site_gen.urls import UrlPath, url_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.findings import Card
    from site_gen.model import Tag
    from site_gen.site import Site

ARCHIVE = UrlPath("/archive/")


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
class Archive:
    """All years and months, and the articles that no date is known of."""

    title: str
    years: tuple[YearRow, ...]
    undated: tuple[Card, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ArchiveYear:
    """One year by month, and who was in it."""

    title: str
    row: YearRow
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class MonthLink:
    """A way to another month."""

    date: dt.date
    url: UrlPath


@dataclass(frozen=True, slots=True)
class ArchiveMonth:
    """One month by day."""

    title: str
    date: dt.date
    year_url: UrlPath
    days: tuple[Day, ...]
    total: int
    groups: tuple[Group, ...]
    before: MonthLink | None
    after: MonthLink | None


def year_url(year: int) -> UrlPath:
    """The archive page of a year."""
    return url_path("archive", f"{year:04}")


def month_url(month: charts.Month) -> UrlPath:
    """The archive page of a month."""
    return url_path("archive", f"{month[0]:04}", f"{month[1]:02}")


def _year_row(year: int, counts: Mapping[charts.Month, int], most: int) -> YearRow:
    cells = tuple(
        MonthCell(m, month_url((year, m)) if counts.get((year, m)) else None, n, charts.share(n, most) if n else 0.0)
        for m in range(1, 13)
        for n in [counts.get((year, m), 0)]
    )
    return YearRow(year, year_url(year), sum(cell.count for cell in cells), cells)


def archive_page(site: Site) -> Archive:
    """A table of years by months, newest year first."""
    counts = dict(site.dated_months())
    most = max(counts.values(), default=0)
    years = sorted({year for year, _ in counts}, reverse=True)
    rows = tuple(_year_row(year, counts, most) for year in years)
    undated = site.undated()
    return Archive("Archive", rows, undated, sum(counts.values()) + len(undated))


def archive_year(site: Site, year: int) -> ArchiveYear:
    """One year."""
    counts = {month: count for month, count in site.dated_months() if month[0] == year}
    tags: Counter[Tag] = Counter()
    for month in counts:
        tags.update(dict(site.tags_of_month(*month)))
    row = _year_row(year, counts, max(counts.values(), default=0))
    return ArchiveYear(str(year), row, by_kind(site, tags, TOP))


def archive_month(site: Site, year: int, month: int) -> ArchiveMonth:
    """One month."""
    cards = [card for card in site.month(year, month) if card.date]
    before, after = site.around(year, month)
    return ArchiveMonth(
        title=f"{year}-{month:02}",
        date=dt.date(year, month, 1),
        year_url=year_url(year),
        days=by_day(site, cards),
        total=len(cards),
        groups=by_kind(site, dict(site.tags_of_month(year, month)), TOP),
        before=before and _way(before),
        after=after and _way(after),
    )


def _way(month: charts.Month) -> MonthLink:
    return MonthLink(dt.date(*month, 1), month_url(month))
