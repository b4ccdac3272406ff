"""Title, authors, day, address and kind of a page, from what it declares and what it shows."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from trafilatura.utils import load_html

from site_gen.ingest.extract import source_url
from site_gen.ingest.extract.html import metadata, page_kind
from site_gen.ingest.extract.html.authors import parse_names
from tests.support.extraction import PROSE, canonical_link, doubt_reasons, extract_file, json_ld

if TYPE_CHECKING:
    from site_gen.content.records import Draft

URL = "https://courier.example/2026/port/silo-stays-ten-more-years"


def draft_of(head: str = "", body: str = "<h1>Silo stays for ten more years</h1>" + PROSE) -> Draft:
    return extract_file(
        f'<!doctype html><html lang="en"><head>{head}</head><body><article>{body}</article></body></html>'
    )


def properties(**names: str) -> str:
    return "".join(f'<meta property="{key.replace("__", ":")}" content="{value}">' for key, value in names.items())


def breadcrumbs(*urls: str) -> str:
    items = [{"@type": "ListItem", "position": at, "item": {"@id": url}} for at, url in enumerate(urls, 1)]
    return json_ld(**{"@type": "BreadcrumbList", "itemListElement": items})


# -- titles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "heading", "title"),
    [
        # the heading shares most words with the declared title, and is what readers see
        ("<title>Silo to stay ten more years, board says - Courier</title>", "Silo to stay ten years", None),
        ("<title>Silo stays ten more years | Port | Elmswick Courier</title>", "Elmswick Courier",
         "Silo stays ten more years"),
        ("<title>Silo stays ten more years [Courier]</title>" + canonical_link(URL), "", "Silo stays ten more years"),
        ("<title>Five facts on grain</title>" + properties(og__site_name="Five facts on grain and what is in silos"),
         "Five facts on grain", None),
        ("<title>Grain &amp;amp; rye in the silo</title>", "", "Grain & rye in the silo"),
        ("<title>Grain in the silo | Elmswick Harbour News</title>" + properties(og__site_name="Elmswick Harbour News"),
         "Grain in the silo | Elmswick Harbour News", "Grain in the silo"),
        ("<title>Silos: what nobody tells of grain | EHN</title>" + properties(og__site_name="Elmswick Harbour News"),
         "", "Silos: what nobody tells of grain"),
    ],
)  # fmt: skip
def test_the_title_is_chosen_from_heading_and_declared_titles(head: str, heading: str, title: str | None) -> None:
    assert draft_of(head, f"<h1>{heading}</h1>{PROSE}").title == (title or heading)


def test_the_title_that_the_address_names_wins_over_one_for_previews() -> None:
    head = canonical_link(URL) + properties(og__title="You will not believe what this board did")
    draft = draft_of(head, f"<h1>Silo stays ten more years</h1>{PROSE}")
    assert draft.title == "Silo stays ten more years"
    assert doubt_reasons(draft, "title") == ["the heading and the declared title differ"]


def test_a_heading_in_the_navigation_is_no_title() -> None:
    draft = draft_of("<title>Silo stays ten more years</title>", f"<nav><h1>Silo stays</h1></nav>{PROSE}")
    assert draft.title == "Silo stays ten more years"
    assert doubt_reasons(draft, "title")


def test_no_doubt_where_heading_and_declared_title_agree() -> None:
    assert not doubt_reasons(draft_of("<title>Silo stays for ten more years - Courier</title>"), "title")


# -- authors ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Dora Finch", ["Dora Finch"]),
        ("By Dora Finch and Olu Adeyemi-Strand", ["Dora Finch", "Olu Adeyemi-Strand"]),
        ("Dora Finch, Olu Strand & Ada Quill", ["Dora Finch", "Olu Strand", "Ada Quill"]),
        ("Dora Finch, M.D.", ["Dora Finch, M.D."]),
        ("Par Dora Finch", ["Dora Finch"]),
        ("Written by Dora Finch | March 4, 2026", ["Dora Finch"]),
        ("Dora Finch Updated March 4", ["Dora Finch"]),
        ("Dora Finch, Senior Harbour Reporter", ["Dora Finch"]),
        ("View all posts", []),
        ("www.facebook.com/dora", []),
        ("admin", []),
        ("Staff", []),
        ("Courier Staff", ["Courier Staff"]),
        ("5 min read", []),
        ("Name *", []),
        ("YouTube", []),
        ("Politik", []),
        ("Foto: Jan Lind", []),
        ("Photo by Dora Finch", []),
        ("배나무 기자 pear@daily.example", ["배나무"]),
        ("文●灯台守／編集●港", ["灯台守"]),
        ("Veröffentlicht von Dora Finch am 4. März 2026", ["Dora Finch"]),
        ("BY DORA FINCH AND ADA QUILL", ["DORA FINCH", "ADA QUILL"]),
        ("Dora FinchChief Harbour Officer", ["Dora Finch"]),
        ("Culture Writer", []),
        ("Dora Finch, Harbour Columnist", ["Dora Finch"]),
        ("Harbour Grain Inc.", []),
        ("@dorafinch", []),
        ("Dora FinchCEO", ["Dora Finch"]),
        ("Dora FinchTwitter", ["Dora Finch"]),
        ("DORA FINCH, ADA QUILL and OLU STRAND", ["DORA FINCH", "ADA QUILL", "OLU STRAND"]),
        ("Dora Finch / CNN / Updated: Mar 4, 2026", ["Dora Finch"]),
        ("Dora Finch, Reuters", ["Dora Finch"]),
        ("Luis Prado y Costa", ["Luis Prado y Costa"]),
        ("Luis Prado y Ana Costa", ["Luis Prado", "Ana Costa"]),
        ("Rita Lage e Castro", ["Rita Lage e Castro"]),
        ("Di Marlow", ["Di Marlow"]),
        ("Par Holm", ["Par Holm"]),
        ("Wednesday Quill", ["Wednesday Quill"]),
        ("Wednesday", []),
        ("Maren", ["Maren"]),
        ("Veröffentlicht von Dora Finch", ["Dora Finch"]),
        ("投稿者: 灯台守", ["灯台守"]),
        ("文●灯台守", ["灯台守"]),
        ("كتب: سالم", ["سالم"]),
        ("Dora Finch, Special to the Courier", ["Dora Finch"]),
        ("Dora Finch for the Quay Notes", ["Dora Finch"]),
        ("Anna Finch for Quay Notes", ["Anna Finch"]),
        ("Anna Finch (Quay Press)", ["Anna Finch"]),
        ("Anna Finch @quayfinch", ["Anna Finch"]),
        ("Dora Finch with Ada Quill", ["Dora Finch", "Ada Quill"]),
        ("Dora Finch + Ada Quill", ["Dora Finch", "Ada Quill"]),
        ("Dora Finch, Chief Executive Officer", ["Dora Finch"]),
        ("Dora Finch, Redakteurin", ["Dora Finch"]),
        ("Redacción: Dora Finch", ["Dora Finch"]),
        ("기자 정바다", ["정바다"]),
        ("정바다·한별 기자", ["정바다", "한별"]),
        ("取材・文：林海", ["林海"]),
        ("林海 記者", ["林海"]),
    ],
)
def test_names_are_parsed_from_a_byline(byline: str, names: list[str]) -> None:
    assert parse_names(byline) == names


@pytest.mark.parametrize(
    "below",
    [
        "<p>By Dora Finch</p>",
        "<div><span>By</span> <a href='/x'>Dora Finch</a></div>",
        "<div class='meta'>By <b>Dora Finch</b>, harbour desk</div>",
        "<p>Dora Finch</p><p>March 4, 2026</p>",
        "<a href='/authors/dora-finch'>Dora Finch</a>",
        "<div class='article-author'><span>Dora Finch</span></div>",
    ],
)
def test_a_byline_below_the_title_names_the_author(below: str) -> None:
    assert draft_of(body=f"<h1>Silo stays</h1>{below}{PROSE}").author == ("Dora Finch",)


def test_an_outlet_with_an_ampersand_is_one_author() -> None:
    head = properties(og__site_name="Gull & Sons") + '<meta name="author" content="Gull & Sons">'
    assert draft_of(head).author == ("Gull & Sons",)


def test_one_byline_may_name_several_authors() -> None:
    byline = "<p>By <a href=/a>Dora Finch</a>, <a href=/b>Ada Quill</a> and <a href=/c>Olu Strand</a></p>"
    assert draft_of(body=f"<h1>Silo stays</h1>{byline}{PROSE}").author == ("Dora Finch", "Ada Quill", "Olu Strand")


def test_an_author_given_by_reference_is_looked_up() -> None:
    graph = [
        {"@type": "NewsArticle", "headline": "Silo stays", "author": {"@id": "#dora"}},
        {"@type": "Person", "@id": "#dora", "name": "Dora Finch"},
    ]
    script = f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'
    assert draft_of(script).author == ("Dora Finch",)


def test_author_and_day_are_read_from_broken_json_ld() -> None:
    script = """<script type="application/ld+json">[{"@type": "BreadcrumbList", "x": "(a|b)\\/"},
    {"@type": "NewsArticle", "headline": "Silo stays", "datePublished": "2026-03-04T09:00",
     "author": [{"@type": "Person", "name": "Dora \\u00c9. Finch"}], "broken": "a"quote"}]</script>"""
    draft = draft_of(script)
    assert (draft.author, draft.published) == (("Dora É. Finch",), dt.date(2026, 3, 4))


@pytest.mark.parametrize(
    "head",
    [
        json_ld(**{"@type": "NewsArticle", "author": {"@type": "Person", "givenName": "Read", "familyName": "Finch"}}),
        '<meta name="authors" content="Read Finch">',
        '<meta name="author" value="Read Finch">',
    ],
)
def test_a_declared_author_is_read_in_all_forms(head: str) -> None:
    assert draft_of(head).author == ("Read Finch",)


def test_a_reader_who_comments_is_no_author() -> None:
    comment = "<div class='comment'><span class='comment-author author'>Harry Gull</span><p>Well said.</p></div>"
    assert draft_of(body=f"<h1>Silo stays</h1>{PROSE}<div id='comments'>{comment}</div>").author == ()


def test_of_elements_around_a_name_the_innermost_gives_it() -> None:
    byline = "<div class='author'><a class='author-name'>Dora Finch</a> <a class='author-role'>Twitter</a></div>"
    assert draft_of(body=f"<h1>Silo stays</h1>{byline}{PROSE}").author == ("Dora Finch",)


def test_who_begins_a_discussion_is_its_author() -> None:
    posts = "".join(
        f"<article class='message post' data-author='{name}'><a class='username'>{name}</a><p>{PROSE}</p></article>"
        for name in ("grain_fan21", "Gull", "Olu")
    )
    question = {"@type": "QAPage", "mainEntity": {"@type": "Question", "name": "Which silo?", "text": "Which one?"}}
    head = f"<script type='application/ld+json'>{json.dumps(question)}</script>"
    assert draft_of(head, f"<h1>Which silo?</h1>{posts}").author == ("grain_fan21",)


def test_a_byline_below_the_title_is_asked_before_the_account_that_entered_the_article() -> None:
    head = '<meta name="author" content="portadmin">'
    assert draft_of(head, f"<h1>Silo stays</h1><p>By Dora Finch</p>{PROSE}").author == ("Dora Finch",)
    first_only = '<meta name="author" content="Dora Finch">'
    byline = "<p>By Dora Finch and Ada Quill</p>"
    assert draft_of(first_only, f"<h1>Silo stays</h1>{byline}{PROSE}").author == ("Dora Finch", "Ada Quill")


def test_a_blog_with_its_logo_as_heading_names_title_outlet_and_author() -> None:
    logo = "<div><h1><a href='/'>Notes of the Quay</a></h1></div>"
    post = "<h2>Silo stays for ten more years</h2><small>March 4th, 2026 by Dora Finch</small>"
    draft = draft_of("<title>Silo stays for ten more years — Notes of the Quay</title>", logo + post + PROSE)
    assert (draft.title, draft.site, draft.author) == (
        "Silo stays for ten more years",
        "Notes of the Quay",
        ("Dora Finch",),
    )


@pytest.mark.parametrize(
    ("head", "site"),
    [
        (properties(og__site_name="Elmswick Courier |"), "Elmswick Courier"),
        (properties(og__site_name="Courier - All that moves the quay") + canonical_link(URL), "Courier"),
        (properties(og__site_name="@quaynews") + '<meta name="application-name" content="Quay News">', "Quay News"),
        ('<meta name="copyright" content="© 2026 Quay News. All rights reserved.">', "Quay News"),
        (
            json_ld(
                **{
                    "@graph": [
                        {"@type": "NewsArticle", "publisher": {"@id": "#quay"}},
                        {"@type": "Organization", "@id": "#quay", "name": "Quay News"},
                    ]
                }
            ),
            "Quay News",
        ),
    ],
)
def test_an_outlet_has_its_name_alone(head: str, site: str) -> None:
    assert draft_of(head).site == site


def test_the_first_heading_is_the_outlet_where_another_is_the_rest_of_the_title() -> None:
    head = "<title>Silo stays on the quay - Notes of Elmswick</title>"
    draft = draft_of(head, "<h1>Notes of Elmswick</h1><h2>Silo stays on the quay</h2>" + PROSE)
    assert (draft.title, draft.site) == ("Silo stays on the quay", "Notes of Elmswick")


def test_home_is_no_title() -> None:
    assert draft_of(properties(og__title="Home"), "<h2>Silo stays for ten years</h2>" + PROSE).title == (
        "Silo stays for ten years"
    )


def test_a_page_saved_from_firefox_reading_view_keeps_address_and_author() -> None:
    header = f"<a class='domain reader-domain' href='{URL}'>courier.example</a><h1 class='reader-title'>Silo stays</h1>"
    draft = draft_of(body=f"{header}<div class='credits reader-credits'>Dora Finch</div>{PROSE}")
    assert (draft.source, draft.author) == (URL, ("Dora Finch",))


@pytest.mark.parametrize(
    ("below", "author"),
    [
        ("<p>By</p><p>The Quay Notes Team</p>", "The Quay Notes Team"),
        ("<em>This post was written by <a href=/d>Dora Finch</a>, pilot.</em>", "Dora Finch"),
        ("<p>Mar 4, 2026 • <img alt=''> Dora Finch in <a href=/q>Quays</a></p>", "Dora Finch"),
        ("<div class=creator-name>Newsdesk</div>", "Newsdesk"),
        ("<em>정바다 기자</em>", "정바다"),
        ("<em>정바다 특파원 sea@quay.example</em>", "정바다"),
        ("<p>港湾社記者 林海</p>", "林海"),
        ("<p>Ein Beitrag von Dora Finch</p>", "Dora Finch"),
        ("<p>04.03.2026 | Autorin: Dora Finch</p>", "Dora Finch"),
        ("<p>2026-03-04 来源：港报 作者：王小海</p>", "王小海"),
        ("<p>Anna Finch • 4 de marzo de 2026</p>", "Anna Finch"),
        ("<p>Мария Соколова</p><p>4 марта 2026</p>", "Мария Соколова"),
        ("<p>Tekst og foto: Dora Finch</p>", "Dora Finch"),
        ("<p>Oleh Dora Finch</p>", "Dora Finch"),
        ("<p>מאת דורה פינץ׳</p>", "דורה פינץ׳"),
        ("<p>Text Size</p>", None),
        ("<p>Trade Fairs</p><p>March 4, 2026</p><p>Of all trade the fairs have little, said the harbour.</p>", None),
    ],
)
def test_a_byline_is_told_by_its_words_and_place(below: str, author: str | None) -> None:
    assert draft_of(body=f"<h1>Silo stays</h1>{below}{PROSE}").author == ((author,) if author else ())


def test_a_byline_may_stand_above_the_title() -> None:
    assert draft_of(body=f"<p>By <b>Dora Finch</b></p><h1>Silo stays</h1>{PROSE}").author == ("Dora Finch",)


def test_a_title_without_a_heading_has_its_byline_below_it() -> None:
    head = "<title>Silo stays for ten more years</title>"
    draft = draft_of(head, f"<p>Silo stays for ten more years</p><p>By Dora Finch</p><p>4 March 2026</p>{PROSE}")
    assert (draft.author, draft.published) == (("Dora Finch",), dt.date(2026, 3, 4))


def test_microdata_name_the_author_but_not_a_reader() -> None:
    person = (
        "<span itemprop=author itemscope itemtype='https://schema.org/Person'><meta itemprop=name content='{}'></span>"
    )
    comment = f"<div itemprop=comment itemscope itemtype='https://schema.org/Comment'>{person.format('Olu')}</div>"
    post = f"<div itemscope itemtype='https://schema.org/BlogPosting'>{comment}{person.format('quaycat')}</div>"
    assert draft_of(body=f"<h1>Silo stays</h1>{PROSE}{post}").author == ("quaycat",)


def test_the_starter_of_a_discussion_is_no_one_whose_answer_stands_first() -> None:
    answer = f"<article data-author=Gull><a class=username>Gull</a><p>{PROSE}</p></article>"
    question = f"<div><a>grain_fan21</a> <span>Discussion starter</span><p>{PROSE}</p></div>"
    head = canonical_link("https://forum.example/threads/which-silo.1/")
    assert draft_of(head, f"<h1>Which silo?</h1>{question}{answer}").author == ("grain_fan21",)


def test_a_person_goes_before_a_group() -> None:
    head = '<meta name="twitter:label1" content="Written by"><meta name="twitter:data1" content="Quay Staff">'
    assert draft_of(head + '<meta name="author" content="Dora Finch">').author == ("Dora Finch",)
    assert draft_of(head).author == ("Quay Staff",)


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ("<h3>Author</h3><p>Dora Finch</p>", "only from a box about the author"),
        ("<h2>About the author</h2><p>Dora Finch is a pilot of the port.</p>", "only from a box about the author"),
        ("<b>Dora Finch</b><p>Dora is a pilot of the port.</p>", "only from what is said about the author"),
        ("<b class=author-name>quaycat</b>", "only from an element's name"),
    ],
)
def test_a_box_at_the_end_names_the_author_with_a_doubt(box: str, reason: str) -> None:
    draft = draft_of(body=f"<h1>Silo stays</h1>{30 * PROSE}<div>{box}</div>")
    assert len(draft.author) == 1
    assert doubt_reasons(draft, "author") == [reason]


def test_nobody_is_guessed_to_have_written_a_list() -> None:
    head = canonical_link("https://courier.example/category/quays")
    box = "<div><b class=author-name>Dora Finch</b></div>"
    assert draft_of(head, f"<h1>Quays</h1>{30 * PROSE}{box}").author == ()


def test_a_guessed_author_is_in_doubt() -> None:
    draft = draft_of(body=f"<h1>Silo stays</h1>{PROSE}<p>Written by Dora Finch</p>")
    assert draft.author == ("Dora Finch",)
    assert doubt_reasons(draft, "author") == ["only from a line far from the title"]


# -- days ---------------------------------------------------------------------------------------------


DAY = dt.date(2026, 3, 4)


@pytest.mark.parametrize(
    "below",
    [
        "<p>March 4, 2026</p>",
        "<p>MARCH 4, 2026</p>",
        "<p>4. März 2026</p>",
        "<p>2026年3月4日</p>",
        "<time datetime='2026-03-04T10:00'>yesterday</time>",
        "<p>Published <span>Mar 4, 2026</span></p>",
        "<p>Updated 9 March 2026, first published 4 March 2026</p>",
        "<p>Last updated 9 March 2026</p><p>Posted on 4 March 2026</p>",
        "<p>Received 2 January 2025; accepted 1 February 2026; published 4 March 2026</p>",
        "<p>Stand: 9. März 2026 | Erstellt: 4. März 2026</p>",
        "<p>수정 2026.03.09 09:00</p><p>입력 2026.03.04 10:12</p>",
        "<p>发布时间：2026-03-04 10:12 更新时间：2026-03-09</p>",
    ],
)
def test_a_day_below_the_title_is_that_of_publication(below: str) -> None:
    draft = draft_of(body=f"<h1>Silo stays</h1>{below}{PROSE}")
    assert draft.published == DAY
    assert not doubt_reasons(draft, "published")


@pytest.mark.parametrize(
    ("head", "below"),
    [
        (properties(article__modified_time="2026-03-04T10:00"), ""),
        ("", "<p>Updated: March 4, 2026</p>"),
        ("", "<p>Last updated <time datetime='2026-03-04'>March 4, 2026</time></p>"),
        ("", "<div>Updated:</div><div><time datetime='2026-03-04'>March 4, 2026</time></div>"),
        ("", "<p>3/4/2026</p>"),
        ("", "<div><p>x</p><div class='post-date'>March 4, 2026</div></div>" + "<p>x</p>" * 40),
    ],
)
def test_a_likely_day_of_publication_is_in_doubt(head: str, below: str) -> None:
    draft = draft_of(head, f"<h1>Silo stays</h1>{below}{PROSE}" if "post-date" not in below else PROSE + below)
    assert draft.published == DAY
    assert "guessed" in doubt_reasons(draft, "published")[0]


def test_a_numeric_date_is_read_in_the_order_of_its_country() -> None:
    draft = draft_of(canonical_link("https://courier.co.uk/silo"), f"<h1>Silo stays</h1><p>03/04/2026</p>{PROSE}")
    assert draft.published == dt.date(2026, 4, 3)


def test_a_declared_day_wins_over_one_that_is_shown() -> None:
    head = properties(article__published_time="2026-03-04T10:00")
    assert draft_of(head, f"<h1>Silo stays</h1><p>March 9, 2026</p>{PROSE}").published == DAY


@pytest.mark.parametrize(
    ("below", "day"),
    [
        ("<p>March 4, 2026</p>", DAY),
        ("<p>Updated March 4, 2026</p>", dt.date(2026, 5, 9)),
        ("<p>The silo has stood on the old quay of Elmswick since March 4, 2016</p>", dt.date(2026, 5, 9)),
        ("<p>May 8, 2026</p>", dt.date(2026, 5, 9)),
        ("<p>May 30, 2026</p>", dt.date(2026, 5, 9)),
    ],
)
def test_an_earlier_day_beside_the_title_wins_over_a_declared_one(below: str, day: dt.date) -> None:
    head = properties(article__published_time="2026-05-09T10:00:00Z")
    assert draft_of(head, f"<h1>Silo stays</h1>{below}{PROSE}").published == day


@pytest.mark.parametrize(
    ("head", "body", "reason"),
    [
        ("", f"<h1>Silo</h1>{30 * PROSE}<h4>Veröffentlicht am:</h4><time datetime=2026-03-04>gestern</time>", None),
        (
            "",
            f"<h1>Silo</h1>{30 * PROSE}<p class=post-date>March 4, 2026. <i>Updated: March 9, 2026</i></p>",
            "guessed from an element's name",
        ),
        (
            json_ld(**{"@type": "WebPage", "datePublished": "2026-03-04", "dateModified": "2026-05-09"}),
            f"<h1>Silo</h1>{PROSE}",
            "guessed from the day of the page",
        ),
        (
            "<title>qx-20251231</title>",
            f"<div>FORM 8-Q</div><div>Day of report: <b>March 4, 2026</b></div>{PROSE}",
            "guessed from the beginning of the text",
        ),
    ],
)
def test_a_day_far_from_the_title_is_told_by_what_stands_beside_it(head: str, body: str, reason: str | None) -> None:
    draft = draft_of(head, body)
    assert draft.published == DAY
    assert doubt_reasons(draft, "published") == ([reason] if reason else [])


def test_the_day_of_saving_is_not_the_day_of_publication() -> None:
    day = "Wed Mar 04 2026 09:12:44 GMT+0100"
    page = f"<!--\n Page saved with SingleFile \n url: https://a.example/x \n saved date: {day}\n-->"
    draft = extract_file(f"{page}<html><body><h1>Silo stays</h1>{PROSE}</body></html>")
    assert (draft.published, draft.created) == (None, DAY)


def test_a_page_was_not_published_after_it_was_saved() -> None:
    head = "<!--\n Page saved with SingleFile \n url: https://a.example/x \n saved date: Wed Mar 04 2026 09:12:44\n-->"
    ahead = properties(article__published_time="2026-03-09")
    page = f"{head}<html><head>{ahead}</head><body><h1>Silo stays</h1>{PROSE}</body></html>"
    assert extract_file(page).published is None
    note = "---\ntitle: Silo stays\npublished: 2026-03-09\ncreated: 2026-03-04\n---\nThe silo stays, the board says.\n"
    draft = extract_file(note, "silo.md")
    assert draft.published == dt.date(2026, 3, 9)
    assert doubt_reasons(draft, "published") == ["after the day of saving"]


def test_the_day_a_page_of_a_wiki_was_begun_is_in_doubt() -> None:
    generator = '<meta name="generator" content="MediaWiki 1.46.0">'
    days = {"datePublished": "2016-03-04", "dateModified": "2026-03-04"}
    assert doubt_reasons(draft_of(generator + json_ld(**days)), "published")
    assert not doubt_reasons(draft_of(json_ld(**days)), "published")
    assert not doubt_reasons(draft_of(generator + json_ld(**days | {"dateModified": "2016-03-09"})), "published")


# -- addresses ----------------------------------------------------------------------------------------


OEMBED = (
    '<link rel="shortlink" href="https://courier.example/?p=17"><link rel="alternate" type="application/json+oembed"'
    f' href="https://courier.example/oembed/1.0/embed?url={quote(URL, safe="")}&amp;format=json">'
)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f'<meta property="og:url" content="{URL}?utm_source=a">', ""),
        (json_ld(url=URL), ""),
        (json_ld(mainEntityOfPage=URL), ""),
        ("", f'<a href="https://www.facebook.com/sharer/sharer.php?u={quote(URL, safe="")}">Share</a>'),
        ("", f'<a href="https://twitter.com/intent/tweet?text=Silo&url={URL}">Tweet</a>'),
        ("", f'<a href="mailto:?subject=Silo&body=Read {URL}">Mail</a>'),
        (f'<link rel="alternate" hreflang="x-default" href="{URL}">', ""),
        (f'<script>var page = {{"canonicalUrl": "{URL.replace("/", chr(92) + "/")}"}};</script>', ""),
        (canonical_link("https://courier.example/"), f'<a href="https://www.linkedin.com/shareArticle?url={URL}">Share</a>'),
        (canonical_link("http://localhost/x") + f'<meta property="og:url" content="{URL}">', ""),
        ("", f'<a onclick="open(\'https://x.com/intent/tweet?a=b&url={quote(URL, safe="")}&c\')">Tweet</a>'),
        (breadcrumbs("https://courier.example/", URL), ""),
        ("", f'<div class="fb-like" data-href="{URL}"></div>'),
        ("", f'<button data-clipboard-text="{URL}">Copy</button>'),
        ("", f'<quay-page id="canonical-url-updater" value="{URL}"></quay-page>'),
        ("", f"<script>this.page.url = '{URL}';</script>"),
        (f'<meta name="canonical_url" content="{URL}">', ""),
        (json_ld(**{"@id": f"{URL}#article"}), ""),
        (OEMBED, ""),
        ("", f'<plusone size="medium" href="{URL}"></plusone><like href="{URL}" width="5"></like>'),
    ],
)  # fmt: skip
def test_the_address_is_found_in_what_the_page_says(head: str, body: str) -> None:
    head = "<title>Silo stays for ten more years</title>" + head
    assert draft_of(head, f"<h1>Silo stays for ten more years</h1>{PROSE}{body}").source == URL


COURIER = "https://courier.example"
FRONT = '<a href="https://courier.example/">The Courier</a>'
NAMED = '<a href="/w/Silo_stays_for_ten_more_years">Read</a>'
RSD = '<link rel="EditURI" type="application/rsd+xml" href="https://courier.example/api?action=rsd">'


@pytest.mark.parametrize(
    ("head", "body", "source"),
    [
        (canonical_link("/silo/stays"), FRONT, "https://courier.example/silo/stays"),
        ("", FRONT + '<nav><a href="/silo/stays" aria-current="page">Here</a></nav>', "https://courier.example/silo/stays"),
        ("", FRONT + '<h2><a href="/silo/stays">Silo stays for ten more years</a></h2>', "https://courier.example/silo/stays"),
        ("", FRONT + '<h2><a href="/rye/price">Rye is dear again</a></h2>', None),
        (canonical_link("/silo/stays"), "", None),
        (canonical_link("/silo/stays") + properties(og__image="https://www.courier.example/silo.jpg"), "", "https://courier.example/silo/stays"),
        ("", '<style data-href="https://fonts.example/css2?family=Rye"></style>', None),
        ("", '<i data-url="https://courier.example/a/one"></i><i data-url="https://courier.example/a/two"></i>', None),
        (
            "",
            FRONT + '<a class="nav active" href="/silo/stays">Silo stays</a>',
            "https://courier.example/silo/stays",
        ),
        ("", FRONT + '<a class="nav active" href="/rye">Rye is dear</a>', None),
        (
            "",
            FRONT + '<h2><a href="https://www.courier.example/silo/stays">Silo stays for ten more years</a></h2>',
            "https://www.courier.example/silo/stays",
        ),
        (canonical_link("/silo/stays"), FRONT + '<a href="https://quay.example/">Quay</a>', None),
        (
            canonical_link("/silo/stays") + properties(og__image="https://www.courier.example/silo.jpg"),
            FRONT + '<a href="https://quay.example/">Quay</a>',
            "https://courier.example/silo/stays",
        ),
        (RSD, f'<a href="https://engine.example/">Engine</a>{NAMED}', f"{COURIER}/w/Silo_stays_for_ten_more_years"),
        (RSD, NAMED.replace('">', '?edit=1">'), None),
        (RSD, '<a href="/topics/silo-stays">Silo stays</a><a href="/w/Rye_is_dear">Rye</a>', None),
        (RSD, '<h4><a href="/p/17"> Silo stays <b>for ten</b> more years</a></h4>', f"{COURIER}/p/17"),
        (RSD, '<h4><a href="/p/17">Silo stays for ten more years, and the quay with it</a></h4>', None),
        (RSD, '<a class="menu-lang current" href="https://courier.example/en/silo">English</a>', f"{COURIER}/en/silo"),
        (RSD, '<a class="menu-lang" href="https://courier.example/de/silo">Deutsch</a>', None),
        (RSD, '<a class="menu-lang current" href="https://quay.example/en/silo">English</a>', None),
        ("", FRONT + '<li class="item active"><a href="/silo">Silo stays</a></li>', f"{COURIER}/silo"),
        ("", FRONT + r'<script>a = [1, "{\"c\":[\"\",\"rye\",\"silo\"]}"]</script>', f"{COURIER}/rye/silo"),
        (
            canonical_link("/silo") + properties(og__image="https://images.courier.example/silo.jpg"),
            "",
            "https://www.courier.example/silo",
        ),
        (
            canonical_link("/silo") + properties(og__site_name="Courier", og__image="https://s3.example.com/a.jpg"),
            '<a href="https://rye.example/a">Rye</a><a href="https://courier.example/b">All</a>',
            f"{COURIER}/silo",
        ),
        (r'<script>a = {"lpurl": "\/\/courier.example\/silo.html?c=1"}</script>', "", f"{COURIER}/silo.html"),
    ],
)  # fmt: skip
def test_an_address_made_of_a_path_and_a_host_is_in_doubt(head: str, body: str, source: str | None) -> None:
    head = "<title>Silo stays for ten more years</title>" + head
    draft = draft_of(head, f"<h1>Silo stays for ten more years</h1>{PROSE}{body}")
    assert draft.source == source
    assert any(field == "source" for field, _ in draft.doubts) == (source is not None)


def test_an_address_given_more_often_wins_over_the_canonical_link() -> None:
    head = canonical_link("https://courier.example/home/p-1") + properties(og__url=URL) + json_ld(url=URL)
    assert draft_of("<title>Silo stays ten more years</title>" + head).source == URL


@pytest.mark.parametrize("path", ["", "/", "/home", "/index.html", "/Default.aspx"])
def test_an_address_of_a_front_page_counts_less(path: str) -> None:
    head = canonical_link(f"https://courier.example{path}") + properties(og__url=URL)
    assert draft_of("<title>The Courier</title>" + head).source == URL
    assert source_url.choose_source(URL, f"https://courier.example{path}") == URL


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://web.archive.org/web/20260304101112/https://a.example/x", "https://a.example/x"),
        ("https://a-example.cdn.ampproject.org/c/s/a.example/x", "https://a.example/x"),
        ("https://www.google.com/amp/s/a.example/x", "https://a.example/x"),
        ("https://a.example/x/amp/", "https://a.example/x"),
        ("https://a.example/x?outputType=amp", "https://a.example/x"),
        ("https://a.example/champ", "https://a.example/champ"),
    ],
)
def test_addresses_of_copies_become_those_of_the_original(url: str, clean: str) -> None:
    assert source_url.clean_url(url) == clean


# -- kinds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body", "url", "expected"),
    [
        ("", "", URL, "article"),
        ('<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>', "", URL, "forum"),
        ('<meta name="generator" content="phpBB">', "", URL, "forum"),
        ("", "", "https://forum.courier.example/viewtopic.php?t=7", "forum"),
        ("", "", "https://courier.example/threads/silo.7/", "forum"),
        ('<meta property="og:type" content="product">', "", URL, "product"),
        ('<script type="application/ld+json">{"@type": "Product"}</script>', "", URL, "product"),
        ('<meta name="generator" content="Docusaurus v3">', "", URL, "documentation"),
        ("", "", "https://docs.courier.example/silo", "documentation"),
        ('<script type="application/ld+json">{"@type": "CollectionPage"}</script>', "", URL, "list"),
        ("", "", "https://courier.example/category/silos", "list"),
        ("", "", "https://courier.example/", "front"),
        (json_ld(headline="x") + '<meta name="generator" content="WordPress">', "", URL, "article"),
    ],
)
def test_the_kind_of_a_page_is_found(head: str, body: str, url: str, expected: str) -> None:
    tree = load_html(f"<html><head>{head}</head><body>{body}<p>Some words.</p></body></html>")
    assert page_kind.classify_page(metadata.collect_metadata(tree, None), tree, url) == expected


# -- languages ----------------------------------------------------------------------------------------


GERMAN = (
    "<p>Der Getreidespeicher am Hafen bleibt noch zehn Jahre stehen, das hat der Rat am Dienstag nach einer langen "
    "Sitzung entschieden, in der nicht alle einer Meinung waren.</p><p>Wer dort sein Korn lagert, soll für die Tonne "
    "mehr zahlen als bisher, und die Stadt will mit dem Geld das Dach erneuern, durch das es seit langem regnet.</p>"
    "<p>Ob der Turm danach auch von außen gestrichen wird, ist noch nicht klar, weil die Farbe so teuer ist.</p>"
)


@pytest.mark.parametrize(
    ("declared", "text", "language"), [("en-US", GERMAN, "de"), ("de", GERMAN, "de"), ("de", PROSE, "en"),
    ("gsw", GERMAN, "gsw"), ("en", "<p>Das ist der Speicher am Hafen, und er bleibt, sagt der Rat.</p>", "en")]
)  # fmt: skip
def test_the_language_is_that_of_the_text_where_a_theme_declares_another(
    declared: str, text: str, language: str
) -> None:
    page = f'<!doctype html><html lang="{declared}"><body><article><h1>Silo</h1>{text}</article></body></html>'
    assert extract_file(page).language == language
