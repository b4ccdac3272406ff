"""A captured HTTP response: its status, what it says it is, and its body, however it was sent.

Crawlers store responses as they came, as they should have come, or something between: a body may lack the
chunks or the compression that its headers announce, and may be cut off. The bytes tell which.
"""

from __future__ import annotations

import io
import re
import zlib

from fastwarc.stream_io import BrotliReader, ZstdReader
from msgspec import Struct

from site_gen.ingest.formats.decompress import GZIP, ZSTD, gunzip

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})\b[^\n]*\n")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_MAX_HEAD = 256 * 1024  # bytes
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\n]{0,1000})?\r?\n")
_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_PIECE = 64 * 1024  # bytes that are decompressed at once


class Response(Struct, frozen=True):
    """The head of a response, and its body as it was sent."""

    status: int  # 200, 404, …
    media: str  # `text/html`, lower-case; empty when nothing is said
    charset: str | None  # as the head has it, lower-case
    location: str | None  # where a redirect leads, as the head has it
    chunked: bool  # whether the head announces chunks
    codings: tuple[str, ...]  # `gzip`, `br`, …, the last applied last
    length: int | None  # of the raw body in bytes, as the head has it
    raw_body: bytes  # with its chunks and compression

    @property
    def is_whole(self) -> bool:
        """False when the body is shorter than its head or its chunks say."""
        if self.chunked:
            return _join_chunks(self.raw_body)[1]
        return self.length is None or len(self.raw_body) >= self.length


def parse_response(block: bytes) -> Response | None:
    """Return the parts of a response; None for what is no response."""
    status = _STATUS.match(block)
    if not status:
        return None
    end = _HEAD_END.search(block, status.end() - 2, _MAX_HEAD)
    head = block[status.end() : end.start()] if end else block[status.end() :]
    fields: dict[str, str] = {}
    for line in head.split(b"\n"):
        key, colon, value = line.partition(b":")
        if colon:
            fields[key.strip().lower().decode("latin-1")] = value.strip().decode("utf-8", "replace")
    media, charset = parse_media_type(fields.get("content-type", ""))
    length = fields.get("content-length", "")
    return Response(
        status=int(status[1]),
        media=media,
        charset=charset,
        location=fields.get("location"),
        chunked="chunked" in fields.get("transfer-encoding", "").lower(),
        codings=tuple(re.findall(r"gzip|deflate|br|zstd", fields.get("content-encoding", "").lower())),
        length=int(length) if length.isdecimal() and len(length) < 12 else None,
        raw_body=block[end.end() :] if end else b"",
    )


def parse_media_type(content_type: str) -> tuple[str, str | None]:
    """Return the media type (`text/html`) and the charset of a `Content-Type` value, each lower-case."""
    charset = _CHARSET.search(content_type[:1000])
    return content_type.partition(";")[0].strip().lower(), charset[1].lower() if charset else None


def decode_body(response: Response, limit: int) -> tuple[bytes, bool]:
    """Return the body without chunks and compression, and whether it is whole.

    Raises RefusedError beyond `limit` bytes.
    """
    raw = response.raw_body
    data, is_whole = _join_chunks(raw) if response.chunked else (raw, response.is_whole)
    for coding in reversed(response.codings or ("gzip",) * data.startswith(GZIP)):
        data, is_undamaged = _decompress(data, coding, limit)
        is_whole &= is_undamaged
    return data, is_whole


def _join_chunks(raw: bytes) -> tuple[bytes, bool]:
    """Return the content of a chunked body, and whether it is whole (RFC 9112, section 7.1).

    Bytes that are not chunked are the content themselves: the body was taken apart, and the header left as it was.
    Where chunks go wrong, all that is left counts as content.
    """
    if not _CHUNK_SIZE.match(raw):
        return raw, True
    out, at = bytearray(), 0
    while match := _CHUNK_SIZE.match(raw, at):
        size, start = int(match[1], 16), match.end()
        if size == 0:
            return bytes(out), True
        out += raw[start : start + size]
        at = start + size
        if at > len(raw):
            return bytes(out), False
        at += 2 if raw.startswith(b"\r\n", at) else raw.startswith(b"\n", at)
    return bytes(out + raw[at:]), at == len(raw)


def _decompress(data: bytes, coding: str, limit: int) -> tuple[bytes, bool]:
    """Return a body without one layer of compression, and whether nothing was lost; as it is where it has no such."""
    if coding == "gzip":
        out, is_damaged = gunzip(data, limit)
        return out, not is_damaged
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
    unpacked, is_undamaged = bytearray(), True
    try:
        while len(unpacked) <= limit and (piece := reader.read(_PIECE)):
            unpacked += piece
    except (OSError, ValueError):
        is_undamaged = False
    if not unpacked:
        return data, True  # brotli has no mark: this is not brotli
    return bytes(unpacked[: limit + 1]), is_undamaged
