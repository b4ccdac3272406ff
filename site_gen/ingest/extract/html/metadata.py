"""What a page says about itself: title, headings, meta tags, JSON-LD, links and marked elements.

All of it is collected in one pass over the tree and is not judged here; `page_title`, `authors`,
`publication_date`, `source_url`, `outlet` and `page_kind` each weigh it for one fact.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin, urlsplit

from lxml.etree import XPath
from msgspec import Struct, field

from site_gen.ingest.extract.html import json_ld_parser
from site_gen.ingest.extract.html.element_text import PlacedText, text_of, texts_after, texts_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.json_ld_parser import JsonLdObject

_COLLECTED_TAGS = ("title", "meta", "link", "script", "h1", "h2", "h3", "time", "a", "base")
_FRAME_TAGS = frozenset({"nav", "aside", "footer"})
# Classes that a menu gives, among others, to the link to the page that is shown.
_CURRENT = frozenset({"active", "current", "selected", "is-active", "is-current"})
# The class that a language menu gives to the link to the page as it is.
_SAME_LANGUAGE = re.compile(r"(?=.*lang).*(?:current|active|selected)")
_REGION = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?[-_]([A-Za-z]{2})")  # of a locale
_FRONT_PAGE = re.compile(r"/|(?:https?:)?//[^/?#]{1,200}/?")  # an address without a path
_SHARE_URL = re.compile(
    r"(?:facebook\.com/(?:sharer|share|dialog)|(?:twitter|x)\.com/(?:intent|share|home)|linkedin\.com/(?:share|cws)"
    r"|pinterest\.[a-z.]{1,20}/pin/create|reddit\.com/submit|tumblr\.com/(?:share|widgets)|t\.me/share|plus\.google\.com/share"
    r"|api\.whatsapp\.com/send|wa\.me/|getpocket\.com/(?:save|edit)|news\.ycombinator\.com/submitlink|^mailto:\?)",
    re.IGNORECASE,
)
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|auteurs?|autor(?:en|es)?|autore|writers?|contributors?|columnists?|reporters?|journalists?|staff"
    r"|producers?|people|profiles?|byline|by|users?|members?)/[^/?#]+/?(?:[?#].*)?$|[?&]author=",
    re.IGNORECASE,
)
_AUTHOR, _DATE = 1, 2  # flags: an attribute marks its element as an author's name, as a date
_MARKING_ATTRIBUTES = frozenset({"class", "id", "itemprop", "rel"})
# Attributes of a post: of XenForo, of Stack Exchange.
_POST_AUTHOR_ATTRIBUTES = frozenset({"data-author", "data-author-username"})
_HEAD_RELATIONS = frozenset({"canonical", "alternate", "shortlink", "edituri", "search", "icon", "shortcut icon"})
_NEVER_MARKED = frozenset(
    {"script", "style", "body", "html", "article", "main", "img", "svg", "input", "meta", "link", "section"}
)
_BYLINE_WORDS = ("Written by", "Author:")
_BYLINE_ELEMENTS = XPath(f"//text()[{' or '.join(f'contains(., {words!r})' for words in _BYLINE_WORDS)}]/..")


class Heading(Struct, frozen=True):
    """A heading of the page, of level 1 to 3."""

    level: int  # 1 for `h1`
    text: str  # on one line
    element: HtmlElement  # the `h1`, `h2` or `h3`
    is_aside: bool  # whether it stands in navigation, a footer or a sidebar


class PageMetadata(Struct):
    """What a page says about itself, as it stands there: nothing is judged or completed."""

    title: str = ""  # of the `title` element
    headings: list[Heading] = field(default_factory=list)  # in the order of the page
    meta: dict[str, list[str]] = field(default_factory=dict)  # contents of meta tags by lower-case name or property
    json_ld: list[JsonLdObject] = field(default_factory=list)  # objects of all scripts, flattened
    head_links: list[tuple[str, str]] = field(default_factory=list)  # ("rel hreflang type", href) of `link` elements
    home_texts: list[str] = field(default_factory=list)  # of links to a front page: a logo's, often an outlet's name
    share_links: list[str] = field(default_factory=list)  # hrefs of buttons that share the page elsewhere
    self_links: list[tuple[str, str]] = field(default_factory=list)  # (text, href) of links perhaps to the page itself
    author_links: list[HtmlElement] = field(default_factory=list)  # links whose path is that of a person's profile
    author_elements: list[HtmlElement] = field(default_factory=list)  # elements that are marked as an author's name
    author_properties: list[HtmlElement] = field(default_factory=list)  # microdata's authors
    post_authors: list[str] = field(default_factory=list)  # names that a forum's program writes on its posts
    byline_texts: list[PlacedText] = field(default_factory=list)  # the first “Written by”, and what follows it
    time_elements: list[HtmlElement] = field(default_factory=list)  # `time` elements
    date_elements: list[HtmlElement] = field(default_factory=list)  # other elements that are marked as a date
    base_url: str | None = None  # what relative addresses are relative to
    language: str | None = None  # language tag without region: `en`, `zh-Hans`
    region: str | None = None  # of the language tag: `GB`

    def first_meta(self, *keys: str) -> str | None:
        """Return the first value of the first of these meta tags that the page has."""
        return next((values[0] for key in keys if (values := self.meta.get(key))), None)

    def absolute_url(self, url: str) -> str | None:
        """Complete a relative address; return None where it is not one of the web."""
        try:
            joined = urljoin(self.base_url or "", url.strip())
            return joined if urlsplit(joined).scheme in {"http", "https"} else None
        except ValueError:
            return None


def collect_metadata(tree: HtmlElement, base_url: str | None, html: str | None = None) -> PageMetadata:
    """Collect what a parsed page says about itself.

    base_url: where the page was saved from, for relative links; a `base` element counts only without it.
    html: the page's source, where it is at hand: it shows quickly that the page has no “Written by”, and an
    XPath over all texts is saved.
    """
    page = PageMetadata(base_url=base_url)
    for element in tree.iter(*_COLLECTED_TAGS):
        _COLLECTORS.get(str(element.tag), _collect_heading)(page, element)
    _collect_marked_elements(page, tree)
    if html is None or any(words in html for words in _BYLINE_WORDS):
        for element in cast("list[HtmlElement]", _BYLINE_ELEMENTS(tree))[:1]:
            page.byline_texts = texts_in(element, 6) + texts_after(element, 3)
    locale = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    locale = locale or page.first_meta("content-language", "og:locale", "language") or ""
    page.language, region = _language_tag(locale), _REGION.fullmatch(locale.strip())
    page.region = region[1].upper() if region else None
    return page


def _collect_marked_elements(page: PageMetadata, tree: HtmlElement) -> None:
    """Collect the elements that are marked as an author's name or a date.

    A loop, not XPath: XPath takes three times as long, for it tests the same classes again on each element.
    """
    for element in tree.iter("*"):
        marks = 0
        for key, value in element.items():
            if key in _MARKING_ATTRIBUTES:
                marks |= _marks_of(key, value)
            elif key in _POST_AUTHOR_ATTRIBUTES and len(page.post_authors) < 9:
                page.post_authors.append(value.strip())
        if marks and element.tag not in _NEVER_MARKED:
            if marks & _AUTHOR and len(page.author_elements) < 60:
                page.author_elements.append(element)
                if element.get("itemprop") == "author":
                    page.author_properties.append(element)
            if marks & _DATE and element.tag != "time" and len(page.date_elements) < 30:
                page.date_elements.append(element)


@lru_cache(10_000)
def _marks_of(attribute: str, value: str) -> int:
    """Return the flags `_AUTHOR` and `_DATE` that an attribute sets."""
    marks = 0
    if attribute == "class":
        if value == "fn" or any(
            part in value for part in ("uthor", "yline", "writer", "username", "reader-credits", "creator")
        ):
            marks = _AUTHOR
        if any(part in value for part in ("date", "Date", "published", "posted", "timestamp")):
            marks |= _DATE
    elif attribute == "itemprop":
        marks = (_AUTHOR if "author" in value else 0) | (_DATE if value in {"datePublished", "dateCreated"} else 0)
    elif (attribute == "rel" and value == "author") or (attribute == "id" and "uthor" in value):
        marks = _AUTHOR
    return marks


def _collect_meta(page: PageMetadata, element: HtmlElement) -> None:
    key = (
        element.get("property") or element.get("name") or element.get("itemprop") or element.get("http-equiv") or ""
    ).lower()
    content = element.get("content") or element.get("value")  # some sites write the one for the other
    if key and content and (text := json_ld_parser.clean_text(content)):
        page.meta.setdefault(key, []).append(text)


def _collect_link(page: PageMetadata, element: HtmlElement) -> None:
    href = element.get("href")
    if not href or len(href) > 2000:
        return
    if _FRONT_PAGE.fullmatch(href) and len(page.home_texts) < 20:
        image = element.find(".//img")
        page.home_texts += filter(None, (text_of(element), image.get("alt") if image is not None else None))
    class_names = element.get("class") or ""
    if "reader-domain" in class_names:  # Firefox' reading view names the page that it shows
        page.head_links.append(("canonical", href))
    if len(page.self_links) < 30:
        if element.get("aria-current") == "page" or (class_names and _SAME_LANGUAGE.match(class_names)):
            page.self_links.append(("", href))
        elif _is_current(element) or ((parent := element.getparent()) is not None and _is_current(parent)):
            page.self_links.append((text_of(element), href))
    # A share button hands the page's address on in its query.
    if "?" in href and len(page.share_links) < 30 and _SHARE_URL.search(href):
        page.share_links.append(href)
    elif len(page.author_links) < 30 and _AUTHOR_PATH.search(href):
        page.author_links.append(element)


def _is_current(element: HtmlElement) -> bool:
    return not _CURRENT.isdisjoint((element.get("class") or "").split())


def _collect_head_link(page: PageMetadata, element: HtmlElement) -> None:
    rel, href = element.get("rel", "").lower(), element.get("href")
    if href and len(href) < 2000 and rel in _HEAD_RELATIONS and len(page.head_links) < 200:
        kind = f"{rel} {element.get('hreflang', '')} {element.get('type', '')}".strip()
        page.head_links.append((kind, href))


def _collect_script(page: PageMetadata, element: HtmlElement) -> None:
    if "ld+json" in element.get("type", "") and len(page.json_ld) < 500:
        page.json_ld.extend(json_ld_parser.parse_script(element.text or ""))


def _collect_time(page: PageMetadata, element: HtmlElement) -> None:
    if len(page.time_elements) < 20:
        page.time_elements.append(element)


def _collect_title(page: PageMetadata, element: HtmlElement) -> None:
    parent = element.getparent()
    if not page.title and (parent is None or parent.tag != "svg"):
        page.title = text_of(element)


def _collect_base(page: PageMetadata, element: HtmlElement) -> None:
    page.base_url = page.base_url or page.absolute_url(element.get("href") or "")


def _collect_heading(page: PageMetadata, element: HtmlElement) -> None:
    if len(page.headings) < 60 and (text := text_of(element)):
        is_aside = any(ancestor.tag in _FRAME_TAGS for ancestor in element.iterancestors())
        # Documentation puts a link to the heading itself (¶ or #) behind it.
        page.headings.append(Heading(int(element.tag[1]), text.rstrip("¶# "), element, is_aside))
        if len(page.self_links) < 30 and (link := element.find(".//a[@href]")) is not None:
            page.self_links.append((text_of(link), link.get("href", "")))


_COLLECTORS: dict[str, Callable[[PageMetadata, HtmlElement], None]] = {
    "a": _collect_link,
    "meta": _collect_meta,
    "link": _collect_head_link,
    "script": _collect_script,
    "time": _collect_time,
    "title": _collect_title,
    "base": _collect_base,
}


def _language_tag(locale: str) -> str | None:
    """Return language and script of a locale such as `en_GB` or `zh-Hans-CN`."""
    match = re.match(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]|$)", locale.strip())
    if not match:
        return None
    return match[1].lower() + (f"-{match[2].title()}" if match[2] else "")
