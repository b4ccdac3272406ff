"""What the indexes of stories and related articles keep between runs, in a form that is looked up. Pure.

Everything is a value under a number (`IndexStore`): a kind, and which of that kind. Articles go by numbers of their
own; each has a record of its features, and one of its similarities and its story. *Postings* are the articles under a
word, a shingle or a text. Many of them share a value, a *chunk*, so that a store has few values: the words of a span of
days are one, of other postings those whose keys begin with the same bits. So what the comparison of one article touches
is read without the rest, and an edit writes what differs.

`StoryIndex` writes all of it. `RelatedIndex` reads the features and the postings of words.
"""

from __future__ import annotations

import functools
import json
import operator
import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from itertools import chain, groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol
from zlib import crc32

from site_gen.content.records import StoryOverride
from site_gen.core.json_text import compact_json
from site_gen.core.number_arrays import array_from_bytes, array_to_bytes
from site_gen.site.analysis.minhash import pack_numbers, unpack_numbers
from site_gen.site.analysis.story_keys import blocking_keys, span_number
from site_gen.site.analysis.story_similarity import ArticleFeatures

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

MAX_KEYS = 32  # weightiest words of an article that related articles are found by

# Kinds of values, in the upper bits of their keys.
_SUMMARY, _ARTICLE, _LINKS, _SPAN_CHUNK, _WORD_CHUNK, _SHINGLE_CHUNK, _TEXT_CHUNK, _SPREAD_CHUNK = (
    kind << 32 for kind in range(1, 9)
)
# How many fewer first bits the keys of a chunk have in common where an article has fewer entries, by kind of postings.
_FEWER_BITS = {_WORD_CHUNK: 0, _SHINGLE_CHUNK: 0, _TEXT_CHUNK: 3, _SPREAD_CHUNK: 3}
_KIND = 1 << 32  # the distance between kinds
_LOW = 1 << 32  # an entry of postings is a key times this, and a number below it
_ARTICLES_PER_CHUNK, _MOST_PER_CHUNK = 4, 64  # when the store is written anew, and from where on it has to be
_LATER_WORD = 1 << 31  # of a posting of a word: it is no word that related articles are found by
_PLAIN_FIELDS = [name for name in ArticleFeatures.__struct_fields__ if name not in {"sketch", "terms", "override"}]
_plain_fields = operator.attrgetter(*_PLAIN_FIELDS)
_LOWER_HALVES = slice(sys.byteorder == "big", None, 2)


class IndexStore(Protocol):
    """Values by key, as they were last written. All methods raise `StateError` (`core.sqlite`) for a damaged store."""

    def stamp(self) -> bytes | None:
        """Return what is another after each `write`, None where nothing was written."""

    def read(self, keys: Collection[int], stamp: bytes) -> dict[int, bytes]:
        """Return the values of keys. That one has none, or that the store has another stamp, is damage."""

    def read_range(self, start: int, end: int, count: int, stamp: bytes) -> dict[int, bytes]:
        """Return the values of all keys from `start` to before `end`. It is damage if they are not `count`."""

    def write(self, values: Mapping[int, bytes | None], *, anew: bool) -> None:
        """Write values, and delete those that are None. anew: delete all others, too."""


class IndexSummary(NamedTuple):
    """What is known of the articles of an index as a whole."""

    article_count: int = 0  # articles in the index
    next_number: int = 1  # of the next article that comes
    bits: int = 0  # first bits of a key that the postings of a chunk have in common
    span_counts: Mapping[int, int] = {}  # how many articles each span of days has
    ignored: Collection[int] = ()  # shingles that say nothing
    overridden: Collection[int] = ()  # articles of whose story a person says something
    named_ids: Collection[str] = ()  # ids that a person names there
    joined: Mapping[int, int] = {}  # of each article that a person joined to another: that other
    apart: Mapping[int, Collection[int]] = {}  # of each article those kept apart from it


class ArticleRecords:
    """What a store holds of articles. Nothing that comes after the last `write` is in it."""

    def __init__(self, store: IndexStore | None) -> None:
        """Read what is there of the whole. Raises StateError. store: None for an index that is not kept."""
        self.store = store
        self._stamp = store.stamp() if store else None
        self.summary = IndexSummary() if self.is_empty else self._read_summary()
        self._shifts = {kind: _shift(kind, self.summary.bits) for kind in _FEWER_BITS}
        self._links: dict[int, bytes] = {}  # as read
        self._chunks: dict[int, array[int]] = {}  # as read
        self.spreads: dict[int, int] = {}  # in how many spans each word is, of those that were asked for

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in the store."""
        return self._stamp is None

    def _read(self, kind: int, numbers: Collection[int]) -> dict[int, bytes]:
        """Return values of one kind, by number."""
        if self.store is None or self._stamp is None or not numbers:
            return {}
        values = self.store.read([kind + number for number in numbers], self._stamp)
        return {key - kind: value for key, value in values.items()}

    def _read_kind(self, kind: int, count: int) -> dict[int, bytes]:
        """Return all values of one kind, by number. count: how many they are."""
        if self.store is None or self._stamp is None:
            return {}
        values = self.store.read_range(kind, kind + _KIND, count, self._stamp)
        return {key - kind: value for key, value in values.items()}

    def _read_summary(self) -> IndexSummary:
        count, next_number, bits, spans, counts, ignored, *others = json.loads(self._read(_SUMMARY, (0,))[0])
        overridden, named_ids, joined, apart = others
        return IndexSummary(
            count,
            next_number,
            bits,
            dict(zip(unpack_numbers(spans), unpack_numbers(counts), strict=True)),
            unpack_numbers(ignored),
            overridden,
            named_ids,
            dict(joined),
            dict(apart),
        )

    # -- articles ---------------------------------------------------------------------------------------------

    def articles(self, numbers: Collection[int]) -> dict[int, ArticleFeatures]:
        """Return the features of articles."""
        return {number: _decode_article(data) for number, data in self._read(_ARTICLE, numbers).items()}

    def all_articles(self) -> dict[int, ArticleFeatures]:
        """Return the features of all articles."""
        return {
            number: _decode_article(data)
            for number, data in self._read_kind(_ARTICLE, self.summary.article_count).items()
        }

    def similarities(self, numbers: Collection[int]) -> dict[int, dict[int, int]]:
        """Return what articles are similar to, with how similar that is."""
        return {number: _decode_links(data)[1] for number, data in self._read_links(numbers).items()}

    def clusters(self, numbers: Collection[int]) -> dict[int, tuple[int, ...]]:
        """Return the stories of articles, each the numbers of its articles with the one that leads first."""
        return {number: _decode_links(data)[0] for number, data in self._read_links(numbers).items()}

    def _read_links(self, numbers: Collection[int]) -> dict[int, bytes]:
        self._links |= self._read(_LINKS, [number for number in numbers if number not in self._links])
        return {number: self._links[number] for number in numbers}

    def read_all_links(self) -> None:
        """Read the similarities and stories of all articles at once."""
        self._links = self._read_kind(_LINKS, self.summary.article_count)

    # -- postings ---------------------------------------------------------------------------------------------

    def articles_with(self, what: str, texts: Collection[str]) -> dict[str, set[int]]:
        """Return the articles that have texts. what: `file`, `id` or `page_key`."""
        if self.is_empty:
            return {text: set() for text in texts}
        key_by_text = {text: _text_key(what, text) for text in texts}
        self._read_chunks(self._prefix_chunk(_TEXT_CHUNK, key) for key in key_by_text.values())
        numbers = {text: self._postings(_TEXT_CHUNK, key) for text, key in key_by_text.items()}
        articles = self.articles({number for each in numbers.values() for number in each})
        return {
            text: {number for number in each if getattr(articles[number], what) == text}
            for text, each in numbers.items()
        }

    def articles_under(self, keys: Collection[int]) -> dict[int, array[int]]:
        """Return the articles under keys by which articles are chosen for comparison (`story_blocking`), sorted."""
        chunks = {key: self._block_chunk(key) for key in keys}
        chunks = {key: chunk for key, chunk in chunks.items() if _is_in_store(chunk, self.summary)}
        self._read_chunks(chunks.values())
        return {key: self._slice(chunk, key % _LOW * _LOW, _LOW) for key, chunk in chunks.items()}

    def spread_of(self, words: Collection[int]) -> dict[int, int]:
        """Return in how many spans of days words are."""
        self._read_chunks(self._prefix_chunk(_SPREAD_CHUNK, word) for word in words)
        spreads = {word: self._spread_of(word) for word in words}
        self.spreads |= spreads
        return spreads

    def _spread_of(self, word: int) -> int:
        entries, start = self._chunks[self._prefix_chunk(_SPREAD_CHUNK, word)], word * _LOW
        place = bisect_left(entries, start)
        return entries[place] - start if place < len(entries) and entries[place] - start < _LOW else 0

    def all_spreads(self) -> dict[int, int]:
        """Return in how many spans of days each word is."""
        values = self._read_kind(_SPREAD_CHUNK, 1 << 32 - self._shifts[_SPREAD_CHUNK])
        chunks = [array_from_bytes("Q", data) for data in values.values()]
        self.spreads = {entry // _LOW: entry % _LOW for chunk in chunks for entry in chunk}
        return self.spreads

    def related_postings(self, words: Collection[int]) -> dict[int, array[int]]:
        """Return under each word the articles that are found by it, each as its number times 256 plus the weight."""
        self._read_chunks(self._prefix_chunk(_WORD_CHUNK, word) for word in words)
        return {word: self._slice(self._prefix_chunk(_WORD_CHUNK, word), word * _LOW, _LATER_WORD) for word in words}

    def articles_with_words(self, words: Collection[int]) -> set[int]:
        """Return the articles that have any of these words among their terms."""
        self._read_chunks(self._prefix_chunk(_WORD_CHUNK, word) for word in words)
        return {entry % _LATER_WORD >> 8 for word in words for entry in self._postings(_WORD_CHUNK, word)}

    def _block_chunk(self, key: int) -> int:
        return self._prefix_chunk(_SHINGLE_CHUNK, key) if key < _LOW else _SPAN_CHUNK + key // _LOW

    def _prefix_chunk(self, kind: int, key: int) -> int:
        return kind + (key >> self._shifts[kind])

    def _postings(self, kind: int, key: int) -> array[int]:
        return self._slice(self._prefix_chunk(kind, key), key * _LOW, _LOW)

    def _slice(self, chunk: int, start: int, length: int) -> array[int]:
        """Return the lower halves of the entries of a chunk from `start` to before `start + length`."""
        entries = self._chunks[chunk]
        first = bisect_left(entries, start)
        return array("I", entries[first : bisect_left(entries, start + length, first)].tobytes())[_LOWER_HALVES]

    def _read_chunks(self, chunks: Iterable[int]) -> None:
        missing = set(chunks) - self._chunks.keys()
        self._chunks |= {chunk: array_from_bytes("Q", data) for chunk, data in self._read(0, missing).items()}

    # -- writing ----------------------------------------------------------------------------------------------

    def has_room(self, store: IndexStore, count: int) -> bool:
        """Whether so many articles can be written into a store by what differs; else it is written anew."""
        return self.store is store and not self.is_empty and count <= _MOST_PER_CHUNK << self.summary.bits

    def changed_links(self, links: Mapping[int, tuple[Collection[int], Mapping[int, int]]]) -> dict[int, bytes]:
        """Return what to write of the stories and similarities of articles: what is not as it was read."""
        encoded = {number: _encode_links(*each) for number, each in links.items()}
        return {number: data for number, data in encoded.items() if data != self._links.get(number)}

    def write(
        self,
        store: IndexStore,
        changes: Iterable[tuple[int, ArticleFeatures | None, ArticleFeatures | None]],
        links: Mapping[int, bytes],
        spreads: Mapping[int, int],
        summary: IndexSummary,
    ) -> None:
        """Write what changed into the store that this is of, or all into another one (see `has_room`).

        changes: articles that changed, with what the store holds of them, and what it is to hold (None: nothing).
        links: of articles (see `changed_links`). spreads: in how many spans of days words are.
        """
        anew = self.store is not store or self.is_empty
        values: dict[int, bytes | None] = {_SUMMARY: _encode_summary(summary)}
        # Of spans and of other kinds of postings, the entries that come into chunks or go from them.
        toggled: defaultdict[int, array[int]] = defaultdict(functools.partial(array, "Q"))
        for number, old, new in changes:
            values[_ARTICLE + number] = _encode_article(new) if new else None
            if not new:
                values[_LINKS + number] = None
            before, after = (_postings_of(number, each) if each else {} for each in (old, new))
            for kind in before.keys() | after.keys():
                entries = before.get(kind, []), after.get(kind, [])
                toggled[kind].extend(
                    set(entries[0]).symmetric_difference(entries[1]) if all(entries) else chain(*entries)
                )
        values |= {_LINKS + number: data for number, data in links.items()}
        for word, spread in spreads.items():  # a word's is an entry of its own
            toggled[_SPREAD_CHUNK].extend(word * _LOW + each for each in (self.spreads.get(word), spread) if each)
        chunks = {kind: entries for kind, entries in toggled.items() if kind not in _FEWER_BITS}
        for kind in _FEWER_BITS:
            shift = _shift(kind, summary.bits)
            if anew:
                chunks |= {kind + prefix: array("Q") for prefix in range(1 << 32 - shift)}
            for prefix, group in groupby(sorted(toggled[kind]), key=(_LOW << shift).__rfloordiv__):
                chunks[kind + prefix] = array("Q", group)
        if not anew:
            self._read_chunks(chunk for chunk in chunks if _is_in_store(chunk, self.summary))
        for chunk, changed in chunks.items():
            old_entries = None if anew else self._chunks.get(chunk)
            is_left = _is_in_store(chunk, summary)
            values[chunk] = array_to_bytes(_toggle(old_entries, changed)) if is_left else None
        store.write(values, anew=anew)


def chunk_bits(count: int) -> int:
    """Return how many first bits tell the chunks apart in which postings of so many articles are well held."""
    return (count // _ARTICLES_PER_CHUNK).bit_length()


def _shift(kind: int, bits: int) -> int:
    """Return how many bits of a key come after those that the keys of a chunk have in common."""
    return 32 - max(0, bits - _FEWER_BITS[kind])


def _postings_of(number: int, article: ArticleFeatures) -> dict[int, list[int]]:
    """Return the entries of an article, by their kind, of words for comparison by the chunk of their span."""
    words = [word * _LOW + number * 256 + weight for word, weight in article.terms.items()]
    texts = [_text_key(what, text) for what in ("file", "id", "page_key") if (text := getattr(article, what))]
    postings = {
        _WORD_CHUNK: words[:MAX_KEYS] + [entry + _LATER_WORD for entry in words[MAX_KEYS:]],
        _TEXT_CHUNK: [key * _LOW + number for key in texts],
    }
    if article.news_day is not None:
        keys = blocking_keys(article)
        postings[_SHINGLE_CHUNK] = [key * _LOW + number for key in keys if key < _LOW]
        span = _SPAN_CHUNK + span_number(article.news_day)
        postings[span] = [key % _LOW * _LOW + number for key in keys if key >= _LOW]
    return postings


def _is_in_store(chunk: int, summary: IndexSummary) -> bool:
    """Return whether a store with such articles has a chunk: of postings of spans those that have articles."""
    return chunk & -_KIND != _SPAN_CHUNK or chunk - _SPAN_CHUNK in summary.span_counts


def _toggle(chunk: array[int] | None, entries: array[int]) -> array[int]:
    """Return a chunk with those entries that were not in it, and without those that were."""
    if not chunk:
        return array("Q", sorted(entries))
    chunk = chunk[:]
    for entry in entries:
        place = bisect_left(chunk, entry)
        if place < len(chunk) and chunk[place] == entry:
            del chunk[place]
        else:
            chunk.insert(place, entry)
    return chunk


def _text_key(what: str, text: str) -> int:
    return crc32(f"{what} {text}".encode("utf-8", "surrogatepass"))


def _encode_article(article: ArticleFeatures) -> bytes:
    override = article.override
    by_hand = (override.lead, override.alone, override.apart) if article.has_override else ()
    head = compact_json([*_plain_fields(article), by_hand, len(article.sketch)])
    numbers = array_to_bytes(array("I", [*article.sketch, *article.terms]))
    return b"".join((head.encode("utf-8", "surrogatepass"), b"\n", numbers, bytes(article.terms.values())))


def _decode_article(data: bytes) -> ArticleFeatures:
    end = data.index(b"\n") + 1  # JSON has no line end of its own
    *plain, override, sketch_size = json.loads(data[:end].decode("utf-8", "surrogatepass"))
    words_start = end + 4 * sketch_size
    weights_start = words_start + (len(data) - words_start) // 5 * 4
    words = array_from_bytes("I", data[words_start:weights_start])
    return ArticleFeatures(
        **dict(zip(_PLAIN_FIELDS, plain, strict=True)),
        sketch=tuple(array_from_bytes("I", data[end:words_start])),
        terms=dict(zip(words, data[weights_start:], strict=True)),
        override=StoryOverride(override[0], override[1], tuple(override[2])) if override else StoryOverride(),
    )


def _encode_summary(summary: IndexSummary) -> bytes:
    """Return the bytes of what is known of the whole; `ArticleRecords` reads them."""
    spans = sorted(summary.span_counts)
    return compact_json(
        [
            summary.article_count,
            summary.next_number,
            summary.bits,
            pack_numbers(spans),
            pack_numbers([summary.span_counts[span] for span in spans]),
            pack_numbers(sorted(summary.ignored)),
            sorted(summary.overridden),
            sorted(summary.named_ids),
            sorted(summary.joined.items()),
            [(number, sorted(others)) for number, others in sorted(summary.apart.items())],
        ]
    ).encode("utf-8", "surrogatepass")


def _encode_links(cluster: Collection[int], similarities: Mapping[int, int]) -> bytes:
    others = sorted(similarities)
    return array_to_bytes(array("I", [len(cluster), *cluster, *others, *map(similarities.__getitem__, others)]))


def _decode_links(data: bytes) -> tuple[tuple[int, ...], dict[int, int]]:
    numbers = array_from_bytes("I", data)
    start = 1 + numbers[0]
    middle = (start + len(numbers)) // 2
    return tuple(numbers[1:start]), dict(zip(numbers[start:middle], numbers[middle:], strict=True))
