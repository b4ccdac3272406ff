"""The workflow that a new site gets, and our own: what its steps do, run here; and what zizmor says of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.support.publishing import LEDGERS, SiteRepository, identity, repository, run_git
from tests.support.sites import REPO

if TYPE_CHECKING:
    from tests.conftest import Call

__all__ = ["identity", "repository"]  # fixtures

STARTER = REPO / "site_gen/cli/starter/publish.yml"
PUBLISHING = [STARTER, REPO / ".github/workflows/publish.yml"]
WORKFLOWS = [STARTER, *sorted((REPO / ".github/workflows").glob("*.yml"))]


def job_of(workflow: Path) -> dict[str, Any]:
    job: dict[str, Any] = yaml.safe_load(workflow.read_text("utf-8"))["jobs"]["publish"]
    return job


class WorkflowRunner:
    """Runs a workflow's steps as GitHub's Linux machines do, but for what comes from the network."""

    def __init__(self, repository: SiteRepository, folder: Path, workflow: Path) -> None:
        self.folder, self.job = folder / "workspace", job_of(workflow)
        self.folder.mkdir()
        tools = folder / "temp/venv/bin"
        tools.mkdir(parents=True)
        self.requests = folder / "requests"  # to GitHub, a line each
        program = {
            tools / "site-gen": f'#!/bin/sh\nexec "{sys.executable}" -m site_gen "$@"\n',
            tools / "gh": f'#!/bin/sh\necho "$GH_TOKEN $*" >> "{self.requests}"\n',
        }
        for path, text in program.items():
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(REPO),
            "RUNNER_TEMP": str(folder / "temp"),
            "GITHUB_SERVER_URL": f"file://{repository.remote.parent}",
            "GITHUB_REPOSITORY": repository.remote.name,
            "GITHUB_REPOSITORY_OWNER": "Example",
            "GITHUB_REF_NAME": "main",
        }

    def run(self) -> None:
        for step in self.job["steps"]:
            assert "uses" not in step
            if step["name"].startswith("Install"):
                continue
            step_environment = {
                key: value.replace("${{ github.token }}", "secret") for key, value in step.get("env", {}).items()
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


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="the steps are written for bash, which is not here")
def test_its_steps_publish_and_commit_the_ledgers(repository: SiteRepository, tmp_path: Path) -> None:
    run_git(repository.site, "push", "--quiet", "origin", "main")
    for number in (1, 2):
        folder = tmp_path / f"run-{number}"
        folder.mkdir()
        runner = WorkflowRunner(repository, folder, STARTER)
        runner.run()
        assert len(repository.commits()) == 1
        assert runner.requests.read_text("utf-8") == (
            "secret api --silent --method POST repos/origin.git/pages/builds\n"
        )
    assert (repository.clone() / "index.html").is_file()
    assert run_git(repository.remote, "log", "--format=%s", "main").split("\n")[:-1] == [
        "Record what is published",
        "begin",
    ]
    changed = run_git(repository.remote, "diff", "--name-only", "main~", "main").split()
    assert changed == sorted(LEDGERS)
    listed = yaml.safe_load(STARTER.read_text("utf-8"))[True]["push"]["paths-ignore"]  # YAML 1.1 reads `on` so
    assert sorted(listed) == changed


@pytest.mark.skipif(shutil.which("bash") is None, reason="the steps are written for bash, which is not here")
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
    assert definition["jobs"]["publish"]["permissions"] == {"contents": "write", "pages": "write"}
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
    assert call("new", tmp_path / "x").status == 0
    text = (tmp_path / "x/.github/site-gen.txt").read_text("utf-8")
    assert [each for each in text.splitlines() if not each.startswith("#")] == ([line] if line else [])
    assert (tmp_path / "x/.github/workflows/publish.yml").read_bytes() == STARTER.read_bytes()
