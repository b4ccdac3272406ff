"""The `build` command: the same bytes whatever happened before, and nothing when content is wrong."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from site_gen.build import output_dir
from tests.support.sites import REPO, SMALL_SITE, small_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Call, Run, Tree

KEYS = ["pages", "drawn", "written", "unchanged", "removed", "seconds"]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A copy of the small site, to change."""
    return small_site(tmp_path / "mine")


def test_json(call: Call, mine: Path, tree: Tree) -> None:
    first = call("build", "--site", mine, "--json", "--no-search")
    assert first.status == 0
    assert list(first.record) == KEYS
    files = len(tree(mine / "output"))
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


def test_a_strangers_file_stops_it_and_is_named(call: Call, mine: Path, tree: Tree) -> None:
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
    assert tree(mine / "output") == {"about/index.html": b"mine"}


def test_a_page_changed_by_hand_is_kept_and_told_when_its_article_goes(call: Call, mine: Path) -> None:
    call("build", "--site", mine)
    page = mine / "output/articles/2026/pier-closes/index.html"
    page.write_text("by hand", encoding="utf-8")
    (mine / "content/articles/2026/pier-closes.md").unlink()
    done = call("build", "--site", mine)
    assert done.status == 0
    assert f"note: {page}: is no longer part of the site, but was changed by hand" in done.err
    assert page.read_text(encoding="utf-8") == "by hand"


# -- the same bytes -----------------------------------------------------------------------------------


@pytest.fixture
def clean(mine: Path, call: Call, tree: Tree, tmp_path: Path) -> dict[str, bytes]:
    """What a clean build of the small site gives."""
    assert call("build", "--site", mine, "--output", tmp_path / "clean").status == 0
    return tree(tmp_path / "clean")


@pytest.mark.parametrize(
    ("env", "inside"),
    [
        ({"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"}, True),
        ({"PYTHONHASHSEED": "77", "TZ": "America/Los_Angeles", "LC_ALL": "C", "PYTHONOPTIMIZE": "2"}, False),
    ],
)
def test_seed_zone_locale_and_folder_do_not_show(
    run: Run,
    mine: Path,
    tmp_path: Path,
    tree: Tree,
    clean: dict[str, bytes],
    env: dict[str, str],
    *,
    inside: bool,
) -> None:
    done = (
        run("build", cwd=mine, env=env) if inside else run("build", "--site", os.path.relpath(mine, tmp_path), env=env)
    )
    assert done.status == 0, done.err
    assert tree(mine / "output") == clean
    assert str(tmp_path).encode() not in b"".join(clean.values())


def test_the_order_of_the_disk_does_not_show(
    mine: Path, tmp_path: Path, call: Call, tree: Tree, clean: dict[str, bytes]
) -> None:
    other = tmp_path / "other"
    for name in sorted(tree(mine), reverse=True):
        (other / name).parent.mkdir(parents=True, exist_ok=True)
        (other / name).write_bytes((mine / name).read_bytes())
    call("build", "--site", other)
    assert tree(other / "output") == clean


def test_edits_deletions_and_renames_end_like_a_clean_build(mine: Path, call: Call, tree: Tree, tmp_path: Path) -> None:
    articles = mine / "content/articles"

    def retitle() -> None:
        path = articles / "2026/pier-closes.md"
        path.write_text(path.read_text(encoding="utf-8").replace("Pier closes", "Pier shuts"), encoding="utf-8")

    steps: list[Callable[[], object]] = [
        retitle,
        lambda: (articles / "2026/pier-closes.md").rename(articles / "2025/pier-shuts.md"),
        (mine / "content/companies/voss-and-daughters.md").unlink,
        lambda: (mine / "content/topics/storage.md").rename(mine / "content/topics/warehouses.md"),
        (articles / "2025/silo-stays.md").unlink,
        lambda: shutil.copyfile(SMALL_SITE / "content/articles/2025/silo-stays.md", articles / "2025/silo-stays.md"),
    ]
    call("build", "--site", mine)
    for n, step in enumerate(steps):
        step()
        assert call("build", "--site", mine).status == 0
        assert call("build", "--site", mine, "--output", tmp_path / f"clean{n}").status == 0
        assert tree(mine / "output") == tree(tmp_path / f"clean{n}")
        assert [p for p in (mine / "output").rglob("*") if p.is_dir() and not any(p.iterdir())] == []


def test_killed_at_any_moment_the_next_build_makes_it_whole(
    mine: Path, call: Call, tree: Tree, clean: dict[str, bytes]
) -> None:
    # A process that writes two versions of the site in turn until it is killed.
    code = (
        "import sys, pathlib; from tests.build.test_output_dir import put\n"
        "out, clean = map(pathlib.Path, sys.argv[1:])\n"
        "kinds = {'.css', '.html', '.txt', '.xml'}\n"
        "texts = [p for p in clean.rglob('[!.]*') if p.suffix in kinds]\n"
        "one = {'/' + p.relative_to(clean).as_posix(): p.read_text() for p in texts}\n"
        "two = {n: d + '<!-- two -->' for n, d in list(one.items())[::2]}\n"
        "two |= {f'/new/{i}/': 'x' * 70000 for i in range(30)}\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    for files in (two, one):\n"
        "        put(out, files)\n"
    )
    out, chance = mine / "output", random.Random(3)
    command = [sys.executable, "-c", code, str(out), str(mine.parent / "clean")]
    for _ in range(20):
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPO) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(chance.random() * 0.08)
            process.kill()
        whole = {*clean.values(), *(data + b"<!-- two -->" for data in clean.values()), b"x" * 70000}
        assert [name for name, data in tree(out).items() if data not in whole] == []
        if chance.random() < 0.3:
            continue  # killed twice in a row
        done = call("build", "--site", mine)
        assert done.status == 0, done.err
        assert tree(out) == clean
    assert call("build", "--site", mine).status == 0
    assert tree(out) == clean


def test_the_command_killed_at_any_moment(run: Run, mine: Path, tree: Tree, clean: dict[str, bytes]) -> None:
    command = [sys.executable, "-m", "site_gen", "build", "--site", str(mine)]
    chance = random.Random(5)
    for _ in range(4):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            while process.poll() is None and not (mine / "output" / output_dir.LOCK).exists():
                time.sleep(0.005)
            time.sleep(chance.random() * 0.25)
            process.kill()
    assert run("build", "--site", mine).status == 0
    assert tree(mine / "output") == clean


def test_two_builds_at_once(run: Run, mine: Path, tree: Tree) -> None:
    with output_dir.locked(mine / "output"):
        done = run("build", "--site", mine)
        assert done.status == 2
        assert done.err == f"site-gen: another build is writing to {mine}/output; wait for it to end\n"
        assert tree(mine / "output") == {}
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


def test_wrong_content_leaves_the_old_site(call: Call, mine: Path, tree: Tree) -> None:
    call("build", "--site", mine)
    before = tree(mine / "output")
    (mine / "content/topics/storage.md").write_text("---\nnam: Storage\n---\n", encoding="utf-8")
    assert call("build", "--site", mine).status == 1
    assert tree(mine / "output") == before


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


def test_a_wrong_template_leaves_the_old_site(call: Call, mine: Path, tree: Tree) -> None:
    call("build", "--site", mine)
    before = tree(mine / "output")
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
        assert tree(mine / "output") == before


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
