"""`add` and `extract` on archives of many pages: an article a page, the archive kept once, hostile pages alone."""

from __future__ import annotations

import datetime as dt
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
from tests.support.sites import read_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from site_gen.core.errors import Problem
    from site_gen.ingest.add_pages import Outcome
    from tests.conftest import Call

TODAY = dt.date(2026, 11, 22)
BASE = "https://courier.example"


def crawl(*names: str) -> bytes:
    return warc(*(WarcRecord(url=f"{BASE}/{name}", body=article_page(f"About {name}").encode()) for name in names))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "Crawl of 2025.warc.gz"
    path.write_bytes(crawl("silo", "pier", "rye"))
    return path


def test_each_page_becomes_an_article_and_the_archive_is_kept_once(call: Call, site: Path, archive: Path) -> None:
    done = call("add", "--site", site, archive)
    assert done.status == 0
    assert done.lines == [
        *(
            f"added      {archive}#{BASE}/{name} → content/articles/2025/about-{name}.md"
            for name in ("silo", "pier", "rye")
        ),
        f"archive    {archive}: 3 pages in it",
        "3 added, 0 here already, 0 failed",
    ]
    assert [path.name for path in (site / "content/saved").iterdir()] == ["crawl-of-2025.warc.gz"]
    loaded, problems = loader.load(site)
    assert problems == []
    for article in loaded.articles:
        assert article.saved is not None
        assert (article.saved.file, article.saved.page) == ("saved/crawl-of-2025.warc.gz", article.source)
        with (site / "content" / article.saved.file).open("rb") as stream:
            again = saved_file.read_page("x", stream, article.saved.page)
        assert again.sha256 == article.saved.sha256 == hashlib.sha256(article_page(article.title).encode()).hexdigest()


def test_the_same_archive_again_is_here_already_whatever_its_name(
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


def test_an_archive_that_is_kept_gets_no_second_copy(call: Call, site: Path, archive: Path) -> None:
    call("add", "--site", site, archive, "--match", "silo")
    archive.rename(archive.with_name("other.warc.gz"))
    assert (
        call("add", "--site", site, archive.with_name("other.warc.gz")).lines[-1] == "2 added, 1 here already, 0 failed"
    )
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
def test_match(call: Call, archive: Path, texts: list[str], names: list[str]) -> None:
    options = [part for text in texts for part in ("--match", text)]
    done = call("extract", "--json", archive, *options)
    assert done.status == 0
    *records, summary = done.records
    assert [record["page"] for record in records] == [f"{BASE}/{name}" for name in names]
    rest = 3 - len(names)
    pages = "1 page" if len(names) == 1 else f"{len(names)} pages"
    assert summary["reason"] == f"{pages} in it" + (f"; left out: {rest} pages that --match leaves out" if rest else "")


def test_a_page_that_is_refused_costs_only_itself(call: Call, site: Path, tmp_path: Path) -> None:
    path = tmp_path / "pages.zip"
    path.write_bytes(
        zipped({"a.html": article_page("One"), "b.png": b"\x89PNG\r\n\x1a\n" + bytes(9), "c.html": article_page("Two")})
    )
    done = call("add", "--site", site, "--json", path)
    assert done.status == 1
    assert [(record["page"], record["status"]) for record in done.records] == [
        ("a.html", "added"), ("b.png", "failed"), ("c.html", "added"), (None, "summary"),
    ]  # fmt: skip


def test_a_page_that_takes_too_long_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extract_pool, "_extract_job", hostile_work.hang_or_make_up)
    path = tmp_path / "x.warc.gz"
    path.write_bytes(
        warc(
            WarcRecord(url=f"{BASE}/one", body=article_page("One").encode()),
            WarcRecord(url=f"{BASE}/slow", body=article_page(hostile_work.HANGS).encode()),
            WarcRecord(url=f"{BASE}/two", body=article_page("Two").encode()),
        )
    )
    found = list(extract_pool.extract_all([str(path)], TODAY, seconds=2))
    assert [each.reason for each in found] == [None, "took longer than 2 seconds", None, "3 pages in it"]


def test_a_page_that_takes_too_much_memory_is_told(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    if not Path("/proc/self/statm").exists():
        pytest.skip("the limit needs /proc")
    path = tmp_path / "x.zip"
    big = "<html><body>" + "<p>Rye is up on every quay. " * 400_000
    path.write_bytes(zipped({"a.html": article_page("One"), "b.html": big, "c.html": article_page("Two")}))
    found = list(extract_pool.extract_all([str(path)], TODAY, memory=200 * 1024 * 1024))
    assert [each.draft is not None for each in found] == [True, False, True, False]
    assert "memory" in (found[1].reason or "")


def test_a_reader_that_fails_is_told_for_that_file_only(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> object:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr(warc_reader, "read_contents", fail)
    other = archive.with_name("page.html")
    other.write_text(article_page("One"), encoding="utf-8")
    found = list(extract_pool.extract_all([str(archive), str(other)], TODAY))
    assert found[0].reason == "reading failed on it (ZeroDivisionError: no such luck)"
    assert found[1].draft is not None


def test_how_many_pages_there_are_is_told_as_archives_are_listed(archive: Path) -> None:
    count = extract_pool.PageCount(1)
    assert len(list(extract_pool.extract_all([str(archive)], TODAY, page_count=count))) == count.total == 4


# -- the inbox ----------------------------------------------------------------------------------------


def dropped(
    site: Path, data: bytes, stop_after: int | None = None
) -> tuple[Path, list[str], list[tuple[Problem, ...]]]:
    path = site / add_pages.INBOX / "crawl.warc.gz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
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


def test_an_archive_leaves_the_inbox_when_all_its_pages_are_through(site: Path) -> None:
    sound = [WarcRecord(url=f"{BASE}/{name}", body=article_page(f"About {name}").encode()) for name in ("silo", "pier")]
    data = warc(*sound, WarcRecord(url=f"{BASE}/shell", body=b"<html><body>x</body></html>"))
    path, lines, problems = dropped(site, data)
    assert not path.exists()
    assert (site / "content/saved/crawl.warc.gz").read_bytes() == data
    assert [line.split()[0] for line in lines] == ["added", "added", "failed"]
    assert lines[0].startswith(f"added      content/saved/inbox/crawl.warc.gz#{BASE}/silo → ")
    assert problems == []


def test_an_archive_of_which_nothing_could_be_added_stays(site: Path) -> None:
    path, lines, problems = dropped(site, warc(WarcRecord(url=f"{BASE}/x", body=b"<html><body>x</body></html>")))
    assert path.exists()
    assert lines == []
    assert "no article found" in str(problems[-1][0])
    path, _, problems = dropped(site, warc())
    assert path.exists()
    assert "0 pages in it" in str(problems[-1][0])


def test_an_archive_whose_adding_was_stopped_stays_for_the_next_time(site: Path) -> None:
    path, _, problems = dropped(site, crawl("silo", "pier", "rye"), stop_after=2)
    assert path.exists()
    assert problems == []
