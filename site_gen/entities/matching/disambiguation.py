"""Is a name that stands in a text its entity's? What speaks for it there, and what would have had to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from site_gen.entities.matching.business_words import NEAR, find_business_word
from site_gen.entities.matching.name_context import Confidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from site_gen.content.records import Kind, Tag
    from site_gen.entities.matching.matcher import Hit

OFTEN = 5  # times that an ordinary word must stand by itself to be a name
_PERSON, _CLEAN, _SURE = (
    Confidence.PERSON,
    Confidence.CLEAN,
    Confidence.SURE,
)  # looking these up costs as much as a rule
_WORDS = frozenset({"plain", "short", "proper", "common"})  # the traits of single words
_AND = ("and", "or", "&", "und", "oder", "et", "ou", "y", "o", "e")
_ALONE = frozenset({"short", "proper"})  # those that need no more than to stand by themselves
_JOINTS = (", ", "/", "、", "和", "及", "与", "與", *(f"{comma} {word} " for word in _AND for comma in ("", ",")))
_LISTED = re.compile(rf",? (?:(?:{'|'.join(_AND)}) )?(?=[^\W_])|[/、和及与與]")


# An entity that a text names, where, and the rule that decided.
Named = tuple["Tag", "list[Hit]", str]


class DoubtfulEntity(NamedTuple):
    """An entity whose name stands in a text, but may stand for something else. person: somebody has it too."""

    tag: Tag
    hits: list[Hit]
    person: bool


def named(
    text: str, body: int, hits: Sequence[Hit], by_tag: Mapping[Tag, list[Hit]], kinds: Mapping[str, Kind]
) -> tuple[list[Named], list[DoubtfulEntity]]:
    """The entities that go by names and that a text names, and those of which that stays in doubt.

    body: where the text's title ends.
    """
    found: list[Named] = []
    open_: list[DoubtfulEntity] = []
    surnames = _surnames(text, hits, kinds)
    for tag, own in by_tag.items():
        if len(own) == 1 and not surnames and own[0].confidence is _SURE:
            found.append((tag, own, "by name"))  # what the rules below give for most names
            continue
        why, person = _evidence(text, own, surnames)
        if why:
            found.append((tag, _no_persons(own) if person else own, why))
        else:
            open_.append(DoubtfulEntity(tag, own, person))
    doubted: list[DoubtfulEntity] = []
    if open_:
        sure = _sure(hits)
        for one in open_:
            if why := _doubtful(text, body, one.hits, sure, person=one.person):
                found.append((one.tag, _no_persons(one.hits) if one.person else one.hits, why))
            else:
                doubted.append(one)
    return found, doubted


def _surnames(text: str, hits: Iterable[Hit], kinds: Mapping[str, Kind]) -> set[str]:
    """The last words of the people that the text names."""
    people = {key for key, kind in kinds.items() if kind.names_of == "people"}
    if not people:
        return people
    return {text[hit.start : hit.end].rsplit(None, 1)[-1] for hit in hits if hit.tag.kind in people}


def _no_persons(hits: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.confidence is not _PERSON]


def _evidence(text: str, hits: Sequence[Hit], surnames: AbstractSet[str]) -> tuple[str, bool]:
    """Why the hits are taken for the entity without looking around them (empty where they may stand for something
    else), and whether a person has the name too.

    surnames: of the people that the text names.
    """
    sure_plain = person = False
    why = ""
    for _, _, _, name, standing in hits:
        if standing is _SURE:
            if name.trait != "plain":
                why = "by name"
            sure_plain = True
        elif standing is _PERSON:
            person = True
    if why:
        return why, person
    if surnames and not person:
        person = any(hit.name.trait in _WORDS and text[hit.start : hit.end] in surnames for hit in hits)
    # A surname that is in no dictionary is a person's too where a given name stands before it once.
    return "by name" if sure_plain and not person else "", person


def _sure(hits: Iterable[Hit]) -> set[int]:
    """Where names begin and end of which there is no doubt."""
    sure = [hit for hit in hits if hit.confidence is _SURE and hit.name.case != "any"]
    return {hit.start for hit in sure} | {hit.end for hit in sure}


def _doubtful(text: str, body: int, hits: Sequence[Hit], sure: AbstractSet[int], *, person: bool) -> str:
    """The same where no hit is sure. person: somebody has the name too."""
    clean = [hit for hit in hits if hit.confidence >= _CLEAN and hit.start >= body]
    if not person:
        if any(hit.name.trait in _ALONE for hit in clean):
            return "stands by itself"
        if len(clean) >= OFTEN:
            return f"stands by itself {len(clean)} times"
    if found := next(filter(None, (find_business_word(text, hit.start, hit.end) for hit in clean)), ""):
        return f"stands by itself, near “{found}”"
    for hit in () if person else hits:
        if _in_list(text, hit, sure):
            return "in a list of names"
        if hit.name.trait == "proper" and (word := find_business_word(text, hit.start, hit.end)):
            return f"near “{word}”"
    return ""


def _in_list(text: str, hit: Hit, sure: AbstractSet[int]) -> bool:
    """Whether a name that is sure stands beside a hit, with no more than a comma or `and` between."""
    if (after := _LISTED.match(text, hit.end)) and after.end() in sure:
        return True
    return any(text.endswith(joint, 0, hit.start) and hit.start - len(joint) in sure for joint in _JOINTS)


def missing(body: int, one: DoubtfulEntity) -> str:
    """What would have had to stand there for a doubted name to count, in a few words.

    body: where the title ends.
    """
    if one.person:
        return "a person has this name here; it needs its long name, or a word of business near it"
    clean = sum(hit.confidence >= _CLEAN and hit.start >= body for hit in one.hits)
    if not clean:
        return "only beside another capital or as a first word: it may be part of another name"
    return (
        f"may be an ordinary word; it needs its long name, a word of business within {NEAR} characters,"
        f" a known name beside it, or to stand by itself {OFTEN} times (here {clean})"
    )
