"""What git knows of a site's files: whether a change can be undone by it, and how. Without git, nothing."""

from __future__ import annotations

import os
import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_SECONDS = 60
_LISTED = 12  # files that a command names on its line; more are better looked up in a list
LIST = ".site-gen/undo.txt"


@dataclass(frozen=True, slots=True)
class Standing:
    """What `git status` says below `content/`: files with changes that are not committed (new ones, too),
    and whether git looks after the folder at all."""

    uncommitted: frozenset[str]
    kept: bool

    def blocking(self, files: Iterable[str]) -> list[str]:
        """Those of some files whose present state git does not have."""
        return sorted(self.uncommitted.intersection(files))


def standing(site: Path) -> Standing:
    """What git knows of a site's `content/`. Where there is no git, or no repository: nothing is kept."""
    nothing = Standing(frozenset(), kept=False)
    prefix = _git(site, "rev-parse", "--show-prefix")
    # Its own hooks and helpers are not run, and its index is not written.
    said = _git(site, "-c", "core.fsmonitor=false", "status", "--porcelain=v1", "-z", "--no-renames",
                "--untracked-files=all", "--ignored=matching", "--", "content")  # fmt: skip
    if prefix is None or said is None:
        return nothing
    start = prefix.decode(errors="surrogateescape").removesuffix("\n")
    files: set[str] = set()
    for entry in said.decode(errors="surrogateescape").split("\0"):
        state, name = entry[:2], entry[3:].removeprefix(start)
        if state == "!!" and name in {"content/", "content/site.yaml"}:
            return nothing  # the site lies in a repository that does not want it
        if state.strip():
            files.add(name)
    return Standing(frozenset(files), kept=_git(site, "rev-parse", "--verify", "-q", "HEAD") is not None)


def _git(site: Path, *arguments: str) -> bytes | None:
    """What a git command says; None where it cannot be asked."""
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(site), *arguments],  # noqa: S607
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def undo_command(site: Path, files: Sequence[str], standing_before: Standing) -> tuple[str, str | None]:
    """The one command that undoes changes of files, and what has to stand in LIST for it, if anything.

    It puts the changes on git's stash, so that `git stash pop` does them again.
    """
    command = f"git -C {shlex.quote(str(site))} stash push --include-untracked"
    if not standing_before.uncommitted:
        return f"{command} -- content", None
    if len(files) <= _LISTED:
        return f"{command} -- {shlex.join(files)}", None
    # With --pathspec-from-file a name is read as it is written from the folder that git runs in.
    return f"{command} --pathspec-from-file={LIST}", "".join(f"{file}\n" for file in files)
