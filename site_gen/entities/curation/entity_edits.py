"""What adding, renaming and moving make of an entity's file. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from site_gen.content import frontmatter
from site_gen.content.frontmatter_edits import parse_head, replace_items, text_items, value_of_key
from site_gen.content.records import Tag
from site_gen.core.errors import UsageError
from site_gen.core.slugs import is_slug, slugify
from site_gen.core.text import one_line, word_key
from site_gen.core.urls import safe_href
from site_gen.entities.curation.change_plan import EntityEdit, add_redirects
from site_gen.entities.curation.entity_registry import (
    closest_entity,
    entities_named,
    entity_file,
    find_renamed,
    require_entity,
    require_free,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from site_gen.content.records import Entity
    from site_gen.entities.curation.entity_registry import EntityRegistry


def add_entity(
    registry: EntityRegistry,
    kind: str,
    name: str,
    names: Sequence[str] = (),
    wikidata: str | None = None,
    website: str | None = None,
    tag: Tag | None = None,
) -> EntityEdit:
    """Return the edit that makes a new entity's file.

    kind: a kind's key. tag: the tag without a file that it is made for; its slug is kept.

    Raises UsageError where there is such an entity already, under this name or another.
    """
    name = _require_usable(name)
    if website and not safe_href(website):
        raise UsageError(f"{website} is not a web address; write it with https://")
    tag = tag or Tag(kind, slugify(name))
    names = tuple(other for other in dict.fromkeys(map(one_line, names)) if other and other != name)
    meta = {"name": name, "names": names, "wikidata": wikidata, "website": website}
    file, text = entity_file(tag), frontmatter.dump(meta, "")
    if registry.texts.get(file) == text:
        return EntityEdit(texts={file: text}, tag=tag, notes=(f"{file} exists already, and says so",))
    for own_name in (name, *names):
        if other := next(entities_named(registry, kind, own_name), None):
            raise UsageError(f"{own_name} is known already: {other.tag} ({other.file}), {other.name}")
    require_free(registry, tag)
    notes = [
        f"{other.name} goes by {own_name} too, as {other.tag}"
        for own_name in (name, *names)
        for other in _of_other_kinds(registry, kind, own_name)
    ]
    if (near := closest_entity(registry, name)) and near.kind == kind:
        notes.append(f"near to it: {near.name} ({near.tag}); if they are one, merge them")
    return EntityEdit(texts={file: text}, tag=tag, notes=tuple(notes))


def _require_usable(name: str) -> str:
    """Return a name on one line. Raises UsageError where no slug can be made of it."""
    name = one_line(name)
    if not slugify(name, ""):
        raise UsageError(f"{name or 'an empty name'} has no letter or digit to make an address from")
    return name


def _of_other_kinds(registry: EntityRegistry, kind: str, name: str) -> list[Entity]:
    """Return the entities of other kinds that go by a name."""
    key = word_key(name)
    return [
        entity
        for entity in registry.entities
        if entity.kind != kind and key in map(word_key, (entity.name, *entity.names))
    ]


def rename_entity(registry: EntityRegistry, old: str, new: str, slug: str | None = None) -> EntityEdit:
    """Return the edit that gives an entity another name, and another slug if one is given.

    The old name goes to `names`, the old address to `redirect_from`.

    Raises UsageError where another entity goes by the new name or slug.
    """
    name = _require_usable(new)
    if slug is not None and not is_slug(slug):
        raise UsageError(f"{slug or 'an empty slug'} cannot be used in a URL; write {slugify(slug)}")
    entity = find_renamed(registry, old, name, slug) or require_entity(registry, old)
    for other in entities_named(registry, entity.kind, name):
        # Another file of this entity at its new place is from before the program was killed.
        if other.tag != entity.tag and registry.url(entity.tag) not in other.redirect_from:
            hint = f"if they are one: site-gen entity merge {entity.tag} {other.tag}"
            raise UsageError(f"{name} is a name of {other.tag} ({other.name}) already; {hint}")
    text = _with_name(registry.texts[registry.file_of(entity.tag)], entity, name)
    return _edit_at(registry, entity, text, Tag(entity.kind, slug or entity.slug))


def move_entity(registry: EntityRegistry, name: str, kind: str) -> EntityEdit:
    """Return the edit that makes an entity one of another kind. Raises UsageError where that kind has its slug."""
    entity = require_entity(registry, name)
    return _edit_at(registry, entity, registry.texts[registry.file_of(entity.tag)], Tag(kind, entity.slug))


def _with_name(text: str, entity: Entity, name: str) -> str:
    """Return the text of an entity's file with another name; the old one stays among the others."""
    if name == entity.name:
        return text
    for key in ("names", "aliases"):
        items = text_items(value_of_key(parse_head(text), key))
        if any(one_line(item.value) == name for item in items):
            without_name = [None if one_line(item.value) == name else item.value for item in items]
            text = replace_items(text, {key: without_name})
    text = frontmatter.edit(text, {"name": name})
    return append_to_list(text, "names", [entity.name] if entity.name not in entity.names else [])


def append_to_list(text: str, key: str, additions: Sequence[str]) -> str:
    """Return the text of a file with further items at the end of a list; none comes twice."""
    node = value_of_key(parse_head(text), key)
    items = [item.value for item in text_items(node)]
    present = set(map(one_line, items))
    new = [item for item in dict.fromkeys(additions) if one_line(item) not in present]
    return frontmatter.edit(text, {key: [*items, *new]}) if new else text


def _edit_at(registry: EntityRegistry, entity: Entity, text: str, tag: Tag) -> EntityEdit:
    """Return the edit that puts an entity's file with this text at the place of a tag."""
    if tag == entity.tag:
        return EntityEdit(texts={registry.file_of(tag): text}, tag=tag)
    text = add_redirects(text, [*entity.redirect_from, registry.url(entity.tag)], registry.url(tag))
    if other := registry.by_tag.get(tag):  # where it was killed between two steps, with all that it had then
        text = add_redirects(text, other.redirect_from)
    if registry.texts.get(registry.file_of(tag)) != text:
        require_free(registry, tag, entity.tag)
    texts: Mapping[str, str | None] = {registry.file_of(tag): text, registry.file_of(entity.tag): None}
    return EntityEdit(texts=texts, moved={entity.tag: tag}, tag=tag)
