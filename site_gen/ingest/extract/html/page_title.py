"""The title of a page: which of the titles that it declares, and of its headings, is the article's.

In short: the heading that shares most of its words with a declared title; else the best declared title without
the outlet's name.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from site_gen.core.text import one_line, words
from site_gen.ingest.extract import outlet
from site_gen.ingest.extract.html import json_ld_parser

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.metadata import Heading, PageMetadata

# Share of the words of the shorter one: from here on a heading and a declared title are the same.
_SAME_TITLE = 0.6
# A letter of a script that sets no blanks between words.
_UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_BAR = re.compile(r"(?<!\s)\s+[|｜]\s+")
_NO_TITLES = frozenset(
    {"home", "home page", "homepage", "startseite", "accueil", "inicio", "untitled", "index", "blog"}
)
_MAX_SITE_NAME = 2  # words of a declared title that may be a blog's name
_DIFFERENT = "the heading and the declared title differ"


class PageTitle(Struct, frozen=True):
    """The title of an article on its page."""

    text: str  # on one line, without the outlet's name
    element: HtmlElement | None = None  # the heading that shows it, if one does
    doubt: str | None = None  # why it may be wrong


def choose_title(page: PageMetadata, url: str | None, outlet_keys: set[str]) -> PageTitle | None:
    """Choose the article's title; return None where nothing on the page is one.

    url: the page's address. outlet_keys: what the outlet may be called (`outlet.collect_outlet_keys`).
    """
    declared = _declared_titles(page, outlet_keys)
    headings = [
        heading for heading in page.headings if heading.level == 1 and _may_be_title(heading, page, outlet_keys)
    ][:12]
    slug = _slug_words(url)
    best = _best_heading(headings, declared, slug, outlet_keys)
    if best and best[0] >= _SAME_TITLE:
        text = outlet.strip_outlet(best[1].text, outlet_keys)
        return PageTitle(_strip_sections(text) if len(_BAR.findall(text)) > 1 else text, best[1].element)
    reworded = _reworded_heading(headings, declared, slug, best)
    if reworded:
        return PageTitle(outlet.strip_outlet(reworded.text, outlet_keys), reworded.element, _DIFFERENT)
    if not declared:
        for heading in page.headings:
            if heading.level <= 2 and not outlet.is_outlet(heading.text, outlet_keys):
                text = outlet.strip_outlet(heading.text, outlet_keys)
                return PageTitle(text, heading.element, "only from a heading")
        return None
    if len(headings) == 1 and _names_site(declared, page) and len(words(headings[0].text)) > _MAX_SITE_NAME:
        return PageTitle(headings[0].text, headings[0].element, _DIFFERENT)
    text = _strip_sections(declared[0])
    element = _element_with_title(page, text)
    doubt = _DIFFERENT if best else "no heading on the page says it"
    return PageTitle(text, element, doubt if element is None else None)


def _names_site(declared: Sequence[str], page: PageMetadata) -> bool:
    """Whether all that is declared is a title of a word or two, which small blogs have on each of their pages."""
    return len(declared) == 1 and not page.first_meta("og:title") and len(words(declared[0])) <= _MAX_SITE_NAME


def _declared_titles(page: PageMetadata, outlet_keys: set[str]) -> list[str]:
    """Return the declared titles, the best first, without the outlet's name and without repeats.

    These are og:title, JSON-LD's headline, the title element, Twitter's title and those of other meta tags.
    """
    candidates = (
        page.first_meta("og:title"),
        *json_ld_parser.article_texts(page.json_ld, "headline")[:1],
        page.title,
        page.first_meta("twitter:title"),
        page.first_meta("parsely-title", "dc.title", "sailthru.title", "citation_title"),
    )
    titles = [outlet.strip_outlet(json_ld_parser.clean_text(text), outlet_keys) for text in candidates if text]
    titles = [text for text in titles if text.casefold() not in _NO_TITLES]
    return list(dict.fromkeys(text for text in titles if len(text) >= 2 and not outlet.is_outlet(text, outlet_keys)))


def _may_be_title(heading: Heading, page: PageMetadata, outlet_keys: set[str]) -> bool:
    """Whether a heading is neither the outlet's name nor a whole paragraph."""
    if not 2 <= len(heading.text) <= 250 or outlet.is_outlet(heading.text, outlet_keys):
        return False
    separators = list(outlet.SEPARATOR.finditer(page.title))
    if separators and len(words(page.title[: separators[-1].start()])) >= 4:
        # What ends the title element is an outlet that the page does not declare.
        return words(page.title[separators[-1].end() :]) != words(heading.text)
    return True


def _word_set(text: str) -> set[str]:
    """Return the words of a text; in a script without blanks, its letters."""
    return set(words(_UNSPACED.sub(r" \1 ", unicodedata.normalize("NFKC", text))))


def _overlap(first: set[str], second: set[str]) -> float:
    """Return the share of the smaller set that is in the other."""
    return len(first & second) / max(1, min(len(first), len(second)))


def _best_heading(
    headings: Sequence[Heading], declared: Sequence[str], slug: set[str], outlet_keys: set[str]
) -> tuple[float, Heading] | None:
    """Return the heading that shares most of its words with a declared title, and its share; among equals the first.

    Where there are many headings, the words of the address (`slug`) count as a declared title.
    """
    title_words = [_word_set(text) for text in declared]
    if len(headings) > 3 and len(slug) >= 4:
        title_words.append(slug)
    best: tuple[tuple[bool, float], float, Heading] | None = None
    for heading in headings:
        own_words = _word_set(outlet.strip_outlet(heading.text, outlet_keys))
        share = _shared_words(heading, own_words, title_words)
        similarity = (
            max((len(own_words & title) / len(own_words | title) for title in title_words), default=0.0)
            if own_words
            else 0.0
        )
        rank = (share >= _SAME_TITLE, share + similarity)
        if best is None or rank > best[0]:
            best = (rank, share, heading)
    return best and best[1:]


def _shared_words(heading: Heading, own_words: set[str], title_words: Collection[set[str]]) -> float:
    """Return the share of words that a heading has in common with the most similar declared title.

    Few words must share more, and a heading in a sidebar counts less: their share is lowered.
    """
    share = max((_overlap(own_words, title) for title in title_words), default=0.0)
    return share * (0.7 if heading.is_aside else 1) * (0.85 if len(own_words) < 4 else 1)


def _slug_words(url: str | None) -> set[str]:
    """Return the words of the last part of an address's path that has at least two."""
    try:
        path = unquote(urlsplit(url or "").path)
    except ValueError:
        return set()
    parts = [_word_set(re.sub(r"[-_+.]", " ", part)) for part in path.split("/")]
    return next((part for part in reversed(parts) if len(part) >= 2), set())


def _reworded_heading(
    headings: Sequence[Heading], declared: Sequence[str], slug: set[str], best: tuple[float, Heading] | None
) -> Heading | None:
    """Return a heading that is the article's title although the declared title is worded differently.

    The address tells: it is made of the first title, while the declared one may be written for search engines.
    best: the heading most like a declared title, and its share of words.
    """
    if not declared:
        return next((heading for heading in headings if not heading.is_aside), None)
    declared_in_slug = len(slug & _word_set(declared[0]))
    if best and not best[1].is_aside and best[0] >= 0.5 and len(own_words := _word_set(best[1].text)) >= 4:
        own_in_slug = len(slug & own_words)
        if own_in_slug >= declared_in_slug and (best[0] > 0.54 or own_in_slug > 0):
            return best[1]
    for heading in headings:
        own_in_slug = len(slug & _word_set(heading.text))
        is_in_slug = own_in_slug > declared_in_slug and own_in_slug >= 0.8 * len(slug)
        if not heading.is_aside and is_in_slug and (len(slug) >= 3 or declared_in_slug == 0):
            return heading
    return None


def _strip_sections(title: str) -> str:
    """Return a title without the sections and outlets that stand behind a bar."""
    head = _BAR.split(title)[0]
    return head if len(words(head)) >= 3 or len(head) >= 15 else title


def _element_with_title(page: PageMetadata, title: str) -> HtmlElement | None:
    title_words = words(title)
    return next((heading.element for heading in page.headings if words(heading.text) == title_words), None)


def title_from_text(text: str) -> str:
    """Return the beginning of the text, as a title for a page that has none."""
    return one_line(text)[:120]
