"""The builder behind the server: the `build` command's, kept alive between changes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from site_gen import build, workers
from site_gen.errors import SiteError
from site_gen.serve.builder import Change

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Incremental:
    """Holds a site's output folder and state from its making to `close`.

    Raises UsageError when another build holds them.
    """

    def __init__(self, site: Path, out: Path, options: build.Options) -> None:
        self._held = contextlib.ExitStack()
        self._builder = self._held.enter_context(build.opened(site, out, options))

    def refresh(self, hints: Iterable[Path] | None) -> Change:
        """Bring the output up to date; what is wrong is told in the result."""
        try:
            report = self._builder.refresh(hints, stay=True)
        except SiteError as error:
            return Change(problems=error.problems)
        return Change(report.urls, report.problems, report.notes)

    def warm_up(self) -> None:
        """Build before other threads begin: now all processors can be used at the least cost, and what is
        loaded stays out of the garbage collector's way. What is wrong is told by the next `refresh`."""
        self.refresh(None)
        workers.relax_collector()

    def close(self) -> None:
        """Give back what is held."""
        self._held.close()
