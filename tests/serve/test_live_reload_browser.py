"""Live reload in a real Chromium: pages follow the site by themselves, and keep what the person did."""

from __future__ import annotations

import shutil
import threading
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session
from site_gen.serve.live_builder import LiveBuilder
from site_gen.serve.watch_server import base_path_reader
from tests.support.browser import PageMonitor
from tests.support.live_pages import (
    HOSTILE,
    LONG,
    OVERLAY,
    Site,
    becomes,
    browsing,
    live_site,
    opened,
    shows,
    was_reloaded,
)
from tests.support.serving import html, serving, until
from tests.support.sites import REPO, small_site

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


def test_an_edit_shows_by_itself_and_without_a_complaint_of_the_browser(page: Page, site: Site) -> None:
    monitor = PageMonitor(page, site.url.removesuffix("repo/"))
    opened(page, site.url)
    site.change({"/": html("<h1>two</h1>" + LONG)})
    shows(page, "two")
    site.change({"/": html("<h1>three</h1>" + LONG)})
    shows(page, "three")
    site.complain(HOSTILE)
    page.wait_for_selector(OVERLAY, state="attached")
    site.complain()
    page.wait_for_selector(OVERLAY, state="detached")
    monitor.require_clean()


@pytest.mark.parametrize("restoration", ["auto", "manual"])  # browsers restore a place by themselves, or do not
@pytest.mark.parametrize("tail", ["", "#here", "?x=1", "?x=1#here"])
def test_the_place_on_the_page_is_kept(page: Page, site: Site, tail: str, restoration: str) -> None:
    site.change({"/": html(f"<h1>one</h1><p id=here>here</p>{LONG}")})
    until(lambda: "id=here" in site.server.get("/repo/").text)
    opened(page, site.url + tail)
    page.evaluate(f"history.scrollRestoration = '{restoration}'")
    page.evaluate("scrollTo(0, 2345)")
    becomes(page, "scrollY === 2345")
    site.change({"/": html(f"<h1>two</h1><p id=here>here</p>{LONG}")})
    shows(page, "two")
    page.wait_for_load_state("load")
    page.wait_for_timeout(200)  # whatever the browser still does by itself
    assert page.evaluate("scrollY") == 2345
    assert page.url == site.url + tail
    # It is kept for that reload, not for a visit later.
    page.goto(site.url + "b/")
    page.goto(site.url)
    assert page.evaluate("scrollY") == 0


def test_a_page_that_did_not_change_is_left_alone(page: Page, site: Site) -> None:
    opened(page, site.url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    site.change({"/b/": html("<h1>b two</h1>"), "/feed.xml": "<feed>2</feed>"})
    until(lambda: "b two" in site.server.get("/repo/b/").text)
    site.change({"/assets/other.css": "p{}", "/assets/other.svg": "<svg/>"})
    until(lambda: site.server.get("/repo/assets/other.svg").status == 200)
    site.complain(HOSTILE)  # told on the same line, later
    page.wait_for_selector(OVERLAY, state="attached")
    assert not was_reloaded(page)
    assert asked == []


def test_a_new_stylesheet_is_put_in_without_a_reload(page: Page, site: Site) -> None:
    monitor = PageMonitor(page, site.url.removesuffix("repo/"))
    body = "<h1>one</h1><details><summary>more</summary>x</details>" + LONG
    site.change({"/": html(body)})
    until(lambda: "details" in site.server.get("/repo/").text)
    opened(page, site.url)
    page.evaluate("document.querySelector('details').open = true")
    page.evaluate("scrollTo(0, 1234)")
    becomes(page, "scrollY === 1234")
    for n in (2, 3):
        site.change(
            {
                "/": html(body, style=f"/repo/assets/style.{n}.css"),
                f"/assets/style.{n}.css": f"h1 {{ color: rgb({n}, {n}, {n}) }}",
                f"/assets/style.{n - 1}.css": None,
            }
        )
        becomes(page, f"getComputedStyle(document.querySelector('h1')).color === 'rgb({n}, {n}, {n})'")
    becomes(page, "document.querySelectorAll('link[rel=stylesheet]').length === 1")
    assert not was_reloaded(page)
    assert page.evaluate("document.querySelector('details').open")
    assert page.evaluate("scrollY") == 1234
    site.change({"/": html("<h1>two</h1>", style="/repo/assets/style.3.css")})  # and content is still followed
    shows(page, "two")
    monitor.require_clean()


def test_a_stylesheet_that_keeps_its_name(page: Page, site: Site) -> None:
    opened(page, site.url)
    for n in (7, 8):
        site.change({"/assets/style.1.css": f"h1 {{ color: rgb({n}, {n}, {n}) }}"})
        becomes(page, f"getComputedStyle(document.querySelector('h1')).color === 'rgb({n}, {n}, {n})'")
    assert not was_reloaded(page)


def test_a_picture_that_the_page_shows(page: Page, site: Site) -> None:
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="9"/>'
    site.change({"/": html('<h1>one</h1><img src="/repo/assets/a.svg">'), "/assets/a.svg": picture.format(10)})
    until(lambda: site.server.get("/repo/assets/a.svg").status == 200)
    opened(page, site.url)
    becomes(page, "document.images[0].naturalWidth === 10")
    site.change({"/assets/a.svg": picture.format(20)})
    becomes(page, "document.images[0].naturalWidth === 20")


def test_more_words_and_another_stylesheet_at_once(page: Page, site: Site) -> None:
    opened(page, site.url)
    site.change({"/": html("<h1>two</h1>", style="/repo/assets/n.css"), "/assets/n.css": "h1 { color: rgb(9, 9, 9) }"})
    shows(page, "two")
    becomes(page, "getComputedStyle(document.querySelector('h1')).color === 'rgb(9, 9, 9)'")


def test_a_page_that_was_not_there_comes_and_goes(page: Page, site: Site) -> None:
    opened(page, site.url + "new")
    shows(page, "nothing here")
    site.change({"/new/": html("<h1>new</h1>")})
    shows(page, "new")
    assert page.url == site.url + "new/"
    site.change({"/new/": None})
    shows(page, "nothing here")
    site.change({"/404.html": html("<h1>still nothing</h1>")})
    shows(page, "still nothing")


def test_a_page_of_many_letters(page: Page, site: Site) -> None:
    for url in ("/古い倉庫/", "/a%20b/", "/صومعة/"):
        site.change({url: html("<h1>one</h1>")})
    until(lambda: not site.fake._todo)
    opened(page, site.url + "古い倉庫/")
    site.change({"/古い倉庫/": html("<h1>two</h1>")})
    shows(page, "two")
    opened(page, site.url + "古い倉庫/index.html")
    site.change({"/古い倉庫/": html("<h1>three</h1>")})
    shows(page, "three")


def test_a_change_of_thousands_of_pages(page: Page, site: Site) -> None:
    opened(page, site.url)
    site.change({"/": html("<h1>two</h1>"), **{f"/n/{n}/": "x" for n in range(2000)}})
    shows(page, "two")


def test_a_change_between_the_page_and_its_line(page: Page, site: Site) -> None:
    held = threading.Event()

    def hold(route: object) -> None:
        if not held.is_set():
            held.set()
            site.change({"/": html("<h1>two</h1>")})
            until(lambda: "two" in site.server.get("/repo/").text)
        route.continue_()  # type: ignore[attr-defined]

    page.route("**/_site-gen/reload.js", hold)
    page.goto(site.url)
    shows(page, "two")


def test_the_real_theme(page: Page, tmp_path: Path) -> None:
    """Its pages as they are: their policy allows what live reload needs and no more, and all of it works."""
    folder = tmp_path / "real"
    small_site(folder)
    shutil.copytree(REPO / "templates", folder / "templates")
    builder = LiveBuilder(folder, folder / "output", build_session.BuildOptions())
    with serving(folder, folder / "output", builder, base_path=base_path_reader(folder, None)) as server:
        monitor = PageMonitor(page, server.url)
        opened(page, server.url)
        style = folder / "templates/assets/style.css"
        style.write_text(style.read_text() + "\nbody { outline: 3px solid rgb(1, 2, 3) }\n")
        becomes(page, "getComputedStyle(document.body).outlineColor === 'rgb(1, 2, 3)'")
        assert not was_reloaded(page)
        config = folder / "content/site.yaml"
        config.write_text(
            "title: Another name\n"
            + "".join(line for line in config.read_text().splitlines(keepends=True) if not line.startswith("title:"))
        )
        becomes(page, "document.querySelector('header a.name').textContent === 'Another name'")
        company = folder / "content/companies/voss-and-daughters.md"
        good = company.read_text()
        company.write_text(good.replace("name:", "nmae:"))
        page.wait_for_selector(OVERLAY, state="attached")
        company.write_text(good)
        page.wait_for_selector(OVERLAY, state="detached")
        opened(page, server.url + "companies/voss-and-daughters/")
        company.write_text(good.replace("name: ", "name: New "))
        becomes(page, "document.querySelector('h1').textContent.includes('New ')")
        assert monitor.dialogs == []
        assert monitor.messages == []
        own = server.url[: server.url.index("/", 8)]  # its own paths lie beside the site's
        assert [url for url in monitor.foreign_requests if not url.startswith(own + "/_site-gen/")] == []
