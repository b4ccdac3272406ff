"""What is known of a site's files from earlier builds, in SQLite: stamps, digests, findings, texts.

Everything is kept under the digest of what it was made of, so that an old or foreign state can make a
build slower but never wrong. It lies in the site's folder, not in the output: texts that the site shows
only in excerpts stand in it in full.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import filelock

from site_gen.build import file_stamps
from site_gen.content.markdown.document import Document, from_json
from site_gen.core import sqlite
from site_gen.core.digests import digest_of
from site_gen.core.sqlite import StateError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from site_gen.build.file_stamps import Known


def _sum(*texts: str) -> bytes:
    return hashlib.blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).digest()


class ArticleRow(NamedTuple):
    """What is kept of an article: JSON of its findings and of its text, and its words."""

    file: str
    findings: str
    document: str
    words: str


class Texts:
    """The texts of articles, each read when a page needs it. Can be sent to another process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def __call__(self, file: str, digest: str) -> Document:
        """The text of an article. Raises StateError when there is none with that digest."""
        if self._connection is None or self._process != os.getpid():  # a connection does not survive a fork
            uri = f"{self._path.absolute().as_uri()}?mode=rw"  # never made anew, where somebody removed it
            with sqlite.raising_state_errors(str(self._path)):
                self._connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
            self._process = os.getpid()
        with sqlite.raising_state_errors(str(self._path)):
            row = self._connection.execute("SELECT document FROM text WHERE file = ?", (file,)).fetchone()
            if row is None or digest_of(row[0]).hex() != digest:
                raise StateError(f"no text of {file} with the digest {digest}")
            return from_json(row[0])

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None and self._process == os.getpid():
            self._connection.close()
        self._connection = None

    def __getstate__(self) -> Path:
        return self._path

    def __setstate__(self, path: Path) -> None:
        self.__init__(path)  # type: ignore[misc]


class State:
    """The state of one site, held by one build at a time."""

    def __init__(self, path: Path, version: str) -> None:
        self._path, self._version = path, version
        self._connection = sqlite.open_database(path, file_stamps.SCHEMA, version)
        self.texts = Texts(path)
        self._held = contextlib.ExitStack()

    @classmethod
    def open(cls, site: Path, version: str, *, anew: bool = False) -> Self:
        """The state of a site, as it was left or new. Where it cannot be written, or another build holds
        it, or with `anew`, a state that lasts for this build only. `version` names the program with all
        its libraries."""
        held = contextlib.ExitStack()
        try:
            state = None if anew else cls._kept(site / file_stamps.FOLDER, version, held)
        except (OSError, filelock.Timeout):
            held.close()
            state = None
        if state is None:
            passing = held.enter_context(tempfile.TemporaryDirectory(prefix="site-gen-"))
            state = cls(Path(passing) / file_stamps.NAME, version)
        state._held = held
        return state

    @classmethod
    def _kept(cls, folder: Path, version: str, held: contextlib.ExitStack) -> Self:
        if not folder.is_dir():
            folder.mkdir()
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        held.enter_context(filelock.FileLock(folder / "lock", timeout=0))
        return cls(folder / file_stamps.NAME, version)

    def close(self) -> None:
        """Let go of the files."""
        self.texts.close()
        self._connection.close()
        self._held.close()

    def files(self) -> dict[str, Known]:
        """All files that are known."""
        return file_stamps.files(self._connection, self._path)

    def findings(self) -> Iterator[tuple[str, str]]:
        """Every article's file with its findings, as JSON. Raises StateError."""
        yield from self._summed("SELECT file, findings, sum FROM article ORDER BY file")

    def words(self) -> Iterator[tuple[str, str]]:
        """Every article's file with its words, as the matcher sees them. Raises StateError."""
        yield from self._summed("SELECT file, words, sum FROM text")

    def _summed(self, query: str) -> Iterator[tuple[str, str]]:
        with sqlite.raising_state_errors(str(self._path)):
            for file, text, kept in self._connection.execute(query):
                if kept != _sum(file, text):
                    raise StateError(f"{self._path}: what it holds of {file}")
                yield file, text

    def get(self, key: str) -> str | None:
        """A text that was put under a key."""
        with sqlite.raising_state_errors(str(self._path)):
            row = self._connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return str(row[0]) if row else None

    def save(
        self,
        files: Mapping[str, Known | None],
        articles: Iterable[ArticleRow] = (),
        meta: Mapping[str, str] | None = None,
    ) -> None:
        """Keep what is new, all of it or nothing. A file that is None is gone, with all that was known of it."""
        gone = [(name,) for name, one in files.items() if one is None]
        rows = list(articles)
        with sqlite.transaction(self._connection, self._path):
            for table, column in (("file", "name"), ("article", "file"), ("text", "file")):
                self._connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", gone)  # noqa: S608  our own names
            self._connection.executemany(
                "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?)",
                [(name, *one.stamp, one.looked, one.digest) for name, one in files.items() if one],
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO article VALUES (?, ?, ?)",
                [(row.file, row.findings, _sum(row.file, row.findings)) for row in rows],
            )
            self._connection.executemany(
                "INSERT OR REPLACE INTO text VALUES (?, ?, ?, ?)",
                [(row.file, row.document, row.words, _sum(row.file, row.words)) for row in rows],
            )
            self._connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list((meta or {}).items()))

    def begin_anew(self) -> None:
        """Forget everything."""
        self.texts.close()
        self._connection.close()
        sqlite.remove_database(self._path)
        self._path.parent.mkdir(exist_ok=True)
        self._connection = sqlite.open_database(self._path, file_stamps.SCHEMA, self._version)
