"""Pages that show little: about, a redirect, nothing found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from site_gen.document import Document
    from site_gen.model import Kind, Tag
    from site_gen.site import Site
    from site_gen.urls import UrlPath


@dataclass(frozen=True, slots=True)
class Plain:
    """A page that shows nothing of the content."""

    title: str


@dataclass(frozen=True, slots=True)
class About:
    """What the site is."""

    title: str
    document: Document
    articles: int
    outlets: int
    counts: tuple[tuple[Kind, int], ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    """A page that was elsewhere."""

    title: str
    target: UrlPath


def about_page(site: Site) -> About:
    """The owner's own words, and what the site counts."""
    totals = site.totals()
    counts = tuple((kind, len(site.of_kind(kind.key))) for kind in site.config().kinds)
    return About("About", site.about(), totals.articles, totals.outlets, counts)


def plain(site: Site, title: str) -> Plain:
    """A page that shows nothing of the content."""
    del site
    return Plain(title)


def redirect_of_article(site: Site, url: UrlPath) -> Redirect:
    """What stands where an article was before."""
    _, card, _ = site.article(url)
    return Redirect(card.title, url)


def redirect_of_entity(site: Site, tag: Tag) -> Redirect:
    """What stands where an entity's page was before."""
    return Redirect(site.name(tag), site.url(tag))
