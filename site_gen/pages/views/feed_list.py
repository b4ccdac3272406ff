"""All that can be followed, for people and as a list for feed readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.urls import UrlPath, url_path
from site_gen.pages.views.meta_tags import Head, page_head

if TYPE_CHECKING:
    from site_gen.content.records import Kind
    from site_gen.site.site import Site

FEED_LIST, OPML = UrlPath("/feeds/"), UrlPath("/feeds.opml")


class FollowedEntity(NamedTuple):
    """An entity with its page; its feeds stand beside that."""

    name: str
    url: UrlPath


class FollowedKind(NamedTuple):
    """A kind with its page, and its entities by name."""

    kind: Kind
    url: UrlPath
    entities: tuple[FollowedEntity, ...]


@dataclass(frozen=True, slots=True)
class FeedListPage:
    """Every feed of the site."""

    title: str
    kinds: tuple[FollowedKind, ...]
    head: Head


def feed_list_page(site: Site) -> FeedListPage:
    """Every feed of the site, by kind."""
    kinds = (
        FollowedKind(
            kind,
            url_path(kind.prefix),
            tuple(
                FollowedEntity(site.entity_name(tag), site.entity_url(tag)) for tag in site.entities_of_kind(kind.key)
            ),
        )
        for kind in site.config().kinds
    )
    said = f"Feeds of {site.config().title}: of all articles, of each kind, of everyone and everything in them."
    return FeedListPage("Follow", tuple(kinds), page_head(site, FEED_LIST, "Follow", said))
