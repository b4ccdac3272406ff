"""Weeks and months: what an issue is the digest of. Pure.

Weeks are those of ISO 8601: they begin on Monday, and the year's first is that with its first Thursday.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from site_gen.core.formatting import format_day

if TYPE_CHECKING:
    from collections.abc import Iterator

_WEEK, _MONTH = re.compile(r"(\d{4})-w(\d\d)", re.ASCII), re.compile(r"(\d{4})-(\d\d)", re.ASCII)


class Period(NamedTuple):
    """A week or a month by its key, as it stands in addresses (`2026-w47`, `2026-11`), with its first and last day."""

    key: str
    unit: Literal["week", "month"]
    first: dt.date
    last: dt.date

    @property
    def year(self) -> int:
        """The year that it is listed under: of a week that with its Thursday."""
        return int(self.key[:4])

    @property
    def number(self) -> int:
        """Which of the year's weeks or months it is."""
        return int(self.key[-2:])

    @property
    def name(self) -> str:
        """What it is called: `Week 47`, `November 2026`."""
        return f"Week {self.number}" if self.unit == "week" else format_day(self.first, "month")

    @property
    def span(self) -> str:
        """Its days: `16–22 November 2026`."""
        first, last = self.first, self.last
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{last.day} {format_day(last, 'month')}"
        begin = format_day(first, "day month") if first.year == last.year else format_day(first, "full")
        return f"{begin} – {format_day(last, 'full')}"

    @property
    def title(self) -> str:
        """Its name in full: `Week 47, 16–22 November 2026`."""
        return f"{self.name}, {self.span}" if self.unit == "week" else self.name

    def days(self) -> Iterator[dt.date]:
        """Its days in order."""
        return map(dt.date.fromordinal, range(self.first.toordinal(), self.last.toordinal() + 1))

    def before(self, count: int) -> list[Period]:
        """So many periods before it, oldest first."""
        found: list[Period] = []
        one = self
        for _ in range(count):
            if one.first <= dt.date(1000, 1, 7):
                break  # before any that we name
            one = _of(one.unit, one.first - dt.timedelta(days=1))
            found.append(one)
        return found[::-1]


@lru_cache(maxsize=4096)
def week_of(date: dt.date) -> Period:
    """The week of a day."""
    year, week, weekday = date.isocalendar()
    first = date.toordinal() - weekday + 1
    last = min(first + 6, dt.date.max.toordinal())
    return Period(f"{year:04}-w{week:02}", "week", dt.date.fromordinal(first), dt.date.fromordinal(last))


@lru_cache(maxsize=4096)
def month_of(date: dt.date) -> Period:
    """The month of a day."""
    first = date.replace(day=1)
    later = first.toordinal() + 31
    last = first.replace(day=31) if later > dt.date.max.toordinal() else dt.date.fromordinal(later).replace(day=1)
    if last.day == 1:
        last -= dt.timedelta(days=1)
    return Period(f"{date.year:04}-{date.month:02}", "month", first, last)


def _of(unit: str, date: dt.date) -> Period:
    return week_of(date) if unit == "week" else month_of(date)


@lru_cache(maxsize=4096)
def period(key: str) -> Period | None:
    """The period of a key; None for what is none."""
    try:
        if match := _WEEK.fullmatch(key):
            return week_of(dt.date.fromisocalendar(int(match[1]), int(match[2]), 1))
        if match := _MONTH.fullmatch(key):
            return month_of(dt.date(int(match[1]), int(match[2]), 1))
    except ValueError:
        pass
    return None


def known(key: str) -> Period:
    """The period of a key. Raises LookupError for what is none."""
    found = period(key)
    if found is None:
        raise LookupError(key)
    return found
