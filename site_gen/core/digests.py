"""Digests of values: short hashes that are equal only where the values are, in any process. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import struct
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

K = TypeVar("K")


def differing_keys(left: Mapping[K, object], right: Mapping[K, object]) -> set[K]:
    """Return the keys under which two mappings hold different values, or only one of them holds any."""
    return {key for key in left.keys() | right.keys() if left.get(key) != right.get(key)}


def digest_of(value: object) -> bytes:
    """Return sixteen bytes that differ whenever values do, whatever the process and its seed.

    value: a text, bytes, number, date or None, or a tuple, list, mapping or record (dataclass) of them. A record may
    bring its own digest, as `digest`. Raises TypeError for anything else.
    """
    parts: list[bytes] = []
    _feed(value, parts)
    return hashlib.blake2b(b"".join(parts), digest_size=16).digest()


def _feed(value: Any, parts: list[bytes]) -> None:
    """Append bytes that say a value and its type, so that no two values give the same."""
    kind = type(value)
    if kind is str:
        raw = value.encode("utf-8", "surrogatepass")
        parts += (b"s%d:" % len(raw), raw)
    elif kind is int or kind is bool or value is None:
        parts.append(b"%a;" % (value,))
    elif isinstance(value, tuple | list):
        parts.append(b"(%d:" % len(value))
        for item in value:
            _feed(item, parts)
    elif kind is float:
        parts += (b"f", struct.pack("<d", value))
    elif kind is bytes:
        parts += (b"b%d:" % len(value), value)
    elif isinstance(value, dt.date):
        parts.append(b"d%d;" % value.toordinal())
    else:
        _feed_record(value, parts)


def _feed_record(value: Any, parts: list[bytes]) -> None:
    if own_digest := getattr(value, "digest", None):
        parts += (b"r", own_digest)
    elif isinstance(value, Mapping):
        parts.append(b"{%d:" % len(value))
        for key in sorted(value):
            _feed(key, parts)
            _feed(value[key], parts)
    elif is_dataclass(value):
        parts.append(type(value).__name__.encode())
        for field in fields(value):
            _feed(getattr(value, field.name), parts)
    else:
        raise TypeError(f"no digest of a {type(value).__name__}")
