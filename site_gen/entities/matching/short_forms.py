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
from site_gen.entities.matching.name_context import FORMS, Confidence, name_confidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_gen.content.records import Kind
    from site_gen.entities.matching.disambiguation import Named

_CALLED = re.compile(
    r"(?:,? (?:[A-Z][\w.&]*|&|and)){0,4} ?[(（][“\"‘']?(?:the |or |hereinafter |short:? )?[“\"‘']?"
    r"([^\W\d_][\w&.-]{1,14})[”\"’']?[)）]"
)
_BRACKET = re.compile("[(（]")
_SHORTEST = 3  # characters of a name's first word that may stand for it


def with_inner(text: str, hits: Sequence[Hit], found: Sequence[Named], kinds: Mapping[str, Kind]) -> Sequence[Named]:
    """What was found, each with the places of the names that the text makes for it.

    Left out is a name that two could have there, and what is part of any other name.
    """
    short: dict[str, set[int]] = {}
    for number, (tag, own, _) in enumerate(found):
        for hit in own:
            if " " in hit[3].text and kinds[tag.kind].names_of == "companies":
                if first := _first(text[hit.start : hit.end]):
                    short.setdefault(first, set()).add(number)
                if _BRACKET.search(text, hit.end, hit.end + 60) and (word := _called(text, hit)):
                    short.setdefault(word, set()).add(number)
    more: dict[int, list[Hit]] = {}
    for word, who in short.items():
        if len(who) == 1 and (places := _places(text, word, hits)):
            number = next(iter(who))
            tag, own, _ = found[number]
            more.setdefault(number, []).extend(
                Hit(start, start + len(word), tag, own[0].name, Confidence.SURE) for start in places
            )
    if not more:
        return found
    return [
        (tag, sorted([*own, *more[number]], key=lambda hit: hit.start) if number in more else own, why)
        for number, (tag, own, why) in enumerate(found)
    ]


def _called(text: str, hit: Hit) -> str:
    """The name that stands in brackets after one; empty where what stands there is none."""
    found = _CALLED.match(text, hit.end)
    return found[1] if found and _is_short_for(found[1], text[hit.start : found.start(1)]) else ""


@lru_cache(4096)
def _first(full: str) -> str:
    """The first word of a name where it can stand for all of it; empty where it cannot."""
    first = full.split(None, 1)[0]
    sound = first.isalnum() and len(first) >= _SHORTEST and any(map(str.isupper, first)) and first not in FORMS
    return first if sound and classify_name(first) == "plain" and not is_ordinary(first) else ""


def _is_short_for(word: str, full: str) -> bool:
    """Whether a word is made of the initials of a name, in their order, or is one of its own words."""
    parts = re.findall(r"[^\W_]+", full)
    if word in parts:
        return classify_name(word) == "plain"
    if not (word.isupper() and len(word) > 1 and parts and word[0] == parts[0][0].upper()):
        return False
    initials = iter(part[0].upper() for part in parts)
    return all(letter in initials for letter in word if letter.isalnum())


def _places(text: str, word: str, hits: Sequence[Hit]) -> list[int]:
    """Where a word stands by itself, written so: not in a place's name (Port Zorbex) or any other."""
    places, at = [], text.find(word)
    while at >= 0:
        end = at + len(word)
        longer = text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()  # Zorbex Cargo
        if not (longer or any(at < hit.end and hit.start < end for hit in hits)) and (
            is_bounded(text, at, end) and name_confidence(text, at, end, "short") >= Confidence.CLEAN
        ):
            places.append(at)
        at = text.find(word, end)
    return places
