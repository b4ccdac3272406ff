"""An mbox file: many mails one behind the other, each a page.

A mail begins at a line `From ` behind a blank one (RFC 4155, appendix A); in its text such lines have a `>` before
them (the way of mboxrd). What is read is where mails begin, then one mail at a time.
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
_LINE = 1024 * 1024  # bytes of a line that are read at once
_HEAD = 64 * 1024
_NAME = re.compile(rb"^message-id:\s*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)


def is_mbox(head: bytes) -> bool:
    """Whether a file begins as one does."""
    return head.startswith(_START) and mime.is_message(head)


def read_contents(name: str, stream: BinaryIO, wanted: Callable[[str], bool]) -> Contents | None:
    """The mails of an mbox, told by their message ids; None where there is but one."""
    starts, end = _starts(stream)
    if len(starts) < 2:
        return None
    spans = list(zip(starts, [*starts[1:], end], strict=True))
    places: dict[str, tuple[int, int]] = {}
    left_out = 0
    for number, (start, stop) in enumerate(spans[:MAX_PAGES], 1):
        stream.seek(start)
        head = stream.read(min(_HEAD, stop - start)).replace(b"\r", b"").partition(b"\n\n")[0]
        found = _NAME.search(head)
        page = one_line(found[1].decode("utf-8", "replace"))[:MAX_ADDRESS] if found else f"mail {number}"
        if wanted(page):
            places[page if page not in places else f"mail {number}"] = (start, stop)
        else:
            left_out += 1

    def pages() -> Iterator[Capture | RefusedPage]:
        for page, (start, stop) in places.items():
            if stop - start > MAX_FILE:
                yield RefusedPage(name, page, f"larger than {MAX_FILE >> 20} MB")
                continue
            stream.seek(start)
            mail = stream.read(stop - start).partition(b"\n")[2]
            yield Capture(name=name, data=_QUOTED.sub(rb"\1", mail), page=page)
        if len(spans) > MAX_PAGES:
            yield RefusedPage(name, None, TOO_MANY)

    found_all = Contents(pages=pages(), count=len(places) + (len(spans) > MAX_PAGES), several=True)
    found_all.left_out["mails that --match leaves out"] += left_out
    return found_all


def _starts(stream: BinaryIO) -> tuple[list[int], int]:
    """Where each mail begins, and where the last one ends. No more are noted than are read."""
    stream.seek(0)
    starts: list[int] = []
    at = 0
    blank = True
    while line := stream.readline(_LINE):
        if blank and line.startswith(_START) and len(starts) <= MAX_PAGES:
            starts.append(at)
        blank = line in {b"\n", b"\r\n"}
        at += len(line)
    return starts, at
