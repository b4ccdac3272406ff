"""The lines of a copied page: their words, their shape, and how much they read like prose.

Everything here looks at a line by itself or counts it among the others. What stands around a line is weighed by
`article_finder` for the text and by `title_line` for the title.
"""

from __future__ import annotations

import importlib.resources
import re
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.core.text import words
from site_gen.ingest.extract.boilerplate_labels import is_label, is_notice, is_tail
from site_gen.ingest.extract.copied_text.language_detection import UNSPACED_LETTER

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNSPACED_STOPS = re.compile("[。，、！？]")
_END = re.compile(r"[.!?…。！？؟۔।:;\"”’»)\]]\s*$")
SENTENCE_END = re.compile(r"[.!?…。！？؟۔।][\"”’»)\]]*\s*$")
URL = re.compile(r"https?://\S+")
BYLINE = re.compile(
    r"^\W*(?:(?:words|text|written|story|reported|reviewed|medically reviewed|posted|published) by|"
    r"(?:veröffentlicht|geschrieben) von|(?:publié|écrit|rédigé) par|(?:publicado|escrito) por|by|von|par|por|di|"
    r"door|av|af|przez|autor(?:in)?|author|auteur|autore|автор|كتب|بقلم|投稿者|執筆者|文●|作者|著者|记者|記者)(?:\s*+[:：])?(?:\s++(?=\S)|\s*+$)",
    re.IGNORECASE,
)
# Names of months and their short forms in many languages: a month a line.
_MONTH_NAMES = importlib.resources.files(__package__).joinpath("month_names.txt").read_text(encoding="utf-8").split()
MONTH = "|".join(sorted(set(_MONTH_NAMES), key=len, reverse=True))  # of a regular expression
_DATE = re.compile(
    rf"""\b\d{{1,2}}(?:st|nd|rd|th|\.|º|er)?,?\s+(?:de\s+|of\s+)?(?:{MONTH})\b
    | \b(?:{MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?!:)
    | \b(?:19|20)\d\d[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b | \b\d{{1,2}}[/.]\d{{1,2}}[/.](?:(?:19|20)\d\d|\d\d)\b
    | \b\d{{4}}\s*[年년]\s*\d{{1,2}}\s*[月월]
    | \b\d+\s+(?:minutes?|hours?|days?|weeks?|months?|years?)\s+ago\b""",
    re.IGNORECASE | re.VERBOSE,
)
_READING_TIME = re.compile(
    r"\b\d+\s*+-?\s*+(?:min(?:ute)?s?|minuten)\b.{0,12}$|\bread(?:ing)?[ -]time\b", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[|•·»›/>]")
_LIST_MARKER = re.compile(r"^(?:[-*•–]|\d{1,2}[.)])\s+")


class TextLine(Struct, frozen=True):
    """One line of a copied page, and what it looks like by itself."""

    text: str  # as it stands on the page
    words: tuple[str, ...]  # lower-cased, without punctuation
    key: str  # the words on one line: equal for lines that say the same
    size: int  # number of words; in a script without blanks, half the number of letters
    topic_words: tuple[str, ...]  # what the line is about: no stop words; pairs of letters in a script without blanks
    occurrences: int  # lines of the page with this key
    is_prose: bool  # reads like a paragraph
    ends_sentence: bool  # ends as a sentence does
    is_boilerplate: bool  # a label of the page (`Share this`), or what a site tells every visitor (cookies, rights)
    is_tail: bool  # a label of what follows an article (`Leave a Reply`)
    is_byline: bool  # begins with `By` or the like
    has_date: bool  # short, with a date in it
    has_reading_time: bool  # short, with a reading time in it (`4 min read`)
    is_unspaced: bool  # in a script without blanks between words


def analyze_lines(texts: Sequence[str], stop_words: frozenset[str]) -> list[TextLine]:
    """Analyze the lines of a page, in order; `stop_words` are those of its language."""
    words_of_lines = [tuple(words(text)) for text in texts]
    keys = [" ".join(line_words) for line_words in words_of_lines]
    occurrences = Counter(keys)
    lines_by_text: dict[str, TextLine] = {}
    lines: list[TextLine] = []
    for text, line_words, key in zip(texts, words_of_lines, keys, strict=True):
        line = lines_by_text.get(text)
        if line is None:
            line = lines_by_text[text] = _analyze_line(text, line_words, key, occurrences[key], stop_words)
        lines.append(line)
    return lines


def _analyze_line(
    text: str, line_words: tuple[str, ...], key: str, occurrences: int, stop_words: frozenset[str]
) -> TextLine:
    unspaced_letters = 0 if text.isascii() else len(UNSPACED_LETTER.findall(text))
    is_unspaced = unspaced_letters > 10 or unspaced_letters * 2 > len(text)
    size = max(len(line_words), unspaced_letters // 2)
    is_boilerplate = size <= 60 and (is_label(text) or is_notice(text))
    is_short = size <= 20 and not is_boilerplate
    return TextLine(
        text=text,
        words=line_words,
        key=key,
        size=size,
        topic_words=_topic_words(line_words, stop_words, is_unspaced),
        occurrences=occurrences,
        is_prose=not is_boilerplate and _is_prose(text, line_words, unspaced_letters, stop_words),
        ends_sentence=bool(SENTENCE_END.search(text)),
        is_boilerplate=is_boilerplate,
        is_tail=size <= 6 and is_tail(text),
        is_byline=is_short and bool(BYLINE.match(text)),
        has_date=is_short and any(map(str.isdigit, text)) and bool(_DATE.search(text)),
        has_reading_time=is_short and bool(_READING_TIME.search(text)),
        is_unspaced=is_unspaced,
    )


def _topic_words(line_words: tuple[str, ...], stop_words: frozenset[str], is_unspaced: bool) -> tuple[str, ...]:
    if is_unspaced:
        return tuple(word[i : i + 2] for word in line_words for i in range(max(1, len(word) - 1)))
    return tuple(word for word in line_words if word not in stop_words and (len(word) > 2 or not word.isascii()))


def _is_prose(text: str, line_words: tuple[str, ...], unspaced_letters: int, stop_words: frozenset[str]) -> bool:
    """Whether a line is a paragraph: long enough, with stop words, ending as sentences do."""
    if unspaced_letters > 10:
        return len(text) >= 25 and bool(_UNSPACED_STOPS.search(text))
    if len(_SEPARATORS.findall(text)) > max(2, len(line_words) * 0.15):
        return False
    if not stop_words:
        return len(line_words) >= 15 and bool(_END.search(text))
    density = sum(map(stop_words.__contains__, line_words)) / max(1, len(line_words))
    if len(line_words) >= 12 and density >= 0.25 and (len(line_words) >= 25 or _END.search(text)):
        return True
    return len(line_words) >= 30 and density >= 0.18


def split_lines(text: str) -> list[str]:
    """Split a text into its lines, without blank ones; where it was wrapped at a fixed width, into its paragraphs."""
    lines = [line.strip() for line in text.split("\n")]
    lengths = sorted(len(line) for line in lines if line)
    if len(lengths) >= 8:
        width = lengths[int(0.9 * (len(lengths) - 1))]
        full = sum(0.6 * width <= length <= width + 2 for length in lengths) / len(lengths)
        if 50 <= width <= 100 and lengths[-1] <= width + 25 and full > 0.4:
            return _join_wrapped(lines, width)
    return [re.sub(r"[ \t]+", " ", line) for line in lines if line]


def _join_wrapped(lines: Sequence[str], width: int) -> list[str]:
    """Join lines that were wrapped at a width, in characters, into paragraphs."""
    paragraphs: list[str] = []
    previous = ""
    for line in lines:
        # A line goes on the one before it only if that one was too long for this one's first word.
        # One that is half empty was ended on purpose: a byline above a long address.
        is_full = len(previous) > width / 2 and len(previous) + 1 + len(line.split(" ", 1)[0]) > width - 6
        if line and is_full and not _LIST_MARKER.match(line) and paragraphs:
            paragraphs[-1] = f"{paragraphs[-1]} {line}"
        elif line:
            paragraphs.append(line)
        previous = line
    return paragraphs
