"""Names that are ordinary words or parts of other names, and what an article is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_gen.content.records import MatchRule
from site_gen.entities.matching.ambiguous_names import classify_name
from site_gen.entities.matching.gazetteer import name_variants
from tests.support.gazetteers import FILLER, company, subject_names, tagged_names

if TYPE_CHECKING:
    from site_gen.content.records import MatchMode


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Target", "proper"), ("Delta", "proper"), ("Anchor", "common"), ("Anchors", "common"), ("United", "shared"),
        ("Hamilton", "proper"), ("ANCHOR", "common"), ("Zorbex", "plain"), ("iFrost", "plain"), ("GKN", "plain"),
        ("GK", "common"), ("Harbour Bank", "phrase"), ("The", "stop"), ("France", "stop"), ("海康威视", "plain"),
        ("100", "common"),
    ],
)  # fmt: skip
def test_a_name_is_classified_by_its_words(name: str, kind: str) -> None:
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
def test_an_ordinary_word_is_a_name_where_there_is_evidence_for_it(text: str) -> None:
    assert "Anchor" in tagged_names(text, company("Anchor"), company("Zorbex"))


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
def test_an_ordinary_word_is_no_name_where_there_is_none(text: str) -> None:
    assert tagged_names(text, company("Anchor")) == []


@pytest.mark.parametrize(
    ("names", "text", "is_company"),
    [
        # A surname, a town, initials and a word are others', too: what is around them has to say that it is a company.
        (("Hamilton Rope Works", "Hamilton"), "They like Hamilton. So Hamilton won again.", False),
        (("Hamilton Rope Works", "Hamilton"), "They like Hamilton of Hamilton Rope Works.", True),
        (("Hamilton Rope Works", "Hamilton"), "The shares of Hamilton fell.", True),
        (
            ("Hamilton Rope Works", "Hamilton"),
            "A company far from all others and their trade asked for Hamilton.",
            False,
        ),
        (("Hamilton Rope Works", "Hamilton"), "He flew in Hamilton 2016 shares.", False),
        (("Halden Rope Works", "HRW"), "They saw HRW, and HRW again, and so HRW, then HRW, at last HRW.", False),
        (("Halden Rope Works", "HRW"), "They saw HRW of Halden Rope Works.", True),
        (("Halden Rope Works", "HRW"), "The staff of HRW, Zorbex and others came.", True),
        (("Halden Rope Works", "HRW"), "The best HRW software and products were sold.", False),
        (("Halden Rope Works", "HRW"), "The Harbour Rescue Watch (HRW) met. Shares of HRW fell.", False),
        (("Halden Rope Works", "HRW"), "The staff of HRW (Harbour Rescue Watch) met. Shares of HRW fell.", False),
        (("Halden Rope Works", "HRW"), "HRW stands for Harbour Rescue Watch. Shares of HRW fell.", False),
        (("Halden Rope Works", "HRW"), "All HRWs are old. Shares of HRW fell.", False),
        (("Apple",), "It works with Apple HomeKit.", True),
        (("Apple",), "It works with Apple Butter.", False),
        (("HRW",), "The Harbour Rope Walk (HRW) met.", True),
        (("Quibbly Rope Works", "Quibbly"), "They like Quibbly.", True),
        (("Quibbly Rope Works", "Quibbly"), "They like Quibbly Insurance.", False),
        (("Anchor Rope Works", "Anchor"), "Told so, Anchor, Anchor, Anchor, and Anchor, and Anchor left.", False),
        (("Here",), "For the product click Here.", False),
        (("Here",), "Wood Here, sold by a company.", False),
        # The first word of a sentence may belong to it, and where all words have capitals its own tells nothing.
        (("Anchor",), "Golden Anchor shares fell.", False),
        (("Anchor",), "Then Anchor shares fell.", True),
        (("Target",), "It came: Blue Rope Wool Target Green Tar Company.", False),
        (("Target",), "They asked for the Blue Target, a company of note.", False),
        (("Target",), "They asked Target.", True),
        (("Target",), "Target practice is fun.", False),
        (("Target",), "Target is glad.", True),
    ],
)
def test_a_name_that_others_have_needs_evidence_in_the_text(
    names: tuple[str, ...], text: str, *, is_company: bool
) -> None:
    assert (names[0] in tagged_names(text, company(*names), company("Zorbex"))) is is_company


def test_what_is_called_by_a_companys_name_is_not_the_company() -> None:
    assert tagged_names("They like Amazon. They flew over the Amazon rainforest.", company("Amazon")) == ["Amazon"]
    assert tagged_names("They flew from Amazon River.", company("Amazon")) == []
    assert tagged_names("The Dow Jones industrial average rose.", company("Dow Jones")) == []


def test_two_words_of_a_company_that_are_a_towns_are_not_the_company() -> None:
    assert tagged_names("The shares of the firm from Zorbex Quay fell.", company("Zorbex Quay Networks")) == []


def test_a_company_that_the_dictionary_has_is_one_beside_other_capitals_too() -> None:
    assert tagged_names("They used Google Maps.", company("Google")) == ["Google"]


def test_a_place_in_a_list_makes_no_company_of_its_neighbour() -> None:
    place, firm = company("Houston", kind="places"), company("Hamilton Rope Works", "Hamilton")
    assert tagged_names("They flew to Houston and Hamilton.", firm, place) == ["Houston"]


def test_a_surname_and_a_town_are_no_company() -> None:
    hamilton = company("Hamilton")
    assert tagged_names("The race was won by Lewis Hamilton. Later Hamilton went home.", hamilton) == []
    assert tagged_names("It rained in Hamilton. They came from Hamilton, Ontario.", hamilton) == []
    assert tagged_names("The dean of Hamilton College resigned.", hamilton) == []
    assert tagged_names("They like Hamilton, and Hamilton, and more Hamilton.", hamilton) == []
    assert tagged_names("They paid Hamilton, a maker of ropes.", hamilton) == ["Hamilton"]


def test_a_surname_of_a_person_in_the_text_is_no_company() -> None:
    people = company("Nora Zorbex", kind="people")
    assert tagged_names("Nora Zorbex came. Then Zorbex left.", company("Zorbex"), people) == ["Nora Zorbex"]
    assert tagged_names("Then Zorbex left.", company("Zorbex"), people) == ["Zorbex"]


def test_a_surname_behind_a_given_name_that_no_dictionary_has_is_no_company() -> None:
    assert tagged_names("They met Ingvild Zorbexu there.", company("Zorbexu")) == []
    assert tagged_names("They met Ingvild at Zorbexu.", company("Zorbexu")) == ["Zorbexu"]
    assert tagged_names("They saw it on the Ingvild YouTube channel.", company("YouTube")) == ["YouTube"]


def test_a_place_needs_no_evidence_but_is_not_part_of_the_name_of_an_institution() -> None:
    place = company("Houston", kind="places")
    assert tagged_names("It rained in Houston.", place) == ["Houston"]
    assert tagged_names("The Houston Times said so.", place) == []


def test_a_name_of_several_words_needs_capitals_and_is_no_stock_index() -> None:
    eat = company("Just Eat")
    assert tagged_names("Just eat it.", eat) == []
    assert tagged_names("We asked Just Eat.", eat) == ["Just Eat"]
    assert tagged_names("The Q&R 500 rose.", company("Q&R")) == []


@pytest.mark.parametrize(("mode", "count"), [("smart", 1), ("exact", 1), ("context", 0), ("auto", 0)])
def test_a_rule_says_how_an_entity_or_one_of_its_names_is_matched(mode: MatchMode, count: int) -> None:
    for rule in (MatchRule(case=mode), MatchRule(names=(("Anchor", mode),))):
        assert len(tagged_names("He wrote to Anchor.", company("Anchor", match=rule))) == count
    other = MatchRule(names=(("Anchor Lines", mode),))
    assert tagged_names("He wrote to Anchor.", company("Anchor", match=other)) == []


@pytest.mark.parametrize(
    ("name", "variants"),
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
def test_variants_of_a_name_lack_legal_forms_accents_and_signs(name: str, variants: set[str]) -> None:
    assert variants <= set(name_variants(name))
    assert "" not in set(name_variants(name))


def test_accents_do_not_matter_and_a_hyphen_equals_a_blank() -> None:
    for written, text in (("Zorbéx-Quay", "Zorbex Quay"), ("Zorbex Quay", "Zorbéx‑Quay"), ("Zörbex", "Zorbex")):
        assert len(tagged_names(f"It was {text}'s boat.", company(written))) == 1


def test_a_variant_does_not_name_an_entity_when_another_has_that_name() -> None:
    both = (company("Zorbex Inc."), company("Zorbex"))
    assert tagged_names("It was Zorbex.", *both) == ["Zorbex"]


# -- about


ZORBEX = company("Zorbex")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("x", "Zorbex sells boats"),
        (f"{FILLER}Zorbex sells boats.", "x"),
        (f"{FILLER * 3}\nZorbex sells boats, and more boats, and boats again, as long as boats are there.", "x"),
        (f"{FILLER * 9}\n{'Zorbex sells boats. ' * 5}", "x"),
    ],
)
def test_a_company_in_title_lead_or_often_in_the_text_is_a_subject(text: str, title: str) -> None:
    assert subject_names(text, ZORBEX, title=title) == ["Zorbex"]


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
def test_a_company_in_passing_is_only_mentioned(text: str) -> None:
    assert tagged_names(text, ZORBEX) == ["Zorbex"]
    assert subject_names(text, ZORBEX) == []


def test_an_outlet_is_tagged_only_as_a_subject() -> None:
    outlet = company("Zorbex Post", kind="media")
    assert tagged_names("The mayor told Zorbex Post so, and Zorbex Post wrote it.", outlet) == []
    assert tagged_names("It was in the paper.", outlet, title="Zorbex Post is sold") == ["Zorbex Post"]
    assert tagged_names("y", title="x") == []


@pytest.mark.parametrize(
    ("text", "is_about"),
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
def test_a_text_is_not_about_its_source_but_about_a_company_that_it_introduces(text: str, is_about: bool) -> None:
    assert bool(subject_names(text, company("Anvilo"))) is is_about
