"""Check the XML files that programs read: Atom feeds (RFC 4287), OPML 2.0 (opml.org/spec2.opml), sitemaps.org.

Functions yield pairs of what is wrong, to be read after the file's name, and what to do about it.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.publish.check.link_checks import LinkResolver

# XML namespaces, as lxml writes them before a name.
_ATOM = "{http://www.w3.org/2005/Atom}"
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_MAX_URLS, _MAX_BYTES = 50_000, 50 * 1024 * 1024  # of a sitemap (sitemaps.org)
_MEND_TEMPLATE = "fix templates/{}"


def check_xml(name: str, data: bytes, resolver: LinkResolver) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with an XML file, each with its mend. name: below the output folder. data: its bytes."""
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        yield f"is not well-formed XML ({error.msg})", "fix the template that draws it"
        return
    if root.tag == f"{_ATOM}feed":
        yield from _check_feed(name, root, resolver)
    elif name.endswith(".opml"):
        yield from _check_opml(root, resolver)
    elif root.tag in {f"{_SITEMAP}urlset", f"{_SITEMAP}sitemapindex"}:
        yield from _check_sitemap(root, data, resolver)


def _check_feed(name: str, feed: etree._Element, resolver: LinkResolver) -> Iterator[tuple[str, str]]:
    mend = _MEND_TEMPLATE.format("feed.xml")
    for what in _faults_of_element(feed, "the feed"):
        yield what, mend
    own = f"{resolver.root}{name}"
    selves = [link.get("href") for link in feed.findall(f"{_ATOM}link") if link.get("rel") == "self"]
    if selves and resolver.resolve(str(selves[0]), "/").file != name:
        yield f"gives its own address as {selves[0]}, not {own}", mend
    ids: set[str] = set()
    for entry in feed.findall(f"{_ATOM}entry"):
        title = entry.findtext(f"{_ATOM}title") or "an entry"
        for what in _faults_of_element(entry, f"“{title}”"):
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
            why = resolver.resolve(link.get("href", ""), resolver.base_path).why
            if why:
                yield f"names {link.get('href')}, which {why}", mend


def _faults_of_element(element: etree._Element, label: str) -> Iterator[str]:
    """Yield what is wrong with the id, title and times of a feed or an entry. label: what to call it."""
    for key in ("id", "title", "updated"):
        children = element.findall(f"{_ATOM}{key}")
        if len(children) != 1 or not (children[0].text or "").strip():
            yield f"{label} has {'no' if len(children) < 2 else 'more than one'} `{key}`"
    for key in ("updated", "published"):
        text = element.findtext(f"{_ATOM}{key}")
        if text and not is_time(text):
            yield f"{label} has a `{key}` that is not a time: {text}"


def _check_opml(root: etree._Element, resolver: LinkResolver) -> Iterator[tuple[str, str]]:
    mend = _MEND_TEMPLATE.format("opml.xml")
    if root.tag != "opml" or root.get("version") != "2.0":
        yield f"begins with <{root.tag} version={root.get('version')}>, not as OPML 2.0 does", mend
    if [child.tag for child in root] != ["head", "body"] or root.find("body/outline") is None:
        yield "is not made of a head and a body with outlines", mend
    feed_urls: set[str] = set()
    for outline in root.iter("outline"):
        text, feed = outline.get("text") or "", outline.get("xmlUrl") or ""
        if not text.strip():
            yield f"has an outline without a `text` ({feed})", mend
        if outline.get("type") == "rss" and not feed:
            yield f"“{text}” has no `xmlUrl`", mend
        if feed and feed in feed_urls:
            yield f"names {feed} twice; readers would show each article twice", mend
        feed_urls.add(feed)
        for key in ("xmlUrl", "htmlUrl"):
            if why := why_unresolved(outline.get(key), resolver):
                yield f"names {outline.get(key)}, which {why}", mend


def why_unresolved(address: str | None, resolver: LinkResolver) -> str:
    """Say why a full address leads to no file of the site; return "" where it does, or `address` is None."""
    if address is None:
        return ""
    return resolver.resolve(address, "/").why if address.startswith(resolver.root) else "is outside this site"


def is_time(text: str) -> bool:
    """Tell whether a text is a date and time with a zone (RFC 3339)."""
    try:
        return "T" in text and dt.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _check_sitemap(root: etree._Element, data: bytes, resolver: LinkResolver) -> Iterator[tuple[str, str]]:
    addresses = [(element.text or "").strip() for element in root.iter(f"{_SITEMAP}loc")]
    if len(addresses) > _MAX_URLS or len(data) > _MAX_BYTES:
        yield f"names {len(addresses)} addresses; 50,000 are allowed", "please report this"
    for address in addresses:
        if not address.startswith(resolver.root):
            yield f"names {address}, which is outside this site", "fix templates/sitemap.xml"
            continue
        why = resolver.resolve(address, resolver.base_path).why
        if why:
            yield f"names {address}, which {why}", "fix templates/sitemap.xml"
