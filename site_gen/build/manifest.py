"""The manifest of an output folder: the files that builds wrote there, and what each page was made of.

It is a SQLite file in that folder, so that it is copied, moved or deleted together with it. Of texts it holds what
pages show (titles, names, days) and numbers that stand for weighty words; no text of an article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from site_gen.build.graph_schema import GRAPH_SCHEMA
from site_gen.content import site_paths
from site_gen.content.content_files import Stamp
from site_gen.core import sqlite

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from pathlib import Path

BUILD_RECORD = "standing"  # the key of the BuildRecord (see `up_to_date`) among the texts that are stored by key
# Table `file` is described by OutputFile. A manifest with another schema is made anew.
_SCHEMA = f"""
CREATE TABLE file (name TEXT PRIMARY KEY, digest BLOB, pending BLOB, modified INT, changed INT, size INT, inode INT,
    looked INT) WITHOUT ROWID;
{GRAPH_SCHEMA}
"""
_VERSION = "2"


class OutputFile(NamedTuple):
    """A file that a build wrote."""

    digest: bytes | None  # of its bytes; None until it is first written
    pending: bytes | None  # the digest that it was about to get when a build was cut short
    stamp: Stamp | None  # what the file system said of it; None until it is first written
    checked_at_ns: int  # when the stamp was taken, in nanoseconds since 1970; column `looked`


class Manifest:
    """The manifest of one output folder. Whoever writes to it has locked the folder (see `output_dir.lock_folder`)."""

    def __init__(self, folder: Path, connection: sqlite3.Connection | None = None) -> None:
        self.path = folder / site_paths.MANIFEST
        self.connection = connection or sqlite.open_database(self.path, _SCHEMA, _VERSION)

    @classmethod
    def open_existing(cls, folder: Path) -> Self | None:
        """Open the manifest of a folder that is not locked, to read it; return None where there is none.

        Raises StateError.
        """
        connection = sqlite.open_existing(folder / site_paths.MANIFEST, _SCHEMA, _VERSION)
        return cls(folder, connection) if connection else None

    def close(self) -> None:
        """Close the SQLite connection."""
        self.connection.close()

    def files(self) -> dict[str, OutputFile]:
        """Return all files that builds wrote, by name. Raises StateError."""
        with sqlite.raising_state_errors(str(self.path)):
            rows = self.connection.execute("SELECT * FROM file")
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
        with sqlite.raising_state_errors(str(self.path)):
            query = "SELECT 1 FROM file WHERE pending IS NOT NULL OR digest IS NULL LIMIT 1"
            if self.connection.execute(query).fetchone():
                return None
            query = "SELECT name, modified, changed, size, inode, looked FROM file"
            return self.connection.execute(query).fetchall()

    def digest(self, name: str) -> bytes | None:
        """Return the digest of a file, None where no build wrote it. Raises StateError."""
        with sqlite.raising_state_errors(str(self.path)):
            row = self.connection.execute("SELECT digest FROM file WHERE name = ?", (name,)).fetchone()
            return bytes(row[0]) if row else None

    def update_stamps(self, stamps: Mapping[str, tuple[bytes, Stamp, int]]) -> None:
        """Store new stamps of files that were read again and have the digest that they should.

        stamps: by name the digest, the stamp and when it was taken. Needs no lock: nothing is stored of a file
        that is to have other bytes by now. Raises StateError.
        """
        with sqlite.transaction(self.connection, self.path):
            self.connection.executemany(
                "UPDATE file SET modified = ?, changed = ?, size = ?, inode = ?, looked = ?"
                " WHERE name = ? AND digest = ? AND pending IS NULL",
                [(*stamp, checked_at_ns, name, digest) for name, (digest, stamp, checked_at_ns) in stamps.items()],
            )

    def get(self, key: str) -> str | None:
        """Return the text stored under a key; None where there is none or it cannot be read."""
        try:
            with sqlite.raising_state_errors(str(self.path)):
                row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
                return str(row[0]) if row else None
        except sqlite.StateError:
            return None

    def forget_traces(self, clear_graph: Callable[[], None]) -> None:
        """Forget what pages were made of, so that all are drawn again. Raises StateError.

        clear_graph: forgets the graph, inside the transaction.
        """
        with sqlite.transaction(self.connection, self.path):
            clear_graph()
            self.connection.execute("DELETE FROM meta WHERE key <> 'schema'")

    def claim(self, files: Mapping[str, bytes]) -> None:
        """Store the names and digests of files before they are written. Raises StateError.

        After a kill halfway they must still be known as files of a build.
        """
        with sqlite.transaction(self.connection, self.path):
            self.connection.execute("DELETE FROM meta WHERE key = ?", (BUILD_RECORD,))
            self.connection.executemany(
                "INSERT INTO file VALUES (?, NULL, ?, NULL, NULL, NULL, NULL, 0)"
                " ON CONFLICT (name) DO UPDATE SET pending = excluded.pending",
                list(files.items()),
            )

    def record(
        self,
        files: Mapping[str, OutputFile | None],
        meta: Mapping[str, str],
        write_graph: Callable[[], None] | None = None,
    ) -> None:
        """Store what was written. Raises StateError.

        files: by name; None for a file that is gone. meta: texts by key. write_graph: writes what changed of what the
        files were made of, inside the transaction.
        """
        gone = [(name,) for name, file in files.items() if file is None]
        with sqlite.transaction(self.connection, self.path):
            self.connection.executemany("DELETE FROM file WHERE name = ?", gone)
            if write_graph:
                # The build record may not be of what these were made of; the build that ends stores its own.
                self.connection.execute("DELETE FROM meta WHERE key = ?", (BUILD_RECORD,))
                write_graph()
            self.connection.executemany(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (name, file.digest, file.pending, *(file.stamp or (None,) * 4), file.checked_at_ns)
                    for name, file in files.items()
                    if file
                ],
            )
            self.connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))


def _is_inside(name: object) -> bool:
    """Tell whether a name from the manifest stays inside the folder: somebody may have edited it."""
    return isinstance(name, str) and not (
        name.startswith("/") or "\\" in name or ":" in name or "\0" in name or ".." in name.split("/")
    )
