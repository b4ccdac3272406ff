"""What happened: stories, by article, by week and by month."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from site_gen import charts
from site_gen.cells import cell
from site_gen.site.coverage import Coverage
from site_gen.site.groups import Told, newest_first

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from site_gen.urls import UrlPath

Week = tuple[int, int]  # ISO year, ISO week


class Telling(Coverage):
    """The stories that a site's articles tell."""

    @cell
    def story(self, url: UrlPath) -> Told | None:
        """The story that an article tells together with others; None for one that tells its own."""
        return next(iter(self.group("story", url).values()), None)

    @cell
    def story_days(self) -> tuple[tuple[dt.date, int], ...]:
        """The days that stories are filed under, newest first, and how many."""
        return tuple(sorted(Counter(self.group("stories").values()).items(), reverse=True))

    @cell
    def weeks(self) -> tuple[tuple[Week, int], ...]:
        """The ISO weeks that have stories, newest first, and how many."""
        return _periods((day.isocalendar()[:2], count) for day, count in self.story_days())

    @cell
    def story_months(self) -> tuple[tuple[charts.Month, int], ...]:
        """The months that have stories, newest first, and how many."""
        return _periods((charts.month_of(day), count) for day, count in self.story_days())

    @cell
    def stories_of_week(self, year: int, week: int) -> tuple[Told, ...]:
        """The stories of an ISO week, newest first."""
        return _newest_first(self.group("stories of week", (year, week)).values())

    @cell
    def stories_of_month(self, year: int, month: int) -> tuple[Told, ...]:
        """The stories of a month, newest first."""
        return _newest_first(self.group("stories of month", (year, month)).values())

    @cell
    def latest_stories(self, count: int) -> tuple[Told, ...]:
        """The newest stories of all."""
        found: list[Told] = []
        for month, _ in self.story_months():
            if len(found) >= count:
                break
            found += self.stories_of_month(*month)
        return tuple(found[:count])


def _periods(counts: Iterable[tuple[tuple[int, int], int]]) -> tuple[tuple[tuple[int, int], int], ...]:
    found: Counter[tuple[int, int]] = Counter()
    for period, count in counts:
        found[period] += count
    return tuple(sorted(found.items(), reverse=True))


def _newest_first(stories: Iterable[Told]) -> tuple[Told, ...]:
    return tuple(sorted(stories, key=lambda told: newest_first(told.lead)))
