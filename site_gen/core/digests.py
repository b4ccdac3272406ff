"""Digests of values: short hashes that are equal only where the values are, in any process. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

K = TypeVar("K")


def _as_plain(value: object) -> object:
    """Return a mapping that is no `dict` as one. Raises TypeError for what is no mapping."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no digest of a {type(value).__name__}")


_pack = msgspec.msgpack.Encoder(enc_hook=_as_plain).encode


def differing_keys(left: Mapping[K, object], right: Mapping[K, object]) -> set[K]:
    """Return the keys under which two mappings hold different values, or only one of them holds any."""
    return {key for key in left.keys() | right.keys() if left.get(key) != right.get(key)}


def digest_of(value: object) -> bytes:
    """Return sixteen bytes that differ whenever values of one type do, whatever the process and its seed.

    value: a text, bytes, number, date or None, or a tuple, list, mapping or record of them. Mappings differ by their
    order, too; sets have none. Raises TypeError for anything else.
    """
    try:
        packed = _pack(value)
    except (UnicodeEncodeError, OverflowError):  # half of a surrogate pair, an integer of more than 64 bits
        packed = ascii(value).encode()
    return hashlib.blake2b(packed, digest_size=16).digest()


def lasting_digest(value: str | Sequence[object] | None) -> bytes:
    """Return sixteen bytes that tell a value for as long as there are ledgers that hold them.

    value: a text, None, or a tuple or list of them. Raises TypeError for anything else.
    """
    return hashlib.blake2b(_lasting_bytes(value), digest_size=16).digest()


def _lasting_bytes(value: object) -> bytes:
    if isinstance(value, str):
        raw = value.encode("utf-8", "surrogatepass")
        return b"s%d:%b" % (len(raw), raw)
    if isinstance(value, tuple | list):
        return b"(%d:%b" % (len(value), b"".join(map(_lasting_bytes, value)))
    if value is None:
        return b"None;"
    raise TypeError(f"no lasting digest of a {type(value).__name__}")
