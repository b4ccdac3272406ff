"""Months of the calendar as pairs of year and month: lists of them, and what they are called. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

Month = tuple[int, int]  # year and month, from 1


def month_of(day: date) -> Month:
    """Return the month that a day is in."""
    return day.year, day.month


def number_of(month: Month) -> int:
    """Return the month counted from January of the year 0, which is 0."""
    return month[0] * 12 + month[1] - 1


def months_between(first: Month, last: Month) -> list[Month]:
    """Return all months from the first to the last, both included."""
    return _months(number_of(first), number_of(last))


def months_up_to(last: Month, count: int) -> list[Month]:
    """Return the `count` months that end with the last one, oldest first."""
    return _months(number_of(last) - count + 1, number_of(last))


def period_name(month: Month, unit: str) -> str:
    """Return what the period that a month belongs to is called.

    unit: `month` (2019-05), `quarter` (2019 Q2) or `year` (2019).
    """
    year, number = month
    return {"month": f"{year}-{number:02}", "quarter": f"{year} Q{(number + 2) // 3}", "year": str(year)}[unit]


def _months(first: int, last: int) -> list[Month]:
    return [(number // 12, number % 12 + 1) for number in range(first, last + 1)]
