"""Run git, which may not be there: a site is a folder first, a repository perhaps."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TIMEOUT_SECONDS = 120
# A remote on GitHub, by HTTPS or SSH: its owner and its name.
_GITHUB_REMOTE = re.compile(r"(?:https://(?:[^@/]*@)?|ssh://git@|git@)github\.com[:/]([^/]+)/([^/]+?)(?:\.git)?/?")


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
) -> GitResult:
    """Run `git ARGS` in a folder, and return how it ended.

    It asks nobody for a password. Names that are no UTF-8 come as `os.fsdecode` gives them.
    text: its standard input. variables: of its environment, beside ours. seconds: after which it is ended.
    """
    command = ["git", "-C", os.fspath(folder), *args]
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    environment |= variables or {}
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


def remote_url(folder: Path, remote: str = "origin") -> str | None:
    """Return the address of a remote of the repository that holds the folder; None where there is none."""
    result = run(folder, "remote", "get-url", remote)
    return result.out.strip() or None if result.status == 0 else None


def github_pages_url(remote: str) -> str | None:
    """Return where GitHub Pages shows a repository that has no domain of its own; None for a remote elsewhere.

    GitHub's documentation, "Types of GitHub Pages sites".
    """
    match = _GITHUB_REMOTE.fullmatch(remote)
    if match is None:
        return None
    owner, name = match[1].lower(), match[2]
    host = f"{owner}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"
