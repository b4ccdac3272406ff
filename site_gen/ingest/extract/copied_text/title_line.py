"""Which line of a copied page is its title: a conditional logit over what stands in and around each line.

Each candidate line has features (`title_features`); `title_weights.json` holds what a feature adds to the logarithm
of the odds that the line is the title. The weights were learnt from pages whose titles are known, by
`benchmarks/extraction/title_weights.py`. Equal lines stand for one title, so their chances add up.
"""

from __future__ import annotations

import importlib.resources
import json
import math
import re
from collections import Counter, defaultdict
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.core.text import words
from site_gen.ingest.extract.copied_text.text_lines import URL, TextLine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WEIGHTS_FILE = "title_weights.json"
WEIGHTS: dict[str, float] = json.loads(
    importlib.resources.files(__package__).joinpath(WEIGHTS_FILE).read_text(encoding="utf-8")
)
_SEPARATOR = re.compile(r"(?<!\s)\s+[|·•»›>–—/-]\s+|(?:(?<!\s)\s+)?[|»›]\s*")
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d+)*[.):]\s*|step \d|[#№]\s*\d)", re.IGNORECASE)
_CREDIT = re.compile(r"(?i)\W*(?:posted|published|updated|photos?|images?|credits?|source|last|by|via)\b")
_LETTER = re.compile(r"[^\W\d_]")
_MAX_LENGTH = 220  # characters of a title
_MOST_SEPARATORS = 50  # of a line that are looked at
_LINES_BELOW = 4  # in which byline and date stand
_FAR = 30  # lines; prose that is farther below a title is not looked for


class TitleLine(Struct, frozen=True):
    """The line of a page that is its title."""

    index: int  # among the page's lines
    text: str  # the title, without the outlet's name where it also stands alone
    chance: float  # 0 to 1: how likely it is the title


def find_candidates(lines: Sequence[TextLine], last: int) -> list[int]:
    """Return the indexes of the lines down to index `last` that could be a title at all."""
    return [
        index
        for index, line in enumerate(lines[: last + 1])
        if 1 <= line.size <= 40
        and len(line.text) <= _MAX_LENGTH
        and not line.is_boilerplate
        and not URL.fullmatch(line.text)
        and not line.has_reading_time
    ]


def title_features(
    lines: Sequence[TextLine], body: tuple[int, int], candidates: Sequence[int]
) -> list[dict[str, float]]:
    """Return the features of each candidate line, by the names that `title_weights.json` has for them.

    body: first and last index of the lines that are thought to be the article's text.
    """
    first, last = body
    opening = next((index for index in range(first, last + 1) if lines[index].is_prose), first)
    # Of each topic word: in how many lines of the article's prose it stands, and in how many short lines of the page.
    in_body = Counter(word for line in lines[first : last + 1] if line.is_prose for word in set(line.topic_words))
    most_in_body = max(in_body.values(), default=1)
    in_headings = Counter(
        word for line in lines if not line.is_prose and line.size <= 25 for word in set(line.topic_words)
    )
    longer_versions = _count_longer_versions(lines)
    first_indexes: dict[str, int] = {}
    for index, line in enumerate(lines):
        first_indexes.setdefault(line.key, index)
    prose_above = [0] * (len(lines) + 1)  # of each line: how many of those above it are prose
    for index, line in enumerate(lines):
        prose_above[index + 1] = prose_above[index] + line.is_prose
    seen_keys: set[str] = set()  # of the candidates above
    features = []
    for index in candidates:
        line = lines[index]
        size = line.size
        topic_words = line.topic_words
        share_in_body = sum(word in in_body for word in topic_words) / len(topic_words) if topic_words else 0.0
        weight_in_body = (
            sum(math.log1p(in_body[word]) for word in topic_words) / math.log1p(most_in_body) if topic_words else 0.0
        )
        below = lines[index + 1 : index + 1 + _LINES_BELOW]
        above = lines[max(0, index - 3) : index]
        to_prose = next((n for n, later in enumerate(lines[index + 1 : index + _FAR]) if later.is_prose), _FAR)
        features.append(
            {
                "one word": size == 1,
                "two words": size == 2,
                "three words": size == 3,
                "four or five words": 4 <= size <= 5,
                "six to eight words": 6 <= size <= 8,
                "nine to fourteen words": 9 <= size <= 14,
                "over eighteen words": 18 < size <= 24,
                "over 24 words": size > 24,
                "prose": line.is_prose,
                "ends with a full stop": line.text[-1:] in ".。;,",
                "ends with : or …": line.text[-1:] in ":：…",
                "asks or calls": line.text[-1:] in "?!？！",
                "has a colon": bool(re.search(r"\w[:：]\s", line.text)),
                "has a separator": bool(_SEPARATOR.search(line.text)),
                "numbered": bool(_NUMBERED.match(line.text)),
                "begins as a credit": bool(_CREDIT.match(line.text)),
                "byline": line.is_byline,
                "day": line.has_date,
                "begins small": line.text[:1].islower(),
                "share of capitals": _share_of_capitals(line.text),
                "all capitals": line.text.isupper() and size > 1,
                "has a digit": any(map(str.isdigit, line.text)),
                "stands twice": line.occurrences == 2,
                "stands thrice": line.occurrences == 3,
                "stands more often": line.occurrences > 3,
                "again above": line.key in seen_keys and first_indexes[line.key] != index,
                "again right above": any(earlier.key == line.key for earlier in above),
                "with something around it": min(2, longer_versions[line.key]),
                "in the body, share": share_in_body,
                "in the body, weight": min(weight_in_body, 6) / 2,
                "in the body, share of three or more": share_in_body * (len(topic_words) >= 3),
                "in headings": sum(in_headings[word] > line.occurrences for word in topic_words)
                / max(1, len(topic_words)),
                "prose next": to_prose == 0,
                "prose within 3": 1 <= to_prose <= 3,
                "prose within 8": 4 <= to_prose <= 8,
                "no prose within 20": to_prose > 20,
                "day below": any(later.has_date for later in below),
                "day right below": bool(below) and below[0].has_date,
                "byline below": any(later.is_byline for later in below),
                "minutes below": any(later.has_reading_time for later in below),
                "day right above": bool(above) and above[-1].has_date,
                "body's first prose below": index < opening,
                "lines above the first prose": -math.log1p(opening - index) if index < opening else 0.0,
                "lines below the first prose": -math.log1p(index - opening) if index >= opening else 0.0,
                "share of prose above": prose_above[index] / max(1, prose_above[-1]),
                "prose above": prose_above[index] > 0,
                "position": index / len(lines),
                "first line": index == 0,
                "in the first lines": index < 4,
                "short lines below": sum(
                    later.size <= 4 and not later.has_date and not later.is_byline for later in below[:3]
                ),
                "short lines above": sum(earlier.size <= 4 and not earlier.has_date for earlier in above),
                "label right above": bool(above) and above[-1].is_boilerplate,
                "label right below": bool(below) and below[0].is_boilerplate,
                "sentence right below": bool(below) and below[0].ends_sentence and below[0].size >= 6,
                "long among its neighbours": size > max((near.size for near in (*above[-2:], *below[:1])), default=0),
                "twice and before prose": line.occurrences >= 2 and to_prose <= 8,
            }
        )
        seen_keys.add(line.key)
    return features


def _count_longer_versions(lines: Sequence[TextLine]) -> dict[str, int]:
    """Count for each key the distinct lines that are it with a site's name or a path around it."""
    counts: dict[str, int] = defaultdict(int)
    for line in {line.key: line for line in lines}.values():
        if line.size <= 45:
            for key in separated_keys(line.text):
                counts[key] += 1
    return counts


def _share_of_capitals(text: str) -> float:
    """Return the share of the words that begin with a letter whose letter is a capital."""
    words_with_letter = [word for word in text.split() if _LETTER.match(word)]
    if not words_with_letter:
        return 0.0
    return sum(word[0].isupper() for word in words_with_letter) / len(words_with_letter)


def separated_keys(text: str) -> list[str]:
    """Return the keys of what stands before and after each separator of a line (`Title | Outlet`, `Home > Title`)."""
    keys = (" ".join(words(part)) for part in _separated_parts(text))
    return [key for key in keys if key]


def _separated_parts(text: str) -> Iterator[str]:
    """Yield what stands before and after each of the first separators of a line."""
    for separator in islice(_SEPARATOR.finditer(text), _MOST_SEPARATORS):
        yield text[: separator.start()]
        yield text[separator.end() :]


def choose_title_line(lines: Sequence[TextLine], body: tuple[int, int]) -> TitleLine | None:
    """Return the most likely title of the article whose text stands at `body` (first and last index), or None."""
    candidates = find_candidates(lines, body[1])
    if not candidates:
        return None
    scores = [
        sum(WEIGHTS[name] * value for name, value in features.items() if value)
        for features in title_features(lines, body, candidates)
    ]
    highest = max(scores)
    odds = [math.exp(score - highest) for score in scores]
    odds_by_key: dict[str, float] = defaultdict(float)
    for index, line_odds in zip(candidates, odds, strict=True):
        odds_by_key[lines[index].key] += line_odds
    best_key = max(odds_by_key, key=lambda key: odds_by_key[key])  # the first of equals
    _, negative_index = max(
        (line_odds, -index) for index, line_odds in zip(candidates, odds, strict=True) if lines[index].key == best_key
    )
    best = -negative_index
    return TitleLine(best, _text_alone(lines, best), odds_by_key[best_key] / sum(odds))


def _text_alone(lines: Sequence[TextLine], index: int) -> str:
    """Return the title without what a page adds (`Title | Outlet`, `Home > Title`), where it also stands alone."""
    text = lines[index].text
    other_keys = {line.key for line in lines if line.key != lines[index].key and line.size >= 3}
    for part in _separated_parts(text):
        if " ".join(words(part)) in other_keys:
            return part.strip()
    return text
