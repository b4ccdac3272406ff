"""Make lines, headings and paragraphs of the letters of a print, and read what the browser printed at its edges.

The rules are those of typesetting: a paragraph ends where the gap below a line is larger than between its
lines, where the size or weight of the letters changes, or where a line ends early; larger letters are headings.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from typing import NamedTuple

from msgspec import Struct, field

from site_gen.core.text import one_line

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points from the page's lower left corner

_EDGE = 0.1  # share of a page's height, at its top and at its bottom, in which a browser prints
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:(?:page|seite|página|pagina|strona|стр\.?|第)\s*)?\d{1,4}(?:\s*(?:/|of|von|de|sur|di|из|z|/\s*共)\s*\d{1,4})?(?:\s*页)?",
    re.IGNORECASE,
)
_TIME = r"(?:,?\s+(?:at\s+|um\s+)?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?:\s*[AaPp]\.?[Mm]\.?)?)?"
_DATE = re.compile(rf"(\d{{1,4}})([./-])\s?(\d{{1,2}})\2\s?(\d{{1,4}})\.?{_TIME}", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…。！？؟][\"”’»)\]]*$")
_BULLET = re.compile(r"^[•●▪◦‣·∙○■]\s*")
_HYPHENS = "-\u2010"
_LINE_END_HYPHENS = {0x02, 0xAD, 0xFFFE}  # PDFium writes so what parts a word at a line's end
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


class PrintedLine(Struct):
    """Letters on one baseline. Places are in points from the page's lower left corner."""

    pieces: list[str]  # its parts between wide gaps
    left: float  # where its first letter begins
    bottom: float  # the lower edge of its first letter
    right: float  # where its last letter ends
    size: float  # of its letters, in points, to half a point
    bold: bool  # whether they are bold
    page: int = 0  # on which page, from 0

    @property
    def text(self) -> str:
        """The line as it reads."""
        return one_line(" ".join(self.pieces).translate(_LIGATURES))


class PageLetters(Struct):
    """The letters of one page, made into lines as they are put in."""

    height: float  # of the page, in points
    lines: list[PrintedLine] = field(default_factory=list)  # in the order in which they were drawn
    codes: list[int] = field(default_factory=list)  # of all letters, in Unicode
    _last: Box | None = None  # where the letter before stands; None at the beginning of a line
    _has_gap: bool = False  # a blank came since that letter

    def is_new_run(self, box: Box) -> bool:
        """Tell whether the next letter begins a line, or stands in other letters than the one before."""
        last = self._last
        if last is None:
            return True
        height = last[3] - last[1]
        is_same = abs(box[1] - last[1]) < 0.35 * height and abs(box[3] - last[3]) < 0.35 * height
        return not is_same or box[0] < last[0] - height

    def start_run(self, size: float, bold: bool) -> None:
        """Begin a line with letters of that size, in points."""
        self.lines.append(PrintedLine([], 0, 0, 0, round(size * 2) / 2, bold))
        self._last = None
        self._has_gap = False

    def put_gap(self, code: int) -> None:
        """Note a blank or line end that no letter of the page stands for."""
        self._has_gap = self._has_gap or code in {9, 10, 13, 32}

    def put_letter(self, code: int, box: Box) -> None:
        """Put in the next letter."""
        self.codes.append(code)
        letter = "-" if code in _LINE_END_HYPHENS else chr(min(code, 0x10FFFF))
        line = self.lines[-1]
        if self._last is None:
            line.pieces.append(letter)
            line.left, line.bottom = box[0], box[1]
        elif box[0] - self._last[2] > 1.5 * (box[3] - box[1]):
            line.pieces.append(letter)
        else:
            line.pieces[-1] += (" " if self._has_gap and letter != " " else "") + letter
        line.right = max(line.right, box[2]) if self._last else box[2]
        self._last, self._has_gap = box, False


class PdfPrint(Struct, frozen=True):
    """What a print holds, and what stood at its pages' edges."""

    blocks: tuple[str, ...]  # paragraphs, and headings marked as in Markdown
    title: str | None  # of the page, as the browser prints it
    url: str | None  # of the page, where it is printed in full
    day: dt.date | None  # of printing


def layout_pages(pages: list[PageLetters]) -> PdfPrint:
    """Return the text of a print, in the order in which it was drawn, without what the browser put around it."""
    for number, page in enumerate(pages):
        page.lines = [line for line in page.lines if line.text.strip(_HYPHENS + " ")]
        for line in page.lines:
            line.page = number
    title, url, day = _take_edges(pages)
    lines = [line for page in pages for line in page.lines]
    return PdfPrint(tuple(_blocks(lines)), title, url, day)


def _take_edges(pages: list[PageLetters]) -> tuple[str | None, str | None, dt.date | None]:
    """Return title, address and day at the pages' edges, and take what stands there out of the pages' lines.

    A line at an edge is the browser's where it stands on most pages, or beside an address, a page number or a day.
    """
    pages_with: Counter[str] = Counter()  # how many pages have a piece at their edges, digits aside
    for page in pages:
        pages_with.update({_digitless(piece) for line in _at_edge(page) for piece in line.pieces})
    titles: Counter[str] = Counter()
    urls: Counter[str] = Counter()
    day: dt.date | None = None
    most_pages = max(2, 0.6 * len(pages))
    for page in pages:
        for line in _at_edge(page):
            pieces = [one_line(piece.translate(_LIGATURES)) for piece in line.pieces]
            marks = [_print_mark(piece) for piece in pieces]
            is_repeated = all(pages_with[_digitless(piece)] >= most_pages for piece in line.pieces)
            is_beside_mark = any(marks) and all(len(piece) < 200 for piece in pieces)
            if not (is_repeated or is_beside_mark):
                continue
            page.lines.remove(line)
            for piece, mark in zip(pieces, marks, strict=True):
                if mark == "url":
                    urls[piece] += 1
                elif mark == "day":
                    day = day or _parse_day(piece)
                elif mark is None and any(marks):
                    titles[piece] += 1
    title = titles.most_common(1)[0][0] if titles else None
    url = urls.most_common(1)[0][0] if urls else None
    return title, url if url and not url.endswith("…") else None, day


def _at_edge(page: PageLetters) -> list[PrintedLine]:
    low, high = _EDGE * page.height, (1 - _EDGE) * page.height
    below = sorted((line for line in page.lines if line.bottom < low), key=lambda line: line.bottom)
    above = sorted((line for line in page.lines if line.bottom > high), key=lambda line: -line.bottom)
    return _outermost(below) + _outermost(above)


def _outermost(lines: list[PrintedLine]) -> list[PrintedLine]:
    """Return those on the outermost baseline: a header's parts may be drawn as lines of their own."""
    return [line for line in lines if abs(line.bottom - lines[0].bottom) < 3]


def _digitless(text: str) -> str:
    return re.sub(r"\d+", "0", one_line(text))


def _print_mark(piece: str) -> str | None:
    """Tell what of a browser's marks a piece is: `url`, `number` (of a page), `day`, or None."""
    if _URL.fullmatch(piece):
        return "url"
    if _NUMBER.fullmatch(piece):
        return "number"
    if _DATE.fullmatch(piece):
        return "day"
    return None


def _parse_day(text: str) -> dt.date | None:
    """Return the day of a print's header, if it can be only one: not 3/4/26."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    first, second, third = int(match[1]), int(match[3]), int(match[4])
    if first > 31:
        year, month, date = first, second, third
    else:
        year = third + 2000 if third < 100 else third
        if match[2] == ".":
            month, date = second, first
        elif max(first, second) > 12 or first == second:
            month, date = min(first, second), max(first, second)
        else:
            return None
    try:
        return dt.date(year, month, date)
    except ValueError:
        return None


def _blocks(lines: list[PrintedLine]) -> list[str]:
    """Return paragraphs and headings, in order."""
    if not lines:
        return []
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0]
    groups: list[list[PrintedLine]] = []
    pitches = _pitches(lines)
    for line in lines:
        if groups and _goes_on(groups[-1], line, pitches):
            groups[-1].append(line)
        else:
            groups.append([line])
    larger = sorted({group[0].size for group in groups if _is_larger(group, body)}, reverse=True)
    words = Counter(word.lower() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text))
    parted = sum(line.text[-1:] in _HYPHENS and line.text[-2:-1].isalpha() for line in lines)
    hyphenation = _Hyphenation(words, parts_words=parted >= 0.03 * len(lines))
    blocks: list[str] = []
    for group in groups:
        text = _joined(group, hyphenation)
        if _is_larger(group, body):
            blocks.append("#" * min(larger.index(group[0].size) + 1, 3) + f" {text}")
        elif _is_bold_heading(group, body, text):
            blocks.append(f"#### {text}")
        else:
            blocks.append(_BULLET.sub("- ", text).removeprefix("#"))
    return [block for block in blocks if block.strip("-# ")]


def _pitches(lines: list[PrintedLine]) -> dict[float, float]:
    """Return for each size of letters the usual distance of two baselines, all in points."""
    counts_by_size: dict[float, Counter[float]] = {}
    for line, following in itertools.pairwise(lines):
        down = line.bottom - following.bottom
        if line.page == following.page and line.size == following.size and 0.8 * line.size < down < 2.5 * line.size:
            counts_by_size.setdefault(line.size, Counter())[round(down * 2) / 2] += 1
    return {
        size: min(d for d, n in counts.items() if n >= 0.25 * max(counts.values()))
        for size, counts in counts_by_size.items()
    }


def _goes_on(group: list[PrintedLine], line: PrintedLine, pitches: dict[float, float]) -> bool:
    """Tell whether a line belongs to the paragraph that the lines before it make."""
    last = group[-1]
    down = last.bottom - line.bottom
    is_on_baseline = last.page == line.page and abs(down) < 0.5 * last.size
    if is_on_baseline:  # another font within a line, or the next cell of a row
        return line.left - last.right < 1.5 * last.size or len(group) > 1
    if abs(last.size - line.size) > 0.08 * last.size or _BULLET.match(line.text):
        return False
    widest = max(other.right for other in group)
    is_sentence_end = _SENTENCE_END.search(last.text) is not None
    if last.page != line.page or down <= 0:  # the next page, or the next column
        return not is_sentence_end and not line.text[:1].isupper() and len(last.text) > 20
    if down > 1.25 * pitches.get(line.size, 1.4 * line.size):
        return False
    if all(other.bold for other in group) and not line.bold and group[-1].right < line.right - 3 * line.size:
        return False  # a bold line above text is a heading of it
    # A line that ended early although the next one's first word would have fitted ended on purpose.
    first_word = len(line.text.split(" ", 1)[0]) * 0.55 * line.size
    is_full = last.right + first_word > max(widest, line.right) - 0.5 * line.size
    return is_full or line.text[:1].islower()


def _is_larger(group: list[PrintedLine], body: float) -> bool:
    return group[0].size >= 1.15 * body and sum(len(line.text) for line in group) <= 250


def _is_bold_heading(group: list[PrintedLine], body: float, text: str) -> bool:
    return (
        all(line.bold for line in group)
        and group[0].size >= 0.95 * body
        and 2 <= len(text) <= 120
        and text[-1:] not in ".:;,"
    )


class _Hyphenation(NamedTuple):
    """How a document writes its words."""

    words: Counter[str]  # how often each stands in it, lower-case
    parts_words: bool  # lines often part a word at their end, as typesetters do


def _joined(group: list[PrintedLine], hyphenation: _Hyphenation) -> str:
    """Return the lines of a paragraph as one; a word that was parted is whole again."""
    text = ""
    last: PrintedLine | None = None
    for line in group:
        piece = line.text if last else line.text.lstrip()
        if not text:
            text = piece
        elif last and abs(last.bottom - line.bottom) < 0.5 * line.size and last.page == line.page:
            text += ("" if line.left - last.right < 0.12 * line.size else " ") + piece
        elif text[-1] in _HYPHENS and text[-2:-1].isalpha() and piece[:1].islower():
            text = _unhyphenated(text, piece, hyphenation)
        else:
            text += ("" if _is_unspaced(text[-1], piece[0]) else " ") + piece
        last = line
    return one_line(text)


def _is_unspaced(last: str, first: str) -> bool:
    """Tell whether no blank stands between two letters: both are Chinese or Japanese."""
    return all(
        "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or c in "、。，！？（）「」：；" for c in (last, first)
    )


def _unhyphenated(text: str, piece: str, hyphenation: _Hyphenation) -> str:
    """Return `well-` and `known` joined as the document writes the word elsewhere.

    Where it does not: as one word in a text that parts words often, as typesetters do, and with the hyphen where that
    is rare, as in browsers.
    """
    start = re.search(r"(?<![^\W\d_])[^\W\d_]+$", text[:-1])
    end = re.match(r"[^\W\d_]+", piece)
    first, second = start[0].lower() if start else "", end[0].lower() if end else ""
    whole, with_hyphen = hyphenation.words[first + second], hyphenation.words[f"{first}-{second}"]
    is_one_word = whole > with_hyphen or (whole == with_hyphen and hyphenation.parts_words)
    return (text[:-1] if is_one_word else text) + piece
