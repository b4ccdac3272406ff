"""Drafts that a test makes up, doubtful or not, and a way to add them to a site as `add` does."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from site_gen.content.records import Draft
from site_gen.ingest import add_pages
from site_gen.ingest.extract_pool import Extraction
from tests.support.extraction import TODAY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from site_gen.ingest.add_pages import Outcome

TEXT = (
    "The pier at Tallow is shut from Monday, the harbour master said.\n\n"
    "Its boards have been wet since the war, and nobody has ever been asked to dry them.\n\n"
    "A meeting is called for Thursday at the grain silo.\n"
)


def draft(title: str = "Tallow Pier closes", **fields: object) -> Draft:
    """Return a draft that is good but for the fields that are given."""
    usual: dict[str, object] = {
        "markdown": TEXT, "text": TEXT, "extractor": "test 1", "author": ("Ada Quill",),
        "published": dt.date(2025, 3, 4), "site": "The Tallow Post", "language": "en",
        "source": f"https://post.example/{hashlib.sha256(title.encode()).hexdigest()[:8]}",
        "description": "Boards, wet ones, and a meeting about them.",
    }  # fmt: skip
    return Draft(title=title, **{**usual, **fields})  # type: ignore[arg-type]


def add_drafts(site: Path, monkeypatch: pytest.MonkeyPatch, *drafts: Draft, pages: Sequence[str] = ()) -> list[Outcome]:
    """Add drafts to a site, each with a saved page of its own; `pages` are the texts of these."""
    extractions: list[Extraction] = []
    for number, made_up in enumerate(drafts):
        page = site.parent / f"page-{number}-{hashlib.sha256(made_up.title.encode()).hexdigest()[:6]}.html"
        page.write_text(pages[number] if pages else f"<!doctype html><title>{made_up.title}</title>", encoding="utf-8")
        digest = hashlib.sha256(page.read_bytes()).hexdigest()
        extractions.append(Extraction(input=str(page), draft=made_up, sha256=digest))
    monkeypatch.setattr(add_pages, "extract_all", lambda paths, today, **_: iter(extractions))
    return list(add_pages.add(site, [extraction.input for extraction in extractions], TODAY))
