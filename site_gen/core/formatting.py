"""Numbers and days as a person reads them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(date: dt.date | None, style: str = "short") -> str:
    """A date for reading. Styles: `short` (9 May 2019), `long` (Thursday 9 May 2019), `month` (May 2019),
    `full` (9 May 2019, the month in full), `day month` (9 May)."""
    if date is None:
        return "no date"
    month = _MONTHS[date.month - 1]
    if style == "month":
        return f"{month} {date.year}"
    if style in {"full", "day month"}:
        return f"{date.day} {month}" + (f" {date.year}" if style == "full" else "")
    weekday = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[date.weekday()]
    return f"{weekday} {date.day} {month} {date.year}" if style == "long" else f"{date.day} {month[:3]} {date.year}"


def number(value: int) -> str:
    """A number with thin gaps between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def counted(value: int, one: str, many: str = "") -> str:
    """A number with its noun: `1 article`, `12 articles`."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"
