"""A site with settings of its own in a real Chromium: on paper, by keyboard, without motion, from right to left."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

import pypdfium2
import pytest

from site_gen.build import build_session
from tests.support.browser import PageMonitor, serve_folder
from tests.support.sites import append_to_file, small_site, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]
Scheme = Literal["light", "dark"]
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><style>path { fill: #14663a }'
    "@media (prefers-color-scheme: dark) { path { fill: #5ba575 } }</style>"
    '<path d="M0 0h60v40H0z"/></svg>'
)
THEME = """
theme:
  accent: "#14663a"
  masthead: {set: caps, name: Quay}
  logo: logo.svg
  footer: Edited by **Ada**.
"""
ENTITY, ARABIC = "companies/voss-and-daughters/", quote("articles/2025/صومعة-الميناء-باقية/")
SHIFTS = """() => new Promise(done => new PerformanceObserver(list =>
  done(list.getEntries().reduce((sum, one) => sum + one.value, 0))).observe({type: 'layout-shift', buffered: true}) ||
  setTimeout(() => done(0), 300))"""

GAP = """e => { const words = document.createRange(); words.selectNodeContents(e);
  return e.getBoundingClientRect().right - words.getBoundingClientRect().right }"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("themed")
    site = write_files(small_site(folder / "site"), {"content/logo.svg": LOGO})
    append_to_file(site / "content/site.yaml", THEME)
    options = build_session.BuildOptions(jobs=1, search=False, cards=False, base_url="https://notes.example/repo/")
    build_session.build(site, folder / "repo", options)
    with serve_folder(folder) as root:
        yield root + "repo/"


def test_an_entity_is_printed_as_a_dossier(page: Page, home: str) -> None:
    page.goto(home + ENTITY)
    assert not page.is_visible(".onpaper")
    document = pypdfium2.PdfDocument(page.pdf(format="A4"))
    sheets = [sheet.get_textpage().get_text_range() for sheet in document]
    first, text = sheets[0], " ".join("\n".join(sheets).split())
    assert "Voss & Daughters" in first
    assert 'Quay & "Crane" <Notes> · Company · ' in first
    assert "https://notes.example/repo/companies/voss-and-daughters/" in first
    assert "https://web.archive.org/web/2025" in text
    assert "Edited by Ada." in text
    for word in ("Skip to", "Archive", "About", "Issues", "permalink", "passage", "Follow", "Sitemap", "The numbers"):
        assert word not in text, word


def test_no_passage_breaks_at_the_end_of_a_printed_page(page: Page, home: str) -> None:
    page.goto(home + ENTITY)
    page.emulate_media(media="print")
    for what in (".gutter > li", "blockquote", "figure", "tr"):
        assert set(page.eval_on_selector_all(what, "all => all.map(e => getComputedStyle(e).breakInside)")) == {"avoid"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_theme_settings_work_under_the_content_security_policy(chromium: Browser, home: str, scheme: Scheme) -> None:
    with contextlib.closing(chromium.new_context(color_scheme=scheme)) as context:
        page = context.new_page()
        monitor = PageMonitor(page, home)
        page.goto(home + ENTITY)
        monitor.require_clean()
        accent = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent')")
        assert accent == {"light": "#14663a", "dark": "#5ba575"}[scheme]
        assert page.evaluate("document.querySelector('.mast img').naturalWidth") > 0
        assert page.evaluate("getComputedStyle(document.querySelector('.mast .name')).textTransform") == "uppercase"
        assert page.text_content("footer .foot strong") == "Ada"


def test_a_logo_that_comes_late_moves_nothing(page: Page, home: str) -> None:
    def answer_late(route: Route) -> None:
        time.sleep(0.3)
        route.continue_()

    page.route("**/logo.svg", answer_late)
    page.goto(home + ENTITY)
    page.wait_for_function("document.querySelector('.mast img').complete")
    assert page.evaluate(SHIFTS) == 0
    box = page.locator(".mast img").bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(1.5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focused_element_is_visible(chromium: Browser, home: str, scheme: Scheme) -> None:
    for url in (ENTITY, ARABIC, "", "network/"):
        with contextlib.closing(chromium.new_context(color_scheme=scheme)) as context:
            page = context.new_page()
            page.goto(home + url)
            seen = set()
            for _ in range(40):
                page.keyboard.press("Tab")
                look, what, inside = page.evaluate(
                    """() => { const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
                    return [s.outlineStyle + ' ' + s.outlineWidth, e.outerHTML, b.right > 0 && b.width > 0] }"""
                )
                if what.startswith("<body"):
                    break
                assert look == "solid 2px", what
                assert inside, what
                seen.add(what)
            assert len(seen) > 5


def test_nothing_moves_where_reduced_motion_is_preferred(chromium: Browser, home: str) -> None:
    with contextlib.closing(chromium.new_context(reduced_motion="reduce")) as context:
        page = context.new_page()
        page.goto(home + ENTITY)
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
        moving = "getComputedStyle(e).animationName !== 'none' || getComputedStyle(e).transitionDuration !== '0s'"
        assert page.evaluate(f"[...document.querySelectorAll('*')].filter(e => {moving}).length") == 0


def test_an_article_from_right_to_left_keeps_its_direction_in_a_site_from_left_to_right(page: Page, home: str) -> None:
    page.goto(home + ARABIC)
    for what in ("h1.headline", ".text", ".text p"):
        style = f"getComputedStyle(document.querySelector('{what}'))"
        assert page.evaluate(f"{style}.direction") == "rtl", what
    for what in ("html", ".mast nav", "aside", "footer"):
        assert page.evaluate(f"getComputedStyle(document.querySelector('{what}')).direction") == "ltr", what
    # A line begins at the right edge of its column.
    for what in (".text p", "h1.headline", ".byline"):
        assert abs(page.eval_on_selector(what, GAP)) < 2, what
