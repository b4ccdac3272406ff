"""The draft of an article from an HTML page: trafilatura's text, our rules for the facts and what surrounds both."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import trafilatura

from site_gen.content.markdown import document
from site_gen.content.records import Draft, SavedPage
from site_gen.core.errors import RefusedError
from site_gen.core.urls import host_of
from site_gen.ingest.extract import outlet, source_url
from site_gen.ingest.extract.copied_text.language_detection import detect_language
from site_gen.ingest.extract.html import (
    authors,
    element_text,
    incomplete_pages,
    metadata,
    page_kind,
    page_title,
    publication_date,
    trafilatura_engine,
    tree_cleanup,
)
from site_gen.ingest.extract.html.html_parser import parse_html
from site_gen.ingest.extract.tidy_markdown import tidy

if TYPE_CHECKING:
    import datetime as dt

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.page_kind import Kind
    from site_gen.ingest.extract.html.page_title import Title

_AFTER, _BEFORE = 40, 12  # texts around the title that may tell author and date


def draft(page: SavedPage, today: dt.date) -> Draft:
    """Text and facts of a page. Raises RefusedError when there is no article in it, and says why."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports to its log what we report to the person
    tree, cut = parse_html(page.text)
    if tree is None:
        raise RefusedError("not readable as HTML")
    doubts: list[tuple[str, str]] = [*cut]

    def told(field: str, doubt: str | None) -> None:
        if doubt:
            doubts.append((field, doubt))

    found = metadata.collect_metadata(tree, page.source, page.text)
    own, unsure = source_url.declared_source(found, page.text)
    address = source_url.choose_source(page.source, own)
    if page.source is None:
        told("source", unsure)
    known = outlet.outlet_keys(found, address)
    title = page_title.choose(found, address, known)
    near = _near(title)
    sort = page_kind.of(found, tree, address)
    persons, unsure = authors.choose(found, known, near)
    told("author", unsure)
    day = _published(found, tree, address, near, today, sort)
    if day:
        told("published", day[1])
    tree_cleanup.prepare(tree)
    try:
        raw, unsure = trafilatura_engine.markdown(tree, address, sort, article=page_kind.is_told_article(found, sort))
    except trafilatura_engine.FAILURES as error:
        raise RefusedError(f"the extractor failed on it ({type(error).__name__}: {error})") from error
    markdown = _without_dateline(tidy(raw, title.text if title else ""), today)
    text = document.words_of(markdown, document.parser())
    incomplete_pages.refuse(page.text, text, found)
    told("text", unsure)
    told("text", incomplete_pages.doubt(text, found))
    told("text", page_kind.doubt(sort))
    if title:
        told("title", title.doubt)
    else:
        told("title", "only the beginning of the text" if text else "only the file's name")
    return Draft(
        title=title.text if title else page_title.from_text(text) or page.name,
        markdown=markdown,
        text=text,
        extractor=f"trafilatura {trafilatura.__version__}",
        author=persons,
        published=day[0] if day else None,
        created=page.saved,
        site=outlet.outlet_name(found, address) or (host_of(address) if address else None),
        source=address,
        language=found.language or detect_language(text.split("\n"))[0],
        description=_description(found),
        doubts=tuple(dict.fromkeys(doubts)),
    )


def _near(title: Title | None) -> list[tuple[str, HtmlElement]]:
    """The texts behind the title's heading and just before it."""
    if title is None or title.element is None:
        return []
    return element_text.texts_after(title.element, _AFTER) + element_text.texts_before(title.element, _BEFORE)


def _published(
    found: metadata.PageMetadata,
    tree: HtmlElement,
    address: str | None,
    near: list[tuple[str, HtmlElement]],
    today: dt.date,
    sort: Kind,
) -> publication_date.Day | None:
    day = publication_date.choose(found, address, near, today, prose=sort in {"article", "forum"})
    if day:
        return day
    try:
        guessed = publication_date.searched(tree, address, today)
    except trafilatura_engine.FAILURES:
        return None  # htmldate failed on it, as on a page without a date
    return (guessed, "guessed from the text") if guessed else None


def _without_dateline(markdown: str, today: dt.date) -> str:
    first, _, rest = markdown.partition("\n\n")
    return rest if rest and publication_date.is_dateline(first, today) else markdown


def _description(page: metadata.PageMetadata) -> str | None:
    text = page.first_meta("og:description", "description", "twitter:description")
    return text if text and len(text) >= 40 else None
