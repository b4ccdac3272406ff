"""Pages that show little: about, a redirect, nothing found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.contexts.parts import outlet_count

if TYPE_CHECKING:
    from site_gen.document import Document
    from site_gen.model import Kind
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
    cards = [view.card for view in site.articles]
    counts = tuple((kind, len(site.of_kind(kind))) for kind in site.config.kinds)
    return About("About", site.about, len(cards), outlet_count(cards), counts)
