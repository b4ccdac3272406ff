"""A page as an archive or a file holds it: bytes, and what stands beside them. Not decoded yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_gen.content.records import MailHeader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from site_gen.content.records import Doubts

MAX_BYTES = 20 * 1024 * 1024  # of one page, pictures inside it included
MAX_FILE = 100 * 1024 * 1024  # of a file or a member that wraps one page: its pictures beside it included
MAX_PAGES = 50_000  # of one archive
MAX_ADDRESS = 2_000  # characters of a page's address in an archive
TOO_MANY = f"more than {MAX_PAGES:,} pages; the others were left out, take them with --match"
CUT_OFF = ("text", "the saved copy is cut off or damaged; some of the text may be missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """The bytes of one page, and what its archive says of it.

    `page` is its address in an archive of several (a URL, a member's name), else None. `charset` is the label
    that stood outside of the page: in an HTTP header, a MIME header, a property list.
    """

    name: str
    data: bytes
    page: str | None = None
    source: str | None = None
    saved: date | None = None
    charset: str | None = None
    mail_header: MailHeader = field(default_factory=MailHeader)
    doubts: Doubts = ()


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """A page of an archive, or (`page` is None) an archive, that cannot be read, and why."""

    name: str
    page: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file holds. `count` pages are to come; `left_out` is complete once all have come.

    `several`: an archive whose pages are told by their addresses, even where it has but one.
    """

    pages: Iterator[Capture | RefusedPage]
    count: int = 1
    several: bool = False
    left_out: Counter[str] = field(default_factory=Counter)
