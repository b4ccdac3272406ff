"""View of an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from msgspec import Struct

from site_gen.content import paragraph_ledger
from site_gen.pages.language import language_of
from site_gen.pages.views import json_ld, social_cards
from site_gen.pages.views.archive import UNDATED_PAGE, month_url, year_url
from site_gen.pages.views.meta_tags import ARCHIVE, Head, article_head
from site_gen.pages.views.page_parts import EntityGroup, EntityLink, entity_link, text_direction
from site_gen.site import articles, directory, ledgers, stories
from site_gen.site.indexed_article import unpack_detail

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from site_gen.content.markdown.document import Anchor, Document
    from site_gen.core.urls import UrlPath
    from site_gen.pages.language import Language
    from site_gen.pages.views.json_ld import Breadcrumb
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import ArticleLink


class ArticleQuote(Struct, frozen=True):
    """A passage of an article in excerpt mode."""

    anchor: str  # fragment of its address on the page
    former: tuple[str, ...]  # anchors of passages that were published and are gone, whose links lead here too
    html: Markup  # the passage, the names marked
    names: tuple[EntityLink, ...]  # entities that it names


class ArticlePage(Struct, frozen=True):
    """What `article.html` shows."""

    title: str  # heading of the page
    card: ArticleCard  # what all pages show of the article
    lede: str  # its summary; empty where the passages below say the same
    author: tuple[str, ...]  # names in the order of the byline
    document: Document | None  # the text; None in excerpt mode, where the passages stand for it
    anchors: Mapping[str, tuple[Anchor, ...]]  # links at each entity's first mention in the text, by block id
    former: Mapping[str, tuple[str, ...]]  # anchors that were published and are gone, by the block they lead to now
    quotes: tuple[ArticleQuote, ...]  # passages, in excerpt mode
    groups: tuple[EntityGroup, ...]  # entities in it, and how often it names each
    dir: str  # direction of its language: "ltr" or "rtl"
    created: dt.date | None  # the day it was saved
    kept_copy: str  # SHA-256 of the saved page that it was made of; empty where that is not known
    caution: str  # why the text may not be what was published, in a few words; empty where there is no doubt
    story: tuple[ArticleCard, ...]  # other articles that tell its story, the leading one first
    related: tuple[ArticleLink, ...]  # articles nearest to it in what they are about
    head: Head  # what <head> says of the page


def article_page(site: SiteDatabase, url: UrlPath) -> ArticlePage:
    """Show an article in full, or in excerpt mode the passages that name tracked entities."""
    file, card, packed_detail = articles.article(site, url)
    detail = unpack_detail(packed_detail)
    groups = tuple(
        EntityGroup(
            kind,
            tuple(
                entity_link(site, tag, detail.mention_counts.get(tag, 1)) for tag in card.tags if tag.kind == kind.key
            ),
        )
        for kind in site.config.kinds
    )
    members = (
        json_ld.list_member("about", (directory.reference(site, tag) for tag in card.tags if tag in detail.about))
        + json_ld.list_member(
            "mentions", (directory.reference(site, tag) for tag in card.tags if tag not in detail.about)
        )
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
    story = stories.of_article(site, url)
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
        kept_copy=detail.saved.sha256 if detail.saved else "",
        caution=language_of(site).gettext(detail.caution) if detail.caution else "",
        story=tuple(other for other in story.cards if other.url != url) if story else (),
        related=stories.related_articles(site, url),
        head=article_head(site, url, card, _breadcrumbs(language_of(site), card.date), members)._replace(
            card=social_cards.article_card_url(site, url)
        ),
    )


def _breadcrumbs(language: Language, date: dt.date | None) -> tuple[Breadcrumb, ...]:
    """Return the pages of the archive that list an article of a day."""
    archive = (language.gettext("Archive"), ARCHIVE)
    if date is None:
        return archive, (language.gettext("Undated"), UNDATED_PAGE)
    month = (date.year, date.month)
    return archive, (str(date.year), year_url(date.year)), (language.day(date, "month"), month_url(month))


def _former_anchors(site: SiteDatabase, article_id: str, file: str, digest: str) -> Mapping[str, tuple[str, ...]]:
    """Return the anchors that were published and are gone, by the block that each leads to now.

    digest: of the article's text.
    """
    line = ledgers.anchor_line(site, article_id)
    if line is None:
        return {}
    published = paragraph_ledger.parse_entry(line)
    if published.digest == digest[: paragraph_ledger.DIGEST_LETTERS]:  # the text is as it was
        return published.former
    return paragraph_ledger.former_ids(published, [block.id for block in site.load_document(file, digest).blocks])
