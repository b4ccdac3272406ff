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


def flipped(data: bytes, chance: random.Random) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 3, 30))):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def cut(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return chance.choice((data[:at], data[at:], data[: at // 2] + data[at:]))


def doubled(data: bytes, chance: random.Random) -> bytes:
    one, other = sorted(chance.randrange(len(data)) for _ in range(2))
    return data[:other] + data[one:other] * chance.choice((1, 2, 50 if other - one < 2000 else 1)) + data[other:]


def nested(data: bytes, chance: random.Random) -> bytes:
    way = chance.randrange(4)
    if way == 0:
        return gzip.compress(gzip.compress(data, mtime=0), mtime=0)
    if way == 1:
        return zipped({"inner.bin": data, "page.html": "<p>x</p>"})
    if way == 2:
        return (
            b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + data + b"\r\n--b--\r\n"
        )
    return data + data


def exchanged(data: bytes, chance: random.Random) -> bytes:
    """Return the file inside its gzip, if it has one, with lengths and names of header lines changed."""
    inner = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    inner = _LENGTH.sub(lambda match: match[1] + str(chance.choice((0, 7, 10**9, 10**20))).encode(), inner, count=2)
    one, other = chance.sample(_NAMES, 2)
    inner = inner.replace(one, other) if chance.random() < 0.5 else inner
    return gzip.compress(inner, mtime=0) if data.startswith(b"\x1f\x8b") and chance.random() < 0.5 else inner


def mixed(data: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """Return the head of another format before this file, or in its place."""
    head = chance.choice(others)
    size = chance.choice((4, 64, 500))
    return head[:size] + (data if chance.random() < 0.5 else data[size:])


def mutations(files: Mapping[str, bytes], count: int, seed: int) -> list[tuple[str, bytes]]:
    """So many damaged files, over all of the given ones in turn."""
    chance = random.Random(seed)
    names, others = sorted(files), list(files.values())
    ways = (flipped, cut, doubled, nested, exchanged)
    made = []
    for number in range(count):
        name = names[number % len(names)]
        data = files[name]
        for _ in range(chance.choice((1, 1, 2))):
            way = chance.randrange(len(ways) + 1)
            try:
                data = mixed(data, chance, others) if way == len(ways) else ways[way](data, chance)
            except (OSError, EOFError, ValueError, zlib.error):  # gzip that another way broke
                continue
            data = data or b"x"
        made.append((f"{number:05}-{name}", data))
    return made
