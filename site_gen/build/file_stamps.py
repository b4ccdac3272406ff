"""What builds keep of files, content and output alike, to tell without reading one whether its bytes are still those.

Apart from `build_cache`, so that a build with nothing to do need not import the parsers that the cache needs.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple, Self

from site_gen.content.content_files import digest_of_file
from site_gen.core import sqlite
from site_gen.core.errors import SiteError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path

    from site_gen.content.content_files import Stamp

CACHE_FOLDER = ".site-gen"  # in the site's folder
CACHE_NAME = "state.sqlite"  # the cache's database, in CACHE_FOLDER
# The table of files in both databases: a row is a name, then a FileStamp.
FILE_TABLE = """
CREATE TABLE file (name TEXT PRIMARY KEY, modified INT, changed INT, size INT, inode INT, looked INT, digest BLOB,
    pending BLOB) WITHOUT ROWID
"""
# Tables `article`, `text` and `kept` are described by `build_cache`. A database with another schema is made anew.
CACHE_SCHEMA = f"""{FILE_TABLE};
CREATE TABLE article (file TEXT PRIMARY KEY, findings BLOB, sum BLOB);
CREATE TABLE text (file TEXT PRIMARY KEY, document BLOB, words BLOB, sum BLOB);
CREATE TABLE kept (key TEXT PRIMARY KEY, data BLOB, sum BLOB) WITHOUT ROWID
"""
# How long after a change the next one may still get the same time: file systems keep times in steps of
# some milliseconds, those without fractions of a second in steps of up to two seconds (FAT).
_STEP_NS, _COARSE_STEP_NS = 50_000_000, 2_000_000_000


class FileStamp(NamedTuple):
    """A file as it was when its bytes were last read or written."""

    # Its `Stamp`; None in each field for a file that was never written.
    modified_ns: int | None  # as `Stamp.modified_ns`
    changed_ns: int | None  # as `Stamp.changed_ns`
    size: int | None  # as `Stamp.size`
    inode: int | None  # as `Stamp.inode`
    checked_at_ns: int  # when the stamp was taken, or after it, but before the bytes were read; since 1970
    digest: bytes | None  # of its bytes; None until it is first written
    pending: bytes | None = None  # the digest that it was about to get when a build was cut short

    @classmethod
    def of(cls, stamp: Stamp | None, checked_at_ns: int, digest: bytes) -> Self:
        """Return the record of a file with a stamp; None for one that somebody removed meanwhile."""
        modified_ns, changed_ns, size, inode = stamp or (None, None, None, None)
        return cls(modified_ns, changed_ns, size, inode, checked_at_ns, digest)

    def is_unchanged(self, stamp: Stamp) -> bool:
        """Tell whether a file that has this stamp now must have the bytes of the digest.

        One that changed right before it was looked at may have changed again without another stamp: git's rule for
        "racily clean" entries (git documentation, technical/racy-git).
        """
        if self[:4] != stamp or self.pending is not None:
            return False
        settled_ns = self.checked_at_ns - (_STEP_NS if stamp[0] % 1_000_000_000 else _COARSE_STEP_NS)
        return stamp[0] < settled_ns and stamp[1] < settled_ns


def find_changed(
    folder: Path, files: Mapping[str, FileStamp], stamps: Mapping[str, Stamp]
) -> tuple[set[str], dict[str, FileStamp]]:
    """Return the files that have not the bytes of their digests, and new stamps of those that have, but were read.

    Only those are read of which the stamp does not tell. files: by name below the folder. stamps: those that they have
    now; none for one that is gone. Raises StateError for what nobody can have stored.
    """
    changed: set[str] = set()
    new_stamps: dict[str, FileStamp] = {}
    with sqlite.raising_state_errors(str(folder)):
        for name, file in files.items():
            stamp = stamps.get(name)
            if stamp is None:
                changed.add(name)
            elif not file.is_unchanged(stamp):
                checked_at_ns = time.time_ns()
                if file.digest is not None and file.pending is None and file.digest == _digest(folder / name):
                    new_stamps[name] = FileStamp.of(stamp, checked_at_ns, file.digest)
                else:
                    changed.add(name)
    return changed, new_stamps


def _digest(path: Path) -> bytes | None:
    """Return the digest of a file; None where it cannot be read: whoever needs it then says why."""
    try:
        return digest_of_file(path)
    except SiteError:
        return None


def open_existing(site: Path, version: str) -> sqlite3.Connection | None:
    """Open the cache of a site; return None where there is none of this version of the program."""
    return sqlite.open_existing(site / CACHE_FOLDER / CACHE_NAME, CACHE_SCHEMA, version)


def read_files(connection: sqlite3.Connection, path: Path) -> dict[str, FileStamp]:
    """Return all files of a database by name. path: the database, for the message of an error. Raises StateError."""
    with sqlite.raising_state_errors(str(path)):
        files = {row[0]: FileStamp._make(row[1:]) for row in connection.execute("SELECT * FROM file")}
        if not all(type(name) is str for name in files):
            raise ValueError("a file without a name")
        return files


def write_files(connection: sqlite3.Connection, files: Mapping[str, FileStamp | None]) -> None:
    """Store files by name; None for one that is gone. To be called inside a transaction."""
    gone = [(name,) for name, file in files.items() if file is None]
    connection.executemany("DELETE FROM file WHERE name = ?", gone)
    rows = [(name, *file) for name, file in files.items() if file]
    connection.executemany("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def update_stamps(connection: sqlite3.Connection, path: Path, files: Mapping[str, FileStamp]) -> None:
    """Store new stamps of files that were read again and have the same bytes. Raises StateError.

    Needs no lock: a stamp is stored only where the database still has the digest that was read, and so is right whoever
    else builds meanwhile.
    """
    with sqlite.transaction(connection, path):
        connection.executemany(
            "UPDATE file SET modified = ?, changed = ?, size = ?, inode = ?, looked = ?"
            " WHERE digest = ? AND pending IS NULL AND name = ?",
            [(*file[:6], name) for name, file in files.items()],
        )
