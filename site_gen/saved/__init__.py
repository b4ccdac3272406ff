"""Saved pages in: bytes to SavedPage. What a file is, its bytes decide, never its suffix.

`sniff` tells the format, `charset` decodes, `provenance` reads what the saving tool wrote.
"""

from __future__ import annotations

import hashlib

from site_gen.errors import RefusedError
from site_gen.model import PageFormat, SavedPage
from site_gen.saved import charset, provenance, sniff
from site_gen.text import scrub

MAX_BYTES = 20 * 1024 * 1024


def read(name: str, data: bytes) -> SavedPage:
    """The saved page that a file's bytes are. `name` is kept for messages only.

    Raises RefusedError, with the reason, for what is no saved page: an empty file, another format,
    a program, binary junk, more than 20 MB before or after decompression.
    """
    digest = hashlib.sha256(data).hexdigest()
    if len(data) > MAX_BYTES:
        raise RefusedError(f"larger than {MAX_BYTES >> 20} MB")
    data = sniff.decompressed(data, MAX_BYTES)
    if sniff.is_pdf(data):
        from site_gen.saved import pdf  # noqa: PLC0415

        return pdf.read(name, data)
    sniff.refuse_other_formats(data)
    decoded = charset.decode(data)
    sniff.refuse_binary(decoded)
    kind: PageFormat = sniff.text_format(decoded)
    if kind == "text":
        sniff.refuse_code(decoded)
    source, saved = provenance.of_html(decoded) if kind == "html" else (None, None)
    return SavedPage(name=name, format=kind, text=scrub(decoded), sha256=digest, source=source, saved=saved)
