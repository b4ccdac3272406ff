"""Pack records into bytes, to be kept in a database, and unpack them by their types. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from site_gen.core.sqlite import StateError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

pack = msgspec.msgpack.Encoder().encode


def unpacker(kind: type[T]) -> Callable[[bytes], T]:
    """Return a function that unpacks what `pack` made of values of a type.

    kind: has to be known when the program runs: plain values, dates, tuples, mappings, records.
    The function raises StateError for bytes that are damaged.
    """
    decode = msgspec.msgpack.Decoder(kind).decode

    def unpack(data: bytes) -> T:
        try:
            return decode(data)
        except (msgspec.DecodeError, TypeError) as error:
            raise StateError(f"not a {getattr(kind, '__name__', kind)}: {error}") from error

    return unpack
