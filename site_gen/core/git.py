"""Run git, which may not be there: a site is a folder first, a repository perhaps."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from site_gen.core import git_programs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_TIMEOUT_SECONDS = 120
_CREDENTIALS = re.compile(r"(?<=//)[^/@]+@")  # in an address


class GitResult(NamedTuple):
    """How git ended, and what it printed."""

    status: int  # its exit status; 127 where there is no git, 124 when it took too long
    out: str  # its standard output
    err: str  # its standard error


def run(
    folder: Path,
    *args: str,
    text: str = "",
    variables: Mapping[str, str] | None = None,
    seconds: int = _TIMEOUT_SECONDS,
    is_trusted: bool = False,
) -> GitResult:
    """Run `git ARGS` in a folder, and return how it ended.

    It asks nobody for a password. Names that are no UTF-8 come as `os.fsdecode` gives them.
    text: its standard input. variables: of its environment, beside ours. seconds: after which it is ended.
    is_trusted: whether it may run what the repository's own config names, and its hooks: only once a person asked for
    what it does.
    """
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    environment |= variables or {}
    if not is_trusted:
        options, command = git_programs.split_options(args)
        settings = _run(folder, [*options, *git_programs.LIST_SETTINGS], "", environment, seconds)
        environment |= git_programs.variables(settings.out, environment)
        args = (*options, *git_programs.without_upload_program(command))
    return _run(folder, args, text, environment, seconds)


def _run(folder: Path, args: Sequence[str], text: str, environment: Mapping[str, str], seconds: int) -> GitResult:
    command = ["git", "-C", os.fspath(folder), *args]
    try:
        process = subprocess.run(  # noqa: S603  git's own arguments, no shell
            command, capture_output=True, text=True, encoding="utf-8", errors="surrogateescape", check=False,
            timeout=seconds, env=environment, input=text,
        )  # fmt: skip
    except FileNotFoundError:
        return GitResult(127, "", "git is not installed")
    except subprocess.TimeoutExpired:
        return GitResult(124, "", f"git took longer than {seconds} seconds")
    return GitResult(process.returncode, process.stdout, process.stderr)


def error_line(message: str) -> str:
    """Return the line of git's message that says what is wrong, without credentials."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("fatal:", "error:", "!"))]
    return hide_credentials((errors or lines or ["it said nothing"])[0])[:300]


def hide_credentials(text: str) -> str:
    """Return a text without the name and password that an address in it begins with."""
    return _CREDENTIALS.sub("", text)


def trust_command(message: str) -> str:
    """Return what to do about a repository that git does not trust, with the command that git's message gives."""
    command = re.search(r"^\s*(git config --global --add safe\.directory .+)$", message, re.MULTILINE)
    return f"if you do: {command[1] if command else 'git config --global --add safe.directory FOLDER'}"
