"""What a check keeps for the next one spares it work, and changes nothing of what it says."""

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
from tests.support.sites import REPO

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from site_gen.publish.check.link_checks import LinkResolver

OPTIONS = build_session.BuildOptions("https://quay.example/repo/", jobs=1, search=False, cards=False)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write_search_site(tmp_path / "site")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the files that checks read."""
    names: list[str] = []
    check_files = file_checks.check_files

    def watched(resolver: LinkResolver, some: list[str]) -> object:
        names.extend(some)
        return check_files(resolver, some)

    monkeypatch.setattr(file_checks, "check_files", watched)
    return names


def checked(base: Path) -> check_site.CheckResult:
    return check_site.check(base, base / "output", OPTIONS)


def kept_file(base: Path) -> Path:
    return base / CACHE_FOLDER / check_cache.CHECK_CACHE_NAME


def require_same_without(base: Path) -> check_site.CheckResult:
    """Require that a check says what it says with nothing kept."""
    found = checked(base)
    kept_file(base).unlink(missing_ok=True)
    again = checked(base)
    assert again == found
    return found


def put(base: Path, name: str, text: str) -> None:
    (base / name).parent.mkdir(parents=True, exist_ok=True)
    (base / name).write_text(text, encoding="utf-8")


def test_only_what_changed_is_read_again(base: Path, read: list[str]) -> None:
    assert checked(base).wrong == ()
    assert len(read) > 20
    read.clear()
    assert checked(base).wrong == ()
    assert read == []
    put(base, "content/about.md", "Of the quay.\n")
    checked(base)
    assert "about/index.html" in read
    assert "articles/2025/silo-stays/index.html" not in read


def test_what_is_wrong_is_told_again_and_files_that_are_not_ours_are_read(base: Path, read: list[str]) -> None:
    put(base, "output/own/index.html", '<a href="/repo/nowhere/">x</a>')
    first = checked(base)
    read.clear()
    assert checked(base) == first
    assert read == ["own/index.html"]
    assert "nowhere" in str(first.wrong)


def link_from_all_pages(base: Path, *addresses: str) -> None:
    """Put links onto every page, in the site's own template."""
    text = (REPO / "templates/base.html").read_text(encoding="utf-8")
    assert "</main>" in text
    links = "".join(f'<a href="/repo/{address}">x</a>' for address in addresses)
    put(base, "templates/base.html", text.replace("</main>", f"{links}</main>"))


def test_a_file_that_goes_is_missed_by_pages_that_did_not_change(base: Path) -> None:
    link_from_all_pages(base, "chart.txt", "own/#there")
    put(base, "output/chart.txt", "x")
    put(base, "output/own/index.html", '<p id="there">x</p>')
    assert checked(base).wrong == ()
    assert checked(base).wrong == ()
    (base / "output/chart.txt").unlink()
    assert "chart.txt" in str(require_same_without(base).wrong)
    put(base, "output/chart.txt", "x")
    assert checked(base).wrong == ()
    put(base, "output/own/index.html", '<p id="here">x</p>')
    assert "own/#there" in str(require_same_without(base).wrong)


def test_published_issues_are_looked_up_once(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To load a site of 10,000 articles takes longer than the rest of a check."""
    loaded: list[None] = []
    survey = build_session.IncrementalBuilder.load

    def watched(builder: build_session.IncrementalBuilder) -> object:
        loaded.append(None)
        return survey(builder)

    monkeypatch.setattr(build_session.IncrementalBuilder, "load", watched)
    lines = ["2025-w10 published 2025-03-10", "2025-w10 lead gone-1 Fog", "2025-w10 first companies/vosss"]
    put(base, site_paths.ISSUE_LEDGER, "\n".join(lines) + "\n")
    first = checked(base)
    assert [note.line for note in first.notes if note.file == site_paths.ISSUE_LEDGER] == [2, 3]
    build_session.build(base, base / "output", OPTIONS)
    checked(base)
    loaded.clear()
    assert checked(base).notes == first.notes
    assert loaded == []
    put(base, "content/companies/vosss.md", "---\nname: Vosss\n---\n")
    assert [note.line for note in checked(base).notes if note.file == site_paths.ISSUE_LEDGER] == [2]
    put(base, site_paths.ISSUE_LEDGER, lines[0] + "\n")
    assert not [note for note in checked(base).notes if note.file == site_paths.ISSUE_LEDGER]


def test_another_address_is_another_check(base: Path) -> None:
    assert checked(base).wrong == ()
    put(base, "output/own/index.html", '<a href="/repo/about/">x</a>')
    other = build_session.BuildOptions("https://quay.example/", jobs=1)
    assert "/repo/about/" in str(check_site.check(base, base / "output", other).wrong)


@pytest.mark.parametrize("harm", ["cut", "flipped", "emptied", "foreign", "folder"])
def test_what_was_kept_and_is_damaged_is_left_alone(base: Path, harm: str, read: list[str]) -> None:
    checked(base)
    data = kept_file(base).read_bytes()
    kept_file(base).unlink()
    match harm:
        case "cut":
            kept_file(base).write_bytes(data[: len(data) // 2])
        case "flipped":
            kept_file(base).write_bytes(data.replace(b"index.html", b"indox.html", 1))
        case "emptied":
            kept_file(base).write_bytes(b"")
        case "foreign":
            kept_file(base).write_bytes(b"\xff\n[]")
        case "folder":
            kept_file(base).mkdir()
    read.clear()
    assert checked(base).wrong == ()
    assert len(read) > 20


def _built(base: Path, _: random.Random) -> None:
    with contextlib.suppress(SiteError):
        build_session.build(base, base / "output", OPTIONS)


def _link(base: Path, dice: random.Random) -> None:
    link_from_all_pages(base, dice.choice(["own-0.html", "own-1.html#a", "companies/voss-1/", "about/#no"]))


def _own(base: Path, dice: random.Random) -> None:
    to = f"/repo/own-{dice.randrange(2)}.html#{dice.choice('ab')}"
    put(base, f"output/own-{dice.randrange(2)}.html", f'<a href="{to}" id=a>')


def _article(base: Path, dice: random.Random) -> None:
    head = f"title: N{dice.randrange(3)}\npublished: 2026-03-0{dice.randrange(1, 4)}"
    put(base, "content/articles/2026/new.md", f"---\n{head}\n---\nText.\n")


EDITS: tuple[Callable[[Path, random.Random], None], ...] = (
    _built,
    _link,
    _own,
    _article,
    lambda base, dice: put(base, f"content/companies/voss-{dice.randrange(3)}.md", "---\nname: Voss Two\n---\n"),
    lambda base, dice: (base / f"content/companies/voss-{dice.randrange(3)}.md").unlink(missing_ok=True),
    lambda base, dice: (base / f"output/own-{dice.randrange(2)}.html").unlink(missing_ok=True),
    lambda base, _: (base / "output/about/index.html").unlink(missing_ok=True),
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_after_any_edits_it_says_what_a_first_check_says(base: Path, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(4):
        for edit in dice.choices(EDITS, k=2):
            edit(base, dice)
        require_same_without(base)
