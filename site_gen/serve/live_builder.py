"""The builder behind the watch server: the one of the `build` command, kept alive between changes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from site_gen.build import build_session
from site_gen.build.build_report import Report
from site_gen.core import parallel
from site_gen.core.errors import SiteError
from site_gen.serve.builder_protocol import DeferredProgress

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from pathlib import Path

_STEP_PAUSE = 0.01  # seconds between two steps of deferred work, in which an edit is noticed


class LiveBuilder:
    """A `SiteBuilder` that holds a site's output folder and build state until `close`.

    Raises UsageError when another build holds them.
    """

    def __init__(self, site: Path, out: Path, options: build_session.BuildOptions) -> None:
        self._resources = contextlib.ExitStack()
        self._builder = self._resources.enter_context(build_session.open_builder(site, out, options))
        self._deferred_work: Generator[None] | None = None  # under way
        self._is_loaded = False  # whether the site was ever right, so that everything an edit needs is in memory
        self._is_right = False  # whether the site had no problem when it was last looked at

    def refresh(self, hints: Iterable[Path] | None) -> Report:
        """Bring the output up to date; what is wrong with the content is in the report."""
        try:
            report = self._builder.refresh(hints)
        except SiteError as error:
            self._is_right = False
            self._drop_deferred_work()
            return Report(problems=error.problems)
        if not self._is_loaded:
            parallel.relax_garbage_collection()  # what was loaded stays: keep it out of the garbage collector's way
        self._is_right = self._is_loaded = True
        if self._builder.has_deferred_work:  # the work under way is about a site that has changed since
            self._drop_deferred_work()
        return report

    def make_deferred_files(self) -> DeferredProgress:
        """Make one step towards the search index and the social cards."""
        if self._deferred_work is None:
            if not (self._is_right and self._builder.has_deferred_work):
                return DeferredProgress()
            self._deferred_work = self._builder.build_deferred(low_priority=True)
        try:
            next(self._deferred_work)
        except StopIteration:
            self._deferred_work = None
            return DeferredProgress()
        except SiteError as error:
            self._deferred_work = None
            return DeferredProgress(notes=error.problems)
        return DeferredProgress(_STEP_PAUSE)

    def _drop_deferred_work(self) -> None:
        if self._deferred_work is not None:
            self._deferred_work.close()
            self._deferred_work = None

    def warm_up(self) -> Report | None:
        """Build before other threads begin: only now can all processors be used at the least cost.

        Return None after a build; the next `refresh` reports what is wrong. Where the output is up to date already,
        return what is known of it: the site can be served at once, and the first `refresh` loads what an edit needs.
        """
        if report := self._builder.report_if_up_to_date():
            return report
        self.refresh(None)
        return None

    def close(self) -> None:
        """Stop deferred work, and release the output folder and the build state."""
        self._drop_deferred_work()
        self._resources.close()
