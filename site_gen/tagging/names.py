"""From an entity to what is looked for in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from site_gen.tagging.spelling import pattern
from site_gen.tagging.words import Trait, trait, word_set
from site_gen.text import one_line

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from site_gen.model import Entity, Kind, MatchRule, Tag

# Words at a name's end that say what form of company it is. cleanco's lists have 600, but none of China's or
# Japan's, and many that end ordinary names (`as`, `da`, `et`, `nl`).
_LEGAL = word_set(
    "inc incorporated corp corporation co company limited ltd llc llp lp plc pllc ag kg kgaa gmbh mbh ug se sa sas"
    " sarl sca nv bv oyj oy ab asa aps spa srl sl pte pty pvt private bhd berhad sdn tbk jsc pjsc ojsc pao oao ooo"
    " zao kk doo sro ооо оао пао зао ао"
)
_LEGAL_HAN = (
    *("株式会社", "有限会社", "合同会社", "有限责任公司", "股份有限公司", "有限公司", "公司"),
    *("주식회사", "㈜", "(주)"),
)
_TAIL = re.compile(r"[\s,]+(&\s+)?([^\s,]+)$")
_INITIAL = re.compile(r"(?<![^\W_])[^\W\d_]")
_BRACKETS = re.compile(r"^(.*\S)\s*[(（]([^\s()（）]{2,12})[)）]$")
_PLURAL = re.compile(r"[a-rt-wyz]{2}$")  # a word that takes an s
_AND = re.compile(r" (?:&|and) ", re.IGNORECASE)
_SPELLED_OUT = {
    "Æ": "Ae", "æ": "ae", "Ø": "Oe", "ø": "oe", "Ä": "Ae", "ä": "ae", "Ö": "Oe", "ö": "oe",
    "Ü": "Ue", "ü": "ue", "ß": "ss", "Å": "Aa", "å": "aa", "Œ": "Oe", "œ": "oe",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """One string to look for, with a letter or digit in it. `tag` is None for a decoy: a phrase that eats text and
    gives nothing.

    `case`: `exact` as written; `smart`, the text must hold a capital where the name does; `any`.
    `trait`: what else the words may stand for, so that what is around them has to be looked at.
    """

    text: str
    tag: Tag | None
    case: Literal["any", "smart", "exact"]
    trait: Trait = "known"

    @property
    def capitals(self) -> Iterator[int]:
        """Where its words begin with a capital."""
        return (m.start() for m in _INITIAL.finditer(self.text) if m[0].isupper())


def names_of(entity: Entity, kind: Kind, ordinary: Container[str] = ()) -> Iterator[Name]:
    """The names of one entity with their usual variants, its keywords if its kind goes by keywords, and its decoys.

    A single letter or digit is never a name, nor are signs alone.

    ordinary: see `words.trait`.
    """
    if kind.by == "keywords":
        for text in dict.fromkeys(map(one_line, (entity.name, *entity.names, *entity.keywords))):
            if _is_name(text):
                yield Name(text, entity.tag, "any")
                if _PLURAL.search(text):
                    yield Name(text + "s", entity.tag, "any")
    else:
        written = tuple(dict.fromkeys(map(one_line, (entity.name, *entity.names))))
        made = (variant for text in written for variant in variants(text))
        for text in dict.fromkeys((*written, *made)):
            if _is_name(text):
                yield _name(text, entity.tag, entity.match, kind, ordinary)
    for text in filter(_is_name, entity.match.never):
        yield Name(one_line(text), None, "any" if kind.by == "keywords" else "smart")


def _is_name(text: str) -> bool:
    return len(text) > 1 and any(c.isalnum() for c in text)


def _name(text: str, tag: Tag, rule: MatchRule, kind: Kind, ordinary: Container[str]) -> Name:
    how = rule.how(text)
    if how in {"exact", "smart"}:
        return Name(text, tag, how)
    found = "common" if how == "context" else "place" if kind.names_of != "companies" else trait(text, ordinary)
    # Acronyms and words are what they are in one case only: RIM is no rim, Block no BLOCK.
    same = found == "common" or (text.isascii() and text.isupper() and (len(text) <= 4 or found == "proper"))
    return Name(text, tag, "exact" if same else "smart", found)


def variants(name: str) -> Iterator[str]:
    """Other ways to write a name, each a name by itself: without the form of company, without a leading The, with
    `and` for `&`, with letters written out (`Ærholt`, `Aerholt`), an acronym that follows in brackets."""
    if found := _BRACKETS.match(name):
        for part in found.groups():
            yield part
            yield from variants(part)
        return
    bare = name
    while (shorter := _without_form(bare)) and shorter != bare:
        bare = shorter
        yield bare
    for text in dict.fromkeys((name, bare)):
        if text[:4].lower() == "the " and len(text) > 6:
            yield text[4:]
        if _AND.search(text):
            yield _AND.sub(" & ", text)
            yield _AND.sub(" and ", text)
        if ", " in text:
            yield text.replace(", ", " ")
        if text.endswith(("!", "?", ".")) and len(text) > 3:
            yield text.rstrip("!?.")
        if not text.isascii():
            spelled = "".join(_SPELLED_OUT.get(c, c) for c in text)
            if spelled != text:
                yield spelled


def _without_form(name: str) -> str:
    """A name without the word or words at its end (in East Asia, at its beginning too) that say what form of company
    it is; the same name when nothing would be left."""
    for sign in _LEGAL_HAN:
        rest = name.removesuffix(sign).removeprefix(sign).strip()
        if rest != name and len(rest) > 1:
            return rest
    found = _TAIL.search(name)
    if not found or found[2].replace(".", "").replace("/", "").lower() not in _LEGAL:
        return name
    rest = name[: found.start()]
    return rest if len(rest) > 2 and rest[-1] != "&" and rest.lower() not in {"the", "and", "bank of"} else name


def gazetteer(entities: Iterable[Entity], kinds: Mapping[str, Kind], ordinary: Container[str] = ()) -> tuple[Name, ...]:
    """All that is looked for, in the order of the entities.

    A variant that we made of one entity's name is left out where another has it as written.
    """
    entities = tuple(entities)
    written: dict[str, set[Tag]] = {}
    for entity in entities:
        for text in (entity.name, *entity.names):
            written.setdefault(pattern(one_line(text)), set()).add(entity.tag)
    found: list[Name] = []
    for entity in entities:
        for name in names_of(entity, kinds[entity.kind], ordinary):
            owners = written.get(pattern(name.text))
            if name.tag is None or owners is None or name.tag in owners or kinds[entity.kind].by == "keywords":
                found.append(name)
    return tuple(found)


def with_ordinary(names: Iterable[Name], ordinary: Container[str]) -> tuple[Name, ...]:
    """What `gazetteer` makes of the same entities with these ordinary words, in a tenth of the time."""
    return tuple(
        replace(name, case="exact", trait="common")
        if name.trait in {"plain", "proper"} and trait(name.text, ordinary) == "common"
        else name
        for name in names
    )
