"""Atom feeds and the sitemap: strict XML, ids that stay, addresses that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from site_gen.build import build_session
from tests.support.output_files import (
    ATOM,
    BASE_URL,
    atom_feeds,
    atom_text,
    file_of_address,
    indexable_pages,
    parse_xml,
)
from tests.support.sites import REPO, SMALL_SITE, edit_file, small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import BuildOnce

MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ARTICLE = "content/articles/2026/pier-closes.md"
GRAMMAR = etree.RelaxNG(etree.parse(str(REPO / "tests/data/atom.rng")))


def ids_of_feeds(out: Path) -> dict[str, list[str]]:
    """Return the id of each feed and of its entries."""
    return {
        path.relative_to(out).as_posix(): [
            atom_text(element, "id") for element in parse_xml(path).iter(ATOM + "feed", ATOM + "entry")
        ]
        for path in atom_feeds(out)
    }


def test_every_feed_is_strict_xml_and_good_atom(build_once: BuildOnce, small_or_demo: Path) -> None:
    out = build_once(small_or_demo)
    assert len(atom_feeds(out)) > 4
    for path in atom_feeds(out):
        root = parse_xml(path)
        assert root.tag == ATOM + "feed"
        parsed = feedparser.parse(path.read_bytes())
        assert parsed.bozo is False, (path, parsed.get("bozo_exception"))
        assert parsed.version == "atom10"
        assert len(parsed.entries) == len(root.findall(ATOM + "entry"))
        for element in root.iter(ATOM + "feed", ATOM + "entry"):  # RFC 4287, sections 4.1.1 and 4.1.2
            assert atom_text(element, "title").strip()
            assert atom_text(element, "id").startswith("urn:uuid:")
            assert len(atom_text(element, "updated")) == len("2026-01-01T00:00:00Z")
            assert element.find(ATOM + "author") is not None or element.tag == ATOM + "entry"
        (own,) = [link.get("href") for link in root.findall(ATOM + "link") if link.get("rel") == "self"]
        assert own == f"{BASE_URL}{path.relative_to(out).as_posix()}"


def test_every_feed_fits_the_grammar(build_once: BuildOnce, small_or_demo: Path) -> None:
    for path in atom_feeds(build_once(small_or_demo)):
        root = parse_xml(path)
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


def test_the_links_of_every_feed_lead_to_pages(build_once: BuildOnce, small_or_demo: Path) -> None:
    out = build_once(small_or_demo)
    for path in atom_feeds(out):
        for link in parse_xml(path).iter(ATOM + "link"):
            href = link.get("href") or ""
            if link.get("rel") in {"self", "alternate"}:
                assert file_of_address(out, href).is_file(), href
            else:
                assert link.get("rel") == "via"
                assert urlsplit(href).scheme in {"http", "https"}


def test_ids_are_unique(build_once: BuildOnce, small_or_demo: Path) -> None:
    out = build_once(small_or_demo)
    ids_by_feed = ids_of_feeds(out)
    for name, feed_ids in ids_by_feed.items():
        assert len(set(feed_ids)) == len(feed_ids), name
    heads = [feed_ids[0] for feed_ids in ids_by_feed.values()]
    assert len(set(heads)) == len(heads)
    issues = set(ids_by_feed.pop("issues/feed.xml")[1:])
    entries = {entry for feed_ids in ids_by_feed.values() for entry in feed_ids[1:]}
    assert not (entries | issues) & set(heads)
    assert not entries & issues
    # An article has one id, in whatever feed it stands. An entity's feed has that of a story's articles that names it.
    assert entries >= set(ids_by_feed["feed.xml"][1:])
    assert len(entries) <= len(list((out / "articles").glob("*/*/index.html")))


def test_ids_do_not_depend_on_the_base_url(build_once: BuildOnce, small_or_demo: Path) -> None:
    assert ids_of_feeds(build_once(small_or_demo)) == ids_of_feeds(
        build_once(small_or_demo, "https://elsewhere.example/")
    )


def test_ids_survive_a_new_title_and_a_new_place(tmp_path: Path) -> None:
    site = small_site(tmp_path / "site")
    build_session.build(site, tmp_path / "one")
    article = edit_file(site / ARTICLE, "title: Pier closes", "title: Pier shuts for good")
    article.rename(article.with_name("pier-shuts.md"))
    build_session.build(site, tmp_path / "two")
    assert ids_of_feeds(tmp_path / "one") == ids_of_feeds(tmp_path / "two")
    two = (tmp_path / "two/feed.xml").read_text(encoding="utf-8")
    assert "Pier shuts for good" in two
    assert "Pier closes" not in two


def test_a_feed_says_what_the_article_says(build_once: BuildOnce) -> None:
    parsed = feedparser.parse((build_once(SMALL_SITE) / "feed.xml").read_bytes())
    assert parsed.feed.title.startswith("Quay &")
    titles = [
        atom_text(entry, "title") for entry in parse_xml(build_once(SMALL_SITE) / "feed.xml").findall(ATOM + "entry")
    ]
    assert 'Silo <em>stays</em> for "ten" more years & a day' in titles
    assert "صومعة الميناء باقية عشر سنوات أخرى" in titles
    assert titles[0] == "Pier closes"  # the newest first


def test_an_entry_is_updated_on_the_day_its_article_was_saved(tmp_path: Path) -> None:
    """Nothing else counts as an update, so that no feed reader shows an old article as new."""
    site = small_site(tmp_path / "site")
    article = site / ARTICLE
    head = "published: 2026-02-11\n"
    text = article.read_text(encoding="utf-8")
    assert head in text

    def days_of_entry(days: str) -> tuple[str, str | None]:
        article.write_text(text.replace(head, days), encoding="utf-8")
        build_session.build(site, tmp_path / "out")
        for entry in parse_xml(tmp_path / "out/feed.xml").findall(ATOM + "entry"):
            if atom_text(entry, "title") == "Pier closes":
                return atom_text(entry, "updated")[:10], entry.findtext(ATOM + "published")
        raise LookupError

    day = "2026-02-11T00:00:00Z"
    assert days_of_entry(head) == ("2026-02-11", day)
    assert days_of_entry(f"{head}created: 2026-03-01\n") == ("2026-03-01", day)
    assert days_of_entry(f"{head}created: 2026-02-10\n") == ("2026-02-11", day)  # a time zone ahead
    assert days_of_entry(f"{head}created: 2026-02-01\n") == ("2026-02-01", None)  # saved before the day it bears
    guess = f"{head}created: 2026-01-01\ndoubts: {{published: a guess}}\n"
    assert days_of_entry(guess) == ("2026-01-01", None)
    for undated in ("created: 2026-03-01\n", ""):  # the day of saving is none
        with pytest.raises(LookupError):
            days_of_entry(undated)


def test_an_excerpt_leaks_nothing(build_once: BuildOnce) -> None:
    out = build_once(SMALL_SITE)
    for path in out.rglob("*"):
        if path.is_file():
            assert b"Secret lines that only their own readers may see" not in path.read_bytes(), path


def test_every_address_of_the_sitemap_exists_and_every_page_is_in_it(
    build_once: BuildOnce, small_or_demo: Path
) -> None:
    out = build_once(small_or_demo)
    index = parse_xml(out / "sitemap.xml")
    assert index.tag == MAPS + "sitemapindex"
    addresses = []
    for child in index.iter(MAPS + "loc"):
        root = parse_xml(file_of_address(out, child.text or ""))
        assert root.tag == MAPS + "urlset"
        addresses += [loc.text or "" for loc in root.iter(MAPS + "loc")]
    assert len(set(addresses)) == len(addresses)
    files = {file_of_address(out, url) for url in addresses}
    assert [path for path in files if not path.is_file()] == []
    assert set(indexable_pages(out)) - files - set((out / "archive").rglob("*.html")) == set()


def test_robots_names_the_sitemap(build_once: BuildOnce, small_or_demo: Path) -> None:
    lines = (build_once(small_or_demo) / "robots.txt").read_text(encoding="utf-8").splitlines()
    assert f"Sitemap: {BASE_URL}sitemap.xml" in lines
