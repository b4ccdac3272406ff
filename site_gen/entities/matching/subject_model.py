"""A small model of what makes a company the subject of a page, for pages of every kind.

The rules of `salience` are right about news. Guides, shops, forums and lists are full of names that are asides all the
same: a shop to buy at, a search engine, an example. The model adds up how a page speaks, how often a name stands there
and what it does in its sentences. It corrects the rules: it takes away what it speaks against, and adds what it is sure
of. Its weights, in `subject_model.json`, are learnt by `benchmarks/tagging/subject_weights.py`.
"""

from __future__ import annotations

import importlib.resources
import json
import math
import re
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core.word_lists import WordLists

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LISTS = WordLists("site_gen.entities.matching", "subject_model.txt")
_MODEL = json.loads(importlib.resources.files(__package__).joinpath("subject_model.json").read_text("utf-8"))
_MIN_LENGTH = 300  # characters; a shorter text counts as one of so many
_MIN_LINE = 60  # characters; a shorter line is a button, a caption, an item
_BEFORE = 45  # characters before a name that are looked at
_MOST_NAMES = 20  # places of one name that are looked at
_ADDRESS = 0.35  # readers' or writers' words in a thousand characters that make a page no news
_LONG = math.log(2.5)  # of a text that goes on to more than it begins with


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern of any of the words; a * in one stands for any letters."""
    return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in sorted(words, key=lambda w: (-len(w), w)))


_JOINT = f"(?:{_any_of(_LISTS.words('joints'))})"
# Signs that may stand before and after a word where a text is cut at its blanks.
_OPENINGS = ("", "(", "“", '"', "‘", "'")
_CLOSINGS = (
    "",
    ",",
    ".",
    "!",
    "?",
    ":",
    ";",
    *(f"{sign}{end}" for sign in "'’" for end in ("re", "ve", "ll", "d", "m", "s")),
)


def _with_signs(words: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{opening}{word}{closing}" for word in words for opening in _OPENINGS for closing in _CLOSINGS)


_READER_WORDS = _with_signs(_LISTS.words("reader words"))
_WRITER_WORDS = _with_signs(_LISTS.words("writer words"))
_UNSPACED_READER_WORD = re.compile(_any_of(_LISTS.phrases("unspaced reader words")))
_QUOTED = re.compile(r'“[^”\0]*”|"[^"\0]*"|«[^»\0]*»|„[^“”\0]*[“”]')
_LIST_TITLE = re.compile(
    rf"(?:(?:the|die|les|los|i) )?(?:\d+\+? |(?:{_any_of(_LISTS.phrases('beginnings of lists'))})\b)", re.IGNORECASE
)
# After a name, `'s` or a verb, with a word between them or none.
_ACTS = re.compile(
    rf"['’]s? (?!(?:page|account|website)\b)| (?:\w+ )?(?:{_any_of(_LISTS.words('verbs'))})\b"
    rf"|(?:{_any_of(_LISTS.phrases('unspaced verbs'))})"
)
# Before a name, the beginning of a paragraph, an item or a sentence.
_BEGINS = re.compile(r"(?:^|\0 ?[•*\-–\d.)]* ?|[.!?:][”\"’)]* [“\"‘'(]?)(?:(?:The|Der|Die|Das|Le|La|Il|El) )?$")
_BESIDE = re.compile(
    rf"(?:\b(?:{_any_of(_LISTS.words('prepositions'))})|[,/&])(?: (?:{_any_of(_LISTS.words('determiners'))}))? $",
    re.IGNORECASE,
)
# What a match of _BESIDE or _BEGINS can end with: after anything else no search is needed, which is so for most names.
_WORDS_BEFORE = _LISTS.words("prepositions") | _LISTS.words("determiners")
_ARTICLES = frozenset({"the", "der", "die", "das", "le", "la", "il", "el"})
_SIGNS_BEFORE = frozenset("\0•*-–.)!?:”\"’“‘'(0123456789")
# Beside a name, two others at least: `Aa, Bb and Cc`.
_AFTER_ITEM = re.compile(r"(?:[A-Z]\S*|\)), $")
_AFTER_ITEMS = re.compile(rf", [^,.:\0]{{2,30}},? {_JOINT} $|, {_JOINT} $")
_BEFORE_ITEM = re.compile(rf",? {_JOINT} [A-Z]|, [A-Z]")
_BEFORE_ITEMS = re.compile(rf", [A-Z][^,.\0]{{1,30}}(?:,|,? {_JOINT} [A-Z])")

# The features, in the order of `features`, and what each says where it counts for or against the name.
FEATURES = {
    "lead": "in the lead",
    "lead aside": "in the lead as an aside",
    "opening": "in the opening",
    "times": "named often",
    "acts": "acts in its sentences",
    "listed": "one of several in a list",
    "reader": "the page speaks to its reader",
    "writer": "the page speaks of its writer",
    "length": "in a long text",
    "short lines": "in short lines",
    "list": "the page is a list",
}
_WEIGHTS = tuple(float(_MODEL["weights"][name]) for name in FEATURES)
_BIAS, _SURE, _DOUBTFUL, _DOUBTFUL_IN_NEWS = (
    float(_MODEL[key]) for key in ("bias", "sure", "doubtful", "doubtful in news")
)


class PageStyle(NamedTuple):
    """How a page speaks."""

    reader: float  # words that address a reader, in a thousand characters, as log(1 + x)
    writer: float  # words of the writer about themselves, in a thousand characters, as log(1 + x)
    length: float  # thousands of characters, as log(x)
    is_list: bool  # whether its title is that of a list or a guide

    @property
    def is_long(self) -> bool:
        """Whether its text is longer than a news item's."""
        return self.length > _LONG

    @property
    def is_news(self) -> bool:
        """Whether it speaks neither to a reader nor of its writer."""
        return self.reader < _NO_ADDRESS and self.writer < _NO_ADDRESS


_NO_ADDRESS = math.log(1 + _ADDRESS)


def page_style(title: str, text: str) -> PageStyle:
    """Return how a page speaks. text: title and paragraphs as one (`tagger.joined_text`)."""
    length = max(len(text) - len(title), _MIN_LENGTH) / 1000
    own_text = (
        text if '"' not in text and text.isascii() else _QUOTED.sub("", text)
    )  # what a source says is not addressed
    words = own_text.split()
    reader = sum(map(_READER_WORDS.__contains__, words))
    if not own_text.isascii():
        reader += len(_UNSPACED_READER_WORD.findall(own_text))
    writer = sum(map(_WRITER_WORDS.__contains__, words))
    return PageStyle(
        math.log(1 + reader / length), math.log(1 + writer / length), math.log(length), bool(_LIST_TITLE.match(title))
    )


def features(
    text: str,
    places: Sequence[tuple[int, int]],
    times: int,
    style: PageStyle,
    *,
    lead: bool,
    opening: bool,
    aside: bool,
) -> tuple[float, ...]:
    """Return the values of the features of an entity, in the order of FEATURES.

    places: where its names stand after the title. times: how often it is named, title included. lead, opening: whether
    the first of these places is there. aside: whether it stands there as an aside (`salience.aside_reason`).
    """
    places = places[:_MOST_NAMES]
    acts = listed = short = 0
    for start, end in places:
        paragraph_start = text.rfind("\0", 0, start)
        paragraph_end = text.find("\0", end)
        is_line = (len(text) if paragraph_end < 0 else paragraph_end) - paragraph_start < _MIN_LINE
        before = text[max(paragraph_start, start - _BEFORE, 0) : start]
        words = before.rstrip()
        last_word = words.rpartition(" ")[2].lower()
        is_beside = (last_word in _WORDS_BEFORE or last_word[-1:] in ",/&") and _BESIDE.search(before) is not None
        may_begin = not words or words[-1] in _SIGNS_BEFORE or last_word in _ARTICLES
        if (not is_beside and _ACTS.match(text, end)) or (not is_line and may_begin and _BEGINS.search(before)):
            acts += 1
        listed += _is_item(text, before, end)
        short += is_line
    count = max(len(places), 1)
    return (
        float(lead and not aside),
        float(lead and aside),
        float(opening),
        math.log(times),
        acts / count,
        listed / count,
        style.reader,
        style.writer,
        style.length,
        short / count,
        float(style.is_list),
    )


def _is_item(text: str, before: str, end: int) -> bool:
    """Return whether a name that ends at `end` is one of three or more in a row; before: the words before it."""
    has_comma = "," in before
    if (has_comma and _AFTER_ITEMS.search(before)) or _BEFORE_ITEMS.match(text, end):
        return True
    return has_comma and bool(_AFTER_ITEM.search(before) and _BEFORE_ITEM.match(text, end))


def subject_score(values: Sequence[float]) -> float:
    """Return what the features say together: the higher, the more the page is about the entity; 0 is an even chance."""
    return _BIAS + sum([weight * value for weight, value in zip(_WEIGHTS, values, strict=True)])


def corrected(values: Sequence[float], style: PageStyle, *, is_subject: bool) -> bool:
    """Return whether a page is about an entity whose name is not in its title.

    is_subject: what the rules say. They stand where the model does not clearly speak against them; in news they have to
    be further off.
    """
    bar = (_DOUBTFUL_IN_NEWS if style.is_news else _DOUBTFUL) if is_subject else _SURE
    return subject_score(values) >= bar


def reasons(values: Sequence[float], *, against: bool) -> str:
    """Return the one or two features that speak most for an entity, or against it, in words.

    Where none speaks against it, too little speaks for it.
    """
    sign = -1 if against else 1
    parts = [
        (sign * weight * value, words) for weight, value, words in zip(_WEIGHTS, values, FEATURES.values(), strict=True)
    ]
    most = sorted([part for part in parts if part[0] > 0], reverse=True)[:2]
    return " and ".join(words for _, words in most) or "nothing shows that more is told of it"
