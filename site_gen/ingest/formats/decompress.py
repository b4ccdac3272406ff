"""Streams that are decompressed as they are read: no more than a budget, and on past damage."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, BinaryIO

from fastwarc.stream_io import ZstdReader

from site_gen.core.errors import RefusedError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
_DICTIONARY = b"\x5d\x2a\x4d\x18"  # begins a .warc.zst that has its own (IIPC, "WARC files using zstd", 2.3)
_LARGEST_DICTIONARY = 16 * 1024 * 1024
_MEMBER = b"\x1f\x8b\x08"  # gzip knows no other method than 8 (RFC 1952, section 2.3.1)
_CHUNK = 64 * 1024
_PIECE = 2 * 1024  # that are decompressed at once: zlib keeps back what it had before an error
_LAYERS = 3  # of gzip around gzip: servers and download tools add one each
# Archives of pages shrink by a factor of five to ten, bombs by a thousand.
_FREE = 1024**3
_RATIO = 30


class Budget:
    """How many decompressed bytes one archive may give; `over` once it wanted more.

    Who reads gets an end of file then. An exception would have to pass through readers that take any for damage.
    """

    def __init__(self, size: int) -> None:
        """size: of the archive as it is stored, in bytes."""
        self.most = _FREE + _RATIO * size
        self._left = self.most
        self.over = False

    def spend(self, wanted: int) -> int:
        """So many of the wanted bytes may be had."""
        given = min(wanted, self._left)
        self._left -= given
        self.over |= given < wanted
        return given

    def renew(self) -> None:
        """Begin anew, for the second pass over an archive."""
        self._left = self.most

    @property
    def reason(self) -> str:
        """Why an archive was not read on."""
        return f"more than {self.most / 1e9:.1f} GB when decompressed; what came before is read"


class ForwardStream(io.RawIOBase):
    """A stream that is read on and never back, within a budget. Whoever is one says what comes next."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._at = 0

    def next(self, most: int) -> bytes:
        """At most so many bytes, but some; none at the end."""
        raise NotImplementedError

    def readable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """How many bytes were read: fastwarc asks."""
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """The next bytes."""
        view = memoryview(buffer).cast("B")
        data = self.next(len(view))
        count = self._budget.spend(len(data))
        view[:count] = data[:count]
        self._at += count
        return count


class GzipStream(ForwardStream):
    """The bytes inside a gzip stream of any number of members. Behind damage it goes on with the next member;
    a stream that ends too early gives what there is. `damaged` says that something was lost."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        super().__init__(budget)
        self._stream = stream
        self._input = b""
        self._member: zlib._Decompress | None = None
        self.damaged = False
        self.ended = 0  # members that were read to their end

    def next(self, most: int) -> bytes:
        """What the members hold."""
        while True:
            if self._member is None and not self._begin():
                return b""
            if not self._input:
                self._input = self._stream.read(_PIECE)
            ended = not self._input
            out = self._out(most)
            if out:
                return out
            if ended and self._member is not None:
                self.damaged = True  # it ended within a member
                self._member = None
                return b""

    def _out(self, most: int) -> bytes:
        assert self._member is not None
        try:
            out = self._member.decompress(self._input, most)
        except zlib.error:
            self.damaged, self._member, self._input = True, None, self._input[1:]
            return b""
        if self._member.eof:
            self._input, self._member = self._member.unused_data, None
            self.ended += 1
        else:
            self._input = self._member.unconsumed_tail
        return out

    def _begin(self) -> bool:
        """Find where the next member begins, past zeros and rubbish."""
        while True:
            at = self._input.find(_MEMBER)
            if at >= 0:
                self._input = self._input[at:]
                self._member = zlib.decompressobj(wbits=31)
                return True
            more = self._stream.read(_PIECE)
            if not more:
                return False
            self._input = self._input[-2:] + more


class ZstdStream(ForwardStream):
    """The bytes inside zstd frames. Where they are damaged it ends, as if they were cut off."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        super().__init__(budget)
        self._reader = ZstdReader(stream, _PIECE, dictionary=_dictionary(stream))

    def next(self, most: int) -> bytes:
        """What the frames hold."""
        try:
            return bytes(self._reader.read(min(most, _PIECE)))  # what it had read when it meets damage is lost
        except (OSError, ValueError):
            return b""


def _dictionary(stream: BinaryIO) -> bytes | None:
    """The dictionary that stands before the frames, in a frame that others skip, if there is one. The stream stands
    behind it then."""
    if peek(stream, 4) != _DICTIONARY:
        return None
    size = int.from_bytes(stream.read(8)[4:], "little")
    data = stream.read(min(size, _LARGEST_DICTIONARY))
    if not data.startswith(ZSTD):
        return data
    try:
        return bytes(ZstdReader(io.BytesIO(data)).read(_LARGEST_DICTIONARY))
    except (OSError, ValueError):
        return None


def unwrap_stream(stream: BinaryIO, budget: Budget) -> BinaryIO:
    """The stream inside all layers of gzip or zstd around it, as one that can only be read on."""
    for _ in range(_LAYERS):
        head = peek(stream, 4)
        if head in {ZSTD, _DICTIONARY}:
            stream = io.BufferedReader(ZstdStream(stream, budget), _CHUNK)
        elif head.startswith(GZIP):
            stream = io.BufferedReader(GzipStream(stream, budget), _CHUNK)
        else:
            break
    return stream


def peek(stream: BinaryIO, count: int) -> bytes:
    """The next bytes of a stream, which stays where it is."""
    if isinstance(stream, io.BufferedReader):
        return stream.peek(count)[:count]
    start = stream.tell()
    data = stream.read(count)
    stream.seek(start)
    return data


def gunzip(data: bytes, limit: int) -> tuple[bytes, bool]:
    """The bytes inside all layers of gzip, or the bytes themselves, and whether some were lost.

    Raises RefusedError beyond `limit` bytes, and for a gzip file that gives none though it should.
    """
    damaged = False
    for _ in range(_LAYERS):
        if not data.startswith(GZIP):
            break
        stream = GzipStream(io.BytesIO(data), Budget(len(data)))
        out = io.BufferedReader(stream, _CHUNK).read(limit + 1)
        if len(out) > limit:
            raise RefusedError(f"larger than {limit >> 20} MB when decompressed")
        damaged |= stream.damaged
        if not out and not stream.ended:
            raise RefusedError("a broken gzip file (nothing in it can be read)")
        data = out
    return data, damaged
