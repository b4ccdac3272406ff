"""Fast check whether a build has nothing to do: compare stamps and digests with those of the last build.

Nothing that the site was made of, nor any file of it, is other than when it was built: then there is nothing to do.

A build checks this first, and it must cost no more than a look at all files does: nothing is imported here that parses,
draws or searches (`tests/build/test_up_to_date.py`), and no file is read whose stamp says that it is unchanged. What
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
from site_gen.build.file_stamps import find_changed
from site_gen.build.manifest import BUILD_RECORD, Manifest
from site_gen.content import site_paths
from site_gen.content.content_files import content_files, digest_of_file, stamps_of_files, stray_folder_problems
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.program_version import program_digest
from site_gen.core.sqlite import StateError, raising_state_errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from site_gen.build.build_report import BuildOptions
    from site_gen.build.file_stamps import FileStamp


class BuildRecord(NamedTuple):
    """What a build stores in the manifest, so that the next one can tell whether there is anything to do."""

    fingerprint: str  # of all that the site was made of, see `fingerprint`
    kinds: tuple[str, ...]  # the kinds of entities, whose folders below content/ are looked through
    logo: str  # the logo's file below content/; "" where there is none
    pages: int  # how many pages the site has, to report again
    notes: tuple[Problem, ...]  # the notes of the build, to report again

    def to_json(self) -> str:
        """Return the record as JSON."""
        return json.dumps(self, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote. Raises StateError."""
        with raising_state_errors("the record of a build"):
            fingerprint, kinds, logo, pages, notes = json.loads(text)
            return cls(fingerprint, tuple(kinds), logo, pages, tuple(Problem(*note) for note in notes))


def fingerprint(options: BuildOptions, theme_digest: str, logo_digest: bytes, files: Mapping[str, FileStamp]) -> str:
    """Return a digest that tells one build from another: of the program, the options and every file.

    Of the options `jobs` is left out, which has no part in pages. logo_digest: of the logo's bytes, b"" where there is
    none. files: by name, all other files of `content/`.
    """
    page_options = tuple(options._replace(jobs=0))
    digest = hashlib.blake2b(
        f"{program_digest()} {page_options} {theme_digest} {logo_digest!r}".encode(), digest_size=16
    )
    digest.update("".join(f"{name}\0{files[name].digest!r}\0" for name in sorted(files)).encode())
    return digest.hexdigest()


def report_if_up_to_date(folder: Path, out: Path, options: BuildOptions) -> Report | None:
    """Return the report of a build with nothing to do; None where there may be something to do, or to complain about.

    Takes no lock: a build that changes the output says so in the manifest before it does, and what this
    writes (new stamps of files that are unchanged) is right whoever builds.

    Raises UsageError as `require_separate_folders` does.
    """
    start = time.perf_counter()
    require_separate_folders(folder, out)
    # What is wrong is suppressed here: the build that follows tells it.
    with contextlib.suppress(OSError, StateError, SiteError), raising_state_errors(str(out)):
        if checked := _check(folder, out, options):
            record, files = checked
            seconds = round(time.perf_counter() - start, 3)
            return Report(record.pages, 0, 0, files, 0, seconds, (), record.notes, ())
    return None


def require_separate_folders(folder: Path, out: Path) -> None:
    """Raise UsageError where the output would lie among the site's own files, or they within it."""
    target = out.resolve()
    for own in (folder, folder / "content", folder / "templates"):
        source = own.resolve()
        inside = own != folder and target.is_relative_to(source)
        if inside or source.is_relative_to(target):
            raise UsageError(f"the output {out} and the site's own {own} lie within each other; name another folder")


def _check(folder: Path, out: Path, options: BuildOptions) -> tuple[BuildRecord, int] | None:
    """Return the record of the last build and the number of files in the output; None where anything differs."""
    with contextlib.ExitStack() as resources:
        manifest = Manifest.open_existing(out)
        if manifest is None:
            return None
        resources.callback(manifest.close)
        if os.path.lexists(out / site_paths.STAGE):
            return None
        text = manifest.get(BUILD_RECORD)
        record = BuildRecord.from_json(text) if text else None
        if record is None or not _has_same_fingerprint(folder, record, options):
            return None
        files = _count_intact(out, manifest)
        return None if files is None else (record, files)


def _has_same_fingerprint(folder: Path, record: BuildRecord, options: BuildOptions) -> bool:
    """Tell whether the site's files and the options are those of the record's fingerprint."""
    path = folder / file_stamps.CACHE_FOLDER / file_stamps.CACHE_NAME
    connection = file_stamps.open_existing(folder, program_digest())
    if connection is None:
        return False
    with contextlib.closing(connection):
        files = file_stamps.read_files(connection, path)
        problems = list(stray_folder_problems(folder, record.kinds))
        stamps = content_files(folder, record.kinds, problems)
        if problems or len(stamps) != len(files):
            return False
        changed, new_stamps = find_changed(folder, files, stamps)
        logo_digest = (digest_of_file(folder / "content" / record.logo) or b"") if record.logo else b""
        theme_digest = theme_reader.read_theme(folder).digest
        if changed or fingerprint(options, theme_digest, logo_digest, files) != record.fingerprint:
            return False
        if new_stamps:
            file_stamps.update_stamps(connection, path, new_stamps)
    return True


def _count_intact(out: Path, manifest: Manifest) -> int | None:
    """Return how many files the last build left, where all are as it left them; else None."""
    files = manifest.files()
    changed, new_stamps = find_changed(out, files, stamps_of_files(out, files))
    if changed:
        return None
    if new_stamps:
        file_stamps.update_stamps(manifest.connection, manifest.path, new_stamps)
    return len(files)
