"""View of the search page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from site_gen.core.folding import PLAIN_LETTERS
from site_gen.core.json_text import compact_json
from site_gen.pages import search_records
from site_gen.pages.language import language_of
from site_gen.pages.views.meta_tags import Head

if TYPE_CHECKING:
    from site_gen.content.records import Kind
    from site_gen.pages.language import Language
    from site_gen.site.database import SiteDatabase


class SearchPage(Struct, frozen=True):
    """What `search.html` shows. Its results come from the index, by `search.js`."""

    title: str  # heading of the page
    head: Head  # what <head> says of the page
    kinds: tuple[Kind, ...]  # all of the site
    filters: tuple[tuple[str, str], ...]  # what results can be narrowed down by: a filter's name, and its label
    plain_letters: str  # small letters, each with what is written for it, all with blanks between
    words: str  # what the script says, as JSON


def search_page(site: SiteDatabase) -> SearchPage:
    """Show the search, with its filters."""
    kinds, language = site.config.kinds, language_of(site)
    filters = [
        (search_records.PAGE_TYPE, language.gettext("What")),
        (search_records.YEAR, language.gettext("Year")),
        *((kind.key, kind.singular) for kind in kinds),
    ]
    plain_letters = " ".join(f"{letter} {plain}" for letter, plain in PLAIN_LETTERS.items())
    title = language.gettext("Search")
    return SearchPage(title, Head(title), kinds, tuple(filters), plain_letters, compact_json(_words(language)))


def _words(language: Language) -> dict[str, Any]:
    """Return what `search.js` says, by what it is about. Of words with a number there are two: for one, and for more.

    months: the 22nd of each month of 2001, in which the script puts its own day and year.
    """
    return {
        "language": language.tag,
        "months": [language.day(dt.date(2001, month, 22)) for month in range(1, 13)],
        "undated": language.gettext("undated"),
        "about": language.gettext("c."),
        "guess": language.gettext("This date is a guess"),
        "any": language.gettext("any"),
        "articles": [language.articles(num) for num in (1, 2)],
        "found": [language.ngettext("%(num)s found", "%(num)s found", num) for num in (1, 2)],
        "nothing": language.gettext("Nothing found. Try other words, or fewer."),
        "broken": language.gettext(
            "The search index could not be loaded. It may just have been updated: reload the page to try again."
        ),
    }
