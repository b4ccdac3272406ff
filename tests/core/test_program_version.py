"""Which files the program's digest is made of."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

import site_gen
from site_gen.core import program_version

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name in ("a.py", "room/b.py", "room/words.txt", "room/data/weights.json"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path


def files_digest(package: Path) -> str:
    return program_version._files_digest(os.fspath(package))


@pytest.mark.parametrize("name", ["a.py", "room/b.py", "room/words.txt", "room/data/weights.json"])
def test_code_and_data_count(package: Path, name: str) -> None:
    before = files_digest(package)
    (package / name).write_text("changed", encoding="utf-8")
    changed = files_digest(package)
    assert changed != before
    (package / name).unlink()
    assert files_digest(package) not in {before, changed}


@pytest.mark.parametrize("name", ["__pycache__/a.cpython-312.pyc", "room/__pycache__/x", "room/b.pyc",
                                  "pages/theme/base.html", "pages/theme/assets/style.css"])  # fmt: skip
def test_compiled_code_and_the_theme_do_not_count(package: Path, name: str) -> None:
    (package / "pages").mkdir()
    before = files_digest(package)
    (package / name).parent.mkdir(parents=True, exist_ok=True)
    (package / name).write_bytes(b"x")
    assert files_digest(package) == before


def test_all_of_this_package_counts() -> None:
    files = program_version._package_files(os.path.dirname(site_gen.__file__))  # noqa: PTH120
    assert {"__init__.py", "core/program_version.py", "serve/reload.js", "cli/starter/content/site.yaml"} <= {*files}
