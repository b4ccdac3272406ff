"""What a text is about, as its weightiest words: names weigh twice, and so do words of the title. Pure.

Weights come from the text alone, so that they are worked out once. How rare a word is on the site comes in when two
texts are compared (`Rarity`), in steps: one more article moves no weight, but for that of the few words that pass a
step.

The cosine of term weights, after G. Salton, C. Buckley, "Term-weighting approaches in automatic text retrieval"
(1988), with the logarithm of a word's count in a text and a stepped inverse document frequency.
"""

from __future__ import annotations

import functools
import math
import re
from base64 import b64decode, b64encode
from collections import Counter
from operator import mul
from zlib import crc32

from site_gen.entities.lexicon import has_capital_nouns, stop_words
from site_gen.entities.matching.normalization import normalize
from site_gen.site.analysis.minhash import pack_numbers, tokenize, unpack_numbers

MAX_TERMS = 64  # words that are kept of a text
VECTOR_LENGTH = 255  # the length of a text's vector: weights are whole numbers, so that sums of them are exact
RARITY_STEPS = 4  # of rarity: a word that counts in full has so many

_SMALL_BITS = 10  # a site of fewer than 1,024 articles asks time, too, how rare its words are
_LEAST_SPREAD = 7  # bits, likewise: one of fewer than 64 spans of days with news is judged as one of so many
_COMMON_BITS = 2  # a word in more than a quarter of all articles counts for nothing, in an eighth a quarter, …

_MANY = 64  # from so many times on a word weighs no more
_LOG = (0.0, *(1 + math.log2(count) for count in range(1, _MANY)))
_CAPITAL = re.compile("[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я][^\\W_]+")  # a run of letters that begins with a capital

Terms = dict[int, int]  # the hash of each word, and its weight; the weightiest first


def extract_terms(title: str, text: str, words: list[str], language: str) -> Terms:
    """The weightiest words of a text.

    words: those of the text, as `sketch.units` gives them; language: its language tag, for the small words.
    """
    counts = Counter(tokenize(normalize(title)) * 2)
    counts.update(words)
    small = _small(language)
    weights = {word: _LOG[count] if count < _MANY else _LOG[-1] for word, count in counts.items() if word not in small}
    if not has_capital_nouns(language):
        capital = Counter(normalize(" ".join(_CAPITAL.findall(text))).split())
        for word, count in capital.items():
            if word in weights and 2 * count >= counts[word]:
                weights[word] *= 2
    # Of equal weights those that come first in the text: the sort is stable.
    best = sorted(weights, key=weights.__getitem__, reverse=True)[:MAX_TERMS]
    scale = VECTOR_LENGTH / math.sqrt(sum([weights[word] ** 2 for word in best]) or 1)
    return {crc32(word.encode()): max(1, round(weights[word] * scale)) for word in best}


@functools.cache
def _small(language: str) -> frozenset[str]:
    """The words that say nothing of what a text is about."""
    return stop_words(language) | frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def pack_terms(of: Terms) -> str:
    """Terms as a short text, to be kept."""
    return f"{pack_numbers(of)} {b64encode(bytes(of.values())).decode()}"


def unpack_terms(text: str) -> Terms:
    """The terms that `pack_terms` wrote. Raises ValueError for another text."""
    words, _, weights = text.partition(" ")
    return dict(zip(unpack_numbers(words), b64decode(weights, validate=True), strict=True))


class Rarity:
    """How rare words are on a site, in steps from 0 (in a quarter of all articles or more) to STEPS (in a 64th or
    less). It takes in articles one by one; the order makes no difference.

    On a small site articles say little: three reports of one event on a site of twelve make its words no common ones,
    while the company that the site is about stands in half of all. What tells the two apart is time: an event's words
    come in few days, a site's own words in many. (That words which tell what a text is about come in clumps is A.
    Bookstein and D. Swanson's, "Probabilistic models for automatic indexing", 1974.) So there a word is also rare
    that is among the weightiest words of articles in few spans of days (`spread`).
    """

    def __init__(self) -> None:
        self._count: dict[int, int] = {}
        self._articles = 0
        self._spread: dict[int, int] = {}
        self._spans = 0

    def count_article(self, of: Terms, sign: int) -> set[int] | None:
        """Take in an article's words (sign 1), or take it out again (-1). Gives the words that are of another step
        now; None where all may be, since the site has doubled."""
        bits = self._bits()
        self._articles += sign
        count = self._count
        moved: set[int] = set()
        for word in of:
            before = count.get(word, 0)
            after = before + sign
            if after:
                count[word] = after
            else:
                del count[word]
            if not before & after and _step(bits, before) != _step(bits, after):  # where the number of bits is another
                moved.add(word)
        return moved if bits == self._bits() else None

    def count_spread(self, words: list[int], sign: int) -> set[int]:
        """Take in one more span of days that each of some words is weighty in (sign 1), or one less. Gives the words
        of which the step may be another now."""
        found, moved = self._spread, set[int]()
        for word in words:
            before = found.get(word, 0)
            after = found[word] = before + sign
            if not after:
                del found[word]
            if not before & after:
                moved.add(word)
        return moved if self._is_small() else set()

    def count_span(self, sign: int) -> bool:
        """Take in one more span of days that has an article, or one less. Whether all words may be of another step."""
        bits = self._spread_bits()
        self._spans += sign
        return self._is_small() and bits != self._spread_bits()

    def _bits(self) -> int:
        return self._articles.bit_length()

    def _is_small(self) -> bool:
        return self._bits() <= _SMALL_BITS

    def _spread_bits(self) -> int:
        return max(self._spans.bit_length(), _LEAST_SPREAD)

    def step_of(self, word: int) -> int:
        """The step of a word."""
        bits, count = self._bits(), self._count.get(word, 0)
        found = _step(bits, count)
        if found < RARITY_STEPS and self._is_small():
            found = max(found, _step(self._spread_bits(), self._spread.get(word, 0)))
        return found

    def weigh(self, of: Terms) -> Terms:
        """A text's words with their weights times how rare they are, but for those that count for nothing."""
        if self._is_small():
            found = {word: weight * self.step_of(word) for word, weight in of.items()}
        else:
            count, steps = self._count, _steps(self._bits())
            found = {word: weight * steps[count.get(word, 0).bit_length()] for word, weight in of.items()}
        return {word: weight for word, weight in found.items() if weight}


def term_similarity(weighed: Terms, other: Terms) -> int:
    """How alike two texts are by their words, from 0 to 1000: the first with the rarity of its words (see
    `Rarity.weighed`), the second without."""
    both = weighed.keys() & other.keys()
    found: int = sum(map(mul, map(weighed.__getitem__, both), map(other.__getitem__, both)))
    return found * 1000 // (VECTOR_LENGTH * VECTOR_LENGTH * RARITY_STEPS)


@functools.cache
def _steps(bits: int) -> tuple[int, ...]:
    """The step of a word by the bits of its count."""
    return tuple(_step(bits, 1 << size >> 1) for size in range(bits + 1))


def _step(bits: int, count: int) -> int:
    return min(max(bits - count.bit_length() - _COMMON_BITS, 0), RARITY_STEPS)
