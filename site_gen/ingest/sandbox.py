"""Work on hostile input, in processes that are killed when it takes too long or too much."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from concurrent.futures import Future, TimeoutError  # noqa: A004  what pebble's futures raise
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pebble import ProcessExpired, ProcessPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
R = TypeVar("R")

SECONDS = 30  # for one page; a real page takes a tenth of a second, the largest seen takes two
# What one page may take beyond what a worker holds at first, in bytes; 25 MB of text took 0.7 GB.
MEMORY = 1536 * 1024 * 1024
AHEAD = 8  # items that wait for each worker: enough to keep it busy, few enough to keep memory flat
TOO_MUCH = "needs more memory than one page may take"
# How often Python looks for garbage in circles. A page makes elements by the ten thousand, and hardly a circle: at its
# own thresholds a tenth of the time goes into looking, most of it at what was imported.
_RARELY = (50_000, 20, 50)
_OUT_OF_MEMORY = 77  # what a worker ends with


def each(
    work: Callable[[T], R],
    items: Iterable[T],
    failed: Callable[[T, str], R],
    seconds: float = SECONDS,
    memory: int = MEMORY,
    workers: int | None = None,
) -> Iterator[tuple[T, R]]:
    """Each item with what `work` makes of it, in their order. `failed` makes the result of an item whose process
    was killed, and is given the reason. `work` must not raise, but for MemoryError."""
    workers = workers or os.cpu_count() or 1
    pool = worker_pool(workers, memory)
    waiting: deque[tuple[T, Future[R]]] = deque()
    try:
        for item in items:
            waiting.append((item, pool.schedule(alone, args=(work, item), timeout=seconds)))
            if len(waiting) >= workers * AHEAD:
                yield waiting[0][0], result_of(*waiting.popleft(), failed, seconds)
        while waiting:
            yield waiting[0][0], result_of(*waiting.popleft(), failed, seconds)
        pool.close()
    finally:
        pool.stop()
        pool.join()


def worker_pool(workers: int, memory: int = MEMORY) -> ProcessPool:
    """Processes for work on hostile input. They end with this one."""
    return ProcessPool(max_workers=workers, initializer=_start_worker, initargs=(memory,), context=_context())


def alone(work: Callable[[T], R], item: T) -> R:
    """`work(item)`, in a process that ends where its memory was not enough: what is left of it is of no use."""
    try:
        return work(item)
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)


def result_of(item: T, future: Future[R], failed: Callable[[T, str], R], seconds: float) -> R:
    """What a worker process made of an item, or what `failed` makes of one that it did not get through."""
    try:
        return future.result()
    except TimeoutError:
        return failed(item, f"took longer than {seconds:g} seconds")
    except ProcessExpired as error:
        crashed = "the extractor crashed on it, or the memory was not enough"
        return failed(item, TOO_MUCH if error.exitcode == _OUT_OF_MEMORY else crashed)


def _context() -> multiprocessing.context.BaseContext:
    # Not `fork`: the pool runs threads, and a fork of a process with threads can hang (Python 3.12 warns).
    ways = multiprocessing.get_all_start_methods()
    if "forkserver" not in ways:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["site_gen.ingest.extract.html.html_draft"]
    )  # a second of imports once, not in each worker
    return context


def _start_worker(memory: int) -> None:
    """Leave Ctrl-C to the parent process, and end with it even when it is killed; take no more than `memory`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import site_gen.ingest.extract.html.html_draft  # noqa: F401, PLC0415  what every page needs counts as held at first

    gc.freeze()
    gc.set_threshold(*_RARELY)
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
