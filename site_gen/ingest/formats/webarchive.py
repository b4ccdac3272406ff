"""Safari's web archives: a property list with the page and what it loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from site_gen.core.errors import RefusedError
from site_gen.core.urls import safe_href
from site_gen.ingest.formats.frames import join_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.ingest.formats.capture import Capture


def is_webarchive(data: bytes) -> bool:
    """Tell whether a file is a property list, in its binary form or as XML."""
    return data.startswith(b"bplist00") or (data[:200].lstrip().startswith(b"<?xml") and b"<plist" in data[:500])


def extract_page(capture: Capture) -> Capture:
    """Return the page in a web archive, its main resource: bytes, address, charset. There is no day in it.

    Raises RefusedError for a property list of something else.
    """
    import plistlib  # noqa: PLC0415  slow to import, and few files are property lists

    try:
        archive = plistlib.loads(capture.data)
        main = archive["WebMainResource"]
        data, url, charset_label = (main.get(f"WebResource{key}") for key in ("Data", "URL", "TextEncodingName"))
    except MemoryError:
        raise
    except Exception:  # a broken one fails the library in many ways; none of them says more than this
        raise RefusedError("a property list, but not a readable Safari web archive") from None
    if not isinstance(data, bytes) or not data:
        raise RefusedError("a web archive without a page")
    page = replace(
        capture,
        data=data,
        source=(safe_href(url) if isinstance(url, str) else None) or capture.source,
        charset=charset_label if isinstance(charset_label, str) else capture.charset,
    )
    return join_frame(page, _frames(archive))


def _frames(archive: object) -> Iterator[tuple[bytes, str | None]]:
    """Yield bytes and charset label of the frames in an archive, but not of frames in frames."""
    inner = archive.get("WebSubframeArchives") if isinstance(archive, dict) else None
    for frame in inner if isinstance(inner, list) else ():
        main = frame.get("WebMainResource") if isinstance(frame, dict) else None
        data, label = (
            (main.get(f"WebResource{key}") for key in ("Data", "TextEncodingName"))
            if isinstance(main, dict)
            else ("", "")
        )
        if isinstance(data, bytes):
            yield data, label if isinstance(label, str) else None
