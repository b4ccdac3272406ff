"""MHTML and mail: the one page in a MIME message.

Which part is the page: the one at Snapshot-Content-Location (Blink), else the root of the multipart/related by its
`start`, else its first part (RFC 2557, section 9.1, RFC 2387), else the first HTML part; in a mail the HTML part,
else the text.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from site_gen.content.records import MailHeader
from site_gen.core.errors import RefusedError
from site_gen.core.text import one_line
from site_gen.core.urls import safe_href
from site_gen.ingest.formats.capture import CUT_OFF, Capture

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from email.message import EmailMessage

_HEAD = 64 * 1024  # relays put many long lines before those that tell
_FIELD = re.compile(rb"([\w-]+):[^\n]*|[ \t][^\n]*")
_MAIL = frozenset({b"from", b"to", b"date", b"subject", b"message-id", b"received", b"content-type"})
_RELAYED = ("to", "received", "message-id", "delivered-to", "return-path", "list-id", "list-unsubscribe")
_MOST_PARTS = 5_000
_DEEPEST = 30
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_ANSWER = re.compile(r"(?:(?:re|fwd?|aw|wg|tr|rv|antw)\s*:\s*)+", re.IGNORECASE)
_LINK = re.compile(
    r"<a\s[^>]{0,2000}?href\s*=\s*[\"']?(https?://[^\s\"'>]{4,300})[^>]{0,2000}>(.{0,400}?)</a",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[^>]{0,2000}>")
_IN_BROWSER = re.compile(
    r"\b(?:view|read|open|see)\b.{0,30}\b(?:browser|online|web)\b|\b(?:im browser|dans (?:votre|le|un) navigateur"
    r"|en (?:el|su|tu) navegador|nel browser|in de browser|online (?:lesen|ansehen))\b",
    re.IGNORECASE,
)


def is_message(head: bytes) -> bool:
    """Whether a file begins with header lines of a MIME message or a mail. Line by line: one pattern over all
    lines takes time that doubles with each."""
    seen: set[bytes] = set()
    for number, line in enumerate(head[:_HEAD].split(b"\n")):
        if number == 0 and line.startswith(b"From "):  # of an mbox file
            continue
        field = _FIELD.fullmatch(line.rstrip(b"\r"))
        if not field:
            break
        if field[1]:
            seen.add(field[1].lower())
        if b"mime-version" in seen:
            return True
    return b"from" in seen and len(seen & _MAIL) >= 4 and (b"message-id" in seen or b"received" in seen)


def extract_page(capture: Capture) -> Capture:
    """The page in a message, with where and when it was saved. Raises RefusedError for one without a page."""
    from email import message_from_bytes, policy  # noqa: PLC0415  slow to import, and few files are messages

    try:
        message = message_from_bytes(capture.data, policy=policy.default)
        parts = list(_leaves(message))
    except RecursionError:
        raise RefusedError("its parts are nested too deep") from None
    snapshot = _field(message, "snapshot-content-location")
    is_mail = not snapshot and any(name in message for name in _RELAYED)
    part = _chosen(message, parts, snapshot)
    if part is None:
        raise RefusedError("an MHTML file or mail that holds no page")
    data = _bytes(part)
    own = _web(_field(part, "content-location")) or _web(_field(part, "content-base"))
    found = replace(
        capture,
        data=data,
        charset=_charset(part) or capture.charset,
        source=_web(snapshot) or own or capture.source,
        doubts=capture.doubts if _is_closed(message) else (*capture.doubts, CUT_OFF),
    )
    sent = _day(_field(message, "date"))
    if not is_mail:
        return replace(found, saved=sent or capture.saved)
    return replace(
        found, source=_source_of_mail(message, data) or found.source, mail_header=_mail_header(message, sent)
    )


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """The parts that hold no parts, in their order."""
    stack: list[tuple[EmailMessage, int]] = [(message, 0)]
    count = 0
    while stack:
        part, depth = stack.pop()
        count += 1
        if count > _MOST_PARTS or depth > _DEEPEST:
            raise RefusedError("too many parts in it, or nested too deep")
        inner = part.get_payload()
        if isinstance(inner, list):
            stack.extend((cast("EmailMessage", each), depth + 1) for each in reversed(inner))
        else:
            yield part


def _chosen(message: EmailMessage, parts: list[EmailMessage], snapshot: str) -> EmailMessage | None:
    pages = [part for part in parts if part.get_content_type() in _HTML and not _is_attached(part)]
    if snapshot:
        wanted = snapshot.partition("#")[0]
        for part in pages:
            if _field(part, "content-location").partition("#")[0] == wanted:
                return part
    start = str(message.get_param("start") or "").strip("<> ")
    if start:
        for part in pages:
            if _field(part, "content-id").strip("<> ") == start:
                return part
    texts = (part for part in parts if part.get_content_type() == "text/plain" and not _is_attached(part))
    return pages[0] if pages else next((part for part in texts if _bytes(part).strip()), None)


def _is_attached(part: EmailMessage) -> bool:
    return _field(part, "content-disposition").lower().startswith("attachment")


def _field(part: EmailMessage, name: str) -> str:
    """A header line's value, empty if there is none. The parser of structured lines fails on some that are
    broken, in several ways."""
    try:
        return str(part.get(name) or "").strip()
    except Exception:  # whatever it is, the line tells nothing
        return ""


def _bytes(part: EmailMessage) -> bytes:
    """A part's content, taken out of its transfer encoding as far as that goes."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        data = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return data if isinstance(data, bytes) else b""


def _charset(part: EmailMessage) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, AttributeError, TypeError):
        return None


def _is_closed(message: EmailMessage) -> bool:
    """Whether the last boundary is there: else the file was cut off."""
    return not any(type(defect).__name__ == "CloseBoundaryNotFoundDefect" for defect in message.defects)


def _web(address: str) -> str | None:
    href = safe_href(address) if address else None
    return href if href and href.startswith("http") else None


def _day(date: str) -> dt.date | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        return parsedate_to_datetime(date).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _mail_header(message: EmailMessage, sent: dt.date | None) -> MailHeader:
    from email.utils import getaddresses  # noqa: PLC0415

    subject = one_line(_ANSWER.sub("", _field(message, "subject"), count=1))[:300]
    try:
        people = [one_line(name) for name, _ in getaddresses([_field(message, "from")]) if name]
    except (ValueError, IndexError, TypeError):
        people = []
    sender = people[0][:120] if people else None
    return MailHeader(title=subject or None, author=sender, site=sender, published=sent)


def _source_of_mail(message: EmailMessage, data: bytes) -> str | None:
    """Where a newsletter stands on the web, if it says so plainly: the address of the post (some services put it
    into List-Post), of the archived message (RFC 5064), or behind “view in browser”."""
    for name in ("list-post", "archived-at"):
        url = _web(_field(message, name).strip("<>"))
        if url and _is_plain(url):
            return url
    for match in _LINK.finditer(data[:200_000].decode("utf-8", "replace")):
        if _IN_BROWSER.search(one_line(unescape(_TAG.sub(" ", match[2])))):
            url = _web(unescape(match[1]))
            return url if url and _is_plain(url) else None
    return None


def _is_plain(url: str) -> bool:
    """Not the address of a counter that leads on: those have a query or a long key in their path, and are another
    for each reader."""
    parts = urlsplit(url)
    keys = any(len(segment) >= 32 and segment.count("-") < 3 for segment in parts.path.split("/"))
    return not parts.query and parts.path not in {"", "/"} and not keys and len(url) <= 200
