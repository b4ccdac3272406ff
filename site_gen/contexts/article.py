"""The page of an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.contexts.parts import EntityLink, Group, direction, name_link

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from site_gen.document import Anchor, Document
    from site_gen.passages import Piece
    from site_gen.site import ArticleView, Card, Site


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of an article in excerpt mode, with the entities that it names."""

    anchor: str
    pieces: tuple[Piece, ...]
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


def article_page(site: Site, view: ArticleView) -> ArticlePage:
    """An article in full, or in excerpt mode the passages that name tracked entities."""
    counts = {tag: view.mentions[tag].times if tag in view.mentions else 1 for tag in view.card.tags}
    groups = tuple(
        Group(kind, tuple(name_link(site, tag, counts[tag]) for tag in view.card.tags if tag.kind == kind.key))
        for kind in site.config.kinds
    )
    quotes = tuple(Quote(q.block, q.pieces, tuple(name_link(site, tag) for tag in q.tags)) for q in view.quotes)
    return ArticlePage(
        title=view.card.title,
        card=view.card,
        # In an excerpt without a description the passages already hold what the lead would say.
        lede=view.card.summary if view.article.description or not quotes else "",
        author=view.article.author,
        document=view.document if view.full else None,
        anchors=view.anchors,
        quotes=quotes,
        groups=tuple(group for group in groups if group.links),
        dir=direction(view.card.language),
        created=view.article.created,
    )
