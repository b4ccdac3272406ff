"""The tags of an article's file when entities get other names or slugs: what each item should say. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from site_gen.content import frontmatter
from site_gen.content.frontmatter_edits import parse_head, replace_items, text_items, value_of_key
from site_gen.content.records import ABOUT_KIND, Tag
from site_gen.content.schema import tag_meant
from site_gen.core.slugs import is_slug, slugify
from site_gen.core.text import one_line
from site_gen.entities.matching.tag_merge import about_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from site_gen.content.bounded_yaml import MappingNode

# Keys that hold `kind/slug`; all but `about` hold about marks as well: `about/kind/slug`.
LISTS = ("ignore", "tagged", "by_hand", "about")


class TagItem(NamedTuple):
    """One text of a list."""

    text: str  # as it is written
    tag: Tag | None  # what it means; None for no tag at all
    line: int  # in the file, from 1


class ArticleTags(Struct, frozen=True):
    """What an article's file says of its tags."""

    kinds: Mapping[str, Sequence[TagItem]]  # by kind its list of slugs or names
    lists: Mapping[str, Sequence[TagItem]]  # by one of LISTS its items, written `kind/slug`

    def all(self) -> list[Tag]:
        """Return the article's tags, each once, in their order."""
        return list(dict.fromkeys(item.tag for items in self.kinds.values() for item in items if item.tag))

    def of(self, key: str) -> set[Tag]:
        """Return the tags in one of LISTS."""
        return {item.tag for item in self.lists.get(key, ()) if item.tag}


def read_tags(root: MappingNode, kinds: Iterable[str], names: Mapping[str, Mapping[str, str]]) -> ArticleTags:
    """Return the tags in a front matter.

    kinds: the keys of the site's kinds. names: by kind the slug that a name means.
    """
    by_kind: dict[str, list[TagItem]] = {}
    lists: dict[str, list[TagItem]] = {}
    kind_keys = set(kinds)
    for key, node in root.items:
        if key.value in kind_keys:
            by_kind[key.value] = [
                TagItem(text.value, tag_meant(one_line(text.value), key.value, names), text.line + 1)
                for text in text_items(node)
            ]
        elif key.value in LISTS:
            lists[key.value] = [TagItem(text.value, _parse_tag(text.value), text.line + 1) for text in text_items(node)]
    return ArticleTags(by_kind, lists)


def _parse_tag(text: str) -> Tag | None:
    """Return the tag of `kind/slug`, or the about mark of `about/kind/slug`; None where it is neither."""
    kind, _, slug = one_line(text).partition("/")
    if kind == ABOUT_KIND:
        return (tag := _parse_tag(slug)) and about_mark(tag)
    slug = slugify(slug, "")
    return Tag(kind, slug) if kind and slug else None


def _with_marks(moved: Mapping[Tag, Tag]) -> dict[Tag, Tag]:
    """Return which tags become which, about marks included: what is about a tag is about what the tag became."""
    marks = {about_mark(old): about_mark(new) for old, new in moved.items() if old.kind != ABOUT_KIND}
    return {**moved, **marks}


def expected_tags(before: ArticleTags, moved: Mapping[Tag, Tag]) -> tuple[set[Tag], dict[str, set[Tag]]]:
    """Return an article's tags, and what each of LISTS should hold, when some tags became others.

    A tag that a person gave stays theirs: where one that they gave and one that the program gave become
    one, it is not the program's. An article cannot have a tag and refuse it: where one that it has and one
    that it refuses become one, it has it. What it is about goes the same way.

    moved: by old tag the new one.
    """
    moved = _with_marks(moved)
    tags = {moved.get(tag, tag) for tag in before.all()}
    given, ignored = before.of("tagged"), before.of("ignore")
    by_person: set[Tag] = set()  # new tags of which an old one was not given by the program
    refused_too: set[Tag] = set()  # new tags of which an old one stood in the article and in `ignore`
    for kind, items in before.kinds.items():
        new_tags = [item.tag and moved.get(item.tag, item.tag) for item in items]
        are_given = _membership(kind, items, given, moved)
        are_ignored = _membership(kind, items, ignored, moved)
        by_person |= {tag for tag, is_given in zip(new_tags, are_given, strict=True) if tag and not is_given}
        refused_too |= {tag for tag, is_ignored in zip(new_tags, are_ignored, strict=True) if tag and is_ignored}
    about = set(map(about_mark, before.of("about")))
    by_person |= {moved.get(item, item) for item in about - given}
    refused_too |= {moved.get(item, item) for item in about & ignored}
    arrived = set(moved.values())
    present = tags | {moved.get(item, item) for item in about}
    lists = {key: {moved.get(tag, tag) for tag in before.of(key)} for key in LISTS}
    lists["tagged"] -= by_person & arrived
    lists["ignore"] -= (present & arrived) - refused_too
    return tags, lists


def _membership(kind: str, items: Sequence[TagItem], members: set[Tag], moved: Mapping[Tag, Tag]) -> list[bool]:
    """Return for each item of a kind's list whether it is one of `members`.

    A member that is not written in the list as it is there stands for any item that has become the same: what was
    a name of one entity may by now be the slug of another, if the program was killed when it had written that one's
    file.
    """
    literal_tags = [Tag(kind, one_line(item.text)) for item in items]
    unwritten = {moved.get(tag, tag) for tag in members.difference(literal_tags)}
    return [
        item.tag in members
        or (literal in members and literal in moved)
        or (item.tag is not None and moved.get(item.tag, item.tag) in unwritten)
        for item, literal in zip(items, literal_tags, strict=True)
    ]


def rewrite_tags(
    text: str,
    before: ArticleTags,
    moved: Mapping[Tag, Tag],
    names: Mapping[str, Mapping[str, str]],
) -> str:
    """Return an article's file with its tags as they should be; every byte beside them stays.

    before: its tags as they are. moved: by old tag the new one. names: by kind what names mean afterwards.

    What a person wrote as a name stays a name, as long as it means the same. Raises YamlError where the
    front matter cannot be edited.
    """
    new_texts: dict[str, list[str | None]] = {}  # by key the text of each item; None takes it out
    arriving: dict[str, list[str]] = {}  # by kind the texts of tags that come from another kind
    arrived = set(moved.values())
    placed: set[Tag] = set()
    for kind, items in before.kinds.items():
        texts: list[str | None] = []
        for item in items:
            tag = item.tag and moved.get(item.tag, item.tag)
            is_repeated = tag in placed and tag in arrived
            if tag and tag.kind == kind:
                texts.append(None if is_repeated else _item_text(item, tag, moved, names))
                placed.add(tag)
            else:
                texts.append(None if tag else item.text)
                if tag and not is_repeated:
                    arriving.setdefault(tag.kind, []).append(_item_text(item, tag, moved, names))
        new_texts[kind] = texts
    for key, tags in expected_tags(before, moved)[1].items():
        if key in before.lists:
            new_texts[key] = _list_texts(before.lists[key], _with_marks(moved), tags)
    changed = {
        key: texts
        for key, texts in new_texts.items()
        if texts != [item.text for item in (before.kinds.get(key) or before.lists.get(key) or ())]
    }
    text = replace_items(text, changed) if changed else text
    for kind, additions in arriving.items():
        text = _append_tags(text, kind, additions, names)
    return text


def _item_text(item: TagItem, tag: Tag, moved: Mapping[Tag, Tag], names: Mapping[str, Mapping[str, str]]) -> str:
    """Return what an item of a kind's list should say to mean a tag: what it says now, or the tag's slug."""
    name = one_line(item.text)
    if is_slug(name) and (item.tag in moved or Tag(tag.kind, name) in moved):
        return tag.slug
    return item.text if tag_meant(name, tag.kind, names) == tag else tag.slug


def _list_texts(items: Sequence[TagItem], moved: Mapping[Tag, Tag], tags: set[Tag]) -> list[str | None]:
    """Return the new text of each item of one of LISTS, None for one that goes. tags: what the list should hold."""
    arrived = set(moved.values())
    placed: set[Tag] = set()
    texts: list[str | None] = []
    for item in items:
        tag = item.tag and moved.get(item.tag, item.tag)
        if tag is None or tag not in arrived:
            texts.append(item.text)
        elif tag in placed or tag not in tags:
            texts.append(None)
        else:
            placed.add(tag)
            texts.append(item.text if item.tag == tag else str(tag))
    return texts


def _append_tags(text: str, kind: str, additions: Sequence[str], names: Mapping[str, Mapping[str, str]]) -> str:
    """Return the file with further items in the list of a kind; no tag comes twice."""
    items = text_items(value_of_key(parse_head(text), kind))
    present = {tag_meant(one_line(item.value), kind, names) for item in items}
    new: list[str] = []
    for addition in additions:
        tag = tag_meant(one_line(addition), kind, names)
        if tag not in present:
            new.append(addition)
            present.add(tag)
    return frontmatter.edit(text, {kind: [item.value for item in items] + new}) if new else text
