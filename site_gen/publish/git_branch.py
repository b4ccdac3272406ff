"""The branch that is published, at a remote: what is on it, a commit more, a push.

Done with git's plumbing, and on objects alone: the person's index, work tree and branches are never touched. (The
package `ghp-import` moves a local branch before it pushes, takes all that lies in a folder, commits where nothing
changed, and leaves git's own words to the person.) Files go in byte for byte: no filter, attribute or ignore rule of
the repository applies to what a build made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen import __version__
from site_gen.core import git
from site_gen.core.errors import Problem, SiteError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_LONG = 1800  # seconds for what moves a whole site
_OURS = "Published-by: site-gen"  # the trailer of our commits
_OF_THE_HOST = frozenset({"CNAME", ".nojekyll"})  # GitHub's settings write the first; none of both is content
_SECRET = re.compile(r"(?<=//)[^/@]+@")
_FILE = "100644"

# What git and its transports say (LC_ALL=C) when a remote is not to be had: (words, what is wrong, what to do).
_REASONS = (
    (
        r"\[rejected\]|non-fast-forward|fetch first|stale info|cannot lock ref",
        "was changed by somebody else meanwhile",
        "give the command again: it builds upon what is there now",
    ),
    (r"\[remote rejected\]|hook declined|protected branch", "refused it{said}", "mend what it names, then try again"),
    (
        r"permission (to .* )?denied|error: 40[13]|authentication failed|could not read (user|pass)|host key verif",
        "does not let you in{said}",
        "sign in to it with git first (git ls-remote {remote}), or ask its owner to let you write",
    ),
    (
        r"could not resolve|unable to access|connection|timed out|unreachable|could not connect|longer than",
        "cannot be reached{said}",
        "check the network and try again; nothing was published",
    ),
    (
        r"not found|does not appear to be a git repository|does not exist|no such file",
        "is not there{said}",
        "make the repository, or set its address: git remote set-url {remote} ADDRESS",
    ),
)


class Tip(NamedTuple):
    """The newest commit of the branch, None where there is no branch: its files with the ids of their bytes, and the
    names of those that others changed since this program last published."""

    commit: str | None
    files: Mapping[str, str]
    by_others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a remote of the repository that holds `folder`."""

    folder: Path
    remote: str
    name: str
    url: str

    def __str__(self) -> str:
        return f"{self.name} of {self.remote}"

    def tip(self) -> Tip:
        """Fetch the branch. Raises SiteError when the remote cannot be had."""
        listed = self._ask("ls-remote", "--heads", "--", self.remote, f"refs/heads/{self.name}")
        if not listed.strip():
            return Tip(None, {})
        kept = f"refs/remotes/{self.remote}/{self.name}"
        self._ask("fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head", "--no-recurse-submodules",
                  "--", self.remote, f"+refs/heads/{self.name}:{kept}")  # fmt: skip
        commit = self._ask("rev-parse", "--verify", f"{kept}^{{commit}}").strip()
        files = {}
        for line in self._ask("ls-tree", "-r", "-z", "--full-tree", commit).split("\0"):
            if line:
                facts, _, name = line.partition("\t")
                files[name] = facts.split(" ")[2]
        return Tip(commit, files, self._by_others(commit, files))

    def _by_others(self, commit: str, files: Mapping[str, str]) -> tuple[str, ...]:
        ours = self._ask("rev-list", "-1", "--fixed-strings", f"--grep={_OURS}", commit).strip()
        if ours == commit:
            return ()
        changed = (
            self._ask("diff-tree", "-r", "--no-relative", "--name-only", "-z", ours, commit).split("\0")
            if ours
            else files
        )
        return tuple(sorted(name for name in changed if name and name not in _OF_THE_HOST))

    def ids(self, files: Sequence[Path], *, store: bool = False) -> list[str]:
        """The ids of files' bytes, in their order. store: put the bytes into the repository."""
        if not files:
            return []
        listed = "".join(f"{path.absolute()}\n" for path in files)
        options = ["-w"] if store else []
        found = self._ask("hash-object", *options, "--no-filters", "--stdin-paths", text=listed).split()
        assert len(found) == len(files)
        return found

    def commit(self, files: Mapping[str, str], parent: str | None, message: str, index: Path) -> str:
        """A commit of exactly these files, whose bytes are in the repository. `index`: where git may keep
        notes meanwhile. Raises SiteError where git does not know who commits."""
        variables = {"GIT_INDEX_FILE": str(index)}
        listed = "".join(f"{_FILE} {identity}\t{name}\0" for name, identity in sorted(files.items()))
        self._ask("update-index", "-z", "--index-info", text=listed, variables=variables)
        tree = self._ask("write-tree", variables=variables).strip()
        text = f"{message}\n\n{_OURS} {__version__}\n"
        arguments = ["-p", parent] if parent else []
        made = git.run(self.folder, "commit-tree", *arguments, "-F", "-", tree, text=text)
        if made.status:
            mend = "tell it: git config user.name NAME, and: git config user.email ADDRESS"
            raise SiteError(Problem("git", 0, f"cannot commit ({_last(made.err)})", mend))
        return made.out.strip()

    def push(self, commit: str) -> None:
        """Put a commit on top of the branch, never over what is there. Raises SiteError when it was not taken."""
        self._ask("push", "--quiet", "--no-follow-tags", "--recurse-submodules=no", "--", self.remote,
                  f"{commit}:refs/heads/{self.name}")  # fmt: skip

    def uncommitted(self, *paths: str) -> list[str]:
        """Files below these paths of the folder whose present state is in no commit, new ones included."""
        start = self._ask("rev-parse", "--show-prefix").removesuffix("\n")
        said = self._ask("-c", "core.fsmonitor=false", "status", "--porcelain=v1", "-z", "--no-renames",
                         "--untracked-files=all", "--", *paths)  # fmt: skip
        return sorted(entry[3:].removeprefix(start) for entry in said.split("\0") if entry)

    def head(self) -> str | None:
        """The commit that the person works on; None before the first."""
        answer = git.run(self.folder, "rev-parse", "--verify", "--quiet", "HEAD")
        return answer.out.strip() or None

    def commit_in_place(self, names: Sequence[str], message: str) -> bool:
        """Commit exactly these files of the folder in the branch that the person works on, whatever else is
        staged. Gives whether there was anything to commit. Raises SiteError when git refuses."""
        if not self.uncommitted(*names):
            return False
        for arguments in (["add", "--", *names], ["commit", "--quiet", "--only", "-m", message, "--", *names]):
            answer = git.run(self.folder, *arguments)
            if answer.status:
                what = f"cannot be committed ({_last(answer.err or answer.out)})"
                raise SiteError(Problem(" and ".join(names), 0, what, "commit them yourself; the site is published"))
        return True

    def _ask(self, *args: str, text: str = "", variables: Mapping[str, str] | None = None) -> str:
        answer = git.run(self.folder, *args, text=text, variables=variables, seconds=_LONG)
        if answer.status:
            raise SiteError(_problem(self, answer))
        return answer.out


def found(folder: Path, remote: str, name: str) -> Branch:
    """The branch that a folder is published to. Raises UsageError where there is no git, repository or remote,
    and where the person works on that very branch."""
    answer = git.run(folder, "rev-parse", "--show-toplevel")
    if answer.status == 127:
        raise UsageError("git is not installed; install it, or build the site and upload output/ yourself")
    if "dubious ownership" in answer.err:
        raise UsageError(f"git does not trust {folder}, which is somebody else's; see git's safe.directory")
    if answer.status:
        mend = "git init, git add ., git commit, then git remote add origin ADDRESS"
        raise UsageError(f"{folder} is in no git repository; begin one: {mend}")
    url = git.remote_url(folder, remote)
    if url is None:
        known = ", ".join(git.run(folder, "remote").out.split())
        mend = f"there is {known}; choose with --remote" if known else f"add it: git remote add {remote} ADDRESS"
        raise UsageError(f"the repository has no remote {remote}; {mend}")
    if git.run(folder, "symbolic-ref", "--quiet", "--short", "HEAD").out.strip() == name:
        raise UsageError(f"you work on the branch {name}, which holds only what is published; git switch main first")
    return Branch(folder, remote, name, _SECRET.sub("", url))


def _problem(branch: Branch, answer: git.GitResult) -> Problem:
    """What git said of a remote, so that a person can mend it."""
    told = answer.err
    for words, what, mend in _REASONS:
        if re.search(words, told, re.IGNORECASE):
            said = _said(told)
            return Problem(
                str(branch), 0, what.format(said=f" ({said})" if said else ""), mend.format(remote=branch.remote)
            )
    return Problem(str(branch), 0, f"git failed ({_last(told)})", "mend that and try again")


def _said(told: str) -> str:
    """The words of the remote in what git said, else the last line of git's own."""
    lines = [line.removeprefix("remote:").strip() for line in told.splitlines() if line.startswith("remote:")]
    return " ".join(line for line in lines if line)[:300] or _last(told)


def _last(told: str) -> str:
    """The line of git's complaint that says what is wrong."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    marked = [line for line in lines if line.startswith(("fatal:", "error:", "!"))]
    return _SECRET.sub("", (marked or lines or ["it said nothing"])[0])[:300]
