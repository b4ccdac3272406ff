"""Heads of pages: what each says of itself to search engines, feed readers, messengers that show a link. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from site_gen.content.markdown.document import paragraph_texts
from site_gen.content.markdown.quotes import lead_sentences
from site_gen.core.text import shorten
from site_gen.core.urls import UrlPath
from site_gen.pages.language import language_of
from site_gen.pages.views import json_ld

if TYPE_CHECKING:
    import datetime as dt

    from site_gen.content.markdown.document import Document
    from site_gen.pages.language import Language
    from site_gen.pages.views.json_ld import Breadcrumb
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.projections import EntitySummary

HOME, ABOUT, ARCHIVE = UrlPath("/"), UrlPath("/about/"), UrlPath("/archive/")
NETWORK, TIMELINE = UrlPath("/network/"), UrlPath("/timeline/")
_MAX_NOTES_LENGTH = 160  # characters of an owner's notes: what search engines show


class Head(NamedTuple):
    """What a page's <head> says of it."""

    title: str  # without the site's
    description: str = ""  # one that no other page has; empty where none can be given
    type: str = "website"  # as Open Graph has it: "website", "article"
    language: str = ""  # of title and description, where it is not the site's
    published: dt.date | None = None  # day of publication of the article, where that is certain
    card: UrlPath | None = None  # the picture to show with a link to it, 1200 by 630 pixels
    data: str = ""  # what it is in schema.org's words: JSON


def page_head(
    site: SiteDatabase,
    url: UrlPath,
    title: str,
    description: str,
    breadcrumbs: tuple[Breadcrumb, ...] = (),
    page_type: str = "CollectionPage",
    members: str = "",
) -> Head:
    """Return the head of a page of ours.

    breadcrumbs: the pages above it, from the top; page_type, members: schema.org's, see `json_ld.page_node`.
    """
    return Head(title, description, data=json_ld.page_node(site, page_type, url, title, breadcrumbs, members))


def article_head(
    site: SiteDatabase, url: UrlPath, card: ArticleCard, breadcrumbs: tuple[Breadcrumb, ...], members: str
) -> Head:
    """Return the head of an article's page: who published it, when, and what it says."""
    source = [
        *([card.outlet] if card.outlet else []),
        *([language_of(site).day(card.published)] if card.published else []),
    ]
    description = ": ".join(part for part in (", ".join(source), card.summary) if part)
    data = json_ld.page_node(site, "WebPage", url, card.title, breadcrumbs, members)
    return Head(card.title, description, "article", card.language, card.published, data=data)


def entity_description(language: Language, name: str, summary: EntitySummary, notes: str) -> str:
    """Return the description of an entity's page: how much is said about it, from when to when, the owner's notes."""
    if not summary.stories:
        coverage = language.gettext("no article names it yet.")
    else:
        coverage = language.stories(summary.stories)
        if summary.outlets > 1:
            coverage += f" {language.from_outlets(summary.outlets)}"
        coverage += f", {day_span(language, summary.first, summary.last)}." if summary.first else "."
    opening = name + language.gettext(": ") + coverage
    return f"{opening} {notes}".strip()


def day_span(language: Language, first: dt.date, last: dt.date | None) -> str:
    """Return two days in words, one where both are the same."""
    if last is None or last == first:
        return language.day(first)
    return language.gettext("%(first)s to %(last)s", first=language.day(first), last=language.day(last))


def first_words(document: Document | None, language: str) -> str:
    """Return the first words of what the site's owner wrote, for a description; empty where there is nothing."""
    words = lead_sentences(paragraph_texts(document), language, _MAX_NOTES_LENGTH) if document else ""
    return shorten(words, _MAX_NOTES_LENGTH)
