"""What was written, and when."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from site_gen.core import calendar_months
from site_gen.core.depgraph import cell
from site_gen.site.entity_directory import EntityQueries
from site_gen.site.projections import SiteTotals, newest_first

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from site_gen.content.records import Tag
    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard


class ArticleQueries(EntityQueries):
    """A site's articles, each by its address, and all of them by month."""

    @cell
    def articles(self) -> tuple[tuple[UrlPath, str, str], ...]:
        """The pages of all articles, their files and ids."""
        return tuple(sorted((url, file, identity) for file, (url, identity) in self.group("articles").items()))

    @cell
    def article_url(self, identity: str) -> UrlPath | None:
        """The page of the article with an id."""
        urls: Iterable[UrlPath] = self.group("id", identity).values()
        return min(urls, default=None)

    @cell
    def article(self, url: UrlPath) -> tuple[str, ArticleCard, str]:
        """An article's file, its card, and JSON of what only its own page shows. LookupError when there is
        none."""
        for file, card, detail in self.group("article", url).values():
            return file, card, detail
        raise LookupError(url)

    @cell
    def article_redirects(self) -> tuple[tuple[UrlPath, str, UrlPath, str], ...]:
        """Where articles were before: the old URL, the title, the new URL, the file."""
        members = self.group("redirects").items()
        return tuple(sorted((old, title, new, file) for file, (urls, title, new) in members for old in urls))

    @cell
    def totals(self) -> SiteTotals:
        """The site in numbers."""
        outlets = self.group("outlets").values()
        newest = max((sure for _, _, sure in self.group("dates").values() if sure), default=None)
        return SiteTotals(
            len(outlets), len(self.group("stories")), len({outlet for outlet in outlets if outlet}), newest
        )

    @cell
    def month_counts(self) -> tuple[tuple[calendar_months.Month, int, int], ...]:
        """The months that articles are filed under, newest first: how many, and how many have a date."""
        filed: Counter[calendar_months.Month] = Counter()
        dated: Counter[calendar_months.Month] = Counter()
        for day, date, _ in self.group("dates").values():
            month = calendar_months.month_of(day)
            filed[month] += 1
            dated[month] += date is not None
        return tuple((month, filed[month], dated[month]) for month in sorted(filed, reverse=True))

    @cell
    def dated_months(self) -> tuple[tuple[calendar_months.Month, int], ...]:
        """The months that have articles with a date, oldest first, and how many."""
        return tuple((month, dated) for month, _, dated in reversed(self.month_counts()) if dated)

    @cell
    def filed_years(self) -> tuple[int, ...]:
        """The years that articles are filed under, oldest first."""
        return tuple(sorted({year for (year, _), _, _ in self.month_counts()}))

    @cell
    def dated_span(self) -> tuple[calendar_months.Month, calendar_months.Month] | None:
        """The first and the last month of which there is an article with a date."""
        months = [month for month, _ in self.dated_months()]
        return (months[0], months[-1]) if months else None

    @cell
    def articles_of_month(self, year: int, month: int) -> tuple[ArticleCard, ...]:
        """The articles filed under a month, newest first."""
        members: Iterable[ArticleCard] = self.group("month", (year, month)).values()
        return tuple(sorted(members, key=newest_first))

    @cell
    def tags_of_month(self, year: int, month: int) -> tuple[tuple[Tag, int], ...]:
        """The entities in a month's articles that have a date, and in how many."""
        found = Counter(tag for card in self.articles_of_month(year, month) if card.date for tag in card.tags)
        return tuple(sorted(found.items()))

    @cell
    def neighbouring_months(
        self, year: int, month: int
    ) -> tuple[calendar_months.Month | None, calendar_months.Month | None]:
        """The months before and after one that have articles with a date."""
        months = [month for month, _ in self.dated_months()]  # its own may be gone: who asks is told of others then
        before = [one for one in months if one < (year, month)]
        after = [one for one in months if one > (year, month)]
        return (before[-1] if before else None, after[0] if after else None)

    @cell
    def undated_articles(self) -> tuple[ArticleCard, ...]:
        """The articles that no date is known of."""
        months = [month for month, filed, dated in self.month_counts() if filed > dated]
        return tuple(card for month in months for card in self.articles_of_month(*month) if not card.date)

    @cell
    def sitemap_entries(self, year: int) -> tuple[tuple[UrlPath, dt.date | None], ...]:
        """The pages of the articles filed under a year, each with the day from which it is known to be as it is: that
        of saving or of publication, whichever is later, but none that is guessed."""
        return tuple(sorted(self.group("sitemap", year).values()))
