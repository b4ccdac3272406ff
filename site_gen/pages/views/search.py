"""View of the search page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.core.folding import PLAIN_LETTERS
from site_gen.pages import search_records
from site_gen.pages.views.meta_tags import Head

if TYPE_CHECKING:
    from site_gen.content.records import Kind
    from site_gen.site.database import SiteDatabase


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What `search.html` shows. Its results come from the index, by `search.js`."""

    title: str  # heading of the page
    head: Head  # what <head> says of the page
    kinds: tuple[Kind, ...]  # all of the site
    filters: tuple[tuple[str, str], ...]  # what results can be narrowed down by: a filter's name, and its label
    plain_letters: str  # small letters, each with what is written for it, all with blanks between


def search_page(site: SiteDatabase) -> SearchPage:
    """Show the search, with its filters."""
    kinds = site.config.kinds
    filters = [
        (search_records.PAGE_TYPE, "What"),
        (search_records.YEAR, "Year"),
        *((kind.key, kind.singular) for kind in kinds),
    ]
    plain_letters = " ".join(f"{letter} {plain}" for letter, plain in PLAIN_LETTERS.items())
    return SearchPage("Search", Head("Search"), kinds, tuple(filters), plain_letters)
