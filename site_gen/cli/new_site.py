"""Write a new site to start from: the work of the `new` command."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from site_gen.core.atomic_files import replace_file
from site_gen.core.errors import UsageError, explain_write_error
from site_gen.core.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_STARTER = Path(__file__).with_name("starter")
# Files in the wheel cannot begin with a dot everywhere, nor be read as our own site's.
_TARGET_NAMES = {
    "gitattributes": ".gitattributes",
    "gitignore": ".gitignore",
    "publish.yml": ".github/workflows/publish.yml",
    "site-gen.txt": ".github/site-gen.txt",
}
_FOLDERS = ("content/articles", "content/saved", "templates")


def write_new_site(folder: Path) -> list[str]:
    """Write a new site and return the names of its files, sorted.

    Raises UsageError, before anything is written, where one of its files exists already.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file, not a folder")
    files = dict(_files(folder))
    existing = [name for name in files if (folder / name).exists()]
    if existing:
        raise UsageError(f"{folder / existing[0]} exists already; name another folder")
    try:
        for name in _FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            replace_file(folder / name, text.encode())
    except OSError as error:
        raise UsageError(str(explain_write_error(error.filename or folder, error))) from None
    return sorted(files)


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file of a new site; its title is made of the folder's name."""
    title = one_line(folder.resolve().name.replace("-", " ").replace("_", " ")).replace('"', "").replace("\\", "")
    for path in sorted(_STARTER.rglob("*")):
        if path.is_file():
            name = path.relative_to(_STARTER).as_posix()
            text = path.read_text(encoding="utf-8")
            if name == "content/site.yaml":
                text = text.replace("TITLE", title[:1].upper() + title[1:] or "My digest")
            if name == "site-gen.txt" and (origin := _requirement()):
                text += f"{origin}\n"
            yield _TARGET_NAMES.get(name, name), text


def _requirement() -> str | None:
    """Return what pip can install this very program from, elsewhere too; None where that is not known.

    Its name alone says where it came from only when it was an index that it was installed from (PEP 610).
    """
    try:
        installed = metadata.distribution("site-gen")
        raw = installed.read_text("direct_url.json")
        if not raw:
            return f"site-gen=={installed.version}"
        origin = json.loads(raw)
        vcs = origin.get("vcs_info")
        return f"site-gen @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}" if vcs else None
    except (metadata.PackageNotFoundError, ValueError, KeyError, AttributeError):
        return None
