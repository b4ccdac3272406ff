"""Whether the site in an output folder still stands: nothing that it was made of, nor any file of it, is other than
when it was built. Then there is nothing to do.

A build asks this first, and it must cost no more than a look at all files does: nothing is imported here that parses,
draws or searches (`tests/build/test_up_to_date.py`), and no file is read whose stamp says that it is as it was. What
`site.yaml` says of where to look is kept from the build that read it, as long as its bytes are the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from typing import TYPE_CHECKING, NamedTuple, Self

from site_gen.build import file_stamps, theme_reader
from site_gen.build.build_report import Report
from site_gen.build.file_stamps import Known
from site_gen.build.manifest import STANDING, Manifest
from site_gen.content import site_paths
from site_gen.content.content_files import Stamp, content_files, digest_on_disk, is_settled, stamp, stray_folders
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.program_version import program_digest
from site_gen.core.sqlite import StateError, raising_state_errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from site_gen.build.build_report import Options


class Record(NamedTuple):
    """What a build keeps for the next: its mark, where it looked (the folders of entities, the logo's file), and what
    to tell again (the number of pages, notes)."""

    mark: str
    kinds: tuple[str, ...]
    logo: str
    pages: int
    notes: tuple[Problem, ...]

    def to_json(self) -> str:
        """As a text, to be kept in the manifest."""
        return json.dumps(self, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """What `to_json` wrote. Raises StateError."""
        with raising_state_errors("the record of a build"):
            mark, kinds, logo, pages, notes = json.loads(text)
            return cls(mark, tuple(kinds), logo, pages, tuple(Problem(*note) for note in notes))


def mark(options: Options, theme_digest: str, logo: str, digests: Mapping[str, str]) -> str:
    """What tells a build from another: the program, the options that have a say in pages, every file.

    logo: the digest of its bytes, none where there is none. digests: those of all other files of `content/`.
    """
    told = options._replace(jobs=0)
    digest = hashlib.blake2b(f"{program_digest()} {tuple(told)} {theme_digest} {logo}".encode(), digest_size=16)
    digest.update("".join(f"{name}\0{digests[name]}\0" for name in sorted(digests)).encode())
    return digest.hexdigest()


def report(folder: Path, out: Path, options: Options) -> Report | None:
    """The report of a build with nothing to do; None where there may be something to do, or to complain about.

    It takes no lock: a build that changes the output says so in the manifest before it does, and what this
    writes (how files look that are the same) holds whoever builds.

    Raises UsageError as `require_apart` does.
    """
    start = time.perf_counter()
    require_apart(folder, out)
    with (
        contextlib.suppress(OSError, StateError, SiteError),
        raising_state_errors(str(out)),
    ):  # a build tells what is wrong
        if found := _looked(folder, out, options):
            record, files = found
            seconds = round(time.perf_counter() - start, 3)
            return Report(record.pages, 0, 0, files, 0, seconds, (), record.notes, ())
    return None


def require_apart(folder: Path, out: Path) -> None:
    """Raise UsageError where the output would lie among the site's own files, or they within it."""
    target = out.resolve()
    for own in (folder, folder / "content", folder / "templates"):
        source = own.resolve()
        inside = own != folder and target.is_relative_to(source)
        if inside or source.is_relative_to(target):
            raise UsageError(f"the output {out} and the site's own {own} lie within each other; name another folder")


def _looked(folder: Path, out: Path, options: Options) -> tuple[Record, int] | None:
    """What the last build kept, and how many files the output has, where all is as it was."""
    with contextlib.ExitStack() as held:
        written = Manifest.existing(out)
        if written is None:
            return None
        held.callback(written.close)
        if os.path.lexists(out / site_paths.STAGE):
            return None
        text = written.get(STANDING)
        record = Record.from_json(text) if text else None
        if record is None or not _is_same_site(folder, record, options):
            return None
        files = _count_whole(out, written)
        return None if files is None else (record, files)


def _is_same_site(folder: Path, record: Record, options: Options) -> bool:
    """Whether the site's files are those of which the mark was made."""
    path = folder / file_stamps.FOLDER / file_stamps.NAME
    connection = file_stamps.existing(folder, program_digest())
    if connection is None:
        return False
    with contextlib.closing(connection):
        before = file_stamps.rows(connection, path)
        problems = list(stray_folders(folder, record.kinds))
        stamps = content_files(folder, record.kinds, problems)
        if problems or len(stamps) != len(before):
            return False
        again: dict[str, Known] = {}
        for name, modified, changed, size, inode, looked, digest in before:
            if stamps.get(name) != (modified, changed, size, inode) or not is_settled(modified, changed, looked):
                now = time.time_ns()
                if name not in stamps or _digest(folder / name) != digest:
                    return False
                again[name] = Known(stamps[name], now, digest)
        logo = _digest(folder / "content" / record.logo) if record.logo else ""
        digests = {row[0]: row[-1] for row in before}
        if mark(options, theme_reader.read(folder).digest, logo, digests) != record.mark:
            return False
        if again:
            file_stamps.restamp(connection, path, again)
    return True


def _digest(path: Path) -> str:
    """The digest of a file; none where it is not there."""
    return (digest_on_disk(path) or b"").hex()


def _count_whole(out: Path, written: Manifest) -> int | None:
    """How many files the last build left, where all are as it left them; else None.

    The same rules as in `output.Output.damaged`, of plain rows: this loop is most of the time of a build with nothing
    to do.
    """
    rows = written.rows()
    if rows is None:
        return None
    base, lstat = os.fspath(out), os.lstat
    again: dict[str, tuple[bytes, Stamp, int]] = {}
    for name, modified, changed, size, inode, looked in rows:
        status = lstat(f"{base}/{name}")
        if (
            status.st_mtime_ns != modified
            or status.st_ctime_ns != changed
            or status.st_size != size
            or status.st_ino != inode
            or not is_settled(modified, changed, looked)
        ):
            now = time.time_ns()
            digest = written.digest(name)
            if digest is None or digest_on_disk(out / name) != digest:
                return None
            again[name] = digest, stamp(status), now
    if again:
        written.restamp(again)
    return len(rows)
