"""The search index, made by Pagefind in parts: records in, the files of its bundle out.

Pagefind's binary comes with the package `pagefind-bin` and serves requests over its pipes: base64 of JSON, each
ended by a comma (its own Python and Node packages speak so). Its Python package asks for one answer in ten a second,
which ten thousand records would wait a quarter of an hour for; so the few lines it takes are here.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import os
import shutil
import subprocess
import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Self, cast

import cbor2
import pagefind_bin

from site_gen.content.content_files import digest_of_bytes
from site_gen.core.errors import Problem, SiteError
from site_gen.core.json_text import compact_json
from site_gen.core.text import primary_language
from site_gen.pages.search_records import has_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from io import BufferedReader

    from site_gen.pages.search_records import SearchRecord

VERSION = f"pagefind {version('pagefind-bin')}"  # what made an index, for its trace
ENTRY_NAME = "pagefind-entry.json"  # the file that names the others; whoever has read it may ask for them
SCRIPT_NAME = "pagefind.js"
FIXED_NAMES = (SCRIPT_NAME, ENTRY_NAME)  # the files that are called the same in every index
# Of the bundle, what our own page needs: not the widgets, and no worker, which would load a second engine for a search
# that takes a few milliseconds.
_WANTED_PREFIXES = ("fragment/", "index/")
# Ends the script: one index by itself. What it exports of its own accord does not tell which one a result is of.
_EXPORT = b"\nexport{PagefindInstance};\n"
_CHUNK = 500  # places of words in a file of the index; with Pagefind's 20,000 a first search fetches too much else
_SIGNATURE = b"pagefind_dcd"  # what its files begin with
_FILTERS = 3  # where they stand in the meta file: version, pages, index chunks, filters, sorts, fields
_HASH_DIGITS = 10  # hexadecimal digits in a name
_MAX_ERROR_BYTES = 1 << 16  # of an answer that may be an error; the answer with the files is longer
_BATCH = 100  # records, or files, between two moments at which others may go on


class _PagefindError(Exception):
    """Raised when Pagefind answers with an error, or not at all."""


def build_part(
    records: Iterable[SearchRecord], language: str, name: str, *, low_priority: bool = False
) -> Iterator[dict[str, bytes] | None]:
    """Yield the files of a part of the index by name below its folder, some at a time, the one named ENTRY_NAME last.

    Yields None now and then, for whoever wants to do something else meanwhile. That last file tells of this part alone,
    see `merge_entries`. `search.js` puts results in the order of the records, which goes by days with the undated last:
    the entry says how many these are.

    language: the site's; one index holds every language, so that one search finds all, and words are cut to their stems
    as this one has it. name: letters, digits and hyphens, with no more than eight between two of these. low_priority:
    let Pagefind give way to others. The same records give the same bytes. Raises SiteError when Pagefind cannot run.
    """
    try:
        with _Service(low_priority) as service:
            yield from _part_files(service, records, primary_language(language), part_language(language, name))
    except (OSError, ValueError, _PagefindError) as error:
        mend = "try again, or do without: `search: false` in content/site.yaml"
        raise SiteError(Problem("the search index", 0, f"cannot be made ({error})", mend)) from error


def part_language(language: str, name: str) -> str:
    """Return what Pagefind is told that the language of a part is: a tag for private use (BCP 47, section 2.2.7).

    It has indexes of several languages in one folder, and names their files by them: so it has our parts, and the words
    of all are cut to stems as the site's language has it.
    """
    return f"{primary_language(language)}-x-{name}"


def part_of_file(name: str) -> str:
    """Return the language, see `part_language`, of the part that a file belongs to by its name; "" for a common one."""
    stem, is_of_part, _ = name.rpartition("/")[2].removeprefix("pagefind.").partition("_")
    return stem if is_of_part else ""


def _part_files(
    service: _Service, records: Iterable[SearchRecord], stems: str, language: str
) -> Iterator[dict[str, bytes] | None]:
    """Yield the files of a part. stems: the language that has its stems. language: that of the part."""
    service.send({"type": "NewIndex", "config": {"force_language": language}})
    undated_count = 0
    for number, record in enumerate(records):
        service.send(
            {
                "type": "AddRecord",
                "index_id": 0,
                "url": record.url,
                "content": record.content,
                "language": language,
                "meta": record.meta,
                "filters": record.filters,
            }
        )
        undated_count += not record.is_dated and has_words(record.content)
        if not number % _BATCH:
            yield None
    service.send({"type": "GetFiles", "index_id": 0})
    while not service.has_answered_all():
        yield None
    batch: dict[str, bytes] = {}
    last_files: dict[str, bytes] = {}  # the entry, the meta file and the filters, which name others, and the engines
    for name, data in service.files():
        if name == ENTRY_NAME or name.endswith((".pf_meta", ".pf_filter")) or name.startswith("wasm."):
            last_files[name] = data
        elif name == SCRIPT_NAME:
            batch[name] = data + _EXPORT
        elif name.startswith(_WANTED_PREFIXES):
            batch[name] = data
        if len(batch) >= _BATCH:
            yield batch
            batch = {}
    common_engine, engine = last_files.pop("wasm.unknown.pagefind"), last_files.pop(f"wasm.{language}.pagefind", None)
    if language in json.loads(last_files[ENTRY_NAME])["languages"]:  # it is not where no page has any word
        last_files = _sort_filters(last_files, stems, language, undated_count)
        last_files[f"wasm.{stems if engine else 'unknown'}.pagefind"] = engine or common_engine
    entry = {ENTRY_NAME: last_files.pop(ENTRY_NAME)}
    yield batch | last_files
    yield entry


def merge_entries(entries: Iterable[bytes], languages: Sequence[str]) -> bytes:
    """Return the entry file of an index that has several parts.

    entries: entry files, older ones first; between them they tell of all parts that have pages. languages: those of the
    parts (`part_language`), in the order in which they are asked.
    """
    entry: dict[str, Any] = {}
    parts: dict[str, Any] = {}
    for data in entries:
        entry = json.loads(data)
        parts |= {part_of_file(part["hash"]): part for part in entry["languages"].values()}
    entry["languages"] = {language: parts[language] for language in languages if language in parts}
    return compact_json(entry).encode()


def _sort_filters(files: dict[str, bytes], stems: str, language: str, undated_count: int) -> dict[str, bytes]:
    """Return the filters, the meta file and the entry so that the same records give the same bytes.

    Pagefind 1.5.2 writes filters, and the values in each, in the order of a hash table. The meta file names the
    filters, and the entry the meta file, by hashes of their bytes: all are made anew.
    """
    entry = json.loads(files[ENTRY_NAME])
    part = entry["languages"][language]
    meta = _unpack(files[f"pagefind.{part['hash']}.pf_meta"])
    sorted_files: dict[str, bytes] = {}
    for filter_entry in meta[_FILTERS]:
        name, values = _unpack(files[f"filter/{filter_entry[1]}.pf_filter"])
        data = _pack([name, sorted(values)])
        filter_entry[1] = f"{language}_{digest_of_bytes(data).hex()[:_HASH_DIGITS]}"
        sorted_files[f"filter/{filter_entry[1]}.pf_filter"] = data
    meta[_FILTERS].sort()
    data = _pack(meta)
    part["hash"] = digest = f"{language}_{digest_of_bytes(data).hex()[:_HASH_DIGITS]}"
    part["wasm"] = stems if part["wasm"] else None
    part["undated"] = undated_count
    return sorted_files | {f"pagefind.{digest}.pf_meta": data, ENTRY_NAME: compact_json(entry).encode()}


def _unpack(data: bytes) -> list[Any]:
    """Read one of Pagefind's own files: CBOR (RFC 8949) behind a signature, compressed with gzip."""
    content = cbor2.loads(gzip.decompress(data).removeprefix(_SIGNATURE))
    if not isinstance(content, list):
        raise _PagefindError("its files are not as they were in version 1.5")
    return content


def _pack(content: list[Any]) -> bytes:
    return gzip.compress(_SIGNATURE + cbor2.dumps(content), mtime=0)


class _Service:
    """Pagefind's process, for as long as the block lasts."""

    def __init__(self, low_priority: bool) -> None:
        nice = shutil.which("nice") if low_priority else None
        self._process = subprocess.Popen(  # noqa: S603  the binary of a package that we depend on
            [*([nice, "-n", "10"] if nice else []), str(pagefind_bin.get_executable()), "--service"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE": str(_CHUNK)},
        )
        assert self._process.stdin
        assert self._process.stdout
        self._requests, self._answers = self._process.stdin, cast("BufferedReader", self._process.stdout)
        self._request_count = self._answer_count = 0
        self._newest_answer = b""
        self._error = ""  # what went wrong, if anything
        self._listener = threading.Thread(target=self._listen, name="pagefind", daemon=True)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()

    def send(self, payload: dict[str, Any]) -> None:
        """Send a request. Pagefind takes as many as there are, and answers when it can."""
        self._request_count += 1
        request = {"message_id": self._request_count, "payload": payload}
        self._requests.write(base64.b64encode(json.dumps(request).encode()) + b",")

    def has_answered_all(self) -> bool:
        """Tell whether all requests are answered. Raises _PagefindError for an answer that is an error."""
        with contextlib.suppress(BrokenPipeError):
            self._requests.flush()
        if self._error:
            raise _PagefindError(self._error)
        return self._answer_count == self._request_count

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and bytes of the files in the newest answer.

        They are decoded one by one: all at once would stop other threads for long.
        """
        text = base64.b64decode(self._newest_answer).decode()
        decoder = json.JSONDecoder()
        at = text.index('"files":[') + len('"files":[')
        while text[at] != "]":
            file, at = decoder.raw_decode(text, at)
            yield file["path"].replace("\\", "/"), base64.b64decode(file["content"])
            at += text[at] == ","

    def _listen(self) -> None:
        """Collect answers until Pagefind ends; runs in a thread of its own."""
        parts: list[bytes] = []
        while data := self._answers.read1(1 << 20):
            *answer_ends, rest = data.split(b",")
            for answer_end in answer_ends:
                self._take(b"".join([*parts, answer_end]))
                parts = []
            parts.append(rest)
        self._error = self._error or "it ended before it was done"

    def _take(self, answer: bytes) -> None:
        if len(answer) < _MAX_ERROR_BYTES:
            payload = json.loads(base64.b64decode(answer))["payload"]
            if payload["type"] == "Error":
                self._error = str(payload["message"])
        self._newest_answer = answer
        self._answer_count += 1
