"""Work in chunks on all cores, with the same results whether other processes are used or not."""

from __future__ import annotations

import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Shared = TypeVar("Shared")
Chunk = TypeVar("Chunk")
Result = TypeVar("Result")

# Garbage collection of objects young, older and old is rare: builds make millions of objects and hardly a circle.
_GC_THRESHOLDS = (100_000, 20, 100)
_shared: list[Any] = []  # in a worker process: what all its chunks need


def core_count() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def process_pool(jobs: int, start: Callable[..., None], args: tuple[Any, ...]) -> Executor:
    """Return an executor of so many local processes, each of which begins with `start(*args)`.

    On Linux they are forks, which see all that this process has without being sent it; elsewhere, and when this
    process has other threads (a fork would copy their locks), the arguments are sent to each once.
    """
    forks = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if forks else "spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=start, initargs=args)


def background_process() -> Executor:
    """Return an executor of one process for work that can wait: it gives way to all others."""
    return process_pool(1, _start_in_background, ())


def _start_in_background() -> None:
    if hasattr(os, "nice"):
        os.nice(10)
    _start_worker(None)


def run_chunks(
    work: Callable[[Shared, Chunk], Result],
    shared: Shared,
    chunks: Sequence[Chunk],
    jobs: int,
    make: Callable[[int, Callable[..., None], tuple[Any, ...]], Executor] = process_pool,
) -> Iterator[Result]:
    """Yield `work(shared, chunk)` for each chunk, in their order.

    One job or one chunk needs no other process. Whatever `work` raises is raised here; chunks that have not begun are
    given up then. jobs: how many processes at most. make: what makes them.
    """
    if jobs < 2 or len(chunks) < 2:
        for chunk in chunks:
            yield work(shared, chunk)
        return
    gc.freeze()  # a fork that looks for garbage would copy all the memory that it looks at
    with make(min(jobs, len(chunks)), _start_worker, (shared,)) as executor:
        futures = [executor.submit(_call, work, chunk) for chunk in chunks]
        try:
            for index, future in enumerate(futures):
                yield future.result()
                futures[index] = None  # type: ignore[call-overload]  # its result may be large
        except BaseException:
            executor.shutdown(wait=True, cancel_futures=True)
            raise


def _start_worker(shared: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process, which then stops its workers
    gc.set_threshold(*_GC_THRESHOLDS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _shared[:] = [shared]


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, however: it holds its locks."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def relax_garbage_collection() -> None:
    """Look for circles of garbage less often: builds make millions of objects and hardly a circle."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)


def _call(work: Callable[[Any, Chunk], Result], chunk: Chunk) -> Result:
    return work(_shared[0], chunk)


def chunked(items: Iterable[Result], size: int) -> list[list[Result]]:
    """Return the items in lists of at most `size`."""
    remaining = iter(items)
    return list(iter(lambda: list(islice(remaining, size)), []))
