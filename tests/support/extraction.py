"""Drafts that are extracted from saved pages as on one day, and the parts that such pages are made of."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import pytest

from site_gen.core.errors import RefusedError
from site_gen.ingest.extract.dispatch import extract
from site_gen.ingest.formats import saved_file
from tests.conftest import PARAGRAPHS

if TYPE_CHECKING:
    from site_gen.content.records import Draft

TODAY = dt.date(2026, 11, 22)
PROSE = "".join(f"<p>{paragraph}</p>\n" for paragraph in PARAGRAPHS)
ARTICLE = "<title>Silo stays</title><body><article><h1>Silo stays</h1>{}</article></body>"  # to be filled with its text


def extract_file(data: str | bytes, name: str = "page.html") -> Draft:
    """Extract a draft from the bytes of a saved file."""
    return extract(saved_file.parse(name, data.encode() if isinstance(data, str) else data), TODAY)


def extract_html(markup: str) -> Draft:
    """Extract a draft from what stands in the `html` element of a page."""
    return extract_file(f"<!doctype html><html>{markup}</html>")


def refusal(data: str | bytes, name: str = "page.html") -> str:
    """Return why a saved file is refused; fail where it is not."""
    with pytest.raises(RefusedError) as error:
        extract_file(data, name)
    return str(error.value)


def doubt_reasons(draft: Draft, field: str = "text") -> list[str]:
    """Return why a field of a draft is in doubt."""
    return [reason for name, reason in draft.doubts if name == field]


def canonical_link(url: str) -> str:
    """Return the element by which a page states its address."""
    return f'<link rel="canonical" href="{url}">'


def json_ld(**fields: object) -> str:
    """Return a script in which a page describes its article, or whatever `@type` says."""
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>'
