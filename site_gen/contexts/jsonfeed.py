"""JSON Feed 1.1 (jsonfeed.org/version/1.1) of what an Atom feed says: the same articles under the same ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_gen.contexts.feeds import feed_id
from site_gen.text import json_by_line

if TYPE_CHECKING:
    import datetime as dt

    from site_gen.contexts.feeds import Entry, Feed
    from site_gen.links import Links
    from site_gen.site import Site
    from site_gen.urls import UrlPath

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(site: Site, feed: Feed, here: UrlPath) -> str:
    """The text of the feed that stands at an address. `url` is our page, `external_url` the article itself, as the
    specification has it for those who link to what others wrote."""
    config, links = site.config(), site.links()
    head: dict[str, Any] = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": links.absolute(feed.page),
        "feed_url": links.absolute(here),
    }
    if feed.about:
        head["description"] = feed.about
    if feed.icon:
        head["icon"] = head["favicon"] = links.absolute(feed.icon)
    head |= {"authors": [{"name": config.title, "url": links.absolute("/")}], "language": config.language}
    if feed.expired:
        head["expired"] = True
    return json_by_line(head, "items", [_item(site, links, entry) for entry in feed.entries])


def _item(site: Site, links: Links, entry: Entry) -> dict[str, Any]:
    card = entry.card
    item: dict[str, Any] = {
        "id": feed_id(f"article:{card.id}"),
        "url": links.absolute(card.url),
        "title": card.title,
        "content_html": entry.html,
        "date_modified": time(card.updated),
        "language": card.language,
    }
    if card.source:
        item["external_url"] = card.source
    if entry.quoted and card.summary:
        item["summary"] = card.summary
    if card.date and card.dated_by != "guessed":
        item["date_published"] = time(card.date)
    if card.outlet:
        item["authors"] = [{"name": card.outlet}]
    if card.tags:
        item["tags"] = [site.name(tag) for tag in card.tags]
    return item


def time(day: dt.date) -> str:
    """A day as RFC 3339 wants it: no more than the day is known of any of ours."""
    return f"{day}T00:00:00Z"
