"""Those who show sites: real pushes to their addresses, which an ssh of ours leads to a repository beside."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from site_gen.publish import site_host
from tests.support.publishing import identity, run_git, set_publish
from tests.support.sites import SMALL_SITE, copy_site, edit_file, set_base_url

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Call

__all__ = ["identity"]  # fixtures

# Runs git's program on this machine, whatever the host and path: `ssh HOST "git-receive-pack 'PATH'"`.
SSH = """#!/bin/sh
for command; do :; done
exec "${command%% *}" "$REMOTE"
"""


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if os.name == "nt":
        pytest.skip("the ssh of this test is a script of a shell's")
    run_git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    ssh = tmp_path / "ssh"
    ssh.write_text(SSH, encoding="utf-8")
    ssh.chmod(0o755)
    for name, value in (("GIT_SSH", ssh), ("GIT_SSH_VARIANT", "simple"), ("REMOTE", tmp_path / "remote.git")):
        monkeypatch.setenv(name, str(value))
    return tmp_path / "remote.git"


@pytest.mark.parametrize(
    ("address", "base_url", "branch", "domain_file", "first"),
    [
        ("git@github.com:Ada/digest.git", "https://ada.github.io/digest/", "gh-pages", "CNAME", "free plan"),
        ("git@codeberg.org:ada/digest.git", "https://ada.codeberg.page/digest/", "pages", ".domains", "branch pages"),
        ("ssh://git@git.example/ada/d", "https://git.example/d/", "gh-pages", "CNAME", "shows the branch gh-pages"),
    ],
)
def test_a_site_is_pushed_as_its_host_wants_it(
    remote: Path, tmp_path: Path, call: Call, address: str, base_url: str, branch: str, domain_file: str, first: str
) -> None:
    site = tmp_path / "site"
    copy_site(SMALL_SITE, site)
    set_base_url(site, base_url)
    set_publish(site, remote=address)
    done = call("publish", "--yes", "--site", site)
    assert done.status == 0, done.err
    assert f"on {branch} of {address}; soon visible at {base_url}" in done.out
    assert first in done.out.partition("the first time: ")[2]
    assert run_git(remote, "for-each-ref", "--format=%(refname)") == f"refs/heads/{branch}\n"
    names = run_git(remote, "ls-tree", "--name-only", branch).split()
    assert {"index.html", ".nojekyll"} <= set(names)
    if site_host.expected_base_url(address):
        assert domain_file not in names
        edit_file(site / "content/site.yaml", base_url, base_url.replace("/digest/", "/other/"))
        assert f"write base_url: {base_url}" in call("check", "--site", site).err
        set_base_url(site, "https://quay.example/")
    else:
        set_base_url(site, "https://pier.example/")
        assert "names the domain git.example" in call("check", "--site", site).err
    assert call("publish", "--yes", "--site", site).status == 0
    domain = "quay.example" if site_host.expected_base_url(address) else "pier.example"
    assert run_git(remote, "show", f"{branch}:{domain_file}") == f"{domain}\n"
    checked = call("check", "--site", site)
    assert checked.status == 0, checked.err


@pytest.mark.parametrize(
    ("url", "other_url", "is_same"),
    [
        ("git@github.com:Ada/digest.git", "https://github.com/ada/digest", True),
        ("ssh://git@github.com:22/ada/digest/", "https://ada:secret@github.com/ada/digest.git", True),
        ("git@github.com:ada/digest.git", "git@github.com:ada/digest-content.git", False),
        ("git@github.com:ada/digest.git", "git@codeberg.org:ada/digest.git", False),
        ("/srv/git/digest.git", "file:///srv/git/digest.git/", True),
        ("/srv/git/digest.git", "/srv/git/other.git", False),
    ],
)
def test_two_addresses_of_one_repository_are_known_as_such(url: str, other_url: str, *, is_same: bool) -> None:
    assert site_host.is_same_repository(url, other_url) == is_same


@pytest.mark.parametrize(
    ("base_url", "domain"),
    [
        ("https://digest.example/", "digest.example"),
        ("https://ada.github.io/digest/", None),
        ("https://ada.codeberg.page/", None),
        ("https://ada.gitlab.io/digest/", None),
        ("https://digest.pages.dev/", None),
        ("https://notgithub.io/", "notgithub.io"),
        ("http://localhost:8000/", None),
    ],
)
def test_a_domain_of_the_sites_own_is_told_from_a_hosts(base_url: str, domain: str | None) -> None:
    assert site_host.domain_of(base_url) == domain
