"""Pages whose text stands in a frame: what MHTML files and Safari's archives keep of the frame joins its page."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from msgspec.structs import replace

from site_gen.ingest.formats import charset

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.ingest.formats.capture import Capture

_SRCDOC = re.compile(r"\bsrcdoc=(?:\"([^\"]+)\"|'([^']+)')", re.IGNORECASE)
_FRAME = re.compile(r"<i?frame\b", re.IGNORECASE)
_OUTER_TAGS = re.compile(r"</?frame(?:set)?\b[^<>]*>|</(?:body|html)\s*>", re.IGNORECASE)
_SILENT = re.compile(r"<(script|style|head|noframes)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_BODY_START = re.compile(r"<body\b[^<>]*>", re.IGNORECASE)
_MAX_OWN_TEXT = 600  # characters; a page that says more has its article, and comments or advertisements in frames


def join_frame(page: Capture, frames: Iterable[tuple[bytes, str | None]]) -> Capture:
    """Return a page with the text of its longest frame, where it has little text of its own.

    frames: bytes and charset label of each.
    """
    text = charset.decode(page.data, page.charset)
    joined = _join_longest(text, (charset.decode(data, label) for data, label in frames))
    return page if joined == text else replace(page, data=joined.encode("utf-8", "replace"), charset="utf-8")


def join_inner_frame(text: str) -> str:
    """Return a page's HTML with the text of its longest frame among those that it holds itself, as SingleFile's do."""
    if "srcdoc" not in text:
        return text
    outer = _SRCDOC.sub("", text)
    joined = _join_longest(outer, (unescape(match[1] or match[2]) for match in _SRCDOC.finditer(text)))
    return text if joined == outer else joined


def _join_longest(text: str, frames: Iterable[str]) -> str:
    if not _FRAME.search(text) or (own_length := len(_shown_text(text))) > _MAX_OWN_TEXT:
        return text
    frame = max(frames, key=lambda html: len(_shown_text(html)), default="")
    if len(_shown_text(frame)) <= own_length:
        return text
    start = _BODY_START.search(frame)
    return f"{_OUTER_TAGS.sub('', text)}<div>{_OUTER_TAGS.sub('', frame[start.end() if start else 0 :])}</div>"


def _shown_text(html: str) -> str:
    return " ".join(_TAG.sub(" ", _SILENT.sub(" ", html)).split())
