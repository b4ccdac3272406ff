"""The date in the lines around a title, where a page says it to readers only."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

EARLIEST = dt.date(1995, 1, 1)
_EAST_ASIAN = re.compile(r"\b(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]")
_LINE = range(6, 101)  # characters of a dateline


def dateline(lines: Iterable[str], today: dt.date) -> dt.date | None:
    """The date that the first short line with one holds; none after `today`."""
    from htmldate.extractors import try_date_expr  # noqa: PLC0415  slow to import

    for line in lines:
        if len(line) in _LINE and any(c.isdigit() for c in line):
            found = try_date_expr(line, "%Y-%m-%d", False, _midnight(EARLIEST), _midnight(today))
            day = dt.date.fromisoformat(found) if found else _east_asian(line)
            if day and EARLIEST <= day <= today:
                return day
    return None


def _east_asian(line: str) -> dt.date | None:
    """`2026年3月4日`, which htmldate does not know."""
    match = _EAST_ASIAN.search(line)
    try:
        return dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def is_dateline(line: str, today: dt.date) -> bool:
    """Whether a line only tells the day, perhaps with a place or a desk: no sentence, and short."""
    return len(line) <= 80 and line[-1:] not in ".!?" and dateline([line], today) is not None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001  htmldate compares naive ones
