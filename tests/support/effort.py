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
