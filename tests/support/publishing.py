"""What the tests of publishing share: a site in a repository, and a remote to publish it to."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from site_gen.core import git
from tests.support.sites import REPO, SMALL_SITE, copy_site, read_files, set_base_url, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call, CommandResult

URL = "https://example.github.io/repo/"
LEDGERS = ("content/permalinks.txt", "content/anchors.txt", "content/issues.txt")


@pytest.fixture(autouse=True)
def identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let git know who commits, and read nobody's settings."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada Quay")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@quay.example")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)


def run_git(folder: Path, *args: str) -> str:
    """Run git, which must succeed; return what it prints."""
    process = subprocess.run(["git", "-C", folder, *args], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout


def set_publish(site: Path, **settings: str) -> None:
    """Write `publish:` into a site's settings, in place of what was there."""
    path = site / "content/site.yaml"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("publish:")]
    listed = ", ".join(f"{key}: {json.dumps(value)}" for key, value in settings.items())
    path.write_text("\n".join([*lines, f"publish: {{{listed}}}", ""]), encoding="utf-8")


class SiteRepository:
    """A site in a repository, with a bare one as its remote, where everybody may read all of it."""

    def __init__(self, folder: Path, call: Call, source: Path = SMALL_SITE, base_url: str = URL) -> None:
        self.site, self.remote, self.clones, self.call = folder / "site", folder / "origin.git", folder / "clones", call
        copy_site(source, self.site)
        set_base_url(self.site, base_url)
        set_publish(self.site, content_is="public")
        write_files(self.site, {".gitignore": "output/\n.site-gen/\n"})
        run_git(folder, "init", "--quiet", "--bare", str(self.remote))
        run_git(self.site, "init", "--quiet", "--initial-branch=main")
        run_git(self.site, "remote", "add", "origin", str(self.remote))
        self.save("begin")

    def save(self, message: str) -> None:
        run_git(self.site, "add", "--all")
        run_git(self.site, "commit", "--quiet", "-m", message)

    def publish(self, *args: str) -> CommandResult:
        return self.call("publish", "--site", self.site, *args)

    def clone(self) -> Path:
        """Return a fresh clone of what is published."""
        shutil.rmtree(self.clones, ignore_errors=True)
        run_git(self.site, "clone", "--quiet", "--branch", "gh-pages", str(self.remote), str(self.clones))
        return self.clones

    def edit_branch(self, name: str, text: str) -> None:
        """Change a file on the branch, as somebody else would."""
        clone = self.clone()
        (clone / name).write_text(text, encoding="utf-8")
        run_git(clone, "add", "--all", "--force")
        run_git(clone, "commit", "--quiet", "-m", "By hand")
        run_git(clone, "push", "--quiet", "origin", "gh-pages")

    def commits(self) -> list[str]:
        """Return the commits of the branch, the newest first."""
        answer = git.run(self.remote, "rev-list", "gh-pages", is_trusted=True)
        return answer.out.split() if answer.status == 0 else []

    def own_state(self) -> tuple[object, ...]:
        """Return all of the repository that is its owner's: branches, index, work tree."""
        refs = run_git(self.site, "for-each-ref", "refs/heads", "refs/tags")
        head = run_git(self.site, "rev-parse", "HEAD"), (self.site / ".git/HEAD").read_bytes()
        status = run_git(self.site, "--no-optional-locks", "status", "--porcelain", "--ignored=no")
        return refs, head, (self.site / ".git/index").read_bytes(), status, read_files(self.site / "content")

    @property
    def ledger(self) -> bytes | None:
        """The ledger of permalinks, None where there is none yet."""
        path = self.site / LEDGERS[0]
        return path.read_bytes() if path.exists() else None


def job_of(workflow: Path) -> dict[str, Any]:
    """Return the job of a workflow that publishes."""
    job: dict[str, Any] = yaml.safe_load(workflow.read_text("utf-8"))["jobs"]["publish"]
    return job


class WorkflowRunner:
    """Runs a workflow's steps as GitHub's Linux machines do, but for what comes from the network."""

    def __init__(self, remote: Path, folder: Path, workflow: Path) -> None:
        self.folder, self.job = folder / "workspace", job_of(workflow)
        self.folder.mkdir()
        tools = folder / "temp/venv/bin"
        tools.mkdir(parents=True)
        program = tools / "site-gen"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m site_gen "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(REPO),
            "RUNNER_TEMP": str(folder / "temp"),
            "GITHUB_SERVER_URL": f"file://{remote.parent}",
            "GITHUB_REPOSITORY": remote.name,
            "GITHUB_REPOSITORY_OWNER": "Example",
            "GITHUB_REF_NAME": "main",
        }

    def run(self) -> None:
        """Run all steps but the one that installs the program; each must succeed."""
        for step in self.job["steps"]:
            assert "uses" not in step
            if step["name"].startswith("Install"):
                continue
            step_environment = {
                key: re.sub(r"\$\{\{ .+ \}\}", "secret", value) for key, value in step.get("env", {}).items()
            }
            done = subprocess.run(
                ["bash", "-e", "-c", step["run"]],
                cwd=self.folder,
                env={**self.environment, **self.job["env"], **step_environment},
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, (step["name"], done.stdout, done.stderr)


@pytest.fixture
def repository(tmp_path: Path, call: Call) -> SiteRepository:
    return SiteRepository(tmp_path, call)
