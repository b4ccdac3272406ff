"""The form that names and texts are compared in: case, accents, hyphen or blank make no difference."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from site_gen.core.text import fold_case

_ACCENTED = re.compile("[À-ÖØ-öø-ɏḀ-ỿ]")
# Signs that stand between words, or (`.`, `,`, `-`) inside names that are written without them too.
_GAPS = str.maketrans(dict.fromkeys("\n\t\"'()*,-./:;<=>?[\\]^`{|}~$%", " "))
_WIDE_GAPS = re.compile("[¡-©«-±´¶-¸»-¿‐-⁞、-〿！-／：-＠]")
_FOREIGN = re.compile("[^\x00-\x7f\xa0-ɏḀ-ỿ]")


def _plain(c: str) -> str:
    """A Latin letter without its accents; another as it is."""
    base = unicodedata.normalize("NFD", c)[0]
    return base if base.isascii() else c


_PLAIN = {n: _plain(chr(n)) for r in (range(0xC0, 0x250), range(0x1E00, 0x1F00)) for n in r}


# Every byte of ASCII in a form: small letters, blanks for signs.
_ASCII = bytes(range(128)).lower().decode().translate(_GAPS).encode() + bytes(range(128, 256))
_BEYOND = re.compile("[^\x00-\x7f]")
_FEW = 24  # kinds of characters beyond ASCII; so many are sooner put in one by one than looked up each


def normalize(text: str) -> str:
    """A text as names are looked for in it: a blank, then a character for each of its own, whatever is beside it.

    `Coca-Cola` and `coca cola` have one form, so have `Citroën` and `Citroen`. Nearly every sign is a blank,
    so that a name which begins with a blank is found at the beginnings of words only.
    """
    if not text.isascii():
        kinds = set(_BEYOND.findall(text))
        if len(kinds) > _FEW or "İ" in kinds:  # the one letter that `lower` makes longer
            return " " + _slow(text)
        for c in kinds:
            text = text.replace(c, _one(c))
        if not text.isascii():
            return " " + text.lower().translate(_GAPS)
    return " " + text.encode().translate(_ASCII).decode()


@cache
def _one(c: str) -> str:
    return _slow(c)


def _slow(text: str) -> str:
    folded = fold_case(text).translate(_GAPS)
    if not folded.isascii():
        folded = _WIDE_GAPS.sub(" ", folded)
        if _ACCENTED.search(folded):
            folded = folded.translate(_PLAIN)
    return folded


def has_foreign_letters(formed: str) -> bool:
    """Whether other letters than Latin ones stand in a form: a name may follow them without a blank."""
    return not formed.isascii() and _FOREIGN.search(formed) is not None


def name_pattern(name: str) -> str:
    """What is looked for to find a name: its form, without the blank where it does not begin with a letter or digit
    of ours."""
    formed = normalize(name)
    return formed if name[:1].isascii() and formed[1:2].isalnum() else formed[1:]
