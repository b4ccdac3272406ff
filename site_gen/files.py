"""Writing files so that each is whole or not there, and none that a person wrote is lost."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from site_gen.errors import Problem, SiteError

_MOST_OF_A_NAME = 500


def replace_file(path: Path, data: bytes) -> None:
    """Write a file under another name in the same folder, then rename it over the old one.

    A reader, or a kill at any moment, finds the old file or the new one. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".site-gen-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_new(site: Path, stem: str, suffix: str, data: bytes) -> str:
    """Write a file that was not there, numbering its name where it is taken (`stem-2.md`).

    Gives the name relative to the site. A file with these very bytes is not written twice.
    Raises SiteError when the disk says no.
    """
    for nth in range(1, _MOST_OF_A_NAME):
        name = f"{stem}{'' if nth == 1 else f'-{nth}'}{suffix}"
        path = site / name
        try:
            if path.is_file() and path.read_bytes() == data:
                return name
            if path.exists() or path.is_symlink():
                continue
            replace_file(path, data)
        except OSError as error:
            raise SiteError(Problem(name, 0, f"cannot be written ({error.strerror})", "make room, or check permissions")) from None
        return name
    raise SiteError(Problem(stem + suffix, 0, f"{_MOST_OF_A_NAME} files go by this name already", "rename some"))
