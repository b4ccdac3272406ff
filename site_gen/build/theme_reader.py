"""Read a site's theme from the disk: its own templates and assets, and those that come with the program."""

from __future__ import annotations

from pathlib import Path

from site_gen.content.content_files import IS_A_LINK
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


def read_theme(site: Path, *, has_own: bool = True) -> ThemeFiles:
    """Read all files of a site's theme.

    A site's own file replaces one of ours of that name, which then goes by `theme/NAME`, to be extended or imported.
    Hidden files are left out. has_own: False leaves all of the site's own files out.

    Raises SiteError for a template that is not UTF-8, and for links, which could publish a file from outside the site.
    """
    if has_own and (links := _find_links(site)):
        raise SiteError(*links)
    templates: dict[str, str] = {}
    assets: dict[str, bytes] = {}
    folders = template_folders(site)
    for folder in reversed(folders if has_own else folders[-1:]):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if not path.is_file() or _is_hidden(name):
                continue
            if name.startswith(f"{ASSETS}/"):
                assets[name.removeprefix(f"{ASSETS}/")] = path.read_bytes()
            elif path.suffix in _TEMPLATE_SUFFIXES:
                if name in templates:
                    templates[f"{BASE_THEME}/{name}"] = templates[name]
                templates[name] = _read_template(path, name)
    return ThemeFiles(dict(sorted(templates.items())), dict(sorted(assets.items())))


def _find_links(site: Path) -> list[Problem]:
    """Return a problem for each link that a site has in its `templates/`, or in place of it."""
    own = site / "templates"
    if own.is_symlink():
        return [Problem("templates", 0, IS_A_LINK, "put the folder itself here")]
    names = sorted(path.relative_to(own).as_posix() for path in own.rglob("*") if path.is_symlink())
    mend = "put the file itself here"
    return [Problem(f"templates/{name}", 0, IS_A_LINK, mend) for name in names if not _is_hidden(name)]


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _read_template(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        mend = "save the file as UTF-8 in your editor"
        raise SiteError(Problem(f"templates/{name}", 0, "is not UTF-8", mend)) from None
