"""What pages say of themselves to those who show a link to them: descriptions, Open Graph, schema.org's words."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import html5lib
import pytest
from hypothesis import given

from site_gen.core.text import compact_json
from site_gen.pages.template_filters import archive_href, open_graph_locale, script_json
from tests.support.schema_org_reader import complaints
from tests.support.sites import REPO, SMALL_SITE
from tests.support.strategies import nasty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from tests.conftest import BuildOnce, Call

BASE = "https://notes.example/quay/"


def page(path: Path) -> Element:
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    root: Element = parser.parse(path.read_text(encoding="utf-8"))
    return root


def meta(path: Path) -> dict[str, str]:
    """Return the page's meta elements by name or property; none may stand twice but for the colours."""
    found: dict[str, str] = {}
    for element in page(path).iter("meta"):
        name = element.get("name") or element.get("property")
        if name and name != "theme-color":
            assert name not in found, (path, name)
            found[name] = element.get("content") or ""
    return found


def data(path: Path) -> dict[str, Any]:
    (script,) = [s for s in page(path).iter("script") if s.get("type") == "application/ld+json"]
    found: dict[str, Any] = json.loads(script.text or "")
    return found


def shown(out: Path) -> Iterator[Path]:
    """Return the pages that are there to be found: no redirects, nothing that is gone."""
    for path in sorted(out.rglob("*.html")):
        if '"robots" content="noindex"' not in path.read_text(encoding="utf-8"):
            yield path


@pytest.fixture(params=["small", pytest.param("demo", marks=pytest.mark.slow)])
def out(request: pytest.FixtureRequest, build_once: BuildOnce) -> Path:
    return build_once(SMALL_SITE if request.param == "small" else REPO, BASE)


def test_every_page_has_a_description_of_its_own(out: Path) -> None:
    found = {path: meta(path).get("description", "") for path in shown(out)}
    assert [str(path) for path, text in found.items() if not text.strip()] == []
    assert [text for text, count in Counter(found.values()).items() if count > 1] == []
    assert max(map(len, found.values())) < 400


def test_every_page_has_what_messengers_ask_for(out: Path) -> None:
    for path in shown(out):
        told = meta(path)
        url = BASE + path.relative_to(out).as_posix().removesuffix("index.html")
        canonical = [link.get("href") for link in page(path).iter("link") if link.get("rel") == "canonical"]
        assert canonical == [told["og:url"]]
        assert len(url) <= len(told["og:url"])  # percent-encoded
        assert told["og:description"] == told["description"]
        assert told["og:site_name"]
        assert told["og:title"]
        assert re.fullmatch("[a-z]{2,3}_[A-Z]{2}", told["og:locale"])
        assert told["og:type"] == ("article" if path.relative_to(out).parts[0] == "articles" else "website")
        pictured = "og:image" in told
        assert told["twitter:card"] == ("summary_large_image" if pictured else "summary")
        assert not pictured or (out / told["og:image"].removeprefix(BASE)).read_bytes()[:4] == b"\x89PNG"
        assert data(path)["url"] == told["og:url"]


def test_a_day_is_told_where_it_is_sure(build_once: BuildOnce) -> None:
    out = build_once(SMALL_SITE, BASE)
    sure = out / "articles/2025/silo-stays/index.html"
    assert re.fullmatch(r"2025-\d\d-\d\d", meta(sure)["article:published_time"])
    assert data(sure)["citation"]["datePublished"] == meta(sure)["article:published_time"]
    unsure = out / "articles/2026/a-note-without-a-day/index.html"
    assert "article:published_time" not in meta(unsure)
    assert "datePublished" not in json.dumps(data(unsure))


def test_a_guessed_day_is_not_told(call: Call, site: Path) -> None:
    file = site / "content/articles/2026/guess.md"
    file.parent.mkdir(parents=True)
    file.write_text(
        "---\ntitle: Guess\nsource: https://a.example/x\npublished: 2026-02-03\n"
        "doubts: {published: seen in the address}\n---\nElmswick Grain keeps its silo.\n"
    )
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


def test_linked_data_is_schema_orgs(out: Path) -> None:
    for path in shown(out):
        assert complaints(data(path)) == [], path


def test_ours_is_a_page_and_the_article_is_its_publishers(out: Path) -> None:
    for path in sorted((out / "articles").rglob("index.html")):
        found = data(path)
        assert found["@type"] == "WebPage"
        source = found["citation"]
        assert source["name"] == meta(path)["og:title"]
        assert source.get("url", "https://elsewhere.example/").startswith("http")
        assert not source.get("url", "").startswith(BASE)
        for node in nodes(found):  # nobody is made the author or publisher of what is not theirs
            assert "author" not in node
            assert "publisher" not in node or node is source
            assert node["@type"] not in {"Article", "NewsArticle"} if "@type" in node else True


def test_an_entity_is_told_by_what_it_is(build_once: BuildOnce) -> None:
    out = build_once(SMALL_SITE, BASE)
    main = data(out / "companies/voss-and-daughters/index.html")["mainEntity"]
    assert main["@type"] == "Organization"
    assert any("wikidata.org/entity/Q" in one for one in main["sameAs"])
    assert data(out / "people/dora-finch/index.html")["mainEntity"]["@type"] == "Person"
    assert data(out / "topics/storage/index.html")["mainEntity"]["@type"] == "DefinedTerm"
    article = data(out / "articles/2025/silo-stays/index.html")
    named = {node["@id"]: node for node in [*article.get("about", []), *article.get("mentions", [])]}
    assert named[main["@id"]]["sameAs"] == main["sameAs"]
    demo = build_once(REPO, BASE)
    about = data(demo / "articles/2026/oriel-wins-the-sallows/index.html")
    assert {"Oriel Airbarge", "Drift"} <= {node["name"] for node in about["about"]}
    assert "Public tenders" in {node["name"] for node in about["mentions"]}


def test_what_is_above_a_page_is_there(out: Path) -> None:
    for path in shown(out):
        found = data(path)
        if found["@type"] == "WebSite":
            continue
        steps = found["breadcrumb"]["itemListElement"]
        assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
        assert steps[-1]["item"] == found["url"]
        text = path.read_text(encoding="utf-8").partition("<body>")[2]
        for step in steps[:-1]:
            assert f'href="{step["item"].removeprefix("https://notes.example")}"' in text


@pytest.mark.parametrize("options", [["--offline"], ["--offline", "--base-url", BASE], []])
def test_without_an_address_nothing_needs_one(call: Call, tmp_path: Path, options: list[str]) -> None:
    folder = tmp_path / "site"
    (folder / "content/companies").mkdir(parents=True)
    (folder / "content/site.yaml").write_text("title: A\n")
    (folder / "content/companies/a.md").write_text("---\nname: Aa\n---\n")
    assert call("build", "--site", folder, *options).status == 0
    for path in (folder / "output").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"localhost|notes\.example|og:|canonical|ld\+json", text), path
        assert 'name="description"' in text or "noindex" in text


@given(nasty)
def test_no_text_ends_the_script_that_holds_it(text: str) -> None:
    shown = str(script_json(compact_json({"name": text})))
    assert not set(shown) & set("<>&\u2028\u2029")
    assert json.loads(shown) == {"name": text}


def test_a_title_cannot_break_out(call: Call, site: Path) -> None:
    file = site / "content/articles/2026/x.md"
    file.parent.mkdir(parents=True)
    title = "</script><script>alert(1)</script><!--<script>\\u003c"
    file.write_text(f"---\ntitle: {json.dumps(title)}\n---\nElmswick Grain keeps its silo.\n")
    assert call("build", "--site", site).status == 0
    path = site / "output/articles/2026/x/index.html"
    assert data(path)["citation"]["name"] == title
    assert len(list(page(path).iter("script"))) == 1


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("en", "en_US"), ("en-GB", "en_GB"), ("de", "de_DE"), ("zh-Hant", "zh_TW"), ("zh-Hans", "zh_CN"), ("xx", "xx"),
     ("pt-BR", "pt_BR"), ("ar", "ar_EG"), ("es-419", "es_419"), ("sr-Latn-RS", "sr_RS")],
)  # fmt: skip
def test_a_language_as_open_graph_writes_it(language: str, wanted: str) -> None:
    assert open_graph_locale(language) == wanted


def test_the_archives_copy_nearest_to_a_day() -> None:
    import datetime as dt

    day = dt.date(2019, 5, 23)
    assert (
        archive_href("https://a.example/x?y=1#z", day) == "https://web.archive.org/web/20190523/https://a.example/x?y=1"
    )
    assert archive_href("https://a.example/x", None) == "https://web.archive.org/web/https://a.example/x"


def test_the_checker_knows_what_is_wrong() -> None:
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
