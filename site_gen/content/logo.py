"""Check a site's logo: what kind of picture it is, how large, and that it names nothing outside of itself. Pure.

It is shown by `<img>`, where no browser runs an SVG's scripts nor loads what it names (SVG 2, "Secure static mode").
But the file lies on the site, too, and whoever opens it opens a document: so that such an SVG is refused.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from lxml import etree

from site_gen.content.records import Logo

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 100_000  # every first visit loads it
_HEIGHT, _MAX_WIDTH = 32, 224  # pixels that it has at the head of a page
_ACTIVE_ELEMENTS = frozenset({
    "script", "handler", "listener", "foreignobject", "iframe", "object", "embed", "audio", "video", "a",
})  # fmt: skip
_ANIMATED_ELEMENTS = frozenset({"animate", "animatecolor", "animatemotion", "animatetransform", "set", "discard"})
_EMBEDDED_PICTURE = re.compile(r"data:image/(?:png|jpeg|webp|gif);base64,", re.IGNORECASE)
_URL = re.compile(r"url\s*\(\s*['\"]?\s*([^'\")\s]*)", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_FORBIDDEN_IN_STYLES = ("@import", "image-set", "image(", "src(", "animation", "expression", "behavior", "-moz-binding")
_LENGTH = re.compile(r"\s*(\d{1,7}(?:\.\d{1,9})?)(px)?\s*")


def parse_logo(name: str, data: bytes) -> Logo:
    """Return the logo of a file with this name and these bytes.

    Raises ValueError, with what is wrong in words, for what is no picture of its kind, is too large, or is an SVG that
    runs, moves or names anything outside of itself.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(f"has {len(data):,} bytes; the limit is {MAX_BYTES:,}")
    suffix = name.rpartition(".")[2].lower()
    width, height = {"svg": _svg_size, "png": _png_size, "webp": _webp_size}[suffix](data)
    if not (width > 0 and height > 0):
        raise ValueError("has no size")
    shown_width = max(1, min(_MAX_WIDTH, round(_HEIGHT * width / height)))
    return Logo(suffix=suffix, width=shown_width, height=_HEIGHT, data=data)


def _png_size(data: bytes) -> tuple[float, float]:
    """Return width and height (PNG, section 11.2.1)."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR" or len(data) < 24:
        raise ValueError("is no PNG")
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _webp_size(data: bytes) -> tuple[float, float]:
    """Return width and height (RFC 9649, sections 2.5 to 2.7)."""
    if len(data) < 30 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("is no WebP")
    if data[12:16] == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if data[12:16] == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("is no WebP")


def _svg_size(data: bytes) -> tuple[float, float]:
    """Return width and height: its own, else those of its viewBox. Raises ValueError for an SVG that is refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"is not an SVG ({error})") from None
    if etree.QName(root).localname != "svg":
        raise ValueError("is not an SVG")
    for complaint in _complaints(root):
        raise ValueError(complaint)
    sides = [_LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height")]
    if sides[0] and sides[1]:
        return float(sides[0][1]), float(sides[1][1])
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    try:
        return float(box[2]), float(box[3])
    except (IndexError, ValueError):
        raise ValueError("has no size; give it a viewBox") from None


def _complaints(root: etree._Element) -> Iterator[str]:
    """Yield all for which an SVG is refused."""
    tree = root.getroottree()
    if tree.docinfo.doctype:  # type: ignore[attr-defined]
        yield "has a DOCTYPE, which is not allowed in a logo; remove it"
    if root.getprevious() is not None or root.getnext() is not None:
        yield "has a processing instruction; remove it"
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield "contains a processing instruction or entity; remove it"
            continue
        name = etree.QName(element).localname.lower()
        if name in _ACTIVE_ELEMENTS:
            yield f"holds <{name}>, which a logo must not contain; export it as a plain picture"
        if name in _ANIMATED_ELEMENTS:
            yield f"holds <{name}>, and a logo must not move; remove it"
        if name == "style":
            yield from _style_complaints("".join(str(text) for text in element.itertext()))
        for key, value in element.attrib.items():
            yield from _attribute_complaints(etree.QName(key).localname.lower(), str(value))


def _attribute_complaints(key: str, value: str) -> Iterator[str]:
    if key.startswith("on"):
        yield f"holds script (`{key}`); remove it"
    elif key in {"href", "src", "base"}:
        if not value.strip().startswith("#") and not _EMBEDDED_PICTURE.match(value.strip()):
            yield f"refers to something outside the file ({value[:60]}); embed it"
    elif key == "style":
        yield from _style_complaints(value)
    else:
        yield from _url_complaints(value)


def _style_complaints(text: str) -> Iterator[str]:
    """Yield what is wrong with CSS, which is not parsed: what could hide a word or name a file is refused, too."""
    low = text.lower()
    if "\\" in low or "//" in _URL.sub("", low) or any(word in low for word in _FORBIDDEN_IN_STYLES):
        yield "has a style with escapes, links or motion; remove it"
    yield from _url_complaints(text)
    yield from _url_complaints(_COMMENT.sub("", text))


def _url_complaints(text: str) -> Iterator[str]:
    for match in _URL.finditer(text):
        if not match[1].startswith("#") and not _EMBEDDED_PICTURE.match(match[1]):
            yield f"refers to something outside the file ({match[1][:60]}); embed it"
