"""What a page says of itself in schema.org's words (JSON-LD), as JSON text. Pure.

Ours is a page about an article, never the article: a `WebPage` (or a collection of them) that is `about` some
things and `mentions` others; the publisher's work is its `citation`. Nothing is said that is not sure: no day that
is guessed, no author's being a person, no kind of work. It is put together as text, since most of it is the same on
many pages.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from site_gen.core.text import compact_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.content.records import SiteConfig, Tag
    from site_gen.core.internal_links import Links
    from site_gen.core.urls import UrlPath
    from site_gen.site.indexed_article import ArticleCard
    from site_gen.site.site import Site

Breadcrumb = tuple[str, "UrlPath"]  # a page above this one: what it is called and where it is

_CONTEXT = '"@context":"https://schema.org"'


def _members(**values: Any) -> str:
    """The members of an object, of the values that are there."""
    return compact_json({name: value for name, value in values.items() if value})[1:-1]


def list_member(name: str, nodes: Iterable[str]) -> str:
    """A member that is a list of nodes; nothing, where there are none."""
    inside = ",".join(nodes)
    return f',"{name}":[{inside}]' if inside else ""


def entity_member(site: Site, tag: Tag, description: str) -> str:
    """An entity on its own page, as the page's member."""
    kind, known = site.kind(tag.kind), site.entity(tag)
    more = _members(
        alternateName=list(known.names),
        description=description,
        url=known.website,
        inDefinedTermSet=site.links().absolute(f"/{kind.prefix}/") if kind.by == "keywords" else "",
    )
    return f',"mainEntity":{site.entity_reference(tag)[:-1]}{"," if more else ""}{more}}}'


def citation_member(card: ArticleCard, author: Iterable[str]) -> str:
    """The publisher's work that a page of ours tells of, as the page's member."""
    node = _members(
        name=card.title,
        url=card.source,
        creditText=", ".join(author),
        publisher=card.outlet and {"@type": "Organization", "name": card.outlet},
        datePublished=card.published.isoformat() if card.published else "",
        inLanguage=card.language,
    )
    return f',"citation":{{"@type":"CreativeWork",{node}}}'


def page_node(site: Site, what: str, url: UrlPath, title: str, above: tuple[Breadcrumb, ...], members: str = "") -> str:
    """A page of ours: what type of page it is, what is above it, and its further members."""
    links = site.links()
    name, address = compact_json(title), compact_json(links.absolute(url))
    return (
        f'{{{_CONTEXT},"@type":"{what}","@id":{address},"url":{address},"name":{name}{members},'
        f"{_common_members(links, site.config(), above)}"
        f'{{"@type":"ListItem","position":{len(above) + 1},"name":{name},"item":{address}}}]}}}}'
    )


@lru_cache(maxsize=256)
def _common_members(links: Links, config: SiteConfig, above: tuple[Breadcrumb, ...]) -> str:
    """The members that are the same on all pages below one; the last is left open."""
    steps = [
        {"@type": "ListItem", "position": position, "name": name, "item": links.absolute(target)}
        for position, (name, target) in enumerate(above, 1)
    ]
    site = {"@type": "WebSite", "@id": website_id(links), "name": config.title, "url": links.root}
    listed = "".join(f"{compact_json(step)}," for step in steps)
    members = _members(inLanguage=config.language, isPartOf=site)
    return f'{members},"breadcrumb":{{"@type":"BreadcrumbList","itemListElement":[{listed}'


def website_node(site: Site, description: str) -> str:
    """The site itself, on its front page."""
    links, config = site.links(), site.config()
    node = _members(name=config.title, url=links.root, description=description, inLanguage=config.language)
    return f'{{{_CONTEXT},"@type":"WebSite","@id":{compact_json(website_id(links))},{node}}}'


def website_id(links: Links) -> str:
    """The name of the site itself."""
    return f"{links.root}#website"
