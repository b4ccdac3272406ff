"""Social cards: the pictures that messengers and networks show with a link. What each says, and where it stands.

A card shows a name, a count and a few dates, and nothing of anybody's text. It depends on little, so that few edits
draw it again.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.core.formatting import counted, day
from site_gen.core.text import shorten
from site_gen.core.urls import UrlPath
from site_gen.pages import bar_charts
from site_gen.pages.views import glyph_widths

if TYPE_CHECKING:
    from site_gen.content.records import Logo, Tag
    from site_gen.core import calendar_months
    from site_gen.site.site import Site

FOLDER = "cards"
WIDTH, HEIGHT = 1200, 630
_ROOM = 1040  # pixels that a line of the name has
# The sizes that a name is tried in, and how many lines of each there is room for.
_SIZES = ((116, 2), (92, 2), (76, 3), (58, 4))
_LONGEST = 160  # characters of a name
_SMALL = 30  # the size of what stands above and below the name
_GAP = 40  # pixels at least between what stands side by side
_LOGO = 1.5  # how much larger a logo is than at the head of a page
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
_ARABIC_RUN = re.compile(
    "((?:[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u200c\u200d]|(?<=[\u0600-\u08ff])[ -](?=[\u0600-\u08ff]))+)"
)
_EITHER = re.compile(r"[0-9 !,.:-]+")  # what both have
_KANA, _HANGUL = "\u3041", "\uac00"


@dataclass(frozen=True, slots=True)
class SocialCard:
    """A card: what it is of, its name in lines of one size, what is counted, the bars of its months if there are any,
    and whose it is: the site's name, where that is not the card's, and its logo in so many pixels.

    cjk: the font for Chinese letters, which Japanese and Korean write in their own way.
    """

    label: str
    lines: tuple[str, ...]
    size: int
    cjk: str
    dir: str
    facts: str
    chart: bar_charts.Chart | None
    site: str
    logo: Logo | None
    logo_width: float
    logo_height: float


def site_card_url(site: Site) -> UrlPath | None:
    """The address of the site's own card; None where it has none."""
    return UrlPath(f"/{FOLDER}/site.png") if _has_cards(site) else None


def entity_card_url(site: Site, tag: Tag) -> UrlPath | None:
    """The address of an entity's card."""
    return UrlPath(f"/{FOLDER}{site.url(tag).removesuffix('/')}.png") if _has_cards(site) else None


def article_card_url(site: Site, url: UrlPath) -> UrlPath | None:
    """The address of an article's card."""
    return (
        UrlPath(f"/{FOLDER}{url.removesuffix('/')}.png") if site.config().cards == "all" and _has_cards(site) else None
    )


def _has_cards(site: Site) -> bool:
    return site.config().cards != "none" and not site.links().offline


def site_card(site: Site) -> SocialCard:
    """The site's title, and how much there is."""
    config, totals = site.config(), site.totals()
    facts = f"{counted(totals.articles, 'article')} from {counted(totals.outlets, 'outlet')}"
    months = dict(site.dated_months())
    return _social_card(site, config.tagline, config.title, facts, months)


def entity_card(site: Site, tag: Tag) -> SocialCard:
    """An entity's name, how many articles name it, and in which years."""
    summary = site.summary(tag)
    years = sorted({year for (year, _), _ in summary.months})
    span = [f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])] if years else []
    facts = " · ".join([counted(summary.articles, "article"), *span])
    return _social_card(site, site.kind(tag.kind).singular, site.name(tag), facts, dict(summary.months))


def article_card(site: Site, url: UrlPath) -> SocialCard:
    """An article's title, where it is from, and its day."""
    _, card, _ = site.article(url)
    return _social_card(site, card.outlet, card.title, day(card.published) if card.published else "", {})


def _social_card(site: Site, label: str, name: str, facts: str, months: dict[calendar_months.Month, int]) -> SocialCard:
    size, lines = fit_name(without_foreign_signs(name))
    chart = bar_charts.coverage_chart(months, min(months), max(months)) if months else None
    config, logo = site.config(), site.logo()
    wide, high = (logo.width * _LOGO, logo.height * _LOGO) if logo else (0.0, 0.0)
    whose = (
        "" if name == config.title or (logo and config.style.masthead == "logo") else config.style.name or config.title
    )
    room = _ROOM / _SMALL - _ems(facts) - (_GAP + wide) / _SMALL
    return SocialCard(
        label=fit_text(label, _ROOM / _SMALL),
        lines=lines,
        size=size,
        cjk=_cjk(name),
        dir=_direction(name),
        facts=facts,
        chart=chart,
        site=fit_text(whose, room),
        logo=logo,
        logo_width=wide,
        logo_height=high,
    )


def fit_text(text: str, room: float) -> str:
    """A text, or as much of it as has room (in ems) before an ellipsis."""
    if _ems(text) <= room:
        return text
    while text and _ems(text) + _em("…") > room:
        text = text[:-1]
    return f"{text.rstrip(' .,')}…" if text else ""


def fit_name(name: str) -> tuple[int, tuple[str, ...]]:
    """The largest size that a name fits in, and its lines. One that fits in none is cut short."""
    name = shorten(name, _LONGEST)
    for size, most in _SIZES:
        lines = _wrapped(name, _ROOM / size)
        if len(lines) <= most:
            break
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut_line(lines[most - 1], _ROOM / size)]
    return size, tuple(lines)


def _cut_line(line: str, room: float) -> str:
    """A line with the sign that there was more. resvg lays every line from left to right, so that the end of one that
    is read from right to left is before it; and Noto's Arabic has no ellipsis."""
    sign = "..." if _ARABIC.search(line) else "…"
    while _ems(line) + _ems(sign) > room:
        line = line[:-1]
    line = line.rstrip(" .,")
    return f"{sign}{line}" if _direction(line) == "rtl" else f"{line}{sign}"


def _wrapped(text: str, room: float) -> list[str]:
    """A text in lines that are at most so many ems wide, cut at blanks, inside a word only where it is too long."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if _ems(joined) <= room and not _clash(lines[-1], word):
            lines[-1] = joined
            continue
        if lines[-1] and not _is_wide(word):
            lines.append("")
        elif lines[-1]:
            lines[-1] += " "
        for letter in word:
            if _ems(lines[-1] + letter) > room and not _is_mark(letter):
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line]


def _clash(line: str, word: str) -> bool:
    """Whether a word cannot stand on a line since one of both is Arabic and the other is not: resvg loses the letters
    of the first where it has to take another font for the second."""
    if not line or _EITHER.fullmatch(line) or _EITHER.fullmatch(word):
        return False
    return bool(_ARABIC.search(line)) != bool(_ARABIC.search(word))


def without_foreign_signs(name: str) -> str:
    """A name whose Arabic words hold nothing that Noto's Arabic has not."""
    if not _ARABIC.search(name):
        return name
    parts = _ARABIC_RUN.split(name)  # every second is Arabic
    return " ".join(part if at % 2 else part.strip("()[]{}\"'“”‘’«»–—…/|· ") for at, part in enumerate(parts)).strip()


def _is_wide(word: str) -> bool:
    """Whether a word is of a script that breaks anywhere."""
    return all(unicodedata.east_asian_width(letter) in "WF" for letter in word)


def _ems(text: str) -> float:
    """How wide a text is in a bold serif, in ems, or a little less: letters of some scripts join, and then need less
    room than one by one."""
    return sum(map(_em, text))


def _em(letter: str) -> float:
    known = _widths().get(letter)
    if known is not None:
        return known
    return 0.0 if _is_mark(letter) else 1.0  # as all letters of Chinese, Japanese and Korean are


def _is_mark(letter: str) -> bool:
    """Whether it stands over or under the letter before it."""
    return unicodedata.category(letter) in {"Mn", "Me", "Cf"}


@functools.cache
def _widths() -> dict[str, float]:
    return {
        chr(letter): (ord(sign) - glyph_widths.FIRST) * glyph_widths.STEP
        for first, signs in glyph_widths.RUNS
        for letter, sign in enumerate(signs, first)
    }


def _cjk(name: str) -> str:
    if any(_KANA <= letter <= "\u30ff" for letter in name):
        return "JP"
    return "KR" if any(_HANGUL <= letter <= "\ud7a3" for letter in name) else "SC"


def _direction(name: str) -> str:
    """As browsers find it for `dir=auto`: by the first letter that has one."""
    strong = next((found for found in map(unicodedata.bidirectional, name) if found in {"L", "R", "AL"}), "L")
    return "ltr" if strong == "L" else "rtl"
