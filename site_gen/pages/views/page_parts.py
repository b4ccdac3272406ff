"""What several kinds of page show: names with counts, articles in lists, days."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from site_gen.core import calendar_months
from site_gen.core.urls import url_path
from site_gen.pages import bar_charts
from site_gen.site.indexed_article import mention_from_json

SPARK_MONTHS = 13
_RTL = frozenset({"ar", "arc", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from site_gen.content.records import Kind, Tag
    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.site import Site


class EntityLink(NamedTuple):
    """An entity where it is only named, counted or measured: `times`, in so many articles, or so often in one;
    `expected`, in how many it would be by chance. `series`: the numbers that the sparkline draws; `pair`: the page that
    it has together with the one whose page this is."""

    url: UrlPath
    name: str
    kind: str
    times: int = 0
    share: float = 0.0
    expected: float = 0.0
    spark: tuple[bar_charts.Bar, ...] = ()
    last: dt.date | None = None
    series: tuple[int, ...] = ()
    pair: UrlPath | None = None


class EntityGroup(NamedTuple):
    """Entities of one kind."""

    kind: Kind
    links: tuple[EntityLink, ...]


class ArticleItem(NamedTuple):
    """An article in a list: its card, its entities, and the passage to quote if there is one,
    with where it stands in the source. `others` tell the same story."""

    card: ArticleCard
    links: tuple[EntityLink, ...] = ()
    quote: Markup = Markup()
    words: str = ""
    anchor: str = ""
    dir: str = "ltr"
    others: tuple[ArticleCard, ...] = ()


class DayGroup(NamedTuple):
    """The articles of a day; `dated_by` is `guessed` where all of them are of that day by a guess."""

    date: dt.date | None
    items: tuple[ArticleItem, ...]
    dated_by: str = ""


def text_direction(language: str) -> str:
    """`rtl` for languages that are written from right to left, else `ltr`."""
    return "rtl" if language.partition("-")[0].lower() in _RTL else "ltr"


def entity_link(site: Site, tag: Tag, count: int = 0, most: int = 0) -> EntityLink:
    """An entity's name with its address; `most` is the count that a full bar stands for."""
    return EntityLink(*site.entity_link(tag), tag.kind, count, bar_charts.bar_length(count, most))


def pair_url(site: Site, one: Tag, other: Tag) -> UrlPath:
    """Where a pair stands below the first of the two."""
    named = (other.slug,) if one.kind == other.kind else (site.kind(other.kind).prefix, other.slug)
    return url_path(site.kind(one.kind).prefix, one.slug, "with", *named)


def group_by_kind(site: Site, counts: Mapping[Tag, int], limit: int | None = None) -> tuple[EntityGroup, ...]:
    """Entities by kind, most often first."""
    groups: list[EntityGroup] = []
    for kind in site.config().kinds:
        inside = sorted(((t, n) for t, n in counts.items() if t.kind == kind.key), key=lambda p: (-p[1], p[0]))
        most = inside[0][1] if inside else 0
        if inside:
            groups.append(EntityGroup(kind, tuple(entity_link(site, tag, n, most) for tag, n in inside[:limit])))
    return tuple(groups)


def article_item(
    site: Site,
    card: ArticleCard,
    mention: str | None = None,
    without: Tag | None = None,
    others: tuple[ArticleCard, ...] = (),
) -> ArticleItem:
    """An article for a list: with a passage to quote where there is one (as Findings keep it), else with
    the names of the others in it."""
    if mention is not None:
        block, html, words, _ = mention_from_json(mention)
        return ArticleItem(card, (), Markup(html), words, block, text_direction(card.language), others)  # noqa: S704  escaped when found
    named = (tag for tag in card.tags if tag != without and site.kind(tag.kind).by == "names")
    return ArticleItem(
        card, tuple(entity_link(site, tag) for tag in named), dir=text_direction(card.language), others=others
    )


def group_by_day(site: Site, told: Iterable[tuple[ArticleCard, tuple[ArticleCard, ...]]]) -> tuple[DayGroup, ...]:
    """Articles, newest first, under their days, each with the others that tell its story."""
    days: list[DayGroup] = []
    for date, inside in groupby(told, key=lambda pair: pair[0].date):
        items = tuple(article_item(site, card, others=others) for card, others in inside)
        guessed = all(item.card.dated_by == "guessed" for item in items)
        days.append(DayGroup(date, items, "guessed" if guessed else ""))
    return tuple(days)


def recent_months(site: Site) -> list[calendar_months.Month]:
    """The months that a sparkline shows, up to that of the newest article: no page depends on the clock."""
    span = site.dated_span()
    return calendar_months.months_up_to(span[1], SPARK_MONTHS) if span else []
