"""The manifest of an output folder: the files that builds wrote there, and what each page was made of.

It is a SQLite file in that folder, so that it is copied, moved or deleted together with it. Of texts it holds what
pages show (titles, names, days) and numbers that stand for weighty words; no text of an article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from site_gen.build import file_stamps
from site_gen.build.graph_schema import GRAPH_SCHEMA
from site_gen.content import site_paths
from site_gen.core import sqlite

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from site_gen.build.file_stamps import FileStamp

BUILD_RECORD = "standing"  # the key of the BuildRecord (see `up_to_date`) among the texts that are stored by key
# A manifest with another schema is made anew.
_SCHEMA = f"{file_stamps.FILE_TABLE};{GRAPH_SCHEMA}"
_VERSION = "2"


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

    def files(self) -> dict[str, FileStamp]:
        """Return all files that builds wrote, by name. Raises StateError."""
        return file_stamps.read_files(self.connection, self.path)

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
                "INSERT INTO file (name, looked, pending) VALUES (?, 0, ?)"
                " ON CONFLICT (name) DO UPDATE SET pending = excluded.pending",
                list(files.items()),
            )

    def record(
        self,
        files: Mapping[str, FileStamp | None],
        meta: Mapping[str, str],
        write_graph: Callable[[], None] | None = None,
    ) -> None:
        """Store what was written. Raises StateError.

        files: by name; None for a file that is gone. meta: texts by key. write_graph: writes what changed of what the
        files were made of, inside the transaction.
        """
        with sqlite.transaction(self.connection, self.path):
            file_stamps.write_files(self.connection, files)
            if write_graph:
                # The build record may not be of what these were made of; the build that ends stores its own.
                self.connection.execute("DELETE FROM meta WHERE key = ?", (BUILD_RECORD,))
                write_graph()
            self.connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(meta.items()))
