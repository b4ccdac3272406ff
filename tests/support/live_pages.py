"""What the browser tests of the watch server share: a served site of a few pages, and ways to wait for a page."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from site_gen.core.errors import Problem
from tests.support.serving import FakeBuilder, RunningServer, html, serving
from tests.support.sites import write_files
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

LONG = "<p>words</p>\n" * 300
OVERLAY = "site-gen-complaints"
HOSTILE = Problem(
    "content/<img src=x onerror=alert(1)>.md", 7, "`</script><script>alert(2)</script>` is wrong", "\u202emend"
)


class LiveSite:
    """A served site of a few pages, which a test changes."""

    def __init__(self, folder: Path) -> None:
        # One of each, or pages would show what a new site has to do next.
        write_files(folder, {"content/articles/2026/a.md": "", "content/companies/a.md": ""})
        self.folder = folder
        self.builder = FakeBuilder(folder / "output")
        self.server: RunningServer
        self._touched = 0
        self.builder.set(
            {
                "/": html("<h1>one</h1>" + LONG),
                "/b/": html("<h1>b one</h1>"),
                "/404.html": html("<h1>nothing here</h1>"),
                "/assets/style.1.css": "h1 { color: rgb(1, 1, 1) }",
                "/assets/icon.svg": '<svg xmlns="http://www.w3.org/2000/svg"/>',
                "/feed.xml": "<feed/>",
            }
        )

    @property
    def url(self) -> str:
        return self.server.url

    def touch(self) -> None:
        """Change a file, so that the server looks."""
        self._touched += 1
        (self.folder / "content/x.md").write_text(str(self._touched))

    def change(self, files: dict[str, str | bytes | None]) -> None:
        self.builder.set(files)
        self.touch()

    def complain(self, *problems: Problem) -> None:
        self.builder.problems = problems
        self.touch()


@pytest.fixture
def live_site(tmp_path: Path) -> Iterator[LiveSite]:
    site = LiveSite(tmp_path / "site")
    with serving(site.folder, site.builder.out, site.builder, base_path="/repo/") as site.server:
        yield site


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with contextlib.closing(chromium.new_context(viewport={"width": 900, "height": 600})) as context:
        context.set_default_timeout(SECONDS * 1000)
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def open_page(page: Page, url: str) -> None:
    """Open a page and wait until it listens."""
    with page.expect_response(lambda response: response.url.endswith("/_site-gen/events")):
        page.goto(url)
    page.evaluate("window.mark = 'opened'")


def wait_for_heading(page: Page, text: str) -> None:
    page.wait_for_function("text => document.querySelector('h1')?.textContent === text", arg=text)


def wait_until_true(page: Page, script: str) -> None:
    """Wait until a script gives true. Playwright's own way would need the page's policy to allow `eval`."""
    from playwright.sync_api import Error

    def now() -> bool:
        try:
            return bool(page.evaluate(script))
        except Error:  # between two pages
            return False

    until(now, script)


def was_reloaded(page: Page) -> bool:
    """Return whether a page was loaded anew since `open_page`."""
    return bool(page.evaluate("window.mark") != "opened")
