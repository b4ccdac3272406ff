"""Extract the article of a PDF print: the text that `formats.pdf_letters` made of it, without boilerplate.

A print has no markup, so its paragraphs are weighed as the lines of a copied page are (`copied_text`).
"""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from site_gen.content.records import Draft, SavedPage
from site_gen.core.errors import RefusedError
from site_gen.core.text import one_line, words
from site_gen.core.urls import host_of
from site_gen.ingest.extract import source_url
from site_gen.ingest.extract.copied_text import article_finder, bylines
from site_gen.ingest.extract.copied_text.title_line import separated_keys
from site_gen.ingest.extract.tidy_markdown import escape_paragraph

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

_HEADING = re.compile(r"(#{1,4}) (?=\S)")
# What parts the title of a window from the outlet.
_SEPARATOR = re.compile(r"(?<!\s)\s+[|–—-]\s+|(?:(?<!\s)\s+)?[|·•»]\s*")
_MIN_SHARED = 0.7  # share of words that a heading and the print's title have in common when they are one
_FROM_PRINT = ("text", "from a PDF print")


def extract_print(page: SavedPage, today: dt.date) -> Draft:
    """Return the draft of a print: title, paragraphs and headings.

    today: bounds dates of publication.
    Raises RefusedError when nothing in it is prose.
    """
    blocks = [block.strip() for block in page.text.split("\n\n") if block.strip()]
    print_title = blocks.pop(0)[2:].strip() if blocks and blocks[0].startswith("% ") else None
    marks = [match[1] if (match := _HEADING.match(block)) else "" for block in blocks]
    texts = [block[len(mark) + 1 :].strip() if mark else block for block, mark in zip(blocks, marks, strict=True)]
    heading = _find_heading(texts, marks, print_title)
    article = article_finder.find_article_in_lines(texts, heading)
    if not article.paragraphs:
        raise RefusedError("no article found in it: nothing in the PDF reads like prose")
    doubts = [_FROM_PRINT]
    if heading is not None:
        title = texts[heading]
    elif print_title:
        title = _SEPARATOR.split(print_title)[0]
        doubts.append(("title", "the name of the print: no heading in it says the same"))
    else:
        title = article.title.text if article.title else article.paragraphs[0]
        doubts.append(("title", "the PDF does not tell its title: this line looks most like one"))
    day, is_update = bylines.find_publication_date(article.nearby_lines, today)
    if is_update:
        doubts.append(("published", "the day of an update: the print tells no other"))
    source = page.source or article.source
    address = source_url.clean_url(source) if source else None
    paragraphs = [
        f"{marks[index] and _heading_mark(marks[index])}{escape_paragraph(one_line(texts[index]))}"
        for index in article.indexes
    ]
    return Draft(
        title=one_line(title)[:200],
        markdown="\n\n".join(paragraphs) + "\n",
        text="\n".join(one_line(texts[index]) for index in article.indexes),
        extractor=_extractor(),
        author=article.authors,
        published=day,
        created=page.saved if page.saved and page.saved <= today else None,
        source=address,
        site=host_of(address) if address else None,
        language=article.language,
        doubts=tuple(doubts),
    )


def _heading_mark(mark: str) -> str:
    """Return the mark of a heading in the article: below its title, and small bold ones below the others."""
    return "#" * min(max(2, len(mark)), 3) + " "


def _find_heading(texts: Sequence[str], marks: Sequence[str], print_title: str | None) -> int | None:
    """Return the index of the heading that says what the print's title says.

    Of several the last of the largest: a menu may say it before. marks: that of each text; empty where it is none.
    """
    if not print_title:
        return None
    length = len(words(print_title))
    parts = (print_title, *separated_keys(print_title))
    names = [set(words(part)) for part in parts if len(words(part)) > 0.5 * length]
    best: tuple[float, int, int] | None = None
    for index, text in enumerate(texts):
        text_words = set(words(text))
        if not text_words or len(text) > 250:
            continue
        shared = max((len(text_words & name) / len(text_words | name) for name in names if name), default=0.0)
        if shared >= _MIN_SHARED and (marks[index] or shared == 1):
            rank = (shared, -len(marks[index]) if marks[index] else -9, index)
            best = max(best, rank) if best else rank
    return best[2] if best else None


def _extractor() -> str:
    try:
        return f"pypdfium2 {version('pypdfium2')}"
    except PackageNotFoundError:
        return "pypdfium2"
