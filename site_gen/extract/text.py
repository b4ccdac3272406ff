"""The draft of an article that was copied as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.errors import RefusedError
from site_gen.extract import plain, source
from site_gen.extract.dates import dateline
from site_gen.extract.markdown import escape_paragraph
from site_gen.model import Draft, SavedPage
from site_gen.text import one_line, same_words
from site_gen.urls import host_of

if TYPE_CHECKING:
    import datetime as dt

_MOST = 2_000_000  # characters; it takes some ten seconds to weigh their lines


def draft(page: SavedPage, today: dt.date) -> Draft:
    """Title, paragraphs, and what the lines above them tell. Raises RefusedError when nothing is prose."""
    if len(page.text) > _MOST:
        raise RefusedError(f"{len(page.text):,} characters of plain text are no article")
    found = plain.article(page.text)
    if not found.paragraphs:
        raise RefusedError("no article found in it: no line reads like prose")
    paragraphs = [one_line(p) for p in found.paragraphs]
    title = one_line(found.title.text if found.title else paragraphs[0])
    above = tuple(line for line in found.head if same_words(line) != same_words(title))
    address = source.clean(found.source) if found.source else None
    return Draft(
        title=title[:200],
        markdown="\n\n".join(map(escape_paragraph, paragraphs)) + "\n",
        text="\n".join(paragraphs),
        extractor="plain text 2",
        author=plain.byline(above[-8:]),
        published=dateline(reversed(above[-8:]), today),
        source=address,
        site=host_of(address) if address else None,
        language=found.language,
    )
