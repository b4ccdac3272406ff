"""The published branch at its remote: what stands in its way, and who owns it."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.support.publishing import LEDGERS, SiteRepository, identity, repository, run_git

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["identity", "repository"]  # fixtures

NOBODY = 65534
as_root = pytest.mark.skipif(getattr(os, "getuid", lambda: 1)() != 0, reason="only root can give files to others")


def give_away(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


def test_a_branch_whose_name_would_turn_the_terminal_is_written_out(repository: SiteRepository) -> None:
    run_git(repository.site, "push", "--quiet", "origin", "main:refs/heads/gh-pages/\u202egnp.exe")
    done = repository.publish("--yes")
    assert done.status == 1
    assert "\u202e" not in done.err
    assert "gh-pages/\\u202egnp.exe" in done.err


@pytest.mark.parametrize(
    "obstacle",
    [
        "gh-pages/old",
        "gh-pages/a/b",
        "gh-pages/$(id>x)",
        "gh-pages/--force",
        "gh-pages/;id&&`id`|id",
        "gh-pages/'\"<b>",
    ],
)
def test_a_branch_in_the_way_is_named_before_anything_is_built(repository: SiteRepository, obstacle: str) -> None:
    run_git(repository.site, "push", "--quiet", "origin", f"main:refs/heads/{obstacle}")
    done = repository.publish("--yes")
    assert (done.status, done.out) == (1, "")
    assert f"gh-pages of origin: cannot be made beside the branch {obstacle} there" in done.err
    command = shlex.split(done.err.partition("remove it: git ")[2])
    assert command == ["push", "origin", "--delete", obstacle], "a shell reads it as one name"
    run_git(repository.site, *command)
    assert repository.publish("--yes").status == 0


@as_root
def test_a_repository_that_git_does_not_trust_is_told_with_the_command(repository: SiteRepository) -> None:
    give_away(repository.site)
    done = repository.publish("--yes")
    assert done.status == 2
    assert f"if you do: git config --global --add safe.directory {repository.site}\n" in done.err


@as_root
def test_a_remote_that_git_does_not_trust_is_told_with_the_command(repository: SiteRepository) -> None:
    give_away(repository.remote)
    done = repository.publish("--yes")
    assert done.status == 1
    assert f"if you do: git config --global --add safe.directory {repository.remote}\n" in done.err


def test_a_checkout_with_other_line_ends_has_nothing_new_to_publish(repository: SiteRepository, tmp_path: Path) -> None:
    assert repository.publish("--yes", "--commit").status == 0
    run_git(repository.site, "push", "--quiet", "origin", "main")
    clone = tmp_path / "windows"
    run_git(tmp_path, "clone", "--quiet", "--config", "core.autocrlf=true", "--branch", "main",
            str(repository.remote), str(clone))  # fmt: skip
    assert b"\r\n" in (clone / LEDGERS[0]).read_bytes()
    done = repository.call("publish", "--yes", "--commit", "--site", clone)
    assert done.status == 0, done.err
    assert "holds this already; nothing was published" in done.out
    assert len(repository.commits()) == 1
    assert run_git(clone, "status", "--porcelain") == ""
    assert run_git(clone, "log", "--format=%s", "-1") == "Record what is published\n"
