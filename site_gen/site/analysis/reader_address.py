"""Whether a text speaks to its reader, as guides, tests of products and shops do and news does not. Pure.

The words are in `reader_address.txt`.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from site_gen.core.word_lists import WordLists
from site_gen.entities.matching.normalization import normalize

if TYPE_CHECKING:
    from collections.abc import Sequence

_LISTS = WordLists(__package__, "reader_address.txt")
_MIN_SHARE = 100  # words of a text for each that speaks to its reader; quotations in news have fewer


@functools.cache
def _address_words(language: str) -> tuple[tuple[str, ...], re.Pattern[str] | None]:
    """Return the words of a language that speak to a reader, and what finds those that have a capital, if any do."""
    try:
        listed = sorted(_LISTS.words(language.partition("-")[0].lower()))
    except KeyError:
        return (), None
    capital = [word for word in listed if word[0].isupper()]
    pattern = re.compile(rf"(?<=[\w,] )(?:{'|'.join(capital)})\b") if capital else None
    return tuple(normalize(" ".join(word for word in listed if word not in capital)).split()), pattern


@functools.cache
def _guide_titles(language: str) -> re.Pattern[str] | None:
    """Return what finds the words of a guide in a title of a language, in small letters; None where none are known."""
    try:
        phrases = _LISTS.phrases(f"titles {language.partition('-')[0].lower()}")
    except KeyError:
        return None
    signs = {r"\^": "^", "0": r"\d+", r"\*": ".{1,60}?"}
    patterns = (re.sub(r"\\[*^]|0", lambda sign: signs[sign[0]], re.escape(phrase)) for phrase in phrases)
    return re.compile("|".join(rf"(?<!\w){pattern}(?!\w)" for pattern in patterns))


def has_guide_title(title: str, language: str) -> bool:
    """Return whether a title is that of a guide, a test of products or a list of the best (`7 Best Ropes of 2026`).

    language: its BCP 47 tag.
    """
    pattern = _guide_titles(language)
    return pattern is not None and pattern.search(title.lower()) is not None


def addresses_reader(text: str, words: Sequence[str], language: str) -> bool:
    """Return whether a text speaks to its reader so often that it is no report.

    words: those of the text, as `minhash.tokenize` returns them; language: its BCP 47 tag.
    """
    address_words, pattern = _address_words(language)
    count = sum(map(words.count, address_words)) + (len(pattern.findall(text)) if pattern else 0)
    return count * _MIN_SHARE > len(words)
