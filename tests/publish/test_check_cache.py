"""The cache of a check spares the next one work, and changes nothing of what it reports."""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session
from site_gen.build.file_stamps import CACHE_FOLDER
from site_gen.content import site_paths
from site_gen.core.errors import SiteError
from site_gen.publish.check import check_cache, check_site, file_checks
from tests.support.search_site import write_search_site
from tests.support.sites import add_to_every_page, write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from site_gen.publish.check.link_checks import LinkResolver

OPTIONS = build_session.BuildOptions("https://quay.example/repo/", jobs=1, search=False, cards=False)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_search_site(tmp_path / "site")


@pytest.fixture
def read_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which checks add the files that they read."""
    names: list[str] = []
    check_files = file_checks.check_files

    def note_and_call(resolver: LinkResolver, files: list[str]) -> object:
        names.extend(files)
        return check_files(resolver, files)

    monkeypatch.setattr(file_checks, "check_files", note_and_call)
    return names


def check(site: Path) -> check_site.CheckResult:
    return check_site.check(site, site / "output", OPTIONS)


def cache_file(site: Path) -> Path:
    return site / CACHE_FOLDER / check_cache.CHECK_CACHE_NAME


def require_same_without_cache(site: Path) -> check_site.CheckResult:
    """Assert that a check says what it says without a cache; return that."""
    result = check(site)
    cache_file(site).unlink(missing_ok=True)
    assert check(site) == result
    return result


def test_only_what_changed_is_read_again(site: Path, read_names: list[str]) -> None:
    assert check(site).wrong == ()
    assert len(read_names) > 20
    read_names.clear()
    assert check(site).wrong == ()
    assert read_names == []
    write_files(site, {"content/about.md": "Of the quay.\n"})
    check(site)
    assert "about/index.html" in read_names
    assert "articles/2025/silo-stays/index.html" not in read_names


def test_faults_are_reported_again_and_files_that_are_not_ours_are_read_again(
    site: Path, read_names: list[str]
) -> None:
    write_files(site, {"output/own/index.html": '<a href="/repo/nowhere/">x</a>'})
    result = check(site)
    read_names.clear()
    assert check(site) == result
    assert read_names == ["own/index.html"]
    assert "nowhere" in str(result.wrong)


def link_from_all_pages(site: Path, *addresses: str) -> None:
    add_to_every_page(site, "".join(f'<a href="/repo/{address}">x</a>' for address in addresses))


def test_a_file_that_goes_is_missed_by_pages_that_did_not_change(site: Path) -> None:
    link_from_all_pages(site, "chart.txt", "own/#there")
    write_files(site, {"output/chart.txt": "x"})
    write_files(site, {"output/own/index.html": '<p id="there">x</p>'})
    assert check(site).wrong == ()
    assert check(site).wrong == ()
    (site / "output/chart.txt").unlink()
    assert "chart.txt" in str(require_same_without_cache(site).wrong)
    write_files(site, {"output/chart.txt": "x"})
    assert check(site).wrong == ()
    write_files(site, {"output/own/index.html": '<p id="here">x</p>'})
    assert "own/#there" in str(require_same_without_cache(site).wrong)


def test_published_issues_are_resolved_once(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To load a site of 10,000 articles takes longer than the rest of a check."""
    loads: list[object] = []
    load = build_session.IncrementalBuilder.load

    def note_and_call(builder: build_session.IncrementalBuilder) -> object:
        loads.append(builder)
        return load(builder)

    monkeypatch.setattr(build_session.IncrementalBuilder, "load", note_and_call)
    lines = ["2025-w10 published 2025-03-10", "2025-w10 lead gone-1 Fog", "2025-w10 first companies/vosss"]
    write_files(site, {site_paths.ISSUE_LEDGER: "\n".join(lines) + "\n"})
    result = check(site)
    assert [note.line for note in result.notes if note.file == site_paths.ISSUE_LEDGER] == [2, 3]
    build_session.build(site, site / "output", OPTIONS)
    check(site)
    loads.clear()
    assert check(site).notes == result.notes
    assert loads == []
    write_files(site, {"content/companies/vosss.md": "---\nname: Vosss\n---\n"})
    assert [note.line for note in check(site).notes if note.file == site_paths.ISSUE_LEDGER] == [2]
    write_files(site, {site_paths.ISSUE_LEDGER: lines[0] + "\n"})
    assert not [note for note in check(site).notes if note.file == site_paths.ISSUE_LEDGER]


def test_another_base_url_is_another_check(site: Path) -> None:
    assert check(site).wrong == ()
    write_files(site, {"output/own/index.html": '<a href="/repo/about/">x</a>'})
    other = build_session.BuildOptions("https://quay.example/", jobs=1)
    assert "/repo/about/" in str(check_site.check(site, site / "output", other).wrong)


@pytest.mark.parametrize("damage", ["cut", "flipped", "emptied", "foreign", "folder"])
def test_a_damaged_cache_is_not_used(site: Path, damage: str, read_names: list[str]) -> None:
    check(site)
    data = cache_file(site).read_bytes()
    cache_file(site).unlink()
    match damage:
        case "cut":
            cache_file(site).write_bytes(data[: len(data) // 2])
        case "flipped":
            cache_file(site).write_bytes(data.replace(b"index.html", b"indox.html", 1))
        case "emptied":
            cache_file(site).write_bytes(b"")
        case "foreign":
            cache_file(site).write_bytes(b"\xff\n[]")
        case "folder":
            cache_file(site).mkdir()
    read_names.clear()
    assert check(site).wrong == ()
    assert len(read_names) > 20


def build(site: Path, _: random.Random) -> None:
    with contextlib.suppress(SiteError):
        build_session.build(site, site / "output", OPTIONS)


def link_somewhere(site: Path, dice: random.Random) -> None:
    link_from_all_pages(site, dice.choice(["own-0.html", "own-1.html#a", "companies/voss-1/", "about/#no"]))


def write_own_page(site: Path, dice: random.Random) -> None:
    to = f"/repo/own-{dice.randrange(2)}.html#{dice.choice('ab')}"
    write_files(site, {f"output/own-{dice.randrange(2)}.html": f'<a href="{to}" id=a>'})


def write_article(site: Path, dice: random.Random) -> None:
    head = f"title: N{dice.randrange(3)}\npublished: 2026-03-0{dice.randrange(1, 4)}"
    write_files(site, {"content/articles/2026/new.md": f"---\n{head}\n---\nText.\n"})


VOSS = "---\nname: Voss Two\n---\n"
EDITS: tuple[Callable[[Path, random.Random], object], ...] = (
    build,
    link_somewhere,
    write_own_page,
    write_article,
    lambda site, dice: write_files(site, {f"content/companies/voss-{dice.randrange(3)}.md": VOSS}),
    lambda site, dice: (site / f"content/companies/voss-{dice.randrange(3)}.md").unlink(missing_ok=True),
    lambda site, dice: (site / f"output/own-{dice.randrange(2)}.html").unlink(missing_ok=True),
    lambda site, _: (site / "output/about/index.html").unlink(missing_ok=True),
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_after_any_edits_it_reports_what_a_first_check_reports(site: Path, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(4):
        for edit in dice.choices(EDITS, k=2):
            edit(site, dice)
        require_same_without_cache(site)
