"""Decode the bytes of a page. Declared charsets lie, and a few bad bytes must not garble a page."""

from __future__ import annotations

import codecs
import importlib.resources
import re

_META = re.compile(rb"<meta[^>]{0,300}?charset\s*+=\s*+(?:[\"']\s*+)?([a-zA-Z0-9_.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([a-zA-Z0-9_.:-]{2,40})", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LABELS_FILE = importlib.resources.files(__package__).joinpath("charset_labels.txt")
_CODEC_BY_LABEL = dict(
    line.split() for line in _LABELS_FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
)
# What the Encoding Standard lets a page be in, by Python's names. Python knows more under such labels, and
# not all of it gives text: `hex` and `zlib` give bytes, `idna` and `punycode` raise, `utf-7` hides markup.
_WEB_CODECS = frozenset(
    {"big5hkscs", "cp866", "cp874", "cp932", "cp949", "euc_jp", "gb18030", "iso2022_jp", "koi8-r", "koi8-u"}
    | {"mac-cyrillic", "mac-roman", "utf-8"}
    | {f"cp125{n}" for n in range(9)}
    | {f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
)
# Safari and old mail name these without a byte order mark in the text.
_UTF_16_BY_LABEL = {"utf-16": "utf-16-le", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]")
_HEAD = 500_000  # bytes in which a page names its charset: scripts may stand before
_MOST_DAMAGE = 0.02  # share of the characters beyond ASCII that may be bad, for text to count as UTF-8 with damage

# What bytes mean that are no UTF-8 and stand in it: lines of another template are in the web's old charset.
_LATIN_BY_BAD_BYTE = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}


def declared_charset(data: bytes) -> str | None:
    """Return the charset that a page says it is in, in its first 500 kB, as the name of Python's codec."""
    head = data[:_HEAD]
    match = _META.search(head) or _XML.search(head)
    return python_codec(match[1].decode("ascii")) if match else None


def python_codec(label: str) -> str | None:
    """Return the name of Python's codec for a charset's label on the web; None for what no page may be in."""
    label = label.strip().lower()
    try:
        name = codecs.lookup(_CODEC_BY_LABEL.get(label, label)).name
    except (LookupError, ValueError):  # a zero byte in a label
        return None
    return name if name in _WEB_CODECS else None


def decode(data: bytes, outer_label: str | None = None) -> str:
    """Return the text of a page or note.

    Tried in this order: a byte order mark, UTF-8, UTF-8 with few bad bytes or with lines of windows-1252, the charset
    declared outside of the page (`outer_label`, from an HTTP or MIME header) and inside, what charset-normalizer finds.
    Never raises; what fits nowhere becomes U+FFFD.
    """
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    disguised = _disguised_codec(data, outer_label)
    if disguised:
        return data.decode(disguised, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    names = [name for name in (python_codec(outer_label) if outer_label else None, declared_charset(data)) if name]
    damaged = _decode_damaged(data, is_declared="utf-8" in names)
    if damaged:
        return damaged
    for name in names:
        text = data.decode(name, "replace") if name != "utf-8" else ""
        if text and text.count("\ufffd") <= 0.01 * len(text):
            return text
    return _decode_by_detection(data) or data.decode("utf-8", "replace")


def _decode_damaged(data: bytes, *, is_declared: bool) -> str | None:
    """Return the text of UTF-8 with bad bytes; None for what is hardly UTF-8.

    Hardly any text in another charset holds good UTF-8 sequences by chance. is_declared: the page says it is UTF-8.
    """
    damaged = data.decode("utf-8", "replace")
    bad = damaged.count("\ufffd")
    good = sum(c >= "\x80" for c in damaged) - bad
    if good > (0.5 if is_declared else 5) * bad and bad <= max(3, _MOST_DAMAGE * good):
        return damaged
    if good > (2 if is_declared else 5) * bad:
        return data.decode("utf-8", "surrogateescape").translate(_LATIN_BY_BAD_BYTE)
    return None


def _disguised_codec(data: bytes, outer_label: str | None) -> str | None:
    """Return the codec of what is good UTF-8 and yet is not: Japanese in seven bits, UTF-16 that is named outside."""
    if data.isascii() and _ISO_2022_JP.search(data):
        return "iso2022_jp"
    start = data[:2000]
    has_zeros = start.count(0) > len(start) // 5
    return _UTF_16_BY_LABEL.get((outer_label or "").strip().lower()) if has_zeros else None


def _decode_by_detection(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415  slow to import, rarely needed

    best = from_bytes(data[:200_000]).best()
    return data.decode(best.encoding, "replace") if best else None
