"""Names in other letters than those of the text: accents, forms of letters, signs; and names in compounds."""

from __future__ import annotations

import unicodedata

import pytest

from site_gen.content.records import Entity
from site_gen.entities.matching.gazetteer import name_variants
from tests.support.gazetteers import company, matcher_of, tagged_names, topic


def matched_words(text: str, *names: str) -> list[str]:
    return [text[hit.start : hit.end] for hit in matcher_of(*map(company, names)).find(text)]


# -- accents


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Zørbex", "Zorbex"),
        ("Łorbęx", "Lorbex"),
        ("Đorbex", "Dorbex"),
        ("Ðorbex", "Dorbex"),
        ("İzorb", "Izorb"),
        ("Zıorb", "ZIORB"),
        ("Ærzorb", "Aerzorb"),
        ("Œrzorb", "OERZORB"),
        ("Þorzorb", "Thorzorb"),
        ("Großzorb", "Grosszorb"),
        ("Großzorb Ö", "GROSSZORB Ö"),
        ("Züorb", "Zueorb"),
        ("Züorb", "Zuorb"),
        ("Zorbé", "Zorbe"),
        ("Hermès", "Hermes"),
        ("Ζόρμπος", "ΖΟΡΜΠΟΣ"),
        ("ΖΟΡΜΠΟΣ", "Ζόρμπος"),
        ("Зорёбкс", "Зоребкс"),
        ("Şızorb İş", "ŞIZORB İŞ"),
        ("Pilot Zorb", "PİLOT ZORB"),
    ],
)
def test_a_name_with_accents_is_found_in_plain_letters_and_in_capitals(name: str, words: str) -> None:
    assert matched_words(f"So {words}, too.", name) == [words]


@pytest.mark.parametrize("words", ["Zörbex", "Zørbex", "ZÖRBEX", "Zo\u0308rbex", "Zorbeå"])
def test_a_name_without_accents_is_no_other_word(words: str) -> None:
    assert matched_words(f"So {words}, too.", "Zorbex", "Zorbea") == []


def test_an_accent_that_makes_no_other_letter_may_be_left_out_of_a_name() -> None:
    assert matched_words("So Zorbéx, too.", "Zorbex") == ["Zorbéx"]
    assert matched_words("So Zörbéx Quày, too.", "Zorbex Quay") == ["Zörbéx Quày"]
    assert matched_words("So Anchór, too.", "Anchor") == []  # an ordinary word: with an accent it is another one
    assert tagged_names("So Hamiltón, too.", company("Hamilton")) == []


def test_of_two_names_that_differ_in_an_accent_each_is_found_as_it_is_written() -> None:
    plain, accented = company("Zorbex"), Entity(kind="companies", slug="other", name="Zörbex")
    hits = matcher_of(plain, accented).find("Zorbex, Zörbex")
    assert [hit.tag.slug for hit in hits] == ["zorbex", "other"]


def test_a_name_that_is_an_ordinary_word_in_plain_letters_needs_evidence_there() -> None:
    anchor = company("Anchór")
    assert tagged_names("So Anchór, too.", anchor) == ["Anchór"]
    assert tagged_names("Then Anchor left.", anchor) == []
    assert tagged_names("Shares of Anchor fell.", anchor) == ["Anchór"]


# -- forms of letters


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Zorbex", "Zor\u00adbex"),
        ("Zorbex", "Zor\u200bbex"),
        ("Zorﬁx", "Zorfix"),
        ("Zorfix", "Zorﬁx"),
        ("ZBX", "ＺＢＸ"),
        ("ゾルベ", "ｿﾞﾙﾍﾞ"),
        ("Zorbéx", "Zorbe\u0301x"),
        ("Zĳorb", "Zijorb"),
        ("Z&B", "Ｚ＆Ｂ"),
        ("Zorbex", "𝗭𝗼𝗿𝗯𝗲𝘅"),
        ("한국전력", unicodedata.normalize("NFD", "한국전력")),
    ],
)
def test_a_name_is_found_in_any_form_of_its_letters(name: str, words: str) -> None:
    text = f"So ﬁne ({words}), too: {words}."
    assert matched_words(text, name) == [words, words]
    matcher = matcher_of(company(name))
    assert matcher.find_with_patterns(text)[0] == matcher.find(text)


def test_a_rejected_name_is_told_where_it_stands() -> None:
    text = "Oﬀ Zör\u00adbex"
    (rejection,) = matcher_of(company("Zorbex")).find_rejected(text).values()
    assert text[rejection[0] : rejection[1]] == "Zör\u00adbex"
    assert rejection[2] == "written with other accents"


# -- signs


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Z&B", "Z & B"),
        ("Zorb & Quay", "Zorb&Quay"),
        ("Zorb R Quay", "Zorb “R” Quay"),
        ("Zorb Quay", "Zorb\u2007Quay"),
        ("Zorb Quay", "Zorb\u3000Quay"),
        ("Zorb's", "Zorbs"),
        ("Z'Orbex", "Zorbex"),
        ("Z.ORB", "ZORB"),
        ("Z.B. Orbex", "ZB Orbex"),
        ('Zorb"R"Quay', "Zorb “R” Quay"),
        ('Zorb "R" Quay', "Zorb R Quay"),
        ("Zorb'R'Quay", 'Zorb "R" Quay'),
    ],
)
def test_signs_in_a_name_may_be_written_otherwise(name: str, words: str) -> None:
    assert matched_words(f"So {words}, too.", name) == [words]


def test_a_name_without_such_signs_has_no_variants() -> None:
    assert list(name_variants("Zorbex Quay 7.5")) == []


# -- compounds


@pytest.mark.parametrize(
    "text",
    [
        "Der Zorbex-Chef geht.",
        "Zorbex-Aktie steigt",
        "Zorbex-Flasche und Krug",
        "Das ist die Ex-Zorbex-Managerin.",
        "Nicht-Zorbex-Schiffe sind billig.",
        "The Zorbex-CEO left.",
        "A Zorbex-Backed Boat Sinks",
        "An ex-Zorbex cook.",
        "The then-Zorbex cook.",
        "A non‑Zorbex boat.",
        "Es war auch das Zorbex‑Werk.",
    ],
)
def test_a_compound_names_the_company(text: str) -> None:
    assert matched_words(text, "Zorbex") == ["Zorbex"]


@pytest.mark.parametrize(
    "text", ["The Zorbex-Anchor left.", "Der Zorbex-V kam.", "An annex-Zorbex.", "Das Zorbexwerk.", "ex.Zorbex"]
)
def test_a_name_may_be_part_of_a_longer_one(text: str) -> None:
    assert matched_words(text, "Zorbex") == []


def test_names_that_a_hyphen_joins_are_both_found() -> None:
    names = ("Zorbex", "Haldenau", "Quorz", "Quorz Haldenau")
    assert matched_words("The Zorbex-Haldenau deal", *names) == ["Zorbex", "Haldenau"]
    assert matched_words("Zorbex-Quorz-Haldenau", *names) == ["Zorbex", "Quorz-Haldenau"]
    assert matched_words("Zorbex-Anchor, Anchor-Quorz", *names) == []


def test_a_compound_with_a_word_of_business_is_enough_for_an_ordinary_word() -> None:
    anchor = company("Anchor")
    assert tagged_names("Der Anchor-Konzern und das Werk.", anchor) == ["Anchor"]
    assert tagged_names("Anchor-Chef geht", anchor) == ["Anchor"]
    assert tagged_names("Anchor-Based boats", anchor) == []
    assert tagged_names("Der Anchor Konzern und das Werk.", anchor) == []


# -- an s after a name


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("Zorbex Quayl", "Zorbex Quayls aktie", "Zorbex Quayls"),
        ("Apple", "Das ist Apples Gewinn", "Apples"),
        ("ZBQ", "two ZBQs", "ZBQs"),
        ("BMW", "two BMWs", "BMWs"),
        ("Haldenau", "Haldenaus Chef", "Haldenaus"),
        ("Haldené", "Haldenés Chef", "Haldenés"),
        ("Volkswagen", "Das ist Volkswagens große Chance", "Volkswagens"),
        ("Volkswagen", "Det är Volkswagens bilar", "Volkswagens"),
        ("Volkswagen", "Volkswagens Vorstand", "Volkswagens"),
    ],
)
def test_an_s_may_follow_a_name(name: str, text: str, words: str) -> None:
    assert matched_words(text, name) == [words]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Zorbex", "Zorbexs"),  # a genitive has no s after such a sound
        ("Anchor", "Anchors away"),
        ("Zorbex Anchor", "Zorbex Anchors"),
        ("Apple", "Apples Are Good For You"),
        ("Volkswagen", "many Volkswagens on the road"),
        ("Haldenau", "Haldenausee, Haldenauses"),
        ("Zo", "Zos"),
        ("Chao", "It was Chaos."),
    ],
)
def test_an_s_makes_no_name_of_another_word(name: str, text: str) -> None:
    assert matched_words(text, name) == []


def test_a_name_that_ends_with_an_s_of_its_own_is_another_name() -> None:
    hits = matcher_of(company("Haldenau"), company("Haldenaus")).find("Haldenaus, Haldenau")
    assert [hit.tag.slug for hit in hits] == ["haldenaus", "haldenau"]
    assert matcher_of(topic("Haldenau")).find("haldenaus")
