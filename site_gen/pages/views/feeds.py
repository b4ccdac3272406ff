"""What machines read: feeds and the sitemap."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import escape

from site_gen.core.urls import UrlPath, url_path
from site_gen.pages.views.entity import entity_year_url
from site_gen.pages.views.issue import issue_url
from site_gen.pages.views.page_parts import pair_url, text_direction
from site_gen.site.indexed_article import mention_from_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.content.records import Tag
    from site_gen.core.internal_links import Links
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.site import Site

FEED_ENTRIES = 40
# The formats of a feed: the file, whose template or writer goes by the same name, and what the ledger calls it.
FORMATS = (("feed.xml", "feed"), ("feed.json", "jsonfeed"))
# The namespace of feed ids. Never change it: every published id is made with it (RFC 9562, section 5.5).
_FEED_IDS = uuid.UUID("6f0f3a52-9d0c-5a53-8a43-4d5f6d7f2b10")


@lru_cache(maxsize=20_000)  # an article is in many feeds
def feed_id(identity: str) -> str:
    """The id that a thing goes by in feeds, whatever its address or title is."""
    return f"urn:uuid:{uuid.uuid5(_FEED_IDS, identity)}"


class FeedEntry(NamedTuple):
    """An article in a feed. `html` is a text to be escaped like any other: the passage that names what is followed
    (then it is `quoted`), else the summary, and the ways to read on, with full addresses."""

    card: ArticleCard
    html: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed in either format: Atom (RFC 4287) or JSON Feed 1.1. Where it is `expired`, nothing new will come."""

    title: str
    about: str
    page: UrlPath
    entries: tuple[FeedEntry, ...]
    updated: dt.date
    icon: UrlPath | None
    expired: bool = False


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
    """The feed of the newest stories, each by the article that leads it."""
    config = site.config()
    return _feed(
        site, config.title, config.tagline, page, ((told.lead, None) for told in site.latest_stories(FEED_ENTRIES))
    )


def kind_feed(site: Site, key: str) -> Feed:
    """The feed of the newest stories that name any entity of a kind, whether they are about it or mention it: who
    follows a kind wants to miss nothing, and an entry must not go because `about` was corrected."""
    config, kind = site.config(), site.kind(key)
    about = f"The newest articles that name anyone or anything listed under “{kind.label}”."
    cards = ((told.lead, None) for told in site.latest_stories_of_kind(key, FEED_ENTRIES))
    return _feed(site, f"{kind.label} · {config.title}", about, url_path(kind.prefix), cards)


def entity_feed(site: Site, tag: Tag) -> Feed:
    """The feed of the newest stories on an entity, each with the passage that names it."""
    name = site.entity_name(tag)
    about = f"The newest articles that name {name}, and where they do."
    found = ((one.card, one.mention) for one in site.newest_stories(tag)[:FEED_ENTRIES])
    return _feed(site, f"{name} · {site.config().title}", about, site.entity_url(tag), found)


def gone_feed(site: Site, title: str, day: dt.date) -> Feed:
    """The feed of what was declared gone on a day: there will be nothing new."""
    about = "What this was the feed of is no longer here."
    return Feed(f"{title} · {site.config().title}", about, UrlPath("/"), (), day, _icon(site), expired=True)


def _feed(site: Site, title: str, about: str, page: UrlPath, found: Iterable[tuple[ArticleCard, str | None]]) -> Feed:
    """A feed of articles. Its own id is made of its address, which never ends to be a feed; theirs of the
    articles' ids, not of addresses or titles. So they stay whatever is renamed or merged.
    """
    links = site.links()
    entries = tuple(_entry(links, card, mention) for card, mention in found)
    updated = max((entry.card.updated for entry in entries), default=dt.date(1970, 1, 1))
    return Feed(title, about, page, entries, updated, _icon(site))


@lru_cache(maxsize=200)
def _language_attributes(language: str) -> str:
    """The attributes of what is in a language."""
    return f'lang="{escape(language)}" dir="{text_direction(language)}"'


def _icon(site: Site) -> UrlPath | None:
    return site.asset_url("icon.svg")


def _entry(links: Links, card: ArticleCard, mention: str | None) -> FeedEntry:
    """An article as a feed shows it: never more of its text than the page that it is the feed of. Readers know
    nothing of a page's language and direction, so that both are said."""
    set_in = _language_attributes(card.language)
    ways = []
    if mention is not None:
        block, html, _, _ = mention_from_json(mention)
        text = f"<blockquote {set_in}><p>{html}</p></blockquote>"
        ways.append(f'<a href="{escape(links.absolute(card.url))}#{block}">The passage</a>')
    else:
        text = f"<p {set_in}>{escape(card.summary or card.title)}</p>"
    if card.source:
        ways.append(f'<a href="{escape(card.source)}">Read it at {escape(card.outlet or "its source")}</a>')
    return FeedEntry(card, f"{text}<p>{' · '.join(ways)}</p>" if ways else text, mention is not None)


def sitemap_index(site: Site, pages: UrlPath) -> Sitemap:
    """The sitemaps, one of the pages that are no articles, and one a year. A sitemap may hold 50,000
    addresses (sitemaps.org, "Sitemap file limits"), and a new article changes only its year's."""
    years = [SitemapEntry(sitemap_url(year), _last_change(site, [year])) for year in site.filed_years()]
    return Sitemap((SitemapEntry(pages, _last_change(site, site.filed_years())), *years))


def _last_change(site: Site, years: Iterable[int]) -> dt.date | None:
    return max((date for year in years for _, date in site.sitemap_entries(year) if date), default=None)


def sitemap_url(year: int) -> UrlPath:
    """The sitemap of a year's articles."""
    return UrlPath(f"/sitemap-{year:04}.xml")


def sitemap_year(site: Site, year: int) -> Sitemap:
    """The articles filed under a year."""
    return Sitemap(tuple(SitemapEntry(url, date) for url, date in site.sitemap_entries(year)))


def sitemap_pages(site: Site, fixed: tuple[UrlPath, ...]) -> Sitemap:
    """The pages that are no articles."""
    newest = _last_change(site, site.filed_years())
    found = [SitemapEntry(url, newest) for url in fixed]
    found += [SitemapEntry(url_path(kind.prefix), None) for kind in site.config().kinds]
    found += [SitemapEntry(issue_url(key), None) for key, _ in site.issues()]
    for tag in site.tags():
        found.append(SitemapEntry(site.entity_url(tag), site.last_modified(tag)))
        found += [SitemapEntry(entity_year_url(site, tag, year), None) for year, _ in site.years_with_pages(tag)]
    found += [SitemapEntry(pair_url(site, *pair), None) for pair in site.pairs()]
    return Sitemap(tuple(found))
