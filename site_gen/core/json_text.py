"""JSON as text, without blanks: for pages, and for what builds keep. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_encode = msgspec.json.Encoder().encode
_encode_anything = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def compact_json(value: object) -> str:
    """Return any plain value as JSON without blanks."""
    try:
        return _encode(value).decode()
    except (UnicodeEncodeError, OverflowError):  # half of a surrogate pair, an integer of more than 64 bits
        return _encode_anything(value)


def json_by_line(head: Mapping[str, object], key: str, items: Iterable[str]) -> str:
    """Return a JSON object that ends in a list, each item on a line of its own, so that versions can be compared.

    head: the keys before the list, at least one. key: that of the list. items: JSON already.
    """
    lines = ",\n".join(items)
    return f'{compact_json(head)[:-1]},"{key}":[\n{lines}\n]}}\n'
