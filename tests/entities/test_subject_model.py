"""What a page of any kind is about: names that are asides in guides, shops, forums and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_gen.entities.matching.subject_model import FEATURES, SubjectEvidence
from site_gen.entities.matching.tagger import tag_text, weigh_and_doubt
from tests.support.gazetteers import FILLER, KINDS, company, matcher_of

if TYPE_CHECKING:
    from site_gen.content.records import Entity

ADVICE = "If you tie your boat, you look at your knots first, and you ask your neighbour what you forgot. "
ZORBEX = company("Zorbex")


def evidence_of(text: str, *others: Entity, title: str = "A day at the quay", source: str = "") -> SubjectEvidence:
    """Return the evidence for Zorbex in a text whose paragraphs are its lines."""
    matcher = matcher_of(ZORBEX, *others)
    weights, _ = weigh_and_doubt(title, text.split("\n"), matcher, KINDS, source, with_evidence=True)
    evidence = weights[ZORBEX.tag].evidence
    assert evidence
    is_about = ZORBEX.tag in tag_text(title, text.split("\n"), matcher, KINDS, source).about
    assert is_about == evidence.is_about, "the way without evidence gives the same"
    return evidence


def test_a_guide_that_names_a_shop_is_not_about_it() -> None:
    text = f"{ADVICE * 3}You find ropes on Zorbex.\n" + f"{ADVICE * 4}Buy it at Zorbex.\n" * 8
    evidence = evidence_of(text)
    assert not evidence.is_about
    reasons = evidence.reasons(about=False)
    assert (
        "seldom acts in its sentences; the page speaks to its reader or of its writer; in the lead after “on”"
        in reasons
    )


def test_news_of_the_same_length_is_about_who_acts_in_it() -> None:
    evidence = evidence_of(f"{FILLER * 3}Zorbex closed it.\n" + f"{FILLER * 4}Zorbex has denied that.\n" * 8)
    assert evidence.is_about
    assert evidence.reasons(about=True) == "in the lead of news; named 9 times; acts in its sentences"


def test_what_a_source_says_is_not_addressed_to_the_reader() -> None:
    address = FEATURES.index("address")
    said = "".join(f"“{ADVICE.strip()}” " for _ in range(4))
    assert evidence_of(f"Zorbex spoke. {ADVICE * 4}").values[address] > 2
    assert evidence_of(f"Zorbex spoke. {said}").values[address] == 0
    assert evidence_of("Zorbex。あなたの船。").values[address] > 0


def test_an_aside_in_the_lead_is_told() -> None:
    evidence = evidence_of(f"{FILLER}That is so, according to Zorbex.{FILLER * 9}")
    assert not evidence.is_about
    assert evidence.reasons(about=False).endswith("; in the lead after “according to”")


@pytest.mark.parametrize(
    ("title", "is_about", "titled_as"),
    [
        ("Zorbex opens a quay", True, ""),
        ("Ropes for beginners - Zorbex", False, "as the name of the site"),
        ("Zorbex | Ropes for beginners", True, ""),
        ("Zorbex buys Quibbly - a day at the quay", True, ""),
        ("Zorbex 300 recalled", False, "before a number"),
    ],
)
def test_a_title_may_name_a_company_for_something_else(title: str, is_about: bool, titled_as: str) -> None:
    evidence = evidence_of(FILLER, title=title)
    assert (evidence.is_about, evidence.titled_as) == (is_about, titled_as)
    assert (f"in the title only {titled_as}; " in evidence.reasons(about=False)) == bool(titled_as)


def test_a_site_where_others_publish_may_stand_first_in_a_title() -> None:
    reddit = company("Reddit")
    for title, about in (("Reddit - a day at the quay", ()), ("Reddit opens a quay", (reddit.tag,))):
        assert tag_text(title, [FILLER], matcher_of(reddit), KINDS).about == about


@pytest.mark.parametrize(("title", "is_group"), [("Anvilo and Quibbly may go", True), ("Anvilo may go", False)])
def test_a_title_that_names_several_stands_for_a_group(title: str, is_group: bool) -> None:
    evidence = evidence_of(
        f"Anvilo may go.\nSo may Zorbex. {FILLER * 9}", *map(company, ("Anvilo", "Quibbly")), title=title
    )
    assert evidence.values[FEATURES.index("group")] == is_group
    assert ("in the lead of news whose title names several" in evidence.reasons(about=True)) is is_group


@pytest.mark.parametrize(
    ("source", "is_own"),
    [
        ("https://zorbex.example/ropes", True),
        ("https://docs.zorbex.co.example/ropes", True),
        ("https://play.zorbex.example/ropes", False),
        ("https://quay.example/zorbex", False),
        ("https://[zorbex", False),
        ("", False),
    ],
)
def test_a_page_of_its_own_site_is_about_a_company(source: str, is_own: bool) -> None:
    evidence = evidence_of(f"{FILLER * 30}\n" + f"{FILLER}It was tied with Zorbex.\n" * 3, source=source)
    assert evidence.is_about is is_own
    assert ("on its own site" in evidence.reasons(about=True)) is is_own


def test_where_others_publish_a_page_is_not_the_sites_own() -> None:
    youtube = company("YouTube")
    text = f"{FILLER * 30}\n" + f"{FILLER}It was seen on YouTube.\n" * 3
    for host, about in (("www.youtube.com", ()), ("youtube.com", ()), ("blog.youtube.com", (youtube.tag,))):
        assert tag_text("A quay", text.split("\n"), matcher_of(youtube), KINDS, f"https://{host}/x").about == about
