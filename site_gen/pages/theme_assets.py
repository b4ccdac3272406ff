"""Apply a site's settings to its theme, name its assets, and tell what pages depend on in it. Pure."""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING

import jinja2
from jinja2 import meta

from site_gen.core.contrast import DEFAULT_ACCENT, KIND_COLOURS, kind_colours
from site_gen.core.urls import UrlPath
from site_gen.pages.theme_files import ASSETS, ThemeFiles
from site_gen.site.projections import Theme

if TYPE_CHECKING:
    from site_gen.content.records import Logo, ThemeSettings

STYLE, OWN_STYLE, ICON = "style.css", "own.css", "icon.svg"
_ICON_ACCENT = b"#c0363b"  # of the icon's bar, which stands on dark ground
_MASTHEAD_CSS = {
    "sans": "font-family:var(--sans)",
    "caps": "font-size:1rem;letter-spacing:.09em;text-transform:uppercase",
}


def apply_settings(files: ThemeFiles, settings: ThemeSettings, logo: Logo | None) -> ThemeFiles:
    """Return a theme with the settings of `site.yaml`: its icon and its style sheet follow them.

    The style sheet ends in the settings and then in a site's own `assets/own.css`, so that a few lines of CSS need no
    copy of the whole. Pages load one style sheet as before.
    """
    assets = dict(files.assets)
    additions = [text.encode() for text in (_settings_css(settings, logo),) if text]
    additions += [own_style] if (own_style := assets.pop(OWN_STYLE, None)) is not None else []
    if settings.accent != DEFAULT_ACCENT and ICON in assets:
        assets[ICON] = assets[ICON].replace(_ICON_ACCENT, settings.accent.dark.encode())
    if additions:
        assets[STYLE] = b"\n".join([assets.get(STYLE, b""), *additions])
    return ThemeFiles(files.templates, assets, logo)


def _settings_css(settings: ThemeSettings, logo: Logo | None) -> str:
    """Return the settings as CSS; empty where all are as they come."""
    rules: list[str] = []
    if settings.accent != DEFAULT_ACCENT:
        colours = zip(kind_colours(settings.accent), KIND_COLOURS, strict=True)
        changed = [(f"k{n}", colour) for n, (colour, default) in enumerate(colours) if colour != default]
        variables = [("accent", settings.accent), *changed]
        light, dark = (";".join(f"--{name}:{colour[i]}" for name, colour in variables) for i in (0, 1))
        rules += [f":root{{{light}}}", f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"]
    if settings.masthead in _MASTHEAD_CSS:
        rules.append(f".mast .name{{{_MASTHEAD_CSS[settings.masthead]}}}")
    if logo:
        gap = "" if settings.masthead == "logo" else ";margin-inline-end:.6rem"
        size = "height:2rem;width:auto;max-width:14rem;object-fit:contain;vertical-align:middle"
        rules.append(f".mast .name img{{{size}{gap}}}")
    return "\n".join(["/* theme: of site.yaml */", *rules, ""]) if rules else ""


def asset_path(name: str, data: bytes) -> UrlPath:
    """Return the address of an asset, with a hash of its bytes.

    A new version has a new name, so browsers may keep the old one for ever.
    """
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.blake2b(data, digest_size=4).hexdigest()
    return UrlPath(f"/{ASSETS}/{stem or suffix}.{digest}{dot}{suffix if stem else ''}")


def is_asset(name: str) -> bool:
    """Tell whether a file of the output is an asset of the theme, or the logo."""
    return name.startswith(f"{ASSETS}/") or (name.startswith("logo.") and "/" not in name)


def published_assets(files: ThemeFiles) -> dict[UrlPath, bytes]:
    """Return what is copied to the site, by address."""
    assets = {asset_path(name, data): data for name, data in files.assets.items()}
    return assets | ({files.logo.url: files.logo.data} if files.logo else {})


def describe_theme(files: ThemeFiles) -> Theme:
    """Return what pages depend on when they are drawn with this theme."""
    return Theme(
        assets={name: asset_path(name, data) for name, data in files.assets.items()},
        templates=files.templates,
        find_references=find_references,
        logo=files.logo,
    )


@functools.lru_cache(maxsize=200)
def find_references(text: str) -> frozenset[str | None]:
    """Return the templates that a template extends, includes or imports; None for a name that is worked out."""
    env = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True)
    try:
        return frozenset(meta.find_referenced_templates(env.parse(text)))
    except jinja2.TemplateSyntaxError:
        return frozenset()  # it draws nothing; its own text is enough to see it mended
