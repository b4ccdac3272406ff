"""What the tests of publishing share: a site in a repository, and a remote to publish it to."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from site_gen.core import git
from tests.support.sites import SMALL_SITE, read_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call, CommandResult

URL = "https://example.github.io/repo/"
LEDGERS = ("content/permalinks.txt", "content/anchors.txt", "content/issues.txt")


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Somebody whom git knows, and nobody's settings."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada Quay")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@quay.example")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)


def run_git(folder: Path, *args: str) -> str:
    done = subprocess.run(["git", "-C", folder, *args], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Home:
    """A site in a repository, with a bare one as its remote."""

    def __init__(self, folder: Path, call: Call, source: Path = SMALL_SITE, base_url: str = URL) -> None:
        self.site, self.bare, self.clones, self.call = folder / "site", folder / "origin.git", folder / "clones", call
        shutil.copytree(source / "content", self.site / "content")
        settings = self.site / "content/site.yaml"
        kept = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("base_url")]
        settings.write_text("\n".join([*kept, f"base_url: {base_url}", ""]), encoding="utf-8")
        (self.site / ".gitignore").write_text("output/\n.site-gen/\n", encoding="utf-8")
        run_git(folder, "init", "--quiet", "--bare", str(self.bare))
        run_git(self.site, "init", "--quiet", "--initial-branch=main")
        run_git(self.site, "remote", "add", "origin", str(self.bare))
        self.save("begin")

    def save(self, message: str) -> None:
        run_git(self.site, "add", "--all")
        run_git(self.site, "commit", "--quiet", "-m", message)

    def publish(self, *args: str) -> CommandResult:
        return self.call("publish", "--site", self.site, *args)

    def clone(self) -> Path:
        """Return a fresh clone of what is published."""
        shutil.rmtree(self.clones, ignore_errors=True)
        run_git(self.site, "clone", "--quiet", "--branch", "gh-pages", str(self.bare), str(self.clones))
        return self.clones

    def edit_branch(self, name: str, text: str) -> None:
        """Somebody else changes a file on the branch."""
        other = self.clone()
        (other / name).write_text(text, encoding="utf-8")
        run_git(other, "add", "--all", "--force")
        run_git(other, "commit", "--quiet", "-m", "By hand")
        run_git(other, "push", "--quiet", "origin", "gh-pages")

    def commits(self) -> list[str]:
        answer = git.run(self.bare, "rev-list", "gh-pages")
        return answer.out.split() if answer.status == 0 else []

    def standing(self) -> tuple[object, ...]:
        """All of the repository that is the person's: branches, index, what git says of the work tree."""
        refs = run_git(self.site, "for-each-ref", "refs/heads", "refs/tags")
        head = run_git(self.site, "rev-parse", "HEAD"), (self.site / ".git/HEAD").read_bytes()
        status = run_git(self.site, "--no-optional-locks", "status", "--porcelain", "--ignored=no")
        return refs, head, (self.site / ".git/index").read_bytes(), status, read_files(self.site / "content")

    @property
    def ledger(self) -> bytes | None:
        path = self.site / LEDGERS[0]
        return path.read_bytes() if path.exists() else None


@pytest.fixture
def home(tmp_path: Path, call: Call) -> Home:
    return Home(tmp_path, call)
