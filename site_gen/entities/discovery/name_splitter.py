"""From a run of words with capitals to the names in it, by what the whole collection shows. Pure.

"President Ada Voss" holds a person's name after a role, "Quill Bank Governor Ada Voss" two names, "However Quill" one
behind a word that only opens the sentence.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, field

from site_gen.entities.discovery.capitalized_runs import find_runs, is_heading, prose_words
from site_gen.entities.discovery.well_known_names import find_list
from site_gen.entities.lexicon import (
    CALENDAR,
    FIRMS,
    FIRST_NAMES,
    FUNCTION_WORDS,
    HONORIFICS,
    INSTITUTIONS,
    LEGAL_FORMS,
    MEDIA,
    ROLES,
    common_words,
    has_capital_nouns,
    stop_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from site_gen.entities.discovery.capitalized_runs import CapitalizedRun

_FIRM_ENDS = FIRMS | INSTITUTIONS | MEDIA | LEGAL_FORMS
_OFTEN = 0.02  # of all texts: a word that stands in so many without a capital may well open a sentence


class NameSpan(NamedTuple):
    """A name in a text: `text[start:end]`."""

    start: int  # where its first word begins
    end: int  # where its last word ends
    opens_sentence: bool  # whether it begins a sentence, where a capital shows little
    hint: str  # what stands beside it within the run: `role` before a person's name, `firm` before a role, or nothing


class WordUsage(Struct):
    """How words are used in the whole collection."""

    texts: int = 0  # of the collection; they are numbered from 0
    lower: Counter[str] = field(default_factory=Counter)  # in how many texts a word stands without a capital
    capital: Counter[str] = field(default_factory=Counter)  # in how many runs inside sentences a word stands with one
    inside: Counter[str] = field(default_factory=Counter)  # how often a whole run stands inside a sentence
    texts_by_word: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # of words with one

    def add(self, lines: Iterable[str], language: str = "") -> list[tuple[int, list[CapitalizedRun]]]:
        """Count the words of a text, given by lines, and return the runs of those lines that are no headings.

        They are given by the line's number, from 0; lines without a run are left out.
        """
        nouns = has_capital_nouns(language)
        runs_by_line: list[tuple[int, list[CapitalizedRun]]] = []
        words: set[str] = set()
        for number, line in enumerate(lines):
            words.update(prose_words(line))
            if is_heading(line, nouns=nouns):
                continue
            runs = list(find_runs(line))
            for run in runs:
                if not run.opens_sentence:
                    self.inside[line[run.start : run.end]] += 1
                    self.capital.update({line[start:end] for start, end in run.word_spans})
            if runs:
                runs_by_line.append((number, runs))
        for word in words:
            if word.islower():
                self.lower[word] += 1
            else:
                self.texts_by_word[word].append(self.texts)
        self.texts += 1
        return runs_by_line

    def is_word(self, word: str) -> bool:
        """Return whether a word with a capital is as a rule no part of a name."""
        return self.lower[word.lower()] > self.capital[word]


def split_run(line: str, run: CapitalizedRun, usage: WordUsage, language: str = "") -> Iterator[NameSpan]:
    """Yield the names in a run of a line. The small words of its language open sentences."""
    spans = list(run.word_spans)
    words = [line[start:end] for start, end in spans]
    opens = run.opens_sentence
    if opens and len(words) > 1 and (words[0].lower() in _openers(language) or _only_opens(line, run, words, usage)):
        spans, words, opens = spans[1:], words[1:], False
    first = 0  # the word that the current name begins with
    hint = ""
    for index, word in enumerate(words):
        is_role = _is_role(words, index, first)
        if is_role or word.lower() in FUNCTION_WORDS:
            if index > first:
                own_hint = hint or ("firm" if is_role else "")
                yield from _name_span(spans[first:index], words[first:index], own_hint, opens=opens)
            hint = "role" if is_role else ""
            first, opens = index + 1, opens and not is_role and index == first
        elif (
            index > first
            and words[index - 1].lower() in _FIRM_ENDS
            and len(words) - index == 2
            and word.lower() in FIRST_NAMES
        ):
            yield from _name_span(spans[first:index], words[first:index], "firm", opens=opens)
            hint, first, opens = "role", index, False
    if first < len(words):
        yield from _name_span(spans[first:], words[first:], hint, opens=opens)


def _openers(language: str) -> frozenset[str]:
    """Return the small words that open sentences in a language, but for English, where FUNCTION_WORDS does."""
    # English ones would take the first word off Will Osk.
    return stop_words(language) if language and not language.lower().startswith("en") else frozenset()


def _only_opens(line: str, run: CapitalizedRun, words: Sequence[str], usage: WordUsage) -> bool:
    """Return whether the first word has its capital only from standing first in the sentence."""
    first = words[0].lower()
    if not usage.lower[first] or usage.inside[line[run.start : run.end]]:
        return False
    rest = line[run.word_spans[1][0] : run.end]
    return usage.is_word(words[0]) and (bool(usage.inside[rest]) or usage.lower[first] > _OFTEN * usage.texts)


def _is_firm_in_capitals(word: str) -> bool:
    """Return whether a word is written as a company that shares its letters with a currency or a legal form: AMD."""
    return word.isupper() and find_list(word) == "companies"


def _is_role(words: Sequence[str], index: int, first: int) -> bool:
    """Return whether `words[index]` is somebody's work or title. first: the word that the current name begins with."""
    word = words[index].lower().rstrip(".")
    if word not in ROLES and not (word.startswith(("vice-", "ex-", "co-")) and word.partition("-")[2] in ROLES):
        return False
    rest = [following.lower() for following in words[index + 1 :]]
    # General Motors, Foreign Ministry, Head Office; Justice Department
    return not (rest and rest[-1] in _FIRM_ENDS and word not in HONORIFICS and (index == first or len(rest) == 1))


def _name_span(spans: Sequence[tuple[int, int]], words: Sequence[str], hint: str, *, opens: bool) -> Iterator[NameSpan]:
    """Yield the name of some words, without days and the like at its ends, if it is one."""
    first, last = 0, len(words)
    while first < last and words[first].lower() in CALENDAR:
        first += 1
    while first < last and words[last - 1].lower() in CALENDAR:
        last -= 1
    if first == last:
        return
    if last - first == 1:
        word = words[first].lower()
        if (word in common_words() or word.rstrip(".") in LEGAL_FORMS) and not _is_firm_in_capitals(words[first]):
            return
    yield NameSpan(spans[first][0], spans[last - 1][1], opens and first == 0, hint)
