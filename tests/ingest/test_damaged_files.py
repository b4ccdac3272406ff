"""Damaged files of every format: each is told, none crashes or hangs.

Ten times as many as the profile has examples.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from site_gen.ingest import extract_pool
from tests.support.archives import every_format
from tests.support.file_damage import mutations
from tests.support.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2026, 11, 22)
COUNT = 10 * examples()
OURS = ("failed on it", "crashed", "took longer", "needs more")  # what only a mistake of ours or a bomb brings


@pytest.mark.timeout(1800)
def test_damaged_files_are_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    paths = []
    for name, data in mutations(every_format(), COUNT, seed=20261122):
        (tmp_path / name).write_bytes(data)
        paths.append(str(tmp_path / name))
    with ThreadPoolExecutor(1) as executor:  # in this process: a crash would be seen
        found = list(extract_pool.extract_all(paths, TODAY, executor))
    assert set(paths) == {each.input for each in found}
    wrong = [(each.name, each.reason) for each in found if each.reason and any(word in each.reason for word in OURS)]
    assert wrong == []
    statuses = Counter("summary" if each.summary else "read" if each.draft else "refused" for each in found)
    assert statuses["read"] > COUNT / 4
    assert statuses["refused"] > COUNT / 20
    assert all(each.reason for each in found if each.draft is None)
    assert capfd.readouterr().err == ""
