"""Small PDFs by hand: text at places, in Helvetica, as a browser or a typesetter would put it."""

from __future__ import annotations

from typing import NamedTuple


class TextPiece(NamedTuple):
    """A piece of text: its lower left corner and size in points."""

    text: str
    x: float
    y: float
    size: float = 12
    bold: bool = False


def pdf(pages: list[list[TextPiece]], info: dict[str, str] | None = None, trailer: str = "") -> bytes:
    """Return a PDF of A4 pages. `trailer` is added to its trailer dictionary."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{6 + 2 * n} 0 R' for n in range(len(pages)))}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        "<< " + " ".join(f"/{key} ({_escaped(value)})" for key, value in (info or {}).items()) + " >>",
    ]
    for number, page in enumerate(pages):
        stream = "\n".join(
            f"BT /F{2 if piece.bold else 1} {piece.size} Tf {piece.x} {piece.y} Td ({_escaped(piece.text)}) Tj ET"
            for piece in page
        )
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            f"/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {7 + 2 * number} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, text in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{text}\nendobj\n".encode("cp1252")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R {trailer} >>\n".encode()
    return bytes(out + f"startxref\n{start}\n%%EOF\n".encode())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def column(lines: list[str], x: float, top: float, size: float = 12, pitch: float = 15) -> list[TextPiece]:
    """Lines one below the other; an empty one is a gap between paragraphs."""
    return [TextPiece(line, x, top - pitch * n, size) for n, line in enumerate(lines) if line]
