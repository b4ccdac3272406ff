"""Complaints in a real Chromium: shown, readable, harmless, and gone when they are mended."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from site_gen.core.errors import Problem
from tests.support.live_pages import HOSTILE, OVERLAY, Site, becomes, browsing, live_site, opened, shows, was_reloaded
from tests.support.serving import serving, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with live_site(tmp_path / "site") as found:
        yield found


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with browsing(chromium) as found:
        yield found


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def overlay(page: Page) -> str:
    page.wait_for_selector(OVERLAY, state="attached")
    return str(page.evaluate(f"document.querySelector('{OVERLAY}').shadowRoot.querySelector('section').innerText"))


def test_complaints_show_and_go(page: Page, site: Site) -> None:
    opened(page, site.url)
    site.complain(HOSTILE, Problem("content/b.md", 0, "is wrong, too"))
    text = overlay(page)
    for part in (HOSTILE.where, HOSTILE.what, HOSTILE.mend, "content/b.md", "is wrong, too", "2 things are wrong"):
        assert part in text
    inside = f"document.querySelector('{OVERLAY}').shadowRoot"
    assert page.evaluate(f"{inside}.querySelectorAll('img, script').length") == 0
    assert page.evaluate(f"{inside}.querySelector('section').getAttribute('role')") == "alert"
    assert page.evaluate(f"getComputedStyle({inside}.querySelector('section')).position") == "fixed"  # its style works
    site.complain(Problem("content/b.md", 0, "is wrong, too"))
    becomes(page, f"{inside}?.querySelector('h2').textContent === 'Something is wrong'")
    site.complain()
    page.wait_for_selector(OVERLAY, state="detached")
    assert not was_reloaded(page)


def test_a_page_that_is_opened_meanwhile_shows_them_at_once(page: Page, site: Site) -> None:
    site.complain(HOSTILE)
    until(lambda: site.fake.calls.count(None) >= 2)
    opened(page, site.url + "b/")
    assert HOSTILE.where in overlay(page)
    shows(page, "b one")  # the last good site


def test_they_can_be_put_away(page: Page, site: Site) -> None:
    opened(page, site.url)
    site.complain(HOSTILE)
    overlay(page)
    page.keyboard.press("Escape")
    page.wait_for_selector(OVERLAY, state="detached")
    with page.expect_response(lambda response: response.url.endswith("/_site-gen/events")):
        page.reload()
    page.wait_for_timeout(300)
    assert page.query_selector(OVERLAY) is None  # not again on every page
    site.complain(HOSTILE, Problem("content/b.md", 0, "new"))
    overlay(page)
    page.locator(f"{OVERLAY} button").click()
    page.wait_for_selector(OVERLAY, state="detached")
    site.complain()
    until(lambda: site.fake.calls[-1] is None)
    site.complain(HOSTILE, Problem("content/b.md", 0, "new"))  # mended and broken again
    overlay(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_they_can_be_read_in_light_and_in_dark(chromium: Browser, site: Site, scheme: str) -> None:
    site.complain(HOSTILE)
    with contextlib.closing(chromium.new_context(color_scheme="dark" if scheme == "dark" else "light")) as context:
        page = context.new_page()
        page.goto(site.url)
        page.wait_for_selector(OVERLAY, state="attached")
        colours = page.evaluate(
            f"""() => [...document.querySelector('{OVERLAY}').shadowRoot.querySelectorAll('h2, code, p, button')]
            .map(e => [getComputedStyle(e).color, getComputedStyle(e.closest('section')).backgroundColor])"""
        )
    assert len(colours) >= 4
    for text, ground in colours:
        assert contrast(text, ground) >= 4.5, (text, ground)  # WCAG 2.2, success criterion 1.4.3


def contrast(one: str, two: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, "contrast ratio")."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def test_a_site_that_could_not_be_built_appears_when_it_can(page: Page, tmp_path: Path) -> None:
    found = Site(tmp_path / "broken")
    found.fake.problems = (HOSTILE,)
    with serving(found.folder, found.fake.out, found.fake) as found.server:
        opened(page, found.url)
        assert "cannot be built yet" in (page.text_content("h1") or "")
        assert HOSTILE.what in (page.text_content("body") or "")
        assert HOSTILE.where in overlay(page)
        found.complain()
        shows(page, "one")
        assert page.query_selector(OVERLAY) is None
