"""Parts that several kinds of page show: names with counts, articles in lists, days."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from site_gen.core import calendar_months
from site_gen.core.text import primary_language
from site_gen.core.urls import url_path
from site_gen.pages import bar_charts
from site_gen.site import articles, directory
from site_gen.site.indexed_article import unpack_mention

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from site_gen.content.records import Kind, Tag
    from site_gen.core.urls import UrlPath
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard

_SPARKLINE_MONTHS = 13  # a year, and the same month of the year before
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})  # languages


class EntityLink(NamedTuple):
    """An entity where it is named, counted or measured. What a place does not show has its default."""

    url: UrlPath  # its page
    name: str  # as readers see it
    kind: str  # key of its kind
    times: int = 0  # stories (in the archive: articles) that name it; on an article's page, how often that does
    share: float = 0.0  # length of its bar, in percent of the longest
    expected: float = 0.0  # stories that would name both by chance, where it stands beside another
    spark: tuple[bar_charts.Bar, ...] = ()  # sparkline of its stories over time
    last: dt.date | None = None  # day of its last story
    series: tuple[int, ...] = ()  # the numbers that the sparkline draws
    pair: UrlPath | None = None  # the page that it has together with the entity whose page this is


class EntityGroup(NamedTuple):
    """Entities of one kind."""

    kind: Kind  # theirs
    links: tuple[EntityLink, ...]  # those with most stories first


class ArticleItem(NamedTuple):
    """An article in a list, with a passage to quote or, where there is none, the entities in it."""

    card: ArticleCard  # the article
    links: tuple[EntityLink, ...] = ()  # entities in it, where no passage is quoted
    quote: Markup = Markup()  # the passage; empty where none is quoted
    words: str = ""  # where the passage stands in the source: the words of a `#:~:text=` link
    anchor: str = ""  # where the passage stands on the article's page: a fragment
    dir: str = "ltr"  # direction of the article's language
    others: tuple[ArticleCard, ...] = ()  # other articles that tell the same story


class DayGroup(NamedTuple):
    """The articles of a day."""

    date: dt.date | None  # None for those without a date
    items: tuple[ArticleItem, ...]  # in the order of the list
    dated_by: str = ""  # "guessed" where all of them are of that day by a guess
    saved: dt.date | None = None  # of those without a date, the day of saving


def text_direction(language: str) -> str:
    """Return `rtl` for languages that are written from right to left, else `ltr`. language: a BCP 47 tag."""
    return "rtl" if primary_language(language) in _RIGHT_TO_LEFT else "ltr"


def entity_link(site: SiteDatabase, tag: Tag, count: int = 0, most: int = 0) -> EntityLink:
    """Return an entity's name with its address and a count. most: the count that a full bar stands for."""
    return EntityLink(*directory.link(site, tag), tag.kind, count, bar_charts.bar_length(count, most))


def pair_url(site: SiteDatabase, first: Tag, second: Tag) -> UrlPath:
    """Return the address of a pair's page, which lies below the first of the two."""
    segments = (second.slug,) if first.kind == second.kind else (site.config.kind(second.kind).prefix, second.slug)
    return url_path(site.config.kind(first.kind).prefix, first.slug, "with", *segments)


def group_by_kind(site: SiteDatabase, counts: Mapping[Tag, int], limit: int | None = None) -> tuple[EntityGroup, ...]:
    """Return entities by kind, in the order of the site's kinds; in each those with the highest counts first.

    limit: how many of each kind at most.
    """
    groups: list[EntityGroup] = []
    for kind in site.config.kinds:
        ranked = sorted(((t, n) for t, n in counts.items() if t.kind == kind.key), key=lambda p: (-p[1], p[0]))
        most = ranked[0][1] if ranked else 0
        if ranked:
            groups.append(EntityGroup(kind, tuple(entity_link(site, tag, n, most) for tag, n in ranked[:limit])))
    return tuple(groups)


def article_item(
    site: SiteDatabase,
    card: ArticleCard,
    mention: bytes | None = None,
    without: Tag | None = None,
    others: tuple[ArticleCard, ...] = (),
) -> ArticleItem:
    """Return an article for a list.

    mention: the passage to quote, a packed `indexed_article.Mention`; where there is none, the item has the names
    of the entities in the article, but for `without`, whose page it is. others: articles that tell the same story.
    """
    direction = text_direction(card.language)
    if mention is not None:
        passage = unpack_mention(mention)
        quote = Markup(passage.html)  # noqa: S704  escaped when found
        return ArticleItem(card, (), quote, passage.text_fragment, passage.block_id, direction, others)
    tags = (tag for tag in card.tags if tag != without and site.config.kind(tag.kind).by == "names")
    return ArticleItem(card, tuple(entity_link(site, tag) for tag in tags), dir=direction, others=others)


def group_by_day(
    site: SiteDatabase, stories: Iterable[tuple[ArticleCard, tuple[ArticleCard, ...]]]
) -> tuple[DayGroup, ...]:
    """Return articles under their days, those without a date under that of saving.

    stories: newest first, each article with the others that tell its story.
    """
    days: list[DayGroup] = []
    for (date, saved), stories_of_day in groupby(stories, key=lambda story: _days_of(story[0])):
        items = tuple(article_item(site, card, others=others) for card, others in stories_of_day)
        is_guessed = all(item.card.dated_by == "guessed" for item in items)
        days.append(DayGroup(date, items, "guessed" if is_guessed else "", saved))
    return tuple(days)


def _days_of(card: ArticleCard) -> tuple[dt.date | None, dt.date | None]:
    return card.date, None if card.date else card.created


def recent_months(site: SiteDatabase) -> list[calendar_months.Month]:
    """Return the months that a sparkline shows, up to that of the newest article: no page depends on the clock."""
    span = articles.dated_span(site)
    return calendar_months.months_up_to(span[1], _SPARKLINE_MONTHS) if span else []
