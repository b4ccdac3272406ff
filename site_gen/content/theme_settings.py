"""Decode `theme:` of site.yaml: a YAML mapping becomes a record. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from site_gen.content.bounded_yaml import MappingNode, ScalarNode
from site_gen.content.records import ThemeSettings
from site_gen.core import contrast
from site_gen.core.contrast import DARK_BACKGROUNDS, DEFAULT_ACCENT, LIGHT_BACKGROUNDS, MIN_CONTRAST, Accent

if TYPE_CHECKING:
    from site_gen.content.records import MastheadMode
    from site_gen.content.typed_fields import Fields

MASTHEADS: tuple[MastheadMode, ...] = ("serif", "sans", "caps", "logo")
_LOGO_SUFFIXES = ("svg", "png", "webp")
_MAX_NAME, _MAX_FOOTER = 60, 1000  # characters
_QUOTES_MEND = 'write it in quotes, "#1d5c8f": without them YAML takes it for a comment'


def decode_theme(fields: Fields | None) -> ThemeSettings:
    """Return `theme:` as a record; what is wrong is noted in the fields."""
    if fields is None:
        return ThemeSettings()
    logo = _logo(fields)
    mode, name = _masthead(fields)
    if mode == "logo" and not logo:
        what = "`theme.masthead` is the logo, but there is none"
        fields.complain(what, "add `logo: logo.svg`", fields.node("masthead"))
        mode = "serif"
    settings = ThemeSettings(accent=_accent(fields), masthead=mode, name=name, logo=logo, footer=_footer(fields))
    fields.finish()
    return settings


def _accent(fields: Fields) -> Accent:
    """Return the accent: a colour, or one for the day and one for the night."""
    if not isinstance(fields.node("accent"), MappingNode):
        light = _colour(fields, "accent", LIGHT_BACKGROUNDS, "light")
        return _complete_accent(light, None)
    inner = fields.inner("accent")
    assert inner is not None
    light, dark = _colour(inner, "light", LIGHT_BACKGROUNDS, "light"), _colour(inner, "dark", DARK_BACKGROUNDS, "dark")
    inner.finish()
    return _complete_accent(light, dark)


def _complete_accent(light: str | None, dark: str | None) -> Accent:
    """Return an accent of the colours that are given, the others by default, or derived from the light one."""
    light = light or DEFAULT_ACCENT.light
    return Accent(
        light, dark or (DEFAULT_ACCENT.dark if light == DEFAULT_ACCENT.light else contrast.dark_variant(light))
    )


def _colour(fields: Fields, key: str, backgrounds: tuple[str, ...], scheme: str) -> str | None:
    """Return a colour that can be read on the backgrounds of a scheme; None, and a complaint, for any other."""
    node, text = fields.node(key), fields.text(key)
    if fields.is_left_empty(key):
        fields.complain_at_key(key, f"`{fields.within}{key}` holds no colour", _QUOTES_MEND)
    if text is None:
        return None
    colour = contrast.parse_colour(text)
    if colour is None:
        fields.complain(f"`{fields.within}{key}: {text}` is not a colour", 'write it as "#1d5c8f"', node)
        return None
    ratio, background = contrast.least_contrast(colour, backgrounds)
    if ratio < MIN_CONTRAST:
        what = f"`{fields.within}{key}: {text}` has a contrast of {ratio:.2f} on the {scheme} background"
        readable = contrast.nearest_readable(colour, backgrounds)
        mend = f'text needs {MIN_CONTRAST}; "{readable}" is the nearest readable shade'
        fields.complain(f"{what} {background}", mend, node)
        return None
    return colour


def _masthead(fields: Fields) -> tuple[MastheadMode, str]:
    """Return how the site's name is set, and the name to set: a word, or a mapping of both."""
    if not isinstance(fields.node("masthead"), MappingNode):
        return cast("MastheadMode", fields.choice("masthead", MASTHEADS, "serif")), ""
    inner = fields.inner("masthead")
    assert inner is not None
    mode, name = cast("MastheadMode", inner.choice("set", MASTHEADS, "serif")), inner.text("name") or ""
    if len(name) > _MAX_NAME:
        inner.complain(f"`{inner.within}name` has {len(name)} characters", f"at most {_MAX_NAME}", inner.node("name"))
    inner.finish()
    return mode, name[:_MAX_NAME]


def _logo(fields: Fields) -> str:
    """Return the name of a file below content/. Whether it is there, and a picture, is seen when it is read."""
    name, node = fields.text("logo") or "", fields.node("logo")
    parts = name.split("/")
    if name and (any(part.startswith(".") or not part for part in parts) or "\\" in name):
        fields.complain(f"`{fields.within}logo: {name}` is not a file in content/", "write logo.svg", node)
        return ""
    if name and name.rpartition(".")[2].lower() not in _LOGO_SUFFIXES:
        fields.complain(f"`{fields.within}logo: {name}` is not an SVG, PNG or WebP", "save it as one of them", node)
        return ""
    return name


def _footer(fields: Fields) -> str:
    """Return Markdown, of one line or several."""
    node = fields.node("footer")
    fields.text("footer")  # complains about what is no text
    text = node.value.strip() if isinstance(node, ScalarNode) else ""
    if len(text) > _MAX_FOOTER:
        fields.complain(f"`{fields.within}footer` has {len(text):,} characters", f"at most {_MAX_FOOTER:,}", node)
        return ""
    return text
