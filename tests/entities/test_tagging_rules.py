"""Names that are ordinary words or parts of other names, and what an article is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_gen.content.records import Entity, Kind, MatchRule, Tag
from site_gen.entities.matching.ambiguous_names import classify_name
from site_gen.entities.matching.corpus_evidence import build_matcher, find_ordinary_words
from site_gen.entities.matching.gazetteer import build_gazetteer, mark_ordinary, name_variants
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.tagger import tag_text

if TYPE_CHECKING:
    from site_gen.content.records import MatchMode

KINDS = {
    "companies": Kind(key="companies", label="", singular="", prefix="companies"),
    "media": Kind(key="media", label="", singular="", prefix="media", only="about"),
    "people": Kind(key="people", label="", singular="", prefix="people", names_of="people"),
    "places": Kind(key="places", label="", singular="", prefix="places", names_of="places"),
}
FILLER = "The quay was wet, and nobody who stood there could say what the boats were waiting for that day. "


def company(name: str, *names: str, kind: str = "companies", match: MatchRule | None = None) -> Entity:
    return Entity(kind=kind, slug=name.lower(), name=name, names=names, match=match or MatchRule())


def tagged(text: str, *entities: Entity, title: str = "A day at the quay") -> list[str]:
    matcher = Matcher(build_gazetteer(entities, KINDS))
    return [tag.slug for tag in tag_text(title, text.split("\n"), matcher, KINDS).tags]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Target", "proper"), ("Delta", "proper"), ("Anchor", "common"), ("Anchors", "common"), ("United", "common"),
        ("Hamilton", "proper"), ("Zorbex", "plain"), ("iFrost", "plain"), ("GKN", "plain"), ("GK", "common"),
        ("Harbour Bank", "phrase"), ("The", "stop"), ("France", "stop"), ("海康威视", "plain"), ("100", "common"),
    ],
)  # fmt: skip
def test_what_the_words_of_a_name_tell(name: str, kind: str) -> None:
    assert classify_name(name) == kind


@pytest.mark.parametrize(
    "text",
    [
        "The board of Anchor Inc met on Monday.",
        "Analysts say that shares of Anchor fell.",
        "On Monday the ferries of Anchor, a company from the coast, lay idle.",
        "They told Anchor, and told Anchor, and asked Anchor, and begged Anchor, and left Anchor.",
        "Three bid: Zorbex, Anchor and Quibbly.",
        "Its customers wrote to Anchor's lawyers.",
    ],
)
def test_an_ordinary_word_is_a_name_where_something_speaks_for_it(text: str) -> None:
    assert "anchor" in tagged(text, company("Anchor"), company("Zorbex"))


@pytest.mark.parametrize(
    "text",
    [
        "They dropped the Anchor near a company ship.",
        "The inn is called Anchor Tavern, says the company.",
        "The company met at Golden Anchor.",
        "Anchor chains of all companies rust.",
        "It was Anchor of Hope, a company ship.",
        "He wrote to Anchor.",
        "An anchor of the company; ANCHOR of the company.",
        "Peter Anchor told of Anchor and of Anchor, and of Anchor.\nMr Anchor and Anchor left, so did Anchor.",
    ],
)
def test_an_ordinary_word_is_none_where_nothing_does(text: str) -> None:
    assert tagged(text, company("Anchor")) == []


def test_a_surname_and_a_town_are_no_company() -> None:
    hamilton = company("Hamilton")
    assert tagged("The race was won by Lewis Hamilton. Later Hamilton went home.", hamilton) == []
    assert tagged("It rained in Hamilton. They came from Hamilton, Ontario.", hamilton) == []
    assert tagged("The dean of Hamilton College resigned.", hamilton) == []
    assert tagged("Hamilton Engineering built the pier. It paid Hamilton.", hamilton) == ["hamilton"]


def test_who_is_known_as_a_person_is_no_company() -> None:
    people = company("Nora Zorbex", kind="people")
    assert tagged("Nora Zorbex came. Then Zorbex left.", company("Zorbex"), people) == ["nora zorbex"]
    assert tagged("Then Zorbex left.", company("Zorbex"), people) == ["zorbex"]


def test_a_place_is_taken_as_it_is_but_not_for_an_institution() -> None:
    place = company("Houston", kind="places")
    assert tagged("It rained in Houston.", place) == ["houston"]
    assert tagged("The Houston Times said so.", place) == []


def test_several_words_need_their_capitals_and_are_no_index() -> None:
    eat = company("Just Eat")
    assert tagged("Just eat it.", eat) == []
    assert tagged("We asked Just Eat.", eat) == ["just eat"]
    assert tagged("The Q&R 500 rose.", company("Q&R")) == []


@pytest.mark.parametrize(("how", "found"), [("smart", 1), ("exact", 1), ("context", 0), ("auto", 0)])
def test_a_person_may_say_how_a_name_is_meant(how: MatchMode, found: int) -> None:
    for rule in (MatchRule(case=how), MatchRule(names=(("Anchor", how),))):
        assert len(tagged("He wrote to Anchor.", company("Anchor", match=rule))) == found
    other = MatchRule(names=(("Anchor Lines", how),))
    assert tagged("He wrote to Anchor.", company("Anchor", match=other)) == []


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("Zorbex Inc.", {"Zorbex"}),
        ("The Zorbex Company", {"The Zorbex", "Zorbex Company", "Zorbex"}),
        ("Zorbex GmbH & Co. KG", {"Zorbex"}),
        ("Zorbex Co., Ltd", {"Zorbex"}),
        ("ゾルベ株式会社", {"ゾルベ"}),
        ("株式会社ゾルベ", {"ゾルベ"}),
        ("Frost & Daughters", {"Frost and Daughters"}),
        ("Harbour Light Trust (HLT)", {"Harbour Light Trust", "HLT"}),
        ("Ærholt", {"Aerholt"}),
        ("Zorbex!", {"Zorbex"}),
        ("Bank of Co", set()),
        ("Inc", set()),
    ],
)
def test_variants(name: str, made: set[str]) -> None:
    assert made <= set(name_variants(name))
    assert "" not in set(name_variants(name))


def test_accents_hyphens_and_blanks_are_one() -> None:
    for written, text in (("Zorbéx-Quay", "Zorbex Quay"), ("Zorbex Quay", "Zorbéx‑Quay"), ("Zörbex", "Zorbex")):
        assert len(tagged(f"It was {text}'s boat.", company(written))) == 1


def test_a_made_name_is_not_taken_from_who_has_it() -> None:
    both = (company("Zorbex Inc."), company("Zorbex"))
    assert tagged("It was Zorbex.", *both) == ["zorbex"]


def test_words_that_the_texts_write_small_are_ordinary() -> None:
    texts = ["Das war quorz und quorz.", "Sie sagten quorz, Quorz!", "Oft quorz."]
    quorz = company("Quorz")
    names = build_gazetteer([quorz, company("Zorbex")], KINDS)
    assert find_ordinary_words(names, texts) == {"quorz"}
    assert find_ordinary_words(names, [*texts[:2], "Quorz", "Quorz"]) == frozenset()
    matcher = build_matcher([quorz], KINDS, texts)
    assert tag_text("x", ["Er ging zu Quorz."], matcher, KINDS).tags == ()
    assert tag_text("x", ["Er ging zu Quorz."], build_matcher([quorz], KINDS, ()), KINDS).tags == (quorz.tag,)


def test_ordinary_words_put_in_later_make_the_same_names() -> None:
    rule = MatchRule(names=(("Dorv", "smart"),), never=("Zorbex Street",))
    entities = [
        company("Quorz", "Quorz AG", "quorz!", "Ælf", "iFrost", "Target"),
        company("Zorbex", "Dorv", "dorv", match=rule),
        company("Hamilton", kind="places"), company("Quorz", kind="people"),
    ]  # fmt: skip
    ordinary = frozenset({"quorz", "quorz!", "dorv", "ælf", "ifrost", "target", "zorbex", "hamilton"})
    assert mark_ordinary(build_gazetteer(entities, KINDS), ordinary) == build_gazetteer(entities, KINDS, ordinary)
    assert mark_ordinary(build_gazetteer(entities, KINDS), frozenset()) == build_gazetteer(entities, KINDS)


# -- about


def about(text: str, *entities: Entity, title: str = "A day at the quay") -> list[str]:
    matcher = Matcher(build_gazetteer(entities, KINDS))
    return [tag.slug for tag in tag_text(title, text.split("\n"), matcher, KINDS).about]


ZORBEX = company("Zorbex")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("x", "Zorbex sells boats"),
        (f"{FILLER}Zorbex sells boats.", "x"),
        (f"{FILLER * 3}\nZorbex sells boats, and more boats, and boats again, as long as boats are there.", "x"),
        (f"{FILLER * 9}\n{'It asked Zorbex. ' * 5}", "x"),
    ],
)
def test_a_subject(text: str, title: str) -> None:
    assert about(text, ZORBEX, title=title) == ["zorbex"]


@pytest.mark.parametrize(
    "text",
    [
        f"{FILLER * 7}\nZorbex sells boats.",
        f"{FILLER}That is so, according to Zorbex.",
        f"{FILLER}He wrote so on his Zorbex page.",
        f"{FILLER}That was told by Zorbex founder Ina Dahl.",
        f"{FILLER * 3}\n{FILLER}\n{FILLER}\nZorbex sells boats.",
    ],
)
def test_a_mention(text: str) -> None:
    assert tagged(text, ZORBEX) == ["zorbex"]
    assert about(text, ZORBEX) == []


def test_an_outlet_is_tagged_only_as_a_subject() -> None:
    outlet = company("Zorbex Post", kind="media")
    assert tagged("The mayor told Zorbex Post so, and Zorbex Post wrote it.", outlet) == []
    assert tagged("It was in the paper.", outlet, title="Zorbex Post is sold") == ["zorbex post"]
    assert Tag("media", "x") not in tag_text("x", ["y"], Matcher(()), KINDS).tags


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("It was bought by Anvilo on Monday.", True),
        ("The thieves took the money from Anvilo.", False),
        ("The thieves took the money from Anvilo, a large maker of ropes.", True),
        ("The news came according to Anvilo, a large maker of ropes.", False),
        ("The list was left as it is by index provider Anvilo.", False),
        ("The boat was bought by rope maker Anvilo.", True),
        ("The quay was taken by a buyer of Anvilo.", True),
        ("Das Boot sank laut Anvilo.", False),
        ("Le bateau a coulé selon Anvilo.", False),
        ("El barco se hundió según Anvilo.", False),
    ],
)
def test_a_source_is_none_that_a_text_is_about_but_who_is_introduced_is(text: str, about: bool) -> None:
    matcher = Matcher(build_gazetteer([company("Anvilo")], KINDS))
    assert bool(tag_text("A day at the quay", [text], matcher, KINDS).about) is about


@pytest.mark.parametrize(
    ("title", "late", "about"),
    [
        ("Zorbex opens", "Then the ropes of Anvilo came.", False),
        ("Zorbex opens", "Then came Anvilo, a maker of ropes.", True),
        ("Zorbex opens", "Then the ropes of Anvilo came, and Anvilo was paid.", True),
        ("Zorbex and Quibbly open", "Then the ropes of Anvilo came.", True),
        ("The quay opens", "Then the ropes of Anvilo came.", True),
    ],
)
def test_one_name_in_the_title_leaves_less_room_for_others(title: str, late: str, about: bool) -> None:
    matcher = Matcher(build_gazetteer([company("Zorbex"), company("Anvilo"), company("Quibbly")], KINDS))
    paragraphs = ["Zorbex was glad. " + FILLER * 3 + "Zorbex said so.", late + " " + FILLER]
    assert (Tag("companies", "anvilo") in tag_text(title, paragraphs, matcher, KINDS).about) is about
