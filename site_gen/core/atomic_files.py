"""Write files so that each is whole or not there, and none that a person wrote is lost.

What a person or a ledger owns is on the disk (`fsync`) before it takes its place: of a machine that loses its power,
too, one finds the old file or the new one. What can be made again is not waited for: the files of `.site-gen/`, and
those of `output/`, which a build writes by itself (`build/output_dir.py`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.core.errors import Problem, SiteError, explain_write_error

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MAX_NUMBER = 500  # of a file that is numbered because its name is taken
_UNFINISHED_PREFIX = ".site-gen-"  # of the names of half-written files
_CHUNK_BYTES = 1024 * 1024
_STALE_SECONDS = 3600  # after which nobody uses a file any more, where the system cannot say who does
_TEMPORARY_PREFIX = "site-gen-temporary-"  # of the names of folders for a while


def replace_file(path: Path, data: bytes, *, is_disposable: bool = False) -> None:
    """Write a file under another name, then rename it over the old one.

    A reader, or a kill at any moment, finds the old file or the new one. is_disposable: it can be made again, see
    above. Raises OSError.
    """
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    path.parent.mkdir(parents=True, exist_ok=True)
    with _unfinished_file(path.parent, data, mode, is_disposable=is_disposable) as temporary:
        temporary.replace(path)


def create_file(path: Path, data: bytes | Path) -> None:
    """Write a file where none may be.

    Its folder must exist. data: the bytes, or the file to copy, which may be larger than the memory. Raises
    FileExistsError if there is a file, even if it came this moment.
    """
    with _unfinished_file(path.parent, data, 0o644) as temporary:
        try:
            os.link(temporary, path)  # unlike a rename, never over another file
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links: FAT, some network shares
            if path.exists() or path.is_symlink():
                raise FileExistsError(path) from None
            temporary.replace(path)


@contextlib.contextmanager
def _unfinished_file(folder: Path, data: bytes | Path, mode: int, *, is_disposable: bool = False) -> Iterator[Path]:
    """Yield a hidden file with these bytes in the folder; it is gone afterwards unless it was renamed."""
    handle, name = tempfile.mkstemp(prefix=_UNFINISHED_PREFIX, dir=folder)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _hold(file.fileno())
            if isinstance(data, Path):
                with data.open("rb") as source:
                    shutil.copyfileobj(source, file)
            else:
                file.write(data)
            file.flush()
            if not is_disposable:
                os.fsync(file.fileno())
            temporary.chmod(mode)
            if sys.platform == "win32":  # it renames no open file
                file.close()
            yield temporary
    finally:
        # Where the disk refuses, the file that was asked for may be there all the same; what stays is removed later.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def remove_unfinished_files(*folders: Path) -> None:
    """Remove the half-written files in these folders that processes left when they were killed, and in those below."""
    for folder in folders:
        for path in folder.rglob(f"{_UNFINISHED_PREFIX}*"):
            with contextlib.suppress(OSError):
                if not path.is_file():
                    continue
                is_held = _is_held(path)
                is_stale = path.lstat().st_mtime < time.time() - _STALE_SECONDS
                if is_held is False or (is_held is None and is_stale):
                    path.unlink()


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a new folder for as long as the block lasts. Those of processes that were killed are removed first."""
    with contextlib.suppress(OSError):
        for path in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY_PREFIX}*"):
            if _is_ours(path) and _is_held(path) is False:
                shutil.rmtree(path, ignore_errors=True)
    while True:
        with tempfile.TemporaryDirectory(prefix=_TEMPORARY_PREFIX) as name, _holding(Path(name)):
            if Path(name).is_dir():  # no other process took it for left behind before it was held
                yield Path(name)
                return


def _is_ours(folder: Path) -> bool:
    """Return whether nobody else can have put something into a folder; another one's may lead anywhere."""
    status = folder.lstat()
    return sys.platform == "win32" or (status.st_uid == os.getuid() and status.st_mode == stat.S_IFDIR | 0o700)


@contextlib.contextmanager
def _holding(folder: Path) -> Iterator[None]:
    """Hold a folder, see `_hold`, for as long as the block lasts."""
    if sys.platform == "win32" or not folder.is_dir():
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _hold(handle)
        yield
    finally:
        os.close(handle)


def _hold(handle: int) -> None:
    """Mark what is open as in use until it is closed; the system takes the mark from a process that is killed."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_held(path: Path) -> bool | None:
    """Return whether a process holds a file or folder, see `_hold`; None where none can say. Raises OSError."""
    if sys.platform == "win32":
        return None
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system that cannot
        return None
    finally:
        os.close(handle)
    return False


def write_numbered(
    site: Path, stem: str, suffix: str, data: bytes | Path, create: Callable[[str, bytes | Path], None]
) -> str:
    """Write a file that was not there (or copy one), numbering its name where it is taken (`stem-2.md`).

    stem: relative to the site, without suffix. create: writes a file of the site, by name, as `create_file` does.
    Returns the name relative to the site. A file with these very bytes is not written twice. Raises SiteError when the
    disk says no.
    """
    try:
        (site / stem).parent.mkdir(parents=True, exist_ok=True)
        for nth in range(1, _MAX_NUMBER):
            name = f"{stem}{'' if nth == 1 else f'-{nth}'}{suffix}"
            if _write_or_find(site, name, data, create):
                return name
    except OSError as error:
        raise SiteError(explain_write_error(stem + suffix, error)) from None
    raise SiteError(Problem(stem + suffix, 0, f"{_MAX_NUMBER} files go by this name already", "rename some"))


def _write_or_find(site: Path, name: str, data: bytes | Path, create: Callable[[str, bytes | Path], None]) -> bool:
    """Return whether the file with these bytes is there now; False when another one has its name."""
    try:
        create(name, data)
    except FileExistsError:
        path = site / name
        return path.is_file() and (have_same_bytes(path, data) if isinstance(data, Path) else path.read_bytes() == data)
    return True


def have_same_bytes(left_path: Path, right_path: Path) -> bool:
    """Return whether two files hold the same bytes, however large they are. Raises OSError."""
    if left_path.stat().st_size != right_path.stat().st_size:
        return False
    with left_path.open("rb") as left, right_path.open("rb") as right:
        while data := left.read(_CHUNK_BYTES):
            if data != right.read(_CHUNK_BYTES):
                return False
    return True
