"""JSON-LD in a page's scripts: its objects (schema.org's terms) and what their fields say.

Scripts that are not valid JSON are read in part.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from site_gen.core.text import one_line, scrub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

JsonLdObject = dict[str, Any]
_MAX_LENGTH = 400  # characters of a field that are looked at
_MAX_DEPTH = 6
_MAX_DESCRIPTION = 20_000  # characters
_TAG = re.compile(r"<[^<>]{1,300}>")
_ARTICLE_TYPE = re.compile("Article|Posting|^Report$|^Review$|^Recipe$|^ScholarlyArticle$")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|/\*.{0,200}?\*/)\s*$")
# What is read out of a script that is not JSON: a quote or a comma too many is common.
_STRING = r'"((?:[^"\\]|\\.){1,400})"'
_BROKEN_FIELDS = {key: re.compile(rf'"{key}"\s*:\s*{_STRING}') for key in ("headline", "datePublished", "dateModified")}
_BROKEN_ARTICLE = re.compile(r'"@type"\s*:\s*+(?:\[\s*+)?"(?=\w*+")\w*(?:Article|Posting)')
_BROKEN_AUTHOR = re.compile(rf'"author"\s*:\s*+(?:\[\s*+)?\{{[^{{}}]{{0,300}}?"name"\s*:\s*{_STRING}')


def parse_script(text: str) -> Iterator[JsonLdObject]:
    """Yield the objects of one script, flattened; of a broken one, an article with the few fields that can be read."""
    text = _WRAPPING.sub("", scrub(text)).strip().rstrip(";")
    if not text:
        return
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        yield from _parse_broken(text[:200_000])
        return
    yield from _flatten(data, 0)


def _parse_broken(text: str) -> Iterator[JsonLdObject]:
    """Yield the first article of a script that is not JSON, with headline, dates and first author."""
    start = _BROKEN_ARTICLE.search(text)
    if not start:
        return
    rest = text[start.start() :]
    fields = {key: match[1] for key, pattern in _BROKEN_FIELDS.items() if (match := pattern.search(rest))}
    article: JsonLdObject = {"@type": "Article"} | {key: _unescape(value) for key, value in fields.items()}
    author = _BROKEN_AUTHOR.search(rest)
    if author:
        article["author"] = {"@type": "Person", "name": _unescape(author[1])}
    yield article


def _unescape(value: str) -> str:
    """Decode the escapes of a JSON string; return it as it is where they are wrong."""
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _flatten(data: object, depth: int) -> Iterator[JsonLdObject]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(data, list):
        for item in data[:50]:
            yield from _flatten(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            if key in data:
                yield from _flatten(data[key], depth + 1)


def types_of(item: JsonLdObject) -> list[str]:
    """Return the types of an object: its `@type` is one or many."""
    value = item.get("@type")
    return [name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)]


def is_article(item: JsonLdObject) -> bool:
    """Whether an object is an article, a post, a review or the like: something that somebody wrote."""
    return any(_ARTICLE_TYPE.search(name) for name in types_of(item))


def names_in(value: object) -> list[str]:
    """Return the names in a field's value: a text, an object with a name, or many of them."""
    if isinstance(value, str):
        return [clean_text(value)]
    if isinstance(value, list):
        return [name for item in value[:20] for name in names_in(item)]
    if isinstance(value, dict):
        parts = [part for key in ("givenName", "familyName") for part in names_in(value.get(key))[:1]]
        return names_in(value.get("name")) or [" ".join(parts)] * bool(parts)
    return []


def clean_text(text: str) -> str:
    """Return a field's text on one line, without the entities and tags that some sites write even there."""
    text = one_line(text[: 4 * _MAX_LENGTH])
    if "&" in text:
        text = one_line(html.unescape(html.unescape(text)))
    return re.sub(r"</?[a-z][^<>]*>", "", text)[:_MAX_LENGTH]


def find_description(objects: Iterable[JsonLdObject], types: set[str]) -> str:
    """Return the longest description of the objects that are of one of these types, without tags; empty for none."""
    texts = (item.get("description") for item in objects if types.intersection(types_of(item)))
    description = max((text for text in texts if isinstance(text, str)), key=len, default="")
    return one_line(_TAG.sub(" ", html.unescape(description[:_MAX_DESCRIPTION])))


def resolve_references(value: object, objects: Sequence[JsonLdObject]) -> object:
    """Replace each object in a value that is only a reference (`{"@id": …}`) by the object that it refers to."""
    if isinstance(value, list):
        return [resolve_references(item, objects) for item in value[:20]]
    if isinstance(value, dict) and "@id" in value and "name" not in value:
        return next((item for item in objects if item.get("@id") == value["@id"] and names_in(item)), value)
    return value


def article_texts(objects: Sequence[JsonLdObject], key: str) -> list[str]:
    """Return the texts that a field has in all articles among the objects; a number's, too (seconds since 1970)."""
    return [
        clean_text(str(value))
        for item in objects
        if is_article(item) and isinstance(value := item.get(key), str | int) and str(value).strip()
    ]
