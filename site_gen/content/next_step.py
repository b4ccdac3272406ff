"""What a new site lacks: pages, then names to follow. Looks at file names alone, so that every command may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content.site_paths import ARTICLES, ISSUE_NOTES, SAVED
from site_gen.core.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_EXAMPLE = "example-"  # what the names of a new site's examples begin with
_OTHER_FOLDERS = frozenset({ARTICLES, ISSUE_NOTES, SAVED})  # those of content/ without entities


def article_count(site: Path) -> int:
    """Return how many article files a site has."""
    return sum(1 for _ in (site / ARTICLES).rglob("*.md"))


def has_entities(site: Path) -> bool:
    """Tell whether a site has a file of a company, topic or other entity beside the examples of a new one."""
    files = (site / "content").glob("*/*.md")
    return any(
        not file.name.startswith(_EXAMPLE) and f"content/{file.parent.name}" not in _OTHER_FOLDERS for file in files
    )


def next_step(site: Path) -> Iterator[Problem]:
    """Yield what a site lacks first, with the command that helps as its place; nothing for one with pages and names."""
    if not any((site / ARTICLES).rglob("*.md")):
        inbox = f"or put saved pages into {SAVED}/inbox/ while `site-gen serve` runs"
        yield Problem("site-gen add PAGES", 0, "the site has no articles yet", inbox)
    elif not has_entities(site):
        yield Problem(
            "site-gen suggest", 0, "the site follows no company or topic yet", "choose from names in the articles"
        )
