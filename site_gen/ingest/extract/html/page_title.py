"""The title of a page: which of the things it declares and shows is the article's.

The rule, in short: the heading that shares most of its words with a declared title; else the best declared
one without the outlet's name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from site_gen.core.text import one_line, words
from site_gen.ingest.extract import outlet
from site_gen.ingest.extract.html import json_ld_parser

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.metadata import Heading, PageMetadata

_SHARED = 0.6  # of the words of the shorter one: from here on a heading and a declared title are the same
_UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_PIPE = re.compile(r"\s+[|｜]\s+")


@dataclass(frozen=True, slots=True)
class Title:
    """A title, the heading that shows it (if one does), and why it may be wrong."""

    text: str
    element: HtmlElement | None = None
    doubt: str | None = None


def choose(page: PageMetadata, url: str | None, known: set[str]) -> Title | None:
    """The title; None when nothing on the page is one. `known` are the outlet's names (`outlet.keys`)."""
    declared = _declared(page, known)
    headings = [h for h in page.headings if h.level == 1 and _may_be_title(h, page, known)][:12]
    slug = _slug(url)
    best = _heading(headings, declared, slug, known)
    if best and best[0] >= _SHARED:
        text = outlet.strip_outlet(best[1].text, known)
        return Title(_without_sections(text) if len(_PIPE.findall(text)) > 1 else text, best[1].element)
    other = _named_by_address(headings, declared, slug, best)
    if other:
        return Title(outlet.strip_outlet(other.text, known), other.element, "the heading and the declared title differ")
    if not declared:
        only = next((h for h in page.headings if h.level <= 2 and not outlet.is_outlet(h.text, known)), None)
        return Title(outlet.strip_outlet(only.text, known), only.element, "only from a heading") if only else None
    text = _without_sections(declared[0])
    element = _element(page, text)
    doubt = "the heading and the declared title differ" if best else "no heading on the page says it"
    return Title(text, element, doubt if element is None else None)


def _declared(page: PageMetadata, known: set[str]) -> list[str]:
    """og:title, JSON-LD's headline, the title element, Twitter's: without the outlet, none twice."""
    raw = (
        page.first_meta("og:title"),
        *json_ld_parser.article_texts(page.json_ld, "headline")[:1],
        page.title,
        page.first_meta("twitter:title"),
        page.first_meta("parsely-title", "dc.title", "sailthru.title", "citation_title"),
    )
    found = [outlet.strip_outlet(json_ld_parser.plain_text(text), known) for text in raw if text]
    return list(dict.fromkeys(text for text in found if len(text) >= 2 and not outlet.is_outlet(text, known)))


def _may_be_title(heading: Heading, page: PageMetadata, known: set[str]) -> bool:
    """Whether a heading is neither the outlet's name nor a whole paragraph."""
    if not 2 <= len(heading.text) <= 250 or outlet.is_outlet(heading.text, known):
        return False
    gaps = list(outlet.SEPARATOR.finditer(page.title))
    if gaps and len(words(page.title[: gaps[-1].start()])) >= 4:  # the end of the title: the outlet, undeclared
        return words(page.title[gaps[-1].end() :]) != words(heading.text)
    return True


def _bag(text: str) -> set[str]:
    return set(words(_UNSPACED.sub(r" \1 ", unicodedata.normalize("NFKC", text))))


def _overlap(one: set[str], two: set[str]) -> float:
    return len(one & two) / max(1, min(len(one), len(two)))


def _heading(
    headings: list[Heading], declared: list[str], slug: set[str], known: set[str]
) -> tuple[float, Heading] | None:
    """The heading that shares most of its words with a declared title or, where there are many, with the
    address; and its share. Among equals the first."""
    bags = [_bag(text) for text in declared]
    if len(headings) > 3 and len(slug) >= 4:
        bags.append(slug)
    best: tuple[tuple[bool, float], float, Heading] | None = None
    for heading in headings:
        bag = _bag(outlet.strip_outlet(heading.text, known))
        share = _share(heading, bag, bags)
        cover = max((len(bag & other) / len(bag | other) for other in bags), default=0.0) if bag else 0.0
        rank = (share >= _SHARED, share + cover)
        if best is None or rank > best[0]:
            best = (rank, share, heading)
    return best and best[1:]


def _share(heading: Heading, bag: set[str], bags: list[set[str]]) -> float:
    """The words that a heading shares with a declared title. Few words must share more; a heading in a
    sidebar counts less."""
    share = max((_overlap(bag, other) for other in bags), default=0.0)
    return share * (0.7 if heading.is_aside else 1) * (0.85 if len(bag) < 4 else 1)


def _slug(url: str | None) -> set[str]:
    """The words of an address's last part that has some."""
    try:
        path = unquote(urlsplit(url or "").path)
    except ValueError:
        return set()
    parts = [_bag(re.sub(r"[-_+.]", " ", part)) for part in path.split("/")]
    return next((part for part in reversed(parts) if len(part) >= 2), set())


def _named_by_address(
    headings: list[Heading], declared: list[str], slug: set[str], best: tuple[float, Heading] | None
) -> Heading | None:
    """A heading that says it in other words than the declared title and is the article's all the same: an
    address is made of the first title, and a second one is written for search engines."""
    if not declared:
        return next((h for h in headings if not h.is_aside), None)
    other = len(slug & _bag(declared[0]))
    if best and not best[1].is_aside and best[0] >= 0.5 and len(bag := _bag(best[1].text)) >= 4:
        own = len(slug & bag)
        if own >= other and (best[0] > 0.54 or own > 0):
            return best[1]
    for heading in headings:
        own = len(slug & _bag(heading.text))
        if not heading.is_aside and own > other and own >= 0.8 * len(slug) and (len(slug) >= 3 or other == 0):
            return heading
    return None


def _without_sections(text: str) -> str:
    """A title without the sections and outlets that stand behind a bar."""
    head = _PIPE.split(text)[0]
    return head if len(words(head)) >= 3 or len(head) >= 15 else text


def _element(page: PageMetadata, title: str) -> HtmlElement | None:
    wanted = words(title)
    return next((h.element for h in page.headings if words(h.text) == wanted), None)


def from_text(text: str) -> str:
    """A title where the page has none: the beginning of its text."""
    return one_line(text)[:120]
