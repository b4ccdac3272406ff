"""Open the SQLite files that a build keeps between runs. Each can be deleted at any time."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_REFUSALS = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY}


class StateError(Exception):
    """Raised when a database does not hold what was written: the disk, or somebody, changed it."""


@contextlib.contextmanager
def raising_state_errors(path: str) -> Iterator[None]:
    """Turn whatever goes wrong with a database inside the block into a StateError.

    A file of SQLite's may be damaged anywhere, in its structure or in a value, and only a later write may find it.
    path: of the database, for the message.
    """
    try:
        yield
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        raise StateError(f"{path}: {error}") from error


def open_database(path: Path, schema: str, version: str) -> sqlite3.Connection:
    """Open the database at a path, with a table `meta(key, value)` and those of the schema.

    One that is broken, was made by another version or with another schema is begun anew: what it held can be worked
    out again. Raises OSError where no file can be written; one that is whole stays then.
    schema: statements that make its tables, parted by semicolons. version: what its values are made by.
    """
    stored_schema = _stored_schema(schema, version)
    reason = ""
    for _ in range(2):
        try:
            connection = _open_or_make(path, schema, stored_schema)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if _is_refusal(error) or (isinstance(error, sqlite3.OperationalError) and not path.is_file()):
                raise OSError(f"cannot write {path}: {error}; make room on the disk, or check permissions") from None
            reason = f": {error}"
        else:
            if connection is not None:
                return connection
        remove_database(path)
    raise OSError(f"cannot write {path}{reason}; make room on the disk, or check permissions")


def _is_refusal(error: Exception) -> bool:
    """Tell whether the disk refused to write, which says nothing against what the database holds."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF in _REFUSALS or code in {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC}


def _open_or_make(path: Path, schema: str, stored_schema: str) -> sqlite3.Connection | None:
    """Return the database, with its tables, or None where it is of another version."""
    # Builds take turns by locks of their own; a server may use one from several threads, in turn.
    connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        # With a write-ahead log a kill leaves the last whole transaction, and commits need not wait for the disk.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID")
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
        if row is None:
            for statement in filter(str.strip, schema.split(";")):
                connection.execute(statement)
            connection.execute("INSERT INTO meta VALUES ('schema', ?)", (stored_schema,))
        connection.execute("COMMIT")
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        connection.close()
        raise
    if row is None or row[0] == stored_schema:
        return connection
    connection.close()
    return None


def open_existing(path: Path, schema: str, version: str) -> sqlite3.Connection | None:
    """Open the database at a path if it is there, of this version and with this schema; else return None.

    Nothing is made or begun anew. Raises StateError for one that is broken.
    """
    if not path.is_file():
        return None
    with raising_state_errors(str(path)):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=30, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            row = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
        except BaseException:
            connection.close()
            raise
    if row and row[0] == _stored_schema(schema, version):
        return connection
    connection.close()
    return None


def _stored_schema(schema: str, version: str) -> str:
    """Return what `meta` holds under the key `schema`."""
    return f"{version}\n{schema}"


def remove_database(path: Path) -> None:
    """Delete a database with its log."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Write all or nothing of what is written inside the block. Raises StateError where the database is damaged."""
    with raising_state_errors(str(path)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
