"""Writes a site's files: each whole or not at all, only what changed, never what is not ours."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import filelock

from site_gen.errors import Problem, SiteError, UsageError
from site_gen.files import replace_file
from site_gen.urls import UrlPath, file_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What we wrote, with hashes, inside the folder itself: copied, moved or deleted together with it.
MANIFEST = ".site-gen.json"
LOCK = ".site-gen.lock"
# The one unfinished file: a build that was killed leaves no other, and the next one takes it away.
_PART = ".site-gen.part"
_NOT_A_FILE = "not a file"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Written:
    """How many files were written, were the same already, and were removed."""

    written: int
    unchanged: int
    removed: int
    kept: tuple[Problem, ...]


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for one build; UsageError when another build holds it. A lock left by a killed
    process does not count: the system frees it. A folder that was made for this and holds nothing
    afterwards is taken away again."""
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make {folder}: {error.strerror}") from None
    lock = filelock.FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise UsageError(f"another build is writing to {folder}; wait for it to end") from None
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()
        if made:
            _remove_empty(folder, made)


def _remove_empty(folder: Path, made: Iterable[Path]) -> None:
    with contextlib.suppress(OSError):  # not empty: a build wrote here
        if {path.name for path in folder.iterdir()} <= {LOCK}:
            (folder / LOCK).unlink(missing_ok=True)
            for path in made:
                path.rmdir()


def write_site(folder: Path, files: Iterable[tuple[UrlPath, bytes]]) -> Written:
    """Bring the folder to hold these files. What an earlier build wrote and is not among them is removed.

    A file that is not ours is never touched: where one stands in the way, nothing is written and
    SiteError names it. A file of ours that someone changed is not removed, only told (`kept`).
    The caller holds the lock.
    """
    before = _manifest(folder)
    wanted = {file_of(url): data for url, data in files}
    new = {name: _hash(data) for name, data in wanted.items()}
    current = {name: _hash_of(folder / name) for name in wanted}
    foreign = sorted(_no_folders(folder, wanted))
    foreign += [
        name
        for name, found in current.items()
        if found == _NOT_A_FILE or (found and name not in before and found != new[name])
    ]
    if foreign:
        raise SiteError(
            *(
                Problem(str(folder / name), 0, "is in the way and was not written by a build", "move it away")
                for name in foreign[:20]
            )
        )
    (folder / _PART).unlink(missing_ok=True)
    # Before the first file: were we killed halfway, what is there must still be known as ours.
    _save_manifest(
        folder, {name: before.get(name, ()) + ((new[name],) if name in new else ()) for name in before | new}
    )
    written = 0
    for name, data in wanted.items():
        if current[name] != new[name]:
            _replace(folder, name, data)
            written += 1
    removed, kept = _remove(folder, {name: digests for name, digests in before.items() if name not in wanted})
    _save_manifest(folder, {name: (digest,) for name, digest in new.items()})
    return Written(written, len(wanted) - written, removed, tuple(kept))


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _hash_of(path: Path) -> str | None:
    """The hash of a file, None when it is not there; anything but a plain file counts as foreign."""
    try:
        if path.is_symlink() or not path.is_file():
            return _NOT_A_FILE if path.is_symlink() or path.exists() else None
        return _hash(path.read_bytes())
    except OSError as error:
        raise SiteError(Problem(str(path), 0, f"cannot be read ({error.strerror})", "check its permissions")) from None


def _manifest(folder: Path) -> dict[str, tuple[str, ...]]:
    """What earlier builds wrote, each file with its hash, or with two after a build that was cut short.
    A missing or broken list counts as empty: then nothing is ours."""
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = data["files"] if data["version"] == _VERSION else {}
        return {str(name): tuple(map(str, digests)) for name, digests in files.items() if _inside(str(name))}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _inside(name: str) -> bool:
    """Whether a name from the manifest stays inside the folder: somebody may have edited it."""
    return not (name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"))


def _save_manifest(folder: Path, files: dict[str, tuple[str, ...]]) -> None:
    data = {"version": _VERSION, "files": dict(sorted(files.items()))}
    _replace(folder, MANIFEST, json.dumps(data, ensure_ascii=False, indent=0).encode())


def _replace(folder: Path, name: str, data: bytes) -> None:
    """Write a file of the site, old or new but never half."""
    try:
        replace_file(folder / name, data, folder / _PART)
    except OSError as error:
        raise SiteError(
            Problem(str(folder / name), 0, f"cannot be written ({error.strerror})", "make room, or check permissions")
        ) from None


def _no_folders(folder: Path, names: Iterable[str]) -> set[str]:
    """Those of the folders that these files stand in that are none: a file, or a link that somebody put
    there, which could lead anywhere and is never followed."""
    parents = {parent.as_posix() for name in names for parent in PurePosixPath(name).parents}
    return {
        name
        for name in parents - {"."}
        if (folder / name).is_symlink() or ((folder / name).exists() and not (folder / name).is_dir())
    }


def _remove(folder: Path, gone: dict[str, tuple[str, ...]]) -> tuple[int, list[Problem]]:
    """Remove files that are ours and unchanged, and the folders that this empties."""
    removed = 0
    kept: list[Problem] = []
    no_folders = _no_folders(folder, gone)
    for name, digests in gone.items():
        path = folder / name
        if any(parent.as_posix() in no_folders for parent in PurePosixPath(name).parents):
            continue  # somebody put a link or a file where our folder was: nothing of ours is in it
        found = _hash_of(path)
        if found is None:
            continue
        if found not in digests:
            kept.append(
                Problem(
                    str(path),
                    0,
                    "is no longer part of the site, but was changed by hand",
                    "remove it if you do not need it",
                )
            )
            continue
        try:
            path.unlink()
        except OSError as error:
            raise SiteError(
                Problem(str(path), 0, f"cannot be removed ({error.strerror})", "check its permissions")
            ) from None
        removed += 1
        for parent in path.parents:
            if parent == folder or any(parent.iterdir()):
                break
            parent.rmdir()
    return removed, kept
