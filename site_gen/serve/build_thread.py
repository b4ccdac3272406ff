"""The builder's thread: takes hints, refreshes, and keeps what is known of the site now."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.serve.builder_protocol import Change, Worked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from site_gen.serve.builder_protocol import Builder, Changed
    from site_gen.serve.file_watcher import Hints

SWEEP = 0.4  # seconds of quiet after a change until everything is looked at once: what no event told
LATER = 1.5  # seconds of quiet after a change until what can wait is made: the index, once for many edits
LATEST = 5.0  # seconds: a site that never gets quiet is looked at all the same
IDLE = 10.0  # seconds between looks when nothing goes on
SHARE = 100  # and a look's own time so many times over: an idle server spends a hundredth of one core at most
RETRY, LONGEST_RETRY = 1.0, 30.0  # seconds until a builder that could not work is asked again, longer each time


@dataclass(frozen=True, slots=True)
class State:
    """What is known of the site. `build` grows when a page changed or may have."""

    build: int = 0
    problems: tuple[Problem, ...] = ()
    base_path: str = "/"


class Live:
    """Runs a builder in a thread of its own, from its first call to its last."""

    def __init__(
        self,
        builder: Builder,
        hints: Hints,
        *,
        tell: Callable[[State, State, Changed], None],
        prepare: Callable[[], object] = lambda: None,
        base_path: Callable[[], str] = lambda: "/",
        known: Changed | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """tell: called after each refresh with the state before, the state now and what the refresh gave; one
        call at a time. prepare: called before each refresh. base_path: asked after each refresh, for a
        person can change it. known: stands for the first refresh, where the output is up to date already."""
        self._builder, self._hints, self._tell, self._prepare = builder, hints, tell, prepare
        self._base_path, self._known, self._clock = base_path, known, clock
        self._lock = threading.Lock()
        self._state = State()
        self._of_builder: tuple[Problem, ...] = ()
        self._of_others: tuple[Problem, ...] = ()
        self._doubtful = False  # a refresh that failed may have written some of its pages
        self._loading = known is not None
        self._first = threading.Event()
        self._failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="builder", daemon=True)

    @property
    def state(self) -> State:
        """What is known now."""
        return self._state

    @property
    def is_loading(self) -> bool:
        """Whether a site that was up to date is only being loaded: nothing is made."""
        return self._loading

    def start(self) -> None:
        """Begin with the first build."""
        self._thread.start()

    def first(self, seconds: float) -> bool:
        """Whether the first build is done within `seconds`. Raises what kept the builder from working."""
        done = self._first.wait(seconds)
        if self._failure is not None:
            raise self._failure
        return done

    def complain(self, problems: tuple[Problem, ...]) -> None:
        """Take the complaints of others than the builder, in place of those that were given before."""
        with self._lock:
            self._of_others = problems
            self._publish(Change(problems=self._of_builder), self._state.base_path)

    def end(self) -> None:
        """Begin to stop: take no more hints, tell nothing more."""
        self._hints.close()

    def stop(self, seconds: float) -> bool:
        """End the thread and close the builder. False when it is still at work after `seconds`: what it
        writes stays whole, and it ends with the process."""
        self.end()
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            try:
                if self._known is None:
                    self._look(None)
                else:
                    self._prepare()
                    self._told(self._known)
            except SiteError as error:
                self._told(Change(problems=error.problems))
            except Exception as error:  # raised by who waits for the first build
                self._failure = error
                return
            self._first.set()
            self._follow()
        finally:
            self._first.set()
            self._builder.close()

    def _follow(self) -> None:
        """Refresh whenever there are hints, and look at everything when it has become quiet after them."""
        # Something may have changed between the first build's reads; where there was none, all is still to be loaded.
        sweep_at = self._clock() + (0 if self._loading else SWEEP)
        unswept: float | None = None
        work_at = self._clock() + LATER
        retry = RETRY
        while True:
            paths = self._hints.take(max(0.0, min(sweep_at, work_at) - self._clock()))
            if self._hints.closed:
                return
            started = self._clock()
            if not paths and started < sweep_at:
                work_at = self._clock() + self._do_work()
                continue
            worked = self._refresh(paths or None)
            now = self._clock()
            if not worked:
                work_at = math.inf
                sweep_at = now + retry
                retry = min(2 * retry, LONGEST_RETRY)
                continue
            retry = RETRY
            loaded, self._loading = self._loading, False
            if paths:
                work_at = now + LATER
                unswept = started if unswept is None else unswept
                sweep_at = min(now + SWEEP, max(now, unswept + LATEST))
            elif loaded:  # took long, but was no look as the next will be
                sweep_at = now + SWEEP
            else:
                unswept = None
                sweep_at = now + max(IDLE, SHARE * (now - started))
                work_at = min(work_at, now + LATER)

    def _do_work(self) -> float:
        """Do a little of what can wait. Seconds until there is more of it."""
        try:
            worked = self._builder.work()
        except Exception as error:  # a full disk, a mistake of ours: pages go on
            what = f"what can wait was not made ({type(error).__name__}: {error})"
            worked = Worked(notes=(Problem("the site", 0, what),))
        if worked.notes:
            with self._lock:
                self._publish(Change(problems=self._of_builder, notes=worked.notes), self._state.base_path)
        return math.inf if worked.again is None else worked.again

    def _refresh(self, paths: list[Path] | None) -> bool:
        """Whether the builder could work."""
        try:
            self._look(paths)
        except SiteError as error:
            self._told(Change(problems=error.problems))
            return True
        except UsageError as error:
            problem = Problem("the site", 0, f"cannot be built: {error}")
        except OSError as error:
            problem = Problem(str(error.filename or "the site"), 0, f"cannot be built ({error.strerror or error})")
        except Exception as error:  # a mistake of ours must not end the watching
            problem = Problem("the site", 0, f"the build failed ({type(error).__name__}: {error})", "please report it")
        else:
            return True
        self._doubtful = True
        self._told(Change(problems=(problem,)))
        return False

    def _look(self, paths: list[Path] | None) -> None:
        self._prepare()
        self._told(self._builder.refresh(paths))

    def _told(self, change: Changed) -> None:
        # While something is wrong the last good site stays, and with it the path that its links have.
        keep = change.problems and self._first.is_set()
        base_path = self._state.base_path if keep else self._base_path()
        with self._lock:
            self._of_builder = change.problems
            self._publish(change, base_path, another=self._doubtful and not change.problems)
            self._doubtful = self._doubtful and bool(change.problems)

    def _publish(self, change: Changed, base_path: str, *, another: bool = False) -> None:
        """The lock is held: who is told hears the states in their order. After the end nobody listens."""
        if self._hints.closed:
            return
        before = self._state
        problems = tuple(sorted({*self._of_builder, *self._of_others}))
        self._state = State(before.build + bool(change.urls or another), problems, base_path)
        self._tell(before, self._state, change)
