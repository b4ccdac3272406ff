"""Letters that stand for one another: forms of a letter, accents, and what is written for a letter. Pure.

The table is in `folding.txt`: one for tags, slugs and search.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from site_gen.core.word_lists import WordLists

if TYPE_CHECKING:
    from collections.abc import Sequence

_LISTS = WordLists(__package__, "folding.txt")


def _read_letters(name: str) -> dict[str, str]:
    return dict(phrase.split() for phrase in _LISTS.phrases(name))


# Small letters, each with what is written for it; `o` for `ø`.
PLAIN_LETTERS = _read_letters("plain letters")
# Those for which newsrooms write two letters; `oe` for `ø`.
LETTERS_WRITTEN_OUT = _read_letters("letters written out")

HIDDEN = "\u00ad\u200b\u2060\ufeff"  # shows nothing, and stands inside words: hyphens and breaks that may come
_MARKS = "\u0300-\u036f\u3099\u309a"
_JAMO_LEADS, _JAMO_REST = "\u1100-\u115f\ua960-\ua97f", "\u1160-\u11ff\ud7b0-\ud7ff"  # parts of Korean syllables
# Ligatures, full-width letters, digits and `＆`, the letters of formulas (bold words in posts).
_OTHER_FORMS = (
    "\u0132\u0133\u01c4-\u01cc\u01f1-\u01f3\ufb00-\ufb06\uff06\uff10-\uff19\uff21-\uff3a\uff41-\uff5a"
    "\U0001d400-\U0001d7ff"
)
_HALF_WIDTH = "\uff66-\uff9f"  # kana, the last two are marks
# Sooner asked than the pattern below.
_MAY_BE_NONSTANDARD = re.compile(f"[{HIDDEN}{_MARKS}{_JAMO_LEADS}{_HALF_WIDTH}{_OTHER_FORMS}]")
# A letter with what belongs to it.
_NONSTANDARD = re.compile(
    f"[^\\W\\d_](?:[{HIDDEN}]*[{_MARKS}])+|[{_JAMO_LEADS}](?:[{HIDDEN}]*[{_JAMO_REST}])+"
    f"|[{_HALF_WIDTH}][\uff9e\uff9f]?|[{_OTHER_FORMS}]|[{HIDDEN}]+"
)
_DROP_HIDDEN = str.maketrans(dict.fromkeys(HIDDEN))
_WRITE_PLAINLY = str.maketrans(PLAIN_LETTERS)
_CAPITALS = [letter.upper() for letter in PLAIN_LETTERS if not letter.upper().isascii()]
_HAS_PLAIN_FORM = re.compile(f"{_MAY_BE_NONSTANDARD.pattern}|[{''.join([*PLAIN_LETTERS, *_CAPITALS])}ẞ]")


def standardize(text: str) -> tuple[str, Sequence[int]]:
    """Return a text with one form for each letter, and for each of its characters the offset in the text itself.

    Soft hyphens and the like go, marks are joined to their letters, ligatures are parted, letters of other widths
    become ordinary ones. The offsets end with the text's length. There are none where nothing changes.
    """
    if text.isascii() or not _MAY_BE_NONSTANDARD.search(text):
        return text, ()
    pieces: list[str] = []
    offsets: list[int] = []
    last_end = 0
    for match in _NONSTANDARD.finditer(text):
        start, end = match.span()
        letters = unicodedata.normalize("NFKC", match[0].translate(_DROP_HIDDEN))
        pieces += (text[last_end:start], letters)
        offsets.extend(range(last_end, start))
        offsets.extend(min(start + number, end - 1) for number in range(len(letters)))
        last_end = end
    pieces.append(text[last_end:])
    offsets.extend(range(last_end, len(text) + 1))
    return "".join(pieces), offsets


def write_plainly(text: str) -> str:
    """Return a text in small letters, with plain ones for those of the table; as it is where it has none of them.

    `search.js` makes this of what is asked. Letters keep their accents.
    """
    if text.isascii() or not _HAS_PLAIN_FORM.search(text):
        return text
    return unicodedata.normalize("NFKC", text.translate(_DROP_HIDDEN)).lower().translate(_WRITE_PLAINLY)


def _without_accent(letter: str) -> str:
    """Return a small letter without its accents, as one character; one that is no letter with an accent as it is."""
    base = unicodedata.normalize("NFD", letter)[0].lower()
    plain = PLAIN_LETTERS.get(base, base)
    return plain if len(plain) == 1 else letter


# Latin, Greek, and the part of Cyrillic in which ё is an accent (й is none). A letter for which two are written stays.
_LETTERS_WITH_ACCENTS = (range(0xC0, 0x250), range(0x370, 0x400), range(0x450, 0x460), range(0x1E00, 0x2000))
WITHOUT_ACCENTS = {n: _without_accent(chr(n)) for r in _LETTERS_WITH_ACCENTS for n in r if chr(n).isalpha()}


def remove_accents(text: str) -> str:
    """Return a text of the same length without accents; its case stays."""
    if text.isascii():
        return text
    return "".join(
        plain.upper() if letter.isupper() else plain
        for letter in text
        for plain in (WITHOUT_ACCENTS.get(ord(letter), letter),)
    )
