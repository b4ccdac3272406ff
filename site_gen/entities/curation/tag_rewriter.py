"""The tags of an article's file when entities get other names or slugs: what each item should say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from site_gen.content import frontmatter, frontmatter_edits
from site_gen.content.records import ABOUT_KIND, Tag
from site_gen.content.schema import tag_meant
from site_gen.core.text import one_line
from site_gen.core.urls import is_slug, slugify
from site_gen.entities.matching.tag_merge import about_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from site_gen.content.bounded_yaml import MappingNode

# Keys that hold `kind/slug`; all but `about` hold marks of it as well: `about/kind/slug`.
LISTS = ("ignore", "tagged", "by_hand", "about")


class TagItem(NamedTuple):
    """One text of a list, and the tag that it means (None: no tag at all)."""

    text: str
    tag: Tag | None
    line: int


@dataclass(frozen=True, slots=True)
class ArticleTags:
    """What an article's file says of its tags: the lists of its kinds, and those of `kind/slug`."""

    kinds: Mapping[str, Sequence[TagItem]]
    lists: Mapping[str, Sequence[TagItem]]

    def all(self) -> list[Tag]:
        """The article's tags, each once, in their order."""
        return list(dict.fromkeys(item.tag for items in self.kinds.values() for item in items if item.tag))

    def of(self, key: str) -> set[Tag]:
        """The tags in one of LISTS."""
        return {item.tag for item in self.lists.get(key, ()) if item.tag}


def read(root: MappingNode, kinds: Iterable[str], names: Mapping[str, Mapping[str, str]]) -> ArticleTags:
    """The tags in a front matter. `names` gives by kind the slug that a name means."""
    by_kind: dict[str, list[TagItem]] = {}
    lists: dict[str, list[TagItem]] = {}
    wanted = set(kinds)
    for key, node in root.items:
        if key.value in wanted:
            by_kind[key.value] = [
                TagItem(text.value, tag_meant(one_line(text.value), key.value, names), text.line + 1)
                for text in frontmatter_edits.text_items(node)
            ]
        elif key.value in LISTS:
            lists[key.value] = [
                TagItem(text.value, _pair(text.value), text.line + 1) for text in frontmatter_edits.text_items(node)
            ]
    return ArticleTags(by_kind, lists)


def _pair(text: str) -> Tag | None:
    kind, _, slug = one_line(text).partition("/")
    if kind == ABOUT_KIND:
        return (tag := _pair(slug)) and about_mark(tag)
    slug = slugify(slug, "")
    return Tag(kind, slug) if kind and slug else None


def _with_marks(moved: Mapping[Tag, Tag]) -> dict[Tag, Tag]:
    """What is about one is about what it became."""
    return {**moved, **{about_mark(old): about_mark(new) for old, new in moved.items() if old.kind != ABOUT_KIND}}


def expected_tags(before: ArticleTags, moved: Mapping[Tag, Tag]) -> tuple[set[Tag], dict[str, set[Tag]]]:
    """An article's tags, and what each of LISTS should hold, when some became others.

    A tag that a person gave stays theirs: where one that they gave and one that the program gave become
    one, it is not the program's. An article cannot have a tag and refuse it: where one that it has and one
    that it refuses become one, it has it. What it is about goes the same way.
    """
    moved = _with_marks(moved)
    tags = {moved.get(tag, tag) for tag in before.all()}
    given, ignored = before.of("tagged"), before.of("ignore")
    theirs: set[Tag] = set()
    both: set[Tag] = set()
    for kind, items in before.kinds.items():
        wanted = [item.tag and moved.get(item.tag, item.tag) for item in items]
        theirs |= {
            tag for tag, known in zip(wanted, _among(kind, items, given, moved), strict=True) if tag and not known
        }
        both |= {tag for tag, known in zip(wanted, _among(kind, items, ignored, moved), strict=True) if tag and known}
    about = set(map(about_mark, before.of("about")))
    theirs |= {moved.get(item, item) for item in about - given}
    both |= {moved.get(item, item) for item in about & ignored}
    new = set(moved.values())
    has = tags | {moved.get(item, item) for item in about}
    lists = {key: {moved.get(tag, tag) for tag in before.of(key)} for key in LISTS}
    lists["tagged"] -= theirs & new
    lists["ignore"] -= (has & new) - both
    return tags, lists


def _among(kind: str, items: Sequence[TagItem], some: set[Tag], moved: Mapping[Tag, Tag]) -> list[bool]:
    """Whether each item of a kind's list is one of some tags. One of these that is not written in the list
    as it is there stands for any item that has become the same: what was a name of one entity may by now
    be the slug of another, if the program was killed when it had written that one's file."""
    literal = [Tag(kind, one_line(item.text)) for item in items]
    free = {moved.get(tag, tag) for tag in some.difference(literal)}
    return [
        item.tag in some
        or (itself in some and itself in moved)
        or (item.tag is not None and moved.get(item.tag, item.tag) in free)
        for item, itself in zip(items, literal, strict=True)
    ]


def rewrite_tags(
    text: str,
    before: ArticleTags,
    moved: Mapping[Tag, Tag],
    names: Mapping[str, Mapping[str, str]],
) -> str:
    """An article's file with its tags as they should be; every byte beside them stays.

    before: its tags as they are. moved: which tags became which. names: what names mean afterwards.

    What a person wrote as a name stays a name, as long as it means the same. Raises YamlError where the
    front matter cannot be edited.
    """
    changes: dict[str, list[str | None]] = {}
    extra: dict[str, list[str]] = {}
    new = set(moved.values())
    held: set[Tag] = set()
    for kind, items in before.kinds.items():
        texts: list[str | None] = []
        for item in items:
            wanted = item.tag and moved.get(item.tag, item.tag)
            again = wanted in held and wanted in new
            if wanted and wanted.kind == kind:
                texts.append(None if again else _text(item, wanted, moved, names))
                held.add(wanted)
            else:
                texts.append(None if wanted else item.text)
                if wanted and not again:
                    extra.setdefault(wanted.kind, []).append(_text(item, wanted, moved, names))
        changes[kind] = texts
    for key, kept in expected_tags(before, moved)[1].items():
        if key in before.lists:
            changes[key] = _list(before.lists[key], _with_marks(moved), kept)
    wanted_lists = {
        key: texts
        for key, texts in changes.items()
        if texts != [item.text for item in (before.kinds.get(key) or before.lists.get(key) or ())]
    }
    text = frontmatter_edits.replace_items(text, wanted_lists) if wanted_lists else text
    for kind, more in extra.items():
        text = _with(text, kind, more, names)
    return text


def _text(item: TagItem, wanted: Tag, moved: Mapping[Tag, Tag], names: Mapping[str, Mapping[str, str]]) -> str:
    as_name = one_line(item.text)
    if is_slug(as_name) and (item.tag in moved or Tag(wanted.kind, as_name) in moved):
        return wanted.slug
    return item.text if tag_meant(as_name, wanted.kind, names) == wanted else wanted.slug


def _list(items: Sequence[TagItem], moved: Mapping[Tag, Tag], kept: set[Tag]) -> list[str | None]:
    new = set(moved.values())
    done: set[Tag] = set()
    texts: list[str | None] = []
    for item in items:
        wanted = item.tag and moved.get(item.tag, item.tag)
        if wanted is None or wanted not in new:
            texts.append(item.text)
        elif wanted in done or wanted not in kept:
            texts.append(None)
        else:
            done.add(wanted)
            texts.append(item.text if item.tag == wanted else str(wanted))
    return texts


def _with(text: str, kind: str, more: Sequence[str], names: Mapping[str, Mapping[str, str]]) -> str:
    """The file with further items in the list of a kind."""
    there = frontmatter_edits.text_items(frontmatter_edits.value_of_key(frontmatter_edits.parse_head(text), kind))
    held = {tag_meant(one_line(item.value), kind, names) for item in there}
    come: list[str] = []
    for one in more:
        tag = tag_meant(one_line(one), kind, names)
        if tag not in held:
            come.append(one)
            held.add(tag)
    return frontmatter.edit(text, {kind: [item.value for item in there] + come}) if come else text
