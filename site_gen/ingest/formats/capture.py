"""A page as an archive or a file holds it: bytes, and what stands beside them. Not decoded yet."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct, field

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
CUT_OFF = ("text", "the saved copy is cut off or damaged; some of the text may be missing")  # a doubt


class Capture(Struct, frozen=True, kw_only=True):
    """The bytes of one page, and what its archive says of it."""

    name: str  # of the file, for messages
    data: bytes  # as they stand in the file: perhaps compressed, perhaps wrapped in MIME
    page: str | None = None  # its address in an archive of several (a URL, a member's name, a message id)
    source: str | None = None  # the web address that it was saved from
    saved: date | None = None  # the day of saving
    charset: str | None = None  # the label outside of the page: in an HTTP or MIME header, in a property list
    mail_header: MailHeader = field(default_factory=MailHeader)  # of a mail; empty for other pages
    doubts: Doubts = ()  # what reading could not mend


class RefusedPage(Struct, frozen=True):
    """A page of an archive, or an archive, that cannot be read."""

    name: str  # of the file, for messages
    page: str | None  # the page's address in the archive; None where it is about the archive itself
    reason: str  # why, for a person


class Contents(Struct, frozen=True, kw_only=True):
    """What a file holds."""

    pages: Iterator[Capture | RefusedPage]  # read as they are asked for
    count: int = 1  # how many `pages` yields
    several: bool = False  # an archive whose pages are named by their addresses, even where it has but one
    # How many pages or records were passed over, by what they are; complete once all pages have come.
    left_out: Counter[str] = field(default_factory=Counter)
