"""The HTML equals that of markdown-it byte for byte, with and without links laid over it."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content.markdown import commonmark
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import Anchor, Document, can_link, html, parse, unpack_document
from site_gen.content.markdown.spans import CELL_GAP
from site_gen.core.packing import pack
from site_gen.core.text import scrub
from tests.support.markdown_strategies import markdown, url
from tests.support.strategies import nasty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it.token import Token

MARKDOWN = make_parser()
EVERY_FORM = (
    "| a *b* | `c` |\n|:-:|---|\n| d | |\n| | |\n| e [f](https://a.example) | g |\n", "```x y\n<b>\n```\n",
    "    <i>\n\n", "- a\n\n  b\n", "- a\n  ## b\n  c\n", "3. a\n   - b\n", "> - a\n> - b\n",
    "- a\n- ```\n  b\n  ```\n", "a  \nb\\\nc\n", "`<d> & e`", "![f *g*](h 'i')\n![](j)\n",
    "[k ![l](m) `n`](https://a.example)", "[o](/companies/x/?a&b#c)", "[p](#q)", "[r](javascript:s)", "***t* u**",
    "~~v~~ &amp; &#10; w", "x\n===\n", "[y]: https://a.example\n\n[y] [z][y]", "---\n", "* * *\n", "\\*", "<b>",
)  # fmt: skip


def resolve_own_link(target: str) -> str:
    return f"/a?b&c{target}"


def prepared_tokens(text: str) -> list[Token]:
    return commonmark.prepare_tokens(unicodedata.normalize("NFC", text), MARKDOWN, own_links=True)


def rendered_by_markdown_it(tokens: Sequence[Token]) -> str:
    """Render tokens with markdown-it, with links to the site led through `resolve_own_link`."""
    for token in tokens:
        for child in token.children or []:
            href = str(child.attrGet("href") or "")
            if href.startswith("/"):
                child.attrSet("href", resolve_own_link(href))
    return str(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))


def insert_links(tokens: Sequence[Token], anchors: Mapping[str, Sequence[Anchor]]) -> None:
    """Put links into tokens: for every anchor that a text token outside of links holds whole."""
    anchors_of_block: Sequence[Anchor] = ()
    position = 0
    for index, token in enumerate(tokens):
        if "id" in token.attrs:
            anchors_of_block, position = anchors.get(str(token.attrs["id"]), ()), 0
        elif token.type in {"td_open", "th_open"} and tokens[index - 1].type != "tr_open":
            position += len(CELL_GAP)
        depth = 0
        children: list[Token] = []
        for child in token.children or []:
            depth += {"link_open": 1, "link_close": -1}.get(child.type, 0)
            length = 1 if child.type in {"softbreak", "hardbreak"} else len(child.content)
            covered = [a for a in anchors_of_block if position <= a.start and a.end <= position + length]
            if child.type == "text" and not depth and covered:
                children += split_text(child, position, covered)
            else:
                children.append(child)
            position += length
        token.children = children


def split_text(text: Token, position: int, anchors: Sequence[Anchor]) -> list[Token]:
    parts: list[Token] = []
    copied_up_to = 0
    for start, end, href in anchors:
        parts += [
            text.copy(content=text.content[copied_up_to : start - position]),
            text.copy(type="link_open", tag="a", nesting=1, content="", attrs={"href": href}),
            text.copy(content=text.content[start - position : end - position]),
            text.copy(type="link_close", tag="a", nesting=-1, content=""),
        ]
        copied_up_to = end - position
    return [*parts, text.copy(content=text.content[copied_up_to:])]


links = url.map("a [b *c*]({}) d".format)
texts = st.one_of(
    markdown,
    st.lists(st.one_of(st.sampled_from(EVERY_FORM), markdown, links), max_size=3).map("\n\n".join),
    nasty.map(scrub),
)


@st.composite
def documents_with_anchors(draw: st.DrawFn) -> tuple[str, Document, dict[str, list[Anchor]]]:
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


@given(documents_with_anchors())
def test_the_html_equals_that_of_markdown_it(drawn: tuple[str, Document, dict[str, list[Anchor]]]) -> None:
    text, document, anchors = drawn
    assert html(document, resolve_own_link=resolve_own_link) == rendered_by_markdown_it(prepared_tokens(text))
    tokens = prepared_tokens(text)
    insert_links(tokens, anchors)
    assert html(document, anchors, resolve_own_link) == rendered_by_markdown_it(tokens)
    for block in document.blocks:
        for anchor in anchors.get(block.id, []):
            added = html(document, {block.id: [anchor]}, resolve_own_link).count("<a ") - html(document).count("<a ")
            assert added == can_link(document, block, anchor.start, anchor.end)


@given(documents_with_anchors())
def test_a_packed_document_is_restored(drawn: tuple[str, Document, dict[str, list[Anchor]]]) -> None:
    _, document, anchors = drawn
    restored = unpack_document(pack(document))
    assert restored == document
    assert restored.blocks == document.blocks
    assert html(restored, anchors, resolve_own_link) == html(document, anchors, resolve_own_link)


@pytest.mark.parametrize("text", EVERY_FORM, ids=repr)
def test_every_form_of_markdown_is_rendered_as_by_markdown_it(text: str) -> None:
    document = parse(text, MARKDOWN, own_links=True)
    assert html(document, resolve_own_link=resolve_own_link) == rendered_by_markdown_it(prepared_tokens(text))
    assert unpack_document(pack(document)).blocks == document.blocks
