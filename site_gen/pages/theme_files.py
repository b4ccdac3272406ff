"""A theme as it was read: templates, and assets that are copied to the site. Pure; `build.theme_reader` reads it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.content.records import Logo

ASSETS = "assets"  # the folder of the assets: of a theme, and of the site
BASE_THEME = "theme"  # `theme/NAME` is the template of the program that a site's own NAME replaces


class ThemeFiles(NamedTuple):
    """A theme as it was read."""

    templates: Mapping[str, str]  # text by name: `home.html`
    assets: Mapping[str, bytes]  # by name, without the folder: `style.css`
    logo: Logo | None = None  # the site's

    @property
    def digest(self) -> str:
        """A digest of every file and its name, as 32 hexadecimal digits."""
        digest = hashlib.blake2b(digest_size=16)
        logo = [(f"logo.{self.logo.suffix}", self.logo.data)] if self.logo else []
        for name, data in [*((n, t.encode()) for n, t in self.templates.items()), *self.assets.items(), *logo]:
            digest.update(f"{name}:{len(data)}:".encode() + data)
        return digest.hexdigest()
