"""The thread that owns the builder: it takes hints, refreshes the output, and keeps the site's current status."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.build.build_report import Report
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.serve.builder_protocol import DeferredProgress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from site_gen.serve.builder_protocol import SiteBuilder
    from site_gen.serve.file_watcher import HintQueue

# A sweep looks at every file: it finds the changes for which there was no event. All times are in seconds.
SWEEP_DELAY = 0.4  # of quiet after a change until a sweep
LONGEST_SWEEP_DELAY = 5.0  # a site that never gets quiet is swept all the same
IDLE_INTERVAL = 10.0  # between sweeps when nothing goes on
IDLE_SHARE = 100  # and at least so many times the time that a sweep takes: an idle server uses 1 % of a core at most
DEFERRED_DELAY = 1.5  # of quiet after a change until the deferred files are made: the index, once for many edits
FIRST_RETRY, LONGEST_RETRY = 1.0, 30.0  # until a builder that could not work is asked again, longer each time


class SiteStatus(Struct, frozen=True):
    """What is known of the served site at one moment."""

    build: int = 0  # grows whenever a page changed or may have changed
    problems: tuple[Problem, ...] = ()  # of the builder and of others (the inbox), sorted
    base_path: str = "/"  # where the site's links lead, with a slash at both ends
    untagged: tuple[Problem, ...] = ()  # as `Report.untagged`, until pages change again


class BuildThread:
    """Runs a builder in a thread of its own, from the builder's first call to its last."""

    def __init__(
        self,
        builder: SiteBuilder,
        hints: HintQueue,
        *,
        on_change: Callable[[SiteStatus, SiteStatus, Report], None],
        before_refresh: Callable[[], object] = lambda: None,
        base_path: Callable[[], str] = lambda: "/",
        up_to_date: Report | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare the thread; `start` begins.

        on_change: called after each refresh with the status before, the status now and the refresh's report; never
            by two threads at once.
        before_refresh: called before each refresh.
        base_path: asked after each refresh, for a person can change it.
        up_to_date: stands for the first refresh where the output is up to date already.
        clock: gives seconds.
        """
        self._builder, self._hints = builder, hints
        self._on_change, self._before_refresh = on_change, before_refresh
        self._base_path, self._up_to_date, self._clock = base_path, up_to_date, clock
        self._lock = threading.Lock()
        self._status = SiteStatus()
        self._builder_problems: tuple[Problem, ...] = ()
        self._other_problems: tuple[Problem, ...] = ()
        self._may_have_written = False  # a refresh that failed may have written some of its pages
        self._is_loading = up_to_date is not None
        self._first_build_ended = threading.Event()
        self._first_build_error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="builder", daemon=True)

    @property
    def status(self) -> SiteStatus:
        """The site's current status."""
        return self._status

    @property
    def is_loading(self) -> bool:
        """Whether a site that was up to date is only being loaded: no file is written."""
        return self._is_loading

    def start(self) -> None:
        """Begin with the first build."""
        self._thread.start()

    def wait_for_first_build(self, seconds: float) -> bool:
        """Return whether the first build ends within `seconds`; raise what kept the builder from working."""
        ended = self._first_build_ended.wait(seconds)
        if self._first_build_error is not None:
            raise self._first_build_error
        return ended

    def set_other_problems(self, problems: tuple[Problem, ...]) -> None:
        """Replace the problems that others than the builder have reported."""
        with self._lock:
            self._other_problems = problems
            self._publish(Report(problems=self._builder_problems), self._status.base_path)

    def begin_stop(self) -> None:
        """Take no more hints and report nothing more; a refresh under way goes on."""
        self._hints.close()

    def stop(self, seconds: float) -> bool:
        """End the thread and close the builder.

        Return False when the thread is still at work after `seconds`: what it writes stays whole, and it ends with the
        process.
        """
        self.begin_stop()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            try:
                if self._up_to_date is None:
                    self._refresh_once(None)
                else:
                    self._before_refresh()
                    self._accept(self._up_to_date)
            except SiteError as error:
                self._accept(Report(problems=error.problems))
            except Exception as error:  # raised by who waits for the first build
                self._first_build_error = error
                return
            self._first_build_ended.set()
            self._follow()
        finally:
            self._first_build_ended.set()
            self._builder.close()

    def _follow(self) -> None:
        """Refresh whenever there are hints, and sweep when it has become quiet after them."""
        # Something may have changed between the first build's reads; where there was none, all is still to be loaded.
        sweep_at = self._clock() + (0 if self._is_loading else SWEEP_DELAY)
        unswept_since: float | None = None
        deferred_at = self._clock() + DEFERRED_DELAY
        retry = FIRST_RETRY
        while True:
            paths = self._hints.take(max(0.0, min(sweep_at, deferred_at) - self._clock()))
            if self._hints.is_closed:
                return
            started = self._clock()
            if not paths and started < sweep_at:
                deferred_at = self._clock() + self._make_deferred_files()
                continue
            could_work = self._refresh(paths or None)
            now = self._clock()
            if not could_work:
                deferred_at = math.inf
                sweep_at = now + retry
                retry = min(2 * retry, LONGEST_RETRY)
                continue
            retry = FIRST_RETRY
            was_load, self._is_loading = self._is_loading, False
            if paths:
                deferred_at = now + DEFERRED_DELAY
                unswept_since = started if unswept_since is None else unswept_since
                sweep_at = min(now + SWEEP_DELAY, max(now, unswept_since + LONGEST_SWEEP_DELAY))
            elif was_load:  # it took long, but says nothing of how long the next sweep takes
                sweep_at = now + SWEEP_DELAY
            else:
                unswept_since = None
                sweep_at = now + max(IDLE_INTERVAL, IDLE_SHARE * (now - started))
                deferred_at = min(deferred_at, now + DEFERRED_DELAY)

    def _make_deferred_files(self) -> float:
        """Make one step of deferred work; return the seconds until the next, infinite when there is none."""
        try:
            progress = self._builder.make_deferred_files()
        except Exception as error:  # a full disk, a mistake of ours: pages go on
            what = f"the search index or social cards were not made ({type(error).__name__}: {error})"
            progress = DeferredProgress(notes=(Problem("the site", 0, what),))
        if progress.notes:
            with self._lock:
                report = Report(problems=self._builder_problems, notes=progress.notes)
                self._publish(report, self._status.base_path)
        return math.inf if progress.resume_after is None else progress.resume_after

    def _refresh(self, paths: list[Path] | None) -> bool:
        """Refresh and report what is wrong; return whether the builder could work."""
        try:
            self._refresh_once(paths)
        except SiteError as error:
            self._accept(Report(problems=error.problems))
            return True
        except UsageError as error:
            problem = Problem("the site", 0, f"cannot be built: {error}")
        except OSError as error:
            problem = Problem(str(error.filename or "the site"), 0, f"cannot be built ({error.strerror or error})")
        except Exception as error:  # a mistake of ours must not end the watching
            problem = Problem("the site", 0, f"the build failed ({type(error).__name__}: {error})", "please report it")
        else:
            return True
        self._may_have_written = True
        self._accept(Report(problems=(problem,)))
        return False

    def _refresh_once(self, paths: list[Path] | None) -> None:
        self._before_refresh()
        self._accept(self._builder.refresh(paths))

    def _accept(self, report: Report) -> None:
        """Make what a refresh found the site's status."""
        # While something is wrong the last good site stays, and with it the path that its links have.
        is_last_good = report.problems and self._first_build_ended.is_set()
        base_path = self._status.base_path if is_last_good else self._base_path()
        with self._lock:
            self._builder_problems = report.problems
            self._publish(report, base_path, is_new_build=self._may_have_written and not report.problems)
            self._may_have_written = self._may_have_written and bool(report.problems)

    def _publish(self, report: Report, base_path: str, *, is_new_build: bool = False) -> None:
        """Set the status and report the change, unless the thread is to stop.

        The caller holds the lock, so that whoever listens hears of each status in its order.
        """
        if self._hints.is_closed:
            return
        before = self._status
        problems = tuple(sorted({*self._builder_problems, *self._other_problems}))
        untagged = report.untagged if report.urls or report.untagged else before.untagged
        self._status = SiteStatus(before.build + bool(report.urls or is_new_build), problems, base_path, untagged)
        self._on_change(before, self._status, report)
