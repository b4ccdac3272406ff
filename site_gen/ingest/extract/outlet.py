"""Find the outlet's name, as the page declares it, and tell it from other words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from site_gen.ingest.extract.html import json_ld_parser

if TYPE_CHECKING:
    from site_gen.ingest.extract.html.metadata import PageMetadata

# What parts title, section and outlet in the title of a page.
SEPARATOR = re.compile(r"(?<!\s)\s+(?:[|\-–—·•/~@]|::|»|«|›)\s+|(?:(?<!\s)\s+)?(?:[|»•｜]|::)\s*|:\s+|(?<=\S)_(?=\S)")
_SITE_TYPES = {"WebSite", "Organization", "NewsMediaOrganization", "Corporation", "LocalBusiness"}
_COPYRIGHT = re.compile(r"^(?:©|\(c\)|copyright)[\s\d©,–-]*|[.,]? ?all rights reserved\.?$", re.IGNORECASE)
_NO_NAME = re.compile(r"http|©|@|\(c\)|copyright\b|all rights", re.IGNORECASE)
_MAX_LENGTH = 80  # characters of an outlet's name
_MAX_WORDS = 7  # of an outlet's name


def squash(text: str) -> str:
    """Return letters and digits alone, lower-case: `The Elmswick-Courier` is `theelmswickcourier`."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", text.replace("&", "and") if "&" in text else text)


def find_outlet_name(page: PageMetadata, url: str | None) -> str | None:
    """Return the outlet's name, None where the page tells none.

    Asked in this order: og:site_name, JSON-LD's publisher and site, what applications call it, the end of the page's
    title that the host's name confirms.
    """
    publishers = [
        name
        for record in filter(json_ld_parser.is_article, page.json_ld)
        for name in json_ld_parser.names_in(json_ld_parser.resolve_references(record.get("publisher"), page.json_ld))
    ]
    sites = [
        name
        for record in page.json_ld
        if {"WebSite", "NewsMediaOrganization"} & set(json_ld_parser.types_of(record))
        for name in json_ld_parser.names_in(record.get("name"))
    ]
    apps = page.first_meta("application-name", "apple-mobile-web-app-title", "publisher", "dc.publisher", "copyright")
    candidates = (page.first_meta("og:site_name"), *publishers, *sites, apps, _end_of_title(page, url))
    names = (_strip_slogan(name, collect_host_keys(url)) for name in candidates if name)
    return next((name for name in names if _may_be_name(name)), None)


def _strip_slogan(name: str, host_keys: set[str]) -> str:
    """Return an outlet's name without a bar at its end, and of `Outlet - Slogan` the part that is the host's name."""
    name = _COPYRIGHT.sub("", name).strip(" |·•–—-»«:")
    parts = [part.strip() for part in re.split(r"(?<!\s)\s+[|·•–—-]\s+|:\s", name)]
    return next((part for part in parts if len(parts) > 1 and squash(part) in host_keys), name)


def _may_be_name(text: str) -> bool:
    """Tell whether a text may name an outlet: templates put an article's title there, too, and accounts."""
    return 2 <= len(text) <= _MAX_LENGTH and len(text.split()) <= _MAX_WORDS and not _NO_NAME.match(text)


def _end_of_title(page: PageMetadata, url: str | None) -> str | None:
    host_keys = collect_host_keys(url) | _home_keys(page)
    separators = list(SEPARATOR.finditer(page.title))
    if not separators:
        return None
    ends = (page.title[separators[-1].end() :].strip(), page.title[: separators[0].start()].strip())
    return next((end for end in ends if end and is_outlet(end, host_keys)), None)


def _home_keys(page: PageMetadata) -> set[str]:
    """Return the outlet's name where only its place in the page's title tells it.

    It ends the title, and links to a front page say it, or it is the first heading and the title's rest another one.
    """
    separators = list(SEPARATOR.finditer(page.title))
    if not separators:
        return set()
    start, end = (squash(page.title[: separators[-1].start()]), squash(page.title[separators[-1].end() :]))
    keys = {end} & {squash(text) for text in page.home_texts if _may_be_name(text)}
    first, *others = [squash(heading.text) for heading in page.headings] or [""]
    return (keys | ({end} if end == first and start in others else set())) - {""}


def collect_host_keys(url: str | None) -> set[str]:
    """Return what the outlet may be called by its host, and by the parts of it, as `squash` has it."""
    try:
        host = (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return set()
    return {squash(host), *(squash(part) for part in host.split(".")[:-1] if len(part) > 2)} - {""}


def collect_outlet_keys(page: PageMetadata, url: str | None) -> set[str]:
    """Return everything that the outlet may be called, as `squash` has it, and its initials."""
    declared = [
        value
        for key in ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "publisher",
                    "twitter:app:name:iphone", "al:ios:app_name")
        for value in page.meta.get(key, [])
    ]  # fmt: skip
    for record in page.json_ld:
        if _SITE_TYPES & set(json_ld_parser.types_of(record)):
            declared += json_ld_parser.names_in(record.get("name"))
        declared += json_ld_parser.names_in(record.get("publisher"))
    declared = [name for text in declared if _may_be_name(name := text.removeprefix("@"))]
    keys = {squash(part) for text in declared for part in (text, *re.split(r"(?<!\s)\s+[|–—-]\s+", text))}
    for text in declared:
        initials = "".join(word[0] for word in text.split() if word[:1].isupper())
        if len(initials) >= 3:
            keys.add(initials.casefold())
    return {key for key in keys if len(key) > 1} | collect_host_keys(url) | _home_keys(page)


def is_outlet(text: str, outlet_keys: set[str], likeness: float = 0.6) -> bool:
    """Tell whether a text is the outlet's name, or nearly so.

    Nearly so: one of them within the other, and at least `likeness` of its length. A text without a letter is, too.
    outlet_keys: what the outlet may be called, from `collect_outlet_keys`.
    """
    squashed = squash(text)
    if not squashed:
        return True
    for key in outlet_keys:
        if squashed in {key, f"the{key}", f"{key}com", f"{key}org"} or key == f"the{squashed}":
            return True
        short, long = sorted((key, squashed), key=len)
        if len(short) >= 5 and len(short) >= likeness * len(long) and short in long:
            return True
    return False


def strip_outlet(title: str, outlet_keys: set[str]) -> str:
    """Return `Title | Section - Outlet` without the outlet, which may stand at either end."""
    if title.endswith("]") and "[" in title:
        head, _, tail = title.rpartition("[")
        if len(head) >= 3 and is_outlet(tail, outlet_keys):
            title = head.strip()
    for _ in range(3):
        separators = list(SEPARATOR.finditer(title))
        if not separators:
            break
        last, first = separators[-1], separators[0]
        if is_outlet(title[last.end() :], outlet_keys) and last.start() >= 3:
            title = title[: last.start()].strip()
        elif (
            ":" not in first[0]
            and is_outlet(title[: first.start()], outlet_keys, 0.8)
            and len(title) - first.end() >= 3
        ):
            title = title[first.end() :].strip()
        else:
            break
    return title
