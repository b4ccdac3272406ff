"""Geometry of small charts, drawn as inline SVG by the templates without a line of script."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.calendar_months import months_between, period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_gen.core.calendar_months import Month

_BARS_A_YEAR = {"month": 12, "quarter": 4, "year": 1}
_TICK_GAP = 64  # between year labels, for the larger type that phones get


class Bar(NamedTuple):
    """One bar, in the units of the chart's view box."""

    x: float
    y: float
    width: float
    height: float
    label: str
    value: int


class AxisLabel(NamedTuple):
    """A word under the axis."""

    x: float
    label: str
    anchor: str


class Chart(NamedTuple):
    """A bar chart: sizes, bars, ticks, and what it says in words."""

    width: int
    height: int
    base: int
    bars: tuple[Bar, ...]
    ticks: tuple[AxisLabel, ...]
    most: int
    unit: str
    first: str
    last: str


def coverage_chart(counts: Mapping[Month, int], first: Month, last: Month) -> Chart | None:
    """Articles over time: by month up to five years, by quarter up to fifteen, else by year.

    None when there is nothing to draw: fewer than two periods, or no article.
    """
    months = months_between(first, last)
    if len(months) < 2 or not any(counts.get(month) for month in months):
        return None
    unit = "month" if len(months) <= 60 else "quarter" if len(months) <= 180 else "year"
    periods: dict[str, int] = {}
    years: dict[str, int] = {}
    for year, month in months:
        label = period((year, month), unit)
        periods[label] = periods.get(label, 0) + counts.get((year, month), 0)
        years[label] = year
    return _chart(periods, years, unit)


def _chart(periods: Mapping[str, int], years: Mapping[str, int], unit: str) -> Chart:
    width, base = 640, 72
    step = width / len(periods)
    thick = round(min(step * 0.8, 28.0), 2)
    most = max(periods.values())
    bars: list[Bar] = []
    ticks: list[AxisLabel] = []
    shown = ""
    for index, (label, value) in enumerate(periods.items()):
        x = round(index * step + (step - thick) / 2, 2)
        height = 0.0 if not value else round(max(3.0, value / most * (base - 6)), 2)
        bars.append(Bar(x, round(base - height, 2), thick, height, label, value))
        year = str(years[label])
        if year != shown and x < width - _TICK_GAP:
            near = bool(ticks) and x - ticks[-1].x < _TICK_GAP
            if near and len(ticks) == 1 and index < _BARS_A_YEAR[unit]:  # a first year of few months gives way
                ticks.pop()
            if not near or not ticks:
                ticks.append(AxisLabel(x, year, "start"))
        shown = year
    labels = list(periods)
    return Chart(width, base + 22, base, tuple(bars), tuple(ticks), most, unit, labels[0], labels[-1])


def column_chart(counts: Sequence[tuple[str, str, int]]) -> Chart:
    """What happened day by day: of each day (or week) its name, the word below it (none for most) and its number."""
    width, base = 320, 64
    step = width / (len(counts) or 1)
    thick = round(min(step * 0.72, 26.0), 2)
    most = max((value for _, _, value in counts), default=0)
    found: list[Bar] = []
    ticks: list[AxisLabel] = []
    for index, (label, word, value) in enumerate(counts):
        x = round(index * step + (step - thick) / 2, 2)
        height = 0.0 if not value else round(max(3.0, value / most * (base - 6)), 2)
        found.append(Bar(x, round(base - height, 2), thick, height, label, value))
        if word:
            ticks.append(AxisLabel(round(x + thick / 2, 2), word, "middle"))
    names = [label for label, _, _ in counts] or [""]
    return Chart(width, base + 18, base, tuple(found), tuple(ticks), most, "day", names[0], names[-1])


def sparkline(values: Sequence[int], most: int = 0) -> tuple[Bar, ...]:
    """A word-sized row of bars (E. Tufte's sparkline), 8 wide each and 18 high. `most` is what the highest stands for,
    where several rows are to be compared."""
    most = max(most, *values, 1)
    return tuple(
        Bar(index * 8, round(18 - h, 2), 6, h, "", value)
        for index, value in enumerate(values)
        for h in [round(max(1.0, value / most * 17), 2) if value else 1.0]
    )


def bar_length(part: int, most: int, width: int = 100) -> float:
    """The length of a bar in a table, for `part` where the longest stands for `most`."""
    return round(max(1.5, part / most * width), 1) if most else 0.0
