"""Tests that git runs nothing that a site's repository names, in commands that only look."""

from __future__ import annotations

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from site_gen.core import git
from tests.support.publishing import SiteRepository, identity, repository, run_git
from tests.support.sites import write_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Call, HtmlPage

__all__ = ["identity", "repository"]  # fixtures

HOOKS = (
    "post-checkout", "post-commit", "post-index-change", "post-merge", "pre-commit", "pre-push",
    "reference-transaction", "fsmonitor-watchman",
)  # fmt: skip
# Settings whose value is a program; `remote` is the remote that they need.
SETTINGS = (
    ("core.fsmonitor", ""),
    ("core.sshCommand", "ssh://git@quay.invalid/a.git"),
    ("core.gitProxy", "git://quay.invalid/a.git"),
    ("core.askPass", "{http}"),
    ("core.pager", ""),
    ("core.editor", ""),
    ("core.alternateRefsCommand", ""),
    ("credential.helper", "{http}"),
    ("credential.{http}.helper", "{http}"),
    ("filter.quay.clean", ""),
    ("filter.quay.process", ""),
    ("filter.quay=a.clean", ""),
    ("diff.external", ""),
    ("diff.quay.textconv", ""),
    ("diff.quay.command", ""),
    ("remote.origin.uploadpack", "{bare}"),
    ("remote.origin.receivepack", "{bare}"),
    ("remote.origin.vcs", "{bare}"),
    ("gpg.program", ""),
    ("hook.quay.command", ""),
)
READING_COMMANDS = (
    ["build"], ["check"], ["publish", "--dry-run"], ["entity", "rename", "voss", "Voss Quay", "--dry-run"],
    ["add", "../page.html"],
)  # fmt: skip


@pytest.fixture(scope="module")
def asking_host() -> Iterator[str]:
    """Yield the address of a host that asks for a password."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="quay"')
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/a.git"
    server.shutdown()
    server.server_close()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """Write a program that leaves a file `ran` beside itself."""
    path = tmp_path / "program"
    path.write_text(f'#!/bin/sh\necho "$0 $*" >> {tmp_path}/ran\nexit 1\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def set_trap(repository: SiteRepository, key: str, remote: str, program: Path, host: str) -> None:
    """Let a setting of the repository name the program, and make files that would need it."""
    site = repository.site
    write_files(site, {".gitattributes": "* filter=quay diff=quay\n*.txt filter=quay=a\n"})
    repository.save("attributes")
    write_files(site, {"content/about.md": "Changed.\n", "content/never.txt": "Changed\n"})
    address = remote.format(http=host, bare=repository.remote) or str(repository.remote)
    run_git(site, "remote", "set-url", "origin", address)
    run_git(site, "config", "hook.quay.event", "pre-push")
    run_git(site, "config", key.format(http=host), str(program))


@pytest.mark.parametrize(("key", "remote"), SETTINGS, ids=[key for key, _ in SETTINGS])
def test_a_look_runs_no_program_that_the_repository_names(
    key: str, remote: str, repository: SiteRepository, program: Path, asking_host: str, call: Call
) -> None:
    set_trap(repository, key, remote, program, asking_host)
    call("publish", "--site", repository.site, "--dry-run")
    call("entity", "rename", "voss", "Voss Quay", "--dry-run", "--site", repository.site)
    for command in (["status"], ["ls-remote", "origin"], ["show", "HEAD:content/about.md"], ["log", "-p", "-1"]):
        git.run(repository.site, *command)
    assert not (program.parent / "ran").exists()


def test_no_command_that_looks_runs_a_hook_or_what_a_config_includes(
    repository: SiteRepository, program: Path, call: Call, html_page: HtmlPage, tmp_path: Path
) -> None:
    set_trap(repository, "core.pager", "", program, "")
    for name in HOOKS:
        (repository.site / ".git/hooks" / name).symlink_to(program)
    lines = [
        f"[core]\n\tfsmonitor = {program}\n\tsshCommand = {program}\n\thooksPath = {program.parent}\n",
        f'[filter "quay"]\n\tclean = {program}\n\trequired = true\n[protocol]\n\tallow = always\n',
    ]
    (repository.site / ".git/more").write_text("".join(lines), encoding="utf-8")
    run_git(repository.site, "config", "include.path", "more")
    (tmp_path / "page.html").write_text(html_page(), encoding="utf-8")
    for command in READING_COMMANDS:
        result = call(*command[:-1], command[-1].replace("..", str(tmp_path)), "--site", repository.site)
        assert (result.status, command[0]) == (0 if command[0] != "check" else result.status, command[0]), result.err
    assert not (tmp_path / "ran").exists()


def test_no_program_is_a_remote(repository: SiteRepository, program: Path, call: Call) -> None:
    run_git(repository.site, "config", "protocol.ext.allow", "always")
    run_git(repository.site, "config", f"url.ext::{program} .insteadOf", "quay:")
    for address in (f"ext::{program}", "quay:a", f"--upload-pack={program}", f"ssh://-oProxyCommand={program}/a"):
        run_git(repository.site, "config", "remote.origin.url", address)
        assert call("publish", "--site", repository.site, "--dry-run").status in {1, 2}
    assert not (program.parent / "ran").exists()


def test_a_repository_inside_of_the_site_is_not_used(repository: SiteRepository, program: Path, call: Call) -> None:
    """Such a one comes with a mere clone: git takes a folder that looks like it for a repository."""
    inner = repository.site / "inner"
    run_git(repository.site, "clone", "--quiet", "--bare", ".", str(inner))
    for key in ("core.fsmonitor", "core.sshCommand", "remote.origin.uploadpack"):
        run_git(inner, "config", key, str(program))
    (inner / "content").mkdir()
    (inner / "content/site.yaml").write_text("base_url: https://quay.example/\n", encoding="utf-8")
    result = call("publish", "--dry-run", "--site", inner)
    assert result.status in {1, 2}
    assert not (program.parent / "ran").exists()


def test_what_the_persons_own_config_says_is_used(
    repository: SiteRepository, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "gitconfig"
    own.write_text(f"[core]\n\tsshCommand = {program} own\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(own))
    run_git(repository.site, "remote", "set-url", "origin", "ssh://git@quay.invalid/a.git")
    run_git(repository.site, "config", "core.sshCommand", f"{program} theirs")
    git.run(repository.site, "ls-remote", "origin")
    assert {line.split()[1] for line in (tmp_path / "ran").read_text("utf-8").splitlines()} == {"own"}


def test_who_publishes_lets_the_repository_name_its_programs(repository: SiteRepository, tmp_path: Path) -> None:
    hook = repository.site / ".git/hooks/pre-push"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n", encoding="utf-8")
    hook.chmod(0o755)
    assert repository.publish("--dry-run").status == 0
    assert not (tmp_path / "ran").exists()
    assert repository.publish("--yes").status == 0
    assert (tmp_path / "ran").exists()


def test_settings_in_the_environment_stay(repository: SiteRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("COUNT", "1"), ("KEY_0", "quay.side"), ("VALUE_0", "left")):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert git.run(repository.site, "config", "quay.side").out == "left\n"
    assert git.run(repository.site, "config", "core.hooksPath").out == f"{os.devnull}\n"
