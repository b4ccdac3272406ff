"""Every format of saved page: recognized by its bytes, and read with its page, address, day and charset."""

from __future__ import annotations

import datetime as dt
import gzip
import html
import io
import plistlib
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.core.errors import RefusedError
from site_gen.ingest.extract.dispatch import extract
from site_gen.ingest.formats import decompress, saved_file, zip_file
from site_gen.ingest.formats.capture import CUT_OFF
from site_gen.ingest.formats.saved_file import RefusedPage
from tests.support.archives import (
    MOMENT,
    URL,
    WarcRecord,
    arc,
    article_page,
    chunked,
    every_format,
    mail,
    mhtml,
    singlefile_zip,
    wacz,
    warc,
    webarchive,
    zipped,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from site_gen.content.records import SavedPage

DAY = dt.date(2025, 3, 4)
TODAY = dt.date(2026, 11, 22)
HTML = article_page("Silo stays")
FRENCH = "Le conseil du port a décidé mardi de garder l’ancien silo « dix ans de plus », à la joie des élèves."


def read_all(data: bytes, wanted: Callable[[str], bool] = lambda _: True) -> list[SavedPage | RefusedPage]:
    return list(saved_file.read_pages("x", io.BytesIO(data), wanted))


def read_pages(data: bytes, wanted: Callable[[str], bool] = lambda _: True) -> list[SavedPage]:
    """Return the pages in a file; fail where one is refused."""
    pages = read_all(data, wanted)
    assert not [page for page in pages if isinstance(page, RefusedPage)]
    return [page for page in pages if not isinstance(page, RefusedPage)]


def read_only_page(data: bytes) -> SavedPage:
    (page,) = read_pages(data)
    return page


def page_outcomes(data: bytes) -> list[tuple[str | None, bool]]:
    """Return of each page in a file its address, and whether it is refused."""
    return [(page.page, isinstance(page, RefusedPage)) for page in read_all(data)]


def left_out_counts(data: bytes) -> dict[str, int]:
    contents = saved_file.read_contents("x", io.BytesIO(data))
    list(contents.pages)
    return {what: number for what, number in contents.left_out.items() if number}


def refusal(data: bytes) -> str:
    """Return why a whole file is refused."""
    with pytest.raises(RefusedError) as error:
        list(saved_file.read_pages("x", io.BytesIO(data)))
    return str(error.value)


def refused_page_reason(data: bytes) -> str:
    """Return why the only page in a file is refused."""
    (page,) = read_all(data)
    assert isinstance(page, RefusedPage)
    return page.reason


# -- every format --------------------------------------------------------------------------------------

FILES = every_format()
PAGE_COUNTS = {"pages.zip": 3, "crawl.warc.gz": 4, "crawl.warc": 4, "whole.warc.gz": 2, "crawl.arc.gz": 2}
WITHOUT_SOURCE = {"page.html.gz", "sjis.html", "pages.zip", "news.eml", "text.eml", "copied.txt"}


@pytest.mark.parametrize("name", FILES)
def test_each_format_gives_its_pages(name: str) -> None:
    pages = read_pages(FILES[name])
    assert len(pages) == PAGE_COUNTS.get(name, 1)
    for page in pages:
        assert (page.page is not None) == (name in {*PAGE_COUNTS, "crawl.wacz"})
        assert name == "note.md" or (page.source is not None) == (name not in WITHOUT_SOURCE)
        assert page.doubts == ()
        assert extract(page, TODAY).text


@pytest.mark.parametrize("name", FILES)
def test_a_page_is_read_again_by_its_address(name: str) -> None:
    for each in read_pages(FILES[name]):
        assert saved_file.read_page("x", io.BytesIO(FILES[name]), each.page) == each


@pytest.mark.parametrize("name", FILES)
def test_gzip_around_a_file_changes_nothing(name: str) -> None:
    if name.endswith((".zip", "zip.html", ".wacz")):
        if name.endswith("p"):
            assert "unpack" in read_all(gzip.compress(FILES[name]))[0].reason  # type: ignore[union-attr]
        return
    again = read_pages(gzip.compress(FILES[name]))
    assert [(each.text, each.source, each.saved, each.page) for each in again] == [
        (each.text, each.source, each.saved, each.page) for each in read_pages(FILES[name])
    ]


def test_a_page_that_is_not_in_an_archive_is_refused() -> None:
    for address in (None, "https://courier.example/nowhere"):
        with pytest.raises(RefusedError):
            saved_file.read_page("x", io.BytesIO(FILES["crawl.warc.gz"]), address)


# -- WARC ---------------------------------------------------------------------------------------------


def silo_record(body: bytes = HTML.encode(), *headers: str, **rest: object) -> WarcRecord:
    return WarcRecord(url=URL, body=body, headers=headers, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize("compress", ["records", "whole", "not"])
@pytest.mark.parametrize(
    "record",
    [
        silo_record(),
        silo_record(chunked(HTML.encode()), "Transfer-Encoding: chunked"),
        silo_record(
            HTML.encode(), "Transfer-Encoding: chunked"
        ),  # the crawler took the chunks away, and left the header
        silo_record(chunked(HTML.encode())[:-5] + b"zz\r\n", "Transfer-Encoding: chunked"),
        silo_record(gzip.compress(HTML.encode()), "Content-Encoding: gzip"),
        silo_record(gzip.compress(HTML.encode())),
        silo_record(HTML.encode(), "Content-Encoding: gzip"),
        silo_record(HTML.encode(), "Content-Encoding: br"),
        silo_record(HTML.encode(), "Content-Encoding: zstd"),
        silo_record(zlib.compress(HTML.encode()), "Content-Encoding: deflate"),
        silo_record(zlib.compress(HTML.encode())[2:-4], "Content-Encoding: deflate"),
        silo_record(chunked(gzip.compress(HTML.encode())), "Content-Encoding: gzip", "Transfer-Encoding: chunked"),
        silo_record(kind="resource", media="text/html"),
        silo_record(media=None),
    ],
)
def test_a_body_is_decoded_however_it_was_sent(record: WarcRecord, compress: str) -> None:
    page = read_only_page(warc(record, compress=compress))
    assert page.text.replace("\r", "").startswith(HTML[:-20])
    assert (page.source, page.page, page.saved, page.format) == (URL, URL, DAY, "html")


def test_bodies_in_brotli_and_zstd_are_decoded() -> None:
    brotli = pytest.importorskip("brotli")
    assert read_only_page(warc(silo_record(brotli.compress(HTML.encode()), "Content-Encoding: br"))).text == HTML
    zstd = zstd_compressed(HTML.encode())
    assert read_only_page(warc(silo_record(zstd, "Content-Encoding: zstd"))).text == HTML


def zstd_compressed(data: bytes, dictionary: bytes | None = None) -> bytes:
    from fastwarc.stream_io import ZstdWriter

    out = io.BytesIO()
    writer = ZstdWriter(out, dictionary=dictionary) if dictionary else ZstdWriter(out)
    writer.write(data)
    writer.finish()
    writer.flush()
    return out.getvalue()


def test_a_warc_in_zstd_is_read() -> None:
    whole, other = (
        warc(silo_record(), compress="not"),
        warc(WarcRecord(url=f"{URL}/2", body=HTML.encode()), compress="not"),
    )
    assert read_only_page(zstd_compressed(whole)).text == HTML
    assert [page.page for page in read_pages(zstd_compressed(whole) + zstd_compressed(other))] == [URL, f"{URL}/2"]
    long = HTML + "<p>It stays.</p>" * 1000
    cut = zstd_compressed(warc(silo_record(long.encode()), compress="not")) + zstd_compressed(other)[:200]
    assert read_pages(cut)[0].text.startswith(HTML)
    assert "a zstd file that is not a WARC" in refused_page_reason(zstd_compressed(HTML.encode()))


def test_a_warc_in_zstd_with_a_dictionary_is_read() -> None:
    words = (HTML * 3).encode()
    for held in (words, zstd_compressed(words)):
        frame = b"\x5d\x2a\x4d\x18" + len(held).to_bytes(4, "little") + held
        assert read_only_page(frame + zstd_compressed(warc(silo_record(), compress="not"), words)).text == HTML


def test_the_charset_of_the_http_header_counts() -> None:
    html = article_page("Silo", text=FRENCH, head="").encode("cp1252")
    assert FRENCH in read_only_page(warc(silo_record(html, media="text/html; charset=windows-1252"))).text
    russian = "Портовый совет решил оставить старое зернохранилище."
    html = article_page("Silo", text=russian, head="<meta charset=utf-8>").encode("koi8-r", "replace")
    assert russian in read_only_page(warc(silo_record(html, media="text/html; charset=KOI8-R"))).text


def test_errors_redirects_and_other_files_are_left_out() -> None:
    data = warc(
        silo_record(),
        WarcRecord(url="https://courier.example/old", body=b"<p>x", status="301 Moved", headers=("Location: /silo",)),
        WarcRecord(url="https://courier.example/gone", body=HTML.encode(), status="404 Not Found"),
        WarcRecord(url="https://courier.example/x.png", body=b"\x89PNG", media="image/png"),
        WarcRecord(url="https://courier.example/silo", body=b"GET /", kind="request"),
        WarcRecord(url="https://courier.example/silo", body=b"", kind="revisit"),
        WarcRecord(url="dns:courier.example", body=b"x", kind="resource", media="text/dns"),
        WarcRecord(url="javascript:alert(1)", body=HTML.encode()),
    )
    assert [page.source for page in read_pages(data)] == [URL]
    assert left_out_counts(data) == {
        "redirects and errors": 2, "pictures, scripts and other files": 1, "repeats without content": 1,
    }  # fmt: skip


def test_the_latest_complete_capture_of_a_page_is_taken() -> None:
    def captured_at(moment: str, title: str, **rest: object) -> WarcRecord:
        return silo_record(article_page(title).encode(), moment=moment, **rest)

    data = warc(
        captured_at("2025-03-01T00:00:00Z", "First"),
        captured_at("2025-03-03T00:00:00Z", "Third"),
        captured_at("2025-03-02T00:00:00Z", "Second"),
        silo_record(article_page("Cut")[:300].encode(), "Content-Length: 9000", moment="2025-03-04T00:00:00Z"),
    )
    page = read_only_page(data)
    assert "<title>Third</title>" in page.text
    assert page.saved == dt.date(2025, 3, 3)
    assert left_out_counts(data) == {"earlier captures of the same page": 3}


def test_an_incomplete_capture_is_taken_with_a_doubt_where_there_is_no_other() -> None:
    page = read_only_page(warc(silo_record(HTML.encode()[:-200], "Content-Length: 9000")))
    assert page.doubts == (CUT_OFF,)
    assert extract(page, TODAY).doubts[:1] == (CUT_OFF,)


@pytest.mark.parametrize("compress", ["records", "whole", "not"])
def test_a_truncated_warc_gives_the_pages_before_its_end(compress: str) -> None:
    many = [WarcRecord(url=f"{URL}/{n}", body=article_page(f"Page {n}").encode()) for n in range(5)]
    pages = read_pages(warc(*many, compress=compress)[:-150])
    least = 1 if compress == "whole" else 4  # pages so alike take few bytes where they are packed together
    assert [page.source for page in pages] == [f"{URL}/{n}" for n in range(5)][: max(least, len(pages))]


def test_damage_between_records_loses_few_pages() -> None:
    many = [WarcRecord(url=f"{URL}/{n}", body=article_page(f"Page {n}").encode()) for n in range(5)]
    data = bytearray(warc(*many))
    member = data.index(b"\x1f\x8b\x08", data.index(b"\x1f\x8b\x08", 60) + 10)
    data[member + 60] ^= 0xFF
    assert len(read_pages(bytes(data))) >= 3
    plain = warc(*many, compress="not").replace(b"\r\n\r\nWARC/1.0", b"\r\nrubbish\r\n\r\nWARC/1.0")
    assert len(read_pages(plain)) == 5
    lies = [
        WarcRecord(url=f"{URL}/{n}", body=article_page(f"Page {n}").encode(), length=900 if n == 2 else None)
        for n in range(5)
    ]
    assert {f"{URL}/{n}" for n in (0, 1, 4)} <= {page.source for page in read_pages(warc(*lies))}


def test_a_warc_without_pages_or_of_rubbish_has_none() -> None:
    assert read_all(warc()) == []
    assert read_all(b"WARC/1.0\r\n" + b"x" * 5000) == []


def test_arc_is_read() -> None:
    for data in (arc({URL: HTML}), arc({URL: HTML}, compress=False)):
        page = read_only_page(data)
        assert (page.text, page.source, page.saved) == (HTML, URL, DAY)


def test_a_page_that_is_too_large_is_refused_and_the_others_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = silo_record(gzip.compress(b"<p>" + b"a" * 50_000_000), "Content-Encoding: gzip")
    data = warc(bomb, WarcRecord(url="https://courier.example/pier", body=HTML.encode()))
    first, second = read_all(data)
    assert isinstance(first, RefusedPage)
    assert (first.page, first.reason) == (URL, "larger than 20 MB when decompressed")
    assert not isinstance(second, RefusedPage)
    monkeypatch.setattr("site_gen.ingest.formats.warc.MAX_PAGES", 1)
    assert [type(each) for each in read_all(data)] == [RefusedPage, RefusedPage]


def test_reading_stops_at_a_bomb_around_an_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompress, "_FREE", 100_000)
    data = gzip.compress(warc(silo_record(), compress="not") + b"\0" * 20_000_000)
    first, second = read_all(data)
    assert not isinstance(first, RefusedPage)
    assert isinstance(second, RefusedPage)
    assert "when decompressed" in second.reason
    assert second.page is None


# -- ZIP, WACZ, SingleFile ----------------------------------------------------------------------------


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("folder", ["", "1741079564_3/"])
def test_a_zip_of_singlefile_is_read(wrapped: bool, folder: str) -> None:
    page = read_only_page(singlefile_zip(HTML, URL, wrapped=wrapped, folder=folder))
    assert (page.text, page.source, page.saved, page.page) == (HTML, URL, DAY, None)


def test_a_zip_of_singlefile_behind_a_picture_is_read() -> None:
    page = read_only_page(b"\x89PNG\r\n\x1a\n" + bytes(400) + singlefile_zip(HTML, URL, wrapped=False) + bytes(30))
    assert page.source == URL


def test_a_zip_of_pages_is_read_as_a_folder_is() -> None:
    data = zipped(
        {
            "a/Silo.html": article_page("Silo"),
            "a/Silo_files/advert.html": article_page("An advertisement"),
            "__MACOSX/a/._Silo.html": b"\0\5\x16\7",
            ".DS_Store": b"x",
            "b/": b"",
            "../../evil.html": article_page("Evil"),
            "b/page.mhtml": mhtml([("text/html", URL, HTML.encode())], snapshot=URL),
            "c.png": b"\x89PNG\r\n\x1a\n" + bytes(40),
            "d.zip": zipped({"e.html": HTML}),
        }
    )
    assert page_outcomes(data) == [
        ("a/Silo.html", False), ("../../evil.html", False), ("b/page.mhtml", False), ("c.png", True), ("d.zip", True),
    ]  # fmt: skip
    assert getattr(read_all(data)[2], "source", None) == URL
    assert left_out_counts(data) == {"files beside a page": 3}
    assert [page.page for page in read_pages(data, lambda name: "silo" in name.lower())] == ["a/Silo.html"]


def test_empty_members_of_a_zip_are_counted_and_not_named() -> None:
    data = zipped({"Silo.html": article_page("Silo"), **{f"{number}.html": b"" for number in range(3000)}})
    assert page_outcomes(data) == [("Silo.html", False)]
    assert left_out_counts(data) == {"empty files": 3000}


@pytest.mark.parametrize(
    ("member", "word"),
    [("[Content_Types].xml", "Office"), ("META-INF/container.xml", "e-book"), ("META-INF/MANIFEST.MF", "program")],
)
def test_other_files_that_are_zips_are_refused_by_name(member: str, word: str) -> None:
    assert word in refusal(zipped({member: "x", "index.html": HTML}))


def test_a_zip_with_a_password_or_a_rare_compression_is_refused() -> None:
    assert "compressed in a way" in refused_page_reason(zipped({"a.html": HTML}, zipfile.ZIP_LZMA))
    data = bytearray(zipped({"a.html": HTML}))
    data[data.rindex(b"PK\1\2") + 8] |= 1
    assert "password" in refused_page_reason(bytes(data))


def test_a_zip_bomb_is_refused_and_the_other_files_are_read() -> None:
    big = b"<p>" + b"a" * (100 * 1024 * 1024)
    assert page_outcomes(zipped({"bomb.html": big, "page.html": HTML})) == [("bomb.html", True), ("page.html", False)]


def test_many_members_are_a_bomb_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompress, "_FREE", 100_000)
    monkeypatch.setattr(decompress, "_RATIO", 0)
    data = zipped({f"{n}.html": article_page(str(n)) + " " * 40_000 for n in range(5)})
    assert [refused for _, refused in page_outcomes(data)] == [False, False, True, True, True]


def test_a_zip_of_too_many_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_file, "_MAX_DIRECTORY", 100)
    assert "too many files" in refusal(zipped({f"{n}.html": HTML for n in range(5)}))


def test_a_truncated_zip_is_reported() -> None:
    assert "cut off" in getattr(read_all(zipped({"a.html": HTML})[:-30])[0], "reason", "")


def test_a_wacz_gives_the_pages_that_it_lists() -> None:
    frame = WarcRecord(url="https://adverts.example/", body=article_page("An advertisement").encode())
    old = WarcRecord(url="http://courier.example/", body=b"<p>", status="301 Moved", headers=(f"Location: {URL}",))
    for archive, name in (
        (warc(silo_record(), frame, old), "data.warc.gz"),
        (warc(silo_record(), frame, old, compress="not"), "x.warc"),
    ):
        assert [page.source for page in read_pages(wacz(archive, [URL + "#foot"], name))] == [URL]
        assert [page.source for page in read_pages(wacz(archive, ["http://courier.example/"], name))] == [URL]
        assert len(read_pages(wacz(archive, [], name))) == 2
        assert len(read_pages(wacz(archive, ["https://nowhere.example/"], name))) == 2
        data = wacz(archive, [URL, "https://nowhere.example/"], name)
        assert page_outcomes(data) == [(URL, False), ("https://nowhere.example/", True)]
    assert left_out_counts(wacz(warc(silo_record(), frame), [URL])) == {"pages within pages": 1}


def test_a_wacz_without_an_archive_is_refused() -> None:
    assert "WACZ" in refusal(zipped({"datapackage.json": '{"profile": "data-package"}', "data/x.txt": "x"}))


def test_a_zip_at_the_end_of_another_format_is_not_taken_for_the_file() -> None:
    inner = zipped({"[Content_Types].xml": "x"})
    data = warc(silo_record(), WarcRecord(url=f"{URL}.docx", body=inner, media="application/zip"), compress="not")
    assert [page.source for page in read_pages(data)] == [URL]
    parts = [("text/html", URL, HTML.encode()), ("application/zip", f"{URL}.docx", inner)]
    assert read_only_page(mhtml(parts, transfer_encoding="binary")).source == URL


# -- MHTML and mail -----------------------------------------------------------------------------------


@pytest.mark.parametrize("transfer_encoding", ["quoted-printable", "base64", "binary"])
def test_mhtml_is_read_in_every_encoding(transfer_encoding: str) -> None:
    page = read_only_page(
        mhtml(
            [("text/html", URL, HTML.encode()), ("image/png", "x", b"\x89PNG")],
            snapshot=URL,
            transfer_encoding=transfer_encoding,
        )
    )
    assert (page.source, page.saved) == (URL, DAY)
    assert "“Silo stays”" in page.text
    assert page.doubts == ()


def test_the_page_is_chosen_from_several_html_parts() -> None:
    frame, html = article_page("A frame").encode(), HTML.encode()
    parts = [("text/html", "https://adverts.example/", frame), ("text/html", URL, html)]
    assert "Silo stays" in read_only_page(mhtml(parts, snapshot=URL)).text
    assert "Silo stays" in read_only_page(mhtml(parts, related='\r\n\tstart="<frame-1@mhtml.blink>";')).text
    page = read_only_page(mhtml(parts))
    assert "A frame" in page.text
    assert page.source == "https://adverts.example/"


def test_the_charset_of_mhtml_is_that_of_part_or_page() -> None:
    html = article_page("Silo", text=FRENCH, head="").encode("cp1252")
    assert FRENCH in read_only_page(mhtml([("text/html", URL, html)], charset='; charset="windows-1252"')).text
    html = article_page("Silo", text=FRENCH, head="<meta charset=windows-1252>").encode("cp1252")
    assert FRENCH in read_only_page(mhtml([("text/html", URL, html)])).text
    html = article_page("Silo", text=FRENCH).encode()
    assert FRENCH in read_only_page(mhtml([("text/html", URL, html)], charset='; charset="no-such"')).text


def test_broken_mhtml_gives_what_can_be_read() -> None:
    cut = read_only_page(mhtml([("text/html", URL, HTML.encode())], snapshot=URL, end=False)[:-100])
    assert cut.doubts == (CUT_OFF,)
    assert "Silo stays" in cut.text
    wrong = mhtml([("text/html", URL, HTML.encode())], transfer_encoding="base64").replace(b"\r\n\r\n", b"\r\n\r\n!", 2)
    assert read_all(wrong)
    assert read_all(mhtml([("text/html", URL, HTML.encode())]).replace(b"quoted-printable", b"no-such-way"))


def test_mhtml_nested_too_deep_is_refused() -> None:
    data = b"MIME-Version: 1.0\r\n"
    for n in range(3000):
        data += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
    assert refused_page_reason(data)
    many = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 6000
    assert "too many parts" in refused_page_reason(many)


def test_a_newsletter_becomes_an_article() -> None:
    draft = extract(read_only_page(mail(HTML)), TODAY)
    assert (draft.title, draft.site, draft.published, draft.author) == (
        "Silo stays – at last", "Quay Weekly", dt.date(2025, 3, 4), ("Quay Weekly",),
    )  # fmt: skip
    assert draft.created is None
    assert draft.source is None


@pytest.mark.parametrize(
    ("head", "link", "source"),
    [
        (["List-Post: <https://quay.example/p/silo-stays>"], "", "https://quay.example/p/silo-stays"),
        (["List-Post: <mailto:list@quay.example>"], "", None),
        (["Archived-At: <https://lists.example/1>"], "", "https://lists.example/1"),
        (
            [],
            '<a href="https://quay.example/silo">View this email in your <b>browser</b></a>',
            "https://quay.example/silo",
        ),
        ([], '<a href="https://quay.example/?u=2&amp;e=3">View in browser</a>', None),
        ([], f'<a href="https://click.example/{"k3J" * 30}">View in browser</a>', None),
        ([], '<a href="https://quay.example/silo">Subscribe</a>', None),
    ],
)
def test_the_source_of_a_newsletter_is_its_page_on_the_web(head: list[str], link: str, source: str | None) -> None:
    assert read_only_page(mail(HTML.replace("<article>", f"<article>{link}"), head=head)).source == source


def test_a_mail_of_text_with_an_mbox_line_is_read() -> None:
    text = "The board said on Tuesday that the silo was there to stay.\r\n\r\n" * 3
    page = read_only_page(b"From news@quay.example Tue Mar  4 09:12:44 2025\r\n" + mail(None, text))
    assert page.format == "text"
    assert extract(page, TODAY).title == "Silo stays – at last"


def test_each_mail_of_an_mbox_is_a_page() -> None:
    line = b"From news@quay.example Tue Mar  4 09:12:44 2025\n"
    quoted = mail(None, "The board said so.\r\n\r\n>From the quay it was seen. " + "It stays. " * 30).replace(
        b"<1@", b"<2@"
    )
    box = line + mail(HTML).replace(b"\r\n", b"\n") + b"\n" + line + quoted
    first, second = read_pages(box)
    assert (first.page, first.text.strip(), first.mail_header.title) == (
        "1@quay.example",
        HTML.strip(),
        "Silo stays – at last",
    )
    assert second.text.count("\nFrom the quay it was seen.") == 1
    assert len(read_pages(box, lambda page: page == "1@quay.example")) == 1
    whole = saved_file.read_contents("x", io.BytesIO(box))
    assert (whole.count, whole.several) == (2, True)


def test_copied_lines_with_colons_are_no_mail() -> None:
    text = "From: the board\nSubject: the silo\nDate: Tuesday\n\n" + "It was there to stay, the board said. " * 9
    assert read_only_page(text.encode()).format == "text"


def test_a_note_of_another_program_is_read() -> None:
    note = (
        "---\ntitle: On rye\nurl: https://b.example/rye?utm_source=x\ndate: 2025-03-04T10:00:00Z\n---\n"
        + "Rye is up. " * 9
    )
    draft = extract(read_only_page(note.encode()), TODAY)
    assert (draft.title, draft.source, draft.published) == ("On rye", "https://b.example/rye", DAY)


# -- Safari, and what tools write into pages ----------------------------------------------------------


@pytest.mark.parametrize("xml", [True, False])
def test_a_web_archive_of_safari_is_read(xml: bool) -> None:
    page = read_only_page(
        webarchive(article_page("Silo", text=FRENCH, head="").encode("cp1252"), URL, "windows-1252", xml=xml)
    )
    assert page.source == URL
    assert FRENCH in page.text
    assert read_only_page(webarchive(HTML.encode("utf-16-le"), URL, "UTF-16LE")).text == HTML


HTTRACK = (
    "<!-- Mirrored from courier.example/silo by HTTrack Website Copier/3.x [XR&CO'2014], "
    "Tue, 04 Mar 2025 09:12:44 GMT -->"
)
SAVE_PAGE_WE = (
    f'<meta name="savepage-url" content="{URL}?a&amp;b"><meta name="savepage-date" '
    'content="Tue Mar 04 2025 09:12:44 GMT+0100 (x)">'
)


def test_other_property_lists_are_refused() -> None:
    for data in (b"bplist00" + bytes(60), webarchive(b"", URL), webarchive(HTML.encode(), URL)[:-40]):
        assert "web archive" in refused_page_reason(data)


@pytest.mark.parametrize(
    ("before", "head", "source", "day"),
    [
        (HTTRACK, "", "http://courier.example/silo", DAY),
        (f"<!-- Saved from {URL} at {MOMENT} using monolith v2.8.3 -->", "", URL, DAY),
        ("", SAVE_PAGE_WE, f"{URL}?a&b", DAY),
        ("<!-- Mirrored from file:///x by HTTrack -->", "", None, None),
    ],
)  # fmt: skip
def test_comments_of_other_tools_give_source_and_day(
    before: str, head: str, source: str | None, day: dt.date | None
) -> None:
    page = read_only_page(article_page("Silo", before=before, head=head).encode())
    assert (page.source, page.saved) == (source, day)


def test_attributes_of_webscrapbook_give_source_and_day() -> None:
    mark = f'<html data-scrapbook-source="{URL}" data-scrapbook-create="20250304091244123" lang'
    page = read_only_page(HTML.replace("<html lang", mark).encode())
    assert (page.source, page.saved) == (URL, DAY)


def test_a_pdf_is_read_wherever_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(name: str, data: bytes) -> SavedPage:
        assert data.startswith(b"%PDF-1.7")
        return saved_file.parse(name, b"Silo stays\n\nThe board said so.")

    monkeypatch.setattr(saved_file, "_pdf", read)
    for data in (b"%PDF-1.7 x", gzip.compress(b"%PDF-1.7 x"), zipped({"a.pdf": b"%PDF-1.7 x"})):
        assert read_only_page(data).text.startswith("Silo stays")


# -- gzip ---------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(1, 70))
def test_gunzip_restores_what_was_compressed(parts: list[bytes], size: int) -> None:
    data = b"".join(gzip.compress(part) for part in parts)
    stream = decompress.GzipStream(io.BytesIO(data), decompress.Budget(0))
    out = bytearray()
    while more := stream.read(size):
        out += more
    assert bytes(out) == b"".join(parts)
    assert not stream.is_damaged


@given(st.binary(max_size=2000), st.integers(0, 5000))
def test_gunzip_never_fails(data: bytes, cut: int) -> None:
    mixed = gzip.compress(data)[: cut % 2100] + data + gzip.compress(data)
    stream = io.BufferedReader(decompress.GzipStream(io.BytesIO(mixed), decompress.Budget(0)))
    assert isinstance(stream.read(), bytes)


@pytest.mark.parametrize("reference", ["&#1;", "&#x0B;", "&#11", "&#xFFFE;", "&#0;", "&#31;", "&#x1f;", "&#65535;"])
def test_character_references_to_control_characters_are_dropped(reference: str) -> None:
    html = HTML.replace("The harbour board", f"The harb{reference}our board &#49;&#x31;&#65;")
    assert "The harbour board 11A" in extract(saved_file.parse("x", html.encode()), TODAY).text


# -- depth --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("levels", "whole"), [(200, True), (600, True), (1900, True), (5000, False)])
def test_a_page_that_is_nested_too_deep_says_so(levels: int, whole: bool) -> None:
    deep = "<div>" * levels + "<p>A word from below, as they say on the quay.</p>" + "</div>" * levels
    html = HTML.replace("</article>", f"{deep}<p>And a last word from above, which nobody wants to miss.</p></article>")
    draft = extract(saved_file.parse("x", html.encode()), TODAY)
    assert ("last word from above" in draft.text) == whole
    assert [key for key, _ in draft.doubts] == ([] if whole else ["text"])


@pytest.mark.parametrize("outer", ["<body><header>The Quay</header><iframe src='s'></iframe></body>",
                                   "<frameset cols='9,*'><frame src='m'><frame src='s'></frameset>"])  # fmt: skip
def test_the_text_in_a_frame_is_text(outer: str) -> None:
    page = f"<html><head><title>Silo stays</title></head>{outer}</html>".encode()
    frame, menu = HTML.encode(), b"<html><body><a href='/'>Home</a></body></html>"
    parts = [("text/html", URL, page), ("text/html", f"{URL}m", menu), ("text/html", f"{URL}s", frame)]
    archive = plistlib.loads(webarchive(page, URL))
    archive["WebSubframeArchives"] = [plistlib.loads(webarchive(data, f"{URL}f")) for data in (menu, frame)]
    wanted = extract(saved_file.parse("x", HTML.encode()), TODAY).text
    for data in (mhtml(parts, snapshot=URL), plistlib.dumps(archive, fmt=plistlib.FMT_BINARY)):
        draft = extract(saved_file.parse("x", data), TODAY)
        assert (draft.title, draft.text, draft.source) == ("Silo stays", wanted, URL)


def test_the_text_in_a_frame_that_singlefile_keeps_is_text() -> None:
    frame = f'<iframe srcdoc="{html.escape(HTML)}"></iframe>'
    page = f"<!DOCTYPE html><html><title>Silo stays</title><body>{frame}</body></html>"
    wanted = extract(saved_file.parse("x", HTML.encode()), TODAY).text
    assert extract(saved_file.parse("x", page.encode()), TODAY).text == wanted


def test_comments_in_a_frame_are_not_the_page() -> None:
    comment = "".join(
        f"<p>Comment {number}: I have seen silos that were worse than this one.</p>" for number in range(99)
    )
    page = HTML.replace("</body>", "<iframe src='c'></iframe></body>").encode()
    data = mhtml([("text/html", URL, page), ("text/html", f"{URL}c", comment.encode())], snapshot=URL)
    assert "Comment 7" not in extract(saved_file.parse("x", data), TODAY).text
