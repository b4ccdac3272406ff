"""The one place that writes what upkeep planned: each file whole, and nothing over another's change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.errors import Problem, SiteError
from site_gen.files import create_file, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from site_gen.upkeep.plans import Change

_AGAIN = "the same command goes on from here"


def write(
    site: Path,
    changes: Sequence[Change],
    progress: Callable[[Sequence[Change]], Iterable[Change]] = iter,
) -> None:
    """Write the files in their order. Killed or stopped anywhere, the same command finishes the work.

    Raises SiteError at the first file that cannot be written, or that changed since it was planned.
    """
    for change in progress(changes):
        try:
            _write(site, change)
        except FileExistsError:
            raise SiteError(Problem(change.file, 0, "came meanwhile", _AGAIN)) from None
        except OSError as error:
            what = f"cannot be written ({error.strerror})"
            raise SiteError(Problem(change.file, 0, what, f"check its permissions; {_AGAIN}")) from None


def _write(site: Path, change: Change) -> None:
    path = site / change.file
    if change.before is None:
        path.parent.mkdir(parents=True, exist_ok=True)
        create_file(path, (change.after or "").encode())
        return
    if path.is_symlink() or path.read_bytes() != change.before.encode():
        raise SiteError(Problem(change.file, 0, "changed while this was planned", _AGAIN))
    if change.after is None:
        path.unlink()
    else:
        replace_file(path, change.after.encode())


def note(site: Path, name: str, text: str) -> None:
    """Write a file of our own below the site."""
    replace_file(site / name, text.encode())
