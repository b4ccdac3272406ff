"""What is wrong with one file, or is to be asked of others: the part of a check that runs on all cores."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.check import feeds, jsonfiles, links
from site_gen.scan import digest_of_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from site_gen.check.links import PageLinks, Reader


class Judged(NamedTuple):
    """A file with the digest of its bytes: its links where it is a page, and what is wrong with it, each with its
    mend."""

    name: str
    digest: str
    links: PageLinks | None
    wrong: tuple[tuple[str, str], ...] = ()


def is_judged(name: str) -> bool:
    """Whether a file is a page, or one of ours that machines read."""
    return name.endswith((".html", ".xml", ".opml")) or name.rpartition("/")[2] in jsonfiles.NAMES


def judge(reader: Reader, names: Sequence[str]) -> tuple[list[Judged], set[str]]:
    """What is to be said of these files; and the files that they lead to, but for those that were told before (what a
    reader remembers it does not ask again)."""
    found = [_judged(reader, name, (reader.folder / name).read_bytes()) for name in names]
    needed, reader.memory.needed = reader.memory.needed, set()
    return found, needed


def _judged(reader: Reader, name: str, data: bytes) -> Judged:
    digest = digest_of_bytes(data).hex()
    if name.endswith(".html"):
        return Judged(name, digest, links.page_links(reader, name, data))
    wrong = (feeds if name.endswith((".xml", ".opml")) else jsonfiles).wrong
    return Judged(name, digest, None, tuple(wrong(name, data, reader)))
