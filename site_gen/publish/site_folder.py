"""A folder that the site alone is put into, for whoever shows what is uploaded: Netlify, Cloudflare, GitLab, rsync."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.core.errors import SiteError, UsageError, explain_write_error
from site_gen.publish.git_branch import BranchTip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class SiteFolder(Struct, frozen=True):
    """An empty folder, or one that does not exist yet; published to as to a `Branch`."""

    path: Path  # where it is, or will be

    def __str__(self) -> str:
        return f"the folder {self.path}"

    @property
    def url(self) -> str:
        """Where it is, for messages."""
        return str(self.path)

    def fetch_tip(self) -> BranchTip:
        """Return what is there, which is nothing. Raises UsageError where there is something."""
        if self.path.is_file() or (self.path.is_dir() and any(self.path.iterdir())):
            raise UsageError(f"{self.path} is not empty; remove it first, or name another folder")
        return BranchTip(None, {})

    def blob_ids(self, files: Sequence[Path]) -> list[str]:
        """Return a text for each file that tells its bytes from those in the folder, which has none."""
        return ["new"] * len(files)

    def publish(self, out: Path, files: Mapping[str, str], tip: BranchTip, message: str, index: Path) -> str:
        """Copy the files of a folder, and return an empty text. Raises SiteError where they cannot be written."""
        del tip, message, index
        for name in files:
            target = self.path / name
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(out / name, target)
            except OSError as error:
                raise SiteError(explain_write_error(target, error)) from None
        return ""
