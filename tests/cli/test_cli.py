"""The command line itself: help, exit codes, what is imported when."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from site_gen import __version__
from site_gen.cli import main
from site_gen.core import console
from tests.support.sites import write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call, Run

COMMANDS = list(main._MODULES)


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_the_help_of_every_command_has_its_usage_and_exit_status(call: Call, command: list[str]) -> None:
    done = call(*command, "--help")
    assert done.status == 0
    assert done.err == ""
    assert done.out.startswith(f"usage: site-gen{''.join(' ' + name for name in command)} ")
    assert "exit status: 0 success; 1 something failed and was reported, the rest is done; 2 usage error" in " ".join(
        done.out.split()
    )
    if command in (["add"], ["tag"], ["build"]):
        assert "--site DIR" in done.out
    if command not in (
        [],
        ["new"],
        ["start"],
        ["entity"],
        ["serve"],
        ["permalinks"],
        ["review"],
        ["schema"],
        ["completion"],
    ):
        assert "--json" in done.out


def test_help_names_every_command(call: Call) -> None:
    out = call("--help").out
    for name in COMMANDS:
        assert f"\n  {name} " in out


def test_help_fits_a_screen(call: Call) -> None:
    lines = call("--help").lines
    assert len(lines) <= 38
    assert max(map(len, lines[:-1])) <= 80
    assert sum(line.endswith(":") for line in lines) == 5


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        ("biuld", "build"),
        ("build --no-serach", "--no-search"),
        ("entity renme a b", "rename"),
        ("new x --publish machne", "machine"),
    ],
)
def test_a_mistyped_word_is_answered_with_the_one_that_was_meant(
    call: Call, arguments: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*arguments.split())
    assert done.status == 2
    assert f"did you mean {meant}?" in done.err
    assert len(done.err.splitlines()) == 2


def test_the_site_is_looked_for_upwards(
    call: Call, site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(site / "content/topics")
    built = call("build")
    assert built.status == 0, built.err
    assert (site / "output/index.html").exists()
    named = call("build", "--site", ".")
    assert named.status == 2
    assert "no site here: content/site.yaml does not exist" in named.err
    monkeypatch.chdir(tmp_path)
    assert call("build").status == 2


def test_it_prints_its_version(call: Call) -> None:
    assert call("--version").out == f"site-gen {__version__}\n"


HEAVY_MODULES = [
    "trafilatura",
    "lxml",
    "jinja2",
    "yaml",
    "markdown_it",
    "justext",
    "htmldate",
    "courlan",
    "ahocorasick_rs",
    "tqdm",
    "charset_normalizer",
]


@pytest.mark.parametrize(
    "arguments", [None, *([[*command, "--help"] for command in ([], *([name] for name in COMMANDS))])]
)
def test_help_imports_nothing_heavy(arguments: list[str] | None) -> None:
    code = (
        "import sys, site_gen.cli.main\n"
        f"arguments = {arguments!r}\n"
        "if arguments is not None:\n"
        "    try: site_gen.cli.main.main(arguments)\n"
        "    except SystemExit: pass\n"
        f"print([name for name in {HEAVY_MODULES!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


WRONG_COMMANDS = [
    "", "no-such-command", "build --no-such-option", "add", "extract", "new", "build --site nowhere",
    "tag --site nowhere",
    "build --base-url javascript:alert(1)", "build --base-url example.org", "build --base-url mailto:a@b.example",
]  # fmt: skip


@pytest.mark.parametrize("arguments", [line.split() for line in WRONG_COMMANDS], ids=WRONG_COMMANDS)
def test_a_wrong_command_is_answered_with_status_2_and_writes_nothing(
    call: Call, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*arguments)
    assert done.status == 2
    assert done.out == ""
    assert done.err
    assert list(tmp_path.iterdir()) == []


def test_the_module_runs_as_the_command_does(run: Run, site: Path) -> None:
    done = run("build", "--site", site, "--json")
    assert done.status == 0
    assert done.err == ""
    assert done.record["pages"] > 0


def test_build_takes_another_output_and_address(call: Call, site: Path, tmp_path: Path) -> None:
    out = tmp_path / "elsewhere"
    assert call("build", "--site", site, "--output", out, "--base-url", "https://other.example/x").status == 0
    home = (out / "index.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://other.example/x/">' in home
    assert "notes.example" not in home
    assert not (site / "output").exists()


def test_an_output_that_cannot_be_made_is_an_error_of_one_line(call: Call, site: Path) -> None:
    (site / "file").write_text("mine", encoding="utf-8")
    for out in (site / "file", site / "file/below"):
        done = call("build", "--site", site, "--output", out)
        assert done.status == 2
        assert len(done.err.splitlines()) == 1
    assert (site / "file").read_text(encoding="utf-8") == "mine"


def test_complaints_are_cut_short_and_counted(call: Call, site: Path) -> None:
    write_files(site, {f"content/topics/t{n}.md": "---\nkey: x\n---\n" for n in range(230)})
    lines = call("build", "--site", site).err.splitlines()
    assert len(lines) == 201
    assert lines[-1].startswith("… and ")


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain: ü 日本 🚢", "plain: ü 日本 🚢"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x1b[31m\x07", "\\x1b[31m\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("\udcff", "\\udcff"),
        ("a\u202eb", "a\\u202eb"),
    ],
)
def test_what_is_printed_is_one_line_and_drives_no_terminal(
    capsys: pytest.CaptureFixture[str], text: str, escaped: str
) -> None:
    console.print_error(text)
    console.print_above_progress(text)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == (escaped + "\n", escaped + "\n")


@pytest.mark.parametrize(
    ("facts", "bar"),
    [
        ({"n": 36, "total": 300, "elapsed": 15.0, "rate": 2.4}, ", 2.4/s, 2 min left"),
        ({"n": 0, "total": 300, "elapsed": 0.0, "rate": None}, ""),
        ({"n": 9, "total": 20, "elapsed": 5.0, "rate": None}, ", 2/s, 5 s left"),
        ({"n": 0, "total": 9000, "elapsed": 1.0, "rate": 1.0}, ", 1/s, 2 h 30 min left"),
        ({"n": 5, "total": None, "elapsed": 5.0, "rate": 1.0}, ""),
    ],
)
def test_a_bar_says_how_long_it_takes(facts: dict[str, float | None], bar: str) -> None:
    assert console._bar_format(facts, "pages").partition("{total_fmt} pages")[2] == bar


@pytest.mark.parametrize(
    ("words", "completion"),
    [
        ("bui", "build"), ("build --no-s", "--no-search"), ("entity me", "merge"), ("new x --publish w", "workflow"),
        ("add pag", "pages"),
    ],
)  # fmt: skip
def test_a_shell_completes_commands_options_and_files(call: Call, tmp_path: Path, words: str, completion: str) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "script").write_text(call("completion", "bash").out, encoding="utf-8")
    *before, last = ["site-gen", *words.split()]
    ask = (
        f"source ./script; COMP_WORDS=(site-gen {words}); COMP_CWORD={len(before)}; "
        f"_shtab_site_gen site-gen {last} {before[-1]}; echo ${{COMPREPLY[*]}}"
    )
    done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == [completion]
    for shell in ("zsh", "fish"):
        assert "no-search" in call("completion", shell).out
