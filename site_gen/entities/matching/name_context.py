"""What stands around a name in a text, and what that says of it: a name by itself, or a part of a longer one?

`United` is an airline's name and the first word of United Nations; `Hamilton` a bank's, a town's and a racing
driver's. What such a name stands for is told by its neighbours: a capital beside it speaks against it, a word that
only a company has there (Inc, shares, CEO) for it.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING

from site_gen.entities.matching.ambiguous_names import is_ordinary, is_proper, word_set

if TYPE_CHECKING:
    from site_gen.entities.matching.ambiguous_names import NameTrait


class Confidence(IntEnum):
    """How a name stands in a text."""

    NOTHING = 0  # it is part of another name, or no name at all
    PERSON = 1  # a given name or a title stands before it
    WEAK = 2  # it may be part of another name, or a place; counts only beside better
    CLEAN = 3  # by itself
    SURE = 4  # nothing else has this name, or it stands as only a company's does


FORMS = word_set(
    "Inc Incorporated Corp Corporation Co Company Companies Ltd Limited Plc PLC plc LLC LLP LP AG SA SE NV SpA GmbH Oyj"
    " ASA AB Pty Group Holdings Holding Industries Enterprises INC CORP LTD"
)
TRADES = word_set(
    "Airlines Airways Automotive Bank Capital Chemical Chemicals Communications Construction Electric Electronics"
    " Energy Engineering Entertainment Financial Foods Healthcare Insurance International Labs Logistics Media"
    " Mobile Motor Motors Networks Partners Petroleum Pharma Pharmaceuticals Pictures Railways Semiconductor"
    " Software Solutions Steel Studios Systems Technologies Technology Telecom Therapeutics Wireless"
)
_ROLES = word_set(
    "CEO CFO COO CTO Chief Chairman Chairwoman President Vice Spokesman Spokeswoman Director Executive Flight Founder"
    " Analyst Shares Stock Officials"
)
_TITLES = word_set(
    "Mr Mrs Ms Miss Dr Sir Lord Lady Dame Prof Professor President Senator Sen Rep Congressman Congresswoman Judge"
    " Justice Governor Gov Mayor Minister Captain Capt Colonel Col Gen Sergeant Sgt Lieutenant Officer King Queen"
    " Prince Princess Pope Saint St Judge Coach Detective Inspector Ambassador Chancellor Secretary Rev Reverend"
    " Herr Herrn Frau Monsieur Madame Mme Mlle Señor Señora Sr Sra Don Doña Signor Signora Senhor Senhora Kanzler"
    " Kanzlerin Präsident Präsidentin Minister Ministerin Bürgermeister Ministre Ministro Ministra"
)
# Institutions that bear the name of a place, a person or a company, and are none of these.
_HEADS = word_set(
    "University College School Institute Academy Foundation Museum Library Hospital Church Cathedral Stadium Arena"
    " Council Parliament Congress Senate Assembly Court Treaty Accord Accords Act Award Awards Prize Cup Trophy League"
    " Championship Championships Olympics Marathon Festival Times Post Herald Tribune Gazette Journal Chronicle Globe"
    " Telegraph Mirror Observer Press Party House Records Zoo Orchestra Opera Theatre Theater Stock"
)
_GROUNDS = word_set(
    "Park Street Avenue Road Square Bridge Airport Station County Province District City Town Village Valley River Lake"
    " Sea Ocean Island Islands Mountain Mountains Beach Bay Hill Hills Coast Forest Gulf Nations States Kingdom"
    " Republic Army Navy Force Forces Front Union Government Police"
)
_INDEXES = word_set("30 40 50 100 200 225 300 400 500 600 1000 2000 3000")  # of shares: S&P 500
_MONTHS = word_set(
    "January February March April May June July August September October November December Monday Tuesday Wednesday"
    " Thursday Friday Saturday Sunday"
)
_DETERMINERS = word_set(
    "the a an this that these those his her its their our your my no any every each some another other such both"
    " der das dem den des ein eine einen einem einer le les un une el los las una il lo gli uno os um uma"
)
_WHOLE = frozenset({"phrase", "place"})  # traits of names that only what follows can make part of another
_SMALL = _DETERMINERS | word_set(
    "to in on at by of for from with as after before over under into about against and or but is are was were be been"
    " has have had will would can could may might not"
)
_SPEAKS = word_set(
    "said says announced reported reports told plans planned confirmed denied declined posted agreed has"
)
_PLACED = word_set("in near outside around across toward towards throughout inside nach bei à en em")
_PEOPLES = ("ian", "ean", "ican", "ese", "ish")
_RIGHT = re.compile(
    r",? (?:(?:of|de|do|da|di|del|du|des|von|van|for)(?: the| la)? (?=[^\W\d_a-z])|& )?([^\W_][^\s,;:!?()\[\]\"“”\0]*)"
)
_SHORTENED = re.compile(
    r"(?:^|[\s(“\"‘'])(?:([A-Z][a-z]{1,4})|(?!U\.|D\.C)(?:[A-Z]\.)?([A-Z]))\.$"
)  # Mr., J., J.R., no U.S.
_PLACE_AFTER = re.compile(r", (?:[A-Z]\.[A-Z]\.|([A-Z][a-z]+))")


def name_confidence(text: str, start: int, end: int, trait: NameTrait) -> Confidence:  # noqa: PLR0911  a list of cases
    """How the name `text[start:end]` stands there; for names of which nothing better is known than their words."""
    # Nearly all names are told by their neighbours' first letters.
    if trait == "plain" and (start == 0 or not text[text.rfind(" ", 0, start - 1) + 1].isupper()):
        return Confidence.SURE
    if trait in _WHOLE and (not (after := text[end + 1 : end + 2]).isalnum() or after.islower()):
        return Confidence.SURE  # nothing follows, or a small word: only institutions and indexes matter below
    joined, right = _right(text, end)
    if right in FORMS:
        return Confidence.SURE
    if trait in _WHOLE:
        return Confidence.NOTHING if (right in _HEADS and not joined) or right in _INDEXES else Confidence.SURE
    left, begins = _left(text, start)
    before = _before(left, begins=begins)
    if before is Confidence.PERSON:
        return before
    if trait == "plain":
        return Confidence.SURE
    if trait == "stop" or (right and joined):
        return Confidence.NOTHING
    # PDF or AI after a name is no part of it.
    capital = right[:1].isupper() and right not in _ROLES and not (len(right) > 1 and right.isupper())
    capital = capital and right.lower() not in _SMALL
    if trait == "common":
        if capital or right[:1].isdigit() or left.lower() in _DETERMINERS or before is Confidence.WEAK:
            return Confidence.NOTHING
        return Confidence.WEAK if begins and not left and right not in _SPEAKS else Confidence.CLEAN
    if capital and (right in _HEADS or right in _GROUNDS):
        return Confidence.NOTHING
    placed = left in _PLACED or (left in {"the", "The"} and not right) or _in_place(text, end, left)
    weak = before is Confidence.WEAK or (capital and right not in TRADES) or (placed and not capital)
    return Confidence.WEAK if weak else Confidence.CLEAN


def _before(left: str, *, begins: bool) -> Confidence:
    """What the word before a name makes of it: a person, part of a longer name, or nothing that counts."""
    if left in _TITLES:
        return Confidence.PERSON
    if not left[:1].isupper() or left.endswith(("'s", "’s")):
        return Confidence.CLEAN
    if left in _MONTHS or left in _ROLES or left in FORMS or left.endswith(_PEOPLES) or left.lower() in _SMALL:
        return Confidence.CLEAN
    if is_proper(left) and not is_ordinary(left):
        return Confidence.PERSON
    return Confidence.CLEAN if begins else Confidence.WEAK


def _in_place(text: str, end: int, left: str) -> bool:
    """Whether a comma and a larger place follow: `Washington, D.C.`, `from Miami, Florida`."""
    found = _PLACE_AFTER.match(text, end)
    if not found or found[1] is None:
        return found is not None
    return left in {"from", "of"} and is_proper(found[1]) and not is_ordinary(found[1])


def _right(text: str, end: int) -> tuple[bool, str]:
    """Whether `of`, `de` or `&` joins a word to a name, and the word after the name; empty where a stop is between."""
    found = _RIGHT.match(text, end)
    if not found:
        return False, ""
    word = found[1].rstrip(".'’")
    if text[end] == ",":
        return False, word if word in FORMS else ""
    return found.start(1) > end + 1, word


def _left(text: str, start: int) -> tuple[str, bool]:
    """The word before a name where only a blank is between, and whether a sentence begins with the word (or, where
    there is none, with the name)."""
    before = text[max(0, start - 40) : start].rpartition("\0")[2]
    words = before.rstrip(" \n")
    if not words:
        return "", start < 40 or "\0" in text[start - 40 : start]
    if words == before:
        return "", words[-1] in '.!?“"‘:'
    if words[-1] == "." and (found := _SHORTENED.search(words)) and (found[2] or found[1] in _TITLES):
        return found[1] or "Mr", False  # somebody's initial is as good as a title
    if not words[-1].isalnum():
        return "", words[-1] in '.!?“"‘:'
    last = words.rsplit(None, 1)[-1]
    word = last.lstrip("“\"‘'([")
    ahead = words[: len(words) - len(last)].rstrip()
    return word, word != last or not ahead or ahead[-1] in ".!?:"
