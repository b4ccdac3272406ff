"""Notes of a vault show what their syntax means; what only looks like it stays."""

from __future__ import annotations

import pytest

from site_gen.content.markdown.commonmark import make_parser
from site_gen.content.markdown.document import html, own_link_spans, own_links, parse, plain_text, plain_words
from site_gen.content.markdown.spans import WORDS
from tests.support.effort import costs_at_most, cpu_seconds

MARKDOWN = make_parser()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The board of [[Elmswick Grain]] met.", "The board of Elmswick Grain met."),
        ("[[people/olu|Olu *A.*]] spoke", "Olu *A.* spoke"),
        ("[[companies/Elmswick Grain]], [[Silo.md]]", "Elmswick Grain, Silo"),
        ("[[Silo#Winter]] and [[#Winter]]", "Silo and Winter"),
        ("Below ![[silo.png]]", "Below "),
        ("Below ![[silo.png|300x200]]", "Below "),
        ("![[silo.png|The silo in winter|300]]", "The silo in winter"),
        ("![[Silo]]", "Silo"),
        ("It ==may not== be", "It may not be"),
        ("==It *may* not==.", "It may not."),
        ("It closed. ^a1b2c3", "It closed."),
        ("It\nclosed. ^last-line", "It closed."),
        ("- It closed. ^a1b2c3\n- It opened.", "It closed.\nIt opened."),
        ("It closed.\n\n^a1b2c3\n\nIt opened.", "It closed.\nIt opened."),
        ("It %%who says so?%% closed.", "It closed."),
        ("It closed.\n%% ask Dora %%\n\nIt opened.", "It closed.\nIt opened."),
        ("It closed.\n\n%%\nAsk\n\n- Dora\n%%\n\nIt opened.", "It closed.\nIt opened."),
        ("> [!warning]- Mind the *gap*\n> It is wide.", "Mind the gap\nIt is wide."),
        ("> [!note]\n> It is wide.", "Note\nIt is wide."),
        ("> [!quote]\n> It is wide.", "It is wide."),
        ("> [!tip] Take the stairs", "Take the stairs"),
    ],
)
def test_the_syntax_of_vaults_is_shown_as_what_it_means(text: str, words: str) -> None:
    assert plain_text(parse(text, MARKDOWN)) == words
    assert plain_words(text, MARKDOWN) == words


@pytest.mark.parametrize(
    "text",
    [
        "It says so [[1]] and [[ -f x ]].", "Never closed: [[Silo, ==so, %%who", "if a==b and c==d", "x == y == z",
        "50%% or 60%%",
        "Ten ^2", "Ten ^10 times", "Words ^abc in the middle", "An [[, b]", "[!note] no quotation", "A row =====",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert plain_text(parse(text, MARKDOWN)) == text


def test_code_stays() -> None:
    assert plain_text(parse("`[[a]] ==b==`\n\n```\n%%c%%\n[[d]] ^abcd\n```", MARKDOWN)) == (
        "[[a]] ==b==\n%%c%%\n[[d]] ^abcd"
    )


def test_a_link_in_double_brackets_is_a_link() -> None:
    assert '<a href="https://a.example"' in html(parse("[[a]](https://a.example)", MARKDOWN))


def test_links_may_be_laid_over_the_words_of_a_wiki_link() -> None:
    document = parse("Of [[Elmswick Grain]].", MARKDOWN)
    assert dict(zip(document.kinds, document.pieces, strict=True))[WORDS] == "Of Elmswick Grain."


def test_marks_and_titles_of_callouts_have_elements() -> None:
    assert "<mark>two <em>words</em></mark>" in html(parse("==two *words*==", MARKDOWN))
    assert "<strong>Mind</strong></p>\n<p" in html(parse("> [!tip] Mind\n> it", MARKDOWN))


@pytest.mark.parametrize(
    "unit", ["[[a", "![[", "[[a|", "==a ", "[==a", "%%a\n", "%%a ", " ^a", "^abc\n", "> [!a]\n", "- %%a\n"]
)
def test_repeated_signs_cost_no_more_than_they_are_long(unit: str) -> None:
    def parse_times(characters: int) -> None:
        parse(unit * (characters // len(unit)), MARKDOWN)

    few = cpu_seconds(lambda: parse_times(15_000), 1)
    with costs_at_most(0.2 + 8 * few):
        parse_times(60_000)


def test_a_link_to_a_note_leads_to_the_page_that_has_its_name() -> None:
    pages = {"Elmswick Grain": "/companies/elmswick-grain/"}
    text = "[[firms/Elmswick Grain#Board|The board]] of [[Silo]], [by ==[[Elmswick Grain]]==](https://a.example)"
    document = parse(text, MARKDOWN, own_links=True, page_of=pages.get)
    assert own_links(document) == ["/companies/elmswick-grain/"]
    assert '<a href="/companies/elmswick-grain/">The board</a> of Silo, <a href="https://a.example" ' in html(document)
    saved = parse(f"{text} and [so](/companies/elmswick-grain/) on", MARKDOWN, page_of=pages.get)
    assert own_links(saved) == ["/companies/elmswick-grain/"]
    assert html(saved).count("<a href=") == 2, "a link in what came from elsewhere leads to no page of the site"


def test_the_words_of_links_to_pages_of_the_site_are_known() -> None:
    text = "# [[A]]\n\nSo *says* [the `b`](/b/), [[A|who|ever]].\n\n- [*c*](/c/)\n- d [e](https://e.example)\n\n|[[A]]|\n|-|"
    document = parse(text, MARKDOWN, own_links=True, page_of={"A": "/a/"}.get)
    spans = [(target, document.blocks[n].text[start:end]) for n, start, end, target in own_link_spans(document)]
    assert spans == [("/a/", "A"), ("/b/", "the b"), ("/a/", "who|ever"), ("/c/", "c"), ("/a/", "A")]
