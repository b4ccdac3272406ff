"""Doubts are visible on the site: a guessed date and a doubtful text say so, and all other pages are unchanged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import feedparser
import pytest

from site_gen.build import build_session
from tests.support.sites import clean_build, edit_file, small_site

if TYPE_CHECKING:
    from pathlib import Path

FILE = "content/articles/2025/silo-stays.md"
PAGE = "articles/2025/silo-stays/index.html"
ABOUT = '<span class="guess" title="This date is a guess">'


DAY = "2025-03-02"
GUESS = ("\n---\n", "\ndoubts: {published: guessed from the text}\n---\n")


def built_files(folder: Path, *edits: tuple[str, str]) -> dict[str, str]:
    """Return the pages of the small site after edits of one article's front matter."""
    site = small_site(folder / "site")
    for old, new in edits:
        edit_file(site / FILE, old, new)
    options = build_session.BuildOptions("https://notes.example/quay/", search=False, cards=False)
    return {name: data.decode() for name, data in clean_build(site, options).items()}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, str]]:
    """Return the site without and with a guessed date."""
    other_day = ("published: 2025-03-04", f"published: {DAY}")  # on which nothing else is
    sure = built_files(tmp_path_factory.mktemp("sure"), other_day)
    guessed = built_files(tmp_path_factory.mktemp("guessed"), other_day, GUESS)
    return sure, guessed


def stated_days(page: str) -> list[str]:
    return re.findall(r'<time datetime="([^"]*)"', page)


def test_a_guessed_date_is_marked_and_not_stated_to_programs(pages: tuple[dict[str, str], dict[str, str]]) -> None:
    sure, guessed = pages
    assert guessed.keys() < sure.keys()  # it is filed where it was
    assert sure.keys() - guessed.keys() == {"issues/2025-03/index.html"}  # for which two stories are left
    assert DAY in stated_days(sure[PAGE])
    assert DAY not in stated_days(guessed[PAGE])
    assert guessed[PAGE].count(ABOUT) == 2  # beneath the title and in the record
    assert '<span aria-hidden="true">c.</span><span class="vh">about</span>\u00a0' in guessed[PAGE]
    assert [name for name, page in sure.items() if f'datetime="{DAY}"' in page or f"<lastmod>{DAY}" in page]
    for name, page in guessed.items():
        assert f'datetime="{DAY}"' not in page, name
        assert f"<lastmod>{DAY}" not in page, name
    entries = {entry.link: entry for entry in feedparser.parse(guessed["feed.xml"]).entries}
    assert "published" not in entries["https://notes.example/quay/articles/2025/silo-stays/"]
    assert sum("published" in entry for entry in entries.values()) == len(entries) - 1
    lists = [name for name, page in guessed.items() if name.endswith(".html") and "date guessed" in page]
    assert any(name.startswith("archive/") for name in lists)
    assert any(name.startswith(("people/", "companies/")) for name in lists)


def test_pages_without_a_doubt_are_unchanged(pages: tuple[dict[str, str], dict[str, str]]) -> None:
    sure, guessed = pages
    for name, page in sure.items():
        assert "guess" not in page.partition(".css")[2] or name.endswith(".css"), name
        if "silo-stays" not in page and not name.startswith("sitemap"):
            assert "date guessed" not in guessed[name]


@pytest.mark.parametrize(
    ("head", "caution"),
    [
        ("doubts: {text: 'a forum page, <b>not</b> an article'}", "a forum page, &lt;b&gt;not&lt;/b&gt; an article."),
        ("saved: {file: saved/x, sha256: a, extractor: pdfium 5, text: b}", "read from a PDF."),
        ("doubts: {title: only from the address}", ""),
    ],
)
@pytest.mark.parametrize("mode", ["full", "excerpt"])
def test_a_doubtful_text_says_so_in_a_line(tmp_path: Path, head: str, caution: str, mode: str) -> None:
    page = built_files(tmp_path, ("\n---\n", f"\n{head}\n---\n"), ("\ntitle:", f"\ntext: {mode}\ntitle:"))[PAGE]
    cautions = re.findall(r'<p class="meta caution">The text may differ from the original: (.*?)</p>', page)
    assert cautions == ([caution] if caution else [])


def test_a_day_of_an_archive_is_marked_where_all_its_articles_are_guesses(
    pages: tuple[dict[str, str], dict[str, str]], tmp_path: Path
) -> None:
    _, guessed = pages
    month = "archive/2025/03/index.html"
    assert f'<div class="when">{ABOUT}' in guessed[month]
    both = built_files(tmp_path, GUESS)[month]  # another article is surely of that day
    assert '<div class="when"><time datetime="2025-03-04">' in both
    assert both.count("date guessed") == 1
