"""Which line of a copied page is its title: a linear score over what stands in and around each line.

Lines are weighed by hand-readable features; their weights were learnt from pages whose titles are known
(`benchmarks/extraction/plain_weights.py`). Equal lines stand for one title, so their chances add up.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.core.text import words
from site_gen.ingest.extract.copied_text.line_weights import TITLE
from site_gen.ingest.extract.copied_text.text_lines import URL, Line

if TYPE_CHECKING:
    from collections.abc import Sequence

_GAP = re.compile(r"\s+[|·•»›>–—/-]\s+|\s*\|\s*|\s*[»›]\s*")
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d+)*[.):]\s*|step \d|[#№]\s*\d)", re.IGNORECASE)
_CREDIT = re.compile(r"(?i)\W*(?:posted|published|updated|photos?|images?|credits?|source|last|by|via)\b")
_CAPITAL = re.compile(r"[^\W\d_]")
_LONGEST = 220  # characters of a title
_NEAR = 4  # lines below a title in which byline and date stand


@dataclass(frozen=True, slots=True)
class Title:
    """The line at `index` is the title as `text`; `chance` (0 to 1) is the share of all lines' weight it has."""

    index: int
    text: str
    chance: float


def candidates(lines: Sequence[Line], last: int) -> list[int]:
    """The indexes of lines down to `last` that could be a title at all."""
    return [
        index
        for index, line in enumerate(lines[: last + 1])
        if 1 <= line.size <= 40 and len(line.text) <= _LONGEST and not line.furniture and not URL.fullmatch(line.text)
        and not line.minutes
    ]  # fmt: skip


def features(lines: Sequence[Line], body: tuple[int, int], indexes: Sequence[int]) -> list[dict[str, float]]:
    """What is known of each candidate line, by name; `body` is where the article's text is thought to be."""
    first, last = body
    opening = next((i for i in range(first, last + 1) if lines[i].prose), first)
    told = Counter(piece for line in lines[first : last + 1] if line.prose for piece in set(line.telling))
    most = max(told.values(), default=1)
    heads = Counter(piece for line in lines if not line.prose and line.size <= 25 for piece in set(line.telling))
    prefixes: dict[str, int] = defaultdict(int)  # lines that are this one with a site's name or a path around it
    for line in {line.key: line for line in lines}.values():
        if line.size <= 45:
            for part in parts(line.text):
                prefixes[part] += 1
    seen: set[str] = set()
    firsts: dict[str, int] = {}
    for index, line in enumerate(lines):
        firsts.setdefault(line.key, index)
    prose_before = [0] * (len(lines) + 1)
    for index, line in enumerate(lines):
        prose_before[index + 1] = prose_before[index] + line.prose
    out = []
    for index in indexes:
        line = lines[index]
        telling = line.telling
        overlap = sum(piece in told for piece in telling) / len(telling) if telling else 0.0
        weight = sum(math.log1p(told[piece]) for piece in telling) / math.log1p(most) if telling else 0.0
        below = lines[index + 1 : index + 1 + _NEAR]
        above = lines[max(0, index - 3) : index]
        after = next((k for k, other in enumerate(lines[index + 1 : index + 30]) if other.prose), 30)
        raw = line.text.split()
        capitals = [w for w in raw if _CAPITAL.match(w)]
        upper = sum(w[0].isupper() for w in capitals) / len(capitals) if capitals else 0.0
        size = line.size
        menu = sum(other.size <= 4 and not other.day and not other.byline for other in below[:3])
        menu_above = sum(other.size <= 4 and not other.day for other in above)
        byline = any(other.byline for other in below)
        day = any(other.day for other in below)
        minutes = any(other.minutes for other in below)
        out.append({
            "one word": size == 1,
            "two words": size == 2,
            "three words": size == 3,
            "four or five words": 4 <= size <= 5,
            "six to eight words": 6 <= size <= 8,
            "nine to fourteen words": 9 <= size <= 14,
            "over eighteen words": 18 < size <= 24,
            "over 24 words": size > 24,
            "prose": line.prose,
            "ends with a full stop": line.text[-1:] in ".。;,",
            "ends with : or …": line.text[-1:] in ":：…",
            "asks or calls": line.text[-1:] in "?!？！",
            "has a colon": bool(re.search(r"\w[:：]\s", line.text)),
            "has a separator": bool(_GAP.search(line.text)),
            "numbered": bool(_NUMBERED.match(line.text)),
            "begins as a credit": bool(_CREDIT.match(line.text)),
            "byline": line.byline,
            "day": line.day,
            "begins small": line.text[:1].islower(),
            "share of capitals": upper,
            "all capitals": line.text.isupper() and size > 1,
            "has a digit": any(map(str.isdigit, line.text)),
            "stands twice": line.often == 2,
            "stands thrice": line.often == 3,
            "stands more often": line.often > 3,
            "again above": line.key in seen and firsts[line.key] != index,
            "again right above": any(other.key == line.key for other in above),
            "with something around it": min(2, prefixes[line.key]),
            "in the body, share": overlap,
            "in the body, weight": min(weight, 6) / 2,
            "in the body, share of three or more": overlap * (len(telling) >= 3),
            "in headings": sum(heads[piece] > line.often for piece in telling) / max(1, len(telling)),
            "prose next": after == 0,
            "prose within 3": 1 <= after <= 3,
            "prose within 8": 4 <= after <= 8,
            "no prose within 20": after > 20,
            "day below": day,
            "day right below": bool(below) and below[0].day,
            "byline below": byline,
            "minutes below": minutes,
            "day right above": bool(above) and above[-1].day,
            "body's first prose below": index < opening,
            "lines above the first prose": -math.log1p(opening - index) if index < opening else 0.0,
            "lines below the first prose": -math.log1p(index - opening) if index >= opening else 0.0,
            "share of prose above": prose_before[index] / max(1, prose_before[-1]),
            "prose above": prose_before[index] > 0,
            "position": index / len(lines),
            "first line": index == 0,
            "in the first lines": index < 4,
            "short lines below": menu,
            "short lines above": menu_above,
            "label right above": bool(above) and above[-1].furniture,
            "label right below": bool(below) and below[0].furniture,
            "sentence right below": bool(below) and below[0].sentence and below[0].size >= 6,
            "long among its neighbours": size > max((o.size for o in (*above[-2:], *below[:1])), default=0),
            "twice and before prose": line.often >= 2 and after <= 8,
        })  # fmt: skip
        seen.add(line.key)
    return out


def parts(text: str) -> list[str]:
    """The keys of what stands before and after each separator of a line (`Title | Outlet`, `Home > Title`)."""
    out = []
    for gap in _GAP.finditer(text):
        out.append(" ".join(words(text[: gap.start()])))
        out.append(" ".join(words(text[gap.end() :])))
    return [part for part in out if part]


def title_of(lines: Sequence[Line], body: tuple[int, int]) -> Title | None:
    """The most likely title of the article whose text stands at `body` (first and last index), or None."""
    indexes = candidates(lines, body[1])
    if not indexes:
        return None
    scores = [
        sum(TITLE[name] * value for name, value in found.items() if value) for found in features(lines, body, indexes)
    ]
    most = max(scores)
    weights = [math.exp(score - most) for score in scores]
    chances: dict[str, float] = defaultdict(float)
    for index, weight in zip(indexes, weights, strict=True):
        chances[lines[index].key] += weight
    key = max(chances, key=lambda key: chances[key])  # the first of equals
    _, index = max((weight, -index) for index, weight in zip(indexes, weights, strict=True) if lines[index].key == key)
    return Title(-index, _alone(lines, -index), chances[key] / sum(weights))


def _alone(lines: Sequence[Line], index: int) -> str:
    """The title without what a page hangs on it (`Title | Outlet`, `Home > Title`), where it also stands alone."""
    text = lines[index].text
    others = {line.key for line in lines if line.key != lines[index].key and line.size >= 3}
    for gap in _GAP.finditer(text):
        for part in (text[: gap.start()], text[gap.end() :]):
            if " ".join(words(part)) in others:
                return part.strip()
    return text
