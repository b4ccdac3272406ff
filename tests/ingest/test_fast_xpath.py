"""The fast implementations of trafilatura's XPath expressions return what lxml returns."""

from __future__ import annotations

import contextlib
import importlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml.etree import XPath
from lxml.html import Element, HtmlElement, fromstring
from trafilatura import bare_extraction, xpaths
from trafilatura.settings import Document
from trafilatura.utils import safe_relative_url

from site_gen.ingest.extract.html.fast_xpath import FastXPath, accelerate, accelerated_trafilatura, complete_address

EXPRESSIONS = [
    *(one for name, value in vars(xpaths).items() if name.isupper() and isinstance(value, list) for one in value),
    importlib.import_module("trafilatura.baseline").BASIC_CLEAN_XPATH,
]
NAMES = [
    "div",
    "p",
    "section",
    "span",
    "article",
    "main",
    "ul",
    "ol",
    "list",
    "item",
    "details",
    "aside",
    "header",
    "h1",
]
WORDS = [
    "post", "entry", "articleBody", "story-body", "content", "content-main", "Main-Content", "comments", "commentary",
    "Comments-list", "reply-1", "hidden", "x hide-me", "display: none", "navbar", "Nav", "footer", "Footer", "cookie",
    "cookie-banner", "infinite-scroll", "mvp-post-add-box", "elementor-share-buttons", "caption", "Teaser", "bottom",
    "share", "tags", "ad-1", "border: 0", "true", "article", "fulltext", "FULLTEXT", "respond", "", " ", "plain",
]  # fmt: skip
ATTRIBUTES = [
    "class",
    "id",
    "role",
    "style",
    "itemprop",
    "aria-hidden",
    "data-component",
    "data-lp-replacement-content",
]
VALUES = st.lists(st.sampled_from(WORDS), max_size=2).map(" ".join)


@st.composite
def trees(draw: st.DrawFn) -> HtmlElement:
    root = Element(draw(st.sampled_from(NAMES)))
    elements = [root]
    for _ in range(draw(st.integers(0, 12))):
        child = Element(draw(st.sampled_from(NAMES)))
        for name in draw(st.lists(st.sampled_from(ATTRIBUTES), unique=True, max_size=4)):
            child.set(name, draw(VALUES))
        draw(st.sampled_from(elements)).append(child)
        elements.append(child)
    return root


@given(trees())
def test_each_fast_expression_returns_what_its_xpath_returns(tree: HtmlElement) -> None:
    for expression in EXPRESSIONS:
        assert accelerate(expression)(tree) == expression(tree), expression.path


def test_the_most_expensive_expressions_are_accelerated() -> None:
    often = [*xpaths.OVERALL_DISCARD_XPATH, *xpaths.REMOVE_COMMENTS_AND_LISTS_XPATH, *xpaths.RAW_TREE_PRUNE_XPATH]
    often += [*xpaths.BODY_XPATH[:4], EXPRESSIONS[-1]]
    assert all(isinstance(accelerate(expression), FastXPath) for expression in often)


@pytest.mark.parametrize(
    "path",
    [
        "//div[@class='a']",
        ".//div/p",
        ".//div[p]",
        ".//div[2]",
        ".//*[@class='a' and @id='b']",
        ".//div[@class='a'][last()]",
        ".//div[@class='a'][not(position()=1)]",
        ".//div[contains(@class, '')]",
        ".//div[not(@class='a')]",
        ".//*[text()='a or @class']",
        "(.//div[@class='a'])[1] | (.//p)[1]",
    ],
)
def test_an_expression_of_another_form_is_unchanged(path: str) -> None:
    expression = XPath(path)
    assert accelerate(expression) is expression


@pytest.mark.parametrize(
    ("path", "ids"),
    [
        (".//*[self::div or self::p][@class='a']", "1 4 6"),
        ("(.//*[self::div or self::p][@class='a'])[1]", "1"),
        (".//*[self::div or self::p][@class='a'][1]", "1 6"),
        (".//*[contains(@id|@class, '2')]", "2"),
        (".//*[contains(@id|@class, 'b')]", ""),
        (".//*[contains(@class|@id, 'a')]", "6"),
        (".//p | .//*[starts-with(@id, '6')]", "3 4 6 7"),
        (".//div[@class][not(.//p)]", "1"),
        (".//*[contains(translate(@class, 'A', 'z'), 'z')]", ""),
    ],
)
def test_fast_expressions_find_elements(path: str, ids: str) -> None:
    tree = fromstring(
        "<body><div id=1 class=a></div><div id=2 class=b><p id=3 class=c>x</p></div><p id=4 class=a>x</p>"
        "<section id=5><div class=a id=6><p id=7>y</p></div></section></body>"
    )
    expression = XPath(path)
    function = accelerate(expression)
    assert isinstance(function, FastXPath)
    assert function(tree) == expression(tree)
    assert " ".join(element.get("id", "") for element in function(tree)) == ids


def test_the_expressions_of_trafilatura_are_restored_after_an_error() -> None:
    before = [list(expressions) for expressions in vars(xpaths).values() if isinstance(expressions, list)]
    with contextlib.suppress(ZeroDivisionError), accelerated_trafilatura():
        assert not all(isinstance(expressions, XPath) for expressions in xpaths.OVERALL_DISCARD_XPATH)
        _ = 1 / 0
    assert [list(expressions) for expressions in vars(xpaths).values() if isinstance(expressions, list)] == before


ADDRESS_PARTS = [
    "http://", "https://", "//", "HTTPS://", "/", "a.com", "b.com", "a", "A", "..", ".", "?", "#", "&", ";", "=", "%20",
    "[", "]", "@", ":", "80", "é", " ", "\t", "\\", "|", "\x01", "\u3000", "？", "{",
]  # fmt: skip


@given(
    st.sampled_from(["https://a.com/", "http://b.com"]),
    st.sampled_from(["", "https://a.com", "http://b.com/a"]),
    st.lists(st.sampled_from(ADDRESS_PARTS), min_size=1, max_size=5).map("".join),
)
@example("https://a.com/", "https://a.com", "/a;")
@example("https://a.com/", "https://a.com", "/a?")
@example("https://a.com/", "https://a.com", "/a?b#")
@example("https://a.com/", "https://", "/a")
@example("https://a.com/", "https://a.com", "/a\tb")
def test_addresses_are_completed_as_trafilatura_does(base: str, start: str, end: str) -> None:
    address = start + end
    assert (complete_address(base, address) or address) == (safe_relative_url(base, address) or address)


@pytest.mark.parametrize("tag", ["span", "font", "u", "sup"])
def test_joined_texts_are_extracted_as_before(tag: str) -> None:
    words = "".join(f"the ropes <{tag}>of {number}</{tag}> ships, " for number in range(1200))
    page = f"<html><body><article><p>{words}</p><p>{words}</p></article></body></html>"
    before = bare_extraction(fromstring(page), include_formatting=True)
    with accelerated_trafilatura():
        after = bare_extraction(fromstring(page), include_formatting=True)
    assert isinstance(before, Document)
    assert isinstance(after, Document)
    assert after.text == before.text
