"""The documentation: what it shows is what the commands do and print, and its reference is that of the program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.sites import REPO

if TYPE_CHECKING:
    from pathlib import Path

DOCS = REPO / "docs"
_END = "--- end of step ---"


def steps(text: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a page's console samples, each with the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for sample in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        is_inside = False  # of what a command prints that runs others, and prints these with a $ too
        for line in sample.splitlines():
            if line.startswith("$ ") and not is_inside:
                found.append((line.removeprefix("$ "), []))
                is_inside = line.startswith("$ site-gen start ")
            else:
                found[-1][1].append(line)
    return found


def is_printed(expected: list[str], output: str) -> bool:
    """Return whether an output has these lines in this order, where `…` stands for anything."""
    lines = ["" if line == "…" else re.escape(line).replace("…", ".*") for line in expected if line.strip()]
    pattern = "".join(f"{line}\n" if line else r"(?:.*\n)*?" for line in lines)
    printed = "".join(f"{line}\n" for line in output.splitlines() if line.strip())
    return re.search(f"^{pattern}", printed, re.MULTILINE) is not None


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a folder that holds a clone of this repository, as the pages say, with the command on its PATH."""
    (tmp_path / "site_gen").mkdir()
    shutil.copytree(REPO / "content", tmp_path / "site_gen/content")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin/site-gen"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m site_gen "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return tmp_path


def run_steps(home: Path, page: str) -> list[str]:
    """Run the commands of a page one after the other in one shell; return what did not end or print as it says."""
    wanted = steps((DOCS / page).read_text(encoding="utf-8"))
    script = "".join(
        f"{{ {command}\n}} 2>&1 </dev/null\nstatus=$?\necho; echo '{_END}' $status\n(exit $status)\n"
        for command, _ in wanted
    )
    environment = {**os.environ, "PATH": f"{home / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(REPO)}
    environment |= {"HOME": str(home), "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=home, env=environment, capture_output=True, text=True, timeout=280, check=False
    )
    outputs = re.split(rf"^{_END} (\d+)\n", done.stdout, flags=re.MULTILINE)
    faults = []
    for number, (command, expected) in enumerate(wanted):
        output, status = outputs[2 * number], outputs[2 * number + 1]
        says_status = number + 1 < len(wanted) and wanted[number + 1][0] == "echo $?"
        if (status != "0" and not says_status) or not is_printed(expected, output):
            faults.append(f"{page}: $ {command}\n(exit status {status})\n{output}")
    return faults


@pytest.mark.slow
@pytest.mark.parametrize("page", ["tutorial.md", "recipes.md"])
def test_commands_do_what_the_page_says(home: Path, page: str) -> None:
    faults = run_steps(home, page)
    assert not faults, "\n\n".join(faults)


def test_a_command_that_prints_something_else_is_noticed(home: Path) -> None:
    assert is_printed(["a", "…", "c 1"], "a\nb\nb\nc 1\n")
    assert is_printed(["… pages in … s"], "12 pages in 0.1 s")
    assert not is_printed(["12 pages"], "11 pages")
    assert not is_printed(["a", "c"], "a\nb\nc")
    assert steps("```console\n$ echo a\na\n$ false\n```") == [("echo a", ["a"]), ("false", [])]


def test_the_reference_is_that_of_the_program() -> None:
    command = [sys.executable, "tools/reference.py", "--check"]
    environment = {**os.environ, "PYTHONPATH": str(REPO)}
    done = subprocess.run(command, cwd=REPO, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_page_is_in_the_menu_of_the_documentation() -> None:
    menu = re.findall(r'"([\w-]+\.md)"', (REPO / "zensical.toml").read_text(encoding="utf-8"))
    assert sorted(menu) == sorted(path.name for path in DOCS.glob("*.md"))
