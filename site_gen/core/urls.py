"""Slugs, paths and links: the one place that turns text into them. Pure."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from typing import NewType
from urllib.parse import quote, urlsplit

from site_gen.core.text import scrub, words

# A site-absolute URL path that went through `url_path`: `/companies/hikvision/` or `/feed.xml`.
UrlPath = NewType("UrlPath", str)
# A link target that went through `safe_href`.
Href = NewType("Href", str)

MAX_SEGMENT_BYTES = 120  # of a slug, in UTF-8
NEW_SEGMENT_BYTES = 110  # of a slug that is made of a title: `-23` may have to follow
# Names that Windows will not have as a file, with or without a suffix
# (Microsoft, "Naming Files, Paths, and Namespaces").
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))})
RESERVED_SUFFIX = "-page"  # what is put after such a name
# Latin letters that Unicode does not decompose into a base letter and a mark.
_LATIN = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "þ": "th",
        "ı": "i",
        "ħ": "h",
        "ŋ": "n",
    }
)
_APOSTROPHES = re.compile("['’ʼ]")
# Letters and marks that show nothing (Unicode, Default_Ignorable_Code_Point, less the joiners): two
# slugs must not differ in what nobody sees.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2060-\u206f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0000-\U000e0fff]"
)
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")  # U.S. is `us`, not `u-s`
_MAX_ROUNDS = 8  # of `slugify`
_MARK_ON_LATIN = re.compile("([a-z])[\u0300-\u036f]+")
# What nearly all slugs, paths and addresses look like. A text of such a form needs no more work; any
# other takes the long way, which gives the same for these too.
_PLAIN_SLUG = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")
_PLAIN_PATH = re.compile("[A-Za-z0-9_.~/-]*")
_PLAIN_WEB = re.compile(
    r"https?://((?:[A-Za-z0-9-]+\.)*[A-Za-z][A-Za-z0-9-]*)(?::[0-9]{1,4})?(?:[/?#][!#-;=?-\[\]_a-z~]*)?"
)


def slugify(text: str, fallback: str = "untitled", limit: int = MAX_SEGMENT_BYTES) -> str:
    """Return a lower-case path segment for any text: `Voss & Daughters' plc` gives `voss-daughters-plc`.

    Latin letters lose their accents. Where most letters are of another script they stay as they are
    (`海康威视`). Never empty, never a name that a file system refuses, at most `limit` bytes of UTF-8,
    and a fixed point: slugify(slugify(x)) == slugify(x).
    """
    if _is_plain_slug(text, limit):
        return text
    slug = _slug(scrub(text), limit)
    # Folding can lay open more to fold (a letter that decomposes to a capital), and a cut can leave
    # more Latin letters than others; each round only takes away.
    for _ in range(_MAX_ROUNDS):
        again = _slug(slug, limit)
        if again == slug:
            break
        slug = again
    if not slug:
        return fallback
    return f"{slug}{RESERVED_SUFFIX}" if slug in _RESERVED else slug


def _is_plain_slug(text: str, limit: int = MAX_SEGMENT_BYTES) -> bool:
    return len(text) <= limit and _PLAIN_SLUG.fullmatch(text) is not None and text not in _RESERVED


def _slug(text: str, limit: int) -> str:
    """Return a text after one round of `slugify`; empty when no letter or digit is left."""
    if text.isascii():  # its letters need no folding but to lower case, and stand in no other script
        return _cut("-".join(words(_without_points(text.lower().replace("'", "")))), limit)
    folded = unicodedata.normalize("NFKC", text).casefold().lower()  # casefold gives Cherokee capitals
    folded = _APOSTROPHES.sub("", _INVISIBLE.sub("", folded)).translate(_LATIN)
    folded = _MARK_ON_LATIN.sub(r"\1", unicodedata.normalize("NFD", folded))
    folded = unicodedata.normalize("NFC", folded)
    folded = _without_points(folded)
    letters = [c for c in folded if c.isalpha()]
    latin = sum("a" <= c <= "z" for c in letters)
    if letters and latin * 2 >= len(letters):
        folded = "".join(c if c.isascii() else " " for c in folded)
    signs: list[str] = []
    for c in folded:
        # Marks (Mn, Mc) belong to their letter: Indic vowels, Arabic points. One without a letter goes.
        if c.isalnum() or (unicodedata.category(c)[0] == "M" and signs and signs[-1] != "-"):
            signs.append(c)
        elif signs and signs[-1] != "-":
            signs.append("-")
    return _cut("".join(signs).strip("-"), limit)


def _without_points(text: str) -> str:
    """Return a folded text whose initials stand together."""
    return _INITIALS.sub(lambda m: m[0].replace(".", ""), text) if "." in text else text


def _cut(slug: str, limit: int) -> str:
    """Return at most `limit` bytes of a slug, cut at a hyphen if one is near, never inside a character."""
    raw = slug.encode()
    if len(raw) <= limit:
        return slug
    cut = unicodedata.normalize("NFC", raw[:limit].decode(errors="ignore"))
    head, _, tail = cut.rpartition("-")
    return (head if head and len(tail) < 30 else cut).strip("-")


def is_slug(text: str) -> bool:
    """Return whether a file name (without suffix) or a tag can stand in a URL as it is."""
    return _is_plain_slug(text) or text == slugify(text)


def url_path(*segments: str) -> UrlPath:
    """Return the folder URL of segments that are slugs already: `("companies", "x")` gives `/companies/x/`.

    Raises ValueError for a segment that is no slug: nothing else may become a path.
    """
    for segment in segments:
        if not is_slug(segment):
            raise ValueError(f"{segment!r} is not a slug; nearest is {slugify(segment)!r}")
    return UrlPath("/" + "".join(f"{s}/" for s in segments))


def parse_url_path(text: str) -> UrlPath | None:
    """Return the folder URL that a person wrote (`redirect_from`), or None when it is not one of a site's own.

    A missing slash at either end is added, percent escapes are not: they are refused with the rest.
    """
    text = text.strip()
    segments = [s for s in text.split("/") if s]
    if not segments or "//" in text:
        return None
    try:
        return url_path(*segments)
    except ValueError:
        return None


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
