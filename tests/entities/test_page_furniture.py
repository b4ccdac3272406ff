"""Names in follow and share lines, buttons, credits and copyright lines are no tags."""

from __future__ import annotations

import pytest

from site_gen.core.word_lists import WordLists
from site_gen.entities.matching.disambiguation import missing_evidence
from site_gen.entities.matching.tagger import tag_text, weigh_and_doubt
from tests.support.gazetteers import KINDS, company, matcher_of

LISTS = WordLists("site_gen.entities.matching", "page_furniture.txt")
PROSE = "Ropes are long and the quay is wide, so that all of the ships find a place in summer, day by day. "
ZORBEX = company("Zorbex")
REDDIT = company("Reddit")


def is_tagged(*paragraphs: str) -> bool:
    return ZORBEX.tag in tag_text("A day at the quay", paragraphs, matcher_of(ZORBEX), KINDS).tags


@pytest.mark.parametrize(
    "line",
    [
        "Follow us on Zorbex and Halden.",
        "You can follow her on Halden, Brenner or Zorbex.",
        "For more, follow him\xa0on\xa0Zorbex.",
        "Follow Jo Doe on Zorbex",
        "Share this story on Zorbex",
        "Subscribe to the Tallow Zorbex channel for more films.",
        "Visit our Zorbex page.",
        "Folgen Sie. Folge uns auf Zorbex!",
        "Suivez-nous, suivez nous sur Zorbex",
        "Zorbex: @tallowpost",
        "On Zorbex: Follow Jo Doe and get more.",
        "Share on Zorbex",
        "Check price on Zorbex",
        "Buy on Zorbex US",
        "Halden Kettle at Zorbex $58",
        "© 2016 Zorbex Publishers",
        "Copyright 2016, 2018 Halden and Zorbex. All rights reserved.",
        "Photo: Zorbex",
        "The quay at night (Image courtesy of Zorbex)",
        "A ship. Photo by Jo Doe for Zorbex",
        "Jo Doe for Zorbex hide caption",
    ],
)
def test_names_in_furniture_are_no_tags(line: str) -> None:
    assert not is_tagged(line)
    assert not is_tagged("Ropes are long.", line, line)
    assert is_tagged(line, "Zorbex makes ropes.")


@pytest.mark.parametrize(
    "line",
    [
        "Ropes follow a pattern on Zorbex, says Jo Doe.",
        "They share a quay with Zorbex.",
        "Share sale by Zorbex",
        "Their ships follow Halden on Zorbex charts.",
        "Zorbex: 14 ships",
        "Zorbex $58",
        "Buy on Zorbex: analysts like the shares, for it sells more ropes than its rivals in the north.",
        "A court rejects the copyright claim of Zorbex.",
        "A new video by Zorbex shows the quay.",
        "Photos from Zorbex show the quay.",
        "The ropes of our rival Zorbex",
        "I opened a channel on Zorbex.",
    ],
)
def test_names_in_sentences_are_tags(line: str) -> None:
    assert is_tagged(line)


def test_lines_of_sites_alone_are_buttons() -> None:
    def tags(*paragraphs: str) -> int:
        return len(tag_text("A day at the quay", paragraphs, matcher_of(ZORBEX, REDDIT), KINDS).tags)

    assert tags("Website Reddit Messenger", "Reddit", "Share on Reddit") == 0
    assert tags("Reddit", "Zorbex") == 1  # an item of a list
    assert tags("Reddit", "Reddit makes ropes.") == 1


def test_why_tells_in_what_line_a_name_stands() -> None:
    _, doubtful = weigh_and_doubt("Ropes", ["You can follow us on Zorbex, day by day."], matcher_of(ZORBEX), KINDS)
    assert [missing_evidence(5, entity) for entity in doubtful] == ["only as a place to follow or share"]


def test_all_words_of_the_lists_may_stand_before_a_name_in_a_long_line() -> None:
    determiners = ["", *(f"{word} " for word in LISTS.words("determiners"))]
    joints = [f"{comma}{word} " for comma in (" ", ", ") for word in ("and", "or")]
    joints += [", ", " / ", "/", *(f" {word} " for word in ("und", "et", "y", "e", "&"))]
    lines = [f"Follow us {word} {article}Zorbex" for word in LISTS.words("prepositions") for article in determiners]
    lines += [f"Follow us on Halden{joint}Zorbex" for joint in joints]
    lines += [f"See {word} Zorbex page" for word in LISTS.words("owners")]
    lines += [f"Now {call} {article}Zorbex page" for call in LISTS.phrases("calls") for article in determiners]
    lines += [f"(Photo {word} Zorbex)" for word in LISTS.words("credit links")]
    lines += ["(Photo: Zorbex)", "(Photo by Jo Doe for Zorbex)", "(Photo by Jo Doe, Zorbex)"]
    matcher = matcher_of(ZORBEX)
    for line in lines:
        assert not tag_text("A day at the quay", [PROSE + line], matcher, KINDS).tags, line
    assert is_tagged(f"{PROSE}Now follow Zorbex ships")


@pytest.mark.parametrize("words", ["", "follow us and ", "images "])
def test_copyrights_and_captions_are_known_after_any_word(words: str) -> None:
    assert is_tagged(f"{PROSE}Here are {words}ropes Zorbex and more.")
    assert not is_tagged(f"{PROSE}Here are {words}ropes Zorbex hide caption")
    for mark in ("Copyright", "copyright ©", "©", "(c)", "(C)"):
        assert not is_tagged(f"{PROSE}{mark} 2016 {words}ropes Zorbex and more")
