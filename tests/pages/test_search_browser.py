"""Search in a real browser: which pages a query finds, how they are shown, and that no text of them is ever run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session
from tests.support.browser import PageMonitor, serve_folder
from tests.support.search_site import EVIL, write_search_site
from tests.support.waiting import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install -e '.[dev]'")
sync_api.expect.set_options(timeout=SECONDS * 1000)


@pytest.fixture(scope="module", params=[0, 2], ids=["few parts", "many parts"])
def home(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("search")
    options = build_session.BuildOptions(search_part_size=request.param)
    build_session.build(write_search_site(folder / "site"), folder / "web/repo", options)
    assert len([*(folder / "web/repo/search").glob("*.pf_meta")]) == (10 if request.param else 2)
    with serve_folder(folder / "web") as address:
        yield f"{address}repo/"


@pytest.fixture
def page(chromium: Browser, home: str) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    monitor = PageMonitor(page, home)
    yield page
    monitor.require_clean()
    context.close()


def search(page: Page, query: str, home: str) -> list[str]:
    """Open the search page with a query as it stands in the address; return the titles of the results."""
    page.goto(f"{home}search/?{query}")
    page.locator("[role=status]:not(:empty)").wait_for(state="attached")
    return titles(page)


def titles(page: Page) -> list[str]:
    return page.locator(".results h3").all_inner_texts()


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("q=crane", {"A crane falls", "Voss & Daughters"}),
        ("q=harbour+board", {"Silo stays"}),
        ("q=silos", {"Silo stays", EVIL, "Storage"}),  # cut to their stems
        ("q=粮仓", {"海康威视在港口安装摄像机"}),
        ("q=威视", {"海康威视在港口安装摄像机", "Hikvision"}),  # no word of any dictionary
        ("q=海康威视的Hik摄像机", {"海康威视在港口安装摄像机"}),
        ("q=威海", set()),
        ("q=倉庫", {"古い倉庫は残る"}),
        ("q=lodz", {"Œuvres fra Æblø", "Oeuvres of Aero"}),
        ("q=Łódź", {"Œuvres fra Æblø", "Oeuvres of Aero"}),
        ("q=ÆRØ", {"Œuvres fra Æblø", "Oeuvres of Aero"}),
        ("q=oeuvres", {"Œuvres fra Æblø", "Oeuvres of Aero"}),
        ("q=ﬁnt", {"Œuvres fra Æblø"}),
        ("q=fint", {"Œuvres fra Æblø"}),
        ("q=ｌｕｇｅåb\u00adningen", {"Œuvres fra Æblø"}),
        ('q="på+Ærø"', {"Œuvres fra Æblø"}),
        ("q=صومعة", {"صومعة الميناء باقية"}),
        ("q=weir", {"Only a title tells of the weir"}),
        ("q=voss+weir", set()),  # no part has both
        ("q=voss+xyzzy", {"Silo stays", "A crane falls", EVIL, "Voss & Daughters"}),  # no part has that word
        ("q=silo&companies=Voss+%26+Daughters", {"Silo stays", EVIL}),
        ("companies=Hikvision", {"海康威视在港口安装摄像机", "Hikvision"}),
        ("q=voss&year=2025", {"Silo stays", "A crane falls"}),
        ("q=voss&is=Companies", {"Voss & Daughters"}),
        ("q=voss&is=Articles&topics=Storage&year=2026", {EVIL}),
        ("q=nothinglikethis", set()),
    ],
)
def test_a_query_finds_pages(page: Page, home: str, query: str, wanted: set[str]) -> None:
    assert set(search(page, query, home)) == wanted


def test_a_search_by_keyboard_leads_from_the_masthead_to_a_page(page: Page, home: str) -> None:
    page.goto(f"{home}about/")
    page.locator(".find input").fill("harbour")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/repo/search/\?q=harbour$"))
    page.locator(".results li").first.wait_for()
    assert "1 found" in page.locator("[role=status]").inner_text()
    assert page.locator(".results mark").all_inner_texts() == ["harbour"]
    assert page.locator(".results .meta").inner_text() == "Courier"
    assert page.locator(".results time").get_attribute("datetime") == "2025-03-04"
    page.locator("input[name=q]").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{home}articles/2025/silo-stays/")
    page.go_back()
    page.locator(".results li").first.wait_for()
    assert titles(page) == ["Silo stays"]


def test_results_change_as_a_person_types_and_filters(page: Page, home: str) -> None:
    page.goto(f"{home}search/")
    page.locator("input[name=q]").press_sequentially("voss", delay=20)
    page.wait_for_url(re.compile(r"\?q=voss$"))
    page.locator(".results li").nth(3).wait_for()
    page.locator("summary").click()
    sync_api.expect(page.locator("[name=year] option")).to_have_text(["any", "2026 (1)", "2025 (2)"])
    page.locator("[name=year]").select_option("2025")
    page.wait_for_url(re.compile(r"\?q=voss&year=2025$"))
    sync_api.expect(page.locator(".results li")).to_have_count(2)
    page.locator("[name=order]").select_option("new")
    sync_api.expect(page.locator(".results h3").first).to_have_text("A crane falls")
    page.locator("[name=order]").select_option("old")
    sync_api.expect(page.locator(".results h3").first).to_have_text("Silo stays")


@pytest.mark.parametrize("order", ["new", "old"])
def test_what_has_no_day_says_so_and_comes_last(page: Page, home: str, order: str) -> None:
    assert search(page, f"q=pier&order={order}", home) == ["A crane falls", "A note on gulls"]
    assert page.locator(".results .when").all_inner_texts() == ["30 Nov 2025", "undated"]


def test_passages_of_scripts_without_blanks_are_shown_as_written(page: Page, home: str) -> None:
    search(page, "q=威视的", home)
    assert page.locator(".results h3").inner_text() == "海康威视在港口安装摄像机"
    passage = page.locator(".results .sum").first
    assert "".join(passage.inner_text().split()) == "海康威视的Hik摄像机监视旧粮仓，港口委员会表示同意。"
    assert passage.locator("mark").all_inner_texts() == ["威视的"]


def test_words_that_are_found_in_plain_letters_are_shown_as_written(page: Page, home: str) -> None:
    search(page, "q=aero+lodz", home)
    passage = page.locator(".results li", has_text="Œuvres").locator(".sum")
    assert passage.locator("mark").all_inner_texts() == ["Ærø", "Łódź"]
    assert "lodz" not in passage.inner_text()


def test_results_are_shown_as_text(page: Page, home: str) -> None:
    search(page, "q=onerror", home)
    assert titles(page) == [EVIL]
    assert page.locator(".results img, .results script").count() == 0


def test_without_javascript_the_search_page_links_the_lists(chromium: Browser, home: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{home}search/?q=silo")
    assert not page.locator("main form").is_visible()
    page.get_by_role("link", name="Companies A–Z").click()
    assert page.url == f"{home}companies/"
    context.close()


def test_a_site_in_a_folder_says_that_it_cannot_be_searched(tmp_path: Path, chromium: Browser) -> None:
    build_session.build(
        write_search_site(tmp_path / "site"), tmp_path / "out", build_session.BuildOptions(offline=True)
    )
    assert [path.name for path in (tmp_path / "out/search").iterdir()] == ["index.html"]
    page = chromium.new_page()
    page.goto((tmp_path / "out/search/index.html").as_uri())
    assert page.locator("form").count() == 0
    page.get_by_role("link", name="Companies A–Z").click()
    assert page.locator("h1").inner_text() == "Companies"
    page.close()
