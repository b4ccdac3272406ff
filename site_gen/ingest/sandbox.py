"""Run work on hostile input in processes that are killed when it takes too long or too much memory."""

from __future__ import annotations

import contextlib
import gc
import importlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import Executor, Future, TimeoutError  # noqa: A004  what pebble's futures raise
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

SECONDS = 30  # for one page; a real page takes a tenth of a second, the largest seen takes two
# What one page may take beyond what a worker holds at first, in bytes; 25 MB of text took 0.7 GB.
MEMORY = 1536 * 1024 * 1024
_LOOK_AHEAD = 8  # items that wait for each worker: enough to keep it busy, few enough to keep memory flat
_MOST_WAITING_BYTES = 64 * 1024 * 1024  # of the items that wait, whatever their number
# How often Python looks for garbage in circles. A page makes elements by the ten thousand, and hardly a circle: at its
# own thresholds a tenth of the time goes into looking, most of it at what was imported.
_GC_THRESHOLDS = (50_000, 20, 50)
_OUT_OF_MEMORY = 77  # a worker's exit status
_EXTRACTOR = "site_gen.ingest.extract.html.html_draft"  # what every page needs; a second of imports


class SandboxExecutor(Executor):
    """Worker processes for calls on hostile input, each killed when its call takes too long or too much memory.

    The processes start with the first call and end with this process, even when it is killed. A call must not raise,
    but for MemoryError. `result_of` reads the futures: they raise what pebble raises when a worker is killed.
    """

    def __init__(self, workers: int, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        """seconds: that one call may take. memory: bytes that it may take beyond what a worker holds at first."""
        self._seconds = seconds
        self._pool = ProcessPool(workers, initializer=_start_worker, initargs=(memory,), context=_process_context())

    def submit(self, work: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Schedule a call, whose function and arguments can be pickled."""
        call = partial(work, *args, **kwargs)
        future: Future[R] = self._pool.schedule(_call_or_exit, args=(call,), timeout=self._seconds)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """Kill the workers, with whatever they are at; calls that wait are never made."""
        del cancel_futures
        self._pool.stop()
        if wait:
            self._pool.join()


def run_in_order(
    work: Callable[[T], R],
    items: Iterable[T],
    failed: Callable[[T, str], R],
    *,
    finished: Callable[[T], R | None] = lambda _: None,
    size: Callable[[T], int] = lambda _: 0,
    executor: Executor | None = None,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> Iterator[tuple[T, R]]:
    """Yield each item with what `work` makes of it, in the items' order, on all cores.

    Items are read a little ahead of their results: at most 8 for each worker, and 64 MB.

    work: what a worker process does; both it and the items can be pickled. It must not raise, but for MemoryError.
    failed: makes the result of an item whose process was killed, given the reason.
    finished: the result of an item that needs no work, else None.
    size: of an item, in bytes.
    executor: another place to work (a cluster's); it has to keep time and memory itself. None: processes of our own,
        which start when the first item needs them.
    seconds, memory: limits for each item, see `SandboxExecutor`.
    """
    items = iter(items)
    first = list(islice(items, os.cpu_count() or 1))
    workers = max(1, sum(finished(item) is None for item in first))
    waiting: deque[tuple[T, Future[R]]] = deque()
    waiting_bytes = 0

    def next_result() -> tuple[T, R]:
        nonlocal waiting_bytes
        item, future = waiting.popleft()
        waiting_bytes -= size(item)
        return item, result_of(future, partial(failed, item), seconds)

    with contextlib.ExitStack() as stack:
        executor = executor or stack.enter_context(SandboxExecutor(workers, seconds, memory))
        for item in chain(first, items):
            result = finished(item)
            waiting.append((item, executor.submit(work, item) if result is None else _done(result)))
            waiting_bytes += size(item)
            while waiting and (len(waiting) >= workers * _LOOK_AHEAD or waiting_bytes > _MOST_WAITING_BYTES):
                yield next_result()
        while waiting:
            yield next_result()


def result_of(future: Future[R], failed: Callable[[str], R], seconds: float = SECONDS) -> R:
    """Return a call's result, or what `failed` makes of the reason why its process was killed.

    seconds: that the call had.
    """
    try:
        return future.result()
    except TimeoutError:
        return failed(f"took longer than {seconds:g} seconds")
    except ProcessExpired as error:
        if error.exitcode == _OUT_OF_MEMORY:
            return failed("needs more memory than one page may take")
        return failed("the extractor crashed on it, or the memory was not enough")


def _done(result: R) -> Future[R]:
    future: Future[R] = Future()
    future.set_result(result)
    return future


def _call_or_exit(call: Callable[[], R]) -> R:
    """Make a call in a worker, which ends where its memory was not enough: what is left of it is of no use."""
    try:
        return call()
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)


def _process_context() -> multiprocessing.context.BaseContext:
    # Not `fork`: the pool runs threads, and a fork of a process with threads can hang (Python 3.12 warns).
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_EXTRACTOR])  # imported once, not in each worker
    return context


def _start_worker(memory: int) -> None:
    """Make a worker leave Ctrl-C to the parent process, end with it, and take no more than `memory` bytes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    importlib.import_module(_EXTRACTOR)  # counts as held at first
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    with contextlib.suppress(ImportError, OSError, ValueError):  # systems without such limits, or /proc
        import resource  # noqa: PLC0415

        held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (held + memory, hard))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
