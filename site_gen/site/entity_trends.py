"""Queries on an entity beyond its list of stories: its last weeks, and its topics over time. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.content.periods import week_period
from site_gen.core import calendar_months
from site_gen.core.depgraph import kept_query, query
from site_gen.site import articles, coverage, directory
from site_gen.site.analysis import statistics
from site_gen.site.database import SiteDatabase
from site_gen.site.outlets import count_outlets

if TYPE_CHECKING:
    from collections.abc import Collection

    from site_gen.content.records import Tag
    from site_gen.site.directory import NamedEntity
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import EntityStory, StoryFacts

RECENT_WEEKS = 4  # weeks that are an entity's last ones
_MAX_PAST_SPANS = 12  # spans of RECENT_WEEKS before them say what is usual: nearly a year
_MAX_NEW_COMPANIONS = 3  # entities that are named as seen with it for the first time
_MAX_TOPICS = 8  # topics that are shown over time
_MAX_QUARTER_MONTHS = 60  # months of a site's time up to which its periods are quarters
_WEEK = dt.timedelta(weeks=1)


class RecentActivity(Struct, frozen=True):
    """An entity's last weeks, up to that of the site's newest article."""

    week: dt.date  # the Monday of the last of them
    count: int  # stories in them
    usual: float | None  # stories in a span of as many weeks over the year before; None where the past is too short
    beside: tuple[NamedEntity, ...]  # those that it is together with for the first time, the most frequent first
    carried: ArticleCard | None  # the story that most outlets tell; None where none has several
    outlets: int  # that tell it
    weeks: int = RECENT_WEEKS  # how many they are


class TimePeriods(Struct, frozen=True):
    """A site's time, cut into equal periods for comparing several rows of counts."""

    unit: str  # what a period is: `quarter` or `year`
    labels: tuple[str, ...]  # the name of each period, oldest first


@kept_query
def dated_weeks(site: SiteDatabase) -> tuple[dt.date, dt.date] | None:
    """Return the Mondays of the weeks of `time_span`, the first and the last."""
    span = articles.time_span(site)
    return (week_period(span[0]).first, week_period(span[1]).first) if span else None


@query
def recent_activity(site: SiteDatabase, tag: Tag) -> RecentActivity | None:
    """Return an entity's last weeks; None for one that has no story in them, and hardly ever had as many."""
    weeks = dated_weeks(site)
    if weeks is None:
        return None
    first_week, last_week = weeks
    start = last_week - (RECENT_WEEKS - 1) * _WEEK
    stories = coverage.story_facts(site, tag)
    recent = [story for story in stories if story.published and story.published >= start]
    usual = _usual_count(stories, first_week, start)
    if not recent and (usual is None or usual < 1):
        return None
    carried, outlets = _top_story(site, tag, start)
    beside = tuple(directory.link(site, other) for other in _new_companions(site, tag, stories, recent))
    return RecentActivity(last_week, len(recent), usual, beside, carried, outlets)


def _new_companions(
    site: SiteDatabase, tag: Tag, stories: Collection[StoryFacts], recent: Collection[StoryFacts]
) -> tuple[Tag, ...]:
    """Return whom an entity is together with for the first time, the most frequent first.

    Only in one sentence, or as subjects of a story. Empty for an entity that itself is new: with it, everybody
    would be. recent: those of its stories that count.
    """
    counts = Counter(other for story in recent for other in story.beside)
    recent_objects = set(map(id, recent))  # two stories may have equal facts
    earlier = {tag for story in stories if story.published and id(story) not in recent_objects for tag in story.tags}
    new = (
        other
        for other in counts
        if other not in earlier and other != tag and site.config.kind(other.kind).by == "names"
    )
    return tuple(sorted(new, key=lambda other: (-counts[other], other))[:_MAX_NEW_COMPANIONS]) if earlier else ()


def _top_story(site: SiteDatabase, tag: Tag, start: dt.date) -> tuple[ArticleCard | None, int]:
    """Return the story since a day that most outlets tell, and how many; of equal ones the newest."""
    years = [year for year, *_ in coverage.story_years(site, tag) if year >= start.year]
    stories = [
        story for year in years for story in coverage.stories_of_year(site, tag, year) if _is_since(story, start)
    ]
    top = max(stories, key=_outlet_count, default=None)
    return (top.card, _outlet_count(top)) if top and _outlet_count(top) > 1 else (None, 0)


@kept_query
def time_periods(site: SiteDatabase) -> TimePeriods | None:
    """Return the site's time by quarter up to five years, else by year; None where no day is certain."""
    span = articles.dated_span(site)
    if span is None:
        return None
    months = calendar_months.months_between(*span)
    unit = "quarter" if len(months) <= _MAX_QUARTER_MONTHS else "year"
    return TimePeriods(unit, tuple(dict.fromkeys(calendar_months.period_name(month, unit) for month in months)))


@query
def topics(site: SiteDatabase, tag: Tag) -> tuple[tuple[Tag, int, tuple[int, ...]], ...]:
    """Return the topics that most stories about an entity in the site's time have.

    Each with the number of these stories, in all and in each of the site's periods. Where no day on the site is
    certain all stories count, and there are no periods. Where no story is about it, those that name it count.
    """
    keys = {kind.key for kind in site.config.kinds if kind.by == "keywords"}
    periods = time_periods(site)
    rows: dict[Tag, Counter[str]] = {}  # of each topic its stories by the label of their period
    stories = coverage.story_facts(site, tag)
    for story in [story for story in stories if story.is_about] or stories:
        label = ""
        if story.published and periods:
            label = calendar_months.period_name(calendar_months.month_of(story.published), periods.unit)
        if periods is None or label in periods.labels:
            for topic in story.tags:
                if topic.kind in keys and topic != tag:
                    rows.setdefault(topic, Counter())[label] += 1
    labels = periods.labels if periods else ()
    top_topics = sorted(rows, key=lambda topic: (-rows[topic].total(), topic))[:_MAX_TOPICS]
    return tuple((topic, rows[topic].total(), tuple(rows[topic][label] for label in labels)) for topic in top_topics)


def _usual_count(stories: Collection[StoryFacts], first_week: dt.date, start: dt.date) -> float | None:
    """Return how many of these stories a span of RECENT_WEEKS weeks had, to one digit after the point.

    Over the year before `start`, or since the site's first week; None where there are too few such spans to say.
    """
    spans = min((start - first_week) // (RECENT_WEEKS * _WEEK), _MAX_PAST_SPANS)
    if spans < statistics.MIN_PAST_PERIODS:
        return None
    since = start - spans * RECENT_WEEKS * _WEEK
    count = sum(1 for story in stories if story.published and since <= story.published < start)
    return round(count / spans, 1)


def _is_since(story: EntityStory, day: dt.date) -> bool:
    date = story.card.published
    return date is not None and date >= day


def _outlet_count(story: EntityStory) -> int:
    return count_outlets((story.card, *story.others))
