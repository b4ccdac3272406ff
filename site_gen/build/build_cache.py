"""The build cache of a site, in SQLite: stamps and digests of its files, its articles indexed, and their texts.

Everything is stored under the digest of what it was made of, so that an old or foreign cache can make a
build slower but never wrong. It lies in the site's folder, not in the output: texts that the site shows
only in excerpts stand in it in full.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import filelock

from site_gen.build import file_stamps
from site_gen.content.markdown.document import Document, unpack_document
from site_gen.content.state_folder import make_state_folder
from site_gen.core import sqlite
from site_gen.core.atomic_files import temporary_folder
from site_gen.core.digests import digest_of
from site_gen.core.sqlite import StateError
from site_gen.site.indexed_article import IndexedArticle, checksum_of, unpack_article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from site_gen.build.file_stamps import FileStamp


class ArticleRow(NamedTuple):
    """What the cache stores of an article."""

    file: str  # its name below the site's folder
    indexed: bytes  # its IndexedArticle, packed
    document: bytes  # its text, a packed Document
    words: bytes  # its text as the matcher of names searches it, in UTF-8


class ArticleLoader:
    """Loads articles and their texts, each when a page needs it. Can be sent to another process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def article(self, file: str) -> IndexedArticle:
        """Return an article as it was indexed last. Raises StateError where there is none of that file."""
        data, checksum = self._row("SELECT findings, sum FROM article WHERE file = ?", file)
        with sqlite.raising_state_errors(str(self._path)):
            if checksum != checksum_of(file, data):
                raise StateError(f"{self._path}: what it holds of {file}")
            return unpack_article(data)

    def document(self, file: str, digest: str) -> Document:
        """Return the text of an article. Raises StateError when there is none with that digest."""
        (data,) = self._row("SELECT document FROM text WHERE file = ?", file)
        with sqlite.raising_state_errors(str(self._path)):
            if digest_of(data).hex() != digest:
                raise StateError(f"no text of {file} with the digest {digest}")
            return unpack_document(data)

    def _row(self, query: str, file: str) -> tuple[Any, ...]:
        """Return the row that a query finds for a file. Raises StateError where there is none."""
        if self._connection is None or self._process != os.getpid():  # a connection does not survive a fork
            uri = f"{self._path.absolute().as_uri()}?mode=rw"  # never made anew, where somebody removed it
            with sqlite.raising_state_errors(str(self._path)):
                self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._process = os.getpid()
        with sqlite.raising_state_errors(str(self._path)):
            row: tuple[Any, ...] | None = self._connection.execute(query, (file,)).fetchone()
        if row is None:
            raise StateError(f"{self._path}: nothing of {file}")
        return row

    def close(self) -> None:
        """Close the connection of this process."""
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    def __getstate__(self) -> Path:
        return self._path

    def __setstate__(self, path: Path) -> None:
        self.__init__(path)  # type: ignore[misc]


class BuildCache:
    """The cache of one site, held by one build at a time."""

    def __init__(self, path: Path, version: str) -> None:
        self._path, self._version = path, version
        self._connection = sqlite.open_database(path, file_stamps.CACHE_SCHEMA, version)
        self.loader = ArticleLoader(path)
        self._resources = contextlib.ExitStack()

    @classmethod
    def open(cls, site: Path, version: str, *, anew: bool = False) -> Self:
        """Open the cache of a site, as an earlier build left it or a new one.

        Where it cannot be written, or another build holds it, or with `anew`, the cache is an empty one that lasts for
        this build only. version: names the program with all its libraries.
        """
        resources = contextlib.ExitStack()
        try:
            cache = None if anew else cls._open_in_site(site / file_stamps.CACHE_FOLDER, version, resources)
        except (OSError, filelock.Timeout):
            resources.close()
            cache = None
        if cache is None:
            folder = resources.enter_context(temporary_folder())
            cache = cls(folder / file_stamps.CACHE_NAME, version)
        cache._resources = resources
        return cache

    @classmethod
    def _open_in_site(cls, folder: Path, version: str, resources: contextlib.ExitStack) -> Self:
        make_state_folder(folder)
        resources.enter_context(filelock.FileLock(folder / "lock", timeout=0))
        return cls(folder / file_stamps.CACHE_NAME, version)

    def close(self) -> None:
        """Close the database and release the lock, or remove the temporary folder."""
        self.loader.close()
        self._connection.close()
        self._resources.close()

    def file_stamps(self) -> dict[str, FileStamp]:
        """Return the stamps of all content files by name. Raises StateError."""
        return file_stamps.read_files(self._connection, self._path)

    def indexed_articles(self) -> Iterator[IndexedArticle]:
        """Yield every article, by file. Raises StateError."""
        for _, data in self._verified_rows("SELECT file, findings, sum FROM article ORDER BY file"):
            yield unpack_article(data)

    def article_checksums(self) -> dict[str, bytes]:
        """Return the checksum of every article by file. Raises StateError."""
        with sqlite.raising_state_errors(str(self._path)):
            return dict(self._connection.execute("SELECT file, sum FROM article"))

    def words(self) -> Iterator[tuple[str, str]]:
        """Yield every article's file with its text as the matcher of names searches it. Raises StateError."""
        for file, data in self._verified_rows("SELECT file, words, sum FROM text"):
            yield file, data.decode()

    def _verified_rows(self, query: str, *args: str) -> Iterator[tuple[str, bytes]]:
        with sqlite.raising_state_errors(str(self._path)):
            for file, data, checksum in self._connection.execute(query, args):
                if checksum != checksum_of(file, data):
                    raise StateError(f"{self._path}: what it holds of {file}")
                yield file, data

    def get(self, key: str) -> bytes | None:
        """Return what is kept of the site as a whole under a key, None where there is nothing. Raises StateError."""
        for _, data in self._verified_rows("SELECT key, data, sum FROM kept WHERE key = ?", key):
            return data
        return None

    def save(
        self,
        files: Mapping[str, FileStamp | None],
        articles: Iterable[ArticleRow] = (),
        values: Mapping[str, bytes] = {},
    ) -> None:
        """Store what is new in one transaction. Raises StateError.

        files: stamps by name; None for a file that is gone, of which everything is deleted.
        articles: stored beside their files' stamps. values: by key, see `get`.
        """
        gone = [(name,) for name, file in files.items() if file is None]
        rows = list(articles)
        with sqlite.transaction(self._connection, self._path):
            file_stamps.write_files(self._connection, files)
            for table in ("article", "text"):
                self._connection.executemany(f"DELETE FROM {table} WHERE file = ?", gone)  # noqa: S608  our own names
            self._connection.executemany(
                "INSERT OR REPLACE INTO article VALUES (?, ?, ?)",
                [(row.file, row.indexed, checksum_of(row.file, row.indexed)) for row in rows],
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO text VALUES (?, ?, ?, ?)",
                [(row.file, row.document, row.words, checksum_of(row.file, row.words)) for row in rows],
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO kept VALUES (?, ?, ?)",
                [(key, data, checksum_of(key, data)) for key, data in values.items()],
            )

    def reset(self) -> None:
        """Delete the database and begin an empty one. Raises OSError where it cannot be written."""
        self.loader.close()
        self._connection.close()
        sqlite.remove_database(self._path)
        self._path.parent.mkdir(exist_ok=True)
        self._connection = sqlite.open_database(self._path, file_stamps.CACHE_SCHEMA, self._version)
