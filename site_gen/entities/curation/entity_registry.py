"""The entities of a site with their files' texts, and who is meant by a name. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from site_gen.content import loader, schema
from site_gen.content.records import Tag
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.text import fold_case, nearest_word, one_line, word_key
from site_gen.core.urls import UrlPath, url_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from site_gen.content.records import Entity, SiteConfig


@dataclass(frozen=True)
class EntityRegistry:
    """The settings of a site and its entities; `texts` are the files of these, as they are."""

    config: SiteConfig
    entities: tuple[Entity, ...]
    texts: Mapping[str, str]

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """By kind the slug that each name means."""
        return schema.names_by_kind(self.entities)

    @cached_property
    def by_tag(self) -> dict[Tag, Entity]:
        """The entities by what articles call them."""
        return {entity.tag: entity for entity in self.entities}

    @cached_property
    def former(self) -> dict[Tag, Tag]:
        """What entities were called before, by their `redirect_from`, where nobody is called so now."""
        kinds = {kind.prefix: kind.key for kind in self.config.kinds}
        found: dict[Tag, Tag] = {}
        for entity in self.entities:
            for url in entity.redirect_from:
                prefix, _, slug = url.strip("/").partition("/")
                if prefix in kinds and slug and "/" not in slug and Tag(kinds[prefix], slug) not in self.by_tag:
                    found.setdefault(Tag(kinds[prefix], slug), entity.tag)
        return found

    def url(self, tag: Tag) -> UrlPath:
        """The address of an entity's page."""
        return url_path(self.config.kind(tag.kind).prefix, tag.slug)

    def changed(self, texts: Mapping[str, str | None]) -> EntityRegistry:
        """The same with other texts of some files; None takes a file away.

        Raises SiteError where one of them would be no good entity file.
        """
        kept = {name: text for name, text in {**self.texts, **texts}.items() if text is not None}
        problems: list[Problem] = []
        entities = {entity.file: entity for entity in self.entities if entity.file not in texts}
        for file, text in texts.items():
            if text is not None and (entity := loader.parse_entity(file, text.encode(), problems)):
                entities[file] = entity
        if problems:
            raise SiteError(*problems)
        return EntityRegistry(self.config, in_order(self.config, entities.values()), kept)


def in_order(config: SiteConfig, entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Entities in the order that a build reads them: of two that share a name the first gets its tags."""
    kinds = [kind.key for kind in config.kinds]
    return tuple(sorted(entities, key=lambda entity: (kinds.index(entity.kind), entity.file or "")))


def file_of(tag: Tag) -> str:
    """Where an entity's file stands."""
    return f"content/{tag.kind}/{tag.slug}.md"


def kind_named(registry: EntityRegistry, text: str) -> str:
    """The kind that a person wrote, by its key, its label or the word for one of it. Raises UsageError."""
    for kind in registry.config.kinds:
        if fold_case(text) in {fold_case(kind.key), fold_case(kind.label), fold_case(kind.singular)}:
            return kind.key
    keys = [kind.key for kind in registry.config.kinds]
    near = nearest_word(text, keys)
    mend = f"did you mean {near}?" if near else f"it has {', '.join(keys)}"
    raise UsageError(f"this site has no kind {text}; {mend}")


# The ways to name an entity, the surest first.
_WAYS: tuple[Callable[[EntityRegistry, Entity, str], bool], ...] = (
    lambda _, e, text: text in {str(e.tag), e.file},
    lambda _, e, text: text == e.slug,
    lambda _, e, text: text == e.name,
    lambda _, e, text: text in e.names,
    lambda _, e, text: bool(word_key(text)) and word_key(text) in {word_key(e.name), word_key(e.slug)},
    lambda _, e, text: bool(word_key(text)) and word_key(text) in map(word_key, e.names),
    lambda registry, e, text: any(text in {str(old), old.slug} for old in _former(registry, e)),
    lambda registry, e, text: any(word_key(text) == word_key(old.slug) for old in _former(registry, e)),
    lambda _, e, text: text == e.wikidata,
)


_SLUG = 1  # the last of them that is sure


def _former(registry: EntityRegistry, entity: Entity) -> list[Tag]:
    return [old for old, new in registry.former.items() if new == entity.tag]


def find_entity(registry: EntityRegistry, text: str, prefer: Entity | None = None) -> Entity | None:
    """The entity that goes by a name, a slug, `kind/slug`, its file's name, an item number or an old address;
    None where there is none. Raises UsageError where there are two.

    prefer: the one that others are merged into. What goes by its name or its old slug as well as by that of a
        third is taken for it: the same command was given before, and took what was meant then.
    """
    text = one_line(text)
    for rank, way in enumerate(_WAYS):
        found = [entity for entity in registry.entities if way(registry, entity, text)]
        if found and prefer in found:
            return prefer
        if (
            found
            and rank > _SLUG
            and prefer
            and text in {one for old in _former(registry, prefer) for one in (str(old), old.slug)}
        ):
            return prefer
        if len(found) > 1:  # of a file that was being moved when the program was killed: the old one
            urls = {url for entity in found for url in entity.redirect_from}
            found = [entity for entity in found if registry.url(entity.tag) in urls] or found
        if len(found) > 1:
            both = " and ".join(str(entity.tag) for entity in found)
            raise UsageError(f"{text} is {both}; write which, as kind/slug")
        if found:
            return found[0]
    return None


def find_renamed(registry: EntityRegistry, old: str, new: str, slug: str | None) -> Entity | None:
    """The entity that has this name and slug, and went by `old` before: that the same command was given
    before. Where it was killed, the file that it had then is there still, and is the one."""
    old = one_line(old)
    for entity in registry.entities:
        if entity.name == new and slug in {None, entity.slug} and any(way(registry, entity, old) for way in _WAYS):
            left = (other for other in registry.entities if registry.url(other.tag) in entity.redirect_from)
            return next((other for other in left if any(way(registry, other, old) for way in _WAYS)), entity)
    return None


def require_entity(registry: EntityRegistry, text: str) -> Entity:
    """The same; UsageError with the nearest names where there is none."""
    found = find_entity(registry, text)
    if found is None:
        near = closest_entity(registry, text)
        mend = f"did you mean {near.name} ({near.tag})?" if near else "`site-gen entity add` makes one"
        raise UsageError(f"no entity goes by {text}; {mend}")
    return found


def closest_entity(registry: EntityRegistry, text: str) -> Entity | None:
    """The entity whose name or slug is most like a text, if one is."""
    entities = {one.casefold(): entity for entity in reversed(registry.entities) for one in all_names(entity)}
    near = nearest_word(text, entities)
    return entities[near] if near else None


def all_names(entity: Entity) -> tuple[str, ...]:
    """All that a person may call it by."""
    return (entity.name, *entity.names, entity.slug)


def entities_named(registry: EntityRegistry, kind: str, name: str) -> Iterator[Entity]:
    """The entities of a kind that go by a name, whatever its case and punctuation."""
    key = word_key(name)
    for entity in registry.entities:
        if entity.kind == kind and key in map(word_key, all_names(entity)):
            yield entity


def require_free(registry: EntityRegistry, tag: Tag, own: Tag | None = None) -> None:
    """Raise UsageError where a slug cannot become an entity's: it is another's, or its address is.

    own: the entity that is to get it, which may have had it before.
    """
    if other := registry.by_tag.get(tag):
        raise UsageError(f"{file_of(tag)} is there already, of {other.name}; {_merge_hint(own, other)}")
    url = registry.url(tag)
    for entity in registry.entities:
        if entity.tag != own and fold_case(url) in map(fold_case, entity.redirect_from):
            raise UsageError(f"{url} is an old address of {entity.tag}; choose another slug, or take it out there")


def _merge_hint(own: Tag | None, other: Entity) -> str:
    return f"if they are one: site-gen entity merge {own} {other.tag}" if own else "nothing was changed"
