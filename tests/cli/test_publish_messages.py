"""What `site-gen publish` says when git, the repository or the remote is not as it should be."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from site_gen.core import git
from site_gen.publish import git_branch
from tests.support.publishing import URL, SiteRepository, identity, repository, run_git

if TYPE_CHECKING:
    from tests.conftest import Run

__all__ = ["identity", "repository"]  # fixtures


def test_words_for_what_is_missing(tmp_path: Path, repository: SiteRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = tmp_path / "plain"
    shutil.copytree(repository.site / "content", plain / "content")

    def told(*args: str | Path) -> str:
        done = repository.call("publish", "--yes", *args)
        assert done.status in {1, 2}
        assert "Traceback" not in done.err
        return done.err

    assert "is in no git repository; begin one" in told("--site", plain)
    assert "no remote upstream; there is origin" in told("--site", repository.site, "--remote", "upstream")
    settings = repository.site / "content/site.yaml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace(f"base_url: {URL}", ""), encoding="utf-8")
    assert "`base_url` is not set" in told("--site", repository.site)
    settings.write_text(text, encoding="utf-8")
    run_git(repository.site, "remote", "set-url", "origin", str(tmp_path / "no-such.git"))
    assert "gh-pages of origin: is not there" in told("--site", repository.site)
    run_git(repository.site, "remote", "set-url", "origin", "http://127.0.0.1:9/x.git")
    assert "gh-pages of origin: cannot be reached" in told("--site", repository.site)
    run_git(repository.site, "remote", "remove", "origin")
    assert "add it: git remote add origin" in told("--site", repository.site)
    run_git(repository.site, "checkout", "--quiet", "-b", "gh-pages")
    run_git(repository.site, "remote", "add", "origin", str(repository.remote))
    assert "you work on the branch gh-pages" in told("--site", repository.site)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in told("--site", repository.site)


def test_a_site_that_does_not_fit_its_repository(repository: SiteRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "remote_url", lambda *args: "git@github.com:Example/other.git")
    done = repository.publish("--yes")
    assert done.status == 1
    assert "write base_url: https://example.github.io/other/" in done.err
    assert repository.commits() == []


def test_git_does_not_know_who_publishes(repository: SiteRepository, run: Run) -> None:
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
    ("said", "words"),
    [
        ("remote: Permission to a/b.git denied to c.\nfatal: unable to access 'https://x': error: 403", "let you in"),
        ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", "let you in"),
        ("git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.", "let you in"),
        ("fatal: unable to access 'https://github.com/': Could not resolve host: github.com", "cannot be reached"),
        ("ssh: connect to host github.com port 22: Connection timed out\nfatal: Could not read", "cannot be reached"),
        ("remote: Repository not found.\nfatal: repository 'https://github.com/a/b/' not found", "is not there"),
        (" ! [rejected] x -> gh-pages (fetch first)\nerror: failed to push some refs", "somebody else"),
        ("remote: error: GH006: Protected branch\n ! [remote rejected] x -> y (protected branch)", "refused it"),
        ("fatal: something that nobody foresaw", "something that nobody foresaw"),
        ("", "it said nothing"),
    ],
)
def test_words_for_what_git_says(said: str, words: str) -> None:
    there = git_branch.Branch(Path(), "origin", "gh-pages", "https://x")
    assert words in str(git_branch._problem(there, git.GitResult(1, "", said)))
