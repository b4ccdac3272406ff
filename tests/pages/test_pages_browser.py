"""The site in a real Chromium: served under a base path and opened from disk, light and dark, small and wide."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.support.browser import PageMonitor, serve_folder
from tests.support.sites import REPO, SMALL_SITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

    from tests.conftest import BuildOnce

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]
WIDTHS = (360, 1600)
PAGES = {
    "home": "",
    "entity": "companies/voss-and-daughters/",
    "bare tag": "companies/tallow-pier/",
    "topic": "topics/storage/",
    "article": "articles/2025/silo-stays/",
    "right to left": "articles/2025/صومعة-الميناء-باقية/",
    "Japanese": "articles/2026/古い倉庫は残る/",
    "excerpt": "articles/2026/pier-closes/",
    "kind": "people/",
    "archive": "archive/",
    "year": "archive/2025/",
    "month": "archive/2025/03/",
    "about": "about/",
    "404": "404.html",
}
DEMO_PAGES = {
    "home": "",
    "company": "companies/drift/",
    "topic": "topics/helium/",
    "companies": "companies/",
    "archive": "archive/",
    "issues": "issues/",
    "week": "issues/2026-w47/",
    "month of issues": "issues/2026-11/",
}


@pytest.fixture(scope="module")
def small(build_once: BuildOnce) -> Iterator[str]:
    """Return the address of the small site, below /repo/."""
    with serve_folder(build_once(SMALL_SITE).parent) as root:
        yield root + "repo/"


@pytest.fixture(scope="module")
def demo(build_once: BuildOnce) -> Iterator[str]:
    with serve_folder(build_once(REPO).parent) as root:
        yield root + "repo/"


BACKGROUND = (
    "getComputedStyle(document.body).backgroundColor + getComputedStyle(document.documentElement).backgroundColor"
)
OVERFLOW = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect();
  if (!box.width || !box.height || box.right <= innerWidth + 1 && box.left >= -1) return false;
  for (let p = e; p; p = p.parentElement) {
    const style = getComputedStyle(p), frame = p === document.body || p === document.documentElement;
    if (['auto', 'scroll', 'hidden', 'clip'].includes(style.overflowX) && !frame) return false;
    if (style.position === 'absolute' && p.matches('.skip, .vh')) return false;
  }
  return true;
}).map(e => e.outerHTML.slice(0, 120))"""


def check_pages(context: BrowserContext, home: str, urls: list[str]) -> str:
    """Open pages one after the other and check each; return the background that they all have."""
    page = context.new_page()
    monitor = PageMonitor(page, home)
    backgrounds = set()
    for url in urls:
        page.goto(url)
        assert page.evaluate("document.styleSheets.length") == 1, url
        if not url.startswith("file:"):
            assert page.evaluate("document.styleSheets[0].cssRules.length") > 20, url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (url, page.evaluate(OVERFLOW))
        assert page.evaluate(OVERFLOW) == [], url
        assert page.evaluate("document.querySelectorAll('h1').length") == 1, url
        backgrounds.add(page.evaluate(BACKGROUND))
        monitor.require_clean()
    page.close()
    assert len(backgrounds) == 1
    return str(backgrounds.pop())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("where", ["small", "demo", "disk"])
def test_pages_log_nothing_are_styled_and_fit_the_window(
    chromium: Browser, request: pytest.FixtureRequest, build_once: BuildOnce, where: str, width: int
) -> None:
    if where == "disk":
        out = build_once(SMALL_SITE, offline=True)
        home = f"file://{quote(str(out))}/"
        names = [name if name.endswith(".html") else f"{name}index.html" for name in PAGES.values()]
    else:
        home = request.getfixturevalue(where)
        names = list((PAGES if where == "small" else DEMO_PAGES).values())
    viewport: ViewportSize = {"width": width, "height": 900}
    with contextlib.closing(chromium.new_context(viewport=viewport, color_scheme="light")) as context:
        light = check_pages(context, home, [home + quote(name) for name in names])
    with contextlib.closing(chromium.new_context(viewport=viewport, color_scheme="dark")) as context:
        dark = check_pages(context, home, [home + quote(name) for name in names[:5]])
    assert light != dark


def test_an_article_has_its_own_direction_and_language(page: Page, small: str) -> None:
    page.goto(small + quote(PAGES["right to left"]))
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).direction") == "rtl"
    assert page.evaluate("getComputedStyle(document.querySelector('.text p')).direction") == "rtl"
    assert page.evaluate("document.querySelector('.text').lang") == "ar"
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).direction") == "ltr"
    page.goto(small + quote(PAGES["Japanese"]))
    assert page.evaluate("document.querySelector('.text').lang") == "ja"


def test_links_work_by_clicking(page: Page, small: str, build_once: BuildOnce) -> None:
    for home in (small, f"file://{quote(str(build_once(SMALL_SITE, offline=True)))}/index.html"):
        page.goto(home)
        page.click("text=Pier closes")
        assert page.text_content("h1") == "Pier closes"
        page.click("aside >> text=Tallow Pier")
        assert "allow" in (page.text_content("h1") or "").lower()
        page.click("nav >> text=Archive")
        assert page.text_content("h1") == "Archive"
        page.click("header a.name")
        assert "Quay" in page.title()


def test_a_passage_link_leads_to_its_passage(page: Page, small: str) -> None:
    page.goto(small + PAGES["entity"])
    page.locator("a", has_text="passage").last.click()
    anchor = page.evaluate("location.hash.slice(1)")
    assert anchor.startswith("p-")
    assert page.evaluate("document.querySelector(':target') && document.querySelector(':target').id") == anchor


@pytest.mark.parametrize("old", ["2025/silo/", "old/silo-page/", "companies/voss-cranes/"])
def test_a_redirect_keeps_query_and_fragment(page: Page, small: str, old: str) -> None:
    monitor = PageMonitor(page, small)
    page.goto(f"{small}{old}?x=1&y=%C3%A9#part")
    target = "companies/voss-and-daughters/" if "voss" in old else "articles/2025/silo-stays/"
    page.wait_for_url(f"{small}{target}?x=1&y=%C3%A9#part")
    monitor.require_clean()


def test_a_redirect_works_without_javascript_and_from_disk(
    chromium: Browser, small: str, build_once: BuildOnce
) -> None:
    with contextlib.closing(chromium.new_context(java_script_enabled=False)) as context:
        page = context.new_page()
        page.goto(f"{small}2025/silo/")
        page.wait_for_url(f"{small}articles/2025/silo-stays/")
    out = build_once(SMALL_SITE, offline=True)
    with contextlib.closing(chromium.new_context()) as context:
        page = context.new_page()
        page.goto(f"file://{quote(str(out))}/2025/silo/index.html?x=1#part")
        page.wait_for_url(f"file://{quote(str(out))}/articles/2025/silo-stays/index.html?x=1#part")


def test_a_permalink_works_from_the_404_page(page: Page, small: str) -> None:
    page.goto(small + "404.html")
    page.click("main >> text=Front page")
    assert page.url == small
