"""The lists of names that a person refused or put off: files of `content/` with a name on each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.core.errors import Problem, SiteError, explain_write_error
from site_gen.core.text import one_line, scrub
from site_gen.entities.discovery.name_discovery import name_key

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.content.undo_journal import UndoJournal

REFUSED_FILE, DEFERRED_FILE = "content/never.txt", "content/later.txt"


class AnsweredNames:
    """One of these lists. Names that differ in case, signs or legal form only are one."""

    def __init__(self, site: Path, file: str, journal: UndoJournal) -> None:
        """Read a list, empty where there is no file. Raises SiteError where it cannot be read."""
        self.file = file
        self._journal = journal
        self._names = _read_names(site / file, file)
        self._keys = frozenset(map(name_key, self._names))

    def __len__(self) -> int:
        """Return how many names are listed."""
        return len(self._names)

    def __contains__(self, name: str) -> bool:
        """Return whether a name is listed, perhaps in another spelling."""
        return name_key(name) in self._keys

    def add(self, name: str) -> None:
        """Add a name and write the list. Raises SiteError where that cannot be done."""
        if name not in self:
            self._write((*self._names, name))

    def discard(self, name: str) -> bool:
        """Take a name off the list, if it is there, and return whether it was; write the list then."""
        if name not in self:
            return False
        self._write(tuple(other for other in self._names if name_key(other) != name_key(name)))
        return True

    def _write(self, names: tuple[str, ...]) -> None:
        self._names = tuple(sorted(names, key=lambda name: (name.casefold(), name)))
        self._keys = frozenset(map(name_key, self._names))
        try:
            self._journal.replace(self.file, "".join(f"{name}\n" for name in self._names).encode())
        except OSError as error:
            raise SiteError(explain_write_error(self.file, error)) from None


def _read_names(path: Path, file: str) -> tuple[str, ...]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError:
        raise SiteError(Problem(file, 0, "is not UTF-8", "save the file as UTF-8 in your editor")) from None
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise SiteError(Problem(file, 0, what, "check its permissions")) from None
    return tuple(dict.fromkeys(filter(None, map(one_line, scrub(text).split("\n")))))
