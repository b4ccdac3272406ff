"""Saved pages that are dropped into the inbox: added once whole, taken out only when kept elsewhere."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from site_gen.content.site_paths import SAVED
from site_gen.core.errors import Problem, SiteError
from site_gen.ingest import add_pages
from site_gen.ingest.add_pages import INBOX, Outcome
from site_gen.serve.inbox import Inbox
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tests.conftest import Call, HtmlPage

TODAY = dt.date(2026, 3, 4)


class Dropping:
    """An inbox whose clock the test moves."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.folder = site / INBOX
        self.folder.mkdir(parents=True, exist_ok=True)
        self.now = 0.0
        self.lines: list[str] = []
        self.problems: list[tuple[Problem, ...]] = []
        self.asked: list[list[str]] = []
        self.inbox = Inbox(
            site, self.add, report_problems=self.problems.append, print_line=self.lines.append, clock=lambda: self.now
        )

    def add(self, paths: Sequence[str]) -> Iterable[Outcome]:
        self.asked.append([os.path.basename(path) for path in paths])  # noqa: PTH119  texts
        return add_pages.add(self.site, paths, TODAY)

    def look(self, seconds: float = 1.0) -> bool:
        found = self.inbox.add_copied_files()
        self.now += seconds
        return found

    def settle(self) -> None:
        """Look until nothing is on its way."""
        while self.look():
            pass

    @property
    def left(self) -> list[str]:
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*"))

    @property
    def told(self) -> list[str]:
        return [str(problem) for problem in self.problems[-1]] if self.problems else []


@pytest.fixture
def dropping(site: Path) -> Dropping:
    return Dropping(site)


@pytest.fixture
def articles(site: Path) -> Articles:
    return lambda: sorted(path.name for path in (site / "content/articles").rglob("*.md"))


if TYPE_CHECKING:
    from collections.abc import Callable

    Articles = Callable[[], list[str]]


def kept(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site / SAVED).iterdir() if path.is_file()}


def test_a_page_is_added_and_leaves_the_inbox(dropping: Dropping, html_page: HtmlPage, articles: Articles) -> None:
    page = html_page("Silo stays").encode()
    (dropping.folder / "Silo stays.html").write_bytes(page)
    dropping.settle()
    assert articles() == ["silo-stays.md"]
    assert kept(dropping.site) == {"silo-stays.html": page}
    assert dropping.left == []
    assert dropping.told == []
    (line,) = dropping.lines
    assert line.startswith("added      content/saved/inbox/Silo stays.html → content/articles/")
    meta = next((dropping.site / "content/articles").rglob("*.md")).read_text()
    assert "file: saved/silo-stays.html" in meta


def test_a_folder_of_pages_leaves_with_them(dropping: Dropping, saved_pages: Path, articles: Articles) -> None:
    shutil.copytree(saved_pages, dropping.folder / "today/deep")
    dropping.settle()
    assert len(articles()) == 3
    assert len(kept(dropping.site)) == 3
    assert dropping.left == ["today", "today/deep", "today/deep/4 empty.html", "today/deep/5 picture.html"]
    assert len(dropping.told) == 2
    assert dropping.told[0].startswith("content/saved/inbox/today/deep/4 empty.html: ")
    assert dropping.told[0].endswith("; take it out of the inbox")
    for path in (dropping.folder / "today/deep").iterdir():
        path.unlink()
    dropping.settle()
    assert dropping.told == []


def test_what_was_refused_is_not_tried_again_until_it_changes(
    dropping: Dropping, html_page: HtmlPage, articles: Articles
) -> None:
    path = dropping.folder / "x.html"
    path.write_bytes(b"")
    dropping.settle()
    dropping.settle()
    assert dropping.asked == [["x.html"]]
    assert len(dropping.told) == 1
    path.write_text(html_page("Now it is one"))
    dropping.settle()
    assert articles() == ["now-it-is-one.md"]
    assert (dropping.left, dropping.told) == ([], [])


def test_a_file_that_still_grows_waits(dropping: Dropping, html_page: HtmlPage, articles: Articles) -> None:
    page = html_page("Slowly it comes")
    path = dropping.folder / "x.html"
    for end in range(100, len(page), 300):
        path.write_text(page[:end])
        assert dropping.look(0.4)
    assert dropping.asked == []
    path.write_text(page)
    dropping.settle()
    assert articles() == ["slowly-it-comes.md"]
    assert kept(dropping.site)["x.html"] == page.encode()


def test_a_file_that_changes_without_growing_waits(dropping: Dropping) -> None:
    path = dropping.folder / "x.html"
    for n in range(5):
        path.write_text("x" * 100)
        os.utime(path, (n, n))
        dropping.look(0.4)
    assert dropping.asked == []


def test_the_same_bytes_again_leave_too(dropping: Dropping, html_page: HtmlPage, articles: Articles) -> None:
    page = html_page("Silo stays").encode()
    for name in ("a.html", "b.html"):
        (dropping.folder / name).write_bytes(page)
        dropping.settle()
    assert (dropping.left, dropping.told) == ([], [])
    assert kept(dropping.site) == {"a.html": page}
    assert articles() == ["silo-stays.md"]
    assert "is content/articles/" in dropping.lines[1]


def test_another_copy_of_an_article_stays_for_its_bytes_are_kept_nowhere(
    dropping: Dropping, html_page: HtmlPage, articles: Articles
) -> None:
    head = '<link rel="canonical" href="https://a.example/silo">'
    for n in (1, 2):
        (dropping.folder / f"{n}.html").write_text(html_page(f"Silo stays {n}", head=head))
        dropping.settle()
    assert articles() == ["silo-stays-1.md"]
    assert dropping.left == ["2.html"]
    (told,) = dropping.told
    assert "already (the same source, https://a.example/silo)" in told


def test_a_copy_that_somebody_lost_keeps_the_original_in_the_inbox(dropping: Dropping, html_page: HtmlPage) -> None:
    page = html_page("Silo stays")
    (dropping.folder / "a.html").write_text(page)
    dropping.settle()
    (dropping.site / SAVED / "a.html").unlink()
    (dropping.folder / "a.html").write_text(page)
    dropping.settle()
    assert dropping.left == ["a.html"]
    assert "the same bytes" in dropping.told[0]


def test_what_lies_beside_a_page_is_left_alone(dropping: Dropping, html_page: HtmlPage, articles: Articles) -> None:
    (dropping.folder / "Page.html").write_text(html_page("Page"))
    (dropping.folder / "Page_files").mkdir()
    (dropping.folder / "Page_files/ad.html").write_text(html_page("An advertisement"))
    (dropping.folder / "Page_files/x.js").write_text("x")
    dropping.settle()
    dropping.settle()
    assert articles() == ["page.md"]
    assert dropping.left == ["Page_files", "Page_files/ad.html", "Page_files/x.js"]
    assert dropping.told == []


@pytest.mark.parametrize(
    "name", [".DS_Store", "x.html.part", "x.html.crdownload", ".x.html.swp", "x.html~", ".d/x.html"]
)
def test_what_is_unfinished_or_hidden_is_no_page(dropping: Dropping, html_page: HtmlPage, name: str) -> None:
    path = dropping.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(html_page())
    dropping.settle()
    assert dropping.asked == []
    assert path.exists()


def test_while_the_site_is_wrong_pages_wait(dropping: Dropping, html_page: HtmlPage, articles: Articles) -> None:
    wrong = dropping.site / "content/companies/wrong.md"
    wrong.write_text("---\nnmae: x\n---\n")
    (dropping.folder / "x.html").write_text(html_page("Silo stays"))
    dropping.settle()
    assert dropping.left == ["x.html"]
    assert dropping.told == [f"{INBOX}: pages wait here to be added; the site's own files are wrong; mend them first"]
    wrong.unlink()
    dropping.settle()
    assert articles() == ["silo-stays.md"]
    assert (dropping.left, dropping.told) == ([], [])


def test_complaints_are_told_when_they_change_only(dropping: Dropping) -> None:
    (dropping.folder / "x.html").write_bytes(b"")
    for _ in range(5):
        dropping.settle()
    assert len(dropping.problems) == 1


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_a_link_is_no_way_to_a_file_elsewhere(dropping: Dropping, tmp_path: Path, html_page: HtmlPage) -> None:
    outside = tmp_path / "outside.html"
    outside.write_text(html_page("Outside"))
    (dropping.folder / "x.html").symlink_to(outside)
    (dropping.folder / "d").symlink_to(tmp_path)
    dropping.settle()
    assert outside.exists()
    assert kept(dropping.site) == {}
    assert any("x.html: not a plain file" in told for told in dropping.told)


def test_adding_by_hand_copies_out_of_the_inbox(site: Path, call: Call, html_page: HtmlPage) -> None:
    (site / INBOX).mkdir(parents=True)
    (site / INBOX / "x.html").write_text(html_page("By hand"))
    assert call("add", "--site", site, site / INBOX).status == 0
    assert list(kept(site)) == ["x.html"]
    assert (site / INBOX / "x.html").exists()  # only the server takes it out
    article = next((site / "content/articles").rglob("*.md")).read_text()
    assert "file: saved/x.html" in article


# --- the thread ------------------------------------------------------------------------------------------


@pytest.fixture
def running(site: Path) -> Iterator[tuple[Inbox, list[tuple[Problem, ...]], list[str]]]:
    problems: list[tuple[Problem, ...]] = []
    lines: list[str] = []
    inbox = Inbox(
        site, partial(add_pages.add, site, today=TODAY), report_problems=problems.append, print_line=lines.append
    )
    yield inbox, problems, lines
    assert inbox.stop(SECONDS)


def test_the_thread_adds_what_was_there_and_what_comes(
    running: tuple[Inbox, list[tuple[Problem, ...]], list[str]], site: Path, html_page: HtmlPage, articles: Articles
) -> None:
    inbox, problems, lines = running
    (site / INBOX).mkdir(parents=True)
    (site / INBOX / "a.html").write_text(html_page("Was there"))
    inbox.start()
    until(lambda: articles() == ["was-there.md"])
    (site / INBOX / "b.html").write_text(html_page("Comes later"))
    inbox.wake()
    until(lambda: articles() == ["comes-later.md", "was-there.md"])
    until(lambda: not list((site / INBOX).iterdir()))
    until(lambda: len(lines) == 2)
    assert problems == []


def test_the_thread_makes_the_inbox(running: tuple[Inbox, object, object], site: Path) -> None:
    running[0].start()
    until((site / INBOX).is_dir)


@pytest.mark.parametrize("error", [SiteError(Problem("x", 1, "y")), OSError("no room"), ZeroDivisionError("z")])
def test_the_thread_outlives_what_goes_wrong(site: Path, error: Exception) -> None:
    problems: list[tuple[Problem, ...]] = []
    asked: list[Sequence[str]] = []

    def fail(paths: Sequence[str]) -> Iterable[Outcome]:
        asked.append(paths)
        raise error

    inbox = Inbox(site, fail, report_problems=problems.append, print_line=lambda _: None)
    (site / INBOX).mkdir(parents=True)
    (site / INBOX / "a.html").write_text("x")
    inbox.start()
    try:
        until(lambda: problems)
        assert problems[0][0].file == INBOX
        before = len(asked)
        inbox.wake()
        until(lambda: len(asked) > before)
        (site / INBOX / "a.html").unlink()
        inbox.wake()
        until(lambda: problems[-1] == ())
    finally:
        assert inbox.stop(SECONDS)


def test_stopping_between_two_pages(site: Path) -> None:
    """The page that is at work is finished, the others stay for the next time."""
    done: list[str] = []
    (site / INBOX).mkdir(parents=True)
    for n in range(5):
        (site / INBOX / f"{n}.html").write_text("x")

    is_stopping = threading.Event()

    def slow(paths: Sequence[str]) -> Iterator[Outcome]:
        for path in paths:
            done.append(path)
            if len(done) == 2:
                is_stopping.wait(SECONDS)
            yield Outcome(path, "failed", reason="no")

    inbox = Inbox(site, slow, report_problems=lambda _: None, print_line=lambda _: None)
    inbox.start()
    until(lambda: len(done) == 2)
    assert not inbox.stop(0)
    is_stopping.set()
    assert inbox.stop(SECONDS)
    assert len(done) == 2
