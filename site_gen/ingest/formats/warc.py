"""WARC and ARC archives: find which of their records are pages, and read them.

There are two passes, for which capture of an address is the latest whole one is known at the end only: the first
lists, the second reads. What a record is, its head says; its body is taken apart here (`http_response`), not by the
libraries, for each of them fails on bodies that the other reads. ISO 28500:2017 (WARC/1.1), and the ARC format of 1996.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urljoin

from fastwarc.warc import ArchiveIterator
from msgspec import Struct, field

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

MAGIC = (b"WARC/", b"filedesc://")  # what WARC and ARC files begin with
_MAX_HEAD = 512 * 1024  # bytes of a block beyond its body
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", ""})
_MAX_REDIRECTS = 5  # that are followed from an address in an index of pages to the page


class _Record(Struct, frozen=True):
    """A record, as either library gives it."""

    kind: str  # its WARC-Type: `response`, `resource`, `revisit`, …
    url: str  # of its target; empty if that is none of the web
    moment: str  # when it was captured, in ISO 8601, which sorts
    media: str  # the Content-Type of the block
    block: bytes  # what it holds, the head of a response included
    is_cut: bool  # it is shorter than it says, or says that it was truncated
    is_large: bool  # it is larger than a page may be; the block is cut there


class _Location(Struct, frozen=True):
    """Where the best capture of an address is."""

    source: int  # which part of the archive, from 0
    reader: int  # which of `_LIBRARIES` reads it
    index: int  # which of the records that this one gives, from 0
    rank: tuple[bool, str, int, int]  # the greater the better: is whole, when captured, source, index


class _Listing(Struct):
    """What the first pass gathers."""

    locations: dict[str, _Location] = field(default_factory=dict)  # the best capture of each page's address
    redirects: dict[str, str] = field(default_factory=dict)  # from each address that redirects, to where
    left_out: Counter[str] = field(default_factory=Counter)  # how many records were passed over, by what they are
    is_full: bool = False  # there are more than MAX_PAGES

    def add(self, url: str, location: _Location) -> None:
        """Note a capture, if it is the best of its address."""
        other = self.locations.get(url)
        if other is not None:
            self.left_out["earlier captures of the same page"] += 1
        if other is None or location.rank > other.rank:
            self.locations[url] = location


def read_contents(
    name: str,
    sources: Sequence[Callable[[], BinaryIO]],
    is_wanted: Callable[[str], bool],
    budget: Budget,
    listed: Sequence[str] = (),
    problems: Sequence[RefusedPage] = (),
) -> Contents:
    """Return the pages of an archive.

    name: of the file, for messages.
    sources: each gives one part's decompressed bytes from their start, as often as it is called.
    is_wanted: which pages to take, by address.
    budget: that the sources read within.
    listed: the addresses that the archive itself calls pages, if it has such a list.
    problems: parts that cannot be read.
    """
    listing = _list_pages(sources, (lambda _: True) if listed else is_wanted)
    locations = listing.locations
    missing: list[str] = []
    if listed:
        locations, missing = _select_listed(listing, listed, is_wanted)
    refused = [
        *problems,
        *(RefusedPage(name, url, "listed in the archive, but the page itself is missing") for url in missing),
    ]
    if listing.is_full:
        refused.append(RefusedPage(name, None, TOO_MANY))
    if budget.is_spent:
        refused.append(RefusedPage(name, None, budget.reason))

    def pages() -> Iterator[Capture | RefusedPage]:
        budget.renew()
        yield from _read_captures(name, sources, locations)
        yield from refused

    return Contents(pages=pages(), count=len(locations) + len(refused), several=True, left_out=listing.left_out)


def _select_listed(
    listing: _Listing, listed: Sequence[str], is_wanted: Callable[[str], bool]
) -> tuple[dict[str, _Location], list[str]]:
    """Return where the listed pages are, and the addresses of those that are nowhere.

    A listed address that redirects is followed; a list of which nothing is there does not count.
    """
    locations: dict[str, _Location] = {}
    missing = []
    for address in listed:
        url = _follow_redirects(_web_url(address.partition("#")[0]), listing)
        if url in listing.locations:
            locations[url] = listing.locations[url]
        else:
            missing.append(one_line(address)[:MAX_ADDRESS])
    if not locations:
        locations, missing = dict(listing.locations), []
    listing.left_out["pages within pages"] += len(listing.locations) - len(locations)
    wanted = {url: location for url, location in locations.items() if is_wanted(url)}
    listing.left_out["pages that --match leaves out"] += len(locations) - len(wanted)
    return wanted, [url for url in missing if is_wanted(url)]


def _list_pages(sources: Sequence[Callable[[], BinaryIO]], is_wanted: Callable[[str], bool]) -> _Listing:
    """List the pages of an archive's parts, at most MAX_PAGES of each.

    The second library is for what the first cannot read at all: ARC. Of two tries the one with more pages counts,
    then the one with more records, then the first.
    """
    whole = _Listing()
    for number, source in enumerate(sources):
        tries = []
        for library, read_records in enumerate(_LIBRARIES):
            part = _Listing()
            records = _list_records(read_records(source()), (number, library), is_wanted, part)
            tries.append((len(part.locations), records, -library, part))
            if records:
                break
        best = max(tries, key=lambda attempt: attempt[:3])[3]
        whole.redirects |= best.redirects
        whole.left_out += best.left_out
        whole.is_full |= best.is_full
        for url, location in best.locations.items():
            whole.add(url, location)
    return whole


def _list_records(
    records: Iterator[_Record], origin: tuple[int, int], is_wanted: Callable[[str], bool], listing: _Listing
) -> int:
    """Put the pages among some records into a listing; return how many records there are.

    origin: the numbers of the source and of the library.
    """
    count = 0
    for index, record in enumerate(records):
        count += 1
        response = _page_response(record, listing)
        if response is None:
            continue
        if not is_wanted(record.url):
            listing.left_out["pages that --match leaves out"] += 1
            continue
        if len(listing.locations) >= MAX_PAGES and record.url not in listing.locations:
            listing.is_full = True
            return count
        is_whole = not record.is_cut and not record.is_large and response.is_whole
        listing.add(record.url, _Location(*origin, index, (is_whole, record.moment, origin[0], index)))
    return count


def _page_response(record: _Record, listing: _Listing) -> http_response.Response | None:
    """Return the response of a record that is a page, else None, and count where a person may ask what it was."""
    if record.kind == "revisit":
        listing.left_out["repeats without content"] += 1
        return None
    if record.kind not in {"response", "resource"} or not record.url:
        return None
    response = _response(record)
    if response is None:
        return None
    if 300 <= response.status < 400 and response.location:
        listing.redirects[record.url] = _join(record.url, response.location)
    if response.status != 200:
        listing.left_out["redirects and errors"] += 1
        return None
    if response.media not in _PAGE_TYPES or not (response.media or b"<" in response.raw_body[:4096]):
        listing.left_out["pictures, scripts and other files"] += 1
        return None
    return response


def _response(record: _Record) -> http_response.Response | None:
    """Return the HTTP response in a record; a `resource` is the body alone."""
    if record.kind == "response":
        return http_response.parse_response(record.block)
    media, charset = http_response.parse_media_type(record.media)
    return http_response.Response(
        200, media, charset, None, chunked=False, codings=(), length=None, raw_body=record.block
    )


def _join(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        return url


def _follow_redirects(url: str, listing: _Listing) -> str:
    """Return the address where a page is, from the one under which it was asked for."""
    for _ in range(_MAX_REDIRECTS):
        if url in listing.locations or url not in listing.redirects:
            break
        url = listing.redirects[url]
    return url


def _read_captures(
    name: str, sources: Sequence[Callable[[], BinaryIO]], locations: Mapping[str, _Location]
) -> Iterator[Capture | RefusedPage]:
    """Yield the listed pages, in the archive's order."""
    wanted = {(location.source, location.reader, location.index) for location in locations.values()}
    for number, library in sorted({(source, library) for source, library, _ in wanted}):
        for index, record in enumerate(_LIBRARIES[library](sources[number]())):
            if (number, library, index) in wanted:
                yield _capture(name, record)


def _capture(name: str, record: _Record) -> Capture | RefusedPage:
    response = _response(record)
    assert response is not None  # it was listed
    try:
        data, is_whole = http_response.decode_body(response, MAX_BYTES)
    except RefusedError as error:
        return RefusedPage(name, record.url, str(error))
    if record.is_large or len(data) > MAX_BYTES:
        return RefusedPage(name, record.url, f"larger than {MAX_BYTES >> 20} MB")
    return Capture(
        name=name,
        data=data,
        page=record.url,
        source=record.url,
        saved=parse_day(record.moment),
        charset=response.charset,
        # Lengths are wrong by a byte or two more often than pages are cut off.
        doubts=() if (is_whole and not record.is_cut) or b"</html>" in data[-500:].lower() else (CUT_OFF,),
    )


def parse_day(moment: str) -> dt.date | None:
    """Return the day of a moment in ISO 8601; None where it is none."""
    try:
        return dt.date.fromisoformat(moment[:10])
    except ValueError:
        return None


def _web_url(url: str | None) -> str:
    """Return the address of a record; empty if it is none of the web."""
    href = safe_href((url or "").strip("<> "))
    return href if href and href.startswith("http") and len(href) <= MAX_ADDRESS else ""


def _read_with_fastwarc(stream: BinaryIO) -> Iterator[_Record]:
    # `quirks_mode` goes on with the next record after one whose length is wrong.
    records = iter(ArchiveIterator(stream, parse_http=False, quirks_mode=True, stream_detect=False))
    while True:
        try:
            original = next(records, None)
            if original is None:
                return
            fields = original.headers
            block = original.reader.read(MAX_BYTES + _MAX_HEAD + 1)
            record = _Record(
                kind=(fields.get("WARC-Type") or "").lower(),
                url=_web_url(fields.get("WARC-Target-URI")),
                moment=fields.get("WARC-Date") or "",
                media=fields.get("Content-Type") or "",
                block=block,
                is_cut=len(block) < original.content_length or fields.get("WARC-Truncated") is not None,
                is_large=len(block) > MAX_BYTES + _MAX_HEAD,
            )
        except (OSError, ValueError):  # what it cannot read on from
            return
        yield record


def _read_with_warcio(stream: BinaryIO) -> Iterator[_Record]:
    from warcio.archiveiterator import ArchiveIterator as SlowIterator  # noqa: PLC0415  rarely needed, slow to import
    from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415

    class QuietIterator(SlowIterator):  # type: ignore[misc]
        INC_RECORD = ""  # it prints to stderr where a record's length is wrong

    records = iter(QuietIterator(stream, no_record_parse=True, arc2warc=True))
    while True:
        try:
            original = next(records, None)
            if original is None:
                return
            fields = original.rec_headers
            block = original.raw_stream.read(MAX_BYTES + _MAX_HEAD + 1)
            length = fields.get_header("Content-Length") or ""
            record = _Record(
                kind=original.rec_type,
                url=_web_url(fields.get_header("WARC-Target-URI")),
                moment=fields.get_header("WARC-Date") or "",
                media=fields.get_header("Content-Type") or "",
                block=block,
                is_cut=length.isdecimal() and len(block) < int(length),
                is_large=len(block) > MAX_BYTES + _MAX_HEAD,
            )
        except (ArchiveLoadFailed, OSError, EOFError, ValueError, TypeError, AttributeError, KeyError, IndexError):
            return
        yield record


_LIBRARIES = (_read_with_fastwarc, _read_with_warcio)
