"""What git has of a site's files: whether a change can be undone by it, and how. Without git, nothing."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.core import git

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_MAX_NAMED = 12  # files that a command names on its line; more are better looked up in a list
UNDO_LIST = ".site-gen/undo.txt"


@dataclass(frozen=True, slots=True)
class GitStatus:
    """What `git status` says below `content/`."""

    uncommitted: frozenset[str]  # files with changes that are not committed, new ones, too; below the site's folder
    has_history: bool  # whether git looks after the folder, and has a commit

    def uncommitted_among(self, files: Iterable[str]) -> list[str]:
        """Return those of some files whose present state git does not have."""
        return sorted(self.uncommitted.intersection(files))


def read_status(site: Path) -> GitStatus:
    """Return what git has of a site's `content/`. Where there is no git, or no repository, it has no history."""
    nothing = GitStatus(frozenset(), has_history=False)
    prefix = git.run(site, "rev-parse", "--show-prefix")
    # Its own hooks and helpers are not run, and its index is not written.
    status = git.run(site, "-c", "core.fsmonitor=false", "status", "--porcelain=v1", "-z", "--no-renames",
                     "--untracked-files=all", "--ignored=matching", "--", "content")  # fmt: skip
    if prefix.status or status.status:
        return nothing
    site_prefix = prefix.out.removesuffix("\n")
    uncommitted: set[str] = set()
    for entry in status.out.split("\0"):
        state, file = entry[:2], entry[3:].removeprefix(site_prefix)
        if state == "!!" and file in {"content/", "content/site.yaml"}:
            return nothing  # the site lies in a repository that does not want it
        if state.strip():
            uncommitted.add(file)
    head = git.run(site, "rev-parse", "--verify", "-q", "HEAD")
    return GitStatus(frozenset(uncommitted), has_history=head.status == 0)


def undo_command(site: Path, files: Sequence[str], status_before: GitStatus) -> tuple[str, str | None]:
    """Return the one command that undoes changes of files, and what has to stand in UNDO_LIST for it, if anything.

    It puts the changes on git's stash, so that `git stash pop` does them again.
    """
    command = f"git -C {shlex.quote(str(site))} stash push --include-untracked"
    if not status_before.uncommitted:
        return f"{command} -- content", None
    if len(files) <= _MAX_NAMED:
        return f"{command} -- {shlex.join(files)}", None
    # With --pathspec-from-file a name is read as it is written from the folder that git runs in.
    return f"{command} --pathspec-from-file={UNDO_LIST}", "".join(f"{file}\n" for file in files)
