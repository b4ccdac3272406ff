"""What a check keeps for the next one: of an output's files those that had nothing wrong with them, by their digests.

A file that is the same byte for byte has nothing wrong with it as long as every file is there that it was found to lead
to: those are kept as one set, and where one of them is gone, all files are read again. What is wrong is never kept,
nor what came of another program or address. So the cache may make a check slow, never wrong.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from site_gen.build.file_stamps import CACHE_FOLDER, FileStamp
from site_gen.content.content_files import digest_of_bytes
from site_gen.core.atomic_files import replace_file
from site_gen.core.errors import Problem
from site_gen.core.json_text import compact_json
from site_gen.publish.check.evidence_checks import SavedFile
from site_gen.publish.check.file_checks import FileResult
from site_gen.publish.check.link_checks import PageLinks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

CHECK_CACHE_NAME = "check.json"  # in CACHE_FOLDER


class CheckCache(Struct, frozen=True):
    """The results of a check that the next one can use."""

    sound: Mapping[str, FileResult] = field(default_factory=dict)  # by name, the files with nothing wrong
    needed: frozenset[str] = frozenset()  # names of the files that those lead to
    issue_notes: tuple[Problem, ...] = ()  # what is to be said of published issues
    saved_files: tuple[SavedFile, ...] = ()  # what articles say of the files that they were made of
    build_fingerprint: str | None = None  # of the build that `issue_notes` and `saved_files` are about
    saved_stamps: Mapping[str, FileStamp] = field(default_factory=dict)  # see `evidence_checks.EvidenceResult`

    def unchanged(self, digests: Mapping[str, bytes | None], files: AbstractSet[str]) -> dict[str, FileResult]:
        """Return by name those of the sound files that have nothing wrong with them now.

        digests: of files as they surely are. files: names of all that the output holds, or will hold.
        """
        if not self.needed <= files:
            return {}
        return {
            name: result
            for name, result in self.sound.items()
            if name in files and (digest := digests.get(name)) and digest.hex() == result.digest
        }

    def with_results(
        self, results: Collection[FileResult], unchanged: Mapping[str, FileResult], needed: AbstractSet[str]
    ) -> CheckCache:
        """Return the cache for the next check.

        results: of the files that were read. unchanged: of the others, as from `unchanged`. needed: names of files
        that those that were read lead to.
        """
        if not results and len(unchanged) == len(self.sound):
            return self
        sound = {file.name: file for file in results if not file.problems and not (file.links and file.links.broken)}
        needed = (self.needed if unchanged else frozenset()) | needed
        return replace(self, sound={**unchanged, **sound}, needed=needed)


def load(site: Path, key: str) -> CheckCache:
    """Load the cache of a site; an empty one where there is none with this key, or it is damaged.

    key: names what results depend on beside the files, the program and the site's address.
    """
    try:
        head, _, body = (site / CACHE_FOLDER / CHECK_CACHE_NAME).read_bytes().partition(b"\n")
        if head.decode() != _checksum(key, body):
            return CheckCache()
        sound, needed, issue_notes, saved_files, build_fingerprint, saved_stamps = json.loads(body)
    except (OSError, ValueError):
        return CheckCache()
    return CheckCache(
        {
            name: FileResult(name, digest, None if links is None else _page_links(name, *links))
            for name, digest, links in sound
        },
        frozenset(needed),
        tuple(Problem(*problem) for problem in issue_notes),
        tuple(SavedFile(*saved) for saved in saved_files),
        build_fingerprint,
        {name: FileStamp._make((*stamp, bytes.fromhex(digest), None)) for name, *stamp, digest in saved_stamps},
    )


def _page_links(name: str, anchors: list[str], wanted: list[list[str]]) -> PageLinks:
    return PageLinks(name, frozenset(anchors), tuple((file, fragment) for file, fragment in wanted), ())


def save(site: Path, key: str, cache: CheckCache) -> None:
    """Save the cache of a site for the next check, if it can be written. key: see `load`."""
    sound = [
        [name, file.digest, [list(file.links.anchors), file.links.wanted] if file.links else None]
        for name, file in sorted(cache.sound.items())
    ]
    stamps = [[name, *stamp[:5], (stamp.digest or b"").hex()] for name, stamp in cache.saved_stamps.items()]
    content = [
        sound, sorted(cache.needed), cache.issue_notes, cache.saved_files, cache.build_fingerprint, stamps,
    ]  # fmt: skip
    body = compact_json(content).encode("utf-8", "surrogatepass")
    with contextlib.suppress(OSError):
        if (site / CACHE_FOLDER).is_dir():
            replace_file(
                site / CACHE_FOLDER / CHECK_CACHE_NAME, f"{_checksum(key, body)}\n".encode() + body, is_disposable=True
            )


def _checksum(key: str, body: bytes) -> str:
    return digest_of_bytes(key.encode() + b"\0" + body).hex()
