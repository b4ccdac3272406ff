"""From a run of words with capitals to the names in it, by what the whole collection shows. Pure.

"President Ada Voss" holds a person's name after a role, "Quill Bank Governor Ada Voss" two names, "However Quill" one
behind a word that only opens the sentence.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from site_gen.entities.discovery.capitalized_runs import is_heading, lower_words, runs
from site_gen.entities.lexicon import (
    CALENDAR,
    FIRMS,
    FIRST_NAMES,
    FUNCTION,
    HONORIFICS,
    INSTITUTIONS,
    LEGAL,
    PAPERS,
    ROLES,
    capital_nouns,
    plain_words,
    stop_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_gen.entities.discovery.capitalized_runs import Run

_FIRM_ENDS = FIRMS | INSTITUTIONS | PAPERS | LEGAL
_OFTEN = 0.02  # of all texts: a word that stands in so many without a capital may well open a sentence


class Piece(NamedTuple):
    """A name in a text: `text[start:end]`. `hint` is what stands beside it within the run: `role` before a
    person's name, `firm` before a role."""

    start: int
    end: int
    opens: bool
    hint: str


@dataclass(slots=True)
class Usage:
    """How words are used in the whole collection: in how many texts without a capital, how often with one
    inside a sentence."""

    texts: int = 0
    lower: Counter[str] = field(default_factory=Counter)
    capital: Counter[str] = field(default_factory=Counter)
    inside: Counter[str] = field(default_factory=Counter)

    def add(self, lines: Iterable[str], language: str = "") -> list[tuple[int, list[Run]]]:
        """Take in a text, given by lines, and give the runs of those lines that are no headings."""
        nouns = capital_nouns(language)
        found: list[tuple[int, list[Run]]] = []
        small: set[str] = set()
        for number, line in enumerate(lines):
            small.update(lower_words(line))
            if is_heading(line, nouns=nouns):
                continue
            here = list(runs(line))
            for run in here:
                if not run.opens:
                    self.inside[line[run.start : run.end]] += 1
                    self.capital.update({line[start:end] for start, end in run.spots})
            if here:
                found.append((number, here))
        self.texts += 1
        self.lower.update(small)
        return found

    def is_word(self, word: str) -> bool:
        """Whether a word with a capital is as a rule none of a name."""
        low = word.lower()
        return self.lower[low] > self.capital[word]


def pieces(line: str, run: Run, usage: Usage, language: str = "") -> Iterator[Piece]:
    """The names in a run of a line. The small words of its language open sentences."""
    spots = list(run.spots)
    words = [line[start:end] for start, end in spots]
    opens = run.opens
    if opens and len(words) > 1 and (words[0].lower() in _small(language) or _only_opens(line, run, words, usage)):
        spots, words, opens = spots[1:], words[1:], False
    first = 0
    hint = ""
    for index, word in enumerate(words):
        role = _is_role(words, index, first)
        if role or word.lower() in FUNCTION:
            if index > first:
                yield from _piece(spots[first:index], words[first:index], hint or ("firm" if role else ""), opens=opens)
            hint = "role" if role else ""
            first, opens = index + 1, opens and not role and index == first
        elif (
            index > first
            and words[index - 1].lower() in _FIRM_ENDS
            and len(words) - index == 2
            and word.lower() in FIRST_NAMES
        ):
            yield from _piece(spots[first:index], words[first:index], "firm", opens=opens)
            hint, first, opens = "role", index, False
    if first < len(words):
        yield from _piece(spots[first:], words[first:], hint, opens=opens)


def _small(language: str) -> frozenset[str]:
    # English ones would take the first word off Will Osk; FUNCTION does for English.
    return stop_words(language) if language and not language.lower().startswith("en") else frozenset()


def _only_opens(line: str, run: Run, words: Sequence[str], usage: Usage) -> bool:
    """Whether the first word has its capital only from standing first in the sentence."""
    low = words[0].lower()
    if not usage.lower[low] or usage.inside[line[run.start : run.end]]:
        return False
    rest = line[run.spots[1][0] : run.end]
    return usage.is_word(words[0]) and (bool(usage.inside[rest]) or usage.lower[low] > _OFTEN * usage.texts)


def _is_role(words: Sequence[str], index: int, first: int) -> bool:
    low = words[index].lower().rstrip(".")
    if low not in ROLES and not (low.startswith(("vice-", "ex-", "co-")) and low.partition("-")[2] in ROLES):
        return False
    rest = [word.lower() for word in words[index + 1 :]]
    # General Motors, Foreign Ministry, Head Office; Justice Department
    return not (rest and rest[-1] in _FIRM_ENDS and low not in HONORIFICS and (index == first or len(rest) == 1))


def _piece(spots: Sequence[tuple[int, int]], words: Sequence[str], hint: str, *, opens: bool) -> Iterator[Piece]:
    low, high = 0, len(words)
    plain = plain_words()
    while low < high and words[low].lower() in CALENDAR:
        low += 1
    while low < high and words[high - 1].lower() in CALENDAR:
        high -= 1
    if low == high:
        return
    start, end = spots[low][0], spots[high - 1][1]
    if high - low == 1 and (words[low].lower() in plain or words[low].lower().rstrip(".") in LEGAL):
        return
    yield Piece(start, end, opens and low == 0, hint)
