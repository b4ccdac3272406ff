"""What machines read: feeds and the sitemap."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.contexts.entity import year_url as entity_year_url
from site_gen.urls import UrlPath, url_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from site_gen.findings import Card
    from site_gen.model import Tag
    from site_gen.site import Site

FEED_ENTRIES = 40


@dataclass(frozen=True, slots=True)
class Feed:
    """An Atom feed (RFC 4287)."""

    title: str
    page: UrlPath
    cards: tuple[Card, ...]
    updated: dt.date


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page for search engines, with the day of its last change as far as that is known: when the newest of what it
    shows was saved."""

    url: UrlPath
    date: dt.date | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """Pages worth finding; in the index, the sitemaps that name them."""

    entries: tuple[SitemapEntry, ...]


def site_feed(site: Site, page: UrlPath) -> Feed:
    """The feed of the newest articles."""
    return _feed(site.config().title, page, site.latest(FEED_ENTRIES))


def entity_feed(site: Site, tag: Tag) -> Feed:
    """The feed of the newest articles on an entity."""
    cards = site.cards(tag)[:FEED_ENTRIES]
    return _feed(f"{site.name(tag)} · {site.config().title}", site.url(tag), cards)


def gone_feed(site: Site, title: str, day: dt.date) -> Feed:
    """The feed of what was declared gone on a day: there will be nothing new."""
    return Feed(f"{title} · {site.config().title}", UrlPath("/"), (), day)


def _feed(title: str, page: UrlPath, cards: Sequence[Card]) -> Feed:
    """A feed of articles. Its own id is made of its address, which never ends to be a feed; theirs of the
    articles' ids, not of addresses or titles. So they stay whatever is renamed or merged.
    """
    updated = max((card.filed for card in cards), default=dt.date(1970, 1, 1))
    return Feed(title, page, tuple(cards), updated)


def sitemap_index(site: Site, pages: UrlPath) -> Sitemap:
    """The sitemaps, one of the pages that are no articles, and one a year. A sitemap may hold 50,000
    addresses (sitemaps.org, "Sitemap file limits"), and a new article changes only its year's."""
    years = [SitemapEntry(sitemap_url(year), _newest(site, [year])) for year in site.filed_years()]
    return Sitemap((SitemapEntry(pages, _newest(site, site.filed_years())), *years))


def _newest(site: Site, years: Iterable[int]) -> dt.date | None:
    return max((date for year in years for _, date in site.sitemap(year) if date), default=None)


def sitemap_url(year: int) -> UrlPath:
    """The sitemap of a year's articles."""
    return UrlPath(f"/sitemap-{year:04}.xml")


def sitemap_year(site: Site, year: int) -> Sitemap:
    """The articles filed under a year."""
    return Sitemap(tuple(SitemapEntry(url, date) for url, date in site.sitemap(year)))


def sitemap_pages(site: Site, fixed: tuple[UrlPath, ...]) -> Sitemap:
    """The pages that are no articles."""
    newest = _newest(site, site.filed_years())
    found = [SitemapEntry(url, newest) for url in fixed]
    found += [SitemapEntry(url_path(kind.prefix), None) for kind in site.config().kinds]
    for tag in site.tags():
        found.append(SitemapEntry(site.url(tag), site.changed(tag)))
        found += [SitemapEntry(entity_year_url(site, tag, year), None) for year, _ in site.pages_of_years(tag)]
    return Sitemap(tuple(found))
