"""What builds keep between runs may be lost, damaged, foreign or held by another: the site is right all the same."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session
from site_gen.build.file_stamps import FileStamp
from site_gen.content.content_files import Stamp, stamp_of_file
from tests.support.profiles import examples
from tests.support.sites import read_files, small_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OPTIONS = build_session.BuildOptions(jobs=1, search=False, cards=False)
DATABASES = ("site/.site-gen/state.sqlite", "out/.site-gen.sqlite")
ARTICLE = "content/articles/2025/silo-stays.md"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site with its output, built twice, so that all that can be kept is."""
    base = tmp_path_factory.mktemp("first")
    small_site(base / "site")
    for _ in range(2):
        build_session.build(base / "site", base / "out", OPTIONS)
    return base


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, dict[str, bytes]]:
    """Return what a clean build makes, of the site as it is and with an edit."""
    found = {}
    for edited in (False, True):
        base = tmp_path_factory.mktemp("clean")
        small_site(base / "site")
        if edited:
            edit(base)
        build_session.build(base / "site", base / "out", OPTIONS)
        found[edited] = read_files(base / "out")
    return found


@pytest.fixture
def base(first: Path, tmp_path: Path) -> Path:
    return shutil.copytree(first, tmp_path / "base")


def edit(base: Path) -> None:
    path = base / "site" / ARTICLE
    path.write_text(path.read_text(encoding="utf-8") + "\n\nVoss said one thing more.\n", encoding="utf-8")


def require_right(base: Path, clean: dict[bool, dict[str, bytes]], edited: bool) -> None:
    if edited:
        edit(base)
    report = build_session.build(base / "site", base / "out", OPTIONS)
    assert report.problems == ()
    found = read_files(base / "out")
    assert (
        sorted(name for name in found.keys() | clean[edited].keys() if found.get(name) != clean[edited].get(name)) == []
    )


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def of_no_sqlite(path: Path) -> None:
    path.write_bytes(b"no database\n" * 500)


def of_another_version(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = 'another' WHERE key = 'schema'")


def of_another_program(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE file (a, b)")
        connection.execute("CREATE TABLE meta (c)")


def without_its_tables(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE file")


def with_odd_values(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '[1' WHERE key <> 'schema'")


def with_odd_names(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO file (name) VALUES ('../../escape.md')")


DAMAGES = (
    emptied,
    cut_short,
    of_no_sqlite,
    of_another_version,
    of_another_program,
    without_its_tables,
    with_odd_values,
)


def remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@pytest.mark.parametrize("edited", [False, True])
def test_a_state_that_is_gone(base: Path, clean: dict[bool, dict[str, bytes]], edited: bool) -> None:
    shutil.rmtree(base / "site/.site-gen")
    require_right(base, clean, edited)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_state_that_is(base: Path, clean: dict[bool, dict[str, bytes]], damage: Callable[[Path], None]) -> None:
    damage(base / DATABASES[0])
    require_right(base, clean, edited=True)


# Without its manifest a build knows none of the files that stand there as its own: with an edit it says so.
@pytest.mark.parametrize("damage", [remove, *DAMAGES])
def test_a_manifest_that_is(base: Path, clean: dict[bool, dict[str, bytes]], damage: Callable[[Path], None]) -> None:
    damage(base / DATABASES[1])
    require_right(base, clean, edited=False)
    require_right(base, clean, edited=True)


def test_a_state_with_odd_names(base: Path, clean: dict[bool, dict[str, bytes]]) -> None:
    with_odd_names(base / DATABASES[0])
    require_right(base, clean, edited=True)


def test_a_folder_in_place_of_the_state(base: Path, clean: dict[bool, dict[str, bytes]]) -> None:
    remove(base / DATABASES[0])
    (base / DATABASES[0]).mkdir()
    require_right(base, clean, edited=True)


def test_a_file_in_place_of_the_states_folder(base: Path, clean: dict[bool, dict[str, bytes]]) -> None:
    shutil.rmtree(base / "site/.site-gen")
    (base / "site/.site-gen").write_text("mine", encoding="utf-8")
    require_right(base, clean, edited=True)


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write it all")
def test_a_state_that_may_not_be_written(base: Path, clean: dict[bool, dict[str, bytes]]) -> None:
    folder = base / "site/.site-gen"
    folder.chmod(0o555)
    try:
        require_right(base, clean, edited=True)
    finally:
        folder.chmod(0o755)


@pytest.mark.parametrize("which", DATABASES)
@pytest.mark.parametrize("seed", range(examples(4)))
def test_bytes_flipped_at_random(base: Path, clean: dict[bool, dict[str, bytes]], which: str, seed: int) -> None:
    rolled = random.Random(seed)
    path = base / which
    data = bytearray(path.read_bytes())
    for _ in range(rolled.choice([1, 3, 20, 200])):
        data[rolled.randrange(len(data))] ^= 1 << rolled.randrange(8)
    path.write_bytes(data)
    require_right(base, clean, edited=False)
    if which == DATABASES[0]:  # what is no longer known as a build's own file is not written over
        require_right(base, clean, edited=True)


@contextlib.contextmanager
def held_by_another(path: Path) -> Iterator[None]:
    code = (
        "import sys, filelock\n"
        "with filelock.FileLock(sys.argv[1]):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.communicate("")


def test_a_state_that_another_build_holds(base: Path, clean: dict[bool, dict[str, bytes]]) -> None:
    with held_by_another(base / "site/.site-gen/lock"):
        require_right(base, clean, edited=True)
    build_session.build(base / "site", base / "out", OPTIONS)
    assert read_files(base / "out") == clean[True]


def test_two_outputs_of_one_site_share_its_state(base: Path, clean: dict[bool, dict[str, bytes]]) -> None:
    with build_session.open_builder(base / "site", base / "other", OPTIONS) as builder:
        builder.refresh(None)
        require_right(base, clean, edited=True)
        builder.refresh([base / "site" / ARTICLE])
        assert [*builder.build_deferred()]
    assert read_files(base / "other") == clean[True]


# -- stamps

SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND + 123_456_789


@pytest.mark.parametrize(
    ("modified", "changed", "settled"),
    [
        (NOW - SECOND, NOW - SECOND, True),
        (NOW - 60_000_000, NOW - 60_000_000, True),
        (NOW - 40_000_000, NOW - 40_000_000, False),
        (NOW, NOW, False),
        (NOW + SECOND, NOW + SECOND, False),  # the clock was set back
        (NOW - SECOND, NOW - 10_000_000, False),  # its time was set back after a change
        (NOW - 10_000_000, NOW - SECOND, False),
        # Whole seconds: a file system that keeps no others, or steps of two (FAT).
        ((NOW // SECOND - 1) * SECOND, (NOW // SECOND - 1) * SECOND, False),
        ((NOW // SECOND - 3) * SECOND, (NOW // SECOND - 3) * SECOND, True),
    ],
)
def test_a_stamp_settles_some_time_after_the_change(modified: int, changed: int, settled: bool) -> None:
    stamp = Stamp(modified, changed, 10, 1)
    assert stamp.is_settled(NOW) is settled
    assert FileStamp(stamp, NOW, "").is_unchanged(stamp) is settled


@pytest.mark.parametrize("field", Stamp._fields)
def test_any_other_stamp_is_another_file(field: str) -> None:
    stamp = Stamp(NOW - SECOND, NOW - SECOND, 10, 1)
    assert not FileStamp(stamp, NOW, "").is_unchanged(stamp._replace(**{field: getattr(stamp, field) - 1}))


def test_only_plain_files_have_stamps(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    found = {name: stamp_of_file(tmp_path / name) for name in ("file", "link", "none", "file/below")}
    assert [name for name, stamp in found.items() if stamp] == ["file"]
    assert stamp_of_file(tmp_path) is None
    assert stamp_of_file("a\0b") is None


def test_a_change_right_after_a_build_is_seen_though_size_and_time_are_the_same(
    base: Path, clean: dict[bool, dict[str, bytes]]
) -> None:
    path = base / "site" / ARTICLE
    good = path.read_bytes()
    old = path.stat()
    path.write_bytes(good.replace(b" the ", b" thx "))
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    build_session.build(base / "site", base / "out", OPTIONS)
    assert read_files(base / "out") != clean[False]
    path.write_bytes(good)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    build_session.build(base / "site", base / "out", OPTIONS)
    assert read_files(base / "out") == clean[False]
