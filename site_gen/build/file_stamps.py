"""What is kept of each file of a site, to tell without reading it that it is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.content_files import Stamp
from site_gen.core import sqlite

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path

# Where it lies in the site's folder; `state` says what else does.
FOLDER = ".site-gen"
NAME = "state.sqlite"
SCHEMA = """
CREATE TABLE file (name TEXT PRIMARY KEY, modified INT, changed INT, size INT, inode INT, looked INT, digest TEXT)
    WITHOUT ROWID;
CREATE TABLE article (file TEXT PRIMARY KEY, findings TEXT, sum BLOB);
CREATE TABLE text (file TEXT PRIMARY KEY, document TEXT, words TEXT, sum BLOB)
"""


class Known(NamedTuple):
    """A file as it was when it was read: its stamp then, when that was, and the digest of its bytes."""

    stamp: Stamp
    looked: int
    digest: str

    def is_still(self, stamp: Stamp) -> bool:
        """Whether a file with this stamp must have the same bytes."""
        return stamp == self.stamp and stamp.is_settled(self.looked)


def existing(site: Path, version: str) -> sqlite3.Connection | None:
    """The state of a site as this version of the program left it; None where it did not."""
    return sqlite.open_existing(site / FOLDER / NAME, SCHEMA, version)


def rows(connection: sqlite3.Connection, path: Path) -> list[tuple[str, int, int, int, int, int, str]]:
    """All files that are known, as they are kept: name, the stamp's four numbers, when it was taken, digest. Raises
    StateError."""
    with sqlite.raising_state_errors(str(path)):
        return connection.execute("SELECT name, modified, changed, size, inode, looked, digest FROM file").fetchall()


def files(connection: sqlite3.Connection, path: Path) -> dict[str, Known]:
    """The same by name. Raises StateError."""
    found = rows(connection, path)
    with sqlite.raising_state_errors(str(path)):
        return {str(name): Known(Stamp(*map(int, stamp)), int(at), str(key)) for name, *stamp, at, key in found}


def restamp(connection: sqlite3.Connection, path: Path, files: Mapping[str, Known]) -> None:
    """Keep how files look that were read again and are the same. It needs no lock: what is said of a file holds for
    these bytes, whoever builds meanwhile, and is kept only where it is still known by them. Raises StateError."""
    with sqlite.transaction(connection, path):
        connection.executemany(
            "UPDATE file SET modified = ?, changed = ?, size = ?, inode = ?, looked = ? WHERE name = ? AND digest = ?",
            [(*known.stamp, known.looked, name, known.digest) for name, known in files.items()],
        )
