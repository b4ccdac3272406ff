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
    CALENDAR,
    FIRST_NAMES,
    INSTITUTIONS,
    LEGAL_FORMS,
    MEDIA,
    PEOPLES,
    PLACE_ENDS,
    THING_ENDS,
    place_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_CONTEXTS = 3.0  # how many places without evidence a name starts with: few places show little
_WORDS = WordLists(__package__, "name_evidence.txt")
# Features by the word right before a name, and by the one right after it.
_BEFORE = (
    "after at", "after by, from or with", "after in", "after on or via", "after use or install", "after a, any or new",
    "after the",
)  # fmt: skip
_AFTER = ("before a verb of firms", "before is, are or was", "before a kind of thing")
_BY_LAST_WORD = {word: feature for feature in _BEFORE for word in _WORDS.words(feature)}
_BY_NEXT_WORD = {word: feature for feature in _AFTER for word in _WORDS.words(feature)}
_LISTED = r",? (?:like|such as|including|called|named)\b[^.;]*$"
_FIRMS_LISTED = re.compile(rf"\b(?:{'|'.join(_WORDS.phrases('firms that are listed'))}){_LISTED}")
_THINGS_LISTED = re.compile(rf"\b(?:{'|'.join(_WORDS.phrases('things that are listed'))}){_LISTED}")
_LISTING_WORDS = ("like ", "such as ", "including ", "called ", "named ")
_NOUN_END = re.compile(r"(?:tion|ment|ing|ness|ity|ism|ship|ance|ence|ers?|al|ed|ly)$")
_DOMAIN_END = re.compile(r"\.(?:com|net|org|io|ai)$")
_COPYRIGHT = re.compile(r"(?:©|\([Cc]\)|[Cc]opyright)[ \d,–-]*$")
_POST_BEFORE = re.compile(rf"\b(?:{'|'.join(_WORDS.phrases('posts at a firm'))}) (?:of|at|for) (?:the )?$")
_POST_AFTER = re.compile(rf"(?:['’]s)? (?:{'|'.join(_WORDS.phrases('what a firm has'))})\b")
_LEGAL_FORM_AFTER = re.compile(r",? (?:Inc|Corp|Ltd|LLC|GmbH|PLC|plc|Limited|Corporation|AG|S\.A)\b")
_VERSION_AFTER = re.compile(r" v?\d+(?:\.\d+)?\b")
_NEXT_WORD = re.compile(r" ([a-zA-Z]+)\b")
_AND_AFTER = re.compile(r",|\.? (?:and|or|&) ")
_PATTERNS_AFTER = (
    ("before a post", _POST_AFTER),
    ("before a legal form", _LEGAL_FORM_AFTER),
    ("before a version", _VERSION_AFTER),
    ("before and or a comma", _AND_AFTER),
)
_EXPANSION = re.compile(r"(\w[\w’'-]*(?:[ -](?:\w[\w’'-]*)){1,6}) ?\($")


class Surroundings(NamedTuple):
    """What stands around a name at one place, `name_kinds.WINDOW` characters of each."""

    before: str  # in the name's line
    after: str  # in that line, too


class NameUsage(NamedTuple):
    """How the collection uses a name."""

    texts: int  # in how many texts it stands
    occurrences: int  # how often in all of them
    places: int  # how often where its capital may show something: not in headings
    own_texts: int  # how many of them it published, as their outlet or author
    outlets: int  # of how many outlets they are
    inside: int  # how many of these places are inside a sentence
    lower: int  # in how many texts its only word stands without a capital
    longer: int  # how many other names begin with it
    maker: str  # the other name that this one begins with, or nothing
    maker_texts: int  # in how many texts that stands
    maker_list: str  # the list of well-known names that it is in, or nothing
    has_plural: bool  # whether a name is this one with an s
    is_plural: bool  # whether this name is another one with an s
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
    _add_surroundings(evidence, spellings[0], list(surroundings))
    for kind in (COMPANY, PERSON, PLACE, OTHER):
        evidence[f"rules: {kind}"] = min(6.0, scores[kind]) / 3
    best = max(scores, key=lambda kind: scores[kind])
    evidence[f"rules say {best}"] = 1
    _add_usage(evidence, spellings[0], usage)
    return {feature: value for feature, value in evidence.items() if value}


def _add_letters(evidence: dict[str, float], spellings: Sequence[str]) -> None:
    name = spellings[0]
    words = name.split()
    small_words = [word.lower().strip(".,") for word in words]
    if list_name := find_first_list(spellings):
        evidence[f"well-known: {list_name}"] = 1
    evidence[f"words: {min(len(words), 4)}"] = 1
    last = small_words[-1]
    evidence["first name"] = small_words[0] in FIRST_NAMES
    evidence["place"] = name.lower() in place_names()
    evidence["place inside"] = len(words) > 1 and any(word in place_names() for word in small_words)
    evidence["calendar or people"] = any(word in CALENDAR or word in PEOPLES for word in small_words)
    forms = LEGAL_FORMS - AMBIGUOUS_LEGAL_FORMS
    evidence["written with a legal form"] = any(
        len(parts := spelling.split()) > 1 and parts[-1].lower().strip(".,") in forms for spelling in spellings
    )
    if len(words) > 1:
        evidence["ends like a firm"] = last in FIRM_ENDS - INSTITUTIONS - MEDIA
        evidence["ends like an institution"] = last in INSTITUTIONS
        evidence["ends like an outlet"] = last in MEDIA
        evidence["institution inside"] = any(word in INSTITUTIONS for word in small_words[:-1])
        evidence["ends like a thing"] = last in THING_ENDS
        evidence["ends like a place"] = last in PLACE_ENDS
        evidence["of or for inside"] = "of" in words or "for" in words
        evidence["acronym inside"] = any(len(word) > 1 and word.isupper() for word in words)
        return
    evidence["ordinary word of names"] = last in FIRM_ENDS or last in THING_ENDS or last in PLACE_ENDS
    if name.isupper() and len(name) > 1:
        evidence[f"capitals: {min(len(name), 5)}"] = 1
    elif name[1:] != name[1:].lower():
        evidence["capital inside"] = 1
    else:
        evidence["one word"] = 1
    evidence["ends with s"] = name.endswith("s")
    evidence["digit"] = any(letter.isdigit() for letter in name)
    evidence["domain"] = bool(_DOMAIN_END.search(name))
    evidence["hyphen"] = "-" in name
    evidence["ends like a noun"] = bool(_NOUN_END.search(name))


def _add_surroundings(evidence: dict[str, float], name: str, places: Sequence[Surroundings]) -> None:
    matches: Counter[str] = Counter()
    for before, after in places:
        matches.update(_features_before(before))
        matches.update(_features_after(after))
        if after.startswith(")") and (expansion := _EXPANSION.search(before)):
            matches[_expansion_kind(name, expansion[1].replace("-", " ").split())] += 1
    for feature, count in matches.items():
        if feature:
            evidence[feature] = 2 * count / (len(places) + _CONTEXTS)
    for feature in ("before a legal form", "after a copyright sign", "in a list of firms", "spelt out, common words"):
        evidence[f"ever {feature}"] = matches[feature] > 0


def _features_before(before: str) -> Iterator[str]:
    last_word = before[:-1].rpartition(" ")[2] if before.endswith(" ") else ""
    if feature := _BY_LAST_WORD.get(last_word):
        yield feature
    if last_word in {"of", "at", "for", "the"} and _POST_BEFORE.search(before):
        yield "after a post"
    if before.endswith("("):
        yield "after a bracket"
    if before[-1:].isdigit() or last_word[-1:].isdigit():
        yield "after a number"
    if any(word in before for word in _LISTING_WORDS):
        if _FIRMS_LISTED.search(before):
            yield "in a list of firms"
        if _THINGS_LISTED.search(before):
            yield "in a list of things"
    if ("©" in before or "(c)" in before.lower() or "opyright" in before) and _COPYRIGHT.search(before):
        yield "after a copyright sign"


def _features_after(after: str) -> Iterator[str]:
    if word := _NEXT_WORD.match(after):
        if feature := _BY_NEXT_WORD.get(word[1]):
            yield feature
        if len(word[1]) > 3 and word[1].islower():
            yield "before a small word"
    if after.startswith(("'s", "’s")):
        yield "before 's"
    if after.startswith((" (", "(")):
        yield "before a bracket"
    if after.startswith(")"):
        yield "before a closing bracket"
    for feature, pattern in _PATTERNS_AFTER:
        if pattern.match(after):
            yield feature


def _expansion_kind(name: str, words: list[str]) -> str:
    """Return the feature for an acronym that is spelt out before its bracket; empty where these words are not it."""
    letters = [letter.lower() for letter in name.rstrip("s") if letter.isalpha()]
    words = words[-len(letters) :]
    if len(letters) < 2 or [word[0].lower() for word in words] != letters:
        return ""
    if words[-1].lower() in FIRM_ENDS:
        return "spelt out, ends like a firm"
    return "spelt out, a name" if all(word[0].isupper() for word in words) else "spelt out, common words"


def _add_usage(evidence: dict[str, float], name: str, usage: NameUsage) -> None:
    evidence["texts"] = log2(usage.texts) / 4
    evidence["times a text"] = log2(usage.occurrences / usage.texts)
    evidence["outlets"] = log2(usage.outlets) / 4
    evidence["one outlet"] = usage.outlets == 1
    evidence["few outlets"] = 1 - usage.outlets / usage.texts
    evidence["opens sentences"] = 1 - usage.inside / usage.places
    if " " not in name:
        evidence["without a capital"] = usage.lower / (usage.lower + usage.texts)
        evidence["ever without a capital"] = usage.lower > 0
    evidence["begins other names"] = min(3.0, log2(1 + usage.longer)) / 2
    evidence["begins with a name"] = min(1.0, usage.maker_texts / usage.texts)
    evidence["begins with a well-known company"] = usage.maker_list == "companies"
    evidence["begins with a well-known product"] = usage.maker_list == "products"
    evidence["has a plural"] = usage.has_plural
    evidence["is a plural"] = usage.is_plural
    beside = sum(usage.neighbours.values())
    evidence["enumerated"] = min(1.0, beside / 5)
    for key in LIST_NAMES:
        evidence[f"beside {key}"] = 3 * usage.neighbours.get(key, 0) / (beside + 3)
    evidence["linked"] = usage.linked > 0
    evidence["often linked"] = min(1.0, usage.linked / usage.texts)
    evidence["outlet or author"] = usage.is_outlet
