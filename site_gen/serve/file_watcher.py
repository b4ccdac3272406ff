"""Watch folders, and gather file events into batches of paths that may have changed.

Events are hints and nothing more: systems drop them when there are too many (inotify(7), IN_Q_OVERFLOW), some file
systems send none, and an editor's save is four of them. Whoever gets a hint looks at the file.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from watchdog.observers.api import BaseObserver, ObservedWatch

BATCH_QUIET = 0.010  # seconds without an event that end a batch: an atomic save's come within two milliseconds
LONGEST_BATCH = 0.100  # seconds: what changes without a pause is still shown ten times a second

# What can change a site. Opening and reading a file is none of it: the build itself reads all files.
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent, FileClosedEvent,
    DirCreatedEvent, DirMovedEvent, DirDeletedEvent,
]  # fmt: skip
# Files that editors keep beside the one that is edited: Vim's probe and swap files, Emacs's autosave,
# backups, JetBrains' two steps of a save. None can be content; in templates the next sweep finds them.
_EDITOR_FILES = re.compile(r"~$|^#.*#$|^4913$|\.sw[a-px]$|\.tmp$|___jb_(?:tmp|old)___$")


class HintQueue:
    """Paths that may have changed, put in by any thread, taken out in batches by one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Make an empty queue; clock: gives seconds."""
        self._clock = clock
        self._condition = threading.Condition()
        self._paths: set[Path] = set()
        self._first_put = self._last_put = 0.0  # when the batch's first and last path came
        self._is_closed = False

    def put(self, path: Path) -> None:
        """Add a path."""
        with self._condition:
            self._last_put = self._clock()
            if not self._paths:
                self._first_put = self._last_put
                self._condition.notify_all()
            self._paths.add(path)

    def close(self) -> None:
        """Let `take` give up waiting, now and ever after."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed

    def take(self, seconds: float) -> list[Path]:
        """Wait for the next batch and return it, sorted.

        A batch is complete when nothing came for BATCH_QUIET, or when its first path has waited for LONGEST_BATCH.
        Return an empty list when nothing came within `seconds`, or when the queue is closed.
        """
        end = self._clock() + seconds
        with self._condition:
            while not self._is_closed:
                due = min(self._last_put + BATCH_QUIET, self._first_put + LONGEST_BATCH) if self._paths else end
                left = due - self._clock()
                if left <= 0:
                    batch, self._paths = sorted(self._paths), set()
                    return batch
                self._condition.wait(left)
        return []


def may_change_site(path: Path, root: Path, *, is_folder: bool) -> bool:
    """Tell whether a change of `path`, which lies below the watched `root`, can change a site.

    Hidden files cannot, nor what editors write for themselves.
    """
    parts = path.relative_to(root).parts
    if any(part.startswith(".") for part in parts):
        return False
    return is_folder or not parts or not _EDITOR_FILES.search(parts[-1])


class _WatchedFolder(Struct, frozen=True):
    """A folder under watch."""

    watch: ObservedWatch  # watchdog's handle
    identity: tuple[int, int]  # device and inode: after a checkout another folder may have the same name


class FileWatcher:
    """Watches folders, those too that come later or are replaced; reports each path that may have changed."""

    def __init__(self, roots: Iterable[Path], on_change: Callable[[Path], None]) -> None:
        """Prepare the watch; `renew` begins it.

        roots: folders to watch with everything in them. Their parents are watched for the folders' own coming and
            going.
        on_change: called with each path, from the watcher's threads.
        """
        self._roots = tuple(dict.fromkeys(Path(os.path.abspath(root)) for root in roots))  # noqa: PTH100  links stay
        self._on_change = on_change
        self._observer: BaseObserver | None = None
        self._watched: dict[Path, _WatchedFolder] = {}

    def stop(self) -> None:
        """End the watcher's threads."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=1)

    def renew(self) -> list[OSError]:
        """Watch folders that are not watched yet, or that were replaced since; a few `stat` calls when none was.

        Return what failed (Linux allows each person so many watches): such a folder has to be looked at instead.
        """
        failures: list[OSError] = []
        try:
            if self._observer is None:
                # A folder that is made while its parent is being read is met twice; watchdog warns of it
                # on stderr, and all is well.
                warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)
                observer = Observer()
                observer.start()
                self._observer = observer
        except OSError as error:
            return [error]
        for parent in sorted({root.parent for root in self._roots}):
            self._renew_folder(self._observer, parent, failures, recursive=False)
        for root in self._roots:
            self._renew_folder(self._observer, root, failures, recursive=True)
        return failures

    def _renew_folder(self, observer: BaseObserver, folder: Path, failures: list[OSError], *, recursive: bool) -> None:
        identity = _identity(folder)
        old = self._watched.get(folder)
        if old is not None:
            is_alive = any(emitter.watch == old.watch and emitter.is_alive() for emitter in observer.emitters)
            if is_alive and old.identity == identity:
                return
            del self._watched[folder]
            with contextlib.suppress(KeyError):
                observer.unschedule(old.watch)
        if identity is None:
            return
        try:
            real = folder.resolve(strict=True)  # where a link is watched, the system watches the link alone
            handler = _EventHandler(folder, real, self._report if recursive else self._report_root)
            watch = observer.schedule(handler, str(real), recursive=recursive, event_filter=_EVENTS)
        except OSError as error:
            failures.append(error)
            return
        self._watched[folder] = _WatchedFolder(watch, identity)
        if old is not None and recursive:
            self._on_change(folder)

    def _report(self, root: Path, path: Path, is_folder: bool) -> None:
        if may_change_site(path, root, is_folder=is_folder):
            self._on_change(path)

    def _report_root(self, root: Path, path: Path, is_folder: bool) -> None:  # noqa: ARG002
        """Report an event in the parent of a root, where only the roots themselves matter."""
        if path in self._roots:
            self._on_change(path)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        stat = folder.stat()
    except OSError:
        return None
    return (stat.st_dev, stat.st_ino) if folder.is_dir() else None


class _EventHandler(FileSystemEventHandler):
    """Passes on each path of an event, under the name that the site has for it."""

    def __init__(self, root: Path, real: Path, report: Callable[[Path, Path, bool], None]) -> None:
        """Take the watched folder as the site names it (`root`) and as it is without links (`real`)."""
        self._root, self._real, self._report = root, real, report

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Report the paths of an event: two of a rename. Called by watchdog."""
        if not isinstance(event, tuple(_EVENTS)):
            return
        for name in (event.src_path, event.dest_path):
            if name:
                path = Path(os.fsdecode(name))
                with contextlib.suppress(ValueError):  # not below the root: the other end of a rename
                    self._report(self._root, self._root / path.relative_to(self._real), event.is_directory)
