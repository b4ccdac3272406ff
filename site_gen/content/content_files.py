"""List the files of a site with stamps, which tell without reading them which may have changed."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content import site_paths
from site_gen.core.errors import Problem, SiteError
from site_gen.core.text import fold_case, nearest_word, scrub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_NOT_A_FILE = b"not a file"
IS_A_LINK = "is a link, which is not followed"  # a complaint
_MISPLACED_SUFFIXES = frozenset({".markdown", ".txt", ".yaml", ".yml", ".html", ".htm"})


class Stamp(NamedTuple):
    """What the file system says of a file; another stamp means that the file may be another."""

    modified_ns: int  # when its bytes were written, nanoseconds since 1970
    changed_ns: int  # when its bytes, name or rights were changed, nanoseconds since 1970
    size: int  # bytes
    inode: int  # its number in the file system


def stamp_of_status(status: os.stat_result) -> Stamp:
    """Return the stamp of a file of which the system was asked already."""
    return Stamp(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def stamp_of_file(path: str | Path) -> Stamp | None:
    """Return the stamp of a plain file; None where there is none."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return None
    return stamp_of_status(status) if stat.S_ISREG(status.st_mode) else None


def stamps_of_files(folder: Path, names: Iterable[str]) -> dict[str, Stamp]:
    """Return the stamps of those of these names below a folder that are plain files."""
    base = os.fspath(folder)  # a Path would cost more than the look
    return {name: stamp for name in names if (stamp := stamp_of_file(f"{base}/{name}"))}


def content_files(site: Path, kinds: Iterable[str], problems: list[Problem]) -> dict[str, Stamp]:
    """Return all files that a site is made of but those of its theme and its logo, with their stamps.

    kinds: the folders of its entities. Complaints go to `problems`, see `markdown_files`.
    """
    files: dict[str, Stamp] = {}
    for folder in site_paths.markdown_folders(kinds):
        files |= markdown_files(site, folder, problems)
    for name in site_paths.SINGLE_FILES:
        if stamp := stamp_of_file(site / name):
            files[name] = stamp
    return files


def stray_folder_problems(site: Path, kinds: Iterable[str]) -> Iterator[Problem]:
    """Complain about folders whose names are nearly a kind's: their files would be missing without a word."""
    folders = [*kinds, "articles", "saved", "issues"]
    for path in sorted((site / "content").iterdir()):
        if path.name not in folders and path.is_dir() and (near := nearest_word(path.name, folders)):
            what = "is not a folder that the site reads"
            yield Problem(f"content/{path.name}", 0, what, f"did you mean {near}?")


def markdown_files(site: Path, folder: str, problems: list[Problem]) -> dict[str, Stamp]:
    """Return the Markdown files below a folder with their stamps, sorted, relative to the site.

    Complaints go to `problems`: about links, which are refused, since they could publish a file from outside the site;
    and about a folder that cannot be read, whose pages would be missing from the site without a word.
    """
    base = site / folder
    if base.is_symlink():
        problems.append(Problem(folder, 0, IS_A_LINK, "put the folder itself here"))
        return {}
    if not base.exists():
        return {}
    if not base.is_dir():
        problems.append(Problem(folder, 0, "is a file where a folder belongs", "rename it"))
        return {}
    files = dict(sorted(_walk(site, folder, problems)))
    # All in one go takes a tenth of the time.
    folded_names = fold_case(unicodedata.normalize("NFC", "\0".join(files))).split("\0")
    if len(set(folded_names)) < len(files):
        by_folded_name: dict[str, str] = {}
        for file, folded_name in zip(files, folded_names, strict=True):
            other = by_folded_name.setdefault(folded_name, file)
            if other != file:
                mend = "rename one: Windows and macOS take them for the same file"
                what = f"differs from {other} only in case or in how its letters are put together"
                problems.append(Problem(file, 0, what, mend))
    return files


def _walk(site: Path, folder: str, problems: list[Problem]) -> list[tuple[str, Stamp]]:
    """Return the Markdown files below a folder, without hidden ones, in no order."""
    files: list[tuple[str, Stamp]] = []
    waiting = [folder]
    while waiting:
        current = waiting.pop()
        try:
            entries = list(os.scandir(site / current))
        except OSError as error:
            problems.append(Problem(current, 0, f"cannot be read ({error.strerror})", "check its permissions"))
            continue
        for entry in entries:
            name = f"{current}/{entry.name}"
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(name)
            elif problem := _complaint(name, entry):
                problems.append(problem)
            elif name[-3:].lower() == ".md":
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # gone since
                    continue
                if stat.S_ISREG(status.st_mode):
                    files.append((name, stamp_of_status(status)))
    return files


def digest_of_bytes(data: bytes) -> bytes:
    """Return the digest by which a file's bytes are told from others: 16 bytes of BLAKE2b."""
    return hashlib.blake2b(data, digest_size=16).digest()


def digest_of_file(path: Path) -> bytes | None:
    """Return the digest of a file's bytes, None when it is not there.

    For anything but a plain file it is no digest of bytes, so that it equals none. Raises SiteError for a file that
    cannot be read.
    """
    try:
        if path.is_symlink() or not path.is_file():
            return _NOT_A_FILE if path.is_symlink() or path.exists() else None
        return digest_of_bytes(path.read_bytes())
    except OSError as error:
        raise SiteError(Problem(str(path), 0, f"cannot be read ({error.strerror})", "check its permissions")) from None


def _complaint(name: str, entry: os.DirEntry[str]) -> Problem | None:
    """Return what is wrong with a folder's entry, None where nothing is. name: relative to the site."""
    is_plain = name.isascii() and name.isprintable()
    if not is_plain and name != scrub(name):  # bytes that are no UTF-8, or signs that turn a terminal's text
        shown = name.encode("ascii", "backslashreplace").decode()
        return Problem(shown, 0, "has control or invisible characters in its name", "rename it")
    if entry.is_symlink():
        return Problem(name, 0, IS_A_LINK, "put the file itself here")
    if not name.endswith(".md") and PurePath(entry.name).suffix.lower() in _MISPLACED_SUFFIXES:
        return Problem(name, 0, "is not read here", "rename it to .md, or move it away")
    return None
