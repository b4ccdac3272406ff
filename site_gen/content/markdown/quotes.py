"""The words around a name: short enough to scan, whole enough to quote."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import sentencex
from markupsafe import escape

from site_gen.content.markdown.spans import CELL_GAP
from site_gen.core.text import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BLANK = re.compile(r"[^\S\n ]")
Span = tuple[int, int]
LIMIT = 320  # characters; about four lines in the text column
_HARD_LIMIT = 640
_MOST = 900  # of a passage for several names: about 150 words, however long the paragraph is
_LEAST = 90  # characters around each of them


class Piece(NamedTuple):
    """A run of a passage; `marked` where it is the name itself."""

    text: str
    marked: bool


# What a browser must find of a passage that is named by its two ends: enough to be the only place.
_LEAST_OF_END, _MOST_OF_END = 24, 80
_BETWEEN_ENDS = 12  # where no more is left between the ends, it is named whole
_STOPS = "、。，．；：！？「」『』（）《》〈〉【】"
_PLAIN = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_TOKEN = re.compile(rf"[^\s{_STOPS}]+")
_ENDS = re.compile(rf"[\s.,;:!?…{_STOPS}]+\Z")

_BEFORE, _BETWEEN, _AFTER = (Piece(sign, marked=False) for sign in ("… ", " … ", " …"))


class Paragraph(NamedTuple):
    """A text that passages are cut from, and where its sentences end; none, where it is quoted whole."""

    text: str
    ends: tuple[int, ...]


def paragraph(text: str, language: str) -> Paragraph:
    """A text made ready for passages: worth keeping while several are cut from it."""
    return Paragraph(text, tuple(_ends(text, language)) if len(text) > LIMIT else ())


def window(text: str, spans: Sequence[Span], language: str, wanted: Sequence[Span] | None = None) -> tuple[Piece, ...]:
    """The passage of a text that only one is cut from."""
    return passage(paragraph(text, language), spans, wanted)


def passage(of: Paragraph, spans: Sequence[Span], wanted: Sequence[Span] | None = None) -> tuple[Piece, ...]:
    """The sentences of a paragraph around names in it, all names marked.

    Whole sentences up to LIMIT characters around each wanted name, the naming one always; an ellipsis
    shows what was left out. A text without sentence ends is cut around the name.
    Spans are sorted and inside the text; one that overlaps an earlier one is not marked.
    wanted: the names that the passage is quoted for, by default the first.
    """
    text = of.text
    pieces: list[Piece] = []
    at = 0
    ranges = _merged([_range(of, span) for span in wanted or spans[:1]])
    if sum(end - begin for begin, end in ranges) > _MOST:
        ranges = _fewer(of, wanted or spans[:1])
    for begin, end in ranges:
        if text[at:begin].strip():
            pieces.append(_BETWEEN if pieces else _BEFORE)
        pieces += _marked(text, begin, end, spans)
        at = end
    if text[at:].strip():
        pieces.append(_AFTER)
    return tuple(pieces)


def _fewer(of: Paragraph, wanted: Sequence[Span]) -> list[Span]:
    """The passage around several names where all that is said about them would be too long to quote: a little
    around each, of as many as there is room for."""
    near = _MOST // min(len(wanted), _MOST // _LEAST)
    found: list[Span] = []
    for start, end in wanted:
        begin = max(0, start - near // 2)
        around = _whole_words(of.text, (begin, max(end, min(len(of.text), begin + near))), (start, end))
        more = _merged([*found, around])
        if sum(high - low for low, high in more) > _MOST:
            break
        found = more
    return found or [_range(of, wanted[0])]


def _whole_words(text: str, around: Span, name: Span) -> Span:
    """What stands around a name without the halves of words at its ends, where there are blanks."""
    begin, end = around
    first = text.find(" ", begin, name[0]) if begin else -1
    last = text.rfind(" ", name[1], end) if end < len(text) else -1
    return first + 1 if first >= 0 else begin, last if last >= 0 else end


def _range(of: Paragraph, span: Span) -> Span:
    """Where the passage around one name begins and ends, without blanks at its ends."""
    text = of.text
    begin, end = _sentences_around(of.ends, span) if of.ends else (0, len(text))
    if end - begin > _HARD_LIMIT:  # no sentence ends: a list, a script without stops
        begin = max(begin, span[0] - LIMIT // 2)
        end = min(end, max(span[1], begin + LIMIT))
    while begin < span[0] and text[begin].isspace():
        begin += 1
    while end > span[1] and text[end - 1].isspace():
        end -= 1
    return begin, end


def _merged(ranges: list[Span]) -> list[Span]:
    """Ranges in order, those that touch or overlap made one."""
    if len(ranges) == 1:
        return ranges
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
            yield Piece(text[at:start], False)
        yield Piece(text[start:stop], True)
        at = stop
    if at < end:
        yield Piece(text[at:end], False)


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a text; joined they are the text again."""
    return [text[start:end] for start, end in pairwise([0, *_ends(text, language)])]


def _ends(text: str, language: str) -> list[int]:
    """Where the sentences of a text end, the last at its end."""
    # sentencex 1.0 panics at some blanks of more than one byte (U+00A0, U+3000) beside a full stop. They
    # and their like are not printable; a look for that is faster than one for blanks.
    plain = text if text.replace("\n", "").isprintable() else _BLANK.sub(" ", text)
    try:
        parts: list[str] = sentencex.segment(language.partition("-")[0].lower(), plain)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which is no Exception
            raise
        return [len(text)]
    if "".join(parts) != plain:
        return [len(text)]
    return list(accumulate(map(len, parts)))


def _sentences_around(ends: Sequence[int], span: Span) -> Span:
    """Where the sentences begin and end that hold the span, with as many neighbours as fit."""
    first = bisect_right(ends, span[0])
    last = bisect_left(ends, span[1])
    begin, end = ends[first - 1] if first else 0, ends[last]
    while True:  # what follows explains more than what stood before
        if last + 1 < len(ends) and ends[last + 1] - begin <= LIMIT:
            last += 1
            end = ends[last]
        elif first and end - (before := ends[first - 2] if first > 1 else 0) <= LIMIT:
            first -= 1
            begin = before
        else:
            return begin, end


def lead(paragraphs: Sequence[str], language: str, limit: int = 200) -> str:
    """The first sentences of a text within a limit, for an article that has no description."""
    text = next((p for p in paragraphs if len(p) >= 40), paragraphs[0] if paragraphs else "")
    kept = ""
    for sentence in sentences(text, language):
        if kept and len(kept) + len(sentence) > limit:
            break
        kept += sentence
    return shorten(kept.strip(), limit)


def markup(pieces: Iterable[Piece]) -> str:
    """A passage as HTML, its names marked."""
    return "".join([f"<mark>{escape(text)}</mark>" if marked else str(escape(text)) for text, marked in pieces])


def fragment(pieces: Iterable[Piece]) -> str:
    """Where a passage stands in its source, as text directives say it (WICG, URL Fragment Text Directives): all of it
    if it is short, else the words that it begins and those that it ends with, percent-encoded.

    The two ends find it across footnotes, line breaks and cells, where the whole would not be found. Browsers look
    for whole words, and only they know where a word ends in a script without blanks: there the cut is at a stop.
    """
    quoted = "".join([piece.text for piece in pieces]).strip("… ").partition(" … ")[0]
    first, last = quoted.partition(CELL_GAP)[0], quoted.rpartition(CELL_GAP)[2]
    start, end = _opening(first), _closing(last)
    if first == quoted and len(start) + len(end) >= len(quoted) - _BETWEEN_ENDS:
        return _directive(_ENDS.sub("", quoted))
    return f"{_directive(start)},{_directive(end)}" if end else _directive(start)


def _opening(text: str) -> str:
    """The words that a text begins with."""
    if text.isascii():  # quicker, and the same
        blank = text.find(" ", _LEAST_OF_END)
        return _ENDS.sub("", text[: min(blank if blank >= 0 else len(text), _MOST_OF_END)])
    end = 0
    for word in _TOKEN.finditer(text):
        end = word.end()
        if end >= _LEAST_OF_END:
            break
    return _ENDS.sub("", text[: min(end, _MOST_OF_END)])


def _closing(text: str) -> str:
    """The words that a text ends with."""
    text = _ENDS.sub("", text)
    if text.isascii():
        blank = text.rfind(" ", max(0, len(text) - _MOST_OF_END), max(0, len(text) - _LEAST_OF_END))
        return text[blank + 1 :] if blank >= 0 or len(text) < _MOST_OF_END else ""
    starts = [word.start() for word in _TOKEN.finditer(text, max(0, len(text) - _MOST_OF_END))]
    far = [start for start in starts if len(text) - start >= _LEAST_OF_END]
    return text[far[-1] if far else starts[0] :] if starts else ""


def _directive(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text.replace(" ", "%20")
    words = (word if word.isascii() and word.isalnum() else quote(word, safe="") for word in text.split())
    return "%20".join(words).replace("-", "%2D")
