"""Pages that show little: about, a redirect, nothing found."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.core.formatting import format_count
from site_gen.core.text import compact_json, nearest_word
from site_gen.core.urls import UrlPath
from site_gen.pages.views import json_ld
from site_gen.pages.views.meta_tags import ABOUT, Head, first_words, page_head

if TYPE_CHECKING:
    from site_gen.content.markdown.document import Document
    from site_gen.content.records import Kind, Tag
    from site_gen.site.site import Site


@dataclass(frozen=True, slots=True)
class PlainPage:
    """A page that shows nothing of the content."""

    title: str
    head: Head


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What the site is."""

    title: str
    document: Document
    articles: int
    outlets: int
    counts: tuple[tuple[Kind, int], ...]
    head: Head


@dataclass(frozen=True, slots=True)
class RedirectPage:
    """A page that was elsewhere."""

    title: str
    target: UrlPath


@dataclass(frozen=True, slots=True)
class GonePage:
    """A page whose thing is no more: what it was called, from when to when it stood here, and what is near."""

    title: str
    url: UrlPath
    first: dt.date
    last: dt.date
    near: tuple[tuple[str, UrlPath], ...]
    head: Head


def about_page(site: Site) -> AboutPage:
    """The owner's own words, and what the site counts."""
    totals = site.totals()
    counts = tuple((kind, len(site.entities_of_kind(kind.key))) for kind in site.config().kinds)
    config, words = site.config(), site.about_document()
    said = f"About {config.title}: {format_count(totals.articles, 'article')}"
    said += f" from {format_count(totals.outlets, 'outlet')}."
    said = f"{said} {first_words(words, config.language)}".rstrip()
    whole = f',"mainEntity":{compact_json({"@id": json_ld.website_id(site.links())})}'
    found = page_head(site, ABOUT, "About", said, what="AboutPage", members=whole)
    return AboutPage("About", words, totals.articles, totals.outlets, counts, found)


def plain_page(site: Site, title: str) -> PlainPage:
    """A page that shows nothing of the content."""
    del site
    return PlainPage(title, Head(title))


def article_redirect(site: Site, url: UrlPath) -> RedirectPage:
    """What stands where an article was before."""
    _, card, _ = site.article(url)
    return RedirectPage(card.title, url)


def entity_redirect(site: Site, tag: Tag) -> RedirectPage:
    """What stands where an entity's page was before."""
    return RedirectPage(site.entity_name(tag), site.entity_url(tag))


def page_redirect(site: Site, title: str, url: UrlPath) -> RedirectPage:
    """What stands where another page was before."""
    del site
    return RedirectPage(title, url)


def gone_page(site: Site, url: UrlPath, title: str, first: str, last: str) -> GonePage:
    """What stands where something was that is declared gone. Near are the index that it stood in and an
    entity that is called nearly so."""
    near: list[tuple[str, UrlPath]] = []
    kind = next((kind for kind in site.config().kinds if url.startswith(f"/{kind.prefix}/")), None)
    if kind is not None:
        names = {site.entity_name(tag): tag for tag in site.entities_of_kind(kind.key)}
        if alike := nearest_word(title, names):
            near.append((alike, site.entity_url(names[alike])))
        near.append((kind.label, UrlPath(f"/{kind.prefix}/")))
    return GonePage(title, url, dt.date.fromisoformat(first), dt.date.fromisoformat(last), tuple(near), Head(title))
