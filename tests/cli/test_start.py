"""The `start` command: from saved pages to a built site, by questions or by options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from site_gen.cli import main
from site_gen.cli.start_command import parse_numbers
from site_gen.core import console
from site_gen.ingest import add_pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Call, HtmlPage

SENTENCES = (
    "The board of Velmar Shipping Ltd said on Monday that it would buy two ferries, as its chairman had promised.",
    "Shares of Velmar Shipping fell after the news, while Orbanek Cement AG rose a little in quiet trade that day.",
    "Orbanek Cement told investors that it would build a new kiln next spring, whatever the neighbours say of it.",
)


@pytest.fixture
def pages(tmp_path: Path, html_page: HtmlPage) -> Path:
    """Make a folder of saved pages that name two companies."""
    folder = tmp_path / "saved pages"
    folder.mkdir()
    for number in range(4):
        text = html_page(f"Two ferries and a kiln, part {number}", paragraphs=[f"{s} ({number})" for s in SENTENCES])
        (folder / f"{number}.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Put a person at the terminal who types these answers; returns the questions that were asked."""

    def sit_down(*answers: str) -> list[str]:
        rest, questions = list(answers), list[str]()
        monkeypatch.setattr(console, "is_interactive", lambda: True)

        def ask(question: str) -> str:
            questions.append(question)
            return rest.pop(0)

        monkeypatch.setattr(console, "ask", ask)
        return questions

    return sit_down


def steps(out: str) -> list[str]:
    return [line.split()[2] for line in out.splitlines() if line.startswith("$ site-gen ")]


def test_without_a_terminal_options_say_all(call: Call, tmp_path: Path, pages: Path) -> None:
    site = tmp_path / "digest"
    done = call("start", site, "--title", "Ferry News", "--pages", pages, "--follow", "1")
    assert done.status == 0, done.err
    assert steps(done.out) == ["new", "add", "suggest", "tag", "build"]
    assert f"'{pages}'" in done.out  # with a blank in it: as one has to type it
    assert [file.name for file in (site / "content/companies").iterdir()] == ["velmar-shipping.md"]
    assert "Two ferries and a kiln" in (site / "output/companies/velmar-shipping/index.html").read_text("utf-8")
    assert 'title: "Ferry News"' in (site / "content/site.yaml").read_text("utf-8")
    again = call("start", site, "--no-browser")
    assert (again.status, steps(again.out)) == (0, ["tag", "build"])


def test_a_table_of_companies_takes_the_place_of_the_question(call: Call, tmp_path: Path, pages: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("name;names\nOrbanek Cement;Orbanek\n", encoding="utf-8")
    done = call("start", tmp_path / "digest", "--pages", pages, "--companies", table)
    assert steps(done.out) == ["new", "add", "entity", "tag", "build"]
    assert (tmp_path / "digest/content/companies/orbanek-cement.md").exists()


def test_at_a_terminal_it_asks(
    call: Call, tmp_path: Path, pages: Path, typed: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    questions = typed("Ferry News", "", "2", "nowhere", f"'{pages}'", "7", "all")
    done = call("start", "--no-browser")
    assert done.status == 0, done.err
    assert len(questions) == 7
    assert (tmp_path / "ferry-news/.github/workflows/publish.yml").exists()
    assert "nowhere does not exist" in done.out
    assert {file.stem for file in (tmp_path / "ferry-news/content/companies").iterdir()} >= {"velmar-shipping"}
    assert "velmar-shipping" in next((tmp_path / "ferry-news/content/articles").rglob("*.md")).read_text("utf-8")


def test_what_was_stopped_is_taken_up(call: Call, tmp_path: Path, pages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    site = tmp_path / "digest"
    with monkeypatch.context() as patch:
        patch.setattr(add_pages, "add", stop)
        assert call("start", site, "--pages", pages, "--follow", "1").status == 130
    assert not (site / "output").exists()
    done = call("start", site, "--pages", pages, "--follow", "1")
    assert (done.status, steps(done.out)) == (0, ["add", "suggest", "tag", "build"])


@pytest.mark.parametrize(
    ("arguments", "complaint"), [([], "name the site's folder"), (["digest"], "no article was added")]
)
def test_what_is_missing_is_named(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call("start", *arguments)
    assert done.status == 2
    assert complaint in done.err
    assert "--pages PATH" in done.err


def test_every_step_is_a_command(call: Call) -> None:
    assert {"new", "add", "suggest", "entity", "tag", "build", "serve"} <= set(main._MODULES)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", []), ("all", [1, 2, 3, 4, 5]), ("1 3-5", [1, 3, 4, 5]), ("5,1;1", [1, 5]), (" 2 ", [2]),
        ("0", None), ("6", None), ("3-9", None), ("4-2", None), ("x", None), ("1 x", None), ("-1", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, numbers: list[int] | None) -> None:
    assert parse_numbers(text, 5) == numbers
