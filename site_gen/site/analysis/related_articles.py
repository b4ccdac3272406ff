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

import functools
from array import array
from bisect import insort
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from site_gen.site.analysis.article_records import MAX_KEYS, ArticleRecords
from site_gen.site.analysis.keywords import VECTOR_LENGTH
from site_gen.site.analysis.lazy_dict import LazyDict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from site_gen.site.analysis.article_records import IndexStore
    from site_gen.site.analysis.keywords import Terms

MAX_ARTICLES_PER_WORD = 64  # a word that more articles have says little
MAX_NEAREST = 8  # articles of a list: some may be of the same story, and are shown there
MIN_SCORE = 60  # thousandths of the most that two articles can come to
_MIN_SHARED_WORDS = 5  # words that two articles have in common at least


class RelatedIndex:
    """Articles by their weightiest words. Its answers depend on the articles in it, not on the order they came in.

    One that is kept in a store reads what `StoryIndex` writes there: both are put the same articles.
    """

    def __init__(self, store: IndexStore | None = None) -> None:
        """Begin with what a store holds; it is read when it is needed. Raises StateError, as all methods then may."""
        self._begin(store)

    def _begin(self, store: IndexStore | None) -> None:
        self._records = records = ArticleRecords(store)
        self._count, self._next_number = records.summary.article_count, records.summary.next_number
        self._removed: set[int] = set()
        self._numbers = LazyDict[str, set[int]](functools.partial(records.articles_with, "file"))  # one or none
        self._articles = LazyDict[int, _RelatedArticle](None if records.is_empty else self._read_articles)
        # The articles under each word, sorted, each as its number times 256 and the word's weight there; a bare one
        # where it is only one.
        self._postings = LazyDict[int, "int | array[int]"](None if records.is_empty else records.related_postings)

    def _read_articles(self, numbers: Collection[int]) -> dict[int, _RelatedArticle]:
        articles = self._records.articles(numbers)
        return {number: _RelatedArticle(each.file, _key_terms(each.terms)) for number, each in articles.items()}

    def save(self, store: IndexStore) -> None:
        """Go on with what a store holds, where `StoryIndex` saved the same articles just before.

        Afterwards nothing is held in memory. Raises StateError.
        """
        self._begin(store)

    def put(self, changes: Mapping[str, Terms | None]) -> set[str]:
        """Add or replace articles by file, remove those that are None.

        Returns the files whose list may have changed; those that came or went are among them.
        """
        self._numbers.load(changes)
        numbers = {file: number for file in changes for number in self._numbers[file]}
        self._articles.load(numbers.values())
        old = {file: self._articles[number].terms for file, number in numbers.items()}
        new = {file: None if terms is None else _key_terms(terms) for file, terms in changes.items()}
        new = {file: terms for file, terms in new.items() if terms != old.get(file)}
        if not new:
            return set()
        self._postings.load(word for file, terms in new.items() for word in (*old.get(file, ()), *(terms or ())))
        bits, touched, are_many = self._bits(), set[int](), 4 * len(new) >= self._count
        sizes: dict[int, int] = {}  # how many articles were under each word
        shared: dict[int, int] = {}  # how many words each other article shares with those that changed
        for file, terms in new.items():
            before = old.get(file, {})
            for word in before.keys() | (terms or {}).keys():
                sizes.setdefault(word, len(self._articles_under(word)))
            self._replace(file, old.get(file), terms)
            for word in () if are_many else (*before, *(terms or ())):
                articles = self._articles_under(word)
                for other in articles if len(articles) <= MAX_ARTICLES_PER_WORD + 1 else ():
                    shared[other >> 8] = shared.get(other >> 8, 0) + 1
        if are_many or self._bits() != bits:
            self._load_all_articles()
            return new.keys() | {article.file for article in self._articles.values()}
        for word, size in sizes.items():
            if _word_weight(bits, size) != _word_weight(bits, len(self._articles_under(word))):
                touched.update(other >> 8 for other in self._articles_under(word))
        touched |= {number for number, count in shared.items() if count >= _MIN_SHARED_WORDS}
        touched -= self._removed
        self._articles.load(touched)
        return new.keys() | {self._articles[number].file for number in touched}

    def _replace(self, file: str, old: Terms | None, new: Terms | None) -> None:
        if old is None:
            number, self._next_number = self._next_number, self._next_number + 1
            self._numbers[file].add(number)
            self._count += 1
        else:
            (number,) = self._numbers[file]
            for word, weight in old.items():
                self._remove(word, number * 256 + weight)
        if new is None:
            self._numbers[file].remove(number)
            self._removed.add(number)
            del self._articles[number]
            self._count -= 1
        else:
            self._articles[number] = _RelatedArticle(file, new)
            for word, weight in new.items():
                self._add(word, number * 256 + weight)

    def _load_all_articles(self) -> None:
        for number, article in self._records.all_articles().items():
            if number not in self._removed and number not in self._articles:
                self._articles[number] = _RelatedArticle(article.file, _key_terms(article.terms))

    def nearest(self, file: str) -> tuple[str, ...]:
        """Return the files of the articles nearest to one, the nearest first; of equal ones by file.

        Raises KeyError when the article is not in the index.
        """
        number = next(iter(self._numbers[file]), None)
        if number is None:
            raise KeyError(file)
        bits, terms = self._bits(), self._articles[number].terms
        self._postings.load(terms)
        scores: dict[int, int] = {}
        shared: dict[int, int] = {}
        for word, weight in terms.items():
            articles = self._articles_under(word)
            word_weight = _word_weight(bits, len(articles))
            for posting in articles if word_weight else ():
                other = posting >> 8
                scores[other] = scores.get(other, 0) + weight * (posting & 255) * word_weight * word_weight
                shared[other] = shared.get(other, 0) + 1
        min_score = MIN_SCORE * (bits * VECTOR_LENGTH) ** 2
        candidates = [
            other
            for other, count in shared.items()
            if count >= _MIN_SHARED_WORDS and other != number and 1000 * scores[other] >= min_score
        ]
        self._articles.load(candidates)
        nearest = sorted((-scores[other], self._articles[other].file) for other in candidates)[:MAX_NEAREST]
        return tuple(other for _, other in nearest)

    def _bits(self) -> int:
        return self._count.bit_length()

    def _articles_under(self, word: int) -> Sequence[int]:
        articles = self._postings.get(word, ())
        return (articles,) if isinstance(articles, int) else articles

    def _add(self, word: int, posting: int) -> None:
        articles = self._postings.get(word)
        if articles is None:
            self._postings[word] = posting
        elif isinstance(articles, int):
            self._postings[word] = array("I", sorted((articles, posting)))
        else:
            insort(articles, posting)

    def _remove(self, word: int, posting: int) -> None:
        articles = self._postings[word]
        if isinstance(articles, int):
            del self._postings[word]
        else:  # left where it is empty, so that it is not loaded again
            articles.remove(posting)


class _RelatedArticle(NamedTuple):
    """What the index holds of an article."""

    file: str  # the article's
    terms: Terms  # its MAX_KEYS weightiest


def _key_terms(terms: Terms) -> Terms:
    return dict(islice(terms.items(), MAX_KEYS))


def _word_weight(bits: int, size: int) -> int:
    """Return how much a word counts: the bits that it tells (its inverse document frequency, rounded).

    0 where too many articles have it. bits: those of the number of all articles; size: how many have the word.
    """
    return max(bits - size.bit_length() + 1, 1) if size <= MAX_ARTICLES_PER_WORD else 0
