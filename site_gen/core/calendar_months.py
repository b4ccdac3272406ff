"""Months of the calendar as pairs of year and month: lists of them, and what they are called. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

Month = tuple[int, int]


def month_of(day: date) -> Month:
    """Year and month."""
    return day.year, day.month


def months_between(first: Month, last: Month) -> list[Month]:
    """All months from first to last, both included."""
    return _months(_number(first), _number(last))


def months_up_to(last: Month, count: int) -> list[Month]:
    """So many months, up to the last one."""
    return _months(_number(last) - count + 1, _number(last))


def period(month: Month, unit: str) -> str:
    """What the month, quarter or year that a month belongs to is called."""
    year, number = month
    return {"month": f"{year}-{number:02}", "quarter": f"{year} Q{(number + 2) // 3}", "year": str(year)}[unit]


def _number(month: Month) -> int:
    return month[0] * 12 + month[1] - 1


def _months(low: int, high: int) -> list[Month]:
    return [(n // 12, n % 12 + 1) for n in range(low, high + 1)]
