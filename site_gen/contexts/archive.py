"""The archive: all years, one year, one month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen import charts
from site_gen.contexts.parts import TOP, Day, Group, by_day, by_kind
from site_gen.urls import UrlPath, url_path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_gen.model import Tag
    from site_gen.site import Card, Site


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


def archive_page(counts: Mapping[charts.Month, int], undated: tuple[Card, ...]) -> Archive:
    """A table of years by months, newest year first."""
    most = max(counts.values(), default=0)
    years = sorted({year for year, _ in counts}, reverse=True)
    rows = tuple(_year_row(year, counts, most) for year in years)
    return Archive("Archive", rows, undated, sum(counts.values()) + len(undated))


def archive_year(site: Site, year: int, counts: Mapping[charts.Month, int], tags: Counter[Tag]) -> ArchiveYear:
    """One year."""
    row = _year_row(year, counts, max(counts.values(), default=0))
    return ArchiveYear(str(year), row, by_kind(site, tags, TOP))


def archive_month(
    site: Site,
    month: charts.Month,
    cards: Sequence[Card],
    before: charts.Month | None,
    after: charts.Month | None,
) -> ArchiveMonth:
    """One month."""
    date = dt.date(month[0], month[1], 1)
    tags = Counter(tag for card in cards for tag in card.tags)
    days = by_day(site, cards)
    ways = [MonthLink(dt.date(m[0], m[1], 1), month_url(m)) if m else None for m in (before, after)]
    return ArchiveMonth(
        f"{month[0]}-{month[1]:02}",
        date,
        year_url(month[0]),
        days,
        len(cards),
        by_kind(site, tags, TOP),
        *ways,
    )
