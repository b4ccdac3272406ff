"""What all texts of a site say of its names: which are written small as often as not, and so are ordinary words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import ahocorasick_rs

from site_gen.entities.matching.gazetteer import build_gazetteer, mark_ordinary
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.normalization import normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_gen.content.records import Entity, Kind
    from site_gen.entities.matching.gazetteer import GazetteerName

_MIN_TEXTS = 3  # in which a word must stand in small letters


def build_matcher(entities: Iterable[Entity], kinds: Mapping[str, Kind], texts: Iterable[str]) -> Matcher:
    """Return the matcher of a site's entities for tagging its articles.

    kinds: by key. texts: the bodies of all articles that the site has already.
    """
    names = build_gazetteer(entities, kinds)
    ordinary = find_ordinary_words(names, texts)
    return Matcher(mark_ordinary(names, ordinary) if ordinary else names)


def find_ordinary_words(names: Iterable[GazetteerName], texts: Iterable[str]) -> frozenset[str]:
    """Return the one-word names that texts use as ordinary words, in small letters.

    They stand in small letters in at least three texts, and in as many as they stand in with a capital. The dictionary
    has English only; this works for whatever language a site is written in.
    """
    single_words = {"plain", "short", "proper"}
    words = {normalize(name.text) + " ": name.text.lower() for name in names if name.trait in single_words}
    if not words:
        return frozenset()
    patterns, small, large = list(words), Counter[str](), Counter[str]()
    automaton = ahocorasick_rs.AhoCorasick(patterns)
    for text in texts:
        spellings = {(patterns[index], text[start:end].islower()) for index, start, end in _matches(automaton, text)}
        small.update(pattern for pattern, is_small in spellings if is_small)
        large.update(pattern for pattern, is_small in spellings if not is_small)
    return frozenset(words[pattern] for pattern, count in small.items() if count >= max(_MIN_TEXTS, large[pattern]))


def _matches(automaton: ahocorasick_rs.AhoCorasick, text: str) -> Iterable[tuple[int, int, int]]:
    """Return each match: the pattern's number, and where the word begins and ends in the text, without its blanks."""
    normalized = normalize(text) + " "
    matches = automaton.find_matches_as_indexes(normalized, overlapping=True)
    return ((index, start, end - 2) for index, start, end in matches)
