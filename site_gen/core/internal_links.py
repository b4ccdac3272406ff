"""Links between the site's own pages: under a base path, on a bare domain, or from a folder."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from site_gen.core.urls import Href, UrlPath, file_of_url, percent_encoded

_TAIL_START = re.compile("[?#]")
# A path of ours as nearly all are: nothing in it to unescape or to encode.
_PLAIN_PATH = re.compile("(?:/[a-z0-9-]+)*/(?:[a-z0-9-]+[.][a-z]+)?")
_PLAIN_TARGET = re.compile(f"{_PLAIN_PATH.pattern}(?s:[?#].*)?")


@dataclass(frozen=True, slots=True)
class Links:
    """How pages of a site name each other."""

    base_url: str  # where the site is published, `https://user.github.io/repo/`
    offline: bool = False  # relative links that name `index.html`, for a site opened from a folder or a stick
    base_path: str = field(init=False, repr=False, compare=False)  # of the base URL: `/repo/`, or `/`
    root: str = field(init=False, repr=False, compare=False)  # the base URL with a slash at its end

    def __post_init__(self) -> None:
        # Worked out once, since every link asks for one of them.
        object.__setattr__(self, "base_path", (urlsplit(self.base_url).path or "/").rstrip("/") + "/")
        object.__setattr__(self, "root", self.base_url.rstrip("/") + "/")

    def href(self, here: UrlPath, target: str) -> Href:
        """Return what to write on the page `here` to link to the page `target`.

        target: `/companies/x/`, with a `?query` and a `#fragment` if need be; percent escapes are taken as they are
        meant.
        """
        if not self.offline and _PLAIN_TARGET.fullmatch(target):
            return Href(self.base_path + target[1:])
        path, tail = _split_tail(target)
        if not path:
            return Href(tail)
        if not self.offline:
            return Href(self.base_path + percent_encoded(path.removeprefix("/")) + tail)
        return Href(percent_encoded(_relative("/" + file_of_url(UrlPath(path)), "/" + file_of_url(here))) + tail)

    def href_as_written(self, here: UrlPath, target: str) -> Href:
        """Return `href` for a target that a person wrote, who may have left out the slash at its end."""
        return self.href(here, page_meant(target) + _split_tail(target)[1] if target.startswith("/") else target)

    def absolute(self, target: str) -> Href:
        """Return the full address of a page: for canonical links, feeds and the sitemap."""
        if _PLAIN_TARGET.fullmatch(target):
            return Href(self.root + target[1:])
        path, tail = _split_tail(target)
        return Href(self.root + percent_encoded(path.removeprefix("/")) + tail)


def _relative(target: str, here: str) -> str:
    """Return the relative path from one file to another, both named from the root."""
    if not (_PLAIN_PATH.fullmatch(target) and _PLAIN_PATH.fullmatch(here)):  # `..`, a slash that stands twice
        return posixpath.relpath(target, posixpath.dirname(here))
    parts, folders = target[1:].split("/"), here[1:].split("/")[:-1]
    shared = 0
    while shared < min(len(folders), len(parts)) and parts[shared] == folders[shared]:
        shared += 1
    return "../" * (len(folders) - shared) + "/".join(parts[shared:])


def _split_tail(target: str) -> tuple[str, str]:
    """Return the path of a target, unescaped, and its query and fragment as they stand."""
    tail = _TAIL_START.search(target)
    end = tail.start() if tail else len(target)
    return unquote(target[:end]), target[end:]


def page_meant(target: str) -> UrlPath:
    """Return the page that a person's link to the site itself means: `/companies/x` is `/companies/x/`."""
    path, _ = _split_tail(target)
    is_complete = path.endswith("/") or "." in path.rpartition("/")[2]
    return UrlPath(path if is_complete else f"{path}/")
