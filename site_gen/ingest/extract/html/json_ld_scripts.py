"""JSON-LD of a page: its objects, and what they say (schema.org's words). Broken scripts are read in part."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from site_gen.core.text import one_line, scrub

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Record = dict[str, Any]
_MAX = 400  # characters of a field that are looked at
_DEEPEST = 6
_ARTICLE = re.compile("Article|Posting|^Report$|^Review$|^Recipe$|^ScholarlyArticle$")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|/\*.*?\*/)\s*$")
# What is read out of a script that is no JSON: a quote or a comma too many is common.
_STRING = r'"((?:[^"\\]|\\.){1,400})"'
_FIELDS = {key: re.compile(rf'"{key}"\s*:\s*{_STRING}') for key in ("headline", "datePublished", "dateModified")}
_ARTICLE_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"\w*(?:Article|Posting)\w*"')
_AUTHOR = re.compile(rf'"author"\s*:\s*\[?\s*\{{[^{{}}]{{0,300}}?"name"\s*:\s*{_STRING}')


def records(text: str) -> Iterator[Record]:
    """The objects of one script, flattened; of a broken one the few fields that can be made out."""
    text = _WRAPPING.sub("", scrub(text)).strip().rstrip(";")
    if not text:
        return
    try:
        data = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        yield from _pieces(text[:200_000])
        return
    yield from _objects(data, 0)


def _pieces(text: str) -> Iterator[Record]:
    at = _ARTICLE_TYPE.search(text)
    if not at:
        return
    after = text[at.start() :]
    raw = {key: match[1] for key, pattern in _FIELDS.items() if (match := pattern.search(after))}
    found: Record = {"@type": "Article"} | {key: _unescaped(value) for key, value in raw.items()}
    author = _AUTHOR.search(after)
    if author:
        found["author"] = {"@type": "Person", "name": _unescaped(author[1])}
    yield found


def _unescaped(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return value


def _objects(data: object, depth: int) -> Iterator[Record]:
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for item in data[:50]:
            yield from _objects(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"):
            if key in data:
                yield from _objects(data[key], depth + 1)


def types(record: Record) -> list[str]:
    """The object's types: `@type` is one or many."""
    kind = record.get("@type")
    return [k for k in (kind if isinstance(kind, list) else [kind]) if isinstance(k, str)]


def is_article(record: Record) -> bool:
    """Whether it is something that somebody wrote."""
    return any(_ARTICLE.search(kind) for kind in types(record))


def names(value: object) -> list[str]:
    """The names in a value: a text, an object with a name, or many of them."""
    if isinstance(value, str):
        return [plain(value)]
    if isinstance(value, list):
        return [name for item in value[:20] for name in names(item)]
    if isinstance(value, dict):
        return names(value.get("name"))
    return []


def plain(text: str) -> str:
    """A field's text on one line, without entities and tags, which some sites write even there."""
    text = one_line(text[: 4 * _MAX])
    if "&" in text:
        text = one_line(html.unescape(html.unescape(text)))
    return re.sub(r"</?[a-z][^<>]*>", "", text)[:_MAX]


def resolved(value: object, everything: Sequence[Record]) -> object:
    """A value whose objects that are only a reference (`{"@id": …}`) are those they refer to."""
    if isinstance(value, list):
        return [resolved(item, everything) for item in value[:20]]
    if isinstance(value, dict) and "@id" in value and "name" not in value:
        return next((r for r in everything if r.get("@id") == value["@id"] and "name" in r), value)
    return value


def texts(found: Sequence[Record], key: str) -> list[str]:
    """The texts of a field in all articles."""
    return [plain(v) for record in found if is_article(record) and isinstance(v := record.get(key), str) and v.strip()]
