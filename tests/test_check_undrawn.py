"""`site-gen check` draws no cards and makes no index: what it says without them, and what a build then makes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from site_gen import build, check
from site_gen.check import hosting
from site_gen.later import is_later
from tests.conftest import REPO, files_of
from tests.search_site import site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

OPTIONS = build.Options("https://quay.example/", jobs=1)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    site(tmp_path / "site")
    return tmp_path / "site"


def checked(base: Path) -> check.Checked:
    return check.check(base, base / "output", OPTIONS)


def later(base: Path) -> list[str]:
    return sorted(filter(is_later, files_of(base / "output")))


def test_links_to_what_is_not_drawn_are_no_fault_and_a_build_makes_it(base: Path) -> None:
    for _ in range(2):  # the second draws nothing anew
        found = checked(base)
        assert (found.wrong, found.is_whole, later(base)) == ((), False, [])
    build.build(base, base / "output", OPTIONS)
    made = files_of(base / "output")
    assert [name for name in later(base) if name.endswith(".png")]
    assert [name for name in later(base) if name.endswith(".pf_meta")]
    found = checked(base)
    assert (found.wrong, found.is_whole) == ((), True)
    shutil.rmtree(base / "output")
    build.build(base, base / "output", OPTIONS)
    assert files_of(base / "output") == made


def test_it_says_so(base: Path, call: Call) -> None:
    done = call("check", "--site", base)
    assert any("not drawn here" in line for line in done.err.splitlines())
    build.build(base, base / "output", build.Options(jobs=1))
    done = call("check", "--site", base)
    assert not any("not drawn here" in line for line in done.err.splitlines())


def link_to(base: Path, address: str) -> None:
    """Put a link onto every page, in the site's own template."""
    shutil.copy(REPO / "templates/base.html", base / "templates/base.html")
    path = base / "templates/base.html"
    path.write_text(path.read_text("utf-8").replace("</main>", f'<a href="{address}">x</a></main>'), "utf-8")


@pytest.mark.parametrize("drawn", [False, True])
def test_a_link_to_a_card_that_will_go_is_told(base: Path, drawn: bool) -> None:
    build.build(base, base / "output", OPTIONS)
    card = "cards/companies/voss.png"
    assert card in later(base)
    (base / "templates").mkdir(exist_ok=True)
    link_to(base, f"/{card}")
    assert checked(base).wrong == ()
    (base / "content/companies/voss.md").unlink()
    for file in (base / "content/articles").rglob("*.md"):
        file.write_text(file.read_text("utf-8").replace("[voss]", "[hikvision]"), "utf-8")
    if drawn:
        build.build(base, base / "output", OPTIONS)
    assert [problem for problem in checked(base).wrong if card in problem.what]


def test_what_cannot_be_drawn_is_told(base: Path) -> None:
    (base / "templates").mkdir(exist_ok=True)
    (base / "templates/card.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="12" height="6"/>', "utf-8")
    for _ in range(2):
        assert "12 by 6 pixels" in str(checked(base).wrong)
    (base / "templates/card.svg").write_text("{{ nothing.such }}", "utf-8")
    assert "card.svg" in str(checked(base).wrong)


def test_a_site_that_may_be_too_large_is_weighed_whole(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build.build(base, base / "output", OPTIONS)
    size = sum(map(len, files_of(base / "output").values()))
    shutil.rmtree(base / "output")
    monkeypatch.setattr(hosting, "MOST_BYTES", size - 1)
    found = checked(base)
    assert found.is_whole
    assert "publishes 1,024 MB at most" in str(found.wrong)
