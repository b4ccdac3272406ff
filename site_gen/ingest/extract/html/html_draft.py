"""The draft of an article from an HTML page: its text, by trafilatura, and its facts, by our own rules."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import trafilatura

from site_gen.content.markdown import commonmark, document
from site_gen.content.records import Draft, SavedPage
from site_gen.core.errors import RefusedError
from site_gen.core.text import one_line
from site_gen.core.urls import host_of
from site_gen.ingest.extract import outlet, source_url
from site_gen.ingest.extract.copied_text.language_detection import choose_language
from site_gen.ingest.extract.html import (
    authors,
    forum_posts,
    incomplete_pages,
    json_ld_parser,
    page_kind,
    page_title,
    publication_date,
    trafilatura_engine,
    tree_cleanup,
)
from site_gen.ingest.extract.html.element_text import NearbyTexts, texts_after, texts_before, texts_in
from site_gen.ingest.extract.html.html_parser import parse_html
from site_gen.ingest.extract.html.metadata import collect_metadata
from site_gen.ingest.extract.html.page_marks import write_out_marks
from site_gen.ingest.extract.html.publication_date import PublicationDate
from site_gen.ingest.extract.tidy_markdown import tidy, tidy_form

if TYPE_CHECKING:
    import datetime as dt

    from lxml.html import HtmlElement

    from site_gen.ingest.extract.html.element_text import PlacedText
    from site_gen.ingest.extract.html.metadata import PageMetadata
    from site_gen.ingest.extract.html.page_kind import PageKind
    from site_gen.ingest.extract.html.page_title import PageTitle

_TEXTS_AFTER_TITLE, _TEXTS_BEFORE_TITLE = 40, 12  # that may give author and date
_MIN_DESCRIPTION = 40  # characters


def draft(page: SavedPage, today: dt.date) -> Draft:
    """Draft the article of a page: its text and its facts, with a doubt for each that may be wrong.

    Raises RefusedError, with the reason, when there is no article in it.
    """
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it reports to its log what we report to the person
    tree, parse_doubts = parse_html(page.text)
    if tree is None:
        raise RefusedError("not readable as HTML")
    held = list(tree.iter())  # noqa: F841  while somebody holds them, lxml need not make them anew for each walk
    metadata = collect_metadata(tree, page.source, page.text)
    declared_address, source_doubt = source_url.find_declared_source(metadata, page.text)
    address = source_url.choose_source(page.source, declared_address)
    outlet_keys = outlet.collect_outlet_keys(metadata, address)
    title = page_title.choose_title(metadata, address, outlet_keys)
    nearby_texts = _texts_around(title, tree)
    kind = page_kind.classify_page(metadata, tree, address)
    needed_gain = page_kind.find_needed_gain(metadata, kind, address)
    posts = forum_posts.find_posts(tree, kind) if needed_gain is not None else []
    kind = "forum" if posts else kind
    names, author_doubt = authors.choose_authors(
        metadata, outlet_keys, nearby_texts, kind, forum_posts.find_opener(tree, posts)
    )
    is_product = kind == "product"
    description = json_ld_parser.find_description(metadata.json_ld, page_kind.PRODUCT_TYPES) if is_product else ""
    parts_doubt = incomplete_pages.find_parts_doubt(tree, address)
    published = _find_date(metadata, tree, address, nearby_texts.nearest, today, kind)
    # From here on the tree is not the page as it was saved.
    if posts:
        forum_posts.keep_posts(tree, posts)
    tree_cleanup.complete_links(tree, address)
    if kind == "article":
        tree_cleanup.drop_other_articles(title.element if title else None)
    tree_cleanup.prepare_tree(tree)
    try:
        raw, text_doubt = (
            (trafilatura_engine.render_whole(tree, address), None)
            if posts
            else trafilatura_engine.extract_markdown(
                tree, address, kind, needed_gain=needed_gain, description=description
            )
        )
    except trafilatura_engine.FAILURES as error:
        raise RefusedError(f"the extractor failed on it ({type(error).__name__}: {error})") from error
    markdown = write_out_marks(
        tidy_form(raw) if posts else _strip_dateline(tidy(raw, title.text if title else ""), today)
    )
    text = document.plain_words(markdown, commonmark.make_parser())
    incomplete_pages.refuse_non_article(page.text, text, metadata)
    doubts = (
        *parse_doubts,
        ("source", source_doubt if page.source is None else None),
        ("author", author_doubt),
        ("published", published.doubt if published else None),
        ("text", text_doubt),
        ("text", parts_doubt),
        ("text", incomplete_pages.find_doubt(text, metadata)),
        ("text", page_kind.doubt_of_kind(kind)),
        ("title", title.doubt if title else "only the beginning of the text" if text else "only the file's name"),
    )
    return Draft(
        title=title.text if title else page_title.title_from_text(text) or page.name,
        markdown=markdown,
        text=text,
        extractor=f"trafilatura {trafilatura.__version__}",
        author=names,
        published=published.day if published else None,
        created=page.saved,
        site=outlet.find_outlet_name(metadata, address) or (host_of(address) if address else None),
        source=address,
        language=choose_language(metadata.language, text.split("\n")),
        description=_description(metadata),
        doubts=tuple(dict.fromkeys((field, doubt) for field, doubt in doubts if doubt)),
    )


def _texts_around(title: PageTitle | None, tree: HtmlElement) -> NearbyTexts:
    """Return the texts around the element that shows the title; none where none does."""
    element = title and (title.element if title.element is not None else _find_element(tree, title.text))
    if element is None:
        return NearbyTexts([], [])
    return NearbyTexts(texts_after(element, _TEXTS_AFTER_TITLE), texts_before(element, _TEXTS_BEFORE_TITLE))


def _find_element(tree: HtmlElement, title: str) -> HtmlElement | None:
    """Return the first element that says the title and is no heading; None where there is none, or no body."""
    body = tree.find("body")
    key = title.casefold()
    for element in (
        ()
        if body is None
        else body.iter("div", "p", "span", "strong", "b", "font", "td", "h4", "h5", "h6", "legend", "a")
    ):
        if element.text and one_line(element.text[: 2 * len(title) + 80]).casefold() == key:
            return element
    return None


def _find_date(
    metadata: PageMetadata,
    tree: HtmlElement,
    address: str | None,
    nearby_texts: list[PlacedText],
    today: dt.date,
    kind: PageKind,
) -> PublicationDate | None:
    """Return the date that our rules choose, else, in an article, one that stands anywhere in the page."""
    is_prose = kind in {"article", "forum"}
    published = publication_date.choose_date(metadata, address, nearby_texts, today, is_prose=is_prose)
    if published or not is_prose:
        return published
    if not nearby_texts and (body := tree.find("body")) is not None:
        first_texts = texts_in(body, _TEXTS_AFTER_TITLE)
        day = publication_date.find_date_in_lines((text for text, _ in first_texts), today, metadata.language)
        if day:
            return PublicationDate(day, "guessed from the beginning of the text")
    try:
        day = publication_date.search_page(tree, address, today)
    except trafilatura_engine.FAILURES:
        return None  # htmldate failed on it, as on a page without a date
    if day is None or day in publication_date.days_of_other_parts(metadata, today):
        return None
    return PublicationDate(day, "guessed from the text")


def _strip_dateline(markdown: str, today: dt.date) -> str:
    """Return a text without its first paragraph where that only gives the day."""
    first, _, rest = markdown.partition("\n\n")
    return rest if rest and publication_date.is_dateline(first, today) else markdown


def _description(metadata: PageMetadata) -> str | None:
    text = metadata.first_meta("og:description", "description", "twitter:description")
    return text if text and len(text) >= _MIN_DESCRIPTION else None
