"""The line between a page in a real Chromium and the server: who has one, and what a page does without."""

from __future__ import annotations

import base64
import hashlib
import socket
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import PageMonitor, serve_folder
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
from tests.support.serving import FakeBuilder, html, serving
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

__all__ = ["context", "live_site", "page"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


def test_a_page_reloads_when_a_server_comes_back_with_another_site(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url)
    port = live_site.server.port
    live_site.server.stop.set()
    live_site.server.thread.join(SECONDS)
    next_site = LiveSite(live_site.folder.parent / "again")
    next_site.builder.set({"/": html("<h1>of the new server</h1>")})
    with serving(
        next_site.folder, next_site.builder.out, next_site.builder, base_path="/repo/", port=port
    ) as next_site.server:
        wait_for_heading(page, "of the new server")
        page.evaluate("window.mark = 'opened'")
        next_site.change({"/": html("<h1>and on</h1>")})
        wait_for_heading(page, "and on")


def test_a_server_that_comes_back_with_the_same_site_changes_nothing(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url)
    port = live_site.server.port
    live_site.server.stop.set()
    live_site.server.thread.join(SECONDS)
    methods: list[str] = []
    page.on("response", lambda response: methods.append(response.request.method))
    next_site = FakeBuilder(live_site.builder.out)
    with serving(live_site.folder, next_site.out, next_site, base_path="/repo/", port=port):
        wait_until_true(
            page, "performance.getEntriesByType('resource').some(e => e.name === location.href)"
        )  # it looked
        next_site.problems = (HOSTILE,)
        live_site.touch()
        page.wait_for_selector(OVERLAY, state="attached")
        assert "HEAD" in methods
        assert not was_reloaded(page)


def test_several_tabs_follow_the_site(context: BrowserContext, live_site: LiveSite) -> None:
    tabs = [context.new_page() for _ in range(4)]
    for tab in tabs:
        open_page(tab, live_site.url)
    live_site.change({"/": html("<h1>two</h1>")})
    for tab in tabs:
        wait_for_heading(tab, "two")


def test_hidden_tabs_take_no_connection(context: BrowserContext, live_site: LiveSite) -> None:
    """A browser opens six to one server: with a line for each tab, the seventh page would never come."""
    hide = "Object.defineProperty(document, '{}', {{get: () => {}, configurable: true}});"
    pages = []
    for _ in range(8):
        page = context.new_page()
        open_page(page, live_site.url)
        page.evaluate(hide.format("hidden", "true") + hide.format("visibilityState", "'hidden'"))
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        pages.append(page)
    live_site.change({"/": html("<h1>two</h1>")})
    until(lambda: "two" in live_site.server.get("/repo/").text)
    assert not was_reloaded(pages[0])
    pages[0].evaluate(hide.format("hidden", "false") + hide.format("visibilityState", "'visible'"))
    pages[0].evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_for_heading(pages[0], "two")


def test_going_back_shows_the_page_as_it_is_now(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url)
    open_page(page, live_site.url + "b/")
    live_site.change({"/": html("<h1>two</h1>")})
    until(lambda: "two" in live_site.server.get("/repo/").text)
    page.go_back()
    wait_for_heading(page, "two")


def test_a_page_with_a_script_of_its_own_still_runs_it(page: Page, live_site: LiveSite) -> None:
    """As redirect.html does it: one script, allowed by its hash."""
    script = "location.replace(document.links[0].href+location.search+location.hash)"
    digest = "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    moved = (
        f'<!doctype html><html><head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f'script-src \'{digest}\'"></head><body><a href="/repo/b/">b</a><script>{script}</script></body></html>'
    )
    monitor = PageMonitor(page, live_site.url.removesuffix("repo/"))
    live_site.change({"/old/": moved})
    until(lambda: live_site.server.get("/repo/old/").status == 200)
    page.goto(live_site.url + "old/?x=1#part")
    page.wait_for_url(live_site.url + "b/?x=1#part")
    monitor.require_clean()


def test_a_page_of_another_origin_can_read_nothing(page: Page, live_site: LiveSite, tmp_path: Path) -> None:
    """Neither by asking nor by showing: another port is another origin."""
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "index.html").write_text("<h1>foreign</h1>")
    own = f"http://127.0.0.1:{live_site.server.port}"
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


def test_a_client_that_went_away_is_forgotten(page: Page, live_site: LiveSite) -> None:
    """A line that ends without a word is found out by the heartbeat; this one says so."""
    with socket.create_connection(("127.0.0.1", live_site.server.port), timeout=SECONDS) as connection:
        connection.sendall(
            f"GET /_site-gen/events HTTP/1.1\r\nHost: localhost:{live_site.server.port}\r\n\r\n".encode()
        )
        assert connection.recv(4096)
    open_page(page, live_site.url)
    live_site.change({"/": html("<h1>two</h1>")})
    wait_for_heading(page, "two")
