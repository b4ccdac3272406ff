"""What machines read as JSON by its own rules: JSON Feed 1.1 (jsonfeed.org/version/1.1), and the data of entities."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from site_gen.pages.views.entity_json import DATA_FILE
from site_gen.pages.views.json_feed import VERSION
from site_gen.publish.check.feed_checks import is_time, not_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.publish.check.link_checks import Reader

FEED = "feed.json"
NAMES = frozenset({FEED, DATA_FILE})  # other JSON is not ours to judge
_REPORT = "build with --clean; if it comes back, please report this"


def wrong(name: str, data: bytes, reader: Reader) -> Iterator[tuple[str, str]]:
    """What is wrong with a JSON file of ours, each with its mend."""
    try:
        value = json.loads(data)
    except ValueError as error:
        yield f"is no JSON ({error})", _REPORT
        return
    if not isinstance(value, dict):
        yield "is no JSON object", _REPORT
        return
    is_feed = name.rpartition("/")[2] == FEED
    for what in _feed(name, value, reader) if is_feed else _data(value, reader):
        yield what, _REPORT
    items = value.get("items")
    ids = Counter(_text(item, "id") for item in items if isinstance(item, dict)) if isinstance(items, list) else {}
    for identity, times in ids.items():
        if identity and times > 1:
            what = f"has the id {identity} twice; readers would show one of the two"
            yield what, "give each article an id of its own"


def _feed(name: str, feed: dict[str, Any], reader: Reader) -> Iterator[str]:
    if feed.get("version") != VERSION:
        yield f"has the `version` {feed.get('version')}, not {VERSION}"
    if not _text(feed, "title"):
        yield "has no `title`"
    own = feed.get("feed_url")
    if not isinstance(own, str) or not own.startswith(reader.root) or reader.file_for(own, "/").file != name:
        yield f"says that its own address is {own}, not {reader.root}{name}"
    for key in ("home_page_url", "icon", "favicon"):
        if why := not_here(feed.get(key), reader):
            yield f"names {feed[key]}, which {why}"
    if "home_page_url" not in feed:
        yield "has no `home_page_url`"
    items = feed.get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        yield "has no list of `items`"
        return
    for item in items:
        yield from (f"“{item.get('title') or 'an item'}” {what}" for what in _item(item, reader))


def _item(item: dict[str, Any], reader: Reader) -> Iterator[str]:
    if not _text(item, "id"):
        yield "has no `id`"
    if not _text(item, "content_html") and not _text(item, "content_text"):
        yield "has neither `content_html` nor `content_text`"
    if why := not_here(item.get("url", ""), reader):
        yield f"names {item.get('url')}, which {why}"
    for key in ("date_published", "date_modified"):
        if key in item and not is_time(str(item[key])):
            yield f"has a `{key}` that is no time: {item[key]}"


def _data(entity: dict[str, Any], reader: Reader) -> Iterator[str]:
    if not _text(entity, "name"):
        yield "has no `name`"
    articles, years = entity.get("articles"), entity.get("years", [])
    if not isinstance(articles, list) or not isinstance(years, list):
        yield "has no list of `articles`"
        return
    for one in [entity, *articles, *years]:
        url = one.get("url") if isinstance(one, dict) else None
        if why := not_here(str(url), reader):
            yield f"names {url}, which {why}"


def _text(record: dict[str, Any], key: str) -> str:
    """A value that should be a text with something in it; else nothing."""
    value = record.get(key)
    return value.strip() if isinstance(value, str) else ""
