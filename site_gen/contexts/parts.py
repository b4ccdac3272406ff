"""What several kinds of page show: names with counts, articles in lists, days."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from site_gen import charts

TOP = 12
SPARK_MONTHS = 13
_RTL = frozenset({"ar", "arc", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from site_gen.model import Kind, Tag
    from site_gen.passages import Piece
    from site_gen.site import Card, Mention, Site
    from site_gen.urls import UrlPath


@dataclass(frozen=True, slots=True)
class EntityLink:
    """An entity where it is only named, counted or measured."""

    url: UrlPath
    name: str
    kind: str
    count: int = 0
    share: float = 0.0
    lift: float = 0.0
    spark: tuple[charts.Bar, ...] = ()
    last: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Entities of one kind."""

    kind: Kind
    links: tuple[EntityLink, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """An article in a list: its card, its entities, and the passage to quote if there is one."""

    card: Card
    links: tuple[EntityLink, ...] = ()
    quote: tuple[Piece, ...] = ()
    anchor: str = ""
    dir: str = "ltr"


@dataclass(frozen=True, slots=True)
class Day:
    """The articles of a day."""

    date: dt.date | None
    items: tuple[Item, ...]


def direction(language: str) -> str:
    """`rtl` for languages that are written from right to left, else `ltr`."""
    return "rtl" if language.partition("-")[0].lower() in _RTL else "ltr"


def name_link(site: Site, tag: Tag, count: int = 0, most: int = 0, lift: float = 0.0) -> EntityLink:
    """An entity's name with its address; `most` is the count that a full bar stands for."""
    view = site.entities[tag]
    return EntityLink(view.url, view.entity.name, tag.kind, count, charts.share(count, most), lift)


def by_kind(site: Site, counts: Mapping[Tag, int], limit: int | None = None) -> tuple[Group, ...]:
    """Entities by kind, most often first."""
    groups: list[Group] = []
    for kind in site.config.kinds:
        inside = sorted(((t, n) for t, n in counts.items() if t.kind == kind.key), key=lambda p: (-p[1], p[0]))
        most = inside[0][1] if inside else 0
        if inside:
            groups.append(Group(kind, tuple(name_link(site, tag, n, most) for tag, n in inside[:limit])))
    return tuple(groups)


def list_item(site: Site, card: Card, mention: Mention | None = None) -> Item:
    """An article for a list, with a passage to quote where there is one."""
    links = tuple(name_link(site, tag) for tag in card.tags if site.config.kind(tag.kind).by == "names")
    if mention is None:
        return Item(card, links, dir=direction(card.language))
    return Item(card, links, mention.pieces, mention.block, direction(card.language))


def by_day(site: Site, cards: Iterable[Card]) -> tuple[Day, ...]:
    """Articles, newest first, under their days."""
    return tuple(
        Day(date, tuple(list_item(site, card) for card in inside))
        for date, inside in groupby(cards, key=lambda c: c.date)
    )


def outlet_count(cards: Iterable[Card]) -> int:
    """How many outlets the articles are from."""
    return len({card.outlet.casefold() for card in cards if card.outlet})


def recent_months(site: Site) -> list[charts.Month]:
    """The months that a sparkline shows, up to that of the newest article: no page depends on the clock."""
    return charts.months_up_to(site.last_month, SPARK_MONTHS) if site.last_month else []
