"""The date in the lines around a title, where a page says it to readers only."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

EARLIEST = dt.date(1995, 1, 1)
_LINE = range(6, 101)  # characters of a dateline


def dateline(lines: Iterable[str], today: dt.date) -> dt.date | None:
    """The date that the first short line with one holds; none after `today`."""
    from htmldate.extractors import try_date_expr  # noqa: PLC0415  slow to import

    for line in lines:
        if len(line) in _LINE and any(c.isdigit() for c in line):
            found = try_date_expr(line, "%Y-%m-%d", False, _midnight(EARLIEST), _midnight(today))  # noqa: FBT003
            if found:
                return dt.date.fromisoformat(found)
    return None


def is_dateline(line: str, today: dt.date) -> bool:
    """Whether a line only tells the day, perhaps with a place or a desk: no sentence, and short."""
    return len(line) <= 80 and line[-1:] not in ".!?" and dateline([line], today) is not None


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001  htmldate compares naive ones
