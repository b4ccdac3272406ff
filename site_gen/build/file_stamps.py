"""What the build cache keeps of each content file, to tell without reading it whether it is unchanged.

Apart from `build_cache`, so that a build with nothing to do need not import the parsers that the cache needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.content_files import Stamp
from site_gen.core import sqlite

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path

CACHE_FOLDER = ".site-gen"  # in the site's folder
CACHE_NAME = "state.sqlite"  # the cache's database, in CACHE_FOLDER
# Table `file` is described by FileStamp, `article` and `text` by `build_cache`. A database with another schema is made
# anew.
CACHE_SCHEMA = """
CREATE TABLE file (name TEXT PRIMARY KEY, modified INT, changed INT, size INT, inode INT, looked INT, digest TEXT)
    WITHOUT ROWID;
CREATE TABLE article (file TEXT PRIMARY KEY, findings BLOB, sum BLOB);
CREATE TABLE text (file TEXT PRIMARY KEY, document BLOB, words BLOB, sum BLOB)
"""


class FileStamp(NamedTuple):
    """A file as it was when it was read."""

    stamp: Stamp  # what the file system said of it
    checked_at_ns: int  # when the stamp was taken, in nanoseconds since 1970; column `looked`
    digest: str  # digest of its bytes, hexadecimal

    def is_unchanged(self, stamp: Stamp) -> bool:
        """Tell whether a file that has this stamp now must have the bytes of the digest."""
        return stamp == self.stamp and stamp.is_settled(self.checked_at_ns)


def open_existing(site: Path, version: str) -> sqlite3.Connection | None:
    """Open the cache of a site; return None where there is none of this version of the program."""
    return sqlite.open_existing(site / CACHE_FOLDER / CACHE_NAME, CACHE_SCHEMA, version)


def read_rows(connection: sqlite3.Connection, path: Path) -> list[tuple[str, int, int, int, int, int, str]]:
    """Return a row for each file: name, the four numbers of its stamp, when that was taken, and the digest.

    path: the database, for the message of an error. Raises StateError.
    """
    with sqlite.raising_state_errors(str(path)):
        return connection.execute("SELECT name, modified, changed, size, inode, looked, digest FROM file").fetchall()


def read_stamps(connection: sqlite3.Connection, path: Path) -> dict[str, FileStamp]:
    """Return the stamps of all files by name. Raises StateError."""
    rows = read_rows(connection, path)
    with sqlite.raising_state_errors(str(path)):
        return {str(name): FileStamp(Stamp(*map(int, stamp)), int(at), str(key)) for name, *stamp, at, key in rows}


def update_stamps(connection: sqlite3.Connection, path: Path, stamps: Mapping[str, FileStamp]) -> None:
    """Store new stamps of files that were read again and have the same bytes. Raises StateError.

    Needs no lock: a stamp is stored only where the cache still has the digest that was read, and so is right whoever
    else builds meanwhile.
    """
    with sqlite.transaction(connection, path):
        connection.executemany(
            "UPDATE file SET modified = ?, changed = ?, size = ?, inode = ?, looked = ? WHERE name = ? AND digest = ?",
            [(*file.stamp, file.checked_at_ns, name, file.digest) for name, file in stamps.items()],
        )
