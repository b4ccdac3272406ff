"""Writes what was planned: each file whole, all of them or, after a kill, the rest next time.

Before the first file a journal is written: for each file what it is known by before and after, and what
changes in it. It goes when all is written; where there is one, the work that it tells of is finished first
(write-ahead logging). What a person changed meanwhile is never written over.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from site_gen.content.content_files import digest_of_bytes
from site_gen.content.site_paths import ENTITY_JOURNAL
from site_gen.content.undo_journal import UndoJournal
from site_gen.core.atomic_files import create_file, replace_file
from site_gen.core.errors import Problem, SiteError, explain_write_error
from site_gen.entities.curation.change_plan import FileChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

_RUN_AGAIN = "run the same command to continue"


def write(
    site: Path,
    command: str,
    changes: Sequence[FileChange],
    progress: Callable[[Sequence[FileChange]], Iterable[FileChange]] = iter,
) -> None:
    """Write the files in their order. Killed or stopped anywhere, `finish` writes the rest, or `undo` undoes it.

    command: see `UndoJournal`. Raises SiteError at the first file that cannot be written, or that changed since it was
    planned.
    """
    journal = UndoJournal(site, command)
    for change in changes:
        journal.note(change.file, None if change.after is None else change.after.encode())
    try:
        packed_changes = json.dumps([_pack(change) for change in changes]).encode()
        replace_file(site / ENTITY_JOURNAL, packed_changes, is_disposable=True)
    except OSError as error:
        raise SiteError(explain_write_error(ENTITY_JOURNAL, error)) from None
    _write_all(site, progress(changes), journal, [change.file for change in changes])


def _write_all(site: Path, changes: Iterable[FileChange], journal: UndoJournal, files: Sequence[str]) -> None:
    """Write files, and remove the note of the work that was to do. files: their names. Raises as `write` does."""
    left = dict.fromkeys(files)
    for change in changes:
        try:
            _write(site, change)
        except OSError as error:
            problem = explain_write_error(change.file, error)
            raise SiteError(problem._replace(mend=f"{problem.mend}; {_RUN_AGAIN}")) from None
        except SiteError:  # what was planned of this file is no longer so: to be planned anew
            (site / ENTITY_JOURNAL).unlink(missing_ok=True)
            for file in left:
                journal.forget(file)
            raise
        del left[change.file]
    (site / ENTITY_JOURNAL).unlink(missing_ok=True)


def finish(site: Path) -> int:
    """Write what a command that was killed left to write, and return how many files that were.

    A file that is neither as it was nor as it should be is left to the command that is given now.
    """
    journal = site / ENTITY_JOURNAL
    try:
        packed_changes = json.loads(journal.read_bytes())
        changes = [change for packed in packed_changes if (change := _unpack(site, *packed))]
    except FileNotFoundError:
        return 0
    except (ValueError, TypeError):  # of another version, or damaged
        journal.unlink(missing_ok=True)
        return 0
    unkept = UndoJournal(site, "", is_kept=False)  # the journal of the command that was killed knows these files
    _write_all(site, changes, unkept, [change.file for change in changes])
    return len(changes)


def _write(site: Path, change: FileChange) -> None:
    path = site / change.file
    if _read_bytes(path) != (None if change.before is None else change.before.encode()):
        raise SiteError(Problem(change.file, 0, "changed while this was planned", _RUN_AGAIN))
    if change.after is None:
        path.unlink()
    elif change.before is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            create_file(path, change.after.encode())
        except FileExistsError:
            raise SiteError(Problem(change.file, 0, "came meanwhile", _RUN_AGAIN)) from None
    else:
        replace_file(path, change.after.encode())


def _read_bytes(path: Path) -> bytes | None:
    """Return a file's bytes; None where there is none. A link counts as a file of other bytes."""
    if path.is_symlink():
        return b"\0"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _digest(text: str | None) -> str | None:
    return None if text is None else digest_of_bytes(text.encode()).hex()


def _pack(change: FileChange) -> list[object]:
    """Return a change as JSON, without the text that stays.

    The items: the file, the digests of its text before and after, how many characters stay at its head and at its
    tail, and what stands between them afterwards.
    """
    before, after = change.before or "", change.after or ""
    head = _common_prefix_length(before, after)
    tail = _common_prefix_length(before[head:][::-1], after[head:][::-1])
    middle = after[head : len(after) - tail]
    return [change.file, _digest(change.before), _digest(change.after), head, tail, middle]


def _common_prefix_length(left: str, right: str) -> int:
    """Return how many characters two texts have in common from their start."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if left[:middle] == right[:middle] else (low, middle - 1)
    return low


def _unpack(
    site: Path, file: str, before: str | None, after: str | None, head: int, tail: int, middle: str
) -> FileChange | None:
    """Return the change that is left to make; None where it is made, or cannot be. For the arguments see `_pack`."""
    if not file.startswith("content/") or ".." in file.split("/"):
        raise ValueError(file)
    raw = _read_bytes(site / file)
    if raw is None:
        return FileChange(file, None, middle) if before is None and _digest(middle) == after else None
    text = raw.decode(errors="surrogateescape")
    if digest_of_bytes(raw).hex() != before:
        return None
    new_text = None if after is None else text[:head] + middle + text[len(text) - tail :]
    return FileChange(file, text, new_text) if _digest(new_text) == after else None
