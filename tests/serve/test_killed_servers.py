"""A watch server killed at any moment while files are edited: the next build makes what a clean one makes.

A tenth as many servers are killed as the profile has examples.
"""

from __future__ import annotations

import os
import random
import signal
import time
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session
from tests.support.profiles import examples
from tests.support.serving import serve_process
from tests.support.sites import append_to_file, clean_build, differing_files, edit_file, read_files, small_site

if TYPE_CHECKING:
    from pathlib import Path

KILLS = examples(10)
ARTICLE, SETTINGS = "content/articles/2025/silo-stays.md", "content/site.yaml"


def swap(path: Path, one: str, other: str) -> None:
    """Replace one text of a file by another that begins with it, or that one by the first."""
    edit_file(path, *((other, one) if other in path.read_text(encoding="utf-8") else (one, other)))


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_a_server_killed_among_edits_leaves_what_the_next_build_mends(tmp_path: Path) -> None:
    site = small_site(tmp_path / "site")
    dice = random.Random(18)
    for number in range(KILLS):
        with serve_process(site, "--port", "0") as server:
            assert server.port
            for _ in range(dice.randrange(1, 4)):
                swap(site / ARTICLE, "title: ", "title: New ")
                append_to_file(site / ARTICLE, f"\nNumber {number} was killed.\n")
                if dice.random() < 0.3:
                    swap(site / SETTINGS, "title: ", "title: New ")
                time.sleep(dice.uniform(0, 0.2))
            server.end(signal.SIGKILL)
        if number % 3 != 2:  # else the next server begins on what this one left
            build_session.build(site, site / "output")
            assert differing_files(read_files(site / "output"), clean_build(site)) == [], f"after kill {number}"
    build_session.build(site, site / "output")
    assert differing_files(read_files(site / "output"), clean_build(site)) == []
