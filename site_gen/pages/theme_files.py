"""A theme as it was read: its templates, and the assets that are copied. Pure; `build.theme_reader` reads it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from site_gen.content.records import Logo

ASSETS = "assets"
BASE_THEME = "theme"  # the folder of the templates that come with the program, for those of a site that beat them


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
