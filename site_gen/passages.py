"""The words around a name: short enough to scan, whole enough to quote."""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

import sentencex

from site_gen.text import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BLANK = re.compile(r"[^\S\n ]")
Span = tuple[int, int]
LIMIT = 320  # characters; about four lines in the text column
_HARD_LIMIT = 640


class Piece(NamedTuple):
    """A run of a passage; `marked` where it is the name itself."""

    text: str
    marked: bool


def window(text: str, spans: Sequence[Span], language: str, wanted: Sequence[Span] | None = None) -> tuple[Piece, ...]:
    """The sentences of a paragraph around names in it, all names marked.

    Whole sentences up to LIMIT characters around each wanted name, the naming one always; an ellipsis
    shows what was left out. A text without sentence ends is cut around the name.
    Spans are sorted and inside the text; one that overlaps an earlier one is not marked.
    wanted: the names that the passage is quoted for, by default the first.
    """
    pieces: list[Piece] = []
    at = 0
    for begin, end in _merged(_range(text, span, language) for span in wanted or spans[:1]):
        if text[at:begin].strip():
            pieces.append(Piece(" … " if pieces else "… ", marked=False))
        pieces += _marked(text, begin, end, spans)
        at = end
    if text[at:].strip():
        pieces.append(Piece(" …", marked=False))
    return tuple(pieces)


def _range(text: str, span: Span, language: str) -> Span:
    """Where the passage around one name begins and ends, without blanks at its ends."""
    begin, end = _sentences_around(text, span, language)
    if end - begin > _HARD_LIMIT:  # no sentence ends: a list, a script without stops
        begin = max(begin, span[0] - LIMIT // 2)
        end = min(end, max(span[1], begin + LIMIT))
    while begin < span[0] and text[begin].isspace():
        begin += 1
    while end > span[1] and text[end - 1].isspace():
        end -= 1
    return begin, end


def _merged(ranges: Iterable[Span]) -> list[Span]:
    """Ranges in order, those that touch or overlap made one."""
    merged: list[Span] = []
    for begin, end in sorted(ranges):
        if merged and begin <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _marked(text: str, begin: int, end: int, spans: Sequence[Span]) -> Iterator[Piece]:
    at = begin
    for start, stop in spans:
        if start < at or stop > end:
            continue
        if start > at:
            yield Piece(text[at:start], marked=False)
        yield Piece(text[start:stop], marked=True)
        at = stop
    if at < end:
        yield Piece(text[at:end], marked=False)


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a text; joined they are the text again."""
    # sentencex 1.0 panics at some blanks of more than one byte (U+00A0, U+3000) beside a full stop.
    plain = _BLANK.sub(" ", text)
    try:
        parts: list[str] = sentencex.segment(language.partition("-")[0].lower(), plain)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which is no Exception
            raise
        return [text]
    if "".join(parts) != plain:
        return [text]
    ends = list(accumulate(map(len, parts)))
    return [text[start:end] for start, end in pairwise([0, *ends])]


def _sentences_around(text: str, span: Span, language: str) -> Span:
    """Where the sentences begin and end that hold the span, with as many neighbours as fit."""
    if len(text) <= LIMIT:
        return 0, len(text)
    bounds: list[tuple[int, int]] = []
    at = 0
    for sentence in sentences(text, language):
        bounds.append((at, at + len(sentence)))
        at += len(sentence)
    first = next(i for i, (_, end) in enumerate(bounds) if end > span[0])
    last = next(i for i, (_, end) in enumerate(bounds) if end >= span[1])
    while True:  # what follows explains more than what stood before
        if last + 1 < len(bounds) and bounds[last + 1][1] - bounds[first][0] <= LIMIT:
            last += 1
        elif first and bounds[last][1] - bounds[first - 1][0] <= LIMIT:
            first -= 1
        else:
            return bounds[first][0], bounds[last][1]


def lead(paragraphs: Sequence[str], language: str, limit: int = 200) -> str:
    """The first sentences of a text within a limit, for an article that has no description."""
    text = next((p for p in paragraphs if len(p) >= 40), paragraphs[0] if paragraphs else "")
    kept = ""
    for sentence in sentences(text, language):
        if kept and len(kept) + len(sentence) > limit:
            break
        kept += sentence
    return shorten(kept.strip(), limit)
