"""Whether a site's settings fit the repository that it is published from."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from site_gen.content import site_paths
from site_gen.core import git
from site_gen.core.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BRANCH = "gh-pages"


def domain_of(base_url: str) -> str | None:
    """The domain of its own that a site is published under; None below github.io."""
    host = urlsplit(base_url).hostname or ""
    return None if not host or host.endswith(".github.io") or host in {"localhost", "127.0.0.1"} else host


def wrong(
    site: Path, out: Path, base_url: str, remote: str = "origin", *, publishing: bool = False
) -> Iterator[Problem]:
    """What does not fit between `base_url`, the remote, and CNAME files.

    publishing: another domain is about to be written to the branch; only one that would be lost is told.
    """
    there = git.remote_url(site, remote)
    expected = git.github_pages_url(there) if there else None
    domain = domain_of(base_url)
    if expected and domain is None and base_url.rstrip("/").lower() != expected.rstrip("/").lower():
        what = f"`base_url: {base_url}` is not where GitHub Pages shows {there}"
        yield Problem(site_paths.CONFIG, 0, what, f"write base_url: {expected}")
    for place, text in _cnames(site, out, remote):
        named = text.strip().lower()
        if publishing and domain and place.endswith(f"of {remote}"):
            continue
        if named != (domain or ""):
            wanted = f"the site is published under {domain}" if domain else f"`base_url` is {base_url}"
            mend = f"write {domain} into it" if domain else "remove it, or set base_url to its domain"
            yield Problem(place, 0, f"names the domain {named or '(nothing)'}, but {wanted}", mend)


def _cnames(site: Path, out: Path, remote: str) -> Iterator[tuple[str, str]]:
    """The CNAME files that GitHub Pages would see, with what they say."""
    for path in (out / "CNAME", site / "CNAME"):
        if path.is_file():
            yield str(path), path.read_text(encoding="utf-8", errors="replace")
    answer = git.run(site, "show", f"refs/remotes/{remote}/{BRANCH}:CNAME")
    if answer.status == 0:
        yield f"CNAME on the branch {BRANCH} of {remote}", answer.out
