"""Title, authors, day, address and kind of a page, out of what it declares and shows."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from site_gen.ingest.extract import source_url
from site_gen.ingest.extract.dispatch import extract
from site_gen.ingest.extract.html import metadata, page_kind
from site_gen.ingest.extract.html.authors import parse_names
from site_gen.ingest.formats import saved_file
from tests.conftest import PARAGRAPHS

if TYPE_CHECKING:
    from site_gen.content.records import Draft

TODAY = dt.date(2026, 11, 22)
TEXT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
URL = "https://courier.example/2026/port/silo-stays-ten-more-years"


def drafted(head: str = "", body: str = "<h1>Silo stays for ten more years</h1>" + TEXT, lang: str = "en") -> Draft:
    page = f'<!doctype html><html lang="{lang}"><head>{head}</head><body><article>{body}</article></body></html>'
    return extract(saved_file.parse("page.html", page.encode()), TODAY)


def meta(**names: str) -> str:
    return "".join(f'<meta property="{key.replace("__", ":")}" content="{value}">' for key, value in names.items())


def ld(**fields: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'


def link(url: str) -> str:
    return f'<link rel="canonical" href="{url}">'


def crumbs(*urls: str) -> str:
    items = [{"@type": "ListItem", "position": at, "item": {"@id": url}} for at, url in enumerate(urls, 1)]
    return ld(**{"@type": "BreadcrumbList", "itemListElement": items})


def doubts(draft: Draft, field: str) -> list[str]:
    return [reason for name, reason in draft.doubts if name == field]


# -- titles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "heading", "wanted"),
    [
        # the heading shares most words with the declared title, and is what readers see
        ("<title>Silo to stay ten more years, board says - Courier</title>", "Silo to stay ten years", None),
        ("<title>Silo stays ten more years | Port | Elmswick Courier</title>", "Elmswick Courier",
         "Silo stays ten more years"),
        ("<title>Silo stays ten more years [Courier]</title>" + link(URL), "", "Silo stays ten more years"),
        ("<title>Five facts on grain</title>" + meta(og__site_name="Five facts on grain and what is in silos"),
         "Five facts on grain", None),
        ("<title>Grain &amp;amp; rye in the silo</title>", "", "Grain & rye in the silo"),
        ("<title>Grain in the silo | Elmswick Harbour News</title>" + meta(og__site_name="Elmswick Harbour News"),
         "Grain in the silo | Elmswick Harbour News", "Grain in the silo"),
        ("<title>Silos: what nobody tells you about grain | EHN</title>" + meta(og__site_name="Elmswick Harbour News"),
         "", "Silos: what nobody tells you about grain"),
    ],
)  # fmt: skip
def test_titles(head: str, heading: str, wanted: str | None) -> None:
    assert drafted(head, f"<h1>{heading}</h1>{TEXT}").title == (wanted or heading)


def test_a_second_title_for_search_engines_yields_to_the_one_the_address_names() -> None:
    head = link(URL) + meta(og__title="You will not believe what this board did")
    draft = drafted(head, f"<h1>Silo stays ten more years</h1>{TEXT}")
    assert draft.title == "Silo stays ten more years"
    assert doubts(draft, "title") == ["the heading and the declared title differ"]


def test_a_heading_in_the_navigation_is_no_title() -> None:
    draft = drafted("<title>Silo stays ten more years</title>", f"<nav><h1>Silo stays</h1></nav>{TEXT}")
    assert draft.title == "Silo stays ten more years"
    assert doubts(draft, "title")


def test_no_doubt_where_heading_and_declared_title_agree() -> None:
    assert not doubts(drafted("<title>Silo stays for ten more years - Courier</title>"), "title")


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
    ],
)
def test_names_in_a_byline(byline: str, names: list[str]) -> None:
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
def test_a_byline_below_the_title(below: str) -> None:
    assert drafted(body=f"<h1>Silo stays</h1>{below}{TEXT}").author == ("Dora Finch",)


def test_several_names_behind_one_by() -> None:
    byline = "<p>By <a href=/a>Dora Finch</a>, <a href=/b>Ada Quill</a> and <a href=/c>Olu Strand</a></p>"
    assert drafted(body=f"<h1>Silo stays</h1>{byline}{TEXT}").author == ("Dora Finch", "Ada Quill", "Olu Strand")


def test_an_author_that_is_only_a_reference_is_looked_up() -> None:
    graph = [
        {"@type": "NewsArticle", "headline": "Silo stays", "author": {"@id": "#dora"}},
        {"@type": "Person", "@id": "#dora", "name": "Dora Finch"},
    ]
    script = f'<script type="application/ld+json">{json.dumps({"@graph": graph})}</script>'
    assert drafted(script).author == ("Dora Finch",)


def test_a_broken_script_tells_its_author_and_day() -> None:
    script = """<script type="application/ld+json">[{"@type": "BreadcrumbList", "x": "(a|b)\\/"},
    {"@type": "NewsArticle", "headline": "Silo stays", "datePublished": "2026-03-04T09:00",
     "author": [{"@type": "Person", "name": "Dora \\u00c9. Finch"}], "broken": "a"quote"}]</script>"""
    draft = drafted(script)
    assert (draft.author, draft.published) == (("Dora É. Finch",), dt.date(2026, 3, 4))


def test_a_guessed_author_is_marked() -> None:
    draft = drafted(body=f"<h1>Silo stays</h1>{TEXT}<p>Written by Dora Finch</p>")
    assert draft.author == ("Dora Finch",)
    assert doubts(draft, "author") == ["only from a line far from the title"]


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
    ],
)
def test_a_day_below_the_title(below: str) -> None:
    draft = drafted(body=f"<h1>Silo stays</h1>{below}{TEXT}")
    assert draft.published == DAY
    assert not doubts(draft, "published")


@pytest.mark.parametrize(
    ("head", "below"),
    [
        (meta(article__modified_time="2026-03-04T10:00"), ""),
        ("", "<p>Updated: March 4, 2026</p>"),
        ("", "<p>3/4/2026</p>"),
        ("", "<div><p>x</p><div class='post-date'>March 4, 2026</div></div>" + "<p>x</p>" * 40),
    ],
)
def test_a_day_that_is_only_likely_is_marked(head: str, below: str) -> None:
    draft = drafted(head, f"<h1>Silo stays</h1>{below}{TEXT}" if "post-date" not in below else TEXT + below)
    assert draft.published == DAY
    assert "guessed" in doubts(draft, "published")[0]


def test_the_third_of_april_in_britain() -> None:
    draft = drafted(link("https://courier.co.uk/silo"), f"<h1>Silo stays</h1><p>03/04/2026</p>{TEXT}")
    assert draft.published == dt.date(2026, 4, 3)


def test_a_declared_day_comes_before_one_that_is_shown() -> None:
    head = meta(article__published_time="2026-03-04T10:00")
    assert drafted(head, f"<h1>Silo stays</h1><p>March 9, 2026</p>{TEXT}").published == DAY


def test_the_day_of_saving_is_not_the_day_of_publication() -> None:
    day = "Wed Mar 04 2026 09:12:44 GMT+0100"
    page = f"<!--\n Page saved with SingleFile \n url: https://a.example/x \n saved date: {day}\n-->"
    draft = extract(
        saved_file.parse("p.html", f"{page}<html><body><h1>Silo stays</h1>{TEXT}</body></html>".encode()), TODAY
    )
    assert (draft.published, draft.created) == (None, DAY)


# -- addresses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f'<meta property="og:url" content="{URL}?utm_source=a">', ""),
        (ld(url=URL), ""),
        (ld(mainEntityOfPage=URL), ""),
        ("", f'<a href="https://www.facebook.com/sharer/sharer.php?u={quote(URL, safe="")}">Share</a>'),
        ("", f'<a href="https://twitter.com/intent/tweet?text=Silo&url={URL}">Tweet</a>'),
        ("", f'<a href="mailto:?subject=Silo&body=Read {URL}">Mail</a>'),
        (f'<link rel="alternate" hreflang="x-default" href="{URL}">', ""),
        (f'<script>var page = {{"canonicalUrl": "{URL.replace("/", chr(92) + "/")}"}};</script>', ""),
        (link("https://courier.example/"), f'<a href="https://www.linkedin.com/shareArticle?url={URL}">Share</a>'),
        (link("http://localhost/x") + f'<meta property="og:url" content="{URL}">', ""),
        ("", f'<a onclick="open(\'https://x.com/intent/tweet?a=b&url={quote(URL, safe="")}&c\')">Tweet</a>'),
        (crumbs("https://courier.example/", URL), ""),
        ("", f'<div class="fb-like" data-href="{URL}"></div>'),
        ("", f'<plusone size="medium" href="{URL}"></plusone><like href="{URL}" width="5"></like>'),
    ],
)  # fmt: skip
def test_an_address_out_of_what_the_page_says(head: str, body: str) -> None:
    head = "<title>Silo stays for ten more years</title>" + head
    assert drafted(head, f"<h1>Silo stays for ten more years</h1>{TEXT}{body}").source == URL


COURIER = "https://courier.example"
FRONT = '<a href="https://courier.example/">The Courier</a>'
NAMED = '<a href="/w/Silo_stays_for_ten_more_years">Read</a>'
RSD = '<link rel="EditURI" type="application/rsd+xml" href="https://courier.example/api?action=rsd">'


@pytest.mark.parametrize(
    ("head", "body", "source"),
    [
        (link("/silo/stays"), FRONT, "https://courier.example/silo/stays"),
        ("", FRONT + '<nav><a href="/silo/stays" aria-current="page">Here</a></nav>', "https://courier.example/silo/stays"),
        ("", FRONT + '<h2><a href="/silo/stays">Silo stays for ten more years</a></h2>', "https://courier.example/silo/stays"),
        ("", FRONT + '<h2><a href="/rye/price">Rye is dear again</a></h2>', None),
        (link("/silo/stays"), "", None),
        (link("/silo/stays") + meta(og__image="https://www.courier.example/silo.jpg"), "", "https://courier.example/silo/stays"),
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
        (link("/silo/stays"), FRONT + '<a href="https://quay.example/">Quay</a>', None),
        (
            link("/silo/stays") + meta(og__image="https://www.courier.example/silo.jpg"),
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
        (r'<script>a = {"lpurl": "\/\/courier.example\/silo.html?c=1"}</script>', "", f"{COURIER}/silo.html"),
    ],
)  # fmt: skip
def test_a_path_and_the_sites_host_make_a_doubtful_address(head: str, body: str, source: str | None) -> None:
    head = "<title>Silo stays for ten more years</title>" + head
    draft = drafted(head, f"<h1>Silo stays for ten more years</h1>{TEXT}{body}")
    assert draft.source == source
    assert any(field == "source" for field, _ in draft.doubts) == (source is not None)


def test_most_say_wins_over_a_canonical_link_to_another_place() -> None:
    head = link("https://courier.example/home/p-1") + meta(og__url=URL) + ld(url=URL)
    assert drafted("<title>Silo stays ten more years</title>" + head).source == URL


@pytest.mark.parametrize("path", ["", "/", "/home", "/index.html", "/Default.aspx"])
def test_a_front_page_has_less_of_a_say(path: str) -> None:
    head = link(f"https://courier.example{path}") + meta(og__url=URL)
    assert drafted("<title>The Courier</title>" + head).source == URL
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
def test_wrapped_addresses_are_taken_out(url: str, clean: str) -> None:
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
        (ld(headline="x") + '<meta name="generator" content="WordPress">', "", URL, "article"),
    ],
)
def test_kinds(head: str, body: str, url: str, expected: str) -> None:
    from trafilatura.utils import load_html

    tree = load_html(f"<html><head>{head}</head><body>{body}<p>Some words.</p></body></html>")
    assert page_kind.classify_page(metadata.collect_metadata(tree, None), tree, url) == expected
