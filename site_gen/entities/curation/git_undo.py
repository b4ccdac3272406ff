"""What git knows of a site's files: whether a change can be undone by it, and how. Without git, nothing."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.core import git

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_LISTED = 12  # files that a command names on its line; more are better looked up in a list
LIST = ".site-gen/undo.txt"


@dataclass(frozen=True, slots=True)
class GitStatus:
    """What `git status` says below `content/`: files with changes that are not committed (new ones, too),
    and whether git looks after the folder at all."""

    uncommitted: frozenset[str]
    kept: bool

    def blocking(self, files: Iterable[str]) -> list[str]:
        """Those of some files whose present state git does not have."""
        return sorted(self.uncommitted.intersection(files))


def git_status(site: Path) -> GitStatus:
    """What git knows of a site's `content/`. Where there is no git, or no repository: nothing is kept."""
    nothing = GitStatus(frozenset(), kept=False)
    prefix = git.run(site, "rev-parse", "--show-prefix")
    # Its own hooks and helpers are not run, and its index is not written.
    said = git.run(site, "-c", "core.fsmonitor=false", "status", "--porcelain=v1", "-z", "--no-renames",
                "--untracked-files=all", "--ignored=matching", "--", "content")  # fmt: skip
    if prefix.status or said.status:
        return nothing
    start = prefix.out.removesuffix("\n")
    files: set[str] = set()
    for entry in said.out.split("\0"):
        state, name = entry[:2], entry[3:].removeprefix(start)
        if state == "!!" and name in {"content/", "content/site.yaml"}:
            return nothing  # the site lies in a repository that does not want it
        if state.strip():
            files.add(name)
    return GitStatus(frozenset(files), kept=git.run(site, "rev-parse", "--verify", "-q", "HEAD").status == 0)


def undo_command(site: Path, files: Sequence[str], standing_before: GitStatus) -> tuple[str, str | None]:
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
