"""A captured HTTP response: its status, what it says it is, and its body, however it was sent.

Crawlers store responses as they came, as they should have come, or something between: a body may lack the
chunks or the compression that its headers announce, and may be cut off. Each is told by its bytes.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass

from fastwarc.stream_io import BrotliReader, ZstdReader

from site_gen.ingest.formats.decompress import GZIP, ZSTD, gunzip

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})\b[^\n]*\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HEAD_MOST = 256 * 1024
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Response:
    """The head of a response, and its body as it was sent."""

    status: int
    media: str  # `text/html`, lower-case; empty when nothing is said
    charset: str | None
    location: str | None
    chunked: bool
    coded: tuple[str, ...]  # `gzip`, `br`, …, the last applied last
    length: int | None  # of `sent`, as the head has it
    sent: bytes

    @property
    def whole(self) -> bool:
        """False when the body is shorter than its head or its chunks say."""
        if self.chunked:
            return _unchunked(self.sent)[1]
        return self.length is None or len(self.sent) >= self.length


def parse_response(block: bytes) -> Response | None:
    """The parts of a response; None for what is none."""
    status = _STATUS.match(block)
    if not status:
        return None
    end = _HEAD_END.search(block, status.end() - 2, _HEAD_MOST)
    head = block[status.end() : end.start()] if end else block[status.end() :]
    fields: dict[str, str] = {}
    for line in head.split(b"\n"):
        key, colon, value = line.partition(b":")
        if colon:
            fields[key.strip().lower().decode("latin-1")] = value.strip().decode("utf-8", "replace")
    media, charset = media_type(fields.get("content-type", ""))
    length = fields.get("content-length", "")
    return Response(
        status=int(status[1]),
        media=media,
        charset=charset,
        location=fields.get("location"),
        chunked="chunked" in fields.get("transfer-encoding", "").lower(),
        coded=tuple(re.findall(r"gzip|deflate|br|zstd", fields.get("content-encoding", "").lower())),
        length=int(length) if length.isdecimal() and len(length) < 12 else None,
        sent=block[end.end() :] if end else b"",
    )


def media_type(content_type: str) -> tuple[str, str | None]:
    """`text/html` and the charset of a `Content-Type` value, each lower-case."""
    charset = _CHARSET.search(content_type[:1000])
    return content_type.partition(";")[0].strip().lower(), charset[1].lower() if charset else None


def decode_body(found: Response, limit: int) -> tuple[bytes, bool]:
    """The body without chunks and compression, and whether it is whole.

    Raises RefusedError beyond `limit` bytes.
    """
    data, whole = _unchunked(found.sent) if found.chunked else (found.sent, found.whole)
    for coding in reversed(found.coded or ("gzip",) * data.startswith(GZIP)):
        data, good = _uncoded(data, coding, limit)
        whole &= good
    return data, whole


def _unchunked(sent: bytes) -> tuple[bytes, bool]:
    """The content of a chunked body (RFC 9112, section 7.1); the bytes themselves where they are not chunked.
    Where chunks go wrong, all that is left counts as content."""
    first = _CHUNK_SIZE.match(sent)
    if not first:
        return sent, True  # taken apart already, with the header left as it was
    out, at = bytearray(), 0
    while match := _CHUNK_SIZE.match(sent, at):
        size, start = int(match[1], 16), match.end()
        if size == 0:
            return bytes(out), True
        out += sent[start : start + size]
        at = start + size
        if at > len(sent):
            return bytes(out), False
        at += 2 if sent.startswith(b"\r\n", at) else sent.startswith(b"\n", at)
    return bytes(out + sent[at:]), at == len(sent)


def _uncoded(data: bytes, coding: str, limit: int) -> tuple[bytes, bool]:
    """A body without one layer of compression, as it is where it has none, and whether nothing was lost."""
    if coding == "gzip":
        out, damaged = gunzip(data, limit)
        return out, not damaged
    if coding == "deflate":
        for bits in (15, -15):  # with zlib's header, as the RFC has it, or without, as servers do
            try:
                return zlib.decompressobj(bits).decompress(data, limit), True
            except zlib.error:
                continue
        return data, True
    if coding == "zstd" and not data.startswith(ZSTD):
        return data, True
    reader = ZstdReader(io.BytesIO(data)) if coding == "zstd" else BrotliReader(io.BytesIO(data))
    unpacked, good = bytearray(), True
    try:
        while len(unpacked) <= limit and (more := reader.read(_READ)):
            unpacked += more
    except (OSError, ValueError):
        good = False
    return (bytes(unpacked[: limit + 1]), good) if unpacked else (data, True)  # brotli has no mark: not brotli, then
