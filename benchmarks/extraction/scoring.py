"""What a page's text and facts are worth beside what people say stands in it.

Words are compared without case and punctuation; scripts that part no words, character by character.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

WORD = re.compile(r"\w+")
UNSPACED = re.compile("([\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
BETWEEN_NAMES = re.compile(r"\s*(?:;|,|\||&|\band\b|\bund\b|\bet\b|\by\b)\s*")
BEFORE_NAMES = re.compile(r"^\s*(?:by|von|par|por|di)\b[:\s]+", re.IGNORECASE)


def even(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "").lower()


def tokens(text: str | None) -> list[str]:
    return WORD.findall(UNSPACED.sub(r" \1 ", even(text)))


def line(text: str | None) -> str:
    """A title as a row of words."""
    return " ".join(WORD.findall(even((text or "").replace("’", "'"))))


def token_f1(found: str | None, wanted: str | None) -> float:
    """F1 over the bags of words."""
    one, two = Counter(tokens(found)), Counter(tokens(wanted))
    if not one or not two:
        return float(not one and not two)
    return 2 * (one & two).total() / (one.total() + two.total())


def shingles(text: str | None, size: int = 4) -> Counter[tuple[str, ...]]:
    row = WORD.findall(text or "")
    return Counter(tuple(row[at : at + size]) for at in range(max(1, len(row) - size + 1)) if row)


def shingle_f1(pairs: Iterable[tuple[str | None, str]]) -> float:
    """Scrapinghub's measure: precision and recall over rows of four words, each meant over the pages."""
    precision, recall = [], []
    for found, wanted in pairs:
        one, two = shingles(found), shingles(wanted)
        shared = (one & two).total()
        if one:
            precision.append(shared / one.total())
        if two:
            recall.append(shared / two.total())
    p, r = statistics.fmean(precision or [0.0]), statistics.fmean(recall or [0.0])
    return 2 * p * r / (p + r) if p + r else 0.0


def names(value: str | Iterable[str] | None) -> set[str]:
    text = value if isinstance(value, str) else "; ".join(value or ())
    bare = BEFORE_NAMES.sub("", unicodedata.normalize("NFKC", text))
    return {key for part in BETWEEN_NAMES.split(bare) if (key := line(part))}


def address(url: str | None) -> str:
    bare = re.sub(r"^https?://(www\.)?", "", (url or "").strip(), flags=re.IGNORECASE)
    return re.sub(r"[#?].*$", "", bare).rstrip("/").lower()


Row = Mapping[str, Any]
# Name of a measure -> (what the gold must have for it, what it gives for (found, gold)).
MEASURES: dict[str, tuple[str, Callable[[Row, Row], float]]] = {
    "title": ("title", lambda p, g: line(p.get("title")) == line(g["title"])),
    "author": ("author", lambda p, g: names(p.get("author")) == names(g["author"])),
    "wrong author": (
        "author",
        lambda p, g: bool(names(p.get("author"))) and not names(p.get("author")) & names(g["author"]),
    ),
    "day": ("date", lambda p, g: (p.get("date") or "")[:10] == g["date"][:10]),
    "day, sure": (
        "date",
        lambda p, g: not p.get("guess") and (p.get("date") or "")[:10] == g["date"][:10],
    ),
    "invented": ("nodate", lambda p, _: bool(p.get("date"))),
    "inv., sure": ("nodate", lambda p, _: bool(p.get("date")) and not p.get("guess")),
    "tokens": ("text", lambda p, g: token_f1(p.get("text"), g["text"])),
    "bad": ("text", lambda p, g: token_f1(p.get("text"), g["text"]) < 0.5),
    "exact": ("text", lambda p, g: WORD.findall(p.get("text") or "") == WORD.findall(g["text"])),
    "url": ("url", lambda p, g: address(p.get("url")) == address(g["url"])),
    "outlet": (
        "sitename",
        lambda p, g: re.sub(r"\W", "", line(p.get("site"))) == re.sub(r"\W", "", line(g["sitename"])),
    ),
}


def score(gold: Mapping[str, Row], found: Mapping[str, Row]) -> dict[str, float]:
    """The mean of each measure over the pages whose gold has its field."""
    values: dict[str, list[float]] = defaultdict(list)
    for key, wanted in gold.items():
        for name, (needs, measure) in MEASURES.items():
            if wanted.get(needs):
                values[name].append(float(measure(found.get(key) or {}, wanted)))
    means = {name: statistics.fmean(row) for name, row in values.items()}
    pairs = [((found.get(key) or {}).get("text"), g["text"]) for key, g in gold.items() if "text" in g]
    return means | ({"4-shingles": shingle_f1(pairs)} if pairs else {})
