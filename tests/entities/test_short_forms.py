"""Names that a text makes itself."""

from __future__ import annotations

import pytest

from site_gen.content.records import Entity, Kind, Tag
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.tagger import tag_text, weigh_entities

KINDS = {"companies": Kind(key="companies", label="", singular="", prefix="companies")}
FILLER = "The quay was wet, and nobody who stood there could say what the boats were waiting for that day. "


def company(name: str) -> Entity:
    return Entity(kind="companies", slug=name.lower(), name=name)


def times(text: str, *names: str, title: str = "x") -> int:
    """How often the first is named."""
    matcher = Matcher(build_gazetteer([company(name) for name in names], KINDS))
    found = weigh_entities(title, text.split("\n"), matcher, KINDS)
    return found[Tag("companies", names[0].lower())].times if found else 0


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
    assert times(text, "Halden Rope Works") == count


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
    assert times(text, "Zorbex Quay", "Zorbex Bay") == count


@pytest.mark.parametrize("name", ["Anchor Light", "Hamilton Light", "The Zorbex Light", "Up Light", "Zo Light"])
def test_an_ordinary_first_word_does_not(name: str) -> None:
    first = name.split(maxsplit=1)[0]
    assert times(f"{name} opened. Then {first} came.", name) == 1


def test_what_is_anothers_name_is_not_taken() -> None:
    assert times("Zorbex Quay opened. Zorbex is glad.", "Zorbex Quay", "Zorbex") == 1


def test_a_title_may_use_the_shorter_name() -> None:
    matcher = Matcher(build_gazetteer([company("Zorbex Quay")], KINDS))
    text = [FILLER * 9, "Then came Zorbex Quay."]
    assert tag_text("Zorbex opens", text, matcher, KINDS).about == (Tag("companies", "zorbex quay"),)
    assert tag_text("A day", text, matcher, KINDS).about == ()
