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
from tests.support.sites import REPO, SMALL_SITE, read_files

if TYPE_CHECKING:
    from tests.conftest import BuildOnce

GOLDEN = Path(__file__).parent.parent / "golden"
UPDATE = os.environ.get("SITE_GEN_UPDATE_GOLDEN") == "1"
SAVED_ON = dt.date(2026, 11, 22)  # the day the demo's pages were added


def test_the_small_site_is_as_it_was(build_once: BuildOnce) -> None:
    found = read_files(build_once(SMALL_SITE, "https://notes.example/quay/"))
    found = {name: data for name, data in found.items() if not is_deferred(name)}
    if UPDATE:
        shutil.rmtree(GOLDEN, ignore_errors=True)
        for name, data in found.items():
            (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
            (GOLDEN / name).write_bytes(data)
    wanted = read_files(GOLDEN)
    assert sorted(found) == sorted(wanted)
    for name, data in wanted.items():
        assert found[name].decode() == data.decode(), name


def shape(tree: dict[str, bytes]) -> dict[str, str]:
    return {name: data.decode() for name, data in tree.items()}


def test_the_demo_is_what_add_makes_of_its_saved_pages(tmp_path: Path) -> None:
    site = tmp_path / "demo"
    shutil.copytree(
        REPO / "content",
        site / "content",
        ignore=lambda folder, _: ["articles"] if Path(folder) == REPO / "content" else [],
    )
    paths = extract_pool.list_files([str(site / "content/saved")])
    outcomes = list(add_pages.add(site, paths, SAVED_ON))
    assert [o for o in outcomes if o.status != "added"] == []
    made, there = shape(read_files(site / "content/articles")), shape(read_files(REPO / "content/articles"))
    assert sorted(made) == sorted(there)
    for name, text in there.items():
        assert made[name] == text, name


def test_the_demo_is_large_enough() -> None:
    content = REPO / "content"
    assert len(list((content / "articles").rglob("*.md"))) >= 24
    assert len(list((content / "companies").glob("*.md"))) >= 10
    assert len(list((content / "topics").glob("*.md"))) >= 8
