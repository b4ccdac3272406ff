"""A time cut into equal columns: weeks, months, quarters or years, whichever keeps their number readable. Pure."""

from __future__ import annotations

import datetime as dt
import math
from typing import Literal, NamedTuple

from site_gen.core.formatting import format_day

_FEWEST = 13  # columns: a site of one day has a past, too
_WEEKS, _MONTHS, _QUARTERS = 53, 180, 180  # columns of a unit before the next larger one is taken

Unit = Literal["week", "month", "quarter", "year"]
MONTHS_IN: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}


class TimeColumns(NamedTuple):
    """Time in equal parts: of which length, on which day the first begins, and how many there are."""

    unit: Unit
    start: dt.date
    number: int

    def position_of(self, date: dt.date) -> float:
        """Where a day is, in columns from the beginning."""
        if self.unit == "week":
            return (date - self.start).days / 7
        months = (date.year - self.start.year) * 12 + date.month - self.start.month
        return (months + (date.day - 1) / 31) / MONTHS_IN[self.unit]

    def column_of(self, date: dt.date) -> int:
        """The column that a day is in."""
        return math.floor(self.position_of(date))

    def label_of(self, date: dt.date) -> str:
        """What the column is called that a day is in."""
        if self.unit == "week":
            return f"week of {format_day(date - dt.timedelta(days=date.weekday()))}"
        if self.unit == "month":
            return format_day(date, "month")
        return f"{date.year} Q{(date.month + 2) // 3}" if self.unit == "quarter" else str(date.year)

    def percent_of(self, column: float) -> float:
        """A place in columns as parts of a hundred."""
        return round(100 * column / self.number, 2)


def divide_time(first: dt.date, last: dt.date) -> TimeColumns:
    """The columns for a time: weeks up to a year, months up to fifteen, then quarters, then years; not fewer than a
    quarter's weeks."""
    since = max(first, dt.date(1, 1, 8))
    since -= dt.timedelta(days=since.weekday())
    weeks = (last - since).days // 7 + 1
    if weeks <= _WEEKS:
        start = dt.date.fromordinal(max(1, since.toordinal() - 7 * max(0, _FEWEST - weeks)))
        return TimeColumns("week", start, max(weeks, _FEWEST))
    units: tuple[tuple[Unit, int], ...] = (("month", _MONTHS), ("quarter", _QUARTERS))
    for unit, most in units:
        start = first.replace(day=1, month=(first.month - 1) // MONTHS_IN[unit] * MONTHS_IN[unit] + 1)
        found = TimeColumns(unit, start, 1)
        if found.column_of(last) < most:
            return found._replace(number=found.column_of(last) + 1)
    found = TimeColumns("year", dt.date(first.year, 1, 1), 1)
    return found._replace(number=found.column_of(last) + 1)
