"""Streams that are decompressed as they are read, within a budget of bytes, and that read on behind damage."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, BinaryIO

from fastwarc.stream_io import ZstdReader

from site_gen.core.errors import RefusedError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

GZIP = b"\x1f\x8b"  # begins a gzip file
ZSTD = b"\x28\xb5\x2f\xfd"  # begins a zstd frame
_DICTIONARY = b"\x5d\x2a\x4d\x18"  # begins a .warc.zst that has its own (IIPC, "WARC files using zstd", 2.3)
_MAX_DICTIONARY = 16 * 1024 * 1024  # bytes
_MEMBER = b"\x1f\x8b\x08"  # gzip knows no other method than 8 (RFC 1952, section 2.3.1)
_BUFFER = 64 * 1024  # bytes
_PIECE = 2 * 1024  # bytes that are decompressed at once: zlib keeps back what it had before an error
_LAYERS = 3  # of gzip around gzip: servers and download tools add one each
# How much an archive may give: so many bytes, and so many for each byte that it has. Archives of pages shrink by a
# factor of five to ten, bombs by a thousand.
_FREE = 1024**3
_RATIO = 30


class Budget:
    """How many decompressed bytes one archive may give.

    limit: that many. is_spent: whether a reader wanted more. Readers get an end of file then: an exception would have
    to pass through libraries that take any for damage.
    """

    def __init__(self, size: int) -> None:
        """size: of the archive as it is stored, in bytes."""
        self.limit = _FREE + _RATIO * size
        self._left = self.limit
        self.is_spent = False

    def spend(self, count: int) -> int:
        """Take so many bytes from the budget; return how many of them it still gives."""
        given = min(count, self._left)
        self._left -= given
        self.is_spent |= given < count
        return given

    def renew(self) -> None:
        """Begin anew, for the second pass over an archive."""
        self._left = self.limit

    @property
    def reason(self) -> str:
        """Why an archive was not read on."""
        return f"more than {self.limit / 1e9:.1f} GB when decompressed; what came before is read"


class ForwardStream(io.RawIOBase):
    """A stream that is read forward only, within a budget. Subclasses say what comes next."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._position = 0

    def read_some(self, limit: int) -> bytes:
        """Return some of the next bytes, at most `limit`; none at the end."""
        raise NotImplementedError

    def readable(self) -> bool:  # noqa: D102  see io.RawIOBase
        return True

    def tell(self) -> int:
        """Return how many bytes were read: fastwarc asks."""
        return self._position

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Put the next bytes into a buffer; return how many."""
        view = memoryview(buffer).cast("B")
        data = self.read_some(len(view))
        count = self._budget.spend(len(data))
        view[:count] = data[:count]
        self._position += count
        return count


class GzipStream(ForwardStream):
    """The bytes inside a gzip stream of any number of members.

    Behind damage it goes on with the next member; a stream that ends too early gives what there is.

    is_damaged: whether something was lost. whole_members: how many were read to their end.
    """

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        super().__init__(budget)
        self._stream = stream
        self._input = b""
        self._member: zlib._Decompress | None = None
        self.is_damaged = False
        self.whole_members = 0

    def read_some(self, limit: int) -> bytes:
        """Return some of what the members hold."""
        while True:
            if self._member is None and not self._begin_member():
                return b""
            if not self._input:
                self._input = self._stream.read(_PIECE)
            is_last = not self._input
            out = self._decompress(limit)
            if out:
                return out
            if is_last and self._member is not None:
                self.is_damaged = True  # it ended within a member
                self._member = None
                return b""

    def _decompress(self, limit: int) -> bytes:
        assert self._member is not None
        try:
            out = self._member.decompress(self._input, limit)
        except zlib.error:
            self.is_damaged, self._member, self._input = True, None, self._input[1:]
            return b""
        if self._member.eof:
            self._input, self._member = self._member.unused_data, None
            self.whole_members += 1
        else:
            self._input = self._member.unconsumed_tail
        return out

    def _begin_member(self) -> bool:
        """Go to where the next member begins, past zeros and rubbish; return False where there is none."""
        while True:
            start = self._input.find(_MEMBER)
            if start >= 0:
                self._input = self._input[start:]
                self._member = zlib.decompressobj(wbits=31)
                return True
            piece = self._stream.read(_PIECE)
            if not piece:
                return False
            self._input = self._input[-2:] + piece


class ZstdStream(ForwardStream):
    """The bytes inside zstd frames. Where they are damaged it ends, as if they were cut off."""

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        super().__init__(budget)
        self._reader = ZstdReader(stream, _PIECE, dictionary=_read_dictionary(stream))

    def read_some(self, limit: int) -> bytes:
        """Return some of what the frames hold."""
        try:
            return bytes(self._reader.read(min(limit, _PIECE)))  # what it had read when it meets damage is lost
        except (OSError, ValueError):
            return b""


def _read_dictionary(stream: BinaryIO) -> bytes | None:
    """Read the dictionary that stands before the frames, in a frame that others skip, if there is one.

    The stream stands behind it then.
    """
    if peek(stream, 4) != _DICTIONARY:
        return None
    size = int.from_bytes(stream.read(8)[4:], "little")
    data = stream.read(min(size, _MAX_DICTIONARY))
    if not data.startswith(ZSTD):
        return data
    try:
        return bytes(ZstdReader(io.BytesIO(data)).read(_MAX_DICTIONARY))
    except (OSError, ValueError):
        return None


def unwrap_stream(stream: BinaryIO, budget: Budget) -> BinaryIO:
    """Return the stream inside all layers of gzip or zstd, as one that can only be read forward."""
    for _ in range(_LAYERS):
        head = peek(stream, 4)
        if head in {ZSTD, _DICTIONARY}:
            stream = io.BufferedReader(ZstdStream(stream, budget), _BUFFER)
        elif head.startswith(GZIP):
            stream = io.BufferedReader(GzipStream(stream, budget), _BUFFER)
        else:
            break
    return stream


def peek(stream: BinaryIO, count: int) -> bytes:
    """Return the next bytes of a stream, which stays where it is."""
    if isinstance(stream, io.BufferedReader):
        return stream.peek(count)[:count]
    start = stream.tell()
    data = stream.read(count)
    stream.seek(start)
    return data


def gunzip(data: bytes, limit: int) -> tuple[bytes, bool]:
    """Return the bytes inside all layers of gzip, or the bytes themselves, and whether some were lost.

    Raises RefusedError beyond `limit` bytes, and for a gzip file that gives none though it should.
    """
    is_damaged = False
    for _ in range(_LAYERS):
        if not data.startswith(GZIP):
            break
        stream = GzipStream(io.BytesIO(data), Budget(len(data)))
        out = io.BufferedReader(stream, _BUFFER).read(limit + 1)
        if len(out) > limit:
            raise RefusedError(f"larger than {limit >> 20} MB when decompressed")
        is_damaged |= stream.is_damaged
        if not out and not stream.whole_members:
            raise RefusedError("a broken gzip file (nothing in it can be read)")
        data = out
    return data, is_damaged
