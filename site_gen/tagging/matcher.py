"""Finds all names of a gazetteer in a text, in one pass."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick_rs

from site_gen.text import even, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.model import Tag
    from site_gen.tagging.names import Name


_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))  # choose a glyph; no part of the word


class Hit(NamedTuple):
    """An entity's name in a text: `text[start:end]`."""

    start: int
    end: int
    tag: Tag


class Matcher:
    """An Aho-Corasick automaton over the names of a site's entities.

    All overlapping matches are taken first, then those with a bad boundary or wrong case are dropped,
    then the longest from the left win. The automaton's own longest-match mode would let a longer name
    that fails its boundary hide a good shorter one.
    """

    def __init__(self, names: Iterable[Name]) -> None:
        by_pattern: dict[str, list[Name]] = {}
        for name in names:
            by_pattern.setdefault(fold(name.text), []).append(name)
        self._names = list(by_pattern.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_pattern)) if by_pattern else None

    def find(self, text: str) -> list[Hit]:
        """The names that stand in a text, from left to right, none overlapping another.

        A name that several entities share gives one hit for each; one that an entity has in two
        spellings (`AI`, `ai`) gives one.
        """
        if self._automaton is None or not text:
            return []
        found: list[tuple[int, int, list[Name]]] = []
        for index, start, end in self._automaton.find_matches_as_indexes(fold(text), overlapping=True):
            if _bounded(text, start, end):
                names = [name for name in self._names[index] if _cased(name, text[start:end])]
                if names:
                    found.append((start, end, names))
        found.sort(key=lambda f: (f[0], -f[1]))
        hits: list[Hit] = []
        covered = 0
        for start, end, names in found:
            if start < covered:
                continue
            covered = end
            # A decoy covers its words and gives nothing; an entity that goes by the same words still counts.
            tags = dict.fromkeys(name.tag for name in names if name.tag is not None)
            hits.extend(Hit(start, end, tag) for tag in tags)
        return hits


def _cased(name: Name, found: str) -> bool:
    if name.case == "any" or even(found) == even(name.text):
        return True
    if name.case == "exact":
        return False
    # Smart: scripts without case match as they are; else one capital at least, so that the verb
    # "target" is not the shop Target, while iFLYTEK, Iflytek and IFLYTEK are one company.
    return found.lower() == found.upper() or found != found.lower()


def _bounded(text: str, start: int, end: int) -> bool:
    if end < len(text) and _mark(text[end]):
        return False  # the last letter goes on: a tone, a vowel sign, an accent
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return _open_before(before, text[start], text, start) and _open_after(after, text[end - 1], text, end)


def _open_before(before: str, first: str, text: str, start: int) -> bool:
    """Whether a name may begin here: not inside a word, a handle, a host or a hyphen compound."""
    if _joins(before, first) or before in "@#_":
        return False
    if before in "-.‐‑" and start > 1:
        return not text[start - 2].isalnum() or _runs_on(first)
    return True


def _open_after(after: str, last: str, text: str, end: int) -> bool:
    """Whether a name may end here. `Google-owned` names Google, `Delta-V` and `google.com` do not."""
    if _joins(last, after) or after in "_@":
        return False
    following = text[end + 1] if end + 1 < len(text) else " "
    if after in "-‐‑":
        return not following.isalnum() or following.islower() or _runs_on(last) or _runs_on(following)
    if after == ".":
        return not (following.isalnum() and following.isascii() and (following.islower() or following.isdigit()))
    return True


def _joins(left: str, right: str) -> bool:
    """Whether two characters belong to one word."""
    if not (_wordy(left) and _wordy(right)):
        return False
    return not (_runs_on(left) or _runs_on(right))


def _wordy(c: str) -> bool:
    return c.isalnum() or _mark(c)


def _mark(c: str) -> bool:
    return unicodedata.category(c)[0] == "M" and c not in _SELECTORS


def _runs_on(c: str) -> bool:
    """Whether a character is of a script that sets no blanks between words (Han, Kana, Thai, Lao, Khmer,
    Burmese) or hangs particles on names (Hangul): there a name needs no boundary."""
    n = ord(c)
    return (
        0x3040 <= n <= 0x30FF
        or 0x3400 <= n <= 0x9FFF
        or 0xAC00 <= n <= 0xD7AF
        or 0x0E00 <= n <= 0x0EFF
        or 0x1000 <= n <= 0x109F
        or 0x1780 <= n <= 0x17FF
        or 0xF900 <= n <= 0xFAFF
        or 0x20000 <= n <= 0x3FFFF
    )
