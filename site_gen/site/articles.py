"""Queries on what was written, and when. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from site_gen.content.records import Tag
from site_gen.core import calendar_months
from site_gen.core.depgraph import cell, kept_cell
from site_gen.site.entity_directory import EntityQueries
from site_gen.site.projections import SiteTotals, newest_first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard


class ArticleQueries(EntityQueries):
    """Queries on a site's articles: each by its address, and all of them by month."""

    @cell
    def articles(self) -> tuple[tuple[UrlPath, str, str], ...]:
        """Return the page, the file and the id of each article, by page."""
        return tuple(sorted((url, file, identity) for file, (url, identity) in self.group("articles").items()))

    @cell
    def article_url(self, identity: str) -> UrlPath | None:
        """Return the page of the article with an id; None where there is none."""
        urls: Iterable[UrlPath] = self.group("id", identity).values()
        return min(urls, default=None)

    @cell
    def article(self, url: UrlPath) -> tuple[str, ArticleCard, str]:
        """Return the file and the card of the article at a page, and JSON of its `ArticleDetail`.

        Raises LookupError when there is none.
        """
        for file, card, detail in self.group("article", url).values():
            return file, card, detail
        raise LookupError(url)

    @cell
    def article_redirects(self) -> tuple[tuple[UrlPath, str, UrlPath, str], ...]:
        """Return where articles were before: the old URL, the title, the new URL, the file."""
        members = self.group("redirects").items()
        return tuple(sorted((old, title, new, file) for file, (urls, title, new) in members for old in urls))

    @kept_cell
    def totals(self) -> SiteTotals:
        """Return the site in numbers."""
        outlets = self.group("outlets").values()
        newest = max((certain for _, _, certain in self.group("dates").values() if certain), default=None)
        return SiteTotals(
            articles=len(outlets),
            stories=len(self.group("stories")),
            outlets=len({outlet for outlet in outlets if outlet}),
            newest=newest,
        )

    @kept_cell
    def newest_day(self) -> dt.date | None:
        """Return the last day of an article, certain or guessed; None where none has any."""
        return max((date for _, date, _ in self.group("dates").values() if date), default=None)

    def articles_after(self, day: dt.date) -> Iterator[tuple[str, dt.date]]:
        """Yield the files of the articles that are of a later day, each with its day."""
        newest = self.newest_day()
        if newest and newest > day:
            for file, (_, date, _) in sorted(self.group("dates").items()):
                if date and date > day:
                    yield file, date

    @cell
    def searched(self) -> tuple[tuple[str, bytes], ...]:
        """Return the files of the articles, each with a digest of what search finds it by."""
        return tuple(sorted(self.group("searched").items()))

    @cell
    def plain_texts(self) -> tuple[str, ...]:
        """Return the files of the articles whose text is shown as plain text."""
        return tuple(sorted(self.group("plain texts")))

    @kept_cell
    def dated_months(self) -> tuple[tuple[calendar_months.Month, int, int], ...]:
        """Return the months that list articles, oldest first.

        Each with the number of its articles whose day is certain, and of those that a guess places there.
        """
        counts: dict[calendar_months.Month, list[int]] = {}
        for _, date, certain in self.group("dates").values():
            if date:
                counts.setdefault(calendar_months.month_of(date), [0, 0])[certain is None] += 1
        return tuple((month, certain, guessed) for month, (certain, guessed) in sorted(counts.items()))

    @kept_cell
    def months_of_year(self, year: int) -> tuple[tuple[int, int, int], ...]:
        """Return the months of a year that list articles, with the numbers of `dated_months`."""
        return tuple(
            (month, certain, guessed) for (other, month), certain, guessed in self.dated_months() if other == year
        )

    @kept_cell
    def undated_count(self) -> int:
        """Return how many articles have no date."""
        return sum(date is None for _, date, _ in self.group("dates").values())

    @kept_cell
    def uncertain_count(self) -> int:
        """Return how many articles have no day that counts: it is guessed, or there is none."""
        return sum(certain is None for _, _, certain in self.group("dates").values())

    @kept_cell
    def filed_years(self) -> tuple[int, ...]:
        """Return the years that articles are filed under, oldest first; those without a date by the day of saving."""
        return tuple(sorted({year for year, _, _ in self.group("dates").values()}))

    @kept_cell
    def time_span(self) -> tuple[dt.date, dt.date] | None:
        """Return the first and the last certain day of an article; None where no day is certain."""
        days = [certain for _, _, certain in self.group("dates").values() if certain]
        return (min(days), max(days)) if days else None

    @kept_cell
    def dated_span(self) -> tuple[calendar_months.Month, calendar_months.Month] | None:
        """Return the months of `time_span`, the first and the last."""
        span = self.time_span()
        return (calendar_months.month_of(span[0]), calendar_months.month_of(span[1])) if span else None

    @cell
    def articles_of_month(self, year: int, month: int) -> tuple[ArticleCard, ...]:
        """Return the articles of a month, newest first."""
        members: Iterable[ArticleCard] = self.group("articles of month", (year, month)).values()
        return tuple(sorted(members, key=newest_first))

    @kept_cell
    def tags_of_month(self, year: int, month: int) -> tuple[tuple[Tag, int], ...]:
        """Return the entities in a month's articles whose day is certain, each with the number of these articles."""
        cards = self.articles_of_month(year, month)
        counts = Counter(tag for card in cards if card.published for tag in card.tags)
        return tuple(sorted(counts.items()))

    @kept_cell
    def neighbouring_months(
        self, year: int, month: int
    ) -> tuple[calendar_months.Month | None, calendar_months.Month | None]:
        """Return the months before and after one that have articles with a date.

        The month itself may have none: that of a page which is about to be removed.
        """
        months = [dated for dated, *_ in self.dated_months()]
        before = [dated for dated in months if dated < (year, month)]
        after = [dated for dated in months if dated > (year, month)]
        return (before[-1] if before else None, after[0] if after else None)

    @cell
    def undated_articles(self) -> tuple[ArticleCard, ...]:
        """Return the articles of which no date is known, those saved last first."""
        members: Iterable[ArticleCard] = self.group("undated articles").values()
        return tuple(sorted(members, key=newest_first))

    @cell
    def sitemap_entries(self, year: int) -> tuple[tuple[UrlPath, dt.date | None], ...]:
        """Return the pages of the articles filed under a year, each with the day of its last change, by page.

        That day is the one of saving or of publication, whichever is later, but none that is guessed.
        """
        return tuple(sorted(self.group("sitemap", year).values()))

    @kept_cell
    def last_change(self, year: int) -> dt.date | None:
        """Return the last day of change of `sitemap_entries`."""
        return max((date for _, date in self.sitemap_entries(year) if date), default=None)
