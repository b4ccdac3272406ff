"""Check whether a site's settings fit the repository that it is published from."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from site_gen.content import site_paths
from site_gen.core import git
from site_gen.core.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES_BRANCH = "gh-pages"  # the branch that GitHub Pages shows


def domain_of(base_url: str) -> str | None:
    """Return the domain of its own that a site is published under; None below github.io, or on this machine."""
    host = urlsplit(base_url).hostname or ""
    return None if not host or host.endswith(".github.io") or host in {"localhost", "127.0.0.1"} else host


def find_problems(
    site: Path, out: Path, base_url: str, remote: str = "origin", *, publishing: bool = False
) -> Iterator[Problem]:
    """Yield a problem where `base_url`, the remote and the CNAME files do not fit each other.

    remote: its name. publishing: the domain of `base_url` is about to be written to the branch, so that another one
    there is a problem only where it would be lost.
    """
    remote_url = git.remote_url(site, remote)
    expected = git.github_pages_url(remote_url) if remote_url else None
    domain = domain_of(base_url)
    if expected and domain is None and base_url.rstrip("/").lower() != expected.rstrip("/").lower():
        what = f"`base_url: {base_url}` is not where GitHub Pages shows {remote_url}"
        yield Problem(site_paths.CONFIG, 0, what, f"write base_url: {expected}")
    for place, text in _cname_files(site, out, remote):
        cname = text.strip().lower()
        if publishing and domain and place.endswith(f"of {remote}"):
            continue
        if cname != (domain or ""):
            expected_domain = f"the site is published under {domain}" if domain else f"`base_url` is {base_url}"
            mend = f"write {domain} into it" if domain else "remove it, or set base_url to its domain"
            yield Problem(place, 0, f"names the domain {cname or '(nothing)'}, but {expected_domain}", mend)


def _cname_files(site: Path, out: Path, remote: str) -> Iterator[tuple[str, str]]:
    """Yield where the CNAME files are that GitHub Pages would see, each with its text."""
    for path in (out / "CNAME", site / "CNAME"):
        if path.is_file():
            yield str(path), path.read_text(encoding="utf-8", errors="replace")
    answer = git.run(site, "show", f"refs/remotes/{remote}/{PAGES_BRANCH}:CNAME")
    if answer.status == 0:
        yield f"CNAME on the branch {PAGES_BRANCH} of {remote}", answer.out
