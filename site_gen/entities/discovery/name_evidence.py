"""What a name's letters, its surroundings and its use show, as numbers that can be told to a person. Pure.

The evidence of a name is a number for each feature: what kind of word it is (letters, endings, lists of well-known
names), what stands around it, and how the whole collection uses it. The words around are English, in
`name_evidence.txt`. `company_likelihood` adds the numbers up.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from math import log2
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.word_lists import WordLists
from site_gen.entities.discovery.name_kinds import COMPANY, FIRM_ENDS, OTHER, PERSON, PLACE
from site_gen.entities.discovery.well_known_names import LIST_NAMES, find_first_list
from site_gen.entities.lexicon import (
    AMBIGUOUS_LEGAL_FORMS,
    FIRST_NAMES,
    INSTITUTIONS,
    LEGAL_FORMS,
    MEDIA,
    PLACE_ENDS,
    THING_ENDS,
    place_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_CONTEXTS = 3.0  # how many places without evidence a name starts with: few places show little
_WORDS = WordLists(__package__, "name_evidence.txt")
_BY_LAST_WORD = {"at": "after at", "in": "after in", "the": "after the"} | dict.fromkeys(
    ("by", "from", "with"), "after by, from or with"
)
_LISTED = r",? (?:like|such as|including|called|named)\b[^.;]*$"
_LISTING_WORDS = ("like ", "such as ", "including ", "called ", "named ")
_FIRMS_LISTED = re.compile(rf"\b(?:{'|'.join(_WORDS.phrases('firms that are listed'))}){_LISTED}")
_THINGS_LISTED = re.compile(rf"\b(?:{'|'.join(_WORDS.phrases('things that are listed'))}){_LISTED}")
_POST_BEFORE = re.compile(rf"\b(?:{'|'.join(_WORDS.phrases('posts at a firm'))}) (?:of|at|for) (?:the )?$")
_PATTERNS_AFTER = (
    ("before a post", re.compile(rf"(?:['’]s)? (?:{'|'.join(_WORDS.phrases('what a firm has'))})\b")),
    ("before a legal form", re.compile(r",? (?:Inc|Corp|Ltd|LLC|GmbH|PLC|plc|Limited|Corporation|AG|S\.A)\b")),
    ("before a version", re.compile(r" v?\d+(?:\.\d+)?\b")),
    ("before 's", re.compile("['’]s")),
)


class Surroundings(NamedTuple):
    """What stands around a name at one place, `name_kinds.WINDOW` characters of each."""

    before: str  # in the name's line
    after: str  # in that line, too


class NameUsage(NamedTuple):
    """How the collection uses a name."""

    texts: int  # in how many texts it stands
    occurrences: int  # how often in all of them
    own_texts: int  # how many of them it published, as their outlet or author
    outlets: int  # of how many outlets they are
    lower: int  # in how many texts its only word stands without a capital
    longer: int  # how many other names begin with it
    maker: str  # the other name that this one begins with, or nothing
    maker_texts: int  # in how many texts that stands
    maker_list: str  # the list of well-known names that it is in, or nothing
    neighbours: Mapping[str, int]  # of names beside it in enumerations how many are in each list of well-known names
    linked: int  # in how many texts a link leads to a host of this name
    is_outlet: bool  # whether it is the outlet or author of any text


def gather_evidence(
    spellings: Sequence[str], surroundings: Iterable[Surroundings], scores: Mapping[str, float], usage: NameUsage
) -> dict[str, float]:
    """Return what is known of a name, by feature; features that are 0 are left out.

    spellings: the one that is written most first. scores: by kind, of `name_kinds.score_kinds`.
    """
    evidence: defaultdict[str, float] = defaultdict(float)
    _add_letters(evidence, spellings)
    _add_surroundings(evidence, list(surroundings))
    for kind in (COMPANY, PERSON, PLACE, OTHER):
        evidence[f"rules: {kind}"] = min(6.0, scores[kind]) / 3
    best = max(scores, key=lambda kind: scores[kind])
    if best != COMPANY:  # which is where a name starts
        evidence[f"rules say {best}"] = 1
    _add_usage(evidence, spellings[0], usage)
    return {feature: value for feature, value in evidence.items() if value}


def _add_letters(evidence: dict[str, float], spellings: Sequence[str]) -> None:
    name = spellings[0]
    words = name.split()
    small_words = [word.lower().strip(".,") for word in words]
    last = small_words[-1]
    if list_name := find_first_list(spellings):
        evidence[f"well-known: {list_name}"] = 1
    evidence["first name"] = small_words[0] in FIRST_NAMES
    evidence["place"] = name.lower() in place_names()
    evidence["place inside"] = len(words) > 1 and any(word in place_names() for word in small_words)
    evidence["written with a legal form"] = any(map(_has_legal_form, spellings))
    if len(words) == 1:
        evidence["capitals"] = name.isupper() and len(name) > 1
        return
    evidence["ends like a firm"] = last in FIRM_ENDS - INSTITUTIONS - MEDIA
    evidence["ends like an institution"] = last in INSTITUTIONS
    evidence["ends like an outlet"] = last in MEDIA
    evidence["ends like a thing"] = last in THING_ENDS
    evidence["ends like a place"] = last in PLACE_ENDS
    evidence["institution inside"] = any(word in INSTITUTIONS for word in small_words[:-1])
    evidence["of or for inside"] = "of" in words or "for" in words
    evidence["acronym inside"] = any(len(word) > 1 and word.isupper() for word in words)


def _has_legal_form(name: str) -> bool:
    start, _, last = name.rpartition(" ")
    return bool(start) and last.lower().strip(".,") in LEGAL_FORMS - AMBIGUOUS_LEGAL_FORMS


def _add_surroundings(evidence: dict[str, float], places: Sequence[Surroundings]) -> None:
    matches: Counter[str] = Counter()
    for before, after in places:
        matches.update(_features_before(before))
        matches.update(feature for feature, pattern in _PATTERNS_AFTER if pattern.match(after))
    for feature, count in matches.items():
        evidence[feature] = 2 * count / (len(places) + _CONTEXTS)
    evidence["ever in a list of firms"] = matches["in a list of firms"] > 0


def _features_before(before: str) -> Iterator[str]:
    last_word = before[:-1].rpartition(" ")[2].lower() if before.endswith(" ") else ""
    if feature := _BY_LAST_WORD.get(last_word):
        yield feature
    if last_word in {"of", "at", "for", "the"} and _POST_BEFORE.search(before):
        yield "after a post"
    if any(word in before for word in _LISTING_WORDS):
        if _FIRMS_LISTED.search(before):
            yield "in a list of firms"
        if _THINGS_LISTED.search(before):
            yield "in a list of things"


def _add_usage(evidence: dict[str, float], name: str, usage: NameUsage) -> None:
    evidence["texts"] = log2(usage.texts) / 4
    evidence["times a text"] = log2(usage.occurrences / usage.texts)
    evidence["outlets"] = log2(usage.outlets) / 4
    evidence["one outlet"] = usage.outlets == 1
    evidence["few outlets"] = 1 - usage.outlets / usage.texts
    if " " not in name:
        evidence["without a capital"] = usage.lower / (usage.lower + usage.texts)
    evidence["begins other names"] = min(3.0, log2(1 + usage.longer)) / 2
    evidence["begins with a name"] = min(1.0, usage.maker_texts / usage.texts)
    evidence["begins with a well-known company"] = usage.maker_list == "companies"
    evidence["begins with a well-known product"] = usage.maker_list == "products"
    beside = sum(usage.neighbours.values())
    evidence["enumerated"] = min(1.0, beside / 5)
    for key in LIST_NAMES:
        evidence[f"beside {key}"] = 3 * usage.neighbours.get(key, 0) / (beside + 3)
    evidence["linked"] = usage.linked > 0
    evidence["often linked"] = min(1.0, usage.linked / usage.texts)
    evidence["outlet or author"] = usage.is_outlet
