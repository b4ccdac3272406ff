"""What stands around a name in a text, and whether that makes it a name by itself or a part of a longer one.

`United` is an airline's name and the first word of United Nations; `Hamilton` a bank's, a town's and a racing
driver's. What such a name stands for is told by its neighbours: a capital beside it speaks against it, a word that
only a company has there (Inc, shares, CEO) for it. The word lists are in `name_context.txt`.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.word_lists import WordLists
from site_gen.entities.matching.ambiguous_names import is_function_word, is_ordinary, is_proper
from site_gen.entities.matching.compounds import has_part_of_company

if TYPE_CHECKING:
    from site_gen.entities.matching.ambiguous_names import NameTrait


class Confidence(IntEnum):
    """How sure it is, by the words around a name in a text, that it is the entity's; the higher, the surer."""

    NOTHING = 0  # it is part of another name, or no name at all
    PERSON = 1  # a given name or a title stands before it
    WEAK = 2  # it may be part of another name, or a place; counts only beside better ones
    CLEAN = 3  # it stands by itself
    SURE = 4  # nothing else has this name, or it stands as only a company's does


_LISTS = WordLists(__package__, "name_context.txt")
LEGAL_FORMS = _LISTS.words("legal forms")
TRADES = _LISTS.words("trades")
_ROLES = _LISTS.words("roles")
_TITLES = _LISTS.words("titles")
_GIVEN_NAMES = _LISTS.words("given names")
_INSTITUTIONS = _LISTS.words("institutions")
_PLACES = _LISTS.words("places")
_SHARE_INDEXES = _LISTS.words("share indexes")
_CALENDAR = _LISTS.words("calendar")
_DETERMINERS = _LISTS.words("determiners")
_SMALL_WORDS = _DETERMINERS | _LISTS.words("small words")
_VERBS_OF_SPEECH = _LISTS.words("verbs of speech")
_PREPOSITIONS_OF_PLACE = _LISTS.words("prepositions of place")
_WHOLE_NAMES = frozenset({"phrase", "place"})  # traits of names that only what follows can make part of another
_NATIONALITY_ENDINGS = ("ian", "ean", "ican", "ese", "ish")
_NEXT_WORD = re.compile(
    r",? (?:(?:of|de|do|da|di|del|du|des|von|van|for)(?: the| la)? (?=[^\W\d_a-z])|& )?([^\W_][^\s,;:!?()\[\]\"“”\0]*)"
)
# An abbreviation before a name: Mr., J., J.R., but not U.S. Group 1 may be a title, group 2 is an initial.
_ABBREVIATION = re.compile(r"(?:^|[\s(“\"‘'])(?:([A-Z][a-z]{1,4})|(?!U\.|D\.C)(?:[A-Z]\.)?([A-Z]))\.$")
_LARGER_PLACE = re.compile(r", (?:[A-Z]\.[A-Z]\.|([A-Z][a-z]+))")
# A word with capitals inside that is no surname: AirPods, not McKay.
_PRODUCT = re.compile(r"(?!Mc|Mac[A-Z][a-z]+y$|O['’]|D[ei][A-Z]|L[ae][A-Z])[A-Z]+[a-z]+[A-Z]")
_HYPHENS = ("-", "‐", "‑")
_SENTENCE_END = re.compile(r"\0|[.!?:](?=\s)")
_BEFORE = 40  # characters before a name that are looked at
_LONG, _MIN_CAPITALS, _MOST_CAPITALS = 4, 4, 0.75  # words of so many letters; so many of them; the part with a capital


def name_confidence(text: str, start: int, end: int, trait: NameTrait) -> Confidence:  # noqa: PLR0911  a list of cases
    """Return how sure it is that the name `text[start:end]` is the entity's there.

    trait: what the name's words alone tell; any but `declared`.
    """
    # Nearly all names are decided by their neighbours' first letters.
    if trait == "plain" and (start == 0 or not text[text.rfind(" ", 0, start - 1) + 1].isupper()):
        return Confidence.SURE
    if trait in _WHOLE_NAMES and (not (after := text[end + 1 : end + 2]).isalnum() or after.islower()):
        return Confidence.SURE  # nothing follows, or a small word: only institutions and indexes matter below
    is_joined, right = _word_after(text, end)
    if right in LEGAL_FORMS or (text[end : end + 1] in _HYPHENS and has_part_of_company(text, end)):
        return Confidence.SURE
    if trait in _WHOLE_NAMES:
        is_other = (right in _INSTITUTIONS and not is_joined) or right in _SHARE_INDEXES
        return Confidence.NOTHING if is_other else Confidence.SURE
    left, begins_sentence = _word_before(text, start)
    before = _confidence_by_left(left, begins_sentence=begins_sentence)
    if before is Confidence.PERSON:
        return before
    if trait == "plain":
        # Behind a capital it may be a surname that no dictionary has; `YouTube` is none, nor a listed company.
        is_surname = before is Confidence.WEAK and text[start + 1 : end].islower() and not is_proper(text[start:end])
        return Confidence.WEAK if is_surname else Confidence.SURE
    if trait == "stop" or (right and is_joined):
        return Confidence.NOTHING
    # PDF or AI after a name is no part of it, AirPods its product.
    has_capital_after = right[:1].isupper() and right not in _ROLES and not (len(right) > 1 and right.isupper())
    has_capital_after = has_capital_after and not _PRODUCT.match(right)
    has_capital_after = has_capital_after and right.lower() not in _SMALL_WORDS
    neighbours = _Neighbours(left, right, begins_sentence, before is Confidence.WEAK, has_capital_after)
    if trait in {"common", "shared"}:
        return _confidence_of_word(text, start, end, trait, neighbours)
    return _confidence_of_proper(text, start, end, trait, neighbours)


class _Neighbours(NamedTuple):
    """The words beside a name."""

    left: str  # the word before it; empty where more than a blank is between
    right: str  # the word after it, likewise
    begins_sentence: bool  # whether a sentence begins with the word before it, or with the name where there is none
    has_name_before: bool  # whether the word before it looks like a part of its name
    has_name_after: bool  # whether the word after it does

    @property
    def opens_sentence(self) -> bool:
        """Whether a sentence begins with the name, which therefore has a capital in any case."""
        return self.begins_sentence and not self.left and self.right not in _VERBS_OF_SPEECH


def _confidence_of_word(text: str, start: int, end: int, trait: NameTrait, beside: _Neighbours) -> Confidence:
    """Return how sure it is that an ordinary word, or a name that is shared, is the entity's."""
    left, right, begins_sentence, has_name_before, has_name_after = beside
    # The first word of a sentence beside it may be part of the name: Wall Street.
    is_first_word_part = begins_sentence and left[:1].isupper() and not _may_open_sentence(left)
    is_part = has_name_before or has_name_after or is_first_word_part or right[:1].isdigit()
    has_determiner = left.lower() in _DETERMINERS and text[end : end + 1] not in _HYPHENS  # the Zorbex-owned yard
    is_word = is_ordinary(text[start:end])
    if is_part or has_determiner:
        return Confidence.NOTHING if is_word or trait == "common" else Confidence.WEAK
    if _is_among_capitals(text, start, end) or (beside.opens_sentence and is_word):
        return Confidence.WEAK
    is_place = left in _PREPOSITIONS_OF_PLACE or _has_larger_place_after(text, end, left)
    return Confidence.WEAK if trait == "shared" and is_place else Confidence.CLEAN


def _confidence_of_proper(text: str, start: int, end: int, trait: NameTrait, beside: _Neighbours) -> Confidence:
    """Return how sure it is that a proper or short name is the entity's."""
    left, right, _, has_name_before, has_name_after = beside
    if has_name_after and (right in _INSTITUTIONS or right in _PLACES):
        return Confidence.NOTHING
    is_place = (
        left in _PREPOSITIONS_OF_PLACE
        or (left in {"the", "The"} and not right)
        or _has_larger_place_after(text, end, left)
    )
    # Beside another trade than its own it is another company, where it is a short form.
    is_part = has_name_after and (right not in TRADES or (trait == "short" and not is_proper(text[start:end])))
    if has_name_before or is_part or (is_place and not has_name_after):
        return Confidence.WEAK
    if is_ordinary(text[start:end]):
        has_verb = text.startswith(("'s", "’s"), end) or right in _SMALL_WORDS
        if (beside.opens_sentence and not has_verb) or _is_among_capitals(text, start, end):
            return Confidence.WEAK
    return Confidence.CLEAN


def _confidence_by_left(left: str, *, begins_sentence: bool) -> Confidence:
    """Return what the word before a name makes of it: a person, part of a longer name, or nothing that counts.

    begins_sentence: whether the word before the name is the first of its sentence.
    """
    if left in _TITLES or left in _GIVEN_NAMES:
        return Confidence.PERSON
    if not left[:1].isupper() or left.endswith(("'s", "’s")):
        return Confidence.CLEAN
    if _is_no_name(left):
        return Confidence.CLEAN
    if is_proper(left) and not is_ordinary(left):
        return Confidence.PERSON
    return Confidence.CLEAN if begins_sentence else Confidence.WEAK


def _is_no_name(word: str) -> bool:
    """Return whether a word with a capital is no part of the name that follows it."""
    is_listed = word in _CALENDAR or word in _ROLES or word in LEGAL_FORMS or word.lower() in _SMALL_WORDS
    return is_listed or word.endswith(_NATIONALITY_ENDINGS)


def _may_open_sentence(word: str) -> bool:
    """Return whether a word with a capital before a name is no part of it where it is the first of its sentence."""
    return _is_no_name(word) or is_function_word(word)


def _is_among_capitals(text: str, start: int, end: int) -> bool:
    """Return whether nearly all words around a name have a capital, as in a headline, so that its own tells nothing."""
    if text[start - 2 : start] == ", " and text[end : end + 1] == ",":
        return False  # a list of names
    before = _SENTENCE_END.split(text[max(0, start - _BEFORE) : start])[-1].split()[1:]
    after = _SENTENCE_END.split(text[end : end + _BEFORE], maxsplit=1)[0].split()[:-1]
    letters = [word[0] for word in (*before, *after) if word[0].isalpha() and len(word) >= _LONG]
    return len(letters) >= _MIN_CAPITALS and sum(map(str.isupper, letters)) >= _MOST_CAPITALS * len(letters)


def _has_larger_place_after(text: str, end: int, left: str) -> bool:
    """Return whether a comma and a larger place follow: `Washington, D.C.`, `from Miami, Florida`."""
    match = _LARGER_PLACE.match(text, end)
    if not match or match[1] is None:
        return match is not None
    return left in {"from", "of"} and is_proper(match[1]) and not is_ordinary(match[1])


def _word_after(text: str, end: int) -> tuple[bool, str]:
    """Return whether `of`, `de` or `&` joins the word after a name to it, and that word; empty where a stop is between.

    After a comma only a legal form counts.
    """
    match = _NEXT_WORD.match(text, end)
    if not match:
        return False, ""
    word = match[1].rstrip(".'’")
    if text[end] == ",":
        return False, word if word in LEGAL_FORMS else ""
    return match.start(1) > end + 1, word


def _word_before(text: str, start: int) -> tuple[str, bool]:
    """Return the word before a name, and whether a sentence begins with it.

    The word is empty where more than a blank is between, or nothing is before the name; then the second value says
    whether a sentence begins with the name itself.
    """
    before = text[max(0, start - _BEFORE) : start].rpartition("\0")[2]
    words = before.rstrip(" \n")
    if not words:
        return "", start < _BEFORE or "\0" in text[start - _BEFORE : start]
    if words == before:
        return "", words[-1] in '.!?“"‘:'
    if words[-1] == "." and (match := _ABBREVIATION.search(words)) and (match[2] or match[1] in _TITLES):
        return match[1] or "Mr", False  # somebody's initial is as good as a title
    if not words[-1].isalnum():
        return "", words[-1] in '.!?“"‘:'
    last = words.rsplit(None, 1)[-1]
    word = last.lstrip("“\"‘'([")
    earlier = words[: len(words) - len(last)].rstrip()
    return word, word != last or not earlier or earlier[-1] in ".!?:"
