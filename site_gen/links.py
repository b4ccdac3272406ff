"""Links between the site's own pages: under a base path, on a bare domain, or from a folder."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

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
        """What to write on the page `here` to link to the page `target` (`/companies/x/`, with a `?query`
        and a `#fragment` if need be; percent escapes are taken as they are meant)."""
        path, tail = _parts(target)
        if not path:
            return Href(tail)
        if not self.offline:
            return Href(self.base_path + encoded(path.removeprefix("/")) + tail)
        start = posixpath.dirname("/" + file_of(here))
        return Href(encoded(posixpath.relpath("/" + file_of(UrlPath(path)), start)) + tail)

    def written(self, here: UrlPath, target: str) -> Href:
        """The same for a link that a person wrote, who may have left out the slash at the end."""
        return self.href(here, page_of(target) + _parts(target)[1] if target.startswith("/") else target)

    def absolute(self, target: str) -> Href:
        """The full address of a page: for canonical links, feeds and the sitemap."""
        path, tail = _parts(target)
        return Href(self.root + encoded(path.removeprefix("/")) + tail)


def _parts(target: str) -> tuple[str, str]:
    """The path of a target, unescaped, and its query and fragment as they stand."""
    end = next((i for i, c in enumerate(target) if c in "?#"), len(target))
    return unquote(target[:end]), target[end:]


def page_of(target: str) -> UrlPath:
    """The page that a person's link to the site itself means: `/companies/x` is `/companies/x/`."""
    path, _ = _parts(target)
    named = path.endswith("/") or "." in path.rpartition("/")[2]
    return UrlPath(path if named else f"{path}/")
