"""`site-gen serve` as a process: whatever is done to a site's files ends in the right site."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from tests.support.serving import FakeBuilder, ServeProcess, has_clean_output, http_request, serve_process, serving
from tests.support.sites import append_to_file, copy_site, set_base_url, small_site, write_files
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import HtmlPage


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return small_site(tmp_path / "site")


@pytest.fixture
def server(site: Path) -> Iterator[ServeProcess]:
    with serve_process(site, "--port", "0") as server:
        assert server.url
        yield server


def test_the_base_path_is_that_of_the_published_site(server: ServeProcess) -> None:
    assert server.url.endswith("/quay/") or server.url.count("/") == 4
    path = "/" + server.url.split("/", 3)[3]
    answer = http_request(server.port, "/")
    assert (answer.status, answer.headers["location"]) == (307, path)
    assert http_request(server.port, path).status == 200


def test_a_new_base_url_moves_the_site(server: ServeProcess) -> None:
    set_base_url(server.site, "https://x.example/moved/")
    until(lambda: http_request(server.port, "/").headers.get("location") == "/moved/")
    assert http_request(server.port, "/moved/").status == 200


@pytest.mark.slow
def test_edits_of_all_kinds_end_in_the_right_output(server: ServeProcess, tmp_path: Path) -> None:
    site = server.site
    articles = sorted((site / "content/articles").rglob("*.md"))
    append_to_file(articles[0], "\n\nA word that was added.\n")  # in place
    temporary = articles[1].with_suffix(".part")
    temporary.write_text(articles[1].read_text() + "\n\nSaved by renaming.\n")
    temporary.replace(articles[1])
    until(lambda: has_clean_output(site), "an edit")
    companies = site / "content/companies"
    (companies / "new-quay.md").write_text("---\nname: New Quay\n---\n")
    until(lambda: has_clean_output(site), "a new file")
    (companies / "new-quay.md").rename(companies / "newer-quay.md")
    until(lambda: has_clean_output(site), "a rename")
    (companies / "newer-quay.md").unlink()
    until(lambda: has_clean_output(site), "a deletion")
    year = articles[0].parent
    year.rename(year.with_name("1999"))
    until(lambda: has_clean_output(site), "a folder that was renamed")
    year.with_name("1999").rename(year)
    write_files(site, {"templates/assets/style.css": "p { color: red }"})
    until(lambda: has_clean_output(site), "a stylesheet")
    shutil.rmtree(site / "templates")
    until(lambda: has_clean_output(site), "no templates of its own")
    assert not [line for line in server.lines if "Traceback" in line]
    assert "/companies/" in " ".join(server.lines_starting("changed "))


@pytest.mark.slow
def test_a_file_that_is_wrong_while_it_is_written_is_reported_and_mended(server: ServeProcess, tmp_path: Path) -> None:
    path = server.site / "content/companies/half.md"
    path.write_text("---\nname: [Ha")
    until(lambda: server.lines_starting("content/companies/half.md:"), "a complaint")
    path.write_text("---\nname: Half\n---\nWhole.\n")
    until(lambda: server.lines_starting("fixed      content/companies/half.md"), "mended")
    until(lambda: has_clean_output(server.site))


@pytest.mark.slow
def test_thousands_of_touches_and_a_change_of_branches_end_in_the_right_output(
    server: ServeProcess, tmp_path: Path
) -> None:
    site, other = server.site, copy_site(server.site, tmp_path / "branch")
    for path in list((other / "content/articles").rglob("*.md"))[::2]:
        path.unlink()
    write_files(other, {f"content/companies/branch-{n}.md": f"---\nname: Branch {n}\n---\n" for n in range(60)})
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
    (small_site(tmp_path / "back") / "content").rename(site / "content")
    until(lambda: has_clean_output(site), "the first branch again")
    assert not [line for line in server.lines if "Traceback" in line]


def test_reading_the_site_s_files_builds_nothing(tmp_path: Path) -> None:
    path = write_files(tmp_path, {"content/x.md": "x"}) / "content/x.md"
    builder = FakeBuilder(tmp_path / "output")
    with serving(tmp_path, tmp_path / "output", builder):
        until(lambda: len(builder.calls) == 2, "the look behind the first build")
        for _ in range(200):
            path.read_bytes()
        (tmp_path / "content/mark.md").write_text("x")
        until(lambda: [tmp_path / "content/mark.md"] in builder.calls)
        assert not [call for call in builder.calls if call and path in call]


def test_a_company_that_comes_is_told_where_articles_name_it(server: ServeProcess) -> None:
    write_files(server.site, {"content/articles/2026/q.md": "---\ntitle: Q\n---\nThey met Quorzel at the quay.\n"})
    until(lambda: has_clean_output(server.site))
    write_files(server.site, {"content/companies/quorzel.md": "---\nname: Quorzel\n---\n"})
    start = "note: content/companies/quorzel.md: 1 article without its tag has one of its names"
    until(lambda: server.lines_starting(start))


def test_a_page_in_the_inbox_becomes_an_article_while_others_are_served(
    server: ServeProcess, tmp_path: Path, html_page: HtmlPage
) -> None:
    inbox = server.site / "content/saved/inbox"
    until(inbox.is_dir)
    write_files(inbox, {f"{n}.html": html_page(f"Number {n} came by post") for n in range(3)})
    until(lambda: server.lines_starting("added "))
    for n in range(3):
        url = quote(f"number-{n}-came-by-post")
        until(lambda url=url: any(url in line for line in server.lines_starting("added ")))  # type: ignore[misc]
    until(lambda: not list(inbox.iterdir()))
    until(lambda: has_clean_output(server.site))
    home = "/" + server.url.split("/", 3)[3]
    assert "Number 1 came by post" in server.text(f"{home}articles/2026/number-1-came-by-post/")
    (inbox / "empty.html").write_bytes(b"")
    until(lambda: server.lines_starting("content/saved/inbox/empty.html: "))
    (inbox / "empty.html").unlink()
    until(lambda: server.lines_starting("fixed      content/saved/inbox/empty.html"))
