"""What all texts of a site say about its names: which are written small as often as not, and so are ordinary words."""

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

_TEXTS = 3  # in which a word must stand small


def build_matcher(entities: Iterable[Entity], kinds: Mapping[str, Kind], texts: Iterable[str]) -> Matcher:
    """The matcher of a site's entities for tagging its articles. texts: those of all that are there already."""
    names = build_gazetteer(entities, kinds)
    ordinary = find_ordinary_words(names, texts)
    return Matcher(mark_ordinary(names, ordinary) if ordinary else names)


def find_ordinary_words(names: Iterable[GazetteerName], texts: Iterable[str]) -> frozenset[str]:
    """The names of one word that stand small in at least three texts, and in as many as they stand with a capital.
    The dictionary knows English; this knows whatever language a site is written in."""
    words = {
        normalize(name.text) + " ": name.text.lower() for name in names if name.trait in {"plain", "short", "proper"}
    }
    if not words:
        return frozenset()
    patterns, small, large = list(words), Counter[str](), Counter[str]()
    automaton = ahocorasick_rs.AhoCorasick(patterns)
    for text in texts:
        ways = {(patterns[index], text[start:end].islower()) for index, start, end in _places(automaton, text)}
        small.update(pattern for pattern, is_small in ways if is_small)
        large.update(pattern for pattern, is_small in ways if not is_small)
    return frozenset(words[pattern] for pattern, count in small.items() if count >= max(_TEXTS, large[pattern]))


def _places(automaton: ahocorasick_rs.AhoCorasick, text: str) -> Iterable[tuple[int, int, int]]:
    """Each match with where it begins and ends in the text, the blanks around it left out."""
    formed = normalize(text) + " "
    matches = automaton.find_matches_as_indexes(formed, overlapping=True)
    return ((index, start, end - 2) for index, start, end in matches)
