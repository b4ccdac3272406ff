"""Names that are made of others, and what pages say of themselves."""

from __future__ import annotations

import pytest

from site_gen.content.records import Entity, Kind, MatchRule
from site_gen.entities.matching.gazetteer import build_gazetteer, name_variants
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.tagger import tag_text

KINDS = {
    "companies": Kind(key="companies", label="", singular="", prefix="companies"),
    "places": Kind(key="places", label="", singular="", prefix="places", names_of="places"),
}


def company(name: str, *names: str, kind: str = "companies", match: MatchRule | None = None) -> Entity:
    return Entity(kind=kind, slug=name.lower(), name=name, names=names, match=match or MatchRule())


def tagged(text: str, *entities: Entity) -> list[str]:
    return [t.slug for t in tag_text("x", text.split("\n"), Matcher(build_gazetteer(entities, KINDS)), KINDS).tags]


@pytest.mark.parametrize("name", ["Zorbex Airlines", "Zorbex Group", "Zorbex Motor Company", "Zorbex Foods, Inc."])
def test_a_company_is_called_by_its_first_word_where_that_is_its_own(name: str) -> None:
    assert tagged("The crew of Zorbex rested.", company(name)) == [name.lower()]
    assert tagged("It rained in Zorbex.", company(name)) == []
    assert tagged("Then Nora Zorbex left.", company(name)) == []
    assert tagged("The shares of Zorbex Rope Cargo fell.", company(name)) == []
    assert tagged("The crew of Zorbex rested.", company(name, kind="places")) == []


@pytest.mark.parametrize(
    "name", ["Anchor Airlines", "Hamilton Group", "ADS Airlines", "GAP Stores", "Zorbex", "Group Group", "The Group"]
)
def test_an_ordinary_word_is_no_short_name(name: str) -> None:
    short = name.split(maxsplit=1)[0]
    made = {one.text for one in build_gazetteer([company(name)], KINDS)}
    assert short not in made - {name}


def test_a_short_name_that_two_could_have_is_nobodys() -> None:
    both = (company("Zorbex Airlines"), company("Zorbex Heavy Lifting"))
    assert tagged("The crew of Zorbex rested.", *both) == []
    assert tagged("The crew of Zorbex rested.", company("Zorbex Airlines"), company("Zorbex")) == ["zorbex"]
    assert tagged("The crew of Zorbex rested.", company("Zorbex Airlines"), company("Zorbex Bay", kind="places")) == []


@pytest.mark.parametrize(
    "rule",
    [MatchRule(case="exact"), MatchRule(case="smart"), MatchRule(never=("Zorbex",)), MatchRule(case="context")],
)
def test_a_person_may_forbid_a_short_name(rule: MatchRule) -> None:
    assert tagged("The crew of Zorbex rested.", company("Zorbex Airlines", match=rule)) == []


@pytest.mark.parametrize(
    ("name", "made", "not_made"),
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
def test_ways_to_write_a_name(name: str, made: set[str], not_made: set[str]) -> None:
    assert made <= set(name_variants(name))
    assert not not_made & set(name_variants(name))


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
def test_what_a_page_says_of_itself_names_nobody(text: str, name: str) -> None:
    assert tagged(text, company(name)) == []
    assert tagged(f"{text}\nThen came {name}.", company(name)) == [name.lower()]


def test_pages_words_are_looked_for_only_where_somebody_has_a_name_in_them() -> None:
    assert {name.text for name in build_gazetteer([company("Zorbex")], KINDS)} == {"Zorbex"}
    assert "uses Akismet" in {name.text for name in build_gazetteer([company("Akismet Inc.")], KINDS)}
