"""From bytes to a saved page: its format, its charset, and where it was saved from."""

from __future__ import annotations

import contextlib
import datetime as dt
import gzip
import hashlib
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.core.errors import RefusedError
from site_gen.ingest.formats import charset, saved_file, sniff
from site_gen.ingest.formats.decompress import gunzip
from tests.support.extraction import extract_file

if TYPE_CHECKING:
    from site_gen.content.records import SavedPage
    from tests.conftest import HtmlPage

JAPANESE = "港湾委員会は火曜日、古い穀物倉庫をさらに十年間残すことを決めた。長い議論の末の結論だった。"
CHINESE = "港口委员会周二决定，旧粮仓将再保留十年，此前经过了漫长而嘈杂的会议讨论。"
FRENCH = "Le conseil du port a décidé mardi de garder l’ancien silo « dix ans de plus », à la grande joie des élèves."


def charset_element(label: str) -> str:
    return f'<meta charset="{label}">'


def parse(data: bytes, name: str = "page.html") -> SavedPage:
    return saved_file.parse(name, data)


def refusal(data: bytes) -> str:
    with pytest.raises(RefusedError) as error:
        parse(data)
    return str(error.value)


# -- charsets -----------------------------------------------------------------------------------------


def test_utf8_is_recognized_despite_a_wrong_declaration(html_page: HtmlPage) -> None:
    page = html_page(paragraphs=[FRENCH], head=charset_element("iso-8859-1"))
    assert FRENCH in parse(page.encode()).text


def test_a_charset_that_stands_behind_long_scripts_is_used(html_page: HtmlPage) -> None:
    text = "Совет порта решил во вторник сохранить старое зернохранилище ещё на десять лет."
    head = f"<script>{'x = 1;' * 9_000}</script>{charset_element('windows-1251')}"
    assert text in parse(html_page(paragraphs=[text], head=head).encode("cp1251")).text


def test_lines_in_another_charset_do_not_garble_utf8(html_page: HtmlPage) -> None:
    page = html_page(paragraphs=[FRENCH] * 3, head=charset_element("utf-8")).encode()
    text = parse(page.replace(b"</body>", "<p>© Café Forêt, rue du Blé</p></body>".encode("latin-1"))).text
    assert text.count(FRENCH) == 3
    assert "© Café Forêt, rue du Blé" in text


@pytest.mark.parametrize("label", ["windows-1252", "iso-8859-1", "latin1", "ISO-8859-1", None])
def test_windows_1252_is_read_under_its_common_names(html_page: HtmlPage, label: str | None) -> None:
    page = html_page(paragraphs=[FRENCH] * 3, head=charset_element(label) if label else "")
    assert parse(page.encode("cp1252")).text.count(FRENCH) == 3


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("Shift_JIS", "cp932", JAPANESE),
        ("x-sjis", "cp932", JAPANESE),
        ("EUC-JP", "euc_jp", JAPANESE),
        ("ISO-2022-JP", "iso2022_jp", JAPANESE),
        ("gbk", "gbk", CHINESE),
        ("gb2312", "gb18030", CHINESE + "镕"),  # a letter that GB 2312 itself has not
        ("big5", "big5hkscs", "港口委員會決定，舊糧倉將再保留十年。"),
        ("euc-kr", "cp949", "항만 위원회는 화요일 오래된 곡물 창고를 십 년 더 두기로 했다."),
        ("windows-1251", "cp1251", "Портовый совет решил оставить старое зернохранилище ещё на десять лет."),
        ("koi8-r", "koi8_r", "Портовый совет решил оставить старое зернохранилище."),
        (
            "iso-8859-2",
            "iso8859_2",
            "Rada portu postanowiła zachować stary spichlerz na kolejne dziesięć lat.",
        ),
        (
            "iso-8859-9",
            "cp1254",
            "Liman kurulu eski tahıl ambarının on yıl daha durmasına karar verdi, dediğim gibi.",
        ),
        ("windows-1256", "cp1256", "قرر مجلس الميناء إبقاء الصومعة القديمة عشر سنوات أخرى"),
    ],
)
def test_a_declared_charset_is_used(html_page: HtmlPage, label: str, codec: str, text: str) -> None:
    page = html_page(paragraphs=[text], head=charset_element(label))
    assert text in parse(page.encode(codec)).text


def test_undeclared_shift_jis_is_recognized(html_page: HtmlPage) -> None:
    page = html_page("古い倉庫は残る", paragraphs=[JAPANESE] * 2, lang="ja")
    assert parse(page.encode("cp932")).text.count(JAPANESE) == 2


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_a_byte_order_mark_decides_the_charset(html_page: HtmlPage, codec: str) -> None:
    page = html_page(paragraphs=[JAPANESE], head=charset_element("utf-8"))
    data = page.encode(codec)
    if codec in {"utf-16-le", "utf-16-be"}:
        data = "\ufeff".encode(codec) + data
    page_of_bytes = parse(data)
    assert JAPANESE in page_of_bytes.text
    assert "\ufeff" not in page_of_bytes.text
    assert page_of_bytes.format == "html"


@pytest.mark.parametrize("good", [1, 3, 60])
def test_a_few_bad_bytes_do_not_garble_utf8(html_page: HtmlPage, good: int) -> None:
    page = html_page(paragraphs=["Où est l’écluse ?"] * good, head=charset_element("utf-8")).encode()
    text = parse(page.replace(b"</article>", b"<p>noi\xffsy</p></article>")).text
    assert text.count("Où est l’écluse ?") == good
    assert "noi\ufffdsy" in text


@pytest.mark.parametrize("good", [10, 60])
def test_a_bad_byte_in_undeclared_utf8_does_not_garble_it(html_page: HtmlPage, good: int) -> None:
    page = html_page(paragraphs=["Où est l’écluse ?"] * good).encode()
    assert parse(page.replace(b"</article>", b"noi\xffsy</article>")).text.count("Où est l’écluse ?") == good


@pytest.mark.parametrize(
    "label",
    [
        "hex",
        "zlib",
        "base64",
        "rot13",
        "idna",
        "punycode",
        "undefined",
        "unicode_escape",
        "utf-7",
        "no-such",
        "x" * 40,
    ],
)
def test_a_declared_charset_that_is_not_of_the_web_is_ignored(html_page: HtmlPage, label: str) -> None:
    page = html_page(paragraphs=[FRENCH] * 3, head=charset_element(label)).encode("cp1252")
    assert charset.declared_charset(page) is None
    assert "décidé mardi" in parse(page).text


def test_the_declared_charset_is_known_by_pythons_name() -> None:
    assert (
        charset.declared_charset(b'<meta http-equiv="content-type" content="text/html; charset=Shift_JIS">') == "cp932"
    )
    assert charset.declared_charset(b'<?xml version="1.0" encoding="windows-1251"?><html>') == "cp1251"
    assert charset.declared_charset(b"<meta charset=utf8>") == "utf-8"
    assert charset.declared_charset(b"<p>charset=utf-8</p>") is None


@given(st.binary(max_size=400))
def test_decoding_never_raises(data: bytes) -> None:
    assert isinstance(charset.decode(data), str)


@given(
    st.sampled_from(["hex", "utf-16", "iso-2022-jp", "gbk", "euc-jp", "big5", "x-user-defined"]),
    st.binary(max_size=80),
)
def test_decoding_never_raises_whatever_is_declared(label: str, data: bytes) -> None:
    assert isinstance(charset.decode(charset_element(label).encode() + b"\xff\xe9" + data), str)


# -- gzip ---------------------------------------------------------------------------------------------


def test_gzip_is_recognized_by_its_bytes(html_page: HtmlPage) -> None:
    page = html_page().encode()
    unpacked = parse(gzip.compress(page), "page.html")
    assert unpacked.text == parse(page).text
    assert unpacked.sha256 == hashlib.sha256(gzip.compress(page)).hexdigest()


def test_gzip_of_several_members_is_read_whole(html_page: HtmlPage) -> None:
    page = html_page().encode()
    assert parse(gzip.compress(page[:100]) + gzip.compress(page[100:])).text == parse(page).text
    assert parse(gzip.compress(page) + b"\0\0\0").text == parse(page).text


def test_truncated_gzip_gives_the_text_before_its_end(html_page: HtmlPage) -> None:
    page = html_page(paragraphs=[f"{n}. {FRENCH}" for n in range(200)]).encode()
    text = parse(gzip.compress(page)[:-40]).text
    assert f"2. {FRENCH}" in text
    assert len(text) < len(page.decode())


@pytest.mark.parametrize("length", [2, 10, 30])
def test_gzip_that_ends_before_any_text_is_refused(html_page: HtmlPage, length: int) -> None:
    assert "broken gzip" in refusal(gzip.compress(html_page().encode())[:length])


def test_gzip_with_a_bad_byte_gives_the_text_before_it_with_a_doubt(html_page: HtmlPage) -> None:
    chance = random.Random(3)
    page = html_page(paragraphs=[f"{n}. {FRENCH} {chance.random()}" for n in range(900)]).encode()
    data = bytearray(gzip.compress(page))
    data[-4000] ^= 0x55
    damaged = parse(bytes(data))
    assert f"400. {FRENCH}" in damaged.text
    assert damaged.doubts


def test_gzip_with_a_wrong_method_is_refused() -> None:
    assert "broken gzip" in refusal(b"\x1f\x8b\x07" + b"\0" * 40)


def test_a_gzip_bomb_is_refused() -> None:
    assert refusal(gzip.compress(b"a" * (saved_file.MAX_BYTES + 1))) == "larger than 20 MB when decompressed"
    assert refusal(gzip.compress(b"a" * (saved_file.MAX_BYTES // 2)) * 3) == "larger than 20 MB when decompressed"


def test_the_limit_itself_is_allowed() -> None:
    assert gunzip(gzip.compress(b"a" * 1000), 1000) == (b"a" * 1000, False)
    with pytest.raises(RefusedError):
        gunzip(gzip.compress(b"a" * 1001), 1000)


def test_a_huge_file_is_refused() -> None:
    assert refusal(b"<p>" + b"a" * saved_file.MAX_BYTES) == "larger than 20 MB"


# -- what a file is -----------------------------------------------------------------------------------


def test_the_suffix_of_a_file_does_not_matter(html_page: HtmlPage) -> None:
    assert parse(html_page().encode(), "page.txt").format == "html"
    assert parse(b"Silo stays\n\n" + FRENCH.encode(), "page.html").format == "text"
    assert parse(b"---\ntitle: Silo\n---\n" + FRENCH.encode(), "page.pdf").format == "clip"


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("<html><body>x</body></html>", "html"),
        ("\n\n  <!-- a comment --><!DOCTYPE html><p>x</p>", "html"),
        ('<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"></html>', "html"),
        ("<p>one</p><p>two</p>", "html"),
        ("<div>one</div>", "html"),
        ("A note on <b>bold</b> text", "text"),
        ("---\nsource: https://a.example/\n---\nText", "clip"),
        ("---\ncolour: red\n---\nText", "text"),
        ("---\nA rule above, and below.\n---\n", "text"),
        ("---\ntitle: [broken\n---\nText", "clip"),
    ],
)
def test_the_format_of_a_text_is_recognized_by_its_beginning(start: str, kind: str) -> None:
    assert sniff.detect_text_format(start) == kind


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<TITLE>Bookmarks</TITLE><DL><DT><A HREF='https://a.example/'>A</A></DL>",
         "a browser's bookmarks"),
        ("<?xml version='1.0'?><!-- x --><rss><channel><![CDATA[<p>A</p><div></div><ul></ul>]]></channel></rss>",
         "a feed"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'><entry><p>A</p><div>B</div><ul></ul></entry></feed>", "a feed"),
        ("<?xml version='1.0'?><opml><body><outline text='A'/></body></opml>", "a list of feeds"),
        ('[{"title": "A", "content": "<div><p>B</p></div><ul></ul>"}]', "JSON data"),
        ('{"roots": {"bookmark_bar": {"children": []}}}', "bookmarks of a browser"),
    ],
)  # fmt: skip
def test_lists_of_pages_are_named_for_what_they_are(data: str, reason: str) -> None:
    assert reason in refusal(data.encode())


@pytest.mark.parametrize("start", ["<!-- x -->", "<!--", "<?xml ?>", "<!-- x --><?xml x?>\n", "---\n", "a-b:\n", "<a "])
def test_no_beginning_takes_quadratic_time(start: str) -> None:
    """Repeat it so often that work which grows with the square of the number would take longer than any test may."""
    with contextlib.suppress(RefusedError):
        extract_file(start * 200_000 + "x")


@pytest.mark.parametrize(
    "data", [b"", b" \n\t\r\n", b"\0" * 500, b"\xef\xbb\xbf", b"\xff\xfe", gzip.compress(b"", mtime=0)]
)
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert refusal(data) == "empty"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "PNG"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG"),
        (b"GIF89a\x01\0\x01\0", "GIF"),
        (b"%PDF-1.7\n%\xe2\xe3", "a broken PDF"),
        (b"PK\x03\x04\x14\0\0\0", "ZIP"),
        (b"bplist00\xd1\x01", "Safari"),
        (b"WARC/1.0\r\nWARC-Type: response\r\n", "WARC"),
        (b"\x7fELF\x02\x01", "program"),
        (b"SQLite format 3\0", "database"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "MHTML"),
        (b"From: <Saved by Blink>\r\nSubject: Silo\r\n  stays\r\nMIME-Version: 1.0\r\n\r\n", "MHTML"),
        (random.Random(4).randbytes(4000), "binary"),
        (random.Random(5).randbytes(120), "binary"),
    ],
)
def test_other_formats_are_refused_by_name(data: bytes, word: str) -> None:
    assert word in refusal(data)
    if word != "binary":
        assert word in refusal(gzip.compress(data))


CSS = "/* The theme of the harbour site. You may use it for what you like, as long as its maker's name stays. */\n" + (
    "body { margin: 0; }\n.nav a:hover {\n  color: #123456;\n}\n" * 12
)
SCRIPT = (
    "// This draws the map that the readers of the harbour site see when they open the page for the first time.\n"
    + (
        "export function draw(map) {\n  // Every change of the state of the map ends up here, and that is how it is.\n"
        "  return map.draw();\n}\n" * 8
    )
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (CSS, "style sheet"),
        (SCRIPT, "program"),
        (
            '{"title": "Silo stays", "body": "The board said that the silo of the harbour was there to stay."}',
            "JSON",
        ),
        (
            '[\n{"body": "The board said that the silo of the harbour was there to stay for ten years."}\n]',
            "JSON",
        ),
        ('<?xml version="1.0"?><rss version="2.0"><channel><title>News</title></channel></rss>', "XML"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><text>Silo</text></svg>', "XML"),
    ],
)
def test_code_and_data_are_refused(text: str, word: str) -> None:
    assert word in refusal(text.encode())


def test_prose_about_code_is_accepted() -> None:
    code = "for (ship of ships) {\n  n += 1;\n}\nreturn n;"
    text = f"How we count ships\n\n{FRENCH}\n\n{code}\n\n{FRENCH}\n\n* one\n* two\n"
    assert parse(text.encode()).format == "text"
    assert parse(f"[1] {FRENCH}".encode()).format == "text"


def test_control_characters_are_dropped() -> None:
    assert parse(b"A\x1b[31m note\x00 on\x07 ships\r\nand \xe2\x80\xaeboats").text == "A[31m note on ships\nand boats"


# -- where it was saved from --------------------------------------------------------------------------


def provenance(html_page: HtmlPage, comment: str) -> tuple[str | None, dt.date | None]:
    page = parse(html_page(before=comment).encode())
    assert page.format == "html"
    return page.source, page.saved


def test_the_comment_of_chrome_gives_the_source(html_page: HtmlPage) -> None:
    url = "https://courier.example/2026/05/silo?id=3"
    assert provenance(html_page, f"<!-- saved from url=({len(url):04})") == (None, None)
    assert provenance(html_page, f"<!-- saved from url=({len(url):04}){url} -->\n") == (url, None)
    assert provenance(html_page, "<!-- saved from url=(0014)about:internet -->\n") == (None, None)
    assert provenance(html_page, "<!-- saved from url=(0029)file:///C:/Users/me/page.html -->\n") == (
        None,
        None,
    )
    assert provenance(html_page, "<!-- saved from url=(0021)javascript:alert('x') -->\n") == (None, None)


@pytest.mark.parametrize("opening", ["Page saved with SingleFile", "Archive processed by SingleFile"])
def test_the_comment_of_singlefile_gives_source_and_day(html_page: HtmlPage, opening: str) -> None:
    comment = (
        f"<!--\n {opening} \n url: https://courier.example/silo \n"
        " saved date: Tue Mar 04 2025 09:12:44 GMT+0100 (Central European Standard Time)\n-->"
    )
    assert provenance(html_page, comment) == ("https://courier.example/silo", dt.date(2025, 3, 4))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2025-03-04T09:12:44.000Z", dt.date(2025, 3, 4)),
        ("Tue Xxx 04 2025 09:12:44", None),
        ("Tue Feb 31 2025 09:12:44", None),
        ("yesterday", None),
    ],
)
def test_the_date_of_singlefile_is_read_in_both_forms(html_page: HtmlPage, written: str, day: dt.date | None) -> None:
    comment = f"<!--\n Page saved with SingleFile \n url: https://courier.example/ \n saved date: {written}\n-->"
    assert provenance(html_page, comment) == ("https://courier.example/", day)


def test_lines_with_colons_are_recognized_as_text_at_once() -> None:
    """A copied log or mail header: each line once doubled the time to tell it from MHTML."""
    text = b"Word: something that was said on the quay.\r\n" * 400
    assert saved_file.parse("log.txt", text).format == "text"
