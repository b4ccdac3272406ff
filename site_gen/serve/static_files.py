"""Find the file of the output folder that answers a request, and never any other."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes

from msgspec import Struct

from site_gen.core.urls import percent_encoded

if TYPE_CHECKING:
    import os
    from pathlib import Path

_INDEX = "index.html"
# Media types by suffix. Python's own table asks the machine's mime.types and the Windows registry, where
# a program may have made .js text/plain: with `nosniff` no browser would run it.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".htm": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",  # RFC 9239
    ".mjs": "text/javascript; charset=utf-8",
    ".opml": "text/xml; charset=utf-8",
    ".xml": "text/xml; charset=utf-8",  # feeds too: as application/atom+xml browsers would offer to save them
    ".xsl": "text/xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".vtt": "text/vtt; charset=utf-8",
    ".json": "application/json",  # UTF-8 by definition (RFC 8259, section 8.1)
    ".map": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".pdf": "application/pdf",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}


class StaticFile(Struct, frozen=True):
    """A file to send."""

    path: Path  # absolute, all links resolved
    name: str  # its path below the output folder, as it was asked for: `companies/acme/index.html`
    stat: os.stat_result  # its size and times


class PathRedirect(Struct, frozen=True):
    """Another path to ask for."""

    location: str  # ready to stand in a Location header: encoded, with a slash at its beginning


def media_type(name: str) -> str:
    """Return the Content-Type of a file by its suffix."""
    stem, dot, suffix = name.rpartition(".")
    return _TYPES.get(f".{suffix.lower()}" if dot and stem else "", "application/octet-stream")


def find_file(out: Path, raw_path: str, base_path: str) -> StaticFile | PathRedirect | None:
    """Return what answers a request, None where there is nothing.

    As GitHub Pages does it: a folder's `index.html` answers for the folder, and without a slash at its end a folder
    redirects to itself with one.
    raw_path: as it was sent, escapes and all, a byte a character. base_path: where the site's links lead, encoded.
    """
    segments = _segments(raw_path)
    base = [name for name in unquote(base_path).split("/") if name]
    if segments is None:
        return None
    if segments == base or segments == [""] != [*base, ""]:  # `/repo`, or `/` where the site is elsewhere
        return PathRedirect(base_path)
    if segments[: len(base)] != base:
        return None
    *folders, last = segments[len(base) :]
    if "" in folders:
        return None
    name = "/".join([*folders, last or _INDEX])
    file = file_at(out, name)
    if file is None and last and file_at(out, f"{name}/{_INDEX}") is not None:
        return PathRedirect(percent_encoded("/" + "/".join(segments)) + "/")
    return file


def file_at(out: Path, name: str) -> StaticFile | None:
    """Return the plain file of this name below the output folder, None where there is none.

    A link is followed as long as it stays inside and leads to nothing hidden.
    """
    try:
        root = out.resolve(strict=True)
        path = (root / name).resolve(strict=True)
        status = path.stat()
    except (OSError, ValueError, RuntimeError):  # not there, no name for a file here, a circle of links
        return None
    if not stat.S_ISREG(status.st_mode) or not path.is_relative_to(root):
        return None
    if any(part.startswith(".") for part in path.relative_to(root).parts):
        return None
    return StaticFile(path, name, status)


def _segments(raw_path: str) -> list[str] | None:
    """Return the names between the slashes, None when one of them can be no name of a site's file.

    Each is unescaped by itself: an escaped slash must not become one.
    """
    if not raw_path.startswith("/"):  # `*`, or a whole URL as proxies are sent it
        return None
    segments: list[str] = []
    for raw in raw_path[1:].split("/"):
        try:
            segment = unquote_to_bytes(raw.encode("latin-1")).decode()
        except UnicodeDecodeError:
            return None
        # Dots: hidden files, and the way up. Backslash and colon: folders and drives on Windows.
        if segment.startswith(".") or any(c in "/\\:" or ord(c) < 32 or ord(c) == 127 for c in segment):
            return None
        segments.append(segment)
    return segments
