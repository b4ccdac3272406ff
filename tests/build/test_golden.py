"""The small site of `data/site`, byte for byte; and the demo, which must be what `add` makes of its pages.

After a change of templates that is meant, write the golden files again and read the diff:

    SITE_GEN_UPDATE_GOLDEN=1 pytest tests/build/test_golden.py
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.build.deferred_files import is_deferred
from site_gen.ingest import add_pages, extract_pool
from tests.support.sites import REPO, SMALL_SITE, demo_site, read_files, write_files

if TYPE_CHECKING:
    from tests.conftest import BuildOnce

GOLDEN = Path(__file__).parent.parent / "golden"
UPDATE = os.environ.get("SITE_GEN_UPDATE_GOLDEN") == "1"
SAVED_ON = dt.date(2026, 11, 22)  # the day the demo's pages were added


def test_the_output_of_the_small_site_is_the_golden_one(build_once: BuildOnce) -> None:
    output = read_files(build_once(SMALL_SITE, "https://notes.example/quay/"))
    output = {name: data for name, data in output.items() if not is_deferred(name)}
    if UPDATE:
        shutil.rmtree(GOLDEN, ignore_errors=True)
        write_files(GOLDEN, output)
    require_same_texts(output, read_files(GOLDEN))


def require_same_texts(files: dict[str, bytes], expected: dict[str, bytes]) -> None:
    """Assert that two folders hold the same; where a text differs, pytest shows how."""
    assert sorted(files) == sorted(expected)
    for name, data in expected.items():
        assert files[name].decode() == data.decode(), name


def test_the_demo_is_what_add_makes_of_its_saved_pages(tmp_path: Path) -> None:
    site = demo_site(tmp_path)
    shutil.rmtree(site / "content/articles")
    paths = extract_pool.list_files([str(site / "content/saved")])
    outcomes = list(add_pages.add(site, paths, SAVED_ON))
    assert [outcome for outcome in outcomes if outcome.status != "added"] == []
    require_same_texts(read_files(site / "content/articles"), read_files(REPO / "content/articles"))


def test_the_demo_is_large_enough() -> None:
    content = REPO / "content"
    assert len(list((content / "articles").rglob("*.md"))) >= 24
    assert len(list((content / "companies").glob("*.md"))) >= 10
    assert len(list((content / "topics").glob("*.md"))) >= 8
