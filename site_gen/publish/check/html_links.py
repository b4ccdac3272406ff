"""Find the anchors and addresses in the tags of an HTML page. Pure.

Most tags of a page stand on many pages. So one quick search finds all pieces of a page that may be tags
(`find_pieces`), and whoever asks reads each once (`read_piece`). Where a piece may be cut in the wrong place (a `>`
within quotes, `<` in an element whose text is no markup), the page is read from its beginning to its end instead
(`read_page`). Property tests hold both ways to html5lib. Rules: HTML Living Standard, 13.2.5 (an attribute in any case,
with any quotes or none; of one that stands twice the first counts). What may stand in drawings alone (CDATA, tags in a
title) is taken as in HTML.
"""

from __future__ import annotations

import functools
import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# A piece: a tag up to its first `>`; of a script, a style or a title also the text, if that holds no `<`. An empty
# one: what never ends.
_PIECE = re.compile(rb"<(?:((?:script|style|title)\b[^>]*>[^<]*</(?:script|style|title)|[^/>][^>]*>)|[^>]*\Z)")
# An attribute: its name; its value in double quotes, in single ones, after a quote that does not end, without any.
# Without a name: the blanks behind the last one.
_ATTRIBUTE = re.compile(
    rb"""[\t\n\f\r /]*+([^\t\n\f\r />][^\t\n\f\r />=]*)"""
    rb"""(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"([^"]*)"|'([^']*)'|(["'])|([^\t\n\f\r >]+)))?"""
    rb"""|[\t\n\f\r /]++"""
)
_TAG_NAME = re.compile(rb"[a-zA-Z][^\t\n\f\r />]*")
_COMMENT_END = re.compile(rb"--!?>")
_SHORT_COMMENT_END = re.compile(rb"-?>")
# Elements in which `<` begins no tag but the one that ends them.
_TEXT_ELEMENTS = frozenset(
    {b"iframe", b"noembed", b"noframes", b"plaintext", b"script", b"style", b"textarea", b"title", b"xmp"}
)
_ADDRESS_KEYS = frozenset({b"href", b"src", b"action", b"formaction", b"poster", b"xlink:href"})
_ADDRESS_LIST_KEYS = frozenset({b"srcset", b"imagesrcset"})
_REFRESH = re.compile(r"""[;,]\s*+url\s*+=\s*+["']?([^"']+)""", re.IGNORECASE)


class TagLinks(NamedTuple):
    """What the attributes of a tag name, unescaped."""

    anchors: tuple[str, ...] = ()  # places on the page that links can lead to: `id`, and `name` of an `a`
    addresses: tuple[str, ...] = ()  # where links lead and assets are, as written


NO_LINKS = TagLinks()


def find_pieces(page: bytes) -> set[bytes]:
    """Return the pieces of a page that may be start tags, each once and without `<`.

    They are all of its start tags if `read_piece` gives links for each of them.
    """
    return set(_PIECE.findall(page)) - {b""}


def read_piece(piece: bytes) -> TagLinks | None:
    """Return the links in a piece. None for one that may be cut in the wrong place: then use `read_page`."""
    if not piece.endswith(b">"):
        tag, _, text = piece.partition(b">")
        return _read_tag(tag + b">", text.rpartition(b"</")[2])
    parts = piece.split(b'"')
    positions = _find_value_positions(tuple(parts[::2]))
    if positions is None:
        return _read_tag(piece)
    anchors, addresses = positions
    if not (anchors or addresses):
        return NO_LINKS
    return TagLinks(tuple([_text(parts[at]) for at in anchors]), tuple([_address(parts[at]) for at in addresses]))


@functools.lru_cache(maxsize=1000)
def _read_tag(piece: bytes, ended_by: bytes = b"") -> TagLinks | None:
    """Return the links in a piece that ends at its first `>`; None where that may not be the end of the tag.

    ended_by: of a tag that begins a text without tags (a script, a style, a title) the name of the tag that ends it.
    """
    name = _TAG_NAME.match(piece)
    if name is None:
        if piece.startswith(b"!--"):
            return NO_LINKS if piece.endswith(b"-->") else None
        return None if b"<" in piece else NO_LINKS
    element = name[0].lower()
    if element in _TEXT_ELEMENTS and name[0] != ended_by:
        return None
    attributes = _parse_attributes(piece, name.end())
    return None if attributes is None else _links_of_attributes(element, attributes)


@functools.lru_cache(maxsize=10_000)
def _find_value_positions(between: tuple[bytes, ...]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return where the values of anchors, and those of addresses, stand in a piece that is cut at its `"`.

    between: every second part of the piece, which is what stands between the quoted values. Pages have many tags that
    differ in their values alone, and share the result. None for a piece that is not that plain.
    """
    numbered = b"".join(b'%b"%d"' % (text, 2 * at + 1) for at, text in enumerate(between[:-1])) + between[-1]
    name = _TAG_NAME.match(numbered)
    if name is None or name[0].lower() in _TEXT_ELEMENTS or b"=" in between[-1] or not numbered.endswith(b">"):
        return None
    attributes = _ATTRIBUTE.findall(numbered, name.end(), len(numbered) - 1)
    keys = [key.lower() for key, *_ in attributes]
    values = {key: int(double) for key, (_, double, *_) in zip(keys, attributes, strict=True) if double}
    if len(values) != len(between) - 1 or len({*keys}) < len(keys):
        return None
    if any(single or stray or bare for _, _, single, stray, bare in attributes):
        return None
    element = name[0].lower()
    anchors = {key for key in keys if _is_anchor(key, element)}
    addresses = {key for key in keys if _is_address(key, element)}
    if not {b"http-equiv", *_ADDRESS_LIST_KEYS}.isdisjoint(keys) or not values.keys() >= anchors | addresses:
        return None
    return tuple(values[key] for key in anchors), tuple(values[key] for key in addresses)


def _parse_attributes(tag: bytes, at: int) -> dict[bytes, bytes] | None:
    """Return the attributes of a tag whose name ends at a position; None where a quoted value has no end."""
    attributes: dict[bytes, bytes] = {}
    for key, double, single, stray, bare in _ATTRIBUTE.findall(tag, at, len(tag) - 1):
        if stray:
            return None
        attributes.setdefault(key.lower(), double or single or bare)
    return attributes


def _links_of_attributes(element: bytes, attributes: Mapping[bytes, bytes]) -> TagLinks:
    anchors: list[str] = []
    addresses: list[str] = []
    for key, value in attributes.items():
        if _is_anchor(key, element):
            anchors.append(_text(value))
        elif _is_address(key, element):
            addresses.append(_address(value))
        elif key in _ADDRESS_LIST_KEYS:
            addresses += [part.split()[0] for part in _text(value).split(",") if part.strip()]
        elif key == b"content" and attributes.get(b"http-equiv", b"").lower() == b"refresh":
            addresses += _REFRESH.findall(_text(value))
    return TagLinks(tuple(anchors), tuple(addresses)) if anchors or addresses else NO_LINKS


def _is_anchor(key: bytes, element: bytes) -> bool:
    return key == b"id" or (key == b"name" and element == b"a")


def _is_address(key: bytes, element: bytes) -> bool:
    return key in _ADDRESS_KEYS or (key == b"data" and element == b"object")


def _text(value: bytes) -> str:
    text = value.decode("utf-8", "replace")
    return unescape(text) if "&" in text else text


def _address(value: bytes) -> str:
    return _text(value).strip("\t\n\f\r ")


def read_page(page: bytes) -> Iterable[TagLinks]:
    """Yield the links in each start tag of any page, in their order."""
    for tag in _find_start_tags(page):
        name = _TAG_NAME.match(tag)
        attributes = name and _parse_attributes(tag, name.end())
        if name and attributes:
            yield _links_of_attributes(name[0].lower(), attributes)


def _find_start_tags(page: bytes) -> list[bytes]:
    """Return the start tags of a page, read from its beginning to its end, without `<` and with `>`."""
    tags: list[bytes] = []
    at = page.find(b"<")
    while at >= 0:
        start = at + 1
        is_end_tag = page.startswith(b"/", start)
        if name := _TAG_NAME.match(page, start + is_end_tag):
            end = _end_of_tag(page, name.end())
            if end and not is_end_tag:
                tags.append(page[start:end])
                end = _end_of_text(page, name[0].lower(), end)
        elif page.startswith(b"!--", start):
            end = _end_of_comment(page, start + 3)
        elif page.startswith((b"!", b"?", b"/"), start):
            end = page.find(b">", start) + 1
        else:
            end = start
        at = page.find(b"<", end) if end else -1
    return tags


def _end_of_tag(page: bytes, at: int) -> int:
    """Return where a tag ends whose name ends at a position; 0 where it does not end."""
    while attribute := _ATTRIBUTE.match(page, at):
        if attribute[4]:
            return 0
        at = attribute.end()
    return at + 1 if page.startswith(b">", at) else 0


def _end_of_text(page: bytes, element: bytes, at: int) -> int:
    """Return where the tag begins that ends an element's text, 0 where it has no end.

    For an element that may hold others it is `at`, the position after its start tag.
    """
    if element not in _TEXT_ELEMENTS:
        return at
    end = re.compile(rb"</%b(?=[\t\n\f\r />])" % element, re.IGNORECASE).search(page, at)
    return end.start() if end and element != b"plaintext" else 0


def _end_of_comment(page: bytes, at: int) -> int:
    if short := _SHORT_COMMENT_END.match(page, at):
        return short.end()
    end = _COMMENT_END.search(page, at)
    return end.end() if end else 0
