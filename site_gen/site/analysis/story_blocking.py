"""Which articles are worth comparing (blocking): those that share rare shingles or weighty words in a few days. Pure.

An index that articles are put into and taken out of. An article is indexed under keys: its shingles, and its weightiest
words, each with the span of days that it is of. So the cost of one does not grow with the site. Keys that say nothing
(too many articles have them, or they are an outlet's imprint) are ignored.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice
from typing import TYPE_CHECKING

from site_gen.site.analysis.story_similarity import MAX_COPY_DAYS, MAX_EVENT_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from site_gen.site.analysis.story_similarity import ArticleFeatures

_MAX_ARTICLES_PER_KEY = 64  # a key that more articles have says nothing
_MIN_IMPRINT = 4  # articles of one outlet, weeks apart, that share a shingle: it is their imprint
_MAX_WORDS = 32  # weightiest words that an article is indexed under
_MIN_SHARED_KEYS = 3  # keys that two articles share before they are compared

_WORDS_FROM = 1 << 32  # keys below this are shingles; those above are words, each with a span of days
_SPAN = 1 << 32  # the distance from a key of a word to that of the next span


class BlockingIndex:
    """Articles by the keys that they are indexed under."""

    def __init__(self) -> None:
        # Most keys are one article's own. Those that several articles have are held apart, so that one article's keys
        # are compared with all others' by operations on sets, in C.
        self._single: dict[int, str] = {}  # the file of the only article of a key
        self._several: dict[int, set[str]] = {}  # the files of a key's articles, where there are several or were
        self._pages: dict[str, set[str]] = {}  # the files of the articles that were saved from one page, by its key
        self._ignored: set[int] = set()
        self._doubtful: set[int] = set()  # keys that may have to be ignored now, or no longer

    @property
    def ignored_keys(self) -> Set[int]:
        """The keys that say nothing."""
        return self._ignored

    def add(self, article: ArticleFeatures) -> list[int]:
        """Put an article under its keys; return the words (of its terms) that no article of its span was under."""
        file, single, several = article.file, self._single, self._several
        keys = dict.fromkeys(_keys_of(article), file)
        for key in single.keys() & keys.keys():
            several[key] = {single.pop(key)}
        shared = several.keys() & keys.keys()
        for key in shared:
            several[key].add(file)
            del keys[key]
        single |= keys
        self._doubtful |= shared
        if article.page_key:
            self._pages.setdefault(article.page_key, set()).add(file)
        return [key % _SPAN for key in keys if key > _WORDS_FROM]

    def remove(self, article: ArticleFeatures) -> list[int]:
        """Take an article from its keys; return the words that no article of its span is under any more."""
        file, words = article.file, list[int]()
        for key in dict.fromkeys(_keys_of(article)):
            if files := self._several.get(key):
                files.discard(file)
                self._doubtful.add(key)
                if files:
                    continue
                del self._several[key]
            else:
                del self._single[key]
            if key > _WORDS_FROM:
                words.append(key % _SPAN)
        if article.page_key:
            self._pages[article.page_key].discard(file)
        return words

    def update_ignored_keys(self, articles: Mapping[str, ArticleFeatures]) -> set[str]:
        """Find out which keys say nothing, after articles came and went.

        Returns the files of the articles under each key of which that changed. articles: all by file.
        """
        touched: set[str] = set()
        for key in self._doubtful:
            files = self._several.get(key, set())
            if _says_nothing(key, files, articles) != (key in self._ignored):
                self._ignored ^= {key}
                touched |= files
        self._doubtful = set()
        return touched

    def candidates(self, article: ArticleFeatures) -> list[str]:
        """Return the files of the articles that share enough keys with one to be compared."""
        ignored, single, several = self._ignored, self._single, self._several
        keys = _keys_of(article)
        # Words also with the spans before and after: there, other than in its own span, the single article of a key is
        # another one.
        words = [key for key in keys if key > _WORDS_FROM and key not in ignored]
        neighbours = [key - _SPAN for key in words] + [key + _SPAN for key in words]
        shared = (several.keys() & [*keys, *neighbours]) - ignored
        counts = Counter(chain.from_iterable(map(several.__getitem__, shared)))
        counts.update(map(single.__getitem__, single.keys() & neighbours))
        if article.page_key:
            counts.update(dict.fromkeys(self._pages[article.page_key], _MIN_SHARED_KEYS))
        return [file for file, count in counts.items() if count >= _MIN_SHARED_KEYS and file != article.file]


def _says_nothing(key: int, files: Set[str], articles: Mapping[str, ArticleFeatures]) -> bool:
    """Return whether too many articles have a key, or one outlet has it in articles of several weeks."""
    if len(files) < _MIN_IMPRINT:
        return False
    if len(files) > _MAX_ARTICLES_PER_KEY:
        return True
    if key > _WORDS_FROM:
        return False
    days_by_outlet: dict[str, list[int]] = {}
    for file in files:
        article = articles[file]
        days_by_outlet.setdefault(article.outlet, []).append(article.filed_day)
    return any(len(days) >= _MIN_IMPRINT and max(days) - min(days) > MAX_COPY_DAYS for days in days_by_outlet.values())


def _keys_of(article: ArticleFeatures) -> Sequence[int]:
    """Return the keys of an article with a day: its shingles, and its weightiest words with the span of the day.

    Two articles that are MAX_EVENT_DAYS apart or less are of one span or of neighbouring ones.
    """
    if article.news_day is None:
        return ()
    span = span_number(article.news_day) * _SPAN
    return (*article.sketch, *[span + word for word in islice(article.terms, _MAX_WORDS)])


def span_number(day: int) -> int:
    """Return the number of the span of days that a day (an ordinal) is of."""
    return day // (MAX_EVENT_DAYS + 1)
