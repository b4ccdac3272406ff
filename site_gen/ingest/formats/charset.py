"""Bytes to text. Declared charsets lie, and a few bad bytes must not garble a page."""

from __future__ import annotations

import codecs
import re

_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([a-zA-Z0-9_.:-]{2,40})", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Labels that mean a larger charset than they say (WHATWG Encoding Standard, "names and labels").
_LARGER = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-8859-9": "cp1254",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-x-big5": "big5hkscs",
    "ansi_x3.4-1968": "cp1252",
    "x-cp1252": "cp1252",
    "windows-31j": "cp932",
    "ms_kanji": "cp932",
    "x-euc-jp": "euc_jp",
    "ksc5601": "cp949",
    "windows-949": "cp949",
    "iso-8859-11": "cp874",
    "dos-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
    "logical": "iso8859-8",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "unicode-1-1-utf-8": "utf-8",
    "x-unicode20utf8": "utf-8",
}
# What the Encoding Standard lets a page be in, by Python's names. Python knows more under such labels, and
# not all of it gives text: `hex` and `zlib` give bytes, `idna` and `punycode` raise, `utf-7` hides markup.
_OF_THE_WEB = frozenset(
    {"big5hkscs", "cp866", "cp874", "cp932", "cp949", "euc_jp", "gb18030", "iso2022_jp", "koi8-r", "koi8-u"}
    | {"mac-cyrillic", "mac-roman", "utf-8"}
    | {f"cp125{n}" for n in range(9)}
    | {f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)}
)
# Safari and old mail name these without a byte order mark in the text.
_WIDE = {"utf-16": "utf-16-le", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]")
_WRONG_AT_MOST = 0.02  # of the characters beyond ASCII, for text to count as UTF-8 with damage


def declared_charset(data: bytes) -> str | None:
    """The charset that a page says it is in, from its first 20 kB, under the name Python knows."""
    head = data[:20_000]
    match = _META.search(head) or _XML.search(head)
    return python_codec(match[1].decode("ascii")) if match else None


def python_codec(label: str) -> str | None:
    """The charset that a label of the web means, under the name Python knows."""
    label = label.strip().lower()
    try:
        name = codecs.lookup(_LARGER.get(label, label)).name
    except (LookupError, ValueError):  # a zero byte in a label
        return None
    return name if name in _OF_THE_WEB else None


def decode(data: bytes, outer: str | None = None) -> str:
    """The text of a page or note: BOM, then UTF-8, then UTF-8 with few bad bytes, then what is declared outside
    of it (`outer`, the label in an HTTP or MIME header) and inside, then what charset-normalizer finds.
    Never raises; what fits nowhere becomes U+FFFD."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    hidden = _in_disguise(data, outer)
    if hidden:
        return data.decode(hidden, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        pass
    damaged = data.decode("utf-8", "replace")
    bad = damaged.count("\ufffd")
    good = sum(c >= "\x80" for c in damaged) - bad
    names = [name for name in (python_codec(outer) if outer else None, declared_charset(data)) if name]
    # Hardly any text in another charset holds good UTF-8 sequences by chance.
    if good > (0.5 if "utf-8" in names else 5) * bad and bad <= max(3, _WRONG_AT_MOST * good):
        return damaged
    for name in names:
        text = data.decode(name, "replace") if name != "utf-8" else ""
        if text and text.count("\ufffd") <= 0.01 * len(text):
            return text
    return _detected(data) or damaged


def _in_disguise(data: bytes, outer: str | None) -> str | None:
    """The charset of what is good UTF-8 and yet is not: Japanese in seven bits, UTF-16 that is named outside."""
    if data.isascii() and _ISO_2022_JP.search(data):
        return "iso2022_jp"
    start = data[:2000]
    return _WIDE.get((outer or "").strip().lower()) if start.count(0) > len(start) // 5 else None


def _detected(data: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415  slow to import, rarely needed

    best = from_bytes(data[:200_000]).best()
    return data.decode(best.encoding, "replace") if best else None
