"""The ledger of permalinks and the paragraphs that were published: their files, and what follows from them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.content import paragraph_ledger, permalink_ledger
from site_gen.content.permalink_ledger import Permalink
from site_gen.core.text import one_line
from site_gen.core.urls import UrlPath
from tests.conftest import files_of
from tests.support.sites import small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

TODAY = dt.date(2026, 11, 23)
URLS = st.text("abc-", min_size=1, max_size=4).map(lambda slug: UrlPath(f"/companies/{slug}/"))
DAYS = st.dates(dt.date(2000, 1, 1)).map(dt.date.isoformat)
TITLES = st.none() | st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=8).map(
    one_line
)


THINGS = st.sampled_from(["companies/a", "article:k3v9x2qd", "archive:2019"])
ENTRIES = st.tuples(URLS, DAYS, THINGS, st.none() | DAYS, TITLES).map(
    lambda parts: Permalink(*parts) if parts[3] else Permalink(*parts[:3])
)


@given(st.lists(ENTRIES, unique_by=lambda entry: entry.url))
def test_a_ledger_is_read_as_it_was_written(entries: list[Permalink]) -> None:
    found, wrong = permalink_ledger.parse(permalink_ledger.dump(entries))
    assert wrong == []
    assert [entry._replace(line=0) for entry in found] == sorted(entries)


def test_lines_that_are_no_entries_are_told_by_number() -> None:
    text = "# head\n/a/ 2026-01-01 companies/a\n<<<<<<< mine\n/b/ soon companies/b\n/a/ 2026-01-02 companies/z\n\n"
    found, wrong = permalink_ledger.parse(text)
    assert [entry.url for entry in found] == ["/a/"]
    assert [number for number, _ in wrong] == [3, 4, 5]
    assert "merge" in wrong[0][1]
    assert "line 2" in wrong[2][1]


def test_what_is_published_again_keeps_its_first_day() -> None:
    before = [
        Permalink(UrlPath("/a/"), "2020-02-02", "companies/a"),
        Permalink(UrlPath("/c/"), "2020-02-02", "companies/c"),
    ]
    after = permalink_ledger.record_pages(before, {UrlPath("/a/"): "companies/b", UrlPath("/b/"): "companies/b"}, TODAY)
    assert [entry[:3] for entry in after] == [
        ("/a/", "2020-02-02", "companies/b"),
        ("/b/", "2026-11-23", "companies/b"),
        ("/c/", "2020-02-02", "companies/c"),
    ]


def test_what_is_declared_gone_takes_all_below_it_along() -> None:
    urls = ["/companies/a/", "/companies/a/2019/", "/companies/a/feed.xml", "/companies/ab/"]
    entries = [Permalink(UrlPath(url), "2020-02-02", "companies/a") for url in urls]
    after, changed = permalink_ledger.declare_gone(entries, UrlPath("/companies/a/"), TODAY, "A & Sons")
    assert [entry.url for entry in changed] == urls[:3]
    assert [entry.gone for entry in after] == ["2026-11-23"] * 3 + [None]
    again, changed = permalink_ledger.declare_gone(after, UrlPath("/companies/a/"), TODAY)
    assert (again, changed) == (after, [])


def before(*blocks: str) -> paragraph_ledger.PublishedParagraphs:
    return paragraph_ledger.PublishedParagraphs("00000000", tuple(tuple(block.split("+")) for block in blocks))


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("p-a p-b p-c", {"p-b": ("p-x",)}),  # nothing happened
        ("p-a p-n p-c", {"p-n": ("p-b", "p-x")}),  # one was edited
        ("p-n p-b p-c", {"p-n": ("p-a",), "p-b": ("p-x",)}),  # the first
        ("p-a p-n p-m p-c", {}),  # split, or another put in: not certain
        ("p-a p-c", {}),  # dropped
        ("p-a h-n p-c", {}),  # a heading is no paragraph's successor
        ("p-c p-b p-a", {"p-b": ("p-x",)}),  # moved
        ("p-a p-x p-c", {}),  # what it stood for is back itself; the later text has none
        ("p-a p-n p-m", {}),  # two edited side by side
    ],
)
def test_a_paragraph_has_a_successor_where_that_is_certain(now: str, found: dict[str, tuple[str, ...]]) -> None:
    carried = paragraph_ledger.former_ids(before("p-a", "p-b+p-x", "p-c"), now.split())
    expected = {"p-x": ("p-b",)} if now == "p-a p-x p-c" else found
    assert carried == expected


IDS = st.lists(st.integers(0, 20).map(lambda n: f"p-{n:06x}"), unique=True, max_size=8)


@given(st.lists(IDS, min_size=1, max_size=5))
def test_a_former_id_leads_to_one_block_and_never_hides_one(history: list[list[str]]) -> None:
    published = None
    for ids in history:
        published = paragraph_ledger.record_paragraphs(published, "0123456789", ids)
        line = paragraph_ledger.format_entry(published)
        assert paragraph_ledger.parse_entry(line) == published
        assert paragraph_ledger.parse(paragraph_ledger.dump({"k3v9x2qd": line})) == ({"k3v9x2qd": line}, [])
        former = [one for ones in published.former.values() for one in ones]
        assert len(former) == len(set(former))
        assert set(former).isdisjoint(ids)
        assert set(published.former) <= set(ids)


# -- the commands, and what a build makes of the ledger


@pytest.fixture
def mine(tmp_path: Path, call: Call) -> Path:
    site = tmp_path / "site"
    small_site(site)
    assert call("permalinks", "record", "--site", site).status == 0
    return site


def test_recording_twice_changes_nothing(mine: Path, call: Call) -> None:
    first = (mine / "content/permalinks.txt").read_bytes(), (mine / "content/anchors.txt").read_bytes()
    done = call("permalinks", "record", "--site", mine, "--json")
    assert done.record["new"] == []
    assert ((mine / "content/permalinks.txt").read_bytes(), (mine / "content/anchors.txt").read_bytes()) == first
    assert b"/companies/tallow-pier/ 20" in first[0]
    assert b"404" not in first[0]


def test_a_preview_writes_no_ledger(tmp_path: Path, call: Call) -> None:
    site = tmp_path / "site"
    small_site(site)
    assert call("build", "--site", site).status == 0
    assert not (site / "content/permalinks.txt").exists()


def test_an_entity_that_vanishes_stops_the_build_and_names_the_mends(mine: Path, call: Call) -> None:
    before = files_of(mine / "output")
    for article in (mine / "content/articles").rglob("*.md"):
        article.write_text(article.read_text().replace(", Tallow Pier", ""))
    done = call("build", "--site", mine)
    assert done.status == 1
    assert "content/permalinks.txt:" in done.err
    assert "/companies/tallow-pier/ was published on" in done.err
    assert "redirect_from: [/companies/tallow-pier/]" in done.err
    assert "site-gen permalinks gone /companies/tallow-pier/" in done.err
    assert files_of(mine / "output") == before

    done = call("permalinks", "gone", "/companies/tallow-pier/", "--title", "Tallow <Pier>", "--site", mine)
    assert done.status == 0
    assert call("build", "--site", mine).status == 0
    stone = (mine / "output/companies/tallow-pier/index.html").read_text()
    assert "Tallow &lt;Pier&gt;" in stone
    assert "noindex" in stone
    feed = (mine / "output/companies/tallow-pier/feed.xml").read_text()
    assert "<entry" not in feed


def test_an_address_that_was_never_published_cannot_be_declared_gone(mine: Path, call: Call) -> None:
    done = call("permalinks", "gone", "/companies/tallow-peer/", "--site", mine)
    assert done.status == 2
    assert "did you mean /companies/tallow-pier/" in done.err


def test_an_edited_paragraph_is_found_under_its_old_address(mine: Path, call: Call) -> None:
    site = mine / "content/site.yaml"
    site.write_text(site.read_text().replace("text: excerpt", "text: full"))
    assert call("permalinks", "record", "--site", mine).status == 0
    line = (mine / "content/anchors.txt").read_text().splitlines()[1]
    identity, _, *ids = line.split(" ")
    file = next(f for f in (mine / "content/articles").rglob("*.md") if f"id: {identity}" in f.read_text())
    head, _, body = file.read_text().partition("\n---\n")
    first, gap, rest = body.strip().partition("\n\n")
    file.write_text(f"{head}\n---\n{first} And one word more.{gap}{rest}\n")
    assert call("build", "--site", mine).status == 0
    page = mine / "output" / file.relative_to(mine / "content").with_suffix("") / "index.html"
    assert f'<span id="{ids[0]}"></span>' in page.read_text()


@pytest.mark.parametrize(
    ("name", "line"),
    [("permalinks.txt", "/a/ yesterday companies/a"), ("permalinks.txt", ">>>>>>> theirs"), ("anchors.txt", "no line")],
)
def test_a_damaged_ledger_stops_the_build(mine: Path, call: Call, name: str, line: str) -> None:
    with (mine / "content" / name).open("a") as file:
        file.write(line + "\n")
    number = len((mine / "content" / name).read_text().splitlines())
    done = call("build", "--site", mine)
    assert done.status == 1
    assert f"content/{name}:{number}: " in done.err
