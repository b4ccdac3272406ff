"""The blocks of a page: how they are read and written as Markdown, and when they replace what trafilatura finds."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement, document_fromstring

from site_gen.content.markdown import commonmark, document
from site_gen.core.text import words
from site_gen.ingest.extract import tidy_markdown
from site_gen.ingest.extract.html import (
    block_classifier,
    block_markdown,
    decision_trees,
    page_blocks,
    page_kind,
    page_marks,
    tree_cleanup,
)
from site_gen.ingest.extract.html.metadata import PageMetadata
from tests.support.extraction import ARTICLE, PROSE, doubt_reasons, extract_html


def tree(html: str) -> HtmlElement:
    page = document_fromstring(f"<html><body>{html}</body></html>")
    tree_cleanup.prepare_tree(page)
    return page


def markdown(html: str) -> str:
    blocks = page_blocks.read_blocks(tree(html))
    return page_marks.write_out_marks(block_markdown.render_blocks(blocks, "https://quay.example/piers/")).rstrip("\n")


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<h2>Grain</h2><p>It is dry.</p>", "## Grain\n\nIt is dry."),
        ("<div>First<br>second<div>third</div>fourth</div>", "First\n\nsecond\n\nthird\n\nfourth"),
        ("<p>See <a href='silo?a=1'>the <b>silo</b></a> now.</p>",
         "See [the **silo**](https://quay.example/piers/silo?a=1) now."),
        ("<p>See <a href='javascript:open()'>the silo</a>.</p>", "See the silo."),
        ("<ul><li>Rye</li><li>Wheat<ul><li>Spelt</li></ul></li></ul><ol><li>Oats</li></ol>",
         "- Rye\n- Wheat\n   - Spelt\n1. Oats"),
        ("<ul><li><p>Rye</p><p>It is dark.</p></li><li>Oats</li></ul>", "- Rye\n   It is dark.\n- Oats"),
        ("<table><tr><th>Pier</th><th>Tons</th></tr><tr><td>North|South</td></tr></table>",
         "| Pier | Tons |\n|---|---|\n| North\\|South |  |"),
        ("<pre>def silo():\n    return 7</pre>", "```\ndef silo():\n    return 7\n```"),
        ("<blockquote>Grain is grain.</blockquote><p># 7 *stars*</p>", "> Grain is grain.\n\n\\# 7 \\*stars\\*"),
        ("<p>a<script>x()</script>b</p><style>c</style><p>d</p>", "ab\n\nd"),
        ("<p>The <ruby>麦<rp>(</rp><rt>mugi</rt><rp>)</rp></ruby> is dry.</p>", "The 麦 is dry."),
        ("<b><p>Open</p></b><p>shut</i></p>", "Open\n\nshut"),
    ],
)  # fmt: skip
def test_blocks_become_markdown(html: str, wanted: str) -> None:
    assert markdown(html) == wanted


def test_blocks_know_their_surroundings_and_navigation_is_skipped() -> None:
    text, menu = page_blocks.read_blocks(
        tree(
            "<div class='main-content'><p>Grain <a href=/x>prices</a></p></div><nav><p>Home</p></nav>"
            "<div id='side-menu'><ul><li hidden>All</li></ul></div><footer>Quay Grain</footer>"
        )
    )
    assert (text.text, text.linked, text.tag) == ("Grain prices", 6, "p")
    assert text.places == frozenset({"content"})
    assert (menu.text, menu.tag) == ("All", "li")
    assert menu.places == frozenset({"frame", "list", "unseen"})
    assert menu.path == ("li ", "ul ", "div ")


_TAGS = ("p", "div", "span", "b", "a", "li", "ul", "td", "h2", "em", "pre", "section", "br")


@given(
    st.lists(
        st.tuples(st.sampled_from(_TAGS), st.sampled_from(("rye", "oats", "7 tons", "*", "[x]", "|"))), max_size=25
    )
)
def test_no_word_is_lost_and_none_comes_twice(parts: list[tuple[str, str]]) -> None:
    html = "".join(f"<{tag}> {text} " for tag, text in parts)
    page = tree(f"<p>start</p>{html}")
    text = block_markdown.render_blocks(page_blocks.read_blocks(page), None)
    plain_text = document.plain_text(document.parse(text, commonmark.make_parser()))
    assert sorted(words(plain_text)) == sorted(["start", *(word for _, text in parts for word in words(text))])


@given(
    st.lists(st.sampled_from(("A short one", "Grain is stored here, and nobody minds it. " * 4, "7", "")), max_size=20)
)
def test_every_block_is_classified(texts: list[str]) -> None:
    page = page_blocks.read_blocks(tree("".join(f"<div><p>{text}</p></div>" for text in texts)))
    classes = block_classifier.classify_blocks(page, texts[0] if texts else "", "article")
    assert len(classes.text) == len(page) == sum(map(bool, texts))
    assert -1 <= classes.gain <= 1


def test_more_blocks_are_taken_where_all_is_uncertain() -> None:
    page = page_blocks.read_blocks(tree("".join(f"<p class='c{n}'>word</p>" for n in range(6))))
    keys, extracted = ["word"] * 6, [True, *[False] * 5]
    sure = block_classifier.choose_text(page, keys, extracted, [4.0, 4.0, 4.0, 4.0, -1.0, -1.0])
    assert sure.text == [True, True, True, True, False, False]
    unsure = block_classifier.choose_text(page, keys, extracted, [0.0, -1.0, -1.0, -1.0, -1.0, -1.0])
    assert all(unsure.text)
    assert sure.gain > 0
    assert block_classifier.choose_text(page, keys, [True] * 6, [4.0] * 6).gain == pytest.approx(0)


def test_blocks_in_equal_elements_are_judged_alike() -> None:
    page = page_blocks.read_blocks(tree("<ul><li>a</li><li>b</li><li>c</li></ul><p>d</p><p>e</p>"))
    odds = [2.0, -0.5, 2.0, -3.0, -0.4]
    assert block_classifier.choose_text(page, list("abcde"), [False] * 5, odds).text == [True, True, True, False, False]


SECTIONS = "".join(
    f"<section class='row'><div class='col'><h2>{title}</h2><div class='text'><p>{sentence} We have done so since 1962,"
    " on both sides of the canal, and our drivers know each farm by its dogs.</p></div></div></section>"
    for title, sentence in (
        ("Drying", "We dry your grain until it keeps, whatever the summer was like."),
        ("Storing", "We store it in nine silos, each with its own scale and its own key."),
        ("Selling", "We sell it when you say so, and not a day before the price is right."),
        ("Carting", "We fetch it from your barn with lorries that are swept every morning."),
        ("Testing", "We test each load for mould, for weight and for what does not belong in it."),
    )
)
MENU = "<nav><ul>" + "".join(f"<li><a href='/{n}'>Service {n}</a></li>" for n in range(20)) + "</ul></nav>"
SERVICE = (
    "<title>Grain services | Quay</title><body>" + MENU + "<main><div class='entry-content'><h1>Grain services</h1>"
    + PROSE * 3 + "</div>" + SECTIONS + "</main><div class='links'>" + MENU.replace("nav", "div")
    + "</div><footer><p>Quay Grain, 1 Canal Street</p></footer></body>"
)  # fmt: skip


def test_a_page_of_sections_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_classifier, "TREES", decision_trees.parse_trees('["in list",-8.0,1.0]'))
    draft = extract_html(SERVICE)
    assert all(f"## {title}" in draft.markdown for title in ("Drying", "Storing", "Selling", "Carting", "Testing"))
    assert "swept every morning" in draft.text
    assert not {"Service 3", "1 Canal Street"} & set(draft.text.split("\n"))
    assert "put together from parts of the page, for it is no plain article" in doubt_reasons(draft)


def test_the_learnt_trees_separate_prose_from_menus() -> None:
    page = page_blocks.read_blocks(tree(SERVICE))
    classes = block_classifier.classify_blocks(page, " ".join(words(PROSE)), "article")
    text = {block.text for block, is_text in zip(page, classes.text, strict=True) if is_text}
    assert any(block.startswith("The harbour board") for block in text)
    assert not any(block.startswith("Service") for block in text)


def test_a_declared_article_keeps_the_text_of_trafilatura() -> None:
    page = ARTICLE.format(PROSE) + SECTIONS
    meta = "<meta property='article:published_time' content='2026-03-04'>"
    declared = extract_html(f"{meta}<meta property='og:type' content='article'>{page}")
    assert "put together from parts of the page, for it is no plain article" not in doubt_reasons(declared)


@pytest.mark.parametrize(
    ("kind", "meta", "path", "wanted"),
    [
        ("list", {"og:type": ["article"]}, "shop/", 0.0),
        ("article", {}, "services", 0.03),
        ("article", {}, "a-wet-spring-for-rye", 0.2),
        ("article", {"og:type": ["article"]}, "services/", 0.1),
        ("article", {"og:type": ["article"]}, "2026/03/rye", None),
        ("article", {"article:published_time": ["2026-03-04"]}, "services", None),
    ],
)
def test_an_article_is_held_for_one_by_what_it_declares(
    kind: page_kind.PageKind, meta: dict[str, list[str]], path: str, wanted: float | None
) -> None:
    page = PageMetadata(meta=meta)
    assert page_kind.find_needed_gain(page, kind, f"https://quay.example/{path}") == wanted


def answer(tree: decision_trees.Tree, features: set[str]) -> float:
    while isinstance(tree, decision_trees.Split):
        tree = tree.present if tree.feature in features else tree.absent
    return tree


def questions(tree: decision_trees.Tree) -> list[str]:
    if not isinstance(tree, decision_trees.Split):
        return []
    return [tree.feature, *questions(tree.present), *questions(tree.absent)]


@given(st.lists(st.sets(st.sampled_from(sorted(set(chain(*map(questions, block_classifier.TREES)))))), max_size=6))
def test_blocks_go_down_all_trees_together_as_one_by_one(rows: list[set[str]]) -> None:
    bundles = [[tuple(sorted(row)[:2]), tuple(sorted(row)[2:])] for row in rows] * 400
    one_by_one = [sum(answer(tree, row) for tree in block_classifier.TREES) for row in rows] * 400
    assert decision_trees.sum_trees(block_classifier.TREES, bundles) == pytest.approx(one_by_one)


def test_the_trees_ask_for_nothing_but_features_of_blocks() -> None:
    html = f"{'<div>' * 8}{'<a href=/rye>Rye for 7 € a sack</a><h2>Oats</h2>' * 60}{'</div>' * 8}{SERVICE}"
    page = page_blocks.read_blocks(tree(html))
    extracted, keys = block_classifier.match_extracted(page, " ".join(words(PROSE)))
    rows = block_classifier.block_features(page, keys, extracted, "article")
    names = {name.partition(" ≥ ")[0] for row in rows for bundle in row for name in bundle if " ≥ " in name}
    asked = {name.partition(" ≥ ")[0] for name in chain(*map(questions, block_classifier.TREES)) if " ≥ " in name}
    assert asked <= names


def test_the_cards_at_the_end_of_a_page_are_no_empty_sections() -> None:
    cards = "".join(f"## Pier {n} is mended\n\n" for n in range(3))
    assert tidy_markdown.tidy(f"{PROSE}\n\n{cards}", "Piers").count("##") == 3
    assert "##" not in tidy_markdown.tidy(f"{PROSE}\n\n## More\n\n## Comments", "Piers")
