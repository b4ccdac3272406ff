"""Gather what a saved page says, for a person to compare with the article: its text, and all that may be a fact.

Nothing is weighed here; the extractors do that (`dispatch`). All of it is plain text.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.core.text import one_line, scrub
from site_gen.ingest.extract import source_url
from site_gen.ingest.extract.html.element_text import text_of
from site_gen.ingest.extract.html.html_parser import parse_html
from site_gen.ingest.extract.html.metadata import collect_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from site_gen.content.records import SavedPage

_MAX_TEXT = 200_000  # characters that are shown
_MAX_VALUE = 300  # characters of a clue
_MAX_CLUES = 8  # of a field
_MAX_TIMES = 20  # elements
_INVISIBLE = frozenset({"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select"})
_BLOCK_ELEMENTS = frozenset({
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
})  # fmt: skip
# What reads like a day, in the orders and signs of most languages; a person decides whether it is one.
_DAY = re.compile(
    r"\b\d{4}-\d\d?-\d\d?\b|\b\d{1,2}[./]\s?\d{1,2}[./]\s?\d{4}\b|\b\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
    r"|\b\d{1,2}(?:st|nd|rd|th|\.)?\s(?:de\s)?[^\W\d_]{3,12}\.?,?\s(?:de\s)?\d{4}\b|\b[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4}\b"
)
# A meta element of another name that holds a day.
_DATE_KEY = re.compile("date|time|publish|issued|created", re.IGNORECASE)
_FIELD_BY_JSON_LD_KEY = {
    "headline": "title",
    "datePublished": "published",
    "dateCreated": "published",
    "author": "author",
    "publisher": "site",
}
_FIELD_BY_META_NAME = {
    "og:title": "title", "twitter:title": "title", "author": "author", "article:author": "author",
    "dc.creator": "author", "og:site_name": "site", "application-name": "site", "og:updated_time": "",
}  # fmt: skip


class Clue(NamedTuple):
    """A value that may be a fact of the article, and where on the page it stands."""

    field: str  # of the article: `title`, `author`, `published`, `site`, `source`, `language`
    where: str  # on the page, for a person
    value: str  # as it stands there, on one line


class Evidence(Struct, frozen=True):
    """What a saved page says."""

    text: str  # all of it, a block a line
    clues: tuple[Clue, ...] = ()  # each value of a field once


def gather_evidence(page: SavedPage) -> Evidence:
    """Return all that a saved page says. What cannot be read as HTML is shown as text; nothing is raised."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it would print what we show
    tree = parse_html(page.text)[0] if page.format == "html" else None
    text = page.text if tree is None else scrub("\n".join(_text_lines(tree)))
    clues = [] if tree is None else list(_html_clues(tree, page))
    clues += [Clue("published", "in the text", one_line(match[0])) for match in _DAY.finditer(text[:_MAX_TEXT])]
    if page.source:
        clues.append(Clue("source", "noted when it was saved", page.source))
    return Evidence(text[:_MAX_TEXT].strip(), tuple(_distinct(clues)))


def _distinct(clues: Iterable[Clue]) -> Iterator[Clue]:
    """Yield each value of a field once, shortened, and not too many."""
    values_by_field: dict[str, set[str]] = {}
    for clue in clues:
        values = values_by_field.setdefault(clue.field, set())
        value = one_line(scrub(clue.value))[:_MAX_VALUE]
        if value and value not in values and len(values) < _MAX_CLUES:
            values.add(value)
            yield clue._replace(value=value)


def _html_clues(tree: HtmlElement, page: SavedPage) -> Iterator[Clue]:
    metadata = collect_metadata(tree, page.source)
    for heading in metadata.headings:
        if not heading.is_aside and heading.level <= 2:
            yield Clue("title", "heading", heading.text)
    yield Clue("title", "window title", metadata.title)
    for record in metadata.json_ld:
        for key, field in _FIELD_BY_JSON_LD_KEY.items():
            for value in _texts(record.get(key)):
                yield Clue(field, f"JSON-LD {key}", value)
    for name, values in metadata.meta.items():
        field = _FIELD_BY_META_NAME.get(name) or ("published" if _DATE_KEY.search(name) else "")
        for value in values if field else ():
            yield Clue(field, name, value)
    for element in [*metadata.author_elements, *metadata.author_links]:
        yield Clue("author", "byline", text_of(element))
    for element in metadata.time_elements[:_MAX_TIMES]:
        yield Clue("published", "time element", element.get("datetime") or text_of(element))
    address, _ = source_url.find_declared_source(metadata, page.text)
    if address:
        yield Clue("source", "what the page calls itself", address)
    if metadata.language:
        yield Clue("language", "page's language", metadata.language)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for item in value[:10] for text in _texts(item)]
    return _texts(value.get("name")) if isinstance(value, dict) else []


def _text_lines(tree: HtmlElement) -> Iterator[str]:
    """Yield the words of a page, a block a line. A loop, not a recursion: pages may be nested without end."""
    line: list[str] = []
    body = tree.find("body")
    waiting: list[HtmlElement | str | None] = [tree if body is None else body]
    while waiting:
        node = waiting.pop()
        if node is None:  # a block begins or ends
            if text := one_line("".join(line)):
                yield text
            line = []
        elif isinstance(node, str):
            line.append(node)
        elif isinstance(node.tag, str) and node.tag not in _INVISIBLE:
            boundary: list[HtmlElement | str | None] = [None] if node.tag in _BLOCK_ELEMENTS else []
            inside: list[HtmlElement | str | None] = [node.text or ""]
            for child in node:
                inside += [child, child.tail or ""]
            waiting += reversed([*boundary, *inside, *boundary])
    if text := one_line("".join(line)):
        yield text
