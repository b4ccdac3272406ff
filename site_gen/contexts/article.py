"""The page of an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from site_gen.contexts.parts import EntityLink, Group, direction, name_link
from site_gen.findings import detail_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from site_gen.document import Anchor, Document
    from site_gen.findings import Card
    from site_gen.site import Site
    from site_gen.urls import UrlPath


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of an article in excerpt mode, with the entities that it names."""

    anchor: str
    html: Markup
    names: tuple[EntityLink, ...]


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article. `document` is None in excerpt mode, where the passages stand for the text."""

    title: str
    card: Card
    lede: str
    author: tuple[str, ...]
    document: Document | None
    anchors: Mapping[str, tuple[Anchor, ...]]
    quotes: tuple[Quote, ...]
    groups: tuple[Group, ...]
    dir: str
    created: dt.date | None
    caution: str


def article_page(site: Site, url: UrlPath) -> ArticlePage:
    """An article in full, or in excerpt mode the passages that name tracked entities."""
    file, card, text = site.article(url)
    detail = detail_of(text)
    groups = tuple(
        Group(
            kind,
            tuple(name_link(site, tag, detail.times.get(tag, 1)) for tag in card.tags if tag.kind == kind.key),
        )
        for kind in site.config().kinds
    )
    quotes = tuple(Quote(q.block, Markup(q.html), tuple(name_link(site, tag) for tag in q.tags)) for q in detail.quotes)  # noqa: S704  escaped when found
    return ArticlePage(
        title=card.title,
        card=card,
        # In an excerpt without a description the passages already hold what the lead would say.
        lede=card.summary if detail.described or not quotes else "",
        author=detail.author,
        document=site.documents(file, detail.document) if detail.full else None,
        anchors=detail.anchors,
        quotes=quotes,
        groups=tuple(group for group in groups if group.links),
        dir=direction(card.language),
        created=detail.created,
        caution=detail.caution,
    )
