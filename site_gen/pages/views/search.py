"""The page that asks the search index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.pages import search_records
from site_gen.pages.views.meta_tags import Head

if TYPE_CHECKING:
    from site_gen.content.records import Kind
    from site_gen.site.site import Site


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The search, and what its results can be narrowed down by: (filter, its name on the page)."""

    title: str
    head: Head
    kinds: tuple[Kind, ...]
    filters: tuple[tuple[str, str], ...]


def search_page(site: Site) -> SearchPage:
    """The page that asks the search index."""
    kinds = site.config().kinds
    filters = [
        (search_records.PAGE_TYPE, "What"),
        (search_records.YEAR, "Year"),
        *((kind.key, kind.singular) for kind in kinds),
    ]
    return SearchPage("Search", Head("Search"), kinds, tuple(filters))
