"""The graph that a build keeps: what an edit costs a new process, and what becomes of a store that is damaged."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from site_gen.build import build_session, graph_store
from site_gen.content import site_paths
from tests.support.sites import edit_file, small_site

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = build_session.BuildOptions(jobs=1, search=False, cards=False)
ARTICLE = "content/articles/2025/silo-stays.md"
CRC = "crc(id, key, digest, x'c1', reads, readers, pages, members, hash)"
DAMAGES = {
    "reads of a page": "UPDATE page SET reads = x'00000000'",
    "digests of pages": "UPDATE page SET digest = zeroblob(16)",
    "pages of cells": "UPDATE node SET pages = NULL",
    "readers of cells": "UPDATE node SET readers = x''",
    "values of cells": "UPDATE node SET value = x'c0' WHERE length(value) > 0",
    "values of cells, with their checksums": f"UPDATE node SET value = x'c1', crc = {CRC} WHERE length(value) > 0",
    "members": "UPDATE member SET value = x'c0'",
    "members that are missing": "DELETE FROM member WHERE source % 2",
    "groups of articles": "UPDATE source SET groups = x''",
    "leads of stories": "UPDATE source SET lead = 'content/articles/none.md'",
    "cells that are missing": "DELETE FROM node WHERE id % 3 = 0",
    "other articles of stories": "UPDATE source SET others = '[1'",
    "stories": "UPDATE story SET value = x'00' WHERE key > 5",
    "stories that are missing": "DELETE FROM story WHERE key > 5",
    "digests of inputs": "DELETE FROM input WHERE family = 'entities'",
    "a table": "DROP TABLE node",
    "the plan": "UPDATE plan SET page = '[]'",
}


@pytest.fixture(scope="module")
def built_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a site."""
    workspace = tmp_path_factory.mktemp("built")
    build_session.build(small_site(workspace / "site"), workspace / "out", OPTIONS)
    return workspace


@pytest.fixture
def workspace(built_workspace: Path, tmp_path: Path) -> Path:
    """Copy the site and its output."""
    return shutil.copytree(built_workspace, tmp_path / "workspace")


@pytest.mark.parametrize("statement", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_graph_never_means_a_wrong_page(workspace: Path, statement: str) -> None:
    with contextlib.closing(sqlite3.connect(workspace / "out" / site_paths.MANIFEST)) as connection, connection:
        connection.create_function("crc", -1, graph_store._crc)
        connection.execute(statement)
    edit_file(workspace / "site" / ARTICLE, "title: ", "title: New ")
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert build_session.verify(workspace / "site", workspace / "out", OPTIONS) == []
    edit_file(workspace / "site" / ARTICLE, "title: New ", "title: ")
    build_session.build(workspace / "site", workspace / "out", OPTIONS)
    assert build_session.verify(workspace / "site", workspace / "out", OPTIONS) == []


def test_what_was_built_before_the_program_was_stopped_is_kept(workspace: Path) -> None:
    """One after another, each in a process that knows nothing but what was kept."""
    site, out = workspace / "site", workspace / "out"
    for _ in range(3):
        edit_file(site / ARTICLE, "title: ", "title: New ")
        report = build_session.build(site, out, OPTIONS)
        assert 0 < report.drawn < report.pages
    assert build_session.verify(site, out, OPTIONS) == []
