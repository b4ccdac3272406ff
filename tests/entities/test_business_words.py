"""What stands around names in other languages than English."""

from __future__ import annotations

import pytest

from site_gen.content.records import Entity, Kind, MatchRule
from site_gen.entities.matching.business_words import find_business_word
from site_gen.entities.matching.gazetteer import build_gazetteer
from site_gen.entities.matching.matcher import Matcher
from site_gen.entities.matching.tagger import tag_text

KINDS = {"companies": Kind(key="companies", label="", singular="", prefix="companies")}


def tagged(text: str, *names: str, how: str = "auto") -> list[str]:
    rule = MatchRule(case=how)  # type: ignore[arg-type]
    entities = [Entity(kind="companies", slug=name.lower(), name=name, match=rule) for name in names]
    return [tag.slug for tag in tag_text("x", [text], Matcher(build_gazetteer(entities, KINDS)), KINDS).tags]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Die Aktien von Anchor fielen am Montag.", "Aktien"),
        ("Am Montag sagte ein Sprecher von Anchor nichts.", "Sprecher"),
        ("Les ventes chez Anchor reculent.", "ventes"),
        ("Le bénéfice pour Anchor recule.", "bénéfice"),
        ("Los ingresos para Anchor bajaron.", "ingresos"),
        ("Una empresa llamada Anchor cerró.", "empresa"),
        ("I ricavi per Anchor calano.", "ricavi"),
        ("O lucro para Anchor caiu.", "lucro"),
        ("周一，Anchor股价下跌。", "股价"),
        ("昨日、Anchorの株式が下落した。", "株式"),
        ("The chief executive met Anchor.", "chief executive"),
        ("The technology of Anchor is old.", "technology"),
    ],
)
def test_a_word_of_business_speaks_for_an_ordinary_word(text: str, word: str) -> None:
    start = text.index("Anchor")
    assert find_business_word(text, start, start + 6) == word
    assert tagged(text, "Anchor") == ["anchor"]
    bare = text.replace(word, "xx")
    assert find_business_word(bare, bare.index("Anchor"), bare.index("Anchor") + 6) == ""
    assert tagged(bare, "Anchor") == []


def test_a_chinese_name_that_needs_it_is_told_by_words_beside_it() -> None:
    assert tagged("据报道，红河集团收购了一家工厂。", "红河", how="context") == ["红河"]
    assert tagged("我们去了红河，那里下雨。", "红河", how="context") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Herr Hamilton ging. Die Firma schwieg.", False),
        ("Mme Hamilton part. Le groupe se tait.", False),
        ("Mr. Hamilton left the company.", False),
        ("Then J. Hamilton left the company.", False),
        ("Then J.R. Hamilton left the company.", False),
        ("Then the shares fell, said a man. Hamilton paid.", True),
        ("It is a firm of the U.S. Hamilton paid.", True),
    ],
)
def test_a_title_or_an_initial_makes_a_person(text: str, *, found: bool) -> None:
    assert bool(tagged(text, "Hamilton")) is found


@pytest.mark.parametrize("text", ["Zorbex und Anchor.", "Zorbex et Anchor.", "Zorbex y Anchor.", "Zorbex、Anchor。"])
def test_a_list_of_names_in_other_languages(text: str) -> None:
    assert tagged(f"Es kamen {text}", "Zorbex", "Anchor") == ["zorbex", "anchor"]


@pytest.mark.parametrize("article", ["der", "le", "el", "il", "eine", "une", "una"])
def test_an_article_makes_a_word_of_it(article: str) -> None:
    assert tagged(f"Xxx xxx {article} Anchor xxx Aktien ventes.", "Anchor") == []
