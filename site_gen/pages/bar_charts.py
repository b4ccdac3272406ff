"""Geometry of small bar charts, which templates draw as inline SVG: no script, nothing to load.

Lengths are in units of the chart's view box; y grows downwards, as in SVG.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.calendar_months import months_between, period_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_gen.core.calendar_months import Month

_BARS_PER_YEAR = {"month": 12, "quarter": 4, "year": 1}
_MIN_LABEL_GAP = 64  # between the years below the axis, for the larger type that phones get


class Bar(NamedTuple):
    """One bar of a chart or a sparkline."""

    x: float  # left edge
    y: float  # upper edge
    width: float  # without the gap to the next bar
    height: float  # 0 where nothing is counted
    label: str  # the period that it stands for; empty in a sparkline
    value: int  # what is counted


class AxisLabel(NamedTuple):
    """A word below the axis."""

    x: float  # where the word stands
    label: str  # the word: a year, a weekday, a day of the month, a week's number
    anchor: str  # what of the word stands at x: SVG's `text-anchor`


class Chart(NamedTuple):
    """A bar chart."""

    width: int  # of the view box
    height: int  # of the view box: with the words below the axis
    base: int  # y of the axis
    bars: tuple[Bar, ...]  # from left to right; those of 0 included
    ticks: tuple[AxisLabel, ...]  # words below the axis
    most: int  # value of the highest bar
    unit: str  # what a bar stands for: "month", "quarter", "year", "day"
    first: str  # label of the first bar
    last: str  # label of the last bar

    @property
    def total(self) -> int:
        """What all its bars count together."""
        return sum(bar.value for bar in self.bars)


def coverage_chart(counts: Mapping[Month, int], first: Month, last: Month) -> Chart | None:
    """Draw stories over time: by month up to five years, by quarter up to fifteen, else by year.

    counts: stories a month; first, last: the months that the chart begins and ends with. Return None where there is
    nothing to draw: fewer than two months, or no story between them.
    """
    months = months_between(first, last)
    if len(months) < 2 or not any(counts.get(month) for month in months):
        return None
    unit = "month" if len(months) <= 60 else "quarter" if len(months) <= 180 else "year"
    periods: dict[str, int] = {}
    years: dict[str, int] = {}
    for year, month in months:
        label = period_name((year, month), unit)
        periods[label] = periods.get(label, 0) + counts.get((year, month), 0)
        years[label] = year
    return _period_chart(periods, years, unit)


def _period_chart(periods: Mapping[str, int], years: Mapping[str, int], unit: str) -> Chart:
    """Draw a bar a period, with the years below the axis. periods, years: by the period's label, in order of time."""
    width, base = 640, 72
    step = width / len(periods)
    bar_width = round(min(step * 0.8, 28.0), 2)
    most = max(periods.values())
    bars: list[Bar] = []
    ticks: list[AxisLabel] = []
    year_before = ""
    for index, (label, value) in enumerate(periods.items()):
        x = round(index * step + (step - bar_width) / 2, 2)
        height = _bar_height(value, most, base)
        bars.append(Bar(x, round(base - height, 2), bar_width, height, label, value))
        year = str(years[label])
        if year != year_before and x < width - _MIN_LABEL_GAP:
            is_near = bool(ticks) and x - ticks[-1].x < _MIN_LABEL_GAP
            if is_near and len(ticks) == 1 and index < _BARS_PER_YEAR[unit]:  # a first year of few months gives way
                ticks.pop()
            if not is_near or not ticks:
                ticks.append(AxisLabel(x, year, "start"))
        year_before = year
    labels = list(periods)
    return Chart(width, base + 22, base, tuple(bars), tuple(ticks), most, unit, labels[0], labels[-1])


def column_chart(columns: Sequence[tuple[str, str, int]]) -> Chart:
    """Draw a bar for each day or week of an issue or a year.

    columns: of each, its label, the word below the axis (empty for most) and what is counted.
    """
    width, base = 320, 64
    step = width / (len(columns) or 1)
    bar_width = round(min(step * 0.72, 26.0), 2)
    most = max((value for _, _, value in columns), default=0)
    bars: list[Bar] = []
    ticks: list[AxisLabel] = []
    for index, (label, word, value) in enumerate(columns):
        x = round(index * step + (step - bar_width) / 2, 2)
        height = _bar_height(value, most, base)
        bars.append(Bar(x, round(base - height, 2), bar_width, height, label, value))
        if word:
            ticks.append(AxisLabel(round(x + bar_width / 2, 2), word, "middle"))
    labels = [label for label, _, _ in columns] or [""]
    return Chart(width, base + 18, base, tuple(bars), tuple(ticks), most, "day", labels[0], labels[-1])


def _bar_height(value: int, most: int, base: int) -> float:
    """Return the height of a bar, so that the highest stays below the top and the lowest can be seen."""
    return 0.0 if not value else round(max(3.0, value / most * (base - 6)), 2)


def sparkline(values: Sequence[int], most: int = 0) -> tuple[Bar, ...]:
    """Return a word-sized row of bars (E. Tufte's sparkline), 8 wide each with their gap, and 18 high.

    most: what the full height stands for, where several rows are to be compared; else the largest of the values.
    """
    most = max(most, *values, 1)
    return tuple(
        Bar(index * 8, round(18 - h, 2), 6, h, "", value)
        for index, value in enumerate(values)
        for h in [round(max(1.0, value / most * 17), 2) if value else 1.0]
    )


def bar_length(part: int, most: int, width: int = 100) -> float:
    """Return the length of a horizontal bar in a table, where one of `width` stands for `most`."""
    return round(max(1.5, part / most * width), 1) if most else 0.0
