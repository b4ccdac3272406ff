"""Whether a name that stands in a text is its entity's: what speaks for it there, and what would have had to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from site_gen.entities.matching.ambiguous_names import is_proper
from site_gen.entities.matching.business_words import BESIDE, WINDOW, find_business_word
from site_gen.entities.matching.name_context import Confidence
from site_gen.entities.matching.page_furniture import furniture_reason
from site_gen.entities.matching.short_forms import find_expansion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from site_gen.content.records import Kind, Tag
    from site_gen.entities.matching.matcher import Hit, NamedEntity

_MIN_CLEAN = 5  # times that an ordinary word must stand by itself to be a name
# Looking these up in the class costs as much as a rule.
_PERSON, _CLEAN, _SURE = Confidence.PERSON, Confidence.CLEAN, Confidence.SURE
_SINGLE_WORDS = frozenset({"plain", "short", "shared", "proper", "common"})  # the traits of names of one word
_AND = ("and", "or", "&", "und", "oder", "et", "ou", "y", "o", "e")
_JOINTS = (", ", "/", "、", "和", "及", "与", "與", *(f"{comma} {word} " for word in _AND for comma in ("", ",")))
_JOINT_AFTER = re.compile(rf",? (?:(?:{'|'.join(_AND)}) )?(?=[^\W_])|[/、和及与與]")


class DoubtfulEntity(NamedTuple):
    """An entity whose name stands in a text, but may stand for something else, or beside the text itself."""

    tag: Tag  # the entity
    hits: list[Hit]  # where its names stand
    is_person: bool  # whether somebody has the name, too
    expansion: str = ""  # the other words for which the name stands in the text
    furniture: str = ""  # in what line of the page's furniture it stands, where it stands nowhere else


def disambiguate(
    text: str, body: int, hits: Sequence[Hit], by_tag: Mapping[Tag, list[Hit]], kinds: Mapping[str, Kind]
) -> tuple[list[NamedEntity], list[DoubtfulEntity]]:
    """Return the entities (of kinds that go by names) that a text names, and those of which that stays in doubt.

    body: where the text's title ends. hits: all names in the text. by_tag: those of the entities that are asked about.
    """
    entities: list[NamedEntity] = []
    undecided: list[DoubtfulEntity] = []
    surnames = _surnames(text, hits, kinds)
    doubtful: list[DoubtfulEntity] = []
    for tag, own_hits in by_tag.items():
        if own_hits[0].start >= body and (furniture := furniture_reason(text, own_hits)):
            doubtful.append(DoubtfulEntity(tag, own_hits, is_person=False, furniture=furniture))
            continue
        if len(own_hits) == 1 and not surnames and own_hits[0].confidence is _SURE:
            entities.append((tag, own_hits, "by name"))  # what the rules below give for most names
            continue
        if own_hits[0].name.trait == "shared" and (expansion := _other_expansion(text, own_hits)):
            doubtful.append(DoubtfulEntity(tag, own_hits, is_person=False, expansion=expansion))
            continue
        rule, is_person = _rule_without_context(text, own_hits, surnames)
        if rule:
            entities.append((tag, _without_persons(own_hits) if is_person else own_hits, rule))
        else:
            undecided.append(DoubtfulEntity(tag, own_hits, is_person))
    if undecided:
        boundaries = _sure_boundaries(hits)
        for entity in undecided:
            if rule := _rule_by_context(text, body, entity.hits, boundaries, is_person=entity.is_person):
                entities.append((entity.tag, _without_persons(entity.hits) if entity.is_person else entity.hits, rule))
            else:
                doubtful.append(entity)
    return entities, doubtful


def _other_expansion(text: str, hits: Sequence[Hit]) -> str:
    """Return the words for which an acronym stands in a text, where nothing but it names the entity there."""
    name = hits[0].name
    if not name.text.isupper() or any(hit.name is not name for hit in hits):
        return ""
    return find_expansion(text, name.text)


def _surnames(text: str, hits: Iterable[Hit], kinds: Mapping[str, Kind]) -> set[str]:
    """Return the last words of the people that the text names."""
    people = {key for key, kind in kinds.items() if kind.names_of == "people"}
    if not people:
        return people
    return {text[hit.start : hit.end].rsplit(None, 1)[-1] for hit in hits if hit.tag.kind in people}


def _without_persons(hits: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.confidence is not _PERSON]


def _rule_without_context(text: str, hits: Sequence[Hit], surnames: AbstractSet[str]) -> tuple[str, bool]:
    """Return why the hits are taken for the entity without a look around them, and whether a person has the name, too.

    The rule is empty where the hits may stand for something else. surnames: of the people that the text names.
    """
    is_sure_and_plain = is_person = False
    rule = ""
    for _, _, _, name, confidence in hits:
        if confidence is _SURE:
            if name.trait != "plain":
                rule = "by name"
            is_sure_and_plain = True
        elif confidence is _PERSON:
            is_person = True
    if rule:
        return rule, is_person
    if surnames and not is_person:
        is_person = any(hit.name.trait in _SINGLE_WORDS and text[hit.start : hit.end] in surnames for hit in hits)
    # A surname that is in no dictionary is a person's, too, where a given name stands before it once.
    return "by name" if is_sure_and_plain and not is_person else "", is_person


def _sure_boundaries(hits: Iterable[Hit]) -> set[int]:
    """Return where names of companies begin and end of which there is no doubt."""
    sure = [hit for hit in hits if hit.confidence is _SURE and hit.name.case != "any" and hit.name.trait != "place"]
    return {hit.start for hit in sure} | {hit.end for hit in sure}


def _rule_by_context(
    text: str, body: int, hits: Sequence[Hit], boundaries: AbstractSet[int], *, is_person: bool
) -> str:
    """Return why hits of which none is sure are taken for the entity, by what stands around them; empty for no reason.

    body: where the title ends. boundaries: where sure names begin and end. is_person: somebody has the name, too.
    """
    clean = [hit for hit in hits if hit.confidence >= _CLEAN and hit.start >= body]
    if not is_person:
        if any(hit.name.trait == "short" for hit in clean):
            return "stands by itself"
        count = sum(hit.name.trait == "common" for hit in clean)
        if count >= _MIN_CLEAN:
            return f"stands by itself {count} times"
    for hit in clean:
        window = BESIDE if hit.name.trait == "shared" else WINDOW
        if word := find_business_word(text, hit.start, hit.end, window, of_things=hit.name.trait == "common"):
            return f"stands by itself, near “{word}”"
    for hit in () if is_person else hits:
        if (hit in clean or hit.name.trait != "shared") and _is_in_list(text, hit, boundaries):
            return "in a list of names"
        # What follows Ford is its product (Ford Mustang), what follows Mars a part of another name (Mars Express).
        is_product = hit.name.trait == "short" and is_proper(hit.name.text) and not _is_after_capital(text, hit.start)
        if is_product and (word := find_business_word(text, hit.start, hit.end)):
            return f"near “{word}”"
    return ""


def _is_after_capital(text: str, start: int) -> bool:
    """Return whether the word before a name has a capital: `Big Anchor`."""
    return text[start - 1 : start] == " " and text[text.rfind(" ", 0, start - 1) + 1].isupper()


def _is_in_list(text: str, hit: Hit, boundaries: AbstractSet[int]) -> bool:
    """Return whether a sure name stands beside a hit, with no more than a comma or `and` between."""
    if (joint := _JOINT_AFTER.match(text, hit.end)) and joint.end() in boundaries:
        return True
    if not text.endswith(_JOINTS, 0, hit.start):
        return False
    return any(text.endswith(joint, 0, hit.start) and hit.start - len(joint) in boundaries for joint in _JOINTS)


def missing_evidence(body: int, entity: DoubtfulEntity) -> str:
    """Return in a few words what would have had to stand in the text for a doubtful name to count.

    body: where the title ends.
    """
    if entity.expansion:
        return f"stands for something else in the text: “{entity.expansion}”"
    if entity.furniture:
        return f"only {entity.furniture}"
    if entity.is_person:
        return "a person has this name here; it needs its long name, or a word of business near it"
    clean = sum(hit.confidence >= _CLEAN and hit.start >= body for hit in entity.hits)
    if not clean:
        return "only beside another capital or as a first word: it may be part of another name"
    if all(hit.name.trait == "common" for hit in entity.hits):
        return (
            f"may be an ordinary word; it needs its long name, a word of business within {WINDOW} characters,"
            f" a known name beside it, or to stand by itself {_MIN_CLEAN} times (here {clean})"
        )
    return "others have this name, too; it needs its long name, a known name or a word of business beside it"
