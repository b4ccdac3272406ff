"""What a saved page says, for a person to compare with the article: its whole text, and all that may be a fact.

Nothing is weighed here; `html` and `text` do that. All of it is plain text.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.text import one_line, scrub
from site_gen.ingest.extract import source_url as sources
from site_gen.ingest.extract.html.element_text import text_of
from site_gen.ingest.extract.html.html_parser import parse_html
from site_gen.ingest.extract.html.metadata import collect_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from site_gen.content.records import SavedPage

_MOST_TEXT = 200_000  # characters
_MOST_OF_A_FIELD = 8
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select"})
_LINES = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
})  # fmt: skip
# What reads like a day, in the orders and signs of most languages; a person decides whether it is one.
_DAY = re.compile(
    r"\b\d{4}-\d\d?-\d\d?\b|\b\d{1,2}[./]\s?\d{1,2}[./]\s?\d{4}\b|\b\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
    r"|\b\d{1,2}(?:st|nd|rd|th|\.)?\s(?:de\s)?[^\W\d_]{3,12}\.?,?\s(?:de\s)?\d{4}\b|\b[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}\b"
)
_DATED = re.compile("date|time|publish|issued|created", re.IGNORECASE)


class Clue(NamedTuple):
    """A value that may be a fact of the article, and where on the page it stands."""

    field: str
    where: str
    value: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a saved page says: `text` line by line, and clues to the facts."""

    text: str
    clues: tuple[Clue, ...] = ()


def evidence(page: SavedPage) -> Evidence:
    """All that a saved page says. It never fails: what cannot be read as HTML is shown as text."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it would print what we show
    tree = parse_html(page.text)[0] if page.format == "html" else None
    text = page.text if tree is None else scrub("\n".join(_lines(tree)))
    clues = [] if tree is None else list(_of_html(tree, page))
    clues += [Clue("published", "in the text", one_line(match[0])) for match in _DAY.finditer(text[:_MOST_TEXT])]
    if page.source:
        clues.append(Clue("source", "noted when it was saved", page.source))
    return Evidence(text[:_MOST_TEXT].strip(), tuple(_shortened(clues)))


def _shortened(clues: Iterable[Clue]) -> Iterator[Clue]:
    """Each value of a field once, and not too many."""
    seen: dict[str, set[str]] = {}
    for clue in clues:
        values = seen.setdefault(clue.field, set())
        value = one_line(scrub(clue.value))[:300]
        if value and value not in values and len(values) < _MOST_OF_A_FIELD:
            values.add(value)
            yield clue._replace(value=value)


def _of_html(tree: HtmlElement, page: SavedPage) -> Iterator[Clue]:
    found = collect_metadata(tree, page.source)
    for heading in found.headings:
        if not heading.is_aside and heading.level <= 2:
            yield Clue("title", "heading", heading.text)
    yield Clue("title", "window title", found.title)
    for record in found.json_ld:
        for key, field in _KEYS.items():
            for value in _texts(record.get(key)):
                yield Clue(field, f"JSON-LD {key}", value)
    for name, values in found.meta.items():
        field = _META.get(name) or ("published" if _DATED.search(name) else "")
        for value in values if field else ():
            yield Clue(field, name, value)
    for element in [*found.author_elements, *found.author_links]:
        yield Clue("author", "byline", text_of(element))
    for element in found.time_elements[:20]:
        yield Clue("published", "time element", element.get("datetime") or text_of(element))
    address, _ = sources.declared_source(found, page.text)
    if address:
        yield Clue("source", "what the page calls itself", address)
    if found.language:
        yield Clue("language", "page's language", found.language)


_KEYS = {"headline": "title", "datePublished": "published", "dateCreated": "published", "author": "author",
         "publisher": "site"}  # fmt: skip
_META = {
    "og:title": "title", "twitter:title": "title", "author": "author", "article:author": "author",
    "dc.creator": "author", "og:site_name": "site", "application-name": "site", "og:updated_time": "",
}  # fmt: skip


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value[:10] for text in _texts(item)]
    return _texts(value.get("name")) if isinstance(value, dict) else []


def _lines(tree: HtmlElement) -> Iterator[str]:
    """The words of a page, a block a line. A loop, not a recursion: pages may be nested without end."""
    line: list[str] = []
    body = tree.find("body")
    waiting: list[HtmlElement | str | None] = [tree if body is None else body]
    while waiting:
        here = waiting.pop()
        if here is None:  # a block begins or ends
            if text := one_line("".join(line)):
                yield text
            line = []
        elif isinstance(here, str):
            line.append(here)
        elif isinstance(here.tag, str) and here.tag not in _UNSEEN:
            gap: list[HtmlElement | str | None] = [None] if here.tag in _LINES else []
            inside: list[HtmlElement | str | None] = [here.text or ""]
            for child in here:
                inside += [child, child.tail or ""]
            waiting += reversed([*gap, *inside, *gap])
    if text := one_line("".join(line)):
        yield text
