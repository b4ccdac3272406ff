"""Links to entities' pages in what the site's owner wrote, when these pages get other addresses. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.content import frontmatter
from site_gen.content.markdown import document
from site_gen.content.markdown.spans import OWN
from site_gen.core.internal_links import page_meant
from site_gen.core.urls import percent_encoded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it import MarkdownIt

    from site_gen.core.urls import UrlPath

# Where Markdown may name a link's address: `](/x/…` or `]: /x/…`. Whether it does there, the parser says.
_PLACE = re.compile(r"\](?:\(|:)\s*<?(/[^\s<>()#?]*)")


def rewrite_links(text: str, moved: Mapping[UrlPath, UrlPath]) -> str:
    """A file's text with its links to pages that moved leading to where these are; every byte beside them stays.

    moved: old addresses with the new ones; a page below one of them (of a year) moves with it. Raises YamlError
    where front matter is never closed.
    """
    places = [(place, new) for place in _PLACE.finditer(text) if (new := _moved(place[1], moved))]
    if not places:
        return text
    markdown = document.parser()
    links = _links(text, markdown)
    for place, new in reversed(places):
        tried = text[: place.start(1)] + new + text[place.end(1) :]
        found = _links(tried, markdown)
        changed = [(old, now) for old, now in zip(links, found, strict=False) if old != now]
        # In code and in front matter the same signs are no link: there nothing changes by it.
        if len(found) == len(links) and changed and all(_moved(old, moved) for old, _ in changed):
            text, links = tried, found
    return text


def _links(text: str, markdown: MarkdownIt) -> list[str]:
    parsed = document.parse(frontmatter.split(text).body, markdown, own_links=True)
    return [piece for piece, kind in zip(parsed.pieces, parsed.kinds, strict=True) if kind == OWN]


def _moved(target: str, moved: Mapping[UrlPath, UrlPath]) -> str | None:
    """Where a link leads that led to a page that moved; None for one that did not."""
    page = page_meant(target)
    for old, new in moved.items():
        if page.startswith(old):
            path = percent_encoded((new + page.removeprefix(old)).removeprefix("/"))
            return f"/{path}"
    return None
