"""Add the saved pages that are dropped into `content/saved/inbox/` to the site."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import time
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.content.site_paths import SAVED
from site_gen.core import console
from site_gen.core.atomic_files import have_same_bytes
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.ingest.add_pages import INBOX
from site_gen.ingest.extract_pool import display_name
from site_gen.ingest.formats.saved_file import companion_stems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from site_gen.ingest.add_pages import Outcome

COPIED_AFTER = 0.5  # seconds without a change after which a file counts as copied
_POLL_INTERVAL = 0.1  # seconds between looks at a file that is being copied
_UNFINISHED = (".part", ".crdownload", ".download", ".filepart", ".tmp", "~")  # endings of names

Stamp = tuple[int, int]  # a file's size in bytes and its time of change in nanoseconds


class _WaitingFile(Struct, frozen=True):
    """A file in the inbox as it was last seen."""

    stamp: Stamp  # a change of it means that the file is still being copied
    unchanged_since: float  # seconds of the inbox's clock


class _Refusal(Struct, frozen=True):
    """Why a file of the inbox was not added."""

    stamp: Stamp  # the file's when it was refused: once changed it is tried again
    reason: str  # the first page's, as a person reads it


class Inbox:
    """Looks into the inbox when it is woken, in a thread of its own.

    A file leaves the inbox when its bytes are elsewhere in `content/saved/`, never before. One that was refused stays
    and is complained about until it is taken away or changed.
    """

    def __init__(
        self,
        site: Path,
        add: Callable[[Sequence[str]], Iterable[Outcome]],
        *,
        report_problems: Callable[[tuple[Problem, ...]], None],
        print_line: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the thread; `start` begins.

        add: the `add` command's work, for paths. report_problems: takes all problems, each time they change.
        print_line: prints a line. clock: gives seconds.
        """
        self._site, self._folder = site, site / INBOX
        self._add, self._report_problems, self._print_line, self._clock = add, report_problems, print_line, clock
        self._files: dict[Path, _WaitingFile] = {}
        self._refusals: dict[Path, _Refusal] = {}
        self._obstacle: str | None = None  # why nothing at all can be added now
        self._problems: tuple[Problem, ...] = ()  # as last reported
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inbox", daemon=True)

    def start(self) -> None:
        """Begin with what lies in the inbox already."""
        with contextlib.suppress(OSError):  # where it cannot be made, nothing will be dropped
            self._folder.mkdir(parents=True, exist_ok=True)
        self._woken.set()
        self._thread.start()

    def wake(self) -> None:
        """Look into the inbox soon."""
        self._woken.set()

    def stop(self, seconds: float) -> bool:
        """End the thread after the page that it is at; return False when it is still at work after `seconds`."""
        self._stopping.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        timeout: float | None = None
        while not self._stopping.is_set():
            self._woken.wait(timeout)
            if self._stopping.is_set():
                return
            self._woken.clear()
            try:
                timeout = _POLL_INTERVAL if self.add_copied_files() else None
            except Exception as error:  # a mistake of ours must not end the watching
                self._obstacle, timeout = f"adding failed ({type(error).__name__}: {error})", None
                self._report_changed_problems()

    def add_copied_files(self) -> bool:
        """Look into the inbox once and add the files that are whole; return whether others are still being copied."""
        now = self._clock()
        stamps = dict(_files(self._folder))
        self._files = {
            path: file if (file := self._files.get(path)) and file.stamp == stamp else _WaitingFile(stamp, now)
            for path, stamp in stamps.items()
        }
        self._refusals = {
            path: refusal for path, refusal in self._refusals.items() if stamps.get(path) == refusal.stamp
        }
        new = [path for path in self._files if path not in self._refusals]
        whole = [path for path in new if now - self._files[path].unchanged_since >= COPIED_AFTER]
        self._obstacle = None
        if whole:
            self._add_all(whole)
        self._report_changed_problems()
        return len(whole) < len(new)

    def _add_all(self, paths: list[Path]) -> None:
        outcomes: list[Outcome] = []
        try:
            for outcome in self._add([str(path) for path in paths]):
                outcomes.append(outcome)
                if self._stopping.is_set():
                    break
        except SiteError:
            self._obstacle = "the site's own files have problems; fix them first"
        except (OSError, UsageError) as error:
            self._obstacle = str(error)
        if outcomes:
            saved_files = _SavedFiles(self._site)
            for path, of_file in groupby(outcomes, key=lambda outcome: outcome.input):
                self._settle(Path(path), list(of_file), saved_files)

    def _settle(self, path: Path, outcomes: list[Outcome], saved_files: _SavedFiles) -> None:
        """Take a file whose pages were added out of the inbox; remember one whose pages were refused.

        outcomes: one for each page of the file, and for an archive one more, its summary, when all pages are done.
        """
        pages = [outcome for outcome in outcomes if outcome.status != "summary"]
        if len(pages) == len(outcomes) and any(outcome.page for outcome in pages):
            return  # stopped in the middle of an archive: the rest of it is for the next time
        for outcome in pages:
            if outcome.status == "added":
                self._print_line(f"added      {self._name(path, outcome.page)} → {outcome.article}")
                if outcome.doubts:
                    self._print_line(f"           look at {console.format_doubts(outcome.doubts)}")
        reasons = [_reason(outcome) for outcome in pages] or [outcomes[0].reason or "nothing in it"]
        if any(outcome.status != "failed" for outcome in pages) and saved_files.has_copy_of(path):
            for outcome, reason in zip(pages, reasons, strict=True):
                if outcome.status != "added":
                    label = "here" if outcome.status == "duplicate" else "failed"
                    self._print_line(f"{label:10} {self._name(path, outcome.page)} {reason}")
            with contextlib.suppress(OSError):
                path.unlink()
                self._remove_empty(path.parent)
            return
        if path in self._files:
            others = f" (and {len(reasons) - 1} more like this)" if len(reasons) > 1 else ""
            self._refusals[path] = _Refusal(self._files[path].stamp, reasons[0] + others)

    def _remove_empty(self, folder: Path) -> None:
        """Remove the folders that a page came in, once nothing is left in them."""
        while folder != self._folder and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def _report_changed_problems(self) -> None:
        problems = [
            Problem(self._name(path), 0, refusal.reason, "remove it from the inbox")
            for path, refusal in self._refusals.items()
        ]
        if self._obstacle:
            problems.append(Problem(INBOX, 0, "pages wait here to be added", self._obstacle))
        if tuple(sorted(problems)) != self._problems:
            self._problems = tuple(sorted(problems))
            self._report_problems(self._problems)

    def _name(self, path: Path, page: str | None = None) -> str:
        return display_name(path.relative_to(self._site).as_posix(), page)


def _reason(outcome: Outcome) -> str:
    if outcome.status == "failed":
        return outcome.reason or "could not be added"
    return f"is {outcome.article} already ({outcome.reason})" if outcome.reason else "was added"


class _SavedFiles:
    """The files of `content/saved/` outside the inbox, to be looked up by their bytes."""

    def __init__(self, site: Path) -> None:
        inbox = site / INBOX
        self._by_size: dict[int, list[Path]] = {}
        for path, (size, _) in _files(site / SAVED, skip=inbox):
            self._by_size.setdefault(size, []).append(path)

    def has_copy_of(self, path: Path) -> bool:
        """Tell whether the bytes of this file are there."""
        try:
            return any(have_same_bytes(path, saved) for saved in self._by_size.get(path.stat().st_size, ()))
        except OSError:
            return False


def _files(folder: Path, skip: Path | None = None) -> Iterator[tuple[Path, Stamp]]:
    """Yield the files below a folder with their stamps, by name.

    skip: a folder to leave out. Without one, `folder` is the inbox, and only what may be pages is given: neither what
    browsers save beside a page (`x_files/`) nor what is still being copied.
    """
    for base, folders, names in os.walk(folder):
        parent = Path(base)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and parent / name != skip)
        if skip is None:
            folders[:] = [name for name in folders if not companion_stems(name)]
        for name in sorted(names):
            if name.startswith(".") or (skip is None and name.lower().endswith(_UNFINISHED)):
                continue
            with contextlib.suppress(OSError):  # gone this moment
                status = (parent / name).lstat()
                if not stat.S_ISDIR(status.st_mode):
                    yield parent / name, (status.st_size, status.st_mtime_ns)
