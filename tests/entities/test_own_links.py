"""What the site's owner links to, and where the output may lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_gen.core.internal_links import Links, page_meant
from site_gen.core.urls import UrlPath
from tests.support.sites import read_files, small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return small_site(tmp_path / "mine")


@pytest.mark.parametrize(
    ("written", "href"),
    [
        ("/companies/x", "/repo/companies/x/"),
        ("/companies/x/?q=1#part", "/repo/companies/x/?q=1#part"),
        ("/companies/%E6%B5%B7/", "/repo/companies/%E6%B5%B7/"),
        ("/companies/海/", "/repo/companies/%E6%B5%B7/"),
        ("/feed.xml", "/repo/feed.xml"),
        ("#part", "#part"),
    ],
)
def test_a_link_that_a_person_wrote(written: str, href: str) -> None:
    assert Links("https://u.example/repo/").href_as_written(UrlPath("/about/"), written) == href


def test_offline_it_names_the_file() -> None:
    assert (
        Links("https://u.example/", offline=True).href_as_written(UrlPath("/about/"), "/a/b#c") == "../a/b/index.html#c"
    )


def test_the_page_of_a_link() -> None:
    assert page_meant("/companies/%E6%B5%B7?x#y") == "/companies/海/"


def test_a_link_to_no_page_is_told_with_the_nearest(call: Call, mine: Path) -> None:
    company = mine / "content" / "companies" / "linking.md"
    company.write_text("---\nname: Linking\n---\nSee [itself](/companies/linking) and [a slip](/companies/linkin/).\n")
    done = call("build", "--site", mine)
    assert done.status == 1
    assert (
        "content/companies/linking.md: links to /companies/linkin/, which is no page of the site; "
        "did you mean /companies/linking/?"
    ) in done.err
    assert "/companies/linking," not in done.err


def test_a_redirect_to_itself_is_told(call: Call, mine: Path) -> None:
    (mine / "content/companies/self.md").write_text("---\nname: Self\nredirect_from: [/companies/self/]\n---\n")
    done = call("build", "--site", mine)
    assert "content/companies/self.md: `redirect_from` names its own address, /companies/self/; take it out" in done.err


@pytest.mark.parametrize("where", [".", "content", "content/companies", "templates", ".."])
def test_output_among_the_sites_own_files_is_refused(call: Call, mine: Path, where: str) -> None:
    (mine / "templates").mkdir(exist_ok=True)
    before = read_files(mine)
    done = call("build", "--site", mine, "--output", mine / where)
    assert done.status == 2
    assert "lie within each other" in done.err
    assert read_files(mine) == before


def test_an_entity_that_was_renamed_keeps_its_articles(call: Call, mine: Path) -> None:
    folder = mine / "content"
    (folder / "companies/old-works.md").write_text("---\nname: Old Works\n---\n")
    (folder / "articles/2025/works.md").write_text(
        "---\ntitle: Works\ncompanies: [old-works]\n---\nOld Works burned.\n"
    )
    assert call("build", "--site", mine).status == 0
    text = "---\nname: New Works\nnames: [Old Works]\nredirect_from: [/companies/old-works/]\n---\n"
    (folder / "companies/old-works.md").unlink()
    (folder / "companies/new-works.md").write_text(text)
    assert call("build", "--site", mine).status == 0
    assert ">Works</a>" in (mine / "output/companies/new-works/index.html").read_text()
    assert "has moved" in (mine / "output/companies/old-works/index.html").read_text()


def test_in_excerpt_mode_a_text_without_stops_is_cut(call: Call, mine: Path) -> None:
    words = " ".join(f"word{n}" for n in range(3000))
    article = f"---\ntitle: Long\ntext: excerpt\ncompanies: [lone]\n---\n{words[:9000]} Lone {words[9000:]}\n"
    (mine / "content/companies/lone.md").write_text("---\nname: Lone\n---\n")
    (mine / "content/articles/2025/long.md").write_text(article)
    assert call("build", "--site", mine).status == 0
    page = (mine / "output/articles/2025/long/index.html").read_text()
    assert "<mark>Lone</mark>" in page
    assert page.count("word") < 120


def test_the_first_mention_that_can_be_a_link_is_one(call: Call, mine: Path) -> None:
    text = "---\ntitle: A\ntext: full\ncompanies: [lone]\n---\n[Lone](https://l.example/) said so.\n\nThen Lone left.\n"
    (mine / "content/companies/lone.md").write_text("---\nname: Lone\n---\n")
    (mine / "content/articles/2025/a.md").write_text(text)
    assert call("build", "--site", mine, "--base-url", "https://u.example/").status == 0
    page = (mine / "output/articles/2025/a/index.html").read_text()
    assert 'Then <a href="/companies/lone/">Lone</a> left.' in page
