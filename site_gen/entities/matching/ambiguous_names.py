"""How much a name tells by its words alone: whether it is an ordinary word, or has its capital for another reason.

The list of words is SCOWL's, as the spelling dictionary of American English that comes with spylls: 50,000 stems, each
with a capital where it is written with one.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Literal

from babel import Locale

from site_gen.core.word_lists import WordLists, small_words

# How much a name's words alone tell:
#   declared  a person wrote in `match:` that they stand for nothing else
#   phrase    several words
#   place     a place or a person, whatever the words
#   plain     one word that stands for nothing else that we know of
#   short     one word that counts where it stands by itself: a plain one that is short for a longer name, or one that
#             is hardly ever anything but a company's with a capital (Apple)
#   shared    one word for which much has to speak, as it is nearly always others': Here; what a company is called by in
#             short where it is initials, a surname, a town or an ordinary word
#   proper    other people, places and things have it, too: a surname, a town
#   common    an ordinary word
#   stop      never a company's without a legal form after it
NameTrait = Literal["declared", "phrase", "place", "plain", "short", "shared", "proper", "common", "stop"]
_LISTS = WordLists(__package__, "ambiguous_names.txt")
_NEVER_NAMES = _LISTS.words("never names")
_MOSTLY_COMPANIES = _LISTS.words("mostly companies")
_ONLY_COMPANIES = _LISTS.words("only companies")
_ENDINGS = ("s", "es", "d", "ed", "ing", "ings", "er", "ers", "ly", "'s")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?")


@cache
def _stems() -> tuple[frozenset[str], frozenset[str]]:
    """Return the dictionary's words that begin with a small letter, and those that begin with a capital."""
    text = resources.files("spylls").joinpath("hunspell/data/en/en_US.dic").read_text("utf-8")
    stems = [line.partition("/")[0] for line in text.split("\n")[1:]]
    return frozenset(s for s in stems if s[:1].islower()), frozenset(s for s in stems if s[:1].isupper())


def _is_dictionary_word(token: str) -> bool:
    """Return whether a token in small letters is a word or a form of one; e may be lost before an ending (`united`)."""
    small, _ = _stems()
    if token in small:
        return True
    for ending in _ENDINGS:
        stem = token.removesuffix(ending)
        if stem != token and len(stem) > 2 and (stem in small or stem + "e" in small):
            return True
    return token.endswith("ies") and token[:-3] + "y" in small


@cache
def _territories() -> frozenset[str]:
    """Return the English names of countries and continents."""
    return frozenset(Locale("en").territories.values())


@cache
def _function_words() -> frozenset[str]:
    """Return the commonest words of English: the, of, from, here."""
    return _LISTS.words("words of pages").union(small_words("English"))


def is_function_word(token: str) -> bool:
    """Return whether a word is one of the commonest."""
    return token.lower() in _function_words()


def is_ordinary(token: str) -> bool:
    """Return whether a word is one that needs no capital."""
    return is_function_word(token) or _is_dictionary_word(token.lower())


def is_proper(token: str) -> bool:
    """Return whether the dictionary has a word with a capital: a given name, a place, a nationality."""
    return token in _stems()[1] or token.capitalize() in _stems()[1]


def classify_name(name: str) -> NameTrait:
    """Return how much a name tells by its words alone."""
    if name.lower() in _NEVER_NAMES or name in _territories():
        return "stop"
    tokens = _TOKEN.findall(name.replace("’", "'"))
    if len(tokens) != 1:
        return "phrase" if re.search(r"[^\W\d_]", name) else "common"
    if len(name) == 2 and name.isupper():  # nearly every pair of letters is somebody's
        return "common"
    return _classify_token(tokens[0])


def classify_company_name(name: str) -> NameTrait:
    """Return how much a company's name tells: proper names that are only companies', or nearly so, are in lists."""
    trait = classify_name(name)
    if trait == "proper":
        words = set(_TOKEN.findall(name))
        trait = "plain" if words <= _ONLY_COMPANIES else "short" if words <= _MOSTLY_COMPANIES else trait
    return trait


def _classify_token(token: str) -> NameTrait:
    small = token.lower()
    if is_function_word(token):
        return "shared"
    if token.isdecimal():
        return "common"
    if token.isupper() and is_ordinary(token):  # CLICK HERE
        return "common"
    if not token[0].isupper() or token[1:] != token[1:].lower():  # iPhone, CoreLogic, GKN
        return "plain"
    if is_proper(small):
        return "proper"
    return "common" if _is_dictionary_word(small) else "plain"
