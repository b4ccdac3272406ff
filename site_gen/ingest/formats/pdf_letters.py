"""PDF prints of pages: what a browser's "Save as PDF" made.

A PDF knows no paragraphs, only letters at places. PDFium (the reader in Chrome, here by pypdfium2) gives the
letters with place, size and font; `glyphs` below makes lines of them, and `prints` makes of the lines what a
page is made of. It was chosen over pypdf and pdfminer.six for its speed (twenty times theirs), for gaps and
ligatures that come out as text, and because Chrome's own fuzzing keeps it; no script runs and nothing is drawn.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import hashlib
import re
import threading
from typing import TYPE_CHECKING

from site_gen.content.records import SavedPage
from site_gen.core.errors import RefusedError
from site_gen.core.text import one_line, scrub
from site_gen.core.urls import safe_href
from site_gen.ingest.formats.pdf_layout import Glyphs, Print, printed

if TYPE_CHECKING:
    import pypdfium2

MAX_PAGES = 200
MAX_CHARS = 600_000  # some three seconds
_FEW = 25  # letters; a scan has none, or those of a scanner's stamp
_ENCRYPTED = 4  # FPDF_ERR_PASSWORD
_CREATED = re.compile(r"D:(\d{4})(\d\d)(\d\d)")
_BROWSER = re.compile(r"Mozilla|Chrom(?:e|ium)|Firefox|Safari|Skia|WebKit", re.IGNORECASE)
_PROGRAM = re.compile(
    r"^(?:Microsoft \w+ - |untitled|about:|file:)|\.(?:docx?|html?|pdf|tex|dvi|indd|qxd)$", re.IGNORECASE
)
_ONE_AT_A_TIME = threading.Lock()  # PDFium has one state for the whole process


def read_pdf(name: str, data: bytes) -> SavedPage:
    """The saved page that a PDF is. `name` is kept for messages only.

    `text` is Markdown: a first line `% Title` (as in Pandoc's title block) where the document or the print's
    header tells a title, then paragraphs and headings (`## …`), a blank line between them; they are not escaped.
    Source and day of saving are those that a browser prints at a page's edges.
    Raises RefusedError for one that is encrypted, broken, a scan, or too long.
    """
    with _ONE_AT_A_TIME:
        pages, facts = _opened(data)
    letters = sum(len(page.text) for page in pages)
    if letters < _FEW:
        raise RefusedError("a PDF without text (a scan?); save the page itself as HTML")
    found = printed(pages)
    title = _title(found, facts)
    text = "\n\n".join([*([f"% {title}"] if title else []), *found.blocks]) + "\n"
    return SavedPage(
        name=name,
        format="pdf",
        text=scrub(text),
        sha256=hashlib.sha256(data).hexdigest(),
        source=safe_href(found.url) if found.url else None,
        saved=_saved(found, facts),
    )


def _opened(data: bytes) -> tuple[list[Glyphs], dict[str, str]]:
    """The letters of each page, and what the document says of itself."""
    import pypdfium2  # noqa: PLC0415  loads a library of 7 MB

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _ENCRYPTED:
            raise RefusedError("an encrypted PDF; print it again without a password") from None
        raise RefusedError("a broken PDF") from None
    try:
        count = len(document)
        if count > MAX_PAGES:
            raise RefusedError(f"a PDF of {count:,} pages; {MAX_PAGES} at most")
        pages: list[Glyphs] = []
        left = MAX_CHARS
        for number in range(count):
            try:
                pages.append(_glyphs(document, number, left))
            except pypdfium2.PdfiumError:  # one bad page among good ones
                continue
            left -= len(pages[-1].text)
        if not pages:
            raise RefusedError("a broken PDF (none of its pages can be read)")
        return pages, document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()


def _glyphs(document: pypdfium2.PdfDocument, number: int, most: int) -> Glyphs:
    import pypdfium2.raw as c  # noqa: PLC0415

    page = document[number]
    textpage = page.get_textpage()
    try:
        total = textpage.count_chars()
        if total > most:
            raise RefusedError(f"a PDF of more than {MAX_CHARS:,} characters")
        found = Glyphs(height=page.get_height())
        box, matrix = c.FS_RECTF(), c.FS_MATRIX()
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        for index in range(total):
            code = c.FPDFText_GetUnicode(textpage, index)
            generated = c.FPDFText_IsGenerated(textpage, index) == 1 and not c.FPDFText_IsHyphen(textpage, index)
            if generated or not c.FPDFText_GetLooseCharBox(textpage, index, box):
                found.put_gap(code)
                continue
            place = (box.left, box.bottom, box.right, box.top)
            if found.is_new_run(place):
                c.FPDFText_GetMatrix(textpage, index, matrix)
                scale = max(abs(matrix.d), abs(matrix.b))  # the letters' height; they may be turned
                size = c.FPDFText_GetFontSize(textpage, index) * scale
                c.FPDFText_GetFontInfo(textpage, index, name, len(name), flags)
                found.start_run(size, b"bold" in name.value.lower() or b"black" in name.value.lower())
            found.put(code, place)
        return found
    finally:
        textpage.close()
        page.close()


def _title(found: Print, facts: dict[str, str]) -> str | None:
    """The title in the document's own words, else in the print's header."""
    title = one_line(facts.get("Title", ""))
    if title and not _PROGRAM.search(title) and title != found.url:
        return title
    return found.title


def _saved(found: Print, facts: dict[str, str]) -> dt.date | None:
    """The day of printing: when a browser made the file. Whoever saves a report did not write it that day."""
    browser = _BROWSER.search(f"{facts.get('Creator', '')} {facts.get('Producer', '')}")
    made = _CREATED.match(facts.get("CreationDate", ""))
    if made and (browser or found.url):
        try:
            return dt.date(*map(int, made.groups()))
        except ValueError:
            pass
    return found.day
