"""An article out of plain text that was copied from a page, menus and all.

Each line gets a score: prose by its length, stop words and end punctuation counts up, furniture counts
down, the more the longer a stretch of it lasts. The article is the stretch with the greatest sum
(Kadane's algorithm), cut where a tail begins ("Leave a Reply"), and it begins below its title.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from site_gen.core.text import words
from site_gen.ingest.extract.copied_text import bylines, text_lines
from site_gen.ingest.extract.copied_text.text_lines import URL, Line
from site_gen.ingest.extract.copied_text.title_line import Title, title_of

_NO_PAGE = re.compile(r"\.(?:gif|png|jpe?g|webp|svg|js|css)$|/(?:collect|pixel|beacon|track(?:ing)?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PlainText:
    """What was found: `paragraphs` of the article and where they stood (`at`, indexes of lines), its `authors`,
    and the lines `near` its title that may tell the day. `prose` counts the words of those paragraphs that
    read like prose."""

    title: Title | None
    paragraphs: tuple[str, ...]
    at: tuple[int, ...]
    authors: tuple[str, ...]
    near: tuple[Line, ...]
    language: str | None
    source: str | None
    prose: int


def article(text: str) -> PlainText:
    """The article in a plain text. `paragraphs` is empty when no line of it is prose."""
    return article_of(text_lines.unwrapped(text))


def article_of(texts: list[str], heading: int | None = None) -> PlainText:
    """The article among the paragraphs of a page. `heading`: which of them is known to be its title."""
    language, stops = text_lines.language([line for line in texts if len(line) > 60] or texts)
    lines = text_lines.look(texts, stops)
    if not any(line.prose for line in lines):
        return PlainText(None, (), (), (), (), language, None, 0)
    first, last = body_of(lines)
    opening = next(i for i in range(first, last + 1) if lines[i].prose)
    title = title_of(lines, (first, last)) if heading is None else Title(heading, texts[heading], 1.0)
    kept = _kept(lines, (first, last), opening, title)
    if not kept:  # a text so short that its one paragraph looked like a title
        title, kept = None, _kept(lines, (first, last), opening, None)
    above = [line.text for line in lines[:opening]]
    source = _address([*above, *(line.text for line in lines[-3:])], title.text if title else "")
    near = bylines.around(lines, title.index if title else opening - 1)
    return PlainText(
        title=title,
        paragraphs=tuple(lines[index].text for index in kept),
        at=tuple(kept),
        authors=bylines.authors(near, lines),
        near=tuple(near),
        language=language,
        source=source,
        prose=sum(lines[index].size for index in range(kept[0], last + 1) if lines[index].prose),
    )


def _kept(lines: list[Line], body: tuple[int, int], opening: int, title: Title | None) -> list[int]:
    """Which lines of the body are the article's, below its title. `opening` is its first prose."""
    first, last = body
    kept: list[int] = []
    seen: set[str] = {lines[title.index].key} if title else set()
    start = first if title is None or title.index > last else max(first, title.index + 1)
    for index in range(start, last + 1):
        line = lines[index]
        if line.key in seen or (not line.prose and (line.furniture or line.byline)):
            continue
        if index < opening and not line.sentence:  # byline, date, section: not the text yet
            continue
        if line.size >= 6 or line.prose:
            seen.add(line.key)
        kept.append(index)
    return kept


def _address(lines: list[str], title: str) -> str | None:
    """The page's address among lines that hold little else: the one whose path shares most words with the
    title. Trackers and pictures have addresses too, so a path that says nothing counts least."""
    best: tuple[int, str] | None = None
    for line in lines:
        match = URL.search(line)
        if not match or len(line) > len(match[0]) + 30:
            continue
        url = match[0].rstrip(").,")
        path = re.sub(r"^https?://[^/]*|[?#].*$", "", url)
        if not path.strip("/") or _NO_PAGE.search(path):
            continue
        shared = len(set(words(path)) & set(words(title)))
        if best is None or shared > best[0]:
            best = (shared, url)
    return best[1] if best else None


def language(text: str) -> str | None:
    """The language that a text's own words tell, or None."""
    return text_lines.language(text.split("\n"))[0]


def body_of(lines: list[Line]) -> tuple[int, int]:
    """First and last index of the article's lines, when one of all lines is prose."""
    first, last = _best_run(_scores(lines))
    return first, _cut_tail(lines, first, last)


def _scores(lines: list[Line]) -> list[float]:
    """What each line adds to an article that holds it. The numbers were chosen on one half of real copies and
    checked on the other (`benchmarks/extraction/plain.py`)."""
    told = Counter(piece for line in lines if line.prose for piece in set(line.telling))
    total = max(1, sum(len(line.text) for line in lines if line.prose))
    scores: list[float] = []
    seen: set[str] = set()
    poor = 0  # poor lines in a row
    past = 0  # characters of prose above
    for line in lines:
        telling = line.telling
        # A list or table of the article speaks of what its prose speaks of; a menu does not.
        topical = sum(told[piece] >= 2 for piece in telling) / len(telling) if telling else 0.0
        if line.prose:
            score = 0.0 if line.key in seen and line.size >= 3 else min(len(line.text), 500) / 75
            past += len(line.text)
            poor = 0
        elif not line.furniture and line.sentence and line.size >= (4 if line.unspaced else 5):
            score = 0.3 + topical  # a short sentence: said in dialogue, or a lead
        else:
            poor += 1
            score = topical - min(0.6, 0.2 + 0.1 * poor) - 2.0 * line.furniture - 0.5 * (line.often > 2)
        if line.tail:
            score -= 10.0 * past / total
        seen.add(line.key)
        scores.append(score)
    return scores


def _best_run(scores: list[float]) -> tuple[int, int]:
    """First and last index of the stretch with the greatest sum."""
    best, bounds = 0.0, (0, len(scores) - 1)
    current, start = 0.0, 0
    for index, score in enumerate(scores):
        if current <= 0:
            current, start = 0.0, index
        current += score
        if current > best:
            best, bounds = current, (start, index)
    return bounds


def _cut_tail(lines: list[Line], first: int, last: int) -> int:
    """Where the article ends if a tail begins inside the stretch and most of the prose is past."""
    total = sum(len(lines[i].text) for i in range(first, last + 1) if lines[i].prose)
    past = 0
    for index in range(first, last + 1):
        if lines[index].tail and past >= 0.7 * total:
            return max(index - 1, first)
        past += len(lines[index].text) if lines[index].prose else 0
    return last
