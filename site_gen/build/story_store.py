"""The store of the indexes of stories and related articles: a table (`graph_schema`) in which values are looked up."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING
from zlib import crc32

from site_gen.core import sqlite
from site_gen.core.json_text import compact_json
from site_gen.core.sqlite import StateError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

_STAMP = 0  # the key of what is another after each writing


class StoryStore:
    """An `IndexStore` in a database. Can be sent to another process, and used after a fork.

    It reads outside of transactions, and writes inside the one that the owner of the connection has begun.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection | None = None) -> None:
        """Create a store. path: of the database. connection: to it, in this process; without one it only reads."""
        self._path, self._connection, self._process = path, connection, os.getpid()
        self._is_borrowed = connection is not None

    def stamp(self) -> bytes | None:
        """Return what is another after each `write`, None where nothing was written. Raises StateError."""
        values = self._select("key = 0", ())
        if not values and self._select("key IN (SELECT key FROM story LIMIT 1)", ()):
            raise StateError(f"{self._path}: what it holds of stories has no beginning")
        return values.get(_STAMP)

    def read(self, keys: Collection[int], stamp: bytes) -> dict[int, bytes]:
        """Return the values of keys.

        Raises StateError where a value is damaged or lacks, and where the store has another stamp.
        """
        values = self._select("key IN (SELECT value FROM json_each(?))", (compact_json([_STAMP, *keys]),))
        self._require_stamp(values, stamp)
        if lacking := [key for key in keys if key not in values]:
            raise StateError(f"{self._path}: what it holds of stories lacks {lacking[0]}")
        return values

    def read_range(self, start: int, end: int, count: int, stamp: bytes) -> dict[int, bytes]:
        """Return the values of all keys from `start` to before `end`.

        Raises StateError as `read` does, and where they are not `count`.
        """
        values = self._select("key = 0 OR key >= ? AND key < ?", (start, end))
        self._require_stamp(values, stamp)
        if len(values) != count:
            raise StateError(f"{self._path}: what it holds of stories is {len(values)} values and not {count}")
        return values

    def write(self, values: Mapping[int, bytes | None], *, anew: bool) -> None:
        """Write values, and delete those that are None; with `anew` all others, too. Raises StateError."""
        rows = [(_STAMP, os.urandom(8)), *sorted((key, value) for key, value in values.items() if value is not None)]
        with sqlite.raising_state_errors(str(self._path)):
            connection = self._open()
            if anew:
                connection.execute("DELETE FROM story")
            else:
                gone = [(key,) for key, value in values.items() if value is None]
                connection.executemany("DELETE FROM story WHERE key = ?", gone)
            connection.executemany(
                "INSERT OR REPLACE INTO story VALUES (?, ?, ?)",
                [(key, value, _checksum(key, value)) for key, value in rows],
            )

    def close(self) -> None:
        """Close the connection that this opened in this process."""
        if self._connection is not None and not self._is_borrowed and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None or self._process != os.getpid():  # a connection does not survive a fork
            uri = f"{self._path.absolute().as_uri()}?mode=rw"  # never made anew, where somebody removed it
            self._connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            self._process, self._is_borrowed = os.getpid(), False
        return self._connection

    def _select(self, condition: str, parameters: Iterable[object]) -> dict[int, bytes]:
        with sqlite.raising_state_errors(str(self._path)):
            query = f"SELECT key, value, sum FROM story WHERE {condition}"  # noqa: S608  our own words
            values: dict[int, bytes] = {}
            for key, value, checksum in self._open().execute(query, tuple(parameters)):
                if checksum != _checksum(key, value):
                    raise StateError(f"{self._path}: what it holds of stories, {key}")
                values[key] = value
            return values

    def _require_stamp(self, values: dict[int, bytes], stamp: bytes) -> None:
        """Take the stamp out of values. Raises StateError where it is another."""
        if values.pop(_STAMP, None) != stamp:
            raise StateError(f"{self._path}: what it holds of stories was written by another")

    def __getstate__(self) -> Path:
        return self._path

    def __setstate__(self, path: Path) -> None:
        self.__init__(path)  # type: ignore[misc]


def _checksum(key: int, value: bytes) -> int:
    return crc32(value, crc32(b"%d" % key))
