"""Which articles are worth comparing (blocking): those that share rare shingles or weighty words in a few days. Pure.

An index that articles, by their numbers, are put into and taken out of. An article is indexed under keys: its
shingles, and its weightiest words, each with the span of days that it is of. So the cost of one does not grow with the
site. Keys that say nothing (too many articles have them, or they are an outlet's imprint) are ignored.
"""

from __future__ import annotations

import functools
from array import array
from bisect import insort
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from site_gen.site.analysis.lazy_dict import LazyDict
from site_gen.site.analysis.story_keys import SPAN, WORDS_FROM, blocking_keys
from site_gen.site.analysis.story_similarity import MAX_COPY_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence, Set

    from site_gen.site.analysis.article_records import ArticleRecords
    from site_gen.site.analysis.story_similarity import ArticleFeatures

_MAX_ARTICLES_PER_KEY = 64  # a key that more articles have says nothing
_MIN_IMPRINT = 4  # articles of one outlet, weeks apart, that share a shingle: it is their imprint
_MIN_SHARED_KEYS = 3  # keys that two articles share before they are compared


class BlockingIndex:
    """Articles by the keys that they are indexed under: of those keys that were loaded, if it is kept (`load`)."""

    def __init__(self, records: ArticleRecords) -> None:
        self._records, self._is_whole = records, records.is_empty
        self._loaded_keys: set[int] = set()
        # Most keys are one article's own. Those that several articles have are held apart, so that one article's keys
        # are compared with all others' by operations on sets, in C.
        self._single: dict[int, int] = {}  # the only article of a key
        self._several: dict[int, array[int]] = {}  # a key's articles, sorted, where there are several or were
        # The articles that were saved from one page, by its key.
        self._pages = LazyDict[str, set[int]](functools.partial(records.articles_with, "page_key"))
        self._ignored: set[int] = set(records.summary.ignored)  # of words those that were loaded
        self._doubtful: set[int] = set()  # keys that may have to be ignored now, or no longer

    @property
    def ignored_keys(self) -> Set[int]:
        """The keys that say nothing."""
        return self._ignored

    def load(self, articles: Iterable[ArticleFeatures]) -> None:
        """Load all that is touched when these are put in, taken out, or asked for their candidates."""
        if self._is_whole:
            return
        keys: set[int] = set()
        for article in articles:
            own = blocking_keys(article)
            keys.update(own, *((key - SPAN, key + SPAN) for key in own if key > WORDS_FROM))
        keys -= self._loaded_keys
        self._loaded_keys |= keys
        for key, numbers in self._records.articles_under(keys).items():
            if len(numbers) == 1:
                self._single[key] = numbers[0]
            elif numbers:
                self._several[key] = numbers
            if key > WORDS_FROM and len(numbers) > _MAX_ARTICLES_PER_KEY:
                self._ignored.add(key)

    def load_all(self, articles: LazyDict[int, ArticleFeatures]) -> None:
        """Load all that was not loaded yet. articles: all by number."""
        self._is_whole = True
        self._single, self._several = {}, {}
        for number, article in articles.items():
            self.add(number, article)
        self.update_ignored_keys(articles)

    def add(self, number: int, article: ArticleFeatures) -> list[int]:
        """Put an article under its keys; return the words (of its terms) that no article of its span was under."""
        single, several = self._single, self._several
        keys = dict.fromkeys(blocking_keys(article), number)
        for key in single.keys() & keys.keys():
            several[key] = array("I", [single.pop(key)])
        shared = several.keys() & keys.keys()
        for key in shared:
            insort(several[key], number)
            del keys[key]
        single |= keys
        self._doubtful |= shared
        if article.page_key:
            self._pages[article.page_key].add(number)
        return [key % SPAN for key in keys if key > WORDS_FROM]

    def remove(self, number: int, article: ArticleFeatures) -> list[int]:
        """Take an article from its keys; return the words that no article of its span is under any more."""
        words: list[int] = []
        for key in dict.fromkeys(blocking_keys(article)):
            if numbers := self._several.get(key):
                numbers.remove(number)
                self._doubtful.add(key)
                if numbers:
                    continue
                del self._several[key]
            else:
                del self._single[key]
            if key > WORDS_FROM:
                words.append(key % SPAN)
        if article.page_key:
            self._pages[article.page_key].discard(number)
        return words

    def update_ignored_keys(self, articles: LazyDict[int, ArticleFeatures]) -> set[int]:
        """Find out which keys say nothing, after articles came and went.

        Returns the articles under each key of which that changed. articles: all by number.
        """
        touched: set[int] = set()
        articles.load(
            number
            for key in self._doubtful
            if key < WORDS_FROM and _MIN_IMPRINT <= len(self._several.get(key, ())) <= _MAX_ARTICLES_PER_KEY
            for number in self._several[key]
        )
        for key in self._doubtful:
            numbers = self._several.get(key, ())
            if _says_nothing(key, numbers, articles) != (key in self._ignored):
                self._ignored ^= {key}
                touched.update(numbers)
        self._doubtful = set()
        return touched

    def candidates(self, number: int, article: ArticleFeatures) -> list[int]:
        """Return the articles that share enough keys with one to be compared."""
        ignored, single, several = self._ignored, self._single, self._several
        keys = blocking_keys(article)
        # Words also with the spans before and after: there, other than in its own span, the single article of a key is
        # another one.
        words = [key for key in keys if key > WORDS_FROM and key not in ignored]
        neighbours = [key - SPAN for key in words] + [key + SPAN for key in words]
        shared = (several.keys() & [*keys, *neighbours]) - ignored
        counts = Counter(chain.from_iterable(map(several.__getitem__, shared)))
        counts.update(map(single.__getitem__, single.keys() & neighbours))
        if article.page_key:
            counts.update(dict.fromkeys(self._pages[article.page_key], _MIN_SHARED_KEYS))
        return [other for other, count in counts.items() if count >= _MIN_SHARED_KEYS and other != number]


def _says_nothing(key: int, numbers: Sequence[int], articles: Mapping[int, ArticleFeatures]) -> bool:
    """Return whether too many articles have a key, or one outlet has it in articles of several weeks."""
    if len(numbers) < _MIN_IMPRINT:
        return False
    if len(numbers) > _MAX_ARTICLES_PER_KEY:
        return True
    if key > WORDS_FROM:
        return False
    days_by_outlet: dict[str, list[int]] = {}
    for number in numbers:
        article = articles[number]
        days_by_outlet.setdefault(article.outlet, []).append(article.filed_day)
    return any(len(days) >= _MIN_IMPRINT and max(days) - min(days) > MAX_COPY_DAYS for days in days_by_outlet.values())
