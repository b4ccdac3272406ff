"""What is said about whom: each entity in numbers, its articles."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from site_gen.core import calendar_months
from site_gen.core.depgraph import cell
from site_gen.site.articles import Articles
from site_gen.site.projections import Listed, Summary, Tagged, newest_first

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from site_gen.content.records import Tag

TOP = 12  # entities of a kind that a page lists in its margin
NEWEST = 60  # stories on an entity's page; where there are more, each year has a page of its own


class Coverage(Articles):
    """What a site's articles say about its entities."""

    @cell
    def summary(self, tag: Tag) -> Summary:
        """How much is said about an entity, by whom and when."""
        members: Collection[Tagged] = self.group("tagged", tag).values()
        months = Counter(calendar_months.month_of(one.date) for one in members if one.date)
        dates = [one.sure for one in members if one.sure]
        return Summary(
            count=len(members),
            articles=sum(one.articles for one in members),
            outlets=len({outlet for one in members for outlet in one.outlets if outlet}),
            first=min(dates, default=None),
            last=max(dates, default=None),
            months=tuple(sorted(months.items())),
        )

    @cell
    def changed(self, tag: Tag) -> dt.date | None:
        """The day of the newest of what an entity's page shows, as far as it is known."""
        return max((one.known for one in self.group("tagged", tag).values() if one.known), default=None)

    @cell
    def count(self, tag: Tag) -> int:
        """How many stories name an entity."""
        return len(self.group("tagged", tag))

    @cell
    def years(self, tag: Tag) -> tuple[tuple[int, int], ...]:
        """The years that have stories on an entity, newest first, and how many."""
        found = Counter(one.filed.year for one in self.group("tagged", tag).values())
        return tuple(sorted(found.items(), reverse=True))

    @cell
    def pages_of_years(self, tag: Tag) -> tuple[tuple[int, int], ...]:
        """The years that have pages of their own: none for an entity whose page shows all."""
        return self.years(tag) if self.count(tag) > NEWEST else ()

    @cell
    def listing(self, tag: Tag, year: int) -> tuple[Listed, ...]:
        """A year's stories on an entity, newest first."""
        members: Iterable[Listed] = self.group("listed", tag, year).values()
        return tuple(sorted(members, key=lambda listed: newest_first(listed.card)))

    @cell
    def newest(self, tag: Tag) -> tuple[Listed, ...]:
        """The newest stories on an entity, as many as its page shows: all, where they are not too many."""
        found: list[Listed] = []
        for year, _ in self.years(tag):
            if len(found) >= NEWEST:
                break
            found += self.listing(tag, year)
        return tuple(found[:NEWEST])
