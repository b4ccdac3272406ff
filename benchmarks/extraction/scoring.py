"""Measure the text and facts extracted from a page against what people marked in it (the gold).

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


def fold_case(text: str | None) -> str:
    return unicodedata.normalize("NFKC", text or "").lower()


def tokens(text: str | None) -> list[str]:
    return WORD.findall(UNSPACED.sub(r" \1 ", fold_case(text)))


def word_line(text: str | None) -> str:
    """Return the words of a title in lower case, with a blank between them."""
    return " ".join(WORD.findall(fold_case((text or "").replace("’", "'"))))


def token_f1(extracted: str | None, gold: str | None) -> float:
    """Return F1 over the two bags of words, from 0 to 1."""
    extracted_words, gold_words = Counter(tokens(extracted)), Counter(tokens(gold))
    if not extracted_words or not gold_words:
        return float(not extracted_words and not gold_words)
    return 2 * (extracted_words & gold_words).total() / (extracted_words.total() + gold_words.total())


def shingles(text: str | None, size: int = 4) -> Counter[tuple[str, ...]]:
    """Return how often each row of `size` words stands in a text."""
    row = WORD.findall(text or "")
    return Counter(tuple(row[start : start + size]) for start in range(max(1, len(row) - size + 1)) if row)


def shingle_f1(pairs: Iterable[tuple[str | None, str]]) -> float:
    """Return Scrapinghub's measure of pairs (extracted text, gold text).

    It is F1 of precision and recall over rows of four words, each of them the mean over the pages.
    """
    precisions, recalls = [], []
    for extracted, gold in pairs:
        extracted_rows, gold_rows = shingles(extracted), shingles(gold)
        shared = (extracted_rows & gold_rows).total()
        if extracted_rows:
            precisions.append(shared / extracted_rows.total())
        if gold_rows:
            recalls.append(shared / gold_rows.total())
    precision, recall = statistics.fmean(precisions or [0.0]), statistics.fmean(recalls or [0.0])
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def author_names(value: str | Iterable[str] | None) -> set[str]:
    """Return the names in a byline or in a list of names, as rows of words."""
    text = value if isinstance(value, str) else "; ".join(value or ())
    bare = BEFORE_NAMES.sub("", unicodedata.normalize("NFKC", text))
    return {key for part in BETWEEN_NAMES.split(bare) if (key := word_line(part))}


def plain_address(url: str | None) -> str:
    """Return an address without scheme, `www.`, query, fragment and last slash."""
    bare = re.sub(r"^https?://(www\.)?", "", (url or "").strip(), flags=re.IGNORECASE)
    return re.sub(r"[#?].*$", "", bare).rstrip("/").lower()


Row = Mapping[str, Any]
# Name of a measure -> (the field that the gold must have for it, the measure of (extracted, gold)).
MEASURES: dict[str, tuple[str, Callable[[Row, Row], float]]] = {
    "title": ("title", lambda p, g: word_line(p.get("title")) == word_line(g["title"])),
    "author": ("author", lambda p, g: author_names(p.get("author")) == author_names(g["author"])),
    "wrong author": (
        "author",
        lambda p, g: (
            bool(author_names(p.get("author"))) and not author_names(p.get("author")) & author_names(g["author"])
        ),
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
    "url": ("url", lambda p, g: plain_address(p.get("url")) == plain_address(g["url"])),
    "outlet": (
        "sitename",
        lambda p, g: re.sub(r"\W", "", word_line(p.get("site"))) == re.sub(r"\W", "", word_line(g["sitename"])),
    ),
}


def score(gold: Mapping[str, Row], extracted: Mapping[str, Row]) -> dict[str, float]:
    """Return the mean of each measure over the pages whose gold has its field.

    gold, extracted: the facts of each page, by its id
    """
    values: dict[str, list[float]] = defaultdict(list)
    for key, row in gold.items():
        for name, (field, measure) in MEASURES.items():
            if row.get(field):
                values[name].append(float(measure(extracted.get(key) or {}, row)))
    means = {name: statistics.fmean(numbers) for name, numbers in values.items()}
    pairs = [((extracted.get(key) or {}).get("text"), row["text"]) for key, row in gold.items() if "text" in row]
    return means | ({"4-shingles": shingle_f1(pairs)} if pairs else {})
