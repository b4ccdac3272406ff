"""What the tags of a page name: anchors, and addresses. Pure.

Most tags of a page stand on many pages. So one quick search finds all pieces of a page that may be tags, and whoever
asks reads each once. Where a piece may be cut in the wrong place (a `>` within quotes, `<` in an element whose text is
no markup), the page is read from its beginning to its end instead. Property tests hold both ways to html5lib. Rules:
HTML Living Standard, 13.2.5 (an attribute in any case, with any quotes or none; of one that stands twice the first
counts). What may stand in drawings alone (CDATA, tags in a title) is taken as in HTML.
"""

from __future__ import annotations

import functools
import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# A piece: a tag up to its first `>`; of a script, a style or a title also the text, if that holds no `<`.
_PIECE = re.compile(rb"<((?:script|style|title)\b[^>]*>[^<]*</(?:script|style|title)|[^/>][^>]*>)")
# An attribute: its name; its value in double quotes, in single ones, after a quote that does not end, without any.
_ATTRIBUTE = re.compile(
    rb"""[\t\n\f\r /]*([^\t\n\f\r />][^\t\n\f\r />=]*)"""
    rb"""(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|(["'])|([^\t\n\f\r >]+)))?"""
)
_NAME = re.compile(rb"[a-zA-Z][^\t\n\f\r />]*")
_BLANK = re.compile(rb"[\t\n\f\r /]*")
_COMMENT_END = re.compile(rb"--!?>")
_SHORT_COMMENT_END = re.compile(rb"-?>")
# Elements in which `<` begins no tag but the one that ends them.
_TEXT = frozenset(
    {b"iframe", b"noembed", b"noframes", b"plaintext", b"script", b"style", b"textarea", b"title", b"xmp"}
)
_ADDRESSES = frozenset({b"href", b"src", b"action", b"formaction", b"poster", b"xlink:href"})
_LISTS = frozenset({b"srcset", b"imagesrcset"})
_REFRESH = re.compile(r"""[^;,]*[;,]\s*url\s*=\s*["']?([^"']+)""", re.IGNORECASE)


class Named(NamedTuple):
    """What a tag names, unescaped."""

    anchors: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


NOTHING = Named()


def pieces(page: bytes) -> set[bytes]:
    """The pieces of a page that may be start tags, each once, without `<`: all that are, if `named` knows them all."""
    return set(_PIECE.findall(page))


def named(piece: bytes) -> Named | None:
    """What a piece names. None for one that may have been cut in the wrong place: see `named_in_order`."""
    if not piece.endswith(b">"):
        tag, _, text = piece.partition(b">")
        return _of_tag(tag + b">", text.rpartition(b"</")[2])
    parts = piece.split(b'"')
    places = _places(tuple(parts[::2]))
    if places is None:
        return _of_tag(piece)
    anchors, addresses = places
    if not (anchors or addresses):
        return NOTHING
    return Named(tuple([_text(parts[at]) for at in anchors]), tuple([_address(parts[at]) for at in addresses]))


@functools.lru_cache(maxsize=1000)
def _of_tag(piece: bytes, ended_by: bytes = b"") -> Named | None:
    """The same for a piece up to its first `>`. ended_by: where it begins a text without tags, what ends that."""
    name = _NAME.match(piece)
    if name is None:
        if piece.startswith(b"!--"):
            return NOTHING if piece.endswith(b"-->") else None
        return None if b"<" in piece else NOTHING
    element = name[0].lower()
    if element in _TEXT and name[0] != ended_by:
        return None
    found = _attributes(piece, name.end())
    return None if found is None else _named(element, found)


@functools.lru_cache(maxsize=10_000)
def _places(between: tuple[bytes, ...]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Where the values of anchors and addresses stand in a piece that is cut at its `"`, told by what is between the
    values; None for a piece that is not that plain."""
    numbered = b"".join(b'%b"%d"' % (text, 2 * at + 1) for at, text in enumerate(between[:-1])) + between[-1]
    name = _NAME.match(numbered)
    if name is None or name[0].lower() in _TEXT or b"=" in between[-1] or not numbered.endswith(b">"):
        return None
    found = _ATTRIBUTE.findall(numbered, name.end(), len(numbered) - 1)
    keys = [key.lower() for key, *_ in found]
    values = {key: int(double) for key, (_, double, *_) in zip(keys, found, strict=True) if double}
    if len(values) != len(between) - 1 or len({*keys}) < len(keys):
        return None
    if any(single or stray or bare for _, _, single, stray, bare in found):
        return None
    element = name[0].lower()
    anchors = {key for key in keys if _is_anchor(key, element)}
    addresses = {key for key in keys if _is_address(key, element)}
    if not {b"http-equiv", *_LISTS}.isdisjoint(keys) or not values.keys() >= anchors | addresses:
        return None
    return tuple(values[key] for key in anchors), tuple(values[key] for key in addresses)


def _attributes(tag: bytes, at: int) -> dict[bytes, bytes] | None:
    """The attributes of a tag whose name ends at a place; None where one has no end."""
    found: dict[bytes, bytes] = {}
    for key, double, single, stray, bare in _ATTRIBUTE.findall(tag, at, len(tag) - 1):
        if stray:
            return None
        found.setdefault(key.lower(), double or single or bare)
    return found


def _named(element: bytes, attributes: Mapping[bytes, bytes]) -> Named:
    anchors: list[str] = []
    addresses: list[str] = []
    for key, value in attributes.items():
        if _is_anchor(key, element):
            anchors.append(_text(value))
        elif _is_address(key, element):
            addresses.append(_address(value))
        elif key in _LISTS:
            addresses += [part.split()[0] for part in _text(value).split(",") if part.strip()]
        elif key == b"content" and attributes.get(b"http-equiv", b"").lower() == b"refresh":
            addresses += _REFRESH.findall(_text(value))
    return Named(tuple(anchors), tuple(addresses)) if anchors or addresses else NOTHING


def _is_anchor(key: bytes, element: bytes) -> bool:
    return key == b"id" or (key == b"name" and element == b"a")


def _is_address(key: bytes, element: bytes) -> bool:
    return key in _ADDRESSES or (key == b"data" and element == b"object")


def _text(value: bytes) -> str:
    text = value.decode("utf-8", "replace")
    return unescape(text) if "&" in text else text


def _address(value: bytes) -> str:
    return _text(value).strip("\t\n\f\r ")


def named_in_order(page: bytes) -> Iterable[Named]:
    """What the tags of any page name, in their order."""
    for tag in tags_in_order(page):
        name = _NAME.match(tag)
        found = name and _attributes(tag, name.end())
        if name and found:
            yield _named(name[0].lower(), found)


def tags_in_order(page: bytes) -> list[bytes]:
    """The start tags of a page, read from its beginning to its end, without `<` and with `>`."""
    found: list[bytes] = []
    at = page.find(b"<")
    while at >= 0:
        start = at + 1
        is_end = page.startswith(b"/", start)
        if name := _NAME.match(page, start + is_end):
            end = _end_of_tag(page, name.end())
            if end and not is_end:
                found.append(page[start:end])
                end = _end_of_text(page, name[0].lower(), end)
        elif page.startswith(b"!--", start):
            end = _end_of_comment(page, start + 3)
        elif page.startswith((b"!", b"?", b"/"), start):
            end = page.find(b">", start) + 1
        else:
            end = start
        at = page.find(b"<", end) if end else -1
    return found


def _end_of_tag(page: bytes, at: int) -> int:
    """Where a tag ends whose name ends at a place; 0 where it does not."""
    while attribute := _ATTRIBUTE.match(page, at):
        if attribute[4]:
            return 0
        at = attribute.end()
    blank = _BLANK.match(page, at)
    at = blank.end() if blank else at
    return at + 1 if page.startswith(b">", at) else 0


def _end_of_text(page: bytes, element: bytes, at: int) -> int:
    """Where the tag begins that ends an element's text; the same place for an element that may hold others."""
    if element not in _TEXT:
        return at
    end = re.compile(rb"</%b(?=[\t\n\f\r />])" % element, re.IGNORECASE).search(page, at)
    return end.start() if end and element != b"plaintext" else 0


def _end_of_comment(page: bytes, at: int) -> int:
    if short := _SHORT_COMMENT_END.match(page, at):
        return short.end()
    end = _COMMENT_END.search(page, at)
    return end.end() if end else 0
