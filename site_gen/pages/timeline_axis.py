"""Geometry of a timeline: time cut into equal columns, and rows of bars over them on one scale. Pure.

Whatever is placed along time is placed in parts of a hundred, so that a drawing is as wide as there is room; what is
high is in units of the page.
"""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.formatting import day
from site_gen.site.time_columns import MONTHS_IN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_gen.site.time_columns import Columns

MAX_BAR_HEIGHT = 24  # of a bar that stands for the most stories
ROW_HEIGHT = 48  # of a row: its label, its bars, what stands below them
_LOW = 2.5  # of a bar that stands for one
_LABEL, _LABEL_SMALL = 4.8, 12.0  # parts of a hundred that a word below the axis needs, on a wide screen and a phone
_ROOM, _ROOM_SMALL = 92, 56  # signs of a label that the whole width has room for
_LONGEST = 66  # signs of a label that somebody wants to read


class AxisTick(NamedTuple):
    """A word at the axis, and the day it stands for; `small`: it stands there on a phone, too; `line`: a line goes
    down from it."""

    x: float
    label: str
    date: dt.date
    year: bool
    small: bool
    line: bool


def axis_ticks(cols: Columns) -> tuple[AxisTick, ...]:
    """The words at the axis: years, and months where there are few columns; no two nearer than they are wide."""
    short = cols.number <= 3 * 12 if cols.unit == "month" else cols.unit == "week"
    found = list(_months(cols) if short else _years(cols))
    room = 2 * _LABEL_SMALL if short else _LABEL_SMALL
    if not found or cols.part(cols.at(found[0].date)) >= room:  # the first year or month began before
        began = cols.start
        text = f"{day(began, 'day month').split()[1][:3]} {began.year}" if short else str(began.year)
        found.insert(0, AxisTick(0.0, text, began, not short, True, False))
    return tuple(found)


def _years(cols: Columns) -> Iterator[AxisTick]:
    first = cols.start.year + (cols.start.month > 1)
    last = cols.start.year + math.ceil(cols.number / (12 / MONTHS_IN[cols.unit])) + 1
    a_year = 100 / cols.number * 12 / MONTHS_IN[cols.unit]
    wide, small = (_step(a_year, room, (1, 2, 5, 10, 20, 50, 100, 500)) for room in (_LABEL, _LABEL_SMALL))
    for year in range(first, min(last, dt.MAXYEAR + 1)):
        date = dt.date(year, 1, 1)
        if year % wide == 0 and (x := cols.part(cols.at(date))) < 100 - _LABEL:
            yield AxisTick(
                x, str(year), date, True, year % small == 0 and x < 100 - _LABEL_SMALL / 2, cols.at(date) > 0
            )


def _months(cols: Columns) -> Iterator[AxisTick]:
    a_month = 100 / cols.number * (365.25 / 12 / 7 if cols.unit == "week" else 1)
    wide, small = (_step(a_month, room, (1, 2, 3, 6, 12)) for room in (_LABEL, _LABEL_SMALL))
    year, month = cols.start.year, cols.start.month
    while True:
        date = dt.date(year, month, 1)
        x = cols.part(cols.at(date))
        if x >= 100 - _LABEL / 2:
            return
        if x >= 0 and (month - 1) % wide == 0:
            first = month == 1
            text = str(year) if first else day(date, "month")[:3]
            yield AxisTick(x, text, date, False, (month - 1) % small == 0 and x < 100 - _LABEL_SMALL / 2, x > 0)
        if (year, month) == (dt.date.max.year, 12):
            return
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _step(one: float, room: float, steps: Sequence[int]) -> int:
    return next((step for step in steps if step * one >= room), steps[-1])


def bar_height(count: int, most: int) -> float:
    """How high a bar is: by the root of its number, so that it is half as high for a quarter as many. One scale for
    all rows, on which a few can still be seen beside many."""
    return round(max(_LOW, MAX_BAR_HEIGHT * math.sqrt(count / most)), 1) if count and most else 0.0


def bars_path(counts: Iterable[tuple[int, int]], most: int) -> str:
    """Bars as a path, a unit wide each, standing on a line MAX_BAR_HEIGHT below the top."""
    return "".join(
        f"M{column + 0.1:g} {MAX_BAR_HEIGHT}v-{high:g}h.8v{high:g}z"
        for column, count in counts
        if (high := bar_height(count, most))
    )


def gridlines_path(cols: Columns, marks: Iterable[AxisTick], high: int) -> str:
    """The lines that go down from the axis, as a path over columns."""
    return "".join(f"M{round(cols.at(tick.date), 2):g} 0v{high}" for tick in marks if tick.line)


class PeakLabel(NamedTuple):
    """What stands above a bar: from where, and towards which side; as much of it as a wide screen and a phone have room
    for."""

    x: float
    anchor: str
    wide: str
    small: str


def peak_label(cols: Columns, column: int, text: str) -> PeakLabel:
    """A label at a column: to that side where there is more room."""
    left, right = cols.part(column), cols.part(column + 1)
    x, anchor, part = (left, "start", 100 - left) if left + right <= 100 else (right, "end", right)
    return PeakLabel(
        x, anchor, fit_text(text, min(_LONGEST, int(_ROOM * part / 100))), fit_text(text, int(_ROOM_SMALL * part / 100))
    )


def fit_text(text: str, room: int) -> str:
    """As much of a text as has room, in signs of which those of Chinese, Japanese and Korean are two wide."""
    wide = 0
    for place, sign in enumerate(text):
        wide += 2 if unicodedata.east_asian_width(sign) in "WF" else not unicodedata.combining(sign)
        if wide > room:
            cut = text[: max(1, place - 1)]
            head = cut.rpartition(" ")[0]
            return (head if 3 * len(head) > 2 * len(cut) else cut).rstrip(" ,;:–—-(") + "…"
    return text
