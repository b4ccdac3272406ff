"""What a text is about, as its weightiest words (terms), and how rare words are on the site. Pure.

Names weigh twice, and so do words of the title. Weights come from the text alone, so that they are worked out once. How
rare a word is on the site comes in when two texts are compared (`Rarity`), in steps: one more article moves no weight,
but for that of the few words that pass a step.

The similarity is the cosine of term weights, after G. Salton, C. Buckley, "Term-weighting approaches in automatic text
retrieval" (1988), with the logarithm of a word's count in a text and a stepped inverse document frequency.
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

MAX_TERMS = 64  # words of a text that make its terms
VECTOR_LENGTH = 255  # of a text's terms as a vector: weights are whole numbers, so that sums of them are exact
RARITY_STEPS = 4  # the step of a word that counts in full

_SMALL_SITE_BITS = 10  # on a site of fewer than 1,024 articles, rarity in time counts, too
_MIN_SPAN_BITS = 7  # a site of fewer than 64 spans of days with articles is judged as one of 64
_COMMON_BITS = 2  # a word in more than a quarter of all articles counts for nothing, in an eighth a quarter, …

_MAX_COUNT = 64  # from so many times on a word weighs no more
_LOG_COUNT = (0.0, *(1 + math.log2(count) for count in range(1, _MAX_COUNT)))
_CAPITALIZED = re.compile("[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я][^\\W_]+")  # a run of letters that begins with a capital
_HIRAGANA = re.compile("[\u3040-\u309f]+")  # in Japanese the letters of endings and particles, not of names and terms

Terms = dict[int, int]  # the weight (1 to VECTOR_LENGTH) of each word, by the word's CRC-32; the weightiest first


def extract_terms(title: str, text: str, words: list[str], language: str) -> Terms:
    """Return the weightiest words of a text.

    words: those of the text, as `minhash.tokenize` returns them; language: its language tag, for the stop words.
    """
    counts = Counter(tokenize(normalize(title)) * 2)
    counts.update(words)
    ignored = _ignored_words(language)
    weights = {
        word: _LOG_COUNT[count] if count < _MAX_COUNT else _LOG_COUNT[-1]
        for word, count in counts.items()
        if word not in ignored and (word.isascii() or not _HIRAGANA.fullmatch(word))
    }
    if not has_capital_nouns(language):
        capitalized = Counter(normalize(" ".join(_CAPITALIZED.findall(text))).split())
        for word, count in capitalized.items():
            if word in weights and 2 * count >= counts[word]:
                weights[word] *= 2
    # Of equal weights those that come first in the text: the sort is stable.
    best = sorted(weights, key=weights.__getitem__, reverse=True)[:MAX_TERMS]
    scale = VECTOR_LENGTH / math.sqrt(sum([weights[word] ** 2 for word in best]) or 1)
    return {crc32(word.encode()): max(1, round(weights[word] * scale)) for word in best}


@functools.cache
def _ignored_words(language: str) -> frozenset[str]:
    """Return the words that say nothing of what a text is about: stop words, single letters and digits."""
    return stop_words(language) | frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def pack_terms(terms: Terms) -> str:
    """Encode terms as a short text, for storage."""
    return f"{pack_numbers(terms)} {b64encode(bytes(terms.values())).decode()}"


def unpack_terms(text: str) -> Terms:
    """Decode what `pack_terms` returned. Raises ValueError for another text."""
    words, _, weights = text.partition(" ")
    return dict(zip(unpack_numbers(words), b64decode(weights, validate=True), strict=True))


class Rarity:
    """How rare words are on a site, in steps: 0 (in a quarter of all articles or more) to RARITY_STEPS (in a 64th).

    It counts articles one by one, in and out; the order makes no difference.

    On a small site articles say little: three reports of one event on a site of twelve make its words no common ones,
    while the company that the site is about stands in half of all. What tells the two apart is time: an event's words
    come in few days, a site's own words in many. (That words which tell what a text is about come in clumps is A.
    Bookstein and D. Swanson's, "Probabilistic models for automatic indexing", 1974.) So on a small site a word is also
    rare that is among the weightiest words of articles in few spans of days (`count_spread`).
    """

    def __init__(self) -> None:
        self._article_counts: dict[int, int] = {}  # in how many articles each word is (document frequency)
        self._articles = 0
        self._span_counts: dict[int, int] = {}  # in how many spans of days each word is weighty
        self._spans = 0  # spans of days that have articles

    def count_article(self, terms: Terms, sign: int) -> set[int] | None:
        """Count an article's words (sign 1), or take them out of the count (-1).

        Returns the words whose step changed; None where that of every word may have, since the site has doubled.
        """
        bits = self._article_bits()
        self._articles += sign
        counts = self._article_counts
        changed: set[int] = set()
        for word in terms:
            before = counts.get(word, 0)
            after = before + sign
            if after:
                counts[word] = after
            else:
                del counts[word]
            # A step depends on the number of bits of the count, which differs only where no bit is common to both.
            if not before & after and _step(bits, before) != _step(bits, after):
                changed.add(word)
        return changed if bits == self._article_bits() else None

    def count_spread(self, words: list[int], sign: int) -> set[int]:
        """Count one more span of days in which each of some words is weighty (sign 1), or one less (-1).

        Returns the words whose step may have changed.
        """
        counts, changed = self._span_counts, set[int]()
        for word in words:
            before = counts.get(word, 0)
            after = counts[word] = before + sign
            if not after:
                del counts[word]
            if not before & after:  # its number of bits changed
                changed.add(word)
        return changed if self._is_small() else set()

    def count_span(self, sign: int) -> bool:
        """Count one more span of days that has an article, or one less; return whether every word's step may change."""
        bits = self._span_bits()
        self._spans += sign
        return self._is_small() and bits != self._span_bits()

    def _article_bits(self) -> int:
        return self._articles.bit_length()

    def _is_small(self) -> bool:
        return self._article_bits() <= _SMALL_SITE_BITS

    def _span_bits(self) -> int:
        return max(self._spans.bit_length(), _MIN_SPAN_BITS)

    def step_of(self, word: int) -> int:
        """Return the step of a word, from 0 (common) to RARITY_STEPS (rare)."""
        bits, count = self._article_bits(), self._article_counts.get(word, 0)
        step = _step(bits, count)
        if step < RARITY_STEPS and self._is_small():
            step = max(step, _step(self._span_bits(), self._span_counts.get(word, 0)))
        return step

    def weigh(self, terms: Terms) -> Terms:
        """Return a text's terms with each weight times the word's step, without those of step 0."""
        if self._is_small():
            weights = {word: weight * self.step_of(word) for word, weight in terms.items()}
        else:
            counts, steps = self._article_counts, _steps(self._article_bits())
            weights = {word: weight * steps[counts.get(word, 0).bit_length()] for word, weight in terms.items()}
        return {word: weight for word, weight in weights.items() if weight}


def term_similarity(weighted: Terms, other: Terms) -> int:
    """Return how alike two texts are by their words, from 0 to 1000.

    weighted: the terms of one with the rarity of its words (`Rarity.weigh`); other: those of the other without.
    """
    shared = weighted.keys() & other.keys()
    product: int = sum(map(mul, map(weighted.__getitem__, shared), map(other.__getitem__, shared)))
    return product * 1000 // (VECTOR_LENGTH * VECTOR_LENGTH * RARITY_STEPS)


@functools.cache
def _steps(bits: int) -> tuple[int, ...]:
    """Return the step of a word by the number of bits of its count. bits: those of the number of articles."""
    return tuple(_step(bits, 1 << size >> 1) for size in range(bits + 1))


def _step(bits: int, count: int) -> int:
    return min(max(bits - count.bit_length() - _COMMON_BITS, 0), RARITY_STEPS)
