"""An article in short: its page's own description where that is a real one, else two sentences of its text. Pure.

On human summaries of news the first two sentences reach ROUGE-1 .414, with the title's words weighed in .423, the
extractive methods less (LexRank .361, TextRank .351): `benchmarks/tagging/stories.py` measures ours. Nothing is
invented: each sentence stands in the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.content.markdown.quotes import sentences
from site_gen.core.text import one_line, shorten
from site_gen.entities.lexicon import stop_words
from site_gen.entities.matching.normalization import normalize
from site_gen.site.analysis.minhash import UNSPACED_RUN, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_SUMMARY = 360  # characters of a summary, about 60 words: whose text it is may be told in short, not shown
MIN_DESCRIPTION, MAX_DESCRIPTION = 60, 300  # characters of a description that says something
_MOST_WORDS = 60
_LOOKED_AT = 10  # sentences at the head of a text, where news say what they are about
_SHORT = 25  # letters of a line that says nothing by itself: a date, a place, a label
_CUT = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\])\s*$")
_ENDED = re.compile(r"[.!?。！？؟।۔…][\"'”’»)\]」』）]*$")
# What a page says of its outlet, or of its reader, and not of its article.
_OF_THE_SITE = re.compile(
    r"(?i)\b(?:sign up|subscribe|newsletter|log ?in|cookies?|all rights reserved|copyright|latest news|breaking news|"
    r"read more|click here|official site|your source|visit our|follow us|find out more|powered by|"
    r"abonnieren|abonnez|suscríb|registr(?:ier|é)|alle rechte vorbehalten|tous droits réservés)\b"
)
# No end of a sentence, where sentencex sees one: initials, titles and hours of other languages than English.
_GOES_ON = re.compile(r"(?:^|[\s(«“])(?:[^\W\d_]|Mme|Mlle|MM|Mgr|Sra?|Srta|Dña?|[ap]\. ?m|г|ул|руб)\.\s*$")


def usable_description(text: str | None, paragraphs: Sequence[str]) -> str:
    """A page's own description on one line, where it says what the article says; else nothing: too short or long, cut
    off, or about the outlet. Whether other articles have the same is for the site to tell."""
    line = one_line(text or "")
    if (
        not _length(line) >= MIN_DESCRIPTION
        or len(line) > MAX_DESCRIPTION
        or _CUT.search(line)
        or _OF_THE_SITE.search(line)
    ):
        return ""
    if not _ENDED.search(line):
        start = normalize(line).rstrip()
        if any(normalize(paragraph).startswith(start) for paragraph in paragraphs[:3]):
            return ""  # the head of the text, cut off without a sign
    return line


def extract_opening(title: str, paragraphs: Sequence[str], language: str) -> str:
    """The two sentences of a text that tell most of it, in its order: those at its head, and those that share words
    with its title. At most LONGEST characters and 60 words; a single sentence that is longer is cut at a word, with an
    ellipsis. Empty for a text without any.

    paragraphs: those that are no headings; language: their language tag.
    """
    small = stop_words(language)
    wanted = {word for word in tokenize(normalize(title)) if word not in small}
    found: list[tuple[float, int, str]] = []
    for place, sentence in enumerate(_sentences(paragraphs, language)):
        if place >= _LOOKED_AT:
            break
        shared = len(wanted.intersection(tokenize(normalize(sentence)))) / (len(wanted) or 1)
        found.append((-shared - (1.0 if place == 0 else 0.2 if place == 1 else 0.0), place, sentence))
    best = sorted(sorted(found)[:2], key=lambda scored: scored[1])
    if not best:
        return shorten(one_line(next(iter(paragraphs), "")), MAX_SUMMARY)
    both = "".join(sentence if _length(sentence) > len(sentence) else f"{sentence} " for _, _, sentence in best).strip()
    if _fits(both):
        return both
    alone = min(best)[2]
    return alone if _fits(alone) else shorten(" ".join(alone.split()[:_MOST_WORDS]), MAX_SUMMARY - 1).rstrip("…") + "…"


def _fits(text: str) -> bool:
    return _length(text) <= MAX_SUMMARY and len(text.split()) <= _MOST_WORDS


def _length(text: str) -> int:
    """The letters of a text; a character of a script without blanks says as much as two."""
    return len(text) if text.isascii() else len(text) + sum(map(len, UNSPACED_RUN.findall(text)))


def _sentences(paragraphs: Sequence[str], language: str) -> Iterator[str]:
    """The sentences at the head of a text that are long enough to say something, each on one line."""
    for paragraph in paragraphs[:_LOOKED_AT]:
        held = ""
        for part in sentences(paragraph, language):
            held += part
            if _GOES_ON.search(part):
                continue
            if _length(line := one_line(held)) >= _SHORT:
                yield line
            held = ""
        if _length(line := one_line(held)) >= _SHORT:
            yield line
