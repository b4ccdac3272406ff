"""Links between the site's own pages: under a base path, on a bare domain, or from a folder."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from site_gen.core.urls import Href, UrlPath, encoded, file_of

_TAIL = re.compile("[?#]")
# A path of ours as nearly all are: nothing in it to unescape or to encode.
_PLAIN = re.compile("(?:/[a-z0-9-]+)*/(?:[a-z0-9-]+[.][a-z]+)?")
_PLAIN_TARGET = re.compile(f"{_PLAIN.pattern}(?s:[?#].*)?")


@dataclass(frozen=True, slots=True)
class Links:
    """How pages of a site name each other.

    base_url: where the site is published, `https://user.github.io/repo/`.
    offline: relative links that name `index.html`, for a site opened from a folder or a stick.
    base_path: the path of the base URL, `/repo/`, or `/` on a domain of its own.
    root: the base URL with a slash at its end.
    """

    base_url: str
    offline: bool = False
    base_path: str = field(init=False, repr=False, compare=False)
    root: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Kept, since every link asks for one of them.
        object.__setattr__(self, "base_path", (urlsplit(self.base_url).path or "/").rstrip("/") + "/")
        object.__setattr__(self, "root", self.base_url.rstrip("/") + "/")

    def href(self, here: UrlPath, target: str) -> Href:
        """What to write on the page `here` to link to the page `target` (`/companies/x/`, with a `?query`
        and a `#fragment` if need be; percent escapes are taken as they are meant)."""
        if not self.offline and _PLAIN_TARGET.fullmatch(target):
            return Href(self.base_path + target[1:])
        path, tail = _parts(target)
        if not path:
            return Href(tail)
        if not self.offline:
            return Href(self.base_path + encoded(path.removeprefix("/")) + tail)
        return Href(encoded(_relative("/" + file_of(UrlPath(path)), "/" + file_of(here))) + tail)

    def written(self, here: UrlPath, target: str) -> Href:
        """The same for a link that a person wrote, who may have left out the slash at the end."""
        return self.href(here, page_of(target) + _parts(target)[1] if target.startswith("/") else target)

    def absolute(self, target: str) -> Href:
        """The full address of a page: for canonical links, feeds and the sitemap."""
        if _PLAIN_TARGET.fullmatch(target):
            return Href(self.root + target[1:])
        path, tail = _parts(target)
        return Href(self.root + encoded(path.removeprefix("/")) + tail)


def _relative(target: str, here: str) -> str:
    """The way from one file to another, both named from the root."""
    if not (_PLAIN.fullmatch(target) and _PLAIN.fullmatch(here)):  # `..`, a slash that stands twice
        return posixpath.relpath(target, posixpath.dirname(here))
    there, folders = target[1:].split("/"), here[1:].split("/")[:-1]
    shared = 0
    while shared < min(len(folders), len(there)) and there[shared] == folders[shared]:
        shared += 1
    return "../" * (len(folders) - shared) + "/".join(there[shared:])


def _parts(target: str) -> tuple[str, str]:
    """The path of a target, unescaped, and its query and fragment as they stand."""
    found = _TAIL.search(target)
    end = found.start() if found else len(target)
    return unquote(target[:end]), target[end:]


def page_of(target: str) -> UrlPath:
    """The page that a person's link to the site itself means: `/companies/x` is `/companies/x/`."""
    path, _ = _parts(target)
    named = path.endswith("/") or "." in path.rpartition("/")[2]
    return UrlPath(path if named else f"{path}/")
