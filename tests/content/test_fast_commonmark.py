"""The fast path for Markdown gives what markdown-it gives, or nothing."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from site_gen.content.frontmatter import split
from site_gen.content.markdown import commonmark, fast_commonmark
from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import html, parse, plain_text, plain_words
from tests.support.effort import costs_at_most, cpu_seconds
from tests.support.markdown_strategies import URLS, markdown
from tests.support.sites import REPO

MARKDOWN = make_parser()
ARTICLES = sorted((REPO / "content/articles").rglob("*.md"))


def takes_fast_path(text: str, *, own_links: bool = False) -> bool:
    """Return whether the fast path reads a text; fail where it reads it otherwise than markdown-it does."""
    text_in_nfc = unicodedata.normalize("NFC", text)
    blocks = fast_commonmark.parse(text_in_nfc)
    assert blocks is None or blocks == commonmark.parse(text_in_nfc, MARKDOWN, own_links=own_links)
    return blocks is not None


@given(markdown, st.booleans())
@example("a\n\xa0\nb", False)
@example("[a\n](https://a.example)", False)
@example("x\n\n[y]: https://a.example\n\n[y]", False)
@example("- a\n\n- b", False)
@example("1. a\n\n2) b", False)
@example("** *", False)
@example("# a #", False)
@example("-\n\nb", False)
def test_both_parsers_agree(text: str, own_links: bool) -> None:
    event("fast path" if takes_fast_path(text, own_links=own_links) else "left to markdown-it")


@given(st.text(st.sampled_from("ab1 .-+*_#>[]()!:/&;\n\xa0海“"), max_size=30))
def test_both_parsers_agree_on_short_noise(text: str) -> None:
    takes_fast_path(text)


@pytest.mark.parametrize("url", URLS)
def test_both_parsers_agree_on_links(url: str) -> None:
    for own_links in (False, True):
        takes_fast_path(f"a [b]({url}) c", own_links=own_links)
        takes_fast_path(f"*a* [*b* c]({url})", own_links=own_links)


ORDINARY = {
    "": "",
    "\n\n": "",
    "One two.": "<p>One two.</p>",
    "One\ntwo": "<p>One\ntwo</p>",
    "One\n\n\n\ntwo\n": "<p>One</p><p>two</p>",
    "“One,” she said; it's two & three.": "<p>“One,” she said; it's two &amp; three.</p>",
    'AT&T said "no"; a > b': "<p>AT&amp;T said &quot;no&quot;; a &gt; b</p>",
    "-5 and +7 and #1 [sic], snake_case and 3. four": "<p>-5 and +7 and #1 [sic], snake_case and 3. four</p>",
    "#1 or -5": "<p>#1 or -5</p>",
    "2019 was\n2020 is": "<p>2019 was\n2020 is</p>",
    "Look at this! [a](https://a.example)": (
        '<p>Look at this! <a href="https://a.example" rel="noopener nofollow">a</a></p>'
    ),
    "[a *b*](https://a.example/x_y?b=c&d#e), f": (
        '<p><a href="https://a.example/x_y?b=c&amp;d#e" rel="noopener nofollow">a <em>b</em></a>, f</p>'
    ),
    "**a b** _c_, (*d*) __e.__": "<p><strong>a b</strong> <em>c</em>, (<em>d</em>) <strong>e.</strong></p>",
    "**[a](http://a.example)**": (
        '<p><strong><a href="http://a.example" rel="noopener nofollow">a</a></strong></p>'
    ),
    "## a\n\nb\n\n#### c": "<h2>a</h2><p>b</p><h4>c</h4>",
    "###### a\n\n# b": "<h6>a</h6><h2>b</h2>",
    "- a\n- **b** c\n\nd": "<ul><li>a</li><li><strong>b</strong> c</li></ul><p>d</p>",
    "* a": "<ul><li>a</li></ul>",
    "1. a\n2. b": "<ol><li>a</li><li>b</li></ol>",
    "7) a": '<ol start="7"><li>a</li></ol>',
    "> a\n> b": "<blockquote><p>a\nb</p></blockquote>",
    "> a\n\n> b": "<blockquote><p>a</p></blockquote><blockquote><p>b</p></blockquote>",
    "海康威视（杭州）\n\nمرفأ": "<p>海康威视（杭州）</p><p>مرفأ</p>",
}  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY, ids=repr)
def test_ordinary_news_takes_the_fast_path(text: str) -> None:
    assert takes_fast_path(text)
    shown = re.sub(r' id="[^"]*"', "", html(parse(text, MARKDOWN)))
    assert re.sub(r"(?<=>)\n", "", shown) == ORDINARY[text]


ODD = (
    " a", "a ", "a  \nb", "a\n b", "a\\\nb", "a\tb", "a\rb", "a\0b", "\xa0a", "a\x0b", "`a`", "```\na\n```",
    "a <b> c", "&amp;", "&#42;", "~~a~~", "|a|\n|-|", "![a](https://a.example)", "[a](/b)",
    "[a](https://a.example 'b')", "[a](<https://a.example>)", "[a](https://A.example)", "[a](https://a.example/b(c))",
    "[a](https://a.example/海)", "[a](https://a.example/%zz)", "[a](b", "[a](https://a)", "[a](https://1.2.3.4)",
    "[a](ftp://a.example)", "[a [b](https://a.example)", "[a]: https://a.example", "[*a]*", "[a\nb]", "(*“a b* c",
    "a _ b", "a*b*c", "*a", "a*", "a * b", "*a **b** c*", "***a***", "****", "*a_", "* a\n+ b", "*a*\u0301", "*€*",
    "*a*\u2028", "(*“a”*)", "\"*a.*\"", "a\n- b", "- a\nb", "- a\n\n- b", "- a\n  - b", "- a\n\n  b", "-  a", "- # a",
    "- > a", "- 1. a", "-", "a\n---", "a\n===", "---", "* * *", "_ _ _", "1.", "1. a\n2) b", "- a\n1. b", "> a\nb",
    ">a", "> # a", "> - a", "> > a", ">", "> a\n>\n> b", "#", "#  a", "# a #", "####### a", "# a\nb", "a\n# b",
    "a\n> b", "a\n1. b", "a\n2019. b", "a\n\n    b", "a\n \nb",
)  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=repr)
def test_an_odd_text_is_left_to_markdown_it(text: str) -> None:
    assert not takes_fast_path(text)
    assert not takes_fast_path(f"Ordinary.\n\n{text}\n\nOrdinary.")


def test_the_articles_of_the_demo_take_the_fast_path() -> None:
    fast = [takes_fast_path(split(file.read_text(encoding="utf-8")).body) for file in ARTICLES]
    assert len(fast) > 30
    assert sum(fast) > 0.95 * len(fast)


@cache
def cost_of_ordinary_texts() -> float:
    """Return the processor time for a few texts as long as the hostile ones."""
    text = "\n\n".join(["The board met on *Tuesday*, and [nobody](https://a.example/x) came."] * 900)
    return cpu_seconds(lambda: fast_commonmark.parse(text), rounds=10)


@pytest.mark.parametrize(
    "unit",
    [
        "[", "]", "![", "[]", "][", "*", "**", "_", "*a ", "*a* ", "a_", "_a", "> ", "- ", "- a\n", "1. ", "1", "# ",
        "#", " ", "\n", "a\n\n", "- a\n\n", "&a", "&", "[a](", "[a](http://", "[a](http://a.example/",
        "[a](http://a.example) ", "a-", "%41", "http://a.", "[x]: ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "# ", "# " + " " * 30_000, "[a](http://a.example/", "[", "a\n\n"], ids=len)
def test_hostile_texts_cost_no_more_than_a_few_ordinary_ones(unit: str, before: str) -> None:
    text = before + unit * ((65_000 - len(before)) // len(unit)) + "\n\n***"
    few = before + unit * 2000 + "\n\n***"
    with costs_at_most(5 * cost_of_ordinary_texts()):
        for hostile in (text, few, text * 8):
            fast_commonmark.parse(hostile)


@pytest.mark.parametrize("unit", ["a", "a\n\n", "*a* ", "_a_ ", "[a] "])
def test_a_text_longer_than_any_article_is_left_to_markdown_it(unit: str) -> None:
    assert takes_fast_path((unit * 900).strip())
    assert not takes_fast_path((unit * 70_000)[:66_000].strip())


PIECES = st.sampled_from(
    ["\n\n", "- a", "1. b", "    c", "> q", "| a | b |\n|---|---|\n| c | d |",
     "```\nx\n\ny\n```", "- ```\n  x\n\n  ```", "a\n===", "~~~", "[x]: https://a.example", "[x]",
     "2019. b", "-", "\\*", "`c`", "---"]
)  # fmt: skip


@given(st.lists(st.one_of(markdown, PIECES), max_size=6), st.sampled_from(["\n\n", "\n", ""]))
def test_words_of_blocks_read_apart_are_the_words_of_the_text(parts: list[str], gap: str) -> None:
    text = gap.join(parts)
    assert plain_words(text, MARKDOWN) == plain_text(parse(text, MARKDOWN))
