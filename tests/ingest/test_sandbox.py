"""Work on hostile input: the order of results, how far items are read ahead, and when processes start."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from site_gen.ingest import sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


def refuse(item: int, reason: str) -> str:
    return f"{item}: {reason}"


def items_read_ahead(monkeypatch: pytest.MonkeyPatch, size: int, cores: int = 2) -> int:
    """Return how many items are read before the first result is asked for a second time."""
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    read: list[int] = []

    def items() -> Iterator[int]:
        for item in range(100):
            read.append(item)
            yield item

    with ThreadPoolExecutor(1) as executor:
        results = sandbox.run_in_order(str, items(), refuse, size=lambda _: size, executor=executor)
        assert next(results) == (0, "0")
        ahead = len(read)
        assert list(results) == [(item, str(item)) for item in range(1, 100)]
    return ahead


def test_reading_ahead_is_limited_by_number_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert items_read_ahead(monkeypatch, size=0) == 16
    assert items_read_ahead(monkeypatch, size=0, cores=1) == 8
    assert items_read_ahead(monkeypatch, size=20 * 1024 * 1024) == 4
    assert items_read_ahead(monkeypatch, size=100 * 1024 * 1024, cores=1) == 1


def test_no_process_starts_where_all_items_are_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("site_gen.ingest.sandbox.ProcessPool.schedule", None)
    results = list(sandbox.run_in_order(str, range(50), refuse, finished=lambda item: f"has {item}"))
    assert results == [(item, f"has {item}") for item in range(50)]
    assert list(sandbox.run_in_order(str, [], refuse)) == []
