"""The workflow that a new site gets, and our own: what its steps do, run here; and what zizmor says of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.publishing import (
    LEDGERS,
    SiteRepository,
    WorkflowRunner,
    identity,
    job_of,
    repository,
    run_git,
    set_publish,
)
from tests.support.sites import REPO

if TYPE_CHECKING:
    from tests.conftest import Call

__all__ = ["identity", "repository"]  # fixtures

STARTER = REPO / "site_gen/cli/starter/publish.yml"
PUBLISHING = [STARTER, REPO / ".github/workflows/publish.yml"]
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="the steps are for bash, which is not here")
WORKFLOWS = [STARTER, *sorted((REPO / ".github/workflows").glob("*.yml"))]


@pytest.mark.slow
@needs_bash
def test_its_steps_push_the_site_to_another_repository_and_the_ledgers_back(
    repository: SiteRepository, tmp_path: Path
) -> None:
    shown = tmp_path / "shown.git"
    run_git(tmp_path, "init", "--quiet", "--bare", str(shown))
    set_publish(repository.site, remote=str(shown), content_is="private")
    repository.save("Say where to")
    run_git(repository.site, "push", "--quiet", "origin", "main")
    for number in (1, 2):
        folder = tmp_path / f"run-{number}"
        folder.mkdir()
        WorkflowRunner(repository.remote, folder, STARTER).run()
        assert not (folder / "temp/site-key").exists()
        assert run_git(shown, "rev-list", "--count", "gh-pages") == "1\n"
    assert run_git(shown, "for-each-ref", "--format=%(refname)") == "refs/heads/gh-pages\n"
    assert "index.html" in run_git(shown, "ls-tree", "--name-only", "gh-pages").split()
    assert repository.commits() == []
    assert run_git(repository.remote, "log", "--format=%s", "main").split("\n")[0] == "Record what is published"
    changed = run_git(repository.remote, "diff", "--name-only", "main~", "main").split()
    assert changed == sorted(LEDGERS)
    listed = yaml.safe_load(STARTER.read_text("utf-8"))[True]["push"]["paths-ignore"]  # YAML 1.1 reads `on` so
    assert sorted(listed) == changed


@needs_bash
@pytest.mark.skipif(os.name == "nt", reason="it looks at the permissions of a file")
def test_git_uses_the_key_and_none_is_left(tmp_path: Path) -> None:
    """The key is in a file that its owner alone may read, for as long as `publish` runs, and asks no unknown host."""
    (step,) = [step for step in job_of(STARTER)["steps"] if step["name"] == "Publish"]
    program = tmp_path / "venv/bin/site-gen"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nstat -c %a "$RUNNER_TEMP/site-key"\ncat "$RUNNER_TEMP/site-key"\n'
                       'echo "$GIT_SSH_COMMAND"\nexit 3\n', encoding="utf-8")  # fmt: skip
    program.chmod(0o755)

    def run(key: str) -> subprocess.CompletedProcess[str]:
        variables = {**os.environ, **step["env"], "RUNNER_TEMP": str(tmp_path), "SITE_DEPLOY_KEY": key}
        command = ["bash", "-e", "-c", step["run"]]
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)

    done = run("a key\nof two lines")
    assert done.returncode == 3, done.stderr
    assert done.stdout.startswith(f"600\na key\nof two lines\nssh -i '{tmp_path}/site-key'")
    assert "StrictHostKeyChecking=yes" in done.stdout
    assert not (tmp_path / "site-key").exists()
    assert (tmp_path / "known-hosts").read_text("utf-8").startswith("github.com ssh-ed25519 ")
    missing = run("")
    assert (missing.returncode, missing.stdout[:9]) == (1, "::error::")


@needs_bash
def test_a_site_that_does_not_say_what_to_install_is_an_error(tmp_path: Path) -> None:
    (tmp_path / ".github").mkdir()
    shutil.copy(STARTER.with_name("site-gen.txt"), tmp_path / ".github/site-gen.txt")
    (step,) = [step for step in job_of(STARTER)["steps"] if step["name"].startswith("Install")]
    done = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=.github/site-gen.txt::")


@pytest.mark.parametrize("workflow", PUBLISHING, ids=lambda path: path.parent.name)
def test_git_uses_the_token_only_where_there_is_one(workflow: Path, tmp_path: Path) -> None:
    variables = {**os.environ, **job_of(workflow)["env"], "GIT_TERMINAL_PROMPT": "0"}

    def credentials(token: dict[str, str]) -> str:
        done = subprocess.run(
            ["git", "credential", "fill"],
            input="protocol=https\nhost=github.com\n\n",
            env={**variables, **token},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout

    assert "username=x-access-token\npassword=s%cret\\n\n" in credentials({"TOKEN": "s%cret\\n"})
    assert "s%cret" not in credentials({})


@pytest.mark.parametrize("workflow", PUBLISHING, ids=lambda path: path.parent.name)
def test_it_has_few_permissions_and_uses_no_action_of_others(workflow: Path) -> None:
    definition = yaml.safe_load(workflow.read_text("utf-8"))
    assert definition["permissions"] == {}
    assert list(definition["jobs"]) == ["publish"]
    pages = {} if workflow == STARTER else {"pages": "write"}
    assert definition["jobs"]["publish"]["permissions"] == {"contents": "write", **pages}
    steps = definition["jobs"]["publish"]["steps"]
    assert not [step for step in steps if "uses" in step or "${{" in step["run"]]
    assert [step["name"] for step in steps if "env" not in step] == ["Install site-gen"], "which gets no token"


def zizmor(*paths: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("zizmor", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        pytest.skip("zizmor is not installed: pip install -e '.[dev]'")
    command = [program, "--offline", "--no-progress", "--persona=auditor", *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_zizmor_finds_nothing(tmp_path: Path) -> None:
    done = zizmor(*WORKFLOWS)
    assert done.returncode == 0, done.stdout
    assert "No findings" in done.stdout
    worse_workflow = tmp_path / "publish.yml"
    worse_workflow.write_text(
        STARTER.read_text("utf-8").replace("permissions: {}", "permissions: write-all"), encoding="utf-8"
    )
    assert zizmor(worse_workflow).returncode != 0


@pytest.mark.parametrize(
    ("origin", "line"),
    [
        (None, f"site-gen=={metadata.version('site-gen')}"),
        (
            {"url": "https://x.example/site_gen.git", "vcs_info": {"vcs": "git", "commit_id": "0a1b"}},
            "site-gen @ git+https://x.example/site_gen.git@0a1b",
        ),
        ({"url": "file:///home/ada/site_gen", "dir_info": {}}, None),
    ],
)
def test_a_new_site_installs_the_program_that_made_it(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: object, line: str | None
) -> None:
    class Installed:
        version = metadata.version("site-gen")

        def read_text(self, name: str) -> str | None:
            return json.dumps(origin) if origin and name == "direct_url.json" else None

    monkeypatch.setattr("importlib.metadata.distribution", lambda name: Installed())
    assert call("new", tmp_path / "x", "--publish", "workflow").status == 0
    text = (tmp_path / "x/.github/site-gen.txt").read_text("utf-8")
    assert [each for each in text.splitlines() if not each.startswith("#")] == ([line] if line else [])
    assert (tmp_path / "x/.github/workflows/publish.yml").read_bytes() == STARTER.read_bytes()
