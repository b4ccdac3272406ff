"""What a text is about, as its weightiest words (terms), and in how few days of the site words come. Pure.

Names weigh twice, words of the title count twice more, and those of title and first lines weigh more: there, news says
what happened. Weights come from the text alone, so that they are worked out once. How rare a word is in time comes in
when two texts are compared (`Rarity`), in steps: one more article moves no weight, but for those of the few words that
pass a step.

The similarity is the cosine of term weights, after G. Salton, C. Buckley, "Term-weighting approaches in automatic text
retrieval" (1988), with the logarithm of a word's count in a text and a stepped inverse frequency, and with a limit to
what one word can add: two texts that have one rare name in common are of one beat, not of one event.
"""

from __future__ import annotations

import functools
import math
import re
from base64 import b64decode, b64encode
from collections import Counter
from typing import TYPE_CHECKING
from zlib import crc32

from site_gen.entities.lexicon import has_capital_nouns, stop_words
from site_gen.entities.matching.normalization import normalize
from site_gen.site.analysis.lazy_dict import LazyDict
from site_gen.site.analysis.minhash import pack_numbers, tokenize, unpack_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

MAX_TERMS = 64  # words of a text that make its terms
VECTOR_LENGTH = 255  # of a text's terms as a vector: weights are whole numbers, so that sums of them are exact

_LEAD_WORDS, _LEAD_FACTOR = 100, 1.3  # the first words of a text, and how much more they weigh
_MIN_SPAN_BITS = 7  # a site of fewer than 64 spans of days with articles is judged as one of 64
_UNIT = 1000  # the length of a vector of weighted terms
_MAX_SHARE = 100  # thousandths of similarity that one word can add

_MAX_COUNT = 64  # from so many times on a word weighs no more
_LOG_COUNT = (0.0, *(1 + math.log2(count) for count in range(1, _MAX_COUNT)))
_CAPITALIZED = re.compile("[A-ZÀ-ÖØ-ÞĀ-ŽΑ-ΩА-Я][^\\W_]+")  # a run of letters that begins with a capital
_HIRAGANA = re.compile("[\u3040-\u309f]+")  # in Japanese the letters of endings and particles, not of names and terms

Terms = dict[int, int]  # the weight (1 to VECTOR_LENGTH) of each word, by the word's CRC-32; the weightiest first


def extract_terms(title: str, text: str, words: list[str], language: str) -> Terms:
    """Return the weightiest words of a text.

    words: those of the text, as `minhash.tokenize` returns them; language: its language tag, for the stop words.
    """
    title_words = tokenize(normalize(title))
    counts = Counter(title_words * 2)
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
    for word in weights.keys() & {*words[:_LEAD_WORDS], *title_words}:
        weights[word] *= _LEAD_FACTOR
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
    """In how few spans of days words are weighty, in steps: 0 (in half of all or more), one more for each halving.

    An event's words come in few days, those of a beat, a trade or a guide in many; articles say less, for ten reports
    make an event's words no common ones. (That words which tell what a text is about come in clumps is A. Bookstein and
    D. Swanson's, "Probabilistic models for automatic indexing", 1974.) Spans are counted one by one, in and out; the
    order makes no difference.
    """

    def __init__(self, spans: int = 0, source: Callable[[Collection[int]], Mapping[int, int]] | None = None) -> None:
        """Begin with no word, or with those of which the source returns in how many of so many spans they are."""
        self.span_counts = LazyDict[int, int](source)  # in how many spans of days each word is weighty
        self._spans = spans  # spans of days that have articles

    def count_spread(self, words: list[int], sign: int) -> set[int]:
        """Count one more span of days in which each of some words is weighty (sign 1), or one less (-1).

        Returns the words whose step changed.
        """
        counts, changed = self.span_counts, set[int]()
        counts.load(words)
        for word in words:
            before = counts.get(word, 0)
            after = counts[word] = before + sign
            if before and after and not before & after:  # its number of bits changed: no bit is common to both
                changed.add(word)
        return changed

    def count_span(self, sign: int) -> bool:
        """Count one more span of days that has an article, or one less; return whether every word's step changed."""
        bits = self._span_bits()
        self._spans += sign
        return bits != self._span_bits()

    def _span_bits(self) -> int:
        return max(self._spans.bit_length(), _MIN_SPAN_BITS)

    def weigh(self, terms: Terms) -> Terms:
        """Return a text's terms with each weight times the word's step, as a vector of length _UNIT, rounded."""
        bits, counts = self._span_bits(), self.span_counts
        counts.load(terms)
        weights = {word: weight * (bits - (counts.get(word, 0) or 1).bit_length()) for word, weight in terms.items()}
        scale = _UNIT / math.sqrt(sum([weight * weight for weight in weights.values()]) or 1)
        return {word: round(weight * scale) for word, weight in weights.items() if weight > 0}


def term_similarity(weighted: Terms, other: Terms) -> int:
    """Return how alike two texts are by their words, from 0 to 1000.

    weighted, other: the terms of both with the rarity of their words (`Rarity.weigh`).
    """
    shared = weighted.keys() & other.keys()
    limit = _MAX_SHARE * _UNIT
    return sum([min(weighted[word] * other[word], limit) for word in shared]) // _UNIT
