"""What a build wrote into an output folder, and what each page was made of: a small SQLite file in that
folder, so that it is copied, moved or deleted together with it. It holds no text of the site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from site_gen.content import site_paths
from site_gen.content.content_files import Stamp
from site_gen.core import sqlite

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path

NAME = site_paths.MANIFEST
STANDING = "standing"  # the key of what `standing` asks
_SCHEMA = """
CREATE TABLE file (name TEXT PRIMARY KEY, digest BLOB, pending BLOB, modified INT, changed INT, size INT, inode INT,
    looked INT) WITHOUT ROWID;
CREATE TABLE trace (name TEXT PRIMARY KEY, maker TEXT, reads TEXT, seal BLOB) WITHOUT ROWID
"""
_VERSION = "1"


class Wrote(NamedTuple):
    """A file of ours: its digest, the one it was about to get when a build was cut short, its stamp."""

    digest: bytes | None
    pending: bytes | None
    stamp: Stamp | None
    looked: int


class Trace(NamedTuple):
    """What a page was made of: what drew it, the cells it read (as JSON), one digest over their values."""

    maker: str
    reads: str
    seal: bytes


class Manifest:
    """The manifest of one output folder. Its holder has locked the folder."""

    def __init__(self, folder: Path, connection: sqlite3.Connection | None = None) -> None:
        self._path = folder / NAME
        self._connection = connection or sqlite.open_database(self._path, _SCHEMA, _VERSION)

    @classmethod
    def existing(cls, folder: Path) -> Self | None:
        """The manifest of a folder that nobody has locked, to look at; None where there is none. Raises StateError."""
        connection = sqlite.open_existing(folder / NAME, _SCHEMA, _VERSION)
        return cls(folder, connection) if connection else None

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def files(self) -> dict[str, Wrote]:
        """All files of ours, by name."""
        with sqlite.raising_state_errors(str(self._path)):
            rows = self._connection.execute("SELECT * FROM file")
            return {
                name: Wrote(digest, pending, None if stamp[0] is None else Stamp(*map(int, stamp)), int(looked))
                for name, digest, pending, *stamp, looked in rows
                if _inside(name)
            }

    def rows(self) -> list[tuple[str, int, int, int, int, int]] | None:
        """All files of ours as they are kept: name, the stamp's four numbers, when it was taken. None where a build was
        cut short, and files may be half this, half that. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            query = "SELECT 1 FROM file WHERE pending IS NOT NULL OR digest IS NULL LIMIT 1"
            if self._connection.execute(query).fetchone():
                return None
            query = "SELECT name, modified, changed, size, inode, looked FROM file"
            return self._connection.execute(query).fetchall()

    def digest(self, name: str) -> bytes | None:
        """The digest of a file of ours. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            row = self._connection.execute("SELECT digest FROM file WHERE name = ?", (name,)).fetchone()
            return bytes(row[0]) if row else None

    def restamp(self, files: Mapping[str, tuple[bytes, Stamp, int]]) -> None:
        """Keep how files look that were read again and have the digest that they should: digest, stamp, when it was
        taken. It needs no lock: it says nothing of a file that is to have other bytes by now. Raises StateError."""
        with sqlite.transaction(self._connection, self._path):
            self._connection.executemany(
                "UPDATE file SET modified = ?, changed = ?, size = ?, inode = ?, looked = ?"
                " WHERE name = ? AND digest = ? AND pending IS NULL",
                [(*stamp, looked, name, digest) for name, (digest, stamp, looked) in files.items()],
            )

    def traces(self, below: str = "") -> dict[str, Trace]:
        """What each page was made of, or each file below a folder; nothing where that cannot be read."""
        try:
            with sqlite.raising_state_errors(str(self._path)):
                rows = self._connection.execute("SELECT * FROM trace WHERE substr(name, 1, ?) = ?", (len(below), below))
                return {name: Trace(*trace) for name, *trace in rows}
        except sqlite.StateError:
            return {}

    def get(self, key: str) -> str | None:
        """A text that was put under a key."""
        try:
            with sqlite.raising_state_errors(str(self._path)):
                row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
                return str(row[0]) if row else None
        except sqlite.StateError:
            return None

    def doubt(self) -> None:
        """Forget what pages were made of, so that all are drawn again."""
        with sqlite.transaction(self._connection, self._path):
            self._connection.execute("DELETE FROM trace")
            self._connection.execute("DELETE FROM meta WHERE key <> 'schema'")

    def claim(self, files: Mapping[str, bytes]) -> None:
        """Say which files will be written next, with their digests: were we killed halfway, what is there
        must still be known as ours."""
        with sqlite.transaction(self._connection, self._path):
            self._connection.execute("DELETE FROM meta WHERE key <> 'schema'")
            self._connection.executemany(
                "INSERT INTO file VALUES (?, NULL, ?, NULL, NULL, NULL, NULL, 0)"
                " ON CONFLICT (name) DO UPDATE SET pending = excluded.pending",
                list(files.items()),
            )
            self._connection.executemany("DELETE FROM trace WHERE name = ?", [(name,) for name in files])

    def settle(
        self,
        files: Mapping[str, Wrote | None],
        traces: Mapping[str, Trace],
        meta: Mapping[str, str],
    ) -> None:
        """Say what was written; None for a file that is gone."""
        gone = [(name,) for name, wrote in files.items() if wrote is None]
        with sqlite.transaction(self._connection, self._path):
            if traces:  # made of what the record may not be of; the build that ends gives its own
                self._connection.execute("DELETE FROM meta WHERE key = ?", (STANDING,))
            self._connection.executemany("DELETE FROM file WHERE name = ?", gone)
            self._connection.executemany("DELETE FROM trace WHERE name = ?", gone)
            self._connection.executemany(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (name, wrote.digest, wrote.pending, *(wrote.stamp or (None,) * 4), wrote.looked)
                    for name, wrote in files.items()
                    if wrote
                ],
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO trace VALUES (?, ?, ?, ?)", [(name, *trace) for name, trace in traces.items()]
            )
            self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))


def _inside(name: object) -> bool:
    """Whether a name from the manifest stays inside the folder: somebody may have edited it."""
    return isinstance(name, str) and not (
        name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/")
    )
