"""Views of pages that show little: about, a redirect, what is gone, nothing found."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.core.json_text import compact_json
from site_gen.core.text import nearest_word
from site_gen.core.urls import UrlPath
from site_gen.pages.language import language_of
from site_gen.pages.views import json_ld
from site_gen.pages.views.meta_tags import ABOUT, Head, first_words, page_head
from site_gen.site import articles, directory, owner_texts

if TYPE_CHECKING:
    from site_gen.content.markdown.document import Document
    from site_gen.content.records import Kind, Tag
    from site_gen.site.database import SiteDatabase


class PlainPage(Struct, frozen=True):
    """What `404.html` and `robots.txt` show: nothing of the content."""

    title: str  # heading of the page
    head: Head  # what <head> says of the page


class AboutPage(Struct, frozen=True):
    """What `about.html` shows: what the site is."""

    title: str  # heading of the page
    document: Document  # the owner's words; empty where `content/about.md` is
    articles: int  # of the site
    undated: int  # of these without a date
    outlets: int  # of the site
    counts: tuple[tuple[Kind, int], ...]  # entities of each kind
    head: Head  # what <head> says of the page


class RedirectPage(Struct, frozen=True):
    """What `redirect.html` shows: that a page is elsewhere now."""

    title: str  # of that page
    target: UrlPath  # its address


class GonePage(Struct, frozen=True):
    """What `gone.html` shows: that something is no more."""

    title: str  # what it was called
    url: UrlPath  # where it stood: this address
    first: dt.date  # day on which it was published first
    last: dt.date  # day on which a person declared it gone
    near: tuple[tuple[str, UrlPath], ...]  # pages that may serve instead: label and address
    head: Head  # what <head> says of the page


def about_page(site: SiteDatabase) -> AboutPage:
    """Show the owner's own words, and what the site counts."""
    config, totals, document = site.config, articles.totals(site), owner_texts.about(site)
    counts = tuple((kind, len(directory.of_kind(site, kind.key))) for kind in config.kinds)
    language = language_of(site)
    description = language.gettext(
        "About %(site)s: %(articles)s %(from_outlets)s.",
        site=config.title,
        articles=language.articles(totals.articles),
        from_outlets=language.from_outlets(totals.outlets),
    )
    description, title = f"{description} {first_words(document, config.language)}".rstrip(), language.gettext("About")
    members = f',"mainEntity":{compact_json({"@id": json_ld.website_id(site.links)})}'
    head = page_head(site, ABOUT, title, description, page_type="AboutPage", members=members)
    return AboutPage(title, document, totals.articles, articles.undated_count(site), totals.outlets, counts, head)


def plain_page(site: SiteDatabase, title: str) -> PlainPage:
    """Show nothing of the content. title: in English."""
    title = language_of(site).gettext(title)
    return PlainPage(title, Head(title))


def article_redirect(site: SiteDatabase, url: UrlPath) -> RedirectPage:
    """Show where an article is now."""
    _, card, _ = articles.article(site, url)
    return RedirectPage(card.title, url)


def entity_redirect(site: SiteDatabase, tag: Tag) -> RedirectPage:
    """Show where an entity's page is now."""
    return RedirectPage(directory.name(site, tag), directory.url(site, tag))


def page_redirect(site: SiteDatabase, title: str, url: UrlPath) -> RedirectPage:
    """Show where another page is now. title: in English, where it is a word of ours."""
    return RedirectPage(language_of(site).gettext(title), url)


def gone_page(site: SiteDatabase, url: UrlPath, title: str, first: str, last: str) -> GonePage:
    """Show that something was declared gone.

    Near it are an entity that is called nearly so, and the index that it stood in. first, last: days, as ISO 8601
    writes them.
    """
    near: list[tuple[str, UrlPath]] = []
    kind = next((kind for kind in site.config.kinds if url.startswith(f"/{kind.prefix}/")), None)
    if kind is not None:
        tags_by_name = {directory.name(site, tag): tag for tag in directory.of_kind(site, kind.key)}
        if similar_name := nearest_word(title, tags_by_name):
            near.append((similar_name, directory.url(site, tags_by_name[similar_name])))
        near.append((kind.label, UrlPath(f"/{kind.prefix}/")))
    return GonePage(title, url, dt.date.fromisoformat(first), dt.date.fromisoformat(last), tuple(near), Head(title))
