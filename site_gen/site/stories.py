"""What happened: stories, by article, by week and by month."""

from __future__ import annotations

from collections import Counter
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from site_gen.core import calendar_months
from site_gen.core.depgraph import cell
from site_gen.site.entity_trends import TrendQueries
from site_gen.site.projections import ArticleLink, StoryCards, newest_first

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

    from site_gen.core.urls import UrlPath

MAX_RELATED = 4  # articles that an article's page names as near it


class StoryQueries(TrendQueries):
    """The stories that a site's articles tell."""

    @cell
    def story(self, url: UrlPath) -> StoryCards | None:
        """The story that an article tells together with others; None for one that tells its own."""
        return next(iter(self.group("story", url).values()), None)

    @cell
    def related_articles(self, url: UrlPath) -> tuple[ArticleLink, ...]:
        """The articles nearest to one in what they are about: none that tells its own story, and one of each other."""
        told = self.story(url)
        seen = {card.url for card in told.cards} if told else {url}
        found: list[ArticleLink] = []
        for near in self.related_urls(self.article(url)[0]):
            if near not in seen:
                other = self.story(near)
                seen |= {card.url for card in other.cards} if other else {near}
                found.append(self.article_link(near))
        return tuple(found[:MAX_RELATED])

    @cell
    def article_link(self, url: UrlPath) -> ArticleLink:
        """What a list says of an article where it says little. LookupError when there is none."""
        card = self.article(url)[1]
        return ArticleLink(url, card.title, card.outlet, card.date, card.dated_by, card.language)

    @cell
    def story_days(self) -> tuple[tuple[dt.date, int], ...]:
        """The days that stories are filed under, newest first, and how many."""
        return tuple(sorted(Counter(self.group("stories").values()).items(), reverse=True))

    @cell
    def story_months(self) -> tuple[tuple[calendar_months.Month, int], ...]:
        """The months that have stories, newest first, and how many."""
        found: Counter[calendar_months.Month] = Counter()
        for day, count in self.story_days():
            found[calendar_months.month_of(day)] += count
        return tuple(sorted(found.items(), reverse=True))

    @cell
    def stories_of_week(self, year: int, week: int) -> tuple[StoryCards, ...]:
        """The stories of an ISO week, newest first."""
        return _newest_first(self.group("stories of week", (year, week)).values())

    @cell
    def stories_of_month(self, year: int, month: int) -> tuple[StoryCards, ...]:
        """The stories of a month, newest first."""
        return _newest_first(self.group("stories of month", (year, month)).values())

    @cell
    def latest_stories(self, count: int) -> tuple[StoryCards, ...]:
        """The newest stories of all."""
        return tuple(islice(self._by_month(self.stories_of_month), count))

    @cell
    def latest_stories_of_kind(self, key: str, count: int) -> tuple[StoryCards, ...]:
        """The newest stories that name an entity of a kind."""
        return tuple(islice(self._by_month(partial(self.stories_of_month_and_kind, key)), count))

    @cell
    def stories_of_month_and_kind(self, key: str, year: int, month: int) -> tuple[StoryCards, ...]:
        """The stories of a month that name an entity of a kind, newest first."""
        return tuple(told for told in self.stories_of_month(year, month) if any(tag.kind == key for tag in told.tags))

    @cell
    def lead_story(self) -> StoryCards | None:
        """The newest story that says its date; else the newest. One that goes by the day it was saved, or by a guess,
        should not lead the news for that."""
        dated = (told for told in self._by_month(self.stories_of_month) if told.lead.published)
        return next(dated, next(iter(self.latest_stories(1)), None))

    def _by_month(self, stories: Callable[[int, int], Iterable[StoryCards]]) -> Iterator[StoryCards]:
        for (year, month), _ in self.story_months():
            yield from stories(year, month)


def _newest_first(stories: Iterable[StoryCards]) -> tuple[StoryCards, ...]:
    return tuple(sorted(stories, key=lambda told: newest_first(told.lead)))
