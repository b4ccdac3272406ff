"""Saved files of every format, made of invented pages: what readers, limits and mutations are tested on."""

from __future__ import annotations

import base64
import gzip
import io
import json
import plistlib
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOMENT = "2025-03-04T09:12:44Z"


def article_page(title: str, *, text: str = "", head: str = '<meta charset="utf-8">', before: str = "") -> str:
    """Return a page whose text names its title."""
    sentence = text or (
        f"The harbour board of Elmswick spoke about “{title}” on Tuesday, and nobody who had come to listen went home "
        "before the very end of it."
    )
    body = "".join(
        f"<p>{n}. {sentence} The chairwoman said that it had been so for years, and that it would stay so.</p>"
        for n in range(1, 4)
    )
    return (
        f'<!DOCTYPE html>\n{before}<html lang="en"><head>{head}<title>{title}</title></head>'
        f"<body><nav><a href=/>Home</a></nav><article><h1>{title}</h1>{body}</article></body></html>\n"
    )


# --- WARC, ARC, WACZ -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class WarcRecord:
    """One record of a WARC. `length`: what its head says, when that is a lie."""

    url: str
    body: bytes
    status: str = "200 OK"
    media: str | None = "text/html; charset=utf-8"
    headers: tuple[str, ...] = ()
    kind: str = "response"
    moment: str = MOMENT
    length: int | None = None
    extra: tuple[str, ...] = ()

    def block(self) -> bytes:
        if self.kind == "resource":
            return self.body
        head = [f"HTTP/1.1 {self.status}", *self.headers]
        head += [f"Content-Type: {self.media}"] if self.media else []
        return "\r\n".join([*head, "", ""]).encode() + self.body

    def record(self) -> bytes:
        block = self.block()
        media = self.media if self.kind == "resource" else f"application/http; msgtype={self.kind}"
        head = [
            "WARC/1.0",
            f"WARC-Type: {self.kind}",
            f"WARC-Target-URI: {self.url}",
            f"WARC-Date: {self.moment}",
            f"WARC-Record-ID: <urn:uuid:{zlib.crc32(block):032x}>",
            f"Content-Type: {media}",
            *self.extra,
            f"Content-Length: {len(block) if self.length is None else self.length}",
        ]
        return "\r\n".join([*head, "", ""]).encode() + block + b"\r\n\r\n"


def warc(*records: WarcRecord, compress: str = "records") -> bytes:
    """compress: each of the `records` (as the standard has it), the `whole` at once, or `not`."""
    info = b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Type: application/warc-fields\r\nContent-Length: 9\r\n\r\n"
    info += b"software:\r\n\r\n"
    parts = [info, *(record.record() for record in records)]
    if compress == "records":
        return b"".join(gzip.compress(part, mtime=0) for part in parts)
    return gzip.compress(b"".join(parts), mtime=0) if compress == "whole" else b"".join(parts)


def arc(pages: Mapping[str, str], *, compress: bool = True) -> bytes:
    version = b"1 0 Elmswick\nURL IP-address Archive-date Content-type Archive-length\n"
    parts = [f"filedesc://test.arc 0.0.0.0 20250304091244 text/plain {len(version)}\n".encode() + version + b"\n"]
    for url, html in pages.items():
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + html.encode()
        parts.append(f"{url} 127.0.0.1 20250304091244 text/html {len(block)}\n".encode() + block + b"\n")
    return b"".join(gzip.compress(part, mtime=0) for part in parts) if compress else b"".join(parts)


def zipped(members: Mapping[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name), data, compression)
    return out.getvalue()


def wacz(archive: bytes, listed: Sequence[str] = (), name: str = "data.warc.gz") -> bytes:
    rows = [{"format": "json-pages-1.0", "id": "pages"}]
    rows += [{"id": str(n), "url": url, "ts": MOMENT, "title": "A title"} for n, url in enumerate(listed)]
    return zipped(
        {
            f"archive/{name}": archive,
            "pages/pages.jsonl": "\n".join(map(json.dumps, rows)),
            "datapackage.json": json.dumps({"profile": "data-package", "wacz_version": "1.1.1"}),
        },
        zipfile.ZIP_STORED,
    )


# --- SingleFile, MHTML, mail, web archives ---------------------------------------------------------------


def singlefile_zip(html: str, url: str, *, wrapped: bool = True, folder: str = "") -> bytes:
    """As SingleFile packs a page with its frames; `wrapped` in HTML that unpacks itself in a browser."""
    manifest = {
        "originalUrl": url,
        "title": "x",
        "archiveTime": "2025-03-04T09:12:44.000Z",
        "indexFilename": "index.html",
    }
    frame = {**manifest, "originalUrl": "https://adverts.example/"}
    packed = zipped(
        {
            f"{folder}index.html": html,
            f"{folder}manifest.json": json.dumps(manifest),
            f"{folder}images/0.png": b"\x89PNG" + bytes(40),
            f"{folder}frames/0/index.html": "<p>An advertisement</p>",
            f"{folder}frames/0/manifest.json": json.dumps(frame),
        }
    )
    if not wrapped:
        return packed
    return b"<!DOCTYPE html><html data-sfz><meta charset=utf-8><title>x</title><!--" + packed + b"--></body></html>"


def mhtml(
    parts: Sequence[tuple[str, str, bytes]],
    *,
    snapshot: str | None = None,
    transfer_encoding: str = "quoted-printable",
    head: Sequence[str] = (),
    related: str = "",
    charset: str = "",
    end: bool = True,
) -> bytes:
    """Return a page saved as MHTML; parts are (media type, location, bytes)."""
    lines = ["From: <Saved by Blink>", *([f"Snapshot-Content-Location: {snapshot}"] if snapshot else [])]
    lines += ["Subject: A page", "Date: Tue, 4 Mar 2025 09:12:44 -0000", "MIME-Version: 1.0", *head]
    lines += [f'Content-Type: multipart/related;\r\n\ttype="text/html";{related}\r\n\tboundary="--=_b"', "", ""]
    out = "\r\n".join(lines).encode()
    for number, (media, location, data) in enumerate(parts):
        encoded = {"base64": base64.encodebytes, "quoted-printable": _quoted, "binary": bytes}[transfer_encoding](data)
        out += b"\r\n".join(
            [
                b"----=_b",
                f"Content-Type: {media}{charset}".encode(),
                f"Content-ID: <frame-{number}@mhtml.blink>".encode(),
                f"Content-Transfer-Encoding: {transfer_encoding}".encode(),
                f"Content-Location: {location}".encode(),
                b"",
                encoded,
                b"",
            ]
        )
    return out + (b"----=_b--\r\n" if end else b"")


def _quoted(data: bytes) -> bytes:
    from quopri import encodestring

    return encodestring(data).replace(b"\n", b"\r\n")


def webarchive(html: bytes, url: str, encoding: str | None = "UTF-8", *, xml: bool = False) -> bytes:
    main = {"WebResourceData": html, "WebResourceURL": url, "WebResourceMIMEType": "text/html"}
    main |= {"WebResourceTextEncodingName": encoding} if encoding else {}
    picture = {"WebResourceData": b"\x89PNG", "WebResourceURL": f"{url}x.png", "WebResourceMIMEType": "image/png"}
    form = plistlib.FMT_XML if xml else plistlib.FMT_BINARY
    return plistlib.dumps({"WebMainResource": main, "WebSubresources": [picture]}, fmt=form)


def mail(html: str | None, text: str = "Read it in a browser.", head: Sequence[str] = ()) -> bytes:
    """Return a newsletter: text and HTML, one of which may be missing."""
    lines = ["Return-Path: <news@quay.example>", "Received: from a by b; Tue, 4 Mar 2025 09:12:44 +0000"]
    lines += ["From: Quay Weekly <news@quay.example>", "To: reader@home.example", "Message-ID: <1@quay.example>"]
    lines += ["Subject: =?utf-8?Q?Fwd:_Silo_stays_=E2=80=93_at_last?=", "Date: Tue, 4 Mar 2025 09:12:44 +0100", *head]
    lines += ["MIME-Version: 1.0", 'Content-Type: multipart/alternative; boundary="b1"', ""]
    for media, content in (("plain", text), ("html", html)):
        if content is not None:
            lines += [
                "--b1",
                f"Content-Type: text/{media}; charset=utf-8",
                "Content-Transfer-Encoding: 8bit",
                "",
                content,
            ]
    return "\r\n".join([*lines, "--b1--", ""]).encode()


# --- all of them -----------------------------------------------------------------------------------------

URL = "https://courier.example/silo"


def chunked(data: bytes, size: int = 99) -> bytes:
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def every_format() -> dict[str, bytes]:
    """Return a small file of each format, by name."""
    html = article_page("Silo stays")
    silo = WarcRecord(url=URL, body=html.encode())
    pier = WarcRecord(url="https://courier.example/pier", body=article_page("The pier closes").encode())
    chunks = chunked(html.encode())
    rye = WarcRecord(url="https://courier.example/rye", body=chunks, headers=("Transfer-Encoding: chunked",))
    oats = WarcRecord(
        url="https://courier.example/oats",
        body=gzip.compress(html.encode(), mtime=0),
        headers=("Content-Encoding: gzip",),
    )
    day = "Tue Mar 04 2025 09:12:44 GMT+0100 (Central European Standard Time)"
    single = f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: {day}\n-->"
    return {
        "chrome.html": article_page("Silo stays", before=f"<!-- saved from url=({len(URL):04}){URL} -->\n").encode(),
        "singlefile.html": article_page("Silo stays", before=single).encode(),
        "page.html.gz": gzip.compress(html.encode(), mtime=0),
        "sjis.html": article_page(
            "古い倉庫", text="港湾委員会は火曜日、古い穀物倉庫を残すことを決めた。", head="<meta charset=Shift_JIS>"
        ).encode("cp932", "replace"),
        "page.u.zip.html": singlefile_zip(html, URL),
        "page.zip": singlefile_zip(html, URL, wrapped=False),
        "pages.zip": zipped(
            {
                "a/one.html": html,
                "a/two.html.gz": gzip.compress(article_page("Two").encode(), mtime=0),
                "three.txt": "Silo stays\n\n" + "The board said that it was there to stay, and so it is. " * 4,
            }
        ),
        "page.mhtml": mhtml(
            [("text/html", URL, html.encode()), ("image/png", URL + ".png", b"\x89PNG" + bytes(99))], snapshot=URL
        ),
        "page.base64.mht": mhtml(
            [("text/html", URL, html.encode())], transfer_encoding="base64", charset='; charset="utf-8"'
        ),
        "news.eml": mail(html),
        "text.eml": mail(
            None,
            "The board said on Tuesday that the silo was there to stay for another ten years at the least.\r\n\r\n"
            "Nobody in the room had asked for that, and nobody in the room was surprised to hear it said again.\r\n",
        ),
        "page.webarchive": webarchive(html.encode(), URL),
        "xml.webarchive": webarchive(html.encode(), URL, xml=True),
        "crawl.warc.gz": warc(silo, pier, rye, oats),
        "crawl.warc": warc(silo, pier, rye, oats, compress="not"),
        "whole.warc.gz": warc(silo, pier, compress="whole"),
        "crawl.arc.gz": arc({URL: html, "https://courier.example/pier": article_page("The pier closes")}),
        "crawl.wacz": wacz(warc(silo, pier), [URL]),
        "note.md": b"---\ntitle: A note on rye\nsource: https://b.example/rye\n---\nRye is up, they say in town.\n",
        "copied.txt": (
            "Silo stays\n\n" + "The board said on Tuesday that the silo was there to stay for ten years. " * 5
        ).encode(),
    }
