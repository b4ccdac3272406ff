"""What a page of any kind is about: names that are asides in guides, shops, forums and lists."""

from __future__ import annotations

import pytest

from site_gen.content.records import Entity, Kind
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.subject_model import FEATURES, features, page_style, reasons
from site_gen.entities.matching.tagger import EntityWeight, weigh_entities

KINDS = {"companies": Kind(key="companies", label="", singular="", prefix="companies")}
QUAY = "The quay was wet, and nobody who stood there could say what the boats were waiting for that day. "
ADVICE = "If you tie your boat, you look at your knots first, and you ask your neighbour what you forgot. "


def weight(text: str, title: str = "A day at the quay", name: str = "Zorbex") -> EntityWeight:
    matcher = Matcher(build_gazetteer([Entity(kind="companies", slug="it", name=name)], KINDS))
    (one,) = weigh_entities(title, text.split("\n"), matcher, KINDS).values()
    return one


def test_a_guide_that_names_a_shop_is_not_about_it() -> None:
    text = f"{ADVICE * 3}You find ropes on Zorbex.\n" + f"{ADVICE * 4}Buy it at Zorbex.\n" * 8
    assert not weight(text).about
    assert "the page speaks to its reader" in reasons(weight(text).evidence, against=True)


def test_news_of_the_same_length_is_about_whom_it_names_as_often() -> None:
    text = f"{QUAY * 3}Zorbex closed it.\n" + f"{QUAY * 4}Zorbex has denied that.\n" * 8
    assert weight(text).about


def test_what_a_source_says_does_not_make_a_page_a_guide() -> None:
    quoted = "".join(f"“{ADVICE.strip()}” " for _ in range(4))
    own, told = page_style("x", ADVICE * 4), page_style("x", quoted)
    assert own.reader > 2 > told.reader == 0
    assert not own.is_news
    assert told.is_news


def test_one_of_many_in_a_long_list_is_no_subject() -> None:
    line = "Ropes are made by Anvilo, Zorbex, Quibbly, and others. "
    text = f"{ADVICE * 2}{line}\n" + f"{ADVICE * 5}{line}\n" * 8
    assert not weight(text).about
    assert "one of several in a list" in reasons(weight(text).evidence, against=True)


def test_who_acts_again_and_again_in_a_list_is_a_subject_without_the_lead() -> None:
    text = f"{QUAY * 8}\n" + "Zorbex launched a boat, and all who stood there on that day took it for a good one.\n" * 3
    one = weight(text, title="10 things to know of the quay")
    assert one.about
    assert not one.in_lead
    assert reasons(one.evidence, against=False) == "acts in its sentences and named often"


@pytest.mark.parametrize(
    ("title", "about", "titled_as"),
    [
        ("Zorbex opens a quay", True, ""),
        ("Ropes for beginners - Zorbex", False, "as the name of the site"),
        ("Zorbex | Ropes for beginners", False, "as the name of the site"),
        ("Zorbex buys Quibbly - a day at the quay", True, ""),
        ("Zorbex 300 recalled", False, "before a number"),
    ],
)
def test_a_title_may_name_a_company_for_something_else(title: str, about: bool, titled_as: str) -> None:
    one = weight(QUAY, title=title)
    assert (one.about, one.titled_as) == (about, titled_as)


def test_each_feature_has_a_value() -> None:
    text = "x\0 Anvilo, Quibbly and Zorbex sold ropes, as was said on that day on the quay.\0 Zorbex says so"
    style = page_style("x", text)
    places = [(text.index("Zorbex"), text.index("Zorbex") + 6), (text.rindex("Zorbex"), text.rindex("Zorbex") + 6)]
    values = features(text, places, 2, style, lead=True, opening=False, aside=False)
    named = dict(zip(FEATURES, values, strict=True))
    assert (named["lead"], named["opening"], named["listed"], named["short lines"]) == (1, 0, 0.5, 0.5)
    assert named["acts"] == 0.5
