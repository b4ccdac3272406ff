"""Names that a text makes itself: who was named in full goes by a shorter name from then on.

`Halden Rope Works (HRW)` says that HRW is one; `Zorbex Quay` may be called Zorbex where no dictionary has that word.
Such a name holds within its text only, and says how often an entity is named there and whether the title does: it
is no evidence that the entity is meant, as that is known already.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from site_gen.entities.matching.ambiguous_names import classify_name, is_ordinary
from site_gen.entities.matching.matcher import Hit, is_bounded
from site_gen.entities.matching.name_context import LEGAL_FORMS, Confidence, name_confidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_gen.content.records import Kind
    from site_gen.entities.matching.matcher import NamedEntity

_BRACKETED_NAME = re.compile(
    r"(?:,? (?:[A-Z][\w.&]*|&|and)){0,4} ?[(（][“\"‘']?(?:the |or |hereinafter |short:? )?[“\"‘']?"
    r"([^\W\d_][\w&.-]{1,14})[”\"’']?[)）]"
)
_BRACKET_WITHIN = 60  # characters after a name in which a bracket must open
_EXPANSION_WITHIN = 120  # characters before the bracket of an acronym in which the words stand that it is made of
_PARTS = re.compile(r"[^\W_]+")
_MIN_LENGTH = 3  # characters of a name's first word that may stand for it


def add_short_forms(
    text: str, hits: Sequence[Hit], entities: Sequence[NamedEntity], kinds: Mapping[str, Kind]
) -> Sequence[NamedEntity]:
    """Return the entities that a text names, with the places of the short names that the text makes for them added.

    Left out is a short name that two entities could have there, and what is part of any other name.

    hits: all names that were found in the text, those of other entities, too. kinds: by key.
    """
    owners: dict[str, set[int]] = {}  # by short form: whose it may be, as positions in `entities`
    for number, (tag, own_hits, _) in enumerate(entities):
        for hit in own_hits:
            if " " in hit.name.text and kinds[tag.kind].names_of == "companies":
                if first := _usable_first_word(text[hit.start : hit.end]):
                    owners.setdefault(first, set()).add(number)
                following = text[hit.end : hit.end + _BRACKET_WITHIN]
                if ("(" in following or "（" in following) and (word := _name_in_brackets(text, hit)):
                    owners.setdefault(word, set()).add(number)
    added: dict[int, list[Hit]] = {}
    for word, numbers in owners.items():
        if len(numbers) == 1 and (starts := _occurrences(text, word, hits)):
            number = next(iter(numbers))
            tag, own_hits, _ = entities[number]
            added.setdefault(number, []).extend(
                Hit(start, start + len(word), tag, own_hits[0].name, Confidence.SURE) for start in starts
            )
    if not added:
        return entities
    return [
        (tag, sorted([*own_hits, *added[number]], key=lambda hit: hit.start) if number in added else own_hits, rule)
        for number, (tag, own_hits, rule) in enumerate(entities)
    ]


def find_expansion(text: str, acronym: str) -> str:
    """Return the words for which a text says that an acronym stands, as in `Harbour Rope Walk (HRW)`; empty if none.

    An acronym with a plural (VPNs) is a word: that plural is returned.
    """
    counts = range(len(acronym), len(acronym) + 3)
    places = [match.start() for match in re.finditer(rf"[(（]{acronym}[)）]", text)]
    before = [text[max(0, at - _EXPANSION_WITHIN) : at].rpartition("\0")[2].split() for at in places]
    pattern = rf"\b{acronym},?(?: which)? (?:stands for |short for |\()(?:the )?([^().,;\0]+)"
    after = [match[1].split() for match in re.finditer(pattern, text)]
    expansions = [*(words[-n:] for words in before for n in counts), *(words[:n] for words in after for n in counts)]
    for words in expansions:
        if _has_initials(acronym, words):
            return " ".join(words)
    plural = re.search(rf"\b{acronym}s\b", text)
    return plural[0] if plural else ""


def _has_initials(acronym: str, words: Sequence[str]) -> bool:
    """Return whether the initials of words, small ones like `of` aside, make an acronym."""
    letters = [part[0] for word in words for part in _PARTS.findall(word) if part[0].isupper() or not is_ordinary(part)]
    all_letters = [part[0] for word in words for part in _PARTS.findall(word)]
    return acronym.upper() in {"".join(letters).upper(), "".join(all_letters).upper()}


def _name_in_brackets(text: str, hit: Hit) -> str:
    """Return the short form that stands in brackets after a name; empty where what stands there is none."""
    match = _BRACKETED_NAME.match(text, hit.end)
    return match[1] if match and _is_short_for(match[1], text[hit.start : match.start(1)]) else ""


@lru_cache(4096)
def _usable_first_word(name: str) -> str:
    """Return the first word of a name where it can stand for all of it; empty where it cannot."""
    first = name.split(None, 1)[0]
    is_sound = first.isalnum() and len(first) >= _MIN_LENGTH and any(map(str.isupper, first))
    if not is_sound or first in LEGAL_FORMS:
        return ""
    return first if classify_name(first) == "plain" and not is_ordinary(first) else ""


def _is_short_for(word: str, name: str) -> bool:
    """Return whether a word is made of the initials of a name, in their order, or is one of its own words."""
    parts = re.findall(r"[^\W_]+", name)
    if word in parts:
        return classify_name(word) == "plain"
    if not (word.isupper() and len(word) > 1 and parts and word[0] == parts[0][0].upper()):
        return False
    initials = iter(part[0].upper() for part in parts)
    return all(letter in initials for letter in word if letter.isalnum())


def _occurrences(text: str, word: str, hits: Sequence[Hit]) -> list[int]:
    """Return where a word stands by itself, in this spelling: not in a place's name (Port Zorbex) or any other."""
    starts, start = [], text.find(word)
    while start >= 0:
        end = start + len(word)
        is_longer = text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()  # Zorbex Cargo
        if not (is_longer or any(start < hit.end and hit.start < end for hit in hits)) and (
            is_bounded(text, start, end) and name_confidence(text, start, end, "short") >= Confidence.CLEAN
        ):
            starts.append(start)
        start = text.find(word, end)
    return starts
