"""Journal of what commands change in `content/`: each writes its files through one, and `undo` puts them back.

Before a file changes, what it was is appended to the journal of the command, a file of `.site-gen/undo/`: so a command
that was killed can be undone, too. Only what was written through a journal is ever put back, and only where it is still
as the command left it: later work is never lost. Git has no part in it.

A journal is JSON, a line each. The first is `[command, time]`; the others are notes, one for each write of a file, see
`_Note`. The newest journals are kept, of a bounded number and size.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import time
import zlib
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct

from site_gen.content import site_paths
from site_gen.content.content_lock import hold_content
from site_gen.content.state_folder import make_state_folder
from site_gen.core.atomic_files import create_file, remove_unfinished_files, replace_file, write_numbered
from site_gen.core.errors import Problem, SiteError, UsageError, explain_write_error

if TYPE_CHECKING:
    from pathlib import Path

_MOST_JOURNALS = 20  # that are kept
_MOST_BYTES = 256 * 1024 * 1024  # of all journals but the newest
_SUFFIX = ".jsonl"
_GONE = ""  # the digest of a file that is not there


class _Note(NamedTuple):
    """What a file was before a write, and is after it."""

    file: str  # below the site's folder
    mode: int  # its permissions; 0 where it was not there
    before: str | None  # its bytes, compressed, in base 64; None where it was not there
    digest_before: str  # of its bytes, _GONE where it was not there
    digest_after: str  # of its bytes, _GONE where it is removed


class UndoJournal:
    """Writes files of `content/` for one command, and notes first what they were."""

    def __init__(self, site: Path, command: str, *, is_kept: bool = True) -> None:
        """Begin with nothing on the disk; what killed commands left half-written is removed.

        command: what a person gave, without `site-gen`. is_kept: note anything.
        """
        remove_unfinished_files(site / "content", (site / site_paths.UNDO_JOURNALS).parent)
        self._site, self._command, self._is_kept = site, command, is_kept
        self._path: Path | None = None  # of the journal; None before the first note
        self._created: set[str] = set()  # files that were not there before

    def replace(self, file: str, data: bytes) -> None:
        """Write a file, see `atomic_files.replace_file`. Raises OSError, SiteError where no note can be made."""
        self.note(file, data)
        replace_file(self._site / file, data)

    def create(self, file: str, data: bytes | Path) -> None:
        """Write a file where none may be, see `atomic_files.create_file`. Raises as that does, and SiteError."""
        path = self._site / file
        if path.exists() or path.is_symlink():
            raise FileExistsError(path)
        self._append(_Note(file, 0, None, _GONE, _digest_of_new(data)))
        try:
            create_file(path, data)
        except FileExistsError:  # it came this moment, and is another's
            self.forget(file)
            raise
        self._created.add(file)

    def create_numbered(self, stem: str, suffix: str, data: bytes | Path) -> str:
        """Write a file under a name that is free, see `atomic_files.write_numbered`; return its name."""
        return write_numbered(self._site, stem, suffix, data, self.create)

    def remove(self, file: str) -> None:
        """Remove a file. Raises OSError, SiteError where no note can be made."""
        path = self._site / file
        if file not in self._created and path.exists():
            self.note(file, None)
        path.unlink()

    def note(self, file: str, data: bytes | None) -> None:
        """Note what a file is before it is written elsewhere. data: its new bytes; None where it is removed."""
        before, mode = _read(self._site / file)
        packed = None if before is None else base64.b64encode(zlib.compress(before)).decode()
        self._append(_Note(file, mode, packed, _digest(before), _digest(data)))

    def forget(self, file: str) -> None:
        """Take a file out again that was noted, but not written."""
        self._append(_Note(file, 0, None, _GONE, _GONE))

    def _append(self, note: _Note) -> None:
        if not self._is_kept:
            return
        try:
            if self._path is None or not self._path.exists():  # undone meanwhile
                self._path = self._begin()
            with self._path.open("ab") as stream:
                stream.write(json.dumps(note).encode() + b"\n")
        except OSError as error:
            raise SiteError(explain_write_error(f"{site_paths.UNDO_JOURNALS}/", error)) from None

    def _begin(self) -> Path:
        """Make a journal after all that are there, remove the oldest, and return its path."""
        folder = self._site / site_paths.UNDO_JOURNALS
        make_state_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        paths = _journal_paths(self._site)
        size = 0
        for age, path in enumerate(reversed(paths), 1):
            size += path.stat().st_size
            if age >= _MOST_JOURNALS or (age > 1 and size > _MOST_BYTES):
                path.unlink(missing_ok=True)
        number = int(paths[-1].stem) + 1 if paths else 1
        while True:
            path = folder / f"{number:06}{_SUFFIX}"
            with contextlib.suppress(FileExistsError):
                create_file(path, json.dumps([self._command, int(time.time())]).encode() + b"\n")
                return path
            number += 1


class RecordedChange(Struct, frozen=True):
    """A file as a command found it."""

    file: str  # below the site's folder
    mode: int  # its permissions; 0 where it was not there
    before: str | None  # see `_Note`
    digests: tuple[str, ...]  # of its states, the first that before the command; all but this are the command's


class RecordedCommand(Struct, frozen=True):
    """A command that can be undone."""

    command: str  # without `site-gen`
    seconds: int  # since 1970, when it began to write
    changes: tuple[RecordedChange, ...]  # in the order in which it wrote the files first
    path: Path  # of its journal


class UndoneFile(NamedTuple):
    """What `undo` did with a file."""

    file: str  # below the site's folder
    did: Literal["put back", "removed", "brought back"]  # to it: it had changed, was new, or was removed


def recorded_commands(site: Path) -> list[RecordedCommand]:
    """Return the commands that can be undone, the newest first. Raises SiteError for a journal that is damaged."""
    return [_read_journal(site, path) for path in reversed(_journal_paths(site))]


def undo(site: Path) -> tuple[RecordedCommand, list[UndoneFile]]:
    """Undo the newest command that is left, and return it with what was done.

    Killed halfway, it can be given again. Raises UsageError where there is nothing to undo; SiteError, with nothing
    done, where a file has changed since.
    """
    with hold_content(site) if _journal_paths(site) else contextlib.nullcontext():
        return _undo(site)


def _undo(site: Path) -> tuple[RecordedCommand, list[UndoneFile]]:
    paths = _journal_paths(site)
    if not paths:
        raise UsageError("nothing to undo: no command has changed files here, or .site-gen/ was removed since")
    recorded = _read_journal(site, paths[-1])
    changes: list[RecordedChange] = []
    problems: list[Problem] = []
    for change in recorded.changes:
        digest = _digest(_read(site / change.file)[0])
        if digest not in change.digests:
            what = f"was {'changed' if digest else 'removed'} since `site-gen {recorded.command}`"
            mend = "put it back as it was, or move it away; nothing is undone"
            problems.append(Problem(change.file, 0, what, mend if digest else "restore it; nothing is undone"))
        elif digest != change.digests[0]:
            changes.append(change)
    if problems:
        raise SiteError(*problems)
    if recorded.command.startswith("entity "):  # what is left of it is not to be done either
        (site / site_paths.ENTITY_JOURNAL).unlink(missing_ok=True)
    remove_unfinished_files(site / "content")
    undone = [_put_back(site, change) for change in changes]
    recorded.path.unlink(missing_ok=True)
    return recorded, undone


def _put_back(site: Path, change: RecordedChange) -> UndoneFile:
    """Make a file what it was. Raises SiteError."""
    path = site / change.file
    try:
        if change.before is None:
            path.unlink()
            if path.parent.parent == site / site_paths.ARTICLES:  # a year's folder
                with contextlib.suppress(OSError):
                    path.parent.rmdir()
            return UndoneFile(change.file, "removed")
        data, was_there = zlib.decompress(base64.b64decode(change.before)), path.exists()
        if was_there:
            replace_file(path, data)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            create_file(path, data)
            path.chmod(change.mode)
        return UndoneFile(change.file, "put back" if was_there else "brought back")
    except OSError as error:
        problem = explain_write_error(change.file, error)
        raise SiteError(problem._replace(mend=f"{problem.mend}; run the same command to continue")) from None


def _journal_paths(site: Path) -> list[Path]:
    """Return the journals' paths, the oldest first."""
    folder = site / site_paths.UNDO_JOURNALS
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix == _SUFFIX and path.stem.isdecimal())


def _read_journal(site: Path, path: Path) -> RecordedCommand:
    """Return what a journal says. Raises SiteError where it is damaged; a last line that was cut changed no file."""
    name = f"{site_paths.UNDO_JOURNALS}/{path.name}"
    changes: dict[str, RecordedChange] = {}
    try:
        head, *lines = path.read_bytes().rpartition(b"\n")[0].split(b"\n")
        command, seconds = json.loads(head)
        for line in lines:
            note = _Note(*json.loads(line))
            _require_inside(site, note.file)
            if note.digest_before == note.digest_after == _GONE:
                changes.pop(note.file, None)
                continue
            first = changes.get(note.file) or RecordedChange(note.file, note.mode, note.before, (note.digest_before,))
            digests = (*first.digests, note.digest_before, note.digest_after)
            changes[note.file] = RecordedChange(first.file, first.mode, first.before, digests)
        return RecordedCommand(str(command), int(seconds), tuple(changes.values()), path)
    except (OSError, ValueError, TypeError, AttributeError):
        raise SiteError(Problem(name, 0, "is damaged: this cannot be undone", "remove it to undo others")) from None


def _require_inside(site: Path, file: str) -> None:
    """Raise ValueError for a file that no command writes: a journal may come with a stranger's site."""
    place = (site / file).parent.resolve()
    if ".." in file.split("/") or not place.is_relative_to((site / "content").resolve()):
        raise ValueError(file)


def _read(path: Path) -> tuple[bytes | None, int]:
    """Return a file's bytes and permissions; None and 0 where there is none. A link is a file of other bytes."""
    if path.is_symlink():
        return b"\0", 0
    try:
        return path.read_bytes(), path.stat().st_mode & 0o777
    except FileNotFoundError:
        return None, 0


def _digest(data: bytes | None) -> str:
    return _GONE if data is None else hashlib.blake2b(data, digest_size=16).hexdigest()


def _digest_of_new(data: bytes | Path) -> str:
    if isinstance(data, bytes):
        return _digest(data)
    with data.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
