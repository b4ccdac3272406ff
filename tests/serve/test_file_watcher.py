"""File events: gathered into batches, none that matters lost, none that does not matter passed on."""

from __future__ import annotations

import itertools
import os
import shutil
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_gen.serve.file_watcher import FileWatcher, HintQueue, may_change_site
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Iterator


class SetClock:
    """A clock that moves only where a test moves it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_hints_that_come_together_are_one_batch() -> None:
    hints = HintQueue()
    hints.put(Path("b"))
    hints.put(Path("a"))
    hints.put(Path("b"))
    assert hints.take(60) == [Path("a"), Path("b")]
    assert hints.take(0) == []


def test_a_batch_waits_for_a_moment_of_quiet() -> None:
    clock = SetClock()
    hints = HintQueue(clock)
    batches: list[list[Path]] = []
    taking = threading.Thread(target=lambda: batches.append(hints.take(1e9)))
    hints.put(Path("a"))
    taking.start()
    taking.join(0.1)
    hints.put(Path("b"))
    assert taking.is_alive()  # however long it takes: the clock stands still
    clock.now += 0.02
    taking.join(SECONDS)
    assert batches == [[Path("a"), Path("b")]]


def test_hints_without_a_pause_become_a_batch_after_a_while() -> None:
    clock = SetClock()
    hints = HintQueue(clock)
    for n in range(30):
        hints.put(Path(str(n)))
        clock.now += 0.004  # the quiet time is never over
    assert len(hints.take(1e9)) == 30


def test_closing_ends_the_waiting() -> None:
    hints = HintQueue()
    batches: list[list[Path]] = []
    taking = threading.Thread(target=lambda: batches.append(hints.take(1e6)))
    taking.start()
    hints.close()
    taking.join(SECONDS)
    assert batches == [[]]
    hints.put(Path("x"))
    assert hints.take(1e6) == []


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("articles/2025/x.md", True), ("site.yaml", True), (".", True), ("assets/style.css", True), ("a b/昇.md", True),
        (".git/index", False), ("articles/.x.md.swp", False), (".x/y.md", False), ("articles/.#x.md", False),
        ("x.md~", False), ("articles/4913", False), ("#x.md#", False), ("x.md.swp", False), ("x.swx", False),
        ("x.md___jb_tmp___", False), ("x.md.tmp", False), (".site-gen-abc", False), ("49130.md", True),
        ("tmp.md", True),
    ],
)  # fmt: skip
def test_temporary_files_of_editors_are_no_hints(name: str, is_one: bool) -> None:
    assert may_change_site(Path("/s") / name, Path("/s"), is_folder=False) is is_one


def test_folders_of_any_name_that_is_not_hidden_are_hints() -> None:
    assert may_change_site(Path("/s/4913"), Path("/s"), is_folder=True)
    assert not may_change_site(Path("/s/.git"), Path("/s"), is_folder=True)


class WatchedSite:
    """A site whose `content/` and `templates/` are watched, and the paths that were reported."""

    def __init__(self, site: Path) -> None:
        self.site, self.paths = site, set[Path]()
        self.watcher = FileWatcher([site / "content", site / "templates"], self.paths.add)
        assert self.watcher.renew() == []

    def wait_for(self, *names: str) -> None:
        """Wait until each of these was reported, or a folder that it is in."""
        for name in names:
            path = self.site / name
            until(lambda path=path: any(p in self.paths for p in (path, *path.parents) if p != self.site), name)  # type: ignore[misc]

    def paths_until(self, mark: str) -> set[str]:
        """Write a file, and return what is reported until that is, without it."""
        (self.site / "content" / mark).write_text("mark")
        self.wait_for(f"content/{mark}")
        return {path.relative_to(self.site).as_posix() for path in set(self.paths)} - {f"content/{mark}"}


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[WatchedSite]:
    site = tmp_path / "site"
    (site / "content/articles/2025").mkdir(parents=True)
    (site / "content/articles/2025/x.md").write_text("x")
    watched = WatchedSite(site)
    yield watched
    watched.watcher.stop()


def test_writing_creating_and_deleting_are_reported(watched: WatchedSite) -> None:
    articles = watched.site / "content/articles/2025"
    (articles / "x.md").write_text("y")
    (articles / "new.md").write_text("y")
    watched.wait_for("content/articles/2025/x.md", "content/articles/2025/new.md")
    watched.paths.clear()
    (articles / "x.md").unlink()
    watched.wait_for("content/articles/2025/x.md")


def test_a_save_by_renaming_is_reported(watched: WatchedSite) -> None:
    temporary = watched.site / "content/articles/2025/.x.md.kate"
    temporary.write_text("y")
    temporary.replace(watched.site / "content/articles/2025/x.md")
    watched.wait_for("content/articles/2025/x.md")
    assert temporary not in watched.paths


def test_a_file_that_is_moved_in_or_out_is_reported(watched: WatchedSite) -> None:
    outside = watched.site.parent / "outside.md"
    outside.write_text("o")
    outside.rename(watched.site / "content/articles/2025/in.md")
    (watched.site / "content/articles/2025/x.md").rename(outside)
    watched.wait_for("content/articles/2025/in.md", "content/articles/2025/x.md")


def test_a_folder_that_is_renamed_is_reported_under_both_names(watched: WatchedSite) -> None:
    (watched.site / "content/articles/2025").rename(watched.site / "content/articles/2024")
    until(lambda: watched.site / "content/articles/2025" in watched.paths)
    until(lambda: watched.site / "content/articles/2024" in watched.paths)
    watched.paths_until("mark")
    watched.paths.clear()
    (watched.site / "content/articles/2024/x.md").write_text("after")  # and is still watched
    until(lambda: watched.site / "content/articles/2024/x.md" in watched.paths)


def test_folders_that_are_created_and_filled_at_once_are_reported(watched: WatchedSite) -> None:
    names = [f"content/deep/{a}/{b}/x.md" for a in range(5) for b in range(5)]
    for name in names:
        path = watched.site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    watched.wait_for(*names)


def test_a_tree_that_is_copied_or_deleted_is_reported(watched: WatchedSite) -> None:
    shutil.copytree(watched.site / "content/articles", watched.site / "content/copy")
    watched.wait_for("content/copy/2025/x.md")
    watched.paths.clear()
    shutil.rmtree(watched.site / "content/copy")
    watched.wait_for("content/copy")


def test_thousands_of_files_at_once_are_reported(watched: WatchedSite) -> None:
    names = [f"content/articles/2025/n{n}.md" for n in range(3000)]
    for name in names:
        (watched.site / name).write_text("x")
    watched.wait_for(*names)


def test_reading_is_not_reported(watched: WatchedSite) -> None:
    path = watched.site / "content/articles/2025/x.md"
    for _ in range(20):
        path.read_text()
        list(path.parent.iterdir())
        os.stat(path)  # noqa: PTH116
    assert watched.paths_until("mark") == set()


def test_hidden_and_temporary_files_are_not_reported(watched: WatchedSite) -> None:
    (watched.site / "content/.git").mkdir()
    (watched.site / "content/.git/index").write_text("x")
    (watched.site / "content/articles/2025/4913").write_text("x")
    (watched.site / "content/articles/2025/x.md~").write_text("x")
    (watched.site / "output").mkdir()
    (watched.site / "output/index.html").write_text("x")
    (watched.site / "README.md").write_text("x")
    (watched.site / ".site-gen").mkdir()
    assert watched.paths_until("mark") == set()


def test_a_folder_that_comes_later_is_watched(watched: WatchedSite) -> None:
    (watched.site / "templates/assets").mkdir(parents=True)
    until(lambda: watched.site / "templates" in watched.paths)
    watched.watcher.renew()
    (watched.site / "templates/assets/style.css").write_text("p{}")
    watched.wait_for("templates/assets/style.css")
    until(lambda: watched.site / "templates/assets/style.css" in watched.paths)


def test_a_folder_that_is_replaced_as_a_whole_is_watched_and_the_old_one_is_not(watched: WatchedSite) -> None:
    other = watched.site.parent / "other"
    shutil.copytree(watched.site / "content", other)
    (watched.site / "content").rename(watched.site.parent / "old")
    other.rename(watched.site / "content")
    until(lambda: watched.site / "content" in watched.paths)
    watched.watcher.renew()
    watched.paths.clear()
    (watched.site / "content/articles/2025/x.md").write_text("new")
    until(lambda: watched.site / "content/articles/2025/x.md" in watched.paths)
    watched.paths_until("first mark")  # all of that save's events are through
    watched.paths.clear()
    (watched.site.parent / "old/articles/2025/x.md").write_text("no longer the site's")
    assert "content/articles/2025/x.md" not in watched.paths_until("mark")


def test_a_folder_that_is_deleted_and_created_again_is_watched(watched: WatchedSite) -> None:
    shutil.rmtree(watched.site / "content")
    watched.wait_for("content")
    watched.paths.clear()
    (watched.site / "content/articles").mkdir(parents=True)

    number = itertools.count()

    def is_watched() -> bool:
        watched.watcher.renew()
        (watched.site / f"content/articles/y{next(number)}.md").write_text("y")
        return any(path.parent == watched.site / "content/articles" for path in watched.paths)

    until(is_watched)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_a_folder_behind_a_link_is_reported_by_the_name_of_the_link(tmp_path: Path) -> None:
    (tmp_path / "real/articles").mkdir(parents=True)
    site = tmp_path / "site"
    site.mkdir()
    (site / "content").symlink_to(tmp_path / "real")
    watched = WatchedSite(site)
    try:
        (tmp_path / "real/articles/x.md").write_text("x")
        until(lambda: site / "content/articles/x.md" in watched.paths)
    finally:
        watched.watcher.stop()


def test_a_folder_that_cannot_be_watched_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "inotify")

    monkeypatch.setattr("site_gen.serve.file_watcher.Observer", full)
    watcher = FileWatcher([tmp_path], lambda _: None)
    assert [error.strerror for error in watcher.renew()] == ["No space left on device"]
    watcher.stop()
