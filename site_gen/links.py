"""Links between the site's own pages: under a base path, on a bare domain, or from a folder."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import urlsplit

from site_gen.urls import Href, UrlPath, encoded, file_of


@dataclass(frozen=True, slots=True)
class Links:
    """How pages of a site name each other.

    base_url: where the site is published, `https://user.github.io/repo/`.
    offline: relative links that name `index.html`, for a site opened from a folder or a stick.
    """

    base_url: str
    offline: bool = False

    @property
    def base_path(self) -> str:
        """The path of the base URL: `/repo/`, or `/` on a domain of its own."""
        return (urlsplit(self.base_url).path or "/").rstrip("/") + "/"

    @property
    def root(self) -> str:
        """The base URL with a slash at its end."""
        return self.base_url.rstrip("/") + "/"

    def href(self, here: UrlPath, target: str) -> Href:
        """What to write on the page `here` to link to the page `target` (`/companies/x/`, with a
        `#fragment` if need be)."""
        path, hash_, fragment = target.partition("#")
        tail = hash_ + fragment
        if not path:
            return Href(tail)
        if not self.offline:
            return Href(self.base_path + encoded(path.removeprefix("/")) + tail)
        start = posixpath.dirname("/" + file_of(here))
        return Href(encoded(posixpath.relpath("/" + file_of(UrlPath(path)), start)) + tail)

    def absolute(self, target: str) -> Href:
        """The full address of a page: for canonical links, feeds and the sitemap."""
        path, hash_, fragment = target.partition("#")
        return Href(self.root + encoded(path.removeprefix("/")) + hash_ + fragment)
