"""Colours: contrast as WCAG defines it, and accents that are readable on the theme's own backgrounds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.core.contrast import (  # fmt: skip
    DARK_BACKGROUNDS,
    DEFAULT_ACCENT,
    KIND_COLOURS,
    LIGHT_BACKGROUNDS,
    MIN_CONTRAST,
    Accent,
    contrast_ratio,
    dark_variant,
    kind_colours,
    least_contrast,
    nearest_readable,
    parse_colour,
)
from tests.support.sites import REPO

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("first", "second", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0), ("#123456", "#123456", 1)],
)
def test_contrast_ratio_is_that_of_wcag(first: str, second: str, ratio: float) -> None:
    assert contrast_ratio(first, second) == contrast_ratio(second, first) == pytest.approx(ratio, abs=0.005)


@given(COLOURS, st.sampled_from([LIGHT_BACKGROUNDS, DARK_BACKGROUNDS]))
def test_the_nearest_readable_colour_is_readable_and_a_readable_one_stays(
    colour: str, backgrounds: tuple[str, ...]
) -> None:
    nearest = nearest_readable(colour, backgrounds)
    assert least_contrast(nearest, backgrounds)[0] >= MIN_CONTRAST
    if least_contrast(colour, backgrounds)[0] >= MIN_CONTRAST:
        assert nearest == colour


@given(COLOURS)
def test_the_dark_variant_of_any_colour_is_readable(colour: str) -> None:
    assert least_contrast(dark_variant(colour), DARK_BACKGROUNDS)[0] >= 5.5


def test_a_readable_colour_keeps_its_hue() -> None:
    """A yellow becomes a dark yellow, not a grey or a red."""
    red, green, blue = (int(nearest_readable("#ffcc00", LIGHT_BACKGROUNDS)[at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue + 60


@given(COLOURS, COLOURS)
def test_six_kinds_have_six_colours(light: str, dark: str) -> None:
    colours = kind_colours(Accent(light, dark))
    assert colours[0] == (light, dark)
    assert DEFAULT_ACCENT in colours[1:]
    assert len({*colours[1:]}) == 5


@pytest.mark.parametrize("text", ["#1D5C8F", "1d5c8f", " #1d5c8f "])
def test_a_colour_may_be_written_with_or_without_a_number_sign(text: str) -> None:
    assert parse_colour(text) == "#1d5c8f"


@pytest.mark.parametrize("text", ["", "red", "#123", "#12345g", "#1d5c8f80", "rgb(0,0,0)", "#١٢٣٤٥٦", "1d5c8f\n}"])
def test_nothing_else_is_a_colour(text: str) -> None:
    assert parse_colour(text) is None


def test_the_style_sheet_has_the_colours_that_contrast_is_computed_with() -> None:
    style = (REPO / "templates/assets/style.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in style.split("@media screen", 2)[:2])
    for variables, backgrounds, scheme in ((light, LIGHT_BACKGROUNDS, 0), (dark, DARK_BACKGROUNDS, 1)):
        assert (variables["paper"], variables["wash"]) == backgrounds
        assert variables["accent"] == DEFAULT_ACCENT[scheme]
        assert [variables[f"k{number}"] for number in range(6)] == [colours[scheme] for colours in KIND_COLOURS]
        assert least_contrast(DEFAULT_ACCENT[scheme], backgrounds)[0] >= MIN_CONTRAST
