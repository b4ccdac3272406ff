"""The names that are looked for in texts: those of the entities, their variants and short forms, and decoys.

The word lists are in `gazetteer.txt`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from site_gen.content.records import Tag  # noqa: TC001  types are needed to unpack
from site_gen.core.folding import LETTERS_WRITTEN_OUT, PLAIN_LETTERS, remove_accents, standardize
from site_gen.core.text import one_line
from site_gen.core.word_lists import WordLists
from site_gen.entities.matching import name_context
from site_gen.entities.matching.ambiguous_names import NameTrait, classify_company_name, classify_name, is_ordinary
from site_gen.entities.matching.normalization import name_pattern

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from site_gen.content.records import Entity, Kind, MatchRule

_LISTS = WordLists(__package__, "gazetteer.txt")
_FORM_LISTS = WordLists(__package__, "legal_forms.txt")
_LEGAL_FORMS = _FORM_LISTS.words("legal forms")
_UNSPACED_LEGAL_FORMS = _FORM_LISTS.phrases("unspaced legal forms")
# The last words of names that are left out in running text: `Zorbex` for Zorbex Airlines.
_TRADES = name_context.TRADES | name_context.LEGAL_FORMS | _LISTS.words("trades")
_NO_COMPANIES = (*_LISTS.phrases("page fittings"), *_LISTS.phrases("other things"))
_LAST_WORD = re.compile(r"(?<![\s,])[\s,]+((?:&|and)\s+)?([^\s,]+)$")
_INITIAL = re.compile(r"(?<![^\W_])[^\W\d_]")
_BRACKETS = re.compile(r"^(.*\S)\s*[(（]([^\s()（）]{2,12})[)）]$")
_ABBREVIATIONS = (  # words that newsrooms shorten
    (re.compile(r"\bMount\b"), "Mt"),
    (re.compile(r"\bSaint\b"), "St"),
    (re.compile(r"\bBrothers\b"), "Bros"),
)
_ROOT = 5  # letters in which forms of a word are alike: `acquire`, `acquisition`
_TAKES_PLURAL_S = re.compile(r"[a-rt-wyz]{2}$")
_AND = re.compile(r" (?:&|and) ", re.IGNORECASE)
# Of the plain letters those that an accent's rules leave: the others are taken for letters with accents.
_WRITTEN_WITH_TWO = {letter: plain for letter, plain in PLAIN_LETTERS.items() if len(plain) > 1}
_APOSTROPHE = re.compile("['’ʼ]")
_AND_WITHOUT_BLANKS = re.compile(r"(?<=[^\W_])&(?=[^\W_])")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.)+[^\W\d_]+\b\.?")
_LETTER_AS_WORD = re.compile(r"(?<=\w) ([^\W\d_]) (?=\w)")
_QUOTED = re.compile(r"(?:(?<!\s)\s+)?(?:[\"“”„](\w+)[\"“”]|['‘’](\w)['’])\s*")


class GazetteerName(Struct, frozen=True):
    """One string to look for, with a letter or digit in it."""

    text: str  # as it is written, in standard form (`standardize`)
    tag: Tag | None  # the entity; None for a decoy: a phrase that eats text and gives nothing
    case: Literal["any", "smart", "exact"]  # smart: the text must have a capital where the name has; exact: as written
    trait: NameTrait = "declared"  # what else the words may stand for, so that what is around them has to be looked at
    clarity: int = 0  # of a keyword: 1 for a form of its topic's name, 2 for its only word, 3 for a phrase

    @property
    def root(self) -> str:
        """Its first letters, in which forms of a word are alike."""
        return self.text.casefold()[:_ROOT]

    @property
    def capitals(self) -> Iterator[int]:
        """Where its words begin with a capital, as positions in `text`."""
        return (match.start() for match in _INITIAL.finditer(self.text) if match[0].isupper())


def entity_names(entity: Entity, kind: Kind) -> Iterator[GazetteerName]:
    """Yield the names of one entity with their usual variants, its keywords if its kind goes by them, and its decoys.

    A single letter or digit is never a name, nor are signs alone.
    """
    if kind.by == "keywords":
        yield from _keywords(entity)
    else:
        written = tuple(dict.fromkeys(map(_one_line, (entity.name, *entity.names))))
        variants = (variant for text in written for variant in name_variants(text))
        for text in dict.fromkeys((*written, *variants)):
            if _is_name(text):
                name = _gazetteer_name(text, entity.tag, entity.match, kind)
                is_short = kind.only == "named" and kind.names_of == "companies" and _is_short_for(text, entity.name)
                yield from _by_letters(replace(name, trait=_trait_in_short(name)) if is_short else name, entity, kind)
    for text in filter(_is_name, entity.match.never):
        yield GazetteerName(_one_line(text), None, "any" if kind.by == "keywords" else "smart")


def _keywords(entity: Entity) -> Iterator[GazetteerName]:
    """Yield the keywords of a topic, its names among them, and their plurals."""
    names = [text for text in map(_one_line, (entity.name, *entity.names)) if _is_name(text)]
    keywords = [text for text in map(_one_line, entity.keywords) if _is_name(text)]
    name_roots = {text.casefold()[:_ROOT] for text in names}
    has_one_word = len({text.casefold()[:_ROOT] for text in keywords or names}) == 1
    for text in dict.fromkeys((*names, *keywords)):
        clarity = 3 if " " in text else 2 if has_one_word else int(text.casefold()[:_ROOT] in name_roots)
        name = GazetteerName(text, entity.tag, "any", clarity=clarity)
        yield name
        if _TAKES_PLURAL_S.search(text):
            yield replace(name, text=text + "s")


def _by_letters(name: GazetteerName, entity: Entity, kind: Kind) -> Iterator[GazetteerName]:
    """Yield a name; apart from it in plain letters, where it is an ordinary word in these: Élan, elan."""
    plain_text = remove_accents(name.text)
    plain = name if plain_text == name.text else _gazetteer_name(plain_text, entity.tag, entity.match, kind)
    if name.trait not in {"plain", "short"} or plain.trait != "common":
        yield name
    else:
        yield from (replace(name, case="exact"), plain)


def _one_line(text: str) -> str:
    return standardize(one_line(text))[0]


def _is_name(text: str) -> bool:
    return len(text) > 1 and any(c.isalnum() for c in text)


def _gazetteer_name(text: str, tag: Tag, rule: MatchRule, kind: Kind) -> GazetteerName:
    how = rule.mode_of(text)
    if how in {"exact", "smart"}:
        return GazetteerName(text, tag, how)
    trait: NameTrait
    if how == "context":
        trait = "common"
    elif kind.names_of != "companies":
        trait = "place"
    else:
        trait = classify_company_name(text)
    # Acronyms and words are what they are in one case only: RIM is no rim, Block no BLOCK.
    is_acronym = text.isascii() and text.isupper() and (len(text) <= 4 or trait == "proper")
    return GazetteerName(text, tag, "exact" if trait in {"common", "shared"} or is_acronym else "smart", trait)


def _is_short_for(name: str, full_name: str) -> bool:
    """Return whether a name is one word, and the name that an entity's file gives first is of several."""
    return name.isalnum() and " " in _without_legal_forms(full_name).removeprefix("The ")


def _trait_in_short(name: GazetteerName) -> NameTrait:
    """Return how much a name tells that is short for a longer one: initials and ordinary words are others', too."""
    if name.trait == "plain":
        return "shared" if name.case == "exact" else "short"
    return "shared" if name.trait in {"proper", "common"} else name.trait


def name_variants(name: str) -> Iterator[str]:
    """Yield other ways to write a name, each a name by itself.

    They are: without the legal form, without a leading The, with `and` for `&`, with and without blanks around `&`,
    without apostrophes and the points of initials, with a word or letter in quotes, with letters written out (`Ærholt`,
    `Aerholt`), an acronym that follows in brackets.
    """
    if match := _BRACKETS.match(name):
        # `Halden (company)` says what it is, `Halden Rope Works (HRW)` what it is called.
        for part in match.groups() if not match[2].islower() else match.groups()[:1]:
            yield part
            yield from name_variants(part)
        return
    bare = name
    while (shorter := _without_legal_form(bare)) != bare:
        bare = shorter
        yield bare
    for text in dict.fromkeys((name, bare)):
        if text[:4].lower() == "the " and len(text) > 6:
            yield text[4:]
        if _AND.search(text):
            yield _AND.sub(" & ", text)
            yield _AND.sub("&", text)
            yield _AND.sub(" and ", text)
        if ", " in text:
            yield text.replace(", ", " ")
        yield from (long.sub(short, text) for long, short in _ABBREVIATIONS if long.search(text))
        if text.endswith(("!", "?", ".")) and len(text) > 3:
            yield text.rstrip("!?.")
        spellings = (
            _AND_WITHOUT_BLANKS.sub(" & ", text),
            _APOSTROPHE.sub("", text),
            _INITIALS.sub(lambda match: match[0].replace(".", ""), text),
            _LETTER_AS_WORD.sub(r" “\1” ", text),
            *(_QUOTED.sub(word, text).strip() for word in (r" “\1\2” ", r" \1\2 ")),
            _write_out(text, _WRITTEN_WITH_TWO),
            _write_out(text, LETTERS_WRITTEN_OUT),
        )
        yield from (spelling for spelling in spellings if spelling != text)


def _write_out(text: str, letters: Mapping[str, str]) -> str:
    """Return a text with what is written for letters. letters: small ones, each with what is written for it."""
    if text.isascii():
        return text
    return "".join(letters.get(c) or (letters[c.lower()].capitalize() if c.lower() in letters else c) for c in text)


def _without_legal_form(name: str) -> str:
    """Return a name without one legal form at its end (in East Asia, at its beginning, too).

    It is returned as it is where it has none, or where nothing would be left.
    """
    for form in _UNSPACED_LEGAL_FORMS:
        rest = name.removesuffix(form).removeprefix(form).strip()
        if rest != name and len(rest) > 1:
            return rest
    match = _LAST_WORD.search(name)
    if not match or match[2].replace(".", "").replace("/", "").lower() not in _LEGAL_FORMS:
        return name
    rest = name[: match.start()]
    return rest if len(rest) > 2 and rest[-1] != "&" and rest.lower() not in {"the", "and", "bank of"} else name


def build_gazetteer(entities: Iterable[Entity], kinds: Mapping[str, Kind]) -> tuple[GazetteerName, ...]:
    """Return all names that are looked for, in the order of the entities.

    A variant that we made of one entity's name is left out where another has it as written; a short name, where
    another's begins so.

    kinds: by key.
    """
    entities = tuple(entities)
    written: dict[str, set[Tag]] = {}  # by pattern: the entities that have a name as written
    beginnings: dict[str, set[Tag]] = {}  # by the first word, or the first two: the entities whose names begin so
    for entity in entities:
        for text in (entity.name, *entity.names):
            pattern = name_pattern(_one_line(text))
            written.setdefault(pattern, set()).add(entity.tag)
            words = pattern.split()
            for count in (1, 2):
                beginnings.setdefault(" ".join(words[:count]), set()).add(entity.tag)
    names: list[GazetteerName] = []
    for entity in entities:
        kind = kinds[entity.kind]
        own_names = tuple(entity_names(entity, kind))
        for name in own_names:
            owners = written.get(name_pattern(name.text))
            if name.tag is None or owners is None or name.tag in owners or kind.by == "keywords":
                # Beside a Gartner, a Gärtner is who is written so.
                is_twin = owners is not None and len(owners) > 1 and not name.text.isascii() and name.case == "smart"
                names.append(replace(name, case="exact") if is_twin else name)
        own_patterns = {name_pattern(name.text) for name in own_names}
        for name in _short_names(entity, kind):
            pattern = name_pattern(name.text)
            if pattern not in own_patterns and len(beginnings.get(" ".join(pattern.split()), ())) == 1:
                own_patterns.add(pattern)
                names.append(name)
    all_words = {" ".join(name_pattern(name.text).split()) for name in names}
    decoys = (GazetteerName(phrase, None, "any") for phrase in _NO_COMPANIES if _has_name(phrase, all_words))
    return (*names, *decoys)


def _has_name(phrase: str, names: Container[str]) -> bool:
    """Return whether one of the names, which are normalized, stands in a phrase."""
    words = name_pattern(phrase).split()
    return any(
        " ".join(words[start:end]) in names for start in range(len(words)) for end in range(start + 1, len(words) + 1)
    )


def _short_names(entity: Entity, kind: Kind) -> Iterator[GazetteerName]:
    """Yield what a company is called in short: its name without the words at the end that say its trade.

    What is left must be one word that no dictionary has; two may be a place's (Palo Alto). Such a name stands for the
    company where it stands by itself. There is none where `match:` says how all of the company's names are meant.
    """
    if kind.by == "keywords" or kind.names_of != "companies" or entity.match.case in {"exact", "smart"}:
        return
    decoys = {name_pattern(_one_line(text)) for text in entity.match.never}
    for text in dict.fromkeys(map(_one_line, (entity.name, *entity.names))):
        words = _without_legal_forms(text).removeprefix("The ").split()
        if len(words) < 2:
            continue
        first = words[0]
        if not _TRADES.issuperset(words[1:]) or len(first) < 3 or name_pattern(first) in decoys:
            continue
        if classify_name(first) != "plain" or is_ordinary(first) or is_ordinary(first.lower().removesuffix("s")):
            continue
        if first[0].isupper() and first.isalnum():
            name = _gazetteer_name(first, entity.tag, entity.match, kind)
            yield replace(name, trait="short") if name.trait == "plain" else name


def _without_legal_forms(name: str) -> str:
    while (shorter := _without_legal_form(name)) != name:
        name = shorter
    return name
