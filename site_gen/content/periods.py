"""Periods that may have an issue: weeks, months and years. Pure.

Weeks are those of ISO 8601: they begin on Monday, and the year's first is that with its first Thursday.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Unit = Literal["week", "month", "year"]
UNITS: tuple[Unit, ...] = ("week", "month", "year")  # the lengths of periods, the shortest first
_KEY = re.compile(r"(\d{4})(?:-(w?)(\d\d))?", re.ASCII)


class Period(NamedTuple):
    """A week, a month or a year."""

    key: str  # as it stands in addresses: `2026-w47`, `2026-11`, `2026`
    unit: Unit  # which of these it is
    first: dt.date  # its first day
    last: dt.date  # its last day

    @property
    def year(self) -> int:
        """Year that it is listed under: of a week the one with its Thursday."""
        return int(self.key[:4])

    @property
    def number(self) -> int:
        """Place among the year's weeks or months, from 1."""
        return int(self.key[-2:])

    def days(self) -> Iterator[dt.date]:
        """Return its days in order."""
        return map(dt.date.fromordinal, range(self.first.toordinal(), self.last.toordinal() + 1))

    def months(self) -> list[Period]:
        """Return the months that its days are in."""
        return list(dict.fromkeys(map(month_period, self.days())))

    def before(self, count: int) -> list[Period]:
        """Return the `count` periods before it, oldest first; fewer at the beginning of time."""
        earlier: list[Period] = []
        period = self
        for _ in range(count):
            if period.first <= dt.date(1000, 1, 7):
                break  # before any that we name
            period = period_of(period.unit, period.first - dt.timedelta(days=1))
            earlier.append(period)
        return earlier[::-1]


def period_of(unit: Unit, date: dt.date) -> Period:
    """Return the period of a length that a day is in."""
    return week_period(date) if unit == "week" else month_period(date) if unit == "month" else year_period(date)


@lru_cache(maxsize=4096)
def week_period(date: dt.date) -> Period:
    """Return the week that a day is in."""
    year, week, weekday = date.isocalendar()
    first = date.toordinal() - weekday + 1
    last = min(first + 6, dt.date.max.toordinal())
    return Period(f"{year:04}-w{week:02}", "week", dt.date.fromordinal(first), dt.date.fromordinal(last))


@lru_cache(maxsize=4096)
def month_period(date: dt.date) -> Period:
    """Return the month that a day is in."""
    first = date.replace(day=1)
    in_next_month = first.toordinal() + 31
    if in_next_month > dt.date.max.toordinal():
        last = first.replace(day=31)
    else:
        last = dt.date.fromordinal(in_next_month).replace(day=1) - dt.timedelta(days=1)
    return Period(f"{date.year:04}-{date.month:02}", "month", first, last)


def year_period(date: dt.date) -> Period:
    """Return the year that a day is in."""
    return Period(f"{date.year:04}", "year", dt.date(date.year, 1, 1), dt.date(date.year, 12, 31))


@lru_cache(maxsize=4096)
def parse_period(key: str) -> Period | None:
    """Return the period of a key; None for what is none."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    year, number = int(match[1]), int(match[3] or 1)
    try:
        if match[2]:
            return week_period(dt.date.fromisocalendar(year, number, 1))
        return (month_period if match[3] else year_period)(dt.date(year, number, 1))
    except ValueError:
        return None


def require_period(key: str) -> Period:
    """Return the period of a key. Raises LookupError for what is none."""
    period = parse_period(key)
    if period is None:
        raise LookupError(key)
    return period
