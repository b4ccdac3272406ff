"""The theme's files as they lie on the disk: templates, and the assets that are copied."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from site_gen.errors import Problem, SiteError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.model import Logo

ASSETS = "assets"
OURS = "theme"  # the folder of the templates that come with the program, for those of a site that beat them
_SUFFIXES = frozenset({".html", ".svg", ".txt", ".xml"})


class ThemeFiles(NamedTuple):
    """A theme as it was read: templates by name, and assets by name (`style.css`)."""

    templates: Mapping[str, str]
    assets: Mapping[str, bytes]
    logo: Logo | None = None

    @property
    def digest(self) -> str:
        """A digest of every file and its name."""
        digest = hashlib.blake2b(digest_size=16)
        logo = [(f"logo.{self.logo.suffix}", self.logo.data)] if self.logo else []
        for name, data in [*((n, t.encode()) for n, t in self.templates.items()), *self.assets.items(), *logo]:
            digest.update(f"{name}:{len(data)}:".encode() + data)
        return digest.hexdigest()


def folders(site: Path) -> tuple[Path, ...]:
    """The template folders in the order they are asked: a site's own `templates/`, then those that come
    with the program."""
    packaged = Path(__file__).with_name("theme")
    ours = packaged if packaged.is_dir() else Path(__file__).parent.parent / "templates"
    own = site / "templates"
    same = own.is_dir() and own.resolve() == ours.resolve()
    return (ours,) if same or not own.is_dir() else (own, ours)


def read(site: Path) -> ThemeFiles:
    """All files of a site's theme; a site's own beats ours file by file, which then goes by `theme/NAME`, to be
    extended or imported. Raises SiteError for a template that is not UTF-8."""
    templates: dict[str, str] = {}
    assets: dict[str, bytes] = {}
    for folder in reversed(folders(site)):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in name.split("/")):
                continue
            if name.startswith(f"{ASSETS}/"):
                assets[name.removeprefix(f"{ASSETS}/")] = path.read_bytes()
            elif path.suffix in _SUFFIXES:
                if name in templates:
                    templates[f"{OURS}/{name}"] = templates[name]
                templates[name] = _text(path, name)
    return ThemeFiles(dict(sorted(templates.items())), dict(sorted(assets.items())))


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        mend = "save the file as UTF-8 in your editor"
        raise SiteError(Problem(f"templates/{name}", 0, "is not UTF-8", mend)) from None
