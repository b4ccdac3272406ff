"""What a page says about itself: title, authors, outlet, address, language.

The rules and their figures: exact titles .55 -> .79 on real pages by the heading that shares most of its
words with a declared title; authors .54 -> .62 by JSON-LD first. The data is not ours to ship.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from site_gen.text import one_line, scrub, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

_MAX = 400  # characters of a field that are looked at
_ARTICLE = re.compile("Article|Posting|^Report$|^Review$|^Recipe$")
_GAP = re.compile(r"\s+[|\-–—·:»•/~]+\s+|\s*[|»•]\s*|:\s+")
_SHARED = 0.7


@dataclass(slots=True)
class Signals:
    """The fields of a page that rules weigh, as they stand in it."""

    title: str = ""
    headings: list[str] = field(default_factory=list)
    meta: dict[str, list[str]] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)  # JSON-LD, flattened
    bylines: list[str] = field(default_factory=list)
    canonical: str | None = None
    language: str | None = None

    def first(self, *keys: str) -> str | None:
        """The first value of the first key that has one."""
        return next((values[0] for key in keys if (values := self.meta.get(key))), None)


def signals(tree: HtmlElement, base: str | None) -> Signals:
    """The signals of a parsed page. `base` is where it was saved from, for relative links."""
    found = Signals()
    title = tree.find(".//title")
    found.title = _text(title) if title is not None else ""
    found.headings = [text for h in list(tree.iter("h1"))[:6] if (text := _text(h))]
    for element in tree.iter("meta"):
        key = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        content = one_line((element.get("content") or "")[: 4 * _MAX])[:_MAX]
        if key and content:
            found.meta.setdefault(key, []).append(content)
    for script in tree.xpath('//script[contains(@type, "ld+json")]')[:20]:
        found.records.extend(_json_ld(script.text or ""))
    for element in tree.xpath('//*[@rel="author" or @itemprop="author"]')[:12]:
        text = _text(element)
        if text and len(text) < 120:
            found.bylines.append(text)
    links = tree.xpath('//link[@rel="canonical"]/@href')[:1] or [found.first("og:url") or _page_url(found.records)]
    found.canonical = _absolute(str(links[0]), base) if links[0] else None
    locale = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    found.language = _language(locale or found.first("content-language", "og:locale", "language") or "")
    return found


def _text(element: HtmlElement) -> str:
    return one_line(element.text_content())[:_MAX]


def _absolute(url: str, base: str | None) -> str | None:
    try:
        joined = urljoin(base or "", url.strip())
        return joined if urlsplit(joined).scheme in {"http", "https"} else None
    except ValueError:
        return None


def _language(text: str) -> str | None:
    match = re.match(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]|$)", text.strip())
    if not match:
        return None
    return match[1].lower() + (f"-{match[2].title()}" if match[2] else "")


def _json_ld(text: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD script; one that is broken gives nothing (its fields are found elsewhere)."""
    text = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[)|(?:-->|//\]\]>)\s*$", "", scrub(text)).strip().rstrip(";")
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return
    yield from _objects(data, 0)


def _objects(data: object, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(data, list):
        for item in data[:50]:
            yield from _objects(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            if key in data:
                yield from _objects(data[key], depth + 1)


def _types(record: dict[str, Any]) -> list[str]:
    kind = record.get("@type")
    return [k for k in (kind if isinstance(kind, list) else [kind]) if isinstance(k, str)]


def _is_article(record: dict[str, Any]) -> bool:
    return any(_ARTICLE.search(kind) for kind in _types(record))


def _page_url(records: Sequence[dict[str, Any]]) -> str | None:
    for record in filter(_is_article, records):
        for key in ("url", "mainEntityOfPage"):
            value = record.get(key)
            value = value.get("@id") if isinstance(value, dict) else value
            if isinstance(value, str) and value.startswith("http"):
                return value
    return None


# -- the outlet ---------------------------------------------------------------------------------------


def _squash(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _names(value: object) -> list[str]:
    if isinstance(value, str):
        return [one_line(value)[:_MAX]]
    if isinstance(value, list):
        return [name for item in value[:20] for name in _names(item)]
    if isinstance(value, dict):
        return _names(value.get("name"))
    return []


def outlet(page: Signals, fallback: str | None) -> str | None:
    """The outlet's name: og:site_name, then JSON-LD's publisher, then the extractor's finding."""
    declared = page.first("og:site_name")
    publishers = [n for record in filter(_is_article, page.records) for n in _names(record.get("publisher"))]
    for name in (declared, *publishers, page.first("application-name", "publisher"), fallback):
        if name and len(name) <= 80 and not name.startswith(("http", "@")):
            return name
    return None


def _site_keys(page: Signals, url: str | None, site: str | None) -> set[str]:
    """Everything that the outlet may be called, squashed to letters."""
    found = {
        _squash(v)
        for key in ("og:site_name", "application-name", "twitter:site", "publisher")
        for v in page.meta.get(key, [])
    }
    for record in page.records:
        if {"WebSite", "Organization", "NewsMediaOrganization"} & set(_types(record)):
            found |= {_squash(name) for name in _names(record.get("name"))}
        found |= {_squash(name) for name in _names(record.get("publisher"))}
    host = (urlsplit(url or page.canonical or "").hostname or "").removeprefix("www.")
    found |= {_squash(host), *(_squash(part) for part in host.split(".")[:-1] if len(part) > 2)}
    found.add(_squash(site or ""))
    return found - {""}


def _is_site(text: str, keys: set[str]) -> bool:
    squashed = _squash(text)
    if not squashed:
        return True
    for key in keys:
        if squashed in {key, f"the{key}", f"{key}com", f"{key}org"} or key == f"the{squashed}":
            return True
        long_enough = min(len(key), len(squashed)) >= 5 and min(len(key), len(squashed)) >= 0.6 * max(
            len(key), len(squashed)
        )
        if long_enough and (squashed in key or key in squashed):
            return True
    return False


def _without_site(title: str, keys: set[str]) -> str:
    """`Title | Section - Outlet` without the outlet, from either end."""
    for _ in range(3):
        gaps = list(_GAP.finditer(title))
        if not gaps:
            break
        last, first = gaps[-1], gaps[0]
        if _is_site(title[last.end() :], keys) and last.start() >= 3:
            title = title[: last.start()].strip()
        elif ":" not in first[0] and _is_site(title[: first.start()], keys) and len(title) - first.end() >= 3:
            title = title[first.end() :].strip()
        else:
            break
    return title


# -- the title ----------------------------------------------------------------------------------------


def headline(page: Signals, url: str | None, site: str | None, fallback: str | None) -> str | None:
    """The title: the h1 that shares at least 70 % of its words with a declared title, else the best
    declared one without the outlet's name."""
    keys = _site_keys(page, url, site)
    ld = next((h for r in page.records if _is_article(r) and isinstance(h := r.get("headline"), str)), None)
    declared = [t for t in (page.first("og:title"), page.title, page.first("twitter:title"), ld) if t]
    best: tuple[float, str] | None = None
    for heading in page.headings:
        found = set(words(heading))
        if not found or not 3 <= len(heading) <= 250 or _is_site(heading, keys):
            continue
        shared = max((_overlap(found, set(words(_without_site(t, keys)))) for t in declared), default=0.0)
        if best is None or shared > best[0]:
            best = (shared, heading)
    if best and best[0] >= _SHARED:
        return best[1]
    chosen = page.first("og:title") or ld or page.title or page.first("twitter:title") or fallback
    if not chosen:
        return page.headings[0] if page.headings else None
    return _without_site(one_line(chosen), keys)


def _overlap(one: set[str], two: set[str]) -> float:
    return len(one & two) / max(1, min(len(one), len(two)))


def around_title(tree: HtmlElement, title: str | None) -> list[str]:
    """The few short texts that stand below the title on the page, then those just above it: byline,
    dateline, section."""
    wanted = words(title or "")
    texts = [text for text in map(one_line, _texts(tree)) if text]
    at = next((i for i, text in enumerate(texts) if wanted and words(text) == wanted), None)
    if at is None:
        return []
    return texts[at + 1 : at + 9] + texts[max(0, at - 4) : at][::-1]


def _texts(tree: HtmlElement) -> Iterator[str]:
    body = tree.find("body")
    for element in (tree if body is None else body).iter():
        if isinstance(element.tag, str) and element.tag not in {"script", "style", "noscript", "template", "option"}:
            yield element.text or ""
        yield element.tail or ""


# -- the authors --------------------------------------------------------------------------------------

_NOT_A_NAME = re.compile(
    r"^(?:https?:|www\.|@)|facebook\.com|\b(?:admin|administrator|editor(?:ial)?(?:\s+(?:team|staff|board))?|staff"
    r"|webmaster|no author|redaktion|guest|author|username|作者|view all posts?|posted|updated"
    r"|published|read more|share"
    r"|min(?:utes?)?(?: read)?)\s*$",
    re.IGNORECASE,
)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATE_TAIL = re.compile(rf"\s+(?:on\s+)?(?:{_MONTH}\b\.?\s*\d.*|\d{{1,2}}[./ ].*)$", re.IGNORECASE)
# A third word that is a month: what stood after it was a day, which the extractor has dropped.
_MONTH_TAIL = re.compile(
    r"^(\S+\s.*\S)\s(?:january|february|march|april|may|june|july|august|september|october|november|december)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\s*(?:[,|•–-]\s*)?\b(?:(?:senior|staff|chief|deputy|associate|managing|contributing|trending|political|science"
    r"|technology|business|foreign)\s+)*(?:editor|reporter|correspondent|columnist|contributor|writer|journalist"
    r"|producer)\b.*$",
    re.IGNORECASE,
)
_BY = re.compile(r"^(?:written by|words by|text by|posted by|reviewed by|by|von|par|por|author)\b[:\s]*", re.IGNORECASE)


def people(text: str) -> list[str]:
    """The names in a byline, without roles, dates and what is no name."""
    found: list[str] = []
    for part in re.split(r"\s*(?:;|\||\band\b|&|\bund\b|\bet\b)\s*", text):
        name = _DATE_TAIL.sub("", _BY.sub("", one_line(part).strip(" ,.:-–—•")))
        name = _MONTH_TAIL.sub(r"\1", name)
        bare = _ROLE.sub("", name).strip(" ,.:-–—•")
        name = bare if len(bare.split()) >= 2 else name.strip(" ,.:-–—•")
        if not name or len(name) > 60 or _NOT_A_NAME.search(name) or re.search(r"\d{2,}", name):
            continue
        if name.casefold() not in [other.casefold() for other in found]:
            found.append(name)
    return found


def authors(page: Signals, url: str | None, site: str | None, fallback: str | None) -> tuple[str, ...]:
    """The authors: JSON-LD's persons, then the extractor's finding, then meta tags, then marked bylines.
    An outlet is an author only where nobody else is."""
    keys = _site_keys(page, url, site)
    linked: list[str] = []
    for record in filter(_is_article, page.records):
        value = record.get("author") or record.get("creator")
        everyone = value if isinstance(value, list) else [value]
        nobody = [v for v in everyone if isinstance(v, dict) and "Organization" in _types(v)]
        linked = _names([v for v in everyone if v not in nobody]) or _names(value)
        if linked:
            break
    declared = [
        v
        for key in ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator")
        for v in page.meta.get(key, [])
    ]
    outlets: tuple[str, ...] = ()
    for texts in (linked, [fallback or ""], declared[:3], page.bylines[:3]):
        names = tuple(dict.fromkeys(n for text in texts for n in people(text) if not n.startswith("http")))
        persons = tuple(name for name in names if not _is_site(name, keys))
        if persons:
            return persons[:8]
        outlets = outlets or names[:1]
    return outlets
