"""Inputs in: what paths name, and what each file holds, on all cores and each within its time."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import stat
import threading
from collections import deque
from concurrent.futures import Executor, TimeoutError  # noqa: A004  what pebble's futures raise
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pebble import ProcessExpired, ProcessPool

from site_gen import saved
from site_gen.errors import RefusedError, UsageError
from site_gen.extract import extract
from site_gen.text import one_line

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pebble import ProcessFuture

    from site_gen.model import Draft

T = TypeVar("T")
R = TypeVar("R")
SECONDS = 30  # for one input; a real page takes a tenth of a second, the largest seen takes two
_AHEAD = 8  # inputs that wait for each worker: enough to keep it busy, few enough to keep memory flat


@dataclass(frozen=True, slots=True)
class Extracted:
    """What one input holds: a draft and the hash of its bytes, or the reason why there is none."""

    input: str
    draft: Draft | None
    sha256: str
    reason: str | None = None


def inputs(paths: Iterable[str]) -> list[str]:
    """The files that paths name, folders taken apart, in a stable order, none twice.

    Left out in folders: hidden files, and what a browser keeps beside a page (`Page_files/`).
    Raises UsageError for a path that does not exist.
    """
    found: list[str] = []
    for path in paths:
        try:
            there = Path(path).exists()
        except OSError:  # a name that is too long, a folder that may not be read
            there = False
        if not there:
            raise UsageError(f"{path} does not exist, or may not be read")
        if Path(path).is_dir():
            found.extend(_walk(path))
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _walk(folder: str) -> Iterator[str]:
    for base, folders, files in os.walk(folder):
        pages = {Path(f).stem for f in files if f.lower().endswith((".html", ".htm"))}
        companions = {
            f"{page}{tail}" for page in pages for tail in ("_files", ".files", "-Dateien", "_fichiers", "_archivos")
        }
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in companions)
        for name in sorted(files):
            if not name.startswith("."):
                yield str(Path(base) / name)


def read_and_extract(path: str, today: dt.date) -> Extracted:
    """One input's draft. Never raises for what the file holds: the reason is in the result.

    Stands alone, so that any `concurrent.futures.Executor` can run it.
    """
    try:
        if not stat.S_ISREG(Path(path).lstat().st_mode):
            return Extracted(path, None, "", "not a plain file")
        if Path(path).stat().st_size > saved.MAX_BYTES:
            return Extracted(path, None, "", f"larger than {saved.MAX_BYTES >> 20} MB")
        data = Path(path).read_bytes()
    except OSError as error:
        return Extracted(path, None, "", f"cannot be read ({error.strerror})")
    digest = hashlib.sha256(data).hexdigest()
    try:
        return Extracted(path, extract(saved.read(Path(path).name, data), today), digest)
    except RefusedError as error:
        return Extracted(path, None, digest, str(error))
    except Exception as error:  # a mistake of ours that one page meets must not stop the others
        return Extracted(
            path, None, digest, one_line(f"the extractor failed on it ({type(error).__name__}: {error})")[:300]
        )


def extract_all(
    paths: Sequence[str], today: dt.date, executor: Executor | None = None, seconds: float = SECONDS
) -> Iterator[Extracted]:
    """The drafts of many inputs, in their order.

    Each is worked on in a process that is killed when it takes longer than `seconds`: hostile HTML can
    keep a parser busy for minutes (100,000 equal paragraphs took 212 s). One that is killed, or that
    kills its process, is told as any other failure; the rest goes on.
    executor: another place to work (a cluster's); it has to keep time itself.
    """
    if executor is not None:
        yield from executor.map(read_and_extract, paths, [today] * len(paths))
        return
    yield from each(partial(read_and_extract, today=today), paths, _failed, seconds)


def each(
    work: Callable[[T], R], items: Sequence[T], failed: Callable[[T, str], R], seconds: float = SECONDS
) -> Iterator[R]:
    """What `work` makes of each item, in their order, worked on in processes that are killed when they take
    too long. `failed` makes the result of such an item, and is given the reason. `work` must not raise."""
    workers = min(os.cpu_count() or 1, len(items))
    if not workers:
        return
    pool = worker_pool(workers)
    waiting: deque[tuple[T, ProcessFuture[R]]] = deque()
    try:
        for item in items:
            waiting.append((item, pool.schedule(work, args=(item,), timeout=seconds)))
            if len(waiting) >= workers * _AHEAD:
                yield result_of(*waiting.popleft(), failed, seconds)
        while waiting:
            yield result_of(*waiting.popleft(), failed, seconds)
        pool.close()
    finally:
        pool.stop()
        pool.join()


def worker_pool(workers: int) -> ProcessPool:
    """Processes for work on hostile input. They end with this one."""
    return ProcessPool(max_workers=workers, initializer=_start_worker, context=_context())


def _context() -> multiprocessing.context.BaseContext:
    # Not `fork`: the pool runs threads, and a fork of a process with threads can hang (Python 3.12 warns).
    ways = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context("forkserver" if "forkserver" in ways else "spawn")


def result_of(item: T, future: ProcessFuture[R], failed: Callable[[T, str], R], seconds: float) -> R:
    """What a worker process made of an item, or what `failed` makes of one that it did not get through."""
    try:
        return future.result()
    except TimeoutError:
        return failed(item, f"took longer than {seconds:g} seconds")
    except ProcessExpired:
        return failed(item, "the extractor crashed on it, or the memory was not enough")


def _failed(path: str, reason: str) -> Extracted:
    return Extracted(path, None, "", reason)


def _start_worker() -> None:
    """Leave Ctrl-C to the parent process, and end with it even when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
