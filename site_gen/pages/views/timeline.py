"""View of the timeline: who was in the news when, as a drawing and as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.pages import timeline_axis
from site_gen.pages.language import language_of
from site_gen.pages.views.archive import month_url, year_url
from site_gen.pages.views.meta_tags import TIMELINE, Head, day_span, page_head
from site_gen.site import coverage_timeline, directory

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator

    from site_gen.content.records import Kind
    from site_gen.core.calendar_months import Month
    from site_gen.core.urls import UrlPath
    from site_gen.pages.language import Language
    from site_gen.site import time_columns
    from site_gen.site.coverage_timeline import CoverageRow
    from site_gen.site.database import SiteDatabase
    from site_gen.site.projections import ArticleLink


class AxisWord(NamedTuple):
    """A year or month at the axis."""

    tick: timeline_axis.AxisTick  # what it says, and where
    url: UrlPath | None  # its page in the archive; None where there is none


class Lane(NamedTuple):
    """An entity's row of the drawing."""

    url: UrlPath  # the entity's page
    name: str  # the entity's
    stories: int  # whose day is certain
    bars: str  # SVG path data, x in columns; without the bar of the peak
    peak: str  # the bar with most stories, likewise; empty where none stands out
    first: float  # place of the first story, in percent of the width
    last: float  # place of the last story, likewise
    label: timeline_axis.PeakLabel | None  # when the peak was, and the title of the story that made it
    maker: ArticleLink | None  # the story that made the peak
    description: str  # all that the row shows, for those who do not see it


class TimelineRow(NamedTuple):
    """An entity's row of the table."""

    url: UrlPath  # the entity's page
    name: str  # the entity's
    stories: int  # whose day is certain
    first: dt.date  # of its stories
    last: dt.date  # of its stories
    most: tuple[str, UrlPath, int] | None  # its peak: what that time is called, its page in the archive, stories


class TimelineGroup(NamedTuple):
    """The entities of one kind, those with most stories first."""

    kind: Kind  # one that is found by names, not by keywords
    lanes: tuple[Lane, ...]  # those that are drawn
    lines: tuple[TimelineRow, ...]  # all of them


class KeyBar(NamedTuple):
    """A bar of the key, which tells the scale."""

    x: int  # of its place, in pixels
    height: float  # in pixels
    stories: int  # that it stands for


class TimelinePage(Struct, frozen=True, kw_only=True):
    """What `timeline.html` shows."""

    title: str  # heading of the page
    unit: str  # what a column is: "week", "month", "quarter", "year"; empty where nothing is drawn
    columns: int  # their number
    words: tuple[AxisWord, ...]  # the labels of the axis
    time: str  # the lines that go down from the axis: SVG path data, x in columns
    key: tuple[KeyBar, ...]  # sample bars, from the lowest to the highest
    groups: tuple[TimelineGroup, ...]  # those kinds that have any story whose day is certain
    uncertain: int  # articles that are left out, since their day is guessed or unknown
    head: Head  # what <head> says of the page


def timeline_page(site: SiteDatabase) -> TimelinePage:
    """Show when the site's stories named whom: the entities of each kind that is found by names."""
    timeline, language = coverage_timeline.timeline(site), language_of(site)
    columns, groups = timeline.columns, []
    for kind in site.config.kinds if columns else ():
        rows = [row for row in timeline.rows if row.tag.kind == kind.key]
        if columns and rows:
            lanes = tuple(_lane(site, columns, row, timeline.max_count) for row in rows if row.is_drawn)
            groups.append(TimelineGroup(kind, lanes, tuple(_table_row(site, columns, row) for row in rows)))
    ticks = timeline_axis.axis_ticks(columns, language) if columns and groups else ()
    title = language.gettext("Who was in the news when")
    description = language.gettext(
        "When the stories of %(site)s named whom: first, last, and most.", site=site.config.title
    )
    return TimelinePage(
        title=title,
        unit=columns.unit if columns else "",
        columns=columns.number if columns else 0,
        words=tuple(AxisWord(tick, _archive_url(tick, timeline.months)) for tick in ticks),
        time=timeline_axis.gridlines_path(columns, ticks, timeline_axis.ROW_HEIGHT) if columns else "",
        key=tuple(_key_bars(timeline.max_count)),
        groups=tuple(groups),
        uncertain=timeline.uncertain,
        head=page_head(site, TIMELINE, title, description),
    )


def _archive_url(tick: timeline_axis.AxisTick, months: Collection[Month]) -> UrlPath | None:
    """Return the archive's page of a tick's year or month; None where it has none. months: those that have a page."""
    if tick.year:
        return year_url(tick.date.year) if any(year == tick.date.year for year, _ in months) else None
    month = tick.date.year, tick.date.month
    return month_url(month) if month in months else None


def _key_bars(most: int) -> Iterator[KeyBar]:
    """Yield sample bars: for one story, for the most, and for a number between."""
    counts = sorted({1, max(round(most / 4), 1), most}) if most else ()
    for place, count in enumerate(counts):
        yield KeyBar(place * 34, timeline_axis.bar_height(count, most), count)


def _lane(site: SiteDatabase, columns: time_columns.TimeColumns, row: CoverageRow, most: int) -> Lane:
    strip, name = row.strip, directory.name(site, row.tag)
    peak, maker = strip.peak, row.peak_story
    language = language_of(site)
    description = name + language.gettext(": ") + language.stories(strip.count) + ", "
    description += day_span(language, strip.first, strip.last)
    if peak:
        when = language.column_name(columns, peak.day)
        if columns.unit == "week":
            description += language.gettext("; most in the %(week)s, %(stories)s", week=when, stories=peak.stories)
        else:
            description += language.gettext("; most in %(period)s, %(stories)s", period=when, stories=peak.stories)
    label = None
    if peak and maker:
        label = timeline_axis.peak_label(
            columns, peak.column, f"{_short_name(language, columns, peak.day)}: {maker.title}"
        )
    return Lane(
        url=directory.url(site, row.tag),
        name=name,
        stories=strip.count,
        bars=timeline_axis.bars_path((pair for pair in strip.counts if not peak or pair[0] != peak.column), most),
        peak=timeline_axis.bars_path([peak[:2]], most) if peak else "",
        first=columns.percent_of(columns.column_of(strip.first) + 0.5),
        last=columns.percent_of(columns.column_of(strip.last) + 0.5),
        label=label,
        maker=maker,
        description=description,
    )


def _short_name(language: Language, columns: time_columns.TimeColumns, date: dt.date) -> str:
    """Return what the column of a day is called where there is little room: "16 November", "Nov 2026", "2026 Q4"."""
    if columns.unit == "week":
        return language.day(date, "day month")
    if columns.unit == "month":
        return f"{language.month(date.month, abbreviated=True)} {date.year}"
    return language.column_name(columns, date)


def _table_row(site: SiteDatabase, columns: time_columns.TimeColumns, row: CoverageRow) -> TimelineRow:
    strip, peak = row.strip, row.strip.peak
    most = None
    if peak:
        month = peak.day.year, peak.day.month
        url = year_url(peak.day.year) if columns.unit in {"quarter", "year"} else month_url(month)
        most = language_of(site).column_name(columns, peak.day), url, peak.stories
    return TimelineRow(
        directory.url(site, row.tag), directory.name(site, row.tag), strip.count, strip.first, strip.last, most
    )
