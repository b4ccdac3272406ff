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
from tests.support.sites import write_files
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tests.conftest import Call, HtmlPage

TODAY = dt.date(2026, 3, 4)


class InboxOfSite:
    """The inbox of a site, with a clock that the test moves."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self.folder = site / INBOX
        self.folder.mkdir(parents=True, exist_ok=True)
        self.now = 0.0
        self.lines: list[str] = []
        self.problems: list[tuple[Problem, ...]] = []
        self.requests: list[list[str]] = []  # to add files, by name
        self.inbox = Inbox(
            site, self.add, report_problems=self.problems.append, print_line=self.lines.append, clock=lambda: self.now
        )

    def add(self, paths: Sequence[str]) -> Iterable[Outcome]:
        self.requests.append([os.path.basename(path) for path in paths])  # noqa: PTH119  texts
        return add_pages.add(self.site, paths, TODAY)

    def look(self, seconds: float = 1.0) -> bool:
        """Look once, and let time go by; return whether files are still on their way."""
        is_waiting = self.inbox.add_copied_files()
        self.now += seconds
        return is_waiting

    def settle(self) -> None:
        """Look until nothing is on its way."""
        while self.look():
            pass

    @property
    def names(self) -> list[str]:
        """The files and folders in the inbox."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*"))

    @property
    def complaints(self) -> list[str]:
        """The problems that were reported last."""
        return [str(problem) for problem in self.problems[-1]] if self.problems else []


@pytest.fixture
def inbox(site: Path) -> InboxOfSite:
    return InboxOfSite(site)


@pytest.fixture
def articles(site: Path) -> Articles:
    return lambda: sorted(path.name for path in (site / "content/articles").rglob("*.md"))


if TYPE_CHECKING:
    from collections.abc import Callable

    Articles = Callable[[], list[str]]


def saved_copies(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site / SAVED).iterdir() if path.is_file()}


def test_a_page_is_added_and_leaves_the_inbox(inbox: InboxOfSite, html_page: HtmlPage, articles: Articles) -> None:
    page = html_page("Silo stays").encode()
    (inbox.folder / "Silo stays.html").write_bytes(page)
    inbox.settle()
    assert articles() == ["silo-stays.md"]
    assert saved_copies(inbox.site) == {"silo-stays.html": page}
    assert inbox.names == []
    assert inbox.complaints == []
    (line,) = inbox.lines
    assert line.startswith("added      content/saved/inbox/Silo stays.html → content/articles/")
    meta = next((inbox.site / "content/articles").rglob("*.md")).read_text()
    assert "file: saved/silo-stays.html" in meta


def test_pages_in_a_folder_are_added_and_leave_it(inbox: InboxOfSite, saved_pages: Path, articles: Articles) -> None:
    shutil.copytree(saved_pages, inbox.folder / "today/deep")
    inbox.settle()
    assert len(articles()) == 3
    assert len(saved_copies(inbox.site)) == 3
    assert inbox.names == ["today", "today/deep", "today/deep/4 empty.html", "today/deep/5 picture.html"]
    assert len(inbox.complaints) == 2
    assert inbox.complaints[0].startswith("content/saved/inbox/today/deep/4 empty.html: ")
    assert inbox.complaints[0].endswith("; remove it from the inbox")
    for path in (inbox.folder / "today/deep").iterdir():
        path.unlink()
    inbox.settle()
    assert inbox.complaints == []


def test_a_page_that_was_refused_is_not_tried_again_until_it_changes(
    inbox: InboxOfSite, html_page: HtmlPage, articles: Articles
) -> None:
    path = inbox.folder / "x.html"
    path.write_bytes(b"")
    inbox.settle()
    inbox.settle()
    assert inbox.requests == [["x.html"]]
    assert len(inbox.complaints) == 1
    path.write_text(html_page("Now it is one"))
    inbox.settle()
    assert articles() == ["now-it-is-one.md"]
    assert (inbox.names, inbox.complaints) == ([], [])


def test_a_file_that_still_grows_waits(inbox: InboxOfSite, html_page: HtmlPage, articles: Articles) -> None:
    page = html_page("Slowly it comes")
    path = inbox.folder / "x.html"
    for end in range(100, len(page), 300):
        path.write_text(page[:end])
        assert inbox.look(0.4)
    assert inbox.requests == []
    path.write_text(page)
    inbox.settle()
    assert articles() == ["slowly-it-comes.md"]
    assert saved_copies(inbox.site)["x.html"] == page.encode()


def test_a_file_that_changes_without_growing_waits(inbox: InboxOfSite) -> None:
    path = inbox.folder / "x.html"
    for n in range(5):
        path.write_text("x" * 100)
        os.utime(path, (n, n))
        inbox.look(0.4)
    assert inbox.requests == []


def test_a_page_that_was_added_before_leaves_the_inbox_too(
    inbox: InboxOfSite, html_page: HtmlPage, articles: Articles
) -> None:
    page = html_page("Silo stays").encode()
    for name in ("a.html", "b.html"):
        (inbox.folder / name).write_bytes(page)
        inbox.settle()
    assert (inbox.names, inbox.complaints) == ([], [])
    assert saved_copies(inbox.site) == {"a.html": page}
    assert articles() == ["silo-stays.md"]
    assert "is content/articles/" in inbox.lines[1]


def test_another_page_of_an_article_stays_because_its_bytes_are_nowhere_else(
    inbox: InboxOfSite, html_page: HtmlPage, articles: Articles
) -> None:
    head = '<link rel="canonical" href="https://a.example/silo">'
    for n in (1, 2):
        (inbox.folder / f"{n}.html").write_text(html_page(f"Silo stays {n}", head=head))
        inbox.settle()
    assert articles() == ["silo-stays-1.md"]
    assert inbox.names == ["2.html"]
    (complaint,) = inbox.complaints
    assert "already (the same source, https://a.example/silo)" in complaint


def test_a_page_whose_saved_copy_is_lost_stays_in_the_inbox(inbox: InboxOfSite, html_page: HtmlPage) -> None:
    page = html_page("Silo stays")
    (inbox.folder / "a.html").write_text(page)
    inbox.settle()
    (inbox.site / SAVED / "a.html").unlink()
    (inbox.folder / "a.html").write_text(page)
    inbox.settle()
    assert inbox.names == ["a.html"]
    assert "the same bytes" in inbox.complaints[0]


def test_the_files_folder_of_a_page_is_left_alone(inbox: InboxOfSite, html_page: HtmlPage, articles: Articles) -> None:
    files = {
        "Page.html": html_page("Page"),
        "Page_files/ad.html": html_page("An advertisement"),
        "Page_files/x.js": "x",
    }
    write_files(inbox.folder, files)
    inbox.settle()
    inbox.settle()
    assert articles() == ["page.md"]
    assert inbox.names == ["Page_files", "Page_files/ad.html", "Page_files/x.js"]
    assert inbox.complaints == []


@pytest.mark.parametrize(
    "name", [".DS_Store", "x.html.part", "x.html.crdownload", ".x.html.swp", "x.html~", ".d/x.html"]
)
def test_unfinished_and_hidden_files_are_no_pages(inbox: InboxOfSite, html_page: HtmlPage, name: str) -> None:
    path = inbox.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(html_page())
    inbox.settle()
    assert inbox.requests == []
    assert path.exists()


def test_while_the_site_is_wrong_pages_wait(inbox: InboxOfSite, html_page: HtmlPage, articles: Articles) -> None:
    wrong = inbox.site / "content/companies/wrong.md"
    wrong.write_text("---\nnmae: x\n---\n")
    (inbox.folder / "x.html").write_text(html_page("Silo stays"))
    inbox.settle()
    assert inbox.names == ["x.html"]
    assert inbox.complaints == [
        f"{INBOX}: pages wait here to be added; the site's own files have problems; fix them first"
    ]
    wrong.unlink()
    inbox.settle()
    assert articles() == ["silo-stays.md"]
    assert (inbox.names, inbox.complaints) == ([], [])


def test_problems_are_reported_only_when_they_change(inbox: InboxOfSite) -> None:
    (inbox.folder / "x.html").write_bytes(b"")
    for _ in range(5):
        inbox.settle()
    assert len(inbox.problems) == 1


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_a_link_to_a_file_elsewhere_is_refused(inbox: InboxOfSite, tmp_path: Path, html_page: HtmlPage) -> None:
    outside = tmp_path / "outside.html"
    outside.write_text(html_page("Outside"))
    (inbox.folder / "x.html").symlink_to(outside)
    (inbox.folder / "d").symlink_to(tmp_path)
    inbox.settle()
    assert outside.exists()
    assert saved_copies(inbox.site) == {}
    assert any("x.html: not a plain file" in complaint for complaint in inbox.complaints)


def test_the_add_command_copies_out_of_the_inbox(site: Path, call: Call, html_page: HtmlPage) -> None:
    write_files(site / INBOX, {"x.html": html_page("By hand")})
    assert call("add", "--site", site, site / INBOX).status == 0
    assert list(saved_copies(site)) == ["x.html"]
    assert (site / INBOX / "x.html").exists()  # only the server takes it out
    article = next((site / "content/articles").rglob("*.md")).read_text()
    assert "file: saved/x.html" in article


# --- the thread ------------------------------------------------------------------------------------------


@pytest.fixture
def inbox_thread(site: Path) -> Iterator[tuple[Inbox, list[tuple[Problem, ...]], list[str]]]:
    problems: list[tuple[Problem, ...]] = []
    lines: list[str] = []
    inbox = Inbox(
        site, partial(add_pages.add, site, today=TODAY), report_problems=problems.append, print_line=lines.append
    )
    yield inbox, problems, lines
    assert inbox.stop(SECONDS)


def test_the_thread_adds_pages_that_are_there_and_that_come_later(
    inbox_thread: tuple[Inbox, list[tuple[Problem, ...]], list[str]],
    site: Path,
    html_page: HtmlPage,
    articles: Articles,
) -> None:
    inbox, problems, lines = inbox_thread
    write_files(site / INBOX, {"a.html": html_page("Was there")})
    inbox.start()
    until(lambda: articles() == ["was-there.md"])
    (site / INBOX / "b.html").write_text(html_page("Comes later"))
    inbox.wake()
    until(lambda: articles() == ["comes-later.md", "was-there.md"])
    until(lambda: not list((site / INBOX).iterdir()))
    until(lambda: len(lines) == 2)
    assert problems == []


def test_the_thread_creates_the_inbox(inbox_thread: tuple[Inbox, object, object], site: Path) -> None:
    inbox_thread[0].start()
    until((site / INBOX).is_dir)


@pytest.mark.parametrize("error", [SiteError(Problem("x", 1, "y")), OSError("no room"), ZeroDivisionError("z")])
def test_the_thread_survives_errors(site: Path, error: Exception) -> None:
    problems: list[tuple[Problem, ...]] = []
    requests: list[Sequence[str]] = []

    def fail(paths: Sequence[str]) -> Iterable[Outcome]:
        requests.append(paths)
        raise error

    inbox = Inbox(site, fail, report_problems=problems.append, print_line=lambda _: None)
    write_files(site / INBOX, {"a.html": "x"})
    inbox.start()
    try:
        until(lambda: problems)
        assert problems[0][0].file == INBOX
        before = len(requests)
        inbox.wake()
        until(lambda: len(requests) > before)
        (site / INBOX / "a.html").unlink()
        inbox.wake()
        until(lambda: problems[-1] == ())
    finally:
        assert inbox.stop(SECONDS)


def test_stopping_finishes_the_page_at_work_and_leaves_the_others(site: Path) -> None:
    """The page that is at work is finished, the others stay for the next time."""
    added_paths: list[str] = []
    write_files(site / INBOX, {f"{n}.html": "x" for n in range(5)})

    is_stopping = threading.Event()

    def slow(paths: Sequence[str]) -> Iterator[Outcome]:
        for path in paths:
            added_paths.append(path)
            if len(added_paths) == 2:
                is_stopping.wait(SECONDS)
            yield Outcome(path, "failed", reason="no")

    inbox = Inbox(site, slow, report_problems=lambda _: None, print_line=lambda _: None)
    inbox.start()
    until(lambda: len(added_paths) == 2)
    assert not inbox.stop(0)
    is_stopping.set()
    assert inbox.stop(SECONDS)
    assert len(added_paths) == 2
