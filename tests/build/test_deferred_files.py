"""What is made after the pages: as right, whole and ours as they are, and in nobody's way."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from site_gen.build import build_session, pagefind
from site_gen.build.deferred_files import is_deferred
from site_gen.core.errors import SiteError
from site_gen.serve.builder_protocol import DeferredProgress
from site_gen.serve.live_builder import LiveBuilder
from tests.support.search_site import write_search_site
from tests.support.sites import read_files

if TYPE_CHECKING:
    from collections.abc import Callable

OPTIONS = build_session.BuildOptions(jobs=1)
CRANE = "content/articles/2025/crane-falls.md"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    write_search_site(tmp_path / "site")
    return tmp_path


def clean(base: Path) -> dict[str, bytes]:
    """What a build of a copy in a fresh folder makes."""
    shutil.rmtree(base / "fresh", ignore_errors=True)
    for part in ("content", "templates"):
        if (base / "site" / part).is_dir():
            shutil.copytree(base / "site" / part, base / "fresh/site" / part)
    build_session.build(base / "fresh/site", base / "fresh/out", OPTIONS)
    return read_files(base / "fresh/out")


def require_clean(base: Path) -> None:
    wanted, found = clean(base), read_files(base / "out")
    assert sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)) == []


def edit(base: Path, name: str, change: Callable[[str], str] | None) -> Path:
    path = base / "site" / name
    if change is None:
        path.unlink()
    else:
        path.write_text(change(path.read_text(encoding="utf-8") if path.exists() else ""), encoding="utf-8")
    return path


def test_a_build_with_nothing_to_do_makes_nothing(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_session.build(base / "site", base / "out", OPTIONS)
    before = {path: path.stat().st_mtime_ns for path in (base / "out").rglob("*.p*") if path.is_file()}

    def never(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("nothing changed")

    monkeypatch.setattr(pagefind, "build_index", never)
    monkeypatch.setattr("site_gen.build.card_png.png", never)
    assert build_session.build(base / "site", base / "out", OPTIONS).written == 0
    # Words that no passage quotes change a page of a full text, and neither the index nor a card.
    edit(base, "content/articles/2025/silo-stays.md", lambda text: f"{text}\nA ferry went by.\n")
    assert build_session.build(base / "site", base / "out", OPTIONS).written == 1
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize("pattern", ["search/fragment/*", "search/pagefind-entry.json", "cards/companies/voss.png"])
@pytest.mark.parametrize("gone", [True, False])
def test_a_file_that_somebody_damaged_is_mended(base: Path, pattern: str, gone: bool) -> None:
    build_session.build(base / "site", base / "out", OPTIONS)
    path = min((base / "out").glob(pattern))
    if gone:
        path.unlink()
    else:
        path.write_bytes(b"not what it was")
        (problem,) = build_session.verify(base / "site", base / "out", OPTIONS)
        assert problem.file == str(path)
    build_session.build(base / "site", base / "out", OPTIONS)
    require_clean(base)


def test_what_is_not_ours_stays(base: Path) -> None:
    for name in ("cards/mine.png", "search/fragment/mine.pf_fragment"):
        (base / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (base / "out" / name).write_bytes(b"mine")
    build_session.build(base / "site", base / "out", OPTIONS)
    edit(base, "content/site.yaml", lambda text: f"{text}cards: none\nsearch: false\n")
    build_session.build(base / "site", base / "out", OPTIONS)
    assert sorted(filter(is_deferred, read_files(base / "out"))) == [
        "cards/mine.png",
        "search/fragment/mine.pf_fragment",
    ]


def test_a_file_of_somebody_else_in_the_way_is_named(base: Path) -> None:
    (base / "out/search").mkdir(parents=True)
    (base / "out/search/pagefind.js").write_text("mine")
    with pytest.raises(SiteError, match=r"pagefind\.js.*in the way"):
        build_session.build(base / "site", base / "out", OPTIONS)
    assert (base / "out/search/pagefind.js").read_text() == "mine"
    assert (base / "out/index.html").is_file()


@pytest.mark.parametrize("program", ["/nowhere/pagefind", shutil.which("false") or "false"])
def test_without_pagefind_the_pages_are_there_and_it_is_told(
    base: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr("pagefind_bin.get_executable", lambda: Path(program))
    with pytest.raises(SiteError, match=r"the search index: cannot be made.*search: false"):
        build_session.build(base / "site", base / "out", OPTIONS)
    assert (base / "out/search/index.html").is_file()
    monkeypatch.undo()
    build_session.build(base / "site", base / "out", OPTIONS)
    require_clean(base)


# -- while the site is served


def test_the_server_makes_it_in_small_steps_and_begins_anew_after_an_edit(base: Path) -> None:
    settings = (base / "site/content/site.yaml").read_text(encoding="utf-8")
    builder = LiveBuilder(base / "site", base / "out", OPTIONS)
    try:
        builder.refresh(None)
        assert not (base / "out/search/pagefind-entry.json").exists()
        assert builder.make_deferred_files().resume_after
        change = builder.refresh([edit(base, CRANE, lambda text: text.replace("A crane", "The crane"))])
        assert "/articles/2025/crane-falls/" in change.urls
        steps = 0
        while (again := builder.make_deferred_files().resume_after) is not None:
            steps += 1
            time.sleep(again)
        assert steps > 10
        builder.refresh(None)
        assert builder.make_deferred_files() == DeferredProgress()
        builder.refresh([edit(base, "content/site.yaml", lambda _: "title: [")])
        assert builder.make_deferred_files() == DeferredProgress()  # nothing is made of what is wrong
        edit(base, "content/site.yaml", lambda _: settings)
        builder.refresh(None)
    finally:
        builder.close()
    require_clean(base)
    assert build_session.build(base / "site", base / "out", OPTIONS).drawn == 0
