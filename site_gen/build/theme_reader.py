"""Read a site's theme from the disk: its own templates and assets, and those that come with the program."""

from __future__ import annotations

from pathlib import Path

from site_gen.core.errors import Problem, SiteError
from site_gen.pages.theme_files import ASSETS, BASE_THEME, ThemeFiles

_PACKAGE = Path(__file__).parent.parent
PACKAGED_THEME = _PACKAGE / "pages/theme"  # where an installed program has its theme; a checkout has it in templates/
_TEMPLATE_SUFFIXES = frozenset({".html", ".svg", ".txt", ".xml"})


def template_folders(site: Path) -> tuple[Path, ...]:
    """Return the template folders, first the one that wins.

    A site's own `templates/`, where it has one, then those that come with the program.
    """
    ours = PACKAGED_THEME if PACKAGED_THEME.is_dir() else _PACKAGE.parent / "templates"
    own = site / "templates"
    same = own.is_dir() and own.resolve() == ours.resolve()
    return (ours,) if same or not own.is_dir() else (own, ours)


def read_theme(site: Path) -> ThemeFiles:
    """Read all files of a site's theme.

    A site's own file replaces one of ours of that name, which then goes by `theme/NAME`, to be extended or imported.
    Links and hidden files are left out.

    Raises SiteError for a template that is not UTF-8.
    """
    templates: dict[str, str] = {}
    assets: dict[str, bytes] = {}
    for folder in reversed(template_folders(site)):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file() or any(part.startswith(".") for part in name.split("/")):
                continue
            if name.startswith(f"{ASSETS}/"):
                assets[name.removeprefix(f"{ASSETS}/")] = path.read_bytes()
            elif path.suffix in _TEMPLATE_SUFFIXES:
                if name in templates:
                    templates[f"{BASE_THEME}/{name}"] = templates[name]
                templates[name] = _read_template(path, name)
    return ThemeFiles(dict(sorted(templates.items())), dict(sorted(assets.items())))


def _read_template(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        mend = "save the file as UTF-8 in your editor"
        raise SiteError(Problem(f"templates/{name}", 0, "is not UTF-8", mend)) from None
