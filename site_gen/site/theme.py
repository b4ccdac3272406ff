"""Queries on the theme: what pages are drawn with. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.core.depgraph import kept_query, query
from site_gen.core.digests import digest_of
from site_gen.core.urls import UrlPath
from site_gen.site.database import SiteDatabase

if TYPE_CHECKING:
    from site_gen.content.records import Logo


@kept_query
def asset_url(site: SiteDatabase, name: str) -> UrlPath | None:
    """Return the URL of an asset of the theme; None where there is none of that name."""
    url: UrlPath | None = site.read("asset file", name)
    return url


@query
def logo(site: SiteDatabase) -> Logo | None:
    """Return the site's logo."""
    image: Logo | None = site.read("logo file")
    return image


@kept_query
def template_digest(site: SiteDatabase, name: str) -> str | None:
    """Return a digest of all that a template can draw with, hexadecimal; None where there is none of that name.

    That is its own text, and that of every template that it extends, includes or imports, directly or not. A name
    that is worked out while drawing can be any, so it stands for the whole folder; a name that is not there counts
    as such, since it may come.

    Recording what a loader loads would not do: Jinja keeps compiled templates, and the second page of a kind loads
    nothing.
    """
    reached: dict[str, str | None] = {}
    queue = [name]
    while queue:
        part = queue.pop()
        if part not in reached:
            text = reached[part] = site.read("template file", part)
            direct = site.find_references(text) if text is not None else frozenset()
            if None in direct:
                queue.extend(site.read("template names") or ())
            queue.extend(filter(None, direct))
    return digest_of(reached).hex() if reached[name] is not None else None
