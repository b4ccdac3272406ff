"""Where an article came from: one clean address, however the page was reached."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from courlan import normalize_url

from site_gen.urls import safe_href

_MOBILE = re.compile(r"^(?:m|mobile|amp)\.(?=[^.]+\.)")


def clean(url: str) -> str | None:
    """The address without tracking parameters, fragment, default port and a password; None if it is none
    of the web."""
    href = safe_href(url)
    if href is None or href.startswith("mailto:"):
        return None
    try:
        parts = urlsplit(str(normalize_url(href)))
    except ValueError:
        return None
    return safe_href(urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path or "/", parts.query, "")))


def same_host(one: str, two: str) -> bool:
    """Whether two addresses are of one host, `www.`, `m.` and `amp.` aside."""
    return folded_host(one) == folded_host(two)


def folded_host(url: str) -> str:
    """The host of an address without `www.`, `m.` and `amp.`; empty where it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return _MOBILE.sub("", host.removeprefix("www."))


def choose(saved_from: str | None, canonical: str | None) -> str | None:
    """The address to keep, of where a page was saved from and what it calls itself.

    A page's own word wins, unless it points to another host or to a front page, as templates wrongly do.
    """
    saved, own = (clean(url) if url else None for url in (saved_from, canonical))
    if saved is None or own is None:
        return own or saved
    front = urlsplit(own).path in {"", "/"} and urlsplit(saved).path not in {"", "/"}
    return own if same_host(saved, own) and not front else saved
