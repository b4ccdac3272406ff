"""Check the JSON files that programs read: JSON Feed 1.1 (jsonfeed.org/version/1.1), and the data of entities.

Functions yield what is wrong, to be read after the file's name.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from site_gen.pages.views.entity_json import DATA_FILE
from site_gen.pages.views.json_feed import JSON_FEED_VERSION
from site_gen.publish.check.feed_checks import is_time, why_unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.publish.check.link_checks import LinkResolver

FEED_NAME = "feed.json"
NAMES = frozenset({FEED_NAME, DATA_FILE})  # of the files that are checked; other JSON is the site owner's
_MEND = "build with --clean; if it comes back, please report this"


def check_json(name: str, data: bytes, resolver: LinkResolver) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a JSON file, each with its mend. name: below the output folder. data: its bytes."""
    try:
        value = json.loads(data)
    except ValueError as error:
        yield f"is not JSON ({error})", _MEND
        return
    if not isinstance(value, dict):
        yield "is not a JSON object", _MEND
        return
    is_feed = name.rpartition("/")[2] == FEED_NAME
    for what in _check_feed(name, value, resolver) if is_feed else _check_entity(value, resolver):
        yield what, _MEND
    items = value.get("items")
    ids = Counter(_text(item, "id") for item in items if isinstance(item, dict)) if isinstance(items, list) else {}
    for identity, times in ids.items():
        if identity and times > 1:
            what = f"has the id {identity} twice; readers would show one of the two"
            yield what, "give each article an id of its own"


def _check_feed(name: str, feed: dict[str, Any], resolver: LinkResolver) -> Iterator[str]:
    if feed.get("version") != JSON_FEED_VERSION:
        yield f"has the `version` {feed.get('version')}, not {JSON_FEED_VERSION}"
    if not _text(feed, "title"):
        yield "has no `title`"
    own = feed.get("feed_url")
    if not isinstance(own, str) or not own.startswith(resolver.root) or resolver.resolve(own, "/").file != name:
        yield f"gives its own address as {own}, not {resolver.root}{name}"
    for key in ("home_page_url", "icon", "favicon"):
        if why := why_unresolved(feed.get(key), resolver):
            yield f"names {feed[key]}, which {why}"
    if "home_page_url" not in feed:
        yield "has no `home_page_url`"
    items = feed.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        yield "has no list of `items`"
        return
    for item in items:
        yield from (f"“{item.get('title') or 'an item'}” {what}" for what in _check_item(item, resolver))


def _check_item(item: dict[str, Any], resolver: LinkResolver) -> Iterator[str]:
    if not _text(item, "id"):
        yield "has no `id`"
    if not _text(item, "content_html") and not _text(item, "content_text"):
        yield "has neither `content_html` nor `content_text`"
    if why := why_unresolved(item.get("url", ""), resolver):
        yield f"names {item.get('url')}, which {why}"
    for key in ("date_published", "date_modified"):
        if key in item and not is_time(str(item[key])):
            yield f"has a `{key}` that is not a time: {item[key]}"


def _check_entity(entity: dict[str, Any], resolver: LinkResolver) -> Iterator[str]:
    if not _text(entity, "name"):
        yield "has no `name`"
    articles, years = entity.get("articles"), entity.get("years", [])
    if not isinstance(articles, list) or not isinstance(years, list):
        yield "has no list of `articles`"
        return
    for record in [entity, *articles, *years]:
        url = record.get("url") if isinstance(record, dict) else None
        if why := why_unresolved(str(url), resolver):
            yield f"names {url}, which {why}"


def _text(record: dict[str, Any], key: str) -> str:
    """Return a value that should be a text, without blanks around it; "" where it is none."""
    value = record.get(key)
    return value.strip() if isinstance(value, str) else ""
