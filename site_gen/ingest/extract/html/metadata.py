"""What a page says about itself, gathered in one pass over its tree; other modules weigh it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin, urlsplit

from lxml.etree import XPath, iterwalk

from site_gen.core.text import one_line
from site_gen.ingest.extract.html import json_ld_scripts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.json_ld_scripts import Record

_MAX = 400  # characters of a field that are looked at
_LOOKED_AT = ("title", "meta", "link", "script", "h1", "h2", "h3", "time", "a", "base")
_FURNITURE = frozenset({"nav", "aside", "footer"})
# Classes of the link, among others, to the page that is shown.
_CURRENT = frozenset({"active", "current", "selected", "is-active", "is-current"})
# The class of a language menu's link to the page as it is.
_SAME_LANGUAGE = re.compile(r"(?=.*lang).*(?:current|active|selected)")
_SHARING = re.compile(
    r"(?:facebook\.com/(?:sharer|share|dialog)|(?:twitter|x)\.com/(?:intent|share|home)|linkedin\.com/(?:share|cws)"
    r"|pinterest\.[a-z.]+/pin/create|reddit\.com/submit|tumblr\.com/(?:share|widgets)|t\.me/share|plus\.google\.com/share"
    r"|api\.whatsapp\.com/send|wa\.me/|getpocket\.com/(?:save|edit)|news\.ycombinator\.com/submitlink|^mailto:\?)",
    re.IGNORECASE,
)
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|auteurs?|autor(?:en|es)?|autore|writers?|contributors?|columnists?|reporters?|journalists?|staff"
    r"|producers?|people|profiles?|byline|by|users?|members?)/[^/?#]+/?(?:[?#].*)?$|[?&]author=",
    re.IGNORECASE,
)
_AUTHOR, _DATE = 1, 2  # what an attribute marks its element as
_MARKING = frozenset({"class", "id", "itemprop", "rel"})
_RELATIONS = frozenset({"canonical", "alternate", "shortlink", "edituri", "search", "icon", "shortcut icon"})
_NO_MARK = frozenset(
    {"script", "style", "body", "html", "article", "main", "img", "svg", "input", "meta", "link", "section"}
)
_WRITTEN = ("Written by", "Author:")
_WRITTEN_BY = XPath(f"//text()[{' or '.join(f'contains(., {words!r})' for words in _WRITTEN)}]/..")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, and the element it stands in. `aside`: in navigation, footer or sidebar."""

    level: int
    text: str
    element: HtmlElement
    aside: bool


@dataclass(slots=True)
class Signals:
    """The fields of a page that rules weigh, as they stand in it."""

    title: str = ""
    headings: list[Heading] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)  # JSON-LD, flattened
    links: list[tuple[str, str]] = field(default_factory=list)  # (rel, address) of the head's links
    shared: list[str] = field(default_factory=list)  # addresses that links for sharing hand on
    own: list[tuple[str, str]] = field(default_factory=list)  # links that may lead to the page itself: (text, address)
    author_links: list[HtmlElement] = field(default_factory=list)
    marked: list[HtmlElement] = field(default_factory=list)  # elements marked as an author's name
    bylines: list[tuple[str, HtmlElement]] = field(default_factory=list)  # `Written by` and what follows it
    times: list[HtmlElement] = field(default_factory=list)
    dated: list[HtmlElement] = field(default_factory=list)  # other elements that are marked as a date
    base: str | None = None
    language: str | None = None

    def first(self, *keys: str) -> str | None:
        """The first value of the first key that has one."""
        return next((values[0] for key in keys if (values := self.meta.get(key))), None)

    def absolute(self, url: str) -> str | None:
        """An address of the web, completed where it is relative; None for another."""
        try:
            joined = urljoin(self.base or "", url.strip())
            return joined if urlsplit(joined).scheme in {"http", "https"} else None
        except ValueError:
            return None


def gather(tree: HtmlElement, base: str | None, text: str | None = None) -> Signals:
    """The signals of a parsed page. `base` is where it was saved from, for relative links. `text`: the page as it was
    before it became a tree, if it is at hand: what does not stand there is not looked for."""
    found = Signals(base=base)
    for element in tree.iter(*_LOOKED_AT):
        _LOOK.get(str(element.tag), _heading)(found, element)
    _marks(found, tree)
    written = text is None or any(words in text for words in _WRITTEN)
    for element in cast("list[HtmlElement]", _WRITTEN_BY(tree))[:1] if written else ():
        _texts(element, found.bylines, 6)
        found.bylines += after(element, 3)
    locale = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    found.language = _language(locale or found.first("content-language", "og:locale", "language") or "")
    return found


def _marks(found: Signals, tree: HtmlElement) -> None:
    """The elements that are marked as an author's name or a date. In a loop of its own: XPath takes three times as
    long, for it asks again what it has asked of the same classes before."""
    for element in tree.iter("*"):
        mark = 0
        for key, value in element.items():
            if key in _MARKING:
                mark |= _mark(key, value)
        if mark and element.tag not in _NO_MARK:
            if mark & _AUTHOR and len(found.marked) < 60:
                found.marked.append(element)
            if mark & _DATE and element.tag != "time" and len(found.dated) < 30:
                found.dated.append(element)


@lru_cache(10_000)
def _mark(key: str, value: str) -> int:
    mark = 0
    if key == "class":
        if value == "fn" or any(part in value for part in ("uthor", "yline", "writer", "username")):
            mark = _AUTHOR
        if any(part in value for part in ("date", "Date", "published", "posted", "timestamp")):
            mark |= _DATE
    elif key == "itemprop":
        mark = (_AUTHOR if "author" in value else 0) | (_DATE if value in {"datePublished", "dateCreated"} else 0)
    elif (key == "rel" and value == "author") or (key == "id" and "uthor" in value):
        mark = _AUTHOR
    return mark


def _meta(found: Signals, element: HtmlElement) -> None:
    key = (
        element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv") or ""
    ).lower()
    content = element.get("content")
    if key and content and (text := json_ld_scripts.plain(content)):
        found.meta.setdefault(key, []).append(text)


def _link(found: Signals, element: HtmlElement) -> None:
    href = element.get("href")
    if not href or len(href) > 2000:
        return
    if len(found.own) < 30:
        name = element.get("class") or ""
        if element.get("aria-current") == "page" or (name and _SAME_LANGUAGE.match(name)):
            found.own.append(("", href))
        elif name and not _CURRENT.isdisjoint(name.split()):
            found.own.append((text_of(element), href))
    if "?" in href and len(found.shared) < 30 and _SHARING.search(href):  # an address is handed on in the query
        found.shared.append(href)
    elif len(found.author_links) < 30 and _AUTHOR_PATH.search(href):
        found.author_links.append(element)


def _head_link(found: Signals, element: HtmlElement) -> None:
    rel, href = element.get("rel", "").lower(), element.get("href")
    if href and len(href) < 2000 and rel in _RELATIONS and len(found.links) < 200:
        kind = f"{rel} {element.get('hreflang', '')} {element.get('type', '')}".strip()
        found.links.append((kind, href))


def _script(found: Signals, element: HtmlElement) -> None:
    if "ld+json" in element.get("type", "") and len(found.records) < 500:
        found.records.extend(json_ld_scripts.records(element.text or ""))


def _time(found: Signals, element: HtmlElement) -> None:
    if len(found.times) < 20:
        found.times.append(element)


def _title(found: Signals, element: HtmlElement) -> None:
    parent = element.getparent()
    if not found.title and (parent is None or parent.tag != "svg"):
        found.title = text_of(element)


def _base(found: Signals, element: HtmlElement) -> None:
    found.base = found.base or found.absolute(element.get("href") or "")


def _heading(found: Signals, element: HtmlElement) -> None:
    if len(found.headings) < 60 and (text := text_of(element)):
        text = text.rstrip("¶# ")
        found.headings.append(Heading(int(element.tag[1]), text, element, _is_aside(element)))
        if len(found.own) < 30 and (link := element.find(".//a[@href]")) is not None:
            found.own.append((text_of(link), link.get("href", "")))


_LOOK: dict[str, Callable[[Signals, HtmlElement], None]] = {
    "a": _link,
    "meta": _meta,
    "link": _head_link,
    "script": _script,
    "time": _time,
    "title": _title,
    "base": _base,
}


def _is_aside(element: HtmlElement) -> bool:
    return any(up.tag in _FURNITURE for up in element.iterancestors())


def text_of(element: HtmlElement) -> str:
    """An element's text on one line, without scripts and buttons in it."""
    if len(element) == 0:
        return one_line((element.text or "")[: 4 * _MAX])[:_MAX]
    parts: list[str] = []
    size = 0
    for text, within in _walk(element):
        parts.append(text if within.tag in _INLINE else f" {text}")
        size += len(text)
        if size > 4 * _MAX:
            break
    return one_line("".join(parts)[: 4 * _MAX])[:_MAX]


_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "option", "button"})
_INLINE = frozenset({"a", "b", "i", "em", "strong", "span", "font", "u", "sup", "sub", "small", "mark", "abbr", "wbr"})


def _walk(element: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    """Texts in an element in reading order, each with the element that it stands in."""
    walker = iterwalk(element, events=("start", "end", "comment", "pi"))
    for event, inner in walker:
        if event == "start":
            if inner.tag in _SILENT:
                walker.skip_subtree()
            elif inner.text:
                yield inner.text, inner
        elif event != "pi" and inner is not element and inner.tail:
            yield inner.tail, inner.getparent()


def after(element: HtmlElement, most: int) -> list[tuple[str, HtmlElement]]:
    """The next texts behind an element in reading order, each with the element it stands in."""
    found: list[tuple[str, HtmlElement]] = []
    at: HtmlElement | None = element
    while at is not None and len(found) < most and at.tag not in {"body", "html"}:
        parent = at.getparent()
        if at.tail and (text := one_line(at.tail[:_MAX])) and parent is not None:
            found.append((text, parent))
        for sibling in at.itersiblings():
            _texts(sibling, found, most)
            if len(found) >= most:
                break
        at = parent
    return found[:most]


def before(element: HtmlElement, most: int) -> list[tuple[str, HtmlElement]]:
    """The texts just above an element, the nearest first."""
    found: list[tuple[str, HtmlElement]] = []
    at: HtmlElement | None = element
    while at is not None and len(found) < most and at.tag not in {"body", "html"}:
        for sibling in at.itersiblings(preceding=True):
            inside: list[tuple[str, HtmlElement]] = []
            _texts(sibling, inside, 200)
            found.extend(reversed(inside))
            if len(found) >= most:
                break
        at = at.getparent()
    return found[:most]


def _texts(element: HtmlElement, found: list[tuple[str, HtmlElement]], most: int) -> None:
    """Texts in an element and its tail, in reading order, until there are enough."""
    if isinstance(element.tag, str):
        for raw, within in _walk(element):
            if text := one_line(raw[:_MAX]):
                found.append((text, within))
                if len(found) >= most:
                    return
    parent = element.getparent()
    if element.tail and parent is not None and (text := one_line(element.tail[:_MAX])):
        found.append((text, parent))


def _language(text: str) -> str | None:
    match = re.match(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]|$)", text.strip())
    if not match:
        return None
    return match[1].lower() + (f"-{match[2].title()}" if match[2] else "")
