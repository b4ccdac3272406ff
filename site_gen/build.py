"""The `build` command's work, and the watch server's: keep `output/` what a clean build would make of
`content/` and `templates/`, redoing only what changed.
"""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen import content, output
from site_gen.builder import Builder, without_progress
from site_gen.cells import differing
from site_gen.database import StateError
from site_gen.errors import Problem
from site_gen.later import ToCome
from site_gen.reports import Options, Report
from site_gen.scan import digest_on_disk
from site_gen.standing import require_apart
from site_gen.state import State
from site_gen.version import program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.inputs import Progress

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
    content.require_site(folder)
    require_apart(folder, out)
    with output.locked(out), contextlib.closing(output.Output(out)) as target:
        try:
            target.manifest.doubt()
        except StateError:
            target.begin_manifest_anew()
        with contextlib.closing(State.open(folder, program())) as state:
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
    with output.locked(out), contextlib.closing(output.Output(out)) as target:
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
    content.require_site(folder)
    require_apart(folder, out)
    # Locked before content is read: of two builds, the one that read the older content must not write last.
    with (
        output.locked(out),
        contextlib.closing(output.Output(out)) as target,
        contextlib.closing(State.open(folder, program(), anew=anew)) as state,
    ):
        yield Builder(folder, target, state, options, progress, ask=ask and not anew)
