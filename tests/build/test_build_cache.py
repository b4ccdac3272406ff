"""What builds keep between runs may be lost, damaged, foreign or held by another: the output is right all the same."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import itertools
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from site_gen.build import build_session
from site_gen.build.file_stamps import FileStamp
from site_gen.build.manifest import Manifest
from site_gen.content.content_files import Stamp, stamp_of_file
from site_gen.core.sqlite import StateError
from site_gen.publish import permalinks
from site_gen.site import theme
from tests.support.profiles import examples
from tests.support.sites import append_to_file, clean_build, differing_files, read_files, small_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from site_gen.core.urls import UrlPath
    from site_gen.site.database import SiteDatabase

OPTIONS = build_session.BuildOptions(jobs=1, search=False, cards=False)
DATABASES = ("site/.site-gen/state.sqlite", "out/.site-gen.sqlite")
ARTICLE = "content/articles/2025/silo-stays.md"
Outputs = dict[bool, dict[str, bytes]]  # the files of an output, by whether the article was edited


@pytest.fixture(scope="module")
def built_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small site twice, so that all that a build may keep is kept."""
    workspace = tmp_path_factory.mktemp("built")
    small_site(workspace / "site")
    for _ in range(2):
        build_session.build(workspace / "site", workspace / "out", OPTIONS)
    return workspace


@pytest.fixture(scope="module")
def clean_outputs(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    site = small_site(tmp_path_factory.mktemp("clean"))
    output = clean_build(site, OPTIONS)
    edit_article(site)
    return {False: output, True: clean_build(site, OPTIONS)}


@pytest.fixture
def workspace(built_workspace: Path, tmp_path: Path) -> Path:
    """Copy the built site, `site`, with its output, `out`."""
    return shutil.copytree(built_workspace, tmp_path / "workspace")


def edit_article(site: Path) -> None:
    append_to_file(site / ARTICLE, "\n\nVoss said one thing more.\n")


def require_right_build(workspace: Path, clean_outputs: Outputs, *, edited: bool) -> None:
    """Edit the article if told to, build, and assert that the output is what a clean build makes."""
    if edited:
        edit_article(workspace / "site")
    report = build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert report.problems == ()
    assert differing_files(read_files(workspace / "out"), clean_outputs[edited]) == []


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def write_no_database(path: Path) -> None:
    path.write_bytes(b"no database\n" * 500)


def change_schema_version(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = 'another' WHERE key = 'schema'")


def replace_with_foreign_database(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE file (a, b)")
        connection.execute("CREATE TABLE meta (c)")


def change_the_type_of_a_name(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE file SET name = CAST(name AS BLOB) WHERE name = (SELECT min(name) FROM file)")


def drop_a_table(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE file")


def store_invalid_json(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '[1' WHERE key <> 'schema'")


def store_a_name_outside(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO file (name) VALUES ('../../escape.md')")


DAMAGES = (
    empty,
    cut_in_half,
    write_no_database,
    change_schema_version,
    replace_with_foreign_database,
    drop_a_table,
    change_the_type_of_a_name,
    store_invalid_json,
)


def remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@pytest.mark.parametrize("edited", [False, True])
def test_a_build_without_its_state_is_right(workspace: Path, clean_outputs: Outputs, edited: bool) -> None:
    shutil.rmtree(workspace / "site/.site-gen")
    require_right_build(workspace, clean_outputs, edited=edited)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_build_with_a_damaged_state_is_right(
    workspace: Path, clean_outputs: Outputs, damage: Callable[[Path], None]
) -> None:
    damage(workspace / DATABASES[0])
    require_right_build(workspace, clean_outputs, edited=True)


def test_ledgers_are_written_of_texts_that_were_damaged(workspace: Path) -> None:
    permalinks.record(workspace / "site", dt.date(2026, 1, 1))
    before = (workspace / "site/content/anchors.txt").read_bytes()
    (workspace / "site/content/anchors.txt").unlink()
    with contextlib.closing(sqlite3.connect(workspace / DATABASES[0])) as connection, connection:
        connection.execute("UPDATE text SET document = '[]'")
    permalinks.record(workspace / "site", dt.date(2026, 1, 1), force=True)
    assert (workspace / "site/content/anchors.txt").read_bytes() == before


# Without its manifest a build takes over only files that are as it would write them: first it builds without an edit.
@pytest.mark.parametrize("damage", [remove, *DAMAGES])
def test_a_build_with_a_damaged_manifest_is_right(
    workspace: Path, clean_outputs: Outputs, damage: Callable[[Path], None]
) -> None:
    damage(workspace / DATABASES[1])
    require_right_build(workspace, clean_outputs, edited=False)
    require_right_build(workspace, clean_outputs, edited=True)


def test_damage_that_a_template_is_the_first_to_meet_is_none_of_the_template(
    workspace: Path, clean_outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    intact, calls = theme.asset_url, []

    def damaged_once(site: SiteDatabase, name: str) -> UrlPath | None:
        calls.append(name)
        if len(calls) == 1:
            raise StateError("what it holds of an asset")
        return intact(site, name)

    monkeypatch.setattr(theme, "asset_url", damaged_once)
    require_right_build(workspace, clean_outputs, edited=True)
    assert len(calls) > 1


def test_a_state_that_names_a_file_outside_of_the_site_does_no_harm(workspace: Path, clean_outputs: Outputs) -> None:
    store_a_name_outside(workspace / DATABASES[0])
    require_right_build(workspace, clean_outputs, edited=True)


def test_a_folder_in_place_of_the_state_does_no_harm(workspace: Path, clean_outputs: Outputs) -> None:
    remove(workspace / DATABASES[0])
    (workspace / DATABASES[0]).mkdir()
    require_right_build(workspace, clean_outputs, edited=True)


def test_a_file_in_place_of_the_states_folder_does_no_harm(workspace: Path, clean_outputs: Outputs) -> None:
    shutil.rmtree(workspace / "site/.site-gen")
    (workspace / "site/.site-gen").write_text("mine", encoding="utf-8")
    require_right_build(workspace, clean_outputs, edited=True)


@pytest.mark.skipif(os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write it all")
def test_a_state_that_may_not_be_written_does_no_harm(workspace: Path, clean_outputs: Outputs) -> None:
    folder = workspace / "site/.site-gen"
    folder.chmod(0o555)
    try:
        require_right_build(workspace, clean_outputs, edited=True)
    finally:
        folder.chmod(0o755)


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize("seed", range(examples(4)))
def test_bytes_flipped_at_random_in_a_database_do_no_harm(
    workspace: Path, clean_outputs: Outputs, database: str, seed: int
) -> None:
    dice = random.Random(seed)
    path = workspace / database
    data = bytearray(path.read_bytes())
    for _ in range(dice.choice([1, 3, 20, 200])):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    path.write_bytes(data)
    require_right_build(workspace, clean_outputs, edited=False)
    if database == DATABASES[0]:  # a file that the manifest no longer names is not written over
        require_right_build(workspace, clean_outputs, edited=True)


@contextlib.contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold a lock file from another process."""
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


def test_a_state_that_another_build_holds_is_done_without(workspace: Path, clean_outputs: Outputs) -> None:
    with hold_lock(workspace / "site/.site-gen/lock"):
        require_right_build(workspace, clean_outputs, edited=True)
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert read_files(workspace / "out") == clean_outputs[True]


def test_two_outputs_of_one_site_share_its_state(workspace: Path, clean_outputs: Outputs) -> None:
    with build_session.open_builder(workspace / "site", workspace / "other", OPTIONS) as builder:
        builder.refresh(None)
        require_right_build(workspace, clean_outputs, edited=True)
        builder.refresh([workspace / "site" / ARTICLE])
        assert [*builder.build_deferred()]
    assert read_files(workspace / "other") == clean_outputs[True]


def test_a_manifest_that_cannot_be_written_once_pages_are_made_is_begun_anew(
    workspace: Path, clean_outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, calls = Manifest.record, itertools.count()

    def fail_once(*args: Any, **options: Any) -> None:
        if next(calls) == 0:
            raise StateError("attempt to write a readonly database")
        record(*args, **options)

    edit_article(workspace / "site")
    with build_session.open_builder(workspace / "site", workspace / "out", OPTIONS) as builder:
        builder.refresh(None)
        monkeypatch.setattr(Manifest, "record", fail_once)
        list(builder.build_deferred())
    assert next(calls) > 1
    assert read_files(workspace / "out") == clean_outputs[True]


class FullDisk(sqlite3.Connection):
    """A database on a full disk."""

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        if sql == "COMMIT":
            refusal = sqlite3.OperationalError("database or disk is full")
            refusal.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise refusal
        return super().execute(sql, *args)


def test_a_manifest_stays_where_the_disk_is_full(
    workspace: Path, clean_outputs: Outputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_article(workspace / "site")
    with monkeypatch.context() as patch:
        patch.setattr(sqlite3, "connect", functools.partial(sqlite3.connect, factory=FullDisk))
        with pytest.raises(OSError, match=r"cannot write .*: database or disk is full; make room"):
            build_session.build(workspace / "site", workspace / "out", OPTIONS)
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert read_files(workspace / "out") == clean_outputs[True]


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
    assert FileStamp.of(stamp, NOW, b"").is_unchanged(stamp) is settled


@pytest.mark.parametrize("field", Stamp._fields)
def test_a_stamp_that_differs_in_anything_is_of_another_file(field: str) -> None:
    stamp = Stamp(NOW - SECOND, NOW - SECOND, 10, 1)
    assert not FileStamp.of(stamp, NOW, b"").is_unchanged(stamp._replace(**{field: getattr(stamp, field) - 1}))


def test_only_plain_files_have_stamps(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    stamps = {name: stamp_of_file(tmp_path / name) for name in ("file", "link", "none", "file/below")}
    assert [name for name, stamp in stamps.items() if stamp] == ["file"]
    assert stamp_of_file(tmp_path) is None
    assert stamp_of_file("a\0b") is None


def test_a_change_right_after_a_build_is_seen_though_size_and_time_are_the_same(
    workspace: Path, clean_outputs: Outputs
) -> None:
    path = workspace / "site" / ARTICLE
    good = path.read_bytes()
    old = path.stat()
    path.write_bytes(good.replace(b" the ", b" thx "))
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert read_files(workspace / "out") != clean_outputs[False]
    path.write_bytes(good)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert read_files(workspace / "out") == clean_outputs[False]
