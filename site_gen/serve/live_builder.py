"""The builder behind the server: the `build` command's, kept alive between changes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from site_gen.build import build_session
from site_gen.core import parallel
from site_gen.core.errors import SiteError
from site_gen.serve.builder_protocol import Change, Worked

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

_BREATH = 0.01  # seconds in which an edit is seen before the work goes on


class Incremental:
    """Holds a site's output folder and state from its making to `close`.

    Raises UsageError when another build holds them.
    """

    def __init__(self, site: Path, out: Path, options: build_session.Options) -> None:
        self._held = contextlib.ExitStack()
        self._builder = self._held.enter_context(build_session.opened(site, out, options))
        self._work: Generator[None] | None = None
        self._loaded = False  # whether the site was ever right, so that all is there that an edit needs
        self._sound = False  # whether the site was right when it was last looked at

    def refresh(self, hints: Iterable[Path] | None) -> Change:
        """Bring the output up to date; what is wrong is told in the result."""
        try:
            report = self._builder.refresh(hints, stay=True)
        except SiteError as error:
            self._sound = False
            self._drop_work()
            return Change(problems=error.problems)
        if not self._loaded:
            parallel.relax_collector()  # what was loaded stays: out of the collector's way
        self._sound = self._loaded = True
        if self._builder.is_due:  # what is being made is of what the site was
            self._drop_work()
        return Change(report.urls, report.problems, report.notes, report.taken)

    def work(self) -> Worked:
        """Make some of what comes after the pages, which is the more the less there is to do for others."""
        if self._work is None:
            if not (self._sound and self._builder.is_due):
                return Worked()
            self._work = self._builder.finishing(gently=True)
        try:
            next(self._work)
        except StopIteration:
            self._work = None
            return Worked()
        except SiteError as error:
            self._work = None
            return Worked(notes=error.problems)
        return Worked(_BREATH)

    def _drop_work(self) -> None:
        if self._work is not None:
            self._work.close()
            self._work = None

    def warm_up(self) -> Change | None:
        """Build before other threads begin: now all processors can be used at the least cost. What is wrong is told by
        the next `refresh`. Where there is nothing to do, gives what is known of the site, which can be served at once:
        what an edit needs is then loaded by the first `refresh`."""
        if report := self._builder.standing():
            return Change(notes=report.notes)
        self.refresh(None)
        return None

    def close(self) -> None:
        """Give back what is held."""
        self._drop_work()
        self._held.close()
