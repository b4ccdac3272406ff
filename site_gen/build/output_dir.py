"""The output folder: each file whole or not at all, only what changed, never a file that no build wrote."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import time
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

import filelock

from site_gen.build.build_report import Report
from site_gen.build.file_stamps import FileStamp, find_changed
from site_gen.build.graph_store import NO_CHANGES, GraphStore
from site_gen.build.manifest import Manifest
from site_gen.content import content_files, site_paths
from site_gen.content.content_files import Stamp, digest_of_file, stamp_of_file, stamps_of_files
from site_gen.core import sqlite
from site_gen.core.errors import Problem, SiteError, UsageError, explain_write_error
from site_gen.core.urls import UrlPath, file_of_url, url_of_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from site_gen.build.graph_store import GraphChanges, Trace

# Never over another file or through a link; Windows makes two bytes of a line end without O_BINARY.
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


class RenderedFile(NamedTuple):
    """A file that a build has made."""

    url: UrlPath  # its address, from which its name follows
    digest: bytes  # of its bytes
    stamp: Stamp | None  # what the file system says of the staged file; None: its bytes stand there already
    trace: Trace | None = None  # what it was made of; None: not recorded


@contextlib.contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold the folder, made if need be, for one build.

    A lock left by a killed process does not count: the system frees it. A folder that was made for this and holds
    nothing afterwards is removed again.

    Raises UsageError when another build holds it, or it cannot be written.
    """
    new_folders = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(str(explain_write_error(folder, error))) from None
    lock = filelock.FileLock(folder / site_paths.LOCK, timeout=2)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise UsageError(f"another build is writing to {folder}; wait for it to end") from None
    except OSError as error:
        raise UsageError(str(explain_write_error(folder, error))) from None
    try:
        yield
    finally:
        lock.release()
        if new_folders:
            _remove_if_empty(folder, new_folders)


def _remove_if_empty(folder: Path, new_folders: Iterable[Path]) -> None:
    """Remove the new folders where the output folder holds nothing but the build's own files.

    new_folders: the output folder and those of its parents that were made, from the innermost.
    """
    with contextlib.suppress(OSError):
        if all(path.name.startswith(site_paths.BUILD_FILE_PREFIX) for path in folder.iterdir()):
            sqlite.remove_database(folder / site_paths.MANIFEST)
            (folder / site_paths.LOCK).unlink(missing_ok=True)
            for path in new_folders:
                path.rmdir()


def stage_file(folder: Path, name: str, data: bytes) -> Stamp:
    """Write a file into the staging folder, under the name that it will have in the output folder `folder`.

    Raises SiteError when it cannot be written: the disk may be full.
    """
    path = f"{os.fspath(folder)}/{site_paths.STAGE}/{name}"  # a Path would cost as much as the write
    try:
        try:
            handle = os.open(path, _NEW_FILE, 0o644)
        except FileNotFoundError:
            os.makedirs(path.rpartition("/")[0], exist_ok=True)  # noqa: PTH103
            handle = os.open(path, _NEW_FILE, 0o644)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            return content_files.stamp_of_status(os.fstat(handle))
        finally:
            os.close(handle)
    except OSError as error:
        raise SiteError(explain_write_error(path, error)) from None


def _open_manifest(folder: Path) -> tuple[Manifest, dict[str, FileStamp]]:
    """Open the manifest of a folder and read the files in it.

    One that cannot be read is made anew: then no file of the folder is known as written by a build.
    """
    manifest = Manifest(folder)
    try:
        return manifest, {name: file for name, file in manifest.files().items() if _is_inside(name)}
    except sqlite.StateError:
        manifest.close()
        sqlite.remove_database(folder / site_paths.MANIFEST)
        return Manifest(folder), {}


def _is_inside(name: object) -> bool:
    """Tell whether a name from the manifest stays inside the folder: somebody may have edited it."""
    return isinstance(name, str) and not (
        name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/")
    )


def _remove_staging_folder(folder: Path) -> Path:
    """Remove the staging folder, with what a killed build left there, and return its path."""
    path = folder / site_paths.STAGE
    if path.is_symlink() or path.is_file():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)
    return path


class OutputFolder:
    """An output folder for the time that a build holds it (see `lock_folder`)."""

    manifest: Manifest
    graph: GraphStore  # what the files were made of
    files: dict[str, FileStamp]  # by name below the folder, the files that builds wrote

    def __init__(self, folder: Path) -> None:
        """Open the manifest, and remove what a killed build staged."""
        self.folder = folder
        self._load()
        _remove_staging_folder(folder)

    def _load(self) -> None:
        self._restamped: dict[str, FileStamp | None] = {}  # files with new stamps, not yet in the manifest
        self.manifest, self.files = _open_manifest(self.folder)
        self.graph = GraphStore(self.manifest.connection, self.manifest.path)

    def is_gone(self) -> bool:
        """Tell whether somebody removed the folder, or the manifest in it."""
        return not (self.folder / site_paths.MANIFEST).is_file()

    def reopen(self) -> None:
        """Begin again with the folder as it is now. Raises SiteError where it cannot be made."""
        self.manifest.close()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SiteError(explain_write_error(self.folder, error)) from None
        self._load()

    def rebuild_manifest(self) -> None:
        """Replace a damaged manifest by one that holds the files, but no longer what they were made of.

        Raises StateError when that cannot be written either.
        """
        self.manifest.close()
        sqlite.remove_database(self.folder / site_paths.MANIFEST)
        self.manifest = Manifest(self.folder)
        self.graph = GraphStore(self.manifest.connection, self.manifest.path)
        self.manifest.record(self.files, {})

    def forget_traces(self) -> None:
        """Forget what the files were made of, so that all are made again. Raises StateError."""
        self.manifest.forget_traces(self.graph.clear)

    def record_traces(self, traces: Mapping[str, Trace | None]) -> None:
        """Store what these were made of; None for what is to be forgotten. Raises StateError."""
        self.manifest.record({}, {}, partial(self.graph.write, NO_CHANGES, traces))

    def close(self) -> None:
        """Close the manifest."""
        self.manifest.close()

    @contextlib.contextmanager
    def staging(self) -> Iterator[None]:
        """Hold an empty staging folder for as long as the block lasts. Raises SiteError where it cannot be made."""
        path = _remove_staging_folder(self.folder)
        try:
            path.mkdir()
        except OSError as error:
            raise SiteError(explain_write_error(path, error)) from None
        try:
            yield
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def find_damaged(self, stamps: Mapping[str, Stamp] | None = None) -> set[str]:
        """Return the names of files that are not as a build wrote them: gone, changed, cut short.

        stamps: those that the files had a moment ago, in place of another look.
        """
        stamps = stamps_of_files(self.folder, self.files) if stamps is None else stamps
        damaged, new_stamps = find_changed(self.folder, self.files, stamps)
        self.files |= new_stamps
        self._restamped |= new_stamps
        return damaged

    def intact_digests(self, names: Iterable[str], damaged: set[str]) -> dict[str, bytes]:
        """Return by name the digests of those of these files that stand there as a build wrote them."""
        digests = {name: file.digest for name in names if name not in damaged and (file := self.files.get(name))}
        return {name: digest for name, digest in digests.items() if digest is not None}

    def write(
        self,
        rendered: Iterable[RenderedFile],
        planned: set[str] | None,
        damaged: set[str],
        meta: Mapping[str, str],
        take_graph: Callable[[], GraphChanges] = lambda: NO_CHANGES,
        results: Mapping[str, Trace] = {},
    ) -> Report:
        """Move staged files into place, and remove what an earlier build wrote and is no longer planned.

        rendered: the files that were made since the last call. planned: the names of all files of the site, made now
        or before; None: as they were last time. damaged: as from `find_damaged`. meta: texts for the manifest by key.
        take_graph: returns what changed of what the files were made of; called when all of them are in place. results:
        traces of what is no file, by name.

        A file that no build wrote is never touched: where one stands in the way, nothing is written and
        SiteError names it. A file of a build that someone changed is not removed, only told (`Report.notes`).
        """
        new_files = {file_of_url(file.url): file for file in rendered}
        staged = {name: file for name, file in new_files.items() if file.stamp is not None}
        adopted = self._require_no_conflict(staged, damaged)
        for name in adopted:
            staged.pop(name)
            (self.folder / site_paths.STAGE / name).unlink()
        gone = {} if planned is None else {name: file for name, file in self.files.items() if name not in planned}
        if staged or gone:
            self.manifest.claim({name: file.digest for name, file in staged.items()})
        records, self._restamped = dict(self._restamped), {}
        checked_at_ns = time.time_ns()
        moved = self._move_into_place("")
        for name, file in staged.items():
            # A folder that was moved as a whole leaves its files' stamps as they were.
            stamp = stamp_of_file(self.folder / name) if name in moved else file.stamp
            records[name] = FileStamp.of(stamp, checked_at_ns, file.digest)
        for name in adopted:
            records[name] = FileStamp.of(stamp_of_file(self.folder / name), checked_at_ns, new_files[name].digest)
        removed, notes = self._remove(gone)
        records.update(dict.fromkeys(gone))
        traces: dict[str, Trace | None] = {name: None for name, record in records.items() if record is None}
        traces |= {name: file.trace for name, file in new_files.items() if file.trace}
        traces |= results
        changes = take_graph()
        write_graph = partial(self.graph.write, changes, traces) if traces or changes != NO_CHANGES else None
        self.manifest.record(records, meta, write_graph)
        for name, record in records.items():
            if record is None:
                del self.files[name]
            else:
                self.files[name] = record
        urls = (*(file.url for file in staged.values()), *map(url_of_file, removed))
        return Report(written=len(staged), removed=len(removed), notes=tuple(notes), urls=urls)

    def _move_into_place(self, below: str) -> set[str]:
        """Move what is staged below a folder into place, and return the files that were moved one by one.

        A reader, or a kill at any moment, finds each file old or new. A folder that the output does not have yet is
        moved as it is. below: "" or a name that ends with a slash.
        """
        moved: set[str] = set()
        base = os.fspath(self.folder)
        try:
            for entry in os.scandir(f"{base}/{site_paths.STAGE}/{below}"):
                name = f"{below}{entry.name}"
                if not entry.is_dir():
                    os.replace(entry.path, f"{base}/{name}")  # noqa: PTH105
                    moved.add(name)
                elif os.path.lexists(f"{base}/{name}"):
                    moved |= self._move_into_place(f"{name}/")
                else:
                    os.rename(entry.path, f"{base}/{name}")  # noqa: PTH104
        except OSError as error:
            raise SiteError(explain_write_error(f"{base}/{below}", error)) from None
        return moved

    def _require_no_conflict(self, staged: Mapping[str, RenderedFile], damaged: set[str]) -> set[str]:
        """Raise SiteError where a file that no build wrote stands in the way of a staged one.

        Return the names of files that no build wrote, or that are damaged, but have the very bytes of the staged one.
        """
        identical, foreign = self._compare_staged(staged, damaged)
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
        return identical

    def _compare_staged(self, staged: Mapping[str, RenderedFile], damaged: set[str]) -> tuple[set[str], set[str]]:
        """Return names of staged files that stand there with the very bytes, and names where other things stand."""
        identical: set[str] = set()
        foreign: set[str] = set()
        base = os.fspath(self.folder)
        folders = [""]
        while folders:
            below = folders.pop()
            for entry in os.scandir(f"{base}/{site_paths.STAGE}/{below}"):
                name = f"{below}{entry.name}"
                try:
                    mode = os.lstat(f"{base}/{name}").st_mode
                except FileNotFoundError:
                    continue
                if entry.is_dir():
                    if stat.S_ISDIR(mode):
                        folders.append(f"{name}/")
                    else:
                        foreign.add(name)
                elif not stat.S_ISREG(mode):
                    foreign.add(name)
                elif name in damaged or name not in self.files:
                    if digest_of_file(self.folder / name) == staged[name].digest:
                        identical.add(name)
                    elif name not in self.files:
                        foreign.add(name)
        return identical, foreign

    def _remove(self, gone: Mapping[str, FileStamp]) -> tuple[list[str], list[Problem]]:
        """Remove files of earlier builds that are unchanged, and the folders that this empties.

        Return the names of those that were removed, and a note for each that somebody changed. Raises SiteError where
        one cannot be removed.
        """
        removed: list[str] = []
        notes: list[Problem] = []
        replaced = _replaced_folders(self.folder, gone)
        for name, file in gone.items():
            path = self.folder / name
            if any(parent.as_posix() in replaced for parent in PurePosixPath(name).parents):
                continue  # the file of the build is not in there
            digest = digest_of_file(path)
            if digest is None:
                continue
            if digest not in {file.digest, file.pending}:
                what, mend = "is no longer part of the site, but was changed by hand", "remove it if you do not need it"
                notes.append(Problem(str(path), 0, what, mend))
                continue
            try:
                path.unlink()
            except OSError as error:
                what = f"cannot be removed ({error.strerror})"
                raise SiteError(Problem(str(path), 0, what, "check its permissions")) from None
            removed.append(name)
            for parent in path.parents:
                if parent == self.folder:
                    break
                try:
                    parent.rmdir()
                except OSError:  # it is not empty; a look at all that it holds would take longer
                    break
        return removed, notes


def _replaced_folders(folder: Path, names: Iterable[str]) -> set[str]:
    """Return the folders of these files that somebody replaced by a file, or by a link.

    A link could lead anywhere and is never followed.
    """
    parents = {name.rpartition("/")[0] for name in names}
    for parent in list(parents):
        while parent := parent.rpartition("/")[0]:
            parents.add(parent)
    return {
        name
        for name in parents - {""}
        if (folder / name).is_symlink() or ((folder / name).exists() and not (folder / name).is_dir())
    }
