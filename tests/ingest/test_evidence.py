"""What a saved page says, as text alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.records import PageFormat, SavedPage
from site_gen.ingest.extract.evidence import Clue, gather_evidence


def page(text: str, form: PageFormat = "html", source: str | None = None) -> SavedPage:
    return SavedPage(name="x", format=form, text=text, sha256="", source=source)


def test_lines_of_a_page() -> None:
    found = gather_evidence(
        page(
            "<html><head><title>T</title></head><body><div>one<p>two <b>bold</b>words</p>tail</div>"
            "<script>no()</script><noscript>no</noscript><template><p>no</p></template><ul><li>a<li>b</ul>x<br>y"
            "<table><tr><td>c<td>d</table><!-- no --></body></html>"
        )
    )
    assert found.text.split("\n") == ["one", "two boldwords", "tail", "a", "b", "x", "y", "c", "d"]


def test_clues() -> None:
    found = gather_evidence(
        page(
            '<title>W - Post</title><meta property="og:title" content="O"><meta property="og:site_name" content="Post">'
            '<meta property="article:published_time" content="2025-01-02"><h1>H</h1><h1>H</h1><body lang="de">'
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"L","datePublished":"2025-01-03",'
            '"author":[{"name":"A"},{"name":"B"}]}</script><time>yesterday</time><p rel="author">C</p>'
            "<p>On 4 January 2025, or January 5, 2025, or 06.01.2025, or 2025年1月7日; not in 2025 or 12345 times.</p>",
            source="https://post.example/x",
        )
    )
    values: dict[str, list[str]] = {}
    for clue in found.clues:
        values.setdefault(clue.field, []).append(clue.value)
    assert values["title"] == ["H", "W - Post", "L", "O"]
    assert (values["author"], values["site"]) == (["A", "B", "C"], ["Post"])
    assert [clue.value for clue in found.clues if clue.field == "published"] == [
        "2025-01-03", "2025-01-02", "yesterday", "4 January 2025", "January 5, 2025", "06.01.2025", "2025年1月7日",
    ]  # fmt: skip
    assert Clue("source", "noted when it was saved", "https://post.example/x") in found.clues


@pytest.mark.parametrize("form", ["text", "clip", "pdf"])
def test_what_is_no_html_is_shown_as_it_is(form: PageFormat) -> None:
    found = gather_evidence(page("<b>Line</b>\n\non 3 March 2025\n", form))
    assert found.text == "<b>Line</b>\n\non 3 March 2025"
    assert found.clues == (Clue("published", "in the text", "3 March 2025"),)


def test_a_page_nested_without_end() -> None:
    assert gather_evidence(page("<html>" + "<div>" * 200 + "words" + "</div>" * 200)).text == "words"
    gather_evidence(
        page("<html>" + "<div>" * 50_000 + "words" + "</div>" * 50_000)
    )  # lxml drops what is deeper than it reads
    assert len(gather_evidence(page("<p>" + "word " * 200_000)).text) <= 200_000


@given(st.text(), st.lists(st.sampled_from(["<p>", "</p>", "<b>", "<script>", "</script>", "<!--", "<h1>", "<time>"])))
def test_it_never_fails(words: str, tags: list[str]) -> None:
    found = gather_evidence(page(words.join(["<html>", *tags])))
    assert all(clue.value for clue in found.clues)
    assert "\u202e" not in found.text
