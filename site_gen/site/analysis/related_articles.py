"""Which articles are near another in what they are about, for a list below it. Pure.

An article is looked up under its weightiest words, so that the cost of one does not grow with the site; a word that
many articles have is passed over. Words count by how rare they are, in powers of two: one more article changes the
lists of those that share words with it, and seldom any other.

The cosine's numerator with tf-idf weights (Salton and Buckley, 1988), names twice. What is nearest may still be far: an
article is on no list unless it comes to a twentieth of what the same words, all rare, would make. That was chosen on
518 unrelated web pages, of which three in ten then have no list, and on reports of the same events, of which none is
lost.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from site_gen.site.analysis.keywords import VECTOR_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.site.analysis.keywords import Terms

MAX_KEYS = 24  # weightiest words that an article is looked up under
MAX_ARTICLES_PER_WORD = 64  # articles under a word; one that more of them have says little
MAX_NEAREST = 8  # articles of a list: some may be of the same story, and are told there
MIN_SCORE = 50  # thousandths of the most that two articles can come to; fewer are no nearness
_SHARED = 2  # words that two articles have in common at least


class RelatedIndex:
    """Articles by their weightiest words. What it says depends on the articles in it, not on the order they came in."""

    def __init__(self) -> None:
        self._terms: dict[str, Terms] = {}  # the KEYS weightiest of each article
        self._index: dict[int, str | set[str]] = {}

    def put(self, changes: Mapping[str, Terms | None]) -> set[str]:
        """Take in articles by file, None for one that is gone. Gives those whose list may be another now; those that
        came or went are among them."""
        new = {file: dict(islice(of.items(), MAX_KEYS)) if of else of for file, of in changes.items()}
        new = {file: of for file, of in new.items() if of != self._terms.get(file)}
        if not new:
            return set()
        bits, touched, many = self._bits(), set(new), 4 * len(new) >= len(self._terms)
        sizes: dict[int, int] = {}
        shared: dict[str, int] = {}
        for file, of in new.items():
            old = self._terms.pop(file, {})
            for word in old.keys() | (of or {}).keys():
                sizes.setdefault(word, len(self._under(word)))
            self._replace(file, old, of)
            for word in () if many else (*old, *(of or ())):
                there = self._under(word)
                for other in there if len(there) <= MAX_ARTICLES_PER_WORD + 1 else ():
                    shared[other] = shared.get(other, 0) + 1
        if many or self._bits() != bits:
            return touched | self._terms.keys()
        for word, size in sizes.items():
            if _step(bits, size) != _step(bits, len(self._under(word))):
                touched |= self._under(word)
        return touched | {file for file, count in shared.items() if count >= _SHARED}

    def _replace(self, file: str, old: Terms, of: Terms | None) -> None:
        for word in old:
            self._take_out(word, file)
        if of is not None:
            self._terms[file] = of
            for word in of:
                self._take_in(word, file)

    def nearest(self, file: str) -> tuple[str, ...]:
        """The articles nearest to one, the nearest first; of equal ones by file. KeyError when it is not there."""
        bits, own = self._bits(), self._terms[file]
        scores: dict[str, int] = {}
        counts: dict[str, int] = {}
        for word, weight in own.items():
            there = self._under(word)
            step = _step(bits, len(there))
            for other in there if step else ():
                scores[other] = scores.get(other, 0) + weight * self._terms[other][word] * step * step
                counts[other] = counts.get(other, 0) + 1
        least = MIN_SCORE * (bits * VECTOR_LENGTH) ** 2
        found = [o for o, count in counts.items() if count >= _SHARED and o != file and 1000 * scores[o] >= least]
        return tuple(sorted(found, key=lambda other: (-scores[other], other))[:MAX_NEAREST])

    def _bits(self) -> int:
        return len(self._terms).bit_length()

    def _under(self, word: int) -> set[str]:
        there = self._index.get(word)
        return {there} if isinstance(there, str) else there or set()

    def _take_in(self, word: int, file: str) -> None:
        there = self._index.get(word)
        if there is None:
            self._index[word] = file
        elif isinstance(there, str):
            self._index[word] = {there, file}
        else:
            there.add(file)

    def _take_out(self, word: int, file: str) -> None:
        there = self._index[word]
        if isinstance(there, set):
            there.discard(file)
        if not there or there == file:
            del self._index[word]


def _step(bits: int, size: int) -> int:
    """How much a word counts: the bits that it tells (its inverse document frequency, rounded); 0 where too many have
    it."""
    return max(bits - size.bit_length() + 1, 1) if size <= MAX_ARTICLES_PER_WORD else 0
