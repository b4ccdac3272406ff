"""When who was in the news: each entity's stories along the site's time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.depgraph import cell
from site_gen.site import time_columns
from site_gen.site.frozen_issues import LayoutQueries

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection

    from site_gen.content.records import Tag
    from site_gen.core.calendar_months import Month
    from site_gen.core.urls import UrlPath
    from site_gen.site.projections import EntityStory, StoryFacts

MAX_DRAWN_ENTITIES = 40  # entities that are drawn; the rest stand in the table
MIN_PEAK_STORIES = 2  # stories that make a peak at least


class Peak(NamedTuple):
    """Where most of an entity's stories are: the column, how many, and the day of the newest of them."""

    column: int
    stories: int
    day: dt.date


class PeakStory(NamedTuple):
    """The story that made a peak."""

    url: UrlPath
    title: str
    language: str


@dataclass(frozen=True, slots=True)
class EntityStrip:
    """An entity along the site's time: its stories that have a date, the days of the first and the last, how many are
    in each column that has any, and the peak, if there is one."""

    count: int
    first: dt.date
    last: dt.date
    counts: tuple[tuple[int, int], ...]
    peak: Peak | None


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """An entity on the timeline: drawn, with the story that made its peak; or only in the table, without `counts`."""

    tag: Tag
    strip: EntityStrip
    is_drawn: bool
    peak_story: PeakStory | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Who was in the news when. columns: None where nothing has a date; rows: by kind, the most covered first; most:
    stories of the highest bar that is drawn; months: those with a page in the archive; undated: articles left out.
    """

    columns: time_columns.TimeColumns | None
    rows: tuple[CoverageRow, ...]
    max_count: int
    months: tuple[Month, ...]
    undated: int


class TimelineQueries(LayoutQueries):
    """A site's entities along its time."""

    @cell
    def time_columns(self) -> time_columns.TimeColumns | None:
        """What the site's time is cut into, from its first article with a date to its last."""
        days = [date for _, date, _ in self.group("dates").values() if date]
        return time_columns.divide_time(min(days), max(days)) if days else None

    @cell
    def entity_strip(self, tag: Tag) -> EntityStrip | None:
        """An entity along the site's time; None for one without a story that has a date."""
        columns = self.time_columns()
        members: Collection[StoryFacts] = self.group("facts of entity", tag).values()
        days = [one.date for one in members if one.date]
        if not columns or not days:
            return None
        newest: dict[int, dt.date] = {}
        counts: Counter[int] = Counter()
        for date in days:
            column = columns.column_of(date)
            counts[column] += 1
            newest[column] = max(newest.get(column, date), date)
        best = max(counts, key=lambda column: (counts[column], column))
        peak = Peak(best, counts[best], newest[best]) if counts[best] >= MIN_PEAK_STORIES else None
        return EntityStrip(len(days), min(days), max(days), tuple(sorted(counts.items())), peak)

    @cell
    def peak_story(self, tag: Tag) -> PeakStory | None:
        """Of the stories of an entity's peak that which most outlets tell; of equal ones one that is about the entity,
        then the earliest."""
        columns, strip = self.time_columns(), self.entity_strip(tag)
        if not columns or not strip or not strip.peak:
            return None
        column, day = strip.peak.column, strip.peak.day
        inside = [
            listed
            for year in (day.year, day.year - 1)  # a week may begin in the year before
            for listed in self.stories_of_year(tag, year)
            if listed.card.date and columns.column_of(listed.card.date) == column
        ]
        best = min(inside, key=_by_weight).card
        return PeakStory(best.url, best.title, best.language)

    @cell
    def timeline(self) -> Timeline:
        """Who was in the news when: all entities that are found by their names. Of each kind those are drawn that have
        most stories, of all kinds as many as there are places, and of no kind more than of another that has more."""
        ranked: list[list[tuple[Tag, EntityStrip]]] = []
        for kind in self.config().kinds:
            if kind.by == "names":
                found = [(tag, strip) for tag in self.entities_of_kind(kind.key) if (strip := self.entity_strip(tag))]
                ranked.append(sorted(found, key=lambda pair: (-pair[1].count, pair[0])))
        turns = chain.from_iterable(zip_longest(*ranked))
        drawn = {tag for tag, _ in [pair for pair in turns if pair][:MAX_DRAWN_ENTITIES]}
        rows = tuple(
            CoverageRow(tag, strip, True, self.peak_story(tag))
            if tag in drawn
            else CoverageRow(tag, EntityStrip(strip.count, strip.first, strip.last, (), strip.peak), False, None)
            for kind in ranked
            for tag, strip in kind
        )
        return Timeline(
            columns=self.time_columns(),
            rows=rows,
            max_count=max((count for row in rows for _, count in row.strip.counts), default=0),
            months=tuple(month for month, _ in self.dated_months()),
            undated=sum(filed - dated for _, filed, dated in self.month_counts()),
        )


def _by_weight(listed: EntityStory) -> tuple[int, bool, int, str]:
    outlets = {card.outlet.casefold() for card in (listed.card, *listed.others)}
    return -len(outlets), not listed.is_about, listed.card.filed.toordinal(), listed.card.url
