"""The draft of an article that was copied as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content.records import Draft, SavedPage
from site_gen.core.errors import RefusedError
from site_gen.core.text import one_line
from site_gen.core.urls import host_of
from site_gen.ingest.extract import source_url
from site_gen.ingest.extract.copied_text import article_finder, bylines
from site_gen.ingest.extract.tidy_markdown import escape_paragraph

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

_SURE = 0.8  # the chance of a title; of those below it half are wrong, of those above one in nine (cross-validated)
_LITTLE = 80  # words of prose; a short notice, or a page whose article was not copied
_MOST = 2_000_000  # characters; it takes some ten seconds to weigh their lines


def draft(page: SavedPage, today: dt.date) -> Draft:
    """Title, paragraphs, and what the lines above them tell. Raises RefusedError when nothing is prose."""
    if len(page.text) > _MOST:
        raise RefusedError(f"{len(page.text):,} characters of plain text are no article")
    found = article_finder.article(page.text)
    if not found.paragraphs:
        raise RefusedError("no article found in it: no line reads like prose")
    paragraphs = [one_line(p) for p in found.paragraphs]
    day, updated = bylines.published(found.near, today)
    address = source_url.clean_url(found.source) if found.source else None
    return Draft(
        title=one_line(found.title.text if found.title else paragraphs[0])[:200],
        markdown="\n\n".join(map(escape_paragraph, paragraphs)) + "\n",
        text="\n".join(paragraphs),
        extractor="plain text 2",
        author=found.authors,
        published=day,
        source=address,
        site=host_of(address) if address else None,
        language=found.language,
        doubts=tuple(_doubts(found, updated)),
    )


def _doubts(found: article_finder.PlainText, updated: bool) -> Iterator[tuple[str, str]]:
    if found.title is None:
        yield "title", "no line looks like one: these are the first words of the text"
    elif found.title.chance < _SURE:
        yield "title", "other lines of the copy look as much like it"
    if found.prose < _LITTLE:
        yield "text", "little of the copy reads like prose"
    if updated:
        yield "published", "the day of an update: the copy tells no other"
