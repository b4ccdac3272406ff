"""The theme's files: templates, and the assets that are copied."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2 import meta

from site_gen.errors import Problem, SiteError
from site_gen.site.groups import Theme
from site_gen.urls import UrlPath

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSETS = "assets"
_SUFFIXES = frozenset({".html", ".svg", ".txt", ".xml"})


@dataclass(frozen=True, slots=True)
class ThemeFiles:
    """A theme as it was read: templates by name, and assets by name (`style.css`)."""

    templates: Mapping[str, str]
    assets: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """A digest of every file and its name."""
        digest = hashlib.blake2b(digest_size=16)
        for name, data in [*((n, t.encode()) for n, t in self.templates.items()), *self.assets.items()]:
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
    """All files of a site's theme; a site's own beats ours file by file. Raises SiteError for a template
    that is not UTF-8."""
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
                templates[name] = _text(path, name)
    return ThemeFiles(dict(sorted(templates.items())), dict(sorted(assets.items())))


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        mend = "save the file as UTF-8 in your editor"
        raise SiteError(Problem(f"templates/{name}", 0, "is not UTF-8", mend)) from None


def asset_path(name: str, data: bytes) -> UrlPath:
    """The URL of an asset, with a hash of its bytes: a new version has a new name, so browsers may keep
    the old one for ever.
    """
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.blake2b(data, digest_size=4).hexdigest()
    return UrlPath(f"/{ASSETS}/{stem or suffix}.{digest}{dot}{suffix if stem else ''}")


def assets(files: ThemeFiles) -> dict[UrlPath, bytes]:
    """What is copied to the site."""
    return {asset_path(name, data): data for name, data in files.assets.items()}


def describe(files: ThemeFiles) -> Theme:
    """What pages depend on when they are drawn with this theme."""
    env = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True)
    return Theme(
        assets={name: asset_path(name, data) for name, data in files.assets.items()},
        templates=_closures(files.templates, env),
    )


def _closures(sources: Mapping[str, str], env: jinja2.Environment) -> dict[str, str]:
    """For each template a digest of all it can draw with: its own text, and that of every template that
    it extends, includes or imports, near or far. A name that is worked out while drawing can be any, so
    it stands for the whole folder; a name that is not there counts as such, since it may come.

    Recording what a loader loads would not do: Jinja keeps compiled templates, and the second page of a
    kind loads nothing.
    """
    named: dict[str, frozenset[str | None]] = {}
    for name, source in sources.items():
        try:
            named[name] = frozenset(meta.find_referenced_templates(env.parse(source)))
        except jinja2.TemplateSyntaxError:
            named[name] = frozenset()  # it draws nothing; its own text is enough to see it mended
    found: dict[str, str] = {}
    for name in sources:
        reached: set[str] = set()
        waiting = [name]
        while waiting:
            here = waiting.pop()
            if here not in reached:
                reached.add(here)
                near = named.get(here, frozenset())
                waiting.extend(sources if None in near else [other for other in near if other])
        digest = hashlib.blake2b(digest_size=16)
        for part in sorted(reached):
            text = sources.get(part)
            digest.update(f"{part}:{-1 if text is None else len(text)}:{text}".encode())
        found[name] = digest.hexdigest()
    return found
