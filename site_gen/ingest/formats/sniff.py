"""Tell what a file is by its bytes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from site_gen.content.bounded_yaml import YamlError, parse
from site_gen.content.frontmatter import split
from site_gen.core.errors import RefusedError
from site_gen.ingest.formats.metadata_list import find_metadata_list, fold_key

if TYPE_CHECKING:
    from site_gen.content.records import PageFormat

# First bytes of files that people have beside their saved pages (Gary Kessler's signature table).
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a picture or sound"),
    (b"PK\x03\x04", "a ZIP archive that is cut off, or lies in another archive; unpack it first"),
    (b"WARC/", "a WARC archive within another archive; unpack that first"),
    (b"filedesc://", "an ARC archive within another archive; unpack that first"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"BZh", "a bzip2 archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file that is not a WARC archive; unpack it first"),
    (b"\xfd7zXZ", "an xz archive; unpack it first"),
)
_PDF = re.compile(rb"(?:\A|[\r\n])%PDF-\d\.\d")
# Atomic: a comment that may end at any of many `-->` makes ever more ways to fail.
_HTML_START = re.compile(
    r"\A\s*(?>(?:<\?xml[^>]*>|<!--.*?-->)\s*)*+<(?:!doctype\s+html|html|head|body|title|meta|link|script|style)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TAG = re.compile(r"</(?:p|div|span|a|article|section|h[1-6]|ul|li|table|td|body|html)\s*>", re.IGNORECASE)
_XML_START = re.compile(r"\A\s*<(?:\?xml|svg|urlset)\b", re.IGNORECASE)
# The root of an XML file, behind what may stand before it. Texts of a feed hold HTML, and yet it is no page.
_XML_ROOT = re.compile(
    r"\A\s*(?>(?:<[?!][^<>]*>|<!--.*?-->)\s*)*+<(rss|rdf:rdf|feed|opml)\b", re.IGNORECASE | re.DOTALL
)
_BOOKMARKS = re.compile(r"\A\s*<!doctype\s+netscape-bookmark-file", re.IGNORECASE)
_JSON_BOOKMARKS = re.compile(r'"text/x-moz-place|"bookmark_bar"\s*:')
_CODE_LINE = re.compile(r"^(?:/\*|\*|//)|[{};]$|^[)\]}]")
_CODE_SHARE = 0.6  # of a file's characters on lines that are a program's, its comments counted
# Of front matter; one of them makes a note a clip.
_CLIP_KEYS = frozenset({"title", "source", "url", "original_url", "url_original"})
_CLIP_START = re.compile(r"\A---[^\S\n]*\n(?:.*\n)*?(?:title|source|url|original_url|url_original):", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffd]")
_ANY_TAG = re.compile(r"\A\s*<[a-z][^>]*>", re.IGNORECASE)


def is_pdf(data: bytes) -> bool:
    """Tell whether a file is a PDF.

    Its mark may stand a little below the top (PDF Reference 1.7, appendix H, note 13).
    """
    return bool(_PDF.search(data[:1024])) and data.lstrip()[:1] != b"<"


def refuse_other_formats(data: bytes) -> None:
    """Raise RefusedError for an empty file and for formats that hold no page we can read."""
    if not data.strip(b"\x00\x09\x0a\x0d\x20\xef\xbb\xbf\xfe\xff"):  # blanks and byte order marks
        raise RefusedError("empty")
    for magic, description in _MAGIC:
        if data.startswith(magic):
            raise RefusedError(f"not a saved page but {description}")


def refuse_binary(text: str) -> None:
    """Raise RefusedError when decoding gave characters that no text holds."""
    sample = text[:20_000]
    controls = len(_CONTROL.findall(sample))
    if controls > 8 and controls > len(sample) * 0.02:
        raise RefusedError("binary, not a page or text")


def refuse_lists(text: str) -> None:
    """Raise RefusedError for exports and feeds: lists of pages and their texts, though there may be HTML in them."""
    if _BOOKMARKS.match(text):
        raise RefusedError("not a saved page but a browser's bookmarks")
    if root := _XML_ROOT.match(text[:20_000]):
        is_list = root[1].lower() == "opml"
        raise RefusedError(
            f"not a saved page but {'a list of feeds (OPML)' if is_list else 'a feed of XML (RSS, Atom)'}"
        )
    if text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["} and _is_json(text):
        is_list = bool(_JSON_BOOKMARKS.search(text[:200_000]))
        raise RefusedError(f"not a saved page but {'bookmarks of a browser (JSON)' if is_list else 'JSON data'}")


def refuse_code(text: str) -> None:
    """Raise RefusedError for what is text but was not written for readers: data, programs, style sheets.

    Such files lie beside saved pages; the comments in them would pass for prose.
    """
    if _XML_START.match(text):
        raise RefusedError("not a saved page but XML (a picture, a sitemap)")
    lines = [line for raw in text[:200_000].split("\n") if (line := raw.strip())]
    code = sum(len(line) for line in lines if _CODE_LINE.search(line))
    marks = sum(text.count(mark) for mark in "{};")
    if marks > 5 and code > _CODE_SHARE * sum(map(len, lines)):
        raise RefusedError("not a saved page but a program or style sheet")


def _is_json(text: str) -> bool:
    try:
        json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return False
    return True


def detect_text_format(text: str) -> PageFormat:
    """Tell HTML, a clipped note (front matter with a title or a source, or a list of both) and plain text apart."""
    text = text.lstrip("\ufeff")
    if _HTML_START.match(text[:20_000]):
        return "html"
    if _is_clip(text):
        return "clip"
    tags = {tag.lower() for tag in _HTML_TAG.findall(text[:200_000])}
    if len(tags) >= 3 or (tags and _ANY_TAG.match(text)):
        return "html"
    return "text"


def _is_clip(text: str) -> bool:
    if find_metadata_list(text[:200_000].replace("\r\n", "\n")):
        return True
    try:
        head = split(text[:200_000]).yaml
        return head is not None and any(fold_key(key.value) in _CLIP_KEYS for key, _ in parse(head).items)
    except YamlError:
        return bool(_CLIP_START.search(text[:5_000]))
