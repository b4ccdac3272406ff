"""Queries on what happened: stories, by article, by week and by month. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from site_gen.core import calendar_months
from site_gen.core.depgraph import kept_query, query
from site_gen.core.text import primary_language
from site_gen.core.urls import UrlPath
from site_gen.site import articles, directory
from site_gen.site.database import SiteDatabase
from site_gen.site.projections import ArticleLink, StoryCards, newest_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from site_gen.content.records import Tag

MAX_RELATED = 4  # articles that an article's page names as related


@query
def of_article(site: SiteDatabase, url: UrlPath) -> StoryCards | None:
    """Return the story that the article at a page tells together with others; None for one that no other tells."""
    return next(iter(site.group("story of article", url).values()), None)


@kept_query
def urls_of(site: SiteDatabase, url: UrlPath) -> tuple[UrlPath, ...]:
    """Return the pages of all articles that tell the story of the one at a page, its own among them."""
    story = of_article(site, url)
    return tuple(card.url for card in story.cards) if story else (url,)


@query
def related_articles(site: SiteDatabase, url: UrlPath) -> tuple[ArticleLink, ...]:
    """Return the articles nearest to one in what they are about, in its language.

    None is of its own story, and one of each other.
    """
    language, excluded = primary_language(article_link(site, url).language), set(urls_of(site, url))
    links: list[ArticleLink] = []
    for candidate in site.related_urls(articles.article(site, url)[0]):
        link = article_link(site, candidate)
        if candidate not in excluded and primary_language(link.language) == language:
            excluded.update(urls_of(site, candidate))
            links.append(link)
    return tuple(links[:MAX_RELATED])


@kept_query
def article_link(site: SiteDatabase, url: UrlPath) -> ArticleLink:
    """Return what a short list says of the article at a page. Raises LookupError when there is none."""
    card = articles.article(site, url)[1]
    return ArticleLink(url, card.title, card.outlet, card.date, card.dated_by, card.language)


@kept_query
def days(site: SiteDatabase) -> tuple[tuple[dt.date, int], ...]:
    """Return the days that have stories, newest first, each with their number."""
    days = (date for (date,) in site.group("stories").values() if date)
    return tuple(sorted(Counter(days).items(), reverse=True))


@kept_query
def months(site: SiteDatabase) -> tuple[tuple[calendar_months.Month, int], ...]:
    """Return the months that have stories, newest first, each with their number."""
    counts: Counter[calendar_months.Month] = Counter()
    for day, count in days(site):
        counts[calendar_months.month_of(day)] += count
    return tuple(sorted(counts.items(), reverse=True))


@query
def of_week(site: SiteDatabase, year: int, week: int) -> tuple[StoryCards, ...]:
    """Return the stories of an ISO week, newest first."""
    return _newest_first(site.group("stories of week", (year, week)).values())


@query
def of_month(site: SiteDatabase, year: int, month: int) -> tuple[StoryCards, ...]:
    """Return the stories of a month, newest first."""
    return _newest_first(site.group("stories of month", (year, month)).values())


@query
def latest(site: SiteDatabase, count: int) -> tuple[StoryCards, ...]:
    """Return so many stories, the newest of those with a date."""
    return tuple(islice(_month_by_month(site, partial(of_month, site)), count))


@query
def undated(site: SiteDatabase) -> tuple[StoryCards, ...]:
    """Return the stories of which no day is known, those saved last first."""
    return _newest_first(site.group("undated stories").values())


@query
def latest_of_kind(site: SiteDatabase, key: str, count: int) -> tuple[StoryCards, ...]:
    """Return so many stories, the newest that name an entity of a kind."""
    return tuple(islice(_month_by_month(site, partial(partial(of_month_and_kind, site), key)), count))


@query
def of_month_and_kind(site: SiteDatabase, key: str, year: int, month: int) -> tuple[StoryCards, ...]:
    """Return the stories of a month that name an entity of a kind, newest first."""
    return tuple(story for story in of_month(site, year, month) if any(tag.kind == key for tag in story.tags))


@query
def lead_story(site: SiteDatabase) -> StoryCards | None:
    """Return the newest story whose day is certain and that names an entity that is followed; None without one.

    One that a report leads goes before.
    """

    def certain() -> Iterator[StoryCards]:
        stories = _month_by_month(site, partial(of_month, site))
        return (story for story in stories if story.lead.published and names_followed(site, story.lead.tags))

    return next((story for story in certain() if story.is_report), next(certain(), None))


def names_followed(site: SiteDatabase, tags: Iterable[Tag]) -> bool:
    """Return whether any of these entities is followed; on a site without any entity’s file, always."""
    kinds = directory.followed_kinds(site)
    return any(tag.kind in kinds for tag in tags) or not directory.has_entities(site)


def _month_by_month(site: SiteDatabase, stories: Callable[[int, int], Iterable[StoryCards]]) -> Iterator[StoryCards]:
    """Yield stories from the newest month to the oldest. stories: those of a year and month, newest first."""
    for (year, month), _ in months(site):
        yield from stories(year, month)


def _newest_first(stories: Iterable[StoryCards]) -> tuple[StoryCards, ...]:
    return tuple(sorted(stories, key=lambda story: newest_first(story.lead)))
