"""Extract a note clipped into a vault, by Obsidian's Web Clipper, Omnivore or Readwise: its keys and its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.content.bounded_yaml import MAX_CHARS, YamlError, parse, to_python
from site_gen.content.frontmatter import format_key, split
from site_gen.content.markdown import commonmark, document
from site_gen.content.records import Draft, SavedPage
from site_gen.content.typed_fields import parse_date
from site_gen.core.errors import RefusedError
from site_gen.core.text import is_language_tag, one_line
from site_gen.core.urls import host_of
from site_gen.ingest.extract import source_url
from site_gen.ingest.extract.html.publication_date import find_date_in_lines
from site_gen.ingest.formats.metadata_list import find_metadata_list, fold_key

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

# What programs call each field, the most certain first; see `fold_key`. Omnivore's `url` is of its own copy.
_KEYS_BY_FIELD = {
    "title": ("title", "full_title"),
    "source": ("original_url", "url_original", "source", "url", "link"),
    "author": ("author", "authors"),
    "published": ("published", "date_published", "published_date", "date"),
    "created": ("created", "date_saved", "saved"),
    "description": ("description", "summary"),
    "tags": ("tags", "document_tags"),
    "site": ("site", "site_name"),
    "language": ("language",),
}
_DRAFT_KEYS = frozenset(key for keys in _KEYS_BY_FIELD.values() for key in keys)
# A key and its value on a line of front matter, below which no more of the value stands.
_LINE = re.compile(r"^([^\s:#-][^:\n]*):[ \t]+(\S.*)(?=\n\S|\n?\Z)", re.MULTILINE)
_WIKI_LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
_FULL_TEXT = re.compile(r"\s*#{1,6} Full (?:Document|Text)[ \t]*(?:\n|\Z)")


def extract_clip(page: SavedPage, today: dt.date) -> Draft:
    """Return the draft of a note. today: bounds days that are written in words.

    Raises RefusedError when its front matter cannot be read, or names no title and the text has no heading.
    """
    try:
        parts = split(page.text)
        values = _parse_properties(parts.yaml or "")
    except YamlError as error:
        raise RefusedError(f"its front matter cannot be read: line {error.line + 1}: {error.what}") from None
    body, doubts = parts.body, list[tuple[str, str]]()
    if listed := find_metadata_list(body):
        values = {**listed.values, **values}
        full_text = _FULL_TEXT.match(listed.body)
        body = listed.body[full_text.end() if full_text else 0 :]
        doubts += [] if full_text else [("text", "only what was marked in the article")]
    body = body.strip()
    parsed = document.parse(body, commonmark.make_parser())
    heading = next((block.text for block in parsed.blocks if block.heading), None)
    title = _first(values, "title") or heading
    if not title:
        raise RefusedError("the note has no title")
    addresses = (source_url.clean_url(text) for text in _texts(values, "source"))
    address = next((address for address in addresses if address), None)
    language = _first(values, "language")
    return Draft(
        title=title,
        markdown=body + "\n",
        text=document.plain_text(parsed),
        extractor="clip 1",
        author=tuple(dict.fromkeys(name for text in _texts(values, "author") for name in _names(text))),
        published=_day(_first(values, "published") or "", today),
        created=_day(_first(values, "created") or "", today),
        source=address,
        site=_first(values, "site") or (host_of(address) if address else None) or None,
        language=language if language and is_language_tag(language) else None,
        description=_first(values, "description"),
        tags=_tags(values),
        clip={key: value for key, value in values.items() if fold_key(key) not in _DRAFT_KEYS and value},
        doubts=tuple(doubts),
    )


def _parse_properties(head: str) -> dict[str, object]:
    """Return the values of front matter by key, see `to_python`; where it is broken, as it was surely meant.

    Programs that fill in a template leave a title's colons and quotes as they are. Raises YamlError.
    """
    try:
        root = parse(head)
    except YamlError:
        if len(head) > MAX_CHARS:
            raise
        repaired = _LINE.sub(_quoted_if_broken, head)
        if repaired == head:
            raise
        root = parse(repaired)
    return {key.value: to_python(value) for key, value in root.items}


def _quoted_if_broken(line: re.Match[str]) -> str:
    """Return a line of front matter as it is, or with its value quoted where YAML refuses it as it stands."""
    key, value = line[1], line[2].rstrip()
    closing = {"[": "]", '"': '"', "'": "'"}.get(value[0])
    if value[0] in "&*!|>{" or (closing and closing not in value[1:]):  # a thing of YAML's own, or not closed
        return line[0]
    try:
        parse(line[0])
    except YamlError:
        text = value[1:-1] if value[0] in "\"'" and value[-1] == value[0] else value
        return f"{key}: {format_key('k', text).partition(': ')[2].strip()}"
    return line[0]


def _texts(values: Mapping[str, object], field: str) -> tuple[str, ...]:
    """Return the texts of a field, under whatever key, each once; a key may have one text or a list."""
    texts: list[str] = []
    for name in _KEYS_BY_FIELD[field]:
        for key, value in values.items():
            if fold_key(key) == name:
                items = value if isinstance(value, list) else [value]
                texts += [one_line(item) for item in items if isinstance(item, str)]
    return tuple(dict.fromkeys(text for text in texts if text))


def _first(values: Mapping[str, object], field: str) -> str | None:
    """Return the first text of a field, without the brackets of wiki links."""
    text = next(iter(_texts(values, field)), None)
    return text and _WIKI_LINK.sub(lambda link: link[1].rpartition("|")[2], text).strip()


def _day(text: str, today: dt.date) -> dt.date | None:
    """Return the day of a text, in digits as YAML has them, `2026-03-04 10:00`, or with the month in words."""
    day = parse_date(text[:10])
    if day or not any(sign.isalpha() for sign in text):
        return day
    return find_date_in_lines([text[:60]], today)


def _names(author: str) -> list[str]:
    """Return the names in an author's text: `[[A. Writer]]`, `[[people/x|A. Writer]] and [[B. Writer]]`, or no link."""
    links = [name for link in _WIKI_LINK.findall(author) if (name := link.rpartition("|")[2].strip())]
    return links or [author]


def _tags(values: Mapping[str, object]) -> tuple[str, ...]:
    """Return the tags of a note; Readwise writes them on one line, `#ports #shipping`."""
    texts = _texts(values, "tags")
    return tuple(tag for text in texts for tag in (text.replace("#", " ").split() if text[0] == "#" else [text]))
