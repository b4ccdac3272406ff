"""ZIP files: read the pages that SingleFile packed, WACZ archives, and plain archives of saved pages.

Nothing is unpacked to disk, and a member's name is only ever a text. SingleFile's form may begin as HTML, a
picture or a PDF: what makes a ZIP is the directory at its end (APPNOTE.TXT, 4.3.16).
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import struct
import zipfile
import zlib
from collections import Counter
from typing import IO, TYPE_CHECKING, BinaryIO

from site_gen.core.errors import RefusedError
from site_gen.core.text import one_line
from site_gen.core.urls import safe_href
from site_gen.ingest.formats import warc
from site_gen.ingest.formats.capture import CUT_OFF, MAX_FILE, MAX_PAGES, TOO_MANY, Capture, Contents, RefusedPage
from site_gen.ingest.formats.decompress import Budget, ForwardStream, unwrap_stream
from site_gen.ingest.formats.provenance import companion_stems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Origin = tuple[str | None, dt.date | None]  # the address and the day that stand beside a page, not in it

_END = b"PK\x05\x06"  # begins the record at the end of the directory
_END_64 = b"PK\x06\x06"  # begins the same record of ZIP64
_TAIL = 66 * 1024  # bytes: the longest comment, and the record itself
_MAX_DIRECTORY = 16 * 1024 * 1024  # bytes; a hundred thousand names
_ZIP_ERRORS = (  # what zipfile raises for archives that are damaged
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    struct.error,
)
# What else is made of a ZIP, by the member that tells.
_OTHER_FORMATS = (
    ("[Content_Types].xml", "an Office document"),
    ("META-INF/container.xml", "an e-book"),
    ("META-INF/MANIFEST.MF", "a program"),
    ("AndroidManifest.xml", "a program"),
    ("META-INF/manifest.xml", "an Office document"),
)


def is_zip(stream: BinaryIO) -> bool:
    """Tell whether a ZIP's directory ends the stream. What only begins as one was cut off, and cannot be read."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _TAIL))
    tail = stream.read(_TAIL)
    end = tail.rfind(_END)
    return 0 <= end <= len(tail) - 22


def read_contents(name: str, stream: BinaryIO, is_wanted: Callable[[str], bool], budget: Budget) -> Contents:
    """Return the pages in a ZIP.

    name: of the file, for messages. is_wanted: which pages to take, by address. budget: that members are read within.
    Raises RefusedError for a ZIP that cannot be read or holds other things.
    """
    members = _Members(stream, budget)
    packed = _singlefile_pages(members)
    if packed:
        return _contents_of_members(name, members, packed, is_wanted, several=len(packed) > 1)
    if "datapackage.json" in members.names and any(member.startswith("archive/") for member in members.names):
        return _contents_of_wacz(name, members, is_wanted, budget)
    if "datapackage.json" in members.names:
        raise RefusedError("a WACZ archive without WARC files: its folder archive/ is empty")
    for member, description in _OTHER_FORMATS:
        if member in members.names:
            raise RefusedError(f"not a saved page but {description}")
    left_out: Counter[str] = Counter()
    return _contents_of_members(name, members, _plain_pages(members, left_out), is_wanted, left_out)


class _Members:
    """The members of a ZIP, read within a budget.

    names: each member's entry in the directory, by its name; without folders.
    """

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        _refuse_large_directory(stream)
        try:
            self._zip = zipfile.ZipFile(stream)
        except _ZIP_ERRORS as error:
            raise RefusedError(f"a broken ZIP archive ({error})") from None
        self._budget = budget
        self.names = {info.filename: info for info in self._zip.infolist() if not info.is_dir()}

    def open(self, name: str) -> BinaryIO:
        """Return a member's bytes as a stream that the budget ends. Raises RefusedError where they cannot be read."""
        info = self.names[name]
        if info.flag_bits & 1:
            raise RefusedError("protected by a password")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise RefusedError(
                "compressed in a way that is not supported; pack the archive again with the usual method"
            )
        try:
            return io.BufferedReader(_MemberStream(self._zip.open(info), self._budget))
        except _ZIP_ERRORS as error:
            raise RefusedError(f"damaged in the archive ({error})") from None

    def read(self, name: str, limit: int) -> tuple[bytes, bool]:
        """Return a member's bytes, and whether all could be read. Raises RefusedError beyond `limit` bytes."""
        with self.open(name) as stream:
            data = stream.read(limit + 1)
        if self._budget.is_spent:
            raise RefusedError(self._budget.reason)
        if len(data) > limit:
            raise RefusedError(f"larger than {limit >> 20} MB")
        return data, len(data) == self.names[name].file_size

    def read_or_empty(self, name: str) -> bytes:
        """Return a member that tells about others; empty when it cannot be read."""
        try:
            return self.read(name, MAX_FILE)[0]
        except RefusedError:
            return b""


class _MemberStream(ForwardStream):
    """A member's stream, which ends where it is damaged or the budget is spent."""

    def __init__(self, member: IO[bytes], budget: Budget) -> None:
        super().__init__(budget)
        self._member = member

    def read_some(self, limit: int) -> bytes:
        """Return some of what the member holds."""
        try:
            return self._member.read(limit)
        except _ZIP_ERRORS:
            return b""

    def close(self) -> None:
        """Close the member, too."""
        self._member.close()
        super().close()


def _refuse_large_directory(stream: BinaryIO) -> None:
    """Raise RefusedError for a directory that is too large.

    zipfile holds directories in memory as a whole: one of a million names takes a gigabyte.
    """
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _TAIL))
    tail = stream.read(_TAIL)
    end, end_64 = tail.rfind(_END), tail.rfind(_END_64)
    directory = struct.unpack_from("<L", tail, end + 12)[0] if 0 <= end <= len(tail) - 22 else 0  # its size in bytes
    if directory == 0xFFFFFFFF:
        directory = struct.unpack_from("<Q", tail, end_64 + 40)[0] if 0 <= end_64 <= len(tail) - 56 else 0
    if directory > _MAX_DIRECTORY:
        raise RefusedError("a ZIP archive of too many files; unpack it first")


def _singlefile_pages(members: _Members) -> dict[str, Origin]:
    """Return the members that are pages which SingleFile packed, with what their manifests say.

    Frames lie below their page, with a manifest of their own.
    """
    origins: dict[str, Origin] = {}
    roots: set[str] = set()
    manifests = [name for name in members.names if name.rpartition("/")[2] == "manifest.json"]
    for name in sorted(manifests, key=lambda name: (name.count("/"), name)):
        folder = name.removesuffix("manifest.json")
        above = itertools.accumulate((f"{part}/" for part in folder.split("/")[:-1]), initial="")
        if f"{folder}index.html" not in members.names or not roots.isdisjoint(above):
            continue
        try:
            manifest = json.loads(members.read_or_empty(name))
        except (ValueError, RecursionError):
            continue
        if isinstance(manifest, dict) and isinstance(manifest.get("originalUrl"), str):
            roots.add(folder)
            origins[f"{folder}index.html"] = (
                safe_href(manifest["originalUrl"]),
                warc.parse_day(str(manifest.get("archiveTime"))),
            )
    return origins


def _plain_pages(members: _Members, left_out: Counter[str]) -> dict[str, Origin]:
    """Return the members that may be pages: not what is hidden or empty, nor what a browser kept beside a page."""
    origins: dict[str, Origin] = {}
    for name in members.names:
        parts = name.split("/")
        if any(_is_hidden(part) for part in parts) or _is_beside_page(parts, members.names):
            left_out["files beside a page"] += 1
        elif not members.names[name].file_size:
            left_out["empty files"] += 1
        else:
            origins[name] = None, None
    return origins


def _is_hidden(part: str) -> bool:
    return part == "__MACOSX" or (part.startswith(".") and part not in {".", ".."})


def _is_beside_page(parts: list[str], names: Mapping[str, object]) -> bool:
    return any(
        f"{'/'.join([*parts[:depth], page])}{suffix}" in names
        for depth, part in enumerate(parts[:-1])
        for page in companion_stems(part)
        for suffix in (".html", ".htm")
    )


def _contents_of_members(
    name: str,
    members: _Members,
    origins: Mapping[str, Origin],
    is_wanted: Callable[[str], bool],
    left_out: Counter[str] | None = None,
    *,
    several: bool = True,
) -> Contents:
    """Return some members as pages.

    origins: the members that are pages, with what stands beside them. is_wanted: of a member's name, or of the address
    that stands beside it. several: whether pages are named by their members.
    """
    left_out = Counter() if left_out is None else left_out
    chosen = [
        member
        for member, (url, _) in origins.items()
        if not several or is_wanted(one_line(member)) or (url and is_wanted(url))
    ]
    left_out["pages that --match leaves out"] += len(origins) - len(chosen)
    is_over = len(chosen) > MAX_PAGES

    def pages() -> Iterator[Capture | RefusedPage]:
        for member in chosen[:MAX_PAGES]:
            page = one_line(member) if several else None
            try:
                data, is_whole = members.read(member, MAX_FILE)
            except RefusedError as error:
                yield RefusedPage(name, page, str(error))
                continue
            source, saved = origins[member]
            doubts = () if is_whole else (CUT_OFF,)
            yield Capture(name=name, data=data, page=page, source=source, saved=saved, doubts=doubts)
        if is_over:
            yield RefusedPage(name, None, TOO_MANY)

    return Contents(pages=pages(), count=min(len(chosen), MAX_PAGES) + is_over, several=several, left_out=left_out)


def _contents_of_wacz(name: str, members: _Members, is_wanted: Callable[[str], bool], budget: Budget) -> Contents:
    """Return the pages that a WACZ lists, out of its WARC files; all that are there when it lists none (WACZ 1.1.1)."""
    files = sorted(member for member in members.names if member.startswith("archive/"))
    problems: list[RefusedPage] = []
    sources = []
    for file in files:
        try:
            members.open(file).close()
        except RefusedError as error:
            problems.append(RefusedPage(name, one_line(file), str(error)))
        else:
            sources.append(lambda file=file: unwrap_stream(members.open(file), budget))
    return warc.read_contents(name, sources, is_wanted, budget, _listed_addresses(members), problems)


def _listed_addresses(members: _Members) -> tuple[str, ...]:
    """Return the addresses in a WACZ's lists of pages, in their order, each once."""
    addresses: dict[str, None] = {}
    for name in sorted(m for m in members.names if m.startswith("pages/") and m.endswith(".jsonl")):
        for line in members.read_or_empty(name).split(b"\n")[: MAX_PAGES + 1]:
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(row, dict) and isinstance(row.get("url"), str):
                addresses[row["url"]] = None
    return tuple(addresses)
