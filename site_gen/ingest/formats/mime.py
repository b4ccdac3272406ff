"""MHTML and mail: take the one page out of a MIME message.

Which part is the page: the one at Snapshot-Content-Location (Blink), else the root of the multipart/related by its
`start`, else its first part (RFC 2557, section 9.1, RFC 2387), else the first HTML part; in a mail the HTML part,
else the text.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from msgspec.structs import replace

from site_gen.content.records import MailHeader
from site_gen.core.errors import RefusedError
from site_gen.core.text import one_line
from site_gen.core.urls import safe_href
from site_gen.ingest.formats.capture import CUT_OFF, Capture
from site_gen.ingest.formats.frames import join_frame

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from email.message import EmailMessage

_HEAD = 64 * 1024  # bytes in which header lines are looked for: relays put many long ones before those that tell
# A header line, or one that goes on with the line before.
_FIELD_LINE = re.compile(rb"([\w-]+):[^\n]*|[ \t][^\n]*")
_MAIL_FIELDS = frozenset({b"from", b"to", b"date", b"subject", b"message-id", b"received", b"content-type"})
# A message with one of these was sent: it is a mail, not a saved page.
_RELAY_FIELDS = ("to", "received", "message-id", "delivered-to", "return-path", "list-id", "list-unsubscribe")
_MAX_PARTS = 5_000
_MAX_DEPTH = 30  # of parts in parts
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_REPLY_PREFIX = re.compile(r"(?:(?:re|fwd?|aw|wg|tr|rv|antw)\s*:\s*)+", re.IGNORECASE)
_LINK = re.compile(
    r"<a\s[^<>]{0,2000}?href\s*+=\s*+[\"']?(https?://[^\s\"'<>]{4,300}+)[^<>]{0,2000}+>(.{0,400}?)</a",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_VIEW_IN_BROWSER = re.compile(
    r"\b(?:view|read|open|see)\b.{0,30}\b(?:browser|online|web)\b|\b(?:im browser|dans (?:votre|le|un) navigateur"
    r"|en (?:el|su|tu) navegador|nel browser|in de browser|online (?:lesen|ansehen))\b",
    re.IGNORECASE,
)


def is_message(head: bytes) -> bool:
    """Tell whether a file begins with header lines of a MIME message or a mail.

    It looks line by line: one pattern over all lines takes time that doubles with each.
    """
    names: set[bytes] = set()
    for number, line in enumerate(head[:_HEAD].split(b"\n")):
        if number == 0 and line.startswith(b"From "):  # of an mbox file
            continue
        field = _FIELD_LINE.fullmatch(line.rstrip(b"\r"))
        if not field:
            break
        if field[1]:
            names.add(field[1].lower())
        if b"mime-version" in names:
            return True
    return b"from" in names and len(names & _MAIL_FIELDS) >= 4 and (b"message-id" in names or b"received" in names)


def extract_page(capture: Capture) -> Capture:
    """Return the page in a message, with where and when it was saved.

    Of a mail the source is where it stands on the web, if it says so; its header lines come along.
    Raises RefusedError for a message without a page.
    """
    from email import message_from_bytes, policy  # noqa: PLC0415  slow to import, and few files are messages

    try:
        message = message_from_bytes(capture.data, policy=policy.default)
        parts = list(_leaves(message))
    except RecursionError:
        raise RefusedError("its parts are nested too deep") from None
    snapshot = _field(message, "snapshot-content-location")
    is_mail = not snapshot and any(name in message for name in _RELAY_FIELDS)
    part = _find_page(message, parts, snapshot)
    if part is None:
        raise RefusedError("an MHTML file or email without a page")
    data = _payload(part)
    own = _web_url(_field(part, "content-location")) or _web_url(_field(part, "content-base"))
    page = replace(
        capture,
        data=data,
        charset=_charset(part) or capture.charset,
        source=_web_url(snapshot) or own or capture.source,
        doubts=capture.doubts if _is_closed(message) else (*capture.doubts, CUT_OFF),
    )
    sent = _parse_day(_field(message, "date"))
    if not is_mail:
        others = (other for other in parts if other is not part and other.get_content_type() in _HTML_TYPES)
        page = join_frame(page, ((_payload(other), _charset(other)) for other in others))
        return replace(page, saved=sent or capture.saved)
    return replace(page, source=_source_of_mail(message, data) or page.source, mail_header=_mail_header(message, sent))


def _leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Yield the parts that hold no parts, in their order. Raises RefusedError for too many."""
    stack: list[tuple[EmailMessage, int]] = [(message, 0)]
    count = 0
    while stack:
        part, depth = stack.pop()
        count += 1
        if count > _MAX_PARTS or depth > _MAX_DEPTH:
            raise RefusedError("too many parts in it, or nested too deep")
        inner = part.get_payload()
        if isinstance(inner, list):
            stack.extend((cast("EmailMessage", child), depth + 1) for child in reversed(inner))
        else:
            yield part


def _find_page(message: EmailMessage, parts: list[EmailMessage], snapshot: str) -> EmailMessage | None:
    """Return the part that is the page: see the module's docstring. snapshot: the address that Blink notes for it."""
    pages = [part for part in parts if part.get_content_type() in _HTML_TYPES and not _is_attached(part)]
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
    return pages[0] if pages else next((part for part in texts if _payload(part).strip()), None)


def _is_attached(part: EmailMessage) -> bool:
    return _field(part, "content-disposition").lower().startswith("attachment")


def _field(part: EmailMessage, name: str) -> str:
    """Return a header line's value, empty if there is none.

    The parser of structured lines fails on some that are broken, in several ways.
    """
    try:
        return str(part.get(name) or "").strip()
    except Exception:  # whatever it is, the line tells nothing
        return ""


def _payload(part: EmailMessage) -> bytes:
    """Return a part's content, taken out of its transfer encoding as far as that goes."""
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
    """Tell whether the last boundary is there: else the file was cut off."""
    return not any(type(defect).__name__ == "CloseBoundaryNotFoundDefect" for defect in message.defects)


def _web_url(address: str) -> str | None:
    href = safe_href(address) if address else None
    return href if href and href.startswith("http") else None


def _parse_day(date: str) -> dt.date | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        return parsedate_to_datetime(date).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _mail_header(message: EmailMessage, sent: dt.date | None) -> MailHeader:
    from email.utils import getaddresses  # noqa: PLC0415

    subject = one_line(_REPLY_PREFIX.sub("", _field(message, "subject"), count=1))[:300]
    try:
        people = [one_line(name) for name, _ in getaddresses([_field(message, "from")]) if name]
    except (ValueError, IndexError, TypeError):
        people = []
    sender = people[0][:120] if people else None
    return MailHeader(title=subject or None, author=sender, site=sender, published=sent)


def _source_of_mail(message: EmailMessage, data: bytes) -> str | None:
    """Return where a newsletter stands on the web, if it says so plainly.

    This is the address of the post (some services put it into List-Post), of the archived message (RFC 5064), or
    behind “view in browser”.
    """
    for name in ("list-post", "archived-at"):
        url = _web_url(_field(message, name).strip("<>"))
        if url and _is_plain(url):
            return url
    for match in _LINK.finditer(data[:200_000].decode("utf-8", "replace")):
        if _VIEW_IN_BROWSER.search(one_line(unescape(_TAG.sub(" ", match[2])))):
            url = _web_url(unescape(match[1]))
            return url if url and _is_plain(url) else None
    return None


def _is_plain(url: str) -> bool:
    """Tell whether a URL is that of a page, not of a counter that leads on to it.

    A counter's has a query or a long key in its path, and is another for each reader.
    """
    parts = urlsplit(url)
    has_key = any(len(segment) >= 32 and segment.count("-") < 3 for segment in parts.path.split("/"))
    return not parts.query and parts.path not in {"", "/"} and not has_key and len(url) <= 200
