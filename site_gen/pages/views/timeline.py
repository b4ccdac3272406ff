"""The page of who was in the news when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.formatting import counted, day
from site_gen.pages import timeline_axis
from site_gen.pages.views.archive import month_url, year_url
from site_gen.pages.views.meta_tags import TIMELINE, Head, page_head

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator

    from site_gen.content.records import Kind
    from site_gen.core.calendar_months import Month
    from site_gen.core.urls import UrlPath
    from site_gen.site import time_columns
    from site_gen.site.coverage_timeline import Maker, Row
    from site_gen.site.site import Site

_TITLE = "Who was in the news when"


class AxisWord(NamedTuple):
    """A word at the axis, with the archive's page that it leads to, if there is one."""

    tick: timeline_axis.AxisTick
    url: UrlPath | None


class Lane(NamedTuple):
    """An entity, drawn: its bars, the peak's among them apart, the places of the first and the last story, what made
    the peak, and all of it in words."""

    url: UrlPath
    name: str
    stories: int
    bars: str
    peak: str
    first: float
    last: float
    label: timeline_axis.PeakLabel | None
    maker: Maker | None
    description: str


class TimelineRow(NamedTuple):
    """An entity in the table. most: of its peak what the time is called, where the archive has it, and how many."""

    url: UrlPath
    name: str
    stories: int
    first: dt.date
    last: dt.date
    most: tuple[str, UrlPath, int] | None


class TimelineGroup(NamedTuple):
    """The entities of a kind: those that are drawn, and all of them."""

    kind: Kind
    lanes: tuple[Lane, ...]
    lines: tuple[TimelineRow, ...]


class KeyBar(NamedTuple):
    """A bar of the key: where, how high, for how many stories."""

    x: int
    height: float
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelinePage:
    """Who was in the news when, as a drawing and as tables. time: the lines of the years (or months), as a path over
    `columns`; undated: articles that are left out."""

    title: str
    unit: str
    columns: int
    words: tuple[AxisWord, ...]
    time: str
    key: tuple[KeyBar, ...]
    groups: tuple[TimelineGroup, ...]
    undated: int
    head: Head


def timeline_page(site: Site) -> TimelinePage:
    """When the site's stories named those that are found by their names."""
    found = site.timeline()
    columns, groups = found.columns, []
    for kind in site.config().kinds if columns else ():
        rows = [row for row in found.rows if row.tag.kind == kind.key]
        if columns and rows:
            lanes = tuple(_lane(site, columns, row, found.most) for row in rows if row.drawn)
            groups.append(TimelineGroup(kind, lanes, tuple(_line(site, columns, row) for row in rows)))
    marks = timeline_axis.axis_ticks(columns) if columns and groups else ()
    said = f"When the stories of {site.config().title} named whom: first, last, and most."
    return TimelinePage(
        title=_TITLE,
        unit=columns.unit if columns else "",
        columns=columns.number if columns else 0,
        words=tuple(AxisWord(tick, _way(tick, found.months)) for tick in marks),
        time=timeline_axis.gridlines_path(columns, marks, timeline_axis.ROW_HEIGHT) if columns else "",
        key=tuple(_key(found.most)),
        groups=tuple(groups),
        undated=found.undated,
        head=page_head(site, TIMELINE, _TITLE, said),
    )


def _way(tick: timeline_axis.AxisTick, months: Collection[Month]) -> UrlPath | None:
    """The archive's page of the year or month that a tick stands for."""
    if tick.year:
        return year_url(tick.date.year) if any(year == tick.date.year for year, _ in months) else None
    month = tick.date.year, tick.date.month
    return month_url(month) if month in months else None


def _key(most: int) -> Iterator[KeyBar]:
    """Sample bars: one story, the most, and between."""
    counts = sorted({1, max(round(most / 4), 1), most}) if most else ()
    for place, count in enumerate(counts):
        yield KeyBar(place * 34, timeline_axis.bar_height(count, most), count)


def _lane(site: Site, columns: time_columns.Columns, row: Row, most: int) -> Lane:
    strip, name = row.strip, site.name(row.tag)
    peak, maker = strip.peak, row.maker
    description = f"{name}: {counted(strip.count, 'story', 'stories')}, {day(strip.first)}"
    description += f" to {day(strip.last)}" if strip.last != strip.first else ""
    if peak:
        description += f"; most in {'the ' if columns.unit == 'week' else ''}{columns.name(peak.day)}, {peak.stories}"
    return Lane(
        url=site.url(row.tag),
        name=name,
        stories=strip.count,
        bars=timeline_axis.bars_path((one for one in strip.counts if not peak or one[0] != peak.column), most),
        peak=timeline_axis.bars_path([peak[:2]], most) if peak else "",
        first=columns.part(columns.of(strip.first) + 0.5),
        last=columns.part(columns.of(strip.last) + 0.5),
        label=timeline_axis.peak_label(columns, peak.column, f"{_short(columns, peak.day)}: {maker.title}")
        if peak and maker
        else None,
        maker=maker,
        description=description,
    )


def _short(columns: time_columns.Columns, date: dt.date) -> str:
    if columns.unit == "week":
        return day(date, "day month")
    name = columns.name(date)
    return f"{name[:3]} {date.year}" if columns.unit == "month" else name


def _line(site: Site, columns: time_columns.Columns, row: Row) -> TimelineRow:
    strip, peak = row.strip, row.strip.peak
    most = None
    if peak:
        month = peak.day.year, peak.day.month
        url = year_url(peak.day.year) if columns.unit in {"quarter", "year"} else month_url(month)
        most = columns.name(peak.day), url, peak.stories
    return TimelineRow(site.url(row.tag), site.name(row.tag), strip.count, strip.first, strip.last, most)
