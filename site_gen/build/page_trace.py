"""The cells that a page read, as the text that is stored in its trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from site_gen.content.records import Tag
from site_gen.core.text import compact_json

if TYPE_CHECKING:
    from site_gen.core.depgraph import CellKey, Reads


def reads_to_json(reads: Reads) -> str:
    """Return the cells that a page read as JSON."""
    return compact_json(list(reads))


def reads_from_json(text: str) -> list[CellKey]:
    """Return the cells that `reads_to_json` wrote; for a damaged text a cell that no site has.

    A list within a key is a tag.
    """
    try:
        return [tuple(Tag(*part) if isinstance(part, list) else part for part in key) for key in json.loads(text)]
    except (ValueError, TypeError):
        return [("damaged",)]
