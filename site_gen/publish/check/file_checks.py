"""Check single files of the output, the part of a check that runs on all cores."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.content_files import digest_of_bytes
from site_gen.publish.check import feed_checks, json_checks, link_checks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_gen.publish.check.link_checks import LinkResolver, PageLinks


class FileResult(NamedTuple):
    """What a check found in one file."""

    name: str  # below the output folder
    digest: str  # of its bytes, hexadecimal
    links: PageLinks | None  # None where it is no page
    problems: tuple[tuple[str, str], ...] = ()  # what is wrong with a file that is no page, each with its mend


def is_checked(name: str) -> bool:
    """Tell whether a file is a page, or one of a site's own that programs read."""
    return name.endswith((".html", ".xml", ".opml")) or name.rpartition("/")[2] in json_checks.NAMES


def check_files(resolver: LinkResolver, names: Sequence[str]) -> tuple[list[FileResult], set[str]]:
    """Check these files.

    Returns their results, and the names of the files that they lead to, except those that this resolver returned
    before (what its cache holds it does not resolve again).
    """
    results = [_check_file(resolver, name, (resolver.folder / name).read_bytes()) for name in names]
    needed, resolver.cache.needed = resolver.cache.needed, set()
    return results, needed


def _check_file(resolver: LinkResolver, name: str, data: bytes) -> FileResult:
    digest = digest_of_bytes(data).hex()
    if name.endswith(".html"):
        return FileResult(name, digest, link_checks.page_links(resolver, name, data))
    check = feed_checks.check_xml if name.endswith((".xml", ".opml")) else json_checks.check_json
    return FileResult(name, digest, None, tuple(check(name, data, resolver)))
