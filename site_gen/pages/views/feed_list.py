"""View of the list of feeds: all that can be followed, for people, and as OPML for feed readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.core.urls import UrlPath, url_path
from site_gen.pages.language import language_of
from site_gen.pages.views.meta_tags import Head, page_head
from site_gen.site import directory

if TYPE_CHECKING:
    from site_gen.content.records import Kind
    from site_gen.site.database import SiteDatabase
    from site_gen.site.directory import NamedEntity

FEED_LIST, OPML = UrlPath("/feeds/"), UrlPath("/feeds.opml")


class FollowedKind(NamedTuple):
    """A kind in the list."""

    kind: Kind  # companies, topics, people…
    url: UrlPath  # its index; its feeds stand beside that
    entities: tuple[NamedEntity, ...]  # by name; the feeds of each stand beside its page


class FeedListPage(Struct, frozen=True):
    """What `feeds.html` and `opml.xml` show: every feed of the site."""

    title: str  # heading of the page
    kinds: tuple[FollowedKind, ...]  # all of the site
    head: Head  # what <head> says of the page


def feed_list_page(site: SiteDatabase) -> FeedListPage:
    """List every feed of the site, by kind."""
    kinds = (
        FollowedKind(
            kind,
            url_path(kind.prefix),
            tuple(directory.link(site, tag) for tag in directory.of_kind(site, kind.key)),
        )
        for kind in site.config.kinds
    )
    language = language_of(site)
    description = language.gettext(
        "Feeds of %(site)s: of all articles, of each kind, of everyone and everything in them.", site=site.config.title
    )
    title = language.gettext("Follow")
    return FeedListPage(title, tuple(kinds), page_head(site, FEED_LIST, title, description))
