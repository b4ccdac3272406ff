"""Feeds and sitemap: strict XML, ids that stay, addresses that exist."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import feedparser
import pytest
from lxml import etree

from site_gen import build
from tests.conftest import SMALL_SITE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Built

ATOM = "{http://www.w3.org/2005/Atom}"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
BASE = "https://example.org/repo/"


def strictly(path: Path) -> etree._Element:
    return etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


def text_of(element: etree._Element, name: str) -> str:
    found = element.findtext(ATOM + name)
    assert found is not None, name
    return found


def feeds(out: Path) -> list[Path]:
    return sorted(out.rglob("feed.xml"))


def ids(out: Path) -> dict[str, list[str]]:
    """The id of each feed and of its entries."""
    return {
        path.relative_to(out).as_posix(): [
            text_of(element, "id") for element in strictly(path).iter(ATOM + "feed", ATOM + "entry")
        ]
        for path in feeds(out)
    }


def file_at(out: Path, url: str, base: str = BASE) -> Path:
    """The file that serves an address."""
    assert url.startswith(base), url
    path = unquote(urlsplit(url).path).removeprefix(urlsplit(base).path)
    return out / (f"{path}index.html" if not path or path.endswith("/") else path)


@pytest.fixture(params=["small", "demo"])
def site(request: pytest.FixtureRequest, repo: Path) -> Path:
    return SMALL_SITE if request.param == "small" else repo


def test_every_feed_is_strict_xml_and_good_atom(built: Built, site: Path) -> None:
    out = built(site)
    assert len(feeds(out)) > 4
    for path in feeds(out):
        root = strictly(path)
        assert root.tag == ATOM + "feed"
        parsed = feedparser.parse(path.read_bytes())
        assert parsed.bozo is False, (path, parsed.get("bozo_exception"))
        assert parsed.version == "atom10"
        assert len(parsed.entries) == len(root.findall(ATOM + "entry"))
        for element in root.iter(ATOM + "feed", ATOM + "entry"):  # RFC 4287, sections 4.1.1 and 4.1.2
            assert text_of(element, "title").strip()
            assert text_of(element, "id").startswith("urn:uuid:")
            assert len(text_of(element, "updated")) == len("2026-01-01T00:00:00Z")
            assert element.find(ATOM + "author") is not None or element.tag == ATOM + "entry"
        (own,) = [link.get("href") for link in root.findall(ATOM + "link") if link.get("rel") == "self"]
        assert own == f"{BASE}{path.relative_to(out).as_posix()}"


def test_every_feeds_links_lead_to_pages(built: Built, site: Path) -> None:
    out = built(site)
    for path in feeds(out):
        for link in strictly(path).iter(ATOM + "link"):
            href = link.get("href") or ""
            if link.get("rel") in {"self", "alternate"}:
                assert file_at(out, href).is_file(), href
            else:
                assert link.get("rel") == "via"
                assert urlsplit(href).scheme in {"http", "https"}


def test_ids_are_unique(built: Built, site: Path) -> None:
    found = ids(built(site))
    for name, of_feed in found.items():
        assert len(set(of_feed)) == len(of_feed), name
    heads = [of_feed[0] for of_feed in found.values()]
    assert len(set(heads)) == len(heads)
    entries = {entry for of_feed in found.values() for entry in of_feed[1:]}
    assert not entries & set(heads)
    assert entries == set(found["feed.xml"][1:])  # an article has one id, in whatever feed it stands


def test_ids_do_not_depend_on_the_base_url(built: Built, site: Path) -> None:
    assert ids(built(site)) == ids(built(site, "https://elsewhere.example/"))


def test_ids_survive_a_new_title_and_a_new_place(tmp_path: Path) -> None:
    site = shutil.copytree(SMALL_SITE, tmp_path / "site")
    build.build(site, tmp_path / "one")
    article = site / "content/articles/2026/pier-closes.md"
    text = article.read_text(encoding="utf-8").replace("title: Pier closes", "title: Pier shuts for good")
    article.unlink()
    (site / "content/articles/2026/pier-shuts.md").write_text(text, encoding="utf-8")
    build.build(site, tmp_path / "two")
    assert ids(tmp_path / "one") == ids(tmp_path / "two")
    two = (tmp_path / "two/feed.xml").read_text(encoding="utf-8")
    assert "Pier shuts for good" in two
    assert "Pier closes" not in two


def test_a_feed_says_what_the_article_says(built: Built) -> None:
    parsed = feedparser.parse((built(SMALL_SITE) / "feed.xml").read_bytes())
    assert parsed.feed.title.startswith("Quay &")
    titles = [text_of(entry, "title") for entry in strictly(built(SMALL_SITE) / "feed.xml").findall(ATOM + "entry")]
    assert 'Silo <em>stays</em> for "ten" more years & a day' in titles
    assert "صومعة الميناء باقية عشر سنوات أخرى" in titles
    assert titles[0] == "Pier closes"  # the newest first


def test_an_excerpt_leaks_nothing(built: Built) -> None:
    out = built(SMALL_SITE)
    for path in out.rglob("*"):
        if path.is_file():
            assert b"Secret lines that only their own readers may see" not in path.read_bytes(), path


def test_every_address_of_the_sitemap_exists_and_every_page_is_in_it(built: Built, site: Path) -> None:
    out = built(site)
    index = strictly(out / "sitemap.xml")
    assert index.tag == MAPS + "sitemapindex"
    found = []
    for child in index.iter(MAPS + "loc"):
        root = strictly(file_at(out, child.text or ""))
        assert root.tag == MAPS + "urlset"
        found += [loc.text or "" for loc in root.iter(MAPS + "loc")]
    assert len(set(found)) == len(found)
    files = {file_at(out, url) for url in found}
    assert [path for path in files if not path.is_file()] == []
    assert set(pages(out)) - files - set((out / "archive").rglob("*.html")) == set()


def pages(out: Path) -> Iterator[Path]:
    """The pages that a search engine shall know: no redirect, no 404."""
    for path in sorted(out.rglob("*.html")):
        if '<meta name="robots" content="noindex">' not in path.read_text(encoding="utf-8"):
            yield path


def test_robots_names_the_sitemap(built: Built, site: Path) -> None:
    lines = (built(site) / "robots.txt").read_text(encoding="utf-8").splitlines()
    assert f"Sitemap: {BASE}sitemap.xml" in lines
