"""Work in chunks, on all cores: `run` gives the same results whether it uses processes or not."""

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


_RARELY = (100_000, 20, 100)  # when the collector looks at objects young, older and old
_shared: list[Any] = []  # in a worker process: what all its chunks need


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(jobs: int, start: Callable[..., None], args: tuple[Any, ...]) -> Executor:
    """Local processes. On Linux they are forks, which see all that this process has without being sent
    it; elsewhere, and when this process has other threads (a fork would copy their locks), it is sent to
    each once."""
    forks = sys.platform == "linux" and threading.active_count() == 1
    context = multiprocessing.get_context("fork" if forks else "spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=start, initargs=args)


def aside() -> Executor:
    """One process for work that can wait: it gives way to all others."""
    return processes(1, _start_aside, ())


def _start_aside() -> None:
    if hasattr(os, "nice"):
        os.nice(10)
    _start(None)


def run(
    work: Callable[[Shared, Chunk], Result],
    shared: Shared,
    chunks: Sequence[Chunk],
    jobs: int,
    make: Callable[[int, Callable[..., None], tuple[Any, ...]], Executor] = processes,
) -> Iterator[Result]:
    """`work(shared, chunk)` for each chunk, in their order. One job or one chunk needs no other process.

    Whatever `work` raises is raised here; chunks that have not begun are given up then.
    """
    if jobs < 2 or len(chunks) < 2:
        for chunk in chunks:
            yield work(shared, chunk)
        return
    gc.freeze()  # a fork that looks for garbage would copy all the memory that it looks at
    with make(min(jobs, len(chunks)), _start, (shared,)) as executor:
        futures = [executor.submit(_work, work, chunk) for chunk in chunks]
        try:
            for index, future in enumerate(futures):
                yield future.result()
                futures[index] = None  # type: ignore[call-overload]  # its result may be large
        except BaseException:
            executor.shutdown(wait=True, cancel_futures=True)
            raise


def _start(shared: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process, which then stops its workers
    gc.set_threshold(*_RARELY)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _shared[:] = [shared]


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, however: it holds its locks."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)


def relax_collector() -> None:
    """Look for garbage in circles less often: builds make millions of objects and hardly a circle."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_RARELY)


def _work(work: Callable[[Any, Chunk], Result], chunk: Chunk) -> Result:
    return work(_shared[0], chunk)


def chunked(items: Iterable[Result], size: int) -> list[list[Result]]:
    """Items in lists of at most so many."""
    remaining = iter(items)
    return list(iter(lambda: list(islice(remaining, size)), []))
