"""Links to entities' pages in what the site's owner wrote, when these pages get other addresses. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from site_gen.content import frontmatter
from site_gen.content.markdown import commonmark, document
from site_gen.content.markdown.spans import OWN_LINK
from site_gen.core.internal_links import page_meant
from site_gen.core.urls import percent_encoded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markdown_it import MarkdownIt

    from site_gen.core.urls import UrlPath

# Where Markdown may name a link's address: `](/x/…` or `]: /x/…`. Whether it does there, the parser says.
_ADDRESS = re.compile(r"\](?:\(|:)\s*<?(/[^\s<>()#?]*)")


def rewrite_links(text: str, moved: Mapping[UrlPath, UrlPath]) -> str:
    """Return a file's text with its links to pages that moved leading to where these are.

    Every byte beside the addresses stays.

    moved: old addresses with the new ones; a page below one of them (of a year) moves with it. Raises YamlError
    where front matter is never closed.
    """
    rewrites = [(match, new) for match in _ADDRESS.finditer(text) if (new := _new_address(match[1], moved))]
    if not rewrites:
        return text
    markdown = commonmark.make_parser()
    links = _links(text, markdown)
    for match, new in reversed(rewrites):
        new_text = text[: match.start(1)] + new + text[match.end(1) :]
        new_links = _links(new_text, markdown)
        changed = [(before, after) for before, after in zip(links, new_links, strict=False) if before != after]
        # In code and in front matter the same signs are no link: there nothing changes by it.
        if len(new_links) == len(links) and changed and all(_new_address(before, moved) for before, _ in changed):
            text, links = new_text, new_links
    return text


def _links(text: str, markdown: MarkdownIt) -> list[str]:
    """Return the targets of all links to the site's own pages in a file's text, in their order."""
    parsed = document.parse(frontmatter.split(text).body, markdown, own_links=True)
    return [piece for piece, kind in zip(parsed.pieces, parsed.kinds, strict=True) if kind == OWN_LINK]


def _new_address(target: str, moved: Mapping[UrlPath, UrlPath]) -> str | None:
    """Return where a link should lead that leads to a page that moved; None for one that does not."""
    page = page_meant(target)
    for old, new in moved.items():
        if page.startswith(old):
            path = percent_encoded((new + page.removeprefix(old)).removeprefix("/"))
            return f"/{path}"
    return None
