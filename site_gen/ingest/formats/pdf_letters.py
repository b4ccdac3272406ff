"""Read PDF prints of pages: what a browser's "Save as PDF" made.

A PDF knows no paragraphs, only letters at places. PDFium (the reader in Chrome, here by pypdfium2) gives the
letters with place, size and font; `pdf_layout` makes lines of them, and of the lines what a page is made of. PDFium
was chosen over pypdf and pdfminer.six for its speed (twenty times theirs), for gaps and ligatures that come out as
text, and because Chrome's own fuzzing keeps it; no script runs and nothing is drawn.
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
from site_gen.ingest.formats.pdf_layout import Box, PageLetters, PdfPrint, layout_pages

if TYPE_CHECKING:
    import pypdfium2

MAX_PAGES = 200
MAX_CHARS = 600_000  # some three seconds
_MIN_LETTERS = 25  # a scan has none, or those of a scanner's stamp
_ENCRYPTED = 4  # FPDF_ERR_PASSWORD
_CREATION_DATE = re.compile(r"D:(\d{4})(\d\d)(\d\d)")
_BROWSER = re.compile(r"Mozilla|Chrom(?:e|ium)|Firefox|Safari|Skia|WebKit", re.IGNORECASE)
# What a program writes as the title of a document: a file's name, its own.
_FILE_TITLE = re.compile(
    r"^(?:Microsoft \w+ - |untitled|about:|file:)|\.(?:docx?|html?|pdf|tex|dvi|indd|qxd)$", re.IGNORECASE
)
_PDFIUM_LOCK = threading.Lock()  # PDFium has one state for the whole process


def read_pdf(name: str, data: bytes) -> SavedPage:
    """Return the saved page that a PDF is. `name` is for messages only.

    `text` is Markdown: a first line `% Title` (as in Pandoc's title block) where the document or the print's
    header tells a title, then paragraphs and headings (`## …`), a blank line between them; they are not escaped.
    Source and day of saving are those that a browser prints at a page's edges.
    Raises RefusedError for one that is encrypted, broken, a scan, or too long.
    """
    with _PDFIUM_LOCK:
        pages, metadata = _read_letters(data)
    letters = sum(len(page.codes) for page in pages)
    if letters < _MIN_LETTERS:
        raise RefusedError("a PDF without text (a scan?); save the page itself as HTML")
    pdf_print = layout_pages(pages)
    title = _title(pdf_print, metadata)
    text = "\n\n".join([*([f"% {title}"] if title else []), *pdf_print.blocks]) + "\n"
    return SavedPage(
        name=name,
        format="pdf",
        text=scrub(text),
        sha256=hashlib.sha256(data).hexdigest(),
        source=safe_href(pdf_print.url) if pdf_print.url else None,
        saved=_printing_day(pdf_print, metadata),
    )


def _read_letters(data: bytes) -> tuple[list[PageLetters], dict[str, str]]:
    """Return the letters of each page, and the document's metadata (`Title`, `CreationDate`, …).

    Raises RefusedError for a document that is encrypted, broken or too long.
    """
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
        pages: list[PageLetters] = []
        left = MAX_CHARS
        for number in range(count):
            try:
                pages.append(_letters(document, number, left))
            except pypdfium2.PdfiumError:  # one bad page among good ones
                continue
            left -= len(pages[-1].codes)
        if not pages:
            raise RefusedError("a broken PDF (none of its pages can be read)")
        return pages, document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()


def _letters(document: pypdfium2.PdfDocument, number: int, limit: int) -> PageLetters:
    """Return the letters of a page, by its number from 0. Raises RefusedError for more than `limit`."""
    import pypdfium2.raw as c  # noqa: PLC0415

    page = document[number]
    textpage = page.get_textpage()
    try:
        total = textpage.count_chars()
        if total > limit:
            raise RefusedError(f"a PDF of more than {MAX_CHARS:,} characters")
        letters = PageLetters(height=page.get_height())
        box, matrix = c.FS_RECTF(), c.FS_MATRIX()
        name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
        for index in range(total):
            code = c.FPDFText_GetUnicode(textpage, index)
            generated = c.FPDFText_IsGenerated(textpage, index) == 1 and not c.FPDFText_IsHyphen(textpage, index)
            if generated or not c.FPDFText_GetLooseCharBox(textpage, index, box):
                letters.put_gap(code)
                continue
            place: Box = (box.left, box.bottom, box.right, box.top)
            if letters.is_new_run(place):
                c.FPDFText_GetMatrix(textpage, index, matrix)
                scale = max(abs(matrix.d), abs(matrix.b))  # the letters' height; they may be turned
                size = c.FPDFText_GetFontSize(textpage, index) * scale
                c.FPDFText_GetFontInfo(textpage, index, name, len(name), flags)
                letters.start_run(size, b"bold" in name.value.lower() or b"black" in name.value.lower())
            letters.put_letter(code, place)
        return letters
    finally:
        textpage.close()
        page.close()


def _title(pdf_print: PdfPrint, metadata: dict[str, str]) -> str | None:
    """Return the title in the document's metadata, else in the print's header."""
    title = one_line(metadata.get("Title", ""))
    if title and not _FILE_TITLE.search(title) and title != pdf_print.url:
        return title
    return pdf_print.title


def _printing_day(pdf_print: PdfPrint, metadata: dict[str, str]) -> dt.date | None:
    """Return the day of printing: when a browser made the file.

    Other programs' day of creation says nothing: whoever saves a report did not write it that day.
    """
    is_by_browser = _BROWSER.search(f"{metadata.get('Creator', '')} {metadata.get('Producer', '')}")
    created = _CREATION_DATE.match(metadata.get("CreationDate", ""))
    if created and (is_by_browser or pdf_print.url):
        try:
            return dt.date(*map(int, created.groups()))
        except ValueError:
            pass
    return pdf_print.day
