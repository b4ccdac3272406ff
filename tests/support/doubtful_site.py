"""What the tests of doubts share: drafts that a test makes up, put into a site as `add` does."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from site_gen.content.records import Draft
from site_gen.ingest import add_pages
from site_gen.ingest.extract_pool import Extraction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from site_gen.ingest.add_pages import Outcome

TODAY = dt.date(2026, 11, 22)
TEXT = (
    "The pier at Tallow is shut from Monday, the harbour master said.\n\n"
    "Its boards have been wet since the war, and nobody has ever been asked to dry them.\n\n"
    "A meeting is called for Thursday at the grain silo.\n"
)


def draft(title: str = "Tallow Pier closes", **facts: object) -> Draft:
    usual: dict[str, object] = {
        "markdown": TEXT, "text": TEXT, "extractor": "test 1", "author": ("Ada Quill",),
        "published": dt.date(2025, 3, 4), "site": "The Tallow Post", "language": "en",
        "source": f"https://post.example/{hashlib.sha256(title.encode()).hexdigest()[:8]}",
        "description": "Boards, wet ones, and a meeting about them.",
    }  # fmt: skip
    return Draft(title=title, **{**usual, **facts})  # type: ignore[arg-type]


def put(site: Path, monkeypatch: pytest.MonkeyPatch, *drafts: Draft, pages: Sequence[str] = ()) -> list[Outcome]:
    """Add drafts to a site, each with a saved page of its own; `pages` are their texts."""
    found: list[Extraction] = []
    for number, made in enumerate(drafts):
        page = site.parent / f"page-{number}-{hashlib.sha256(made.title.encode()).hexdigest()[:6]}.html"
        page.write_text(pages[number] if pages else f"<!doctype html><title>{made.title}</title>", encoding="utf-8")
        found.append(Extraction(input=str(page), draft=made, sha256=hashlib.sha256(page.read_bytes()).hexdigest()))
    monkeypatch.setattr(add_pages, "extract_all", lambda paths, today, **_: iter(found))
    return list(add_pages.add(site, [each.input for each in found], TODAY))
