"""Writing a site's files: whole or not at all, only what changed, never what is not ours."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.build import manifest, output_dir
from site_gen.content import site_paths
from site_gen.content.content_files import digest_of_bytes
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.urls import UrlPath, file_of_url
from tests.support.sites import read_files, write_files

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Counts:
    """What became of the files of an output."""

    written: int
    unchanged: int
    removed: int
    left_in_place: tuple[Problem, ...]  # of each file that should go but is not as a build wrote it


def write_output(folder: Path, files: dict[str, str]) -> Counts:
    """Bring a folder to hold these files, by URL, and no others of ours, as a build does."""
    with output_dir.lock_folder(folder), contextlib.closing(output_dir.OutputFolder(folder)) as out, out.staging():
        damaged = out.find_damaged()
        wanted = {file_of_url(UrlPath(url)): (UrlPath(url), text.encode()) for url, text in files.items()}
        digests = out.intact_digests(wanted, damaged)
        rendered = []
        for name, (url, data) in wanted.items():
            digest = digest_of_bytes(data)
            stamp = None if digests.get(name) == digest else output_dir.stage_file(folder, name, data)
            rendered.append(output_dir.RenderedFile(url, digest, stamp))
        done = out.write(rendered, set(wanted), damaged, {})
    return Counts(done.written, len(wanted) - done.written, done.removed, done.notes)


def refusal(folder: Path, files: dict[str, str]) -> str:
    """Return the error with which writing these files is refused."""
    with pytest.raises(SiteError) as error:
        write_output(folder, files)
    return str(error.value)


FILES = {"/": "home", "/a/": "page a", "/a/b/c/": "page c", "/feed.xml": "<feed/>"}


def test_files_stand_where_their_urls_say(tmp_path: Path) -> None:
    done = write_output(tmp_path / "out", FILES)
    assert (done.written, done.unchanged, done.removed, done.left_in_place) == (4, 0, 0, ())
    assert read_files(tmp_path / "out") == {
        "index.html": b"home",
        "a/index.html": b"page a",
        "a/b/c/index.html": b"page c",
        "feed.xml": b"<feed/>",
    }


def test_unchanged_files_are_not_written_again(tmp_path: Path) -> None:
    write_output(tmp_path, FILES)
    for path in tmp_path.rglob("*.html"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    done = write_output(tmp_path, FILES | {"/a/": "page a, later"})
    assert (done.written, done.unchanged, done.removed) == (1, 3, 0)
    times = {path.relative_to(tmp_path).as_posix(): path.stat().st_mtime for path in tmp_path.rglob("*.html")}
    assert times.pop("a/index.html") > 1_000_000_000
    assert set(times.values()) == {1_000_000_000}


def test_files_that_are_gone_are_removed_with_their_empty_folders(tmp_path: Path) -> None:
    write_output(tmp_path, FILES)
    done = write_output(tmp_path, {"/": "home", "/a/": "page a"})
    assert (done.written, done.unchanged, done.removed) == (0, 2, 2)
    assert set(read_files(tmp_path)) == {"index.html", "a/index.html"}
    assert not (tmp_path / "a/b").exists()
    assert (tmp_path / "a").is_dir()


def test_a_folder_with_a_foreign_file_stays(tmp_path: Path) -> None:
    write_output(tmp_path, FILES)
    (tmp_path / "a/b/c/note.txt").write_text("mine", encoding="utf-8")
    write_output(tmp_path, {"/": "home"})
    assert read_files(tmp_path) == {"index.html": b"home", "a/b/c/note.txt": b"mine"}


def test_foreign_files_are_left_alone(tmp_path: Path) -> None:
    mine = {
        ".gitignore": "*\n",
        "CNAME": "site.example",
        ".nojekyll": "",
        "a/mine.txt": "x",
        "notes/index.html": "y",
    }
    write_files(tmp_path, mine)
    write_output(tmp_path, FILES)
    write_output(tmp_path, {"/": "home 2"})
    for name, text in mine.items():
        assert (tmp_path / name).read_text(encoding="utf-8") == text


def test_a_foreign_file_in_the_way_stops_it_all(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.html").write_text("mine", encoding="utf-8")
    complaint = f"{tmp_path / 'a/index.html'}: is in the way and was not written by a build; move it away"
    assert refusal(tmp_path, FILES).startswith(complaint)
    assert read_files(tmp_path) == {"a/index.html": b"mine"}


def test_a_foreign_file_with_the_right_bytes_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("home", encoding="utf-8")
    assert write_output(tmp_path, {"/": "home"}).unchanged == 1
    assert write_output(tmp_path, {"/": "home 2"}).written == 1


@pytest.mark.parametrize("obstacle", ["folder", "file above", "link", "link above", "dangling link"])
def test_any_obstacle_stops_it_before_the_first_file_is_written(tmp_path: Path, obstacle: str) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    (out / "z").mkdir(parents=True)
    outside.mkdir()
    (outside / "index.html").write_text("theirs", encoding="utf-8")
    if obstacle == "folder":
        (out / "z/index.html").mkdir()
    elif obstacle == "file above":
        (out / "z").rmdir()
        (out / "z").write_text("mine", encoding="utf-8")
    elif obstacle == "link":
        (out / "z/index.html").symlink_to(outside / "index.html")
    elif obstacle == "dangling link":
        (out / "z/index.html").symlink_to(outside / "new.html")
    else:
        (out / "z").rmdir()
        (out / "z").symlink_to(outside)
    before = read_files(tmp_path)
    name = "z" if obstacle.endswith("above") else "z/index.html"
    assert refusal(out, FILES | {"/z/": "page z"}).startswith(f"{out / name}: is in the way")
    assert read_files(tmp_path) == before


@pytest.mark.parametrize("planned", [True, False])
def test_a_link_in_place_of_a_folder_of_ours_is_not_followed(tmp_path: Path, *, planned: bool) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    write_output(out, FILES)
    shutil.move(out / "a", outside)
    (out / "a").symlink_to(outside)
    if planned:
        assert "is in the way" in refusal(out, FILES | {"/a/": "new"})
    else:
        assert write_output(out, {"/": "home"}).removed == 1  # the feed; nothing behind the link
    assert (outside / "index.html").read_text(encoding="utf-8") == "page a"
    assert (outside / "b/c/index.html").exists()


def test_a_page_that_someone_changed_is_written_again(tmp_path: Path) -> None:
    write_output(tmp_path, FILES)
    (tmp_path / "a/index.html").write_text("by hand", encoding="utf-8")
    assert write_output(tmp_path, FILES).written == 1
    assert (tmp_path / "a/index.html").read_text(encoding="utf-8") == "page a"


def test_a_page_that_someone_changed_stays_and_is_reported_when_it_should_go(tmp_path: Path) -> None:
    write_output(tmp_path, FILES)
    (tmp_path / "a/index.html").write_text("by hand", encoding="utf-8")
    done = write_output(tmp_path, {"/": "home"})
    assert [problem.file for problem in done.left_in_place] == [str(tmp_path / "a/index.html")]
    assert "changed by hand" in done.left_in_place[0].what
    assert (tmp_path / "a/index.html").read_text(encoding="utf-8") == "by hand"
    assert done.removed == 2


@pytest.mark.parametrize("data", [b"", b"{", b"\0" * 5000, b"SQLite format 3\0" + b"\xff" * 9000])
def test_with_a_broken_manifest_no_file_is_ours(tmp_path: Path, data: bytes) -> None:
    write_output(tmp_path, FILES)
    before = read_files(tmp_path)
    (tmp_path / site_paths.MANIFEST).write_bytes(data)
    assert write_output(tmp_path, FILES).unchanged == 4  # the same bytes: taken over again
    (tmp_path / site_paths.MANIFEST).write_bytes(data)
    assert "is in the way" in refusal(tmp_path, FILES | {"/": "home 2"})
    assert read_files(tmp_path) == before


@pytest.mark.parametrize("name", ["../victim", "/etc/victim", "a/../../victim", "C:victim", "a\\..\\victim", 5])
def test_a_manifest_cannot_reach_outside(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    write_output(out, {"/": "home"})
    victim = tmp_path / "victim"
    victim.write_text("theirs", encoding="utf-8")
    with contextlib.closing(sqlite3.connect(out / site_paths.MANIFEST)) as connection, connection:
        row = (name, digest_of_bytes(b"theirs"), None, 1, 1, 6, 1, 0)
        connection.execute("INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    write_output(out, {"/": "home"})
    assert victim.read_text(encoding="utf-8") == "theirs"


def test_a_link_in_the_place_of_the_stage_is_not_followed(tmp_path: Path) -> None:
    out, victim = tmp_path / "out", tmp_path / "victim"
    out.mkdir()
    victim.mkdir()
    (victim / "theirs").write_text("theirs", encoding="utf-8")
    (out / site_paths.STAGE).symlink_to(victim)
    write_output(out, FILES)
    assert [path.name for path in victim.iterdir()] == ["theirs"]
    assert not (out / site_paths.STAGE).exists()


def test_what_a_killed_build_left_is_removed(tmp_path: Path) -> None:
    write_output(tmp_path, FILES)
    (tmp_path / site_paths.STAGE / "a").mkdir(parents=True)
    (tmp_path / site_paths.STAGE / "a/index.html").write_bytes(b"ha")
    write_output(tmp_path, FILES)
    assert not (tmp_path / site_paths.STAGE).exists()
    assert (tmp_path / "a/index.html").read_bytes() == b"page a"


def test_one_build_at_a_time(tmp_path: Path) -> None:
    with (
        output_dir.lock_folder(tmp_path),
        pytest.raises(UsageError, match="another build is writing"),
        output_dir.lock_folder(tmp_path),
    ):
        pass
    with output_dir.lock_folder(tmp_path):
        pass


def test_a_lock_of_a_killed_process_does_not_count(tmp_path: Path) -> None:
    code = "import os, pathlib, sys\nfrom site_gen.build import output_dir\n"
    code += "with output_dir.lock_folder(pathlib.Path(sys.argv[1])): os._exit(9)"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == 9
    assert write_output(tmp_path, FILES).written == 4


def test_a_folder_made_for_a_build_that_fails_is_removed(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), output_dir.lock_folder(tmp_path / "a/b/out"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    with pytest.raises(ZeroDivisionError), output_dir.lock_folder(tmp_path / "mine"):
        raise ZeroDivisionError
    assert (tmp_path / "mine").is_dir()


def test_a_file_in_place_of_the_output_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError), output_dir.lock_folder(tmp_path / "out"):
        pass


def manifest_digests(folder: Path) -> dict[str, bytes | None]:
    if not folder.exists():  # made for nothing, and removed again
        return {}
    with contextlib.closing(manifest.Manifest(folder)) as opened:
        return {name: file.digest for name, file in opened.files().items()}


file_sets = st.dictionaries(
    st.sampled_from(["/", "/a/", "/a/b/", "/a/b/c/", "/b/", "/feed.xml", "/a/feed.xml"]),
    st.sampled_from(["one", "two", "three"]),
    max_size=7,
)


@given(st.lists(file_sets, min_size=1, max_size=6))
def test_any_sequence_of_builds_ends_like_a_clean_one(
    tmp_path_factory: pytest.TempPathFactory, sites: list[dict[str, str]]
) -> None:

    folder = tmp_path_factory.mktemp("sites")
    for site in sites:
        write_output(folder / "many", site)
    write_output(folder / "clean", sites[-1])
    assert read_files(folder / "many") == read_files(folder / "clean")
    folders = [path for path in (folder / "many").rglob("*") if path.is_dir()]
    assert [path for path in folders if not any(path.iterdir())] == []
    assert manifest_digests(folder / "many") == manifest_digests(folder / "clean")
