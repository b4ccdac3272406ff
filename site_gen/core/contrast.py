"""Whether a colour can be read on the theme's backgrounds, and the nearest one that can. Pure.

Contrast is WCAG 2.2's (success criterion 1.4.3, "relative luminance" and "contrast ratio"). Lightness, chroma and hue
are OKLCH's (B. Ottosson, "A perceptual color space for image processing", 2020), in which a colour can be made lighter
without becoming another.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

READS = 4.5  # the contrast that text has to have (WCAG 2.2, AA)
_EASY = 5.5  # that of a colour which is derived
_STEP = 0.005  # of OKLCH's lightness, which goes from 0 to 1

# What accents stand on: --paper and --wash of assets/style.css, light and dark (a test holds them equal).
LIGHT = ("#fdfcf9", "#f3f0e7")
DARK = ("#171614", "#211f1b")


class Accent(NamedTuple):
    """A site's one colour, by day and by night, as `#rrggbb`."""

    light: str
    dark: str


ACCENT = Accent("#9b2226", "#ec8589")
# The colours of kinds on the network page: --k0 (which is the accent) to --k5.
KINDS = (ACCENT, Accent("#2f5d8a", "#86b3df"), Accent("#4d7a3a", "#9dc98a"), Accent("#8a6116", "#d9b36a"),
         Accent("#6d4a8c", "#c0a1dd"), Accent("#3a7a78", "#86c9c5"))  # fmt: skip


def colour(text: str) -> str | None:
    """`#rrggbb` in small letters, of a text that is one with or without its `#`; None for any other."""
    match = re.fullmatch(r"#?([0-9a-f]{6})", text.strip().lower(), re.ASCII)
    return f"#{match[1]}" if match else None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def least(one: str, grounds: tuple[str, ...]) -> tuple[float, str]:
    """The least contrast that a colour has on these backgrounds, cut to two digits, and on which."""
    ratio, ground = min((contrast(one, ground), ground) for ground in grounds)
    return math.floor(ratio * 100) / 100, ground


def nearest(one: str, grounds: tuple[str, ...], ratio: float = READS) -> str:
    """The colour of the same hue that is nearest in lightness and has this contrast on all backgrounds: darker on
    light ones, lighter on dark ones. Black or white where there is none."""
    step = -_STEP if _luminance(grounds[0]) > 0.5 else _STEP
    lightness, chroma, hue = _oklch(one)
    found = one
    while min(contrast(found, ground) for ground in grounds) < ratio:
        lightness += step
        if not 0 < lightness < 1:
            return "#000000" if step < 0 else "#ffffff"
        found = _within(lightness, chroma, hue)
    return found


def for_the_dark(light: str) -> str:
    """What an accent is by night where nobody says: of the same hue, and light enough for a contrast of 5.5."""
    return nearest(light, DARK, _EASY)


def kinds(accent: Accent) -> tuple[Accent, ...]:
    """The colours of kinds beside an accent that is not ours: the one most like it gives its place to our red, so that
    all six can be told apart."""
    like = min(range(1, len(KINDS)), key=lambda number: _distance(KINDS[number].light, accent.light))
    return (accent, *(ACCENT if number == like else one for number, one in enumerate(KINDS) if number))


def _channels(one: str) -> tuple[float, float, float]:
    """Red, green and blue from 0 to 1, in proportion to their light (sRGB, IEC 61966-2-1)."""
    red, green, blue = (int(one[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _luminance(one: str) -> float:
    red, green, blue = _channels(one)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(one: str) -> tuple[float, float, float]:
    r, g, b = _channels(one)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _distance(one: str, other: str) -> float:
    return math.dist(_oklab(one), _oklab(other))


def _oklch(one: str) -> tuple[float, float, float]:
    lightness, a, b = _oklab(one)
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _within(lightness: float, chroma: float, hue: float) -> str:
    """The colour with the most chroma, up to this one, that screens can show."""
    while True:
        a, b = chroma * math.cos(hue), chroma * math.sin(hue)
        long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
        middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
        short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
        channels = (
            4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
        )
        if chroma == 0 or all(-0.0005 <= value <= 1.0005 for value in channels):
            return "#" + "".join(f"{_byte(value):02x}" for value in channels)
        chroma = max(0.0, chroma - 0.002)


def _byte(value: float) -> int:
    value = min(1.0, max(0.0, value))
    return round(255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055))
