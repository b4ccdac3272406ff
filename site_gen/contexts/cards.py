"""Social cards: the pictures that messengers and networks show with a link. What each says, and where it stands.

A card shows a name, a count and a few dates, and nothing of anybody's text. It depends on little, so that few edits
draw it again.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen import charts
from site_gen.phrases import counted, day
from site_gen.text import shorten
from site_gen.urls import UrlPath

if TYPE_CHECKING:
    from site_gen.model import Tag
    from site_gen.site import Site

FOLDER = "cards"
WIDTH, HEIGHT = 1200, 630
_ROOM = 1040  # pixels that a line of the name has
# The sizes that a name is tried in, and how many lines of each there is room for.
_SIZES = ((116, 2), (92, 2), (76, 3), (58, 4))
_LONGEST = 160  # characters of a name
_NARROW = frozenset("fijlrtI.,:;'’!|()[]-/ ")
_KANA, _HANGUL = "\u3041", "\uac00"


@dataclass(frozen=True, slots=True)
class Card:
    """A card: what it is of, its name in lines of one size, what is counted, the bars of its months if there are any.

    cjk: the font for Chinese letters, which Japanese and Korean write in their own way.
    """

    label: str
    lines: tuple[str, ...]
    size: int
    cjk: str
    dir: str
    facts: str
    chart: charts.Chart | None


def of_site(site: Site) -> UrlPath | None:
    """The address of the site's own card; None where it has none."""
    return UrlPath(f"/{FOLDER}/site.png") if _drawn(site) else None


def of_entity(site: Site, tag: Tag) -> UrlPath | None:
    """The address of an entity's card."""
    return UrlPath(f"/{FOLDER}{site.url(tag).removesuffix('/')}.png") if _drawn(site) else None


def of_article(site: Site, url: UrlPath) -> UrlPath | None:
    """The address of an article's card."""
    return UrlPath(f"/{FOLDER}{url.removesuffix('/')}.png") if site.config().cards == "all" and _drawn(site) else None


def _drawn(site: Site) -> bool:
    return site.config().cards != "none" and not site.links().offline


def site_card(site: Site) -> Card:
    """The site's title, and how much there is."""
    config, totals = site.config(), site.totals()
    facts = f"{counted(totals.articles, 'article')} from {counted(totals.outlets, 'outlet')}"
    months = dict(site.dated_months())
    return _card(config.tagline, config.title, facts, months)


def entity_card(site: Site, tag: Tag) -> Card:
    """An entity's name, how many articles name it, and in which years."""
    summary = site.summary(tag)
    years = sorted({year for (year, _), _ in summary.months})
    span = [f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])] if years else []
    facts = " · ".join([counted(summary.articles, "article"), *span])
    return _card(site.kind(tag.kind).singular, site.name(tag), facts, dict(summary.months))


def article_card(site: Site, url: UrlPath) -> Card:
    """An article's title, where it is from, and its day."""
    _, card, _ = site.article(url)
    return _card(card.outlet, card.title, day(card.published) if card.published else "", {})


def _card(label: str, name: str, facts: str, months: dict[charts.Month, int]) -> Card:
    size, lines = fitted(name)
    chart = charts.coverage(months, min(months), max(months)) if months else None
    return Card(shorten(label, 70), lines, size, _cjk(name), _direction(name), facts, chart)


def fitted(name: str) -> tuple[int, tuple[str, ...]]:
    """The largest size that a name fits in, and its lines. One that fits in none is cut short."""
    name = shorten(name, _LONGEST)
    for size, most in _SIZES:
        lines = _wrapped(name, _ROOM / size)
        if len(lines) <= most:
            break
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1].rstrip(' .,')}…"]
    return size, tuple(lines)


def _wrapped(text: str, room: float) -> list[str]:
    """A text in lines that are at most so many ems wide, cut at blanks, inside a word only where it is too long."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if _ems(joined) <= room:
            lines[-1] = joined
            continue
        if lines[-1] and not _is_wide(word):
            lines.append("")
        elif lines[-1]:
            lines[-1] += " "
        for letter in word:
            if _ems(lines[-1] + letter) > room and not unicodedata.combining(letter):
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line]


def _is_wide(word: str) -> bool:
    """Whether a word is of a script that breaks anywhere."""
    return all(unicodedata.east_asian_width(letter) in "WF" for letter in word)


def _ems(text: str) -> float:
    """About how wide a text is in a bold serif, in ems. Drawing measures better, but only once the lines are made."""
    return sum(map(_em, text))


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.36
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if unicodedata.combining(letter):
        return 0.0
    return 0.98 if letter in "mwMW@%&" else 0.76 if letter.isupper() else 0.62


def _cjk(name: str) -> str:
    if any(_KANA <= letter <= "\u30ff" for letter in name):
        return "JP"
    return "KR" if any(_HANGUL <= letter <= "\ud7a3" for letter in name) else "SC"


def _direction(name: str) -> str:
    """As browsers find it for `dir=auto`: by the first letter that has one."""
    strong = next((found for found in map(unicodedata.bidirectional, name) if found in {"L", "R", "AL"}), "L")
    return "ltr" if strong == "L" else "rtl"
