"""What a site's cells are made of: the part of each article that a group sees, and the records that cells give. Pure.

An article reaches cells only through groups (all articles of a tag, of a year of a tag, of a month…), each with just
what its cells may see of it: when an article changes, the groups where that differs are the inputs that changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen import charts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from site_gen.cells import Key
    from site_gen.findings import Card, Findings
    from site_gen.model import Tag
    from site_gen.urls import UrlPath


class Listed(NamedTuple):
    """An article under an entity, with the JSON of the passage that names it, if one does, and whether the article is
    about it."""

    card: Card
    mention: str | None
    about: bool


@dataclass(frozen=True, slots=True)
class Together:
    """An entity that appears with another, in how many articles, and how often that would be by chance
    (observed over expected if both were spread at random: the "lift" of association rules), to a tenth.
    """

    tag: Tag
    count: int
    lift: float


@dataclass(frozen=True, slots=True)
class Summary:
    """An entity in numbers. `first` and `last` are days that are sure: a wrong guess would be one of them."""

    count: int
    outlets: int
    first: dt.date | None
    last: dt.date | None
    months: tuple[tuple[charts.Month, int], ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The site in numbers."""

    articles: int
    outlets: int
    newest: dt.date | None


@dataclass(frozen=True, slots=True)
class Theme:
    """What pages are drawn with: assets by name with their URLs, and for each template a digest of
    itself and of all that it can include."""

    assets: Mapping[str, UrlPath]
    templates: Mapping[str, str]


def contributions(found: Findings) -> Iterator[tuple[Key, object]]:
    """What each group sees of an article. Whoever shows more of it makes every edit redraw more pages."""
    card = found.card
    year, month = card.filed.year, charts.month_of(card.filed)
    sure = None if card.dated_by == "guessed" else card.date
    # The first day on which our page of it may have stood there: it was not before it was saved.
    known = max(filter(None, (sure, card.created)), default=None)
    yield ("articles",), (card.url, card.id)
    yield ("article", card.url), (found.file, card, found.detail)
    yield ("id", card.id), card.url
    yield ("dates",), (card.filed, card.date, sure)
    yield ("outlets",), card.outlet.casefold()
    yield ("month", month), card
    yield ("sitemap", year), (card.url, known)
    yield ("tags",), card.tags
    if found.redirect_from:
        yield ("redirects",), (found.redirect_from, card.title, card.url)
    for tag in dict.fromkeys(card.tags):
        yield ("tagged", tag), (card.filed, card.date, sure, known, card.outlet.casefold(), card.tags)
        yield ("listed", tag, year), Listed(card, found.mentions.get(tag), tag in found.about)
        if tag in found.written:
            yield ("written", tag), found.written[tag]


def newest_first(card: Card) -> tuple[int, UrlPath]:
    """What articles are sorted by: newest first; on one day by address."""
    return -card.filed.toordinal(), card.url
