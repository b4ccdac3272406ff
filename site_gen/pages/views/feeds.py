"""Views of feeds, which feed readers follow."""

from __future__ import annotations

import datetime as dt
import uuid
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import escape
from msgspec import Struct

from site_gen.core.urls import UrlPath, url_path
from site_gen.pages.language import language_of
from site_gen.pages.views.page_parts import text_direction
from site_gen.site import coverage, directory, stories, theme
from site_gen.site.indexed_article import unpack_mention

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.content.records import Tag
    from site_gen.core.internal_links import Links
    from site_gen.pages.language import Language
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard

FEED_ENTRIES = 40  # at most
# The formats of a feed: the file, whose template or writer goes by the same name, and what the ledger calls it.
FORMATS = (("feed.xml", "feed"), ("feed.json", "jsonfeed"))
# The namespace of feed ids. Never change it: every published id is made with it (RFC 9562, section 5.5).
_FEED_ID_NAMESPACE = uuid.UUID("6f0f3a52-9d0c-5a53-8a43-4d5f6d7f2b10")
_DATE_WITHOUT_ENTRIES = dt.date(1970, 1, 1)


@lru_cache(maxsize=20_000)  # an article is in many feeds
def feed_id(identity: str) -> str:
    """Return the id that something has in feeds, as a URN, whatever its address or title is.

    identity: what it is for good, such as `article:` and the article's id.
    """
    return f"urn:uuid:{uuid.uuid5(_FEED_ID_NAMESPACE, identity)}"


class FeedEntry(NamedTuple):
    """An article in a feed."""

    card: ArticleCard  # the article
    updated: dt.date  # that of the article
    # The passage that names what is followed, else the summary; and links to read on, with full addresses. A text to be
    # escaped like any other.
    html: str
    quoted: bool  # whether `html` has a passage


class Feed(Struct, frozen=True):
    """What a feed shows, in either format: Atom (RFC 4287) or JSON Feed 1.1."""

    title: str  # as feed readers show it
    about: str  # what the feed is, in a sentence; may be empty
    page: UrlPath  # that it is the feed of
    entries: tuple[FeedEntry, ...]  # newest first
    updated: dt.date  # that of the newest entry
    icon: UrlPath | None  # the site's
    expired: bool = False  # whether nothing new will come


def site_feed(site: SiteDatabase, page: UrlPath) -> Feed:
    """Return the feed of the newest stories, each by the article that leads it."""
    config = site.config
    passages = ((story.lead, None) for story in stories.latest(site, FEED_ENTRIES))
    return _feed(site, config.title, config.tagline, page, passages)


def kind_feed(site: SiteDatabase, key: str) -> Feed:
    """Return the feed of the newest stories that name any entity of a kind, whether they are about it or mention it.

    Who follows a kind wants to miss nothing, and an entry must not go because `about` was corrected.
    """
    config, kind = site.config, site.config.kind(key)
    about = language_of(site).gettext(
        "The newest articles that name anyone or anything listed under “%(kind)s”.", kind=kind.label
    )
    passages = ((story.lead, None) for story in stories.latest_of_kind(site, key, FEED_ENTRIES))
    return _feed(site, f"{kind.label} · {config.title}", about, url_path(kind.prefix), passages)


def entity_feed(site: SiteDatabase, tag: Tag) -> Feed:
    """Return the feed of the newest stories on an entity, each with the passage that names it.

    No feed has stories without a date: feed readers would show that of saving as the day of the news.
    """
    name = directory.name(site, tag)
    about = language_of(site).gettext("The newest articles that name %(name)s, and where they do.", name=name)
    dated = (story for story in coverage.newest_stories(site, tag) if story.card.date)
    passages = ((story.card, story.mention) for story in islice(dated, FEED_ENTRIES))
    return _feed(site, f"{name} · {site.config.title}", about, directory.url(site, tag), passages)


def gone_feed(site: SiteDatabase, title: str, day: dt.date) -> Feed:
    """Return the feed of what was declared gone on a day: there will be nothing new."""
    about = language_of(site).gettext("The page of this feed no longer exists.")
    return Feed(f"{title} · {site.config.title}", about, UrlPath("/"), (), day, _icon_url(site), expired=True)


def _feed(
    site: SiteDatabase, title: str, about: str, page: UrlPath, passages: Iterable[tuple[ArticleCard, bytes | None]]
) -> Feed:
    """Return a feed of articles. passages: of each, its card and the passage to quote, as JSON, if any.

    The feed's own id is made of its address, which never ceases to be a feed; the ids of its entries of the articles'
    ids, not of addresses or titles. So they stay whatever is renamed or merged.
    """
    links, language = site.links, language_of(site)
    # Atom wants a day of each entry: where none is certain, that of saving neither, there is no entry.
    entries = tuple(_entry(language, links, card, card.updated, mention) for card, mention in passages if card.updated)
    updated = max((entry.updated for entry in entries), default=_DATE_WITHOUT_ENTRIES)
    return Feed(title, about, page, entries, updated, _icon_url(site))


@lru_cache(maxsize=200)
def _language_attributes(language: str) -> str:
    """Return the HTML attributes of an element in a language."""
    return f'lang="{escape(language)}" dir="{text_direction(language)}"'


def _icon_url(site: SiteDatabase) -> UrlPath | None:
    return theme.asset_url(site, "icon.svg")


def _entry(language: Language, links: Links, card: ArticleCard, updated: dt.date, mention: bytes | None) -> FeedEntry:
    """Return an article as a feed shows it: never more of its text than the page that it is the feed of.

    Feed readers know nothing of a page's language and direction, so each paragraph says both.
    """
    attributes = _language_attributes(card.language)
    further_links = []
    if mention is not None:
        passage = unpack_mention(mention)
        text = f"<blockquote {attributes}><p>{passage.html}</p></blockquote>"
        label = language.gettext("The passage")
        further_links.append(f'<a href="{escape(links.absolute(card.url))}#{passage.block_id}">{label}</a>')
    else:
        text = f"<p {attributes}>{escape(card.summary or card.title)}</p>"
    if card.source:
        outlet = escape(card.outlet)
        text_of_link = language.gettext("Read it at %(outlet)s", outlet=outlet) if outlet else ""
        text_of_link = text_of_link or language.gettext("Read it at its source")
        further_links.append(f'<a href="{escape(card.source)}">{text_of_link}</a>')
    html = f"{text}<p>{' · '.join(further_links)}</p>" if further_links else text
    return FeedEntry(card, updated, html, mention is not None)
