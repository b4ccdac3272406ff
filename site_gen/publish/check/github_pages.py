"""What GitHub Pages drops or refuses: names, links, sizes. Facts from its documentation ("GitHub Pages limits",
"About GitHub Pages and Jekyll") and from the action that uploads a site, which leaves dotfiles out.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from site_gen.content.site_paths import OWN
from site_gen.core.errors import Problem
from site_gen.core.text import fold_case

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MB = 1024 * 1024
MOST_BYTES, MOST_OF_A_FILE = 1024 * MB, 100 * MB
_LONGEST = 200  # bytes of a name: 255 is where file systems end, and tools add suffixes
_REFUSED = re.compile(r'[":<>|*?\r\n\\]')  # no artifact may hold such a name
_OF_PAGES = frozenset({".nojekyll", "CNAME", ".well-known", ".gitignore"})  # meant, or not missed


@dataclass(slots=True)
class Tree:
    """What an output folder holds, but for what a build keeps for itself: files with their sizes, links, and
    things that are neither file nor folder."""

    files: dict[str, int] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)


def tree_of(out: Path) -> Tree:
    """What a folder holds."""
    tree = Tree()
    waiting = [""]
    while waiting:
        here = waiting.pop()
        for entry in sorted(os.scandir(os.path.join(out, here)), key=lambda entry: entry.name):  # noqa: PTH118
            name = f"{here}{entry.name}"
            if not here and entry.name.startswith(OWN):
                continue
            if entry.is_symlink():
                tree.links.append(name)
            elif entry.is_dir():
                if entry.name != ".git":
                    waiting.append(f"{name}/")
            elif stat.S_ISREG(status := entry.stat().st_mode):
                tree.files[name] = entry.stat().st_size
            else:
                tree.odd.append(f"{name} ({stat.filemode(status)})")
    return tree


def wrong(out: Path, tree: Tree) -> Iterator[Problem]:
    """Everything that will not be published as it is, or not at all."""

    def problem(name: str, what: str, mend: str) -> Problem:
        return Problem(str(out / name), 0, what, mend)

    for name in tree.links:
        yield problem(name, "is a link, which GitHub Pages does not publish", "put the file itself there")
    for name in tree.odd:
        yield problem(name, "is neither file nor folder", "take it away")
    folded: dict[str, str] = {}
    for name, size in sorted(tree.files.items()):
        yield from (problem(name, what, mend) for what, mend in _name(name))
        if size > MOST_OF_A_FILE:
            yield problem(name, f"has {size // MB} MB; GitHub refuses files of more than 100 MB", "take it out")
        other = folded.setdefault(fold_case(unicodedata.normalize("NFC", name)), name)
        if other != name:
            what = f"differs from {other} only in case or in how its letters are put together"
            yield problem(name, what, "rename one: on macOS and Windows they are one file")
        if name.endswith(".html") and f"{name.removesuffix('.html')}/index.html" in tree.files:
            folder = f"{name.removesuffix('.html')}/"
            yield problem(name, f"and the folder {folder} are one address", "keep one of the two")
    total = sum(tree.files.values())
    if total > MOST_BYTES:
        what = f"the site has {total // MB} MB; GitHub Pages publishes 1,024 MB at most"
        yield Problem(str(out), 0, what, "show excerpts (`text: excerpt`), or publish elsewhere")


def _name(name: str) -> Iterator[tuple[str, str]]:
    for part in name.split("/"):
        if part in _OF_PAGES:
            continue
        if part.startswith("."):
            yield "begins with a dot and would be left out", "give it another name"
        elif part.startswith(("_", "#")) or part.endswith("~"):
            yield "would be left out by Jekyll, which GitHub Pages runs over a branch", "give it another name"
        if _REFUSED.search(part):
            yield "has signs in its name that GitHub refuses", "use letters, digits and hyphens"
        if len(part.encode()) > _LONGEST:
            yield f"has a name of {len(part.encode())} bytes; some systems cannot store it", "give it a shorter name"
