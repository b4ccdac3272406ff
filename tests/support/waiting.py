"""How tests wait: for what they ask about, and for no time that a machine may need."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 100.0  # until a test gives up waiting; a quiet machine needs less than one


def until(condition: Callable[[], object], what: str = "") -> None:
    """Wait until a condition holds; fail with `what` where it never does."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"not so in {SECONDS:g} s: {what or condition}"
        time.sleep(0.02)
