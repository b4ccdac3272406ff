"""Writing files so that each is whole or not there, and none that a person wrote is lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.core.errors import Problem, SiteError

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_OF_A_NAME = 500
_UNFINISHED = ".site-gen-"  # what the names of half-written files begin with
_CHUNK = 1024 * 1024
_STALE = 3600  # seconds


def replace_file(path: Path, data: bytes) -> None:
    """Write a file under another name, then rename it over the old one.

    A reader, or a kill at any moment, finds the old file or the new one. Raises OSError.
    """
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    path.parent.mkdir(parents=True, exist_ok=True)
    with _unfinished(path.parent, data, mode) as temporary:
        temporary.replace(path)


def create_file(path: Path, data: bytes | Path) -> None:
    """Write a file where none may be: FileExistsError if there is one, even if it came this moment.
    Its folder must exist. `data`: the bytes, or the file to copy, which may be larger than the memory."""
    with _unfinished(path.parent, data, 0o644) as temporary:
        try:
            os.link(temporary, path)  # unlike a rename, never over another file
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links: FAT, some network shares
            if path.exists() or path.is_symlink():
                raise FileExistsError(path) from None
            temporary.replace(path)


@contextlib.contextmanager
def _unfinished(folder: Path, data: bytes | Path, mode: int) -> Iterator[Path]:
    """A hidden file with these bytes in the folder, gone afterwards unless it got a name."""
    handle, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(data, Path):
                with data.open("rb") as source:
                    shutil.copyfileobj(source, file)
            else:
                file.write(data)
        temporary.chmod(mode)
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove half-written files that processes left when they were killed. Young ones stay: another
    process may be writing them."""
    for path in folder.rglob(f"{_UNFINISHED}*"):
        with contextlib.suppress(OSError):
            if path.is_file() and path.lstat().st_mtime < time.time() - _STALE:
                path.unlink()


def write_new(site: Path, stem: str, suffix: str, data: bytes | Path) -> str:
    """Write a file that was not there (or copy one), numbering its name where it is taken (`stem-2.md`).

    Gives the name relative to the site. A file with these very bytes is not written twice.
    Raises SiteError when the disk says no.
    """
    try:
        (site / stem).parent.mkdir(parents=True, exist_ok=True)
        for nth in range(1, _MOST_OF_A_NAME):
            name = f"{stem}{'' if nth == 1 else f'-{nth}'}{suffix}"
            if _write_or_find(site / name, data):
                return name
    except OSError as error:
        raise SiteError(
            Problem(stem + suffix, 0, f"cannot be written ({error.strerror})", "make room, or check permissions")
        ) from None
    raise SiteError(Problem(stem + suffix, 0, f"{_MOST_OF_A_NAME} files go by this name already", "rename some"))


def _write_or_find(path: Path, data: bytes | Path) -> bool:
    """Whether the file with these bytes is there now; False when another one has its name."""
    try:
        create_file(path, data)
    except FileExistsError:
        return path.is_file() and (same_bytes(path, data) if isinstance(data, Path) else path.read_bytes() == data)
    return True


def same_bytes(one: Path, other: Path) -> bool:
    """Whether two files hold the same, however large they are. Raises OSError."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as left, other.open("rb") as right:
        while data := left.read(_CHUNK):
            if data != right.read(_CHUNK):
                return False
    return True
