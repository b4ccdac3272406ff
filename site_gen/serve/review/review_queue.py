"""Which articles there are to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.content import loader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from site_gen.content.records import Doubts
    from site_gen.core.errors import Problem


@dataclass(frozen=True, slots=True)
class Item:
    """An article with doubts, as it was when the list was made."""

    file: str
    title: str
    source: str | None
    doubts: Doubts


def doubtful(site: Path) -> tuple[list[Item], Sequence[Problem]]:
    """The articles with doubts, by file, and what is wrong with the site's content: that is told, and the
    others can be looked at all the same. Raises UsageError where there is no site."""
    loaded, problems = loader.load(site)
    found = [Item(a.file, a.title, a.source, a.doubts) for a in loaded.articles if a.doubts]
    return sorted(found, key=lambda item: item.file), problems
