"""The review in a real Chromium, without JavaScript: by keyboard alone, on a phone too, and nothing of a page runs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from site_gen.content import loader
from tests.serve.test_review import DOUBTS, HOSTILE, ReviewOfSite, run_review
from tests.support.browser import PageMonitor
from tests.support.doubtful_site import add_drafts, draft
from tests.support.waiting import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("default")]
TEXT = "A text with a\u2003blank.\n\n\tIts second <b>line</b> &amp; \\\\ more.\n\n    the third\n"


@pytest.fixture
def review(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReviewOfSite]:
    drafts = (draft("A </textarea><script>alert(0)</script>", doubts=DOUBTS, markdown=TEXT), draft("B", doubts=DOUBTS))
    add_drafts(site, monkeypatch, *drafts, pages=[HOSTILE, HOSTILE + "b"])
    with run_review(site) as running:
        yield running


@pytest.fixture(params=[(1300, 900), (360, 740)], ids=["desktop", "phone"])
def page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    context = chromium.new_context(viewport={"width": width, "height": height}, java_script_enabled=False)
    with contextlib.closing(context):
        context.set_default_timeout(SECONDS * 1000)
        yield context.new_page()


def test_a_review_can_be_done_by_keyboard(page: Page, review: ReviewOfSite) -> None:
    monitor = PageMonitor(page, review.url)
    before = review.path().read_text(encoding="utf-8")
    page.goto(review.url)
    page.locator("text=Begin").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(review.url + "1")
    focused = page.locator("#title")  # the first field in doubt
    page.wait_for_selector("#title:focus")
    assert "alert(3)" in page.locator(".paper").inner_text()
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.locator(".beside").bounding_box()["width"] <= width  # type: ignore[index]
    focused.fill("A better title")
    page.keyboard.press("Enter")  # what Enter does is to save, and saves what was changed alone
    page.wait_for_selector(".notice")
    assert page.locator(".notice").inner_text() == "Saved: Title. Still to check: Published."
    text_after = review.path().read_text(encoding="utf-8")
    assert text_after.partition("\n---\n")[2] == before.partition("\n---\n")[2]  # the text went there and back
    page.locator("text=Right as it is").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(review.url + "2")
    page.locator(".do >> text=Skip").click()
    page.wait_for_url(review.url)
    assert "1 of 2 checked" in page.locator("main").inner_text()
    articles = {article.title: article.doubts for article in loader.load(review.site)[0].articles}
    assert articles == {"A better title": (), "B": DOUBTS}
    monitor.require_clean()


def test_a_form_of_another_page_changes_nothing(page: Page, review: ReviewOfSite, tmp_path: Path) -> None:
    before = review.path().read_bytes()
    fields = "".join(f'<input name="{name}" value="{value[:40]}">' for name, value in review.fields("/2").items())
    form = f'<form method="post" action="{review.url}2">{fields}<button name="do" value="right">x</button></form>'
    (tmp_path / "evil.html").write_text(form, encoding="utf-8")
    page.goto((tmp_path / "evil.html").as_uri())
    page.locator("button").click()
    page.wait_for_url(review.url + "2")
    assert "comes from a page of another site" in page.locator("body").inner_text()
    assert review.path().read_bytes() == before
