"""What machines read: feeds and the sitemap."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.urls import url_path

# The namespace of feed ids. Never change it: every published id is made with it (RFC 9562, section 5.5).
_FEED_IDS = uuid.UUID("6f0f3a52-9d0c-5a53-8a43-4d5f6d7f2b10")

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_gen.site import Card, Site
    from site_gen.urls import UrlPath


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a feed."""

    card: Card
    uuid: str
    day: dt.date
    categories: tuple[tuple[UrlPath, str], ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """An Atom feed (RFC 4287)."""

    title: str
    uuid: str
    page: UrlPath
    entries: tuple[Entry, ...]
    updated: dt.date


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """A page for search engines, with the day of what is newest on it."""

    url: UrlPath
    date: dt.date | None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """All pages worth finding."""

    entries: tuple[SitemapEntry, ...]


def feed(site: Site, title: str, identity: str, page: UrlPath, cards: Sequence[Card]) -> Feed:
    """A feed of articles. Its id and theirs stay whatever is renamed: they are made of ids, not of
    addresses or titles.
    """
    entries = tuple(
        Entry(
            card,
            str(uuid.uuid5(_FEED_IDS, f"article:{card.id}")),
            card.filed,
            tuple((url_path(site.config.kind(tag.kind).prefix), tag.slug) for tag in card.tags),
        )
        for card in cards
    )
    updated = max((entry.day for entry in entries), default=dt.date(1970, 1, 1))
    return Feed(title, str(uuid.uuid5(_FEED_IDS, identity)), page, entries, updated)
