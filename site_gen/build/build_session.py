"""The `build` command's work, and the watch server's: keep `output/` what a clean build would make of
`content/` and `templates/`, redoing only what changed.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.build import output_dir
from site_gen.build.build_cache import State
from site_gen.build.build_report import Options, Report
from site_gen.build.builder import Builder, without_progress
from site_gen.build.deferred_files import ToCome
from site_gen.build.up_to_date import require_apart
from site_gen.content import loader
from site_gen.content.content_files import digest_on_disk
from site_gen.core.digests import differing
from site_gen.core.errors import Problem
from site_gen.core.program_version import program_digest
from site_gen.core.sqlite import StateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.build.changed_files import Progress

__all__ = ["Builder", "Options", "Report", "ToCome", "build", "clean", "opened", "verify", "without_progress"]


def build(
    folder: Path,
    out: Path,
    options: Options | None = None,
    progress: Progress = without_progress,
    *,
    ask: bool = True,
) -> Report:
    """Bring the site in `out` up to date with `folder`. ask: False where it is known that there is something to do.

    Raises SiteError with every complaint when content or templates are wrong; nothing is written then.
    With keep_going the sound part is built and the complaints are in the report.
    """
    with opened(folder, out, options or Options(), progress, ask=ask) as builder:
        return builder.build()


def clean(folder: Path, out: Path) -> None:
    """Forget what earlier builds left: the next one builds everything anew. Files in `out` stay, and stay ours."""
    loader.require_site(folder)
    require_apart(folder, out)
    with output_dir.locked(out), contextlib.closing(output_dir.Output(out)) as target:
        try:
            target.manifest.doubt()
        except StateError:
            target.begin_manifest_anew()
        with contextlib.closing(State.open(folder, program_digest())) as state:
            state.begin_anew()


def verify(folder: Path, out: Path, options: Options, progress: Progress = without_progress) -> list[Problem]:
    """Build the site anew beside `out`, from nothing that was kept, and compare: a problem for each file
    that differs. Raises SiteError when content or templates are wrong."""
    found: list[Problem] = []
    with (
        tempfile.TemporaryDirectory(prefix="site-gen-") as beside,
        opened(folder, Path(beside), options, progress, anew=True) as builder,
    ):
        builder.build()
        fresh = builder.digests()
    with output_dir.locked(out), contextlib.closing(output_dir.Output(out)) as target:
        ours = {name: digest_on_disk(out / name) for name in target.files}
    for name in sorted(differing(fresh, ours)):
        what = "is not as a clean build makes it" if name in fresh else "is not part of a clean build"
        found.append(Problem(str(out / name), 0, what, "build with --clean, and please report this"))
    return found


@contextlib.contextmanager
def opened(
    folder: Path,
    out: Path,
    options: Options,
    progress: Progress = without_progress,
    *,
    anew: bool = False,
    ask: bool = True,
) -> Iterator[Builder]:
    """A builder, for as long as the block lasts: it holds the output folder and the site's state.

    anew: use and keep nothing of the state. ask: see `Builder`.
    """
    loader.require_site(folder)
    require_apart(folder, out)
    # Locked before content is read: of two builds, the one that read the older content must not write last.
    with (
        output_dir.locked(out),
        contextlib.closing(output_dir.Output(out)) as target,
        contextlib.closing(State.open(folder, program_digest(), anew=anew)) as state,
    ):
        yield Builder(folder, target, state, options, progress, ask=ask and not anew)
