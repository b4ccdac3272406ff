"""Sketch of a text: 48 numbers (bottom-k min-hash) that tell copies and light rewrites of it. Pure.

Each two neighbours among the longer words of a text (a "shingle") are hashed, and the smallest hashes make the sketch:
a random sample of the shingles, equal for every text that has them. So two sketches tell how much of one text stands in
the other.

After A. Broder, "On the resemblance and containment of documents" (1997), and E. Cohen, H. Kaplan, "Summarizing data
using bottom-k sketches" (PODC 2007). Pairs of longer words find more than the usual runs of three or four words: of
articles in which every third word was changed, 99 in 100 against 69 at a containment of a quarter, with few more
strangers (`benchmarks/analysis/stories.py`).
"""

from __future__ import annotations

import re
from array import array
from base64 import b64decode, b64encode
from bisect import bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING
from zlib import crc32

from site_gen.core.number_arrays import array_from_bytes, array_to_bytes
from site_gen.core.text import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Collection, Set

SKETCH_SIZE = 48  # numbers of a sketch: a share is estimated to within 7 points (one standard deviation)
_MAX_SHORT_WORD = 3  # letters of a word that is left out: most are articles, prepositions, pronouns

UNSPACED_RUN = re.compile(f"[{UNSPACED}]+")

Sketch = tuple[int, ...]  # in ascending order; fewer than SKETCH_SIZE where the text has fewer shingles


def tokenize(normalized: str) -> list[str]:
    """Split a text into words; of scripts without blanks, into each two neighbouring characters.

    normalized: the text as `normalization.normalize` returns it, in small letters without accents and signs.
    """
    if not normalized.isascii() and UNSPACED_RUN.search(normalized):
        normalized = UNSPACED_RUN.sub(_character_pairs, normalized)
    return normalized.split()


def _character_pairs(match: re.Match[str]) -> str:
    run = match[0]
    return f" {' '.join(map(str.__add__, run, run[1:])) or run} "


def build_sketch(words: list[str]) -> Sketch:
    """Return the sketch of a text; empty for a text with fewer than two longer words.

    words: those of the text (see `tokenize`). The hash is CRC-32, which is equal in every process and on every machine.
    """
    long_words = [word for word in " ".join(words).encode().split() if len(word) > _MAX_SHORT_WORD]
    hashes = list(map(crc32, map(b" ".join, pairwise(long_words))))
    if len(hashes) > 4 * SKETCH_SIZE:  # sort only those below a bound, which nearly always holds the smallest
        bound = (1 << 32) * 2 * SKETCH_SIZE // len(hashes)
        low = {number for number in hashes if number < bound}
        if len(low) >= SKETCH_SIZE:
            return tuple(sorted(low)[:SKETCH_SIZE])
    return tuple(sorted(set(hashes))[:SKETCH_SIZE])


def shared_shingles(sketch: Sketch, other: Sketch, ignored: Set[object] = frozenset()) -> tuple[int, int]:
    """Return how many shingles of a sample two texts share, and how many of it the text with fewer has.

    The quotient of the two estimates the containment: how much of the smaller text stands in the larger. Both sketches
    are compared up to the largest number that both reach: up to there both are complete.

    ignored: shingles that tell nothing (an outlet's imprint), which are left out.
    """
    reach = min(
        sketch[-1] if len(sketch) == SKETCH_SIZE else 1 << 32,
        other[-1] if len(other) == SKETCH_SIZE else 1 << 32,
    )
    first, second = set(sketch[: bisect_right(sketch, reach)]), set(other[: bisect_right(other, reach)])
    if ignored:
        first, second = first - ignored, second - ignored
    return len(first & second), min(len(first), len(second))


def pack_numbers(numbers: Collection[int]) -> str:
    """Encode numbers below 2³² as a short text, for storage: base64 of four bytes each, little-endian."""
    return b64encode(array_to_bytes(array("I", numbers))).decode()


def unpack_numbers(text: str) -> tuple[int, ...]:
    """Decode what `pack_numbers` returned. Raises ValueError for another text."""
    return tuple(array_from_bytes("I", b64decode(text, validate=True)))
