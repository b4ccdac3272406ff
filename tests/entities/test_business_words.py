"""Words around a name, in several languages: what makes an ordinary word a company, and what a person or a word."""

from __future__ import annotations

import pytest

from site_gen.content.records import MatchRule
from site_gen.entities.matching.business_words import find_business_word
from tests.support.gazetteers import company, tagged_names


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
def test_a_business_word_nearby_makes_an_ordinary_word_a_company(text: str, word: str) -> None:
    start = text.index("Anchor")
    assert find_business_word(text, start, start + 6) == word
    assert tagged_names(text, company("Anchor")) == ["Anchor"]
    bare = text.replace(word, "xx")
    assert find_business_word(bare, bare.index("Anchor"), bare.index("Anchor") + 6) == ""
    assert tagged_names(bare, company("Anchor")) == []


def test_a_word_of_things_makes_no_company_of_a_name_that_people_and_places_have() -> None:
    assert tagged_names("They like the launch of Hamilton, a product.", company("Hamilton")) == []
    assert tagged_names("They like the launch of Anchor, a product.", company("Anchor")) == ["Anchor"]


def test_a_business_word_in_another_sentence_tells_nothing() -> None:
    assert tagged_names("The company met. They told Anchor. Then the shares fell.", company("Anchor")) == []


def test_a_chinese_name_that_needs_context_is_recognized_by_business_words() -> None:
    red_river = company("红河", match=MatchRule(case="context"))
    assert tagged_names("据报道，红河集团收购了一家工厂。", red_river) == ["红河"]
    assert tagged_names("我们去了红河，那里下雨。", red_river) == []


@pytest.mark.parametrize(
    ("text", "is_company"),
    [
        ("Herr Hamilton ging. Die Firma schwieg.", False),
        ("Mme Hamilton part. Le groupe se tait.", False),
        ("Mr. Hamilton left the company.", False),
        ("Then J. Hamilton left the company.", False),
        ("Then John Hamilton left the company. Hamilton is glad.", False),
        ("Then Julian Hamilton left the company. Hamilton is glad.", False),
        ("Then Australian Hamilton left the company.", True),
        ("Then J.R. Hamilton left the company.", False),
        ("Then the shares fell, said a man, and Hamilton paid.", True),
        ("It is a company of the U.S. Hamilton paid.", True),
    ],
)
def test_a_title_or_an_initial_makes_a_person(text: str, *, is_company: bool) -> None:
    assert bool(tagged_names(text, company("Hamilton"))) is is_company


@pytest.mark.parametrize("text", ["Zorbex und Anchor.", "Zorbex et Anchor.", "Zorbex y Anchor.", "Zorbex、Anchor。"])
def test_an_ordinary_word_in_a_list_of_names_is_a_company(text: str) -> None:
    assert tagged_names(f"Es kamen {text}", company("Zorbex"), company("Anchor")) == ["Zorbex", "Anchor"]


@pytest.mark.parametrize("article", ["der", "le", "el", "il", "eine", "une", "una"])
def test_an_article_before_it_makes_a_name_an_ordinary_word(article: str) -> None:
    assert tagged_names(f"Xxx xxx {article} Anchor xxx Aktien ventes.", company("Anchor")) == []
