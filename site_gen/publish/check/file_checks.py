"""What is wrong with one file, or is to be asked of others: the part of a check that runs on all cores."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.content_files import digest_of_bytes
from site_gen.publish.check import feed_checks, json_checks, link_checks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_gen.publish.check.link_checks import PageLinks, Reader


class Judged(NamedTuple):
    """A file with the digest of its bytes: its links where it is a page, and what is wrong with it, each with its
    mend."""

    name: str
    digest: str
    links: PageLinks | None
    wrong: tuple[tuple[str, str], ...] = ()


def is_judged(name: str) -> bool:
    """Whether a file is a page, or one of ours that machines read."""
    return name.endswith((".html", ".xml", ".opml")) or name.rpartition("/")[2] in json_checks.NAMES


def judge(reader: Reader, names: Sequence[str]) -> tuple[list[Judged], set[str]]:
    """What is to be said of these files; and the files that they lead to, but for those that were told before (what a
    reader remembers it does not ask again)."""
    found = [_judged(reader, name, (reader.folder / name).read_bytes()) for name in names]
    needed, reader.memory.needed = reader.memory.needed, set()
    return found, needed


def _judged(reader: Reader, name: str, data: bytes) -> Judged:
    digest = digest_of_bytes(data).hex()
    if name.endswith(".html"):
        return Judged(name, digest, link_checks.page_links(reader, name, data))
    wrong = (feed_checks if name.endswith((".xml", ".opml")) else json_checks).wrong
    return Judged(name, digest, None, tuple(wrong(name, data, reader)))
