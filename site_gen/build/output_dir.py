"""The output folder: each file whole or not at all, only what changed, never what is not ours."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import filelock

from site_gen.build.manifest import NAME as MANIFEST
from site_gen.build.manifest import Manifest, Trace, Wrote
from site_gen.content import site_paths
from site_gen.content.content_files import Stamp, digest_on_disk, stamp_of
from site_gen.content.content_files import stamp as stamp_from
from site_gen.core import sqlite
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.urls import UrlPath, file_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

OWN, LOCK, STAGE = site_paths.OWN, site_paths.LOCK, site_paths.STAGE
# Never over another file or through a link; Windows makes two bytes of a line end without O_BINARY.
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class Drawn(NamedTuple):
    """A file that a build has drawn, and staged unless it was there already; `trace` tells what it was
    made of, `stamp` what the file system says of what was staged."""

    url: UrlPath
    digest: bytes
    stamp: Stamp | None
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The URLs that were written and removed, and what could not be."""

    written: tuple[UrlPath, ...]
    removed: tuple[str, ...]
    kept: tuple[Problem, ...]


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for one build; UsageError when another build holds it. A lock left by a killed
    process does not count: the system frees it. A folder that was made for this and holds nothing
    afterwards is taken away again."""
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make {folder}: {error.strerror}") from None
    lock = filelock.FileLock(folder / LOCK, timeout=2)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise UsageError(f"another build is writing to {folder}; wait for it to end") from None
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()
        if made:
            _remove_empty(folder, made)


def _remove_empty(folder: Path, made: Iterable[Path]) -> None:
    """Remove a folder that holds nothing but what a build keeps for itself, and its parents that were made."""
    with contextlib.suppress(OSError):
        if all(path.name.startswith(OWN) for path in folder.iterdir()):
            sqlite.remove_database(folder / MANIFEST)
            (folder / LOCK).unlink(missing_ok=True)
            for path in made:
                path.rmdir()


def stage(folder: Path, name: str, data: bytes) -> Stamp:
    """Write a file that is not yet part of the site, where it will stand in the site below a folder of its
    own. Raises SiteError when the disk is full."""
    path = f"{os.fspath(folder)}/{STAGE}/{name}"  # a Path would cost as much as the write
    try:
        try:
            handle = os.open(path, _NEW, 0o644)
        except FileNotFoundError:
            os.makedirs(path.rpartition("/")[0], exist_ok=True)  # noqa: PTH103
            handle = os.open(path, _NEW, 0o644)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            return stamp_from(os.fstat(handle))
        finally:
            os.close(handle)
    except OSError as error:
        raise _unwritten(path, error) from None


def _unwritten(path: object, error: OSError) -> SiteError:
    return SiteError(Problem(str(path), 0, f"cannot be written ({error.strerror})", "make room, or check permissions"))


def _manifest(folder: Path) -> tuple[Manifest, dict[str, Wrote]]:
    """The manifest of a folder and the files in it; one that cannot be read is begun anew: then nothing is ours."""
    manifest = Manifest(folder)
    try:
        return manifest, manifest.files()
    except sqlite.StateError:
        manifest.close()
        sqlite.remove_database(folder / MANIFEST)
        return Manifest(folder), {}


def _swept(folder: Path) -> Path:
    """The place for staged files, without what a killed build left there."""
    path = folder / STAGE
    if path.is_symlink() or path.is_file():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)
    return path


class Output:
    """An output folder for the time that a build holds it (see `locked`)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._begin()
        _swept(folder)

    def _begin(self) -> None:
        self._restamped: dict[str, Wrote | None] = {}
        self.manifest, self.files = _manifest(self.folder)

    def is_gone(self) -> bool:
        """Whether somebody removed what a build knows of the folder."""
        return not (self.folder / MANIFEST).is_file()

    def open_anew(self) -> None:
        """Begin with the folder as it is now."""
        self.manifest.close()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritten(self.folder, error) from None
        self._begin()

    def begin_manifest_anew(self) -> None:
        """Begin a manifest that turned out to be damaged anew: it still knows which files are ours, but no
        longer what they were made of. Raises StateError when that cannot be kept either."""
        self.manifest.close()
        sqlite.remove_database(self.folder / MANIFEST)
        self.manifest = Manifest(self.folder)
        self.manifest.settle(self.files, {}, {})

    def close(self) -> None:
        """Let go of the manifest."""
        self.manifest.close()

    @contextlib.contextmanager
    def staging(self) -> Iterator[None]:
        """An empty place to stage files in, for as long as the block lasts."""
        path = _swept(self.folder)
        try:
            path.mkdir()
        except OSError as error:
            raise _unwritten(path, error) from None
        try:
            yield
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def damaged(self) -> set[str]:
        """Files of ours that are not as they were written: gone, changed, cut short."""
        found: set[str] = set()
        base = os.fspath(self.folder)
        for name, wrote in self.files.items():
            here = stamp_of(f"{base}/{name}")
            if here is None or wrote.pending or wrote.digest is None:
                found.add(name)
            elif here != wrote.stamp or not here.is_settled(wrote.looked):
                looked = time.time_ns()
                if digest_on_disk(self.folder / name) != wrote.digest:
                    found.add(name)
                else:
                    self.files[name] = self._restamped[name] = wrote._replace(stamp=here, looked=looked)
        return found

    def whole(self, names: Iterable[str], damaged: set[str]) -> dict[str, bytes]:
        """The digests of those of these files that are there as they were written."""
        found = {name: wrote.digest for name in names if name not in damaged and (wrote := self.files.get(name))}
        return {name: digest for name, digest in found.items() if digest is not None}

    def write(
        self, drawn: Iterable[Drawn], planned: set[str] | None, damaged: set[str], meta: Mapping[str, str]
    ) -> Written:
        """Move what is staged into place, and remove what an earlier build wrote and is no longer planned.

        planned: the names of all files of the site, drawn now or before; None: as they were last time.
        damaged: those of ours that are not as they were written.

        A file that is not ours is never touched: where one stands in the way, nothing is written and
        SiteError names it. A file of ours that someone changed is not removed, only told (`kept`).
        """
        news = {file_of(one.url): one for one in drawn}
        placed = {name: one for name, one in news.items() if one.stamp is not None}
        taken_over = self._require_free(placed, damaged)
        for name in taken_over:
            placed.pop(name)
            (self.folder / STAGE / name).unlink()
        gone = {} if planned is None else {n: wrote for n, wrote in self.files.items() if n not in planned}
        if placed or gone:
            self.manifest.claim({name: one.digest for name, one in placed.items()})
        settled, self._restamped = dict(self._restamped), {}
        looked = time.time_ns()
        moved = self._place("")
        for name, one in placed.items():
            # A folder that was moved as a whole leaves its files' stamps as they were.
            stamp = stamp_of(self.folder / name) if name in moved else one.stamp
            settled[name] = Wrote(one.digest, None, stamp, looked)
        for name in taken_over:
            settled[name] = Wrote(news[name].digest, None, stamp_of(self.folder / name), looked)
        removed, kept = self._remove(gone)
        settled.update(dict.fromkeys(gone))
        traces = {name: one.trace for name, one in news.items() if one.trace}
        self.manifest.settle(settled, traces, meta)
        for name, wrote in settled.items():
            if wrote is None:
                del self.files[name]
            else:
                self.files[name] = wrote
        return Written(tuple(one.url for one in placed.values()), tuple(removed), tuple(kept))

    def _place(self, here: str) -> set[str]:
        """Move what is staged below a folder into place: a reader, or a kill at any moment, finds each file
        old or new. A folder that the site does not have yet is moved as it is. Gives the files that were
        moved one by one."""
        moved: set[str] = set()
        base = os.fspath(self.folder)
        try:
            for entry in os.scandir(f"{base}/{STAGE}/{here}"):
                name = f"{here}{entry.name}"
                if not entry.is_dir():
                    os.replace(entry.path, f"{base}/{name}")  # noqa: PTH105
                    moved.add(name)
                elif os.path.lexists(f"{base}/{name}"):
                    moved |= self._place(f"{name}/")
                else:
                    os.rename(entry.path, f"{base}/{name}")  # noqa: PTH104
        except OSError as error:
            raise _unwritten(f"{base}/{here}", error) from None
        return moved

    def _require_free(self, staged: Mapping[str, Drawn], damaged: set[str]) -> set[str]:
        """Raise SiteError where anything that is not ours stands in the way of what is staged. Gives the
        names of files that are not ours, or not known to be right, but have the very bytes."""
        same, foreign = self._in_the_way(staged, damaged)
        if foreign:
            what = "is in the way and was not written by a build"
            raise SiteError(
                *(
                    Problem(
                        str(self.folder / name),
                        0,
                        what,
                        "move it away; if an older version built all of it, delete the folder once",
                    )
                    for name in sorted(foreign)[:20]
                )
            )
        return same

    def _in_the_way(self, staged: Mapping[str, Drawn], damaged: set[str]) -> tuple[set[str], set[str]]:
        same: set[str] = set()
        foreign: set[str] = set()
        base = os.fspath(self.folder)
        waiting = [""]
        while waiting:
            here = waiting.pop()
            for entry in os.scandir(f"{base}/{STAGE}/{here}"):
                name = f"{here}{entry.name}"
                try:
                    mode = os.lstat(f"{base}/{name}").st_mode
                except FileNotFoundError:
                    continue
                if entry.is_dir():
                    if stat.S_ISDIR(mode):
                        waiting.append(f"{name}/")
                    else:
                        foreign.add(name)
                elif not stat.S_ISREG(mode):
                    foreign.add(name)
                elif name in damaged or name not in self.files:
                    if digest_on_disk(self.folder / name) == staged[name].digest:
                        same.add(name)
                    elif name not in self.files:
                        foreign.add(name)
        return same, foreign

    def _remove(self, gone: Mapping[str, Wrote]) -> tuple[list[str], list[Problem]]:
        """Remove files that are ours and unchanged, and the folders that this empties."""
        removed: list[str] = []
        kept: list[Problem] = []
        no_folders = _no_folders(self.folder, gone)
        for name, wrote in gone.items():
            path = self.folder / name
            if any(parent.as_posix() in no_folders for parent in PurePosixPath(name).parents):
                continue  # somebody put a link or a file where our folder was: nothing of ours is in it
            found = digest_on_disk(path)
            if found is None:
                continue
            if found not in {wrote.digest, wrote.pending}:
                what, mend = "is no longer part of the site, but was changed by hand", "remove it if you do not need it"
                kept.append(Problem(str(path), 0, what, mend))
                continue
            try:
                path.unlink()
            except OSError as error:
                what = f"cannot be removed ({error.strerror})"
                raise SiteError(Problem(str(path), 0, what, "check its permissions")) from None
            removed.append(name)
            for parent in path.parents:
                if parent == self.folder or any(parent.iterdir()):
                    break
                parent.rmdir()
        return removed, kept


def _no_folders(folder: Path, names: Iterable[str]) -> set[str]:
    """Those of the folders that these files stand in that are none: a file, or a link that somebody put
    there, which could lead anywhere and is never followed."""
    parents = {name.rpartition("/")[0] for name in names}
    for parent in list(parents):
        while parent := parent.rpartition("/")[0]:
            parents.add(parent)
    return {
        name
        for name in parents - {""}
        if (folder / name).is_symlink() or ((folder / name).exists() and not (folder / name).is_dir())
    }
