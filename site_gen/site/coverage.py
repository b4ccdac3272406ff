"""What is said about whom: each entity in numbers, its articles."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from site_gen.core import calendar_months
from site_gen.core.depgraph import cell
from site_gen.site.articles import ArticleQueries
from site_gen.site.projections import EntityStory, EntitySummary, StoryFacts, newest_first

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from site_gen.content.records import Tag

MAX_LISTED_ENTITIES = 12  # entities of a kind that a page lists in its margin
MAX_LISTED_STORIES = 60  # stories on an entity's page; where there are more, each year has a page of its own


class CoverageQueries(ArticleQueries):
    """What a site's articles say about its entities."""

    @cell
    def entity_summary(self, tag: Tag) -> EntitySummary:
        """How much is said about an entity, by whom and when."""
        members: Collection[StoryFacts] = self.group("tagged", tag).values()
        months = Counter(calendar_months.month_of(one.date) for one in members if one.date)
        dates = [one.certain_date for one in members if one.certain_date]
        return EntitySummary(
            stories=len(members),
            articles=sum(one.article_count for one in members),
            outlets=len({outlet for one in members for outlet in one.outlets if outlet}),
            first=min(dates, default=None),
            last=max(dates, default=None),
            months=tuple(sorted(months.items())),
        )

    @cell
    def last_modified(self, tag: Tag) -> dt.date | None:
        """The day of the newest of what an entity's page shows, as far as it is known."""
        return max((one.last_modified for one in self.group("tagged", tag).values() if one.last_modified), default=None)

    @cell
    def story_count(self, tag: Tag) -> int:
        """How many stories name an entity."""
        return len(self.group("tagged", tag))

    @cell
    def story_years(self, tag: Tag) -> tuple[tuple[int, int], ...]:
        """The years that have stories on an entity, newest first, and how many."""
        found = Counter(one.filed.year for one in self.group("tagged", tag).values())
        return tuple(sorted(found.items(), reverse=True))

    @cell
    def years_with_pages(self, tag: Tag) -> tuple[tuple[int, int], ...]:
        """The years that have pages of their own: none for an entity whose page shows all."""
        return self.story_years(tag) if self.story_count(tag) > MAX_LISTED_STORIES else ()

    @cell
    def stories_of_year(self, tag: Tag, year: int) -> tuple[EntityStory, ...]:
        """A year's stories on an entity, newest first."""
        members: Iterable[EntityStory] = self.group("listed", tag, year).values()
        return tuple(sorted(members, key=lambda listed: newest_first(listed.card)))

    @cell
    def newest_stories(self, tag: Tag) -> tuple[EntityStory, ...]:
        """The newest stories on an entity, as many as its page shows: all, where they are not too many."""
        found: list[EntityStory] = []
        for year, _ in self.story_years(tag):
            if len(found) >= MAX_LISTED_STORIES:
                break
            found += self.stories_of_year(tag, year)
        return tuple(found[:MAX_LISTED_STORIES])
