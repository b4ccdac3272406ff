"""The sites that tests work on: written, copied, edited, built clean, and compared."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.build import build_session
from site_gen.content import site_paths

if TYPE_CHECKING:
    from collections.abc import Mapping

REPO = Path(__file__).parent.parent.parent  # this repository; its content/ is the demo
SMALL_SITE = REPO / "tests/data/site"
_SITE_FOLDERS = ("content", "templates")
_BUILD_STATE = ".site-gen"  # what the names begin with of all that a build keeps for itself


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, by name with slashes; return the folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def markdown_file(body: str = "", **fields: object) -> str:
    """Return the text of a content file: front matter with these fields (as JSON, which is YAML too), and a body."""
    head = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    return "\n".join(["---", *head, "---", f"{body}\n"])


_SYLLABLES = [
    f"{a}{b}"
    for a in ("quor", "zebl", "vint", "marl")
    for b in ("ander", "essic", "ioth", "umbel", "ygra", "oph", "uan")
]


def own_words(number: int) -> str:
    """Return a paragraph that only the article of this number has: no two articles are alike, or tell one story."""
    return " ".join(f"{word}{number}" for word in _SYLLABLES * 6)


def copy_site(source: Path, target: Path) -> Path:
    """Copy what a site is made of, without what was built of it; return the copy."""
    for part in _SITE_FOLDERS:
        if (source / part).is_dir() and not (source == REPO and part == "templates"):
            shutil.copytree(source / part, target / part)
    return target


def small_site(target: Path) -> Path:
    """Copy the small site, of which `tests/golden` holds the output."""
    return copy_site(SMALL_SITE, target)


def demo_site(target: Path) -> Path:
    """Copy the demo."""
    return copy_site(REPO, target)


def edit_file(path: Path, old: str, new: str) -> Path:
    """Replace the first occurrence of a text in a file, which must hold it; return the file's path."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def append_to_file(path: Path, text: str) -> Path:
    """Add a text at the end of a file; return the file's path."""
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return path


def add_to_every_page(site: Path, markup: str) -> None:
    """Put some markup at the end of every page, by a template of the site's own."""
    template = (REPO / "templates/base.html").read_text(encoding="utf-8")
    assert "</main>" in template
    write_files(site, {"templates/base.html": template.replace("</main>", f"{markup}</main>")})


def set_base_url(site: Path, base_url: str) -> None:
    """Give a site another address, or none where it is empty."""
    line = f"base_url: {base_url}\n" if base_url else ""
    config = site / site_paths.CONFIG
    config.write_text(re.sub(r"(?m)^base_url:.*\n|\Z", line, config.read_text("utf-8"), count=1), encoding="utf-8")


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder by name, without what builds keep there for themselves."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(_BUILD_STATE) for part in path.relative_to(folder).parts)
    }


def differing_files(files: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """Return the names of the files that are missing in one of two folders, or have other bytes there."""
    return sorted(name for name in files.keys() | other.keys() if files.get(name) != other.get(name))


def clean_build(site: Path, options: build_session.BuildOptions | None = None) -> dict[str, bytes]:
    """Build a copy of a site in a fresh folder; return the files of its output."""
    with tempfile.TemporaryDirectory(prefix="site-gen-clean-") as folder:
        copy, out = copy_site(site, Path(folder, "site")), Path(folder, "out")
        build_session.build(copy, out, options or build_session.BuildOptions())
        return read_files(out)
