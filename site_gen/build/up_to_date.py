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
    from site_gen.content.content_files import Stamp
    from site_gen.pages.theme_files import ThemeFiles


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


class FirstLook(NamedTuple):
    """What was seen of a site before a build begins, so that the build need not look again."""

    record: str  # the build record that it was compared with, as the manifest has it
    kinds: tuple[str, ...]  # the kinds of entities whose folders were looked through
    stamps: Mapping[str, Stamp]  # of the content's files, by name
    problems: tuple[Problem, ...]  # files and folders in the wrong place
    theme: ThemeFiles  # as it was read
    output_stamps: Mapping[str, Stamp] | None = None  # of the output's files, by name; None: not looked at
    report: Report | None = None  # of a build with nothing to do; None where there may be something to do


def look(folder: Path, out: Path, options: BuildOptions) -> FirstLook | None:
    """Look whether there is anything to do; return None where nothing tells.

    Takes no lock: a build that changes the output says so in the manifest before it does, and what this
    writes (new stamps of files that are unchanged) is right whoever builds.

    Raises UsageError as `require_separate_folders` does.
    """
    require_separate_folders(folder, out)
    if options.untrusted:  # what lies in its `.site-gen/` may be of whoever made it
        return None
    # What is wrong is suppressed here: the build that follows tells it.
    with contextlib.suppress(OSError, StateError, SiteError), raising_state_errors(str(out)):
        return _look(folder, out, options)
    return None


def require_separate_folders(folder: Path, out: Path) -> None:
    """Raise UsageError where the output would lie among the site's own files, or they within it."""
    target = out.resolve()
    for own in (folder, folder / "content", folder / "templates"):
        source = own.resolve()
        inside = own != folder and target.is_relative_to(source)
        if inside or source.is_relative_to(target):
            raise UsageError(f"the output {out} and the site's own {own} are inside one another; name another folder")


def _look(folder: Path, out: Path, options: BuildOptions) -> FirstLook | None:
    start = time.perf_counter()
    with contextlib.ExitStack() as resources:
        if manifest := Manifest.open_existing(out):
            resources.callback(manifest.close)
        if connection := file_stamps.open_existing(folder, program_digest()):
            resources.callback(connection.close)
        text = manifest.get(BUILD_RECORD) if manifest else None
        if not (manifest and connection and text) or os.path.lexists(out / site_paths.STAGE):
            return None
        record = BuildRecord.from_json(text)
        path = folder / file_stamps.CACHE_FOLDER / file_stamps.CACHE_NAME
        files = file_stamps.read_files(connection, path)
        problems = list(stray_folder_problems(folder, record.kinds))
        stamps = content_files(folder, record.kinds, problems)
        seen = FirstLook(text, record.kinds, stamps, tuple(problems), theme_reader.read_theme(folder))
        if problems or len(stamps) != len(files):
            return seen
        changed, new_stamps = find_changed(folder, files, stamps)
        logo_digest = (digest_of_file(folder / "content" / record.logo) or b"") if record.logo else b""
        if changed or fingerprint(options, seen.theme.digest, logo_digest, files) != record.fingerprint:
            return seen
        if new_stamps:
            file_stamps.update_stamps(connection, path, new_stamps)
        output_files = manifest.files()
        seen = seen._replace(output_stamps=stamps_of_files(out, output_files))
        changed, new_stamps = find_changed(out, output_files, seen.output_stamps or {})
        if changed:
            return seen
        if new_stamps:
            file_stamps.update_stamps(manifest.connection, manifest.path, new_stamps)
        seconds = round(time.perf_counter() - start, 3)
        return seen._replace(
            report=Report(record.pages, unchanged=len(output_files), seconds=seconds, notes=record.notes)
        )
