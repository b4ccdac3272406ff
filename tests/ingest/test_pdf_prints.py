"""PDF prints of pages: the article is extracted, and what is no print of a page is refused with a reason."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_gen.core.errors import RefusedError
from site_gen.ingest.formats import pdf_letters, saved_file
from tests.support.extraction import extract_file, refusal
from tests.support.pdfs import TextPiece, column, pdf

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

URL = "https://quay.example/2026/silo-stays"
FIRST_PAGE = [
    "The harbour board of Elmswick agreed on Tuesday to keep the old grain silo for",
    "another ten years, after a meeting that was longer and louder than anyone who",
    "came to it had feared.",
    "",
    "The members had been asked to choose between the silo and a car park. Most of",
    "them said that they would rather have neither, if the mayor did not mind a well-",
    "known view of the water without any build-",
    "ings in it, and that the building costs were high.",
]
SECOND_PAGE = [
    "that the figures had been looked at again, and that nobody wanted to park a car",
    "beside the water in the winter.",
    "",
    "The well-known silo was built in 1911, and it has been empty since the railway to",
    "the quay was closed. A plan to make flats of it was given up in the spring.",
]


def header_and_footer(number: int, count: int = 2) -> list[TextPiece]:
    """Return what a browser prints above and below a page."""
    return [
        TextPiece("3/4/26, 9:12 AM", 28, 820, 8),
        TextPiece("Silo stays for ten years | The Quay", 230, 820, 8),
        TextPiece(URL, 28, 15, 8),
        TextPiece(f"{number}/{count}", 560, 15, 8),
    ]


def print_of_two_pages(**info: str) -> bytes:
    first = [
        *[TextPiece(text, 60, 790 - 14 * n, 12) for n, text in enumerate(("Home", "News", "Harbour", "Subscribe"))],
        TextPiece("Silo stays for ten years", 60, 690, 26, bold=True),
        TextPiece("By Dora Finch", 60, 660),
        TextPiece("March 3, 2026", 60, 640),
        *column(FIRST_PAGE, 60, 600),
        TextPiece("What the chairman said", 60, 460, 17, bold=True),
        TextPiece("The chairman told the members of the board and the people who had come to hear it", 60, 430),
    ]
    second = [
        *column(SECOND_PAGE, 60, 790),
        TextPiece("Related articles", 60, 690),
        TextPiece("A crane fell into the dock", 60, 670),
        TextPiece("© 2026 The Quay. All rights reserved.", 60, 640),
    ]
    return pdf(
        [[*first, *header_and_footer(1)], [*second, *header_and_footer(2)]],
        {"CreationDate": "D:20260304091200Z", **info},
    )


PARAGRAPHS = """\
The harbour board of Elmswick agreed on Tuesday to keep the old grain silo for another ten years, after a meeting \
that was longer and louder than anyone who came to it had feared.
The members had been asked to choose between the silo and a car park. Most of them said that they would rather \
have neither, if the mayor did not mind a well-known view of the water without any buildings in it, and that the \
building costs were high.
What the chairman said
The chairman told the members of the board and the people who had come to hear it that the figures had been \
looked at again, and that nobody wanted to park a car beside the water in the winter.
The well-known silo was built in 1911, and it has been empty since the railway to the quay was closed. A plan to \
make flats of it was given up in the spring.""".splitlines()


def test_a_print_gives_its_article_and_nothing_else() -> None:
    draft = extract_file(print_of_two_pages())
    assert draft.title == "Silo stays for ten years"
    assert draft.text.split("\n") == PARAGRAPHS
    assert "\n\n## What the chairman said\n\n" in draft.markdown
    assert draft.author == ("Dora Finch",)
    assert draft.published == dt.date(2026, 3, 3)
    assert draft.created == dt.date(2026, 3, 4)
    assert (draft.source, draft.site) == (URL, "quay.example")
    assert draft.language == "en"
    assert draft.doubts == (("text", "from a PDF print"),)
    assert draft.extractor.startswith("pypdfium2 ")


def test_header_and_footer_give_address_day_and_title() -> None:
    page = saved_file.parse("print.pdf", print_of_two_pages())
    assert (page.format, page.source, page.saved) == ("pdf", URL, dt.date(2026, 3, 4))
    assert page.text.startswith("% Silo stays for ten years | The Quay\n\n")
    for words in ("9:12", "quay.example", "1/2"):
        assert words not in page.text
    assert page == saved_file.parse("print.pdf", print_of_two_pages())


def test_the_title_in_the_properties_wins_unless_a_program_made_it() -> None:
    assert saved_file.parse("a.pdf", print_of_two_pages(Title="Silo stays")).text.startswith("% Silo stays\n")
    assert saved_file.parse("a.pdf", print_of_two_pages(Title="Microsoft Word - silo.docx")).text.startswith(
        "% Silo stays for ten"
    )


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("3/14/26, 9:12 AM", dt.date(2026, 3, 14)),
        ("14/3/2026, 09:12", dt.date(2026, 3, 14)),
        ("04.03.26, 09:12", dt.date(2026, 3, 4)),
        ("2026/3/4 9:12", dt.date(2026, 3, 4)),
        ("3/4/26, 9:12 AM", None),  # in March, or in April
        ("31/31/26, 9:12 AM", None),
    ],
)
def test_the_day_of_printing_is_read_from_the_header(date: str, day: dt.date | None) -> None:
    lines = [*column(FIRST_PAGE, 60, 700), TextPiece(date, 28, 820, 8), TextPiece(URL, 28, 15, 8)]
    assert saved_file.parse("a.pdf", pdf([lines])).saved == day


def test_the_day_when_a_report_was_made_is_not_the_day_of_saving() -> None:
    data = pdf([column(FIRST_PAGE, 60, 700)], {"CreationDate": "D:20110304091200Z", "Producer": "A Typesetter 3"})
    page = saved_file.parse("a.pdf", data)
    assert (page.saved, page.source) == (None, None)


def test_a_title_found_by_its_size_alone_is_in_doubt() -> None:
    draft = extract_file(pdf([[TextPiece("Silo stays for ten years", 60, 760, 26), *column(FIRST_PAGE, 60, 700)]]))
    assert draft.title == "Silo stays for ten years"
    assert [what for what, _ in draft.doubts] == ["text", "title"]


def test_lines_that_every_page_repeats_are_left_out() -> None:
    pages = [[TextPiece(f"The Quay Review, page {n}", 200, 810, 9), *column(FIRST_PAGE, 60, 700)] for n in range(1, 4)]
    assert "Quay Review" not in saved_file.parse("a.pdf", pdf(pages)).text


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [
        "The harbour board of the town",
        "agreed on Tuesday to keep the",
        "old grain silo on the quay for",
        "as long as it can be paid and",
    ]
    right = ["looked after by the people who", "live beside it, said the mayor", "in a letter to all of them."]
    text = saved_file.parse("a.pdf", pdf([[*column(left, 60, 700), *column(right, 320, 700)]])).text
    assert text == " ".join([*left, *right]) + "\n"


def test_a_scan_is_refused() -> None:
    assert "scan" in refusal(pdf([[]]))
    assert "scan" in refusal(pdf([[TextPiece("Scanned 12", 60, 60)]]))


def test_an_encrypted_pdf_is_refused() -> None:
    lock = "<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + "ab" * 32 + "> /U <" + "cd" * 32 + "> >>"
    data = pdf([column(FIRST_PAGE, 60, 700)], trailer=f"/ID [<00><00>] /Encrypt {lock}")
    assert "encrypted" in refusal(data)


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\x00\xff" * 900, print_of_two_pages()[:300]])
def test_a_broken_pdf_is_refused(data: bytes) -> None:
    assert refusal(data).startswith("a broken PDF") or "without text" in refusal(data)


def test_too_many_pages_or_characters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_letters, "MAX_PAGES", 1)
    assert refusal(print_of_two_pages()) == "a PDF of 2 pages; 1 at most"
    monkeypatch.setattr(pdf_letters, "MAX_PAGES", 2)
    monkeypatch.setattr(pdf_letters, "MAX_CHARS", 500)
    assert refusal(print_of_two_pages()) == "a PDF of more than 500 characters"


def test_a_list_of_numbers_is_refused() -> None:
    assert "nothing in the PDF reads like prose" in refusal(
        pdf([column([f"{n} {n} {n}" for n in range(100, 130)], 60, 800)])
    )


def test_a_note_about_pdfs_is_read_as_a_note() -> None:
    page = saved_file.parse("note.txt", b"Every such file begins with %PDF-1.4, as the board was told on Tuesday.\n")
    assert page.format == "text"


@given(
    st.lists(st.tuples(st.integers(9, len(print_of_two_pages()) - 1), st.integers(0, 255)), max_size=30),
    st.none() | st.integers(9, len(print_of_two_pages())),
)
def test_a_damaged_pdf_gives_a_draft_or_a_reason(flips: list[tuple[int, int]], cut: int | None) -> None:
    data = bytearray(print_of_two_pages())
    for place, byte in flips:
        data[place] = byte
    with contextlib.suppress(RefusedError):
        assert extract_file(bytes(data[:cut])).title


YEAR = """<p>In year {} of the silo the board met again, and it was said by all who came to it that nothing had \
been learnt of the view, the cars or the costs since the year before that."""
PAGE = f"""<!doctype html><html lang=en><title>Silo stays for ten years | The Quay</title>
<style>body {{ font: 16px serif }} h1 {{ font-size: 34px }} h2 {{ font-size: 24px }} p {{ break-inside: auto }}</style>
<nav><a href=/>Home</a> <a href=/n>News</a> <a href=/s>Subscribe</a></nav>
<h1>Silo stays for ten years</h1><p>By Dora Finch<p>March 3, 2026
<p>{PARAGRAPHS[0]}<p>{PARAGRAPHS[1]}<h2>{PARAGRAPHS[2]}</h2><p>{PARAGRAPHS[3]}<p>{PARAGRAPHS[4]}
<ul><li>The silo is forty metres high and can be seen from the whole of the town.
<li>It was last painted in the year in which the railway was closed.</ul>
{"".join(YEAR.format(n) for n in range(1, 31))}
<h3>Related articles</h3><p>A crane fell into the dock<footer>© 2026 The Quay. All rights reserved.</footer>"""


@pytest.mark.browser
@pytest.mark.filterwarnings("default")
def test_a_print_from_chromium_gives_its_article(chromium: Browser, tmp_path: Path) -> None:
    page = chromium.new_page()
    page.route("**/*", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(URL)
    data = page.pdf(
        display_header_footer=True, margin={"top": "1.5cm", "bottom": "1.5cm", "left": "1cm", "right": "1cm"}
    )
    page.close()
    record = saved_file.parse("print.pdf", data)
    assert record.source == URL
    assert record.saved is not None
    draft = extract_file(data)
    assert draft.title == "Silo stays for ten years"
    lines = draft.text.split("\n")
    assert lines[: len(PARAGRAPHS)] == PARAGRAPHS
    assert draft.markdown.count("\n\n## What the chairman said\n\n") == 1
    assert sum(line.startswith("In year ") and line.endswith("before that.") for line in lines) == 30
    assert "It was last painted in the year in which the railway was closed." in draft.text
    assert (draft.author, draft.published) == (("Dora Finch",), dt.date(2026, 3, 3))
    for furniture in ("Subscribe", "Related", "crane", "rights", "quay.example", "1/"):
        assert furniture not in draft.text
