"""Put live reload into a page on its way to the browser; the built file stays as it is."""

from __future__ import annotations

import contextlib
import hashlib
import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

# A tag with its attributes, whose quoted values may hold `>`. Possessive (`*+`), and never over another
# `<`: what is no whole tag is given up at once, so that a page of a million beginnings costs no time.
_REST = r"""(?:[^<>"']|"[^"]*"|'[^']*')*+>"""
_META = re.compile(rf"<meta\b{_REST}", re.IGNORECASE)
_LINK = re.compile(rf"<link\b{_REST}", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![^\s"'<>/=])([^\s"'<>/=]+)\s*+=\s*+("[^"]*"|'[^']*'|[^\s"'>]+)""")
_IN_URL = ":/?#[]@!$&'()*+,;=%~"  # what stands in a URL as it is (RFC 3986, section 2)
_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)


class PageFingerprint(Struct, frozen=True):
    """What the browser compares to know whether a page changed, and how.

    Two pages with one digest differ in their style sheets alone: those can be replaced without a reload.
    """

    digest: str  # hexadecimal; of the page without its style sheets' addresses, and of the HTTP status
    stylesheets: tuple[str, ...]  # their addresses in the page's order, each one word of ASCII


def fingerprint_page(page: bytes, status: int) -> PageFingerprint:
    """Return the fingerprint of a page sent with an HTTP status: a page that was removed is shown as another."""
    stylesheets: list[str] = []

    def without_address(match: re.Match[str]) -> str:
        tag = match[0]
        attributes = _attributes(tag)
        if "stylesheet" not in attributes.get("rel", ("", 0, 0))[0].lower().split() or "href" not in attributes:
            return tag
        value, start, end = attributes["href"]
        with contextlib.suppress(UnicodeError):  # a reference gave a letter beyond latin-1, or it is no UTF-8
            value = value.encode("latin-1").decode()
        stylesheets.append(quote(value, safe=_IN_URL))
        return tag[:start] + tag[end:]

    rest = _LINK.sub(without_address, _text(page))
    digest = hashlib.blake2b(f"{status} {rest}".encode("latin-1"), digest_size=12).hexdigest()
    return PageFingerprint(digest, tuple(stylesheets))


def inject_script(page: bytes, script: str, options: dict[str, object], nonce: str) -> bytes:
    """Return the page with the script at its end, allowed by the page's own policy.

    script: its address; options: what it has to know, as JSON in an attribute; nonce: new for each response.
    """
    text = _META.sub(lambda match: _with_widened_policy(match[0], nonce), _text(page))
    data = html.escape(json.dumps(options, separators=(",", ":")))
    tag = f'<script src="{html.escape(script)}" nonce="{nonce}" data-site-gen="{data}"></script>'
    ends = list(_END.finditer(text))
    bodies = [match for match in ends if match[0][2:6].lower() == "body"]
    end = (bodies or ends)[-1].start() if ends else len(text)
    return (text[:end] + tag + text[end:]).encode("latin-1")


def _text(page: bytes) -> str:
    """Return bytes as text in which every byte stays itself, whatever the page's charset."""
    return page.decode("latin-1")


def _attributes(tag: str) -> dict[str, tuple[str, int, int]]:
    """Return a tag's attributes by name: the value, and where it begins and ends in the tag with its quotes.

    Of two with one name the first counts (WHATWG HTML, "duplicate-attribute").
    """
    attributes: dict[str, tuple[str, int, int]] = {}
    for match in _ATTRIBUTE.finditer(tag):
        value = match[2][1:-1] if match[2][0] in "\"'" else match[2]
        attributes.setdefault(match[1].lower(), (html.unescape(value), match.start(2), match.end(2)))
    return attributes


def _with_widened_policy(tag: str, nonce: str) -> str:
    """Return a `meta` tag; where it holds a Content-Security-Policy, with one that allows our script."""
    attributes = _attributes(tag)
    if attributes.get("http-equiv", ("",))[0].lower() != "content-security-policy" or "content" not in attributes:
        return tag
    policy, start, end = attributes["content"]
    # Letters beyond latin-1 came from references like &#8217; and have to be such again.
    value = html.escape(widen_policy(policy, nonce), quote=False).replace('"', "&quot;")
    return f'{tag[:start]}"{value.encode("latin-1", "xmlcharrefreplace").decode("latin-1")}"{tag[end:]}'


def widen_policy(policy: str, nonce: str) -> str:
    """Return a Content-Security-Policy that also allows our script and its requests to the server, nothing else.

    What a directive falls back to when it is missing is written out, or adding it would allow less
    (CSP Level 3, sections 6.1 and 6.8).
    """
    directives: dict[str, list[str]] = {}
    for part in policy.split(";"):
        if part.split():
            name, *sources = part.split()
            directives.setdefault(name.lower(), sources)
    _allow(directives, "script-src", lambda sources: _script_source(sources, nonce))
    if "script-src-elem" in directives:
        _allow(directives, "script-src-elem", lambda sources: _script_source(sources, nonce))
    _allow(directives, "connect-src", lambda _: "'self'")
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


def _allow(directives: dict[str, list[str]], name: str, source: Callable[[list[str]], str]) -> None:
    """Add a source to a directive, unless that allows everything; `source` makes it of those that are there."""
    sources = directives.get(name, directives.get("default-src"))
    if sources is None:  # everything is allowed
        return
    allowed = [each for each in sources if each.lower() != "'none'"]
    directives[name] = list(dict.fromkeys([*allowed, source(allowed)]))


def _script_source(sources: list[str], nonce: str) -> str:
    """Return the source that allows our script: its nonce, which allows no other.

    But a nonce switches 'unsafe-inline' off, and with it scripts that the page has a right to (CSP Level 3,
    section 6.7.3.2): a page that relies on it gets 'self'.
    """
    is_strict = any(each.lower().startswith(("'nonce-", "'sha", "'strict-dynamic'")) for each in sources)
    return "'self'" if "'unsafe-inline'" in map(str.lower, sources) and not is_strict else f"'nonce-{nonce}'"
