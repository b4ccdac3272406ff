"""Finds the files of a site and tells which may have changed, without reading them."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content import site_paths
from site_gen.core.errors import Problem, SiteError
from site_gen.core.text import fold_case, nearest_word, scrub

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_NOT_A_FILE = b"not a file"
LINK = "is a link, which is not followed"
_MISPLACED = frozenset({".markdown", ".txt", ".yaml", ".yml", ".html", ".htm"})
# How long after a change the next one may still get the same time: file systems keep times in steps of
# some milliseconds, those without fractions of a second in steps of up to two seconds (FAT).
_STEP, _COARSE_STEP = 50_000_000, 2_000_000_000  # nanoseconds


class Stamp(NamedTuple):
    """What the file system says of a file: times in nanoseconds, size in bytes, number."""

    modified: int
    changed: int
    size: int
    inode: int

    def is_settled(self, looked: int) -> bool:
        """Whether an equal stamp will mean an equal file, for one taken at `looked` (nanoseconds since
        1970). A file that changed a moment before may change again without another stamp: git's rule for
        "racily clean" entries (git documentation, technical/racy-git)."""
        return is_settled(self.modified, self.changed, looked)


def is_settled(modified: int, changed: int, looked: int) -> bool:
    """The same of a file that was written and changed at these times."""
    step = _STEP if modified % 1_000_000_000 else _COARSE_STEP
    return modified < looked - step and changed < looked - step


def stamp(status: os.stat_result) -> Stamp:
    """The stamp of a file."""
    return Stamp(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def stamp_of(path: str | Path) -> Stamp | None:
    """The stamp of a plain file; None where there is none."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return None
    return stamp(status) if stat.S_ISREG(status.st_mode) else None


def content_files(site: Path, kinds: Iterable[str], problems: list[Problem]) -> dict[str, Stamp]:
    """All files that a site is made of, its theme's and its logo's left out, with their stamps. kinds: the folders
    of its entities. What is wrong is told, as by `markdown_files`."""
    found: dict[str, Stamp] = {}
    for folder in (*(f"content/{kind}" for kind in kinds), site_paths.ARTICLES, site_paths.ISSUES):
        found |= markdown_files(site, folder, problems)
    for name in site_paths.ALONE:
        if one := stamp_of(site / name):
            found[name] = one
    return found


def stray_folders(site: Path, kinds: Iterable[str]) -> Iterator[Problem]:
    """Folders that are nearly a kind's: their files would be missing from the site without a word."""
    known = [*kinds, "articles", "saved", "issues"]
    for path in sorted((site / "content").iterdir()):
        if path.name not in known and path.is_dir() and (near := nearest_word(path.name, known)):
            what = "is no folder that the site reads"
            yield Problem(f"content/{path.name}", 0, what, f"did you mean {near}?")


def markdown_files(site: Path, folder: str, problems: list[Problem]) -> dict[str, Stamp]:
    """The Markdown files below a folder with their stamps, sorted, relative to the site.

    Links are refused and told: they could publish a file from outside the site. A folder that cannot be
    read is told: its pages would be missing from the site without a word.
    """
    base = site / folder
    if base.is_symlink():
        problems.append(Problem(folder, 0, LINK, "put the folder itself here"))
        return {}
    if not base.exists():
        return {}
    if not base.is_dir():
        problems.append(Problem(folder, 0, "is a file where a folder belongs", "rename it"))
        return {}
    found = dict(sorted(_walk(site, folder, problems)))
    folds = fold_case("\0".join(found)).split("\0")  # a letter to a letter: in one go, a tenth of the time
    if len(set(folds)) < len(found):
        folded: dict[str, str] = {}
        for file, same in zip(found, folds, strict=True):
            other = folded.setdefault(same, file)
            if other != file:
                mend = "rename one: on Windows and macOS they are one file"
                problems.append(Problem(file, 0, f"differs from {other} only in case", mend))
    return found


def _walk(site: Path, folder: str, problems: list[Problem]) -> list[tuple[str, Stamp]]:
    """The Markdown files below a folder, hidden ones left out."""
    found: list[tuple[str, Stamp]] = []
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            entries = list(os.scandir(site / here))
        except OSError as error:
            problems.append(Problem(here, 0, f"cannot be read ({error.strerror})", "check its permissions"))
            continue
        for entry in entries:
            name = f"{here}/{entry.name}"
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
                    found.append((name, stamp(status)))
    return found


def digest_of_bytes(data: bytes) -> bytes:
    """What a file's bytes are known by: 16 bytes of BLAKE2b."""
    return hashlib.blake2b(data, digest_size=16).digest()


def digest_on_disk(path: Path) -> bytes | None:
    """The digest of a file, None when it is not there; anything but a plain file counts as foreign."""
    try:
        if path.is_symlink() or not path.is_file():
            return _NOT_A_FILE if path.is_symlink() or path.exists() else None
        return digest_of_bytes(path.read_bytes())
    except OSError as error:
        raise SiteError(Problem(str(path), 0, f"cannot be read ({error.strerror})", "check its permissions")) from None


def _complaint(name: str, entry: os.DirEntry[str]) -> Problem | None:
    plain = name.isascii() and name.isprintable()
    if not plain and name != scrub(name):  # bytes that are no UTF-8, or signs that turn a terminal's text
        shown = name.encode("ascii", "backslashreplace").decode()
        return Problem(shown, 0, "has signs in its name that no name should have", "rename it")
    if entry.is_symlink():
        return Problem(name, 0, LINK, "put the file itself here")
    if not name.endswith(".md") and PurePath(entry.name).suffix.lower() in _MISPLACED:
        return Problem(name, 0, "is not read here", "rename it to .md, or move it away")
    return None
