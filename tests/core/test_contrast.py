"""Colours: contrast as WCAG has it, and accents that can be read on the theme's own backgrounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from pathlib import Path

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#ff0000", "#ffffff", 4.0), ("#123456", "#123456", 1)],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, ratio: float) -> None:
    assert contrast_ratio(one, other) == contrast_ratio(other, one) == pytest.approx(ratio, abs=0.005)


@given(COLOURS, st.sampled_from([LIGHT_BACKGROUNDS, DARK_BACKGROUNDS]))
def test_the_nearest_colour_can_be_read_and_one_that_can_stays(one: str, grounds: tuple[str, ...]) -> None:
    found = nearest_readable(one, grounds)
    assert least_contrast(found, grounds)[0] >= MIN_CONTRAST
    if least_contrast(one, grounds)[0] >= MIN_CONTRAST:
        assert found == one


@given(COLOURS)
def test_what_is_derived_for_the_dark_can_be_read(one: str) -> None:
    assert least_contrast(dark_variant(one), DARK_BACKGROUNDS)[0] >= 5.5


def test_a_hue_stays_what_it_is() -> None:
    """A yellow becomes a dark yellow, not a grey or a red."""
    red, green, blue = (int(nearest_readable("#ffcc00", LIGHT_BACKGROUNDS)[at : at + 2], 16) for at in (1, 3, 5))
    assert red > green > blue + 60


@given(COLOURS, COLOURS)
def test_six_kinds_have_six_colours(light: str, dark: str) -> None:
    found = kind_colours(Accent(light, dark))
    assert found[0] == (light, dark)
    assert DEFAULT_ACCENT in found[1:]
    assert len({*found[1:]}) == 5


@pytest.mark.parametrize("text", ["#1D5C8F", "1d5c8f", " #1d5c8f "])
def test_a_colour_is_written_with_or_without_its_sign(text: str) -> None:
    assert parse_colour(text) == "#1d5c8f"


@pytest.mark.parametrize("text", ["", "red", "#123", "#12345g", "#1d5c8f80", "rgb(0,0,0)", "#١٢٣٤٥٦", "1d5c8f\n}"])
def test_nothing_else_is_a_colour(text: str) -> None:
    assert parse_colour(text) is None


def test_the_style_sheet_has_the_colours_that_are_reckoned_with(repo: Path) -> None:
    style = (repo / "templates/assets/style.css").read_text(encoding="utf-8")
    light, dark = (dict(re.findall(r"--(\w+): (#\w{6})", part)) for part in style.split("@media screen", 2)[:2])
    for shown, grounds, scheme in ((light, LIGHT_BACKGROUNDS, 0), (dark, DARK_BACKGROUNDS, 1)):
        assert (shown["paper"], shown["wash"]) == grounds
        assert shown["accent"] == DEFAULT_ACCENT[scheme]
        assert [shown[f"k{number}"] for number in range(6)] == [one[scheme] for one in KIND_COLOURS]
        assert least_contrast(DEFAULT_ACCENT[scheme], grounds)[0] >= MIN_CONTRAST
