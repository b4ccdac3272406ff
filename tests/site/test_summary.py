"""An article in short: its page's description where that is a real one, a person's always, else its own sentences."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content import authorship
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.records import Article, Kind, Provenance, SiteConfig, StoryOverride
from site_gen.core.internal_links import Links
from site_gen.core.text import one_line
from site_gen.entities.matching.matcher import Matcher
from site_gen.site.analysis.summary import MAX_SUMMARY, extract_opening, usable_description
from site_gen.site.article_indexer import index_article
from site_gen.site.indexed_article import IndexedArticle, unpack_features
from site_gen.site.site import Site

CONFIG = SiteConfig(
    title="T",
    base_url="https://digest.example/",
    kinds=(Kind(key="companies", label="C", singular="C", prefix="companies"),),
)
BODY = (
    "## Harbour\n\nThe dredger left the northern channel on Monday, eleven days after it ran aground. Two tugs held it "
    "against the tide. The port will pay for the repair of the quay, its master said, and for a survey.\n\n"
    "He gave no date."
)
REAL = "A dredger is afloat again after eleven days, and the port pays for the quay that it damaged."


def article(name: str = "a", description: str | None = REAL, *, ours: bool = True, outlet: str = "Post") -> Article:
    made = Article(
        file=f"content/articles/2024/{name}.md", id=name, year="2024", slug=name, title="Dredger leaves the channel",
        body=BODY, description=description, site=outlet,
    )  # fmt: skip
    facts = authorship.format_hashes(authorship.fact_hashes(made)) if ours else "title-0"
    return replace(made, saved=Provenance(file="", sha256="", extractor="", text_hash="", fact_hashes=facts))


def found(of: Article) -> IndexedArticle:
    return index_article(of, (), CONFIG, Matcher({}), make_parser())[0]


def test_a_real_description_is_the_summary_and_sentences_stand_by() -> None:
    made = found(article())
    assert made.card.summary == REAL
    assert made.features.opening.startswith("The dredger left")


@pytest.mark.parametrize(
    "description",
    [
        "Too short to say anything.",
        "The dredger left the northern channel on Monday, eleven days after it ran",  # the text, cut off
        "The dredger left the northern channel on Monday, eleven days after it ran aground. Two tugs …",
        "Breaking news and analysis from the harbour. Sign up for our newsletter to get it every day.",
        "x" * 400,
        None,
    ],
)
def test_what_is_no_description_gives_way_to_sentences_of_the_text(description: str | None) -> None:
    made = found(article(description=description))
    assert made.card.summary.startswith(
        "The dredger left the northern channel on Monday, eleven days after it ran aground."
    )
    assert not made.features.opening


def test_a_persons_description_wins_whatever_it_is() -> None:
    assert found(article(description="Afloat.", ours=False)).card.summary == "Afloat."
    assert found(replace(article(description="Afloat."), saved=None)).card.summary == "Afloat."


def test_what_an_outlet_says_of_all_its_articles_says_nothing_of_one() -> None:
    site = Site(CONFIG, Links("/"), lambda _file, _digest: pytest.fail("no text is asked for"))
    one, other, third = (
        found(article(name, outlet=outlet)) for name, outlet in (("a", "Post"), ("b", "Post"), ("c", "Wire"))
    )

    def told() -> dict[str, str]:
        cards = [site.article(url)[1] for url, _, _ in site.articles()]
        return {card.id: card.summary for card in cards}

    site.put_articles({one.file: one, third.file: third})
    assert told() == {"a": REAL, "c": REAL}
    stale = site.put_articles({other.file: other})
    assert ("group", "article", one.card.url) in stale
    assert told() == {"a": one.features.opening, "b": one.features.opening, "c": REAL}
    site.put_articles({other.file: None})
    assert told() == {"a": REAL, "c": REAL}


OTHER = "What stands on the quay is counted once a year, and this year one crane was missing from the list."
MADE = {
    (name, outlet, description): found(article(name, description, outlet=outlet))
    for name in "abcd"
    for outlet in ("Post", "Wire")
    for description in (REAL, OTHER, None)
}


@given(
    st.lists(st.dictionaries(st.sampled_from("abcd"), st.none() | st.sampled_from(sorted(MADE, key=str)), max_size=3))
)
def test_summaries_are_the_same_in_any_order(batches: list[dict[str, tuple[str, str, str | None] | None]]) -> None:
    site = Site(CONFIG, Links("/"), lambda _file, _digest: pytest.fail("no text is asked for"))
    for batch in batches:
        changes = {}
        for name, of in batch.items():
            made = MADE[name, *of[1:]] if of else None
            changes[f"content/articles/2024/{name}.md"] = made
        for month, _, _ in site.month_counts():
            site.articles_of_month(*month)
        site.put_articles(changes)
    whole = Site(CONFIG, Links("/"), lambda _file, _digest: pytest.fail("no text is asked for"))
    whole.put_articles(dict(sorted(site.articles_by_file.items(), reverse=True)))
    assert [site.articles_of_month(*month) for month, _, _ in site.month_counts()] == [
        whole.articles_of_month(*month) for month, _, _ in whole.month_counts()
    ]
    assert [site.article(url) for url, _, _ in site.articles()] == [
        whole.article(url) for url, _, _ in whole.articles()
    ]


def test_findings_keep_what_the_digest_needs() -> None:
    made = found(replace(article(), story=StoryOverride(lead="b", apart=("c", "d"))))
    kept = IndexedArticle.from_json(made.file, made.to_json())
    assert kept == made
    entry = unpack_features(kept)
    assert entry.override == StoryOverride(lead="b", apart=("c", "d"))
    assert entry.sketch
    assert len(entry.terms) > 10


def squeezed(text: str) -> str:
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
def test_no_word_is_invented(paragraphs: list[str], language: str) -> None:
    made = extract_opening("Lund on prices", paragraphs, language)
    assert len(made) <= MAX_SUMMARY
    assert len(made.split()) <= 61
    text = squeezed(" ".join(paragraphs))
    # Two runs of the text at most, in its order.
    bare = squeezed(made.removesuffix("…"))
    assert any(bare[:cut] in text and bare[cut:] in text[text.find(bare[:cut]) :] for cut in range(len(bare) + 1))


def test_abbreviations_do_not_end_a_sentence() -> None:
    text = "M. Dupont a parlé à Mme. Leroy dans le port de la ville. Elle n’a rien répondu à sa question sur le quai."
    assert extract_opening("Le port", [text], "fr") == text


def test_sentences_without_blanks() -> None:
    text = "港湾委員会は古い倉庫を十年間残すことを決めた。長く騒がしい会議の末の結論だった。"
    assert extract_opening("古い倉庫", [text], "ja") == text


def test_a_description_of_the_article_in_any_script() -> None:
    assert usable_description(
        "Компания закупила двадцать новых кранов для порта и сообщила, что работы начнутся весной.", []
    )
