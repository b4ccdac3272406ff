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
from tests.support.sites import add_to_every_page, edit_file, read_files, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

OPTIONS = build_session.BuildOptions("https://quay.example/", jobs=1)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_search_site(tmp_path / "site")


def check(site: Path) -> check_site.CheckResult:
    return check_site.check(site, site / "output", OPTIONS)


def deferred_files(site: Path) -> list[str]:
    return sorted(filter(is_deferred, read_files(site / "output")))


def test_links_to_cards_that_are_not_made_yet_are_no_fault_and_a_build_makes_them(site: Path) -> None:
    for _ in range(2):  # the second draws nothing anew
        result = check(site)
        assert (result.wrong, result.is_complete, deferred_files(site)) == ((), False, [])
    build_session.build(site, site / "output", OPTIONS)
    output = read_files(site / "output")
    assert [name for name in deferred_files(site) if name.endswith(".png")]
    assert [name for name in deferred_files(site) if name.endswith(".pf_meta")]
    result = check(site)
    assert (result.wrong, result.is_complete) == ((), True)
    shutil.rmtree(site / "output")
    build_session.build(site, site / "output", OPTIONS)
    assert read_files(site / "output") == output


def test_it_notes_that_cards_are_not_made(site: Path, call: Call) -> None:
    done = call("check", "--site", site)
    assert any("not made here" in line for line in done.err.splitlines())
    build_session.build(site, site / "output", build_session.BuildOptions(jobs=1))
    done = call("check", "--site", site)
    assert not any("not made here" in line for line in done.err.splitlines())


@pytest.mark.parametrize("is_built", [False, True])
def test_a_link_to_a_card_that_will_go_is_reported(site: Path, is_built: bool) -> None:
    build_session.build(site, site / "output", OPTIONS)
    card = "cards/companies/voss.png"
    assert card in deferred_files(site)
    add_to_every_page(site, f'<a href="/{card}">x</a>')
    assert check(site).wrong == ()
    (site / "content/companies/voss.md").unlink()
    for file in (site / "content/articles").rglob("*.md"):
        if "[voss]" in file.read_text("utf-8"):
            edit_file(file, "[voss]", "[hikvision]")
    if is_built:
        build_session.build(site, site / "output", OPTIONS)
    assert [problem for problem in check(site).wrong if card in problem.what]


def test_a_card_that_cannot_be_made_is_reported(site: Path) -> None:
    write_files(site, {"templates/card.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="12" height="6"/>'})
    for _ in range(2):
        assert "12 by 6 pixels" in str(check(site).wrong)
    (site / "templates/card.svg").write_text("{{ nothing.such }}", "utf-8")
    assert "card.svg" in str(check(site).wrong)


def test_a_site_that_may_be_too_large_is_checked_with_its_cards(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_session.build(site, site / "output", OPTIONS)
    size = sum(map(len, read_files(site / "output").values()))
    shutil.rmtree(site / "output")
    monkeypatch.setattr(github_pages, "MAX_SITE_BYTES", size - 1)
    result = check(site)
    assert result.is_complete
    assert "publishes 1,024 MB at most" in str(result.wrong)


def test_a_file_in_the_place_of_a_card_is_noted(site: Path) -> None:
    own_file = site / "output/cards/site.png"
    write_files(own_file.parent, {own_file.name: "mine"})
    assert [note.file for note in check(site).notes] == [str(own_file)]
    with pytest.raises(SiteError, match="is in the way"):
        build_session.build(site, site / "output", OPTIONS)
    assert own_file.read_bytes() == b"mine"


def test_an_output_whose_cards_could_not_be_made_is_not_complete(site: Path) -> None:
    card = site / "templates/card.svg"
    write_files(card.parent, {card.name: "{{ page.nope }}"})
    with build_session.open_builder(site, site / "output", OPTIONS) as builder:
        builder.refresh()
        with pytest.raises(SiteError, match=r"card\.svg"):
            list(builder.build_deferred())
        builder.refresh()
    with pytest.raises(SiteError, match=r"card\.svg"):
        build_session.build(site, site / "output", OPTIONS)
    assert "card.svg" in str(check(site).wrong)
    card.unlink()
    build_session.build(site, site / "output", OPTIONS)
    assert (site / "output/cards/site.png").is_file()


def test_a_damaged_build_state_is_made_anew(site: Path) -> None:
    write_files(site, {site_paths.ISSUE_LEDGER: "2025-w10 published 2025-03-10\n2025-w10 lead gone-1 Fog\n"})
    build_session.build(site, site / "output", OPTIONS)
    with contextlib.closing(sqlite3.connect(site / file_stamps.CACHE_FOLDER / file_stamps.CACHE_NAME)) as state, state:
        columns = [name for _, name, kind, *_ in state.execute("PRAGMA table_info(article)") if name != "file"]
        state.execute(f"UPDATE article SET {columns[0]} = 'x'")
    result = check(site)
    assert (result.wrong, [note.line for note in result.notes]) == ((), [2])
