"""The summary of an article: its description where that is a real one or a person's, else sentences of its text."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from site_gen.content import authorship
from site_gen.content.records import Article, Provenance, StoryOverride
from site_gen.core.packing import pack
from site_gen.core.text import one_line
from site_gen.site import articles
from site_gen.site.analysis.summary import MAX_SUMMARY, extract_opening, usable_description
from site_gen.site.indexed_article import unpack_article, unpack_features
from tests.support.notes import indexed, put_notes, site_of

BODY = (
    "## Harbour\n\nThe dredger left the northern channel on Monday, eleven days after it ran aground. Two tugs held it "
    "against the tide. The port will pay for the repair of the quay, its master said, and for a survey.\n\n"
    "He gave no date."
)
REAL_DESCRIPTION = "A dredger is afloat again after eleven days, and the port pays for the quay that it damaged."


def article(
    name: str = "a", description: str | None = REAL_DESCRIPTION, *, ours: bool = True, outlet: str = "Post"
) -> Article:
    """Return an article whose description the program took from its page, or where not `ours`, a person wrote."""
    plain = Article(
        file=f"content/articles/2024/{name}.md", id=name, year="2024", slug=name, title="Dredger leaves the channel",
        body=BODY, description=description, site=outlet,
    )  # fmt: skip
    facts = authorship.format_hashes(authorship.fact_hashes(plain)) if ours else "title-0"
    return replace(plain, saved=Provenance(file="", sha256="", extractor="", text_hash="", fact_hashes=facts))


def test_a_real_description_is_the_summary() -> None:
    indexed_article = indexed(article())
    assert indexed_article.card.summary == REAL_DESCRIPTION
    assert indexed_article.features.opening.startswith("The dredger left")


@pytest.mark.parametrize(
    "description",
    [
        "Too short to say anything.",
        "The dredger left the northern channel on Monday, eleven days after it ran",  # the text, cut off
        "A dredger that ran aground is afloat once more since high water.The dredger left the northern channel",
        "The dredger left the northern channel on Monday, eleven days after it ran aground. Two tugs …",
        "Breaking news and analysis from the harbour. Sign up for our newsletter to get it every day.",
        "x" * 400,
        "Harbours, ships and tides: guides and pictures for everybody who loves water.",  # of the outlet
        "lasted eleven days, and then northern channel on Monday, eleven days after it ran aground. Two tugs held it",
        None,
    ],
)
def test_an_unusable_description_is_replaced_by_sentences_of_the_text(description: str | None) -> None:
    indexed_article = indexed(article(description=description))
    assert indexed_article.card.summary.startswith(
        "The dredger left the northern channel on Monday, eleven days after it ran aground."
    )
    assert not indexed_article.features.opening


def test_a_description_by_a_person_is_always_the_summary() -> None:
    assert indexed(article(description="Afloat.", ours=False)).card.summary == "Afloat."
    assert indexed(replace(article(description="Afloat."), saved=None)).card.summary == "Afloat."


def test_a_description_that_an_outlet_repeats_is_not_used() -> None:
    first, second, third = (
        indexed(article(name, outlet=outlet)) for name, outlet in (("a", "Post"), ("b", "Post"), ("c", "Wire"))
    )

    def summaries() -> dict[str, str]:
        cards = [articles.article(site, url)[1] for url, _, _ in articles.listing(site)]
        return {card.id: card.summary for card in cards}

    site = site_of([first, third])
    assert summaries() == {"a": REAL_DESCRIPTION, "c": REAL_DESCRIPTION}
    stale = put_notes(site, second)
    assert ("article", first.card.url) in stale
    assert summaries() == {"a": first.features.opening, "b": first.features.opening, "c": REAL_DESCRIPTION}
    site.put_articles({second.file: None})
    assert summaries() == {"a": REAL_DESCRIPTION, "c": REAL_DESCRIPTION}


OTHER_DESCRIPTION = "What stands on the quay is counted once a year, and this year one crane was missing from the list."
INDEXED_ARTICLES = {
    (name, outlet, description): indexed(article(name, description, outlet=outlet))
    for name in "abcd"
    for outlet in ("Post", "Wire")
    for description in (REAL_DESCRIPTION, OTHER_DESCRIPTION, None)
}


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from("abcd"), st.none() | st.sampled_from(sorted(INDEXED_ARTICLES, key=str)), max_size=3
        )
    )
)
def test_summaries_are_the_same_in_any_order(batches: list[dict[str, tuple[str, str, str | None] | None]]) -> None:
    site = site_of([])
    for batch in batches:
        changes = {
            f"content/articles/2024/{name}.md": INDEXED_ARTICLES[name, *key[1:]] if key else None
            for name, key in batch.items()
        }
        for month, *_ in articles.dated_months(site):
            articles.of_month(site, *month)
        site.put_articles(changes)
    whole = site_of([])
    whole.put_articles(dict(sorted(site.article_groups.articles().items(), reverse=True)))
    assert [articles.of_month(site, *month) for month, *_ in articles.dated_months(site)] == [
        articles.of_month(whole, *month) for month, *_ in articles.dated_months(whole)
    ]
    assert [articles.article(site, url) for url, _, _ in articles.listing(site)] == [
        articles.article(whole, url) for url, _, _ in articles.listing(whole)
    ]


def test_a_packed_article_is_restored() -> None:
    day = dt.date(2024, 3, 1)
    indexed_article = indexed(replace(article(), published=day, story=StoryOverride(lead="b", apart=("c", "d"))))
    restored = unpack_article(pack(indexed_article))
    assert replace(restored, checksum=b"") == indexed_article
    features = unpack_features(restored)
    assert features.override == StoryOverride(lead="b", apart=("c", "d"))
    assert features.sketch
    assert len(features.terms) > 10


def without_blanks(text: str) -> str:
    return re.sub(r"\s", "", one_line(text))


SENTENCES = st.lists(
    st.sampled_from((
        "Dr. Lund met the crew at 5 p.m. on Monday. ", "“It is over,” she said. ", "港口已经关闭。没有人知道原因。",
        "Mme. Leroy a parlé à M. Dupont, qui n’a rien dit. ", "and then " * 40, "Prices rose 3.5 percent! ",
        "Nobody knows why. ", "x" * 500 + " ",
    )),
    max_size=6,
).map("".join)  # fmt: skip


@given(st.lists(SENTENCES | st.text(max_size=80), max_size=5), st.sampled_from(("en", "fr", "zh", "tlh")))
def test_an_opening_is_made_of_the_words_of_the_text(paragraphs: list[str], language: str) -> None:
    opening = extract_opening("Lund on prices", paragraphs, language)
    assert len(opening) <= MAX_SUMMARY
    assert len(opening.split()) <= 61
    text = without_blanks(" ".join(paragraphs))
    # Two runs of the text at most, in its order.
    opening_letters = without_blanks(opening.removesuffix("…"))
    assert any(
        opening_letters[:cut] in text and opening_letters[cut:] in text[text.find(opening_letters[:cut]) :]
        for cut in range(len(opening_letters) + 1)
    )


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "M. Dupont a parlé à Mme. Leroy dans le port de la ville. Elle n’a rien répondu à sa question sur le quai."
    assert extract_opening("Le port", [text], "fr") == text


def test_sentences_of_scripts_without_blanks_are_kept() -> None:
    text = "港湾委員会は古い倉庫を十年間残すことを決めた。長く騒がしい会議の末の結論だった。"
    assert extract_opening("古い倉庫", [text], "ja") == text


def test_a_description_in_any_script_is_usable() -> None:
    assert usable_description(
        "Компания закупила двадцать новых кранов для порта и сообщила, что работы начнутся весной.",
        "Новые краны",
        [],
        "ru",
    )


def test_a_description_is_told_without_its_offer_and_in_whole_sentences() -> None:
    plain = "The dredger is afloat again after eleven days in the mud, and the port pays for the quay."
    for rest in (
        "Sign up for free.",
        "FREE SHIPPING on all anchors!",
        "The master " + "said again and again " * 10 + "so.",
    ):
        assert usable_description(f"{plain} {rest}"[:300], "Dredger", [], "en") == plain


@pytest.mark.parametrize(
    "no_sentence",
    [
        "Tonnage · 1,200 · Built · 1987 · Owner · Harbour Board · Flag · none at all, it is said.",
        "| Ship | Built | Owner | | Dredger | 1987 | Harbour Board | | Tug | 1990 | the same. |",
        "Home News Harbour Weather Tides Contact",
        "By A. Writer, 3 March 2024, 11:20, four minutes to read",
        "Dredger leaves the channel!",
        "Subscribe to our harbour letter to get the tides every day.",
        "(The picture above shows another dredger, in another harbour.)",
    ],
)
def test_an_opening_has_no_rows_labels_offers_nor_the_title(no_sentence: str) -> None:
    first = "The dredger left the northern channel on Monday, eleven days after it ran aground."
    second = "Two tugs held it against the tide, and a third was there in case."
    assert (
        extract_opening("Dredger leaves the channel", ["Harbour", no_sentence, first, second], "en")
        == f"{first} {second}"
    )


def test_a_summary_within_a_limit_of_words_is_of_whole_sentences() -> None:
    first = "The dredger left the northern channel on Monday, eleven days after it ran aground."
    second = "Two tugs held it against the tide, and a third was there in case."
    for max_words, words in (
        (30, f"{first} {second}"),
        (20, first),
        (10, "The dredger left the northern channel on Monday, eleven days…"),
    ):
        assert extract_opening("Dredger", [first, second], "en", max_words) == words
    assert usable_description(f"{first} {second}", "Dredger", [], "en", 20) == first


def test_an_opening_joins_what_a_paragraph_was_broken_into() -> None:
    parts = [
        "The dredger left the northern channel on",
        "Monday",
        "eleven days after it ran aground on the",
        "sand bank of 1911.",
    ]
    assert extract_opening("Dredger", parts, "en") == "eleven days after it ran aground on the sand bank of 1911."
    assert extract_opening("Dredger", [parts[0], *parts[2:]], "en") == " ".join([parts[0], *parts[2:]])


def test_a_text_without_sentences_has_its_prose_or_itself_for_an_opening() -> None:
    menu = "Home News Harbour Weather Tides Contact " * 9
    prose = "What we know of the dredger that lay in the mud for eleven days"
    assert extract_opening("Dredger", ["a · b", menu, prose], "en") == prose
    assert extract_opening("Dredger", ["a · b", menu], "en") == ""
    assert extract_opening("Dredger", ["Crane 3 ordered", "Offer on Monday"], "en") == "Crane 3 ordered Offer on Monday"
