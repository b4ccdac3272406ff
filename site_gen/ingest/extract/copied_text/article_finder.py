"""The article in plain text that was copied from a page, menus and all.

Each line gets a score: prose by its length, stop words and end punctuation counts up, boilerplate counts down,
the more the longer a stretch of it lasts. The article is the stretch with the greatest sum (Kadane's algorithm),
cut where a tail begins ("Leave a Reply"), and it begins below its title.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.core.text import words
from site_gen.ingest.extract.copied_text import bylines, text_lines
from site_gen.ingest.extract.copied_text.language_detection import detect_language
from site_gen.ingest.extract.copied_text.text_lines import URL, TextLine
from site_gen.ingest.extract.copied_text.title_line import TitleLine, choose_title_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOT_A_PAGE = re.compile(
    r"\.(?:gif|png|jpe?g|webp|svg|js|css)$|/(?:collect|pixel|beacon|track(?:ing)?)\b", re.IGNORECASE
)


class CopiedArticle(Struct, frozen=True):
    """An article among the lines of a copied page."""

    title: TitleLine | None  # None where no line looks like one
    paragraphs: tuple[str, ...]  # in order; empty where no line is prose
    indexes: tuple[int, ...]  # of each paragraph: its index among the page's lines
    authors: tuple[str, ...]  # names in the byline
    nearby_lines: tuple[TextLine, ...]  # lines around the title, which may give the date
    language: str | None  # language tag
    source: str | None  # the page's address, where a line gives it
    prose_words: int  # words of the paragraphs that read like prose


def find_article(text: str) -> CopiedArticle:
    """Find the article in a plain text; its paragraphs are empty where no line is prose."""
    return find_article_in_lines(text_lines.split_lines(text))


def find_article_in_lines(texts: Sequence[str], heading: int | None = None) -> CopiedArticle:
    """Find the article among the lines or paragraphs of a page.

    heading: index of the one that is its title, where something else tells it.
    """
    language, stop_words = detect_language([text for text in texts if len(text) > 60] or texts)
    lines = text_lines.analyze_lines(texts, stop_words)
    if not any(line.is_prose for line in lines):
        return CopiedArticle(None, (), (), (), (), language, None, 0)
    first, last = find_body(lines)
    opening = next(index for index in range(first, last + 1) if lines[index].is_prose)
    title = choose_title_line(lines, (first, last)) if heading is None else TitleLine(heading, texts[heading], 1.0)
    indexes = _article_lines(lines, (first, last), opening, title)
    if not indexes:  # a text so short that its one paragraph looked like a title
        title, indexes = None, _article_lines(lines, (first, last), opening, None)
    above = [line.text for line in lines[:opening]]
    source = _page_address([*above, *(line.text for line in lines[-3:])], title.text if title else "")
    nearby_lines = bylines.lines_around_title(lines, title.index if title else opening - 1)
    return CopiedArticle(
        title=title,
        paragraphs=tuple(lines[index].text for index in indexes),
        indexes=tuple(indexes),
        authors=bylines.find_authors(nearby_lines, lines),
        nearby_lines=tuple(nearby_lines),
        language=language,
        source=source,
        prose_words=sum(lines[index].size for index in range(indexes[0], last + 1) if lines[index].is_prose),
    )


def _article_lines(
    lines: Sequence[TextLine], body: tuple[int, int], opening: int, title: TitleLine | None
) -> list[int]:
    """Return the indexes of the body's lines that are the article's, below its title.

    body: first and last index of the text. opening: index of its first prose.
    """
    first, last = body
    indexes: list[int] = []
    seen_keys: set[str] = {lines[title.index].key} if title else set()
    start = first if title is None or title.index > last else max(first, title.index + 1)
    for index in range(start, last + 1):
        line = lines[index]
        if line.key in seen_keys or (not line.is_prose and (line.is_boilerplate or line.is_byline)):
            continue
        if index < opening and not line.ends_sentence:  # byline, date, section: not the text yet
            continue
        if line.size >= 6 or line.is_prose:
            seen_keys.add(line.key)
        indexes.append(index)
    return indexes


def _page_address(texts: Sequence[str], title: str) -> str | None:
    """Return the page's address among lines that hold little else: the one whose path shares most words with the title.

    Trackers and pictures have addresses too, so a path that says nothing counts least.
    """
    best: tuple[int, str] | None = None
    for text in texts:
        match = URL.search(text)
        if not match or len(text) > len(match[0]) + 30:
            continue
        url = match[0].rstrip(").,")
        path = re.sub(r"^https?://[^/]*|[?#].*$", "", url)
        if not path.strip("/") or _NOT_A_PAGE.search(path):
            continue
        shared_words = len(set(words(path)) & set(words(title)))
        if best is None or shared_words > best[0]:
            best = (shared_words, url)
    return best[1] if best else None


def find_body(lines: Sequence[TextLine]) -> tuple[int, int]:
    """Return the first and last index of the article's lines; at least one of all lines must be prose."""
    first, last = _best_run(_line_scores(lines))
    return first, _cut_tail(lines, first, last)


def _line_scores(lines: Sequence[TextLine]) -> list[float]:
    """Return what each line adds to the score of an article that holds it.

    The numbers were chosen on one half of real copies and checked on the other
    (`benchmarks/extraction/copied_text.py`).
    """
    # Of each topic word: in how many lines of prose it stands.
    topics = Counter(word for line in lines if line.is_prose for word in set(line.topic_words))
    prose_total = max(1, sum(len(line.text) for line in lines if line.is_prose))  # characters
    scores: list[float] = []
    seen_keys: set[str] = set()
    poor_lines = 0  # in a row
    prose_above = 0  # characters
    for line in lines:
        # A list or table of the article speaks of what its prose speaks of; a menu does not.
        topical = sum(topics[word] >= 2 for word in line.topic_words) / max(1, len(line.topic_words))
        if line.is_prose:
            score = 0.0 if line.key in seen_keys and line.size >= 3 else min(len(line.text), 500) / 75
            prose_above += len(line.text)
            poor_lines = 0
        elif not line.is_boilerplate and line.ends_sentence and line.size >= (4 if line.is_unspaced else 5):
            score = 0.3 + topical  # a short sentence: said in dialogue, or a lead
        else:
            poor_lines += 1
            penalty = min(0.6, 0.2 + 0.1 * poor_lines)
            score = topical - penalty - 2.0 * line.is_boilerplate - 0.5 * (line.occurrences > 2)
        if line.is_tail:
            score -= 10.0 * prose_above / prose_total
        seen_keys.add(line.key)
        scores.append(score)
    return scores


def _best_run(scores: Sequence[float]) -> tuple[int, int]:
    """Return the first and last index of the stretch with the greatest sum."""
    best_sum, bounds = 0.0, (0, len(scores) - 1)
    current_sum, start = 0.0, 0
    for index, score in enumerate(scores):
        if current_sum <= 0:
            current_sum, start = 0.0, index
        current_sum += score
        if current_sum > best_sum:
            best_sum, bounds = current_sum, (start, index)
    return bounds


def _cut_tail(lines: Sequence[TextLine], first: int, last: int) -> int:
    """Return where the article ends if a tail begins inside the stretch after most of its prose."""
    prose_total = sum(len(lines[index].text) for index in range(first, last + 1) if lines[index].is_prose)
    prose_above = 0
    for index in range(first, last + 1):
        if lines[index].is_tail and prose_above >= 0.7 * prose_total:
            return max(index - 1, first)
        prose_above += len(lines[index].text) if lines[index].is_prose else 0
    return last
