"""What a site's settings make of its theme, and what pages depend on when they are drawn with it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import jinja2
from jinja2 import meta

from site_gen.core.contrast import DEFAULT_ACCENT, KIND_COLOURS, kind_colours
from site_gen.core.urls import UrlPath
from site_gen.pages.theme_files import ASSETS, ThemeFiles
from site_gen.site.projections import Theme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.content.records import Logo, ThemeSettings

STYLE, OWN_STYLE, ICON = "style.css", "own.css", "icon.svg"
_ICON_ACCENT = b"#c0363b"  # of the icon's bar, which stands on dark ground
_LETTERS = {
    "sans": "font-family:var(--sans)",
    "caps": "font-size:1rem;letter-spacing:.09em;text-transform:uppercase",
}


def apply_settings(files: ThemeFiles, style: ThemeSettings, logo: Logo | None) -> ThemeFiles:
    """A theme with the settings of `site.yaml`: its icon has the accent, and its style sheet ends in what these say and
    then in a site's own `assets/own.css`, so that a few lines of CSS need no copy of the whole. Pages load one style
    sheet as before."""
    assets = dict(files.assets)
    more = [text.encode() for text in (_settings_css(style, logo),) if text]
    more += [own] if (own := assets.pop(OWN_STYLE, None)) is not None else []
    if style.accent != DEFAULT_ACCENT and ICON in assets:
        assets[ICON] = assets[ICON].replace(_ICON_ACCENT, style.accent.dark.encode())
    if more:
        assets[STYLE] = b"\n".join([assets.get(STYLE, b""), *more])
    return ThemeFiles(files.templates, assets, logo)


def _settings_css(style: ThemeSettings, logo: Logo | None) -> str:
    """What the settings come to in CSS; nothing where all are as they come."""
    rules: list[str] = []
    if style.accent != DEFAULT_ACCENT:
        names = [f"k{number}" for number, _ in enumerate(KIND_COLOURS)]
        changed = [("accent", style.accent)]
        changed += [
            (n, now)
            for n, now, ours in zip(names, kind_colours(style.accent), KIND_COLOURS, strict=True)
            if now != ours
        ]
        light, dark = (";".join(f"--{n}:{one[i]}" for n, one in changed) for i in (0, 1))
        rules += [f":root{{{light}}}", f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"]
    if style.masthead in _LETTERS:
        rules.append(f".mast .name{{{_LETTERS[style.masthead]}}}")
    if logo:
        beside = "" if style.masthead == "logo" else ";margin-inline-end:.6rem"
        size = "height:2rem;width:auto;max-width:14rem;object-fit:contain;vertical-align:middle"
        rules.append(f".mast .name img{{{size}{beside}}}")
    return "\n".join(["/* theme: of site.yaml */", *rules, ""]) if rules else ""


def asset_path(name: str, data: bytes) -> UrlPath:
    """The URL of an asset, with a hash of its bytes: a new version has a new name, so browsers may keep
    the old one for ever.
    """
    stem, dot, suffix = name.rpartition(".")
    digest = hashlib.blake2b(data, digest_size=4).hexdigest()
    return UrlPath(f"/{ASSETS}/{stem or suffix}.{digest}{dot}{suffix if stem else ''}")


def published_assets(files: ThemeFiles) -> dict[UrlPath, bytes]:
    """What is copied to the site."""
    found = {asset_path(name, data): data for name, data in files.assets.items()}
    return found | ({files.logo.url: files.logo.data} if files.logo else {})


def describe_theme(files: ThemeFiles) -> Theme:
    """What pages depend on when they are drawn with this theme."""
    env = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=True)
    return Theme(
        assets={name: asset_path(name, data) for name, data in files.assets.items()},
        templates=_template_digests(files.templates, env),
        logo=files.logo,
    )


def _template_digests(sources: Mapping[str, str], env: jinja2.Environment) -> dict[str, str]:
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
