"""Time in equal columns: weeks, months, quarters or years, whichever keeps their number readable. Pure."""

from __future__ import annotations

import datetime as dt
import math
from typing import Literal, NamedTuple

_MIN_COLUMNS = 13  # a site of one day has a past, too
_MAX_WEEKS, _MAX_MONTHS, _MAX_QUARTERS = 53, 180, 180  # columns of a unit before the next larger one is taken

Unit = Literal["week", "month", "quarter", "year"]
MONTHS_IN: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}


class TimeColumns(NamedTuple):
    """Time in equal columns, numbered from 0."""

    unit: Unit  # how long a column is
    start: dt.date  # the day on which the first begins
    number: int  # how many there are

    def position_of(self, date: dt.date) -> float:
        """Return where a day is, in columns from the start."""
        if self.unit == "week":
            return (date - self.start).days / 7
        months = (date.year - self.start.year) * 12 + date.month - self.start.month
        return (months + (date.day - 1) / 31) / MONTHS_IN[self.unit]

    def column_of(self, date: dt.date) -> int:
        """Return the number of the column that a day is in."""
        return math.floor(self.position_of(date))

    def percent_of(self, column: float) -> float:
        """Return a position in columns as percent of the whole, to two digits."""
        return round(100 * column / self.number, 2)


def divide_time(first: dt.date, last: dt.date) -> TimeColumns:
    """Return the columns for the time between two days, both included.

    They are weeks up to a year, months up to fifteen, then quarters, then years; not fewer than a quarter's weeks.
    """
    monday = max(first, dt.date(1, 1, 8))
    monday -= dt.timedelta(days=monday.weekday())
    weeks = (last - monday).days // 7 + 1
    if weeks <= _MAX_WEEKS:
        start = dt.date.fromordinal(max(1, monday.toordinal() - 7 * max(0, _MIN_COLUMNS - weeks)))
        return TimeColumns("week", start, max(weeks, _MIN_COLUMNS))
    units: tuple[tuple[Unit, int], ...] = (("month", _MAX_MONTHS), ("quarter", _MAX_QUARTERS))
    for unit, most in units:
        start = first.replace(day=1, month=(first.month - 1) // MONTHS_IN[unit] * MONTHS_IN[unit] + 1)
        columns = TimeColumns(unit, start, 1)
        if columns.column_of(last) < most:
            return columns._replace(number=columns.column_of(last) + 1)
    columns = TimeColumns("year", dt.date(first.year, 1, 1), 1)
    return columns._replace(number=columns.column_of(last) + 1)
