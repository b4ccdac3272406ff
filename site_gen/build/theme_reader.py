"""Reads a site's theme from the disk: its own templates and assets, and those that come with the program."""

from __future__ import annotations

from pathlib import Path

from site_gen.core.errors import Problem, SiteError
from site_gen.pages.theme_files import ASSETS, BASE_THEME, ThemeFiles

_PACKAGE = Path(__file__).parent.parent
PACKAGED = _PACKAGE / "pages/theme"  # where an installed program has its theme; a checkout has it in templates/
_SUFFIXES = frozenset({".html", ".svg", ".txt", ".xml"})


def folders(site: Path) -> tuple[Path, ...]:
    """The template folders in the order they are asked: a site's own `templates/`, then those that come
    with the program."""
    ours = PACKAGED if PACKAGED.is_dir() else _PACKAGE.parent / "templates"
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
                    templates[f"{BASE_THEME}/{name}"] = templates[name]
                templates[name] = _text(path, name)
    return ThemeFiles(dict(sorted(templates.items())), dict(sorted(assets.items())))


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        mend = "save the file as UTF-8 in your editor"
        raise SiteError(Problem(f"templates/{name}", 0, "is not UTF-8", mend)) from None
