"""Colours that can be read on the theme's backgrounds: contrast ratios, and the nearest colour that has one. Pure.

A colour is a text, `#rrggbb`. Contrast is WCAG 2.2's (success criterion 1.4.3, "relative luminance" and "contrast
ratio"). Lightness, chroma and hue are OKLCH's (B. Ottosson, "A perceptual color space for image processing", 2020), in
which a colour can be made lighter without becoming another.
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

MIN_CONTRAST = 4.5  # the contrast that text has to have (WCAG 2.2, AA)
_DERIVED_CONTRAST = 5.5  # that of a colour which is derived from another
_LIGHTNESS_STEP = 0.005  # OKLCH's lightness goes from 0 to 1

# What accents stand on: --paper and --wash of assets/style.css, light and dark (a test holds them equal).
LIGHT_BACKGROUNDS = ("#fdfcf9", "#f3f0e7")
DARK_BACKGROUNDS = ("#171614", "#211f1b")


class Accent(NamedTuple):
    """A colour in both of the theme's colour schemes."""

    light: str  # by day: on LIGHT_BACKGROUNDS, as `#rrggbb`
    dark: str  # by night: on DARK_BACKGROUNDS, as `#rrggbb`


DEFAULT_ACCENT = Accent("#9b2226", "#ec8589")
# The colours of kinds on the network page: --k0 (which is the accent) to --k5.
KIND_COLOURS = (
    DEFAULT_ACCENT, Accent("#2f5d8a", "#86b3df"), Accent("#4d7a3a", "#9dc98a"), Accent("#8a6116", "#d9b36a"),
    Accent("#6d4a8c", "#c0a1dd"), Accent("#3a7a78", "#86c9c5"),
)  # fmt: skip


def parse_colour(text: str) -> str | None:
    """Return `#rrggbb` in small letters for a text that is one with or without its `#`; None for any other."""
    match = re.fullmatch(r"#?([0-9a-f]{6})", text.strip().lower(), re.ASCII)
    return f"#{match[1]}" if match else None


def contrast_ratio(left: str, right: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((_luminance(left), _luminance(right)))
    return (high + 0.05) / (low + 0.05)


def least_contrast(colour: str, backgrounds: tuple[str, ...]) -> tuple[float, str]:
    """Return the least contrast that a colour has on these backgrounds, cut to two digits, and on which."""
    ratio, background = min((contrast_ratio(colour, background), background) for background in backgrounds)
    return math.floor(ratio * 100) / 100, background


def nearest_readable(colour: str, backgrounds: tuple[str, ...], ratio: float = MIN_CONTRAST) -> str:
    """Return the colour of the same hue that is nearest in lightness and has this contrast on all backgrounds.

    It is darker on light ones, lighter on dark ones; black or white where there is none.
    """
    step = -_LIGHTNESS_STEP if _luminance(backgrounds[0]) > 0.5 else _LIGHTNESS_STEP
    lightness, chroma, hue = _oklch(colour)
    readable = colour
    while min(contrast_ratio(readable, background) for background in backgrounds) < ratio:
        lightness += step
        if not 0 < lightness < 1:
            return "#000000" if step < 0 else "#ffffff"
        readable = _displayable(lightness, chroma, hue)
    return readable


def dark_variant(light: str) -> str:
    """Return what an accent is by night where nobody says: of the same hue, light enough for a contrast of 5.5."""
    return nearest_readable(light, DARK_BACKGROUNDS, _DERIVED_CONTRAST)


def kind_colours(accent: Accent) -> tuple[Accent, ...]:
    """Return the colours of kinds beside an accent that is not the default one.

    The colour most like it gives its place to the default accent, so that all six can be told apart.
    """
    nearest = min(range(1, len(KIND_COLOURS)), key=lambda index: _distance(KIND_COLOURS[index].light, accent.light))
    others = list(KIND_COLOURS[1:])
    others[nearest - 1] = DEFAULT_ACCENT
    return (accent, *others)


def _channels(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue from 0 to 1, in proportion to their light (sRGB, IEC 61966-2-1)."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _luminance(colour: str) -> float:
    red, green, blue = _channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(colour: str) -> tuple[float, float, float]:
    r, g, b = _channels(colour)
    long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
    middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
    short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _distance(left: str, right: str) -> float:
    return math.dist(_oklab(left), _oklab(right))


def _oklch(colour: str) -> tuple[float, float, float]:
    lightness, a, b = _oklab(colour)
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _displayable(lightness: float, chroma: float, hue: float) -> str:
    """Return the colour with the most chroma, up to this one, that screens can show."""
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
