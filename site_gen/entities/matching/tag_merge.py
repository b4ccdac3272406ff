"""Tagging again without losing a person's changes: a three-way merge.

`tagged:` in an article holds what the program gave, `by_hand:` what a person put in, each as of the last time. What
stands in the article and is in neither, a person put in since; what is in one of them and no longer in the article,
a person took out. Both stay so: what was put in never becomes the program's, even where the text earns it, too, and
what was taken out is kept in `ignore:`, or the next round would bring it back.

What an article is about goes the same way. In these lists it is an item of its own, an about mark: the mark of the
tag `companies/name` is `about/companies/name`, a tag of the kind `about`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from site_gen.content.records import ABOUT_KIND, Tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from site_gen.content.records import Article
    from site_gen.entities.matching.tagger import EarnedTags


class MergedTags(Struct, frozen=True):
    """An article's tags as they should be, and how that differs from what is written."""

    tags: tuple[Tag, ...]  # all that it should have, in their order
    about: tuple[Tag, ...]  # the tags that the article is about
    ignore: tuple[Tag, ...]  # tags and about marks that a person does not want
    tagged: tuple[Tag, ...]  # tags and about marks that the program gave
    by_hand: tuple[Tag, ...]  # tags and about marks that a person put in
    added: tuple[Tag, ...]  # tags that come
    removed: tuple[Tag, ...]  # tags that go
    ignored: tuple[Tag, ...]  # tags that a person took out since last time, and that `ignore` gets now


def about_mark(tag: Tag) -> Tag:
    """Return the item that says that an article is about an entity: `about/companies/name`."""
    return Tag(ABOUT_KIND, str(tag))


def tag_items(tags: Iterable[Tag], about: Iterable[Tag]) -> tuple[Tag, ...]:
    """Return tags, and about marks of those that an article is about, as one list."""
    return (*tags, *map(about_mark, about))


def tags_removed_by_hand(article: Article) -> tuple[Tag, ...]:
    """Return the tags and marks that a person took out since last time and that `ignore:` does not hold yet."""
    present = {*_current_items(article), *article.ignore}
    removed = dict.fromkeys(item for item in (*article.tagged, *article.by_hand) if item not in present)
    return tuple(_without_orphaned_marks(removed, gone={*removed, *article.ignore}))


def without_ignored_tags(article: Article, linked: Iterable[Tag]) -> Article:
    """Return an article without what the program gave and `ignore:` holds, which the next `merge_tags` takes out.

    linked: the tags of links in its text.
    """
    given = {*article.tagged}.difference(linked)
    going = given.intersection(article.ignore)
    if not going:
        return article
    tags = tuple(tag for tag in article.tags if tag not in going)
    return replace(article, tags=tags, about=tuple(tag for tag in article.about if about_mark(tag) not in going))


def _current_items(article: Article) -> tuple[Tag, ...]:
    """Return the tags and marks that stand in the article."""
    tags = set(article.tags)
    return tag_items(article.tags, (tag for tag in article.about if tag in tags))


def merge_tags(article: Article, earned: EarnedTags) -> MergedTags:
    """Return the article's tags when its text earns `earned`. The written order stays; new ones follow.

    What links in the text name, a person put in, also where the program gave it before.
    """
    tags, current, given = set(article.tags), _current_items(article), {*article.tagged}.difference(earned.linked)
    ignore = article.ignore + tags_removed_by_hand(article)
    unwanted = {*ignore, *(about_mark(tag) for tag in ignore if tag.kind != ABOUT_KIND)}
    wanted = [item for item in tag_items(earned.tags, earned.about) if item not in unwanted]
    staying = [item for item in current if item in wanted or item not in given]
    staying = list(_without_orphaned_marks(staying, gone={tag for tag in tags if tag not in staying}))
    linked = [tag for tag in earned.linked if tag not in unwanted]
    added = [item for item in dict.fromkeys((*wanted, *linked)) if item not in current]
    tagged = tuple(item for item in wanted if (item in given or item not in current) and item not in linked)
    items = sorted((*staying, *added), key=lambda item: item.kind == ABOUT_KIND)
    return MergedTags(
        tags=_tags_only(items),
        about=tuple(_marked_tag(item) for item in items if item.kind == ABOUT_KIND),
        ignore=ignore,
        tagged=tagged,
        by_hand=tuple(item for item in items if item not in tagged),
        added=_tags_only(added),
        removed=_tags_only(item for item in current if item not in staying),
        ignored=_tags_only(ignore[len(article.ignore) :]),
    )


def _tags_only(items: Iterable[Tag]) -> tuple[Tag, ...]:
    """Return the items that are no about marks."""
    return tuple(item for item in items if item.kind != ABOUT_KIND)


def _without_orphaned_marks(items: Iterable[Tag], *, gone: set[Tag]) -> Iterator[Tag]:
    """Return the items but for about marks of tags that are gone themselves."""
    return (item for item in items if item.kind != ABOUT_KIND or _marked_tag(item) not in gone)


def _marked_tag(mark: Tag) -> Tag:
    return Tag(*mark.slug.split("/", 1))
