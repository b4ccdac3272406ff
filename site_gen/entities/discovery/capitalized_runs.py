"""Runs of words with capitals in a text: what may be names, before anything is known about them. Pure.

Works for every script that has capitals (Latin, Greek, Cyrillic, Armenian). Of the others it takes what
stands in the brackets that Chinese and Japanese set around titles and names, and Latin words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.text import normalize_signs
from site_gen.entities.lexicon import INSTITUTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Latin with its extensions, Greek, Cyrillic, Armenian: all letters with two cases that newspapers use.
_RANGES = ((0xAA, 0x590), (0x1E00, 0x2000), (0x2C60, 0x2C80), (0xA640, 0xA7C0))
_LETTERS = [chr(n) for low, high in _RANGES for n in range(low, high) if chr(n).isalpha()]
_UPPER = "A-Z" + "".join(c for c in _LETTERS if c.isupper())
_ALNUM = "A-Za-z0-9" + "".join(_LETTERS)
# One word with a capital: U.S., iFLYTEK, AT&T, O'Connor, Coca-Cola, 3D, Shop.com. No part of an address, a
# handle or a sum of money.
_CAPITALIZED_WORD = re.compile(
    rf"(?<![{_ALNUM}_@#$£€./])(?:(?:[{_UPPER}]\.){{2,}}(?:[{_UPPER}](?![{_ALNUM}]))?"
    rf"|(?:[a-z]{{1,2}}(?=[{_UPPER}])|\d{{1,3}}-?(?=[{_UPPER}][a-zA-Z]{{,3}}\b|[{_UPPER}][a-z]))?"
    rf"[{_UPPER}][{_ALNUM}]*(?:(?:[-‐‑']|&)[{_UPPER}\d][{_ALNUM}]*|\.(?:com|net|org|io|ai)\b)*)"
)
_BRACKETS = re.compile(r"[《「『〈]([^《》「」『』〈〉\s]{2,20})[》」』〉]")
_QUOTES = " \"'“”„«»‹›‘’([{‚"
_SENTENCE_ENDS = ".!?:…。！？;|•*–—-·¿¡"
_WORD = re.compile(r"(?<!\w)[^\W_]+")
_WORD_OF_PROSE = re.compile(r"(?<![\w@#/.&])[^\W_]+(?![\w@/]|\.\w)")  # not of an address or a handle
_TITLES = frozenset({"Mr", "Mrs", "Ms", "Dr", "St", "Mt", "Prof", "Jr", "Sr", "Gov", "Sen", "Rep", "Gen"})
_ABBREVIATIONS = _TITLES | {"Inc", "Corp", "Ltd", "Co", "vs", "No"}
_LAST_WORD = re.compile(rf"(?<![{_ALNUM}.])([{_ALNUM}.]+)\.$")
_JOINTS = frozenset({" ", " & "})
_OF = frozenset({" of ", " of the ", " for ", " for the "})
# Small words inside the names of people and firms, in several languages.
_PARTICLES = frozenset(
    f" {words} "
    for words in (
        "de", "de la", "de los", "des", "du", "di", "da", "do", "dos", "del", "della", "dello", "delle", "von", "van",
        "van der", "van den", "van de", "von der", "der", "den", "zu", "für", "bin", "ibn", "al", "el", "la", "le",
        "ter", "ten", "af",
    )
)  # fmt: skip
# Words after which `of` or `for` goes on with the name.
_BEFORE_OF = INSTITUTIONS | {
    "gulf",
    "isle",
    "republic",
    "kingdom",
    "states",
    "duchy",
    "doctors",
    "reporters",
    "friends",
}
# The share of a line's words from which on, with capitals, they make it a heading, and show nothing. A full stop speaks
# against that, and in German every noun has one.
_HEADING_SHARE, _HEADING_SHARE_WITH_STOP = 0.6, 0.85
_LOOK_BACK = 80  # characters that are looked at for the end of the sentence before


class CapitalizedRun(NamedTuple):
    """Words with capitals that stand together: `text[start:end]`."""

    start: int  # where the first word begins
    end: int  # where the last word ends
    word_spans: tuple[tuple[int, int], ...]  # where each word begins and ends
    opens_sentence: bool  # whether it begins a sentence, where a capital shows little


def prose_words(text: str) -> list[str]:
    """Return the words of a text, those of addresses and handles left out."""
    return _WORD_OF_PROSE.findall(text)


def is_heading(text: str, *, nouns: bool = False) -> bool:
    """Return whether most words of a line have capitals, as in an English headline or in a list of names.

    nouns: the text is of a language that writes all nouns with a capital.
    """
    is_sentence = nouns or text.rstrip(_QUOTES).endswith((".", "!", "?"))
    words = _WORD.findall(text)
    capitals = sum(word[0].isupper() for word in words)
    least = _HEADING_SHARE_WITH_STOP if is_sentence else _HEADING_SHARE
    return len(words) > 3 and capitals > least * len(words)


def find_runs(text: str) -> Iterator[CapitalizedRun]:
    """Yield the runs of a line or paragraph, from left to right."""
    plain = normalize_signs(text)
    chunks = list(_chunks(plain))
    index = 0
    while index < len(chunks):
        spans, following = list(chunks[index]), index + 1
        while following < len(chunks) and _are_one_name(plain, spans, chunks[following]):
            spans += chunks[following]
            following += 1
        index = following
        yield CapitalizedRun(spans[0][0], spans[-1][1], tuple(spans), _opens_sentence(plain, spans[0][0]))


def find_bracketed(text: str) -> Iterator[tuple[int, int]]:
    """Yield where something stands in 《 》 or 「 」, without the brackets."""
    for match in _BRACKETS.finditer(text):
        yield match.span(1)


def _chunks(text: str) -> Iterator[list[tuple[int, int]]]:
    """Yield the spans of words with nothing but a blank or an ampersand between them."""
    chunk: list[tuple[int, int]] = []
    for match in _CAPITALIZED_WORD.finditer(text):
        start, end = match.span()
        if chunk and not _is_joined(text, chunk[-1], start):
            yield chunk
            chunk = []
        chunk.append((start, end))
    if chunk:
        yield chunk


def _is_joined(text: str, before: tuple[int, int], start: int) -> bool:
    gap = text[before[1] : start]
    # An initial or a short title: Ada F. Voss, St. Osk.
    return gap in _JOINTS or (gap == ". " and (before[1] - before[0] == 1 or text[slice(*before)] in _TITLES))


def _are_one_name(text: str, left: Sequence[tuple[int, int]], right: Sequence[tuple[int, int]]) -> bool:
    """Return whether two chunks are one name: Bank of Tallow, Ministry of Health and Welfare, Ada von der Voss."""
    gap = text[left[-1][1] : right[0][0]]
    if gap in _PARTICLES:
        return True
    if gap in _OF:
        return text[slice(*left[-1])].lower() in _BEFORE_OF
    if gap == " and ":
        left_text = text[left[0][0] : left[-1][1]]
        if " of " in left_text or " for " in left_text:
            return len(right) == 1
        return len(left) == 1 and len(right) > 1 and text[slice(*right[-1])].lower() in INSTITUTIONS
    return False


def _opens_sentence(text: str, start: int) -> bool:
    """Return whether a sentence begins at `start`."""
    before = text[max(0, start - _LOOK_BACK) : start].rstrip(_QUOTES)
    if not before:
        return True
    if before[-1] == ".":
        word = _LAST_WORD.search(before)
        return not (word and (word[1] in _ABBREVIATIONS or len(word[1].rpartition(".")[2]) == 1))
    return before[-1] in _SENTENCE_ENDS or text[start - 1] in '"“«„'
