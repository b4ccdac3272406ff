"""Numbers and days as a person reads them, in English; `pages.language` has them in others. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def format_day(date: dt.date | None, style: str = "short") -> str:
    """Return a date for reading, `no date` for none.

    style: `short` (9 Sep 2019), `long` (Monday 9 September 2019), `month` (September 2019), `full` (9 September 2019),
    `day month` (9 September).
    """
    if date is None:
        return "no date"
    month = MONTHS[date.month - 1]
    if style == "month":
        return f"{month} {date.year}"
    if style in {"full", "day month"}:
        return f"{date.day} {month}" + (f" {date.year}" if style == "full" else "")
    weekday = WEEKDAYS[date.weekday()]
    return f"{weekday} {date.day} {month} {date.year}" if style == "long" else f"{date.day} {month[:3]} {date.year}"


def format_number(value: int) -> str:
    """Return a number with thin gaps between thousands."""
    return f"{value:,}".replace(",", "\u202f")


def format_count(value: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun: `1 article`, `12 articles`. plural: by default the singular with an `s`."""
    return f"{format_number(value)} {singular if value == 1 else plural or singular + 's'}"


def format_seconds(seconds: float) -> str:
    """Return a time that is left, roughly: `40 s`, `2 min`, `1 h 10 min`."""
    if seconds < 60:
        return f"{max(seconds, 0):.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
