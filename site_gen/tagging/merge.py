"""Tagging again without losing a person's word: a three-way merge.

`tagged:` in an article holds what the program gave. What stands in the article beyond that, a person
put in; what is missing from it, a person took out. Both stay so: what was put in never becomes the
program's, even where the text earns it too, and what was taken out is kept in `ignore:`, or the next
round would bring it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from site_gen.model import Article, Tag


@dataclass(frozen=True, slots=True)
class Merged:
    """An article's tags as they should be, and how that differs from what is written."""

    tags: tuple[Tag, ...]
    ignore: tuple[Tag, ...]
    tagged: tuple[Tag, ...]
    added: tuple[Tag, ...]
    removed: tuple[Tag, ...]
    ignored: tuple[Tag, ...]


def merge(article: Article, earned: Iterable[Tag]) -> Merged:
    """The article's tags when its text earns `earned`. The written order stays; new ones follow."""
    current, before = article.tags, set(article.tagged)
    taken_out = tuple(tag for tag in article.tagged if tag not in current and tag not in article.ignore)
    ignore = article.ignore + taken_out
    wanted = [tag for tag in earned if tag not in ignore]
    kept = tuple(tag for tag in current if tag in wanted or tag not in before)
    added = tuple(tag for tag in wanted if tag not in current)
    return Merged(
        tags=kept + added,
        ignore=ignore,
        tagged=tuple(tag for tag in wanted if tag in before or tag not in current),
        added=added,
        removed=tuple(tag for tag in current if tag not in kept),
        ignored=taken_out,
    )
