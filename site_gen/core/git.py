"""Questions to git, which may not be there: a site is a folder first, a repository perhaps."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SECONDS = 120
_GITHUB = re.compile(r"(?:https://(?:[^@/]*@)?|ssh://git@|git@)github\.com[:/]([^/]+)/([^/]+?)(?:\.git)?/?")


class Answer(NamedTuple):
    """How git ended, and what it said."""

    status: int
    out: str
    err: str


def ask(
    folder: Path, *args: str, text: str = "", variables: Mapping[str, str] | None = None, seconds: int = _SECONDS
) -> Answer:
    """What `git ARGS` says in a folder, given a text to read. It asks nobody for a password; names that are
    no UTF-8 come as `os.fsdecode` gives them; status 127 where there is no git, 124 when it takes too long."""
    command = ["git", "-C", os.fspath(folder), *args]
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    environment |= variables or {}
    try:
        done = subprocess.run(  # noqa: S603  git's own arguments, no shell
            command, capture_output=True, text=True, encoding="utf-8", errors="surrogateescape", check=False,
            timeout=seconds, env=environment, input=text,
        )  # fmt: skip
    except FileNotFoundError:
        return Answer(127, "", "git is not installed")
    except subprocess.TimeoutExpired:
        return Answer(124, "", f"git took longer than {seconds} seconds")
    return Answer(done.returncode, done.stdout, done.stderr)


def remote_url(folder: Path, remote: str = "origin") -> str | None:
    """Where a remote of the repository that holds the folder is; None where there is none."""
    answer = ask(folder, "remote", "get-url", remote)
    return answer.out.strip() or None if answer.status == 0 else None


def pages_url(remote: str) -> str | None:
    """Where GitHub Pages shows a repository without a domain of its own (GitHub's documentation, "Types of
    GitHub Pages sites"); None for a remote elsewhere."""
    match = _GITHUB.fullmatch(remote)
    if match is None:
        return None
    owner, name = match[1].lower(), match[2]
    host = f"{owner}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"
