"""The entry points of the room: build a site, forget what earlier builds left, verify, or hold a builder open.

A build keeps `output/` what a clean build would make of `content/` and `templates/`, and redoes only what changed.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from site_gen.build import output_dir
from site_gen.build.build_cache import BuildCache
from site_gen.build.build_report import BuildOptions, Report
from site_gen.build.builder import IncrementalBuilder, without_progress
from site_gen.build.deferred_files import DeferredFiles
from site_gen.build.up_to_date import require_separate_folders
from site_gen.content import loader
from site_gen.content.content_files import digest_of_file
from site_gen.core.atomic_files import temporary_folder
from site_gen.core.digests import differing_keys
from site_gen.core.errors import Problem
from site_gen.core.program_version import program_digest
from site_gen.core.sqlite import StateError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from site_gen.build.changed_files import Progress
    from site_gen.build.up_to_date import FirstLook

__all__ = [
    "BuildOptions",
    "DeferredFiles",
    "IncrementalBuilder",
    "Report",
    "build",
    "clean",
    "open_builder",
    "verify",
    "without_progress",
]


def build(
    folder: Path,
    out: Path,
    options: BuildOptions | None = None,
    progress: Progress = without_progress,
    seen: FirstLook | None = None,
) -> Report:
    """Bring the site in `out` up to date with `folder`. seen: see `IncrementalBuilder`.

    Raises SiteError with every complaint when content or templates are wrong; nothing is written then.
    With `keep_going` the sound part is built and the complaints are in the report.
    """
    with open_builder(folder, out, options or BuildOptions(), progress, seen=seen) as builder:
        return builder.build()


def clean(folder: Path, out: Path) -> None:
    """Forget what earlier builds left, so that the next one builds everything anew.

    The files in `out` stay, and are still known as written by a build.
    """
    loader.require_site(folder)
    require_separate_folders(folder, out)
    with output_dir.lock_folder(out), contextlib.closing(output_dir.OutputFolder(out)) as target:
        try:
            target.forget_traces()
        except StateError:
            target.rebuild_manifest()
        with contextlib.closing(BuildCache.open(folder, program_digest())) as cache:
            cache.reset()


def verify(folder: Path, out: Path, options: BuildOptions, progress: Progress = without_progress) -> list[Problem]:
    """Build the site beside `out` without the cache, and return a problem for each file of `out` that differs.

    Raises SiteError when content or templates are wrong.
    """
    problems: list[Problem] = []
    with (
        temporary_folder() as beside,
        open_builder(folder, beside, options, progress, anew=True) as builder,
    ):
        builder.build()
        fresh = builder.digests()
    with output_dir.lock_folder(out), contextlib.closing(output_dir.OutputFolder(out)) as target:
        ours = {name: digest_of_file(out / name) for name in target.files}
    for name in sorted(differing_keys(fresh, ours)):
        what = "is not as a clean build makes it" if name in fresh else "is not part of a clean build"
        problems.append(Problem(str(out / name), 0, what, "build with --clean, and please report this"))
    return problems


@contextlib.contextmanager
def open_builder(
    folder: Path,
    out: Path,
    options: BuildOptions,
    progress: Progress = without_progress,
    *,
    anew: bool = False,
    seen: FirstLook | None = None,
) -> Iterator[IncrementalBuilder]:
    """Give a builder for as long as the block lasts; it holds the output folder and the site's cache.

    anew: neither use the cache nor write to it, as for a site that is not trusted. seen: see `IncrementalBuilder`.

    Raises UsageError when another build holds the output folder, or the folders lie within each other.
    """
    loader.require_site(folder)
    require_separate_folders(folder, out)
    # Locked before content is read: of two builds, the one that read the older content must not write last.
    with (
        output_dir.lock_folder(out),
        contextlib.closing(output_dir.OutputFolder(out)) as target,
        contextlib.closing(BuildCache.open(folder, program_digest(), anew=anew or options.untrusted)) as cache,
    ):
        yield IncrementalBuilder(folder, target, cache, options, progress, seen)
