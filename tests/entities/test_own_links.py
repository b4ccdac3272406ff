"""Links that the owner writes to pages of the site, where the output may lie, and what an article links and quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_gen.core.internal_links import Links, page_meant
from site_gen.core.urls import UrlPath
from tests.support.sites import read_files, small_site, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

LONE = "---\nname: Lone\n---\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
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
def test_a_link_as_a_person_wrote_it_leads_to_the_page(written: str, href: str) -> None:
    assert Links("https://u.example/repo/").href_as_written(UrlPath("/about/"), written) == href


def test_offline_such_a_link_names_the_file() -> None:
    assert (
        Links("https://u.example/", offline=True).href_as_written(UrlPath("/about/"), "/a/b#c") == "../a/b/index.html#c"
    )


def test_the_page_that_a_link_means() -> None:
    assert page_meant("/companies/%E6%B5%B7?x#y") == "/companies/海/"


def test_a_link_to_no_page_is_reported_with_the_nearest_page(call: Call, site: Path) -> None:
    text = "---\nname: Linking\n---\nSee [itself](/companies/linking) and [a slip](/companies/linkin/).\n"
    write_files(site, {"content/companies/linking.md": text})
    done = call("build", "--site", site)
    assert done.status == 1
    assert (
        "content/companies/linking.md: links to /companies/linkin/, which is not a page of this site; "
        "did you mean /companies/linking/?"
    ) in done.err
    assert "/companies/linking," not in done.err


def test_a_redirect_to_itself_is_reported(call: Call, site: Path) -> None:
    text = "---\nname: Self\nredirect_from: [/companies/self/]\n---\n"
    write_files(site, {"content/companies/self.md": text})
    done = call("build", "--site", site)
    assert "content/companies/self.md: `redirect_from` names its own address, /companies/self/; remove it" in done.err


@pytest.mark.parametrize("folder", [".", "content", "content/companies", "templates", ".."])
def test_an_output_folder_among_the_sites_own_files_is_refused(call: Call, site: Path, folder: str) -> None:
    (site / "templates").mkdir(exist_ok=True)
    before = read_files(site)
    done = call("build", "--site", site, "--output", site / folder)
    assert done.status == 2
    assert "are inside one another" in done.err
    assert read_files(site) == before


def test_an_entity_that_was_renamed_keeps_its_articles(call: Call, site: Path) -> None:
    files = {
        "content/companies/old-works.md": "---\nname: Old Works\n---\n",
        "content/articles/2025/works.md": "---\ntitle: Works\ncompanies: [old-works]\n---\nOld Works burned.\n",
    }
    write_files(site, files)
    assert call("build", "--site", site).status == 0
    text = "---\nname: New Works\nnames: [Old Works]\nredirect_from: [/companies/old-works/]\n---\n"
    (site / "content/companies/old-works.md").unlink()
    write_files(site, {"content/companies/new-works.md": text})
    assert call("build", "--site", site).status == 0
    assert ">Works</a>" in (site / "output/companies/new-works/index.html").read_text()
    assert "has moved" in (site / "output/companies/old-works/index.html").read_text()


def test_in_excerpt_mode_a_text_without_stops_is_cut(call: Call, site: Path) -> None:
    words = " ".join(f"word{n}" for n in range(3000))
    article = f"---\ntitle: Long\ntext: excerpt\ncompanies: [lone]\n---\n{words[:9000]} Lone {words[9000:]}\n"
    write_files(site, {"content/companies/lone.md": LONE, "content/articles/2025/long.md": article})
    assert call("build", "--site", site).status == 0
    page = (site / "output/articles/2025/long/index.html").read_text()
    assert "<mark>Lone</mark>" in page
    assert page.count("word") < 120


def test_the_first_mention_that_can_be_a_link_is_one(call: Call, site: Path) -> None:
    text = "---\ntitle: A\ntext: full\ncompanies: [lone]\n---\n[Lone](https://l.example/) said so.\n\nThen Lone left.\n"
    write_files(site, {"content/companies/lone.md": LONE, "content/articles/2025/a.md": text})
    assert call("build", "--site", site, "--base-url", "https://u.example/").status == 0
    page = (site / "output/articles/2025/a/index.html").read_text()
    assert 'Then <a href="/companies/lone/">Lone</a> left.' in page
