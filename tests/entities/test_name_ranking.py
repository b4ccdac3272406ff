"""Which names come first: companies before acronyms and products, by documents and outlets before occurrences."""

from __future__ import annotations

from math import exp

import pytest

from site_gen.entities.discovery.company_likelihood import likelihood, strongest_reasons
from site_gen.entities.discovery.name_discovery import DiscoveredName, SearchedText, discover_names
from site_gen.entities.discovery.name_evidence import NameUsage, Surroundings, gather_evidence
from site_gen.entities.discovery.well_known_names import find_list, find_maker

USAGE = NameUsage(
    texts=4, occurrences=8, own_texts=0, outlets=4, lower=0, longer=0, maker="", maker_texts=0, maker_list="",
    neighbours={}, linked=0, is_outlet=False,
)  # fmt: skip
SCORES = {"company": 0.0, "person": 0.0, "place": 0.0, "other": 0.8}
FILLER = SearchedText(("The harbour was quiet on that day, and nobody wanted to talk about the weather or the tide.",))


def discovered(*texts: SearchedText) -> dict[str, DiscoveredName]:
    """Return the names of texts by name, best first."""
    return {name.name: name for name in discover_names([*texts, FILLER])}


def of_lines(*lines: str, host: str = "") -> list[SearchedText]:
    return [SearchedText((line,), "en", host=host or f"outlet{n}.example") for n, line in enumerate(lines)]


@pytest.mark.parametrize(
    ("name", "list_name"),
    [
        ("Microsoft", "companies"),
        ("MICROSOFT", "companies"),
        ("Microsoft Corp.", "companies"),
        ("Asics", "companies"),
        ("ASICs", "trade terms"),  # which differ in capitals only
        ("PR", "trade terms"),
        ("PRs", "trade terms"),
        ("iPhone", "products"),
        ("Reuters", "outlets"),
        ("Quillmar", ""),
    ],
)
def test_a_well_known_name_is_in_one_list(name: str, list_name: str) -> None:
    assert find_list(name) == list_name


@pytest.mark.parametrize(
    ("product", "maker"), [("iPhone", "Apple"), ("gmail", "Google"), ("Python", ""), ("Apple", "")]
)
def test_the_maker_of_a_well_known_product_is_told(product: str, maker: str) -> None:
    assert find_maker(product) == maker


def test_companies_come_before_acronyms_of_a_trade_in_more_texts() -> None:
    lines = [f"We asked about SEO on day {n}, and SEO it was." for n in range(9)]
    names = discovered(*of_lines(*lines, "He left Microsoft again.", "It is at Microsoft now."))
    assert next(iter(names)) == "Microsoft"
    assert (names["Microsoft"].kind, names["SEO"].kind) == ("company", "topic")


def test_a_product_is_told_from_its_maker() -> None:
    lines = ("He sold the iPhone and a Microsoft Quillpad there.", "We saw an iPhone beside the Microsoft Quillpad.")
    names = discovered(*of_lines(*lines))
    assert (names["iPhone"].kind, names["iPhone"].maker) == ("product", "Apple")
    assert (names["Microsoft Quillpad"].kind, names["Microsoft Quillpad"].maker) == ("product", "Microsoft")


def test_an_organisation_is_told_from_a_company() -> None:
    lines = ("He left NASA and Microsoft for Tallow University.", "At Tallow University we met NASA and Microsoft.")
    kinds = {name: one.kind for name, one in discovered(*of_lines(*lines)).items()}
    assert kinds == {"NASA": "organisation", "Microsoft": "company", "Tallow University": "organisation"}


def test_texts_count_more_than_occurrences() -> None:
    often = "A shop sells Tavrona here, Tavrona there, Tavrona now, Tavrona then, and Tavrona in the end."
    lines = (often, often.replace("here", "below"), *(f"On day {n} we saw Quillmar again." for n in range(4)))
    names = discovered(*of_lines(*lines))
    assert names["Tavrona"].count > names["Quillmar"].count
    assert list(names) == ["Quillmar", "Tavrona"]


def test_outlets_count_as_texts_do() -> None:
    one_outlet = of_lines(*(f"On day {n} we saw Tavrona again." for n in range(4)), host="one.example")
    four_outlets = of_lines(*(f"On day {n} we met Quillmar again." for n in range(4)))
    names = discovered(*one_outlet, *four_outlets)
    assert (names["Tavrona"].outlets, names["Quillmar"].outlets) == (1, 4)
    assert list(names) == ["Quillmar", "Tavrona"]


def test_what_an_outlet_publishes_tells_little_of_it() -> None:
    own = [SearchedText((f"On day {n} we at Tavrona wrote this.",), "en", ("Tavrona",)) for n in range(4)]
    names = discovered(*own, *of_lines(*(f"On day {n} we met Quillmar again." for n in range(3))))
    assert list(names) == ["Quillmar", "Tavrona"]


def test_headings_count_for_a_name_that_stands_in_sentences_too() -> None:
    sentences = of_lines("He left Quillmar again.", "We saw Quillmar there.")
    heading = SearchedText(("Quillmar Wins Long Fight Over Harbour Wall", "It was so."), "en")
    assert discovered(*sentences, heading)["Quillmar"].texts == (0, 1, 2)
    assert not discovered(heading, heading)


def test_a_heading_tells_nothing_of_a_plain_word() -> None:
    sentences = of_lines("He met the Warden again.", "We saw the Warden there.", "No warden came.")
    heading = SearchedText(("Warden Wins Long Fight Over Harbour Wall",), "en")
    assert discovered(*sentences, heading)["Warden"].texts == (0, 1)


@pytest.mark.parametrize(
    ("before", "after", "feature"),
    [
        ("companies such as Tavrona and ", " are here", "in a list of firms"),
        ("tools like ", " help", "in a list of things"),
        ("an engineer at ", " said so", "after a post"),
        ("and then ", "’s shares fell", "before a post"),
        ("sold by ", ", Inc. again", "before a legal form"),
        ("we run ", " 3.1 here", "before a version"),
        ("he left ", "'s board", "before 's"),
        ("At ", " it rained", "after at"),
    ],
)
def test_surroundings_are_evidence(before: str, after: str, feature: str) -> None:
    assert gather_evidence(["Quillmar"], [Surroundings(before, after)], SCORES, USAGE)[feature] > 0
    assert feature not in gather_evidence(["Quillmar"], [Surroundings("and ", " or")], SCORES, USAGE)


def test_reasons_add_up_to_the_likelihood() -> None:
    evidence = gather_evidence(["Quillmar Ltd"], [Surroundings("work at ", "’s CEO")], SCORES, USAGE)
    weights = {"start": -1.0, "after at": 3.0, "after in": 9.0}
    assert likelihood(evidence, weights) == pytest.approx(1 / (1 + exp(1 - 3 * evidence["after at"])))
    reasons = strongest_reasons(evidence)
    assert dict(reasons)["written with a legal form"] > 0
    assert [abs(log_odds) for _, log_odds in reasons] == sorted((abs(x) for _, x in reasons), reverse=True)
