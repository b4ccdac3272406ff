"""Feeds and sitemap: strict XML, ids that stay, addresses that exist."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import feedparser
import pytest
from lxml import etree

from site_gen.build import build_session
from tests.support.sites import REPO, SMALL_SITE, small_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import BuildOnce

ATOM = "{http://www.w3.org/2005/Atom}"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
BASE = "https://example.org/repo/"
GRAMMAR = etree.RelaxNG(etree.parse(str(Path(__file__).parent.parent / "data/atom.rng")))


def strictly(path: Path) -> etree._Element:
    return etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


def text_of(element: etree._Element, name: str) -> str:
    found = element.findtext(ATOM + name)
    assert found is not None, name
    return found


def feeds(out: Path) -> list[Path]:
    return sorted(out.rglob("feed.xml"))


def ids(out: Path) -> dict[str, list[str]]:
    """Return the id of each feed and of its entries."""
    return {
        path.relative_to(out).as_posix(): [
            text_of(element, "id") for element in strictly(path).iter(ATOM + "feed", ATOM + "entry")
        ]
        for path in feeds(out)
    }


def file_at(out: Path, url: str, base: str = BASE) -> Path:
    """Return the file that serves an address."""
    assert url.startswith(base), url
    path = unquote(urlsplit(url).path).removeprefix(urlsplit(base).path)
    return out / (f"{path}index.html" if not path or path.endswith("/") else path)


@pytest.fixture(params=["small", pytest.param("demo", marks=pytest.mark.slow)])
def site(request: pytest.FixtureRequest) -> Path:
    return SMALL_SITE if request.param == "small" else REPO


def test_every_feed_is_strict_xml_and_good_atom(build_once: BuildOnce, site: Path) -> None:
    out = build_once(site)
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


def test_every_feed_fits_the_grammar(build_once: BuildOnce, site: Path) -> None:
    for path in feeds(build_once(site)):
        root = strictly(path)
        GRAMMAR.assertValid(root)
        for element in root.iter(ATOM + "feed", ATOM + "entry"):
            relations = sorted(link.get("rel") or "" for link in element.findall(ATOM + "link"))
            if element is root:
                assert relations == ["alternate", "self"]
            else:
                assert relations in (["alternate"], ["alternate", "via"])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<id>urn:uuid:", "<id>"),
        ("T00:00:00Z</updated>", "</updated>"),
        ("<title>", "<title/><title>"),
        ('rel="alternate" type="text/html" href="https', 'rel="alternate" type="text/html" href="'),
        ('<content type="html">', '<content type="xhtml">'),
        ("</feed>", "<rights/></feed>"),
    ],
)
def test_the_grammar_is_strict(build_once: BuildOnce, old: str, new: str) -> None:
    text = (build_once(SMALL_SITE) / "feed.xml").read_text(encoding="utf-8")
    assert old in text
    assert GRAMMAR.validate(etree.fromstring(text.encode()))
    assert not GRAMMAR.validate(etree.fromstring(text.replace(old, new, 1).encode()))


def test_every_feeds_links_lead_to_pages(build_once: BuildOnce, site: Path) -> None:
    out = build_once(site)
    for path in feeds(out):
        for link in strictly(path).iter(ATOM + "link"):
            href = link.get("href") or ""
            if link.get("rel") in {"self", "alternate"}:
                assert file_at(out, href).is_file(), href
            else:
                assert link.get("rel") == "via"
                assert urlsplit(href).scheme in {"http", "https"}


def test_ids_are_unique(build_once: BuildOnce, site: Path) -> None:
    out = build_once(site)
    found = ids(out)
    for name, of_feed in found.items():
        assert len(set(of_feed)) == len(of_feed), name
    heads = [of_feed[0] for of_feed in found.values()]
    assert len(set(heads)) == len(heads)
    issues = set(found.pop("issues/feed.xml")[1:])
    entries = {entry for of_feed in found.values() for entry in of_feed[1:]}
    assert not (entries | issues) & set(heads)
    assert not entries & issues
    # An article has one id, in whatever feed it stands. An entity's feed has that of a story's articles that names it.
    assert entries >= set(found["feed.xml"][1:])
    assert len(entries) <= len(list((out / "articles").glob("*/*/index.html")))


def test_ids_do_not_depend_on_the_base_url(build_once: BuildOnce, site: Path) -> None:
    assert ids(build_once(site)) == ids(build_once(site, "https://elsewhere.example/"))


def test_ids_survive_a_new_title_and_a_new_place(tmp_path: Path) -> None:
    site = small_site(tmp_path / "site")
    build_session.build(site, tmp_path / "one")
    article = site / "content/articles/2026/pier-closes.md"
    text = article.read_text(encoding="utf-8").replace("title: Pier closes", "title: Pier shuts for good")
    article.unlink()
    (site / "content/articles/2026/pier-shuts.md").write_text(text, encoding="utf-8")
    build_session.build(site, tmp_path / "two")
    assert ids(tmp_path / "one") == ids(tmp_path / "two")
    two = (tmp_path / "two/feed.xml").read_text(encoding="utf-8")
    assert "Pier shuts for good" in two
    assert "Pier closes" not in two


def test_a_feed_says_what_the_article_says(build_once: BuildOnce) -> None:
    parsed = feedparser.parse((build_once(SMALL_SITE) / "feed.xml").read_bytes())
    assert parsed.feed.title.startswith("Quay &")
    titles = [
        text_of(entry, "title") for entry in strictly(build_once(SMALL_SITE) / "feed.xml").findall(ATOM + "entry")
    ]
    assert 'Silo <em>stays</em> for "ten" more years & a day' in titles
    assert "صومعة الميناء باقية عشر سنوات أخرى" in titles
    assert titles[0] == "Pier closes"  # the newest first


def test_an_article_is_new_on_the_day_it_was_saved_and_not_when_it_moves(tmp_path: Path) -> None:
    """Nothing but its days tells when an entry was updated: so that a reader shows no old article as new."""
    site = small_site(tmp_path / "site")
    article = site / "content/articles/2026/pier-closes.md"
    head = "published: 2026-02-11\n"
    text = article.read_text(encoding="utf-8")
    assert head in text

    def updated(days: str) -> tuple[str, str | None]:
        article.write_text(text.replace(head, days), encoding="utf-8")
        build_session.build(site, tmp_path / "out")
        for entry in strictly(tmp_path / "out/feed.xml").findall(ATOM + "entry"):
            if text_of(entry, "title") == "Pier closes":
                return text_of(entry, "updated")[:10], entry.findtext(ATOM + "published")
        raise AssertionError

    day = "2026-02-11T00:00:00Z"
    assert updated(head) == ("2026-02-11", day)
    assert updated(f"{head}created: 2026-03-01\n") == ("2026-03-01", day)
    assert updated(f"{head}created: 2026-02-01\n") == ("2026-02-11", day)  # saved before the day it bears
    assert updated("created: 2026-03-01\n") == ("2026-03-01", None)  # that of saving is none
    guess = f"{head}created: 2026-01-01\ndoubts: {{published: a guess}}\n"
    assert updated(guess) == ("2026-01-01", None)
    assert updated("") == ("2026-01-01", None)  # nothing is known but the year of its folder


def test_an_excerpt_leaks_nothing(build_once: BuildOnce) -> None:
    out = build_once(SMALL_SITE)
    for path in out.rglob("*"):
        if path.is_file():
            assert b"Secret lines that only their own readers may see" not in path.read_bytes(), path


def test_every_address_of_the_sitemap_exists_and_every_page_is_in_it(build_once: BuildOnce, site: Path) -> None:
    out = build_once(site)
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
    """Return the pages that a search engine shall know: no redirect, no 404."""
    for path in sorted(out.rglob("*.html")):
        if '<meta name="robots" content="noindex">' not in path.read_text(encoding="utf-8"):
            yield path


def test_robots_names_the_sitemap(build_once: BuildOnce, site: Path) -> None:
    lines = (build_once(site) / "robots.txt").read_text(encoding="utf-8").splitlines()
    assert f"Sitemap: {BASE}sitemap.xml" in lines
