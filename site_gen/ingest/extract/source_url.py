"""Find where an article came from: one clean address, however the page was reached."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from html import unescape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from courlan import normalize_url

from site_gen.core.text import word_key, words
from site_gen.core.urls import canonical_host, safe_href, without_amp
from site_gen.ingest.extract.html import json_ld_parser
from site_gen.ingest.extract.outlet import SEPARATOR, squash

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.ingest.extract.html.metadata import PageMetadata

# Addresses that hold another: caches of AMP pages, archives of the web.
_WRAPPED = re.compile(
    r"^https?://(?:[\w-]+\.cdn\.ampproject\.org/[a-z]/(?P<s>s/)?|(?:www\.)?google\.[a-z.]+/amp/(?P<t>s/)?"
    r"|web\.archive\.org/web/\d+[a-z_]*/)(?P<url>.+)$"
)
_AMP_QUERY = re.compile(r"(?:^|&)(?:amp(?:=1|=true)?|outputType=amp|output=amp)(?=&|$)")
_PUNCTUATION = "!$&'()*+,;=:@"  # that may stand in a path (RFC 3986, section 3.3)
# A page's address in a script or an element's attribute.
_IN_SCRIPT = re.compile(
    r"""(?:page\.url|disqus_url|page_?url|canonical[-_]?url[\w-]{0,20})["']?\s*(?:[=:]|value=)\s*["'](https?://[^"'\s<>\\]+)["']""",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://[^\s\"'<>]+")
# Hosts that serve pictures and style sheets, no pages.
_ASSET_HOST = re.compile(r"(?:images?|img|static|assets?|media|cdn|files|wwwcache|cache)\d*\.(?=[^.]+\.)")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js)(?:$|\?)", re.IGNORECASE)
# A page's address in the data that scripts keep in it, HTML's quotes and JSON's included.
_IN_DATA = re.compile(
    r"""\\?(?:"|&quot;)(?:mainEntityOfPage|canonical(?:_?[uU]rl)?|permalink|share_?[uU]rl|page_?[uU]rl)\\?(?:"|&quot;)"""
    r"""\s*:\s*\\?(?:"|&quot;)(https?:[^"&\\\s<>]*(?:\\/[^"&\\\s<>]*)*)"""
)

# The parts of a page's path in the data of Next.js, of which the first is empty.
_PATH_PARTS = re.compile(r'\\?"(?:c|urlParts)\\?":\[((?:\\?"[\w.%~-]{0,200}\\?",?){2,12})\]')
_STRING = re.compile(r'\\?"([^"\\]*)\\?"')
# A landing page's address in the data of the tool that made it (Marketo's `lpurl`), without the scheme.
_LANDING = re.compile(r'"lpurl"\s*:\s*"\\?/\\?/([^"?#\s<>]+)')
_LINK = re.compile(
    r"""<a\s[^>]{0,300}?href=["']([^"'\s<>]+)["'][^>]{0,300}>(.{1,400}?)</a>""", re.IGNORECASE | re.DOTALL
)
# A page's address in the link to its oEmbed data (oembed.com, section 4).
_EMBEDDED = re.compile(r"oembed[^\s\"'<>]{0,200}?[?&]url=(https?(?:%3A|:)[^&\s]+)", re.IGNORECASE)
_PAGE_URL = re.compile(r"(?:canonical|full|page|share|perma|article)[-_.]?(?:url|link)")  # names of meta tags
_MARKUP = re.compile(r"<[^<>]*>")
# Paths of front pages.
_FRONT_PATHS = frozenset({"", "/", "/home", "/home/", "/index.html", "/index.htm", "/index.php", "/default.aspx"})

# A front page that a link leads to, or that data names.
_FRONT_PAGE = re.compile(
    r"""(?:<a\s[^>]{0,300}?href=|"(?:url|item|@id)":\s{0,9})["']https?://([\w.-]+\.\w+)/?["'#]""", re.IGNORECASE
)
_ANY_HOST = re.compile(r"""<a\s[^>]{0,300}?href=["']https?://([\w.-]+\.\w+)""", re.IGNORECASE)
# What buttons of other sites are told to count or to share.
_BUTTON = re.compile(
    r"""(?:<(?:fb:|g:)?(?:like|plusone)\s[^>]{0,300}?\bhref|\s(?:data-(?:a2a-|share-|page-|canonical-)?url|data-(?:href|permalink|clipboard-text|canonical)|addthis:url|st_url))="""
    r"""["'](https?://[^\s"'<>]+)["']""",
    re.IGNORECASE,
)
_HEAD_ELEMENT = re.compile(r"<(?:style|link)\b", re.IGNORECASE)  # they name style sheets and fonts
_MAX_TAG = 2000  # characters of a tag before an attribute in it
# An address that a link of a social network shares, anywhere in the page.
_SHARED_IN_DATA = re.compile(
    r"(?:facebook\.com/shar\w++|(?:twitter|x)\.com/(?:intent|share)|linkedin\.com/shar\w++)[^\s\"'<>]{0,400}?[?&;]u(?:rl)?="
    r"(https?(?:%3A|:)(?:%2F|/){2}[^\s\"'<>&]+)",
    re.IGNORECASE,
)


_ONLY_DATA = "only from data in the page"  # doubts
_ONLY_SHARED = "only from a link for sharing"


def clean_url(url: str) -> str | None:
    """Return an address without tracking parameters, fragment, default port and password.

    None if it is none of the web. An address that an archive or an AMP cache wraps is taken out.
    """
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
    """Return a path with the punctuation unescaped that was not escaped before: servers do not always know both forms.

    before: the address as it was.
    """
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


def is_same_host(url: str, other_url: str) -> bool:
    """Tell whether two addresses are of one host, `www.`, `m.` and `amp.` aside."""
    return folded_host(url) == folded_host(other_url)


def folded_host(url: str) -> str:
    """Return the host of an address without `www.`, `m.` and `amp.`; empty where it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return canonical_host(host)


def choose_source(saved_from: str | None, canonical: str | None) -> str | None:
    """Return the address to keep, of where a page was saved from and what it calls itself.

    A page's own word wins, unless it points to another host or to a front page, as templates wrongly do.
    """
    saved, own = (clean_url(url) if url else None for url in (saved_from, canonical))
    if saved is None or own is None:
        return own or saved
    is_front_only = _is_front(own) and not _is_front(saved)
    return own if is_same_host(saved, own) and not is_front_only else saved


def find_declared_source(page: PageMetadata, html: str) -> tuple[str | None, str | None]:
    """Return what a page calls itself, and why that may be wrong; None each where there is nothing to say.

    The canonical link, og:url, JSON-LD, alternates and links for sharing each have a vote, and one that
    names the article in words has more; the greatest sum wins. Without any, what the page's data says.
    """
    totals: dict[str, float] = defaultdict(float)  # by page, see `_page_key`
    heaviest: dict[str, _Vote] = {}
    title_words = set(words(" ".join((page.first_meta("og:title") or "", page.title))))
    counted: set[tuple[str, str]] = set()
    for vote in _votes(page):
        url = page.absolute_url(vote.url)
        host = urlsplit(url).hostname if url else None
        if not url or not host or "." not in host or _PICTURE.search(url):
            continue
        key = _page_key(url)
        if (vote.witness, key) in counted:
            continue
        counted.add((vote.witness, key))
        totals[key] += vote.weight
        if key not in heaviest or vote.weight > heaviest[key].weight:
            heaviest[key] = vote._replace(url=url)
    if not totals:
        return _find_in_data(page, html)
    for key in totals:
        name = words(unquote(key.rpartition("/")[2]).replace("-", " ").replace("_", " "))
        totals[key] += 1.8 * (len(name) >= 3 and len(title_words.intersection(name)) >= 0.6 * len(name))
        totals[key] -= 1.2 * _is_front(f"//{key}")  # as templates wrongly say
    best = max(totals, key=lambda key: totals[key])
    doubt = "the page names only the outlet's front page" if "/" not in best and len(totals) == 1 else None
    if totals[best] < 0.9 and "/" in best:
        doubt = _ONLY_SHARED
    return heaviest[best].url, doubt


def _is_in_head_element(html: str, match: re.Match[str]) -> bool:
    """Return whether what matched stands in the tag of a style sheet."""
    begin = html.rfind("<", max(0, match.start() - _MAX_TAG), match.start() + 1)
    return begin >= 0 and bool(_HEAD_ELEMENT.match(html, begin))


def _find_in_data(page: PageMetadata, html: str) -> tuple[str | None, str | None]:
    """Return the address in the data of a page's scripts or share buttons, else one put together; and its doubt."""
    if match := _IN_DATA.search(html):
        return match[1].replace("\\/", "/"), _ONLY_DATA
    if match := _IN_SCRIPT.search(html):
        return match[1], _ONLY_DATA
    if match := _LANDING.search(html):
        return f"https://{match[1]}".replace("\\/", "/"), _ONLY_DATA
    match = _SHARED_IN_DATA.search(html)
    if match and "/" in (url := unquote(match[1])).partition("://")[2].rstrip("/"):
        return url, _ONLY_SHARED
    button_urls = {unquote(match[1]) for match in _BUTTON.finditer(html) if not _is_in_head_element(html, match)}
    if len(button_urls) == 1 and "/" in (url := button_urls.pop()).partition("://")[2].rstrip("/"):
        return url, _ONLY_SHARED
    return _put_together(page, html)


def _put_together(page: PageMetadata, html: str) -> tuple[str | None, str | None]:
    """Return the address of a page that names only its path, or is named only by links among others; and its doubt.

    The site is the host whose front page it names most often, where that serves a part of the page, too, else the only
    one that serves programs (feeds, search), or that is named, or that serves any part.
    """
    serving = {name for url in _part_urls(page) if (name := folded_host(url))}
    named = [host for host, _ in Counter(match[1].lower() for match in _FRONT_PAGE.finditer(html)).most_common()]
    both = [host for host in named if folded_host(f"https://{host}") in serving]
    programs = {folded_host(href) for kind, href in page.head_links if href.startswith("http") and "icon" not in kind}
    groups = (both[:1], programs, named, _hosts_named_as_outlet(page, html)[:1], serving)
    host = next((next(iter(group)) for group in groups if len(group) == 1), None)
    if host and _ASSET_HOST.match(host):
        host = _ASSET_HOST.sub("www.", host)
    hosts = serving | ({folded_host(f"https://{host}")} if host else set())
    title = page.first_meta("og:title") or page.title
    title_key = word_key(title)
    paths = [href for kind, href in page.head_links if kind.split(" ")[0] == "canonical"] + page.meta.get("og:url", [])
    paths += [path for match in _PATH_PARTS.finditer(html) if len(path := "/".join(_STRING.findall(match[1]))) > 1]
    paths += [
        href for text, href in page.self_links if not text or (len(words(text)) >= 2 and word_key(text) in title_key)
    ]
    paths += _links_named_as(title, html)
    for path in paths:
        if path.startswith("http") and folded_host(path) in hosts and not _is_front(path):
            return path, "only from a link with the page's title"
        if host and re.match(r"/[^/]", path):
            return f"https://{host}{path}", "put together from a path in the page and the site's host"
    return None, None


def _hosts_named_as_outlet(page: PageMetadata, html: str) -> list[str]:
    """Return the hosts that links lead to whose name is the site's or a part of the page's title."""
    names = {squash(name) for name in (*SEPARATOR.split(page.title), *page.meta.get("og:site_name", []))} - {""}
    hosts = Counter(match[1].lower() for match in _ANY_HOST.finditer(html))
    return [host for host, _ in hosts.most_common() if names & {squash(part) for part in host.split(".")[-3:-1]}]


def _links_named_as(title: str, html: str) -> Iterator[str]:
    """Yield where links lead whose text is the title, or whose path ends in it.

    Lists of an outlet's pages name the page among others, and a wiki's tabs lead to it.
    """
    separators = list(SEPARATOR.finditer(title))
    titles = {word_key(title), *(word_key(title[: match.start()]) for match in separators[:1] + separators[-1:])}
    for match in _LINK.finditer(html):
        address, _, query = match[1].partition("#")[0].partition("?")
        name = word_key(unquote(address).rstrip("/").rpartition("/")[2].replace("_", " "))
        text = word_key(unescape(_MARKUP.sub(" ", match[2])))
        if (" " in name and name in titles and not query) or (text.count(" ") >= 2 and text in titles):
            yield match[1].partition("#")[0]


def _is_front(url: str) -> bool:
    return urlsplit(url).path.lower() in _FRONT_PATHS


def _part_urls(page: PageMetadata) -> Iterator[str]:
    """Yield the addresses of what a site mostly serves itself: its icon, feeds, search, pictures for sharing."""
    yield from (href for _, href in page.head_links if href.startswith("http"))
    for key in ("og:image", "twitter:image"):
        yield from (url for url in page.meta.get(key, []) if url.startswith("http"))


def _page_key(url: str) -> str:
    """Return what the addresses of one page have in common: host, path and query of the clean address."""
    parts = urlsplit(clean_url(url) or url)
    host = canonical_host(parts.hostname or "")
    return f"{host}{parts.path.rstrip('/')}" + (f"?{parts.query}" if parts.query else "")


class _Vote(NamedTuple):
    """What one part of a page says of the page's address. Each witness has one vote for an address."""

    witness: str  # what says it: `canonical`, `og:url`, a key of JSON-LD, …
    url: str  # as it stands there, perhaps relative
    weight: float  # the greater, the more often it is right


def _votes(page: PageMetadata) -> Iterator[_Vote]:
    for kind, href in page.head_links:
        rel, _, attributes = kind.partition(" ")
        if rel == "canonical":
            yield _Vote(rel, href, 2.0)
        elif rel == "shortlink":
            yield _Vote(rel, href, 0.3)
        elif rel == "alternate" and not re.search("rss|atom|xml|json|oembed", attributes):
            language = attributes.split(" ")[0].lower()
            yield _Vote(rel, href, 0.6 if language in {"x-default", page.language} else 0.1)
        elif rel == "alternate" and (match := _EMBEDDED.search(href)):
            yield _Vote("oembed", unquote(match[1]), 1.5)
    yield from (_Vote("og:url", url, 1.5) for url in page.meta.get("og:url", [])[:2])
    for key in ("twitter:url", "parsely-link", "sailthru.url", "dc.identifier", "al:web:url", "url"):
        yield from (_Vote(key, url, 1.0) for url in page.meta.get(key, [])[:1] if url.startswith("http"))
    for key in page.meta:
        yield from (
            _Vote("meta", url, 1.0) for url in page.meta[key][:1] if _PAGE_URL.fullmatch(key) and url.startswith("http")
        )
    for record in page.json_ld:
        if json_ld_parser.is_article(record) or any(
            kind.endswith(("Page", "Product")) for kind in json_ld_parser.types_of(record)
        ):
            yield from _votes_of_record(record)
        elif "BreadcrumbList" in json_ld_parser.types_of(record):
            yield from _vote_of_last_crumb(record)
    yield from _votes_of_share_links(page.share_links)


def _votes_of_record(record: json_ld_parser.JsonLdObject) -> Iterator[_Vote]:
    for key in ("url", "mainEntityOfPage", "@id"):
        value = record.get(key)
        value = (value.get("@id") or value.get("url")) if isinstance(value, dict) else value
        if isinstance(value, str) and value.startswith("http"):
            yield _Vote(key, value, 0.9)


def _vote_of_last_crumb(record: json_ld_parser.JsonLdObject) -> Iterator[_Vote]:
    """Yield the last of the crumbs, which may be the page, or what it lies in."""
    crumbs = record.get("itemListElement")
    crumb = crumbs[-1] if isinstance(crumbs, list) and crumbs else None
    item = crumb.get("item") if isinstance(crumb, dict) else None
    item = (item.get("@id") or item.get("url") or item.get("id")) if isinstance(item, dict) else item
    if isinstance(item, str) and item.startswith("http") and len(crumbs or ()) > 1:
        yield _Vote("crumb", item, 0.4)


def _votes_of_share_links(links: list[str]) -> Iterator[_Vote]:
    """Yield the addresses that links for sharing hand on; a page that shares many is a list of pages."""
    urls: list[str] = []
    for href in links:
        try:
            query = parse_qs(urlsplit(href).query)
        except ValueError:
            continue
        texts = [query[key][0] for key in ("u", "url", "href", "text", "body", "link", "canonicalUrl") if key in query]
        urls += [match[0] for text in texts if (match := _URL.search(text))]
    distinct = list(dict.fromkeys(urls))
    yield from (_Vote("shared", url, 0.8 / len(distinct)) for url in distinct[:6])
