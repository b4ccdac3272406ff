"""Damage to saved files: bits flipped, pieces cut, doubled, nested, heads exchanged. The same for the same seed."""

from __future__ import annotations

import gzip
import random
import re
import zlib
from typing import TYPE_CHECKING

from tests.support.archives import zipped

if TYPE_CHECKING:
    from collections.abc import Mapping

_LENGTH = re.compile(rb"((?:Content-)?Length: )\d+", re.IGNORECASE)
_NAMES = (
    b"Content-Type",
    b"Content-Length",
    b"WARC-Type",
    b"Content-Transfer-Encoding",
    b"Content-Encoding",
    b"boundary",
)


def flip_bits(data: bytes, dice: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(dice.choice((1, 3, 30))):
        out[dice.randrange(len(out))] ^= 1 << dice.randrange(8)
    return bytes(out)


def cut_piece(data: bytes, dice: random.Random) -> bytes:
    at = dice.randrange(len(data))
    return dice.choice((data[:at], data[at:], data[: at // 2] + data[at:]))


def double_piece(data: bytes, dice: random.Random) -> bytes:
    start, end = sorted(dice.randrange(len(data)) for _ in range(2))
    return data[:end] + data[start:end] * dice.choice((1, 2, 50 if end - start < 2000 else 1)) + data[end:]


def nest(data: bytes, dice: random.Random) -> bytes:
    """Put a file into a gzip in a gzip, a zip or a mail, or behind itself."""
    choice = dice.randrange(4)
    if choice == 0:
        return gzip.compress(gzip.compress(data, mtime=0), mtime=0)
    if choice == 1:
        return zipped({"inner.bin": data, "page.html": "<p>x</p>"})
    if choice == 2:
        return (
            b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + data + b"\r\n--b--\r\n"
        )
    return data + data


def change_headers(data: bytes, dice: random.Random) -> bytes:
    """Return the file inside its gzip, if it has one, with lengths and names of header lines changed."""
    inner = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    inner = _LENGTH.sub(lambda match: match[1] + str(dice.choice((0, 7, 10**9, 10**20))).encode(), inner, count=2)
    old, new = dice.sample(_NAMES, 2)
    inner = inner.replace(old, new) if dice.random() < 0.5 else inner
    return gzip.compress(inner, mtime=0) if data.startswith(b"\x1f\x8b") and dice.random() < 0.5 else inner


def add_foreign_head(data: bytes, dice: random.Random, others: list[bytes]) -> bytes:
    """Return the head of another format before this file, or in its place."""
    head = dice.choice(others)
    size = dice.choice((4, 64, 500))
    return head[:size] + (data if dice.random() < 0.5 else data[size:])


def mutations(files: Mapping[str, bytes], count: int, seed: int) -> list[tuple[str, bytes]]:
    """Damage the files in turn until there are `count` damaged ones; return these with names of their own."""
    dice = random.Random(seed)
    names, others = sorted(files), list(files.values())
    damages = (flip_bits, cut_piece, double_piece, nest, change_headers)
    damaged_files = []
    for number in range(count):
        name = names[number % len(names)]
        data = files[name]
        for _ in range(dice.choice((1, 1, 2))):
            choice = dice.randrange(len(damages) + 1)
            try:
                data = add_foreign_head(data, dice, others) if choice == len(damages) else damages[choice](data, dice)
            except (OSError, EOFError, ValueError, zlib.error):  # gzip that other damage broke
                continue
            data = data or b"x"
        damaged_files.append((f"{number:05}-{name}", data))
    return damaged_files
