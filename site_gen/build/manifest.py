"""The manifest of an output folder: the files that builds wrote there, and what each page was made of.

It is a small SQLite file in that folder, so that it is copied, moved or deleted together with it. It holds no text of
the site.
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

BUILD_RECORD = "standing"  # the key of the BuildRecord (see `up_to_date`) among the texts that are stored by key
# Table `file` is described by OutputFile, `trace` by Trace. A manifest with another schema is made anew.
_SCHEMA = """
CREATE TABLE file (name TEXT PRIMARY KEY, digest BLOB, pending BLOB, modified INT, changed INT, size INT, inode INT,
    looked INT) WITHOUT ROWID;
CREATE TABLE trace (name TEXT PRIMARY KEY, maker TEXT, reads TEXT, seal BLOB) WITHOUT ROWID
"""
_VERSION = "1"


class OutputFile(NamedTuple):
    """A file that a build wrote."""

    digest: bytes | None  # of its bytes; None until it is first written
    pending: bytes | None  # the digest that it was about to get when a build was cut short
    stamp: Stamp | None  # what the file system said of it; None until it is first written
    checked_at_ns: int  # when the stamp was taken, in nanoseconds since 1970; column `looked`


class Trace(NamedTuple):
    """What a page, or another file that is not always made anew, was made of."""

    maker: str  # what made it: the program, and the template and function of a page
    reads: str  # the cells that it read, as JSON (see `page_trace`)
    values_digest: bytes  # one digest over the values of these cells; column `seal`


class Manifest:
    """The manifest of one output folder. Whoever writes to it has locked the folder (see `output_dir.lock_folder`)."""

    def __init__(self, folder: Path, connection: sqlite3.Connection | None = None) -> None:
        self._path = folder / site_paths.MANIFEST
        self._connection = connection or sqlite.open_database(self._path, _SCHEMA, _VERSION)

    @classmethod
    def open_existing(cls, folder: Path) -> Self | None:
        """Open the manifest of a folder that is not locked, to read it; return None where there is none.

        Raises StateError.
        """
        connection = sqlite.open_existing(folder / site_paths.MANIFEST, _SCHEMA, _VERSION)
        return cls(folder, connection) if connection else None

    def close(self) -> None:
        """Close the SQLite connection."""
        self._connection.close()

    def files(self) -> dict[str, OutputFile]:
        """Return all files that builds wrote, by name. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            rows = self._connection.execute("SELECT * FROM file")
            return {
                name: OutputFile(
                    digest, pending, None if stamp[0] is None else Stamp(*map(int, stamp)), int(checked_at_ns)
                )
                for name, digest, pending, *stamp, checked_at_ns in rows
                if _is_inside(name)
            }

    def rows(self) -> list[tuple[str, int, int, int, int, int]] | None:
        """Return a row for each file: name, the four numbers of its stamp, when that was taken.

        None where a build was cut short: a file may be the old or the new one then. Raises StateError.
        """
        with sqlite.raising_state_errors(str(self._path)):
            query = "SELECT 1 FROM file WHERE pending IS NOT NULL OR digest IS NULL LIMIT 1"
            if self._connection.execute(query).fetchone():
                return None
            query = "SELECT name, modified, changed, size, inode, looked FROM file"
            return self._connection.execute(query).fetchall()

    def digest(self, name: str) -> bytes | None:
        """Return the digest of a file, None where no build wrote it. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            row = self._connection.execute("SELECT digest FROM file WHERE name = ?", (name,)).fetchone()
            return bytes(row[0]) if row else None

    def update_stamps(self, stamps: Mapping[str, tuple[bytes, Stamp, int]]) -> None:
        """Store new stamps of files that were read again and have the digest that they should.

        stamps: by name the digest, the stamp and when it was taken. Needs no lock: nothing is stored of a file
        that is to have other bytes by now. Raises StateError.
        """
        with sqlite.transaction(self._connection, self._path):
            self._connection.executemany(
                "UPDATE file SET modified = ?, changed = ?, size = ?, inode = ?, looked = ?"
                " WHERE name = ? AND digest = ? AND pending IS NULL",
                [(*stamp, checked_at_ns, name, digest) for name, (digest, stamp, checked_at_ns) in stamps.items()],
            )

    def traces(self, below: str = "") -> dict[str, Trace]:
        """Return the traces of all files whose names begin with `below`; none where they cannot be read."""
        try:
            with sqlite.raising_state_errors(str(self._path)):
                rows = self._connection.execute("SELECT * FROM trace WHERE substr(name, 1, ?) = ?", (len(below), below))
                return {name: Trace(*trace) for name, *trace in rows}
        except sqlite.StateError:
            return {}

    def get(self, key: str) -> str | None:
        """Return the text stored under a key; None where there is none or it cannot be read."""
        try:
            with sqlite.raising_state_errors(str(self._path)):
                row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
                return str(row[0]) if row else None
        except sqlite.StateError:
            return None

    def forget_traces(self) -> None:
        """Forget what pages were made of, so that all are drawn again. Raises StateError."""
        with sqlite.transaction(self._connection, self._path):
            self._connection.execute("DELETE FROM trace")
            self._connection.execute("DELETE FROM meta WHERE key <> 'schema'")

    def claim(self, files: Mapping[str, bytes]) -> None:
        """Store the names and digests of files before they are written. Raises StateError.

        After a kill halfway they must still be known as files of a build.
        """
        with sqlite.transaction(self._connection, self._path):
            self._connection.execute("DELETE FROM meta WHERE key <> 'schema'")
            self._connection.executemany(
                "INSERT INTO file VALUES (?, NULL, ?, NULL, NULL, NULL, NULL, 0)"
                " ON CONFLICT (name) DO UPDATE SET pending = excluded.pending",
                list(files.items()),
            )
            self._connection.executemany("DELETE FROM trace WHERE name = ?", [(name,) for name in files])

    def record(
        self,
        files: Mapping[str, OutputFile | None],
        traces: Mapping[str, Trace],
        meta: Mapping[str, str],
    ) -> None:
        """Store what was written. Raises StateError.

        files: by name; None for a file that is gone. traces: by the names of their files. meta: texts by key.
        """
        gone = [(name,) for name, file in files.items() if file is None]
        with sqlite.transaction(self._connection, self._path):
            if traces:  # the build record may not be of what these were made of; the build that ends stores its own
                self._connection.execute("DELETE FROM meta WHERE key = ?", (BUILD_RECORD,))
            self._connection.executemany("DELETE FROM file WHERE name = ?", gone)
            self._connection.executemany("DELETE FROM trace WHERE name = ?", gone)
            self._connection.executemany(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (name, file.digest, file.pending, *(file.stamp or (None,) * 4), file.checked_at_ns)
                    for name, file in files.items()
                    if file
                ],
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO trace VALUES (?, ?, ?, ?)", [(name, *trace) for name, trace in traces.items()]
            )
            self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))


def _is_inside(name: object) -> bool:
    """Tell whether a name from the manifest stays inside the folder: somebody may have edited it."""
    return isinstance(name, str) and not (
        name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/")
    )
