"""Saved pages that are dropped into `content/saved/inbox/` are added to the site."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
import time
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.content.site_paths import SAVED
from site_gen.core import console
from site_gen.core.atomic_files import same_bytes
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.ingest.add_pages import INBOX
from site_gen.ingest.extract_pool import display_name
from site_gen.ingest.formats.saved_file import companion_stems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from site_gen.ingest.add_pages import Outcome

STILL = 0.5  # seconds without a change after which a file counts as copied
_AGAIN = 0.1  # seconds between looks at a file that is being copied
_UNFINISHED = (".part", ".crdownload", ".download", ".filepart", ".tmp", "~")

Stamp = tuple[int, int]  # a file's size and its time of change


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was last seen, and since when."""

    stamp: Stamp
    since: float


class Inbox:
    """Looks into the inbox when it is woken, in a thread of its own.

    A file leaves the inbox when its bytes are kept elsewhere in `content/saved/`, never before. One that
    was refused stays and is complained about until it is taken away or changed.
    """

    def __init__(
        self,
        site: Path,
        add: Callable[[Sequence[str]], Iterable[Outcome]],
        *,
        complain: Callable[[tuple[Problem, ...]], None],
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """add: the `add` command's work. complain: takes all complaints, each time they change. tell: prints
        a line."""
        self._site, self._folder = site, site / INBOX
        self._add, self._complain, self._tell, self._clock = add, complain, tell, clock
        self._seen: dict[Path, _Seen] = {}
        self._refused: dict[Path, tuple[Stamp, str]] = {}
        self._waiting: str | None = None  # why nothing can be added now
        self._told: tuple[Problem, ...] = ()
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
        """End the thread after the page that it is at. False when it is still at work after `seconds`."""
        self._stopping.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        again: float | None = None
        while not self._stopping.is_set():
            self._woken.wait(again)
            if self._stopping.is_set():
                return
            self._woken.clear()
            try:
                again = _AGAIN if self.look() else None
            except Exception as error:  # a mistake of ours must not end the watching
                self._waiting, again = f"adding failed ({type(error).__name__}: {error})", None
                self._complain_anew()

    def look(self) -> bool:
        """Look once, and add what is whole. Whether some files are still being copied."""
        now = self._clock()
        there = dict(_files(self._folder))
        self._seen = {
            path: self._seen[path] if path in self._seen and self._seen[path].stamp == stamp else _Seen(stamp, now)
            for path, stamp in there.items()
        }
        self._refused = {path: told for path, told in self._refused.items() if there.get(path) == told[0]}
        new = [path for path in self._seen if path not in self._refused]
        whole = [path for path in new if now - self._seen[path].since >= STILL]
        self._waiting = None
        if whole:
            self._add_all(whole)
        self._complain_anew()
        return len(whole) < len(new)

    def _add_all(self, paths: list[Path]) -> None:
        done: list[Outcome] = []
        try:
            for outcome in self._add([str(path) for path in paths]):
                done.append(outcome)
                if self._stopping.is_set():
                    break
        except SiteError:
            self._waiting = "the site's own files are wrong; mend them first"
        except (OSError, UsageError) as error:
            self._waiting = str(error)
        if done:
            kept = _Kept(self._site)
            for path, outcomes in groupby(done, key=lambda outcome: outcome.input):
                self._settle(Path(path), list(outcomes), kept)

    def _settle(self, path: Path, outcomes: list[Outcome], kept: _Kept) -> None:
        """Take a file whose pages were added out of the inbox; remember one that was not."""
        told = [outcome for outcome in outcomes if outcome.status != "summary"]
        if len(told) == len(outcomes) and any(outcome.page for outcome in told):
            return  # stopped in the middle of an archive: the rest of it is for the next time
        for outcome in told:
            if outcome.status == "added":
                self._tell(f"added      {self._name(path, outcome.page)} → {outcome.article}")
                if outcome.doubts:
                    self._tell(f"           look at {console.doubts(outcome.doubts)}")
        reasons = [_reason(outcome) for outcome in told] or [outcomes[0].reason or "nothing in it"]
        if any(outcome.status != "failed" for outcome in told) and kept.has(path):
            for outcome, reason in zip(told, reasons, strict=True):
                if outcome.status != "added":
                    word = "here" if outcome.status == "duplicate" else "failed"
                    self._tell(f"{word:10} {self._name(path, outcome.page)} {reason}")
            with contextlib.suppress(OSError):
                path.unlink()
                self._remove_empty(path.parent)
            return
        if path in self._seen:
            more = f" (and {len(reasons) - 1} more like this)" if len(reasons) > 1 else ""
            self._refused[path] = (self._seen[path].stamp, reasons[0] + more)

    def _remove_empty(self, folder: Path) -> None:
        """Remove the folders that a page came in, once nothing is left in them."""
        while folder != self._folder and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def _complain_anew(self) -> None:
        mend = "take it out of the inbox"
        found = [Problem(self._name(path), 0, told[1], mend) for path, told in self._refused.items()]
        if self._waiting:
            found.append(Problem(INBOX, 0, "pages wait here to be added", self._waiting))
        problems = tuple(sorted(found))
        if problems != self._told:
            self._told = problems
            self._complain(problems)

    def _name(self, path: Path, page: str | None = None) -> str:
        return display_name(path.relative_to(self._site).as_posix(), page)


def _reason(outcome: Outcome) -> str:
    if outcome.status == "failed":
        return outcome.reason or "could not be added"
    return f"is {outcome.article} already ({outcome.reason})" if outcome.reason else "was added"


class _Kept:
    """The files of `content/saved/` outside the inbox, found by their bytes."""

    def __init__(self, site: Path) -> None:
        inbox = site / INBOX
        self._by_size: dict[int, list[Path]] = {}
        for path, (size, _) in _files(site / SAVED, skip=inbox):
            self._by_size.setdefault(size, []).append(path)

    def has(self, path: Path) -> bool:
        """Whether the bytes of this file are kept."""
        try:
            return any(same_bytes(path, other) for other in self._by_size.get(path.stat().st_size, ()))
        except OSError:
            return False


def _files(folder: Path, skip: Path | None = None) -> Iterator[tuple[Path, Stamp]]:
    """The files below a folder with their stamps. In the inbox (nothing to skip) only what may be pages."""
    for base, folders, names in os.walk(folder):
        here = Path(base)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and here / name != skip)
        if skip is None:
            folders[:] = [name for name in folders if not companion_stems(name)]
        for name in sorted(names):
            if name.startswith(".") or (skip is None and name.lower().endswith(_UNFINISHED)):
                continue
            with contextlib.suppress(OSError):  # gone this moment
                found = (here / name).lstat()
                if not stat.S_ISDIR(found.st_mode):
                    yield here / name, (found.st_size, found.st_mtime_ns)
