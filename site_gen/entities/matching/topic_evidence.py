"""What speaks for a topic in a text: how often its keywords stand in the title and in sentences, and where.

A word by itself says little in pages of all kinds: shops tell of shipping, forums of gold badges, plans of goals. What
is no sentence (a menu, a label, a button) does not count, nor what is said twice, nor a word in a set phrase
(`topic_evidence.txt`). A text has a topic where its keywords are frequent for its length, in the title, near the top
or very often; and if it is no short one, several of them, one of several words, or the topic's name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.text import SENTENCE_END
from site_gen.core.word_lists import WordLists

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_gen.entities.matching.matcher import Hit

_MIN_SENTENCE, _MIN_PROSE = 25, 200  # letters of a paragraph that ends as a sentence does, and of one that does not
_OPENING = 600  # letters of sentences, from the first
_BRIEF = 1_200  # letters of sentences, in which one word of several is enough
# Letters of sentences for each keyword in them, at most: where the opening has a phrase, a word, and none.
_PHRASE_SHARE, _OPENING_SHARE, _SHARE = 2_500, 1_200, 500
_MIN_TIMES, _MIN_LATE_TIMES = 2, 3  # that keywords stand in sentences, where one is in the opening, and where none is
_RIVALLED_TIMES = 2  # that they must stand there more, where the title names another topic
_REACH = 20  # letters before a word that are looked at


class TopicEvidence(NamedTuple):
    """What speaks for a topic that a text has."""

    in_title: bool  # whether the title has a keyword
    in_opening: bool  # whether the first sentences have one
    times: int  # how often keywords stand in sentences
    first: Hit  # the first keyword that counts
    rule: str  # what decided, in words


class Prose:
    """The sentences of a text, by which its topics are told."""

    def __init__(self, text: str, paragraphs: Sequence[str], body: int) -> None:
        """Find the paragraphs that are sentences, each of them once.

        text: title and paragraphs (`tagger.joined_text`); body: where the paragraphs begin in it.
        """
        self._text, self._body = text, body
        self._spans: list[tuple[int, int, int]] = []  # where each begins and ends, and the letters of those before
        self._length = 0
        seen: set[str] = set()
        start = body
        for paragraph in paragraphs:
            end = start + len(paragraph)
            if _is_prose(paragraph) and paragraph not in seen:
                seen.add(paragraph)
                self._spans.append((start, end, self._length))
                self._length += len(paragraph)
            start = end + 2

    def weigh_topic(self, hits: Sequence[Hit], *, is_rivalled: bool) -> TopicEvidence | None:
        """Return what speaks for the topic whose keywords stand at some places, in their order; None if too little.

        On Reuters-21578, 20 topics, F1 is .83. Of what it says of pages of all kinds nine in ten are so, or
        eight where the keywords are words of many uses; any keyword near the top gave four to six.

        is_rivalled: whether the title names a topic; that counts where it is another one.
        """
        hits = [hit for hit in hits if not _is_in_set_phrase(self._text, hit)]
        counted = list(self._in_sentences(hits))
        opening = [hit for hit, place in counted if place < _OPENING]
        times, length = len(counted), self._length
        is_titled = bool(hits) and hits[0].start < self._body
        names = [hit.name for hit in hits if hit.start < self._body] + [hit.name for hit, _ in counted]
        if length > _BRIEF and not any(name.clarity for name in names) and len({name.root for name in names}) < 2:
            return None
        if is_titled:
            return TopicEvidence(True, bool(opening), times, hits[0], "in the title")
        weight = times - _RIVALLED_TIMES * is_rivalled
        clarity = max((hit.name.clarity for hit in opening), default=0)
        min_times = 1 if clarity >= 2 else _MIN_TIMES
        share = _PHRASE_SHARE if clarity >= 3 else _OPENING_SHARE
        if opening and weight >= min_times and times * share >= length:
            return TopicEvidence(False, True, times, opening[0], "at the beginning")
        if weight >= _MIN_LATE_TIMES and times * _SHARE >= length:
            return TopicEvidence(False, bool(opening), times, counted[0][0], f"{times} times")
        return None

    def _in_sentences(self, hits: Iterable[Hit]) -> Iterator[tuple[Hit, int]]:
        """Yield the hits that stand in sentences, each with the letters of sentences before it."""
        for hit in hits:
            span = bisect_right(self._spans, hit.start, key=itemgetter(0)) - 1
            if span >= 0:
                start, end, letters_before = self._spans[span]
                if hit.start < end:
                    yield hit, letters_before + hit.start - start


def _is_prose(paragraph: str) -> bool:
    size = len(paragraph)
    return size >= _MIN_PROSE or (size >= _MIN_SENTENCE and bool(SENTENCE_END.search(paragraph.rstrip())))


def _neighbours() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Return for each word of the set phrases the words before it with which it is one, and those after it."""
    before: dict[str, frozenset[str]] = {}
    after: dict[str, frozenset[str]] = {}
    for phrase in WordLists(__package__, "topic_evidence.txt").phrases("set phrases"):
        first, second = phrase.split()
        word, others, sides = (first, second, after) if first.isupper() else (second, first, before)
        sides[word.lower()] = sides.get(word.lower(), frozenset()) | {*others.lower().split("/")}
    return before, after


_BEFORE, _AFTER = _neighbours()
_WORD_BEFORE, _WORD_AFTER = (
    re.compile(r"(?<![^\W_])(?<![^\W_]-)([^\W_]++(?:-[^\W_]++)*+)[ -]$"),
    re.compile(r"[ -]([^\W_]+)"),
)


def _is_in_set_phrase(text: str, hit: Hit) -> bool:
    """Return whether a keyword means something else beside the word before or after it."""
    words = [word for word in _forms(text[hit.start : hit.end]) if word in _BEFORE or word in _AFTER]
    if not words:
        return False
    before = _WORD_BEFORE.search(text[max(0, hit.start - _REACH) : hit.start])
    after = _WORD_AFTER.match(text, hit.end)
    words_after = _forms(after[1]) if after else set()
    return any(
        (before and before[1].lower() in _BEFORE.get(word, ())) or not words_after.isdisjoint(_AFTER.get(word, ()))
        for word in words
    )


def _forms(word: str) -> set[str]:
    """Return a word in small letters, and without an s at its end."""
    return {word.lower(), word.lower().removesuffix("s")}
