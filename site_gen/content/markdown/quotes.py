"""Passages quoted from a text: the words around names, short enough to scan, whole enough to quote. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from markupsafe import escape

from site_gen.content.markdown.sentences import sentence_ends, split_sentences
from site_gen.content.markdown.spans import CELL_GAP
from site_gen.core.text import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Span = tuple[int, int]  # offsets in a text: of a part's first character, and after its last
LIMIT = 320  # characters of a passage around one name; about four lines in the text column
_HARD_LIMIT = 640  # characters of a sentence, which is cut if it is longer
_MAX_PASSAGE = 900  # characters around several names: about 150 words, however long the paragraph is
_MIN_AROUND = 90  # characters around each of several names


class QuotePiece(NamedTuple):
    """A run of a passage."""

    text: str  # its words, not escaped
    marked: bool  # it is a name that the passage is quoted for, or another one in it


# Characters of each end by which a browser finds a passage (see `text_fragment`): enough to be the only place.
_MIN_END, _MAX_END = 24, 80
_MIN_BETWEEN_ENDS = 12  # characters; where no more is left between the ends, the passage is named whole
_STOPS = "、。，．；：！？「」『』（）《》〈〉【】"
_PLAIN = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_TOKEN = re.compile(rf"[^\s{_STOPS}]+")
_PUNCTUATION_AT_END = re.compile(rf"(?<![\s.,;:!?…{_STOPS}])[\s.,;:!?…{_STOPS}]+\Z")

# What shows that something was left out before, between and after the runs of a passage.
_GAP_BEFORE, _GAP_BETWEEN, _GAP_AFTER = (QuotePiece(sign, marked=False) for sign in ("… ", " … ", " …"))


class Paragraph(NamedTuple):
    """A text that passages are cut from."""

    text: str  # its words
    ends: tuple[int, ...]  # offsets where its sentences end; empty where it is short enough to be quoted whole


def prepare_paragraph(text: str, language: str) -> Paragraph:
    """Return a text made ready for passages: worth keeping while several are cut from it. language: BCP 47 tag."""
    return Paragraph(text, tuple(sentence_ends(text, language)) if len(text) > LIMIT else ())


def quote_passage(
    paragraph: Paragraph, spans: Sequence[Span], wanted: Sequence[Span] | None = None
) -> tuple[QuotePiece, ...]:
    """Return the sentences of a paragraph around names in it, all names marked.

    They are whole sentences up to LIMIT characters around each wanted name, the naming one always; an ellipsis shows
    what was left out. A text without sentence ends is cut around the name.
    spans: of names, sorted and inside the text; one that overlaps an earlier one is not marked.
    wanted: those of the names that the passage is quoted for, by default the first.
    """
    text = paragraph.text
    pieces: list[QuotePiece] = []
    at = 0
    ranges = _merge_ranges([_range_around(paragraph, span) for span in wanted or spans[:1]])
    if sum(end - begin for begin, end in ranges) > _MAX_PASSAGE:
        ranges = _shorter_ranges(paragraph, wanted or spans[:1])
    for begin, end in ranges:
        if text[at:begin].strip():
            pieces.append(_GAP_BETWEEN if pieces else _GAP_BEFORE)
        pieces += _mark_names(text, begin, end, spans)
        at = end
    if text[at:].strip():
        pieces.append(_GAP_AFTER)
    return tuple(pieces)


def _shorter_ranges(paragraph: Paragraph, wanted: Sequence[Span]) -> list[Span]:
    """Return what to quote around several names where their sentences would be too long together.

    It is a little around each, of as many names as there is room for.
    """
    around_each = _MAX_PASSAGE // min(len(wanted), _MAX_PASSAGE // _MIN_AROUND)
    ranges: list[Span] = []
    for start, end in wanted:
        begin = max(0, start - around_each // 2)
        stop = max(end, min(len(paragraph.text), begin + around_each))
        around = _without_word_halves(paragraph.text, (begin, stop), (start, end))
        longer = _merge_ranges([*ranges, around])
        if sum(high - low for low, high in longer) > _MAX_PASSAGE:
            break
        ranges = longer
    return ranges or [_range_around(paragraph, wanted[0])]


def _without_word_halves(text: str, around: Span, name: Span) -> Span:
    """Return what stands around a name without the halves of words at its ends, where there are blanks."""
    begin, end = around
    first = text.find(" ", begin, name[0]) if begin else -1
    last = text.rfind(" ", name[1], end) if end < len(text) else -1
    return first + 1 if first >= 0 else begin, last if last >= 0 else end


def _range_around(paragraph: Paragraph, span: Span) -> Span:
    """Return where the passage around one name begins and ends, without blanks at its ends."""
    text = paragraph.text
    begin, end = _sentences_around(paragraph.ends, span) if paragraph.ends else (0, len(text))
    if end - begin > _HARD_LIMIT:  # no sentence ends: a list, a script without stops
        begin = max(begin, span[0] - LIMIT // 2)
        end = min(end, max(span[1], begin + LIMIT))
    while begin < span[0] and text[begin].isspace():
        begin += 1
    while end > span[1] and text[end - 1].isspace():
        end -= 1
    return begin, end


def _merge_ranges(ranges: list[Span]) -> list[Span]:
    """Return ranges in order, those that touch or overlap made one."""
    if len(ranges) == 1:
        return ranges
    merged: list[Span] = []
    for begin, end in sorted(ranges):
        if merged and begin <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _mark_names(text: str, begin: int, end: int, spans: Sequence[Span]) -> Iterator[QuotePiece]:
    """Yield the runs of `text[begin:end]`, the names in it marked."""
    at = begin
    for start, stop in spans:
        if start < at or stop > end:
            continue
        if start > at:
            yield QuotePiece(text[at:start], False)
        yield QuotePiece(text[start:stop], True)
        at = stop
    if at < end:
        yield QuotePiece(text[at:end], False)


def _sentences_around(ends: Sequence[int], span: Span) -> Span:
    """Return where the sentences begin and end that hold the span, with as many neighbours as fit into LIMIT."""
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


def lead_sentences(paragraphs: Sequence[str], language: str, limit: int = 200) -> str:
    """Return the first sentences of a text within a limit, for an article that has no description.

    limit: in characters. Paragraphs of fewer than 40 characters are passed over if there is a longer one.
    """
    text = next((p for p in paragraphs if len(p) >= 40), paragraphs[0] if paragraphs else "")
    lead = ""
    for sentence in split_sentences(text, language):
        if lead and len(lead) + len(sentence) > limit:
            break
        lead += sentence
    return shorten(lead.strip(), limit)


def passage_html(pieces: Iterable[QuotePiece]) -> str:
    """Return a passage as HTML, its names marked."""
    return "".join([f"<mark>{escape(text)}</mark>" if marked else str(escape(text)) for text, marked in pieces])


def text_fragment(pieces: Iterable[QuotePiece]) -> str:
    """Return where a passage stands in its source, as text directives say it, percent-encoded.

    It is all of the passage if that is short, else the words that it begins and those that it ends with (WICG, URL
    Fragment Text Directives). The two ends find it across footnotes, line breaks and cells, where the whole would not
    be found. Browsers look for whole words, and only they know where a word ends in a script without blanks: there the
    cut is at a stop.
    """
    quoted = "".join([piece.text for piece in pieces]).strip("… ").partition(" … ")[0]
    first, last = quoted.partition(CELL_GAP)[0], quoted.rpartition(CELL_GAP)[2]
    start, end = _opening(first), _closing(last)
    if first == quoted and len(start) + len(end) >= len(quoted) - _MIN_BETWEEN_ENDS:
        return _directive(_PUNCTUATION_AT_END.sub("", quoted))
    return f"{_directive(start)},{_directive(end)}" if end else _directive(start)


def _opening(text: str) -> str:
    """Return the words that a text begins with."""
    if text.isascii():  # quicker, and the same
        blank = text.find(" ", _MIN_END)
        return _PUNCTUATION_AT_END.sub("", text[: min(blank if blank >= 0 else len(text), _MAX_END)])
    end = 0
    for word in _TOKEN.finditer(text):
        end = word.end()
        if end >= _MIN_END:
            break
    return _PUNCTUATION_AT_END.sub("", text[: min(end, _MAX_END)])


def _closing(text: str) -> str:
    """Return the words that a text ends with."""
    text = _PUNCTUATION_AT_END.sub("", text)
    if text.isascii():
        blank = text.rfind(" ", max(0, len(text) - _MAX_END), max(0, len(text) - _MIN_END))
        return text[blank + 1 :] if blank >= 0 or len(text) < _MAX_END else ""
    starts = [word.start() for word in _TOKEN.finditer(text, max(0, len(text) - _MAX_END))]
    far = [start for start in starts if len(text) - start >= _MIN_END]
    return text[far[-1] if far else starts[0] :] if starts else ""


def _directive(text: str) -> str:
    """Return words as a text directive has them: percent-encoded, with their hyphens, which mean something there."""
    if _PLAIN.fullmatch(text):
        return text.replace(" ", "%20")
    words = (word if word.isascii() and word.isalnum() else quote(word, safe="") for word in text.split())
    return "%20".join(words).replace("-", "%2D")
