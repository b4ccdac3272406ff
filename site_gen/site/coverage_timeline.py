"""Queries on when who was in the news: each entity's stories along the site's time. Pure."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  kept records are unpacked by their annotations
from collections import Counter
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.content.records import Tag
from site_gen.core.depgraph import kept_query, query
from site_gen.site import articles, coverage, directory, stories, time_columns
from site_gen.site.database import SiteDatabase
from site_gen.site.outlets import count_outlets
from site_gen.site.projections import ArticleLink

if TYPE_CHECKING:
    from site_gen.core.calendar_months import Month
    from site_gen.site.projections import EntityStory

MAX_DRAWN_ENTITIES = 40  # entities that are drawn; the rest stand in the table
MIN_PEAK_STORIES = 2  # stories that make a peak at least


class Peak(NamedTuple):
    """The column where most of an entity's stories are; of equal ones the last."""

    column: int  # its number, from 0
    stories: int  # how many there are
    day: dt.date  # of the newest of them


class EntityStrip(Struct, frozen=True):
    """An entity's stories along the site's time; only those whose day is certain."""

    count: int  # how many there are
    first: dt.date  # day of the first
    last: dt.date  # day of the last
    counts: tuple[tuple[int, int], ...]  # the columns that have any, each with their number
    peak: Peak | None  # None where no column has MIN_PEAK_STORIES


class CoverageRow(Struct, frozen=True):
    """An entity on the timeline."""

    tag: Tag  # the entity
    strip: EntityStrip  # without `counts` where it is not drawn
    is_drawn: bool  # else it is only in the table
    peak_story: ArticleLink | None  # None where it is not drawn, or has no peak


class Timeline(Struct, frozen=True):
    """Who was in the news when."""

    columns: time_columns.TimeColumns | None  # None where no day is certain
    rows: tuple[CoverageRow, ...]  # by kind, the most covered first
    max_count: int  # stories of the highest bar that is drawn
    months: tuple[Month, ...]  # those that have a page in the archive, oldest first
    uncertain: int  # articles left out, since their day is guessed or unknown


@kept_query
def site_columns(site: SiteDatabase) -> time_columns.TimeColumns | None:
    """Return the columns that the site's time is cut into, from its first certain day to its last."""
    span = articles.time_span(site)
    return time_columns.divide_time(*span) if span else None


@kept_query
def entity_strip(site: SiteDatabase, tag: Tag) -> EntityStrip | None:
    """Return an entity along the site's time; None for one without a story whose day is certain."""
    columns = site_columns(site)
    days = [story.published for story in coverage.story_facts(site, tag) if story.published]
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


@kept_query
def peak_story(site: SiteDatabase, tag: Tag) -> ArticleLink | None:
    """Return, of the stories of an entity's peak, that which most outlets tell.

    Of equal ones it is one that is about the entity, then the earliest.
    """
    columns, strip = site_columns(site), entity_strip(site, tag)
    if not columns or not strip or not strip.peak:
        return None
    column, day = strip.peak.column, strip.peak.day
    told_then = [
        story
        for year in (day.year, day.year - 1)  # a week may begin in the year before
        for story in coverage.stories_of_year(site, tag, year)
        if story.card.published and columns.column_of(story.card.published) == column
    ]
    return stories.article_link(site, min(told_then, key=_most_told_first).card.url)


@query
def timeline(site: SiteDatabase) -> Timeline:
    """Return who was in the news when: all entities of the kinds that are found by names.

    MAX_DRAWN_ENTITIES of them are drawn: in turns one of each kind, its most covered ones first.
    """
    strips_by_kind: list[list[tuple[Tag, EntityStrip]]] = []
    for kind in site.config.kinds:
        if kind.by == "names":
            strips = [(tag, strip) for tag in directory.of_kind(site, kind.key) if (strip := entity_strip(site, tag))]
            strips_by_kind.append(sorted(strips, key=lambda pair: (-pair[1].count, pair[0])))
    turns = chain.from_iterable(zip_longest(*strips_by_kind))
    drawn = {tag for tag, _ in [pair for pair in turns if pair][:MAX_DRAWN_ENTITIES]}
    rows = tuple(
        CoverageRow(tag, strip, True, peak_story(site, tag))
        if tag in drawn
        else CoverageRow(tag, EntityStrip(strip.count, strip.first, strip.last, (), strip.peak), False, None)
        for strips in strips_by_kind
        for tag, strip in strips
    )
    return Timeline(
        columns=site_columns(site),
        rows=rows,
        max_count=max((count for row in rows for _, count in row.strip.counts), default=0),
        months=tuple(month for month, *_ in articles.dated_months(site)),
        uncertain=articles.uncertain_count(site),
    )


def _most_told_first(story: EntityStory) -> tuple[int, bool, int, str]:
    """Return the key that sorts the stories of a peak."""
    outlets = count_outlets((story.card, *story.others))
    return -outlets, not story.is_about, story.card.filed.toordinal(), story.card.url
