"""What adding, renaming and moving make of an entity's file. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content import frontmatter, frontmatter_edits
from site_gen.content.records import Tag
from site_gen.core.errors import UsageError
from site_gen.core.text import one_line, word_key
from site_gen.core.urls import is_slug, safe_href, slugify
from site_gen.entities.curation.change_plan import EntityEdit, with_redirects
from site_gen.entities.curation.entity_registry import (
    closest_entity,
    entities_named,
    file_of,
    find_renamed,
    require_entity,
    require_free,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_gen.content.records import Entity
    from site_gen.entities.curation.entity_registry import EntityRegistry


def add(
    registry: EntityRegistry,
    kind: str,
    name: str,
    names: Sequence[str] = (),
    wikidata: str | None = None,
    website: str | None = None,
    tag: Tag | None = None,
) -> EntityEdit:
    """A new entity's file.

    tag: the tag without a file that it is made for; its slug is kept.

    Raises UsageError where it is known already, under this name or another.
    """
    name = _usable(name)
    if website and not safe_href(website):
        raise UsageError(f"{website} is no web address; write it with https://")
    tag = tag or Tag(kind, slugify(name))
    names = tuple(one for one in dict.fromkeys(map(one_line, names)) if one and one != name)
    meta = {"name": name, "names": names, "wikidata": wikidata, "website": website}
    text = frontmatter.dump(meta, "")
    if registry.texts.get(file_of(tag)) == text:
        return EntityEdit(texts={file_of(tag): text}, tag=tag, notes=(f"{file_of(tag)} is there already, and says so",))
    for one in (name, *names):
        if other := next(entities_named(registry, kind, one), None):
            raise UsageError(f"{one} is known already: {other.tag} ({other.file}), {other.name}")
    require_free(registry, tag)
    notes = [
        f"{other.name} goes by {one} too, as {other.tag}"
        for one in (name, *names)
        for other in _elsewhere(registry, kind, one)
    ]
    if (near := closest_entity(registry, name)) and near.kind == kind:
        notes.append(f"near to it: {near.name} ({near.tag}); if they are one, merge them")
    return EntityEdit(texts={file_of(tag): text}, tag=tag, notes=tuple(notes))


def _usable(name: str) -> str:
    name = one_line(name)
    if not slugify(name, ""):
        raise UsageError(f"{name or 'an empty name'} has no letter or digit to make an address of")
    return name


def _elsewhere(registry: EntityRegistry, kind: str, name: str) -> list[Entity]:
    key = word_key(name)
    return [
        entity
        for entity in registry.entities
        if entity.kind != kind and key in map(word_key, (entity.name, *entity.names))
    ]


def rename(registry: EntityRegistry, old: str, new: str, slug: str | None = None) -> EntityEdit:
    """An entity with another name, and with another slug if one is given. The old name goes to `names`, the
    old address to `redirect_from`.

    Raises UsageError where another entity goes by the new name or slug.
    """
    name = _usable(new)
    if slug is not None and not is_slug(slug):
        raise UsageError(f"{slug or 'an empty slug'} cannot stand in a URL as it is; write {slugify(slug)}")
    entity = find_renamed(registry, old, name, slug) or require_entity(registry, old)
    for other in entities_named(registry, entity.kind, name):
        if other.tag != entity.tag and not _is_copy(registry, entity, other):
            hint = f"if they are one: site-gen entity merge {entity.tag} {other.tag}"
            raise UsageError(f"{name} is a name of {other.tag} ({other.name}) already; {hint}")
    text = _named(registry.texts[file_of(entity.tag)], entity, name)
    return _placed(registry, entity, text, Tag(entity.kind, slug or entity.slug))


def move(registry: EntityRegistry, name: str, kind: str) -> EntityEdit:
    """An entity as one of another kind. Raises UsageError where that kind has one of its slug."""
    entity = require_entity(registry, name)
    return _placed(registry, entity, registry.texts[file_of(entity.tag)], Tag(kind, entity.slug))


def _named(text: str, entity: Entity, name: str) -> str:
    """An entity's file with another name; the old one is kept among the others."""
    if name == entity.name:
        return text
    for key in ("names", "aliases"):
        items = frontmatter_edits.text_items(frontmatter_edits.value_of_key(frontmatter_edits.parse_head(text), key))
        if any(one_line(item.value) == name for item in items):
            kept = [None if one_line(item.value) == name else item.value for item in items]
            text = frontmatter_edits.replace_items(text, {key: kept})
    text = frontmatter.edit(text, {"name": name})
    return with_texts(text, "names", [entity.name] if entity.name not in entity.names else [])


def with_texts(text: str, key: str, more: Sequence[str]) -> str:
    """A file with further texts at the end of a list."""
    there = [
        item.value
        for item in frontmatter_edits.text_items(
            frontmatter_edits.value_of_key(frontmatter_edits.parse_head(text), key)
        )
    ]
    told = set(map(one_line, there))
    come = [one for one in dict.fromkeys(more) if one_line(one) not in told]
    return frontmatter.edit(text, {key: [*there, *come]}) if come else text


def _placed(registry: EntityRegistry, entity: Entity, text: str, tag: Tag) -> EntityEdit:
    """The draft of an entity's file at the place of a tag."""
    if tag == entity.tag:
        return EntityEdit(texts={file_of(tag): text}, tag=tag)
    text = with_redirects(text, [*entity.redirect_from, registry.url(entity.tag)], registry.url(tag))
    if there := registry.by_tag.get(tag):  # where it was killed between two steps, with all that it found then
        text = with_redirects(text, there.redirect_from)
    if registry.texts.get(file_of(tag)) != text:
        require_free(registry, tag, entity.tag)
    texts: Mapping[str, str | None] = {file_of(tag): text, file_of(entity.tag): None}
    return EntityEdit(texts=texts, moved={entity.tag: tag}, tag=tag)


def _is_copy(registry: EntityRegistry, entity: Entity, other: Entity) -> bool:
    """Whether another file is this entity's at its new place, from before the program was killed."""
    return registry.url(entity.tag) in other.redirect_from
