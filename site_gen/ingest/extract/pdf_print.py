"""The draft of an article from a PDF print: the text that `saved.pdf` made of it, its furniture taken away.

A print has no markup, so its paragraphs are weighed as the lines of a copied page are (`plain`).
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
_GAP = re.compile(r"\s+[|–—-]\s+|\s*[|·•»]\s*")
_SAME = 0.7  # share of words that a heading and the print's title have in common when they are one
_FROM_PRINT = ("text", "from a PDF print")


def draft(page: SavedPage, today: dt.date) -> Draft:
    """Title, paragraphs and headings of a print. Raises RefusedError when nothing in it is prose."""
    blocks = [block.strip() for block in page.text.split("\n\n") if block.strip()]
    told = blocks.pop(0)[2:].strip() if blocks and blocks[0].startswith("% ") else None
    marks = [match[1] if (match := _HEADING.match(block)) else "" for block in blocks]
    texts = [block[len(mark) + 1 :].strip() if mark else block for block, mark in zip(blocks, marks, strict=True)]
    heading = _heading(texts, marks, told)
    found = article_finder.find_article_in_lines(texts, heading)
    if not found.paragraphs:
        raise RefusedError("no article found in it: nothing in the PDF reads like prose")
    doubts = [_FROM_PRINT]
    if heading is not None:
        title = texts[heading]
    elif told:
        title = _GAP.split(told)[0]
        doubts.append(("title", "the name of the print: no heading in it says the same"))
    else:
        title = found.title.text if found.title else found.paragraphs[0]
        doubts.append(("title", "the PDF does not tell its title: this line looks most like one"))
    day, updated = bylines.find_publication_date(found.nearby_lines, today)
    if updated:
        doubts.append(("published", "the day of an update: the print tells no other"))
    address = source_url.clean_url(page.source or found.source or "") if page.source or found.source else None
    shown = [
        f"{marks[index] and _level(marks[index])}{escape_paragraph(one_line(texts[index]))}" for index in found.indexes
    ]
    return Draft(
        title=one_line(title)[:200],
        markdown="\n\n".join(shown) + "\n",
        text="\n".join(one_line(texts[index]) for index in found.indexes),
        extractor=_extractor(),
        author=found.authors,
        published=day,
        created=page.saved if page.saved and page.saved <= today else None,
        source=address,
        site=host_of(address) if address else None,
        language=found.language,
        doubts=tuple(doubts),
    )


def _level(mark: str) -> str:
    """Headings of an article begin below its title, and small bold ones are below those."""
    return "#" * min(max(2, len(mark)), 3) + " "


def _heading(texts: Sequence[str], marks: Sequence[str], told: str | None) -> int | None:
    """The heading that says what the print's title says: the last of the largest, for a menu may say it before."""
    if not told:
        return None
    whole = len(words(told))
    names = [set(words(part)) for part in (told, *separated_keys(told)) if len(words(part)) > 0.5 * whole]
    best: tuple[float, int, int] | None = None
    for index, text in enumerate(texts):
        own = set(words(text))
        if not own or len(text) > 250:
            continue
        shared = max((len(own & name) / len(own | name) for name in names if name), default=0.0)
        if shared >= _SAME and (marks[index] or shared == 1):
            rank = (shared, -len(marks[index]) if marks[index] else -9, index)
            best = max(best, rank) if best else rank
    return best[2] if best else None


def _extractor() -> str:
    try:
        return f"pypdfium2 {version('pypdfium2')}"
    except PackageNotFoundError:
        return "pypdfium2"
