"""What is known of those who show sites: at which address, from which branch, and what they want beside the pages."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

# An address of a repository by HTTPS or SSH: its host, and the path of the repository there.
_WEB_REMOTE = re.compile(r"(?:(?:https?|ssh|git)://(?:[^@/]*@)?([^:/]+)(?::\d+)?/|[^@/]+@([^:/]+):)(.+)")
# What stands below these is shown at the host's own address, not at a domain of the site's.
_SHARED_DOMAINS = ("github.io", "codeberg.page", "gitlab.io", "netlify.app", "pages.dev")


class SiteHost(NamedTuple):
    """One who shows what a branch of a repository holds."""

    name: str  # for messages
    branch: str  # that is shown
    domain: str  # below which sites stand: OWNER.DOMAIN/REPOSITORY/
    owner_repository: str  # the repository that is shown at OWNER.DOMAIN/ itself; `{owner}` is its owner
    domain_file: str  # the file that names a domain of the site's own
    first_steps: str  # what to do when a site is there for the first time

    def address_of(self, path: str) -> str:
        """Return where a repository is shown that has no domain of its own. path: `OWNER/REPOSITORY`."""
        owner, _, name = path.partition("/")
        address = f"https://{owner.lower()}.{self.domain}/"
        return address if name.lower() == self.owner_repository.format(owner=owner.lower()) else f"{address}{name}/"


# By the host of the repository. GitHub's documentation, "Types of GitHub Pages sites", "What is GitHub Pages";
# Codeberg's, "Codeberg Pages".
_HOSTS = {
    "github.com": SiteHost(
        "GitHub Pages", "gh-pages", "github.io", "{owner}.github.io", "CNAME",
        "in the settings of that repository, Pages: deploy from the branch {branch}, / (root); "
        "on the free plan GitHub shows public repositories only",
    ),
    "codeberg.org": SiteHost(
        "Codeberg Pages", "pages", "codeberg.page", "pages", ".domains",
        "Codeberg shows the branch pages of a public repository by itself",
    ),
}  # fmt: skip
# What is done for a host that is not known: as for GitHub, whose way others took over.
_OTHER_HOST = SiteHost("", "gh-pages", "", "", "CNAME", "make sure that its host shows the branch {branch}")


def host_of_remote(url: str) -> SiteHost:
    """Return who shows what is pushed to a remote with this address."""
    return _HOSTS.get(_host_and_path(url)[0], _OTHER_HOST)


def expected_base_url(url: str) -> str | None:
    """Return where a remote with this address is shown when it has no domain of its own; None where that is unknown."""
    host, path = _host_and_path(url)
    return _HOSTS[host].address_of(path) if host in _HOSTS and path.count("/") == 1 else None


def is_same_repository(url: str, other_url: str) -> bool:
    """Tell whether two addresses lead to one repository, by HTTPS or by SSH."""
    (host, path), (other_host, other_path) = _host_and_path(url), _host_and_path(other_url)
    return host == other_host and path.lower() == other_path.lower()


def domain_of(base_url: str) -> str | None:
    """Return the domain of its own that a site is published under; None below a host's, or on this machine."""
    host = urlsplit(base_url).hostname or ""
    is_shared = any(host.endswith(f".{domain}") for domain in _SHARED_DOMAINS)
    return None if not host or is_shared or host in {"localhost", "127.0.0.1"} else host


def _host_and_path(url: str) -> tuple[str, str]:
    """Return the host of a repository and its path there; a path on this machine has no host."""
    match = _WEB_REMOTE.fullmatch(url)
    if match is None:
        return "", url.removeprefix("file://").rstrip("/")
    return (match[1] or match[2]).lower(), match[3].rstrip("/").removesuffix(".git").strip("/")
