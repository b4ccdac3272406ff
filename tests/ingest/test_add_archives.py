"""Archives of many pages: an article for each page, one copy of the archive, and refused pages that spoil no others."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_gen.content import loader
from site_gen.ingest import add_pages, extract_pool, sandbox
from site_gen.ingest.formats import saved_file
from site_gen.ingest.formats import warc as warc_reader
from site_gen.serve.inbox import Inbox
from tests.support import hostile_work
from tests.support.archives import WarcRecord, article_page, warc, zipped
from tests.support.extraction import TODAY
from tests.support.sites import read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from site_gen.core.errors import Problem
    from site_gen.ingest.add_pages import Outcome
    from tests.conftest import Call

BASE = "https://courier.example"


def page_record(name: str, title: str = "") -> WarcRecord:
    return WarcRecord(url=f"{BASE}/{name}", body=article_page(title or f"About {name}").encode())


def warc_of_pages(*names: str) -> bytes:
    return warc(*map(page_record, names))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    write_files(tmp_path, {"Crawl of 2025.warc.gz": warc_of_pages("silo", "pier", "rye")})
    return tmp_path / "Crawl of 2025.warc.gz"


def test_each_page_becomes_an_article_and_the_archive_is_kept_once(call: Call, site: Path, archive: Path) -> None:
    done = call("add", "--site", site, archive)
    assert done.status == 0
    assert done.lines == [
        *(
            f"added      {archive}#{BASE}/{name} → content/articles/2025/about-{name}.md"
            for name in ("silo", "pier", "rye")
        ),
        f"archive    {archive}: 3 pages in it",
        "3 added, 0 already here, 0 failed",
    ]
    assert [path.name for path in (site / "content/saved").iterdir()] == ["crawl-of-2025.warc.gz"]
    loaded, problems = loader.load(site)
    assert problems == []
    for article in loaded.articles:
        assert article.saved is not None
        assert (article.saved.file, article.saved.page) == ("saved/crawl-of-2025.warc.gz", article.source)
        with (site / "content" / article.saved.file).open("rb") as stream:
            page = saved_file.read_page("x", stream, article.saved.page)
        assert page.sha256 == article.saved.sha256 == hashlib.sha256(article_page(article.title).encode()).hexdigest()


def test_an_archive_under_another_name_is_recognized_by_its_bytes(
    call: Call, site: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call("add", "--site", site, archive, "--match", "/silo")
    call("add", "--site", site, archive)
    other = archive.with_name("other.warc.gz")
    archive.rename(other)
    before = read_files(site)
    monkeypatch.setattr(sandbox.SandboxExecutor, "submit", None)  # no work is done for what is here by its bytes
    done = call("add", "--site", site, "--json", other)
    assert [record["status"] for record in done.records] == ["duplicate"] * 3 + ["summary"]
    assert [record["page"] for record in done.records] == [f"{BASE}/silo", f"{BASE}/pier", f"{BASE}/rye", None]
    assert read_files(site) == before
    assert len(list((site / "content/saved").iterdir())) == 1


def test_an_archive_is_copied_once_for_all_its_pages(call: Call, site: Path, archive: Path) -> None:
    call("add", "--site", site, archive, "--match", "silo")
    archive.rename(archive.with_name("other.warc.gz"))
    done = call("add", "--site", site, archive.with_name("other.warc.gz"))
    assert done.lines[-1] == "2 added, 1 already here, 0 failed"
    assert [path.name for path in (site / "content/saved").iterdir()] == ["crawl-of-2025.warc.gz"]


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        ([], ["silo", "pier", "rye"]),
        (["silo"], ["silo"]),
        (["SILO", "/rye"], ["silo", "rye"]),
        (["courier*pi"], ["pier"]),
        (["c.urier"], []),
        (["*"], ["silo", "pier", "rye"]),
    ],
)
def test_match_selects_pages_by_their_addresses(call: Call, archive: Path, texts: list[str], names: list[str]) -> None:
    options = [part for text in texts for part in ("--match", text)]
    done = call("extract", "--json", archive, *options)
    assert done.status == 0
    *records, summary = done.records
    assert [record["page"] for record in records] == [f"{BASE}/{name}" for name in names]
    rest = 3 - len(names)
    pages = "1 page" if len(names) == 1 else f"{len(names)} pages"
    assert summary["reason"] == f"{pages} in it" + (f"; left out: {rest} pages that --match leaves out" if rest else "")


def test_a_refused_page_spoils_no_others(call: Call, site: Path, tmp_path: Path) -> None:
    members: dict[str, str | bytes] = {
        "a.html": article_page("One"),
        "b.png": b"\x89PNG\r\n\x1a\n" + bytes(9),
        "c.html": article_page("Two"),
    }
    write_files(tmp_path, {"pages.zip": zipped(members)})
    done = call("add", "--site", site, "--json", tmp_path / "pages.zip")
    assert done.status == 1
    assert [(record["page"], record["status"]) for record in done.records] == [
        ("a.html", "added"), ("b.png", "failed"), ("c.html", "added"), (None, "summary"),
    ]  # fmt: skip


def test_a_page_that_takes_too_long_spoils_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract_pool, "_extract_job", hostile_work.hang_or_make_up)
    records = [page_record("one"), page_record("slow", hostile_work.HANGS), page_record("two")]
    write_files(tmp_path, {"x.warc.gz": warc(*records)})
    extractions = list(extract_pool.extract_all([str(tmp_path / "x.warc.gz")], TODAY, seconds=2))
    assert [each.reason for each in extractions] == [None, "took longer than 2 seconds", None, "3 pages in it"]


def test_a_page_that_takes_too_much_memory_is_reported_and_spoils_no_others(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    if not Path("/proc/self/statm").exists():
        pytest.skip("the limit needs /proc")
    big = "<html><body>" + "<p>Rye is up on every quay. " * 400_000
    members = {"a.html": article_page("One"), "b.html": big, "c.html": article_page("Two")}
    write_files(tmp_path, {"x.zip": zipped(members)})
    extractions = list(extract_pool.extract_all([str(tmp_path / "x.zip")], TODAY, memory=200 * 1024 * 1024))
    assert [each.draft is not None for each in extractions] == [True, False, True, False]
    assert "memory" in (extractions[1].reason or "")


def test_an_error_in_a_reader_is_reported_for_its_file_only(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> object:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr(warc_reader, "read_contents", fail)
    write_files(archive.parent, {"page.html": article_page("One")})
    paths = [str(archive), str(archive.with_name("page.html"))]
    of_archive, of_page = extract_pool.extract_all(paths, TODAY)
    assert of_archive.reason == "reading failed on it (ZeroDivisionError: no such luck)"
    assert of_page.draft is not None


def test_the_number_of_pages_is_counted_while_archives_are_read(archive: Path) -> None:
    count = extract_pool.PageCount(1)
    assert len(list(extract_pool.extract_all([str(archive)], TODAY, page_count=count))) == count.total == 4


# -- the inbox ----------------------------------------------------------------------------------------


def drop_into_inbox(
    site: Path, data: bytes, stop_after: int | None = None
) -> tuple[Path, list[str], list[tuple[Problem, ...]]]:
    """Put an archive into the inbox and add it; return its path, the lines printed and the problems reported."""
    write_files(site / add_pages.INBOX, {"crawl.warc.gz": data})
    path = site / add_pages.INBOX / "crawl.warc.gz"
    lines: list[str] = []
    problems: list[tuple[Problem, ...]] = []
    now = 0.0

    def add_some(paths: Sequence[str]) -> Iterable[Outcome]:
        for number, outcome in enumerate(add_pages.add(site, paths, TODAY), 1):
            if number == stop_after:
                inbox.stop(0)
            yield outcome

    inbox = Inbox(site, add_some, report_problems=problems.append, print_line=lines.append, clock=lambda: now)
    inbox.add_copied_files()
    now = 5.0
    inbox.add_copied_files()
    return path, lines, problems


def test_an_archive_leaves_the_inbox_after_all_its_pages(site: Path) -> None:
    data = warc(
        page_record("silo"), page_record("pier"), WarcRecord(url=f"{BASE}/shell", body=b"<html><body>x</body></html>")
    )
    path, lines, problems = drop_into_inbox(site, data)
    assert not path.exists()
    assert (site / "content/saved/crawl.warc.gz").read_bytes() == data
    assert [line.split()[0] for line in lines] == ["added", "added", "failed"]
    assert lines[0].startswith(f"added      content/saved/inbox/crawl.warc.gz#{BASE}/silo → ")
    assert problems == []


def test_an_archive_without_an_article_stays_in_the_inbox(site: Path) -> None:
    path, lines, problems = drop_into_inbox(
        site, warc(WarcRecord(url=f"{BASE}/x", body=b"<html><body>x</body></html>"))
    )
    assert path.exists()
    assert lines == []
    assert "no article found" in str(problems[-1][0])
    path, _, problems = drop_into_inbox(site, warc())
    assert path.exists()
    assert "0 pages in it" in str(problems[-1][0])


def test_an_archive_stays_in_the_inbox_when_adding_is_stopped(site: Path) -> None:
    path, _, problems = drop_into_inbox(site, warc_of_pages("silo", "pier", "rye"), stop_after=2)
    assert path.exists()
    assert problems == []
