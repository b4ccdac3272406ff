"""Find what GitHub Pages drops or refuses in an output folder: names, links, sizes.

Facts from its documentation ("GitHub Pages limits", "About GitHub Pages and Jekyll") and from the action that uploads
a site, which leaves dotfiles out.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from typing import TYPE_CHECKING

from msgspec import Struct, field

from site_gen.content.site_paths import BUILD_FILE_PREFIX
from site_gen.core.errors import Problem
from site_gen.core.text import fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MB = 1024 * 1024
MAX_SITE_BYTES, MAX_FILE_BYTES = 1024 * MB, 100 * MB
_MAX_NAME_BYTES = 200  # file systems end at 255, and tools add suffixes
_REFUSED_CHARACTERS = re.compile(r'[":<>|*?\r\n\\]')  # no artifact may hold such a name
_EXPECTED_NAMES = frozenset(
    {".nojekyll", "CNAME", ".domains", ".well-known", ".gitignore"}
)  # read by hosts, or not missed


class FolderContents(Struct):
    """What an output folder holds, by names below it; the build's own files are left out."""

    files: dict[str, int] = field(default_factory=dict)  # by name their sizes in bytes
    links: list[str] = field(default_factory=list)  # names of symbolic links
    others: list[str] = field(default_factory=list)  # names of what is neither file, folder nor link, with its mode


def list_folder(out: Path) -> FolderContents:
    """List what an output folder holds, without .git folders."""
    contents = FolderContents()
    folders = [""]
    while folders:
        below = folders.pop()
        for entry in sorted(os.scandir(os.path.join(out, below)), key=lambda entry: entry.name):  # noqa: PTH118
            name = f"{below}{entry.name}"
            if not below and entry.name.startswith(BUILD_FILE_PREFIX):
                continue
            if entry.is_symlink():
                contents.links.append(name)
            elif entry.is_dir():
                if entry.name != ".git":
                    folders.append(f"{name}/")
            elif stat.S_ISREG(mode := entry.stat().st_mode):
                contents.files[name] = entry.stat().st_size
            else:
                contents.others.append(f"{name} ({stat.filemode(mode)})")
    return contents


def find_problems(out: Path, contents: FolderContents) -> Iterator[Problem]:
    """Yield a problem for everything that will not be published as it is, or not at all."""

    def problem(name: str, what: str, mend: str) -> Problem:
        return Problem(str(out / name), 0, what, mend)

    for name in contents.links:
        yield problem(name, "is a link, which GitHub Pages does not publish", "put the file itself there")
    for name in contents.others:
        yield problem(name, "is neither file nor folder", "take it away")
    names_by_folded: dict[str, str] = {}
    for name, size in sorted(contents.files.items()):
        yield from (problem(name, what, mend) for what, mend in _check_name(name))
        if size > MAX_FILE_BYTES:
            yield problem(name, f"has {size // MB} MB; GitHub refuses files of more than 100 MB", "remove it")
        earlier_name = names_by_folded.setdefault(fold_case(unicodedata.normalize("NFC", name)), name)
        if earlier_name != name:
            what = f"differs from {earlier_name} only in case or in how its letters are put together"
            yield problem(name, what, "rename one: macOS and Windows take them for the same file")
        is_page = name.endswith(".html") and not name.endswith("/index.html")  # that one's address is its folder's
        if is_page and f"{name.removesuffix('.html')}/index.html" in contents.files:
            folder = f"{name.removesuffix('.html')}/"
            yield problem(name, f"and the folder {folder} are one address", "keep one of the two")
    total = sum(contents.files.values())
    if total > MAX_SITE_BYTES:
        what = f"the site has {total // MB} MB; GitHub Pages publishes 1,024 MB at most"
        yield Problem(str(out), 0, what, "show excerpts (`text: excerpt`), or publish elsewhere")


def _check_name(name: str) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a name, each with its mend."""
    for part in name.split("/"):
        if part in _EXPECTED_NAMES:
            continue
        if part.startswith("."):
            yield "begins with a dot and would be left out", "give it another name"
        elif part.startswith(("_", "#")) or part.endswith("~"):
            yield "would be left out by Jekyll, which GitHub Pages runs over a branch", "give it another name"
        if _REFUSED_CHARACTERS.search(part):
            yield "has characters in its name that GitHub refuses", "use letters, digits and hyphens"
        if len(part.encode()) > _MAX_NAME_BYTES:
            yield f"has a name of {len(part.encode())} bytes; some systems cannot store it", "give it a shorter name"
