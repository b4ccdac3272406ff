"""The outlet's name, as the page declares it, and how to tell it from other words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from site_gen.ingest.extract.html import json_ld_parser

if TYPE_CHECKING:
    from site_gen.ingest.extract.html.metadata import PageMetadata

SEPARATOR = re.compile(r"\s+(?:[|\-–—·•/~@]|::|»|«|›)\s+|\s*[|»•|｜]\s*|\s*::\s*|:\s+|(?<=\S)_(?=\S)")
_SITE_TYPES = {"WebSite", "Organization", "NewsMediaOrganization", "Corporation", "LocalBusiness"}
_LONGEST = 80  # characters of an outlet's name
_MOST_WORDS = 7


def squash(text: str) -> str:
    """Letters and digits alone, lower-case: `The Elmswick-Courier` is `theelmswickcourier`."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", text.replace("&", "and") if "&" in text else text)


def outlet_name(page: PageMetadata, url: str | None) -> str | None:
    """The outlet's name: og:site_name, then JSON-LD's publisher and site, then what applications call it,
    then the end of the page's title that the host's name confirms."""
    publishers = [
        n for r in filter(json_ld_parser.is_article, page.json_ld) for n in json_ld_parser.names_in(r.get("publisher"))
    ]
    sites = [n for r in page.json_ld if {"WebSite", "NewsMediaOrganization"} & set(json_ld_parser.types_of(r))
             for n in json_ld_parser.names_in(r.get("name"))]  # fmt: skip
    apps = page.first_meta("application-name", "apple-mobile-web-app-title", "publisher", "dc.publisher", "copyright")
    for found in (page.first_meta("og:site_name"), *publishers, *sites, apps, _from_title(page, url)):
        if found and _is_name(found):
            return found
    return None


def _is_name(text: str) -> bool:
    """Whether it may name an outlet: templates put an article's title there, too, and accounts."""
    return 2 <= len(text) <= _LONGEST and len(text.split()) <= _MOST_WORDS and not text.startswith(("http", "©"))


def _from_title(page: PageMetadata, url: str | None) -> str | None:
    hosts = _host_keys(url)
    gaps = list(SEPARATOR.finditer(page.title))
    if not gaps:
        return None
    ends = (page.title[gaps[-1].end() :].strip(), page.title[: gaps[0].start()].strip())
    return next((end for end in ends if end and is_outlet(end, hosts)), None)


def _host_keys(url: str | None) -> set[str]:
    try:
        host = (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return set()
    return {squash(host), *(squash(part) for part in host.split(".")[:-1] if len(part) > 2)} - {""}


def outlet_keys(page: PageMetadata, url: str | None) -> set[str]:
    """Everything that the outlet may be called, squashed to letters, and its initials."""
    declared = [
        v
        for key in ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "publisher",
                    "twitter:app:name:iphone", "al:ios:app_name")
        for v in page.meta.get(key, [])
    ]  # fmt: skip
    for record in page.json_ld:
        if _SITE_TYPES & set(json_ld_parser.types_of(record)):
            declared += json_ld_parser.names_in(record.get("name"))
        declared += json_ld_parser.names_in(record.get("publisher"))
    declared = [text for text in declared if _is_name(text)]
    found = {squash(part) for text in declared for part in (text, *re.split(r"\s+[|–—-]\s+", text))}
    for text in declared:
        initials = "".join(word[0] for word in text.split() if word[:1].isupper())
        if len(initials) >= 3:
            found.add(initials.casefold())
    return {key for key in found if len(key) > 1} | _host_keys(url)


def is_outlet(text: str, known: set[str], likeness: float = 0.6) -> bool:
    """Whether a text is the outlet's name, or nearly so: one within the other, and at least `likeness` of its
    length. Nothing at all is, too."""
    squashed = squash(text)
    if not squashed:
        return True
    for key in known:
        if squashed in {key, f"the{key}", f"{key}com", f"{key}org"} or key == f"the{squashed}":
            return True
        short, long = sorted((key, squashed), key=len)
        if len(short) >= 5 and len(short) >= likeness * len(long) and short in long:
            return True
    return False


def strip_outlet(title: str, known: set[str]) -> str:
    """`Title | Section - Outlet` without the outlet, at either end."""
    if title.endswith("]") and "[" in title:
        head, _, tail = title.rpartition("[")
        if len(head) >= 3 and is_outlet(tail, known):
            title = head.strip()
    for _ in range(3):
        gaps = list(SEPARATOR.finditer(title))
        if not gaps:
            break
        last, first = gaps[-1], gaps[0]
        if is_outlet(title[last.end() :], known) and last.start() >= 3:
            title = title[: last.start()].strip()
        elif ":" not in first[0] and is_outlet(title[: first.start()], known, 0.8) and len(title) - first.end() >= 3:
            title = title[first.end() :].strip()
        else:
            break
    return title
