"""Live reload in a page on its way to the browser; the built file stays as it is."""

from __future__ import annotations

import contextlib
import hashlib
import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable

# A tag with its attributes, whose quoted values may hold `>`. Possessive (`*+`), and never over another
# `<`: what is no whole tag is given up at once, so that a page of a million beginnings costs no time.
_REST = r"""(?:[^<>"']|"[^"]*"|'[^']*')*+>"""
_META = re.compile(rf"<meta\b{_REST}", re.IGNORECASE)
_LINK = re.compile(rf"<link\b{_REST}", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_IN_URL = ":/?#[]@!$&'()*+,;=%~"  # what stands in a URL as it is (RFC 3986, section 2)
_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sight:
    """What a page is besides its stylesheets' addresses (`digest`), and these addresses, each one word of
    ASCII: two sights with one digest differ in their looks alone."""

    digest: str
    styles: tuple[str, ...]


def sight(page: bytes, status: int) -> Sight:
    """What the browser compares to know whether a page changed. The status belongs to it: a page that was
    removed is shown as another."""
    styles: list[str] = []

    def without_address(match: re.Match[str]) -> str:
        tag = match[0]
        attributes = _attributes(tag)
        if "stylesheet" not in attributes.get("rel", ("", 0, 0))[0].lower().split() or "href" not in attributes:
            return tag
        value, start, end = attributes["href"]
        with contextlib.suppress(UnicodeError):  # a reference gave a letter beyond latin-1, or it is no UTF-8
            value = value.encode("latin-1").decode()
        styles.append(quote(value, safe=_IN_URL))
        return tag[:start] + tag[end:]

    rest = _LINK.sub(without_address, _text(page))
    digest = hashlib.blake2b(f"{status} {rest}".encode("latin-1"), digest_size=12).hexdigest()
    return Sight(digest, tuple(styles))


def inject(page: bytes, script: str, about: dict[str, object], nonce: str) -> bytes:
    """The page with the script at its end, allowed by the page's own policy.

    script: its address; about: what it has to know, as JSON in an attribute; nonce: new for each response.
    """
    text = _META.sub(lambda match: _widened(match[0], nonce), _text(page))
    data = html.escape(json.dumps(about, separators=(",", ":")))
    tag = f'<script src="{html.escape(script)}" nonce="{nonce}" data-site-gen="{data}"></script>'
    ends = list(_END.finditer(text))
    bodies = [end for end in ends if end[0][2:6].lower() == "body"]
    place = (bodies or ends)[-1].start() if ends else len(text)
    return (text[:place] + tag + text[place:]).encode("latin-1")


def _text(page: bytes) -> str:
    """Bytes as text in which every byte stays itself, whatever the page's charset."""
    return page.decode("latin-1")


def _attributes(tag: str) -> dict[str, tuple[str, int, int]]:
    """A tag's attributes: what each says, and where its value stands with its quotes. The first counts
    where there are two (WHATWG HTML, "duplicate-attribute")."""
    found: dict[str, tuple[str, int, int]] = {}
    for match in _ATTRIBUTE.finditer(tag):
        value = match[2][1:-1] if match[2][0] in "\"'" else match[2]
        found.setdefault(match[1].lower(), (html.unescape(value), match.start(2), match.end(2)))
    return found


def _widened(tag: str, nonce: str) -> str:
    attributes = _attributes(tag)
    if attributes.get("http-equiv", ("",))[0].lower() != "content-security-policy" or "content" not in attributes:
        return tag
    policy, start, end = attributes["content"]
    # Letters beyond latin-1 came from references like &#8217; and have to be such again.
    value = html.escape(widen(policy, nonce), quote=False).replace('"', "&quot;")
    return f'{tag[:start]}"{value.encode("latin-1", "xmlcharrefreplace").decode("latin-1")}"{tag[end:]}'


def widen(policy: str, nonce: str) -> str:
    """A Content-Security-Policy that allows our script and its requests to the server too, nothing else.

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
    sources = directives.get(name, directives.get("default-src"))
    if sources is None:  # everything is allowed
        return
    kept = [each for each in sources if each.lower() != "'none'"]
    directives[name] = list(dict.fromkeys([*kept, source(kept)]))


def _script_source(sources: list[str], nonce: str) -> str:
    """Our script by its nonce, which allows no other; but a nonce switches 'unsafe-inline' off, and with it
    scripts that the page has a right to (CSP Level 3, section 6.7.3.2)."""
    strict = any(each.lower().startswith(("'nonce-", "'sha", "'strict-dynamic'")) for each in sources)
    return "'self'" if "'unsafe-inline'" in map(str.lower, sources) and not strict else f"'nonce-{nonce}'"
