"""Summary of an article: its page's own description where that is a real one, else two sentences of its text. Pure.

On human summaries of news the first two sentences reach ROUGE-1 .414, with the title's words weighed in .423, the
extractive methods less (LexRank .361, TextRank .351): `benchmarks/analysis/stories.py` measures ours. Nothing is
invented: each sentence stands in the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.content.markdown.quotes import split_sentences
from site_gen.core.text import one_line, shorten
from site_gen.entities.lexicon import stop_words
from site_gen.entities.matching.normalization import normalize
from site_gen.site.analysis.minhash import UNSPACED_RUN, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Characters of a summary, about 60 words: a text that may not be shown may still be told in short.
MAX_SUMMARY = 360
_MAX_WORDS = 60
MIN_DESCRIPTION, MAX_DESCRIPTION = 60, 300  # characters of a description that says something
_MAX_SENTENCES = 10  # sentences at the head of a text that are looked at: there news say what they are about
_MIN_SENTENCE = 25  # letters: a shorter line says nothing by itself, it is a date, a place, a label
_TRUNCATED = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*$")
_SENTENCE_END = re.compile(r"[.!?。！？؟।۔…][\"'”’»)\]」』）]*$")
# What a page says of its outlet, or to its reader, and not of its article.
_BOILERPLATE = re.compile(
    r"(?i)\b(?:sign up|subscribe|newsletter|log ?in|cookies?|all rights reserved|copyright|latest news|breaking news|"
    r"read more|click here|official site|your source|visit our|follow us|find out more|powered by|"
    r"abonnieren|abonnez|suscríb|registr(?:ier|é)|alle rechte vorbehalten|tous droits réservés)\b"
)
# No end of a sentence, where sentencex sees one: initials, titles and hours of other languages than English.
_ABBREVIATION_END = re.compile(r"(?:^|[\s(«“])(?:[^\W\d_]|Mme|Mlle|MM|Mgr|Sra?|Srta|Dña?|[ap]\. ?m|г|ул|руб)\.\s*$")


def usable_description(text: str | None, paragraphs: Sequence[str]) -> str:
    """Return a page's own description on one line, where it says what the article says; else an empty text.

    It is of no use where it is too short or too long, cut off, or about the outlet. Whether other articles have the
    same is for the caller to tell. paragraphs: the article's, without headings.
    """
    line = one_line(text or "")
    if _length(line) < MIN_DESCRIPTION or len(line) > MAX_DESCRIPTION:
        return ""
    if _TRUNCATED.search(line) or _BOILERPLATE.search(line):
        return ""
    if not _SENTENCE_END.search(line):
        start = normalize(line).rstrip()
        if any(normalize(paragraph).startswith(start) for paragraph in paragraphs[:3]):
            return ""  # the head of the text, cut off without a sign
    return line


def extract_opening(title: str, paragraphs: Sequence[str], language: str) -> str:
    """Return the two sentences that say most of a text, in its order: at its head, or with words of its title.

    At most MAX_SUMMARY characters and 60 words; a single sentence that is longer is cut at a word, with an ellipsis.
    Empty for a text without any. paragraphs: those that are no headings; language: their language tag.
    """
    stops = stop_words(language)
    title_words = {word for word in tokenize(normalize(title)) if word not in stops}
    scored: list[tuple[float, int, str]] = []  # the lower the score, the better
    for place, sentence in enumerate(_sentences(paragraphs, language)):
        if place >= _MAX_SENTENCES:
            break
        shared = len(title_words.intersection(tokenize(normalize(sentence)))) / (len(title_words) or 1)
        scored.append((-shared - (1.0 if place == 0 else 0.2 if place == 1 else 0.0), place, sentence))
    best = sorted(sorted(scored)[:2], key=lambda candidate: candidate[1])
    if not best:
        return shorten(one_line(next(iter(paragraphs), "")), MAX_SUMMARY)
    both = "".join(sentence if _length(sentence) > len(sentence) else f"{sentence} " for _, _, sentence in best).strip()
    if _fits(both):
        return both
    single = min(best)[2]
    if _fits(single):
        return single
    return shorten(" ".join(single.split()[:_MAX_WORDS]), MAX_SUMMARY - 1).rstrip("…") + "…"


def _fits(text: str) -> bool:
    return _length(text) <= MAX_SUMMARY and len(text.split()) <= _MAX_WORDS


def _length(text: str) -> int:
    """Return how long a text is in letters; a character of a script without blanks counts as two."""
    return len(text) if text.isascii() else len(text) + sum(map(len, UNSPACED_RUN.findall(text)))


def _sentences(paragraphs: Sequence[str], language: str) -> Iterator[str]:
    """Yield the sentences at the head of a text that are long enough to say something, each on one line."""
    for paragraph in paragraphs[:_MAX_SENTENCES]:
        pending = ""
        for part in split_sentences(paragraph, language):
            pending += part
            if _ABBREVIATION_END.search(part):
                continue
            if _length(line := one_line(pending)) >= _MIN_SENTENCE:
                yield line
            pending = ""
        if _length(line := one_line(pending)) >= _MIN_SENTENCE:
            yield line
