"""Every format of saved page: told by its bytes; its page, its address, its day, its charset."""

from __future__ import annotations

import datetime as dt
import gzip
import io
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


def all_of(data: bytes, wanted: Callable[[str], bool] = lambda _: True) -> list[SavedPage | RefusedPage]:
    return list(saved_file.read_pages("x", io.BytesIO(data), wanted))


def good(data: bytes, wanted: Callable[[str], bool] = lambda _: True) -> list[SavedPage]:
    found = all_of(data, wanted)
    assert not [each for each in found if isinstance(each, RefusedPage)]
    return [each for each in found if not isinstance(each, RefusedPage)]


def only(data: bytes) -> SavedPage:
    (found,) = good(data)
    return found


def left_out(data: bytes) -> dict[str, int]:
    contents = saved_file.read_contents("x", io.BytesIO(data))
    list(contents.pages)
    return {what: number for what, number in contents.left_out.items() if number}


def why(data: bytes) -> str:
    with pytest.raises(RefusedError) as refused:
        list(saved_file.read_pages("x", io.BytesIO(data)))
    return str(refused.value)


# -- all of them --------------------------------------------------------------------------------------

ALL = every_format()
PAGES = {"pages.zip": 3, "crawl.warc.gz": 4, "crawl.warc": 4, "whole.warc.gz": 2, "crawl.arc.gz": 2}
SOURCELESS = {"page.html.gz", "sjis.html", "pages.zip", "news.eml", "text.eml", "copied.txt"}


@pytest.mark.parametrize("name", ALL)
def test_each_format_gives_its_pages(name: str) -> None:
    found = good(ALL[name])
    assert len(found) == PAGES.get(name, 1)
    assert [each.page is not None for each in found] == [name in {*PAGES, "crawl.wacz"}] * len(found)
    assert [each.source is not None for each in found if name != "note.md"] == [name not in SOURCELESS] * (
        len(found) - (name == "note.md")
    )
    for each in found:
        assert each.doubts == ()
        assert extract(each, TODAY).text


@pytest.mark.parametrize("name", ALL)
def test_a_page_is_found_again_by_its_address(name: str) -> None:
    for each in good(ALL[name]):
        assert saved_file.read_page("x", io.BytesIO(ALL[name]), each.page) == each


@pytest.mark.parametrize("name", ALL)
def test_gzip_around_it_changes_nothing(name: str) -> None:
    if name.endswith((".zip", "zip.html", ".wacz")):
        assert "unpack" in all_of(gzip.compress(ALL[name]))[0].reason if name.endswith("p") else True  # type: ignore[union-attr]
        return
    again = good(gzip.compress(ALL[name]))
    assert [(each.text, each.source, each.saved, each.page) for each in again] == [
        (each.text, each.source, each.saved, each.page) for each in good(ALL[name])
    ]


def test_a_page_that_is_not_there() -> None:
    for address in (None, "https://courier.example/nowhere"):
        with pytest.raises(RefusedError):
            saved_file.read_page("x", io.BytesIO(ALL["crawl.warc.gz"]), address)


# -- WARC ---------------------------------------------------------------------------------------------


def one(body: bytes = HTML.encode(), *headers: str, **rest: object) -> WarcRecord:
    return WarcRecord(url=URL, body=body, headers=headers, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize("compress", ["records", "whole", "not"])
@pytest.mark.parametrize(
    "record",
    [
        one(),
        one(chunked(HTML.encode()), "Transfer-Encoding: chunked"),
        one(HTML.encode(), "Transfer-Encoding: chunked"),  # the crawler took the chunks away, and left the header
        one(chunked(HTML.encode())[:-5] + b"zz\r\n", "Transfer-Encoding: chunked"),
        one(gzip.compress(HTML.encode()), "Content-Encoding: gzip"),
        one(gzip.compress(HTML.encode())),
        one(HTML.encode(), "Content-Encoding: gzip"),
        one(HTML.encode(), "Content-Encoding: br"),
        one(HTML.encode(), "Content-Encoding: zstd"),
        one(zlib.compress(HTML.encode()), "Content-Encoding: deflate"),
        one(zlib.compress(HTML.encode())[2:-4], "Content-Encoding: deflate"),
        one(chunked(gzip.compress(HTML.encode())), "Content-Encoding: gzip", "Transfer-Encoding: chunked"),
        one(kind="resource", media="text/html"),
        one(media=None),
    ],
)
def test_bodies_however_they_were_sent(record: WarcRecord, compress: str) -> None:
    found = only(warc(record, compress=compress))
    assert found.text.replace("\r", "").startswith(HTML[:-20])
    assert (found.source, found.page, found.saved, found.format) == (URL, URL, DAY, "html")


def test_brotli_and_zstd() -> None:
    brotli = pytest.importorskip("brotli")
    assert only(warc(one(brotli.compress(HTML.encode()), "Content-Encoding: br"))).text == HTML
    from fastwarc.stream_io import ZstdWriter

    out = io.BytesIO()
    writer = ZstdWriter(out)
    writer.write(HTML.encode())
    writer.finish()
    writer.flush()
    assert only(warc(one(out.getvalue(), "Content-Encoding: zstd"))).text == HTML


def squeezed(data: bytes, dictionary: bytes | None = None) -> bytes:
    from fastwarc.stream_io import ZstdWriter

    out = io.BytesIO()
    writer = ZstdWriter(out, dictionary=dictionary) if dictionary else ZstdWriter(out)
    writer.write(data)
    writer.finish()
    writer.flush()
    return out.getvalue()


def test_a_warc_in_zstd() -> None:
    whole, other = warc(one(), compress="not"), warc(WarcRecord(url=f"{URL}/2", body=HTML.encode()), compress="not")
    assert only(squeezed(whole)).text == HTML
    assert [found.page for found in good(squeezed(whole) + squeezed(other))] == [URL, f"{URL}/2"]
    long = HTML + "<p>It stays.</p>" * 1000
    cut = squeezed(warc(one(long.encode()), compress="not")) + squeezed(other)[:200]
    assert good(cut)[0].text.startswith(HTML)
    (refused,) = all_of(squeezed(HTML.encode()))
    assert isinstance(refused, RefusedPage)
    assert "a zstd file that is no WARC" in refused.reason


def test_a_warc_in_zstd_with_a_dictionary() -> None:
    words = (HTML * 3).encode()
    for held in (words, squeezed(words)):
        frame = b"\x5d\x2a\x4d\x18" + len(held).to_bytes(4, "little") + held
        assert only(frame + squeezed(warc(one(), compress="not"), words)).text == HTML


def test_the_charset_of_the_http_header_counts() -> None:
    html = article_page("Silo", text=FRENCH, head="").encode("cp1252")
    assert FRENCH in only(warc(one(html, media="text/html; charset=windows-1252"))).text
    russian = "Портовый совет решил оставить старое зернохранилище."
    html = article_page("Silo", text=russian, head="<meta charset=utf-8>").encode("koi8-r", "replace")
    assert russian in only(warc(one(html, media="text/html; charset=KOI8-R"))).text


def test_only_pages_that_were_found_are_pages() -> None:
    data = warc(
        one(),
        WarcRecord(url="https://courier.example/old", body=b"<p>x", status="301 Moved", headers=("Location: /silo",)),
        WarcRecord(url="https://courier.example/gone", body=HTML.encode(), status="404 Not Found"),
        WarcRecord(url="https://courier.example/x.png", body=b"\x89PNG", media="image/png"),
        WarcRecord(url="https://courier.example/silo", body=b"GET /", kind="request"),
        WarcRecord(url="https://courier.example/silo", body=b"", kind="revisit"),
        WarcRecord(url="dns:courier.example", body=b"x", kind="resource", media="text/dns"),
        WarcRecord(url="javascript:alert(1)", body=HTML.encode()),
    )
    assert [each.source for each in good(data)] == [URL]
    assert left_out(data) == {
        "redirects and errors": 2, "pictures, scripts and other files": 1, "repeats without content": 1,
    }  # fmt: skip


def test_of_several_captures_the_latest_whole_one_counts() -> None:
    def at(moment: str, title: str, **rest: object) -> WarcRecord:
        return one(article_page(title).encode(), moment=moment, **rest)

    data = warc(
        at("2025-03-01T00:00:00Z", "First"),
        at("2025-03-03T00:00:00Z", "Third"),
        at("2025-03-02T00:00:00Z", "Second"),
        one(article_page("Cut")[:300].encode(), "Content-Length: 9000", moment="2025-03-04T00:00:00Z"),
    )
    found = only(data)
    assert "<title>Third</title>" in found.text
    assert found.saved == dt.date(2025, 3, 3)
    assert left_out(data) == {"earlier captures of the same page": 3}


def test_a_capture_that_is_cut_off_is_better_than_none() -> None:
    found = only(warc(one(HTML.encode()[:-200], "Content-Length: 9000")))
    assert found.doubts == (CUT_OFF,)
    assert extract(found, TODAY).doubts[:1] == (CUT_OFF,)


@pytest.mark.parametrize("compress", ["records", "whole", "not"])
def test_a_warc_that_was_cut_off_gives_what_there_is(compress: str) -> None:
    many = [WarcRecord(url=f"{URL}/{n}", body=article_page(f"Page {n}").encode()) for n in range(5)]
    found = good(warc(*many, compress=compress)[:-150])
    least = 1 if compress == "whole" else 4  # pages so alike take few bytes where they are packed together
    assert [each.source for each in found] == [f"{URL}/{n}" for n in range(5)][: max(least, len(found))]


def test_damage_between_records_costs_little() -> None:
    many = [WarcRecord(url=f"{URL}/{n}", body=article_page(f"Page {n}").encode()) for n in range(5)]
    data = bytearray(warc(*many))
    member = data.index(b"\x1f\x8b\x08", data.index(b"\x1f\x8b\x08", 60) + 10)
    data[member + 60] ^= 0xFF
    assert len(good(bytes(data))) >= 3
    plain = warc(*many, compress="not").replace(b"\r\n\r\nWARC/1.0", b"\r\nrubbish\r\n\r\nWARC/1.0")
    assert len(good(plain)) == 5
    lies = [
        WarcRecord(url=f"{URL}/{n}", body=article_page(f"Page {n}").encode(), length=900 if n == 2 else None)
        for n in range(5)
    ]
    assert {f"{URL}/{n}" for n in (0, 1, 4)} <= {each.source for each in good(warc(*lies))}


def test_a_warc_without_pages_and_one_of_rubbish() -> None:
    assert all_of(warc()) == []
    assert all_of(b"WARC/1.0\r\n" + b"x" * 5000) == []


def test_arc_before_warc() -> None:
    for data in (arc({URL: HTML}), arc({URL: HTML}, compress=False)):
        found = only(data)
        assert (found.text, found.source, found.saved) == (HTML, URL, DAY)


def test_one_large_page_costs_the_others_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from site_gen.ingest.formats import warc as room

    bomb = one(gzip.compress(b"<p>" + b"a" * 50_000_000), "Content-Encoding: gzip")
    data = warc(bomb, WarcRecord(url="https://courier.example/pier", body=HTML.encode()))
    first, second = all_of(data)
    assert isinstance(first, RefusedPage)
    assert (first.page, first.reason) == (URL, "larger than 20 MB when decompressed")
    assert not isinstance(second, RefusedPage)
    monkeypatch.setattr(room, "MAX_PAGES", 1)
    assert [type(each) for each in all_of(data)] == [RefusedPage, RefusedPage]


def test_a_bomb_around_an_archive_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompress, "_FREE", 100_000)
    data = gzip.compress(warc(one(), compress="not") + b"\0" * 20_000_000)
    first, second = all_of(data)
    assert not isinstance(first, RefusedPage)
    assert isinstance(second, RefusedPage)
    assert "when decompressed" in second.reason
    assert second.page is None


# -- ZIP, WACZ, SingleFile ----------------------------------------------------------------------------


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("folder", ["", "1741079564_3/"])
def test_singlefiles_zip(wrapped: bool, folder: str) -> None:
    found = only(singlefile_zip(HTML, URL, wrapped=wrapped, folder=folder))
    assert (found.text, found.source, found.saved, found.page) == (HTML, URL, DAY, None)


def test_singlefiles_zip_behind_a_picture() -> None:
    found = only(b"\x89PNG\r\n\x1a\n" + bytes(400) + singlefile_zip(HTML, URL, wrapped=False) + bytes(30))
    assert found.source == URL


def test_a_zip_of_pages_is_taken_as_a_folder_is() -> None:
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
    found = all_of(data)
    assert [(each.page, isinstance(each, RefusedPage)) for each in found] == [
        ("a/Silo.html", False), ("../../evil.html", False), ("b/page.mhtml", False), ("c.png", True), ("d.zip", True),
    ]  # fmt: skip
    assert isinstance(found[2], type(found[0]))
    assert getattr(found[2], "source", None) == URL
    assert left_out(data) == {"files beside a page": 3}
    assert [each.page for each in good(data, lambda name: "silo" in name.lower())] == ["a/Silo.html"]


@pytest.mark.parametrize(
    ("member", "word"),
    [("[Content_Types].xml", "Office"), ("META-INF/container.xml", "e-book"), ("META-INF/MANIFEST.MF", "program")],
)
def test_what_else_is_a_zip(member: str, word: str) -> None:
    assert word in why(zipped({member: "x", "index.html": HTML}))


def test_a_zip_that_is_locked_or_packed_in_a_rare_way() -> None:
    (rare,) = all_of(zipped({"a.html": HTML}, zipfile.ZIP_LZMA))
    assert isinstance(rare, RefusedPage)
    assert "compressed in a way" in rare.reason
    data = bytearray(zipped({"a.html": HTML}))
    data[data.rindex(b"PK\1\2") + 8] |= 1
    (locked,) = all_of(bytes(data))
    assert isinstance(locked, RefusedPage)
    assert "password" in locked.reason


def test_a_zip_bomb_is_refused_by_name_and_the_rest_goes_on() -> None:
    big = b"<p>" + b"a" * (100 * 1024 * 1024)
    found = all_of(zipped({"bomb.html": big, "page.html": HTML}))
    assert [(each.page, isinstance(each, RefusedPage)) for each in found] == [("bomb.html", True), ("page.html", False)]


def test_many_members_together_are_a_bomb_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decompress, "_FREE", 100_000)
    monkeypatch.setattr(decompress, "_RATIO", 0)
    found = all_of(zipped({f"{n}.html": article_page(str(n)) + " " * 40_000 for n in range(5)}))
    assert [isinstance(each, RefusedPage) for each in found] == [False, False, True, True, True]


def test_a_directory_of_a_million_names_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_file, "_MAX_DIRECTORY", 100)
    assert "too many files" in why(zipped({f"{n}.html": HTML for n in range(5)}))


def test_a_zip_that_was_cut_off_says_so() -> None:
    assert "cut off" in getattr(all_of(zipped({"a.html": HTML})[:-30])[0], "reason", "")


def test_wacz_gives_the_pages_that_it_lists() -> None:
    frame = WarcRecord(url="https://adverts.example/", body=article_page("An advertisement").encode())
    old = WarcRecord(url="http://courier.example/", body=b"<p>", status="301 Moved", headers=(f"Location: {URL}",))
    for archive, name in (
        (warc(one(), frame, old), "data.warc.gz"),
        (warc(one(), frame, old, compress="not"), "x.warc"),
    ):
        assert [each.source for each in good(wacz(archive, [URL + "#foot"], name))] == [URL]
        assert [each.source for each in good(wacz(archive, ["http://courier.example/"], name))] == [URL]
        assert len(good(wacz(archive, [], name))) == 2
        assert len(good(wacz(archive, ["https://nowhere.example/"], name))) == 2
        found = all_of(wacz(archive, [URL, "https://nowhere.example/"], name))
        assert [(each.page, isinstance(each, RefusedPage)) for each in found] == [
            (URL, False),
            ("https://nowhere.example/", True),
        ]
    assert left_out(wacz(warc(one(), frame), [URL])) == {"pages within pages": 1}


def test_wacz_without_an_archive() -> None:
    assert "WACZ" in why(zipped({"datapackage.json": '{"profile": "data-package"}', "data/x.txt": "x"}))


def test_a_zip_at_the_end_of_something_else_is_not_taken_for_the_file() -> None:
    inner = zipped({"[Content_Types].xml": "x"})
    data = warc(one(), WarcRecord(url=f"{URL}.docx", body=inner, media="application/zip"), compress="not")
    assert [each.source for each in good(data)] == [URL]
    parts = [("text/html", URL, HTML.encode()), ("application/zip", f"{URL}.docx", inner)]
    assert only(mhtml(parts, transfer_encoding="binary")).source == URL


# -- MHTML and mail -----------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["quoted-printable", "base64", "binary"])
def test_mhtml(way: str) -> None:
    found = only(
        mhtml([("text/html", URL, HTML.encode()), ("image/png", "x", b"\x89PNG")], snapshot=URL, transfer_encoding=way)
    )
    assert (found.source, found.saved) == (URL, DAY)
    assert "“Silo stays”" in found.text
    assert found.doubts == ()


def test_of_many_html_parts_the_page_is_told() -> None:
    frame, html = article_page("A frame").encode(), HTML.encode()
    parts = [("text/html", "https://adverts.example/", frame), ("text/html", URL, html)]
    assert "Silo stays" in only(mhtml(parts, snapshot=URL)).text
    assert "Silo stays" in only(mhtml(parts, related='\r\n\tstart="<frame-1@mhtml.blink>";')).text
    found = only(mhtml(parts))
    assert "A frame" in found.text
    assert found.source == "https://adverts.example/"


def test_mhtml_charsets() -> None:
    html = article_page("Silo", text=FRENCH, head="").encode("cp1252")
    assert FRENCH in only(mhtml([("text/html", URL, html)], charset='; charset="windows-1252"')).text
    html = article_page("Silo", text=FRENCH, head="<meta charset=windows-1252>").encode("cp1252")
    assert FRENCH in only(mhtml([("text/html", URL, html)])).text
    html = article_page("Silo", text=FRENCH).encode()
    assert FRENCH in only(mhtml([("text/html", URL, html)], charset='; charset="no-such"')).text


def test_mhtml_that_is_broken_gives_what_there_is() -> None:
    cut = only(mhtml([("text/html", URL, HTML.encode())], snapshot=URL, end=False)[:-100])
    assert cut.doubts == (CUT_OFF,)
    assert "Silo stays" in cut.text
    wrong = mhtml([("text/html", URL, HTML.encode())], transfer_encoding="base64").replace(b"\r\n\r\n", b"\r\n\r\n!", 2)
    assert all_of(wrong)
    assert all_of(mhtml([("text/html", URL, HTML.encode())]).replace(b"quoted-printable", b"no-such-way"))


def test_mhtml_nested_too_deep_is_refused() -> None:
    data = b"MIME-Version: 1.0\r\n"
    for n in range(3000):
        data += b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
    (found,) = all_of(data)
    assert isinstance(found, RefusedPage)
    many = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 6000
    (found,) = all_of(many)
    assert isinstance(found, RefusedPage)
    assert "too many parts" in found.reason


def test_a_newsletter() -> None:
    draft = extract(only(mail(HTML)), TODAY)
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
def test_where_a_newsletter_stands(head: list[str], link: str, source: str | None) -> None:
    assert only(mail(HTML.replace("<article>", f"<article>{link}"), head=head)).source == source


def test_a_mail_of_text_and_one_from_an_mbox() -> None:
    text = "The board said on Tuesday that the silo was there to stay.\r\n\r\n" * 3
    found = only(b"From news@quay.example Tue Mar  4 09:12:44 2025\r\n" + mail(None, text))
    assert found.format == "text"
    assert extract(found, TODAY).title == "Silo stays – at last"


def test_each_mail_of_an_mbox_is_a_page() -> None:
    line = b"From news@quay.example Tue Mar  4 09:12:44 2025\n"
    quoted = mail(None, "The board said so.\r\n\r\n>From the quay it was seen. " + "It stays. " * 30).replace(
        b"<1@", b"<2@"
    )
    box = line + mail(HTML).replace(b"\r\n", b"\n") + b"\n" + line + quoted
    first, second = good(box)
    assert (first.page, first.text.strip(), first.mail_header.title) == (
        "1@quay.example",
        HTML.strip(),
        "Silo stays – at last",
    )
    assert second.text.count("\nFrom the quay it was seen.") == 1
    assert len(good(box, lambda page: page == "1@quay.example")) == 1
    whole = saved_file.read_contents("x", io.BytesIO(box))
    assert (whole.count, whole.several) == (2, True)


def test_copied_lines_with_colons_are_no_mail() -> None:
    text = "From: the board\nSubject: the silo\nDate: Tuesday\n\n" + "It was there to stay, the board said. " * 9
    assert only(text.encode()).format == "text"


def test_a_note_of_another_program() -> None:
    note = (
        "---\ntitle: On rye\nurl: https://b.example/rye?utm_source=x\ndate: 2025-03-04T10:00:00Z\n---\n"
        + "Rye is up. " * 9
    )
    draft = extract(only(note.encode()), TODAY)
    assert (draft.title, draft.source, draft.published) == ("On rye", "https://b.example/rye", DAY)


# -- Safari, and what tools write into pages ----------------------------------------------------------


@pytest.mark.parametrize("xml", [True, False])
def test_webarchive(xml: bool) -> None:
    found = only(webarchive(article_page("Silo", text=FRENCH, head="").encode("cp1252"), URL, "windows-1252", xml=xml))
    assert found.source == URL
    assert FRENCH in found.text
    assert only(webarchive(HTML.encode("utf-16-le"), URL, "UTF-16LE")).text == HTML


HTTRACK = (
    "<!-- Mirrored from courier.example/silo by HTTrack Website Copier/3.x [XR&CO'2014], "
    "Tue, 04 Mar 2025 09:12:44 GMT -->"
)
SAVE_PAGE_WE = (
    f'<meta name="savepage-url" content="{URL}?a&amp;b"><meta name="savepage-date" '
    'content="Tue Mar 04 2025 09:12:44 GMT+0100 (x)">'
)


def test_property_lists_that_are_no_web_archive() -> None:
    for data in (b"bplist00" + bytes(60), webarchive(b"", URL), webarchive(HTML.encode(), URL)[:-40]):
        (found,) = all_of(data)
        assert isinstance(found, RefusedPage)
        assert "web archive" in found.reason


@pytest.mark.parametrize(
    ("before", "head", "source", "day"),
    [
        (HTTRACK, "", "http://courier.example/silo", DAY),
        (f"<!-- Saved from {URL} at {MOMENT} using monolith v2.8.3 -->", "", URL, DAY),
        ("", SAVE_PAGE_WE, f"{URL}?a&b", DAY),
        ("<!-- Mirrored from file:///x by HTTrack -->", "", None, None),
    ],
)  # fmt: skip
def test_what_other_tools_write(before: str, head: str, source: str | None, day: dt.date | None) -> None:
    found = only(article_page("Silo", before=before, head=head).encode())
    assert (found.source, found.saved) == (source, day)


def test_webscrapbook() -> None:
    mark = f'<html data-scrapbook-source="{URL}" data-scrapbook-create="20250304091244123" lang'
    found = only(HTML.replace("<html lang", mark).encode())
    assert (found.source, found.saved) == (URL, DAY)


def test_a_pdf_is_handed_to_its_reader_wherever_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(name: str, data: bytes) -> SavedPage:
        assert data.startswith(b"%PDF-1.7")
        return saved_file.parse(name, b"Silo stays\n\nThe board said so.")

    monkeypatch.setattr(saved_file, "_pdf", read)
    for data in (b"%PDF-1.7 x", gzip.compress(b"%PDF-1.7 x"), zipped({"a.pdf": b"%PDF-1.7 x"})):
        assert only(data).text.startswith("Silo stays")


# -- gzip ---------------------------------------------------------------------------------------------


@given(st.lists(st.binary(max_size=300), max_size=5), st.integers(1, 70))
def test_gunzip_gives_what_went_in(parts: list[bytes], size: int) -> None:
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
def test_references_to_what_no_text_holds(reference: str) -> None:
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
