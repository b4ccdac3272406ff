"""File events made into batches of paths that may have changed.

Events are hints and nothing more: systems drop them when there are too many (inotify(7), IN_Q_OVERFLOW),
some file systems send none, and an editor's save is four of them. Whoever gets a hint looks at the file.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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

QUIET = 0.010  # seconds: an atomic save's events come within two milliseconds
LONGEST = 0.100  # seconds: what changes without a pause is still shown ten times a second

# What can change a site. Opening and reading a file is none of it: the build itself reads all files.
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent, FileClosedEvent,
    DirCreatedEvent, DirMovedEvent, DirDeletedEvent,
]  # fmt: skip
# Files that editors keep beside the one that is edited: Vim's probe and swap files, Emacs's autosave,
# backups, JetBrains' two steps of a save. None can be content; in templates the next sweep finds them.
_EDITORS = re.compile(r"~$|^#.*#$|^4913$|\.sw[a-px]$|\.tmp$|___jb_(?:tmp|old)___$")


class Hints:
    """Paths that may have changed, put in by any thread, taken out in batches by one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._some = threading.Condition()
        self._paths: set[Path] = set()
        self._first = self._last = 0.0
        self._closed = False

    def put(self, path: Path) -> None:
        """Note a path."""
        with self._some:
            self._last = self._clock()
            if not self._paths:
                self._first = self._last
                self._some.notify_all()
            self._paths.add(path)

    def close(self) -> None:
        """Let `take` give up waiting, now and ever after."""
        with self._some:
            self._closed = True
            self._some.notify_all()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def take(self, seconds: float) -> list[Path]:
        """The next batch, in order: complete when nothing came for a moment, or when its first path has
        waited long enough. Empty when none came within `seconds`, or when closed."""
        end = self._clock() + seconds
        with self._some:
            while not self._closed:
                due = min(self._last + QUIET, self._first + LONGEST) if self._paths else end
                left = due - self._clock()
                if left <= 0:
                    batch, self._paths = sorted(self._paths), set()
                    return batch
                self._some.wait(left)
        return []


def is_trigger(path: Path, root: Path, *, folder: bool) -> bool:
    """Whether a change of this path below `root` can change a site. Hidden files cannot, nor what
    editors write for themselves."""
    parts = path.relative_to(root).parts
    if any(part.startswith(".") for part in parts):
        return False
    return folder or not parts or not _EDITORS.search(parts[-1])


@dataclass(frozen=True, slots=True)
class _Watched:
    """A folder under watch: what the system calls it, and which one it was (a folder of the same name
    may be another one after a checkout)."""

    watch: ObservedWatch
    real: Path
    identity: tuple[int, int]


class Watcher:
    """Watches folders, those too that come later or are replaced; tells each path that may have changed.

    roots: folders to watch with all that is in them. Their parents are watched for the folders' own coming
    and going. tell is called from the watcher's threads.
    """

    def __init__(self, roots: Iterable[Path], tell: Callable[[Path], None]) -> None:
        self._roots = tuple(dict.fromkeys(Path(os.path.abspath(root)) for root in roots))  # noqa: PTH100  links stay
        self._tell = tell
        self._observer: BaseObserver | None = None
        self._watched: dict[Path, _Watched] = {}

    def stop(self) -> None:
        """End the watcher's threads."""
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=1)

    def renew(self) -> list[OSError]:
        """Watch folders that are not yet, or that were replaced since; a few `stat` calls when none was.

        Gives what failed (Linux allows each person so many watches): it has to be looked at instead.
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
            self._renew(self._observer, parent, failures, recursive=False)
        for root in self._roots:
            self._renew(self._observer, root, failures, recursive=True)
        return failures

    def _renew(self, observer: BaseObserver, folder: Path, failures: list[OSError], *, recursive: bool) -> None:
        identity = _identity(folder)
        old = self._watched.get(folder)
        if old is not None:
            alive = any(emitter.watch == old.watch and emitter.is_alive() for emitter in observer.emitters)
            if alive and old.identity == identity:
                return
            del self._watched[folder]
            with contextlib.suppress(KeyError):
                observer.unschedule(old.watch)
        if identity is None:
            return
        try:
            real = folder.resolve(strict=True)  # where a link is watched, the system watches the link alone
            handler = _Handler(folder, real, self._seen_in_parent if not recursive else self._seen)
            watch = observer.schedule(handler, str(real), recursive=recursive, event_filter=_EVENTS)
        except OSError as error:
            failures.append(error)
            return
        self._watched[folder] = _Watched(watch, real, identity)
        if old is not None and recursive:
            self._tell(folder)

    def _seen(self, root: Path, path: Path, folder: bool) -> None:
        if is_trigger(path, root, folder=folder):
            self._tell(path)

    def _seen_in_parent(self, root: Path, path: Path, folder: bool) -> None:  # noqa: ARG002
        if path in self._roots:
            self._tell(path)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        stat = folder.stat()
    except OSError:
        return None
    return (stat.st_dev, stat.st_ino) if folder.is_dir() else None


class _Handler(FileSystemEventHandler):
    """Gives on each path of an event, under the name that the site has for it."""

    def __init__(self, root: Path, real: Path, seen: Callable[[Path, Path, bool], None]) -> None:
        self._root, self._real, self._seen = root, real, seen

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog for every event, a rename with both its names."""
        if not isinstance(event, tuple(_EVENTS)):
            return
        for name in (event.src_path, event.dest_path):
            if name:
                path = Path(os.fsdecode(name))
                with contextlib.suppress(ValueError):  # not below the root: the other end of a rename
                    self._seen(self._root, self._root / path.relative_to(self._real), event.is_directory)
