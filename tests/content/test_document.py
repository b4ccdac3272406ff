"""Markdown documents: harmless HTML, ids of paragraphs that stay, and links laid over the text."""

from __future__ import annotations

import html as stdlib
import re
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import (
    Anchor,
    Document,
    can_link,
    html,
    paragraph_texts,
    parse,
    plain_text,
    plain_words,
    unpack_document,
)
from site_gen.core.packing import pack
from site_gen.core.sqlite import StateError
from site_gen.core.text import scrub, word_key
from tests.support.effort import costs_at_most, cpu_seconds
from tests.support.strategies import nasty

MARKDOWN = make_parser()


def render(text: str, *, own_links: bool = False) -> str:
    return html(parse(text, MARKDOWN, own_links=own_links))


def without_ids(text: str) -> str:
    return re.sub(r' id="[^"]*"', "", render(text)).strip()


def words_of(markup: str) -> str:
    return stdlib.unescape(re.sub(r"<[^>]*>", "", markup))


def attributes(markup: str) -> set[str]:
    tree = lxml_html.fragment_fromstring(markup, create_parent="div")
    return {name for element in tree.iter() for name in element.attrib}


def elements(markup: str) -> set[str]:
    return {str(element.tag) for element in lxml_html.fragment_fromstring(markup, create_parent="div").iter()}


HARMLESS_ELEMENTS = {
    "div", "p", "a", "em", "strong", "s", "code", "pre", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote",
    "hr", "br", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


# -- nothing runs

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <b onmouseover=alert(1)>b</b>",
    "<svg/onload=alert(1)>",
    "<!-- --><iframe src=//evil>",
    "<style>*{display:none}</style>",
    "<a href='javascript:x'>y</a>",
    "</p></div></body><script>x</script>",
    "```html\n<script>alert(1)</script>\n```",
    '```x" onclick="alert(1)\ncode\n```',
    "    <script>indented</script>",
    "`<script>x</script>`",
    '![x" onerror="alert(1)](y)',
    '[x](https://a.example/"onclick=alert(1))',
    '[x](https://a.example "title\\" onclick=\\"y")',
    "[x](<https://a.example/><script>)",
    "| <script> | b |\n|---|---|\n| <img src=x> | <b> |",
    "# <script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62;",
    "<https://a.example/\"onclick='x'>",
    "[a]: javascript:x '<script>'\n\n[a]",
    "{{ 7*7 }} {% include 'x' %} ${7*7}",
    "<![CDATA[<script>x</script>]]>",
    "<?php echo 1 ?>",
    "<x:script xmlns:x='y'>",
)


@pytest.mark.parametrize("text", ATTACKS)
def test_raw_html_is_shown_and_never_runs(text: str) -> None:
    markup = render(text)
    assert elements(markup) <= HARMLESS_ELEMENTS
    assert attributes(markup) <= {"id", "href", "rel", "class"}


@given(
    st.lists(st.one_of(nasty, st.sampled_from(ATTACKS), st.sampled_from("[](){}<>!`*_~#|-\n\"'")), max_size=8).map(
        "".join
    )
)
def test_any_text_yields_harmless_markup_only(text: str) -> None:
    markup = render(scrub(text), own_links=False)
    assert elements(markup) <= HARMLESS_ELEMENTS
    assert attributes(markup) <= {"id", "href", "rel", "class", "style", "start"}
    for href in re.findall(r'href="([^"]*)"', markup):
        assert stdlib.unescape(href).lower().startswith(("http://", "https://", "mailto:"))
    assert re.findall(r'style="([^"]*)"', markup) == re.findall(r'style="(text-align:(?:left|right|center))"', markup)


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "JAVASCRIPT:x", "&#106;avascript:x", "java&#10;script:x", "data:text/html;base64,x",
     "vbscript:x", "/companies/x/", "x.html", "../x", "//host/x", "#p-1", "?q", "", "file:///etc/passwd", "\\\\host",
     "https:host", "&#1;javascript:x", "java%0ascript:x", "ftp://a.example/"],
)  # fmt: skip
def test_a_bad_link_loses_its_target_and_keeps_its_text(target: str) -> None:
    assert without_ids(f"a [*b* c]({target}) d") == "<p>a <em>b</em> c d</p>"


def test_web_and_mail_links_and_autolinks_stay_links() -> None:
    link = '<a href="{0}" rel="noopener nofollow">{1}</a>'.format
    assert without_ids("[a](https://a.example/?b&c 'title')") == f"<p>{link('https://a.example/?b&amp;c', 'a')}</p>"
    assert without_ids("<https://a.example>") == f"<p>{link('https://a.example', 'https://a.example')}</p>"
    assert without_ids("<b@a.example>") == f"<p>{link('mailto:b@a.example', 'b@a.example')}</p>"
    assert without_ids("<javascript:alert(1)>") == "<p>javascript:alert(1)</p>"
    assert without_ids("https://a.example") == "<p>https://a.example</p>"


def test_links_within_links_and_images_are_flattened() -> None:
    assert without_ids("[a [b](https://b.example) c](javascript:x)") == (
        '<p>[a <a href="https://b.example" rel="noopener nofollow">b</a> c](javascript:x)</p>'
    )
    assert without_ids("[![alt *text*](https://evil/x.png)](javascript:x)") == "<p>alt text</p>"
    assert without_ids("![a ![b `c`](x) [d](y)\\]](z 'title')") == "<p>a b c d]</p>"
    assert without_ids("![](https://tracker.example/1.gif)") == "<p></p>"
    assert parse("![](https://tracker.example/1.gif)", MARKDOWN).blocks == ()


def test_links_to_the_site_stay_only_in_texts_of_its_owner() -> None:
    def own(target: str) -> str:
        return f"/repo{target}"

    text = "[a](/companies/x/) [b](#p-1) [c](//evil) [d](/\\evil) [e](x)"
    markup = html(parse(text, MARKDOWN, own_links=True), None, own)
    assert re.findall(r'href="([^"]*)"', markup) == ["/repo/companies/x/", "#p-1", "/repo/%5Cevil"]
    assert "href" not in html(parse(text, MARKDOWN), None, own)


# -- headings


def heading_levels(text: str) -> list[str]:
    return re.findall(r"<(h\d)", render(text))


def test_headings_begin_at_level_two() -> None:
    assert heading_levels("# a\n\n## b\n\n###### c") == ["h2", "h3", "h6"]
    assert heading_levels("#### a\n\n##### b\n\nc\n===") == ["h5", "h6", "h2"]
    assert heading_levels("### a\n\n#### b") == ["h2", "h3"]
    assert heading_levels("## a") == ["h2"]
    assert heading_levels("> # a\n\n- ## b") == ["h2", "h3"]


def test_a_heading_that_begins_an_item_is_text() -> None:
    document = parse("# Boats\n\n1. ## Zorbex Skiff\n2. ### Halden Punt\n\n   ### Price\n\n> ## Said\n", MARKDOWN)
    assert paragraph_texts(document) == ["Zorbex Skiff", "Halden Punt"]


# -- ids


def ids(text: str) -> list[str]:
    return [block.id for block in parse(text, MARKDOWN).blocks]


paragraph = st.text(alphabet=st.sampled_from("abc xyz海."), max_size=15).map(lambda t: f"{t} w".strip(" ."))


@given(st.lists(paragraph, min_size=1, max_size=6, unique_by=word_key), paragraph, st.data())
def test_ids_stay_when_another_paragraph_changes(texts: list[str], new: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(texts) - 1))
    before, after = ids("\n\n".join(texts)), ids("\n\n".join([*texts[:at], new, *texts[at + 1 :]]))
    assert len(set(before)) == len(before) == len(after) == len(set(after))
    if word_key(new) not in map(word_key, texts):
        assert [i for n, i in enumerate(before) if n != at] == [i for n, i in enumerate(after) if n != at]


def test_ids_depend_on_the_words_alone_and_are_distinct() -> None:
    assert ids("One two.") == ids("**One**   [two](https://a.example)!") == ids("one\ntwo")
    assert ids("Same.\n\nSame.\n\n- Same.\n") == [(one := ids("Same.")[0]), f"{one}-2", f"{one}-3"]
    assert ids("# Same.")[0] == f"h{one[1:]}"
    assert ids("…\n\n!!!")[0] != ids("…\n\n!!!")[1]
    assert re.fullmatch(r"p-[0-9a-f]{6}", one)
    assert ids("One two.") == ["p-ab2c86"]  # permanent: links to paragraphs hang on it


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("- a\n- b\n", ["a", "b"]),
        ("- a\n\n- b\n", ["a", "b"]),
        ("- a\n  - b\n  - c\n", ["a", "b", "c"]),
        ("1. a\n2. b\n", ["a", "b"]),
        ("- a\n  ## h\n  b\n", ["a", "h", "b"]),
        ("> a\n>\n> b", ["a", "b"]),
        ("| a | b |\n|---|---|\n| c | d |\n| | |\n| e | |\n", ["a · b", "c · d", "e · "]),
        ("a\nb  \nc", ["a b c"]),
        ("a\n\n```\ncode\n```\n\nb", ["a", "b"]),
        ("a &amp; b \\* `c *d*`", ["a & b * c *d*"]),
        ("~~a~~ *b*", ["a b"]),
        ("# a\n\nb\n===", ["a", "b"]),
        ("e\u0301", ["é"]),
    ],
)
def test_every_block_has_its_text_and_its_id_on_the_page(text: str, blocks: list[str]) -> None:
    document = parse(text, MARKDOWN)
    assert [block.text for block in document.blocks] == blocks
    shown = re.findall(r'id="([^"]*)"', html(document))
    assert shown == [block.id for block in document.blocks]


def test_a_table_row_carries_its_id() -> None:
    document = parse("| a | b |\n|---|---|\n| c | d |\n", MARKDOWN)
    assert re.findall(r'<tr id="([^"]*)"', html(document)) == [block.id for block in document.blocks]
    assert not any(block.heading for block in document.blocks)


@pytest.mark.parametrize(
    ("text", "shows"), [("", False), ("\n \n", False), ("[a]: b", False), ("a", True), ("---", True)]
)
def test_a_text_that_shows_nothing_has_no_pieces(text: str, shows: bool) -> None:
    assert bool(parse(text, MARKDOWN).pieces) == shows == bool(render(text))


def test_a_packed_document_holds_its_words_once() -> None:
    text = "## One & “two”\n\nThree *four*\nfive. " + "Six seven. " * 20 + "\n\n- [Eight](https://a.example) 海\n"
    document = parse(text, MARKDOWN)
    packed = pack(document)
    assert packed.count(b"Three") == packed.count("海".encode()) == packed.count("One & “two”".encode()) == 1
    assert unpack_document(packed) == document
    assert unpack_document(packed).blocks == document.blocks


@pytest.mark.parametrize("value", [None, 1, "m", (), {}, {"pieces": ("a",)}, {"pieces": 1, "kinds": "m"}])
def test_what_is_no_document_is_refused(value: object) -> None:
    for data in (b"", pack(value), pack(value) + b"x"):
        with pytest.raises(StateError, match="not a Document"):
            unpack_document(data)


def test_plain_text_has_all_words() -> None:
    assert plain_text(parse("# a\n\nb\nc\n\n- d\n\n```\ne\n```\n\n    f\n", MARKDOWN)) == "a\nb c\nd\ne\nf"
    assert plain_text(parse("|*a* b|c|\n|-|-|\n||d|\n|||\n\n`e` [f](g)", MARKDOWN)) == "a b\nc\nd\ne f"


# -- anchors

pieces = st.sampled_from(
    ["Google ", "Apple", "*", "**", "`", "[Google](https://a.example)", "![Apple](x)", "\n", "\n\n", "&amp;",
     "&#10;", "\\*", "| a | Google |\n|--|--|\n| Apple | b |\n", "- Google\n", "> Apple\n", "# Google\n", "~~",
     "  \n", "<b>", "İ", "海", "é", "_"]
)  # fmt: skip


@st.composite
def documents_with_anchors(draw: st.DrawFn) -> tuple[Document, dict[str, list[Anchor]]]:
    document = parse("".join(draw(st.lists(pieces, max_size=12))), MARKDOWN)
    anchors: dict[str, list[Anchor]] = {}
    for block in document.blocks:
        at = 0
        while at < len(block.text) and draw(st.booleans()):
            start = draw(st.integers(at, len(block.text) - 1))
            at = draw(st.integers(start + 1, len(block.text)))
            anchors.setdefault(block.id, []).append(Anchor(start, at, f"/x/{start}-{at}/"))
    return document, anchors


@given(documents_with_anchors())
def test_anchors_change_no_word_and_link_the_words_they_cover(drawn: tuple[Document, dict[str, list[Anchor]]]) -> None:
    document, anchors = drawn
    plain_markup = html(document)
    linked_markup = html(document, anchors)
    assert words_of(linked_markup) == words_of(plain_markup)
    assert html(document) == plain_markup, "the document did not change"
    texts = {block.id: block.text for block in document.blocks}
    expected = [(a.href, texts[block][a.start : a.end]) for block, of_block in anchors.items() for a in of_block]
    links = [
        (href, words_of(words))
        for href, words in re.findall(r'<a href="(/x/[^"]*)">(.*?)</a>', linked_markup, re.DOTALL)
    ]
    for link in links:
        assert link in expected
    assert not re.search(r"<a [^>]*>(?:(?!</a>).)*<a ", linked_markup, re.DOTALL), "no link in a link"


def test_anchors_are_laid_at_their_offsets() -> None:
    text = "İ Google *and* Apple, [Google](https://a.example) & **Goo**gle."
    document = parse(text, MARKDOWN)
    (block,) = document.blocks
    spans = [match.span() for match in re.finditer("Google|Apple", block.text)]
    markup = html(document, {block.id: [Anchor(*span, "/c/") for span in spans]}, lambda url: f"/repo{url}")
    assert re.sub(r' id="[^"]*"', "", markup).strip() == (
        '<p>İ <a href="/repo/c/">Google</a> <em>and</em> <a href="/repo/c/">Apple</a>, '
        '<a href="https://a.example" rel="noopener nofollow">Google</a> &amp; <strong>Goo</strong>gle.</p>'
    )


def test_an_anchor_beyond_its_block_is_left_out() -> None:
    document = parse("One\n\nTwo words", MARKDOWN)
    one = document.blocks[0]
    assert not can_link(document, one, 3, 6)
    assert html(document, {one.id: [Anchor(3, 6, "/x/")]}) == html(document)


def test_anchors_in_table_cells() -> None:
    document = parse("| a | b |\n|---|---|\n| *x* Google | y Apple |\n", MARKDOWN)
    block = document.blocks[1]
    anchors = [
        Anchor(block.text.index(word), block.text.index(word) + len(word), "/c/") for word in ("Google", "Apple")
    ]
    markup = html(document, {block.id: anchors})
    assert '<td><em>x</em> <a href="/c/">Google</a></td>' in markup
    assert '<td>y <a href="/c/">Apple</a></td>' in markup


# -- hostile sizes


@cache
def cost_of_ordinary_texts() -> float:
    """Return the processor time for a hundred texts as long as a hostile one."""
    text = "The board met on *Tuesday*, and [nobody](https://a.example) came.\n\n" * 300
    return cpu_seconds(lambda: html(parse(text, MARKDOWN)), rounds=100)


@pytest.mark.parametrize(
    "text",
    ["[" * 20_000, "![" * 10_000, "[" * 5000 + "x" + "](y)" * 5000, "![" * 5000 + "x" + "](y)" * 5000, ">" * 20_000,
     "- " * 10_000, "".join(f"{' ' * 2 * n}- a\n" for n in range(150)), "*a " * 7000, "a**b" * 5000, "`" * 20_000,
     "<" * 20_000, "<a " * 7000, "[a](" * 5000, "[a](<" * 4000, "*_" * 10_000, "~~a" * 6000, "\\" * 20_000,
     "&" * 20_000, "a|b\n-|-\n" + "|\n" * 10_000, "|a" * 300 + "\n" + "|-" * 300 + "\n" + "|\n" * 5000, "[a]: " * 4000,
     "".join(f"[a{n}]: x\n" for n in range(3000)), "1. " * 7000, "#" * 20_000, "x\n- " * 5000, "a  \n" * 5000,
     "".join("`" * n + "a" for n in range(200)), "[a](b '" * 3000, "<http:" * 4000, "_" * 20_000],
    ids=lambda text: f"{text[:8]}…{len(text)}",
)  # fmt: skip
def test_a_hostile_text_costs_no_more_than_many_ordinary_ones(text: str) -> None:
    with costs_at_most(20 * cost_of_ordinary_texts()):
        html(parse(text, MARKDOWN))


@pytest.mark.parametrize(
    "text",
    ["![" * 100_000, "[a](" * 30_000, "*_" * 60_000, "- a\n" * 60_000, "|a" * 300 + "\n" + "|-" * 300 + "\n|" * 5000],
    ids=lambda text: f"{text[:8]}…{len(text)}",
)  # fmt: skip
def test_more_markup_than_a_build_can_wait_for_is_plain_text(text: str) -> None:
    document = parse(f"The *board* met.\n\n{text}", MARKDOWN)
    assert [block.text for block in document.blocks] == ["The *board* met.", " ".join(text.split())]
    assert plain_text(document) == plain_words(f"The *board* met.\n\n{text}", MARKDOWN)


def test_long_texts_with_much_markup_stay_markdown() -> None:
    row = "| The board | met | on [Tuesday](https://a.example/x) |\n"
    text = "*The* board met on **Tuesday**, and [nobody](https://a.example) came.\n\n" * 5000
    document = parse(f"{text}| a | b | c |\n|---|---|---|\n{row * 3000}", MARKDOWN)
    assert document.blocks[-1].text == "The board · met · on Tuesday"


def test_a_definition_does_not_make_a_page_of_its_address() -> None:
    text = f"[a]: https://a.example/{'b' * 100_000}\n\n{'[a] ' * 5000}"
    assert len(html(parse(text, MARKDOWN))) < 100_000
