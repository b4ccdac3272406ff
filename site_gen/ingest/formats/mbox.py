"""An mbox file: many mails one behind the other, each a page.

A mail begins at a line `From ` behind a blank one (RFC 4155, appendix A); in its text such lines have a `>` before
them (the way of mboxrd). One pass finds where mails begin; they are then read one at a time.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from site_gen.core.text import one_line
from site_gen.ingest.formats import mime
from site_gen.ingest.formats.capture import MAX_ADDRESS, MAX_FILE, MAX_PAGES, TOO_MANY, Capture, Contents, RefusedPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_START = b"From "
_MAX_LINE = 1024 * 1024  # bytes of a line that are read at once
_HEAD = 64 * 1024  # bytes of a mail in which its message id is looked for
_MESSAGE_ID = re.compile(rb"^message-id:\s*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
_QUOTED_START = re.compile(rb"^>(>*From )", re.MULTILINE)


def is_mbox(head: bytes) -> bool:
    """Tell whether a file begins as an mbox file does."""
    return head.startswith(_START) and mime.is_message(head)


def read_contents(name: str, stream: BinaryIO, is_wanted: Callable[[str], bool]) -> Contents | None:
    """Return the mails of an mbox, whose addresses are their message ids; None where there is but one.

    name: of the file, for messages. is_wanted: which mails to take, by address.
    """
    starts, end = _find_starts(stream)
    if len(starts) < 2:
        return None
    spans = list(zip(starts, [*starts[1:], end], strict=True))
    span_by_page: dict[str, tuple[int, int]] = {}
    left_out = 0
    for number, (start, stop) in enumerate(spans[:MAX_PAGES], 1):
        stream.seek(start)
        head = stream.read(min(_HEAD, stop - start)).replace(b"\r", b"").partition(b"\n\n")[0]
        match = _MESSAGE_ID.search(head)
        page = one_line(match[1].decode("utf-8", "replace"))[:MAX_ADDRESS] if match else f"mail {number}"
        if is_wanted(page):
            span_by_page[page if page not in span_by_page else f"mail {number}"] = (start, stop)
        else:
            left_out += 1

    def pages() -> Iterator[Capture | RefusedPage]:
        for page, (start, stop) in span_by_page.items():
            if stop - start > MAX_FILE:
                yield RefusedPage(name, page, f"larger than {MAX_FILE >> 20} MB")
                continue
            stream.seek(start)
            mail = stream.read(stop - start).partition(b"\n")[2]
            yield Capture(name=name, data=_QUOTED_START.sub(rb"\1", mail), page=page)
        if len(spans) > MAX_PAGES:
            yield RefusedPage(name, None, TOO_MANY)

    contents = Contents(pages=pages(), count=len(span_by_page) + (len(spans) > MAX_PAGES), several=True)
    contents.left_out["mails that --match leaves out"] += left_out
    return contents


def _find_starts(stream: BinaryIO) -> tuple[list[int], int]:
    """Return the offsets where mails begin, one more than are read at most, and the offset where the file ends."""
    stream.seek(0)
    starts: list[int] = []
    at = 0
    is_behind_blank = True
    while line := stream.readline(_MAX_LINE):
        if is_behind_blank and line.startswith(_START) and len(starts) <= MAX_PAGES:
            starts.append(at)
        is_behind_blank = line in {b"\n", b"\r\n"}
        at += len(line)
    return starts, at
