"""Tagging again without losing a person's word: a three-way merge.

`tagged:` in an article holds what the program gave, `by_hand:` what a person put in, each as of the last time. What
stands in the article and is in neither, a person put in since; what is in one of them and no longer in the article,
a person took out. Both stay so: what was put in never becomes the program's, even where the text earns it too, and
what was taken out is kept in `ignore:`, or the next round would bring it back.

What an article is about goes the same way, as `about/companies/name` in these lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from site_gen.content.records import ABOUT_KIND, Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from site_gen.content.records import Article
    from site_gen.entities.matching.tagger import EarnedTags


@dataclass(frozen=True, slots=True)
class MergedTags:
    """An article's tags as they should be, and how that differs from what is written. `ignore`, `tagged` and
    `by_hand` hold marks (see `mark`) too."""

    tags: tuple[Tag, ...]
    about: tuple[Tag, ...]
    ignore: tuple[Tag, ...]
    tagged: tuple[Tag, ...]
    by_hand: tuple[Tag, ...]
    added: tuple[Tag, ...]
    removed: tuple[Tag, ...]
    ignored: tuple[Tag, ...]


def about_mark(tag: Tag) -> Tag:
    """That an article is about an entity, as an item of its own: `about/companies/name`."""
    return Tag(ABOUT_KIND, str(tag))


def tag_items(tags: Iterable[Tag], about: Iterable[Tag]) -> tuple[Tag, ...]:
    """Tags and marks in one list."""
    return (*tags, *map(about_mark, about))


def tags_removed_by_hand(article: Article) -> tuple[Tag, ...]:
    """The tags and marks that a person took out since last time and that `ignore:` does not hold yet."""
    current = {*_current(article), *article.ignore}
    gone = dict.fromkeys(item for item in (*article.tagged, *article.by_hand) if item not in current)
    return tuple(_sensible(gone, without={*gone, *article.ignore}))


def _current(article: Article) -> tuple[Tag, ...]:
    """The tags and marks that stand in the article."""
    tags = set(article.tags)
    return tag_items(article.tags, (tag for tag in article.about if tag in tags))


def merge_tags(article: Article, earned: EarnedTags) -> MergedTags:
    """The article's tags when its text earns `earned`. The written order stays; new ones follow."""
    tags, current, given = set(article.tags), _current(article), set(article.tagged)
    ignore = article.ignore + tags_removed_by_hand(article)
    no = {*ignore, *(about_mark(tag) for tag in ignore if tag.kind != ABOUT_KIND)}
    wanted = [item for item in tag_items(earned.tags, earned.about) if item not in no]
    kept = [item for item in current if item in wanted or item not in given]
    kept = list(_sensible(kept, without={tag for tag in tags if tag not in kept}))
    added = [item for item in wanted if item not in current]
    tagged = tuple(item for item in wanted if item in given or item not in current)
    after = (*kept, *added)
    changed = {
        "added": added,
        "removed": [t for t in current if t not in kept],
        "ignored": ignore[len(article.ignore) :],
    }
    return MergedTags(
        tags=tuple(item for item in after if item.kind != ABOUT_KIND),
        about=tuple(_meant(item) for item in after if item.kind == ABOUT_KIND),
        ignore=ignore,
        tagged=tagged,
        by_hand=tuple(item for item in kept if item not in tagged),
        **{key: tuple(item for item in found if item.kind != ABOUT_KIND) for key, found in changed.items()},
    )


def _sensible(found: Iterable[Tag], *, without: set[Tag]) -> Iterator[Tag]:
    """The items but for marks of tags that are gone themselves."""
    return (item for item in found if item.kind != ABOUT_KIND or _meant(item) not in without)


def _meant(marked: Tag) -> Tag:
    return Tag(*marked.slug.split("/", 1))
