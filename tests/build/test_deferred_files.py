"""The search index and the cards, which are made after the pages: right, whole, ours, and in nobody's way."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from site_gen.build import build_session, pagefind
from site_gen.build.deferred_files import is_deferred
from site_gen.core.errors import Problem, SiteError
from site_gen.serve.builder_protocol import DeferredProgress
from site_gen.serve.live_builder import LiveBuilder
from tests.support.search_site import write_search_site
from tests.support.sites import append_to_file, clean_build, differing_files, edit_file, read_files, write_files

OPTIONS = build_session.BuildOptions(jobs=1)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Write a site, `site`, to be built into a folder beside it, `out`."""
    write_search_site(tmp_path / "site")
    return tmp_path


def require_clean(workspace: Path, options: build_session.BuildOptions = OPTIONS) -> None:
    """Assert that the output is what a clean build makes."""
    assert differing_files(read_files(workspace / "out"), clean_build(workspace / "site", options)) == []


def file_stamps(folder: Path) -> dict[str, int]:
    """Return when each file below a folder was last written, by name."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()
    }


def test_a_build_with_nothing_to_do_makes_neither_index_nor_cards(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    before = {path: path.stat().st_mtime_ns for path in (workspace / "out").rglob("*.p*") if path.is_file()}

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("nothing changed")

    monkeypatch.setattr(pagefind, "build_part", fail)
    monkeypatch.setattr("site_gen.build.card_png.png", fail)
    assert build_session.build(workspace / "site", workspace / "out", OPTIONS).written == 0
    # Words that no passage quotes change a page of a full text, and neither the index nor a card.
    append_to_file(workspace / "site/content/articles/2025/silo-stays.md", "\nA ferry went by.\n")
    assert build_session.build(workspace / "site", workspace / "out", OPTIONS).written == 1
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize("pattern", ["search/fragment/*", "search/pagefind-entry.json", "cards/companies/voss.png"])
@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_somebody_damaged_is_mended(workspace: Path, pattern: str, gone: bool) -> None:
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    path = min((workspace / "out").glob(pattern))
    if gone:
        path.unlink()
    else:
        path.write_bytes(b"not what it was")
        (problem,) = build_session.verify(workspace / "site", workspace / "out", OPTIONS)
        assert problem.file == str(path)
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    require_clean(workspace)


def test_files_that_are_not_ours_stay(workspace: Path) -> None:
    write_files(workspace / "out", {"cards/mine.png": b"mine", "search/fragment/mine.pf_fragment": b"mine"})
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    append_to_file(workspace / "site/content/site.yaml", "cards: none\nsearch: false\n")
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert sorted(filter(is_deferred, read_files(workspace / "out"))) == [
        "cards/mine.png",
        "search/fragment/mine.pf_fragment",
    ]


def test_a_foreign_file_in_the_way_is_named(workspace: Path) -> None:
    write_files(workspace / "out", {"search/pagefind.js": "mine"})
    with pytest.raises(SiteError, match=r"pagefind\.js.*in the way"):
        build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert (workspace / "out/search/pagefind.js").read_text() == "mine"
    assert (workspace / "out/index.html").is_file()


@pytest.mark.parametrize("program", ["/nowhere/pagefind", shutil.which("false") or "false"])
def test_without_pagefind_the_pages_are_there_and_the_error_says_what_to_do(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: Path(program))
    with pytest.raises(SiteError, match=r"the search index: cannot be made.*search: false"):
        build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert (workspace / "out/search/index.html").is_file()
    monkeypatch.undo()
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    require_clean(workspace)


# -- the parts of the index


def part_names(out: Path) -> dict[str, set[str]]:
    """Return the names of the files of each part of the search index, by the part's language."""
    parts: dict[str, set[str]] = {}
    for name in filter(is_deferred, read_files(out)):
        if part := pagefind.part_of_file(name):
            parts.setdefault(part, set()).add(name)
    return parts


def test_a_title_changes_one_part_of_the_index(workspace: Path) -> None:
    options = OPTIONS._replace(search_part_size=2)
    build_session.build(workspace / "site", workspace / "out", options)
    before, stamps = part_names(workspace / "out"), file_stamps(workspace / "out/search")
    assert len(before) == 10
    edit_file(workspace / "site/content/articles/2026/danish.md", "title: 'Œ", "title: 'New Œ")
    build_session.build(workspace / "site", workspace / "out", options)
    after = part_names(workspace / "out")
    (changed,) = (part for part in before if before[part] != after[part])
    new = {name for name, stamp in file_stamps(workspace / "out/search").items() if stamps.get(name) != stamp}
    assert {pagefind.part_of_file(name) for name in new} == {"", changed}
    assert {name for name in new if not pagefind.part_of_file(name)} == {"pagefind-entry.json"}
    require_clean(workspace, options)


def test_a_name_changes_the_parts_that_have_it(workspace: Path) -> None:
    options = OPTIONS._replace(search_part_size=2)
    build_session.build(workspace / "site", workspace / "out", options)
    before = part_names(workspace / "out")
    edit_file(workspace / "site/content/topics/storage.md", "name: Storage", "name: Stores")
    build_session.build(workspace / "site", workspace / "out", options)
    after = part_names(workspace / "out")
    assert before.keys() == after.keys()
    assert len([part for part in before if before[part] != after[part]]) == 3  # of two articles, and the topic itself
    require_clean(workspace, options)


def test_parts_come_and_go_with_articles(workspace: Path) -> None:
    options = OPTIONS._replace(search_part_size=2)
    build_session.build(workspace / "site", workspace / "out", options)
    before = part_names(workspace / "out")
    texts = {path: path.read_bytes() for path in (workspace / "site/content/articles/2026").glob("*.md")}
    for path in [*texts][1:]:
        path.unlink()
    build_session.build(workspace / "site", workspace / "out", options)
    assert len(part_names(workspace / "out")) < len(before)
    require_clean(workspace, options)
    for path, text in texts.items():
        path.write_bytes(text)
    build_session.build(workspace / "site", workspace / "out", options)
    assert part_names(workspace / "out") == before
    require_clean(workspace, options)


def test_an_index_that_was_not_finished_is_made_again(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = OPTIONS._replace(search_part_size=2)
    build_session.build(workspace / "site", workspace / "out", options)
    article = workspace / "site/content/articles/2026/danish.md"
    text = article.read_bytes()
    edit_file(article, "title: 'Œ", "title: 'New Œ")

    def fail(*args: Any) -> bytes:
        raise SiteError(Problem("a test", 0, "ended here", ""))

    monkeypatch.setattr(pagefind, "merge_entries", fail)
    with pytest.raises(SiteError, match="ended here"):
        build_session.build(workspace / "site", workspace / "out", options)
    monkeypatch.undo()
    article.write_bytes(text)  # as it was: what was made of the edit is to go
    build_session.build(workspace / "site", workspace / "out", options)
    require_clean(workspace, options)


# -- while the site is served


def test_the_server_makes_them_in_small_steps_and_begins_anew_after_an_edit(workspace: Path) -> None:
    config = workspace / "site/content/site.yaml"
    settings = config.read_text(encoding="utf-8")
    builder = LiveBuilder(workspace / "site", workspace / "out", OPTIONS)
    try:
        builder.refresh(None)
        assert not (workspace / "out/search/pagefind-entry.json").exists()
        assert builder.make_deferred_files().resume_after
        article = edit_file(workspace / "site/content/articles/2025/crane-falls.md", "A crane", "The crane")
        assert "/articles/2025/crane-falls/" in builder.refresh([article]).urls
        steps = 0
        while (pause := builder.make_deferred_files().resume_after) is not None:
            steps += 1
            time.sleep(pause)
        assert steps >= 7  # two for the index, one before the cards, one for each of these; more while others work
        builder.refresh(None)
        assert builder.make_deferred_files() == DeferredProgress()
        config.write_text("title: [", encoding="utf-8")
        builder.refresh([config])
        assert builder.make_deferred_files() == DeferredProgress()  # nothing is made of what is wrong
        config.write_text(settings, encoding="utf-8")
        builder.refresh(None)
    finally:
        builder.close()
    require_clean(workspace)
    assert build_session.build(workspace / "site", workspace / "out", OPTIONS).drawn == 0
