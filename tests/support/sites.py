"""The sites that tests work on: written from texts by file name, or copied from the small site and the demo."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REPO = Path(__file__).parent.parent.parent  # this repository; its content/ is the demo
SMALL_SITE = REPO / "tests/data/site"
_SITE_FOLDERS = ("content", "templates")


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, by name with slashes; return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def edit_file(path: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a file, which must hold it."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def append_to_file(path: Path, text: str) -> None:
    """Add a text at the end of a file."""
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def copy_site(source: Path, target: Path) -> Path:
    """Copy what a site is made of, without what was built of it; return the copy."""
    for part in _SITE_FOLDERS:
        if (source / part).is_dir() and not (source == REPO and part == "templates"):
            shutil.copytree(source / part, target / part)
    return target


def small_site(target: Path) -> Path:
    """Copy the small site, of which `tests/golden` holds the output."""
    return copy_site(SMALL_SITE, target)


def demo_site(target: Path) -> Path:
    """Copy the demo."""
    return copy_site(REPO, target)
