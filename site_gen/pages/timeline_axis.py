"""Geometry of a timeline: the axis, and rows of bars over equal columns of time, on one scale. Pure.

Horizontal places are in percent of the width (`x`) or in columns, so that a drawing is as wide as there is room.
Heights are in CSS pixels; y grows downwards.
"""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from site_gen.site.time_columns import MONTHS_IN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_gen.pages.language import Language
    from site_gen.site.time_columns import TimeColumns

MAX_BAR_HEIGHT = 24  # of the bar that stands for the most stories
ROW_HEIGHT = 48  # of a whole row: its label, its bars, the line of its life
_MIN_BAR_HEIGHT = 2.5  # of a bar that stands for one story
# Room that a label of the axis needs, in percent of the width, on a wide screen and on a phone.
_AXIS_LABEL_WIDE, _AXIS_LABEL_PHONE = 4.8, 12.0
# Letters of a peak's label that the whole width has room for, on a wide screen and on a phone.
_LETTERS_WIDE, _LETTERS_PHONE = 92, 56
_MAX_LABEL_LETTERS = 66  # of a peak's label: nobody wants to read more


class AxisTick(NamedTuple):
    """A year or a month at the axis."""

    x: float  # percent of the width
    label: str  # "2019", "Nov"
    date: dt.date  # the first day of what the label names
    year: bool  # whether it names a year, else a month
    small: bool  # whether phones show it, too
    line: bool  # whether a line goes down from it through all rows


class PeakLabel(NamedTuple):
    """What stands above the highest bar of a row."""

    x: float  # percent of the width
    anchor: str  # which end of the text stands at x: SVG's `text-anchor`
    wide: str  # as much of the text as a wide screen has room for
    small: str  # as much of it as a phone has room for


def axis_ticks(cols: TimeColumns, language: Language) -> tuple[AxisTick, ...]:
    """Return the labels of the axis: years, or months where there are few columns; no two that would overlap."""
    has_months = cols.number <= 3 * 12 if cols.unit == "month" else cols.unit == "week"
    ticks = list(_month_ticks(cols, language) if has_months else _year_ticks(cols))
    room = 2 * _AXIS_LABEL_PHONE if has_months else _AXIS_LABEL_PHONE
    if (
        not ticks or cols.percent_of(cols.position_of(ticks[0].date)) >= room
    ):  # the first year or month began before the columns
        start = cols.start
        label = f"{language.month(start.month, abbreviated=True)} {start.year}" if has_months else str(start.year)
        ticks.insert(0, AxisTick(0.0, label, start, not has_months, True, False))
    return tuple(ticks)


def _year_ticks(cols: TimeColumns) -> Iterator[AxisTick]:
    first = cols.start.year + (cols.start.month > 1)
    last = cols.start.year + math.ceil(cols.number / (12 / MONTHS_IN[cols.unit])) + 1
    year_width = 100 / cols.number * 12 / MONTHS_IN[cols.unit]
    steps = (1, 2, 5, 10, 20, 50, 100, 500)
    wide_step, phone_step = (_tick_step(year_width, room, steps) for room in (_AXIS_LABEL_WIDE, _AXIS_LABEL_PHONE))
    for year in range(first, min(last, dt.MAXYEAR + 1)):
        date = dt.date(year, 1, 1)
        x = cols.percent_of(cols.position_of(date))
        if year % wide_step == 0 and x < 100 - _AXIS_LABEL_WIDE:
            on_phones = year % phone_step == 0 and x < 100 - _AXIS_LABEL_PHONE / 2
            yield AxisTick(x, str(year), date, True, on_phones, cols.position_of(date) > 0)


def _month_ticks(cols: TimeColumns, language: Language) -> Iterator[AxisTick]:
    month_width = 100 / cols.number * (365.25 / 12 / 7 if cols.unit == "week" else 1)
    steps = (1, 2, 3, 6, 12)
    wide_step, phone_step = (_tick_step(month_width, room, steps) for room in (_AXIS_LABEL_WIDE, _AXIS_LABEL_PHONE))
    year, month = cols.start.year, cols.start.month
    while True:
        date = dt.date(year, month, 1)
        x = cols.percent_of(cols.position_of(date))
        if x >= 100 - _AXIS_LABEL_WIDE / 2:
            return
        if x >= 0 and (month - 1) % wide_step == 0:
            label = str(year) if month == 1 else language.month(month, abbreviated=True)
            on_phones = (month - 1) % phone_step == 0 and x < 100 - _AXIS_LABEL_PHONE / 2
            yield AxisTick(x, label, date, False, on_phones, x > 0)
        if (year, month) == (dt.date.max.year, 12):
            return
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def _tick_step(width: float, room: float, steps: Sequence[int]) -> int:
    """Return every how many years or months, of this width each, a label has room; the last of `steps` at most."""
    return next((step for step in steps if step * width >= room), steps[-1])


def bar_height(count: int, most: int) -> float:
    """Return the height of a bar: by the root of its number, so that one of a quarter of `most` is half as high.

    That is one scale for all rows, on which a few can still be seen beside many.
    """
    return round(max(_MIN_BAR_HEIGHT, MAX_BAR_HEIGHT * math.sqrt(count / most)), 1) if count and most else 0.0


def bars_path(counts: Iterable[tuple[int, int]], most: int) -> str:
    """Return bars as SVG path data, one column wide each, standing on a line MAX_BAR_HEIGHT below the top.

    counts: (column, stories) for each bar.
    """
    return "".join(
        f"M{column + 0.1:g} {MAX_BAR_HEIGHT}v-{height:g}h.8v{height:g}z"
        for column, count in counts
        if (height := bar_height(count, most))
    )


def gridlines_path(cols: TimeColumns, ticks: Iterable[AxisTick], height: int) -> str:
    """Return the lines that go down from the axis as SVG path data; x in columns."""
    return "".join(f"M{round(cols.position_of(tick.date), 2):g} 0v{height}" for tick in ticks if tick.line)


def peak_label(cols: TimeColumns, column: int, text: str) -> PeakLabel:
    """Place a text above a column, towards that side where there is more room."""
    left, right = cols.percent_of(column), cols.percent_of(column + 1)
    x, anchor, room = (left, "start", 100 - left) if left + right <= 100 else (right, "end", right)
    wide = shorten_label(text, min(_MAX_LABEL_LETTERS, int(_LETTERS_WIDE * room / 100)))
    return PeakLabel(x, anchor, wide, shorten_label(text, int(_LETTERS_PHONE * room / 100)))


def shorten_label(text: str, room: int) -> str:
    """Return as much of a text as has room, with an ellipsis where it is cut; between words where that loses little.

    room: in letters, of which those of Chinese, Japanese and Korean are two wide.
    """
    width = 0
    for place, letter in enumerate(text):
        width += 2 if unicodedata.east_asian_width(letter) in "WF" else not unicodedata.combining(letter)
        if width > room:
            start = text[: max(1, place - 1)]
            whole_words = start.rpartition(" ")[0]
            return (whole_words if 3 * len(whole_words) > 2 * len(start) else start).rstrip(" ,;:–—-(") + "…"
    return text
