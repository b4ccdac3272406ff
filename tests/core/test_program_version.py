"""The program's version holds a digest of its code and data files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import site_gen
from site_gen.core import program_version
from tests.support.sites import write_files

if TYPE_CHECKING:
    from pathlib import Path


FILES = ["a.py", "room/b.py", "room/words.txt", "room/data/weights.json"]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_files(tmp_path, {name: name for name in FILES})


def files_digest(package: Path) -> str:
    return program_version._files_digest(os.fspath(package))


@pytest.mark.parametrize("name", FILES)
def test_a_change_of_code_or_data_changes_the_digest(package: Path, name: str) -> None:
    before = files_digest(package)
    (package / name).write_text("changed", encoding="utf-8")
    changed = files_digest(package)
    assert changed != before
    (package / name).unlink()
    assert files_digest(package) not in {before, changed}


@pytest.mark.parametrize("name", ["__pycache__/a.cpython-312.pyc", "room/__pycache__/x", "room/b.pyc",
                                  "pages/theme/base.html", "pages/theme/assets/style.css"])  # fmt: skip
def test_compiled_code_and_the_theme_are_not_part_of_the_digest(package: Path, name: str) -> None:
    (package / "pages").mkdir()
    before = files_digest(package)
    write_files(package, {name: "x"})
    assert files_digest(package) == before


def test_every_kind_of_file_of_this_package_is_part_of_the_digest() -> None:
    files = program_version._package_files(os.path.dirname(site_gen.__file__))  # noqa: PTH120
    assert {"__init__.py", "core/program_version.py", "serve/reload.js", "cli/starter/content/site.yaml"} <= {*files}
