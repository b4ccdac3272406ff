"""Social cards: what the pictures say that messengers and networks show with a link, and where they stand.

A card shows a name, a count and a few dates, and nothing of anybody's text. It depends on little, so that few edits
draw it again. `templates/card.svg` lays it out; resvg makes a PNG of it (`build.card_png`).

SVG has no line breaks, so lines are broken here, by the widths in `glyph_widths.json`. Those are measured by
`benchmarks/pages/glyph_widths.py` from the fonts that draw the card.
"""

from __future__ import annotations

import functools
import importlib.resources
import json
import re
import unicodedata
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.core.text import shorten
from site_gen.core.urls import UrlPath
from site_gen.pages import bar_charts
from site_gen.pages.language import language_of
from site_gen.site import articles, coverage, directory, theme

if TYPE_CHECKING:
    from site_gen.content.records import Logo, Tag
    from site_gen.core import calendar_months
    from site_gen.site.database import SiteDatabase

FOLDER = "cards"  # of the site
WIDTH, HEIGHT = 1200, 630  # pixels
_LINE_WIDTH = 1040  # pixels that a line of text may take
# Font sizes that a name is tried in, in pixels, and how many lines of each there is room for.
_NAME_SIZES = ((116, 2), (92, 2), (76, 3), (58, 4))
_MAX_NAME_LENGTH = 160  # characters
_SMALL_SIZE = 30  # font size of the lines above and below the name, in pixels
_GAP = 40  # pixels at least between two things that stand side by side
_LOGO_SCALE = 1.5  # size of the logo, compared with that at the head of a page
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff]")
# Arabic words, with the joiners, blanks and hyphens inside of a run of them.
_ARABIC_RUN = re.compile(
    "((?:[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\u200c\u200d]|(?<=[\u0600-\u08ff])[ -](?=[\u0600-\u08ff]))+)"
)
_SHARED_SIGNS = re.compile(r"[0-9 !,.:-]+")  # what Noto's Arabic and its Latin fonts both have
# Pictures among letters (emoji), with what joins and colours them (Unicode Technical Standard 51).
_PICTURES = re.compile(
    "[\u20e3\u2600-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\U0001f000-\U0001fbff]\u200d?|[\U000e0020-\U000e007f]"
)
_FIRST_KANA, _LAST_KANA = "\u3041", "\u30ff"
_FIRST_HANGUL, _LAST_HANGUL = "\uac00", "\ud7a3"


class SocialCard(Struct, frozen=True):
    """What a social card shows."""

    label: str  # above the name: an entity's kind, an article's outlet, the site's tagline
    lines: tuple[str, ...]  # the name
    size: int  # font size of the name, in pixels
    cjk: str  # which Noto Sans CJK draws Chinese letters: "JP", "KR", "SC"; each language writes them in its own way
    dir: str  # direction of the name: "ltr" or "rtl"
    facts: str  # counts and dates, below the name
    chart: bar_charts.Chart | None  # coverage over time; None where no day is certain
    site: str  # the site's name; empty where the card is of the site itself, or the logo says it
    logo: Logo | None  # the site's
    logo_width: float  # pixels; 0 without a logo
    logo_height: float  # pixels; 0 without a logo


def site_card_url(site: SiteDatabase) -> UrlPath | None:
    """Return the address of the site's own card; None where the site has no cards."""
    return UrlPath(f"/{FOLDER}/site.png") if _has_cards(site) else None


def entity_card_url(site: SiteDatabase, tag: Tag) -> UrlPath | None:
    """Return the address of an entity's card; None where the site has no cards."""
    return UrlPath(f"/{FOLDER}{directory.url(site, tag).removesuffix('/')}.png") if _has_cards(site) else None


def article_card_url(site: SiteDatabase, url: UrlPath) -> UrlPath | None:
    """Return the address of an article's card; None unless `site.yaml` says `cards: all`."""
    if site.config.cards != "all" or not _has_cards(site):
        return None
    return UrlPath(f"/{FOLDER}{url.removesuffix('/')}.png")


def _has_cards(site: SiteDatabase) -> bool:
    return site.config.cards != "none" and not site.links.offline


def site_card(site: SiteDatabase) -> SocialCard:
    """Make the site's card: its title, and how much there is."""
    config, totals = site.config, articles.totals(site)
    language = language_of(site)
    facts = language.articles(totals.articles)
    facts += f" {language.from_outlets(totals.outlets)}"
    months = {month: count for month, count, _ in articles.dated_months(site) if count}
    return _social_card(site, config.tagline, config.title, facts, months)


def entity_card(site: SiteDatabase, tag: Tag) -> SocialCard:
    """Make an entity's card: its name, how many articles name it, and in which years."""
    summary = coverage.summary(site, tag)
    years = sorted({year for (year, _), _ in summary.months})
    span = [f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])] if years else []
    count = language_of(site).articles(summary.articles)
    facts = " · ".join([count, *span])
    return _social_card(
        site, site.config.kind(tag.kind).singular, directory.name(site, tag), facts, dict(summary.months)
    )


def article_card(site: SiteDatabase, url: UrlPath) -> SocialCard:
    """Make an article's card: its title, its outlet, and its day."""
    _, card, _ = articles.article(site, url)
    return _social_card(
        site, card.outlet, card.title, language_of(site).day(card.published) if card.published else "", {}
    )


def _social_card(
    site: SiteDatabase, label: str, name: str, facts: str, months: dict[calendar_months.Month, int]
) -> SocialCard:
    size, lines = fit_name(separate_arabic(without_pictures(name)))
    chart = bar_charts.coverage_chart(months, min(months), max(months)) if months else None
    config, logo = site.config, theme.logo(site)
    logo_width, logo_height = (logo.width * _LOGO_SCALE, logo.height * _LOGO_SCALE) if logo else (0.0, 0.0)
    is_site_named = name == config.title or (logo and config.theme.masthead == "logo")
    site_name = "" if is_site_named else config.theme.name or config.title
    site_width = _LINE_WIDTH / _SMALL_SIZE - _text_width(facts) - (_GAP + logo_width) / _SMALL_SIZE
    return SocialCard(
        label=cut_to_width(without_pictures(label), _LINE_WIDTH / _SMALL_SIZE),
        lines=lines,
        size=size,
        cjk=_cjk_font(name),
        dir=_direction(name),
        facts=facts,
        chart=chart,
        site=cut_to_width(without_pictures(site_name), site_width),
        logo=logo,
        logo_width=logo_width,
        logo_height=logo_height,
    )


def without_pictures(text: str) -> str:
    """Return a text without the emoji that no font of ours has, unless it is nothing else."""
    widths = _glyph_widths()
    letters = _PICTURES.sub(lambda match: match[0] if match[0] in widths else "", text)
    return " ".join(letters.split()) or text


def cut_to_width(text: str, width: float) -> str:
    """Return a text, or as much of it as fits before an ellipsis. width: in ems."""
    if _text_width(text) <= width:
        return text
    while text and _text_width(text) + _letter_width("…") > width:
        text = text[:-1]
    return f"{text.rstrip(' .,')}…" if text else ""


def fit_name(name: str) -> tuple[int, tuple[str, ...]]:
    """Return the largest font size that a name fits in, in pixels, and its lines.

    A name that fits in none is cut short at the smallest.
    """
    name = shorten(name, _MAX_NAME_LENGTH)
    for size, max_lines in _NAME_SIZES:
        lines = _wrap(name, _LINE_WIDTH / size)
        if len(lines) <= max_lines:
            break
    if len(lines) > max_lines:
        lines = [*lines[: max_lines - 1], _end_with_ellipsis(lines[max_lines - 1], _LINE_WIDTH / size)]
    return size, tuple(lines)


def _end_with_ellipsis(line: str, width: float) -> str:
    """Return a line with an ellipsis, shortened so that both fit.

    resvg lays every line from left to right, so that the end of one that is read from right to left is before it; and
    Noto's Arabic has no ellipsis, but dots.
    """
    ellipsis = "..." if _ARABIC.search(line) else "…"
    while _text_width(line) + _text_width(ellipsis) > width:
        line = line[:-1]
    line = line.rstrip(" .,")
    return f"{ellipsis}{line}" if _direction(line) == "rtl" else f"{line}{ellipsis}"


def _wrap(text: str, width: float) -> list[str]:
    """Break a text into lines that are at most so many ems wide: at blanks; inside a word only where it is too long."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if _text_width(joined) <= width and not _need_two_fonts(lines[-1], word):
            lines[-1] = joined
            continue
        if lines[-1] and not _is_wide(word):
            lines.append("")
        elif lines[-1]:
            lines[-1] += " "
        for letter in word:
            if _text_width(lines[-1] + letter) > width and not _is_mark(letter):
                lines.append("")
            lines[-1] += letter
    return [line for line in lines if line]


def _need_two_fonts(line: str, word: str) -> bool:
    """Whether a word cannot stand on a line, since one of both is Arabic and the other is not.

    resvg loses the letters of the first where it has to take another font for the second.
    """
    if not line or _SHARED_SIGNS.fullmatch(line) or _SHARED_SIGNS.fullmatch(word):
        return False
    return bool(_ARABIC.search(line)) != bool(_ARABIC.search(word))


def separate_arabic(name: str) -> str:
    """Put blanks around the Arabic words of a name, in place of the quotes and brackets that Noto's Arabic has not."""
    if not _ARABIC.search(name):
        return name
    parts = _ARABIC_RUN.split(name)  # every second is Arabic
    return " ".join(part if at % 2 else part.strip("()[]{}\"'“”‘’«»–—…/|· ") for at, part in enumerate(parts)).strip()


def _is_wide(word: str) -> bool:
    """Whether a word is of a script that breaks anywhere."""
    return all(unicodedata.east_asian_width(letter) in "WF" for letter in word)


def _text_width(text: str) -> float:
    """Return how wide a text is in a bold serif, in ems, or a little more.

    Letters of some scripts join, and then need less room than one by one.
    """
    return sum(map(_letter_width, text))


def _letter_width(letter: str) -> float:
    width = _glyph_widths().get(letter)
    if width is not None:
        return width
    return 0.0 if _is_mark(letter) else 1.0  # as all letters of Chinese, Japanese and Korean are


def _is_mark(letter: str) -> bool:
    """Whether a letter stands over or under the one before it."""
    return unicodedata.category(letter) in {"Mn", "Me", "Cf"}


@functools.cache
def _glyph_widths() -> dict[str, float]:
    """Return the width of each letter that the fonts have, in ems."""
    data = json.loads(importlib.resources.files(__package__).joinpath("glyph_widths.json").read_bytes())
    zero, step = ord(data["zero"]), data["step"]
    return {
        chr(letter): (ord(sign) - zero) * step
        for first, signs in data["runs"].items()
        for letter, sign in enumerate(signs, int(first, 16))
    }


def _cjk_font(name: str) -> str:
    """Return the suffix of the Noto Sans CJK font that draws a name's Chinese letters."""
    if any(_FIRST_KANA <= letter <= _LAST_KANA for letter in name):
        return "JP"
    return "KR" if any(_FIRST_HANGUL <= letter <= _LAST_HANGUL for letter in name) else "SC"


def _direction(name: str) -> str:
    """Return `ltr` or `rtl`, as browsers do for `dir=auto`: by the first letter that has a direction."""
    bidi_classes = map(unicodedata.bidirectional, name)
    first = next((bidi_class for bidi_class in bidi_classes if bidi_class in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"
