"""Saved HTML pages: their text without the rest of the page, and what they declare of themselves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.core.errors import RefusedError
from site_gen.ingest.extract import source_url
from site_gen.ingest.extract.html.html_parser import parse_html
from tests.conftest import PARAGRAPHS
from tests.support.extraction import PROSE, canonical_link, extract_file, json_ld, refusal

if TYPE_CHECKING:
    from tests.conftest import HtmlPage


def saved_from(url: str) -> str:
    return f"<!-- saved from url=({len(url):04}){url} -->\n"


# -- the text -----------------------------------------------------------------------------------------


def test_the_text_is_the_article_and_nothing_around_it(html_page: HtmlPage) -> None:
    draft = extract_file(html_page())
    assert draft.title == "Silo stays for ten more years"
    assert draft.text.split("\n") == list(PARAGRAPHS)
    assert draft.language == "en"


ABOVE = """
<div class="cookie-banner"><p>We use cookies to make this site better. By continuing you agree
to our cookie policy.</p><button>Accept all</button></div>
<div class="share-bar"><a href="#">Share on Facebook</a> <a href="#">Tweet</a></div>
"""
BELOW = """
<section class="related"><h2>Related articles</h2><ul><li><a href="/1">Crane falls into dock at Tallow Pier</a></li>
<li><a href="/2">Five things to know about rye</a></li></ul></section>
<div id="comments" class="comments"><h3>2 comments</h3><div class="comment">
<p>First! I was there when it happened and it was very loud.</p></div>
<form><label>Leave a reply</label><textarea></textarea></form></div>
"""


@pytest.mark.parametrize(
    "wrap",
    [
        "<article>{}</article>",
        '<div class="entry-content">{}</div>',
        '<main><div class="post">{}</div></main>',
    ],
)
def test_banners_share_bars_and_comments_are_left_out(wrap: str) -> None:
    page = (
        f"<!doctype html><html><head><title>Silo stays | Elmswick Courier</title></head><body>{ABOVE}"
        f"<h1>Silo stays</h1>{wrap.format(PROSE)}{BELOW}"
        "<footer><p>© 2026 Elmswick Courier. All rights reserved.</p></footer></body></html>"
    )
    draft = extract_file(page)
    assert draft.title == "Silo stays"
    for paragraph in PARAGRAPHS:
        assert paragraph in draft.text
    for word in ("cookie", "Facebook", "Related", "Crane falls", "rye", "First!", "reply", "rights reserved"):
        assert word not in draft.text, word


def test_the_menu_is_left_out_of_a_short_report(html_page: HtmlPage) -> None:
    draft = extract_file(html_page(paragraphs=PARAGRAPHS[:1]))
    assert draft.text == PARAGRAPHS[0]


def test_lists_tables_and_quotes_become_markdown(html_page: HtmlPage) -> None:
    blocks = (
        "<h2>The figures</h2>"
        "<ul><li>One silo of brick, built by hand</li><li>Two cranes of iron, built by others</li></ul>"
        "<table><tr><th>Year</th><th>Grain</th></tr><tr><td>2025</td><td>41 tonnes</td></tr></table>"
        "<blockquote><p>Nobody had wanted to attend the meeting of the board.</p></blockquote>"
    )
    page = html_page().replace("</article>", blocks + f"<p>{PARAGRAPHS[0][::-1]}</p></article>")
    markdown = extract_file(page).markdown
    assert "## The figures" in markdown
    assert "- One silo of brick, built by hand\n- Two cranes of iron, built by others" in markdown
    assert "| 2025 | 41 tonnes |" in markdown
    assert "Nobody had wanted to attend the meeting of the board." in markdown


def test_scripts_and_styles_leave_no_trace(html_page: HtmlPage) -> None:
    page = html_page(before="").replace(
        "<article>",
        "<script>alert('gull')</script><style>.gull{}</style><article><noscript>Gulls ahead</noscript>",
    )
    draft = extract_file(page)
    assert "gull" not in (draft.text + draft.markdown).lower()


# -- the title ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "heading", "expected"),
    [
        ("Silo stays | Elmswick Courier", "Silo stays", "Silo stays"),
        ("Silo stays - Ports - Elmswick Courier", "Elmswick Courier", "Silo stays - Ports"),
        ("Elmswick Courier: Silo &amp; pier stay", "Silo & pier stay", "Silo & pier stay"),
        ("Silo &lt;b&gt;stays&lt;/b&gt;", "Silo &lt;b&gt;stays&lt;/b&gt;", "Silo <b>stays</b>"),
        ("Silo\n   stays\u00a0put", "Silo stays put", "Silo stays put"),
    ],
)
def test_the_title_has_no_name_of_the_site(title: str, heading: str, expected: str) -> None:
    page = (
        f'<html><head><title>{title}</title><meta property="og:site_name" content="Elmswick Courier"></head>'
        f"<body><article><h1>{heading}</h1>{PROSE}</article></body></html>"
    )
    assert extract_file(page).title == expected


# -- where it is from ---------------------------------------------------------------------------------


PLACE_OF_SAVING = "https://courier.example/2026/05/silo"


@pytest.mark.parametrize(
    ("declared", "chosen"),
    [
        ("https://courier.example/2026/05/silo-stays", "https://courier.example/2026/05/silo-stays"),
        ("https://www.courier.example/silo", "https://www.courier.example/silo"),
        ("/2026/05/silo-relative", "https://courier.example/2026/05/silo-relative"),
        ("https://m.courier.example/silo", "https://m.courier.example/silo"),
        ("https://elsewhere.example/silo", PLACE_OF_SAVING),  # another host
        ("https://courier.example/", PLACE_OF_SAVING),  # a front page
        ("javascript:alert(1)", PLACE_OF_SAVING),
        ("https://[broken", PLACE_OF_SAVING),
        ("", PLACE_OF_SAVING),
    ],
)
def test_a_canonical_link_of_the_host_wins_over_the_place_of_saving(
    html_page: HtmlPage, declared: str, chosen: str
) -> None:
    draft = extract_file(
        html_page(head=canonical_link(declared), before=saved_from(PLACE_OF_SAVING + "?utm_source=post"))
    )
    assert draft.source == chosen
    assert draft.site in {"courier.example", "m.courier.example"}


def test_a_canonical_link_alone_is_the_source(html_page: HtmlPage) -> None:
    assert extract_file(html_page(head=canonical_link(PLACE_OF_SAVING))).source == PLACE_OF_SAVING
    assert extract_file(html_page(head=canonical_link("/silo"))).source is None
    assert extract_file(html_page(head=canonical_link("data:text/html,silo"))).source is None
    assert extract_file(html_page()).source is None


def test_og_url_and_json_ld_are_the_source_without_a_canonical_link(html_page: HtmlPage) -> None:
    assert (
        extract_file(html_page(head=f'<meta property="og:url" content="{PLACE_OF_SAVING}">')).source == PLACE_OF_SAVING
    )
    assert extract_file(html_page(head=json_ld(mainEntityOfPage={"@id": PLACE_OF_SAVING}))).source == PLACE_OF_SAVING


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://a.example/x?utm_source=y&utm_medium=z", "https://a.example/x"),
        ("https://a.example/x?fbclid=1&gclid=2&id=7", "https://a.example/x?id=7"),
        ("https://a.example/x?p=123", "https://a.example/x?p=123"),
        ("https://a.example/x#part", "https://a.example/x"),
        ("https://a.example:443/x", "https://a.example/x"),
        ("https://A.Example/X", "https://a.example/X"),
        ("https://a.example", "https://a.example/"),
        ("https://reader:secret@a.example/x", "https://a.example/x"),
        ("https://a.example/rye_(grain),b;c=1&d'e!*@+$", "https://a.example/rye_(grain),b;c=1&d'e!*@+$"),
        ("https://a.example/a%26b%20c", "https://a.example/a%26b%20c"),
        ("mailto:a@a.example", None),
        ("javascript:alert(1)", None),
        ("//a.example/x", None),
        ("file:///etc/hosts", None),
        ("https://", None),
    ],
)
def test_addresses_are_cleaned(url: str, clean: str | None) -> None:
    assert source_url.clean_url(url) == clean


@given(
    st.text(max_size=80) | st.from_regex(r"https?://[a-z.]{1,20}(:\d{1,6})?/[^ ]{0,20}(\?[^ ]{0,20})?", fullmatch=True)
)
def test_cleaning_an_address_is_idempotent(url: str) -> None:
    once = source_url.clean_url(url)
    assert once is None or source_url.clean_url(once) == once


# -- authors, dates, outlet ---------------------------------------------------------------------------


def test_authors_of_json_ld_win_over_others(html_page: HtmlPage) -> None:
    head = (
        json_ld(author=[{"@type": "Person", "name": "Dora Finch"}, {"name": "Olu Adeyemi-Strand"}])
        + '<meta name="author" content="Somebody Else">'
    )
    assert extract_file(html_page(head=head)).author == ("Dora Finch", "Olu Adeyemi-Strand")


def test_an_outlet_is_the_author_only_without_any_other(html_page: HtmlPage) -> None:
    outlet = '<meta property="og:site_name" content="Elmswick Courier"><meta name="author" content="Elmswick Courier">'
    draft = extract_file(html_page(head=outlet))
    assert (draft.author, draft.site) == (("Elmswick Courier",), "Elmswick Courier")
    both = html_page(head=outlet).replace("<p>", '<p rel="author">Dora Finch</p><p>', 1)
    assert extract_file(both).author == ("Dora Finch",)


@pytest.mark.parametrize(
    "head",
    [
        json_ld(datePublished="2026-03-04T23:30:00-05:00"),
        '<meta property="article:published_time" content="2026-03-04T09:00:00Z">',
        '<meta name="date" content="2026-03-04">',
    ],
)
def test_a_declared_date_is_the_day_of_publication(html_page: HtmlPage, head: str) -> None:
    assert extract_file(html_page(head=head)).published == dt.date(2026, 3, 4)


def test_a_date_after_today_or_before_the_web_is_ignored(html_page: HtmlPage) -> None:
    for day in ("2026-11-24", "2027-03-04", "2031-01-01", "1901-01-01"):
        assert (
            extract_file(
                html_page(head=f'<meta property="article:published_time" content="{day}T09:00:00Z">')
            ).published
            is None
        )


def test_the_day_after_today_counts_where_it_has_begun(html_page: HtmlPage) -> None:
    head = '<meta property="article:published_time" content="2026-11-23T06:00:00+12:00">'
    assert extract_file(html_page(head=head)).published == dt.date(2026, 11, 23)


def test_the_day_of_saving_is_that_of_singlefile(html_page: HtmlPage) -> None:
    day = "Tue Mar 04 2025 09:12:44 GMT+0100 (CET)"
    comment = f"<!--\n Page saved with SingleFile \n url: {PLACE_OF_SAVING} \n saved date: {day}\n-->\n"
    draft = extract_file(html_page(before=comment))
    assert (draft.source, draft.created, draft.published) == (PLACE_OF_SAVING, dt.date(2025, 3, 4), None)


def test_broken_json_ld_is_ignored(html_page: HtmlPage) -> None:
    for script in (
        "{broken",
        "[" * 5000,
        "null",
        '"text"',
        '{"@type": ["NewsArticle"], "headline": 7, "author": {"name": {"a": 1}}}',
    ):
        draft = extract_file(html_page(head=f'<script type="application/ld+json">{script}</script>'))
        assert draft.title == "Silo stays for ten more years"


# -- what is refused ----------------------------------------------------------------------------------


HEAD = "<!doctype html><title>App</title>"
PAGES_DRAWN_BY_SCRIPTS = {
    "told": f"{HEAD}<noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
    "drawn": f"{HEAD}<script src=a.js></script><script src=b.js></script><div id=app></div><script src=c.js></script>",
    "asked": f"{HEAD}<p>JavaScript is disabled in your browser. Please switch it on and load the page again.</p>",
}


@pytest.mark.parametrize("page", PAGES_DRAWN_BY_SCRIPTS.values(), ids=PAGES_DRAWN_BY_SCRIPTS)
def test_a_page_that_scripts_draw_is_refused(page: str) -> None:
    assert "drawn by JavaScript" in refusal(page)


def test_an_article_about_javascript_is_accepted(html_page: HtmlPage) -> None:
    page = html_page(
        paragraphs=[
            *PARAGRAPHS,
            "The board's own site requires JavaScript, which the mayor found too much to ask. "
            + PARAGRAPHS[0]
            + PARAGRAPHS[1],
        ]
    )
    assert "requires JavaScript" in extract_file(page).text


@pytest.mark.parametrize(
    "page",
    ["<html></html>", "<html><body><img src=x></body></html>", "<!doctype html><title>Only a title</title>"],
)
def test_a_page_without_text_is_refused(page: str) -> None:
    assert "no article found in it" in refusal(page)


@pytest.mark.slow
@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul><li", "table><tr><td", "span"])
def test_a_deeply_nested_page_is_read_or_refused(html_page: HtmlPage, tag: str) -> None:
    page = html_page().replace("<article>", f"<{tag}>" * 4000 + "<article>")
    try:
        text = extract_file(page).text
    except RefusedError:
        return
    assert PARAGRAPHS[0] in text


MARKUP = [
    "<p>",
    "</p>",
    "<div>",
    "<a/href=x>",
    "</a>",
    "<h1>",
    "</h1>",
    "<ul><li>",
    "</ul>",
    "<table>",
    "<td>",
    "<pre>",
    "<code>",
    "</code></pre>",
    "<br>",
    "<!--",
    "-->",
    "<title>",
    "</title>",
    "<meta/name=date/content=2026>",
    "&#x0;",
    "&lt;",
    "<![CDATA[",
    "<svg>",
    "<template>",
    "<frameset>",
    "<q>",
    "<del>",
    "<graphic/>",
    "<dl><dt>",
    "<figure><img/alt=x>",
]


@given(st.lists(st.sampled_from([*MARKUP, PARAGRAPHS[0], "silo ", "\u202e"]), max_size=30))
def test_any_markup_gives_a_draft_or_a_reason(parts: list[str]) -> None:
    try:
        draft = extract_file("<!doctype html><html>" + "".join(parts))
    except RefusedError:
        return
    assert draft.title
    assert draft.markdown.strip()


@pytest.mark.parametrize(("count", "kept"), [(400, 400), (10_000, 0)])
def test_an_element_of_thousands_of_attributes_loses_them(count: int, kept: int) -> None:
    """Each look-up in lxml goes through all attributes of an element: 10,000 took two seconds."""
    tree, _ = parse_html(f"<p {' '.join(f'a{number}=b' for number in range(count))}>Ropes are long.</p>")
    assert tree is not None
    paragraph = next(tree.iter("p"))
    assert (paragraph.text, len(paragraph.attrib)) == ("Ropes are long.", kept)
