"""An article out of plain text that was copied from a page, menus and all.

Each line gets a score: prose by its length, stop words and end punctuation counts up, furniture counts
down, the more the longer a stretch of it lasts. The article is the stretch with the greatest sum
(Kadane's algorithm), cut where a tail begins ("Leave a Reply"). The title stands above it and its words
come back in it.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass

import justext

from site_gen.extract.labels import is_label, is_notice, is_tail
from site_gen.text import same_words, words

_LANGUAGES = {
    "English": "en", "German": "de", "French": "fr", "Spanish": "es", "Italian": "it", "Portuguese": "pt",
    "Dutch": "nl", "Polish": "pl", "Russian": "ru", "Czech": "cs", "Swedish": "sv", "Danish": "da",
    "Hungarian": "hu", "Turkish": "tr", "Arabic": "ar", "Hebrew": "he", "Greek": "el", "Romanian": "ro",
}  # fmt: skip
_END = re.compile(r"[.!?…。！？؟۔:;\"”’»)\]]\s*$")
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔][\"”’»)\]]*\s*$")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_UNSPACED_STOPS = re.compile("[。，、！？]")
_URL = re.compile(r"https?://\S+")
_NO_PAGE = re.compile(r"\.(?:gif|png|jpe?g|webp|svg|js|css)$|/(?:collect|pixel|beacon|track(?:ing)?)\b", re.IGNORECASE)
_BYLINE = re.compile(r"^(?:by|von|par|por|di|door|av|words by|text by|written by)\s*:?\s+(?=\S)", re.IGNORECASE)
_STRUCTURE = re.compile(r"^(?:[-*•–]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class PlainText:
    """What was found: `paragraphs` of the article, and the lines above it that may tell byline and date."""

    title: str | None
    paragraphs: tuple[str, ...]
    above: tuple[str, ...]
    language: str | None
    source: str | None


def article(text: str) -> PlainText:
    """The article in a plain text. `paragraphs` is empty when no line of it is prose."""
    lines = _unwrapped([line.strip() for line in text.split("\n")])
    if not lines:
        return PlainText(None, (), (), None, None)
    language, stops = _language([line for line in lines if len(line) > 60] or lines)
    keys = [same_words(line) for line in lines]
    often = Counter(keys)
    good = [_is_prose(line, stops) for line in lines]
    if not any(good):
        return PlainText(None, (), (), language, None)
    first, last = _best_run(_scores(lines, keys, often, good))
    last = _cut_tail(lines, good, first, last)
    opening = next(i for i in range(first, last + 1) if good[i])
    title_at = _title_at(lines, keys, often, good, first, last, opening, stops)
    title = lines[title_at] if title_at is not None else None
    kept: list[str] = []
    seen: set[str] = {keys[title_at]} if title_at is not None else set()
    start = first if title_at is None else max(first, title_at + 1)
    for index in range(start, last + 1):
        line, key = lines[index], keys[index]
        if key in seen or (not good[index] and (is_label(line) or is_notice(line) or _BYLINE.match(line))):
            continue
        if index < opening and not _SENTENCE_END.search(line):  # byline, date, section: not the text yet
            continue
        if len(key.split()) >= 6 or good[index]:
            seen.add(key)
        kept.append(line)
    above = tuple(lines[:opening])
    source = _address([*above, *lines[-3:]], title or "")
    return PlainText(_without_site(title, lines, opening), tuple(kept), above, language, source)


def _address(lines: list[str], title: str) -> str | None:
    """The page's address among lines that hold little else: the one whose path shares most words with the
    title. Trackers and pictures have addresses too, so a path that says nothing counts least."""
    best: tuple[int, str] | None = None
    for line in lines:
        match = _URL.search(line)
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


def _unwrapped(lines: list[str]) -> list[str]:
    """Lines as paragraphs: text that was wrapped at a fixed width is joined again."""
    lengths = sorted(len(line) for line in lines if line)
    if len(lengths) >= 8:
        width = lengths[int(0.9 * (len(lengths) - 1))]
        full = sum(0.6 * width <= n <= width + 2 for n in lengths) / len(lengths)
        if 50 <= width <= 100 and lengths[-1] <= width + 25 and full > 0.4:
            return _joined(lines, width)
    return [re.sub(r"[ \t]+", " ", line) for line in lines if line]


def _joined(lines: list[str], width: int) -> list[str]:
    out: list[str] = []
    previous = ""
    for line in lines:
        # A line goes on the one before it only if that one was too long for this one's first word.
        # One that is half empty was ended on purpose: a byline above a long address.
        full = len(previous) > width / 2 and len(previous) + 1 + len(line.split(" ", 1)[0]) > width - 6
        if line and full and not _STRUCTURE.match(line) and out:
            out[-1] = f"{out[-1]} {line}"
        elif line:
            out.append(line)
        previous = line
    return out


@functools.cache
def _stop_words() -> dict[str, frozenset[str]]:
    return {code: frozenset(justext.get_stoplist(name)) for name, code in _LANGUAGES.items()}


def _language(lines: list[str]) -> tuple[str | None, frozenset[str]]:
    """The language whose stop words cover most of the text, if they cover more than an eighth of it."""
    counts = Counter([word for line in lines for word in words(line)][:4000])
    total = sum(counts.values())
    if not total:
        return None, frozenset()
    sample = "".join(lines)[:4000]
    if len(_UNSPACED.findall(sample)) > len(sample) * 0.3:
        kana, hangul = re.search("[\u3040-\u30ff]", sample), re.search("[\uac00-\ud7af]", sample)
        thai = re.search("[\u0e00-\u0e7f]", sample)
        return ("ja" if kana else "ko" if hangul else "th" if thai else "zh"), frozenset()
    covered = {
        code: sum(n for word, n in counts.items() if word in stops) / total / len(stops) ** 0.15
        for code, stops in _stop_words().items()
    }
    best = max(sorted(covered), key=lambda code: covered[code])
    stops = _stop_words()[best]
    share = sum(n for word, n in counts.items() if word in stops) / total
    return (best, stops) if share > 0.12 else (None, frozenset())


def language(text: str) -> str | None:
    """The language that a text's own words tell, or None."""
    return _language(text.split("\n"))[0]


def _is_prose(line: str, stops: frozenset[str]) -> bool:
    """Whether a line is a paragraph: long enough, with stop words, ending as sentences do."""
    if is_label(line) or is_notice(line):
        return False
    if len(_UNSPACED.findall(line)) > 10:
        return len(line) >= 25 and bool(_UNSPACED_STOPS.search(line))
    found = words(line)
    if len(re.findall(r"[|•·»›]", line)) > max(2, len(found) * 0.15):
        return False
    if not stops:
        return len(found) >= 15 and bool(_END.search(line))
    density = sum(word in stops for word in found) / max(1, len(found))
    if len(found) >= 12 and density >= 0.25 and (_END.search(line) or len(found) >= 25):
        return True
    return len(found) >= 30 and density >= 0.18


def _scores(lines: list[str], keys: list[str], often: Counter[str], good: list[bool]) -> list[float]:
    scores: list[float] = []
    run = 0  # poor lines in a row
    for line, key, prose in zip(lines, keys, good, strict=True):
        if prose:
            scores.append(min(len(line), 700) / 60)
            run = 0
            continue
        furniture = is_label(line) or is_notice(line)
        if (
            not furniture
            and _SENTENCE_END.search(line)
            and (len(key.split()) >= 5 or len(_UNSPACED.findall(line)) >= 8)
        ):
            scores.append(0.3)  # a short sentence: said in dialogue, or a lead
            continue
        run += 1
        scores.append(-min(2.0, 0.1 + 0.06 * run) - 0.8 * furniture - 0.5 * (often[key] > 2))
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


def _cut_tail(lines: list[str], good: list[bool], first: int, last: int) -> int:
    """Where the article ends if a tail begins inside the stretch and most of the prose is past."""
    total = sum(len(lines[i]) for i in range(first, last + 1) if good[i])
    past = 0
    for index in range(first, last + 1):
        if is_tail(lines[index]) and past >= 0.6 * total:
            return max(index - 1, first)
        past += len(lines[index]) if good[index] else 0
    return last


def _title_at(
    lines: list[str], keys: list[str], often: Counter[str], good: list[bool],
    first: int, last: int, opening: int, stops: frozenset[str],
) -> int | None:  # fmt: skip
    """The line above the first paragraph that is most like a title of what follows."""
    body = Counter(
        word for i in range(first, last + 1) if good[i] for word in set(_pieces(keys[i])) if _tells(word, stops)
    )
    best: tuple[float, int] | None = None
    for index in range(min(opening + 1, len(lines))):
        line, found = lines[index], keys[index].split()
        unspaced = len(_UNSPACED.findall(line))
        if not (2 <= len(found) <= 30 or 6 <= unspaced <= 60) or len(line) > 220:
            continue
        if is_label(line) or is_notice(line) or _BYLINE.match(line) or (index == opening and good[index]):
            continue
        telling = [word for word in _pieces(keys[index]) if _tells(word, stops)]
        overlap = sum(word in body for word in telling) / len(telling) if telling else 0.0
        score = 2.2 * overlap + (1.0 if 5 <= len(found) <= 20 or unspaced >= 8 else 0.3)
        score += 1.5 * (often[keys[index]] == 2) - 2.0 * (often[keys[index]] > 3)
        score += 0.25 * min(4, len(telling)) * (overlap > 0.4) - 0.06 * min(opening - index, 30)
        score -= 1.2 * bool(re.search(r"[.;,]\s*$", line)) + 0.8 * bool(re.search(r"[›»>/|]", line))
        score -= 1.5 * (len(found) <= 7 and bool(re.search(r"\b(?:19|20)\d\d\b", line)))
        score -= 1.8 * bool(re.match(r"(?i)\W*(?:posted|published|updated|photo|image|credit|source|last)\b", line))
        score -= 2.0 * bool(_URL.search(line))
        if score > 1.2 and (best is None or score >= best[0]):
            best = (score, index)
    return best[1] if best else None


def _pieces(key: str) -> list[str]:
    """The words of a line; where a script sets no blanks between them, pairs of letters stand for words."""
    return [
        piece
        for word in key.split()
        for piece in ([word[i : i + 2] for i in range(max(1, len(word) - 1))] if _UNSPACED.search(word) else [word])
    ]


def _tells(word: str, stops: frozenset[str]) -> bool:
    return word not in stops and (len(word) > 2 or bool(_UNSPACED.match(word)))


def _without_site(title: str | None, lines: list[str], opening: int) -> str | None:
    """`Title | Outlet` without the outlet, where the title also stands alone near it."""
    if title is None:
        return None
    alone = {same_words(line) for line in lines[: opening + 3]}
    for gap in (" | ", " - ", " – ", " — ", " · "):
        head, found, tail = title.rpartition(gap)
        if found and len(tail.split()) <= 5 and same_words(head) in alone:
            return head.strip()
    return title


def byline(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The authors that a line `By A. Writer and B. Other | …` above an article names."""
    for line in lines:
        if _BYLINE.match(line) and len(line) < 120:
            names = re.split(r"\s*[|•·]\s*|\s+[-–—]\s+|,\s*(?=\d|[A-Z][a-z]+ \d)", _BYLINE.sub("", line))[0]
            found = [n.strip(" ,.") for n in re.split(r"\s*(?:,|&|\band\b|\bund\b|\bet\b|\by\b)\s*", names)]
            return tuple(n for n in found if 2 <= len(n) <= 60 and not re.search(r"\d", n))
    return ()
