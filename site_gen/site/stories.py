"""Queries on what happened: stories, by article, by week and by month. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from site_gen.core import calendar_months
from site_gen.core.depgraph import cell, kept_cell
from site_gen.core.text import primary_language
from site_gen.core.urls import UrlPath
from site_gen.site.entity_trends import TrendQueries
from site_gen.site.projections import ArticleLink, StoryCards, newest_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from site_gen.content.records import Tag

MAX_RELATED = 4  # articles that an article's page names as related


class StoryQueries(TrendQueries):
    """Queries on the stories that a site's articles tell."""

    @cell
    def story(self, url: UrlPath) -> StoryCards | None:
        """Return the story that the article at a page tells together with others; None for one that no other tells."""
        return next(iter(self.group("story of article", url).values()), None)

    @kept_cell
    def story_urls(self, url: UrlPath) -> tuple[UrlPath, ...]:
        """Return the pages of all articles that tell the story of the one at a page, its own among them."""
        story = self.story(url)
        return tuple(card.url for card in story.cards) if story else (url,)

    @cell
    def related_articles(self, url: UrlPath) -> tuple[ArticleLink, ...]:
        """Return the articles nearest to one in what they are about, in its language.

        None is of its own story, and one of each other.
        """
        language, excluded = primary_language(self.article_link(url).language), set(self.story_urls(url))
        links: list[ArticleLink] = []
        for candidate in self.related_urls(self.article(url)[0]):
            link = self.article_link(candidate)
            if candidate not in excluded and primary_language(link.language) == language:
                excluded.update(self.story_urls(candidate))
                links.append(link)
        return tuple(links[:MAX_RELATED])

    @kept_cell
    def article_link(self, url: UrlPath) -> ArticleLink:
        """Return what a short list says of the article at a page. Raises LookupError when there is none."""
        card = self.article(url)[1]
        return ArticleLink(url, card.title, card.outlet, card.date, card.dated_by, card.language)

    @kept_cell
    def story_days(self) -> tuple[tuple[dt.date, int], ...]:
        """Return the days that have stories, newest first, each with their number."""
        days = (date for (date,) in self.group("stories").values() if date)
        return tuple(sorted(Counter(days).items(), reverse=True))

    @kept_cell
    def story_months(self) -> tuple[tuple[calendar_months.Month, int], ...]:
        """Return the months that have stories, newest first, each with their number."""
        counts: Counter[calendar_months.Month] = Counter()
        for day, count in self.story_days():
            counts[calendar_months.month_of(day)] += count
        return tuple(sorted(counts.items(), reverse=True))

    @cell
    def stories_of_week(self, year: int, week: int) -> tuple[StoryCards, ...]:
        """Return the stories of an ISO week, newest first."""
        return _newest_first(self.group("stories of week", (year, week)).values())

    @cell
    def stories_of_month(self, year: int, month: int) -> tuple[StoryCards, ...]:
        """Return the stories of a month, newest first."""
        return _newest_first(self.group("stories of month", (year, month)).values())

    @cell
    def latest_stories(self, count: int) -> tuple[StoryCards, ...]:
        """Return so many stories, the newest of those with a date."""
        return tuple(islice(self._month_by_month(self.stories_of_month), count))

    @cell
    def undated_stories(self) -> tuple[StoryCards, ...]:
        """Return the stories of which no day is known, those saved last first."""
        return _newest_first(self.group("undated stories").values())

    @cell
    def latest_stories_of_kind(self, key: str, count: int) -> tuple[StoryCards, ...]:
        """Return so many stories, the newest that name an entity of a kind."""
        return tuple(islice(self._month_by_month(partial(self.stories_of_month_and_kind, key)), count))

    @cell
    def stories_of_month_and_kind(self, key: str, year: int, month: int) -> tuple[StoryCards, ...]:
        """Return the stories of a month that name an entity of a kind, newest first."""
        return tuple(
            story for story in self.stories_of_month(year, month) if any(tag.kind == key for tag in story.tags)
        )

    @cell
    def lead_story(self) -> StoryCards | None:
        """Return the newest story whose day is certain and that names an entity that is followed; None without one.

        One that a report leads goes before.
        """

        def certain() -> Iterator[StoryCards]:
            stories = self._month_by_month(self.stories_of_month)
            return (story for story in stories if story.lead.published and self.names_followed(story.lead.tags))

        return next((story for story in certain() if story.is_report), next(certain(), None))

    def names_followed(self, tags: Iterable[Tag]) -> bool:
        """Return whether any of these entities is followed."""
        kinds = self.followed_kinds()
        return any(tag.kind in kinds for tag in tags)

    def _month_by_month(self, stories: Callable[[int, int], Iterable[StoryCards]]) -> Iterator[StoryCards]:
        """Yield stories from the newest month to the oldest. stories: those of a year and month, newest first."""
        for (year, month), _ in self.story_months():
            yield from stories(year, month)


def _newest_first(stories: Iterable[StoryCards]) -> tuple[StoryCards, ...]:
    return tuple(sorted(stories, key=lambda story: newest_first(story.lead)))
