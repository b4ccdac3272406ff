"""Whether a hyphen beside a name leaves it a name: `ex-Zorbex`, `Zorbex-Konzern`, but not `Zorbex-V`. Pure.

The word lists are in `compounds.txt`.
"""

from __future__ import annotations

import re

from site_gen.core.word_lists import WordLists

_LISTS = WordLists(__package__, "compounds.txt")
_PARTS_OF_COMPANIES = _LISTS.words("parts of companies")
_SECOND_PARTS = _PARTS_OF_COMPANIES | _LISTS.words("participles")
_PREFIX = re.compile(rf"(?<![^\W_])(?:{'|'.join(sorted(_LISTS.words('prefixes')))})[-‐‑]", re.IGNORECASE)
_PREFIX_WITHIN = 6  # characters before a name in which a prefix and its hyphen have room
_SECOND_PART = re.compile(r"[-‐‑]([^\W\d_]{2,})")
_GERMAN = re.compile(rf"\b(?:{'|'.join(sorted(_LISTS.words('german')))}|Die|Der|Das|(?<!van )(?<!von )der)\b")
_NORDIC = re.compile(rf"\b(?:{'|'.join(sorted(_LISTS.words('nordic')))})\b")
_LANGUAGE_WITHIN = 200  # characters before and after a name in which a word of such a language must stand


def has_prefix(text: str, start: int) -> bool:
    """Return whether a prefix and its hyphen stand before the name that starts there."""
    return any(match.end() == start for match in _PREFIX.finditer(text, max(0, start - _PREFIX_WITHIN), start))


def has_second_part(text: str, end: int) -> bool:
    """Return whether a hyphen and a word with a capital follow the name that ends there, and leave it a name."""
    match = _SECOND_PART.match(text, end)
    if not match or not match[1][0].isupper():
        return False
    return match[1] in _SECOND_PARTS or bool(
        _GERMAN.search(text, max(0, end - _LANGUAGE_WITHIN), end + _LANGUAGE_WITHIN)
    )


def has_part_of_company(text: str, end: int) -> bool:
    """Return whether a hyphen and something that only companies have follow the name that ends there: a Konzern."""
    match = _SECOND_PART.match(text, end)
    return match is not None and match[1] in _PARTS_OF_COMPANIES


def is_genitive(text: str, end: int, *, is_word: bool) -> bool:
    """Return whether a name with an s that ends there is a genitive and no plural.

    It is one among words of a language that writes it so, or before a noun in capitals, unless it `is_word`: without
    its capital, an ordinary one.
    """
    if not is_word and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
        return True
    around = max(0, end - _LANGUAGE_WITHIN), end + _LANGUAGE_WITHIN
    return bool(_GERMAN.search(text, *around) or _NORDIC.search(text, *around))
