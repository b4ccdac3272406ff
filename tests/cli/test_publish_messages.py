"""What `site-gen publish` says when git, the repository or the remote is not as it should be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_gen.core import git
from site_gen.publish import git_branch
from tests.support.publishing import URL, SiteRepository, identity, repository, run_git
from tests.support.sites import copy_site, set_base_url

if TYPE_CHECKING:
    from tests.conftest import Run

__all__ = ["identity", "repository"]  # fixtures


def test_what_is_missing_is_named_with_what_to_do(
    tmp_path: Path, repository: SiteRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "plain"
    copy_site(repository.site, folder)

    def error_of(*args: str | Path) -> str:
        done = repository.call("publish", "--yes", *args)
        assert done.status in {1, 2}
        assert "Traceback" not in done.err
        return done.err

    assert "is in no git repository that has a remote origin; say where the site goes" in error_of("--site", folder)
    assert "no remote upstream; there is origin" in error_of("--site", repository.site, "--remote", "upstream")
    set_base_url(repository.site, "")
    assert "`base_url` is not set" in error_of("--site", repository.site)
    set_base_url(repository.site, URL)
    run_git(repository.site, "remote", "set-url", "origin", str(tmp_path / "no-such.git"))
    assert "gh-pages of origin: is not there" in error_of("--site", repository.site)
    run_git(repository.site, "remote", "set-url", "origin", "http://127.0.0.1:9/x.git")
    assert "gh-pages of origin: cannot be reached" in error_of("--site", repository.site)
    run_git(repository.site, "remote", "remove", "origin")
    assert "has no remote origin; say where the site goes" in error_of("--site", repository.site)
    run_git(repository.site, "checkout", "--quiet", "-b", "gh-pages")
    run_git(repository.site, "remote", "add", "origin", str(repository.remote))
    assert "you are on the branch gh-pages" in error_of("--site", repository.site)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in error_of("--site", repository.site)


def test_a_base_url_of_another_repository_is_refused(repository: SiteRepository) -> None:
    address = "git@github.com:Example/other.git"
    run_git(repository.site, "remote", "set-url", "origin", address)
    run_git(repository.site, "config", "core.sshCommand", f"sh -c 'git-upload-pack {repository.remote}' #")
    done = repository.publish("--yes")
    assert done.status == 1
    assert "write base_url: https://example.github.io/other/" in done.err
    assert repository.commits() == []


def test_without_an_identity_git_config_is_named(repository: SiteRepository, run: Run) -> None:
    nobody = {
        **{f"GIT_{role}_{what}": "" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        "EMAIL": "",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "user.useConfigOnly",
        "GIT_CONFIG_VALUE_0": "true",
    }
    done = run("publish", "--yes", "--site", repository.site, env=nobody)
    assert done.status == 1
    assert "git config user.name" in done.err
    assert repository.ledger is None


@pytest.mark.parametrize(
    ("stderr", "words"),
    [
        (
            "remote: Permission to a/b.git denied to c.\nfatal: unable to access 'https://x': error: 403",
            "sign in to it",
        ),
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", "sign in"),
        (
            "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            "sign in to it",
        ),
        ("fatal: unable to access 'https://github.com/': Could not resolve host: github.com", "cannot be reached"),
        ("ssh: connect to host github.com port 22: Connection timed out\nfatal: Could not read", "cannot be reached"),
        ("remote: Repository not found.\nfatal: repository 'https://github.com/a/b/' not found", "is not there"),
        (" ! [rejected] x -> gh-pages (fetch first)\nerror: failed to push some refs", "someone else"),
        ("remote: error: GH006: Protected branch\n ! [remote rejected] x -> y (protected branch)", "refused it"),
        ("fatal: something that nobody foresaw", "something that nobody foresaw"),
        ("", "it said nothing"),
    ],
)
def test_an_error_of_git_is_explained(stderr: str, words: str) -> None:
    branch = git_branch.Branch(Path(), "origin", "gh-pages", "https://x", is_in_repository=True)
    assert words in str(git_branch._problem(branch, git.GitResult(1, "", stderr)))
