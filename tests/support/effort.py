"""The cost of work in processor time, to be compared with a peer in the same run: no machine is too slow for a test."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def cpu_seconds(work: Callable[[], object], rounds: int) -> float:
    """Return the processor time that this process needs for so many rounds of the work."""
    start = time.process_time()
    for _ in range(rounds):
        work()
    return time.process_time() - start


@contextlib.contextmanager
def costs_at_most(seconds: float) -> Iterator[None]:
    """Fail where the block needs more processor time than so many seconds: those that a peer needed in this run."""
    start = time.process_time()
    yield
    assert time.process_time() - start <= seconds


def grows_with_size(work: Callable[[int], object], *, short: int = 20_000, long: int = 80_000) -> bool:
    """Tell whether work on four times as many characters takes at most six times as long; the best of three counts.

    Work that is n log n takes 4.6 times as long, work that grows with the square 16 times.
    """
    on_short = on_long = float("inf")
    for _ in range(3):
        on_short = min(on_short, cpu_seconds(lambda: work(short), 1))
        if on_short > 3:  # the longer text would take a minute, or an hour
            return False
        on_long = min(on_long, cpu_seconds(lambda: work(long), 1))
        if on_long <= 6 * on_short:
            return True
    return False
