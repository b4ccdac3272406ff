"""The page of an entity: the latest stories are there to see, the older ones unfold."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import lxml.html
import pytest

from site_gen.build import build_session
from tests.support.sites import markdown_file, own_words, small_site, write_files

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = build_session.BuildOptions(jobs=1, search=False, cards=False)


def article(number: int, outlet: str) -> str:
    return markdown_file(
        f"Rook Line. {own_words(number)}",
        title=f"Report {number} on Rook Line",
        published=str(dt.date(2026, 3, 1) + dt.timedelta(days=number)),
        site=outlet,
        source=f"https://{outlet}.example/{number}",
        companies=["rook-line"],
        about=["companies/rook-line"],
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return small_site(tmp_path / "site")


def entity_page(site: Path, articles: dict[str, str]) -> lxml.html.HtmlElement:
    write_files(site, {f"content/articles/2026/rook-{name}.md": text for name, text in articles.items()})
    build_session.build(site, site / "out", OPTIONS)
    return lxml.html.document_fromstring((site / "out/companies/rook-line/index.html").read_bytes())


def test_older_stories_unfold(site: Path) -> None:
    page = entity_page(site, {str(number): article(number, "wire") for number in range(17)})
    lists = page.xpath('//section[@id="stories"]//ol')
    assert [len(each.xpath("li")) for each in lists] == [10, 7]
    assert page.xpath('//details[@class="older"]/summary')[0].text == "7 older stories"
    days = page.xpath('//section[@id="stories"]//li//time/@datetime')
    assert days == sorted(days, reverse=True)


def test_a_few_more_stories_do_not_fold(site: Path) -> None:
    page = entity_page(site, {str(number): article(number, "wire") for number in range(13)})
    assert len(page.xpath('//section[@id="stories"]//li')) == 13
    assert not page.xpath("//details[@class='older']")


def test_a_page_without_notes_names_the_stories_that_most_outlets_tell(site: Path) -> None:
    articles = {str(number): article(number, "wire") for number in range(12)}
    articles |= {f"5-{outlet}": article(5, outlet) for outlet in ("mast", "keel")}
    page = entity_page(site, articles)
    carried = page.xpath('//section[h2[starts-with(., "Most widely reported")]]//li')
    assert [each.text_content() for each in carried] == ["Report 5 on Rook Line 3 outlets, 6 Mar 2026"]
    write_files(site, {"content/companies/rook-line.md": "---\nname: Rook Line\n---\n\nRuns ferries.\n"})
    assert not entity_page(site, {}).xpath('//h2[starts-with(., "Most widely reported")]')
