"""Short forms that a text introduces itself: acronyms in brackets, and the first word of a full name."""

from __future__ import annotations

import pytest

from site_gen.entities.matching.tagger import weigh_entities
from tests.support.gazetteers import FILLER, KINDS, company, matcher_of, subject_names


def times_named(text: str, *names: str) -> int:
    """Return how often a text names the first of some companies."""
    companies = [company(name) for name in names]
    weights = weigh_entities("x", text.split("\n"), matcher_of(*companies), KINDS)
    return weights[companies[0].tag].times if weights else 0


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Halden Rope Works (HRW) opened. HRW is glad. So is HRW.", 4),
        ("Halden Rope Works (“HRW”) opened. HRW is glad.", 3),
        ("Halden Rope Works Co., Ltd. (HRW) opened. HRW is glad.", 3),
        ("Halden Rope Works（HRW） opened. HRW is glad.", 3),
        ("Halden Rope Works (XYZ) opened. XYZ is glad.", 1),
        ("Halden Rope Works (Norway) opened. Norway is glad.", 1),
        ("Halden Rope Works (H) opened. H is glad.", 1),
        ("Halden Rope Works opened. HRW is glad.", 1),
        ("Halden Rope Works (HRW) opened. The xHRW and HRW-7 are no HRW_.", 2),
        ("HRW is glad.", 0),
    ],
)
def test_an_acronym_in_brackets_is_a_name_from_there_on(text: str, count: int) -> None:
    assert times_named(text, "Halden Rope Works") == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Zorbex Quay opened. Zorbex is glad, Zorbex's staff too.", 3),
        ("Zorbex is glad.", 0),
        ("Zorbex Quay opened. Zorbex Cargo is glad.", 1),
        ("Zorbex Quay opened. It rains at Port Zorbex, near Zorbex; Nora Zorbex is wet.", 1),
        ("Zorbex Quay opened. zorbex, Zorbexes, @Zorbex.", 1),
        ("Zorbex Quay opened. So did Zorbex Bay, and Zorbex.", 1),  # both could be called so
    ],
)
def test_the_first_word_of_a_full_name_stands_for_it(text: str, count: int) -> None:
    assert times_named(text, "Zorbex Quay", "Zorbex Bay") == count


@pytest.mark.parametrize("name", ["Anchor Light", "Hamilton Light", "The Zorbex Light", "Up Light", "Zo Light"])
def test_an_ordinary_first_word_does_not_stand_for_a_name(name: str) -> None:
    first = name.split(maxsplit=1)[0]
    assert times_named(f"{name} opened. Then {first} came.", name) == 1


def test_a_short_form_that_is_the_name_of_another_is_not_taken() -> None:
    assert times_named("Zorbex Quay opened. Zorbex is glad.", "Zorbex Quay", "Zorbex") == 1


def test_a_title_may_use_the_shorter_name() -> None:
    text = FILLER * 9 + "\nThen came Zorbex Quay."
    assert subject_names(text, company("Zorbex Quay"), title="Zorbex opens") == ["Zorbex Quay"]
    assert subject_names(text, company("Zorbex Quay"), title="A day") == []
