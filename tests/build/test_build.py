"""The `build` command: what it says and counts, what it leaves alone, and nothing when content is wrong."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from site_gen.build import output_dir
from tests.support.sites import read_files, small_site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call, Run

KEYS = ["pages", "drawn", "written", "unchanged", "removed", "seconds"]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a copy of the small site, to change."""
    return small_site(tmp_path / "mine")


def test_json(call: Call, mine: Path) -> None:
    first = call("build", "--site", mine, "--json", "--no-search")
    assert first.status == 0
    assert list(first.record) == KEYS
    files = len(read_files(mine / "output"))
    assert first.record["written"] == files
    assert (first.record["unchanged"], first.record["removed"]) == (0, 0)
    assert 0 < first.record["pages"] < files  # the style sheet is no page
    second = call("build", "--site", mine, "--json", "--no-search").record
    assert (second["written"], second["unchanged"], second["removed"]) == (0, files, 0)
    (mine / "content/articles/2025/silo-stays.md").unlink()
    third = call("build", "--site", mine, "--json", "--no-search").record
    assert third["removed"] == 3  # the article and its two redirects
    assert third["written"] > 0


def test_what_it_says(call: Call, mine: Path) -> None:
    done = call("build", "--site", mine)
    assert done.status == 0
    assert len(done.lines) == 1
    assert " pages in " in done.lines[0]
    assert "note: content/articles/2025/silo-stays.md: the tag companies/tallow-pier has no file" in done.err


def test_unchanged_files_keep_their_times(call: Call, mine: Path) -> None:
    call("build", "--site", mine)
    paths = [path for path in (mine / "output").rglob("*") if path.is_file() and not path.name.startswith(".")]
    for path in paths:
        os.utime(path, (1_000_000_000, 1_000_000_000))
    about = mine / "content/about.md"
    about.write_text(about.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
    call("build", "--site", mine)
    changed = [path.relative_to(mine / "output").as_posix() for path in paths if path.stat().st_mtime > 1_000_000_000]
    assert changed == ["about/index.html"]


def test_the_output_folders_own_gitignore_stays(call: Call, mine: Path) -> None:
    (mine / "output").mkdir()
    (mine / "output/.gitignore").write_text("*\n!.gitignore\n", encoding="utf-8")
    for _ in range(2):
        assert call("build", "--site", mine).status == 0
    assert (mine / "output/.gitignore").read_text(encoding="utf-8") == "*\n!.gitignore\n"


def test_a_strangers_file_stops_it_and_is_named(call: Call, mine: Path) -> None:
    (mine / "output/about").mkdir(parents=True)
    (mine / "output/about/index.html").write_text("mine", encoding="utf-8")
    done = call("build", "--site", mine)
    assert done.status == 1
    assert done.err.splitlines() == [
        (
            f"{mine}/output/about/index.html: is in the way and was not written by a build; move it away"
            "; if an older version built all of it, delete the folder once"
        )
    ]
    assert read_files(mine / "output") == {"about/index.html": b"mine"}


def test_a_page_changed_by_hand_is_kept_and_told_when_its_article_goes(call: Call, mine: Path) -> None:
    call("build", "--site", mine)
    page = mine / "output/articles/2026/pier-closes/index.html"
    page.write_text("by hand", encoding="utf-8")
    (mine / "content/articles/2026/pier-closes.md").unlink()
    done = call("build", "--site", mine)
    assert done.status == 0
    assert f"note: {page}: is no longer part of the site, but was changed by hand" in done.err
    assert page.read_text(encoding="utf-8") == "by hand"


def test_two_builds_at_once(run: Run, mine: Path) -> None:
    with output_dir.lock_folder(mine / "output"):
        done = run("build", "--site", mine)
        assert done.status == 2
        assert done.err == f"site-gen: another build is writing to {mine}/output; wait for it to end\n"
        assert read_files(mine / "output") == {}
    assert run("build", "--site", mine).status == 0


# -- wrong content ------------------------------------------------------------------------------------

# The file, its text, where the complaint is, a word in it.
BAD = [
    ("content/companies/bad-key.md", "name: Bad\nwebsit: https://a.example/", ":3: ", "website"),
    ("content/topics/no-name.md", "keywords: [x]", ":", "name"),
    ("content/articles/2026/bad-date.md", "title: Bad\npublished: 2026-02-31", ":3: ", "2026-02-31"),
    ("content/articles/2026/twice.md", "title: Bad\ntitle: Worse", ":3: ", "title"),
    ("content/articles/2026/same-id.md", "id: s1k0st4y\ntitle: Same", ":", "s1k0st4y"),
    (
        "content/articles/2026/taken.md",
        "title: X\nredirect_from: [/articles/2026/pier-closes/]",
        ":",
        "/articles/2026/pier-closes/",
    ),
]


@pytest.fixture
def wrong(mine: Path) -> Path:
    for name, head, _, _ in BAD:
        (mine / name).write_text(f"---\n{head}\n---\nx\n", encoding="utf-8")
    return mine


def test_all_complaints_at_once_and_nothing_written(call: Call, wrong: Path) -> None:
    done = call("build", "--site", wrong)
    assert done.status == 1
    assert done.out == ""
    lines = done.err.splitlines()
    for name, _, at, word in BAD:
        assert [line for line in lines if line.startswith(name + at) and word in line], name
    assert all(line.startswith("content/") for line in lines)
    assert not (wrong / "output").exists()


def test_wrong_content_leaves_the_old_site(call: Call, mine: Path) -> None:
    call("build", "--site", mine)
    before = read_files(mine / "output")
    (mine / "content/topics/storage.md").write_text("---\nnam: Storage\n---\n", encoding="utf-8")
    assert call("build", "--site", mine).status == 1
    assert read_files(mine / "output") == before


def test_keep_going_builds_the_rest(call: Call, wrong: Path) -> None:
    done = call("build", "--site", wrong, "--keep-going", "--json")
    assert done.status == 1
    assert list(done.record) == KEYS
    for name, _, at, word in BAD:
        assert [line for line in done.err.splitlines() if line.startswith(name + at) and word in line], name
    assert (wrong / "output/articles/2025/silo-stays/index.html").is_file()
    assert (wrong / "output/articles/2026/pier-closes/index.html").read_text(encoding="utf-8").count("Pier closes")
    assert not (wrong / "output/articles/2026/twice").exists()


@pytest.mark.parametrize(
    "text",
    [
        "title: [",
        "- a list",
        "",
        "title: X\nkinds: {articles: {label: A}}\n",
        "title: X\nbase_url: javascript:alert(1)\n",
        "tilte: X\n",
    ],
)
def test_wrong_settings(call: Call, mine: Path, text: str) -> None:
    (mine / "content/site.yaml").write_text(text, encoding="utf-8")
    done = call("build", "--site", mine)
    assert done.status == 1
    assert [line for line in done.err.splitlines() if line.startswith("content/site.yaml")]
    assert not (mine / "output").exists()


def test_a_wrong_template_leaves_the_old_site(call: Call, mine: Path) -> None:
    call("build", "--site", mine)
    before = read_files(mine / "output")
    (mine / "templates").mkdir()
    for text, told in [
        ("{% if %}", "templates/about.html:1"),
        ("{{ no_such_name }}", "no_such_name"),
        ('{% extends "gone.html" %}', "gone.html"),
    ]:
        (mine / "templates/about.html").write_text(text, encoding="utf-8")
        done = call("build", "--site", mine)
        assert done.status == 1
        assert told in done.err
        assert read_files(mine / "output") == before


def test_an_own_template_beats_ours(call: Call, mine: Path) -> None:
    (mine / "templates").mkdir()
    (mine / "templates/404.html").write_text(
        "<!doctype html><title>Lost at sea</title>{{ site.title }}", encoding="utf-8"
    )
    assert call("build", "--site", mine).status == 0
    assert (
        (mine / "output/404.html")
        .read_text(encoding="utf-8")
        .startswith("<!doctype html><title>Lost at sea</title>Quay &amp; ")
    )
    assert (mine / "output/about/index.html").is_file()
