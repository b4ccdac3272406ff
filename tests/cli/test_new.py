"""The `new` command: a site that works at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from site_gen.content.loader import parse_config
from site_gen.content.schema import DEFAULT_BASE_URL
from site_gen.core import console
from tests.support.publishing import run_git
from tests.support.sites import read_files, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from site_gen.core.errors import Problem
    from tests.conftest import Call, HtmlPage, Run

FILES = {
    ".gitattributes",
    ".gitignore",
    ".schemas/site.json",
    "content/about.md",
    "content/companies/example-cameras.md",
    "content/site.yaml",
    "content/topics/example-topic.md",
}


def test_a_new_site_builds_at_once_and_takes_pages(run: Run, tmp_path: Path, html_page: HtmlPage) -> None:
    result = run("new", "my-digest")
    assert result.status == 0, result.err
    folder = tmp_path / "my-digest"
    assert set(read_files(folder)) == FILES
    assert result.lines[:-2] == [f"  my-digest/{name}" for name in sorted(FILES)]
    assert {p.name for p in folder.iterdir() if p.is_dir()} == {".schemas", "content", "templates"}
    assert (folder / "content/articles").is_dir()
    assert (folder / "content/saved").is_dir()
    first_build = run("build", cwd=folder)
    assert first_build.status == 0, first_build.err
    home = (folder / "output/index.html").read_text(encoding="utf-8")
    assert "<title>My digest</title>" in home
    assert "No articles yet" in home
    (tmp_path / "page.html").write_text(html_page("Example Cameras buys a silo"), encoding="utf-8")
    added = run("add", tmp_path / "page.html", cwd=folder)
    assert added.status == 0, added.err
    assert run("build", cwd=folder).status == 0
    entity = (folder / "output/companies/example-cameras/index.html").read_text(encoding="utf-8")
    assert "Example Cameras buys a silo" in entity


@pytest.mark.parametrize(("way", "ignored"), [("machine", ["content/articles/"]), ("workflow", [])])
def test_git_gets_no_saved_pages_and_no_texts_unless_its_repository_is_private(
    call: Call, tmp_path: Path, way: str, ignored: list[str]
) -> None:
    call("new", tmp_path / "x", "--publish", way)
    lines = (tmp_path / "x/.gitignore").read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    assert names == ["output/", ".site-gen/", ".site-gen-*", ".DS_Store", "content/saved/", *ignored]
    settings = (tmp_path / "x/content/site.yaml").read_text(encoding="utf-8")
    assert ('\npublish: {content_is: "private"}\n' in settings) == (way == "workflow")
    assert (tmp_path / "x/.github/workflows/publish.yml").exists() == (way == "workflow")


@pytest.mark.parametrize(("answer", "way"), [("", "machine"), (None, "machine"), ("1", "machine"), ("2", "workflow")])
def test_on_a_terminal_it_asks_how_the_site_is_published(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str | None, way: str
) -> None:
    monkeypatch.setattr(console, "is_interactive", lambda: True)
    monkeypatch.setattr(console, "ask", lambda question: answer)
    done = call("new", tmp_path / "x")
    assert [line[2] for line in done.lines[1:3]] == ["1", "2"]
    assert (tmp_path / "x/.github").exists() == (way == "workflow")
    call("new", tmp_path / "y", "--publish", "machine")
    assert not (tmp_path / "y/.github").exists()


@pytest.mark.parametrize(
    ("remote", "base_url"),
    [
        ("git@github.com:Ada/Digest.git", "https://ada.github.io/Digest/"),
        ("https://github.com/ada/ada.github.io", "https://ada.github.io/"),
        ("git@codeberg.org:ada/digest.git", "https://ada.codeberg.page/digest/"),
        ("ssh://git@codeberg.org/ada/pages.git", "https://ada.codeberg.page/"),
        ("git@elsewhere.example:ada/digest.git", DEFAULT_BASE_URL),
    ],
)
def test_the_remote_says_where_the_site_will_be(call: Call, tmp_path: Path, remote: str, base_url: str) -> None:
    assert call("new", tmp_path / "x", "--remote", remote).status == 0
    problems: list[Problem] = []
    config = parse_config((tmp_path / "x/content/site.yaml").read_bytes(), problems)
    assert (config.publish.remote, config.base_url, problems) == (remote, base_url, [])


def test_a_wrong_remote_is_refused_before_anything_is_written(call: Call, tmp_path: Path) -> None:
    done = call("new", tmp_path / "x", "--remote", "ext::sh -c id")
    assert done.status == 2
    assert not (tmp_path / "x").exists()


def test_a_site_inside_of_another_repository_is_told(call: Call, tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet")
    assert f"note: {tmp_path / 'x'} is inside the repository {tmp_path}" in call("new", tmp_path / "x").err


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("my-digest", "My digest"),
        ("Ports_of_call", "Ports of call"),
        ('a "quoted" \\ name', "A quoted name"),
        ("ábc: {x} # y", "Ábc: {x} # y"),
        ("日本の港", "日本の港"),
    ],
)
def test_the_title_comes_from_the_folder(call: Call, tmp_path: Path, name: str, title: str) -> None:
    assert call("new", tmp_path / name).status == 0
    assert call("build", "--site", tmp_path / name).status == 0
    home = (tmp_path / name / "output/index.html").read_text(encoding="utf-8")
    assert f"<title>{title}</title>" in home


@pytest.mark.parametrize("name", sorted(FILES))
def test_no_file_is_overwritten(call: Call, tmp_path: Path, name: str) -> None:
    write_files(tmp_path / "site", {name: "mine"})
    done = call("new", tmp_path / "site")
    assert done.status == 2
    assert str(tmp_path / "site" / name) in done.err
    assert read_files(tmp_path) == {f"site/{name}": b"mine"}


def test_a_folder_that_is_a_site_already_is_refused(call: Call, tmp_path: Path) -> None:
    assert call("new", tmp_path / "site").status == 0
    before = read_files(tmp_path)
    assert call("new", tmp_path / "site").status == 2
    assert read_files(tmp_path) == before


def test_a_folder_with_other_files_becomes_a_site(call: Call, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    assert call("new", tmp_path).status == 0
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == "mine"


def test_a_file_in_place_of_the_folder_is_refused_in_one_line(call: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for target in (tmp_path / "file", tmp_path / "file/below"):
        done = call("new", target)
        assert done.status == 2
        assert done.err.startswith("site-gen: ")
        assert len(done.err.splitlines()) == 1
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_each_setting_that_is_commented_out_is_valid(call: Call, tmp_path: Path) -> None:
    """Each setting that the file only mentions can be had by taking its `# ` away."""
    call("new", tmp_path / "x")
    file = tmp_path / "x/content/site.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    uncommented = [line.removeprefix("# ") if re.match(r"# +\w+:( |$)", line) else line for line in lines]
    (tmp_path / "x/content/logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')
    problems: list[Problem] = []
    config = parse_config("\n".join(uncommented).encode(), problems)
    assert problems == []
    assert (config.cards, config.search) == ("entities", True)
    assert config.theme.accent.light == "#1d5c8f"
    assert config.theme.logo == "logo.svg"
    assert [kind.key for kind in config.kinds][2:] == ["people", "places", "media"]
    file.write_text("\n".join(uncommented), encoding="utf-8")
    assert call("build", "--site", tmp_path / "x").status == 0
