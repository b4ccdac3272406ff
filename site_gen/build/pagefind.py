"""The search index, made by Pagefind: records in, the files of its bundle out.

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
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Self, cast

import cbor2
import pagefind_bin

from site_gen.content.content_files import digest_of_bytes
from site_gen.core.errors import Problem, SiteError
from site_gen.core.text import compact_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import BufferedReader

    from site_gen.pages.search_records import SearchRecord

MAKER = f"pagefind {version('pagefind-bin')}"
ENTRY = "pagefind-entry.json"  # names the others; whoever has read it may ask for them
FIXED = ("pagefind.js", ENTRY)  # what is called the same in every index
# Of the bundle, what our own page needs; not the widgets, and no worker: a second engine to load, for a search that
# takes a few milliseconds.
_WANTED = ("pagefind.", "wasm.", "fragment/", "index/", "filter/")
_PATIENCE = 0.05  # seconds between two looks at a process that is at work
_CHUNK = 8000  # places of words in a file of the index; Pagefind's 20,000 made a first search of three words too heavy
_SIGNATURE = b"pagefind_dcd"
_FILTERS = 3  # where they stand in the meta file: version, pages, index chunks, filters, sorts, fields
_HASH = 10  # hexadecimal digits in a name
_SHORT = 1 << 16  # bytes of an answer that may be a complaint; files are longer
_AT_ONCE = 100  # records, or files, between two moments at which others may go on


class _FailedError(Exception):
    """Raised when Pagefind says no, or nothing."""


def index(records: Iterable[SearchRecord], language: str, *, gently: bool = False) -> Iterator[dict[str, bytes] | None]:
    """The files of the index, by name below its folder, a part of them at a time: the one named ENTRY comes last.
    None, now and then, for whoever wants to do something else meanwhile; with `gently` Pagefind gives way to others.

    One index holds every language, so that one search finds all: words are cut to their stems as the site's
    `language` has it. The same records give the same bytes. Raises SiteError when Pagefind cannot run.
    """
    try:
        with _Service(gently) as service:
            yield from _made(service, records, language.partition("-")[0].lower(), gently=gently)
    except (OSError, ValueError, _FailedError) as error:
        mend = "try again, or do without: `search: false` in content/site.yaml"
        raise SiteError(Problem("the search index", 0, f"cannot be made ({error})", mend)) from error


def _made(
    service: _Service, records: Iterable[SearchRecord], language: str, *, gently: bool
) -> Iterator[dict[str, bytes] | None]:
    service.send({"type": "NewIndex", "config": {"force_language": language}})
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
                "sort": {"date": str(record.order)},
            }
        )
        if not number % _AT_ONCE:
            yield None
    service.send({"type": "GetFiles", "index_id": 0})
    while not service.answered():
        if not gently:
            time.sleep(_PATIENCE)
        yield None
    part: dict[str, bytes] = {}
    last: dict[str, bytes] = {}
    for name, data in service.files():
        if name == ENTRY or name.endswith((".pf_meta", ".pf_filter")):
            last[name] = data
        elif name.startswith(_WANTED):
            part[name] = data
        if len(part) >= _AT_ONCE:
            yield part
            part = {}
    last = _settled(last, language)
    entry = {ENTRY: last.pop(ENTRY)}
    if json.loads(entry[ENTRY])["languages"][language]["wasm"]:
        part.pop("wasm.unknown.pagefind", None)
    yield part | last
    yield entry


def _settled(files: dict[str, bytes], language: str) -> dict[str, bytes]:
    """The filters, the meta file that names them, and the entry that names that, made the same for the same records:
    Pagefind 1.5.2 writes filters, and the values in each, in the order of a hash table."""
    entry = json.loads(files[ENTRY])
    meta_name = f"pagefind.{entry['languages'][language]['hash']}.pf_meta"
    meta = _unpacked(files[meta_name])
    found: dict[str, bytes] = {}
    for of_filter in meta[_FILTERS]:
        name, values = _unpacked(files[f"filter/{of_filter[1]}.pf_filter"])
        data = _packed([name, sorted(values)])
        of_filter[1] = f"{language}_{digest_of_bytes(data).hex()[:_HASH]}"
        found[f"filter/{of_filter[1]}.pf_filter"] = data
    meta[_FILTERS].sort()
    data = _packed(meta)
    entry["languages"][language]["hash"] = digest = f"{language}_{digest_of_bytes(data).hex()[:_HASH]}"
    return found | {f"pagefind.{digest}.pf_meta": data, ENTRY: compact_json(entry).encode()}


def _unpacked(data: bytes) -> list[Any]:
    """What a file of Pagefind's says: CBOR (RFC 8949) behind a signature, compressed."""
    found = cbor2.loads(gzip.decompress(data).removeprefix(_SIGNATURE))
    if not isinstance(found, list):
        raise _FailedError("its files are not as they were in version 1.5")
    return found


def _packed(content: list[Any]) -> bytes:
    return gzip.compress(_SIGNATURE + cbor2.dumps(content), mtime=0)


class _Service:
    """Pagefind's process, for as long as the block lasts."""

    def __init__(self, gently: bool) -> None:
        nice = shutil.which("nice") if gently else None
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
        self._sent = self._read = 0
        self._newest = b""
        self._failed = ""
        self._reader = threading.Thread(target=self._listen, name="pagefind", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()

    def send(self, payload: dict[str, Any]) -> None:
        """Ask for something. It takes as many requests as there are, and answers when it can."""
        self._sent += 1
        request = {"message_id": self._sent, "payload": payload}
        self._requests.write(base64.b64encode(json.dumps(request).encode()) + b",")

    def answered(self) -> bool:
        """Whether all that was asked for is answered. Raises _FailedError for an answer that is a complaint."""
        with contextlib.suppress(BrokenPipeError):
            self._requests.flush()
        if self._failed:
            raise _FailedError(self._failed)
        return self._read == self._sent

    def files(self) -> Iterator[tuple[str, bytes]]:
        """The files that the newest answer holds, decoded one by one: all at once would stop others for long."""
        text = base64.b64decode(self._newest).decode()
        decoder = json.JSONDecoder()
        at = text.index('"files":[') + len('"files":[')
        while text[at] != "]":
            file, at = decoder.raw_decode(text, at)
            yield file["path"].replace("\\", "/"), base64.b64decode(file["content"])
            at += text[at] == ","

    def _listen(self) -> None:
        parts: list[bytes] = []
        while data := self._answers.read1(1 << 20):
            *ended, rest = data.split(b",")
            for end in ended:
                self._take(b"".join([*parts, end]))
                parts = []
            parts.append(rest)
        self._failed = self._failed or "it ended before it was done"

    def _take(self, answer: bytes) -> None:
        if len(answer) < _SHORT:
            payload = json.loads(base64.b64decode(answer))["payload"]
            if payload["type"] == "Error":
                self._failed = str(payload["message"])
        self._newest = answer
        self._read += 1
