"""Which names are ordinary words, or words that begin with a capital for some other reason.

The list is SCOWL's, as the spelling dictionary of American English that comes with spylls: 50,000 stems, each
with a capital where it is written with one. Other languages are told by the texts themselves.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

import justext
from babel import Locale

if TYPE_CHECKING:
    from collections.abc import Container


def word_set(words: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(words.split())


# How much a name's words alone tell:
#   known   a person says that they stand for nothing else
#   phrase  several words
#   place   a place or a person, whatever the words
#   plain   one word that stands for nothing else that we know
#   short   one word that a company is called by in short: a plain one, but it counts where it stands by itself only
#   proper  other people, places and things have it too: a surname, a town
#   common  an ordinary word
#   stop    never a company's without Inc or its like
NameTrait = Literal["known", "phrase", "place", "plain", "short", "proper", "common", "stop"]
_STOP = word_set(
    "the a an and or of to in on at by for from as it is no not la le el de da do us uk eu un usa u.s u.s. u.k u.k."
    " u.n. u.s.a. e.u. north south east west northern southern eastern western mid january february march april may"
    " june july august september october november december monday tuesday wednesday thursday friday saturday sunday"
)
_ENDINGS = ("s", "es", "d", "ed", "ing", "ings", "er", "ers", "ly", "'s")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W\d_]+)?")


@cache
def _stems() -> tuple[frozenset[str], frozenset[str]]:
    """The dictionary's words that begin small, and those that begin with a capital."""
    text = resources.files("spylls").joinpath("hunspell/data/en/en_US.dic").read_text("utf-8")
    stems = [line.partition("/")[0] for line in text.split("\n")[1:]]
    return frozenset(s for s in stems if s[:1].islower()), frozenset(s for s in stems if s[:1].isupper())


def _is_word(token: str) -> bool:
    """Whether it is a word or a form of one; e may be lost before an ending (`united`)."""
    small, _ = _stems()
    if token in small:
        return True
    for ending in _ENDINGS:
        stem = token.removesuffix(ending)
        if stem != token and len(stem) > 2 and (stem in small or stem + "e" in small):
            return True
    return token.endswith("ies") and token[:-3] + "y" in small


@cache
def _countries() -> frozenset[str]:
    """The names of countries and continents."""
    return frozenset(Locale("en").territories.values())


@cache
def _function_words() -> frozenset[str]:
    """The commonest words of English: the, of, from."""
    return frozenset(justext.get_stoplist("English"))


def is_ordinary(token: str) -> bool:
    """Whether a word is one that needs no capital."""
    small = token.lower()
    return small in _function_words() or _is_word(small)


def is_proper(token: str) -> bool:
    """Whether a word is in the dictionary with a capital: a given name, a place, a nationality."""
    return token in _stems()[1] or token.capitalize() in _stems()[1]


def classify_name(name: str, ordinary: Container[str] = ()) -> NameTrait:
    """How much a name tells by its words alone.

    ordinary: further words, small, that are ordinary ones where the name is looked for.
    """
    if name.lower() in _STOP or name in _countries():
        return "stop"
    tokens = _TOKEN.findall(name.replace("’", "'"))
    if len(tokens) != 1:
        return "phrase" if re.search(r"[^\W\d_]", name) else "common"
    if len(name) == 2 and name.isupper():  # nearly every pair of letters is somebody's
        return "common"
    return _trait(tokens[0], ordinary)


def _trait(token: str, ordinary: Container[str]) -> NameTrait:
    small = token.lower()
    if small in ordinary or token.isdecimal():
        return "common"
    if not token[0].isupper() or token[1:] != token[1:].lower():  # iPhone, CoreLogic, GKN
        return "plain"
    if is_proper(small):
        return "proper"
    return "common" if _is_word(small) else "plain"
