"""Queries on what articles say about whom: each entity in numbers, its stories. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from site_gen.content.records import Tag
from site_gen.core import calendar_months
from site_gen.core.depgraph import kept_query, query
from site_gen.site.analysis import statistics
from site_gen.site.database import SiteDatabase
from site_gen.site.projections import UNDATED, EntityStory, EntitySummary, StoryFacts, newest_first

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


MAX_LISTED_ENTITIES = 12  # of a kind, in the margin of a page
MAX_LISTED_STORIES = 60  # on an entity's page; where there are more, each year has a page of its own


def story_facts(site: SiteDatabase, tag: Tag) -> Collection[StoryFacts]:
    """Return what is counted of each story that names an entity."""
    facts: Collection[StoryFacts] = site.group("facts of entity", tag).values()
    return facts


@kept_query
def summary(site: SiteDatabase, tag: Tag) -> EntitySummary:
    """Return how much is said about an entity, by whom and when."""
    stories = story_facts(site, tag)
    days = [story.published for story in stories if story.published]
    return EntitySummary(
        stories=len(stories),
        articles=sum(story.article_count for story in stories),
        outlets=len({outlet for story in stories for outlet in story.outlets if outlet}),
        first=min(days, default=None),
        last=max(days, default=None),
        months=tuple(sorted(Counter(map(calendar_months.month_of, days)).items())),
    )


@kept_query
def last_modified(site: SiteDatabase, tag: Tag) -> dt.date | None:
    """Return the day of the newest of what an entity's page shows, as far as it is certain."""
    return max((story.last_modified for story in story_facts(site, tag) if story.last_modified), default=None)


@kept_query
def story_count(site: SiteDatabase, tag: Tag) -> int:
    """Return how many stories name an entity."""
    return len(site.members("facts of entity", tag))


@kept_query
def comparable_count(site: SiteDatabase, tag: Tag) -> int:
    """Return how many stories name an entity, `rounded_up`, for comparing other counts with."""
    return statistics.rounded_up(len(site.members("facts of entity", tag)))


@kept_query
def story_years(site: SiteDatabase, tag: Tag) -> tuple[tuple[int, int, int], ...]:
    """Return the years that list stories on an entity, newest first; UNDATED comes last.

    Each with two numbers: its stories whose day is certain (of UNDATED all), and those that a guess places there.
    """
    counts: dict[int, list[int]] = {}
    for story in story_facts(site, tag):
        is_guessed = story.year != UNDATED and not story.published
        counts.setdefault(story.year, [0, 0])[is_guessed] += 1
    return tuple((year, certain, guessed) for year, (certain, guessed) in sorted(counts.items(), reverse=True))


@kept_query
def years_with_pages(site: SiteDatabase, tag: Tag) -> tuple[tuple[int, int, int], ...]:
    """Return the years of an entity that have pages of their own, newest first, with their numbers of stories.

    They are those of `story_years`. Empty for an entity whose page shows all its stories.
    """
    return story_years(site, tag) if story_count(site, tag) > MAX_LISTED_STORIES else ()


@kept_query
def page_years(site: SiteDatabase, tag: Tag) -> tuple[int, ...]:
    """Return the years of `years_with_pages`: these change seldom, the numbers with every story."""
    return tuple(year for year, *_ in years_with_pages(site, tag))


@query
def stories_of_year(site: SiteDatabase, tag: Tag, year: int) -> tuple[EntityStory, ...]:
    """Return a year's stories on an entity, newest first."""
    members: Iterable[EntityStory] = site.group("stories of entity", tag, year).values()
    return tuple(sorted(members, key=lambda story: newest_first(story.card)))


@query
def newest_stories(site: SiteDatabase, tag: Tag) -> tuple[EntityStory, ...]:
    """Return the newest stories on an entity, as many as its page shows."""
    stories: list[EntityStory] = []
    for year, *_ in story_years(site, tag):
        if len(stories) >= MAX_LISTED_STORIES:
            break
        stories += stories_of_year(site, tag, year)
    return tuple(stories[:MAX_LISTED_STORIES])
