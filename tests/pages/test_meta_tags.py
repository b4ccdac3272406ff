"""What pages say of themselves to programs: descriptions, Open Graph, and data in the words of schema.org."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from site_gen.core.json_text import compact_json
from site_gen.pages.template_filters import archive_href, open_graph_locale, script_json
from tests.support.output_files import indexable_pages, parse_html
from tests.support.schema_org_reader import complaints
from tests.support.sites import REPO, SMALL_SITE, markdown_file, write_files
from tests.support.strategies import nasty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import BuildOnce, Call

BASE = "https://notes.example/quay/"


def meta_values(path: Path) -> dict[str, str]:
    """Return the page's meta elements by name or property; none may stand twice but for the colours."""
    values: dict[str, str] = {}
    for element in parse_html(path).iter("meta"):
        name = element.get("name") or element.get("property")
        if name and name != "theme-color":
            assert name not in values, (path, name)
            values[name] = element.get("content") or ""
    return values


def linked_data(path: Path) -> dict[str, Any]:
    (script,) = [s for s in parse_html(path).iter("script") if s.get("type") == "application/ld+json"]
    document: dict[str, Any] = json.loads(script.text or "")
    return document


@pytest.fixture
def out(build_once: BuildOnce, small_or_demo: Path) -> Path:
    return build_once(small_or_demo, BASE)


def test_every_page_has_a_description_of_its_own(out: Path) -> None:
    descriptions = {path: meta_values(path).get("description", "") for path in indexable_pages(out)}
    assert [str(path) for path, text in descriptions.items() if not text.strip()] == []
    assert [text for text, count in Counter(descriptions.values()).items() if count > 1] == []
    assert max(map(len, descriptions.values())) < 400


def test_every_page_has_the_values_that_link_previews_show(out: Path) -> None:
    for path in indexable_pages(out):
        values = meta_values(path)
        url = BASE + path.relative_to(out).as_posix().removesuffix("index.html")
        canonical = [link.get("href") for link in parse_html(path).iter("link") if link.get("rel") == "canonical"]
        assert canonical == [values["og:url"]]
        assert len(url) <= len(values["og:url"])  # percent-encoded
        assert values["og:description"] == values["description"]
        assert values["og:site_name"]
        assert values["og:title"]
        assert re.fullmatch("[a-z]{2,3}_[A-Z]{2}", values["og:locale"])
        assert values["og:type"] == ("article" if path.relative_to(out).parts[0] == "articles" else "website")
        pictured = "og:image" in values
        assert values["twitter:card"] == ("summary_large_image" if pictured else "summary")
        assert not pictured or (out / values["og:image"].removeprefix(BASE)).read_bytes()[:4] == b"\x89PNG"
        assert linked_data(path)["url"] == values["og:url"]


def test_a_certain_day_of_publication_is_stated(build_once: BuildOnce) -> None:
    out = build_once(SMALL_SITE, BASE)
    sure = out / "articles/2025/silo-stays/index.html"
    assert re.fullmatch(r"2025-\d\d-\d\d", meta_values(sure)["article:published_time"])
    assert linked_data(sure)["citation"]["datePublished"] == meta_values(sure)["article:published_time"]
    unsure = out / "articles/2026/a-note-without-a-day/index.html"
    assert "article:published_time" not in meta_values(unsure)
    assert "datePublished" not in json.dumps(linked_data(unsure))


def test_a_guessed_day_of_publication_is_not_stated(call: Call, site: Path) -> None:
    article = (
        "---\ntitle: Guess\nsource: https://a.example/x\npublished: 2026-02-03\n"
        "doubts: {published: seen in the address}\n---\nElmswick Grain keeps its silo.\n"
    )
    write_files(site, {"content/articles/2026/guess.md": article})
    assert call("build", "--site", site).status == 0
    text = (site / "output/articles/2026/guess/index.html").read_text().partition("</head>")[0]
    assert "a.example/x" in text
    assert "2026-02-03" not in text
    assert "3 Feb" not in text


def nodes(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from nodes(inner)


def test_linked_data_keeps_to_the_vocabulary_of_schema_org(out: Path) -> None:
    for path in indexable_pages(out):
        assert complaints(linked_data(path)) == [], path


def test_the_article_is_cited_and_never_claimed_as_our_own(out: Path) -> None:
    for path in sorted((out / "articles").rglob("index.html")):
        document = linked_data(path)
        assert document["@type"] == "WebPage"
        source = document["citation"]
        assert source["name"] == meta_values(path)["og:title"]
        assert source.get("url", "https://elsewhere.example/").startswith("http")
        assert not source.get("url", "").startswith(BASE)
        for node in nodes(document):  # nobody is made the author or publisher of what is not theirs
            assert "author" not in node
            assert "publisher" not in node or node is source
            assert node["@type"] not in {"Article", "NewsArticle"} if "@type" in node else True


def test_an_entity_has_the_type_of_its_kind(build_once: BuildOnce) -> None:
    out = build_once(SMALL_SITE, BASE)
    main = linked_data(out / "companies/voss-and-daughters/index.html")["mainEntity"]
    assert main["@type"] == "Organization"
    assert any("wikidata.org/entity/Q" in url for url in main["sameAs"])
    assert linked_data(out / "people/dora-finch/index.html")["mainEntity"]["@type"] == "Person"
    assert linked_data(out / "topics/storage/index.html")["mainEntity"]["@type"] == "DefinedTerm"
    article = linked_data(out / "articles/2025/silo-stays/index.html")
    named = {node["@id"]: node for node in [*article.get("about", []), *article.get("mentions", [])]}
    assert named[main["@id"]]["sameAs"] == main["sameAs"]
    demo = build_once(REPO, BASE)
    about = linked_data(demo / "articles/2026/oriel-wins-the-sallows/index.html")
    assert {"Oriel Airbarge", "Drift"} <= {node["name"] for node in about["about"]}
    assert "Public tenders" in {node["name"] for node in about["mentions"]}


def test_breadcrumbs_lead_to_pages_that_the_page_links(out: Path) -> None:
    for path in indexable_pages(out):
        document = linked_data(path)
        if document["@type"] == "WebSite":
            continue
        steps = document["breadcrumb"]["itemListElement"]
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        assert steps[-1]["item"] == document["url"]
        text = path.read_text(encoding="utf-8").partition("<body>")[2]
        for step in steps[:-1]:
            assert f'href="{step["item"].removeprefix("https://notes.example")}"' in text


@pytest.mark.parametrize("options", [["--offline"], ["--offline", "--base-url", BASE], []])
def test_a_site_without_an_address_states_none(call: Call, tmp_path: Path, options: list[str]) -> None:
    site = write_files(
        tmp_path / "site", {"content/site.yaml": "title: A\n", "content/companies/a.md": "---\nname: Aa\n---\n"}
    )
    assert call("build", "--site", site, *options).status == 0
    for path in (site / "output").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"localhost|notes\.example|og:|canonical|ld\+json", text), path
        assert 'name="description"' in text or "noindex" in text


@given(nasty)
def test_no_text_ends_the_script_that_holds_it(text: str) -> None:
    script = str(script_json(compact_json({"name": text})))
    assert not set(script) & set("<>&\u2028\u2029")
    assert json.loads(script) == {"name": text}


def test_a_title_cannot_end_the_script_that_holds_it(call: Call, site: Path) -> None:
    title = "</script><script>alert(1)</script><!--<script>\\u003c"
    write_files(site, {"content/articles/2026/x.md": markdown_file("Elmswick Grain keeps its silo.", title=title)})
    assert call("build", "--site", site).status == 0
    path = site / "output/articles/2026/x/index.html"
    assert linked_data(path)["citation"]["name"] == title
    assert len(list(parse_html(path).iter("script"))) == 1


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("en", "en_US"), ("en-GB", "en_GB"), ("de", "de_DE"), ("zh-Hant", "zh_TW"), ("zh-Hans", "zh_CN"), ("xx", "xx"),
     ("pt-BR", "pt_BR"), ("ar", "ar_EG"), ("es-419", "es_419"), ("sr-Latn-RS", "sr_RS")],
)  # fmt: skip
def test_a_language_is_written_as_open_graph_does(language: str, wanted: str) -> None:
    assert open_graph_locale(language) == wanted


def test_the_link_to_the_archive_leads_to_the_copy_nearest_to_a_day() -> None:
    day = dt.date(2019, 5, 23)
    assert (
        archive_href("https://a.example/x?y=1#z", day) == "https://web.archive.org/web/20190523/https://a.example/x?y=1"
    )
    assert archive_href("https://a.example/x", None) == "https://web.archive.org/web/https://a.example/x"


def test_the_reader_of_schema_org_finds_mistakes() -> None:
    good = {"@context": "https://schema.org", "@type": "WebPage", "name": "A", "citation": {"@type": "CreativeWork"}}
    assert complaints(good) == []
    bad: list[dict[str, Any]] = [
        {**good, "@type": "Webpage"},
        {**good, "headlin": "A"},
        {**good, "sameAs": "not an address"},
        {**good, "citation": {"@type": "Organization"}},
        {**good, "mainEntity": "A"},
        {**good, "name": ""},
        {**good, "inLanguage": "English, mostly"},
        {**good, "citation": {"@type": "CreativeWork", "datePublished": "yesterday"}},
        {**good, "citation": {"@type": "Person", "name": "A", "datePublished": "2025-01-01"}},
        {**good, "@context": "http://schema.example"},
        {"@context": "https://schema.org", "name": "A"},
    ]
    assert [entry for entry in bad if not complaints(entry)] == []
