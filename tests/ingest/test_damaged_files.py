"""Damaged files of every format are read or refused; none crashes or hangs.

Ten times as many as the profile has examples.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from site_gen.ingest import extract_pool
from tests.support.archives import every_format
from tests.support.extraction import TODAY
from tests.support.file_damage import mutations
from tests.support.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 10 * examples()
# Words of reasons that only an error in the program, or a bomb, brings about.
UNEXPECTED = ("failed on it", "crashed", "took longer", "needs more")


@pytest.mark.timeout(1800)
def test_damaged_files_are_read_or_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    paths = []
    for name, data in mutations(every_format(), COUNT, seed=20261122):
        (tmp_path / name).write_bytes(data)
        paths.append(str(tmp_path / name))
    with ThreadPoolExecutor(1) as executor:  # in this process: a crash would be seen
        extractions = list(extract_pool.extract_all(paths, TODAY, executor))
    assert set(paths) == {each.input for each in extractions}
    failures = [(each.name, each.reason) for each in extractions if each.reason]
    assert [failure for failure in failures if any(word in failure[1] for word in UNEXPECTED)] == []
    statuses = Counter("summary" if each.summary else "read" if each.draft else "refused" for each in extractions)
    assert statuses["read"] > COUNT / 4
    assert statuses["refused"] > COUNT / 20
    assert all(each.reason for each in extractions if each.draft is None)
    assert capfd.readouterr().err == ""
