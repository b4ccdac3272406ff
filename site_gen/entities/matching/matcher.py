"""Finds all names of a gazetteer in a text, in one pass."""

from __future__ import annotations

import unicodedata
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import ahocorasick_rs

from site_gen.core.text import normalize_signs
from site_gen.entities.matching.name_context import Confidence, name_confidence
from site_gen.entities.matching.normalization import has_foreign_letters, name_pattern, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from site_gen.content.records import Tag
    from site_gen.entities.matching.ambiguous_names import NameTrait
    from site_gen.entities.matching.gazetteer import GazetteerName


_Match = tuple[int, int, int]  # the number of a pattern, where it begins and where it ends
# Beside these a name may begin and end, whatever follows.
_CLEAR = frozenset(c for c in map(chr, range(128)) if not c.isalnum()) - frozenset("@#_-.")
_WORD = frozenset(c for c in map(chr, range(128)) if c.isalnum())
_START, _END, _SPAN = itemgetter(0), itemgetter(1), 2
_hit = tuple.__new__  # makes a Hit in half the time
_SURE = Confidence.SURE  # looking it up costs as much as a rule
_MANY = 12_000  # names; a DFA of so many has some MB and is made in 20 ms, and grows faster than they do
_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))  # choose a glyph; no part of the word


class Hit(NamedTuple):
    """An entity's name in a text: `text[start:end]`, and how it stands there."""

    start: int
    end: int
    tag: Tag
    name: GazetteerName
    confidence: Confidence


class Matcher:
    """An Aho-Corasick automaton over the names of a site's entities.

    All overlapping matches are taken first, then those with a bad boundary or wrong case are dropped,
    then the longest from the left win. The automaton's own longest-match mode would let a longer name
    that fails its boundary hide a good shorter one.

    patterns: the names behind each `spelling.pattern` that is looked for.
    """

    def __init__(self, names: Iterable[GazetteerName]) -> None:
        by_pattern: dict[str, list[GazetteerName]] = {}
        for name in names:
            by_pattern.setdefault(name_pattern(name.text), []).append(name)
        self.patterns: Mapping[str, tuple[GazetteerName, ...]] = {
            text: tuple(same) for text, same in by_pattern.items()
        }
        self._texts = tuple(self.patterns)
        # What the loop over all matches needs of each name, so that it looks up as little as it can.
        self._names = tuple(
            tuple((name, name.text, len(name.text), name.tag, name.trait, _has_capital(name)) for name in same)
            for same in self.patterns.values()
        )
        self._automaton = _automaton(self._texts) if self._texts else None
        self._loose: ahocorasick_rs.AhoCorasick | None = None
        self._whole: ahocorasick_rs.AhoCorasick | None = None
        # A name that ends with a letter or digit is looked for with a blank after it where that is sure to be there.
        # None is looked for twice: `Halden Inc.` has that blank already.
        self._closed = tuple(
            text + " " if text[-1].isalnum() and text + " " not in self.patterns else text for text in self._texts
        )
        self._past = tuple(len(closed) - len(text) for closed, text in zip(self._closed, self._texts, strict=True))

    def find(self, text: str) -> list[Hit]:
        """The names that stand in a text, from left to right, none overlapping another.

        A name that several entities share gives one hit for each; one that an entity has in two
        spellings (`AI`, `ai`) gives one. One that is part of a longer name gives none, known or not.
        """
        return [hit for hit in self.find_all(text) if hit.confidence > Confidence.PERSON]

    def find_all(self, text: str) -> list[Hit]:
        """The same with those that are persons' surnames there."""
        formed = normalize(text)
        matches = self._words(formed) if _is_spaced(formed) else self._matches(formed)
        return self._hits(text, matches) if matches else []

    def find_rejected(self, text: str) -> dict[Tag, tuple[int, int, str]]:
        """Of each entity whose names stand in a text as whole words the first that is no hit, and why not."""
        hits = {hit[:3] for hit in self.find_all(text)}
        found: dict[Tag, tuple[int, int, str]] = {}
        for index, _, formed_end in self._matches(normalize(text)):
            end = formed_end - 1
            for name, _, length, tag, trait, _ in self._names[index]:
                start = end - length
                if tag is None or tag in found or start < 0 or (start, end, tag) in hits:
                    continue
                if is_bounded(text, start, end) and (reason := _reason(name, text, start, end, trait)):
                    found[tag] = start, end, reason
        return found

    def find_with_patterns(self, text: str, formed: str | None = None) -> tuple[list[Hit], set[str]]:
        """What is found, and the patterns that stand anywhere in a text, at the beginning of words and other names too.

        No other names have a part in what is found: it stays the same when they are taken away, and
        changes only when names with a pattern that the text holds come or go.

        formed: the text's form, where it is there already.
        """
        matches = self._matches(normalize(text) if formed is None else formed)
        if not matches:
            return [], set()
        hits = [hit for hit in self._hits(text, matches) if hit.confidence > Confidence.PERSON]
        return hits, {self._texts[index] for index, _, _ in matches}

    def _matches(self, formed: str) -> list[_Match]:
        """Every place of every pattern in a text's form."""
        automaton = self._automaton
        if automaton is None:
            return []
        if has_foreign_letters(formed):
            # Beside letters of scripts without blanks a name begins anywhere: look for it without its blank.
            if self._loose is None:
                self._loose = _automaton([text.lstrip(" ") or text for text in self._texts])
            automaton = self._loose
        matches: list[_Match] = automaton.find_matches_as_indexes(formed, overlapping=True)
        return matches

    def _words(self, formed: str) -> list[_Match]:
        """The same but for what is the beginning of a longer word: three of four matches. Of a form in which all signs
        are blanks."""
        if not self._texts:
            return []
        if self._whole is None:
            self._whole = _automaton(self._closed)
        past = self._past
        matches = self._whole.find_matches_as_indexes(formed.replace("\0", " ") + " ", overlapping=True)
        size = len(formed)  # a name's own last sign may not be the blank that was put there
        return [(index, start, to) for index, start, end in matches if (to := end - past[index]) <= size]

    def _hits(self, text: str, matches: list[_Match]) -> list[Hit]:
        hits: list[Hit] = []
        decoys: list[tuple[int, int]] = []
        apart, reached = True, 0
        padded = text + " "
        for index, _, formed_end in matches:
            end = formed_end - 1  # the form begins with a blank
            after = padded[end]
            # Most matches are parts of words: told here without a call.
            if after in _WORD and text[end - 1] in _WORD:
                continue
            for name, spelled, length, tag, trait, capital in self._names[index]:
                start = end - length
                # A sign at its beginning may be the form's blank. Beside signs that leave no doubt no call is needed.
                if start < 0 or not (
                    (after in _CLEAR and (start == 0 or text[start - 1] in _CLEAR)) or is_bounded(text, start, end)
                ):
                    continue
                words = text[start:end]
                if words != spelled and ((capital and words.islower() and words.isascii()) or not _cased(name, words)):
                    continue
                if tag is None:
                    decoys.append((start, end))
                elif how := _SURE if trait == "known" else name_confidence(text, start, end, trait):
                    hits.append(_hit(Hit, (start, end, tag, name, how)))
                    # Matches come in the order of their ends.
                    if start < reached:
                        apart = False
                    reached = end
        return hits if apart and not decoys else _longest(hits, decoys)


def _longest(hits: list[Hit], decoys: list[tuple[int, int]]) -> list[Hit]:
    """The longest from the left, none overlapping another. A decoy covers its words and gives nothing; an entity that
    goes by the same words still counts, once."""
    spans: list[tuple[Any, ...]] = [*decoys, *hits]
    if decoys:
        spans.sort(key=_END)
    spans.reverse()
    spans.sort(key=_START)  # stable: of those that begin together the longest comes first
    groups: list[list[tuple[Any, ...]]] = []
    first = covered = 0
    for span in spans:
        start, end = span[:2]
        if start >= covered:
            first, covered = start, end
            groups.append([span])
        elif start == first and end == covered:
            groups[-1].append(span)
    kept: list[Hit] = []
    for group in groups:
        same = len(kept)
        for span in reversed(group):
            if len(span) > _SPAN:
                _put(kept, same, span)  # all that are longer than a decoy are hits
    return kept


def _put(kept: list[Hit], same: int, hit: Hit) -> None:
    """Add a hit, or put it in the place of one of the same words (`kept[same:]`) and entity that stands worse."""
    for at in range(same, len(kept)):  # mostly none
        if kept[at].tag == hit.tag:
            if hit.confidence > kept[at].confidence:
                kept[at] = hit
            return
    kept.append(hit)


def _automaton(patterns: Sequence[str]) -> ahocorasick_rs.AhoCorasick:
    # A DFA takes a text in half the time of the default, a contiguous NFA.
    dfa = ahocorasick_rs.Implementation.DFA if len(patterns) <= _MANY else None
    return ahocorasick_rs.AhoCorasick(patterns, implementation=dfa)


def _reason(name: GazetteerName, text: str, start: int, end: int, trait: NameTrait) -> str:
    words = text[start:end]
    if words != name.text and not _cased(name, words):
        return "written small" if words.islower() else "written with other capitals"
    if trait != "known" and not name_confidence(text, start, end, trait):
        return "part of another name there, or an ordinary word"
    return "part of a longer name there"


def _is_spaced(formed: str) -> bool:
    """Whether a form holds letters, digits, blanks, and the mark between paragraphs, and nothing else."""
    return formed.isascii() and not any(map(formed.__contains__, "!#&+@_\r\v\f"))


def _has_capital(name: GazetteerName) -> bool:
    """Whether no word in small letters can be it."""
    return name.case != "any" and name.text != name.text.lower()


def _cased(name: GazetteerName, found: str) -> bool:
    """Whether a name may be written so. Signs between its letters are free, at its ends they belong to it."""
    first, last = name.text[0], name.text[-1]
    if not (first.isalnum() or found[0] == first) or not (
        last.isalnum() or normalize_signs(found[-1]) == normalize_signs(last)
    ):
        return False
    if "\0" in found:
        return False
    if name.case == "any" or found == name.text or normalize_signs(found) == normalize_signs(name.text):
        return True
    if name.case == "exact":
        return False
    # Smart: scripts without case match as they are; else one capital at least, so that the verb
    # "target" is not the shop Target, while iFLYTEK, Iflytek and IFLYTEK are one company.
    if found == found.lower():
        return found == found.upper()
    # Of several words each that the name begins with a capital: "Just eat" is no Just Eat.
    return name.trait != "phrase" or all(found[at].isupper() for at in name.capitals)


def is_bounded(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]` stands as a word of its own."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if after not in _CLEAR and _mark(after):
        return False  # the last letter goes on: a tone, a vowel sign, an accent
    return (before in _CLEAR or _open_before(before, text[start], text, start)) and (
        after in _CLEAR or _open_after(after, text[end - 1], text, end)
    )


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
