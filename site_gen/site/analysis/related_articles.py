"""Which articles are nearest to another in what they are about, for a list below it. Pure.

An article is indexed under its weightiest words, so that the cost of one does not grow with the site; a word that many
articles have is passed over. Words count by how rare they are, in powers of two: one more article changes the lists of
those that share words with it, and seldom any other.

The score is the cosine's numerator with tf-idf weights (Salton and Buckley, 1988), names twice. What is nearest may
still be far: an article is on no list unless it shares five words and comes to 60 thousandths of what these words, all
rare, would make. Two words are one name, three or four are places or a trade's. That was chosen on 257 links between
web pages of all kinds that were judged by reading: .93 of those that it leaves are near, before .65.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from site_gen.site.analysis.keywords import VECTOR_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.site.analysis.keywords import Terms

MAX_KEYS = 32  # weightiest words that an article is indexed under
MAX_ARTICLES_PER_WORD = 64  # a word that more articles have says little
MAX_NEAREST = 8  # articles of a list: some may be of the same story, and are shown there
MIN_SCORE = 60  # thousandths of the most that two articles can come to
_MIN_SHARED_WORDS = 5  # words that two articles have in common at least


class RelatedIndex:
    """Articles by their weightiest words. Its answers depend on the articles in it, not on the order they came in."""

    def __init__(self) -> None:
        self._terms: dict[str, Terms] = {}  # the MAX_KEYS weightiest of each article, by file
        self._files: dict[int, str | set[str]] = {}  # the articles under each word; a bare file where it is only one

    def put(self, changes: Mapping[str, Terms | None]) -> set[str]:
        """Add or replace articles by file, remove those that are None.

        Returns the files whose list may have changed; those that came or went are among them.
        """
        new = {file: dict(islice(terms.items(), MAX_KEYS)) if terms else terms for file, terms in changes.items()}
        new = {file: terms for file, terms in new.items() if terms != self._terms.get(file)}
        if not new:
            return set()
        bits, touched, are_many = self._bits(), set(new), 4 * len(new) >= len(self._terms)
        sizes: dict[int, int] = {}  # how many articles were under each word
        shared: dict[str, int] = {}  # how many words each other article shares with those that changed
        for file, terms in new.items():
            old = self._terms.pop(file, {})
            for word in old.keys() | (terms or {}).keys():
                sizes.setdefault(word, len(self._files_under(word)))
            self._replace(file, old, terms)
            for word in () if are_many else (*old, *(terms or ())):
                files = self._files_under(word)
                for other in files if len(files) <= MAX_ARTICLES_PER_WORD + 1 else ():
                    shared[other] = shared.get(other, 0) + 1
        if are_many or self._bits() != bits:
            return touched | self._terms.keys()
        for word, size in sizes.items():
            if _word_weight(bits, size) != _word_weight(bits, len(self._files_under(word))):
                touched |= self._files_under(word)
        return touched | {file for file, count in shared.items() if count >= _MIN_SHARED_WORDS}

    def _replace(self, file: str, old: Terms, new: Terms | None) -> None:
        for word in old:
            self._remove(word, file)
        if new is not None:
            self._terms[file] = new
            for word in new:
                self._add(word, file)

    def nearest(self, file: str) -> tuple[str, ...]:
        """Return the files of the articles nearest to one, the nearest first; of equal ones by file.

        Raises KeyError when the article is not in the index.
        """
        bits, terms = self._bits(), self._terms[file]
        scores: dict[str, int] = {}
        shared: dict[str, int] = {}
        for word, weight in terms.items():
            files = self._files_under(word)
            word_weight = _word_weight(bits, len(files))
            for other in files if word_weight else ():
                score = weight * self._terms[other][word] * word_weight * word_weight
                scores[other] = scores.get(other, 0) + score
                shared[other] = shared.get(other, 0) + 1
        min_score = MIN_SCORE * (bits * VECTOR_LENGTH) ** 2
        candidates = [
            other
            for other, count in shared.items()
            if count >= _MIN_SHARED_WORDS and other != file and 1000 * scores[other] >= min_score
        ]
        return tuple(sorted(candidates, key=lambda other: (-scores[other], other))[:MAX_NEAREST])

    def _bits(self) -> int:
        return len(self._terms).bit_length()

    def _files_under(self, word: int) -> set[str]:
        files = self._files.get(word)
        return {files} if isinstance(files, str) else files or set()

    def _add(self, word: int, file: str) -> None:
        files = self._files.get(word)
        if files is None:
            self._files[word] = file
        elif isinstance(files, str):
            self._files[word] = {files, file}
        else:
            files.add(file)

    def _remove(self, word: int, file: str) -> None:
        files = self._files[word]
        if isinstance(files, set):
            files.discard(file)
        if not files or files == file:
            del self._files[word]


def _word_weight(bits: int, size: int) -> int:
    """Return how much a word counts: the bits that it tells (its inverse document frequency, rounded).

    0 where too many articles have it. bits: those of the number of all articles; size: how many have the word.
    """
    return max(bits - size.bit_length() + 1, 1) if size <= MAX_ARTICLES_PER_WORD else 0
