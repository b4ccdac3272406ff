"""The form in which names and texts are compared: case, accents, hyphens and blanks make no difference in it."""

from __future__ import annotations

import re
from functools import cache

from site_gen.core.folding import WITHOUT_ACCENTS, standardize
from site_gen.core.text import fold_case

_ACCENTED = re.compile("[À-ÖØ-öø-ɏͰ-Ͽѐ-џḀ-῿]")  # more than `WITHOUT_ACCENTS` has; sooner asked
# Signs that stand between words, or (`.`, `,`, `-`) inside names that are written without them, too.
_SEPARATORS = str.maketrans(dict.fromkeys("\n\t\"'()*,-./:;<=>?[\\]^`{|}~$%", " "))
_WIDE_SEPARATORS = re.compile("[\u2000-\u200a\u205f\u3000¡-©«-±´¶-¸»-¿‐-⁞、-〿！-／：-＠]")
_NON_LATIN = re.compile("[^\x00-\x7f\xa0-ɏḀ-ỿ]")
# The normalized form of every byte of ASCII: small letters, blanks for separators.
_NORMALIZED_ASCII = bytes(range(128)).lower().decode().translate(_SEPARATORS).encode() + bytes(range(128, 256))
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
# More kinds of characters beyond ASCII than these are sooner normalized with the whole text than replaced one by one.
_MAX_REPLACED = 24


def normalize(text: str) -> str:
    """Return a text in the form that names are looked for in.

    That is a blank, then one character for each of the text in standard form (`standardize`). What stands beside a
    character makes no difference to it. `Coca-Cola` and `coca cola` have one form, and so have `Citroën` and `Citroen`.
    Nearly every sign becomes a blank, so that a pattern that begins with a blank is found at the beginnings of words
    only.
    """
    if not text.isascii():
        text, _ = standardize(text)
        characters = set(_BEYOND_ASCII.findall(text))
        if len(characters) > _MAX_REPLACED:
            return " " + _normalize_slowly(text)
        for character in characters:
            text = text.replace(character, _normalize_character(character))
        if not text.isascii():
            return " " + text.lower().translate(_SEPARATORS)
    return " " + text.encode().translate(_NORMALIZED_ASCII).decode()


@cache
def _normalize_character(character: str) -> str:
    return _normalize_slowly(character)


def _normalize_slowly(text: str) -> str:
    folded = fold_case(text).translate(_SEPARATORS)
    if not folded.isascii():
        folded = _WIDE_SEPARATORS.sub(" ", folded)
        if _ACCENTED.search(folded):
            folded = folded.translate(WITHOUT_ACCENTS)
    return folded


def has_non_latin_letters(normalized: str) -> bool:
    """Return whether a normalized text has letters of other scripts: a name may follow them without a blank."""
    return not normalized.isascii() and _NON_LATIN.search(normalized) is not None


def name_pattern(name: str) -> str:
    """Return what is looked for in a normalized text to find a name.

    It is the name's normalized form, with the blank before it only where the name begins with an ASCII letter or digit.
    """
    normalized = normalize(name)
    return normalized if name[:1].isascii() and normalized[1:2].isalnum() else normalized[1:]
