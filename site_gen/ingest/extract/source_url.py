"""Where an article came from: one clean address, however the page was reached."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from courlan import normalize_url

from site_gen.core.text import word_key, words
from site_gen.core.urls import canonical_host, safe_href, without_amp
from site_gen.ingest.extract.html import json_ld_parser
from site_gen.ingest.extract.outlet import SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.ingest.extract.html.metadata import PageMetadata

# Addresses that hold another: caches of AMP pages, archives of the web.
_WRAPPED = re.compile(
    r"^https?://(?:[\w-]+\.cdn\.ampproject\.org/[a-z]/(?P<s>s/)?|(?:www\.)?google\.[a-z.]+/amp/(?P<t>s/)?"
    r"|web\.archive\.org/web/\d+[a-z_]*/)(?P<url>.+)$"
)
_AMP_QUERY = re.compile(r"(?:^|&)(?:amp(?:=1|=true)?|outputType=amp|output=amp)(?=&|$)")
_PUNCTUATION = "!$&'()*+,;=:@"
_URL = re.compile(r"https?://[^\s\"'<>]+")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js)(?:$|\?)", re.IGNORECASE)
# In the data that scripts keep in a page, HTML's quotes and JSON's included.
_IN_DATA = re.compile(
    r"""\\?(?:"|&quot;)(?:mainEntityOfPage|canonical(?:_?[uU]rl)?|permalink|share_?[uU]rl|page_?[uU]rl)\\?(?:"|&quot;)"""
    r"""\s*:\s*\\?(?:"|&quot;)(https?:[^"&\\\s<>]*(?:\\/[^"&\\\s<>]*)*)"""
)

# A landing page's address in the data of the tool that made it (Marketo's `lpurl`), without the scheme.
_LANDING = re.compile(r'"lpurl"\s*:\s*"\\?/\\?/([^"?#\s<>]+)')
_LINK = re.compile(
    r"""<a\s[^>]{0,300}?href=["']([^"'\s<>]+)["'][^>]{0,300}>(.{1,400}?)</a>""", re.IGNORECASE | re.DOTALL
)
_MARKUP = re.compile(r"<[^>]*>")
_FRONT_PATHS = frozenset({"", "/", "/home", "/home/", "/index.html", "/index.htm", "/index.php", "/default.aspx"})

# A front page that a link leads to, or that data names.
_FRONT_PAGE = re.compile(
    r"""(?:<a\s[^>]{0,300}?href=|"(?:url|item|@id)":\s{0,9})["']https?://([\w.-]+\.\w+)/?["'#]""", re.IGNORECASE
)
# What buttons of other sites are told to count or to share.
_BUTTON = re.compile(
    r"""(?:<(?:fb:|g:)?(?:like|plusone)\s[^>]{0,300}?\bhref|\s(?:data-(?:a2a-|share-)?url|data-href|addthis:url|st_url))="""
    r"""["'](https?://[^\s"'<>]+)["']""",
    re.IGNORECASE,
)
_SHARED_IN_DATA = re.compile(
    r"(?:facebook\.com/shar\w+|(?:twitter|x)\.com/(?:intent|share)|linkedin\.com/shar\w+)[^\s\"'<>]{0,400}?[?&;]u(?:rl)?="
    r"(https?(?:%3A|:)(?:%2F|/){2}[^\s\"'<>&]+)",
    re.IGNORECASE,
)


def clean_url(url: str) -> str | None:
    """The address without tracking parameters, fragment, default port and a password; None if it is none
    of the web. One that an archive or an AMP cache wraps is taken out."""
    href = safe_href(url)
    if href is None or href.startswith("mailto:"):
        return None
    try:
        parts = urlsplit(str(normalize_url(_unwrapped(href))))
    except ValueError:
        return None
    path = without_amp(_unescaped(parts.path, href)) or "/"
    query = _AMP_QUERY.sub("", parts.query).lstrip("&")
    return safe_href(urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, query, "")))


def _unescaped(path: str, before: str) -> str:
    """A path whose punctuation was not escaped before: a path may hold it (RFC 3986, section 3.3), and servers know
    the one form and not always the other."""
    for sign in _PUNCTUATION:
        if sign in before:
            path = path.replace(f"%{ord(sign):02X}", sign)
    return path


def _unwrapped(url: str) -> str:
    wrapped = _WRAPPED.match(url)
    if not wrapped:
        return url
    inner = wrapped["url"]
    if inner.startswith(("http://", "https://")):
        return inner
    return f"http{'s' if wrapped['s'] or wrapped['t'] else ''}://{inner}"


def same_host(one: str, two: str) -> bool:
    """Whether two addresses are of one host, `www.`, `m.` and `amp.` aside."""
    return folded_host(one) == folded_host(two)


def folded_host(url: str) -> str:
    """The host of an address without `www.`, `m.` and `amp.`; empty where it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return canonical_host(host)


def choose_source(saved_from: str | None, canonical: str | None) -> str | None:
    """The address to keep, of where a page was saved from and what it calls itself.

    A page's own word wins, unless it points to another host or to a front page, as templates wrongly do.
    """
    saved, own = (clean_url(url) if url else None for url in (saved_from, canonical))
    if saved is None or own is None:
        return own or saved
    front = _is_front(own) and not _is_front(saved)
    return own if same_host(saved, own) and not front else saved


def declared_source(page: PageMetadata, html: str) -> tuple[str | None, str | None]:
    """What a page calls itself, and why that may be wrong.

    The canonical link, og:url, JSON-LD, alternates and links for sharing each have a say, and one that
    names the article in words has more; the greatest sum wins. Without any, what the page's data says.
    """
    votes: dict[str, float] = defaultdict(float)
    shown: dict[str, tuple[float, str]] = {}
    title = set(words(" ".join((page.first_meta("og:title") or "", page.title))))
    said: set[tuple[str, str]] = set()
    for kind, raw, weight in _votes(page):
        url = page.absolute_url(raw)
        host = urlsplit(url).hostname if url else None
        if not url or not host or "." not in host or _PICTURE.search(url):
            continue
        key = _key(url)
        if (kind, key) in said:
            continue
        said.add((kind, key))
        votes[key] += weight
        if weight > shown.get(key, (0.0, ""))[0]:
            shown[key] = (weight, url)
    if votes:
        for key in votes:
            name = words(unquote(key.rpartition("/")[2]).replace("-", " ").replace("_", " "))
            votes[key] += 1.8 * (len(name) >= 3 and len(title.intersection(name)) >= 0.6 * len(name))
            votes[key] -= 1.2 * _is_front(f"//{key}")  # as templates wrongly say
        best = max(votes, key=lambda key: votes[key])
        doubt = "the page names only the outlet's front page" if "/" not in best and len(votes) == 1 else None
        if votes[best] < 0.9 and "/" in best:
            doubt = "only from a link for sharing"
        return shown[best][1], doubt
    found = _IN_DATA.search(html)
    if found:
        return found[1].replace("\\/", "/"), "only from data in the page"
    found = _LANDING.search(html)
    if found:
        return f"https://{found[1]}".replace("\\/", "/"), "only from data in the page"
    found = _SHARED_IN_DATA.search(html)
    if found and "/" in (url := unquote(found[1])).partition("://")[2].rstrip("/"):
        return url, "only from a link for sharing"
    counted = {unquote(match[1]) for match in _BUTTON.finditer(html)}
    if len(counted) == 1 and "/" in (url := counted.pop()).partition("://")[2].rstrip("/"):
        return url, "only from a link for sharing"
    return _put_together(page, html)


def _put_together(page: PageMetadata, html: str) -> tuple[str | None, str | None]:
    """The address of a page that names only its path, or is named only by links among others: the site is the host
    whose front page it names most often, where that serves a part of the page, too, else the only one that serves
    programs (feeds, search), or that is named, or that serves any part."""
    serving = {name for url in _parts(page) if (name := folded_host(url))}
    named = [match[0] for match in Counter(match[1].lower() for match in _FRONT_PAGE.finditer(html)).most_common()]
    both = [host for host in named if folded_host(f"https://{host}") in serving]
    programs = {folded_host(href) for kind, href in page.head_links if href.startswith("http") and "icon" not in kind}
    host = next((next(iter(some)) for some in (both[:1], programs, named, serving) if len(some) == 1), None)
    hosts = serving | ({folded_host(f"https://{host}")} if host else set())
    title = page.first_meta("og:title") or page.title
    paths = [href for kind, href in page.head_links if kind.split(" ")[0] == "canonical"] + page.meta.get("og:url", [])
    whole = word_key(title)
    paths += [href for text, href in page.self_links if not text or (len(words(text)) >= 2 and word_key(text) in whole)]
    paths += _named_as(title, html)
    for path in paths:
        if path.startswith("http") and folded_host(path) in hosts and not _is_front(path):
            return path, "only from a link with the page's title"
        if host and re.match(r"/[^/]", path):
            return f"https://{host}{path}", "put together from a path in the page and the site's host"
    return None, None


def _named_as(title: str, html: str) -> Iterator[str]:
    """Where links lead whose text is the title, or whose path ends in it: lists of an outlet's pages name the page
    among others, and a wiki's tabs lead to it."""
    gaps = list(SEPARATOR.finditer(title))
    wholes = {word_key(title), *(word_key(title[: gap.start()]) for gap in gaps[:1] + gaps[-1:])}
    for match in _LINK.finditer(html):
        address, _, query = match[1].partition("#")[0].partition("?")
        name = word_key(unquote(address).rstrip("/").rpartition("/")[2].replace("_", " "))
        text = word_key(unescape(_MARKUP.sub(" ", match[2])))
        if (" " in name and name in wholes and not query) or (text.count(" ") >= 2 and text in wholes):
            yield match[1].partition("#")[0]


def _is_front(url: str) -> bool:
    return urlsplit(url).path.lower() in _FRONT_PATHS


def _parts(page: PageMetadata) -> Iterator[str]:
    """Addresses of what a site mostly serves itself: its icon, feeds, search, pictures for sharing."""
    yield from (href for _, href in page.head_links if href.startswith("http"))
    for key in ("og:image", "twitter:image"):
        yield from (url for url in page.meta.get(key, []) if url.startswith("http"))


def _key(url: str) -> str:
    """What addresses of one page have in common."""
    parts = urlsplit(clean_url(url) or url)
    host = canonical_host(parts.hostname or "")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{parts.query}" if parts.query else "")


def _votes(page: PageMetadata) -> Iterator[tuple[str, str, float]]:
    """(what says it, address, weight). Each kind has one say for an address."""
    for kind, href in page.head_links:
        rel, _, more = kind.partition(" ")
        if rel == "canonical":
            yield rel, href, 2.0
        elif rel == "shortlink":
            yield rel, href, 0.3
        elif rel == "alternate" and not re.search("rss|atom|xml|json|oembed", more):
            tongue = more.split(" ")[0].lower()
            yield rel, href, 0.6 if tongue in {"x-default", page.language} else 0.1
    yield from (("og:url", url, 1.5) for url in page.meta.get("og:url", [])[:2])
    for key in ("twitter:url", "parsely-link", "sailthru.url", "dc.identifier", "al:web:url", "url"):
        yield from ((key, url, 1.0) for url in page.meta.get(key, [])[:1] if url.startswith("http"))
    for record in page.json_ld:
        if json_ld_parser.is_article(record) or any(
            kind.endswith(("Page", "Product")) for kind in json_ld_parser.types_of(record)
        ):
            yield from _addresses(record)
        elif "BreadcrumbList" in json_ld_parser.types_of(record):
            yield from _last_crumb(record)
    yield from (("shared", url, weight) for url, weight in _shared(page.share_links))


def _addresses(record: json_ld_parser.JsonLdObject) -> Iterator[tuple[str, str, float]]:
    for key in ("url", "mainEntityOfPage"):
        value = record.get(key)
        value = (value.get("@id") or value.get("url")) if isinstance(value, dict) else value
        if isinstance(value, str) and value.startswith("http"):
            yield key, value, 0.9


def _last_crumb(record: json_ld_parser.JsonLdObject) -> Iterator[tuple[str, str, float]]:
    """The last of the crumbs may be the page, or what it lies in."""
    crumbs = record.get("itemListElement")
    crumb = crumbs[-1] if isinstance(crumbs, list) and crumbs else None
    item = crumb.get("item") if isinstance(crumb, dict) else None
    item = (item.get("@id") or item.get("url") or item.get("id")) if isinstance(item, dict) else item
    if isinstance(item, str) and item.startswith("http") and len(crumbs or ()) > 1:
        yield "crumb", item, 0.4


def _shared(links: list[str]) -> Iterator[tuple[str, float]]:
    """The addresses that links for sharing hand on; a page that shares many is a list of pages."""
    found: list[str] = []
    for href in links:
        try:
            query = parse_qs(urlsplit(href).query)
        except ValueError:
            continue
        texts = [query[key][0] for key in ("u", "url", "href", "text", "body", "link", "canonicalUrl") if key in query]
        found += [match[0] for text in texts if (match := _URL.search(text))]
    distinct = list(dict.fromkeys(found))
    yield from ((url, 0.8 / len(distinct)) for url in distinct[:6])
