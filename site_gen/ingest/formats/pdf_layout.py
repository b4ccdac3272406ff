"""Lines, headings and paragraphs out of the letters of a print, and what the browser printed at its edges.

The rules are those of typesetting: a paragraph ends where the gap below a line is larger than between its
lines, where the size or weight of the letters changes, or where a line ends early; larger letters are headings.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from dataclasses import dataclass, field

from site_gen.core.text import one_line

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points from the page's lower left corner

_EDGE = 0.1  # of a page's height, at its top and at its bottom
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
_LINES, _PARTED = " lines", " parted"  # in the count of words: of all lines, and of those that part a word
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


@dataclass(slots=True)
class Line:
    """Letters on one baseline. `pieces` are its parts between wide gaps, with their left ends."""

    pieces: list[str]
    left: float
    bottom: float
    right: float
    size: float
    bold: bool
    page: int = 0

    @property
    def text(self) -> str:
        """The line as it reads."""
        return one_line(" ".join(self.pieces).translate(_LIGATURES))


@dataclass(slots=True)
class Glyphs:
    """The letters of one page as they come, made into lines."""

    height: float
    lines: list[Line] = field(default_factory=list)
    text: list[int] = field(default_factory=list)
    _last: Box | None = None
    _gap: bool = False

    def is_new_run(self, place: Box) -> bool:
        """Whether the next letter begins a line, or stands in other letters than the one before."""
        last = self._last
        if last is None:
            return True
        height = last[3] - last[1]
        same = abs(place[1] - last[1]) < 0.35 * height and abs(place[3] - last[3]) < 0.35 * height
        return not same or place[0] < last[0] - height

    def start_run(self, size: float, bold: bool) -> None:
        """Begin a line with letters of that size, in points."""
        self.lines.append(Line([], 0, 0, 0, round(size * 2) / 2, bold))
        self._last = None
        self._gap = False

    def put_gap(self, code: int) -> None:
        """A blank or line end that no letter of the page stands for."""
        self._gap = self._gap or code in {9, 10, 13, 32}

    def put(self, code: int, place: Box) -> None:
        """The next letter."""
        self.text.append(code)
        letter = "-" if code in _LINE_END_HYPHENS else chr(min(code, 0x10FFFF))
        line = self.lines[-1]
        if self._last is None:
            line.pieces.append(letter)
            line.left, line.bottom = place[0], place[1]
        elif place[0] - self._last[2] > 1.5 * (place[3] - place[1]):
            line.pieces.append(letter)
        else:
            line.pieces[-1] += (" " if self._gap and letter != " " else "") + letter
        line.right = max(line.right, place[2]) if self._last else place[2]
        self._last, self._gap = place, False


@dataclass(frozen=True, slots=True)
class Print:
    """What a print holds: blocks of text, headings marked as in Markdown, and what stood at its edges."""

    blocks: tuple[str, ...]
    title: str | None
    url: str | None
    day: dt.date | None


def printed(pages: list[Glyphs]) -> Print:
    """The text of a print, in the order in which it was drawn, without what the browser put around it."""
    for number, page in enumerate(pages):
        page.lines = [line for line in page.lines if line.text.strip(_HYPHENS + " ")]
        for line in page.lines:
            line.page = number
    title, url, day = _edges(pages)
    lines = [line for page in pages for line in page.lines]
    return Print(tuple(_blocks(lines)), title, url, day)


def _edges(pages: list[Glyphs]) -> tuple[str | None, str | None, dt.date | None]:
    """Title, address and day at the pages' edges; what stands there is taken out of the pages' lines."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_digitless(piece) for line in _at_edge(page) for piece in line.pieces})
    titles: Counter[str] = Counter()
    urls: Counter[str] = Counter()
    day: dt.date | None = None
    often = max(2, 0.6 * len(pages))
    for page in pages:
        for line in _at_edge(page):
            pieces = [one_line(piece.translate(_LIGATURES)) for piece in line.pieces]
            known = [_is_print_mark(piece) for piece in pieces]
            repeated = all(seen[_digitless(piece)] >= often for piece in line.pieces)
            beside = any(known) and all(len(piece) < 200 for piece in pieces)
            if not (repeated or beside):
                continue
            page.lines.remove(line)
            for piece, mark in zip(pieces, known, strict=True):
                if mark == "url":
                    urls[piece] += 1
                elif mark == "day":
                    day = day or _day(piece)
                elif mark is None and any(known):
                    titles[piece] += 1
    title = titles.most_common(1)[0][0] if titles else None
    url = urls.most_common(1)[0][0] if urls else None
    return title, url if url and not url.endswith("…") else None, day


def _at_edge(page: Glyphs) -> list[Line]:
    low, high = _EDGE * page.height, (1 - _EDGE) * page.height
    below = sorted((line for line in page.lines if line.bottom < low), key=lambda line: line.bottom)
    above = sorted((line for line in page.lines if line.bottom > high), key=lambda line: -line.bottom)
    return _outermost(below) + _outermost(above)


def _outermost(lines: list[Line]) -> list[Line]:
    """Those on the outermost baseline: a header's parts may be drawn as lines of their own."""
    return [line for line in lines if abs(line.bottom - lines[0].bottom) < 3]


def _digitless(text: str) -> str:
    return re.sub(r"\d+", "0", one_line(text))


def _is_print_mark(piece: str) -> str | None:
    if _URL.fullmatch(piece):
        return "url"
    if _NUMBER.fullmatch(piece):
        return "number"
    if _DATE.fullmatch(piece):
        return "day"
    return None


def _day(text: str) -> dt.date | None:
    """The day of a print's header, if it can be only one: not 3/4/26."""
    match = _DATE.fullmatch(text)
    if not match:
        return None
    one, two, three = int(match[1]), int(match[3]), int(match[4])
    if one > 31:
        year, month, date = one, two, three
    else:
        year = three + 2000 if three < 100 else three
        if match[2] == ".":
            month, date = two, one
        elif max(one, two) > 12 or one == two:
            month, date = min(one, two), max(one, two)
        else:
            return None
    try:
        return dt.date(year, month, date)
    except ValueError:
        return None


def _blocks(lines: list[Line]) -> list[str]:
    """Paragraphs and headings, in order."""
    if not lines:
        return []
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0]
    groups: list[list[Line]] = []
    pitch = _pitch(lines)
    for line in lines:
        if groups and _goes_on(groups[-1], line, pitch):
            groups[-1].append(line)
        else:
            groups.append([line])
    larger = sorted({group[0].size for group in groups if _is_larger(group, body)}, reverse=True)
    words = Counter(word.lower() for line in lines for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text))
    words[_LINES] = len(lines)
    words[_PARTED] = sum(line.text[-1:] in _HYPHENS and line.text[-2:-1].isalpha() for line in lines)
    out: list[str] = []
    for group in groups:
        text = _joined(group, words)
        if _is_larger(group, body):
            out.append("#" * min(larger.index(group[0].size) + 1, 3) + f" {text}")
        elif _is_bold_heading(group, body, text):
            out.append(f"#### {text}")
        else:
            out.append(_BULLET.sub("- ", text).removeprefix("#"))
    return [block for block in out if block.strip("-# ")]


def _pitch(lines: list[Line]) -> dict[float, float]:
    """For each size of letters the usual distance of two lines."""
    found: dict[float, Counter[float]] = {}
    for line, following in itertools.pairwise(lines):
        down = line.bottom - following.bottom
        if line.page == following.page and line.size == following.size and 0.8 * line.size < down < 2.5 * line.size:
            found.setdefault(line.size, Counter())[round(down * 2) / 2] += 1
    return {
        size: min(d for d, n in counts.items() if n >= 0.25 * max(counts.values())) for size, counts in found.items()
    }


def _goes_on(group: list[Line], line: Line, pitch: dict[float, float]) -> bool:
    """Whether a line belongs to the paragraph that the lines before it make."""
    last = group[-1]
    down = last.bottom - line.bottom
    on_line = last.page == line.page and abs(down) < 0.5 * last.size
    if on_line:  # another font within a line, or the next cell of a row
        return line.left - last.right < 1.5 * last.size or len(group) > 1
    if abs(last.size - line.size) > 0.08 * last.size or _BULLET.match(line.text):
        return False
    widest = max(other.right for other in group)
    ended = _SENTENCE_END.search(last.text) is not None
    if last.page != line.page or down <= 0:  # the next page, or the next column
        return not ended and not line.text[:1].isupper() and len(last.text) > 20
    if down > 1.25 * pitch.get(line.size, 1.4 * line.size):
        return False
    if all(other.bold for other in group) and not line.bold and group[-1].right < line.right - 3 * line.size:
        return False  # a bold line above text is a heading of it
    # A line that ended early although the next one's first word would have fitted ended on purpose.
    first_word = len(line.text.split(" ", 1)[0]) * 0.55 * line.size
    full = last.right + first_word > max(widest, line.right) - 0.5 * line.size
    return full or line.text[:1].islower()


def _is_larger(group: list[Line], body: float) -> bool:
    return group[0].size >= 1.15 * body and sum(len(line.text) for line in group) <= 250


def _is_bold_heading(group: list[Line], body: float, text: str) -> bool:
    return (
        all(line.bold for line in group)
        and group[0].size >= 0.95 * body
        and 2 <= len(text) <= 120
        and text[-1:] not in ".:;,"
    )


def _joined(group: list[Line], words: Counter[str]) -> str:
    """The lines of a paragraph as one; a word that was parted is whole again."""
    text = ""
    last: Line | None = None
    for line in group:
        piece = line.text if last else line.text.lstrip()
        if not text:
            text = piece
        elif last and abs(last.bottom - line.bottom) < 0.5 * line.size and last.page == line.page:
            text += ("" if line.left - last.right < 0.12 * line.size else " ") + piece
        elif text[-1] in _HYPHENS and text[-2:-1].isalpha() and piece[:1].islower():
            text = _unhyphenated(text, piece, words)
        else:
            text += ("" if _unspaced(text[-1], piece[0]) else " ") + piece
        last = line
    return one_line(text)


def _unspaced(one: str, two: str) -> bool:
    return all(
        "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or c in "、。，！？（）「」：；" for c in (one, two)
    )


def _unhyphenated(text: str, piece: str, words: Counter[str]) -> str:
    """`well-` and `known` as the document writes it elsewhere. Where it does not: whole in a text that parts
    words often, as typesetters do, and with the hyphen where that is rare, as in browsers."""
    start = re.search(r"[^\W\d_]+$", text[:-1])
    end = re.match(r"[^\W\d_]+", piece)
    one, two = start[0].lower() if start else "", end[0].lower() if end else ""
    whole, parted = words[one + two], words[f"{one}-{two}"]
    parts_words = words[_PARTED] >= 0.03 * words[_LINES]
    return (text[:-1] if whole > parted or (whole == parted and parts_words) else text) + piece
