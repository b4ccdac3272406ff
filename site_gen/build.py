"""The `build` command's work: content -> site -> pages -> bytes -> output/."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from site_gen import content, output, pages, render, site
from site_gen.errors import Problem, SiteError, UsageError
from site_gen.links import Links
from site_gen.schema import DEFAULT_BASE_URL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from site_gen.pages import Page


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did. `problems` were passed over (`--keep-going`), `notes` only tell."""

    pages: int
    written: int
    unchanged: int
    removed: int
    seconds: float
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def build(
    folder: Path,
    out: Path,
    *,
    base_url: str | None = None,
    offline: bool = False,
    keep_going: bool = False,
    progress: Callable[[Sequence[Page]], Iterable[Page]] = iter,
) -> Report:
    """Build the site in `folder` into `out`.

    Raises SiteError with every complaint when content or templates are wrong; nothing is written then.
    With keep_going the sound part is built and the complaints are in the report.
    """
    start = time.perf_counter()
    content.require_site(folder)
    _require_apart(folder, out)
    # Locked before content is read: of two builds, the one that read the older content must not write last.
    with output.locked(out):
        loaded, problems = content.load(folder)
        if base_url:
            loaded = replace(loaded, config=replace(loaded.config, base_url=base_url))
        analysed = site.analyse(loaded)
        planned, collisions = pages.plan(analysed)
        problems += collisions
        if problems and not keep_going:
            raise SiteError(*problems)
        renderer = render.Renderer(analysed, render.theme(folder), Links(loaded.config.base_url, offline))
        # Everything is drawn before anything is written: a wrong template leaves the old site whole.
        files = list(render.render_all(renderer, progress(planned)))
        result = output.write_site(out, files)
    notes = [*analysed.untagged, *result.kept]
    if loaded.config.base_url == DEFAULT_BASE_URL and not offline:
        notes.append(
            Problem(content.CONFIG, 0, "`base_url` is not set", "feeds and the sitemap name localhost until it is")
        )
    return Report(
        pages=len(planned),
        written=result.written,
        unchanged=result.unchanged,
        removed=result.removed,
        seconds=round(time.perf_counter() - start, 3),
        problems=tuple(problems),
        notes=tuple(notes),
    )


def _require_apart(folder: Path, out: Path) -> None:
    """Raise UsageError where the output would lie among the site's own files, or they within it."""
    target = out.resolve()
    for own in (folder, folder / "content", folder / "templates"):
        source = own.resolve()
        inside = own != folder and target.is_relative_to(source)
        if inside or source.is_relative_to(target):
            raise UsageError(f"the output {out} and the site's own {own} lie within each other; name another folder")
