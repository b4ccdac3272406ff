"""The branch that is published, at a remote: fetch it, commit on top of it, push it.

Done with git's plumbing, and on objects alone: the person's index, work tree and branches are never touched. Where the
content lies in no repository of the person's, the objects are kept in one of this program's. (The
package `ghp-import` moves a local branch before it pushes, takes all that lies in a folder, commits where nothing
changed, and leaves git's own words to the person.) Files go in byte for byte: no filter, attribute or ignore rule of
the repository applies to what a build made.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen import __version__
from site_gen.content.publish_settings import is_address
from site_gen.content.state_folder import make_state_folder
from site_gen.core import git
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.publish import site_host

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_gen.content.records import PublishSettings
    from site_gen.publish.content_repository import ContentRepository

_TIMEOUT_SECONDS = 1800  # of a call to git that moves a whole site
_TRAILER = "Published-by: site-gen"  # of the commits that this program makes
RECORDED = "Recorded in content/permalinks.txt"  # in the message of a commit of which the ledgers tell
_HOST_FILES = frozenset({"CNAME", ".domains", ".nojekyll"})  # GitHub's settings write the first; none is content
_OWN_REPOSITORY = ".site-gen/publish.git"  # of a site whose content is in none; may be deleted at any time
_FILE_MODE = "100644"  # of a plain file, as git writes it

# What git and its transports say (LC_ALL=C) when a remote cannot be used: (pattern, what is wrong, what to do).
# `{detail}` becomes their own words, in brackets.
_REASONS = (
    (
        r"\[rejected\]|non-fast-forward|fetch first|stale info|cannot lock ref",
        "was changed by someone else in the meantime",
        "run the command again: it starts from what is there now",
    ),
    (r"\[remote rejected\]|hook declined|protected branch", "refused it{detail}", "fix what it names, then try again"),
    (r"dubious ownership", "is on this machine but belongs to another user, so git does not trust it", "{trust}"),
    (
        r"permission (to .* )?denied|error: 40[13]|authentication failed|could not read (user|pass)|host key verif",
        "refuses access{detail}",
        "sign in to it with git first (git ls-remote {remote}), or ask its owner for write access",
    ),
    (
        r"could not resolve|unable to access|connection|timed out|unreachable|could not connect|longer than",
        "cannot be reached{detail}",
        "check the network and try again; nothing was published",
    ),
    (
        r"not found|does not appear to be a git repository|does not exist|no such file",
        "is not there{detail}",
        "make the repository, or correct its address: git remote set-url, or `publish:` in content/site.yaml",
    ),
)


class BranchTip(NamedTuple):
    """The newest commit of the branch."""

    commit: str | None  # its id; None where there is no branch
    files: Mapping[str, str]  # by name, the ids of their blobs
    changed_by_others: tuple[str, ...] = ()  # names of files that others changed since this program last published


class Branch(Struct, frozen=True):
    """A branch of a remote that the site alone is pushed to."""

    folder: Path  # the site's
    remote: str  # the remote's name in the content's repository, or an address
    name: str  # the branch's name
    url: str  # the remote's address, without credentials, for messages
    is_in_repository: bool  # whether git works in the content's repository, with its settings, or in our own
    is_trusted: bool = False  # whether git may run what the repository itself names, see `git.run`

    def __str__(self) -> str:
        return f"{self.name} of {self.remote}"

    @property
    def tracking_ref(self) -> str:
        """The ref that says what was there when it was last fetched."""
        if is_address(self.remote):
            return f"refs/site-gen/{hashlib.sha256(self.remote.encode()).hexdigest()[:12]}/{self.name}"
        return f"refs/remotes/{self.remote}/{self.name}"

    def fetch_tip(self) -> BranchTip:
        """Fetch the branch. Raises SiteError when the remote cannot be used."""
        if not self.is_in_repository:
            _make_own_repository(self.folder)
        above = ["/".join(self.name.split("/")[:end]) for end in range(1, self.name.count("/") + 1)]
        patterns = [f"refs/heads/{name}" for name in (self.name, f"{self.name}/*", *above)]
        heads = self._git("ls-remote", "--heads", "--", self.remote, *patterns)
        names = [line.partition("\trefs/heads/")[2] for line in heads.splitlines()]
        if obstacles := [name for name in names if name != self.name]:
            what = f"cannot be made beside the branch {obstacles[0]} there: git keeps branches as files and folders"
            command = shlex.join(["git", "push", self.remote, "--delete", obstacles[0]])  # it may be hostile
            mend = f"rename that branch, or remove it: {command}"
            raise SiteError(Problem(str(self), 0, what, mend))
        if not names:
            return BranchTip(None, {})
        self._git("fetch", "--quiet", "--no-tags", "--no-prune", "--no-write-fetch-head", "--no-recurse-submodules",
                  "--", self.remote, f"+refs/heads/{self.name}:{self.tracking_ref}")  # fmt: skip
        commit = self._git("rev-parse", "--verify", f"{self.tracking_ref}^{{commit}}").strip()
        files = {}
        for line in self._git("ls-tree", "-r", "-z", "--full-tree", commit).split("\0"):
            if line:
                mode_type_id, _, name = line.partition("\t")
                files[name] = mode_type_id.split(" ")[2]
        return BranchTip(commit, files, self._changed_by_others(commit, files))

    def is_recorded(self, tip: BranchTip) -> bool:
        """Return whether the ledgers were to tell of what this program last published."""
        if tip.commit is None:
            return False
        ours = ["rev-list", "-1", "--fixed-strings", f"--grep={_TRAILER}", tip.commit]
        return RECORDED in self._git("log", "-1", "--format=%B", self._git(*ours).strip() or tip.commit)

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

    def read_file(self, name: str) -> str | None:
        """Return the text of a file as it was when the branch was last fetched; None where there was none."""
        no_network = {"GIT_NO_LAZY_FETCH": "1"}
        result = self._run("cat-file", "blob", f"{self.tracking_ref}:{name}", variables=no_network)
        return result.out if result.status == 0 else None

    def blob_ids(self, files: Sequence[Path], *, store: bool = False) -> list[str]:
        """Return the ids that git gives to files' bytes, in their order. store: put the bytes into the repository."""
        if not files:
            return []
        paths = "".join(f"{path.absolute()}\n" for path in files)
        options = ["-w"] if store else []
        ids = self._git("hash-object", *options, "--no-filters", "--stdin-paths", text=paths).split()
        assert len(ids) == len(files)
        return ids

    def publish(self, out: Path, files: Mapping[str, str], tip: BranchTip, message: str, index: Path) -> str:
        """Push the files of a folder as the branch's next commit, and return its id.

        files: by name, the ids of their blobs. index: a file that git may use as its index meanwhile. Raises SiteError
        when the push is not accepted.
        """
        new = [name for name, identity in files.items() if tip.files.get(name) != identity]
        self.blob_ids([out / name for name in new], store=True)
        commit = self._commit(files, tip.commit, message, index)
        self._git("push", "--quiet", "--no-follow-tags", "--recurse-submodules=no", "--", self.remote,
                  f"{commit}:refs/heads/{self.name}")  # fmt: skip
        self._git("update-ref", self.tracking_ref, commit)  # git itself does so for a remote with a name only
        return commit

    def _commit(self, files: Mapping[str, str], parent: str | None, message: str, index: Path) -> str:
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
        result = self._run("commit-tree", *arguments, "-F", "-", tree, text=text)
        if result.status:
            mend = "set it: git config user.name NAME, and: git config user.email ADDRESS"
            raise SiteError(Problem("git", 0, f"cannot commit ({git.error_line(result.err)})", mend))
        return result.out.strip()

    def _git(self, *args: str, text: str = "", variables: Mapping[str, str] | None = None) -> str:
        result = self._run(*args, text=text, variables=variables)
        if result.status:
            raise SiteError(_problem(self, result))
        return result.out

    def _run(self, *args: str, text: str = "", variables: Mapping[str, str] | None = None) -> git.GitResult:
        options = [] if self.is_in_repository else [f"--git-dir={_OWN_REPOSITORY}"]
        return git.run(
            self.folder, *options, *args, text=text, variables=variables, seconds=_TIMEOUT_SECONDS,
            is_trusted=self.is_trusted and self.is_in_repository,
        )  # fmt: skip


def find_branch(
    site: Path, settings: PublishSettings, repository: ContentRepository | None, *, is_trusted: bool = False
) -> Branch:
    """Return the branch that a site is published to.

    repository: that the site's folder lies in. is_trusted: see `Branch`. Raises UsageError where there is no git
    or remote, where the repository is somebody else's, and where the person works on that very branch.
    """
    if git.run(site, "--version").status:
        raise UsageError("git is not installed; install it, or publish into a folder (--folder) and upload that")
    own_repository = repository if repository and repository.holds_site else None
    remote = settings.remote
    if is_address(remote):
        is_path = remote.startswith((".", "~"))
        remote = url = str((site / Path(remote).expanduser()).resolve()) if is_path else remote
    else:
        remote = remote or "origin"
        url = _remote_url(site, settings, repository, remote)
    name = settings.branch or site_host.host_of_remote(url).branch
    if own_repository and own_repository.head_branch() == name and own_repository.has_remote(url):
        raise UsageError(f"you are on the branch {name}, which holds only the published site; first: git switch main")
    return Branch(site, remote, name, url, own_repository is not None, is_trusted)


def _remote_url(site: Path, settings: PublishSettings, repository: ContentRepository | None, remote: str) -> str:
    """Return the address of a remote that goes by its name. Raises UsageError where the repository has none to use."""
    mend = "say where the site goes: publish: {remote: ADDRESS} in content/site.yaml, or --remote ADDRESS"
    if repository is None:
        raise UsageError(f"{site.resolve()} is in no git repository that has a remote {remote}; {mend}")
    if not repository.holds_site:
        what = f"{site.resolve()} is only a folder in somebody else's repository, {repository.top}"
        raise UsageError(f"{what}, which does not hold it; move it out of there, or {mend}")
    if remote not in repository.remotes:
        names = ", ".join(repository.remotes)
        raise UsageError(f"the repository has no remote {remote}; {f'there is {names}; ' if names else ''}{mend}")
    if settings.content_is == "private" and not settings.remote:
        raise UsageError(f"the content is private, and {remote} is the repository that holds it; {mend}")
    return repository.remotes[remote]


def _make_own_repository(site: Path) -> None:
    """Make the repository that the published branch is kept in, unless there is one."""
    folder = site / _OWN_REPOSITORY
    if folder.is_dir():
        return
    make_state_folder(folder.parent)
    result = git.run(site, "init", "--quiet", "--bare", "--template=", _OWN_REPOSITORY)
    if result.status:
        raise SiteError(Problem(_OWN_REPOSITORY, 0, f"cannot be made ({git.error_line(result.err)})", "fix that"))


def _problem(branch: Branch, result: git.GitResult) -> Problem:
    """Return the problem behind git's message about a remote, so that a person can mend it."""
    message = result.err
    for pattern, what, mend in _REASONS:
        if re.search(pattern, message, re.IGNORECASE):
            detail = f" ({_remote_message(message)})"
            advice = mend.format(remote=branch.remote, trust=git.trust_command(message))
            return Problem(str(branch), 0, what.format(detail=detail), advice)
    return Problem(str(branch), 0, f"git failed ({git.error_line(message)})", "fix that and try again")


def _remote_message(message: str) -> str:
    """Return the remote's own words in a message of git, else the line of git that says what is wrong."""
    lines = [line.removeprefix("remote:").strip() for line in message.splitlines() if line.startswith("remote:")]
    return " ".join(line for line in lines if line)[:300] or git.error_line(message)
