"""General knowledge that tells a company from a person, a place or a plain word.

The word lists are in `lexicon.txt`, each with a line that says what it is for. Countries, continents and currencies
are those of the Unicode CLDR, by way of babel, in every language that it has; small words are those of justext.
"""

from __future__ import annotations

import functools

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from site_gen.core.text import primary_language
from site_gen.core.word_lists import WordLists, small_words
from site_gen.entities.matching.normalization import normalize

_LISTS = WordLists(__package__, "lexicon.txt")
LEGAL_FORMS = _LISTS.words("legal forms")
AMBIGUOUS_LEGAL_FORMS = _LISTS.words("ambiguous legal forms")
LEADING_LEGAL_FORMS = _LISTS.words("leading legal forms")
INSTITUTIONS = _LISTS.words("institutions")
PUBLIC_BODIES = _LISTS.words("public bodies")
FIRMS = _LISTS.words("firms")
MEDIA = _LISTS.words("media")
PLACE_ENDS = _LISTS.words("place ends")
PLACE_STARTS = _LISTS.words("place starts")
THING_ENDS = _LISTS.words("thing ends")
ROLES = _LISTS.words("roles")
HONORIFICS = _LISTS.words("honorifics")
CALENDAR = _LISTS.words("calendar")
FUNCTION_WORDS = _LISTS.words("function words")
PEOPLES = _LISTS.words("peoples")
FIRST_NAMES = _LISTS.words("first names")


@functools.cache
def territory_names(language: str) -> frozenset[str]:
    """Return countries, continents and regions as a language calls them, in small letters.

    language: a BCP 47 tag; where babel does not have it, the names are English.
    """
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return frozenset(str(name).lower() for code, name in locale.territories.items() if code != "ZZ")


@functools.cache
def has_capital_nouns(language: str) -> bool:
    """Return whether a language writes all nouns with a capital: German, Luxembourgish."""
    return primary_language(language) in {"de", "lb"}


@functools.cache
def stop_words(language: str) -> frozenset[str]:
    """Return the small words of a language (BCP 47 tag) in small letters, with accents and without.

    There are none where justext has no list of them.
    """
    try:
        name = Locale.parse(language, sep="-").english_name or ""
        words = small_words(name.partition(" ")[0])
    except (UnknownLocaleError, ValueError, LookupError):
        return frozenset()
    return frozenset(words).union(plain for word in words if " " not in (plain := normalize(word).strip()))


@functools.cache
def place_names() -> frozenset[str]:
    """Return well-known places in English, in small letters: countries, states, cities (those of time zones, too)."""
    listed = {name.lower() for name in (*_LISTS.phrases("regions"), *_LISTS.phrases("cities"))}
    zones = {zone.rpartition("/")[2].replace("_", " ").lower() for zone in get_global("zone_territories")}
    return frozenset(listed | zones | territory_names("en"))


@functools.cache
def common_words() -> frozenset[str]:
    """Return words that are no name by themselves though they have a capital, in small letters.

    They are days, acronyms, currencies, peoples and function words.
    """
    currencies = {str(code).lower() for code in Locale("en").currencies}
    days = {f"{word}s" for word in CALENDAR if word.endswith("day")}
    return frozenset(FUNCTION_WORDS | _LISTS.words("no names alone") | CALENDAR | PEOPLES | currencies | days)
