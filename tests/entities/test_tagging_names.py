"""Variants and short forms of names, and sentences in which pages speak of themselves."""

from __future__ import annotations

import pytest

from site_gen.content.records import MatchRule
from site_gen.entities.matching.gazetteer import build_gazetteer, name_variants
from tests.support.gazetteers import KINDS, company, tagged_names


@pytest.mark.parametrize("name", ["Zorbex Airlines", "Zorbex Group", "Zorbex Motor Company", "Zorbex Foods, Inc."])
def test_a_company_goes_by_its_first_word_where_no_other_does(name: str) -> None:
    assert tagged_names("The crew of Zorbex rested.", company(name)) == [name]
    assert tagged_names("It rained in Zorbex.", company(name)) == []
    assert tagged_names("Then Nora Zorbex left.", company(name)) == []
    assert tagged_names("The shares of Zorbex Rope Cargo fell.", company(name)) == []
    assert tagged_names("The crew of Zorbex rested.", company(name, kind="places")) == []


@pytest.mark.parametrize(
    "name",
    [
        "Anchor Airlines",
        "Toyota Motors",
        "Hamilton Group",
        "ADS Airlines",
        "GAP Stores",
        "Zorbex",
        "Group Group",
        "The Group",
    ],
)
def test_an_ordinary_word_is_no_short_name(name: str) -> None:
    short = name.split(maxsplit=1)[0]
    forms = {form.text for form in build_gazetteer([company(name)], KINDS)}
    assert short not in forms - {name}


def test_a_short_name_that_two_could_have_names_neither() -> None:
    both = (company("Zorbex Airlines"), company("Zorbex Heavy Lifting"))
    assert tagged_names("The crew of Zorbex rested.", *both) == []
    assert tagged_names("The crew of Zorbex rested.", company("Zorbex Airlines"), company("Zorbex")) == ["Zorbex"]
    assert (
        tagged_names("The crew of Zorbex rested.", company("Zorbex Airlines"), company("Zorbex Bay", kind="places"))
        == []
    )


@pytest.mark.parametrize(
    "rule",
    [MatchRule(case="exact"), MatchRule(case="smart"), MatchRule(never=("Zorbex",)), MatchRule(case="context")],
)
def test_a_person_may_forbid_a_short_name(rule: MatchRule) -> None:
    assert tagged_names("The crew of Zorbex rested.", company("Zorbex Airlines", match=rule)) == []


@pytest.mark.parametrize(
    ("name", "variants", "no_variants"),
    [
        ("Halden (company)", {"Halden"}, {"company"}),
        ("Halden Rope Works (HRW)", {"Halden Rope Works", "HRW"}, set()),
        ("Halden and Company", {"Halden"}, {"Halden and"}),
        ("Halden & Co.", {"Halden"}, {"Halden &"}),
        ("Mount Halden Iron", {"Mt Halden Iron"}, set()),
        ("Halden Brothers", {"Halden Bros"}, set()),
        ("Saint-Halden", {"St-Halden"}, set()),
    ],
)
def test_a_name_has_variants(name: str, variants: set[str], no_variants: set[str]) -> None:
    assert variants <= set(name_variants(name))
    assert not no_variants & set(name_variants(name))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("This site uses Akismet to reduce spam.", "Akismet"),
        ("Dieser Blog verwendet Akismet.", "Akismet"),
        ("Facebook pixel", "Facebook"),
        ("This form is protected by reCAPTCHA and the Google Privacy Policy applies.", "Google"),
        ("Proudly powered by WordPress", "WordPress"),
        ("Log in with Facebook", "Facebook"),
    ],
)
def test_a_sentence_in_which_a_page_speaks_of_itself_names_nobody(text: str, name: str) -> None:
    assert tagged_names(text, company(name)) == []
    assert tagged_names(f"{text}\nThen came {name}.", company(name)) == [name]


def test_such_sentences_are_searched_for_only_where_an_entity_has_a_name_in_them() -> None:
    assert {name.text for name in build_gazetteer([company("Zorbex")], KINDS)} == {"Zorbex"}
    assert "uses Akismet" in {name.text for name in build_gazetteer([company("Akismet Inc.")], KINDS)}
