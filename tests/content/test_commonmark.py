"""The HTML is markdown-it's own, byte for byte, with and without links laid over it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.markdown import commonmark
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import Anchor, Document, can_link, from_json, html, parse, to_json
from site_gen.content.markdown.spans import CELL_GAP
from site_gen.core.text import scrub
from tests.support.markdown_strategies import markdown, url
from tests.support.strategies import nasty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.token import Token

MARKDOWN = make_parser()
RICH = (
    "| a *b* | `c` |\n|:-:|---|\n| d | |\n| | |\n| e [f](https://a.example) | g |\n", "```x y\n<b>\n```\n",
    "    <i>\n\n", "- a\n\n  b\n", "- a\n  ## b\n  c\n", "3. a\n   - b\n", "> - a\n> - b\n",
    "- a\n- ```\n  b\n  ```\n", "a  \nb\\\nc\n", "`<d> & e`", "![f *g*](h 'i')\n![](j)\n",
    "[k ![l](m) `n`](https://a.example)", "[o](/companies/x/?a&b#c)", "[p](#q)", "[r](javascript:s)", "***t* u**",
    "~~v~~ &amp; &#10; w", "x\n===\n", "[y]: https://a.example\n\n[y] [z][y]", "---\n", "* * *\n", "\\*", "<b>",
)  # fmt: skip


def own(target: str) -> str:
    return f"/a?b&c{target}"


def prepared(text: str) -> list[Token]:
    return commonmark.prepare_tokens(unicodedata.normalize("NFC", text), MARKDOWN, own_links=True)


def by_markdown_it(found: Sequence[Token]) -> str:
    """What the library makes of tokens, with our own links led through `own`."""
    for token in found:
        for child in token.children or []:
            href = str(child.attrGet("href") or "")
            if href.startswith("/"):
                child.attrSet("href", own(href))
    return str(MARKDOWN.renderer.render(found, MARKDOWN.options, {}))


def lay(found: Sequence[Token], anchors: Mapping[str, Sequence[Anchor]]) -> None:
    """Put links into tokens: for every anchor that a text token holds whole, outside of links."""
    wanted: Sequence[Anchor] = ()
    at = 0
    for index, token in enumerate(found):
        if "id" in token.attrs:
            wanted, at = anchors.get(str(token.attrs["id"]), ()), 0
        elif token.type in {"td_open", "th_open"} and found[index - 1].type != "tr_open":
            at += len(CELL_GAP)
        depth = 0
        children: list[Token] = []
        for child in token.children or []:
            depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            length = 1 if child.type in {"softbreak", "hardbreak"} else len(child.content)
            inside = [a for a in wanted if at <= a.start and a.end <= at + length]
            if child.type == "text" and not depth and inside:
                children += split(child, at, inside)
            else:
                children.append(child)
            at += length
        token.children = children


def split(text: Token, at: int, anchors: Sequence[Anchor]) -> list[Token]:
    parts: list[Token] = []
    done = 0
    for start, end, href in anchors:
        parts += [
            text.copy(content=text.content[done : start - at]),
            text.copy(type="link_open", tag="a", nesting=1, content="", attrs={"href": href}),
            text.copy(content=text.content[start - at : end - at]),
            text.copy(type="link_close", tag="a", nesting=-1, content=""),
        ]
        done = end - at
    return [*parts, text.copy(content=text.content[done:])]


links = url.map("a [b *c*]({}) d".format)
texts = st.one_of(
    markdown, st.lists(st.one_of(st.sampled_from(RICH), markdown, links), max_size=3).map("\n\n".join), nasty.map(scrub)
)


@st.composite
def with_anchors(draw: st.DrawFn) -> tuple[str, Document, dict[str, list[Anchor]]]:
    text = draw(texts)
    document = parse(text, MARKDOWN, own_links=True)
    anchors: dict[str, list[Anchor]] = {}
    for block in document.blocks:
        at = 0
        while at < len(block.text) and draw(st.booleans()):
            start = draw(st.integers(at, min(len(block.text) - 1, at + 20)))
            at = draw(st.integers(start + 1, min(len(block.text), start + 5)))
            anchors.setdefault(block.id, []).append(Anchor(start, at, draw(st.sampled_from(["/x/", "#y", '/"&<']))))
    return text, document, anchors


@given(with_anchors())
def test_the_html_is_markdown_its_own(given_: tuple[str, Document, dict[str, list[Anchor]]]) -> None:
    text, document, anchors = given_
    assert html(document, resolve_own_link=own) == by_markdown_it(prepared(text))
    found = prepared(text)
    lay(found, anchors)
    assert html(document, anchors, own) == by_markdown_it(found)
    for block in document.blocks:
        for anchor in anchors.get(block.id, []):
            laid = html(document, {block.id: [anchor]}, own).count("<a ") - html(document).count("<a ")
            assert laid == can_link(document, block, anchor.start, anchor.end)


@given(with_anchors())
def test_a_document_comes_back_from_json(given_: tuple[str, Document, dict[str, list[Anchor]]]) -> None:
    _, document, anchors = given_
    back = from_json(to_json(document))
    assert back == document
    assert back.blocks == document.blocks
    assert html(back, anchors, own) == html(document, anchors, own)


@pytest.mark.parametrize("text", RICH, ids=repr)
def test_every_form_of_markdown(text: str) -> None:
    document = parse(text, MARKDOWN, own_links=True)
    assert html(document, resolve_own_link=own) == by_markdown_it(prepared(text))
    assert from_json(to_json(document)).blocks == document.blocks
