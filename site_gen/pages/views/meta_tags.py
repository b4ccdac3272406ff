"""What a page says of itself to those who show a link to it: search engines, feed readers, messengers. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.markdown.document import paragraphs
from site_gen.content.markdown.quotes import lead
from site_gen.core.formatting import format_count, format_day
from site_gen.core.text import shorten
from site_gen.core.urls import UrlPath
from site_gen.pages.views import json_ld

if TYPE_CHECKING:
    import datetime as dt

    from site_gen.content.markdown.document import Document
    from site_gen.pages.views.json_ld import Breadcrumb
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import EntitySummary
    from site_gen.site.site import Site

HOME, ABOUT, ARCHIVE = UrlPath("/"), UrlPath("/about/"), UrlPath("/archive/")
NETWORK, TIMELINE = UrlPath("/network/"), UrlPath("/timeline/")
_NOTES = 160  # characters of an owner's notes: what search engines show


class Head(NamedTuple):
    """A page's name without the site's, a description that no other page has, what Open Graph calls its type, the
    language of both where it is not the site's, the day of the article where that is sure, the picture to show with
    it (1200 by 630 pixels), and what it is in schema.org's words (JSON)."""

    title: str
    description: str = ""
    type: str = "website"
    language: str = ""
    published: dt.date | None = None
    card: UrlPath | None = None
    data: str = ""


def page_head(
    site: Site,
    url: UrlPath,
    title: str,
    description: str,
    above: tuple[Breadcrumb, ...] = (),
    what: str = "CollectionPage",
    members: str = "",
) -> Head:
    """The head of a page of ours. `what` it is and its further `members` are schema.org's."""
    return Head(title, description, data=json_ld.page_node(site, what, url, title, above, members))


def article_head(site: Site, url: UrlPath, card: ArticleCard, above: tuple[Breadcrumb, ...], members: str) -> Head:
    """The head of an article's page: whose words it tells, from when, and what they say."""
    whence = ", ".join(
        [*([card.outlet] if card.outlet else []), *([format_day(card.published)] if card.published else [])]
    )
    description = f"{whence}: {card.summary}" if whence and card.summary else card.summary or whence
    found = json_ld.page_node(site, "WebPage", url, card.title, above, members)
    return Head(card.title, description, "article", card.language, card.published, data=found)


def entity_description(name: str, summary: EntitySummary, notes: str) -> str:
    """The description of an entity's page: how much is said about it, from when to when, and the owner's notes."""
    if not summary.stories:
        said = "no article names it yet."
    else:
        said = format_count(summary.stories, "story", "stories")
        said += f" from {format_count(summary.outlets, 'outlet')}" if summary.outlets > 1 else ""
        first, last = summary.first, summary.last
        said += f", {format_day(first)}" if first else ""
        said += f" to {format_day(last)}." if last and last != first else "."
    return f"{name}: {said} {notes}".strip()


def first_words(document: Document | None, language: str) -> str:
    """The first words of what the site's owner wrote."""
    words = lead(paragraphs(document), language, _NOTES) if document else ""
    return shorten(words, _NOTES)
