"""The line between a page in a real Chromium and the server: who has one, and what a page does without."""

from __future__ import annotations

import base64
import hashlib
import socket
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import PageMonitor, serve_folder
from tests.support.live_pages import HOSTILE, OVERLAY, Site, becomes, browsing, live_site, opened, shows, was_reloaded
from tests.support.serving import SECONDS, Fake, html, serving, until

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


def test_a_server_that_comes_back_with_another_site(page: Page, site: Site) -> None:
    opened(page, site.url)
    port = site.server.port
    site.server.stop.set()
    site.server.thread.join(SECONDS)
    again = Site(site.folder.parent / "again")
    again.fake.set({"/": html("<h1>of the new server</h1>")})
    with serving(again.folder, again.fake.out, again.fake, base_path="/repo/", port=port) as again.server:
        shows(page, "of the new server")
        page.evaluate("window.mark = 'kept'")
        again.change({"/": html("<h1>and on</h1>")})
        shows(page, "and on")


def test_a_server_that_comes_back_with_the_same_site_changes_nothing(page: Page, site: Site) -> None:
    opened(page, site.url)
    port = site.server.port
    site.server.stop.set()
    site.server.thread.join(SECONDS)
    looks: list[str] = []
    page.on("response", lambda response: looks.append(response.request.method))
    again = Fake(site.fake.out)
    with serving(site.folder, again.out, again, base_path="/repo/", port=port):
        becomes(page, "performance.getEntriesByType('resource').some(e => e.name === location.href)")  # it looked
        again.problems = (HOSTILE,)
        site.touch()
        page.wait_for_selector(OVERLAY, state="attached")
        assert "HEAD" in looks
        assert not was_reloaded(page)


def test_several_tabs_follow(context: BrowserContext, site: Site) -> None:
    pages = [context.new_page() for _ in range(4)]
    for page in pages:
        opened(page, site.url)
    site.change({"/": html("<h1>two</h1>")})
    for page in pages:
        shows(page, "two")


def test_tabs_that_nobody_sees_take_no_connection(context: BrowserContext, site: Site) -> None:
    """A browser opens six to one server: with a line for each tab, the seventh page would never come."""
    hide = "Object.defineProperty(document, '{}', {{get: () => {}, configurable: true}});"
    pages = []
    for _ in range(8):
        page = context.new_page()
        opened(page, site.url)
        page.evaluate(hide.format("hidden", "true") + hide.format("visibilityState", "'hidden'"))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        pages.append(page)
    site.change({"/": html("<h1>two</h1>")})
    until(lambda: "two" in site.server.get("/repo/").text)
    assert not was_reloaded(pages[0])
    pages[0].evaluate(hide.format("hidden", "false") + hide.format("visibilityState", "'visible'"))
    pages[0].evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    shows(pages[0], "two")


def test_going_back_shows_what_is_now(page: Page, site: Site) -> None:
    opened(page, site.url)
    opened(page, site.url + "b/")
    site.change({"/": html("<h1>two</h1>")})
    until(lambda: "two" in site.server.get("/repo/").text)
    page.go_back()
    shows(page, "two")


def test_a_page_with_a_script_of_its_own_still_runs_it(page: Page, site: Site) -> None:
    """As redirect.html does it: one script, allowed by its hash."""
    script = "location.replace(document.links[0].href+location.search+location.hash)"
    digest = "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    moved = (
        f'<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f'script-src \'{digest}\'"></head><body><a href="/repo/b/">b</a><script>{script}</script></body></html>'
    )
    monitor = PageMonitor(page, site.url.removesuffix("repo/"))
    site.change({"/old/": moved})
    until(lambda: site.server.get("/repo/old/").status == 200)
    page.goto(site.url + "old/?x=1#part")
    page.wait_for_url(site.url + "b/?x=1#part")
    monitor.require_clean()


def test_a_foreign_page_learns_nothing(page: Page, site: Site, tmp_path: Path) -> None:
    """Neither by asking nor by showing: another port is another origin."""
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "index.html").write_text("<h1>foreign</h1>")
    own = f"http://127.0.0.1:{site.server.port}"
    with serve_folder(foreign) as root:
        for at in (root, root.replace("127.0.0.1", "localhost")):
            page.goto(at)
            listened = page.evaluate(
                """url => new Promise(done => { const source = new EventSource(url);
                source.onmessage = event => done(event.data); source.onerror = () => done('refused'); })""",
                own + "/_site-gen/events",
            )
            assert listened == "refused"
            for path in ("/_site-gen/events", "/repo/", "/_site-gen/reload.js"):
                fetched = page.evaluate("url => fetch(url).then(r => r.text(), () => 'refused')", own + path)
                assert fetched == "refused"
            for tag, path in (("script", "/_site-gen/reload.js"), ("img", "/repo/assets/icon.svg")):
                event = page.evaluate(
                    """([tag, url]) => new Promise(done => { const e = document.createElement(tag);
                    e.onload = () => done('shown'); e.onerror = () => done('refused');
                    e.src = url; document.body.append(e); })""",
                    [tag, own + path],
                )
                assert event == "refused"


def test_a_page_that_went_away_is_forgotten(page: Page, site: Site) -> None:
    """A line that ends without a word is found out by the heartbeat; this one says so."""
    with socket.create_connection(("127.0.0.1", site.server.port), timeout=SECONDS) as connection:
        connection.sendall(f"GET /_site-gen/events HTTP/1.1\r\nHost: localhost:{site.server.port}\r\n\r\n".encode())
        assert connection.recv(4096)
    opened(page, site.url)
    site.change({"/": html("<h1>two</h1>")})
    shows(page, "two")
