"""Structured data of pages: what each says of itself in schema.org's words (JSON-LD), as JSON text. Pure.

Ours is a page about an article, never the article: a `WebPage` (or a collection of them) that is `about` some
things and `mentions` others; the publisher's work is its `citation`. Nothing is said that is not sure: no day that
is guessed, no author's being a person, no kind of work. It is put together as text, since most of it is the same on
many pages.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from site_gen.core.json_text import compact_json
from site_gen.site import directory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.content.records import SiteConfig, Tag
    from site_gen.core.internal_links import Links
    from site_gen.core.urls import UrlPath
    from site_gen.site.database import SiteDatabase
    from site_gen.site.indexed_article import ArticleCard

Breadcrumb = tuple[str, "UrlPath"]  # a page above this one: what it is called and where it is

_CONTEXT = '"@context":"https://schema.org"'


def _members(**values: Any) -> str:
    """Return the members of a JSON object without its braces; empty values are left out."""
    return compact_json({name: value for name, value in values.items() if value})[1:-1]


def list_member(name: str, nodes: Iterable[str]) -> str:
    """Return a member that is a list of nodes, after a comma; empty where there are none."""
    joined = ",".join(nodes)
    return f',"{name}":[{joined}]' if joined else ""


def entity_member(site: SiteDatabase, tag: Tag, description: str) -> str:
    """Return an entity as the `mainEntity` of its own page, after a comma."""
    kind, record = site.config.kind(tag.kind), directory.entity(site, tag)
    details = _members(
        alternateName=list(record.names),
        description=description,
        url=record.website,
        inDefinedTermSet=site.links.absolute(f"/{kind.prefix}/") if kind.by == "keywords" else "",
    )
    return f',"mainEntity":{directory.reference(site, tag)[:-1]}{"," if details else ""}{details}}}'


def citation_member(card: ArticleCard, author: Iterable[str]) -> str:
    """Return the publisher's work as the `citation` of our page on it, after a comma."""
    work = _members(
        name=card.title,
        url=card.source,
        creditText=", ".join(author),
        publisher=card.outlet and {"@type": "Organization", "name": card.outlet},
        datePublished=card.published.isoformat() if card.published else "",
        inLanguage=card.language,
    )
    return f',"citation":{{"@type":"CreativeWork",{work}}}'


def page_node(
    site: SiteDatabase, page_type: str, url: UrlPath, title: str, breadcrumbs: tuple[Breadcrumb, ...], members: str = ""
) -> str:
    """Return a page of ours as a whole JSON object.

    page_type: schema.org's; breadcrumbs: the pages above it, from the top; members: further ones, after a comma.
    """
    links = site.links
    name, address = compact_json(title), compact_json(links.absolute(url))
    return (
        f'{{{_CONTEXT},"@type":"{page_type}","@id":{address},"url":{address},"name":{name}{members},'
        f"{_common_members(links, site.config, breadcrumbs)}"
        f'{{"@type":"ListItem","position":{len(breadcrumbs) + 1},"name":{name},"item":{address}}}]}}}}'
    )


@lru_cache(maxsize=256)
def _common_members(links: Links, config: SiteConfig, breadcrumbs: tuple[Breadcrumb, ...]) -> str:
    """Return the members that all pages below one share. The list of breadcrumbs at the end is left open."""
    steps = [
        {"@type": "ListItem", "position": position, "name": name, "item": links.absolute(target)}
        for position, (name, target) in enumerate(breadcrumbs, 1)
    ]
    website = {"@type": "WebSite", "@id": website_id(links), "name": config.title, "url": links.root}
    items = "".join(f"{compact_json(step)}," for step in steps)
    members = _members(inLanguage=config.language, isPartOf=website)
    return f'{members},"breadcrumb":{{"@type":"BreadcrumbList","itemListElement":[{items}'


def website_node(site: SiteDatabase, description: str) -> str:
    """Return the site itself, for its front page, as a whole JSON object."""
    links, config = site.links, site.config
    members = _members(name=config.title, url=links.root, description=description, inLanguage=config.language)
    return f'{{{_CONTEXT},"@type":"WebSite","@id":{compact_json(website_id(links))},{members}}}'


def website_id(links: Links) -> str:
    """Return the `@id` of the site itself."""
    return f"{links.root}#website"
