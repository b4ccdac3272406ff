"""The page of an article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from site_gen.content import paragraph_ledger
from site_gen.core.formatting import format_day
from site_gen.pages.views import json_ld, social_cards
from site_gen.pages.views.archive import month_url, year_url
from site_gen.pages.views.meta_tags import ARCHIVE, Head, article_head
from site_gen.pages.views.page_parts import EntityGroup, EntityLink, entity_link, text_direction
from site_gen.site.indexed_article import detail_from_json

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from site_gen.content.markdown.document import Anchor, Document
    from site_gen.core.urls import UrlPath
    from site_gen.pages.views.json_ld import Breadcrumb
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import ArticleLink
    from site_gen.site.site import Site


@dataclass(frozen=True, slots=True)
class ArticleQuote:
    """A passage of an article in excerpt mode, with the entities that it names. Links to `former` anchors
    lead here too."""

    anchor: str
    former: tuple[str, ...]
    html: Markup
    names: tuple[EntityLink, ...]


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article. `document` is None in excerpt mode, where the passages stand for the text. `story`: the others that
    tell its story, the leading one first. `related`: those nearest to it in what they are about."""

    title: str
    card: ArticleCard
    lede: str
    author: tuple[str, ...]
    document: Document | None
    anchors: Mapping[str, tuple[Anchor, ...]]
    former: Mapping[str, tuple[str, ...]]
    quotes: tuple[ArticleQuote, ...]
    groups: tuple[EntityGroup, ...]
    dir: str
    created: dt.date | None
    caution: str
    story: tuple[ArticleCard, ...]
    related: tuple[ArticleLink, ...]
    head: Head


def article_page(site: Site, url: UrlPath) -> ArticlePage:
    """An article in full, or in excerpt mode the passages that name tracked entities."""
    file, card, text = site.article(url)
    detail = detail_from_json(text)
    groups = tuple(
        EntityGroup(
            kind,
            tuple(
                entity_link(site, tag, detail.mention_counts.get(tag, 1)) for tag in card.tags if tag.kind == kind.key
            ),
        )
        for kind in site.config().kinds
    )
    members = (
        json_ld.list_member("about", (site.entity_reference(tag) for tag in card.tags if tag in detail.about))
        + json_ld.list_member("mentions", (site.entity_reference(tag) for tag in card.tags if tag not in detail.about))
        + json_ld.citation_member(card, detail.author)
    )
    former = _former_anchors(site, card.id, file, detail.document_digest)
    quotes = tuple(
        ArticleQuote(
            quote.block_id,
            former.get(quote.block_id, ()),
            Markup(quote.html),  # noqa: S704  escaped when found
            tuple(entity_link(site, tag) for tag in quote.tags),
        )
        for quote in detail.quotes
    )
    return ArticlePage(
        title=card.title,
        card=card,
        # In an excerpt without a description the passages already hold what the lead would say.
        lede=card.summary if detail.has_description or not quotes else "",
        author=detail.author,
        document=site.load_document(file, detail.document_digest) if detail.is_full_text else None,
        anchors=detail.anchors,
        former=former,
        quotes=quotes,
        groups=tuple(group for group in groups if group.links),
        dir=text_direction(card.language),
        created=detail.created,
        caution=detail.caution,
        story=tuple(other for other in told.cards if other.url != url) if (told := site.story(url)) else (),
        related=site.related_articles(url),
        head=article_head(site, url, card, _breadcrumbs(card.date), members)._replace(
            card=social_cards.article_card_url(site, url)
        ),
    )


def _breadcrumbs(date: dt.date | None) -> tuple[Breadcrumb, ...]:
    """The pages of the archive that list an article of a day."""
    archive = ("Archive", ARCHIVE)
    if date is None:
        return (archive,)
    month = (date.year, date.month)
    return archive, (str(date.year), year_url(date.year)), (format_day(date, "month"), month_url(month))


def _former_anchors(site: Site, identity: str, file: str, digest: str) -> Mapping[str, tuple[str, ...]]:
    """The anchors that were published and stand no more, by the block that each leads to now."""
    line = site.anchor_line(identity)
    if line is None:
        return {}
    before = paragraph_ledger.parse_entry(line)
    if before.digest == digest[: paragraph_ledger.DIGEST_LETTERS]:  # the text is as it was
        return before.former
    return paragraph_ledger.former_ids(before, [block.id for block in site.load_document(file, digest).blocks])
