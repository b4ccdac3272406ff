"""Paths and links: the one place that makes them. Pure."""

from __future__ import annotations

import ipaddress
import re
from typing import NewType
from urllib.parse import quote, urlsplit

from site_gen.core.slugs import is_reserved, is_slug, slugify
from site_gen.core.text import scrub

# A site-absolute URL path that went through `url_path`: `/companies/hikvision/` or `/feed.xml`.
UrlPath = NewType("UrlPath", str)
# A link target that went through `safe_href`.
Href = NewType("Href", str)

# What nearly all paths and addresses look like. A text of such a form needs no more work; any other takes the long
# way, which gives the same for these too.
_PLAIN_PATH = re.compile("[A-Za-z0-9_.~/-]*")
_PLAIN_WEB = re.compile(
    r"https?://((?:[A-Za-z0-9-]+\.)*[A-Za-z][A-Za-z0-9-]*)(?::[0-9]{1,4})?(?:[/?#][!#-;=?-\[\]_a-z~]*)?"
)


def url_path(*segments: str) -> UrlPath:
    """Return the folder URL of segments that are slugs already: `("companies", "x")` gives `/companies/x/`.

    Raises ValueError for a segment that is no slug: nothing else may become a path.
    """
    for segment in segments:
        if not is_slug(segment):
            raise ValueError(f"{segment!r} is not a slug; nearest is {slugify(segment)!r}")
    return UrlPath("/" + "".join(f"{s}/" for s in segments))


# A segment of an address that another program made, `My_Post` or `post.html`: safe as a file's name, and in a URL.
_FOREIGN_SEGMENT = re.compile("[A-Za-z0-9_~](?:[A-Za-z0-9_.~-]{0,118}[A-Za-z0-9_~-])?")


def parse_url_path(text: str) -> UrlPath | None:
    """Return the URL of a page that a person wrote (`redirect_from`), or None when a site can have none there.

    It is the URL of a folder, or of a file as other programs name pages, `/2016/02/03/post.html`. A missing slash at
    either end is added, percent escapes are not: they are refused with the rest.
    """
    text = re.sub(r"(?:^|(?<=/))index\.html$", "", text.strip())  # which is the folder's own page
    segments = [s for s in text.split("/") if s]
    if not segments or "//" in text or not all(map(_may_be_segment, segments)):
        return None
    return UrlPath("/" + "/".join(segments) + ("" if text.endswith((".html", ".htm")) else "/"))


def _may_be_segment(text: str) -> bool:
    """Tell whether a text can be a segment of a page's address: a slug, or what another program made of a title."""
    return is_slug(text) or (_FOREIGN_SEGMENT.fullmatch(text) is not None and not is_reserved(text.partition(".")[0]))


def file_of_url(url: UrlPath) -> str:
    """Return the file below `output/` that serves a URL: `/a/b/` is `a/b/index.html`, `/feed.xml` is itself."""
    relative = url.removeprefix("/")
    return f"{relative}index.html" if url.endswith("/") else relative


def url_of_file(file: str) -> UrlPath:
    """Return the URL that a file below `output/` serves, as `file_of_url` has it."""
    folder = file.removesuffix("index.html")
    return UrlPath(f"/{folder if not folder or folder.endswith('/') else file}")


def percent_encoded(url: str) -> str:
    """Return a path as it stands in a link: percent-encoded UTF-8 (RFC 3986, section 2.1)."""
    return url if _PLAIN_PATH.fullmatch(url) else quote(url, safe="/")


_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_UNSAFE_IN_HREF = re.compile(r"[\s\\<>\"`{}|^\x00-\x20\x7f]")
_ALLOWED_SCHEMES = frozenset({"http", "https", "mailto"})


def safe_href(raw: str) -> Href | None:
    """Return the link target if it may stand on a page, else None: http, https and mailto only.

    Every link from content passes here. Relative and scheme-relative targets are refused: what they
    would mean on our site is not what they meant on theirs.
    """
    if _PLAIN_WEB.fullmatch(raw):
        return Href(raw)
    # Browsers drop tabs and line ends inside a URL and blanks around it before they read the scheme
    # (WHATWG URL, "basic URL parser", steps 1-3), so `java\nscript:` has to be seen as they see it.
    url = re.sub(r"[\t\n\r]", "", scrub(raw)).strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if not _SCHEME.match(url) or scheme not in _ALLOWED_SCHEMES:
        return None
    if scheme == "mailto":
        return Href(_UNSAFE_IN_HREF.sub(_escape, url)) if "@" in parts.path else None
    if not host or not url[len(scheme) :].startswith("://") or not _is_host(host):
        return None
    return Href(_UNSAFE_IN_HREF.sub(_escape, url))


def _is_host(host: str) -> bool:
    """Return whether browsers would take a text for a host.

    It has no escapes, and all numbers only as an IP address (WHATWG URL, "host parsing").
    """
    if "%" in host or _UNSAFE_IN_HREF.search(host):
        return False
    if ":" in host or host.rstrip(".").rpartition(".")[2].isdigit():
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
    return True


def _escape(match: re.Match[str]) -> str:
    return quote(match[0])


def parse_base_url(text: str) -> Href | None:
    """Return the address that a site is published at, or None: http or https, a host, a path, nothing after it."""
    href = safe_href(text)
    return href if href and re.fullmatch(r"https?://[^/?#]+(/[^?#]*)?", href, re.IGNORECASE) else None


def host_of(url: str) -> str:
    """Return the host of a URL without `www.`, or an empty string."""
    plain = _PLAIN_WEB.fullmatch(url)
    if plain:
        return plain[1].lower().removeprefix("www.")
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


# `www.` in its spellings, then a host of its own for telephones or AMP; not where little else is left (`m.com`).
_VARIANT_HOST = re.compile(r"^(?:www\d?\.(?=[^.]+\.))?(?:(?:m|mobile|amp|touch|wap)\.(?=[^.]+\.))?")
_AMP_PATH = re.compile(r"(?:/amp/?|/amp\.html?|/amphtml/?|\.amp)$|\.amp(?=\.html?$)")


def canonical_host(host: str) -> str:
    """Return a host without what only says for whom it serves the same pages: `www.`, `m.`, `amp.` and the like."""
    return _VARIANT_HOST.sub("", host)


def without_amp(path: str) -> str:
    """Return the path of a page whose AMP form has this one, by publishers' usual endings: `/amp`, `.amp` and so on."""
    return _AMP_PATH.sub("", path)
