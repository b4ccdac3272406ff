"""Finds all names of a gazetteer in a text, in one pass."""

from __future__ import annotations

import unicodedata
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick_rs

from site_gen.core.folding import LETTERS_WRITTEN_OUT, WITHOUT_ACCENTS, standardize
from site_gen.core.text import fold_case, normalize_signs
from site_gen.entities.matching.ambiguous_names import classify_name, is_ordinary, is_proper
from site_gen.entities.matching.compounds import has_prefix, has_second_part, is_genitive
from site_gen.entities.matching.name_context import Confidence, name_confidence
from site_gen.entities.matching.normalization import has_non_latin_letters, name_pattern, normalize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from site_gen.content.records import Tag
    from site_gen.entities.matching.ambiguous_names import NameTrait
    from site_gen.entities.matching.gazetteer import GazetteerName


_NameAtHyphen = tuple[int, int, int, "GazetteerName"]  # where it begins, where it ends without and with an s, and it
_PatternMatch = tuple[int, int, int]  # the number of a pattern, where it begins and where it ends
# Beside these a name may begin and end, whatever follows.
_SEPARATORS = frozenset(c for c in map(chr, range(128)) if not c.isalnum()) - frozenset("@#_-.")
_HYPHENS = frozenset("-‐‑")
_ASCII_ALNUM = frozenset(c for c in map(chr, range(128)) if c.isalnum())
_start_of, _end_of = itemgetter(0), itemgetter(1)
_new_hit = tuple.__new__  # makes a Hit in half the time
_SURE = Confidence.SURE  # looking it up in the class costs as much as a rule
_MAX_DFA_PATTERNS = 12_000  # a DFA of so many has some MB and is made in 20 ms, and grows faster than they do
_WORDS_OF_DICTIONARIES = frozenset({"proper", "shared", "common", "stop"})  # traits of names
_TRAITS_WITH_S = frozenset({"plain", "short", "phrase", "place", "proper"})  # traits of names that an s may follow
_MIN_LENGTH_WITH_S = 3  # letters of a name's last word before it
_VARIATION_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))  # choose a glyph; no part of the word


class Hit(NamedTuple):
    """An entity's name in a text: `text[start:end]`."""

    start: int  # where the name begins
    end: int  # where it ends
    tag: Tag  # the entity
    name: GazetteerName  # the name that was found
    confidence: Confidence  # how sure it is, by the words around it, that it is the entity's


# An entity that a text names: its tag, where its names stand, and the rule that decided, in words.
NamedEntity = tuple["Tag", list[Hit], str]


class Matcher:
    """An Aho-Corasick automaton over the names of a site's entities.

    All overlapping matches are taken first, then those with a bad boundary or wrong case are dropped,
    then the longest from the left win. The automaton's own longest-match mode would let a longer name
    that fails its boundary hide a good shorter one.

    patterns: by `normalization.name_pattern` the names that are looked for with it.
    with_s: the patterns that are looked for with an s, too; of each whether only a genitive counts (`Haldenaus` is one
    in German and Nordic languages, a plural in English).
    """

    def __init__(self, names: Iterable[GazetteerName], with_s: Mapping[str, bool] | None = None) -> None:
        """Index the names. The automatons that few texts need are made when the first of those comes.

        with_s: as `patterns_with_s` gives it for the same names: to work it out takes dictionaries.
        """
        self.patterns = group_by_pattern(names)
        self.with_s = patterns_with_s(self.patterns) if with_s is None else with_s
        self._texts = tuple(self.patterns)
        # What the loop over all matches needs of each name, so that it looks up as little as it can.
        self._names = tuple(
            tuple((name, name.text, len(name.text), name.tag, name.trait, _needs_capital(name)) for name in alike)
            for alike in self.patterns.values()
        )
        self._automaton = _build_automaton(self._texts) if self._texts else None
        self._unspaced_automaton: ahocorasick_rs.AhoCorasick | None = None  # for scripts without blanks
        self._word_automaton: ahocorasick_rs.AhoCorasick | None = None  # for whole words only
        # A name that ends with a letter or digit is looked for with a blank after it where that is sure to be there.
        # None is looked for twice: `Halden Inc.` has that blank already.
        word_texts = [
            text + " " if text[-1].isalnum() and text + " " not in self.patterns else text for text in self._texts
        ]
        numbers = {text: number for number, text in enumerate(self._texts)}
        self._needs_genitive = {numbers[text]: needs_genitive for text, needs_genitive in self.with_s.items()}
        self._word_numbers = (*range(len(word_texts)), *self._needs_genitive)  # of the patterns of `_texts`
        self._word_texts = (*word_texts, *(f"{self._texts[number]}s " for number in self._needs_genitive))
        # How many characters the text of the whole word is longer: 0 to 2.
        self._extra_lengths = tuple(
            len(word) - len(self._texts[number])
            for word, number in zip(self._word_texts, self._word_numbers, strict=True)
        )

    def find(self, text: str) -> list[Hit]:
        """Return the names that stand in a text, from left to right, none overlapping another.

        A name that several entities share gives one hit for each; one that an entity has in two
        spellings (`AI`, `ai`) gives one. One that is part of a longer name gives none, whether that name
        is in the gazetteer or not.
        """
        return [hit for hit in self.find_all(text) if hit.confidence > Confidence.PERSON]

    def find_all(self, text: str) -> list[Hit]:
        """Return the hits of `find`, and those that are persons' surnames in the text."""
        text, offsets = standardize(text)
        normalized = normalize(text)
        matches = self._word_matches(normalized) if _has_plain_separators(normalized) else self._matches(normalized)
        return _in_original(self._hits(text, matches), offsets) if matches else []

    def find_rejected(self, text: str) -> dict[Tag, tuple[int, int, str]]:
        """Return the first name of each entity that stands in a text as whole words and is no hit.

        By entity: where the name begins and ends, and why it is no hit.
        """
        text, offsets = standardize(text)
        hits = {hit[:3] for hit in self.find_all(text)}
        rejected: dict[Tag, tuple[int, int, str]] = {}
        for index, _, normalized_end in self._matches(normalize(text)):
            end = normalized_end - 1
            for name, _, length, tag, trait, _ in self._names[index]:
                start = end - length
                if tag is None or tag in rejected or start < 0 or (start, end, tag) in hits:
                    continue
                if is_bounded(text, start, end) and (reason := _rejection_reason(name, text, start, end, trait)):
                    rejected[tag] = start, end, reason
        if offsets:
            return {tag: (offsets[start], offsets[end], reason) for tag, (start, end, reason) in rejected.items()}
        return rejected

    def find_with_patterns(self, text: str, normalized: str | None = None) -> tuple[list[Hit], set[str]]:
        """Return the hits of `find`, and the patterns that stand anywhere in a text.

        A pattern counts inside other names and at the beginning of longer words, too. No other names have a part in
        the hits: these stay as they are when other names are taken away, and change only when names with one of these
        patterns come or go.

        normalized: what `normalize` makes of the text, where it is there already.
        """
        text, offsets = standardize(text)
        matches = self._matches(normalize(text) if normalized is None else normalized)
        if not matches:
            return [], set()
        hits = [hit for hit in self._hits(text, matches) if hit.confidence > Confidence.PERSON]
        return _in_original(hits, offsets), {self._texts[index] for index, _, _ in matches}

    def _matches(self, normalized: str) -> list[_PatternMatch]:
        """Return every place of every pattern in a normalized text."""
        automaton = self._automaton
        if automaton is None:
            return []
        if has_non_latin_letters(normalized):
            # Beside letters of scripts without blanks a name begins anywhere: look for it without its blank.
            if self._unspaced_automaton is None:
                self._unspaced_automaton = _build_automaton([text.lstrip(" ") or text for text in self._texts])
            automaton = self._unspaced_automaton
        matches: list[_PatternMatch] = automaton.find_matches_as_indexes(normalized, overlapping=True)
        return matches

    def _word_matches(self, normalized: str) -> list[_PatternMatch]:
        """Return the matches of `_matches` that end with a word: one of four.

        For normalized texts only in which every separator is a blank (`_has_plain_separators`).
        """
        if not self._texts:
            return []
        if self._word_automaton is None:
            self._word_automaton = _build_automaton(self._word_texts)
        numbers, extra_lengths = self._word_numbers, self._extra_lengths
        matches = self._word_automaton.find_matches_as_indexes(normalized.replace("\0", " ") + " ", overlapping=True)
        size = len(normalized)  # a name's own last sign may not be the blank that was put there
        return [
            (numbers[index], start, name_end)
            for index, start, end in matches
            if (name_end := end - extra_lengths[index]) <= size
        ]

    def _may_take_s(self, number: int, text: str, end: int) -> bool:
        """Return whether a pattern, of which a match ends there, is a name with the s that follows."""
        needs_genitive = self._needs_genitive.get(number)
        if needs_genitive is None:
            return False
        return not needs_genitive or is_genitive(text, end + 1, is_word=is_ordinary(self._texts[number].strip()))

    def _hits(self, text: str, matches: list[_PatternMatch]) -> list[Hit]:
        hits: list[Hit] = []
        decoys: list[tuple[int, int]] = []
        at_hyphens: list[_NameAtHyphen] = []
        is_apart, last_end = True, 0  # whether no two hits overlap so far; where the last one ends
        padded = text + " "
        for index, _, normalized_end in matches:
            end = name_end = normalized_end - 1  # a normalized text begins with a blank of its own
            after = padded[end]
            if after == "s" and self._may_take_s(index, text, end):
                end += 1
                after = padded[end]
            # Most matches are parts of words: dropped here without a call.
            if after in _ASCII_ALNUM and text[end - 1] in _ASCII_ALNUM:
                continue
            for name, spelled, length, tag, trait, needs_capital in self._names[index]:
                start = name_end - length
                # A sign at its beginning may be the normalized text's own blank. Beside separators no call is needed.
                if start < 0 or not (
                    (after in _SEPARATORS and (start == 0 or text[start - 1] in _SEPARATORS))
                    or is_bounded(text, start, end)
                ):
                    at_hyphens.extend(_names_at_hyphens(text, start, name_end, end, name))
                    continue
                words = text[start:name_end]
                if words != spelled and (
                    (needs_capital and words.islower() and words.isascii()) or not _may_be_written(name, words)
                ):
                    continue
                if tag is None:
                    decoys.append((start, end))
                elif confidence := _SURE if trait == "declared" else name_confidence(text, start, name_end, trait):
                    hits.append(_new_hit(Hit, (start, end, tag, name, confidence)))
                    # Matches come in the order of their ends.
                    if start < last_end:
                        is_apart = False
                    last_end = end
        if at_hyphens:
            hits = sorted([*hits, *_joined_hits(text, hits, at_hyphens)], key=_end_of)
            is_apart = False
        return hits if is_apart and not decoys else _longest(hits, decoys)


def _in_original(hits: list[Hit], offsets: Sequence[int]) -> list[Hit]:
    """Return hits of a text in standard form as those of the text itself. offsets: see `standardize`."""
    return [hit._replace(start=offsets[hit.start], end=offsets[hit.end]) for hit in hits] if offsets else hits


def _longest(hits: list[Hit], decoys: list[tuple[int, int]]) -> list[Hit]:
    """Return the longest hits from the left, none overlapping another.

    A decoy covers its words and gives nothing; an entity that goes by the same words still counts, once.

    hits, decoys: in the order of their ends.
    """
    spans: list[tuple[int, int] | Hit] = [*decoys, *hits]
    spans.sort(key=_end_of, reverse=True)
    spans.sort(key=_start_of)  # stable: of those that begin together the longest comes first
    longest: list[Hit] = []
    first = covered = group_start = 0  # of the span that wins: its place, and where the hits of its words begin
    for span in spans:
        start, end = span[:2]
        if start >= covered:
            first, covered, group_start = start, end, len(longest)
        elif start != first or end != covered:
            continue
        if isinstance(span, Hit):
            _put_best(longest, group_start, span)
    return longest


def _put_best(hits: list[Hit], group_start: int, hit: Hit) -> None:
    """Add a hit to `hits`, or put it in the place of a less sure one of the same words and entity.

    group_start: where the hits of the same words begin in `hits`.
    """
    for index in range(group_start, len(hits)):  # mostly none
        if hits[index].tag == hit.tag:
            if hit.confidence > hits[index].confidence:
                hits[index] = hit
            return
    hits.append(hit)


def _build_automaton(patterns: Sequence[str]) -> ahocorasick_rs.AhoCorasick:
    # A DFA takes a text in half the time of the default, a contiguous NFA.
    dfa = ahocorasick_rs.Implementation.DFA if len(patterns) <= _MAX_DFA_PATTERNS else None
    return ahocorasick_rs.AhoCorasick(patterns, implementation=dfa)


def _rejection_reason(name: GazetteerName, text: str, start: int, end: int, trait: NameTrait) -> str:
    words = text[start:end]
    if words != name.text and not _may_be_written(name, words):
        if _has_other_letters(name, words):
            return "written with other accents"
        return "written small" if words.islower() else "written with other capitals"
    if trait != "declared" and not name_confidence(text, start, end, trait):
        return "part of another name there, or an ordinary word"
    return "part of a longer name there"


def _has_plain_separators(normalized: str) -> bool:
    """Return whether a normalized text has only letters, digits, blanks, and the NUL between paragraphs, all ASCII."""
    return normalized.isascii() and not any(map(normalized.__contains__, "!#&+@_\r\v\f"))


def _needs_capital(name: GazetteerName) -> bool:
    """Return whether no words in small letters can be the name."""
    return name.case != "any" and name.text != name.text.lower()


def group_by_pattern(names: Iterable[GazetteerName]) -> Mapping[str, tuple[GazetteerName, ...]]:
    """Return the names by their patterns, see `Matcher`."""
    by_pattern: dict[str, list[GazetteerName]] = {}
    for name in names:
        by_pattern.setdefault(name_pattern(name.text), []).append(name)
    return {pattern: tuple(alike) for pattern, alike in by_pattern.items()}


def patterns_with_s(patterns: Mapping[str, tuple[GazetteerName, ...]]) -> Mapping[str, bool]:
    """Return the patterns that are looked for with an s, too, see `Matcher`."""
    return {
        text: any(not name.text.isupper() and (is_proper(name.text) or is_ordinary(name.text)) for name in alike)
        for text, alike in patterns.items()
        if text + "s" not in patterns and all(map(_takes_s, alike))
    }


def _takes_s(name: GazetteerName) -> bool:
    """Return whether an s may follow a name: it has one word, or its last is in no dictionary, and no such sound."""
    if name.trait not in _TRAITS_WITH_S or name.tag is None or name.case == "any":
        return False
    last = name.text.rsplit(None, 1)[-1]
    return (
        len(last) >= _MIN_LENGTH_WITH_S
        and last.isalpha()
        and last[-1] not in "sxzß"
        and (is_ordinary(last) or not is_ordinary(last + "s"))  # Chaos is not of Chao
        and (last == name.text or classify_name(last) == "plain")
    )


def _names_at_hyphens(text: str, start: int, name_end: int, end: int, name: GazetteerName) -> Sequence[_NameAtHyphen]:
    """Return a name whose place is given, alone in a list, where it is no word of its own for a hyphen alone."""
    is_at_hyphen = (
        start >= 0
        and (_begins_word(text, start) or text[start - 1] in _HYPHENS)
        and (_ends_word(text, end) or text[end : end + 1] in _HYPHENS)
    )
    return ((start, name_end, end, name),) if is_at_hyphen else ()


def _joined_hits(text: str, hits: Iterable[Hit], names: Iterable[_NameAtHyphen]) -> Iterator[Hit]:
    """Yield the hits of names that a hyphen joins to other names: `Zorbex-Halden`."""
    candidates = [
        Hit(start, end, name.tag, name, confidence)
        for start, name_end, end, name in names
        if name.tag and _may_be_written(name, text[start:name_end])
        if (confidence := _SURE if name.trait == "declared" else name_confidence(text, start, name_end, name.trait))
    ]
    starts, ends = {hit.start for hit in (*hits, *candidates)}, {hit.end for hit in (*hits, *candidates)}
    for hit in candidates:
        has_beginning = _begins_word(text, hit.start) or hit.start - 1 in ends
        if has_beginning and (_ends_word(text, hit.end) or hit.end + 1 in starts):
            yield hit


def _may_be_written(name: GazetteerName, words: str) -> bool:
    """Return whether a name may be written as these words of a text, by its signs and its case.

    Signs between its letters are free, at its ends they belong to it.
    """
    first, last = name.text[0], name.text[-1]
    has_first_sign = first.isalnum() or words[0] == first
    if not has_first_sign or not (last.isalnum() or normalize_signs(words[-1]) == normalize_signs(last)):
        return False
    if "\0" in words or _has_other_letters(name, words):
        return False
    if name.case == "any" or words == name.text or normalize_signs(words) == normalize_signs(name.text):
        return True
    if name.case == "exact":
        return False
    # Smart: scripts without case match as they are; else one capital at least, so that the verb
    # "target" is not the shop Target, while iFLYTEK, Iflytek and IFLYTEK are one company.
    if words == words.lower():
        return words == words.upper()
    # Of several words each that the name begins with a capital: "Just eat" is no Just Eat.
    return name.trait != "phrase" or all(words[position].isupper() for position in name.capitals)


def _has_other_letters(name: GazetteerName, words: str) -> bool:
    """Return whether accents make words of a text other ones than a name that has none there: `Über` is no Uber.

    Of a name of several words none does. An ordinary word or a surname (Cote, Sera) is another word with any accent;
    for any other name (Nestle), only letters are others that no accent makes.
    """
    if words.isascii() or " " in normalize(name.text)[1:]:
        return False
    is_strict = name.trait in _WORDS_OF_DICTIONARIES
    return any(
        own == WITHOUT_ACCENTS.get(ord(own), own) != letter and (is_strict or letter in LETTERS_WRITTEN_OUT)
        for letter, own in zip(fold_case(words).replace("İ", "i"), fold_case(name.text), strict=False)
        if WITHOUT_ACCENTS.get(ord(letter), letter) != letter
    )


def is_bounded(text: str, start: int, end: int) -> bool:
    """Return whether `text[start:end]` stands as a word of its own."""
    return _ends_word(text, end) and _begins_word(text, start)


def _begins_word(text: str, start: int) -> bool:
    before = text[start - 1] if start else " "
    return before in _SEPARATORS or _may_begin(before, text[start], text, start)


def _ends_word(text: str, end: int) -> bool:
    after = text[end] if end < len(text) else " "
    if after in _SEPARATORS:
        return True
    # With a mark the last letter goes on: a tone, a vowel sign, an accent.
    return not _is_mark(after) and _may_end(after, text[end - 1], text, end)


def _may_begin(before: str, first: str, text: str, start: int) -> bool:
    """Return whether a name may begin here: not inside a word, a handle, a host or a hyphen compound.

    `ex-Zorbex` names Zorbex.
    """
    if _are_one_word(before, first) or before in "@#_":
        return False
    if before in "-.‐‑" and start > 1:
        return not text[start - 2].isalnum() or _is_unspaced(first) or (before != "." and has_prefix(text, start))
    return True


def _may_end(after: str, last: str, text: str, end: int) -> bool:
    """Return whether a name may end here.

    `Google-owned` names Google, and so does German `Google-Chef`; `Delta-V` and `google.com` do not.
    """
    if _are_one_word(last, after) or after in "_@":
        return False
    following = text[end + 1] if end + 1 < len(text) else " "
    if after in _HYPHENS:
        if not following.isalnum() or following.islower() or _is_unspaced(last) or _is_unspaced(following):
            return True
        return has_second_part(text, end)
    if after == ".":
        return not (following.isalnum() and following.isascii() and (following.islower() or following.isdigit()))
    return True


def _are_one_word(left: str, right: str) -> bool:
    """Return whether two characters side by side belong to one word."""
    if not (_is_word_character(left) and _is_word_character(right)):
        return False
    return not (_is_unspaced(left) or _is_unspaced(right))


def _is_word_character(c: str) -> bool:
    return c.isalnum() or _is_mark(c)


def _is_mark(c: str) -> bool:
    return unicodedata.category(c)[0] == "M" and c not in _VARIATION_SELECTORS


def _is_unspaced(c: str) -> bool:
    """Return whether a character is of a script in which a name needs no boundary.

    Such scripts set no blanks between words (Han, Kana, Thai, Lao, Khmer, Burmese) or hang particles on names (Hangul).
    """
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
