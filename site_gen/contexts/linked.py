"""What a page says of itself in schema.org's words (JSON-LD), as plain values. Pure.

Ours is a page about an article, never the article: a `WebPage` (or a collection of them) that is `about` some
things and `mentions` others; the publisher's work is its `citation`. Nothing is said that is not sure: no day that
is guessed, no author's being a person, no kind of work.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from site_gen.findings import Card
    from site_gen.model import Kind, Tag
    from site_gen.site import Site
    from site_gen.urls import UrlPath

Node = dict[str, Any]
Crumb = tuple[str, "UrlPath"]  # a page above this one: what it is called and where it is

# What the entities of kinds that sites often have are; of any other kind it is not known what they are.
_TYPES = {"companies": "Organization", "media": "Organization", "organizations": "Organization"}
_TYPES_OF_NAMES = {"people": "Person", "places": "Place"}


def kept(**values: Any) -> Node:
    """A node of the values that are there."""
    return {name: value for name, value in values.items() if value}


def type_of(kind: Kind) -> str:
    """schema.org's type of a kind's entities; `Thing` where a kind may be anything."""
    if kind.by == "keywords":
        return "DefinedTerm"
    return _TYPES_OF_NAMES.get(kind.names_of) or _TYPES.get(kind.key, "Thing")


def reference(site: Site, tag: Tag) -> Node:
    """An entity where a page speaks of it: what it is called, and which it is."""
    node: Node = {
        "@type": type_of(site.kind(tag.kind)),
        "@id": _identity(site, tag),
        "name": site.name(tag),
    }
    if same := site.same_as(tag):
        node["sameAs"] = list(same)
    return node


def entity(site: Site, tag: Tag, description: str) -> Node:
    """An entity on its own page."""
    kind, known = site.kind(tag.kind), site.entity(tag)
    node = reference(site, tag) | kept(alternateName=list(known.names), description=description, url=known.website)
    if kind.by == "keywords":
        node["inDefinedTermSet"] = site.links().absolute(f"/{kind.prefix}/")
    return node


def _identity(site: Site, tag: Tag) -> str:
    """The name of the thing itself, which is not that of the page about it."""
    return f"{site.links().absolute(site.url(tag))}#thing"


def citation(card: Card, author: Iterable[str]) -> Node:
    """The publisher's work that a page of ours tells of."""
    node = kept(
        name=card.title,
        url=card.source,
        creditText=", ".join(author),
        publisher=card.outlet and {"@type": "Organization", "name": card.outlet},
        datePublished=card.date.isoformat() if card.date and card.dated_by == "published" else "",
    )
    return {"@type": "CreativeWork", **node, "inLanguage": card.language}


def page(site: Site, what: str, url: UrlPath, crumbs: Iterable[Crumb], about: Mapping[str, Any]) -> Node:
    """A page of ours: what type of page it is, what is above it, and all else that is to be said `about` it."""
    links, config = site.links(), site.config()
    address = links.absolute(url)
    steps = [
        {"@type": "ListItem", "position": position, "name": name, "item": links.absolute(target)}
        for position, (name, target) in enumerate(crumbs, 1)
    ]
    return {
        "@context": "https://schema.org",
        "@type": what,
        "@id": address,
        "url": address,
        **about,
        "inLanguage": config.language,
        "isPartOf": {"@type": "WebSite", "@id": website_id(links.root), "name": config.title, "url": links.root},
        **({"breadcrumb": {"@type": "BreadcrumbList", "itemListElement": steps}} if steps else {}),
    }


def website(site: Site, description: str) -> Node:
    """The site itself, on its front page."""
    root, config = site.links().root, site.config()
    node = kept(name=config.title, url=root, description=description, inLanguage=config.language)
    return {"@context": "https://schema.org", "@type": "WebSite", "@id": website_id(root), **node}


@lru_cache(maxsize=4)
def website_id(root: str) -> str:
    """The name of the site itself."""
    return f"{root}#website"
