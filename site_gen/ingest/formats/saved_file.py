"""Read saved pages: the bytes of a file become a SavedPage. What a file is, its bytes decide, never its suffix.

`read_contents` lists what a file holds: one page, or the many of an archive (`warc`, `zip_file`, `mbox`); `decode`
makes a page of each: `mime` and `webarchive` take it out of its wrapping, `charset` decodes, `provenance` reads what
the saving tool wrote. Nothing here opens a file: what is read are streams that the caller opened, and they can seek.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from msgspec.structs import replace

from site_gen.content.records import PageFormat, SavedPage
from site_gen.core.errors import RefusedError
from site_gen.core.text import scrub
from site_gen.ingest.formats import charset, frames, mbox, mime, provenance, sniff, warc, webarchive, zip_file
from site_gen.ingest.formats.capture import CUT_OFF, MAX_BYTES, MAX_FILE, Capture, Contents, RefusedPage
from site_gen.ingest.formats.decompress import GZIP, Budget, gunzip, peek, unwrap_stream
from site_gen.ingest.formats.provenance import companion_stems

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "MAX_BYTES", "AddressFilter", "Capture", "Contents", "RefusedPage", "companion_stems", "decode", "parse",
    "read_contents", "read_page", "read_pages",
]  # fmt: skip

AddressFilter = Callable[[str], bool]  # whether the page of that address in an archive is to be read

_BEGINNING = 16  # bytes that tell a WARC
_HEAD = 64 * 1024  # bytes that tell a mail


def read_contents(name: str, stream: BinaryIO, is_wanted: AddressFilter = lambda _: True) -> Contents:
    """Return what a file holds, not decoded yet.

    name: for messages only. is_wanted: chooses among the pages of an archive, by address.

    Raises RefusedError, with the reason, for a file that cannot be read at all. What is wrong with one page of an
    archive stands in its place among the pages.
    """
    size = stream.seek(0, io.SEEK_END)
    budget = Budget(size)
    if not _begins_otherwise(stream) and zip_file.is_zip(stream):
        return zip_file.read_contents(name, stream, is_wanted, budget)
    if _beginning(stream, budget).startswith(warc.MAGIC):
        return warc.read_contents(name, [partial(_rewound, stream, budget)], is_wanted, budget)
    stream.seek(0)
    if mbox.is_mbox(stream.read(_HEAD)) and (mails := mbox.read_contents(name, stream, is_wanted)):
        return mails
    if size > MAX_FILE:
        raise RefusedError(f"larger than {MAX_FILE >> 20} MB")
    stream.seek(0)
    return Contents(pages=iter((Capture(name=name, data=stream.read(MAX_FILE)),)))


def read_pages(
    name: str, stream: BinaryIO, is_wanted: AddressFilter = lambda _: True
) -> Iterator[SavedPage | RefusedPage]:
    """Yield the pages of a file, decoded, each that cannot be read with the reason.

    Raises RefusedError as `read_contents` does.
    """
    for capture in read_contents(name, stream, is_wanted).pages:
        if isinstance(capture, RefusedPage):
            yield capture
            continue
        try:
            yield decode(capture)
        except RefusedError as error:
            yield RefusedPage(name, capture.page, str(error))


def read_page(name: str, stream: BinaryIO, address: str | None = None) -> SavedPage:
    """Return the one page of a file, or that of an archive at an address (`SavedPage.page`).

    Reads an archive up to it twice: for many of its pages, use `read_pages`.
    Raises RefusedError, with the reason, when there is no such page or it cannot be read.
    """
    for page in read_pages(name, stream, lambda candidate: address in {None, candidate}):
        if isinstance(page, RefusedPage):
            raise RefusedError(page.reason)
        if page.page == address:
            return page
    raise RefusedError(f"no page {address} in it" if address else "an archive of several pages")


def parse(name: str, data: bytes) -> SavedPage:
    """Return the saved page that the bytes of a file with one page are. Raises RefusedError as `decode` does."""
    return decode(Capture(name=name, data=data))


def decode(capture: Capture) -> SavedPage:
    """Return the saved page that a capture's bytes are.

    Raises RefusedError, with the reason, for what is no saved page: an empty file, another format,
    a program, binary junk, more than 20 MB before or after decompression.
    """
    digest, stored_size = hashlib.sha256(capture.data).hexdigest(), len(capture.data)
    data, is_damaged = gunzip(capture.data, MAX_FILE)
    capture = replace(capture, data=data, doubts=(*capture.doubts, CUT_OFF)[:1] if is_damaged else capture.doubts)
    if sniff.is_pdf(data):
        return replace(_pdf(capture.name, data), sha256=digest, page=capture.page)
    if webarchive.is_webarchive(data):
        capture = webarchive.extract_page(capture)
    elif mime.is_message(data):
        capture = mime.extract_page(capture)
    sniff.refuse_other_formats(capture.data)
    if len(capture.data) > MAX_BYTES:
        after = " when decompressed" if len(data) > stored_size else ""
        raise RefusedError(f"larger than {MAX_BYTES >> 20} MB{after}")
    text = charset.decode(capture.data, capture.charset)
    sniff.refuse_binary(text)
    sniff.refuse_lists(text)
    page_format: PageFormat = sniff.detect_text_format(text)
    if page_format == "text":
        sniff.refuse_code(text)
    if page_format == "html":
        text = frames.join_inner_frame(text)
    source, saved = provenance.read_provenance(text) if page_format == "html" else (None, None)
    return SavedPage(
        name=capture.name,
        format=page_format,
        text=scrub(text),
        sha256=digest,
        source=capture.source or source,
        saved=capture.saved or saved,
        page=capture.page,
        mail_header=capture.mail_header,
        doubts=capture.doubts,
    )


def _pdf(name: str, data: bytes) -> SavedPage:
    from site_gen.ingest.formats import pdf_letters  # noqa: PLC0415  a native library, rarely needed

    return pdf_letters.read_pdf(name, data)


def _begins_otherwise(stream: BinaryIO) -> bool:
    """Tell whether a stream's first bytes are no ZIP's, though one may lie at its end: in a WARC, or in a mail."""
    stream.seek(0)
    head = stream.read(_HEAD)
    return head.startswith((GZIP, *warc.MAGIC, b"bplist00")) or mime.is_message(head)


def _beginning(stream: BinaryIO, budget: Budget) -> bytes:
    """Return the first bytes inside all layers of gzip."""
    head = peek(_rewound(stream, budget), _BEGINNING)
    budget.renew()
    return head


def _rewound(stream: BinaryIO, budget: Budget) -> BinaryIO:
    stream.seek(0)
    return unwrap_stream(stream, budget)
