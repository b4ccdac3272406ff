"""The branch that is published, at a remote: fetch it, commit on top of it, push it.

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

_TIMEOUT_SECONDS = 1800  # of a call to git that moves a whole site
_TRAILER = "Published-by: site-gen"  # of the commits that this program makes
_HOST_FILES = frozenset({"CNAME", ".nojekyll"})  # GitHub's settings write the first; none of both is content
_CREDENTIALS = re.compile(r"(?<=//)[^/@]+@")  # in an address
_FILE_MODE = "100644"  # of a plain file, as git writes it

# What git and its transports say (LC_ALL=C) when a remote cannot be used: (pattern, what is wrong, what to do).
# `{detail}` becomes their own words, in brackets.
_REASONS = (
    (
        r"\[rejected\]|non-fast-forward|fetch first|stale info|cannot lock ref",
        "was changed by somebody else meanwhile",
        "give the command again: it builds upon what is there now",
    ),
    (r"\[remote rejected\]|hook declined|protected branch", "refused it{detail}", "mend what it names, then try again"),
    (r"dubious ownership", "lies on this machine and is somebody else's, so that git does not trust it", "{trust}"),
    (
        r"permission (to .* )?denied|error: 40[13]|authentication failed|could not read (user|pass)|host key verif",
        "does not let you in{detail}",
        "sign in to it with git first (git ls-remote {remote}), or ask its owner to let you write",
    ),
    (
        r"could not resolve|unable to access|connection|timed out|unreachable|could not connect|longer than",
        "cannot be reached{detail}",
        "check the network and try again; nothing was published",
    ),
    (
        r"not found|does not appear to be a git repository|does not exist|no such file",
        "is not there{detail}",
        "make the repository, or set its address: git remote set-url {remote} ADDRESS",
    ),
)


class BranchTip(NamedTuple):
    """The newest commit of the branch."""

    commit: str | None  # its id; None where there is no branch
    files: Mapping[str, str]  # by name, the ids of their blobs
    changed_by_others: tuple[str, ...] = ()  # names of files that others changed since this program last published


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a remote of a site's repository."""

    folder: Path  # the site's, which is in the repository
    remote: str  # the remote's name
    name: str  # the branch's name
    url: str  # the remote's address, without credentials, for messages

    def __str__(self) -> str:
        return f"{self.name} of {self.remote}"

    def fetch_tip(self) -> BranchTip:
        """Fetch the branch. Raises SiteError when the remote cannot be used."""
        above = ["/".join(self.name.split("/")[:end]) for end in range(1, self.name.count("/") + 1)]
        patterns = [f"refs/heads/{name}" for name in (self.name, f"{self.name}/*", *above)]
        heads = self._git("ls-remote", "--heads", "--", self.remote, *patterns)
        names = [line.partition("\trefs/heads/")[2] for line in heads.splitlines()]
        if obstacles := [name for name in names if name != self.name]:
            what = f"cannot be made beside the branch {obstacles[0]} there: git keeps branches as files and folders"
            mend = f"rename that branch, or remove it: git push {self.remote} --delete {obstacles[0]}"
            raise SiteError(Problem(str(self), 0, what, mend))
        if not names:
            return BranchTip(None, {})
        tracking_ref = f"refs/remotes/{self.remote}/{self.name}"
        self._git("fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head", "--no-recurse-submodules",
                  "--", self.remote, f"+refs/heads/{self.name}:{tracking_ref}")  # fmt: skip
        commit = self._git("rev-parse", "--verify", f"{tracking_ref}^{{commit}}").strip()
        files = {}
        for line in self._git("ls-tree", "-r", "-z", "--full-tree", commit).split("\0"):
            if line:
                mode_type_id, _, name = line.partition("\t")
                files[name] = mode_type_id.split(" ")[2]
        return BranchTip(commit, files, self._changed_by_others(commit, files))

    def _changed_by_others(self, commit: str, files: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names of files that changed after the last commit of this program, all where there is none."""
        ours = self._git("rev-list", "-1", "--fixed-strings", f"--grep={_TRAILER}", commit).strip()
        if ours == commit:
            return ()
        changed = (
            self._git("diff-tree", "-r", "--no-relative", "--name-only", "-z", ours, commit).split("\0")
            if ours
            else files
        )
        return tuple(sorted(name for name in changed if name and name not in _HOST_FILES))

    def blob_ids(self, files: Sequence[Path], *, store: bool = False) -> list[str]:
        """Return the ids that git gives to files' bytes, in their order. store: put the bytes into the repository."""
        if not files:
            return []
        paths = "".join(f"{path.absolute()}\n" for path in files)
        options = ["-w"] if store else []
        ids = self._git("hash-object", *options, "--no-filters", "--stdin-paths", text=paths).split()
        assert len(ids) == len(files)
        return ids

    def commit(self, files: Mapping[str, str], parent: str | None, message: str, index: Path) -> str:
        """Make a commit of exactly these files, and return its id.

        files: by name, the ids of their blobs, which are in the repository. index: a file that git may use as its
        index meanwhile. Raises SiteError where git does not know who commits.
        """
        variables = {"GIT_INDEX_FILE": str(index)}
        entries = "".join(f"{_FILE_MODE} {identity}\t{name}\0" for name, identity in sorted(files.items()))
        self._git("update-index", "-z", "--index-info", text=entries, variables=variables)
        tree = self._git("write-tree", variables=variables).strip()
        text = f"{message}\n\n{_TRAILER} {__version__}\n"
        arguments = ["-p", parent] if parent else []
        result = git.run(self.folder, "commit-tree", *arguments, "-F", "-", tree, text=text)
        if result.status:
            mend = "tell it: git config user.name NAME, and: git config user.email ADDRESS"
            raise SiteError(Problem("git", 0, f"cannot commit ({_error_line(result.err)})", mend))
        return result.out.strip()

    def push(self, commit: str) -> None:
        """Push a commit on top of the branch, never over what is there. Raises SiteError when it is not accepted."""
        self._git("push", "--quiet", "--no-follow-tags", "--recurse-submodules=no", "--", self.remote,
                  f"{commit}:refs/heads/{self.name}")  # fmt: skip

    def uncommitted_files(self, *paths: str) -> list[str]:
        """Return files below these paths of the folder whose present state is in no commit, new ones included."""
        start = self._git("rev-parse", "--show-prefix").removesuffix("\n")
        status = self._git("-c", "core.fsmonitor=false", "status", "--porcelain=v1", "-z", "--no-renames",
                         "--untracked-files=all", "--", *paths)  # fmt: skip
        return sorted(entry[3:].removeprefix(start) for entry in status.split("\0") if entry)

    def head_commit(self) -> str | None:
        """Return the id of the commit that the person works on; None before the first."""
        result = git.run(self.folder, "rev-parse", "--verify", "--quiet", "HEAD")
        return result.out.strip() or None

    def commit_in_place(self, names: Sequence[str], message: str) -> bool:
        """Commit exactly these files of the folder in the branch that the person works on, whatever else is staged.

        Returns whether there was anything to commit. Raises SiteError when git refuses.
        """
        if not self.uncommitted_files(*names):
            return False
        for arguments in (["add", "--", *names], ["commit", "--quiet", "--only", "-m", message, "--", *names]):
            result = git.run(self.folder, *arguments)
            if result.status:
                what = f"cannot be committed ({_error_line(result.err or result.out)})"
                raise SiteError(Problem(" and ".join(names), 0, what, "commit them yourself; the site is published"))
        return True

    def _git(self, *args: str, text: str = "", variables: Mapping[str, str] | None = None) -> str:
        result = git.run(self.folder, *args, text=text, variables=variables, seconds=_TIMEOUT_SECONDS)
        if result.status:
            raise SiteError(_problem(self, result))
        return result.out


def find_branch(folder: Path, remote: str, name: str) -> Branch:
    """Return the branch that a site is published to.

    folder: the site's. remote, name: of the remote and the branch. Raises UsageError where there is no git, repository
    or remote, and where the person works on that very branch.
    """
    result = git.run(folder, "rev-parse", "--show-toplevel")
    if result.status == 127:
        raise UsageError("git is not installed; install it, or build the site and upload output/ yourself")
    if "dubious ownership" in result.err:
        raise UsageError(f"git does not trust {folder}, which is somebody else's; {_trust_command(result.err)}")
    if result.status:
        mend = "git init, git add ., git commit, then git remote add origin ADDRESS"
        raise UsageError(f"{folder} is in no git repository; begin one: {mend}")
    url = git.remote_url(folder, remote)
    if url is None:
        remotes = ", ".join(git.run(folder, "remote").out.split())
        mend = f"there is {remotes}; choose with --remote" if remotes else f"add it: git remote add {remote} ADDRESS"
        raise UsageError(f"the repository has no remote {remote}; {mend}")
    if git.run(folder, "symbolic-ref", "--quiet", "--short", "HEAD").out.strip() == name:
        raise UsageError(f"you work on the branch {name}, which holds only what is published; git switch main first")
    return Branch(folder, remote, name, _CREDENTIALS.sub("", url))


def _problem(branch: Branch, result: git.GitResult) -> Problem:
    """Return the problem behind git's message about a remote, so that a person can mend it."""
    message = result.err
    for pattern, what, mend in _REASONS:
        if re.search(pattern, message, re.IGNORECASE):
            detail = f" ({_remote_message(message)})"
            advice = mend.format(remote=branch.remote, trust=_trust_command(message))
            return Problem(str(branch), 0, what.format(detail=detail), advice)
    return Problem(str(branch), 0, f"git failed ({_error_line(message)})", "mend that and try again")


def _trust_command(message: str) -> str:
    """Return what to do about a repository that git does not trust, with the command that git's message gives."""
    command = re.search(r"^\s*(git config --global --add safe\.directory .+)$", message, re.MULTILINE)
    return f"if you do: {command[1] if command else 'git config --global --add safe.directory FOLDER'}"


def _remote_message(message: str) -> str:
    """Return the remote's own words in a message of git, else the line of git that says what is wrong."""
    lines = [line.removeprefix("remote:").strip() for line in message.splitlines() if line.startswith("remote:")]
    return " ".join(line for line in lines if line)[:300] or _error_line(message)


def _error_line(message: str) -> str:
    """Return the line of git's message that says what is wrong, without credentials."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("fatal:", "error:", "!"))]
    return _CREDENTIALS.sub("", (errors or lines or ["it said nothing"])[0])[:300]
