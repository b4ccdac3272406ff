"""Which topics a text has: by keywords in its title and its sentences."""

from __future__ import annotations

import pytest

from site_gen.core.word_lists import WordLists
from site_gen.entities.matching import tagger, topic_evidence
from tests.support.gazetteers import FILLER, KINDS, matcher_of, topic

HARBOURS = topic("Harbours", "pier", "crane", "quay dues", "tug")
DRONES = topic("Drones", "drone", "drones")  # one word alone
LONG = FILLER.strip() + "\n" + FILLER * 12  # 1,260 letters without a keyword


def rule(text: str, *topics_: object, title: str = "A wet day") -> str:
    """Return the rule by which a text, whose paragraphs are its lines, has the first topic; empty where none does."""
    entities = topics_ or (HARBOURS,)
    weights = tagger.weigh_entities(title, text.split("\n"), matcher_of(*entities), KINDS)  # type: ignore[arg-type]
    weight = weights.get(entities[0].tag)  # type: ignore[attr-defined]
    return weight.rule if weight else ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The pier was closed, and the crane stood still all day.", "at the beginning"),
        ("The pier was closed, and nobody said why it had to be.", ""),  # a word by itself
        ("The quay dues rise in May, and nobody said why they do.", "at the beginning"),  # a phrase means one thing
        ("Pier\nCrane\nTug\nPier | Crane | Tug", ""),  # a menu
        ("The pier is open to all who come.\n" * 3 + LONG, ""),  # what is said thrice is said once
        (f"The pier and the pier, and once more the pier.\n{LONG}", ""),  # one word of several, in no short text
        (f"The pier and the harbours, and once more a tug.\n{LONG}", "at the beginning"),
        (f"The harbours are full, and harbours cost more.\n{LONG}", "at the beginning"),  # its name
        (f"The quay dues rise in May, and nobody said why.\n{LONG}", "at the beginning"),  # once, in a longer text
        (f"The pier was closed, and the crane stood still.\n{FILLER * 30}", ""),  # too few for the length
        (f"{LONG}\nThe pier was closed, and the crane stood still.", ""),
        (f"{LONG}\nThe pier was closed, and the crane and the tug stood still.", "3 times"),
    ],
)
def test_keywords_count_in_sentences_by_their_places_and_number(text: str, expected: str) -> None:
    assert rule(text) == expected


def test_the_only_word_of_a_topic_counts_by_itself() -> None:
    assert rule("A drone was seen over the water at noon.", DRONES) == "at the beginning"
    assert rule(f"{LONG}\nA drone was seen over the water at noon.", DRONES) == ""


def test_what_the_title_has_counts_and_makes_other_topics_asides() -> None:
    assert rule(FILLER, title="A crane for Tallow") == "in the title"
    assert rule(LONG, title="A crane for Tallow") == ""  # one word of several, in no short text
    assert rule(LONG, title="A crane and a tug for Tallow") == "in the title"
    text = "The pier was closed, and the crane stood still all day."
    assert rule(text, HARBOURS, DRONES, title="Drones at noon") == ""
    assert rule(f"{text} A tug and a crane came at night.", HARBOURS, DRONES, title="Drones at noon")


def test_a_word_in_a_set_phrase_is_no_keyword() -> None:
    steel, freight = topic("Steel", "steel"), topic("Freight", "freight", "ship", "ships", "shipping")
    assert rule(LONG, steel, title="Stainless-steel bottles") == ""
    assert rule(LONG, steel, title="Steel from Tallow") == "in the title"
    assert rule("Free shipping on all that you buy. Shipping costs are ours, and we ship at once.", freight) == ""
    assert rule("Free ships of the coast met at noon. Shipping is cheap, they said.", freight) == "at the beginning"


def test_each_set_phrase_has_its_word_in_capitals() -> None:
    phrases = WordLists(topic_evidence.__package__, "topic_evidence.txt").phrases("set phrases")
    assert [phrase for phrase in phrases if [word.isupper() for word in phrase.split()].count(True) != 1] == []
