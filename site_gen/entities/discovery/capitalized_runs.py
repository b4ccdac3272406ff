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
_UP = "A-Z" + "".join(c for c in _LETTERS if c.isupper())
_ANY = "A-Za-z0-9" + "".join(_LETTERS)
# One word with a capital: U.S., iFLYTEK, AT&T, O'Connor, Coca-Cola, 3D, Shop.com. No part of an address, a
# handle or a sum of money.
_TOKEN = re.compile(
    rf"(?<![{_ANY}_@#$£€./])(?:(?:[{_UP}]\.){{2,}}(?:[{_UP}](?![{_ANY}]))?"
    rf"|(?:[a-z]{{1,2}}(?=[{_UP}])|\d{{1,3}}-?(?=[{_UP}][a-zA-Z]{{,3}}\b|[{_UP}][a-z]))?"
    rf"[{_UP}][{_ANY}]*(?:(?:[-‐‑']|&)[{_UP}\d][{_ANY}]*|\.(?:com|net|org|io|ai)\b)*)"
)
_BRACKETS = re.compile(r"[《「『〈]([^《》「」『』〈〉\s]{2,20})[》」』〉]")
_QUOTES = " \"'“”„«»‹›‘’([{‚"
_ENDS = ".!?:…。！？;|•*–—-·¿¡"
_WORD = re.compile(r"(?<!\w)[^\W_]+")
_LOWER = re.compile(r"(?<![\w@#/.&])[^\W_]+(?![\w@/]|\.\w)")
_TITLES = frozenset({"Mr", "Mrs", "Ms", "Dr", "St", "Mt", "Prof", "Jr", "Sr", "Gov", "Sen", "Rep", "Gen"})
_SHORTENED = _TITLES | {"Inc", "Corp", "Ltd", "Co", "vs", "No"}
_LAST_WORD = re.compile(rf"([{_ANY}.]+)\.$")
_JOINS = frozenset({" ", " & "})
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
_OF_HEADS = INSTITUTIONS | {"gulf", "isle", "republic", "kingdom", "states", "duchy", "doctors", "reporters", "friends"}
# Of the words of a line; where more have capitals it is a heading, and they show nothing. A full stop speaks against
# that, and in German every noun has one.
_MOST, _MOST_OF_SENTENCE = 0.6, 0.85
_BACK = 80  # characters that are looked at for the end of the sentence before


class Run(NamedTuple):
    """Words with capitals that stand together: `text[start:end]`.

    spots: where each word begins and ends. opens: it begins a sentence, where a capital shows little.
    """

    start: int
    end: int
    spots: tuple[tuple[int, int], ...]
    opens: bool


def lower_words(text: str) -> list[str]:
    """The words of a text that stand there without a capital, those of addresses and handles left out."""
    return [word for word in _LOWER.findall(text) if word.islower()]


def is_heading(text: str, *, nouns: bool = False) -> bool:
    """Whether most words have capitals, as in an English headline or in a list of names. `nouns`: the text is of a
    language that writes all nouns with one."""
    sentence = nouns or text.rstrip(_QUOTES).endswith((".", "!", "?"))
    words = _WORD.findall(text)
    capitals = sum(word[0].isupper() for word in words)
    return len(words) > 3 and capitals > (_MOST_OF_SENTENCE if sentence else _MOST) * len(words)


def runs(text: str) -> Iterator[Run]:
    """The runs of a line or paragraph, from left to right."""
    plain = normalize_signs(text)
    chunks = list(_chunks(plain))
    at = 0
    while at < len(chunks):
        spots, last = list(chunks[at]), at + 1
        while last < len(chunks) and _links(plain, spots, chunks[last]):
            spots += chunks[last]
            last += 1
        at = last
        yield Run(spots[0][0], spots[-1][1], tuple(spots), _opens(plain, spots[0][0]))


def bracketed(text: str) -> Iterator[tuple[int, int]]:
    """Where something stands in 《 》 or 「 」."""
    for match in _BRACKETS.finditer(text):
        yield match.span(1)


def _chunks(text: str) -> Iterator[list[tuple[int, int]]]:
    """Words with nothing but a blank or an ampersand between them."""
    chunk: list[tuple[int, int]] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if chunk and not _joined(text, chunk[-1], start):
            yield chunk
            chunk = []
        chunk.append((start, end))
    if chunk:
        yield chunk


def _joined(text: str, before: tuple[int, int], start: int) -> bool:
    gap = text[before[1] : start]
    # An initial or a short title: Ada F. Voss, St. Osk.
    return gap in _JOINS or (gap == ". " and (before[1] - before[0] == 1 or text[slice(*before)] in _TITLES))


def _links(text: str, left: Sequence[tuple[int, int]], right: Sequence[tuple[int, int]]) -> bool:
    """Whether two chunks are one name: Bank of Tallow, Ministry of Health and Welfare, Ada von der Voss."""
    gap = text[left[-1][1] : right[0][0]]
    if gap in _PARTICLES:
        return True
    if gap in _OF:
        return text[slice(*left[-1])].lower() in _OF_HEADS
    if gap == " and ":
        whole = text[left[0][0] : left[-1][1]]
        if " of " in whole or " for " in whole:
            return len(right) == 1
        return len(left) == 1 and len(right) > 1 and text[slice(*right[-1])].lower() in INSTITUTIONS
    return False


def _opens(text: str, start: int) -> bool:
    before = text[max(0, start - _BACK) : start].rstrip(_QUOTES)
    if not before:
        return True
    if before[-1] == ".":
        word = _LAST_WORD.search(before)
        return not (word and (word[1] in _SHORTENED or len(word[1].rpartition(".")[2]) == 1))
    return before[-1] in _ENDS or text[start - 1] in '"“«„'
