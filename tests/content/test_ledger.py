"""The ledgers of permalinks and of published paragraphs: their files, and what a build and a command make of them."""

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
from tests.support.sites import append_to_file, read_files, small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

TODAY = dt.date(2026, 11, 23)
URLS = st.text("abc-", min_size=1, max_size=4).map(lambda slug: UrlPath(f"/companies/{slug}/"))
DAYS = st.dates(dt.date(2000, 1, 1)).map(dt.date.isoformat)
TITLES = st.none() | st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1, max_size=8).map(
    one_line
)


RECORD_KEYS = st.sampled_from(["companies/a", "article:k3v9x2qd", "archive:2019"])
ENTRIES = st.tuples(URLS, DAYS, RECORD_KEYS, st.none() | DAYS, TITLES).map(
    lambda parts: Permalink(*parts) if parts[3] else Permalink(*parts[:3])
)


@given(st.lists(ENTRIES, unique_by=lambda entry: entry.url))
def test_a_ledger_is_read_as_it_was_written(entries: list[Permalink]) -> None:
    parsed, problems = permalink_ledger.parse(permalink_ledger.dump(entries))
    assert problems == []
    assert [entry._replace(line=0) for entry in parsed] == sorted(entries)


def test_lines_that_are_no_entries_are_reported_by_number() -> None:
    text = "# head\n/a/ 2026-01-01 companies/a\n<<<<<<< mine\n/b/ soon companies/b\n/a/ 2026-01-02 companies/z\n\n"
    parsed, problems = permalink_ledger.parse(text)
    assert [entry.url for entry in parsed] == ["/a/"]
    assert [number for number, _ in problems] == [3, 4, 5]
    assert "merge" in problems[0][1]
    assert "line 2" in problems[2][1]


def test_a_page_that_is_published_again_keeps_its_first_day() -> None:
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


def test_declaring_an_address_gone_declares_all_below_it_gone() -> None:
    urls = ["/companies/a/", "/companies/a/2019/", "/companies/a/feed.xml", "/companies/ab/"]
    entries = [Permalink(UrlPath(url), "2020-02-02", "companies/a") for url in urls]
    after, changed = permalink_ledger.declare_gone(entries, UrlPath("/companies/a/"), TODAY, "A & Sons")
    assert [entry.url for entry in changed] == urls[:3]
    assert [entry.gone for entry in after] == ["2026-11-23"] * 3 + [None]
    again, changed = permalink_ledger.declare_gone(after, UrlPath("/companies/a/"), TODAY)
    assert (again, changed) == (after, [])


def published_paragraphs(*blocks: str) -> paragraph_ledger.PublishedParagraphs:
    """Return published paragraphs, each as its id, a plus sign and the former ids that lead to it."""
    return paragraph_ledger.PublishedParagraphs("00000000", tuple(tuple(block.split("+")) for block in blocks))


@pytest.mark.parametrize(
    ("ids_now", "former_ids"),
    [
        ("p-a p-b p-c", {"p-b": ("p-x",)}),  # nothing happened
        ("p-a p-n p-c", {"p-n": ("p-b", "p-x")}),  # one was edited
        ("p-n p-b p-c", {"p-n": ("p-a",), "p-b": ("p-x",)}),  # the first
        ("p-a p-n p-m p-c", {}),  # split, or another put in: not certain
        ("p-a p-c", {}),  # dropped
        ("p-a h-n p-c", {}),  # a heading is no paragraph's successor
        ("p-c p-b p-a", {"p-b": ("p-x",)}),  # moved
        ("p-a p-x p-c", {"p-x": ("p-b",)}),  # the former one is back, and stands for the one after it
        ("p-a p-n p-m", {}),  # two edited side by side
    ],
)
def test_a_paragraph_has_a_successor_where_that_is_certain(
    ids_now: str, former_ids: dict[str, tuple[str, ...]]
) -> None:
    before = published_paragraphs("p-a", "p-b+p-x", "p-c")
    assert paragraph_ledger.former_ids(before, ids_now.split()) == former_ids


IDS = st.lists(st.integers(0, 20).map(lambda n: f"p-{n:06x}"), unique=True, max_size=8)


@given(st.lists(IDS, min_size=1, max_size=5))
def test_a_former_id_leads_to_one_block_and_never_hides_one(history: list[list[str]]) -> None:
    published = None
    for ids in history:
        published = paragraph_ledger.record_paragraphs(published, "0123456789", ids)
        line = paragraph_ledger.format_entry(published)
        assert paragraph_ledger.parse_entry(line) == published
        assert paragraph_ledger.parse(paragraph_ledger.dump({"k3v9x2qd": line})) == ({"k3v9x2qd": line}, [])
        former = [former_id for former_ids in published.former.values() for former_id in former_ids]
        assert len(former) == len(set(former))
        assert set(former).isdisjoint(ids)
        assert set(published.former) <= set(ids)


# -- the commands, and what a build makes of the ledger


@pytest.fixture
def site(tmp_path: Path, call: Call) -> Path:
    site = small_site(tmp_path / "site")
    assert call("permalinks", "record", "--site", site).status == 0
    return site


def test_recording_twice_changes_nothing(site: Path, call: Call) -> None:
    first = (site / "content/permalinks.txt").read_bytes(), (site / "content/anchors.txt").read_bytes()
    done = call("permalinks", "record", "--site", site, "--json")
    assert done.record["new"] == []
    assert ((site / "content/permalinks.txt").read_bytes(), (site / "content/anchors.txt").read_bytes()) == first
    assert b"/companies/tallow-pier/ 20" in first[0]
    assert b"404" not in first[0]


def test_a_preview_writes_no_ledger(tmp_path: Path, call: Call) -> None:
    site = small_site(tmp_path / "site")
    assert call("build", "--site", site).status == 0
    assert not (site / "content/permalinks.txt").exists()


def test_an_entity_that_vanishes_stops_the_build_and_the_message_says_what_to_do(site: Path, call: Call) -> None:
    before = read_files(site / "output")
    for article in (site / "content/articles").rglob("*.md"):
        article.write_text(article.read_text().replace(", Tallow Pier", ""))
    done = call("build", "--site", site)
    assert done.status == 1
    assert "content/permalinks.txt:" in done.err
    assert "/companies/tallow-pier/ was published on" in done.err
    assert "redirect_from: [/companies/tallow-pier/]" in done.err
    assert "site-gen permalinks gone /companies/tallow-pier/" in done.err
    assert read_files(site / "output") == before

    done = call("permalinks", "gone", "/companies/tallow-pier/", "--title", "Tallow <Pier>", "--site", site)
    assert done.status == 0
    assert call("build", "--site", site).status == 0
    page_of_gone = (site / "output/companies/tallow-pier/index.html").read_text()
    assert "Tallow &lt;Pier&gt;" in page_of_gone
    assert "noindex" in page_of_gone
    feed = (site / "output/companies/tallow-pier/feed.xml").read_text()
    assert "<entry" not in feed


def test_an_address_that_was_never_published_cannot_be_declared_gone(site: Path, call: Call) -> None:
    done = call("permalinks", "gone", "/companies/tallow-peer/", "--site", site)
    assert done.status == 2
    assert "did you mean /companies/tallow-pier/" in done.err


def test_an_edited_paragraph_is_reached_by_its_old_address(site: Path, call: Call) -> None:
    assert call("permalinks", "record", "--site", site).status == 0
    line = (site / "content/anchors.txt").read_text().splitlines()[1]
    identity, _, *ids = line.split(" ")
    file = next(f for f in (site / "content/articles").rglob("*.md") if f"id: {identity}" in f.read_text())
    head, _, body = file.read_text().partition("\n---\n")
    first, gap, rest = body.strip().partition("\n\n")
    file.write_text(f"{head}\n---\n{first} And one word more.{gap}{rest}\n")
    assert call("build", "--site", site).status == 0
    page = site / "output" / file.relative_to(site / "content").with_suffix("") / "index.html"
    assert f'<span id="{ids[0]}"></span>' in page.read_text()


@pytest.mark.parametrize(
    ("name", "line"),
    [("permalinks.txt", "/a/ yesterday companies/a"), ("permalinks.txt", ">>>>>>> theirs"), ("anchors.txt", "no line")],
)
def test_a_damaged_ledger_stops_the_build(site: Path, call: Call, name: str, line: str) -> None:
    append_to_file(site / "content" / name, f"{line}\n")
    number = len((site / "content" / name).read_text().splitlines())
    done = call("build", "--site", site)
    assert done.status == 1
    assert f"content/{name}:{number}: " in done.err


def test_a_ledger_that_differs_in_line_ends_alone_stays(call: Call, site: Path) -> None:
    assert call("permalinks", "record", "--site", site).status == 0
    ledgers = [site / "content/permalinks.txt", site / "content/anchors.txt"]
    for ledger in ledgers:
        ledger.write_bytes(ledger.read_bytes().replace(b"\n", b"\r\n"))
    before = [ledger.read_bytes() for ledger in ledgers]
    assert call("permalinks", "record", "--site", site).status == 0
    assert [ledger.read_bytes() for ledger in ledgers] == before
