"""What machines read as XML by its own rules: Atom (RFC 4287), OPML 2.0 (opml.org/spec2.opml), sitemaps.org."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.publish.check.link_checks import Reader

_ATOM = "{http://www.w3.org/2005/Atom}"
_MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_MOST_URLS, _MOST_BYTES = 50_000, 50 * 1024 * 1024  # of a sitemap
_TEMPLATE = "mend templates/{}"


def wrong(name: str, data: bytes, reader: Reader) -> Iterator[tuple[str, str]]:
    """What is wrong with a file that machines read, each with its mend."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        yield f"is not well-formed XML ({error.msg})", "mend the template that draws it"
        return
    if root.tag == f"{_ATOM}feed":
        yield from _feed(name, root, reader)
    elif name.endswith(".opml"):
        yield from _opml(root, reader)
    elif root.tag in {f"{_MAPS}urlset", f"{_MAPS}sitemapindex"}:
        yield from _sitemap(root, data, reader)


def _feed(name: str, feed: etree._Element, reader: Reader) -> Iterator[tuple[str, str]]:
    mend = _TEMPLATE.format("feed.xml")
    for what in _lacks(feed, "the feed"):
        yield what, mend
    own = f"{reader.root}{name}"
    selves = [link.get("href") for link in feed.findall(f"{_ATOM}link") if link.get("rel") == "self"]
    if selves and reader.file_for(str(selves[0]), "/").file != name:
        yield f"says that its own address is {selves[0]}, not {own}", mend
    ids: set[str] = set()
    for entry in feed.findall(f"{_ATOM}entry"):
        title = entry.findtext(f"{_ATOM}title") or "an entry"
        for what in _lacks(entry, f"“{title}”"):
            yield what, mend
        identity = entry.findtext(f"{_ATOM}id") or ""
        if identity and identity in ids:
            yield (
                f"has the id {identity} twice; readers would show one of the two",
                "give each article an id of its own",
            )
        ids.add(identity)
        if entry.find(f"{_ATOM}link") is None and entry.find(f"{_ATOM}content") is None:
            yield f"“{title}” has neither a link nor content", mend
    for link in feed.iter(f"{_ATOM}link"):
        if link.get("rel", "alternate") == "alternate":
            why = reader.file_for(link.get("href", ""), reader.base_path).why
            if why:
                yield f"names {link.get('href')}, which {why}", mend


def _lacks(element: etree._Element, called: str) -> Iterator[str]:
    for key in ("id", "title", "updated"):
        found = element.findall(f"{_ATOM}{key}")
        if len(found) != 1 or not (found[0].text or "").strip():
            yield f"{called} has {'no' if not found or len(found) == 1 else 'more than one'} `{key}`"
    for key in ("updated", "published"):
        text = element.findtext(f"{_ATOM}{key}")
        if text and not is_time(text):
            yield f"{called} has a `{key}` that is no time: {text}"


def _opml(root: etree._Element, reader: Reader) -> Iterator[tuple[str, str]]:
    mend = _TEMPLATE.format("opml.xml")
    if root.tag != "opml" or root.get("version") != "2.0":
        yield f"begins with <{root.tag} version={root.get('version')}>, not as OPML 2.0 does", mend
    if [child.tag for child in root] != ["head", "body"] or root.find("body/outline") is None:
        yield "is not made of a head and a body with outlines", mend
    seen: set[str] = set()
    for outline in root.iter("outline"):
        text, feed = outline.get("text") or "", outline.get("xmlUrl") or ""
        if not text.strip():
            yield f"has an outline without a `text` ({feed})", mend
        if outline.get("type") == "rss" and not feed:
            yield f"“{text}” has no `xmlUrl`", mend
        if feed and feed in seen:
            yield f"names {feed} twice; readers would show each article twice", mend
        seen.add(feed)
        for key in ("xmlUrl", "htmlUrl"):
            if why := not_here(outline.get(key), reader):
                yield f"names {outline.get(key)}, which {why}", mend


def not_here(address: str | None, reader: Reader) -> str:
    """Why a full address is none of the site's; nothing where it is, or there is none."""
    if address is None:
        return ""
    return reader.file_for(address, "/").why if address.startswith(reader.root) else "is not of this site"


def is_time(text: str) -> bool:
    """Whether a text is a date and time with a zone (RFC 3339)."""
    try:
        return "T" in text and dt.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _sitemap(root: etree._Element, data: bytes, reader: Reader) -> Iterator[tuple[str, str]]:
    places = [(element.text or "").strip() for element in root.iter(f"{_MAPS}loc")]
    if len(places) > _MOST_URLS or len(data) > _MOST_BYTES:
        yield f"names {len(places)} addresses; 50,000 are allowed", "please report this"
    for place in places:
        if not place.startswith(reader.root):
            yield f"names {place}, which is not of this site", "mend templates/sitemap.xml"
            continue
        why = reader.file_for(place, reader.base_path).why
        if why:
            yield f"names {place}, which {why}", "mend templates/sitemap.xml"
