"""The entities of a site with their files' texts, and which of them a name means. Pure."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from site_gen.content import loader, schema
from site_gen.content.records import Tag
from site_gen.core.errors import Problem, SiteError, UsageError
from site_gen.core.text import fold_case, name_key, nearest_word, one_line, word_key
from site_gen.core.urls import UrlPath, url_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from site_gen.content.records import Entity, SiteConfig


class EntityRegistry(Struct, frozen=True, dict=True):
    """The entities of a site, as their files say."""

    config: SiteConfig  # the site's settings
    entities: tuple[Entity, ...]  # in the order of `in_order`
    texts: Mapping[str, str]  # the texts of the entities' files, by file

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """By kind the slug that each name means (`schema.names_by_kind`)."""
        return schema.names_by_kind(self.entities)

    @cached_property
    def by_tag(self) -> dict[Tag, Entity]:
        """The entities by what articles call them."""
        return {entity.tag: entity for entity in self.entities}

    @cached_property
    def former_tags(self) -> dict[Tag, Tag]:
        """By old tag the present one, as `redirect_from` says, of tags that no entity has now."""
        kinds = {kind.prefix: kind.key for kind in self.config.kinds}
        former_tags: dict[Tag, Tag] = {}
        for entity in self.entities:
            for url in entity.redirect_from:
                prefix, _, slug = url.strip("/").partition("/")
                if prefix in kinds and slug and "/" not in slug and Tag(kinds[prefix], slug) not in self.by_tag:
                    former_tags.setdefault(Tag(kinds[prefix], slug), entity.tag)
        return former_tags

    def url(self, tag: Tag) -> UrlPath:
        """Return the address of an entity's page."""
        return url_path(self.config.kind(tag.kind).prefix, tag.slug)

    def file_of(self, tag: Tag) -> str:
        """Return where an entity's file stands, or would stand, below the site's folder."""
        entity = self.by_tag.get(tag)
        return (entity.file if entity else None) or entity_file(tag)

    def with_files(self, texts: Mapping[str, str | None]) -> EntityRegistry:
        """Return the registry with other texts of some files; None takes a file away.

        Raises SiteError where one of them would be no good entity file.
        """
        all_texts = {file: text for file, text in {**self.texts, **texts}.items() if text is not None}
        problems: list[Problem] = []
        entities = {entity.file: entity for entity in self.entities if entity.file not in texts}
        for file, text in texts.items():
            raw = None if text is None else text.encode()
            if raw is not None and (entity := loader.parse_entity(file, raw, problems, self.config.extra_keys)):
                entities[file] = entity
        if problems:
            raise SiteError(*problems)
        return EntityRegistry(self.config, in_order(self.config, entities.values()), all_texts)


def in_order(config: SiteConfig, entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return entities in the order that a build reads them: of two that share a name the first gets its tags."""
    kinds = [kind.key for kind in config.kinds]
    return tuple(sorted(entities, key=lambda entity: (kinds.index(entity.kind), entity.file or "")))


def entity_file(tag: Tag) -> str:
    """Return where an entity's file stands, below the site's folder."""
    return f"content/{tag.kind}/{tag.slug}.md"


def find_kind(registry: EntityRegistry, text: str) -> str:
    """Return the key of the kind that a person wrote, as its key, its label or its singular. Raises UsageError."""
    for kind in registry.config.kinds:
        if fold_case(text) in {fold_case(kind.key), fold_case(kind.label), fold_case(kind.singular)}:
            return kind.key
    keys = [kind.key for kind in registry.config.kinds]
    near = nearest_word(text, keys)
    mend = f"did you mean {near}?" if near else f"it has {', '.join(keys)}"
    raise UsageError(f"this site has no kind {text}; {mend}")


# The ways to name an entity, the surest first.
_MATCHERS: tuple[Callable[[EntityRegistry, Entity, str], bool], ...] = (
    lambda _, e, text: text in {str(e.tag), e.file},
    lambda _, e, text: text == e.slug,
    lambda _, e, text: text == e.name,
    lambda _, e, text: text in e.names,
    lambda _, e, text: bool(word_key(text)) and word_key(text) in {word_key(e.name), word_key(e.slug)},
    lambda _, e, text: bool(word_key(text)) and word_key(text) in map(word_key, e.names),
    lambda registry, e, text: any(text in {str(old), old.slug} for old in _former_tags_of(registry, e)),
    lambda registry, e, text: any(word_key(text) == word_key(old.slug) for old in _former_tags_of(registry, e)),
    lambda _, e, text: text == e.wikidata,
)
_LAST_SURE_MATCHER = 1  # by slug


def _former_tags_of(registry: EntityRegistry, entity: Entity) -> list[Tag]:
    return [old for old, new in registry.former_tags.items() if new == entity.tag]


def find_entity(registry: EntityRegistry, text: str, prefer: Entity | None = None) -> Entity | None:
    """Return the entity that goes by a name, a slug, `kind/slug`, its file's name, an item number or an old address.

    None where there is none. Raises UsageError where there are two.

    prefer: the one that others are merged into. What goes by its name or its old slug as well as by that of a
        third is taken for it: the same command was given before, and took what was meant then.
    """
    text = one_line(text)
    for rank, is_match in enumerate(_MATCHERS):
        matches = [entity for entity in registry.entities if is_match(registry, entity, text)]
        if matches and prefer in matches:
            return prefer
        if (
            matches
            and rank > _LAST_SURE_MATCHER
            and prefer
            and text in {name for old in _former_tags_of(registry, prefer) for name in (str(old), old.slug)}
        ):
            return prefer
        if len(matches) > 1:  # of a file that was being moved when the program was killed: the old one
            urls = {url for entity in matches for url in entity.redirect_from}
            matches = [entity for entity in matches if registry.url(entity.tag) in urls] or matches
        if len(matches) > 1:
            both = " and ".join(str(entity.tag) for entity in matches)
            raise UsageError(f"{text} is {both}; write which, as kind/slug")
        if matches:
            return matches[0]
    return None


def find_renamed(registry: EntityRegistry, old: str, new: str, slug: str | None) -> Entity | None:
    """Return the entity that has this name and slug, and went by `old` before; None where there is none.

    If there is one, the same command was given before. Where it was killed, the file that the entity had then is there
    still, and is the one that is returned.
    """
    old = one_line(old)

    def went_by_old(entity: Entity) -> bool:
        return any(is_match(registry, entity, old) for is_match in _MATCHERS)

    for entity in registry.entities:
        if entity.name == new and slug in {None, entity.slug} and went_by_old(entity):
            left_behind = (other for other in registry.entities if registry.url(other.tag) in entity.redirect_from)
            return next((other for other in left_behind if went_by_old(other)), entity)
    return None


def require_entity(registry: EntityRegistry, text: str) -> Entity:
    """Return what `find_entity` does; raise UsageError with the nearest name where it finds none."""
    entity = find_entity(registry, text)
    if entity is None:
        near = closest_entity(registry, text)
        mend = f"did you mean {near.name} ({near.tag})?" if near else "`site-gen entity add` makes one"
        raise UsageError(f"no entity is called {text}; {mend}")
    return entity


def closest_entity(registry: EntityRegistry, text: str) -> Entity | None:
    """Return the entity whose name or slug is most like a text, if one is."""
    entities = {name.casefold(): entity for entity in reversed(registry.entities) for name in _all_names(entity)}
    near = nearest_word(text, entities)
    return entities[near] if near else None


def _all_names(entity: Entity) -> tuple[str, ...]:
    """Return all that a person may call an entity by."""
    return (entity.name, *entity.names, entity.slug)


def entities_named(registry: EntityRegistry, kind: str, name: str) -> Iterator[Entity]:
    """Yield the entities of a kind that go by a name, whatever its case and punctuation."""
    key = name_key(name)
    for entity in registry.entities:
        if entity.kind == kind and key in map(name_key, _all_names(entity)):
            yield entity


def require_free(registry: EntityRegistry, tag: Tag, owner: Tag | None = None) -> None:
    """Raise UsageError where a tag cannot become an entity's: it is another's, or its address is.

    owner: the entity that is to get it, which may have had it before.
    """
    if other := registry.by_tag.get(tag):
        mend = f"if they are one: site-gen entity merge {owner} {other.tag}" if owner else "nothing was changed"
        raise UsageError(f"{entity_file(tag)} exists already, of {other.name}; {mend}")
    url = registry.url(tag)
    for entity in registry.entities:
        if entity.tag != owner and fold_case(url) in map(fold_case, entity.redirect_from):
            raise UsageError(f"{url} is an old address of {entity.tag}; choose another slug, or remove it there")
