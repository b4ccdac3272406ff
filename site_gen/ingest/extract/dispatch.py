"""Extract a saved page: SavedPage to Draft, the article's clean text and its facts. Pure.

Each format has an extractor:

- HTML: `html.html_draft` (trafilatura and what surrounds it).
- Copied text: `copied_text.copied_draft`.
- PDF prints: `pdf_print`.
- Notes of Obsidian's Web Clipper, Omnivore and Readwise: `clipped_note`.

They share `boilerplate_labels` and `boilerplate_lines` (what belongs to the page around an article), `source_url`
(where it came from), `outlet` (who published it) and `tidy_markdown`.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from msgspec.structs import replace

from site_gen.core.errors import RefusedError
from site_gen.core.formatting import format_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from site_gen.content.records import Draft, SavedPage

_MIN_TEXT = 25  # characters; less than a short sentence is no article
_SHORT_PAGE = 2000  # characters of HTML


def extract(page: SavedPage, today: dt.date) -> Draft:
    """Return the draft of an article from a saved page.

    today: bounds dates of publication, as does the day of saving where that is known.
    Raises RefusedError, with the reason, when the page holds no article.
    """
    today = min(today, page.saved or today)
    draft = _extract_format(page, today)
    length = len(draft.text.strip())
    if length < _MIN_TEXT and not (length and _shows_all(page)):
        raise RefusedError(
            f"no article found in it (only {length} characters of text)" if length else "no article found in it"
        )
    return _with_page_facts(draft, page, today)


def _extract_format(page: SavedPage, today: dt.date) -> Draft:
    # Imported where they are needed: trafilatura alone takes 0.3 s.
    if page.format == "clip":
        from site_gen.ingest.extract.clipped_note import extract_clip  # noqa: PLC0415

        return extract_clip(page, today)
    if page.format == "pdf":
        from site_gen.ingest.extract.pdf_print import extract_print  # noqa: PLC0415

        return extract_print(page, today)
    if page.format == "text":
        from site_gen.ingest.extract.copied_text import copied_draft  # noqa: PLC0415

        return copied_draft.draft(page, today)
    from site_gen.ingest.extract.html import html_draft  # noqa: PLC0415

    return html_draft.draft(page, today)


def _shows_all(page: SavedPage) -> bool:
    """Tell whether a page of HTML shows all it has, however little: it is short, and no script may draw more."""
    is_html = page.format not in {"clip", "pdf", "text"}
    return is_html and len(page.text) < _SHORT_PAGE and "<script" not in page.text.lower()


def _with_page_facts(draft: Draft, page: SavedPage, today: dt.date) -> Draft:
    """Return the draft with what stands outside of the page's text, and what reading the page doubted.

    A mail's subject is its title and its day the day on which it was sent, whatever the text says; its sender stands in
    where the text names nobody.
    """
    header = page.mail_header
    sent = header.published if header.published and header.published <= today + dt.timedelta(days=1) else None
    certain = {key for key, value in (("title", header.title), ("published", sent)) if value}
    published, latest = sent or draft.published, (draft.created or today) + dt.timedelta(days=1)
    doubts = [("published", "after the day of saving")] if published and published > latest else []
    in_doubt = {key for key, _ in (*draft.doubts, *doubts)}
    if published and not sent and "published" not in in_doubt:
        doubts += _find_contradiction(draft, published, latest, is_article="text" not in in_doubt)
    return replace(
        draft,
        title=header.title or draft.title,
        published=published,
        author=draft.author or ((header.author,) if header.author else ()),
        site=header.site or draft.site,
        doubts=(*page.doubts, *(doubt for doubt in draft.doubts if doubt[0] not in certain), *doubts),
    )


def _find_contradiction(
    draft: Draft, published: dt.date, latest: dt.date, *, is_article: bool
) -> Iterator[tuple[str, str]]:
    """Yield the doubt about a day of publication where the title or an article's text is of a time years after it."""
    from site_gen.ingest.extract.written_dates import find_later_month, find_later_year  # noqa: PLC0415

    if year := find_later_year(draft.title or "", published, latest):
        yield "published", f"the title is of {year}"
    elif is_article and (month := find_later_month(draft.text, published, latest, draft.language or "en")):
        yield "published", f"the text tells of {format_day(month, 'month')}"
