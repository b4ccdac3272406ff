"""Links from a passage to its source, tried in a real Chromium on the saved pages of the demo."""

from __future__ import annotations

import contextlib
import gzip
import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from site_gen.content import loader
from tests.support.browser import PageMonitor, serve_folder
from tests.support.sites import REPO, SMALL_SITE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.conftest import BuildOnce

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]
SPACE_ABOVE = 6000  # pixels that are put above a page: who is further down was led there


def text_directives(out: Path) -> dict[str, set[str]]:
    """Return the text directives of the links to each source, from all pages of companies, topics and people."""
    directives: dict[str, set[str]] = {}
    for path in out.glob("*/*/index.html"):
        for link in re.findall(r'href="(http[^"]*)"', path.read_text(encoding="utf-8")):
            source, joint, words = unescape(link).partition("#:~:text=")
            if joint:
                directives.setdefault(source, set()).add(words)
    return directives


def saved_pages() -> dict[str, bytes]:
    """Return the saved pages by their source, pushed down."""
    pages: dict[str, bytes] = {}
    for article in loader.load(REPO)[0].articles:
        if article.saved and article.source and re.search(r"\.html?(\.gz)?$", article.saved.file):
            data = (REPO / "content" / article.saved.file).read_bytes()
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
            space = f'<div style="height:{SPACE_ABOVE}px"></div>'.encode()
            pages[article.source] = re.sub(rb"(<body[^>]*>)", rb"\1" + space, data, count=1, flags=re.IGNORECASE)
    return pages


def scrolls_down(page: Page, url: str, seconds: float = 10) -> bool:
    """Open a page; return whether the browser scrolls down in it, for which it has some seconds."""
    page.goto("about:blank")
    page.goto(url)
    for _ in range(int(seconds * 20)):
        if page.evaluate("scrollY") > 0:
            return True
        page.wait_for_timeout(50)
    return False


def test_links_of_passages_lead_to_their_words_at_the_source(
    chromium: Browser, build_once: BuildOnce, tmp_path: Path
) -> None:
    pages, tried, lost = saved_pages(), 0, []
    wanted = text_directives(build_once(REPO))
    assert len(pages.keys() & wanted.keys()) > 15
    with serve_folder(tmp_path) as root, contextlib.closing(chromium.new_context(java_script_enabled=False)) as context:
        page = context.new_page()
        page.route(lambda url: not url.startswith(root), lambda route: route.abort())
        for number, source in enumerate(sorted(pages.keys() & wanted.keys())):
            (tmp_path / f"{number}.html").write_bytes(pages[source])
            assert not scrolls_down(page, f"{root}{number}.html#:~:text=words%20that%20stand%20nowhere", 1), source
            for words in sorted(wanted[source])[:3]:
                tried += 1
                if not scrolls_down(page, f"{root}{number}.html#:~:text={words}"):
                    lost.append((source, words))
    assert tried > 30
    assert len(lost) * 20 <= tried, lost  # a page's own words are not always those of its text


@pytest.mark.parametrize(
    ("paragraph", "words"),
    [
        (
            "The harbour-board, of Elmswick &amp; Co, met.",
            "The%20harbour%2Dboard%2C%20of%20Elmswick%20%26%20Co%2C%20met",
        ),
        (
            "古い倉庫は残ることになったと港湾局は火曜日に発表した。",
            "古い倉庫は残ることになったと港湾局は火曜日に発表した",
        ),
    ],
)
def test_a_text_directive_escapes_signs_of_addresses(
    chromium: Browser, tmp_path: Path, paragraph: str, words: str
) -> None:
    text = f"<!doctype html><meta charset=utf-8><body><div style='height:{SPACE_ABOVE}px'></div><p>{paragraph}</p>"
    (tmp_path / "index.html").write_text(text, encoding="utf-8")
    with serve_folder(tmp_path) as root, contextlib.closing(chromium.new_context()) as context:
        page = context.new_page()
        assert scrolls_down(page, f"{root}#:~:text={quote(words, safe='%')}")


def test_one_click_selects_the_whole_permalink(chromium: Browser, build_once: BuildOnce) -> None:
    base = "https://notes.example/repo/"
    out = build_once(SMALL_SITE, base)
    with (
        serve_folder(out.parent) as root,
        contextlib.closing(chromium.new_context(viewport={"width": 360, "height": 800})) as c,
    ):
        page = c.new_page()
        monitor = PageMonitor(page, root)
        for url in ("companies/voss-and-daughters/", "articles/2025/silo-stays/", "articles/2026/古い倉庫は残る/"):
            page.goto(f"{root}repo/{quote(url)}")
            page.locator(".permalink code").click()
            assert page.evaluate("getSelection().toString()") == base + quote(url)
        monitor.require_clean()  # the data for machines is none of the policy's business
