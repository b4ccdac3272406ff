"""SavedPage to Draft: the article's clean text and its facts. Pure.

`html` for pages (trafilatura, and what surrounds it; `blocks`, `worth` and learnt `block_weights` where it finds too
little of a page that is no article), `plain` for copied text (with `lines`, `titles`,
`bylines` and learnt `weights`), `pdf` for prints, `clip` for notes that were clipped; `facts` weighs what a
page says about itself; `labels` knows a page's furniture.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from site_gen.core.errors import RefusedError

if TYPE_CHECKING:
    from site_gen.content.records import Draft, SavedPage

MIN_CHARS = 25  # less than a short sentence is no article
SHORT = 2000  # characters of HTML


def extract(page: SavedPage, today: dt.date) -> Draft:
    """The draft of an article from a saved page. `today` bounds dates of publication.

    Raises RefusedError, with the reason, when the page holds no article.
    """
    if page.format == "clip":
        from site_gen.ingest.extract.clipped_note import draft  # noqa: PLC0415
    elif page.format == "pdf":
        from site_gen.ingest.extract.pdf_print import draft  # noqa: PLC0415
    elif page.format == "text":
        from site_gen.ingest.extract.copied_text.copied_draft import draft  # noqa: PLC0415
    else:
        from site_gen.ingest.extract.html.html_draft import draft  # noqa: PLC0415  trafilatura takes 0.3 s to import
    found = draft(page, today)
    length = len(found.text.strip())
    if length < MIN_CHARS and not (length and _is_all(page)):
        raise RefusedError(
            f"no article found in it (only {length} characters of text)" if length else "no article found in it"
        )
    return _with_hints(found, page, today)


def _is_all(page: SavedPage) -> bool:
    """Whether a page of HTML shows all it has, however little: it is short itself, and no script may draw more."""
    return page.format not in {"clip", "pdf", "text"} and len(page.text) < SHORT and "<script" not in page.text.lower()


def _with_hints(found: Draft, page: SavedPage, today: dt.date) -> Draft:
    """The draft with what stood outside of the page: a mail's subject is its title and its day the day it was sent,
    whatever the text says; its sender stands in where the text names nobody. What reading doubted is passed on."""
    header = page.mail_header
    sent = header.published if header.published and header.published <= today + dt.timedelta(days=1) else None
    told = {key for key, hint in (("title", header.title), ("published", sent)) if hint}
    return replace(
        found,
        title=header.title or found.title,
        published=sent or found.published,
        author=found.author or ((header.author,) if header.author else ()),
        site=header.site or found.site,
        doubts=(*page.doubts, *(doubt for doubt in found.doubts if doubt[0] not in told)),
    )
