"""Check whether a site's settings fit the repositories that it lies in and is published to, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content import site_paths
from site_gen.core.errors import Problem, UsageError
from site_gen.publish import content_repository, git_branch, site_host

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_gen.content.records import SiteConfig
    from site_gen.publish.content_repository import Exposure
    from site_gen.publish.git_branch import Branch

SAY_WHO_READS = (
    "say who may read the content, in content/site.yaml: publish: {content_is: private}, or public if everybody may"
)


def find_all(site: Path, out: Path, base_url: str, config: SiteConfig) -> tuple[list[Problem], list[Problem]]:
    """Return what is wrong between a site and its repositories, and what a person should know of them."""
    try:
        repository = content_repository.find_repository(site)
    except UsageError as error:
        return [], [Problem("the repository", 0, str(error))]
    try:
        branch = git_branch.find_branch(site, config.publish, repository)
    except UsageError:  # nothing to publish to as yet
        branch = None
    wrong = list(find_problems(site, out, base_url, branch))
    exposures = []
    if repository and repository.holds_site and config.publish.content_is != "public":
        exposures = repository.find_exposures(config, branch.url if branch else None)
    return wrong, [exposure_note(exposure, config) for exposure in exposures]


def exposure_note(exposure: Exposure, config: SiteConfig) -> Problem:
    """Return the note on what others can read of the content."""
    return Problem(site_paths.CONFIG, 0, str(exposure), "" if config.publish.content_is else SAY_WHO_READS)


def find_problems(
    site: Path, out: Path, base_url: str, branch: Branch | None, *, publishing: bool = False
) -> Iterator[Problem]:
    """Yield a problem where `base_url`, the published branch and the CNAME files do not fit each other.

    publishing: the domain of `base_url` is about to be written to the branch, so that another one there is a problem
    only where it would be lost.
    """
    expected = site_host.expected_base_url(branch.url) if branch else None
    domain = site_host.domain_of(base_url)
    if branch and expected and domain is None and base_url.rstrip("/").lower() != expected.rstrip("/").lower():
        host = site_host.host_of_remote(branch.url)
        what = f"`base_url: {base_url}` is not where {host.name} shows {branch.url}"
        yield Problem(site_paths.CONFIG, 0, what, f"write base_url: {expected}")
    domain_file = site_host.host_of_remote(branch.url).domain_file if branch else "CNAME"
    places = [(str(path), path) for path in (out / domain_file, site / domain_file)]
    texts = [(place, path.read_text(encoding="utf-8", errors="replace")) for place, path in places if path.is_file()]
    on_branch = branch.read_file(domain_file) if branch and not (publishing and domain) else None
    if on_branch is not None:
        texts.append((f"{domain_file} on the branch {branch}", on_branch))
    for place, text in texts:
        named_domain = next(iter(text.lower().split()), "")
        if named_domain != (domain or ""):
            expected_domain = f"the site is published under {domain}" if domain else f"`base_url` is {base_url}"
            mend = f"write {domain} into it" if domain else "remove it, or set base_url to its domain"
            yield Problem(place, 0, f"names the domain {named_domain or '(nothing)'}, but {expected_domain}", mend)
