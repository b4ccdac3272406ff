"""Which articles are worth comparing: those that share rare shingles or weighty words in the same days. Pure.

An index that articles are put into and taken out of. An article is looked up under its shingles, and under its
weightiest words with the span of days that it is of, so that the cost of one does not grow with the site; keys that
say nothing (too many articles have them, or they are an outlet's imprint) are passed over.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice
from typing import TYPE_CHECKING

from site_gen.site.analysis.similarity import MAX_COPY_DAYS, MAX_EVENT_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from site_gen.site.analysis.similarity import ArticleFeatures

_MOST = 64  # articles that share a key; one that more of them have says nothing
_IMPRINT = 4  # articles of one outlet, weeks apart, that share a shingle: it is their imprint
_KEYS = 32  # weightiest words under which an article is looked up
_SHARED = 3  # keys that two articles share before they are compared

_SHINGLES = 1 << 32  # keys below this are shingles; those above words, each with a span of days
_SPAN = 1 << 32  # from a key of a word to that of the next span


class BlockingIndex:
    """Articles, by what they are looked up under."""

    def __init__(self) -> None:
        # Most keys are one article's own: what several share is kept apart, so that one article's keys are compared
        # with all others' by operations on sets, in C.
        self._own: dict[int, str] = {}
        self._common: dict[int, set[str]] = {}
        self._pages: dict[str, set[str]] = {}
        self._dull: set[int] = set()
        self._doubtful: set[int] = set()  # keys that may have become dull, or are so no more

    @property
    def ignored_keys(self) -> Set[int]:
        """The keys that say nothing."""
        return self._dull

    def add(self, entry: ArticleFeatures) -> list[int]:
        """Put an article under its keys. Gives the words (of its terms) that no article of its span was under."""
        file, own, common = entry.file, self._own, self._common
        keys = dict.fromkeys(_keys_of(entry), file)
        for key in own.keys() & keys.keys():
            common[key] = {own.pop(key)}
        there = common.keys() & keys.keys()
        for key in there:
            common[key].add(file)
            del keys[key]
        own |= keys
        self._doubtful |= there
        if entry.page_key:
            self._pages.setdefault(entry.page_key, set()).add(file)
        return [key % _SPAN for key in keys if key > _SHINGLES]

    def remove(self, entry: ArticleFeatures) -> list[int]:
        """Take an article from under its keys. Gives the words that no article of its span is under any more."""
        file, left = entry.file, list[int]()
        for key in dict.fromkeys(_keys_of(entry)):
            if there := self._common.get(key):
                there.discard(file)
                self._doubtful.add(key)
                if there:
                    continue
                del self._common[key]
            else:
                del self._own[key]
            if key > _SHINGLES:
                left.append(key % _SPAN)
        if entry.page_key:
            self._pages[entry.page_key].discard(file)
        return left

    def update_ignored_keys(self, entries: Mapping[str, ArticleFeatures]) -> set[str]:
        """Find which keys say nothing, after articles came and went. Gives the articles under a key of which that is
        another answer now. entries: all articles by file."""
        touched: set[str] = set()
        for key in self._doubtful:
            files = self._common.get(key, set())
            if _is_dull(key, files, entries) != (key in self._dull):
                self._dull ^= {key}
                touched |= files
        self._doubtful = set()
        return touched

    def candidates(self, entry: ArticleFeatures) -> list[str]:
        """The articles that share enough keys with one to be compared."""
        dull, own, common = self._dull, self._own, self._common
        keys = _keys_of(entry)
        # Words also as seen from the spans beside it: there, other than in its own, the one article is another.
        words = [key for key in keys if key > _SHINGLES and key not in dull]
        beside = [key - _SPAN for key in words] + [key + _SPAN for key in words]
        several = (common.keys() & [*keys, *beside]) - dull
        counts = Counter(chain.from_iterable(map(common.__getitem__, several)))
        counts.update(map(own.__getitem__, own.keys() & beside))
        if entry.page_key:
            counts.update(dict.fromkeys(self._pages[entry.page_key], _SHARED))
        return [other for other, count in counts.items() if count >= _SHARED and other != entry.file]


def _is_dull(key: int, files: Set[str], entries: Mapping[str, ArticleFeatures]) -> bool:
    """Whether a key says nothing: too many articles have it, or an outlet has it in articles of other weeks."""
    if len(files) < _IMPRINT:
        return False
    if len(files) > _MOST:
        return True
    if key > _SHINGLES:
        return False
    days: dict[str, list[int]] = {}
    for file in files:
        entry = entries[file]
        days.setdefault(entry.outlet, []).append(entry.filed_day)
    return any(len(found) >= _IMPRINT and max(found) - min(found) > MAX_COPY_DAYS for found in days.values())


def _keys_of(entry: ArticleFeatures) -> Sequence[int]:
    """What an article is looked up under: its shingles, and its weightiest words with the span of its day. Two articles
    that are DAYS_EVENT apart or less are of one span or of neighbouring ones."""
    if entry.news_day is None:
        return entry.sketch
    span = span_number(entry.news_day) * _SPAN
    return (*entry.sketch, *[span + word for word in islice(entry.terms, _KEYS)])


def span_number(day: int) -> int:
    """The span of days that a day is of, by number."""
    return day // (MAX_EVENT_DAYS + 1)
