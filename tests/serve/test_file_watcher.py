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


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_batch_is_what_came_together() -> None:
    hints = HintQueue()
    hints.put(Path("b"))
    hints.put(Path("a"))
    hints.put(Path("b"))
    assert hints.take(60) == [Path("a"), Path("b")]
    assert hints.take(0) == []


def test_a_batch_waits_for_a_moment_of_quiet() -> None:
    clock = Clock()
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


def test_what_comes_without_a_pause_is_a_batch_after_a_while() -> None:
    clock = Clock()
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
def test_what_editors_keep_for_themselves_is_none(name: str, is_one: bool) -> None:
    assert may_change_site(Path("/s") / name, Path("/s"), is_folder=False) is is_one


def test_a_folder_may_have_any_name_that_is_not_hidden() -> None:
    assert may_change_site(Path("/s/4913"), Path("/s"), is_folder=True)
    assert not may_change_site(Path("/s/.git"), Path("/s"), is_folder=True)


class Watching:
    """A watcher on `content/` and `templates/` of a folder, and what it told."""

    def __init__(self, site: Path) -> None:
        self.site, self.told = site, set[Path]()
        self.watcher = FileWatcher([site / "content", site / "templates"], self.told.add)
        assert self.watcher.renew() == []

    def tells(self, *names: str) -> None:
        """Wait until these were told, or a folder that they are in."""
        for name in names:
            path = self.site / name
            until(lambda path=path: any(p in self.told for p in (path, *path.parents) if p != self.site), name)  # type: ignore[misc]

    def only(self, mark: str) -> set[str]:
        """Return what was told until the mark was, without it."""
        (self.site / "content" / mark).write_text("mark")
        self.tells(f"content/{mark}")
        return {path.relative_to(self.site).as_posix() for path in set(self.told)} - {f"content/{mark}"}


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    site = tmp_path / "site"
    (site / "content/articles/2025").mkdir(parents=True)
    (site / "content/articles/2025/x.md").write_text("x")
    found = Watching(site)
    yield found
    found.watcher.stop()


def test_writing_making_and_deleting(watching: Watching) -> None:
    articles = watching.site / "content/articles/2025"
    (articles / "x.md").write_text("y")
    (articles / "new.md").write_text("y")
    watching.tells("content/articles/2025/x.md", "content/articles/2025/new.md")
    watching.told.clear()
    (articles / "x.md").unlink()
    watching.tells("content/articles/2025/x.md")


def test_a_save_by_renaming(watching: Watching) -> None:
    temporary = watching.site / "content/articles/2025/.x.md.kate"
    temporary.write_text("y")
    temporary.replace(watching.site / "content/articles/2025/x.md")
    watching.tells("content/articles/2025/x.md")
    assert temporary not in watching.told


def test_a_file_from_elsewhere_and_to_elsewhere(watching: Watching) -> None:
    outside = watching.site.parent / "outside.md"
    outside.write_text("o")
    outside.rename(watching.site / "content/articles/2025/in.md")
    (watching.site / "content/articles/2025/x.md").rename(outside)
    watching.tells("content/articles/2025/in.md", "content/articles/2025/x.md")


def test_a_folder_that_is_renamed_is_told_under_both_names(watching: Watching) -> None:
    (watching.site / "content/articles/2025").rename(watching.site / "content/articles/2024")
    until(lambda: watching.site / "content/articles/2025" in watching.told)
    until(lambda: watching.site / "content/articles/2024" in watching.told)
    watching.only("mark")
    watching.told.clear()
    (watching.site / "content/articles/2024/x.md").write_text("after")  # and is still watched
    until(lambda: watching.site / "content/articles/2024/x.md" in watching.told)


def test_folders_that_are_made_and_filled_at_once(watching: Watching) -> None:
    names = [f"content/deep/{a}/{b}/x.md" for a in range(5) for b in range(5)]
    for name in names:
        path = watching.site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    watching.tells(*names)


def test_a_tree_that_is_copied_or_deleted(watching: Watching) -> None:
    shutil.copytree(watching.site / "content/articles", watching.site / "content/copy")
    watching.tells("content/copy/2025/x.md")
    watching.told.clear()
    shutil.rmtree(watching.site / "content/copy")
    watching.tells("content/copy")


def test_thousands_at_once(watching: Watching) -> None:
    names = [f"content/articles/2025/n{n}.md" for n in range(3000)]
    for name in names:
        (watching.site / name).write_text("x")
    watching.tells(*names)


def test_reading_is_no_change(watching: Watching) -> None:
    path = watching.site / "content/articles/2025/x.md"
    for _ in range(20):
        path.read_text()
        list(path.parent.iterdir())
        os.stat(path)  # noqa: PTH116
    assert watching.only("mark") == set()


def test_what_is_hidden_or_an_editor_s_is_no_change(watching: Watching) -> None:
    (watching.site / "content/.git").mkdir()
    (watching.site / "content/.git/index").write_text("x")
    (watching.site / "content/articles/2025/4913").write_text("x")
    (watching.site / "content/articles/2025/x.md~").write_text("x")
    (watching.site / "output").mkdir()
    (watching.site / "output/index.html").write_text("x")
    (watching.site / "README.md").write_text("x")
    (watching.site / ".site-gen").mkdir()
    assert watching.only("mark") == set()


def test_a_folder_that_comes_later(watching: Watching) -> None:
    (watching.site / "templates/assets").mkdir(parents=True)
    until(lambda: watching.site / "templates" in watching.told)
    watching.watcher.renew()
    (watching.site / "templates/assets/style.css").write_text("p{}")
    watching.tells("templates/assets/style.css")
    until(lambda: watching.site / "templates/assets/style.css" in watching.told)


def test_a_folder_that_is_replaced_as_a_whole(watching: Watching) -> None:
    other = watching.site.parent / "other"
    shutil.copytree(watching.site / "content", other)
    (watching.site / "content").rename(watching.site.parent / "old")
    other.rename(watching.site / "content")
    until(lambda: watching.site / "content" in watching.told)
    watching.watcher.renew()
    watching.told.clear()
    (watching.site / "content/articles/2025/x.md").write_text("new")
    until(lambda: watching.site / "content/articles/2025/x.md" in watching.told)
    watching.only("first mark")  # all of that save's events are through
    watching.told.clear()
    (watching.site.parent / "old/articles/2025/x.md").write_text("no longer the site's")
    assert "content/articles/2025/x.md" not in watching.only("mark")


def test_a_folder_that_is_deleted_and_made_again(watching: Watching) -> None:
    shutil.rmtree(watching.site / "content")
    watching.tells("content")
    watching.told.clear()
    (watching.site / "content/articles").mkdir(parents=True)

    number = itertools.count()

    def is_watched() -> bool:
        watching.watcher.renew()
        (watching.site / f"content/articles/y{next(number)}.md").write_text("y")
        return any(path.parent == watching.site / "content/articles" for path in watching.told)

    until(is_watched)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs links")
def test_a_folder_behind_a_link_is_told_by_the_site_s_name_for_it(tmp_path: Path) -> None:
    (tmp_path / "real/articles").mkdir(parents=True)
    site = tmp_path / "site"
    site.mkdir()
    (site / "content").symlink_to(tmp_path / "real")
    watching = Watching(site)
    try:
        (tmp_path / "real/articles/x.md").write_text("x")
        until(lambda: site / "content/articles/x.md" in watching.told)
    finally:
        watching.watcher.stop()


def test_what_cannot_be_watched_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "inotify")

    monkeypatch.setattr("site_gen.serve.file_watcher.Observer", full)
    watcher = FileWatcher([tmp_path], lambda _: None)
    assert [error.strerror for error in watcher.renew()] == ["No space left on device"]
    watcher.stop()
