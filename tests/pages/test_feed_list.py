"""JSON Feed by the rules of its specification, the list of feeds as OPML, and the JSON data of entities."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import html5lib
import listparser
import pytest

from site_gen.build import build_session
from site_gen.publish import permalinks
from tests.support.output_files import (
    ATOM,
    BASE_URL,
    atom_feeds,
    atom_text,
    file_of_address,
    parse_html,
    parse_xml,
)
from tests.support.sites import REPO, SMALL_SITE, edit_file, markdown_file, small_site, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from lxml import etree

    from tests.conftest import BuildOnce, Call

DAY = dt.date(2026, 11, 22)
# JSON Feed 1.1 (jsonfeed.org/version/1.1, "Top-level" and "Items"): every key with its type.
TOP = {
    "version": str, "title": str, "home_page_url": str, "feed_url": str, "description": str, "user_comment": str,
    "next_url": str, "icon": str, "favicon": str, "authors": list, "language": str, "expired": bool, "hubs": list,
    "items": list,
}  # fmt: skip
ITEM = {
    "id": str, "url": str, "external_url": str, "title": str, "content_html": str, "content_text": str, "summary": str,
    "image": str, "banner_image": str, "date_published": str, "date_modified": str, "authors": list, "tags": list,
    "language": str, "attachments": list,
}  # fmt: skip


def json_feeds(out: Path) -> list[Path]:
    return sorted(out.rglob("feed.json"))


def distinct_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object from its pairs, which must have distinct names."""
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def read_json(path: Path) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(path.read_bytes().decode("utf-8"), object_pairs_hook=distinct_names)
    return parsed


def require_address(text: str) -> None:
    parts = urlsplit(text)
    assert parts.scheme in {"http", "https"}
    assert parts.netloc
    assert text.isascii()
    assert not set(text) & set(' <>"{}|\\^`')


def require_authors(authors: list[dict[str, str]]) -> None:
    assert authors
    for author in authors:
        assert author.keys() <= {"name", "url", "avatar"}
        assert any(author.values())


def require_language(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", text)


def require_json_feed(feed: dict[str, Any]) -> None:
    """Require the specification's rules, and for what it only recommends, ours."""
    assert {key: type(value) for key, value in feed.items()}.items() <= TOP.items()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert next(iter(feed)) == "version"  # "should appear at the very top"
    assert feed["title"].strip()
    for key in ("home_page_url", "feed_url", "icon", "favicon"):  # "considered required for feeds on the public web"
        require_address(feed[key])
    require_authors(feed["authors"])
    require_language(feed["language"])
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids)
    for item in feed["items"]:
        assert {key: type(value) for key, value in item.items()}.items() <= ITEM.items()
        assert item["id"].strip()
        assert item["title"].strip()
        assert item["content_html"].strip()
        require_address(item["url"])
        require_address(item.get("external_url", item["url"]))
        require_authors(item.get("authors", feed["authors"]))
        require_language(item["language"])
        for key in {"date_published", "date_modified"} & item.keys():
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", item[key])
            dt.datetime.fromisoformat(item[key])
        assert all(type(tag) is str and tag.strip() for tag in item.get("tags", []))
        # "the only place HTML is allowed in this format is in content_html"
        assert "<p" not in item.get("summary", "")


def test_every_json_feed_keeps_the_rules(build_once: BuildOnce, small_or_demo: Path) -> None:
    out = build_once(small_or_demo)
    assert len(json_feeds(out)) > 4
    for path in json_feeds(out):
        feed = read_json(path)
        require_json_feed(feed)
        assert feed["feed_url"] == f"{BASE_URL}{path.relative_to(out).as_posix()}"
        assert file_of_address(out, feed["home_page_url"]).parent == path.parent
        assert file_of_address(out, feed["icon"]).is_file()
        assert path.stat().st_size < 250_000  # "250K is fine"


@pytest.mark.parametrize(
    "change",
    [
        {"version": "https://jsonfeed.org/version/1"}, {"author": {"name": "x"}}, {"items": {}}, {"title": ""},
        {"feed_url": "/feed.json"}, {"authors": [{}]}, {"expired": "true"}, {"language": "not a language"},
    ],
)  # fmt: skip
def test_a_feed_that_breaks_a_rule_is_noticed(build_once: BuildOnce, change: dict[str, Any]) -> None:
    feed = read_json(build_once(SMALL_SITE) / "feed.json")
    with pytest.raises((AssertionError, KeyError)):
        require_json_feed(feed | change)
    for item in ({"id": 1}, {"url": "x"}, {"date_modified": "2026-01-01"}, {"content_html": ""}, {"tags": [1]}):
        with pytest.raises((AssertionError, KeyError)):
            require_json_feed(feed | {"items": [feed["items"][0] | item]})


def test_both_formats_of_a_feed_say_the_same(build_once: BuildOnce, small_or_demo: Path) -> None:
    out = build_once(small_or_demo)
    assert [path.parent for path in json_feeds(out)] == [path.parent for path in atom_feeds(out)]
    for path in atom_feeds(out):
        atom, feed = parse_xml(path), read_json(path.with_name("feed.json"))
        assert feed["title"] == atom_text(atom, "title")
        assert feed.get("description") == atom.findtext(ATOM + "subtitle")
        entries = atom.findall(ATOM + "entry")
        assert len(entries) == len(feed["items"])
        for entry, item in zip(entries, feed["items"], strict=True):
            links = {link.get("rel"): link.get("href") for link in entry.findall(ATOM + "link")}
            assert item["id"] == atom_text(entry, "id")
            assert (item["url"], item.get("external_url")) == (links["alternate"], links.get("via"))
            assert item["title"] == atom_text(entry, "title")
            assert item["content_html"] == atom_text(entry, "content")
            assert item["date_modified"] == atom_text(entry, "updated")
            assert item.get("date_published") == entry.findtext(ATOM + "published")
            assert item.get("summary") == entry.findtext(ATOM + "summary")
            assert item.get("tags", []) == [c.get("label") for c in entry.findall(ATOM + "category")]
            assert [a["name"] for a in item.get("authors", [])] == [
                name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")
            ]


def test_the_content_of_items_is_valid_html_with_absolute_addresses(build_once: BuildOnce, small_or_demo: Path) -> None:
    out = build_once(small_or_demo)
    quoted = 0
    for path in json_feeds(out):
        for item in read_json(path)["items"]:
            parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
            tree = parser.parseFragment(item["content_html"])
            names = {element.tag for element in tree.iter() if isinstance(element.tag, str)} - {"DOCUMENT_FRAGMENT"}
            assert names <= {"p", "a"} | ({"ol", "li"} if path.parent.name == "issues" else {"blockquote", "mark"})
            hrefs = [link.get("href") for link in tree.iter("a")]
            for href in hrefs:
                require_address(href)
            if "external_url" in item:
                assert item["external_url"] in hrefs
            if tree.find("blockquote") is not None:
                quoted += 1
                page, _, anchor = hrefs[0].partition("#")
                assert page == item["url"]
                assert f'id="{anchor}"' in file_of_address(out, page).read_text(encoding="utf-8")
    assert quoted > 4


def test_the_content_of_items_has_language_and_direction(build_once: BuildOnce) -> None:
    items = {item["language"]: item for item in read_json(build_once(SMALL_SITE) / "feed.json")["items"]}
    assert '<p lang="ar" dir="rtl">' in items["ar"]["content_html"]
    assert '<p lang="ja" dir="ltr">' in items["ja"]["content_html"]
    storage = read_json(build_once(SMALL_SITE) / "topics/storage/feed.json")
    assert any('lang="ar" dir="rtl"' in item["content_html"] for item in storage["items"])


def test_a_feed_quotes_no_more_of_a_text_than_its_page_does(build_once: BuildOnce) -> None:
    """In excerpt mode: each passage stands on the page that the feed is of, each summary on some page."""
    out = build_once(REPO)

    def words(path: Path) -> str:
        return " ".join("".join(parse_html(path).itertext()).split())

    words_of_all_pages = "\n".join(map(words, out.rglob("*.html")))
    for path in json_feeds(out):
        page = words(path.parent / "index.html")
        for item in read_json(path)["items"]:
            fragment = html5lib.parseFragment(item["content_html"], namespaceHTMLElements=False)
            first = next(iter(fragment))
            parts = first.iter("p") if first.tag == "ol" else [first]  # an issue's stories
            for text in (" ".join("".join(part.itertext()).split()) for part in parts):
                assert text in (page if first.tag == "blockquote" else words_of_all_pages)
            assert item.get("summary", "") in words_of_all_pages


# -- feeds of kinds


def test_the_feed_of_a_kind_holds_the_newest_articles_about_its_entities(build_once: BuildOnce) -> None:
    out = build_once(REPO)
    companies = [item["id"] for item in read_json(out / "companies/feed.json")["items"]]
    named = {item["id"] for path in json_feeds(out / "companies") for item in read_json(path)["items"]}
    assert set(companies) <= named
    folded = {item["title"] for path in json_feeds(out / "companies") for item in read_json(path)["items"]} - {
        item["title"] for item in read_json(out / "companies/feed.json")["items"]
    }
    assert folded == {"Tail fittings: underwriters wait for Friday"}  # in the story of another; the first to name one
    newest = [item["id"] for item in read_json(out / "feed.json")["items"]]
    assert companies == [item for item in newest if item in named]


# -- the list of feeds


def require_opml(path: Path) -> etree._Element:
    """OPML 2.0 (opml.org/spec2.opml), "What is a <head>?" to "Subscription lists"."""
    root = parse_xml(path)
    assert (root.tag, root.get("version")) == ("opml", "2.0")
    assert [child.tag for child in root] == ["head", "body"]
    for part in root[0]:
        assert part.tag in {"title", "dateCreated", "dateModified", "ownerName", "ownerEmail", "ownerId", "docs"}
    assert root.findtext("head/title")
    assert len(root[1])
    for outline in root[1].iter():
        if outline.tag == "body":
            continue
        assert outline.tag == "outline"
        assert outline.get("text")  # "Every outline element must have at least a text attribute"
        assert not (outline.text or "").strip()
        if outline.get("type") == "rss":
            assert len(outline) == 0
            require_address(outline.get("xmlUrl") or "")  # required for the type
            require_address(outline.get("htmlUrl") or "")
        else:
            assert len(outline)
    return root


def test_the_list_of_feeds_keeps_the_rules_and_names_each_feed_once(build_once: BuildOnce, small_or_demo: Path) -> None:
    out = build_once(small_or_demo)
    root = require_opml(out / "feeds.opml")
    listed = [outline for outline in root.iter("outline") if outline.get("type") == "rss"]
    paths = [file_of_address(out, outline.get("xmlUrl") or "") for outline in listed]
    assert sorted(paths) == atom_feeds(out)  # one format of each, or a reader shows every article twice
    for outline, path in zip(listed, paths, strict=True):
        assert file_of_address(out, outline.get("htmlUrl") or "") == path.with_name("index.html")
        assert outline.get("text") == outline.get("title") == atom_text(parse_xml(path), "title")


def test_an_opml_reader_reads_the_list_of_feeds(build_once: BuildOnce) -> None:
    parsed = listparser.parse((build_once(SMALL_SITE) / "feeds.opml").read_text(encoding="utf-8"))
    assert not parsed.bozo
    assert parsed.version == "opml2"
    by_url = {feed.url.removeprefix(BASE_URL): feed for feed in parsed.feeds}
    assert by_url["people/dora-finch/feed.xml"].tags == ["People"]
    assert by_url["feed.xml"].title == 'Quay & "Crane" <Notes>'


# -- links to feeds


def alternate_links(page: Path) -> dict[str, str]:
    links = [link for link in parse_html(page).iter("link") if link.get("rel") == "alternate"]
    assert all(link.get("title") for link in links)
    return {str(link.get("type")): str(link.get("href")) for link in links}


def test_each_page_links_the_feeds_that_belong_to_it(build_once: BuildOnce) -> None:
    out = build_once(SMALL_SITE)
    own = {
        "index.html": "", "about/index.html": "", "articles/2026/pier-closes/index.html": "", "feeds/index.html": "",
        "companies/index.html": "companies/", "people/dora-finch/index.html": "people/dora-finch/",
    }  # fmt: skip
    for page, folder in own.items():
        feeds_of_page = alternate_links(out / page)
        assert feeds_of_page["application/atom+xml"] == f"/repo/{folder}feed.xml"
        assert feeds_of_page["application/feed+json"] == f"/repo/{folder}feed.json"
        text = (out / page).read_text(encoding="utf-8")
        assert 'href="/repo/feeds/"' in text
        if folder:
            assert text.count(f'href="/repo/{folder}feed.json"') == 2  # in the head, and for people


def test_the_page_of_feeds_links_all_of_them(build_once: BuildOnce, small_or_demo: Path) -> None:
    out = build_once(small_or_demo)
    text = (out / "feeds/index.html").read_text(encoding="utf-8")
    for path in (*atom_feeds(out), *json_feeds(out), out / "feeds.opml"):
        assert f'href="/repo/{path.relative_to(out).as_posix()}"' in text


def test_a_kind_cannot_take_the_address_of_the_feeds(tmp_path: Path, call: Call) -> None:
    site = small_site(tmp_path / "site")
    edit_file(site / "content/site.yaml", "people:", "feeds:")
    done = call("build", "--site", site)
    assert done.status == 1
    assert "feeds" in done.err


# -- JSON data of entities


def test_the_data_of_an_entity_says_what_its_page_says(build_once: BuildOnce, small_or_demo: Path) -> None:
    out = build_once(small_or_demo)
    paths = sorted(out.rglob("index.json"))
    assert len(paths) > 3
    for path in paths:
        data = read_json(path)
        assert file_of_address(out, data["url"]) == path.with_name("index.html")
        assert data["counts"]["stories"] == len(data["articles"])
        assert [file_of_address(out, feed).parent for feed in data["feeds"]] == [path.parent] * 2
        page = path.with_name("index.html").read_text(encoding="utf-8")
        for article in data["articles"]:
            assert file_of_address(out, article["url"]).is_file()
            assert f'href="/repo/{article["url"].removeprefix(BASE_URL)}"' in page
            assert article["dated_by"] in {"published", "guessed", "saved", None}
            assert (article["date"] is None) == (article["dated_by"] is None)


def test_the_data_of_an_entity_holds_its_names_and_facts(tmp_path: Path) -> None:
    site = small_site(tmp_path / "site")
    tallow_pier = markdown_file(
        "Notes of the owner.", name="Tallow Pier", names=["The Pier"], wikidata="Q42", website="https://pier.example/",
        facts={"Founded": 1901},
    )  # fmt: skip
    write_files(site, {"content/companies/tallow-pier.md": tallow_pier})
    build_session.build(site, tmp_path / "out")
    data = read_json(tmp_path / "out/companies/tallow-pier/index.json")
    assert (data["name"], data["names"], data["kind"]) == ("Tallow Pier", ["The Pier"], "companies")
    assert (data["wikidata"], data["website"]) == ("Q42", "https://pier.example/")
    assert data["facts"] == {"Founded": "1901"}
    assert data["counts"] == {"stories": 3, "articles": 3, "outlets": 1, "first": "2025-03-04", "last": "2026-02-11"}


# -- pages that moved or are gone


def test_feeds_and_data_stay_at_their_published_addresses(tmp_path: Path, call: Call) -> None:
    site = small_site(tmp_path / "site")
    build_session.build(site, site / "output")
    permalinks.record(site, DAY)
    ledger = (site / "content/permalinks.txt").read_text(encoding="utf-8")
    for line in (
        "/feed.json 2026-11-22 site:jsonfeed",
        "/feeds.opml 2026-11-22 site:opml",
        "/people/feed.json 2026-11-22 kind:people:jsonfeed",
        "/people/feed.xml 2026-11-22 kind:people:feed",
        "/people/dora-finch/feed.json 2026-11-22 people/dora-finch:jsonfeed",
        "/people/dora-finch/index.json 2026-11-22 people/dora-finch:data",
    ):
        assert line in ledger
    old = ("people/feed.xml", "people/feed.json", "people/dora-finch/feed.json", "people/dora-finch/index.json")
    before = {name: (site / "output" / name).read_bytes() for name in old}
    edit_file(site / "content/site.yaml", "singular: Person", "singular: Person, prefix: folk")
    build_session.build(site, site / "output")
    for name in old:
        now = (site / "output" / name).read_bytes()
        assert now == before[name].replace(b"quay/people/", b"quay/folk/").replace(
            f"quay/folk/{name.removeprefix('people/')}".encode(), f"quay/{name}".encode(), 0 if "index" in name else 1
        )
    assert call("check", "--site", site, "--base-url", "https://notes.example/quay/").status in {0, 1}


def test_the_feed_of_a_removed_entity_says_that_it_has_expired(tmp_path: Path, call: Call) -> None:
    site = small_site(tmp_path / "site")
    build_session.build(site, site / "output")
    permalinks.record(site, DAY)
    config = site / "content/site.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.partition("kinds:")[0], encoding="utf-8")
    shutil.rmtree(site / "content/people")
    for article in (site / "content/articles").rglob("*.md"):
        lines = article.read_text(encoding="utf-8").splitlines(keepends=True)
        article.write_text("".join(line for line in lines if not line.startswith("people:")), encoding="utf-8")
    done = call("build", "--site", site)
    assert "site-gen permalinks gone /people/feed.json" in done.err
    assert call("permalinks", "gone", "/people/", "--site", site).status == 0
    assert call("build", "--site", site).status == 0
    for name, title in (("people/feed.json", "People"), ("people/dora-finch/feed.json", "Dora finch")):
        feed = read_json(site / "output" / name)
        require_json_feed(feed)
        assert (feed["expired"], feed["items"]) == (True, [])
        assert feed["title"].startswith(f"{title} · ")
    data = read_json(site / "output/people/dora-finch/index.json")
    assert (data["name"], data["articles"]) == ("Dora finch", [])
    assert data["gone"] == dt.date.fromisoformat(data["gone"]).isoformat()
