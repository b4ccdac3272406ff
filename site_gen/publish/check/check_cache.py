"""What is known from the check before. Of an output's files those that had nothing wrong with them, by their digests.

A file that is the same byte for byte has nothing wrong with it as long as every file is there that it was found to lead
to: those are kept as one set, and where one of them is gone, all files are read again. What is wrong is never kept,
nor what came of another program or address. So what is kept may make a check slow, never wrong.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from site_gen.build.file_stamps import CACHE_FOLDER
from site_gen.content.content_files import digest_of_bytes
from site_gen.core.atomic_files import replace_file
from site_gen.core.errors import Problem
from site_gen.core.text import compact_json
from site_gen.publish.check.file_checks import Judged
from site_gen.publish.check.link_checks import PageLinks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

NAME = "check.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """Files that had nothing wrong with them, by name; the files that they lead to; what was `told` of issues, and the
    mark of the build that it was told of."""

    sound: Mapping[str, Judged] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    told: tuple[Problem, ...] = ()
    mark: str | None = None

    def still(self, digests: Mapping[str, bytes | None], files: AbstractSet[str]) -> dict[str, Judged]:
        """Those of them that have nothing wrong with them now.

        digests: of files as they surely are. files: all that the output holds, or will hold.
        """
        if not self.needed <= files:
            return {}
        return {
            name: judged
            for name, judged in self.sound.items()
            if name in files and (now := digests.get(name)) and now.hex() == judged.digest
        }

    def with_more(self, judged: Collection[Judged], still: Mapping[str, Judged], needed: AbstractSet[str]) -> Kept:
        """What to keep once these files were read, and found to lead to files, beside those that were `still` sound."""
        if not judged and len(still) == len(self.sound):
            return self
        sound = {one.name: one for one in judged if not one.wrong and not (one.links and one.links.broken)}
        needed = (self.needed if still else frozenset()) | needed
        return replace(self, sound={**still, **sound}, needed=needed)


def load(site: Path, mark: str) -> Kept:
    """What was kept of a site under a mark; nothing where there is none, or it is damaged."""
    try:
        head, _, body = (site / CACHE_FOLDER / NAME).read_bytes().partition(b"\n")
        if head.decode() != _head(mark, body):
            return Kept()
        sound, needed, told, made_of = json.loads(body)
    except (OSError, ValueError):
        return Kept()
    return Kept(
        {name: Judged(name, digest, None if links is None else _links(name, *links)) for name, digest, links in sound},
        frozenset(needed),
        tuple(Problem(*problem) for problem in told),
        made_of,
    )


def _links(name: str, anchors: list[str], wanted: list[list[str]]) -> PageLinks:
    return PageLinks(name, frozenset(anchors), tuple((file, fragment) for file, fragment in wanted), ())


def save(site: Path, mark: str, kept: Kept) -> None:
    """Keep it for the next check, if that can be written."""
    sound = [
        [name, one.digest, [list(one.links.anchors), one.links.wanted] if one.links else None]
        for name, one in sorted(kept.sound.items())
    ]
    body = compact_json([sound, sorted(kept.needed), kept.told, kept.mark]).encode("utf-8", "surrogatepass")
    with contextlib.suppress(OSError):
        if (site / CACHE_FOLDER).is_dir():
            replace_file(site / CACHE_FOLDER / NAME, f"{_head(mark, body)}\n".encode() + body)


def _head(mark: str, body: bytes) -> str:
    return digest_of_bytes(mark.encode() + b"\0" + body).hex()
