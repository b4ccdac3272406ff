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

# Of titles with a smaller chance half are wrong, of those with a greater one in nine (cross-validated).
_SURE_CHANCE = 0.8
_LITTLE_PROSE = 80  # words; less is a short notice, or a page whose article was not copied
_MAX_LENGTH = 2_000_000  # characters; it takes some ten seconds to weigh their lines


def draft(page: SavedPage, today: dt.date) -> Draft:
    """Draft the article: title, paragraphs, and the facts that the lines above them give.

    Raises RefusedError when nothing is prose, or the text is too long.
    """
    if len(page.text) > _MAX_LENGTH:
        raise RefusedError(f"{len(page.text):,} characters of plain text are too many for an article")
    article = article_finder.find_article(page.text)
    if not article.paragraphs:
        raise RefusedError("no article found in it: no line reads like prose")
    paragraphs = [one_line(paragraph) for paragraph in article.paragraphs]
    published, is_update = bylines.find_publication_date(article.nearby_lines, today)
    address = source_url.clean_url(article.source) if article.source else None
    return Draft(
        title=one_line(article.title.text if article.title else paragraphs[0])[:200],
        markdown="\n\n".join(map(escape_paragraph, paragraphs)) + "\n",
        text="\n".join(paragraphs),
        extractor="plain text 2",
        author=article.authors,
        published=published,
        source=address,
        site=host_of(address) if address else None,
        language=article.language,
        doubts=tuple(_doubts(article, is_update)),
    )


def _doubts(article: article_finder.CopiedArticle, is_update: bool) -> Iterator[tuple[str, str]]:
    if article.title is None:
        yield "title", "no line looks like one: these are the first words of the text"
    elif article.title.chance < _SURE_CHANCE:
        yield "title", "other lines of the copy look as much like it"
    if article.prose_words < _LITTLE_PROSE:
        yield "text", "little of the copy reads like prose"
    if is_update:
        yield "published", "the day of an update: the copy tells no other"
