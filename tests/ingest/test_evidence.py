"""The evidence that a reviewer sees of a saved page: its text, and clues to its facts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.records import PageFormat, SavedPage
from site_gen.ingest.extract.evidence import Clue, gather_evidence


def saved_page(text: str, page_format: PageFormat = "html", source: str | None = None) -> SavedPage:
    return SavedPage(name="x", format=page_format, text=text, sha256="", source=source)


def test_the_text_has_a_line_for_each_block() -> None:
    evidence = gather_evidence(
        saved_page(
            "<html><head><title>T</title></head><body><div>one<p>two <b>bold</b>words</p>tail</div>"
            "<script>no()</script><noscript>no</noscript><template><p>no</p></template><ul><li>a<li>b</ul>x<br>y"
            "<table><tr><td>c<td>d</table><!-- no --></body></html>"
        )
    )
    assert evidence.text.split("\n") == ["one", "two boldwords", "tail", "a", "b", "x", "y", "c", "d"]


def test_clues_come_from_metadata_and_from_the_text() -> None:
    evidence = gather_evidence(
        saved_page(
            '<title>W - Post</title><meta property="og:title" content="O"><meta property="og:site_name" content="Post">'
            '<meta property="article:published_time" content="2025-01-02"><h1>H</h1><h1>H</h1><body lang="de">'
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"L","datePublished":"2025-01-03",'
            '"author":[{"name":"A"},{"name":"B"}]}</script><time>yesterday</time><p rel="author">C</p>'
            "<p>On 4 January 2025, or January 5, 2025, or 06.01.2025, or 2025年1月7日; not in 2025 or 12345 times.</p>",
            source="https://post.example/x",
        )
    )
    values: dict[str, list[str]] = {}
    for clue in evidence.clues:
        values.setdefault(clue.field, []).append(clue.value)
    assert values["title"] == ["H", "W - Post", "L", "O"]
    assert (values["author"], values["site"]) == (["A", "B", "C"], ["Post"])
    assert [clue.value for clue in evidence.clues if clue.field == "published"] == [
        "2025-01-03", "2025-01-02", "yesterday", "4 January 2025", "January 5, 2025", "06.01.2025", "2025年1月7日",
    ]  # fmt: skip
    assert Clue("source", "noted when it was saved", "https://post.example/x") in evidence.clues


@pytest.mark.parametrize("page_format", ["text", "clip", "pdf"])
def test_the_text_of_other_formats_is_shown_unchanged(page_format: PageFormat) -> None:
    evidence = gather_evidence(saved_page("<b>Line</b>\n\non 3 March 2025\n", page_format))
    assert evidence.text == "<b>Line</b>\n\non 3 March 2025"
    assert evidence.clues == (Clue("published", "in the text", "3 March 2025"),)


def test_deeply_nested_and_long_pages_are_read_within_limits() -> None:
    assert gather_evidence(saved_page("<html>" + "<div>" * 200 + "words" + "</div>" * 200)).text == "words"
    # lxml drops what is deeper than it reads.
    gather_evidence(saved_page("<html>" + "<div>" * 50_000 + "words" + "</div>" * 50_000))
    assert len(gather_evidence(saved_page("<p>" + "word " * 200_000)).text) <= 200_000


@given(st.text(), st.lists(st.sampled_from(["<p>", "</p>", "<b>", "<script>", "</script>", "<!--", "<h1>", "<time>"])))
def test_any_markup_has_evidence(words: str, tags: list[str]) -> None:
    evidence = gather_evidence(saved_page(words.join(["<html>", *tags])))
    assert all(clue.value for clue in evidence.clues)
    assert "\u202e" not in evidence.text
