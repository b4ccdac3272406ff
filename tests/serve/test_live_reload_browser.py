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
    LiveSite,
    context,
    live_site,
    open_page,
    page,
    wait_for_heading,
    wait_until_true,
    was_reloaded,
)
from tests.support.serving import html, serving
from tests.support.sites import REPO, append_to_file, edit_file, small_site
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

__all__ = ["context", "live_site", "page"]  # fixtures

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]


def test_an_edit_shows_by_itself_and_the_browser_has_no_complaint(page: Page, live_site: LiveSite) -> None:
    monitor = PageMonitor(page, live_site.url.removesuffix("repo/"))
    open_page(page, live_site.url)
    live_site.change({"/": html("<h1>two</h1>" + LONG)})
    wait_for_heading(page, "two")
    live_site.change({"/": html("<h1>three</h1>" + LONG)})
    wait_for_heading(page, "three")
    live_site.complain(HOSTILE)
    page.wait_for_selector(OVERLAY, state="attached")
    live_site.complain()
    page.wait_for_selector(OVERLAY, state="detached")
    monitor.require_clean()


@pytest.mark.parametrize("restoration", ["auto", "manual"])  # browsers restore a place by themselves, or do not
@pytest.mark.parametrize("tail", ["", "#here", "?x=1", "?x=1#here"])
def test_the_scroll_position_is_kept(page: Page, live_site: LiveSite, tail: str, restoration: str) -> None:
    live_site.change({"/": html(f"<h1>one</h1><p id=here>here</p>{LONG}")})
    until(lambda: "id=here" in live_site.server.get("/repo/").text)
    open_page(page, live_site.url + tail)
    page.evaluate(f"history.scrollRestoration = '{restoration}'")
    page.evaluate("scrollTo(0, 2345)")
    wait_until_true(page, "scrollY === 2345")
    live_site.change({"/": html(f"<h1>two</h1><p id=here>here</p>{LONG}")})
    wait_for_heading(page, "two")
    page.wait_for_load_state("load")
    page.wait_for_timeout(200)  # whatever the browser still does by itself
    assert page.evaluate("scrollY") == 2345
    assert page.url == live_site.url + tail
    # It is kept for that reload, not for a visit later.
    page.goto(live_site.url + "b/")
    page.goto(live_site.url)
    assert page.evaluate("scrollY") == 0


def test_a_page_that_did_not_change_is_left_alone(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    live_site.change({"/b/": html("<h1>b two</h1>"), "/feed.xml": "<feed>2</feed>"})
    until(lambda: "b two" in live_site.server.get("/repo/b/").text)
    live_site.change({"/assets/other.css": "p{}", "/assets/other.svg": "<svg/>"})
    until(lambda: live_site.server.get("/repo/assets/other.svg").status == 200)
    live_site.complain(HOSTILE)  # told on the same line, later
    page.wait_for_selector(OVERLAY, state="attached")
    assert not was_reloaded(page)
    assert asked == []


def test_a_new_stylesheet_is_put_in_without_a_reload(page: Page, live_site: LiveSite) -> None:
    monitor = PageMonitor(page, live_site.url.removesuffix("repo/"))
    body = "<h1>one</h1><details><summary>more</summary>x</details>" + LONG
    live_site.change({"/": html(body)})
    until(lambda: "details" in live_site.server.get("/repo/").text)
    open_page(page, live_site.url)
    page.evaluate("document.querySelector('details').open = true")
    page.evaluate("scrollTo(0, 1234)")
    wait_until_true(page, "scrollY === 1234")
    for n in (2, 3):
        live_site.change(
            {
                "/": html(body, style=f"/repo/assets/style.{n}.css"),
                f"/assets/style.{n}.css": f"h1 {{ color: rgb({n}, {n}, {n}) }}",
                f"/assets/style.{n - 1}.css": None,
            }
        )
        wait_until_true(page, f"getComputedStyle(document.querySelector('h1')).color === 'rgb({n}, {n}, {n})'")
    wait_until_true(page, "document.querySelectorAll('link[rel=stylesheet]').length === 1")
    assert not was_reloaded(page)
    assert page.evaluate("document.querySelector('details').open")
    assert page.evaluate("scrollY") == 1234
    live_site.change({"/": html("<h1>two</h1>", style="/repo/assets/style.3.css")})  # and content is still followed
    wait_for_heading(page, "two")
    monitor.require_clean()


def test_a_changed_stylesheet_of_the_same_name_is_shown(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url)
    for n in (7, 8):
        live_site.change({"/assets/style.1.css": f"h1 {{ color: rgb({n}, {n}, {n}) }}"})
        wait_until_true(page, f"getComputedStyle(document.querySelector('h1')).color === 'rgb({n}, {n}, {n})'")
    assert not was_reloaded(page)


def test_a_changed_picture_is_shown(page: Page, live_site: LiveSite) -> None:
    picture = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="9"/>'
    live_site.change({"/": html('<h1>one</h1><img src="/repo/assets/a.svg">'), "/assets/a.svg": picture.format(10)})
    until(lambda: live_site.server.get("/repo/assets/a.svg").status == 200)
    open_page(page, live_site.url)
    wait_until_true(page, "document.images[0].naturalWidth === 10")
    live_site.change({"/assets/a.svg": picture.format(20)})
    wait_until_true(page, "document.images[0].naturalWidth === 20")


def test_new_words_and_another_stylesheet_at_once_are_shown(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url)
    live_site.change(
        {"/": html("<h1>two</h1>", style="/repo/assets/n.css"), "/assets/n.css": "h1 { color: rgb(9, 9, 9) }"}
    )
    wait_for_heading(page, "two")
    wait_until_true(page, "getComputedStyle(document.querySelector('h1')).color === 'rgb(9, 9, 9)'")


def test_a_page_that_was_not_there_comes_and_goes(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url + "new")
    wait_for_heading(page, "nothing here")
    live_site.change({"/new/": html("<h1>new</h1>")})
    wait_for_heading(page, "new")
    assert page.url == live_site.url + "new/"
    live_site.change({"/new/": None})
    wait_for_heading(page, "nothing here")
    live_site.change({"/404.html": html("<h1>still nothing</h1>")})
    wait_for_heading(page, "still nothing")


def test_a_page_whose_address_has_other_letters_is_followed(page: Page, live_site: LiveSite) -> None:
    for url in ("/古い倉庫/", "/a%20b/", "/صومعة/"):
        live_site.change({url: html("<h1>one</h1>")})
    until(lambda: not live_site.builder._pending_files)
    open_page(page, live_site.url + "古い倉庫/")
    live_site.change({"/古い倉庫/": html("<h1>two</h1>")})
    wait_for_heading(page, "two")
    open_page(page, live_site.url + "古い倉庫/index.html")
    live_site.change({"/古い倉庫/": html("<h1>three</h1>")})
    wait_for_heading(page, "three")


def test_a_change_of_thousands_of_pages_is_shown(page: Page, live_site: LiveSite) -> None:
    open_page(page, live_site.url)
    live_site.change({"/": html("<h1>two</h1>"), **{f"/n/{n}/": "x" for n in range(2000)}})
    wait_for_heading(page, "two")


def test_a_change_between_the_load_of_a_page_and_its_event_stream_is_shown(page: Page, live_site: LiveSite) -> None:
    held = threading.Event()

    def hold(route: object) -> None:
        if not held.is_set():
            held.set()
            live_site.change({"/": html("<h1>two</h1>")})
            until(lambda: "two" in live_site.server.get("/repo/").text)
        route.continue_()  # type: ignore[attr-defined]

    page.route("**/_site-gen/reload.js", hold)
    page.goto(live_site.url)
    wait_for_heading(page, "two")


def test_the_theme_itself_follows_edits_under_its_own_policy(page: Page, tmp_path: Path) -> None:
    """Its pages as they are: their policy allows what live reload needs and no more, and all of it works."""
    folder = tmp_path / "real"
    small_site(folder)
    shutil.copytree(REPO / "templates", folder / "templates")
    builder = LiveBuilder(folder, folder / "output", build_session.BuildOptions())
    with serving(folder, folder / "output", builder, base_path=base_path_reader(folder, None)) as server:
        monitor = PageMonitor(page, server.url)
        open_page(page, server.url)
        append_to_file(folder / "templates/assets/style.css", "\nbody { outline: 3px solid rgb(1, 2, 3) }\n")
        wait_until_true(page, "getComputedStyle(document.body).outlineColor === 'rgb(1, 2, 3)'")
        assert not was_reloaded(page)
        edit_file(folder / "content/site.yaml", "title: 'Quay & \"Crane\" <Notes>'", "title: Another name")
        wait_until_true(page, "document.querySelector('header a.name').textContent === 'Another name'")
        company = edit_file(folder / "content/companies/voss-and-daughters.md", "name:", "nmae:")
        page.wait_for_selector(OVERLAY, state="attached")
        edit_file(company, "nmae:", "name:")
        page.wait_for_selector(OVERLAY, state="detached")
        open_page(page, server.url + "companies/voss-and-daughters/")
        edit_file(company, "name: ", "name: New ")
        wait_until_true(page, "document.querySelector('h1').textContent.includes('New ')")
        assert monitor.dialogs == []
        assert monitor.messages == []
        own = server.url[: server.url.index("/", 8)]  # its own paths lie beside the site's
        assert [url for url in monitor.foreign_requests if not url.startswith(own + "/_site-gen/")] == []
