"""Arrays of whole numbers as bytes, the lowest first on any machine."""

from __future__ import annotations

import sys
from array import array


def array_to_bytes(numbers: array[int]) -> bytes:
    """Return the bytes of an array of numbers, little-endian."""
    if sys.byteorder == "big":
        numbers = numbers[:]
        numbers.byteswap()
    return numbers.tobytes()


def array_from_bytes(typecode: str, data: bytes) -> array[int]:
    """Return the array whose bytes `array_to_bytes` returned. Raises ValueError where these are too many or too few.

    typecode: of the array, `I` for numbers of four bytes, `Q` for those of eight.
    """
    numbers = array(typecode)
    numbers.frombytes(data)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
