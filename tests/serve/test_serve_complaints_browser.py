"""Complaints in a real Chromium: shown, readable, harmless, and gone when they are mended."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from site_gen.core.errors import Problem
from tests.support.live_pages import (
    HOSTILE,
    OVERLAY,
    LiveSite,
    context,
    live_site,
    open_page,
    page,
    wait_for_heading,
    wait_until_true,
    was_reloaded,
)
from tests.support.serving import serving
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

__all__ = ["context", "live_site", "page"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


def overlay_text(page: Page) -> str:
    page.wait_for_selector(OVERLAY, state="attached")
    return str(page.evaluate(f"document.querySelector('{OVERLAY}').shadowRoot.querySelector('section').innerText"))


def test_complaints_show_until_they_are_mended(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url)
    live_site.complain(HOSTILE, Problem("content/b.md", 0, "is wrong, too"))
    text = overlay_text(page)
    for part in (HOSTILE.where, HOSTILE.what, HOSTILE.mend, "content/b.md", "is wrong, too", "2 things are wrong"):
        assert part in text
    inside = f"document.querySelector('{OVERLAY}').shadowRoot"
    assert page.evaluate(f"{inside}.querySelectorAll('img, script').length") == 0
    assert page.evaluate(f"{inside}.querySelector('section').getAttribute('role')") == "alert"
    assert page.evaluate(f"getComputedStyle({inside}.querySelector('section')).position") == "fixed"  # its style works
    live_site.complain(Problem("content/b.md", 0, "is wrong, too"))
    wait_until_true(page, f"{inside}?.querySelector('h2').textContent === 'Something is wrong'")
    live_site.complain()
    page.wait_for_selector(OVERLAY, state="detached")
    assert not was_reloaded(page)


def test_what_is_left_to_do_shows_until_pages_change(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url)
    live_site.builder.untagged = (Problem("content/companies/a.md", 0, "is not tagged", "to tag: site-gen tag"),)
    live_site.touch()
    text = overlay_text(page)
    for part in ("Next step", "content/companies/a.md", "to tag: site-gen tag"):
        assert part in text
    live_site.change({"/b/": "<h1>b two</h1>"})
    page.wait_for_selector(OVERLAY, state="detached")


def test_a_page_that_is_opened_meanwhile_shows_complaints_at_once(page: Page, live_site: LiveSite) -> None:
    live_site.complain(HOSTILE)
    until(lambda: live_site.builder.calls.count(None) >= 2)
    open_page(page, live_site.url + "b/")
    assert HOSTILE.where in overlay_text(page)
    wait_for_heading(page, "b one")  # the last good site


def test_complaints_can_be_dismissed_until_there_are_others(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url)
    live_site.complain(HOSTILE)
    overlay_text(page)
    page.keyboard.press("Escape")
    page.wait_for_selector(OVERLAY, state="detached")
    with page.expect_response(lambda response: response.url.endswith("/_site-gen/events")):
        page.reload()
    page.wait_for_timeout(300)
    assert page.query_selector(OVERLAY) is None  # not again on every page
    live_site.complain(HOSTILE, Problem("content/b.md", 0, "new"))
    overlay_text(page)
    page.locator(f"{OVERLAY} button").click()
    page.wait_for_selector(OVERLAY, state="detached")
    live_site.complain()
    until(lambda: live_site.builder.calls[-1] is None)
    live_site.complain(HOSTILE, Problem("content/b.md", 0, "new"))  # mended and broken again
    overlay_text(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_complaints_have_enough_contrast_in_light_and_dark(chromium: Browser, live_site: LiveSite, scheme: str) -> None:
    live_site.complain(HOSTILE)
    with contextlib.closing(chromium.new_context(color_scheme="dark" if scheme == "dark" else "light")) as context:
        page = context.new_page()
        page.goto(live_site.url)
        page.wait_for_selector(OVERLAY, state="attached")
        colours = page.evaluate(
            f"""() => [...document.querySelector('{OVERLAY}').shadowRoot.querySelectorAll('h2, code, p, button')]
            .map(e => [getComputedStyle(e).color, getComputedStyle(e.closest('section')).backgroundColor])"""
        )
    assert len(colours) >= 4
    for text, background in colours:
        assert contrast(text, background) >= 4.5, (text, background)  # WCAG 2.2, success criterion 1.4.3


def contrast(colour: str, other_colour: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, "contrast ratio")."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(colour), luminance(other_colour)))
    return (high + 0.05) / (low + 0.05)


def test_a_site_that_could_not_be_built_appears_when_it_can(page: Page, tmp_path: Path) -> None:
    broken_site = LiveSite(tmp_path / "broken")
    broken_site.builder.problems = (HOSTILE,)
    with serving(broken_site.folder, broken_site.builder.out, broken_site.builder) as broken_site.server:
        open_page(page, broken_site.url)
        assert "cannot be built yet" in (page.text_content("h1") or "")
        assert HOSTILE.what in (page.text_content("body") or "")
        assert HOSTILE.where in overlay_text(page)
        broken_site.complain()
        wait_for_heading(page, "one")
        assert page.query_selector(OVERLAY) is None
