"""Summary of an article: its page's own description where that is a real one, else two sentences of its text. Pure.

On human summaries of news the first two sentences reach ROUGE-1 .414, with the title's words weighed in .423, the
extractive methods less (LexRank .361, TextRank .351): `benchmarks/analysis/stories.py` measures ours. Nothing is
invented: each sentence stands in the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.content.markdown.sentences import split_sentences
from site_gen.content.markdown.spans import CELL_GAP
from site_gen.core.text import SENTENCE_END, countable_words, first_words, one_line, shorten, word_key
from site_gen.core.word_lists import WordLists
from site_gen.entities.lexicon import stop_words
from site_gen.entities.matching.normalization import normalize
from site_gen.site.analysis.minhash import UNSPACED_RUN, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Characters and words of a summary: a text that may not be shown may still be told in short.
MAX_SUMMARY, MAX_SUMMARY_WORDS = 360, 60
# Characters of a description that says something; of those that a list shows, the sentences that begin after are cut.
MIN_DESCRIPTION, MAX_DESCRIPTION, MAX_SHOWN_DESCRIPTION = 60, 300, 280
_MAX_SENTENCES = 10  # sentences at the head of a text that are looked at: there news say what they are about
_MAX_PARAGRAPHS = 200  # in which they are looked for: a table may stand before
_MIN_SENTENCE = 25  # letters: a shorter line says nothing by itself, it is a date, a place, a label
_MIN_PROSE_SHARE = 0.3  # of a line without a full stop that are small words: a menu has fewer
_MIN_TEXT_SHARE = 0.5  # of a description's words that the text has, too: one of the outlet has fewer
_CUT_END = 30  # letters at the end of a description by which its place in the text is found
_TRUNCATED = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*$")
_BEFORE_SENTENCE = re.compile(r"^[\s|•·*>\]})),;:]+")  # what is left of a table, a list or a picture
_ADDRESS_TO_READER = re.compile(
    r"(?i)\b(?:"
    + "|".join(
        re.escape(phrase).replace("\\ ", r"[\s-]+")
        for phrase in WordLists(__package__, "summary.txt").phrases("addresses to readers")
    )
    + r")\b"
)


def usable_description(
    text: str | None, title: str, paragraphs: Sequence[str], language: str, max_words: int = MAX_SUMMARY_WORDS
) -> str:
    """Return a page's own description on one line, where it says what the article says; else an empty text.

    It is of no use where it is too short or too long, cut off, or about the outlet: then it has no word of the title
    and few of the text. Its sentences that speak to the reader of an offer or a newsletter are left out. Whether other
    articles have the same is for the caller to tell. paragraphs: the article's, without headings; language: its tag.
    """
    line = one_line(text or "")
    if _length(line) < MIN_DESCRIPTION or len(line) > MAX_DESCRIPTION or _TRUNCATED.search(line):
        return ""
    if not SENTENCE_END.search(line):
        end = normalize(line).strip()[-_CUT_END:]
        if any(
            end in (normal := normalize(paragraph).strip()) and not normal.endswith(end) for paragraph in paragraphs
        ):
            return ""  # a piece of the text, cut off without a sign
    sentences = [part for part in split_sentences(line, language) if not _ADDRESS_TO_READER.search(part)]
    while len(sentences) > 1 and not _fits("".join(sentences).strip(), max_words, MAX_SHOWN_DESCRIPTION):
        sentences.pop()
    description = "".join(sentences).strip()
    if _length(description) < MIN_DESCRIPTION or len(description) > MAX_SHOWN_DESCRIPTION:
        return ""
    words = _content_words(description, language)
    if paragraphs and not words & _content_words(title, language):
        shared = words & _content_words(" ".join(paragraphs), language)
        if len(shared) < _MIN_TEXT_SHARE * len(words):
            return ""
    return description


def extract_opening(title: str, paragraphs: Sequence[str], language: str, max_words: int = MAX_SUMMARY_WORDS) -> str:
    """Return the two sentences that say most of a text, in its order: at its head, or with words of its title.

    At most MAX_SUMMARY characters and so many words: one sentence where two are longer, and where that is longer, too,
    it is cut at a word, with an ellipsis.
    Rows of tables, menus, labels, the title again and what speaks to the reader of an offer are no such sentences.
    Where a text has none, it is the first line that reads like prose, or the text itself if it is short; else it is
    empty. paragraphs: those that are no headings; language: their language tag.
    """
    title_words = _content_words(title, language)
    seen = {word_key(title)}
    scored: list[tuple[float, int, str]] = []  # the lower the score, the better
    prose = ""  # the first line that reads like prose and is no sentence
    for sentence in _sentences(paragraphs, language):
        if _length(sentence) < _MIN_SENTENCE or (key := word_key(sentence)) in seen:
            continue
        seen.add(key)
        words = tokenize(normalize(sentence))
        share = _small_word_share(words, language)
        if not _is_sentence(sentence) or not share:
            prose = prose or (sentence if share >= _MIN_PROSE_SHARE else "")
            continue
        place = len(scored)
        shared = len(title_words.intersection(words)) / (len(title_words) or 1)
        scored.append((-shared - (1.0 if place == 0 else 0.2 if place == 1 else 0.0), place, sentence))
        if len(scored) == _MAX_SENTENCES:
            break
    best = sorted(sorted(scored)[:2], key=lambda candidate: candidate[1])
    if not best:
        text = one_line(" ".join(paragraphs))
        is_short = _fits(text, max_words) and not any(map(_is_row, paragraphs))
        return _cut(text if is_short else prose, max_words)
    both = "".join(sentence if _length(sentence) > len(sentence) else f"{sentence} " for _, _, sentence in best).strip()
    return both if _fits(both, max_words) else _cut(min(best)[2], max_words)


def has_sentences(paragraph: str) -> bool:
    """Return whether a paragraph ends as a sentence does, and is no row of a table."""
    return not _is_row(paragraph) and bool(SENTENCE_END.search(paragraph.rstrip()))


def _cut(text: str, max_words: int) -> str:
    """Return a text, cut at a word with an ellipsis where it is too long for a summary."""
    return shorten(first_words(text, max_words), MAX_SUMMARY)


def _fits(text: str, max_words: int, max_length: int = MAX_SUMMARY) -> bool:
    return _length(text) <= max_length and len(countable_words(text)) <= max_words


def _length(text: str) -> int:
    """Return how long a text is in letters; a character of a script without blanks counts as two."""
    return len(text) if text.isascii() else len(text) + sum(map(len, UNSPACED_RUN.findall(text)))


def _content_words(text: str, language: str) -> set[str]:
    """Return the words of a text that say what it is about: no small words, no single letters."""
    stops = stop_words(language)
    return {word for word in tokenize(normalize(text)) if len(word) > 1 and word not in stops}


def _small_word_share(words: Sequence[str], language: str) -> float:
    """Return which share of some words are small ones, 1 in a language whose small words are not known."""
    stops = stop_words(language)
    return sum(word in stops for word in words) / max(1, len(words)) if stops else 1.0


def _is_row(paragraph: str) -> bool:
    """Return whether a paragraph is a row of a table, or was one before it lost its cells."""
    return CELL_GAP in paragraph or paragraph.count(" | ") > 1


def _is_sentence(sentence: str) -> bool:
    """Return whether a line is a whole sentence, and none that speaks to its reader."""
    return bool(SENTENCE_END.search(sentence) and sentence[0] not in "([" and not _ADDRESS_TO_READER.search(sentence))


def _sentences(paragraphs: Sequence[str], language: str) -> Iterator[str]:
    """Yield the sentences at the head of a text, and lines that are none, rows of tables aside."""
    begun = ""  # of a sentence that has no end in its paragraph
    for paragraph in paragraphs[:_MAX_PARAGRAPHS]:
        if _is_row(paragraph):
            continue
        for part in split_sentences(paragraph, language):
            line = _BEFORE_SENTENCE.sub("", one_line(part))
            if len(begun) >= _MIN_SENTENCE and line[:1].islower():  # a paragraph that was broken, as at a link
                line = f"{begun} {line}"
            elif begun:
                yield begun
            begun = "" if SENTENCE_END.search(line) else line
            if line and not begun:
                yield line
    if begun:
        yield begun
