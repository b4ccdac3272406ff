"""The folder in which the program keeps what can be made again, `.site-gen/`, beside a site's content."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_state_folder(folder: Path) -> None:
    """Make `.site-gen/` where it is not, in which git sees nothing. Raises OSError."""
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="utf-8")
