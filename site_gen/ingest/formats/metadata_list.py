"""Read the list of facts that Readwise writes above a note's text, in place of front matter. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_WITHIN = 5_000  # characters; only the cover, with its long address, stands above
_HEADING = re.compile(r"^#{1,6} Metadata[ \t]*\n\s*(?=[-*] )", re.MULTILINE)
_ITEM = re.compile(r"[-*] (?:\*\*)?([^\W\d_][\w -]{0,40})(?:\*\*)?::?(?:\*\*)?(?:[ \t]+(.*))?$", re.MULTILINE)
_KEYS = frozenset({"author", "full_title", "url"})  # one of them at least is in every list


class MetadataList(NamedTuple):
    """A note taken apart."""

    values: dict[str, str]  # by key, see `fold_key`
    body: str  # what stands below the list


def find_metadata_list(text: str) -> MetadataList | None:
    """Return a note's list below its heading *Metadata*, None where it has none.

    Only other headings and a picture may stand above.
    """
    heading = _HEADING.search(text[:_WITHIN])
    if not heading or any(line.strip() and line[0] not in "#!" for line in text[: heading.start()].split("\n")):
        return None
    values: dict[str, str] = {}
    end = heading.end()
    while item := _ITEM.match(text, end):
        values.setdefault(fold_key(item[1]), (item[2] or "").strip())
        end = item.end() + 1
    return MetadataList(values, text[end:]) if _KEYS & values.keys() else None


def fold_key(key: str) -> str:
    """Return a key as programs' ways to write it agree: `Full Title` and `full-title` are `full_title`."""
    return re.sub(r"[\s_-]+", "_", key.strip().casefold())
