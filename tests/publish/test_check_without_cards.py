"""`site-gen check` draws no cards and makes no index: what it says without them, and what a build then makes."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session, file_stamps
from site_gen.build.deferred_files import is_deferred
from site_gen.content import site_paths
from site_gen.core.errors import SiteError
from site_gen.publish.check import check_site, github_pages
from tests.support.search_site import write_search_site
from tests.support.sites import REPO, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

OPTIONS = build_session.BuildOptions("https://quay.example/", jobs=1)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    write_search_site(tmp_path / "site")
    return tmp_path / "site"


def checked(base: Path) -> check_site.CheckResult:
    return check_site.check(base, base / "output", OPTIONS)


def later(base: Path) -> list[str]:
    return sorted(filter(is_deferred, read_files(base / "output")))


def test_links_to_what_is_not_drawn_are_no_fault_and_a_build_makes_it(base: Path) -> None:
    for _ in range(2):  # the second draws nothing anew
        found = checked(base)
        assert (found.wrong, found.is_complete, later(base)) == ((), False, [])
    build_session.build(base, base / "output", OPTIONS)
    made = read_files(base / "output")
    assert [name for name in later(base) if name.endswith(".png")]
    assert [name for name in later(base) if name.endswith(".pf_meta")]
    found = checked(base)
    assert (found.wrong, found.is_complete) == ((), True)
    shutil.rmtree(base / "output")
    build_session.build(base, base / "output", OPTIONS)
    assert read_files(base / "output") == made


def test_it_says_so(base: Path, call: Call) -> None:
    done = call("check", "--site", base)
    assert any("not drawn here" in line for line in done.err.splitlines())
    build_session.build(base, base / "output", build_session.BuildOptions(jobs=1))
    done = call("check", "--site", base)
    assert not any("not drawn here" in line for line in done.err.splitlines())


def link_to(base: Path, address: str) -> None:
    """Put a link onto every page, in the site's own template."""
    shutil.copy(REPO / "templates/base.html", base / "templates/base.html")
    path = base / "templates/base.html"
    path.write_text(path.read_text("utf-8").replace("</main>", f'<a href="{address}">x</a></main>'), "utf-8")


@pytest.mark.parametrize("drawn", [False, True])
def test_a_link_to_a_card_that_will_go_is_told(base: Path, drawn: bool) -> None:
    build_session.build(base, base / "output", OPTIONS)
    card = "cards/companies/voss.png"
    assert card in later(base)
    (base / "templates").mkdir(exist_ok=True)
    link_to(base, f"/{card}")
    assert checked(base).wrong == ()
    (base / "content/companies/voss.md").unlink()
    for file in (base / "content/articles").rglob("*.md"):
        file.write_text(file.read_text("utf-8").replace("[voss]", "[hikvision]"), "utf-8")
    if drawn:
        build_session.build(base, base / "output", OPTIONS)
    assert [problem for problem in checked(base).wrong if card in problem.what]


def test_what_cannot_be_drawn_is_told(base: Path) -> None:
    (base / "templates").mkdir(exist_ok=True)
    (base / "templates/card.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="12" height="6"/>', "utf-8")
    for _ in range(2):
        assert "12 by 6 pixels" in str(checked(base).wrong)
    (base / "templates/card.svg").write_text("{{ nothing.such }}", "utf-8")
    assert "card.svg" in str(checked(base).wrong)


def test_a_site_that_may_be_too_large_is_weighed_whole(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_session.build(base, base / "output", OPTIONS)
    size = sum(map(len, read_files(base / "output").values()))
    shutil.rmtree(base / "output")
    monkeypatch.setattr(github_pages, "MAX_SITE_BYTES", size - 1)
    found = checked(base)
    assert found.is_complete
    assert "publishes 1,024 MB at most" in str(found.wrong)


def test_what_stands_where_a_card_will_is_told(base: Path) -> None:
    own = base / "output/cards/site.png"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"mine")
    assert [note.file for note in checked(base).notes] == [str(own)]
    with pytest.raises(SiteError, match="is in the way"):
        build_session.build(base, base / "output", OPTIONS)
    assert own.read_bytes() == b"mine"


def test_an_output_whose_cards_could_not_be_made_is_not_taken_for_whole(base: Path) -> None:
    card = base / "templates/card.svg"
    card.parent.mkdir()
    card.write_text("{{ page.nope }}", encoding="utf-8")
    with build_session.open_builder(base, base / "output", OPTIONS) as builder:
        builder.refresh()
        with pytest.raises(SiteError, match=r"card\.svg"):
            list(builder.build_deferred())
        builder.refresh()
    with pytest.raises(SiteError, match=r"card\.svg"):
        build_session.build(base, base / "output", OPTIONS)
    assert "card.svg" in str(checked(base).wrong)
    card.unlink()
    build_session.build(base, base / "output", OPTIONS)
    assert (base / "output/cards/site.png").is_file()


def test_a_state_that_is_damaged_below_a_site_that_stands_is_made_anew(base: Path) -> None:
    (base / site_paths.ISSUE_LEDGER).write_text(
        "2025-w10 published 2025-03-10\n2025-w10 lead gone-1 Fog\n", encoding="utf-8"
    )
    build_session.build(base, base / "output", OPTIONS)
    with contextlib.closing(sqlite3.connect(base / file_stamps.CACHE_FOLDER / file_stamps.CACHE_NAME)) as state, state:
        columns = [name for _, name, kind, *_ in state.execute("PRAGMA table_info(article)") if name != "file"]
        state.execute(f"UPDATE article SET {columns[0]} = 'x'")
    found = checked(base)
    assert (found.wrong, [note.line for note in found.notes]) == ((), [2])
