"""A strict reader of the part of schema.org's vocabulary that pages use.

From the definitions at schema.org (version 29): each type with what it is a kind of, each property with the types
that have it and those that its values have. Whatever is not listed is a mistake: to use more, look it up and add it.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from urllib.parse import urlsplit

TYPES = {
    "Thing": "",
    "CreativeWork": "Thing",
    "WebSite": "CreativeWork",
    "WebPage": "CreativeWork",
    "CollectionPage": "WebPage",
    "AboutPage": "WebPage",
    "DefinedTermSet": "CreativeWork",
    "Organization": "Thing",
    "Person": "Thing",
    "Place": "Thing",
    "Intangible": "Thing",
    "DefinedTerm": "Intangible",
    "ItemList": "Intangible",
    "BreadcrumbList": "ItemList",
    "ListItem": "Intangible",
}
# Property: the types that have it, the types that its values have.
PROPERTIES = {
    "name": ("Thing", "Text"),
    "alternateName": ("Thing", "Text"),
    "description": ("Thing", "Text"),
    "url": ("Thing", "URL"),
    "sameAs": ("Thing", "URL"),
    "about": ("CreativeWork", "Thing"),
    "mentions": ("CreativeWork", "Thing"),
    "citation": ("CreativeWork", "CreativeWork"),
    "creditText": ("CreativeWork", "Text"),
    "datePublished": ("CreativeWork", "Date"),
    "inLanguage": ("CreativeWork", "Language"),
    "isPartOf": ("CreativeWork", "CreativeWork"),
    "mainEntity": ("CreativeWork", "Thing"),
    "publisher": ("CreativeWork", "Organization"),
    "breadcrumb": ("WebPage", "BreadcrumbList"),
    "itemListElement": ("ItemList", "ListItem"),
    "position": ("ListItem", "Integer"),
    "item": ("ListItem", "URL"),  # or a Thing, which we do not write
    "inDefinedTermSet": ("DefinedTerm", "URL"),
}


def is_a(kind: str, wanted: str) -> bool:
    return kind == wanted or (kind in TYPES and is_a(TYPES[kind], wanted))


def complaints(document: dict[str, Any]) -> list[str]:
    """Return what is wrong with a JSON-LD document."""
    problems = [] if document.get("@context") == "https://schema.org" else ["@context is not schema.org"]
    return problems + _node({name: value for name, value in document.items() if name != "@context"}, "Thing", "")


def _node(node: dict[str, Any], wanted: str, where: str) -> list[str]:
    if set(node) == {"@id"}:  # described elsewhere
        return _value(node["@id"], "URL", where)
    kind = node.get("@type", "")
    if kind not in TYPES:
        return [f"{where}: {kind!r} is no type"]
    problems = [] if is_a(kind, wanted) else [f"{where}: a {kind} is no {wanted}"]
    for name, value in node.items():
        path = f"{where}/{name}"
        if name == "@type":
            continue
        if name == "@id":
            problems += _value(value, "URL", path)
        elif name not in PROPERTIES:
            problems.append(f"{path} is no property")
        else:
            domain, target = PROPERTIES[name]
            problems += [] if is_a(kind, domain) else [f"{path}: a {kind} has none"]
            if isinstance(value, list) and not value:
                problems.append(f"{path} is empty")
            for item in value if isinstance(value, list) else [value]:
                problems += _node(item, target, path) if isinstance(item, dict) else _value(item, target, path)
    return problems


def _value(value: object, wanted: str, where: str) -> list[str]:
    good = False
    if wanted == "Integer":
        good = type(value) is int
    elif isinstance(value, str):
        parts = urlsplit(value)
        good = {
            "Text": bool(value.strip()),
            "URL": parts.scheme in {"http", "https"} and bool(parts.netloc) and value.isascii() and " " not in value,
            "Date": _is_date(value),
            "Language": bool(re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value)),
        }.get(wanted, False)
    return [] if good else [f"{where}: {value!r} is no {wanted}"]


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
