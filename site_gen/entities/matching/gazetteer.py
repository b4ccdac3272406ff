"""From an entity to what is looked for in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from site_gen.core.text import one_line
from site_gen.entities.matching.ambiguous_names import NameTrait, classify_name, is_ordinary, word_set
from site_gen.entities.matching.name_context import FORMS, TRADES
from site_gen.entities.matching.normalization import name_pattern

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from site_gen.content.records import Entity, Kind, MatchRule, Tag

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
_TAIL = re.compile(r"[\s,]+((?:&|and)\s+)?([^\s,]+)$")
_INITIAL = re.compile(r"(?<![^\W_])[^\W\d_]")
_BRACKETS = re.compile(r"^(.*\S)\s*[(（]([^\s()（）]{2,12})[)）]$")
_OTHERWISE = (  # words that newsrooms shorten
    (re.compile(r"\bMount\b"), "Mt"),
    (re.compile(r"\bSaint\b"), "St"),
    (re.compile(r"\bBrothers\b"), "Bros"),
)
# The last words of names that are left out in running text: `Zorbex` for Zorbex Airlines.
_TRADES = (
    TRADES
    | FORMS
    | word_set(
        "Airline Aerospace Aircraft Analytics Apparel Aviation Banking Beverages Biotech Brands Brewery"
        " Cement Computer Computers Consulting Cosmetics Defence Defense Devices Digital Education"
        " Environmental Equipment Fashion Film Films Finance Games Gaming Hotel Hotels Interactive Investments"
        " Machinery Management Manufacturing Marine Materials Metals Mining Minerals Music News Oil Optics"
        " Packaging Paper Pharmaceutical Plastics Post Power Press Products Properties Publishing Railroad"
        " Rail Realty Resorts Resources Restaurants Retail Robotics Sciences Securities Security"
        " Semiconductors Services Shipping Stores Telecommunications Telephone Textiles Tobacco Toys Transport"
        " Trust USA Utilities Ventures Water"
    )
)
# What pages tell every visitor of how they are made. Whose name stands there is in no story.
_FITTINGS = (
    "uses Akismet", "utilise Akismet", "verwendet Akismet", "usa Akismet", "utiliza Akismet", "gebruikt Akismet",
    "FB pixel", "Facebook pixel", "Meta pixel", "TikTok pixel", "LinkedIn pixel", "comments powered by Disqus",
    "reCAPTCHA and the Google Privacy Policy", "powered by WordPress", "powered by Blogger", "powered by Squarespace",
    "powered by Shopify", "powered by Wix", "log in with Facebook", "sign in with Facebook", "log in with Google",
    "sign in with Google", "sign in with Apple", "continue with Facebook", "continue with Google",
    "continue with Apple",
)  # fmt: skip
_PLURAL = re.compile(r"[a-rt-wyz]{2}$")  # a word that takes an s
_AND = re.compile(r" (?:&|and) ", re.IGNORECASE)
_SPELLED_OUT = {
    "Æ": "Ae", "æ": "ae", "Ø": "Oe", "ø": "oe", "Ä": "Ae", "ä": "ae", "Ö": "Oe", "ö": "oe",
    "Ü": "Ue", "ü": "ue", "ß": "ss", "Å": "Aa", "å": "aa", "Œ": "Oe", "œ": "oe",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class GazetteerName:
    """One string to look for, with a letter or digit in it. `tag` is None for a decoy: a phrase that eats text and
    gives nothing.

    `case`: `exact` as written; `smart`, the text must hold a capital where the name does; `any`.
    `trait`: what else the words may stand for, so that what is around them has to be looked at.
    """

    text: str
    tag: Tag | None
    case: Literal["any", "smart", "exact"]
    trait: NameTrait = "known"

    @property
    def capitals(self) -> Iterator[int]:
        """Where its words begin with a capital."""
        return (m.start() for m in _INITIAL.finditer(self.text) if m[0].isupper())


def entity_names(entity: Entity, kind: Kind, ordinary: Container[str] = ()) -> Iterator[GazetteerName]:
    """The names of one entity with their usual variants, its keywords if its kind goes by keywords, and its decoys.

    A single letter or digit is never a name, nor are signs alone.

    ordinary: see `words.trait`.
    """
    if kind.by == "keywords":
        for text in dict.fromkeys(map(one_line, (entity.name, *entity.names, *entity.keywords))):
            if _is_name(text):
                yield GazetteerName(text, entity.tag, "any")
                if _PLURAL.search(text):
                    yield GazetteerName(text + "s", entity.tag, "any")
    else:
        written = tuple(dict.fromkeys(map(one_line, (entity.name, *entity.names))))
        made = (variant for text in written for variant in name_variants(text))
        for text in dict.fromkeys((*written, *made)):
            if _is_name(text):
                yield _name(text, entity.tag, entity.match, kind, ordinary)
    for text in filter(_is_name, entity.match.never):
        yield GazetteerName(one_line(text), None, "any" if kind.by == "keywords" else "smart")


def _is_name(text: str) -> bool:
    return len(text) > 1 and any(c.isalnum() for c in text)


def _name(text: str, tag: Tag, rule: MatchRule, kind: Kind, ordinary: Container[str]) -> GazetteerName:
    how = rule.mode_of(text)
    if how in {"exact", "smart"}:
        return GazetteerName(text, tag, how)
    found = "common" if how == "context" else "place" if kind.names_of != "companies" else classify_name(text, ordinary)
    # Acronyms and words are what they are in one case only: RIM is no rim, Block no BLOCK.
    same = found == "common" or (text.isascii() and text.isupper() and (len(text) <= 4 or found == "proper"))
    return GazetteerName(text, tag, "exact" if same else "smart", found)


def name_variants(name: str) -> Iterator[str]:
    """Other ways to write a name, each a name by itself: without the form of company, without a leading The, with
    `and` for `&`, with letters written out (`Ærholt`, `Aerholt`), an acronym that follows in brackets."""
    if found := _BRACKETS.match(name):
        # `Halden (company)` says what it is, `Halden Rope Works (HRW)` what it is called.
        for part in found.groups() if not found[2].islower() else found.groups()[:1]:
            yield part
            yield from name_variants(part)
        return
    bare = name
    while (shorter := _without_form(bare)) != bare:
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
        yield from (long.sub(short, text) for long, short in _OTHERWISE if long.search(text))
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


def build_gazetteer(
    entities: Iterable[Entity], kinds: Mapping[str, Kind], ordinary: Container[str] = ()
) -> tuple[GazetteerName, ...]:
    """All that is looked for, in the order of the entities.

    A variant that we made of one entity's name is left out where another has it as written; a short name, where
    another's begins so.
    """
    entities = tuple(entities)
    written: dict[str, set[Tag]] = {}
    begins: dict[str, set[Tag]] = {}
    for entity in entities:
        for text in (entity.name, *entity.names):
            formed = name_pattern(one_line(text))
            written.setdefault(formed, set()).add(entity.tag)
            words = formed.split()
            for count in (1, 2):
                begins.setdefault(" ".join(words[:count]), set()).add(entity.tag)
    found: list[GazetteerName] = []
    for entity in entities:
        kind = kinds[entity.kind]
        own = tuple(entity_names(entity, kind, ordinary))
        for name in own:
            owners = written.get(name_pattern(name.text))
            if name.tag is None or owners is None or name.tag in owners or kind.by == "keywords":
                found.append(name)
        there = {name_pattern(name.text) for name in own}
        for name in short_names(entity, kind, ordinary):
            if (formed := name_pattern(name.text)) not in there and len(begins.get(" ".join(formed.split()), ())) == 1:
                there.add(formed)
                found.append(name)
    known = {" ".join(name_pattern(name.text).split()) for name in found}
    return (*found, *(GazetteerName(text, None, "any") for text in _FITTINGS if _speaks_of(text, known)))


def _speaks_of(phrase: str, known: Container[str]) -> bool:
    """Whether a name stands in a phrase."""
    words = name_pattern(phrase).split()
    return any(" ".join(words[at:end]) in known for at in range(len(words)) for end in range(at + 1, len(words) + 1))


def short_names(entity: Entity, kind: Kind, ordinary: Container[str] = ()) -> Iterator[GazetteerName]:
    """What a company is called in short: its name without the words at the end that say its trade, where what is left
    begins with a word that no dictionary has. They stand for it where they stand by themselves.

    None where `match:` says how all of its names are meant.
    """
    if kind.by == "keywords" or kind.names_of != "companies" or entity.match.case in {"exact", "smart"}:
        return
    unwanted = {name_pattern(one_line(text)) for text in entity.match.never}
    for text in dict.fromkeys(map(one_line, (entity.name, *entity.names))):
        words = (bare_name(text)).removeprefix("The ").split()
        count = len(words)
        while count > 1 and words[count - 1] in _TRADES:
            count -= 1
        short = " ".join(words[:count])
        if count == len(words) or count > 2 or len(short) < 3 or name_pattern(short) in unwanted:
            continue
        first = words[0]
        if classify_name(first) != "plain" or is_ordinary(first) or is_ordinary(first.lower().removesuffix("s")):
            continue
        if first[0].isupper() and first.isalnum():
            name = _name(short, entity.tag, entity.match, kind, ordinary)
            yield replace(name, trait="short") if name.trait == "plain" else name


def bare_name(name: str) -> str:
    """A name without the words at its end that say what form of company it is."""
    while (shorter := _without_form(name)) != name:
        name = shorter
    return name


def mark_ordinary(names: Iterable[GazetteerName], ordinary: Container[str]) -> tuple[GazetteerName, ...]:
    """What `gazetteer` makes of the same entities with these ordinary words, in a tenth of the time."""
    return tuple(
        replace(name, case="exact", trait="common")
        if name.trait in {"plain", "short", "proper"} and classify_name(name.text, ordinary) == "common"
        else name
        for name in names
    )
