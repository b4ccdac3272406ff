"""The repository that a site's content lies in: whether it is the site's, what it has, and who else may read that.

It is asked without a network: of a remote, what git noted when it last fetched or pushed. What lies there in any commit
counts, in old ones too: whoever may read a repository may read its history.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.content import frontmatter, site_paths
from site_gen.content.bounded_yaml import YamlError
from site_gen.core import git
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.publish import site_host

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_gen.content.records import SiteConfig, TextMode

_TEXT_MODE = re.compile(r"""^text:[ \t]*["']?(\w+)""", re.MULTILINE)  # in front matter
_BATCH_HEADER = re.compile(r"^[0-9a-f]{40,64} blob \d+\n", re.MULTILINE)  # of `git cat-file --batch`


class Exposure(NamedTuple):
    """What of a site's content others can read at a remote, though no page of the site shows it."""

    remote: str  # its name
    url: str  # its address, without credentials
    saved: int  # saved pages
    texts: int  # articles there in full, of which the site shows an excerpt

    @property
    def counts(self) -> str:
        """What it is, in words."""
        counts = ((self.saved, "saved page"), (self.texts, "full text"))
        return ", ".join(f"{number:,} {noun}{'' if number == 1 else 's'}" for number, noun in counts if number)

    def __str__(self) -> str:
        return f"anyone who can read {self.remote} ({self.url}) can also read {self.counts}"


class ContentRepository(Struct, frozen=True):
    """A repository whose work tree holds the site's folder."""

    folder: Path  # the site's
    top: Path  # of its work tree
    prefix: str  # what the names of the site's files begin with in it: empty, or a path with a `/` at its end
    remotes: Mapping[str, str]  # addresses, without credentials, by name

    @property
    def holds_site(self) -> bool:
        """Whether it is the site's own, or has it among its files; if not, the site only lies in a folder of it."""
        if not self.prefix:
            return True
        is_program = (self.top / "site_gen" / "__main__.py").is_file()  # a site made in a clone of this program
        return not is_program and bool(self._git("ls-files", "--", site_paths.CONFIG))

    def has_remote(self, url: str) -> bool:
        """Tell whether one of its remotes is the repository with this address."""
        return any(site_host.is_same_repository(url, other) for other in self.remotes.values())

    def uncommitted_files(self, *paths: str) -> list[str]:
        """Return files below these paths of the folder whose present state is in no commit, new ones included."""
        status = self._git("-c", "core.fsmonitor=false", "status", "--porcelain=v1", "-z", "--no-renames",
                           "--untracked-files=all", "--", *paths)  # fmt: skip
        return sorted(entry[3:].removeprefix(self.prefix) for entry in status.split("\0") if entry)

    def conflicting_files(self) -> list[str]:
        """Return files of the folder that a merge or rebase which is not finished left in conflict."""
        return sorted(set(self._git("diff", "--name-only", "--diff-filter=U", "--relative", "-z").split("\0")) - {""})

    def head_commit(self) -> str | None:
        """Return the id of the commit that the person works on; None before the first."""
        return git.run(self.folder, "rev-parse", "--verify", "--quiet", "HEAD").out.strip() or None

    def head_branch(self) -> str:
        """Return the name of the branch that the person works on; empty where it is none."""
        return git.run(self.folder, "symbolic-ref", "--quiet", "--short", "HEAD").out.strip()

    def commit_in_place(self, names: Sequence[str], message: str) -> bool:
        """Commit exactly these files of the folder in the branch that the person works on, whatever else is staged.

        Returns whether there was anything to commit. Raises SiteError when git refuses.
        """
        if not self.uncommitted_files(*names):
            return False
        for arguments in (["add", "--", *names], ["commit", "--quiet", "--only", "-m", message, "--", *names]):
            result = git.run(self.folder, *arguments, is_trusted=True)
            if result.status:
                what = f"cannot be committed ({git.error_line(result.err or result.out)})"
                raise SiteError(Problem(" and ".join(names), 0, what, "commit them yourself; the site is published"))
        return True

    def find_exposures(self, config: SiteConfig, url: str | None) -> list[Exposure]:
        """Return what each remote has, or gets with the next push, that no page of the site shows.

        url: of the remote that the site is published at. Where the content is said to be private, that one alone is
        asked about: it is no longer private when people come there to see the site.
        """
        is_private = config.publish.content_is == "private"
        head = self.head_commit()
        exposures: list[Exposure] = []
        for name, address in self.remotes.items():
            if is_private and not (url and site_host.is_same_repository(address, url)):
                continue
            gets_head = head is not None and name == self._push_remote()
            blobs = self._blobs(f"--remotes={name}", *(["HEAD"] if gets_head else []))
            saved = sum(file.startswith(f"{site_paths.SAVED}/") for file in blobs)
            texts = self._count_excerpts({file: blobs[file] for file in blobs if file.endswith(".md")}, config.text)
            if saved or texts:
                exposures.append(Exposure(name, address, saved, texts))
        return exposures

    def _push_remote(self) -> str:
        """Return the name of the remote that `git push` goes to."""
        branch = self.head_branch()
        keys = (f"branch.{branch}.pushRemote", "remote.pushDefault", f"branch.{branch}.remote")
        for key in keys:
            if name := git.run(self.folder, "config", "--get", key).out.strip():
                return name
        return next(iter(self.remotes)) if len(self.remotes) == 1 else "origin"

    def _blobs(self, *revisions: str) -> dict[str, str]:
        """Return the saved pages and articles of these revisions and all before them: ids of blobs by names.

        Of several states of a file it is any one. A missing object is not fetched: that would ask a network.
        """
        listed = self._git("rev-list", "--objects", "--full-history", "--missing=allow-any", *revisions, "--",
                           site_paths.SAVED, site_paths.ARTICLES)  # fmt: skip
        folders = tuple(f"{self.prefix}{folder}/" for folder in (site_paths.SAVED, site_paths.ARTICLES))
        pairs = [line.partition(" ")[::2] for line in listed.splitlines()]
        names_by_id = {identity: name for identity, name in pairs if name.startswith(folders)}
        if not names_by_id:
            return {}
        asked = "".join(f"{identity}\n" for identity in names_by_id)
        kinds = [line.split(" ")[:2] for line in self._git("cat-file", "--batch-check", text=asked).splitlines()]
        return {names_by_id[identity].removeprefix(self.prefix): identity for identity, kind in kinds if kind == "blob"}

    def _count_excerpts(self, blobs: Mapping[str, str], text_mode: TextMode) -> int:
        """Return of how many articles the site does not show the whole text; those that are no more count, too."""
        present = {name: self.folder / name for name in blobs if name.startswith(f"{site_paths.ARTICLES}/")}
        gone = [blobs[name] for name, path in present.items() if not path.is_file()]
        texts = [path.read_text("utf-8", "replace") for path in present.values() if path.is_file()]
        if gone:
            batch = self._git("cat-file", "--batch", text="".join(f"{identity}\n" for identity in gone))
            texts += _BATCH_HEADER.split(batch)[1:]
        return sum(_text_mode(text, text_mode) != "full" for text in texts)

    def _git(self, *args: str, text: str = "") -> str:
        result = git.run(self.folder, *args, text=text)
        if result.status:
            what = f"git cannot read it ({git.error_line(result.err)})"
            raise SiteError(Problem(f"the repository {self.top}", 0, what, "fix that and try again"))
        return result.out


def find_repository(site: Path) -> ContentRepository | None:
    """Return the repository that a site's folder lies in; None where it lies in none, or there is no git.

    Raises UsageError where git does not trust the repository.
    """
    result = git.run(site, "rev-parse", "--show-toplevel", "--show-prefix")
    if "dubious ownership" in result.err:
        what = f"git does not trust {site.resolve()}, which is somebody else's"
        raise UsageError(f"{what}; {git.trust_command(result.err)}")
    if result.status:
        return None
    top, prefix = result.out.split("\n")[:2]
    names = git.run(site, "remote").out.split()
    urls = {name: git.run(site, "remote", "get-url", name).out.strip() for name in names}
    return ContentRepository(site, Path(top), prefix, {name: git.hide_credentials(url) for name, url in urls.items()})


def _text_mode(text: str, default: str) -> str:
    """Return what a site shows of the article in a file with this text, `excerpt` or `full`."""
    try:
        match = _TEXT_MODE.search(frontmatter.split(text).yaml or "")
    except YamlError:
        return default
    return match[1] if match else default
