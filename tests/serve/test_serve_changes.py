"""`site-gen serve` as a process: whatever is done to a site's files ends in the right site."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.support.serving import FakeBuilder, ServeProcess, has_clean_output, http_request, serve_process, serving
from tests.support.sites import SMALL_SITE, small_site
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import HtmlPage


@pytest.fixture
def small(tmp_path: Path) -> Path:
    small_site(tmp_path / "small")
    return tmp_path / "small"


@pytest.fixture
def live(small: Path) -> Iterator[ServeProcess]:
    with serve_process(small, "--port", "0") as server:
        assert server.url
        yield server


def test_the_base_path_is_that_of_the_published_site(live: ServeProcess) -> None:
    assert live.url.endswith("/quay/") or live.url.count("/") == 4
    path = "/" + live.url.split("/", 3)[3]
    answer = http_request(live.port, "/")
    assert (answer.status, answer.headers["location"]) == (307, path)
    assert http_request(live.port, path).status == 200


def test_a_new_base_url_moves_the_site(live: ServeProcess) -> None:
    config = live.site / "content/site.yaml"
    text = config.read_text()
    lines = [line for line in text.splitlines() if not line.startswith("base_url")]
    config.write_text("\n".join([*lines, "base_url: https://x.example/moved/", ""]))
    until(lambda: http_request(live.port, "/").headers.get("location") == "/moved/")
    assert http_request(live.port, "/moved/").status == 200


@pytest.mark.slow
def test_edits_of_all_kinds(live: ServeProcess, tmp_path: Path) -> None:
    site = live.site
    articles = sorted((site / "content/articles").rglob("*.md"))
    one, two = articles[:2]
    one.write_text(one.read_text() + "\n\nA word that was added.\n")  # in place
    part = two.with_suffix(".part")
    part.write_text(two.read_text() + "\n\nSaved by renaming.\n")
    part.replace(two)
    until(lambda: has_clean_output(site), "an edit")
    companies = site / "content/companies"
    (companies / "new-quay.md").write_text("---\nname: New Quay\n---\n")
    until(lambda: has_clean_output(site), "a new file")
    (companies / "new-quay.md").rename(companies / "newer-quay.md")
    until(lambda: has_clean_output(site), "a rename")
    (companies / "newer-quay.md").unlink()
    until(lambda: has_clean_output(site), "a deletion")
    year = one.parent
    year.rename(year.with_name("1999"))
    until(lambda: has_clean_output(site), "a folder that was renamed")
    year.with_name("1999").rename(year)
    (site / "templates/assets").mkdir(parents=True)
    (site / "templates/assets/style.css").write_text("p { color: red }")
    until(lambda: has_clean_output(site), "a stylesheet")
    shutil.rmtree(site / "templates")
    until(lambda: has_clean_output(site), "no templates of its own")
    assert not [line for line in live.lines if "Traceback" in line]
    assert "/companies/" in " ".join(live.lines_starting("changed "))


@pytest.mark.slow
def test_a_file_that_is_wrong_while_it_is_written(live: ServeProcess, tmp_path: Path) -> None:
    path = live.site / "content/companies/half.md"
    path.write_text("---\nname: [Ha")
    until(lambda: live.lines_starting("content/companies/half.md:"), "a complaint")
    path.write_text("---\nname: Half\n---\nWhole.\n")
    until(lambda: live.lines_starting("mended     content/companies/half.md"), "mended")
    until(lambda: has_clean_output(live.site))


@pytest.mark.slow
def test_thousands_of_touches_and_another_branch(live: ServeProcess, tmp_path: Path) -> None:
    site, other = live.site, tmp_path / "branch"
    shutil.copytree(site / "content", other / "content")
    for path in list((other / "content/articles").rglob("*.md"))[::2]:
        path.unlink()
    for n in range(60):
        (other / f"content/companies/branch-{n}.md").write_text(f"---\nname: Branch {n}\n---\n")
    for _ in range(30):
        for path in site.joinpath("content").rglob("*.md"):
            path.touch()
    # As version control does it: what is not in the other branch goes, what is comes, file by file.
    for path in list(site.joinpath("content").rglob("*")):
        if path.is_file() and not (other / path.relative_to(site)).exists():
            path.unlink()
    shutil.copytree(other / "content", site / "content", dirs_exist_ok=True)
    until(lambda: has_clean_output(site), "the other branch")
    # And back with one rename of the whole folder.
    (site / "content").rename(tmp_path / "away")
    shutil.copytree(SMALL_SITE / "content", tmp_path / "back")
    (tmp_path / "back").rename(site / "content")
    until(lambda: has_clean_output(site), "the first branch again")
    assert not [line for line in live.lines if "Traceback" in line]


def test_reading_the_site_s_files_builds_nothing(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    path = tmp_path / "content/x.md"
    path.write_text("x")
    fake = FakeBuilder(tmp_path / "output")
    with serving(tmp_path, tmp_path / "output", fake):
        until(lambda: len(fake.calls) == 2, "the look behind the first build")
        for _ in range(200):
            path.read_bytes()
        (tmp_path / "content/mark.md").write_text("x")
        until(lambda: [tmp_path / "content/mark.md"] in fake.calls)
        assert not [call for call in fake.calls if call and path in call]


def test_a_page_in_the_inbox_becomes_an_article_while_others_are_served(
    live: ServeProcess, tmp_path: Path, html_page: HtmlPage
) -> None:
    inbox = live.site / "content/saved/inbox"
    until(inbox.is_dir)
    for n in range(3):
        (inbox / f"{n}.html").write_text(html_page(f"Number {n} came by post"))
    until(lambda: live.lines_starting("added "))
    for n in range(3):
        url = quote(f"number-{n}-came-by-post")
        until(lambda url=url: any(url in line for line in live.lines_starting("added ")))  # type: ignore[misc]
    until(lambda: not list(inbox.iterdir()))
    until(lambda: has_clean_output(live.site))
    assert "Number 1 came by post" in live.text("/" + live.url.split("/", 3)[3])
    (inbox / "empty.html").write_bytes(b"")
    until(lambda: live.lines_starting("content/saved/inbox/empty.html: "))
    (inbox / "empty.html").unlink()
    until(lambda: live.lines_starting("mended     content/saved/inbox/empty.html"))
