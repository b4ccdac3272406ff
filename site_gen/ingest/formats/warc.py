"""WARC and ARC: which of their records are pages, and the pages.

Two passes, for which capture of an address is the latest whole one is known at the end only: the first lists, the
second gives. What a record is, its head says; its body is taken apart here (`http`), not by the readers, for
each of them fails on bodies that the other reads. ISO 28500:2017 (WARC/1.1), and the ARC format of 1996.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin

from fastwarc.warc import ArchiveIterator

from site_gen.core.errors import RefusedError
from site_gen.core.text import one_line
from site_gen.core.urls import safe_href
from site_gen.ingest.formats import http_response
from site_gen.ingest.formats.capture import (
    CUT_OFF,
    MAX_ADDRESS,
    MAX_BYTES,
    MAX_PAGES,
    TOO_MANY,
    Capture,
    Contents,
    RefusedPage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from site_gen.ingest.formats.decompress import Budget

MAGIC = (b"WARC/", b"filedesc://")
_HEAD = 512 * 1024  # of a block beyond its body
_PAGES = frozenset({"text/html", "application/xhtml+xml", ""})
_HOPS = 5  # redirects that are followed from an address in an index of pages to the page


@dataclass(frozen=True, slots=True)
class _Record:
    """A record as both readers give it. `cut`: it is shorter than it says, or says that it was truncated."""

    kind: str
    url: str
    moment: str  # when it was captured, in ISO 8601, which sorts
    media: str
    block: bytes
    cut: bool
    large: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the best capture of an address is: which source, which reader, which record."""

    source: int
    reader: int
    index: int
    rank: tuple[bool, str, int, int]


def read_contents(
    name: str,
    sources: Sequence[Callable[[], BinaryIO]],
    wanted: Callable[[str], bool],
    budget: Budget,
    listed: Sequence[str] = (),
    problems: Sequence[RefusedPage] = (),
) -> Contents:
    """The pages of an archive.

    sources: each gives one part's decompressed bytes from their start, as often as it is called. listed: the
    addresses that the archive itself calls pages, if it has such a list. problems: parts that cannot be read.
    """
    found = _listing(sources, (lambda _: True) if listed else wanted)
    places = found.places
    missing: list[str] = []
    if listed:
        places, missing = _as_listed(found, listed, wanted)
    told = [*problems, *(RefusedPage(name, url, "listed in the archive, but no page is kept there") for url in missing)]
    if found.full:
        told.append(RefusedPage(name, None, TOO_MANY))
    if budget.over:
        told.append(RefusedPage(name, None, budget.reason))

    def pages() -> Iterator[Capture | RefusedPage]:
        budget.renew()
        yield from _captures(name, sources, places)
        yield from told

    return Contents(pages=pages(), count=len(places) + len(told), several=True, left_out=found.left_out)


def _as_listed(
    found: _Listing, listed: Sequence[str], wanted: Callable[[str], bool]
) -> tuple[dict[str, _Place], list[str]]:
    """Where the listed pages are, and which of them are nowhere. What is listed and redirects is followed; a list
    of which nothing is there does not count."""
    places: dict[str, _Place] = {}
    missing = []
    for address in listed:
        url = _follow(_address(address.partition("#")[0]), found)
        if url in found.places:
            places[url] = found.places[url]
        else:
            missing.append(one_line(address)[:MAX_ADDRESS])
    if not places:
        places, missing = dict(found.places), []
    found.left_out["pages within pages"] += len(found.places) - len(places)
    chosen = {url: place for url, place in places.items() if wanted(url)}
    found.left_out["pages that --match leaves out"] += len(places) - len(chosen)
    return chosen, [url for url in missing if wanted(url)]


@dataclass(slots=True)
class _Listing:
    """What the first pass found: the best capture of each address, and what was passed over."""

    places: dict[str, _Place]
    moved: dict[str, str]
    left_out: Counter[str]
    full: bool = False


def _listing(sources: Sequence[Callable[[], BinaryIO]], wanted: Callable[[str], bool]) -> _Listing:
    """The pages of an archive's parts. At most MAX_PAGES: `full` says that there are more."""
    found = _Listing({}, {}, Counter())
    for number, source in enumerate(sources):
        tries = []
        for reader, read in enumerate(_READERS):
            one = _Listing({}, {}, Counter())
            records = _list(read(source()), (number, reader), wanted, one)
            tries.append((len(one.places), records, -reader, one))
            if records:  # the second is for what the first cannot read at all: ARC
                break
        best = max(tries, key=lambda found: found[:3])[3]
        found.moved |= best.moved
        found.left_out += best.left_out
        found.full |= best.full
        for url, place in best.places.items():
            other = found.places.get(url)
            if other is not None:
                found.left_out["earlier captures of the same page"] += 1
            if other is None or place.rank > other.rank:
                found.places[url] = place
    return found


def _list(records: Iterator[_Record], where: tuple[int, int], wanted: Callable[[str], bool], found: _Listing) -> int:
    """Note the pages among the records; how many records there were."""
    count = 0
    for index, record in enumerate(records):
        count += 1
        response = _page(record, found)
        if response is None:
            continue
        if not wanted(record.url):
            found.left_out["pages that --match leaves out"] += 1
            continue
        if len(found.places) >= MAX_PAGES and record.url not in found.places:
            found.full = True
            return count
        whole = not record.cut and not record.large and response.whole
        place = _Place(*where, index, (whole, record.moment, where[0], index))
        other = found.places.get(record.url)
        if other is not None:
            found.left_out["earlier captures of the same page"] += 1
        if other is None or place.rank > other.rank:
            found.places[record.url] = place
    return count


def _page(record: _Record, found: _Listing) -> http_response.Response | None:
    """The response of a record that is a page, else None; what it is else is counted where a person may ask."""
    if record.kind == "revisit":
        found.left_out["repeats without content"] += 1
        return None
    if record.kind not in {"response", "resource"} or not record.url:
        return None
    response = _response(record)
    if response is None:
        return None
    if 300 <= response.status < 400 and response.location:
        found.moved[record.url] = _joined(record.url, response.location)
    if response.status != 200:
        found.left_out["redirects and errors"] += 1
        return None
    if response.media not in _PAGES or not (response.media or b"<" in response.sent[:4096]):
        found.left_out["pictures, scripts and other files"] += 1
        return None
    return response


def _response(record: _Record) -> http_response.Response | None:
    """The HTTP response in a record; a `resource` is the body alone."""
    if record.kind == "response":
        return http_response.parse_response(record.block)
    media, charset = http_response.media_type(record.media)
    return http_response.Response(200, media, charset, None, chunked=False, coded=(), length=None, sent=record.block)


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return url


def _follow(url: str, found: _Listing) -> str:
    """The address where a page is, from the one under which it was asked for."""
    for _ in range(_HOPS):
        if url in found.places or url not in found.moved:
            break
        url = found.moved[url]
    return url


def _captures(
    name: str, sources: Sequence[Callable[[], BinaryIO]], places: Mapping[str, _Place]
) -> Iterator[Capture | RefusedPage]:
    """The listed pages, in the archive's order."""
    at = {(place.source, place.reader, place.index) for place in places.values()}
    for number, reader in sorted({(source, reader) for source, reader, _ in at}):
        for index, record in enumerate(_READERS[reader](sources[number]())):
            if (number, reader, index) in at:
                yield _capture(name, record)


def _capture(name: str, record: _Record) -> Capture | RefusedPage:
    response = _response(record)
    assert response is not None  # it was listed
    try:
        data, whole = http_response.decode_body(response, MAX_BYTES)
    except RefusedError as error:
        return RefusedPage(name, record.url, str(error))
    if record.large or len(data) > MAX_BYTES:
        return RefusedPage(name, record.url, f"larger than {MAX_BYTES >> 20} MB")
    return Capture(
        name=name,
        data=data,
        page=record.url,
        source=record.url,
        saved=parse_day(record.moment),
        charset=response.charset,
        # Lengths are wrong by a byte or two more often than pages are cut off.
        doubts=() if (whole and not record.cut) or b"</html>" in data[-500:].lower() else (CUT_OFF,),
    )


def parse_day(moment: str) -> dt.date | None:
    """The day of a moment in ISO 8601."""
    try:
        return dt.date.fromisoformat(moment[:10])
    except ValueError:
        return None


def _address(url: str | None) -> str:
    """The address of a record; empty if it is none of the web."""
    href = safe_href((url or "").strip("<> "))
    return href if href and href.startswith("http") and len(href) <= MAX_ADDRESS else ""


def _with_fastwarc(stream: BinaryIO) -> Iterator[_Record]:
    # `quirks_mode` goes on with the next record after one whose length is wrong.
    records = iter(ArchiveIterator(stream, parse_http=False, quirks_mode=True, stream_detect=False))
    while True:
        try:
            record = next(records, None)
            if record is None:
                return
            fields = record.headers
            block = record.reader.read(MAX_BYTES + _HEAD + 1)
            found = _Record(
                kind=(fields.get("WARC-Type") or "").lower(),
                url=_address(fields.get("WARC-Target-URI")),
                moment=fields.get("WARC-Date") or "",
                media=fields.get("Content-Type") or "",
                block=block,
                cut=len(block) < record.content_length or fields.get("WARC-Truncated") is not None,
                large=len(block) > MAX_BYTES + _HEAD,
            )
        except (OSError, ValueError):  # what it cannot read on from
            return
        yield found


def _with_warcio(stream: BinaryIO) -> Iterator[_Record]:
    from warcio.archiveiterator import ArchiveIterator as SlowIterator  # noqa: PLC0415  rarely needed, slow to import
    from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415

    class Quiet(SlowIterator):  # type: ignore[misc]
        INC_RECORD = ""  # it prints to stderr where a record's length is wrong

    records = iter(Quiet(stream, no_record_parse=True, arc2warc=True))
    while True:
        try:
            record = next(records, None)
            if record is None:
                return
            fields = record.rec_headers
            block = record.raw_stream.read(MAX_BYTES + _HEAD + 1)
            length = fields.get_header("Content-Length") or ""
            found = _Record(
                kind=record.rec_type,
                url=_address(fields.get_header("WARC-Target-URI")),
                moment=fields.get_header("WARC-Date") or "",
                media=fields.get_header("Content-Type") or "",
                block=block,
                cut=length.isdecimal() and len(block) < int(length),
                large=len(block) > MAX_BYTES + _HEAD,
            )
        except (ArchiveLoadFailed, OSError, EOFError, ValueError, TypeError, AttributeError, KeyError, IndexError):
            return
        yield found


_READERS = (_with_fastwarc, _with_warcio)
