"""`lang` of pages: that of our words, and of each part that is in another language (WCAG 3.1.1 and 3.1.2)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from site_gen.build import build_session
from site_gen.publish import issue_email, permalinks
from tests.support.issue_sites import article_file
from tests.support.sites import edit_file, markdown_file, own_words, read_files, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lxml.html import HtmlElement


OPTIONS = build_session.BuildOptions("https://notes.example/", jobs=1, search=False, cards=False)
LANGUAGES = ("en", "ja", "ar", "nl")
MONDAY = dt.date(2026, 11, 16)


def write_site(folder: Path, language: str) -> Path:
    """Write a site in a language, of articles in several; each begins its words with its language: `ja-quorander5`."""
    files = {
        "content/site.yaml": "title: site-words\ntagline: site-words\nbase_url: https://notes.example/\n"
        f"language: {language}\n",
        "content/companies/voss.md": markdown_file(
            "site-words on it.", name="Voss", facts={"site-words": "site-words"}
        ),
        "content/companies/rye.md": markdown_file(name="Rye"),
        "content/about.md": "site-words\n",
        "content/issues/2026-w47.md": markdown_file("site-words", title="site-words"),
    }
    for number in range(24):
        tag = LANGUAGES[number % 4]
        words = " ".join(f"{tag}-{word}" for word in own_words(number).split())
        head = {"title": f"{tag}-title {number}", "language": tag, "text": "full" if number % 8 < 4 else "excerpt"}
        day = None if number == 20 else str(MONDAY + dt.timedelta(days=number % 7))
        text = f"{tag}-word Voss {tag}-word Rye {tag}-word. {words}"
        files |= dict([article_file(number, day, body=text, companies=["voss", "rye"], **head)])
    return write_files(folder, files)


def parse(page: bytes) -> HtmlElement:
    return html.document_fromstring(page.decode())


def wrong_languages(page: bytes, site_language: str) -> Iterator[str]:
    """Yield the words of the body that are not in the language that their element, or the nearest around it, says."""
    texts: Any = parse(page).xpath("//body//text()")
    for text in texts:
        element = text.getparent().getparent() if text.is_tail else text.getparent()
        here = element.xpath("string(ancestor-or-self::*[@lang][1]/@lang)")
        for word in text.split():
            language, dash, _ = word.strip("„“«».,:;·").partition("-")
            expected = site_language if language == "site" else language
            if dash and language in {*LANGUAGES, "site"} and here != expected:
                yield f"{word} in {here}"


@pytest.mark.parametrize(("language", "ours"), [("de", "de"), ("fr-CH", "fr-CH"), ("nl", "en")])
def test_each_part_of_a_page_says_its_language(tmp_path: Path, language: str, ours: str) -> None:
    folder = write_site(tmp_path / "site", language)
    build_session.build(folder, folder / "output", OPTIONS)
    permalinks.record(folder, dt.date(2026, 12, 1))
    write_files(folder, dict([article_file(50, str(MONDAY), companies=["voss"], title="ja-title 50", language="ja")]))
    build_session.build(folder, folder / "output", OPTIONS)
    files = {name: data for name, data in read_files(folder / "output").items() if name.endswith(".html")}
    files["mail.html"] = issue_email.render_email(folder, "2026-w47", OPTIONS.base_url)[1].html.encode()
    assert {parse(data).get("lang") for data in files.values()} == {ours}
    assert {name: wrong for name, data in files.items() if (wrong := [*wrong_languages(data, language)])} == {}


def test_text_from_right_to_left_says_so(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", "de")
    build_session.build(folder, folder / "output", OPTIONS)
    pages = [data for name, data in read_files(folder / "output").items() if name.endswith(".html")]
    arabic = "//*[self::blockquote or self::p or self::h1 or self::h3][@lang='ar']"
    found: list[Any] = [parse(page).xpath(arabic) for page in pages]
    assert {element.get("dir") for elements in found for element in elements} == {"rtl", "auto"}


def test_another_language_draws_all_pages_as_a_clean_build_does(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", "en")
    build_session.build(folder, folder / "output", OPTIONS)
    edit_file(folder / "content/site.yaml", "language: en", "language: de")
    build_session.build(folder, folder / "output", OPTIONS)
    assert build_session.verify(folder, folder / "output", OPTIONS) == []
    assert b'lang="de"' in read_files(folder / "output")["companies/voss/index.html"]


def test_a_language_without_pages_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", "nl")
    result = build_session.build(folder, folder / "output", OPTIONS)
    assert ["de, en, fr" in str(note) for note in result.notes if "language: nl" in str(note)] == [True]
