"""Writer of JSON Feed 1.1 (jsonfeed.org/version/1.1): the articles of the Atom feed, under their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_gen.core.json_text import compact_json, json_by_line
from site_gen.pages.language import language_of
from site_gen.pages.views.feeds import feed_id
from site_gen.site import directory

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from site_gen.content.records import Tag
    from site_gen.core.urls import UrlPath
    from site_gen.pages.views.feeds import Feed, FeedEntry
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard

JSON_FEED_VERSION = "https://jsonfeed.org/version/1.1"


class JsonFeedWriter:
    """Writes the feeds of a site. What an item says of its article alone is made once for all of them."""

    def __init__(self, site: SiteDatabase) -> None:
        self._site, self._links = site, site.links
        self._article_json: dict[bytes, str] = {}  # by the digest of a card

    def text(self, feed: Feed, url: UrlPath) -> str:
        """Return the text of the feed that stands at an address."""
        head = json_feed_head(self._site, url, feed.title, feed.about, feed.page, feed.icon)
        if feed.expired:
            head["expired"] = True
        tags = dict.fromkeys(tag for entry in feed.entries for tag in entry.card.tags)
        names = {tag: directory.name(self._site, tag) for tag in tags}  # each is in many articles
        return json_by_line(head, "items", (self._item(entry, names) for entry in feed.entries))

    def _item(self, entry: FeedEntry, names: Mapping[Tag, str]) -> str:
        card = entry.card
        article = self._article_json.get(card.digest)
        if article is None:
            article = self._article_json[card.digest] = self._write_article(card, entry.updated)
        item: dict[str, Any] = {"content_html": entry.html}
        if entry.quoted and card.summary:
            item["summary"] = card.summary
        if card.tags:
            item["tags"] = [names[tag] for tag in card.tags]
        return f"{article[:-1]},{compact_json(item)[1:]}"

    def _write_article(self, card: ArticleCard, updated: dt.date) -> str:
        """Return what an item says of its article alone.

        `url` is our page, `external_url` the article itself, as the specification has it for those who link to what
        others wrote.
        """
        item: dict[str, Any] = {
            "id": feed_id(f"article:{card.id}"),
            "url": self._links.absolute(card.url),
            "title": card.title,
        }
        if card.source:
            item["external_url"] = card.source
        if card.published:
            item["date_published"] = rfc3339(card.published)
        item["date_modified"] = rfc3339(updated)
        if card.outlet:
            item["authors"] = [{"name": card.outlet}]
        item["language"] = card.language
        return compact_json(item)


def json_feed_head(
    site: SiteDatabase, url: UrlPath, title: str, about: str, page: UrlPath, icon: UrlPath | None
) -> dict[str, Any]:
    """Return what a feed says of itself. url: its address; page: the page that it is the feed of."""
    config, absolute = site.config, site.links.absolute
    head: dict[str, Any] = {
        "version": JSON_FEED_VERSION,
        "title": title,
        "home_page_url": absolute(page),
        "feed_url": absolute(url),
    }
    if about:
        head["description"] = about
    if icon:
        head["icon"] = head["favicon"] = absolute(icon)
    return head | {"authors": [{"name": config.title, "url": absolute("/")}], "language": language_of(site).tag}


def rfc3339(day: dt.date) -> str:
    """Return a day as RFC 3339 wants it, at midnight: no time of day is known of anything here."""
    return f"{day}T00:00:00Z"
